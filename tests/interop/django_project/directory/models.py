"""Users and groups with the mixins of django-scim2."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django_scim.models import AbstractSCIMGroupMixin, AbstractSCIMUserMixin


class Group(AbstractSCIMGroupMixin):
    """A group; ``user_set`` is the name by which django-scim2 reaches the members."""

    name = models.CharField(max_length=254, unique=True)


class User(AbstractSCIMUserMixin, AbstractUser):
    """Django's own user; ``scim_groups`` is the name by which django-scim2 reaches the groups."""

    username = models.CharField(max_length=254)
    scim_groups = models.ManyToManyField(Group, related_name="user_set")

    class Meta(AbstractUser.Meta):
        """A model of ours, not Django's swappable one."""

        abstract = False
        swappable = None
        # What makes two names the same is the project's business, so it must not be what a check stumbles over.
        constraints = (models.UniqueConstraint(Lower("username"), name="one_user_of_a_name"),)
