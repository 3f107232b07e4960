"""What the product makes of SCIM's writes: refused, altered, adopted, and what follows from them.

The writer asks before it plans a change and tells afterwards. A product that asks for nothing beyond the RFCs
(``plain``) is told only what a deactivation or deletion ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimulator.provider.changes import Change, Kind
from scimulator.provider.errors import ScimError, ScimType, bad
from scimulator.provider.rules import fold
from scimulator.provider.workspace.state import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.schema import ResourceType
    from scimulator.provider.store import Record
    from scimulator.provider.workspace.workspace import Workspace

_FORBIDDEN = 403
_USER = "User"


@dataclass(frozen=True, slots=True)
class Taken:
    """What the product takes of a write: the attributes, and the role that goes with them (empty for a group)."""

    data: JsonObject
    role: str = ""


class Product:
    """The product's say in every write."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.state = workspace.state
        self.store = workspace.store
        self.rules = workspace.rules
        self.quirks = workspace.quirks
        self.roles = workspace.roles
        self.identity = workspace.identity
        self.plain = self.quirks.plain and self.rules.faithful
        """Whether nothing need be looked at."""

    # a new resource ----------------------------------------------------------------------------------------------

    def created(self, kind: ResourceType, data: JsonObject) -> Taken:
        """Return what the product takes of a new resource.

        Raises:
            ScimError: when it refuses.
        """
        if kind.name != _USER:
            self._group_rules(data, {})
            return Taken(self._without_privileged(data))
        data = self.identity.taken(data, {}, whole=True)
        role = self.roles.of_new(data)
        grave = self.state.buried.get(fold(str(data.get("userName", "")))) if self.rules.remembers_role() else None
        role = str(grave.get("role") or role) if grave is not None else role
        return Taken(self.roles.shown_in(data, role), role)

    def account_for(self, data: Mapping[str, Json]) -> Record | None:
        """Return the account that a create becomes, None where it makes one of its own."""
        name = data.get("userName")
        if not isinstance(name, str):
            return None
        for account_id, _ in self.store.holders(name):
            record = self.store.get(_USER, account_id)
            if record is not None and self.workspace.standing(record.id).just_in_time:
                self.rules.meets_just_in_time()
            if record is not None and (self._comes_back(record) or self.quirks.duplicate_create == "return-existing"):
                return record
        return None

    def _comes_back(self, record: Record) -> bool:
        """Tell whether a create adopts an account: the product made it, or it is gone in the client's eyes."""
        standing = self.workspace.standing(record.id)
        if not standing.managed and self.rules.adopts_existing(just_in_time=standing.just_in_time):
            return True
        if self._gone(record):
            return True
        return standing.removed and record.data.get("active") is False and self.rules.recreation() == "same-account"

    def adopted(self, kind: ResourceType, record: Record, data: JsonObject) -> Change:
        """Plan a create that becomes an account which is there already.

        Raises:
            ScimError: when it asks for a role that it does not get, or no seat is free.
        """
        before: JsonObject = dict(record.data)
        if not self._comes_back(record):
            return Change(Kind.REPLACE, kind, record.id, record, before, before, changed=False)
        standing = self.workspace.standing(record.id)
        if before.get("active") is False and data.get("active") is not False:
            self.take_seat()
        role = self.roles.of_adopted(standing, data)
        after = self.roles.shown_in({**before, "active": True, **data}, role)
        return Change(Kind.CREATE, kind, record.id, record, after, before, role=role)

    def id_for(self, data: Mapping[str, Json], fresh: str) -> str:
        """Return the id of a new account: that of the deleted one of this name where the product brings it back.

        Raises:
            ScimError: 409 when the name of a deleted account cannot be had again, 403 when no seat is free.
        """
        if data.get("active") is not False:
            self.take_seat()
        grave = self.state.buried.get(fold(str(data.get("userName", ""))))
        if grave is None or self.rules.recreation() == "new-account":
            return fresh
        if self.rules.recreation() == "refuse":
            raise ScimError(409, "the userName belonged to an account that was deleted", ScimType.UNIQUENESS)
        return str(grave["id"])

    def take_seat(self) -> None:
        """Refuse one more active member where the plan has no seat left.

        Raises:
            ScimError: 403.
        """
        if self.quirks.seats_full == "refuse" and self.workspace.seats_taken() >= self.state.seats:
            raise ScimError(_FORBIDDEN, f"all {self.state.seats} seats of the plan are taken")

    # a change ----------------------------------------------------------------------------------------------------

    def changed(
        self, kind: ResourceType, record: Record, before: JsonObject, after: JsonObject, *, whole: bool
    ) -> Taken:
        """Return what the product takes of a PUT (``whole``) or PATCH.

        Raises:
            ScimError: when it refuses.
        """
        if kind.name != _USER:
            self._group_rules(after, before)
            return Taken(self._without_privileged(after))
        standing = self.workspace.standing(record.id)
        was_active, active = (data.get("active") is not False for data in (before, after))
        stays = was_active and not active and self._last_owner_stays(record)
        if standing.owner and self.rules.owner_managed() != "yes" and after != before:
            if self.rules.owner_managed() == "refuse":
                raise ScimError(_FORBIDDEN, "owners are not managed by SCIM")
            return Taken(dict(before), standing.role)
        after = self.identity.taken(after, before, whole=whole)
        if stays:
            after["active"] = True
        back = not was_active and active
        if back and self.quirks.reactivation == "refuse":
            raise ScimError(_FORBIDDEN, "an account that was deactivated does not come back")
        if back:
            self.take_seat()
        role = self.roles.of_changed(standing, before, after, whole=whole, back=back)
        return Taken(self.roles.shown_in(after, self.workspace.effective(role, record.id)), role)

    def _group_rules(self, data: JsonObject, before: JsonObject) -> None:
        renamed = before and data.get("displayName") != before.get("displayName")
        if renamed and self.quirks.group_rename == "refuse":
            raise bad(ScimType.MUTABILITY, "a group keeps its name")
        members = data.get("members")
        for member in members if self.quirks.nested_groups == "refuse" and isinstance(members, list) else ():
            if isinstance(member, dict) and self.store.type_of(str(member.get("value"))) == "Group":
                raise bad(ScimType.INVALID_VALUE, "a group is no member of a group")

    def _without_privileged(self, data: JsonObject) -> JsonObject:
        members = data.get("members")
        if not self.rules.skips_privileged_members() or not isinstance(members, list):
            return data
        kept = [each for each in members if not isinstance(each, dict) or self._role_of(each) != "admin"]
        return {**data, "members": kept}

    def _role_of(self, member: JsonObject) -> str:
        return self.workspace.role(str(member.get("value")))

    def disown(self, account_ids: Iterable[str]) -> None:
        """Stop managing accounts, as a product that is wrong about it does."""
        for account_id in account_ids:
            if self.store.type_of(account_id) == _USER:
                self.workspace.stand(account_id).managed = False

    # a delete ----------------------------------------------------------------------------------------------------

    def deleting(self, record: Record) -> None:
        """Refuse a delete that the product does not do.

        Raises:
            ScimError: 403, or 409 where content stands against it.
        """
        if self.quirks.deletion == "refuse":
            raise ScimError(_FORBIDDEN, "accounts are deactivated here and not deleted")
        if self.rules.owner_managed() == "refuse" and self.workspace.standing(record.id).owner:
            raise ScimError(_FORBIDDEN, "owners are not managed by SCIM")
        self._last_owner_stays(record)
        owned = any(content["owner"] == record.id for content in self.state.contents.values())
        if owned and self.quirks.owned_content == "blocks-deletion":
            raise ScimError(409, "the account still owns content; hand it over first")

    def keeps(self, record: Record) -> bool:
        """Tell whether a delete is answered as done although the account stays as it is: an owner's."""
        ignored = self.rules.owner_managed() == "ignore" and self.workspace.standing(record.id).owner
        return ignored or self._last_owner_stays(record)

    @property
    def deletes_softly(self) -> bool:
        """Whether a delete switches the account off and keeps it."""
        return self.quirks.deletion == "deactivate"

    def _last_owner_stays(self, record: Record) -> bool:
        """Tell whether the account stays although SCIM takes it away.

        Raises:
            ScimError: where the product refuses that.
        """
        if not self.rules.protects_last_owner() or not self.workspace.is_last_owner(record.id):
            return False
        if self.quirks.last_owner == "ignore":
            return True
        raise ScimError(_FORBIDDEN, "the last owner of the workspace cannot be taken away")

    # afterwards --------------------------------------------------------------------------------------------------

    def committed(self, change: Change, record: Record) -> None:
        """Do what follows from a write."""
        if change.type.name != _USER:
            if self.quirks.group_roles != "none" and self.roles.shown:
                self._show_roles({*_ids(change.was), *_ids(change.after)})
            return
        was_active = change.before is not None and change.before.data.get("active") is not False
        active = record.data.get("active") is not False
        if was_active and not active:
            if change.kind is not Kind.CREATE or self.rules.adoption_ends_access():
                self.workspace.end_access(record.id)
            if self.quirks.deactivation == "remove-membership":
                self._drop_content(record.id)
        if self.plain and record.id not in self.state.people:
            return
        standing = self.state.people.get(record.id)
        if standing is None:
            role = change.role or self.state.default_role
            standing = self.state.people[record.id] = Standing(role=role, managed=True)
        standing.managed = True
        standing.removed = standing.removed and not active
        if change.role and change.role != standing.role:
            standing.role, standing.by_product = change.role, False
        if change.kind is Kind.CREATE and change.before is None:
            self._welcome(record, standing)
        if not self.plain and change.changed:
            self.workspace.note("scim", str(change.kind), str(record.data.get("userName", "")))
        self.state.people.mark(record.id)
        self.workspace.touch()

    def switched_off(self, record: Record) -> None:
        """Do what follows from a delete that has switched the account off."""
        self._drop_content(record.id)
        self.workspace.stand(record.id).removed = True

    def deleted(self, record: Record) -> None:
        """Do what follows from a delete."""
        self.workspace.end_access(record.id, deleted=True)
        self._drop_content(record.id)
        gone = self.state.people.drop(record.id) if record.id in self.state.people else None
        name = str(record.data.get("userName", ""))
        if self.rules.recreation() != "new-account" or self.rules.remembers_role():
            self.state.buried[fold(name)] = {"id": record.id, "role": gone.role if gone is not None else ""}
        if not self.plain:
            self.workspace.note("scim", "delete", name)
        elif gone is not None:
            self.workspace.touch()

    def _show_roles(self, account_ids: Iterable[str]) -> None:
        """Write the roles that accounts have through their groups where SCIM shows them."""
        for account_id in account_ids:
            record = self.store.get(_USER, account_id)
            if record is not None:
                self.workspace.show_role(record)

    def _welcome(self, record: Record, standing: Standing) -> None:
        if self.quirks.invitation == "none":
            return
        standing.invited = True
        standing.accepted = self.quirks.invitation == "email"
        self.workspace.send(str(record.data.get("userName", "")), "activation", "Activate your account")

    def _drop_content(self, account_id: str) -> None:
        if self.rules.keeps_content():
            return
        for content_id in [key for key, each in self.state.contents.items() if each["owner"] == account_id]:
            del self.state.contents[content_id]
            self.workspace.touch()

    # what SCIM sees ----------------------------------------------------------------------------------------------

    def hides(self, record: Record) -> bool:
        """Tell whether an account is not there for SCIM: it has no membership, or the product made it."""
        if record.type != _USER:
            return False
        if self._gone(record):
            return True
        return not self.rules.lists_unmanaged() and not self.workspace.standing(record.id).managed

    def _gone(self, record: Record) -> bool:
        """Tell whether a deactivation has taken the membership, and with it all that SCIM sees."""
        return self.quirks.deactivation == "remove-membership" and record.data.get("active") is False

    def hidden(self) -> tuple[str, ...]:
        """Return the ids of accounts that no list shows because the product made them."""
        if self.rules.lists_unmanaged():
            return ()
        return tuple(key for key, each in self.state.people.items() if not each.managed)


def _ids(data: JsonObject) -> list[str]:
    members = data.get("members")
    return [str(each.get("value")) for each in members if isinstance(each, dict)] if isinstance(members, list) else []
