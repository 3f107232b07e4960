"""Where what is."""

from __future__ import annotations

from django.urls import path, re_path

from company import views

urlpatterns = [
    path("scim/v2/Users", views.users),
    path("scim/v2/Users/<str:key>", views.user),
    path("scim/v2/Groups", views.groups),
    path("scim/v2/Groups/<str:key>", views.group),
    re_path(r"^scim/v2/(?P<name>\w+)(?:/(?P<entry>.+))?$", views.described),
]
