"""Who belongs to the workspace, and what an administrator or a member changes there without SCIM.

Members are the User resources of the provider; what SCIM does not show of them (role, sign-ins, ownership, content) is
kept beside them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scimulator.provider.rules.workspace import ROLES
from scimulator.provider.store import Record
from scimulator.provider.workspace.access import Access
from scimulator.provider.workspace.identity import Identity, made_name
from scimulator.provider.workspace.roles import Roles
from scimulator.provider.workspace.state import Standing, State, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from scimulator.exchange.clock import Clock
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.provider.rules import Rules
    from scimulator.provider.store import Store

_USER = "User"


class People(Access):
    """The members of the workspace.

    ``member`` and ``members`` answer objects with ``email``, ``role``, ``active``, ``given_name``, ``family_name``,
    ``visible``, ``scim`` (whether SCIM manages the account), ``owner``, ``first_login`` and ``id``.
    """

    def __init__(
        self,
        rules: Rules,
        store: Store,
        clock: Clock,
        random: Random,
        *,
        ids: Callable[[], str],
        forget: Callable[[str], None],
        token: str | None,
    ) -> None:
        super().__init__(State(default_role=rules.quirks.default_role), rules, clock, random)
        self.store = store
        self.ids = ids
        self._forget = forget
        self.roles = Roles(rules, self.state)
        self.identity = Identity(rules, self.state)
        self._initial = token
        if token:
            self._issue(token)

    # looking -----------------------------------------------------------------------------------------------------

    def members(self) -> list[JsonObject]:
        """Return every account as the product shows it."""
        return [self.shown(record) for record in self.store.select([_USER], "", (), "seq")]

    def member(self, email: str) -> JsonObject:
        """Return one member.

        Raises:
            WorkspaceError: when there is nobody with that address.
        """
        return self.shown(self.record(email))

    def standing(self, account_id: str) -> Standing:
        """Return how an account stands; one of which nothing is known yet stands by the default."""
        return self.state.people.get(account_id) or Standing(role=self.state.default_role, managed=True)

    def role(self, account_id: str) -> str:
        """Return the role of an account: the greatest of its own and those of its groups."""
        return self.effective(self.standing(account_id).role or self.state.default_role, account_id)

    def effective(self, own: str, account_id: str) -> str:
        """Return the role of somebody who has this one of their own."""
        if self.quirks.group_roles == "none":
            return own
        return self.roles.of_groups(own, [name for _, name, _ in self.store.groups_of(account_id)])

    def seats_taken(self) -> int:
        """Return how many members are active."""
        return self.store.window([_USER], "active IS NOT 0", (), order="seq", limit=0, offset=0).total

    def contents(self) -> list[JsonObject]:
        """Return what members have made: ``id``, ``owner`` (an address, empty where nobody is left), ``title``."""
        found: list[JsonObject] = []
        for content_id, content in self.state.contents.items():
            owner = self.store.get(_USER, content["owner"])
            found.append({"id": content_id, "owner": _email(owner) if owner else "", "title": content["title"]})
        return found

    # people ------------------------------------------------------------------------------------------------------

    def invite(self, email: str, role: str = "") -> JsonObject:
        """Invite somebody in the product; SCIM has nothing to do with the account.

        Raises:
            WorkspaceError: when the address is taken or the role unknown.
        """
        if self.find(email) is not None:
            raise WorkspaceError(f"{email} is a member already")
        role = self._known_role(role)
        record = self.made(email, role)
        accepted = self.quirks.invitation != "acceptance"
        self.state.people[record.id] = Standing(role=role, invited=True, accepted=accepted)
        self.send(email, "invitation", "You are invited")
        self.note("admin", "invite", email)
        return self.shown(record)

    def accept_invitation(self, email: str) -> JsonObject:
        """Somebody accepts an invitation."""
        record = self.record(email)
        self.stand(record.id).accepted = True
        self.note(email, "accept invitation", email)
        return self.shown(record)

    def set_role(self, email: str, role: str) -> JsonObject:
        """An administrator gives a role.

        Raises:
            WorkspaceError: for an unknown role, or where SCIM's members are locked in the product.
        """
        record = self._editable(email)
        role = self._known_role(role)
        if role != "admin":
            self._not_the_last_owner(record)
        standing = self.stand(record.id)
        standing.role, standing.by_product = role, True
        standing.owner = standing.owner and role == "admin"
        record = self.show_role(record)
        self.note("admin", "set role", email, role)
        return self.shown(record)

    def set_name(self, email: str, given: str, family: str) -> JsonObject:
        """Somebody changes their own name; the other parts of it stay.

        Raises:
            WorkspaceError: where the product locks what SCIM manages.
        """
        record = self._editable(email)
        known = record.data.get("name")
        name: JsonObject = {**known} if isinstance(known, dict) else {}
        name.update(givenName=given, familyName=family)
        if "formatted" in name:
            name["formatted"] = f"{given} {family}".strip()
        data: JsonObject = {**record.data, "name": name}
        if self.quirks.display_name == "from-name" and (made := made_name(data)):
            data["displayName"] = made
        self.note(email, "set name", email)
        return self.shown(self.save(record, data))

    def set_email(self, email: str, new: str) -> JsonObject:
        """An administrator changes an address.

        Raises:
            WorkspaceError: when it is taken.
        """
        record = self._editable(email)
        other = self.find(new)
        if other is not None and other.id != record.id:
            raise WorkspaceError(f"{new} is taken")
        new = self.identity.user_name(new)
        entry: JsonObject = {"value": new, "type": "work", "primary": True}
        self.note("admin", "set email", email, new)
        return self.shown(self.save(record, {**record.data, "userName": new, "emails": [entry]}))

    def suspend(self, email: str) -> JsonObject:
        """An administrator switches an account off.

        Raises:
            WorkspaceError: for the last owner, or where the product locks what SCIM manages.
        """
        record = self._editable(email)
        self._not_the_last_owner(record)
        record = self.save(record, {**record.data, "active": False})
        if self.rules.hides_suspension():
            self.store.show_active(record.id)
        self.end_access(record.id)
        self.note("admin", "suspend", email)
        return self.shown(record)

    def restore(self, email: str) -> JsonObject:
        """An administrator switches an account on again."""
        record = self._editable(email)
        self.note("admin", "restore", email)
        return self.shown(self.save(record, {**record.data, "active": True}))

    def remove(self, email: str) -> JsonObject:
        """An administrator removes an account for good.

        Raises:
            WorkspaceError: for the last owner, or where the product locks what SCIM manages.
        """
        record = self._editable(email)
        self._not_the_last_owner(record)
        self.end_access(record.id, deleted=True)
        self.state.people.drop(record.id)
        self.store.forget_member(record.id)
        self.store.delete(record.id)
        self._forget(record.id)
        self.note("admin", "remove", email)
        return {}

    def make_owner(self, email: str) -> JsonObject:
        """Somebody becomes an owner of the workspace, an administrator who must not be locked out."""
        record = self.record(email)
        standing = self.stand(record.id)
        standing.owner, standing.role, standing.by_product = True, "admin", True
        self.note("admin", "make owner", email)
        return self.shown(self.show_role(record))

    def unmake_owner(self, email: str) -> JsonObject:
        """An owner becomes an ordinary member with the default role."""
        record = self.record(email)
        standing = self.stand(record.id)
        standing.owner, standing.role = False, self.state.default_role
        self.note("admin", "unmake owner", email)
        return self.shown(self.show_role(record))

    def is_last_owner(self, account_id: str) -> bool:
        """Tell whether an account is the only active owner."""
        if not self.standing(account_id).owner:
            return False
        owners = [key for key, each in self.state.people.items() if each.owner and key != account_id]
        return not any(self._is_active(key) for key in owners)

    def _not_the_last_owner(self, record: Record) -> None:
        if self.rules.protects_last_owner() and self.is_last_owner(record.id):
            raise WorkspaceError("the last owner of the workspace cannot be locked out; make somebody else an owner")

    # resources ---------------------------------------------------------------------------------------------------

    def save(self, record: Record, data: JsonObject) -> Record:
        """Write an account that the product has changed."""
        now = self.rules.date(self.clock.now())
        made = replace(record, revision=record.revision + 1, modified=now, data=data)
        self.store.update(made)
        self._forget(record.id)
        self.store.touch(set(self.store.owners(record.id)), None)
        for owner in self.store.owners(record.id):
            self._forget(owner)
        self.touch()
        return made

    def show_role(self, record: Record) -> Record:
        """Write a role into the attribute in which SCIM shows it, if there is one."""
        data = self.roles.shown_in(record.data, self.role(record.id))
        return record if data == record.data else self.save(record, data)

    def shown(self, record: Record) -> JsonObject:
        """Return an account as the product shows it."""
        standing = self.standing(record.id)
        name = record.data.get("name")
        names: JsonObject = name if isinstance(name, dict) else {}
        met = bool(standing.first_login) or self.quirks.visible_after_first_login == "no"
        return {
            "email": _email(record),
            "role": self.role(record.id),
            "active": record.data.get("active") is not False,
            "given_name": names.get("givenName", ""),
            "family_name": names.get("familyName", ""),
            "visible": met and standing.accepted,
            "scim": standing.managed,
            "owner": standing.owner,
            "first_login": standing.first_login,
            "id": record.id,
        }

    def made(self, email: str, role: str) -> Record:
        """Make an account by the product's own hand."""
        now = self.rules.date(self.clock.now())
        email = self.identity.user_name(email)
        entry: JsonObject = {"value": email, "type": "work", "primary": True}
        data: JsonObject = {"schemas": [], "userName": email, "active": True, "emails": [entry]}
        record = Record(self.ids(), _USER, 1, now, now, self.roles.shown_in(data, role))
        self.store.insert(record)
        self.touch()
        return record

    def find(self, email: str) -> Record | None:
        """Return the account with this userName in any letters, None where there is none."""
        for account_id, _ in self.store.holders(email):
            return self.store.get(_USER, account_id)
        return None

    def record(self, email: str) -> Record:
        """Return the account with this userName.

        Raises:
            WorkspaceError: when there is none.
        """
        found = self.find(email)
        if found is None:
            raise WorkspaceError(f"nobody has the address {email}")
        return found

    def _editable(self, email: str) -> Record:
        record = self.record(email)
        if self.rules.locks_members(scim=self.state.scim) and self.standing(record.id).managed:
            raise WorkspaceError(f"{email} is managed by SCIM and cannot be changed here")
        return record

    def _is_active(self, account_id: str) -> bool:
        record = self.store.get(_USER, account_id)
        return record is not None and record.data.get("active") is not False

    def stand(self, account_id: str) -> Standing:
        """Return how an account stands, to be changed."""
        if account_id not in self.state.people:
            self.state.people[account_id] = Standing(role=self.state.default_role, managed=True)
        self.state.people.mark(account_id)
        self.touch()
        return self.state.people[account_id]

    def _known_role(self, role: str) -> str:
        if role and role not in ROLES:
            raise WorkspaceError(f"there is no role {role!r}; there are {', '.join(ROLES)}")
        return role or self.state.default_role


def _email(record: Record) -> str:
    return str(record.data.get("userName", ""))
