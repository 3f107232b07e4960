"""Faults of groups as resources: PATCH missing or half done, PUT that keeps, queries that ignore their parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scimulator.provider.errors import ScimError
from scimulator.provider.faults.messages import inner, place_of
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from scimulator.exchange.message import Request, Response
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.provider.faults.messages import Handle
    from scimulator.provider.patch import Operation
    from scimulator.provider.schema import Attribute


def without_parameter(request: Request, name: str) -> Request:
    """Return a request as a server sees it that does not know a query parameter."""
    path, mark, query = request.target.partition("?")
    kept = "&".join(part for part in query.split("&") if part.partition("=")[0].lower() != name.lower())
    return replace(request, target=f"{path}{mark if kept else ''}{kept}")


@fault(
    "group-patch-missing",
    trips=["membership.remove-one", "entra.groups.add-member", "okta.groups.push-members"],
    source="https://github.com/goauthentik/authentik/issues/11249",
    bug="BUG-035",
    severity="provisioning-blocked",
)
class _GroupPatchMissing(Rules):
    """PATCH of a group is answered 405, although the configuration announces PATCH."""

    def around(self, request: Request, handle: Handle) -> Response:
        if request.method == "PATCH" and place_of(request)[0] == "Groups":
            raise self.method_refused("PATCH", "GET, PUT, DELETE")
        return super().around(request, handle)


@fault(
    "group-patch-answer-stale",
    trips=["membership.answer-fresh"],
    source="https://github.com/wso2/product-is/issues/7475",
    bug="BUG-007",
)
class _PatchAnswerStale(Rules):
    """PATCH of a group answers the group as it was before."""

    def around(self, request: Request, handle: Handle) -> Response:
        if request.method != "PATCH" or place_of(request)[0] != "Groups":
            return super().around(request, handle)
        before = handle(inner(request, "GET", request.path))
        answer = super().around(request, handle)
        return replace(answer, body=before.body) if answer.status == 200 else answer


@fault(
    "group-patch-done-then-fails",
    trips=["membership.remove-one"],
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/4",
    bug="BUG-050",
)
class _PatchDoneThenFails(Rules):
    """PATCH of a group is stored, but making the answer fails and 500 comes back."""

    def patch_answer(self, before: Any, after: Any) -> Any:
        if after.type == "Group":
            raise ScimError(500, "meta.resourceType is missing")
        return super().patch_answer(before, after)


@fault(
    "group-rename-ignored",
    trips=["membership.rename-keeps", "okta.groups.rename", "entra.groups.rename"],
    source="https://github.com/pydantic/logfire/pull/2356",
    bug="BUG-088",
)
class _RenameIgnored(Rules):
    """PATCH of a group knows members only; whatever else it shall change is dropped and answered with success."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        if kind == "Group" and not (operation.path or "").lower().startswith("members"):
            return None
        return super().operation_taken(kind, resource, operation)


@fault(
    "group-empty-members-ignored",
    trips=["membership.put-empty"],
    source="https://github.com/GluuFederation/oxTrust/issues/336",
    bug="BUG-174",
    severity="security",
)
class _EmptyMembersIgnored(Rules):
    """An empty list of members counts as no change, so that the last member never leaves."""

    def ignores_empty_list(self, attribute: Attribute) -> bool:
        return attribute.name == "members" or super().ignores_empty_list(attribute)


@fault(
    "group-filter-ignored",
    trips=["entra.groups.match", "filtering.groups.display-name"],
    source="https://github.com/open-webui/open-webui/pull/21543",
    bug="BUG-300",
    severity="security",
    dialects=("entra.legacy", "entra.optscim"),
)
class _GroupFilterIgnored(Rules):
    """The list of groups takes a filter and answers all groups."""

    def around(self, request: Request, handle: Handle) -> Response:
        if place_of(request) == ("Groups", ""):
            request = without_parameter(request, "filter")
        return super().around(request, handle)


@fault(
    "group-members-not-excluded",
    trips=["projection.groups.without-members", "entra.groups.read"],
    source="https://github.com/simpleidserver/SimpleIdServer/issues/490",
    bug="BUG-167",
    dialects=("entra.legacy", "entra.optscim"),
)
class _MembersNotExcluded(Rules):
    """The read of one group ignores excludedAttributes and answers all members."""

    def around(self, request: Request, handle: Handle) -> Response:
        endpoint, group_id = place_of(request)
        if endpoint == "Groups" and group_id:
            request = without_parameter(request, "excludedAttributes")
        return super().around(request, handle)


@fault(
    "update-clears-external-id",
    trips=["entra.groups.rename", "okta.deactivate"],
    source=[
        "https://github.com/dani-garcia/vaultwarden/issues/3685",
        "https://github.com/dani-garcia/vaultwarden/pull/3690",
    ],
    bug="BUG-183",
    severity="data-loss",
)
class _UpdateClearsExternalId(Rules):
    """An update that does not carry the externalId clears it, a PATCH too."""

    def kept(self, before: JsonObject, after: JsonObject) -> JsonObject:
        after = super().kept(before, after)
        if after.get("externalId") == before.get("externalId"):
            after = {name: value for name, value in after.items() if name != "externalId"}
        return after
