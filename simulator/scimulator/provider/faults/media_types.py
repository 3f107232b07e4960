"""Faults of media types: a form of JSON that clients use is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.exchange.message import Response
from scimulator.provider.faults.messages import page
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.message import Request


@fault(
    "plain-json-refused",
    trips=["errors.content-type.accepted"],
    source=[
        "https://github.com/scimmyjs/scimmy-routers/pull/22",
        "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/629",
        "https://github.com/harness/harness-core/pull/39517",
        "https://github.com/indigo-iam/iam/issues/1285",
    ],
    bug="BUG-122",
    severity="provisioning-blocked",
)
class _PlainJsonRefused(Rules):
    """A write whose Content-Type is application/json is answered 415."""

    def refuses_plain_json(self, media_type: str) -> bool:
        return media_type == "application/json"


@fault(
    "accept-scim-json-refused",
    trips=["discovery.config.served", "okta.connection"],
    source="https://github.com/wso2/product-is/issues/3374",
    bug="BUG-123",
    severity="provisioning-blocked",
)
class _AcceptScimJsonRefused(Rules):
    """An Accept of application/scim+json is answered 406 with nothing, although that is what the server writes."""

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        accepted = _accepted(request)
        if accepted and accepted <= {"application/scim+json"}:
            return Response(406)
        return super().around(request, handle)


@fault(
    "accept-plain-json-refused",
    trips=["errors.accept.json"],
    source="https://github.com/Captain-P-Goldfish/scim-for-keycloak/issues/23",
    bug="BUG-124",
    severity="provisioning-blocked",
)
class _AcceptPlainJsonRefused(Rules):
    """An Accept of application/json is answered 406."""

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        accepted = _accepted(request)
        if accepted and accepted <= {"application/json"}:
            return page(406, "", "application/scim+json")
        return super().around(request, handle)


def _accepted(request: Request) -> set[str]:
    """Return the media types in Accept without their parameters."""
    parts = (part.partition(";")[0].strip().lower() for part in (request.header("Accept") or "").split(","))
    return {part for part in parts if part}
