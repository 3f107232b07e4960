"""Entra's functions on the app roles of a user.

https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes#provisioning-a-role-to-a-scim-app
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.idp.expressions.calls import kind
from scimulator.idp.expressions.entra_context import EntraArguments, library
from scimulator.idp.expressions.nodes import Reference

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject

ROLES = library()
ATTRIBUTE = "appRoleAssignments"
TYPE = "WindowsAzureActiveDirectoryRole"


@ROLES.define("SingleAppRoleAssignment(appRoleAssignments)")
def _single(call: EntraArguments) -> Json:
    assigned = _assigned(call)
    # Of several there is no guarantee which one is sent; here it is the first.
    return str(assigned[0].get("displayName") or assigned[0].get("value") or "") or None if assigned else None


@ROLES.define("AppRoleAssignmentsComplex(appRoleAssignments)")
def _complex(call: EntraArguments) -> Json:
    return _elements(call, "displayName")


@ROLES.define("AssertiveAppRoleAssignmentsComplex(appRoleAssignments)")
def _assertive(call: EntraArguments) -> Json:
    return _elements(call, "display")


ROLES.leave(
    "AppRoleAssignments(appRoleAssignments)",
    "is used in examples, but Microsoft's reference says nowhere what it yields; write SingleAppRoleAssignment or "
    "AppRoleAssignmentsComplex",
)


def _elements(call: EntraArguments, name: str) -> Json:
    """Return ``roles`` as a create carries them: all with primary false."""
    elements: list[Json] = [
        {"primary": False, "type": TYPE, name: role.get("displayName", role.get("value")), "value": role.get("value")}
        for role in _assigned(call)
    ]
    return elements or None


def _assigned(call: EntraArguments) -> list[JsonObject]:
    node = call.nodes[0]
    if not (isinstance(node, Reference) and node.name == ATTRIBUTE):
        raise call.fail(f"must be [{ATTRIBUTE}]", 0)
    value = call.value(0)
    if value is None:
        return []
    if not isinstance(value, list):
        raise call.fail(f"must be a list of role assignments, not {kind(value)}", 0)
    found: list[JsonObject] = []
    for entry in value:
        if not isinstance(entry, dict):
            raise call.fail(f"must hold objects with id, value and displayName, not {kind(entry)}", 0)
        found.append(entry)
    return found
