"""Faults of PUT of users: no route for it, no validation in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.provider.faults.messages import place_of
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from scimulator.exchange.message import Request, Response
    from scimulator.exchange.strict_json import Json
    from scimulator.provider.errors import ScimError
    from scimulator.provider.faults.messages import Handle
    from scimulator.provider.quirks import Quirks
    from scimulator.provider.schema import Attribute


@fault(
    "user-put-missing",
    trips=["put.simple", "okta.push.profile"],
    source="https://github.com/kortix-ai/suna/pull/4244",
    bug="BUG-076",
    severity="provisioning-blocked",
    dialects=("okta.template", "okta.wizard"),
)
class _UserPutMissing(Rules):
    """There is no route for PUT of a user: 404, although the user is there."""

    def around(self, request: Request, handle: Handle) -> Response:
        if request.method == "PUT" and place_of(request)[0] == "Users":
            raise self.unknown_endpoint(request.path)
        return super().around(request, handle)


@fault(
    "put-validates-nothing",
    trips=["put.required", "put.wrong-type"],
    source="https://github.com/gravitee-io/issues/issues/8604",
    bug="BUG-265",
    severity="security",
)
class _ValidatesNothing(Rules):
    """Values are validated on create and PATCH; a PUT stores what these refuse."""

    def __init__(self, quirks: Quirks) -> None:
        super().__init__(quirks)
        self._replacing = False

    def around(self, request: Request, handle: Handle) -> Response:
        self._replacing = request.method == "PUT"
        return super().around(request, handle)

    def wrong_type(self, error: ScimError, value: Json) -> Json:
        return value if self._replacing else super().wrong_type(error, value)

    def missing_on_replace(self, missing: Attribute) -> None:
        """Take the resource as it is."""
