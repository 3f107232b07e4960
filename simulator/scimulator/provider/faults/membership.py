"""Faults of group membership by PATCH: taking one member away takes all of them, or none; adding one does harm."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from scimulator.provider.errors import ScimError, ScimType, bad
from scimulator.provider.faults.messages import each_resource, fetched, ids_in, inner, objects, operations_in, place_of
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from scimulator.exchange.message import Request, Response
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.faults.messages import Handle
    from scimulator.provider.patch import Operation
    from scimulator.provider.quirks import Quirks


def _members(group: JsonObject) -> list[Json]:
    members = group.get("members")
    return list(members) if isinstance(members, list) else []


def _on_members(kind: str, operation: Operation) -> bool:
    """Tell whether an operation works on the whole list of members."""
    return kind == "Group" and operation.path is not None and operation.path.lower().endswith("members")


@fault(
    "group-remove-by-value-wipes",
    trips=["entra.groups.remove-one"],
    source=[
        "https://github.com/simpleidserver/SimpleIdServer/issues/164",
        "https://github.com/segment-boneyard/segment-docs/pull/6726",
        "https://github.com/kortix-ai/suna/pull/7297",
    ],
    bug="BUG-001",
    severity="data-loss",
    dialects=("entra.legacy",),
)
class _RemoveByValueWipes(Rules):
    """PATCH remove with path members and a value array ignores the array and empties the group."""

    def members_to_remove(self, group: JsonObject, operation: Operation, chosen: list[Json]) -> list[Json]:
        return _members(group) if operation.value else super().members_to_remove(group, operation, chosen)


@fault(
    "group-remove-by-filter-wipes",
    trips=["membership.remove-one", "okta.groups.remove-member", "entra.groups.remove-one"],
    source="https://github.com/AzureAD/SCIMReferenceCode/issues/10",
    bug="BUG-002",
    severity="data-loss",
)
class _RemoveByFilterWipes(Rules):
    """PATCH remove drops the value filter of its path, finds no value, and empties the group."""

    def members_to_remove(self, group: JsonObject, operation: Operation, chosen: list[Json]) -> list[Json]:
        filtered = operation.path is not None and "[" in operation.path
        return _members(group) if filtered else super().members_to_remove(group, operation, chosen)


@fault(
    "group-remove-value-refused",
    trips=["entra.groups.remove-one", "entra.groups.remove-last"],
    source=["https://github.com/pingidentity/scim2/issues/174", "https://github.com/ssoready/ssoready/pull/182"],
    bug="BUG-004",
    severity="provisioning-blocked",
    dialects=("entra.legacy",),
)
class _RemoveValueRefused(Rules):
    """The parser of PATCH knows no value in a remove operation and refuses every removal that Entra sends."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        if operation.name == "remove" and operation.has_value:
            raise bad(ScimType.INVALID_SYNTAX, 'unrecognised field "value" in a remove operation')
        return super().operation_taken(kind, resource, operation)


@fault(
    "group-remove-two-clauses-ignored",
    trips=["membership.remove-two-clauses"],
    source="https://github.com/wso2/product-is/issues/7040",
    bug="BUG-006",
    severity="security",
)
class _RemoveTwoClausesIgnored(Rules):
    """A remove whose filter has two clauses joined by and is answered with success and removes nobody."""

    def members_to_remove(self, group: JsonObject, operation: Operation, chosen: list[Json]) -> list[Json]:
        joined = operation.path is not None and " and " in operation.path.lower()
        return [] if joined else super().members_to_remove(group, operation, chosen)


@fault(
    "remove-filter-dots-rewritten",
    trips=["patch.remove.by-filter"],
    source="https://github.com/better-auth/better-auth/pull/10018",
    bug="BUG-249",
    severity="security",
)
class _FilterDotsRewritten(Rules):
    """Normalising a path rewrites the dots inside a quoted value, so that a remove by such a value finds nothing."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        if operation.path and "[" in operation.path:
            rewritten = re.sub(r'"[^"]*"', lambda quoted: quoted[0].replace(".", "/"), operation.path)
            operation = replace(operation, path=rewritten)
        return super().operation_taken(kind, resource, operation)


@fault(
    "group-add-replaces-members",
    trips=["okta.groups.add-member", "membership.add-keeps-others"],
    source=["https://github.com/msaad00/agent-bom/pull/3540", "https://github.com/BerriAI/litellm/pull/34162"],
    bug="BUG-038",
    severity="data-loss",
    dialects=("okta.template", "okta.wizard"),
)
class _AddReplacesMembers(Rules):
    """PATCH add on members makes the members of the operation the only ones."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        if operation.name == "add" and _on_members(kind, operation):
            operation = replace(operation, name="replace")
        return super().operation_taken(kind, resource, operation)


@fault(
    "group-add-doubles-member",
    trips=["membership.add-twice", "entra.groups.add-again"],
    source=["https://github.com/AzureAD/SCIMReferenceCode/issues/10", "https://github.com/wso2/product-is/issues/5333"],
    bug="BUG-005",
)
class _AddDoublesMember(Rules):
    """Adding a member who is one already lists that member a second time."""

    def __init__(self, quirks: Quirks) -> None:
        super().__init__(quirks)
        self._doubled: set[tuple[str, str]] = set()

    def around(self, request: Request, handle: Handle) -> Response:
        endpoint, group_id = place_of(request)
        if endpoint != "Groups":
            return super().around(request, handle)
        if request.method == "PATCH":
            before = ids_in(fetched(request, handle, f"/Groups/{group_id}").get("members"))
            for operation in operations_in(request):
                if str(operation.get("op")).lower() == "add" and operation.get("path") == "members":
                    named = ids_in(operation.get("value"))
                    self._doubled |= {(group_id, one) for one in named if one in before}
        elif request.method == "PUT":
            self._doubled = {pair for pair in self._doubled if pair[0] != group_id}
        return each_resource(super().around(request, handle), self._twice)

    def _twice(self, group: JsonObject) -> JsonObject:
        members = _members(group)
        again = [one for one in objects(members) if (group.get("id"), one.get("value")) in self._doubled]
        return {**group, "members": [*members, *again]} if again else group


@fault(
    "group-add-existing-crashes",
    trips=["membership.add-twice", "entra.groups.add-again"],
    source="https://github.com/wso2/product-is/issues/8589",
    bug="BUG-051",
    severity="provisioning-blocked",
)
class _AddExistingCrashes(Rules):
    """Adding a member who is one already violates a unique constraint and is answered 500."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        if operation.name == "add" and _on_members(kind, operation):
            known = ids_in(resource.get("members"))
            if any(one in known for one in ids_in(operation.value)):
                raise ScimError(500, "duplicate key value violates unique constraint")
        return super().operation_taken(kind, resource, operation)


@fault(
    "group-add-without-type-skipped",
    trips=["membership.add-keeps-others", "okta.groups.add-member", "entra.groups.add-member"],
    source="https://github.com/Captain-P-Goldfish/scim-for-keycloak/issues/16",
    bug="BUG-311",
    severity="provisioning-blocked",
)
class _AddWithoutTypeSkipped(Rules):
    """A member that comes without the optional type is skipped, and the PATCH is answered with success."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        if operation.name == "add" and _on_members(kind, operation):
            typed: list[Json] = [one for one in objects(operation.value) if one.get("type")]
            operation = replace(operation, value=typed)
        return super().operation_taken(kind, resource, operation)


@fault(
    "group-remove-reaches-other-groups",
    trips=["membership.two-groups"],
    source="https://github.com/harness/developer-hub/pull/992",
    bug="BUG-194",
    severity="data-loss",
)
class _RemoveReachesOtherGroups(Rules):
    """Whoever leaves one group leaves every other group too."""

    def around(self, request: Request, handle: Handle) -> Response:
        endpoint, group_id = place_of(request)
        if endpoint != "Groups" or request.method != "PATCH":
            return super().around(request, handle)
        before = ids_in(fetched(request, handle, request.path).get("members"))
        answer = super().around(request, handle)
        after = ids_in(fetched(request, handle, request.path).get("members"))
        for gone in set(before) - set(after):
            for other in ids_in(fetched(request, handle, f"/Users/{gone}").get("groups")):
                if other != group_id:
                    operation: JsonObject = {"op": "remove", "path": f'members[value eq "{gone}"]'}
                    handle(inner(request, "PATCH", f"/Groups/{other}", _patch(operation)))
        return answer


def _patch(operation: JsonObject) -> JsonObject:
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}


@fault(
    "nested-group-not-listed",
    trips=["groups.members.nested-in-list"],
    source="https://github.com/fleetdm/fleet/issues/52501",
    bug="BUG-308",
)
class _NestedGroupNotListed(Rules):
    """Groups in a group are seen when the group is read, but not in the list of groups."""

    def listed(self, resource: JsonObject) -> JsonObject:
        shown = super().listed(resource)
        if "members" not in shown:
            return shown
        people: list[Json] = [one for one in objects(shown["members"]) if one.get("type") != "Group"]
        return {**shown, "members": people}
