"""Faults that Okta meets: errors that are no SCIM, and a token that must come without its scheme."""

# ruff: noqa: ARG002  # an override takes what its rule takes

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.provider.faults.messages import page, read_object
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from scimulator.exchange.message import Request, Response
    from scimulator.provider.faults.messages import Handle

OKTA = ("okta.template", "okta.wizard")


@fault(
    "errors-plain-text",
    trips=["okta.spec.status-404", "errors.not-found.body"],
    source="https://github.com/Metatavu/keycloak-scim-server/issues/100",
    bug="BUG-057",
    dialects=OKTA,
)
class _ErrorsPlainText(Rules):
    """A refusal is a line of plain text instead of an Error resource."""

    def around(self, request: Request, handle: Handle) -> Response:
        answer = super().around(request, handle)
        if answer.status < 400:
            return answer
        return page(answer.status, str(read_object(answer.body).get("detail", "")), "text/plain")


@fault(
    "exceptions-as-html",
    trips=["okta.assign.conflict"],
    source="https://github.com/tuist/tuist/pull/11688",
    bug="BUG-135",
    dialects=OKTA,
)
class _ExceptionsAsHtml(Rules):
    """An exception, here that of the database for a taken name, comes out as the web framework's HTML page."""

    def around(self, request: Request, handle: Handle) -> Response:
        answer = super().around(request, handle)
        return page(500, "<!doctype html><title>Internal Server Error</title>") if answer.status == 409 else answer


@fault(
    "bearer-scheme-refused",
    trips=["okta.connection"],
    source=["https://github.com/coder/coder/pull/15233", "https://github.com/coder/coder/pull/15234"],
    bug="BUG-323",
    severity="provisioning-blocked",
    dialects=OKTA,
)
class _BearerSchemeRefused(Rules):
    """The bare token is due in Authorization, and the Bearer scheme before it is answered 401."""

    def credentials_of(self, header: str, scheme: str) -> str:
        return "" if " " in header.strip() else header.strip()
