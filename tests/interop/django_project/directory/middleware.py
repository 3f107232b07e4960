"""Lets in whoever shows the token; who does not is refused by django-scim2's own middleware."""

from __future__ import annotations

import hmac
import os
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser

from .models import User

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class BearerTokenMiddleware:
    """Sets ``request.user``: a client that is not stored, or nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._token = os.environ["INTEROP_TOKEN"]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with what the next in line answers."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        # Letter case of the scheme does not matter (RFC 9110 section 11.1).
        known = scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), self._token.encode())
        request.user = User(username="scim-client") if known else AnonymousUser()
        return self._get_response(request)
