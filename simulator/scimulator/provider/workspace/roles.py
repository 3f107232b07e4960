"""Which role a write of SCIM leaves, and how an account shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from scimulator.provider.errors import ScimError, ScimType, bad
from scimulator.provider.rules.workspace import ROLES
from scimulator.provider.schema import EDITOR_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.rules import Rules
    from scimulator.provider.workspace.state import Standing, State

_FORBIDDEN = 403


class Roles:
    """Decides roles. Where the product has no attribute for them, SCIM neither shows nor changes any."""

    def __init__(self, rules: Rules, state: State) -> None:
        self.rules = rules
        self.quirks = rules.quirks
        self.state = state

    @property
    def shown(self) -> bool:
        """Whether an attribute of the account is its role."""
        return self.quirks.role_attribute != "none"

    def in_attributes(self, data: Mapping[str, Json]) -> str | None:
        """Return the role that attributes name, known or not; None where they name none."""
        if self.quirks.role_attribute == "editor":
            inside = data.get(EDITOR_SCHEMA)
            editor = inside.get("editor") if isinstance(inside, dict) else None
            if isinstance(editor, bool):
                return "editor" if editor else "viewer"
            return None if editor is None else str(editor)
        if self.quirks.role_attribute == "roles":
            listed = data.get("roles")
            entries = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
            first = next((each for each in entries if each.get("primary") is True), entries[0] if entries else None)
            return str(first.get("value")) if first is not None and first.get("value") is not None else None
        return None

    def shown_in(self, data: JsonObject, role: str) -> JsonObject:
        """Return attributes that show a role, where the product has an attribute for it.

        An administrator is an editor where the attribute knows editors and viewers only.
        """
        if self.quirks.role_attribute == "editor":
            inside = data.get(EDITOR_SCHEMA)
            value: JsonObject = {**(inside if isinstance(inside, dict) else {}), "editor": role != "viewer"}
            schemas = [*cast("list[Json]", data.get("schemas") or [])]
            return {**data, EDITOR_SCHEMA: value, "schemas": [*dict.fromkeys([*map(str, schemas), EDITOR_SCHEMA])]}
        if self.quirks.role_attribute == "roles":
            return {**data, "roles": [{"value": role, "primary": True}]}
        return data

    # what a write leaves -----------------------------------------------------------------------------------------

    def of_new(self, data: JsonObject) -> str:
        """Return the role of an account that SCIM makes.

        Raises:
            ScimError: when it asks for a role that it does not get, or has to ask for one.
        """
        default = self.state.default_role
        if not self.shown:
            return default
        sent = self.in_attributes(data)
        if sent is None and self.quirks.undefined_role == "refuse":
            raise bad(ScimType.INVALID_VALUE, "a role is required")
        return self.rules.role_of_created(self._granted(sent, "", default), default)

    def of_adopted(self, standing: Standing, data: JsonObject) -> str:
        """Return the role of an account that was there before SCIM asked for it."""
        default = self.state.default_role
        asked = self._granted(self.in_attributes(data), standing.role, standing.role) if self.shown else ""
        return self.rules.role_of_adopted(asked, standing.role, default)

    def of_changed(self, standing: Standing, before: JsonObject, after: JsonObject, *, whole: bool, back: bool) -> str:
        """Return the role after a PUT (``whole``) or PATCH; ``back`` says that the account is switched on again.

        Raises:
            ScimError: when it asks for a role that it does not get.
        """
        default, current = self.state.default_role, standing.role
        had, sent = self.in_attributes(before), self.in_attributes(after)
        if not self.shown or sent == had:
            # A push of something else, or the server's own answer sent back.
            return self.rules.role_of_reactivated(current, default) if back else current
        if sent is None:
            if whole:
                return self.rules.role_of_updated("", current, default)
            return self.rules.role_of_removed(current, default)
        if standing.by_product and self.quirks.role_drift == "keep-product":
            return current
        role = self.rules.role_of_updated(self._granted(sent, current, current), current, default)
        return current if current == "admin" != role and not self.rules.takes_privilege() else role

    def of_groups(self, own: str, names: Iterable[str]) -> str:
        """Return the greatest of somebody's own role and those that groups of these names give."""
        given = [role for name in names if (role := self.rules.role_of_group(name))]
        allowed = [role for role in given if role != "admin" or self.rules.grants_privilege()]
        return max([own, *allowed], key=ROLES.index)

    def _granted(self, sent: str | None, current: str, otherwise: str) -> str:
        """Return the role that a client gets for what it sent; empty where it sent nothing that counts.

        Raises:
            ScimError: 400 for a role that there is not, 403 for one that SCIM cannot give.
        """
        if sent is None:
            return ""
        if sent not in ROLES:
            if self.quirks.unknown_role == "refuse":
                raise bad(ScimType.INVALID_VALUE, f"there is no role {sent!r}; there are {', '.join(ROLES)}")
            return otherwise if self.quirks.unknown_role == "keep" else self.state.default_role
        if sent == "admin" != current and not self.rules.grants_privilege():
            if self.quirks.privileged_role_grant == "refuse":
                raise ScimError(_FORBIDDEN, "administrators are made in the product only")
            return otherwise
        return sent
