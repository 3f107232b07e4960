"""Faults of references to members: what becomes of an id, a display or a stranger that a group names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.provider.errors import ScimError, ScimType, bad
from scimulator.provider.faults.messages import (
    WRITES,
    fetched,
    ids_in,
    inner,
    member,
    objects,
    operations_in,
    place_of,
    read_object,
    with_body,
)
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from scimulator.exchange.message import Request, Response
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.provider.faults.messages import Handle
    from scimulator.provider.quirks import Quirks


def _named(request: Request) -> list[JsonObject]:
    """Return the members that a write of a group names, in a resource or in operations that add or replace."""
    if request.method not in WRITES or place_of(request)[0] != "Groups":
        return []
    named = objects(member(read_object(request.body), "members"))
    for operation in operations_in(request):
        if str(operation.get("op")).lower() != "remove" and str(operation.get("path")).lower() == "members":
            named += objects(operation.get("value"))
    return named


def _exists(request: Request, handle: Handle, resource_id: str) -> bool:
    return any(fetched(request, handle, f"/{endpoint}/{resource_id}") for endpoint in ("Users", "Groups"))


@fault(
    "unknown-member-creates-user",
    trips=["groups.members.no-user-made", "membership.add-unknown"],
    source="https://github.com/BerriAI/litellm/pull/17420",
    bug="BUG-041",
    severity="security",
)
class _UnknownMemberCreatesUser(Rules):
    """A group that names a member nobody knows silently creates a user with that id."""

    def __init__(self, quirks: Quirks) -> None:
        super().__init__(quirks)
        self._adopted = ""

    def new_id(self, made: str, sent: str) -> str:
        return self._adopted or super().new_id(made, sent)

    def around(self, request: Request, handle: Handle) -> Response:
        for stranger in ids_in([*_named(request)]):
            if _exists(request, handle, stranger):
                continue
            self._adopted = stranger
            user: JsonObject = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": stranger}
            handle(inner(request, "POST", "/Users", user))
            self._adopted = ""
        return super().around(request, handle)


@fault(
    "unknown-member-crashes",
    trips=["groups.members.unknown"],
    source="https://github.com/limosa-io/laravel-scim-server/issues/158",
    bug="BUG-294",
)
class _UnknownMemberCrashes(Rules):
    """One member whom nobody knows makes the whole list fail with 500."""

    def unknown_member(self, value: str) -> None:
        raise ScimError(500, f"No query results for model [User] {value}")


@fault(
    "group-put-of-strangers-ignored",
    trips=["membership.put-strangers"],
    source="https://github.com/intuitem/ciso-assistant-community/pull/4673",
    bug="BUG-176",
    severity="security",
)
class _PutOfStrangersIgnored(Rules):
    """A PUT that names only members whom nobody knows is answered with success and keeps the members of before."""

    def around(self, request: Request, handle: Handle) -> Response:
        named = ids_in([*_named(request)])
        if request.method == "PUT" and named and not any(_exists(request, handle, one) for one in named):
            kept = fetched(request, handle, request.path).get("members", [])
            request = with_body(request, {**read_object(request.body), "members": kept})
        return super().around(request, handle)


@fault(
    "member-display-must-match",
    trips=["entra.groups.add-member", "okta.groups.push-members", "membership.add-keeps-others"],
    source="https://github.com/wso2/product-is/issues/7143",
    bug="BUG-055",
    severity="provisioning-blocked",
)
class _DisplayMustMatch(Rules):
    """Members are looked up by display: one that is missing, or older than a rename, is answered 500."""

    def around(self, request: Request, handle: Handle) -> Response:
        if request.method == "PATCH":
            for named in _named(request):
                known = fetched(request, handle, f"/Users/{named.get('value')}")
                name = known.get("displayName") or known.get("userName")
                if named.get("display") != name:
                    raise ScimError(500, f"user id does not match user name {named.get('display')!r}")
        return super().around(request, handle)


@fault(
    "member-display-required",
    trips=["groups.members.value-only", "okta.groups.no-display"],
    source="https://github.com/Infisical/infisical/issues/6552",
    bug="BUG-215",
    severity="provisioning-blocked",
)
class _DisplayRequired(Rules):
    """A group whose members come without the optional display is refused with 422."""

    def around(self, request: Request, handle: Handle) -> Response:
        if request.method in {"POST", "PUT"} and any(named.get("display") is None for named in _named(request)):
            error = bad(ScimType.INVALID_VALUE, "members.0.display: Required")
            error.status = 422
            raise error
        return super().around(request, handle)
