"""The club's own tables. They know nothing of SCIM."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Lower


class Member(models.Model):
    """Somebody who belongs to the club; who has left is kept, suspended, because of the accounts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    login = models.CharField(max_length=254)
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    nickname = models.CharField(max_length=300, blank=True)
    role = models.CharField(max_length=150, blank=True)
    section = models.CharField(max_length=150, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    mobile = models.CharField(max_length=60, blank=True)
    suspended = models.BooleanField(default=False)
    directory_id = models.CharField(max_length=300, blank=True)
    joined = models.DateTimeField()
    changed = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("login"), name="one_login")]  # noqa: RUF012  Django's way
        ordering = ["joined", "id"]  # noqa: RUF012  Django's way

    def __str__(self) -> str:
        return self.login


class Committee(models.Model):
    """Members with a task."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=300)
    directory_id = models.CharField(max_length=300, blank=True)
    members = models.ManyToManyField(Member, related_name="committees")
    founded = models.DateTimeField()
    changed = models.DateTimeField()

    class Meta:
        ordering = ["founded", "id"]  # noqa: RUF012  Django's way

    def __str__(self) -> str:
        return self.name
