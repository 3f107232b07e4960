"""App roles as three functions of Entra's mapping write them: on a create as objects, later as JSON inside a text.

SingleAppRoleAssignment sends one role, AppRoleAssignmentsComplex adds all of them and never takes one away,
AssertiveAppRoleAssignmentsComplex replaces the list. With the flag a change has the form of a create
(MicrosoftDocs/entra-docs:docs/identity/app-provisioning/customize-application-attributes.md).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from scimulator.idp.answers import members

if TYPE_CHECKING:
    from scimulator.catalogue.profiles import Profile
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.directory import Person

ATTRIBUTE = "appRoleAssignments"
"""The attribute of a person that lists the app roles: objects with ``id``, ``value`` and ``displayName``."""
TYPE = "WindowsAzureActiveDirectoryRole"


class RoleFunction(StrEnum):
    """How the mapping turns app roles into ``roles``; the value is the name in exchange ids and switches."""

    SINGLE = "single"
    COMPLEX = "complex"
    ASSERTIVE = "assertive"


@dataclass(frozen=True, slots=True)
class AppRole:
    """One role that a person has in the app."""

    id: str
    value: str
    display_name: str


def function_of(profile: Profile, mapped: Json = None) -> RoleFunction | None:
    """Return the function by which roles are mapped, None where they are not.

    It is that of a switch, else the one that makes what the mapping yields for ``roles``: they differ in the name of
    the member that shows the role.
    """
    switched = next((one for one in RoleFunction if profile.switched(f"roles-{one.value}")), None)
    if switched is not None or not members(mapped):
        return switched
    return RoleFunction.ASSERTIVE if "display" in members(mapped)[0] else RoleFunction.COMPLEX


def roles_of(person: Person) -> tuple[AppRole, ...]:
    """Return the app roles of a person; an entry without a value is none."""
    found = members(person.value(ATTRIBUTE))
    return tuple(
        AppRole(str(entry.get("id", "")), str(entry["value"]), str(entry.get("displayName", entry["value"])))
        for entry in found
        if entry.get("value")
    )


def as_objects(function: RoleFunction, roles: tuple[AppRole, ...], *, type_only: bool = False) -> list[Json]:
    """Return ``roles`` as a create carries them; which members an element has differs with the function.

    Of several roles SingleAppRoleAssignment sends the name of one, and nothing guarantees of which: here of the first.
    ``type_only`` is a mapping that names the type and forgets the value.
    """
    if function is RoleFunction.SINGLE:
        one: list[Json] = [{"primary": True, "type": TYPE, "value": role.display_name} for role in roles[:1]]
        return [{"primary": True, "type": TYPE}] if type_only and roles else one
    name = "displayName" if function is RoleFunction.COMPLEX else "display"
    return [{"primary": False, "type": TYPE, name: role.display_name, "value": role.value} for role in roles]


def as_texts(function: RoleFunction, roles: tuple[AppRole, ...]) -> list[Json]:
    """Return ``roles`` as a change without the flag carries them: elements whose value is JSON in a text."""
    chosen = roles[:1] if function is RoleFunction.SINGLE else roles
    return [
        {
            "value": json.dumps(
                {"id": role.id, "value": role.value, "displayName": role.display_name},
                separators=(",", ":"),
                ensure_ascii=False,
            )
        }
        for role in chosen
    ]


def differ(function: RoleFunction, roles: tuple[AppRole, ...], resource: JsonObject) -> bool:
    """Whether a change of roles is due, given what the target shows.

    Without a role nothing is sent: a source without a value never is.
    """
    shown = [str(entry.get("value")) for entry in members(resource.get("roles"))]
    if function is RoleFunction.SINGLE:
        return any(role.value not in shown and role.display_name not in shown for role in roles[:1])
    wanted = [role.value for role in roles]
    if function is RoleFunction.ASSERTIVE and wanted:
        return sorted(wanted) != sorted(shown)
    return any(value not in shown for value in wanted)


def with_booleans(roles: Json) -> list[Json]:
    """Return ``roles`` as a create carries those that a mapping to ``roles[primary eq "True"]`` made: with booleans."""
    words: dict[str, Json] = {"True": True, "False": False}
    return [
        {
            name: words.get(value, value) if isinstance(value, str) and name == "primary" else value
            for name, value in entry.items()
        }
        for entry in members(roles)
    ]
