"""The workspace behind the provider: everything that is done in the product itself, as methods.

Every method is one short step; a refusal of the product is a :class:`WorkspaceError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.provider.workspace.people import People
from scimulator.provider.workspace.shelf import Shelf
from scimulator.provider.workspace.state import Standing, WorkspaceError

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.provider.durable import Keeping
    from scimulator.provider.store import Record

_USER = "User"


class Workspace(People):
    """What an administrator or a member does in the product: people (:class:`People`), doors (:class:`Access`)."""

    # durability --------------------------------------------------------------------------------------------------

    def set_default_role(self, role: str) -> None:
        """An administrator chooses the role of people who come without one; those who are there keep theirs."""
        before = self.state.default_role
        super().set_default_role(role)
        for record in self.store.select([_USER], "", (), "seq"):
            if record.id not in self.state.people:
                self.state.people[record.id] = Standing(role=before, managed=True)

    def snapshot(self) -> JsonObject:
        """Return everything as plain JSON."""
        return self.state.snapshot()

    def restore_snapshot(self, document: JsonObject) -> None:
        """Take everything from a snapshot; the token that this process was started with opens the door as well."""
        self.state.restore(document)
        self._restored()

    def keep_in(self, keeping: Keeping) -> None:
        """Keep everything in the file of the store from now on, and bring back what it holds."""
        shelf = Shelf(self.store.db, self.state)

        def take(settings: JsonObject) -> None:
            shelf.take(settings)
            self._restored()

        keeping.include("workspace", shelf.put, take, lambda: self.state.revision)

    def _restored(self) -> None:
        self.settle()
        if self._initial and all(token.secret != self._initial for token in self.state.tokens):
            self._issue(self._initial)

    @property
    def revision(self) -> int:
        """A number that grows with every change."""
        return self.state.revision

    # signing in --------------------------------------------------------------------------------------------------

    def log_in(self, email: str, method: str = "saml") -> str:
        """Somebody signs in and gets a session.

        Where SAML is off and not required, people go on with another method.

        Raises:
            WorkspaceError: when the product does not let them in.
        """
        by_saml = method == "saml" and self.state.saml["enabled"]
        if not by_saml and self.state.saml["required"]:
            raise WorkspaceError("people of this workspace sign in by SAML only")
        record = self.find(email)
        if record is None:
            if not by_saml or self.quirks.jit == "off":
                raise WorkspaceError(f"there is no account for {email}")
            record = self.made(email, self.state.default_role)
            self.state.people[record.id] = Standing(role=self.state.default_role, just_in_time=True)
            self.note("product", "make account at sign-in", email)
        if record.data.get("active") is False:
            if self.rules.log_in_reactivates():
                record = self.save(record, {**record.data, "active": True})
            elif not self.rules.admits_inactive():
                raise WorkspaceError(f"the account of {email} is deactivated")
        standing = self.stand(record.id)
        if standing.invited and not standing.accepted:
            raise WorkspaceError(f"{email} has not accepted the invitation yet")
        standing.first_login = standing.first_login or self.now()
        self.note(email, "sign in", email)
        return self.open_session(record.id)

    def session(self, secret: str) -> JsonObject:
        """Return the member whose session this is.

        Raises:
            WorkspaceError: when it has ended.
        """
        return self.shown(self._holder(self.state.sessions, secret, "the session has ended"))

    def create_api_key(self, email: str) -> str:
        """Somebody makes an API key; only now it is shown.

        Raises:
            WorkspaceError: when the account is deactivated.
        """
        record = self.record(email)
        if record.data.get("active") is False:
            raise WorkspaceError(f"the account of {email} is deactivated")
        self.note(email, "make API key", email)
        return self.open_api_key(record.id)

    def use_api_key(self, secret: str) -> JsonObject:
        """Return the member whose API key this is.

        Raises:
            WorkspaceError: when it does not open the door.
        """
        if secret in self.state.api_keys and not self.rules.door_needs_account():
            return {"id": self.state.api_keys[secret]}
        return self.shown(self._holder(self.state.api_keys, secret, "the API key is not valid"))

    def create_content(self, email: str, title: str = "Untitled") -> JsonObject:
        """Somebody makes something that outlives the account, or not."""
        record = self.record(email)
        content_id = self.secret(6)
        self.state.contents[content_id] = {"owner": record.id, "title": title}
        self.touch()
        return {"id": content_id, "owner": email, "title": title}

    def delete_content(self, content_id: str) -> None:
        """Remove what somebody made."""
        self.state.contents.drop(content_id)
        self.touch()

    # SAML and SCIM -----------------------------------------------------------------------------------------------

    def disable_saml(self) -> None:
        """An administrator switches SAML off; where the product couples the two, SCIM goes off with it."""
        self.state.saml["enabled"] = False
        self.note("admin", "disable SAML")
        if self.rules.sso_takes_scim_along() and self.state.scim:
            self.state.scim = False
            self.note("product", "disable SCIM")
            if self.quirks.sso_disabled == "scim-off-token-dead":
                self.kill_tokens()
                self.note("product", "revoke token")
            self._let_go()
        if self.rules.deprovisions_with_sso():
            self._deactivate_managed()

    def enable_scim(self) -> str:
        """An administrator switches SCIM on; returns the token, a new one where the old is dead.

        Raises:
            WorkspaceError: when the product wants SAML first, or another plan.
        """
        if self.quirks.requires_sso == "yes" and not (self.state.saml["configured"] and self.state.saml["enabled"]):
            raise WorkspaceError("SCIM can be enabled only while SAML is configured and enabled")
        if self.quirks.plan_gate == "yes" and self.state.plan == "free":
            raise WorkspaceError("SCIM needs a paid plan")
        was_off, self.state.scim = not self.state.scim, True
        if was_off and self.quirks.ids_after_reenable == "new":
            self._give_new_ids()
        self.note("admin", "enable SCIM")
        live = [token for token in self.state.tokens if token.live]
        if live:
            return live[-1].secret
        self.note("admin", "make token")
        return self._issue(self.secret(24))

    def disable_scim(self) -> None:
        """An administrator switches SCIM off; the token dies, and members stay unless the product says otherwise."""
        self.state.scim = False
        self.kill_tokens()
        self.note("admin", "disable SCIM")
        self._let_go()

    def _let_go(self) -> None:
        """What becomes of members when SCIM goes off."""
        if self.rules.deactivates_when_scim_ends():
            self._deactivate_managed()
        elif self.rules.drops_administrators_with_scim():
            self._deactivate_managed(role="admin")
        if self.quirks.scim_disabled == "members-unmanaged":
            for record in list(self.store.select([_USER], "", (), "seq")):
                self.stand(record.id).managed = False

    def _deactivate_managed(self, role: str = "") -> None:
        for record in list(self.store.select([_USER], "", (), "seq")):
            if role and self.role(record.id) != role:
                continue
            if self.standing(record.id).managed and record.data.get("active") is not False:
                self.save(record, {**record.data, "active": False})
                self.end_access(record.id)

    def _give_new_ids(self) -> None:
        """Every account gets another id, as in a product that links accounts anew; what points to it follows."""
        fresh = {record.id: self.ids() for record in self.store.select([_USER], "", (), "seq")}
        for old, new in fresh.items():
            for account_id in self.store.reports_of(old):
                account = self.store.get(_USER, account_id)
                if account is not None:
                    self.save(account, _with_manager(account.data, old, new))
            groups = self.store.owners(old)
            self.store.rename(old, new)
            self.store.touch(groups)
            for changed in (old, *groups):
                self._forget(changed)
        state = self.state
        state.people.replace({fresh.get(key, key): each for key, each in state.people.items()})
        for held in (state.sessions, state.api_keys):
            held.replace({secret: fresh.get(holder, holder) for secret, holder in held.items()})
        for content_id, content in state.contents.items():
            content["owner"] = fresh.get(content["owner"], content["owner"])
            state.contents.mark(content_id)
        self.touch()

    def _holder(self, held: dict[str, str], secret: str, told: str) -> Record:
        record = self.store.get(_USER, held.get(secret, ""))
        if record is None:
            raise WorkspaceError(told)
        return record


def _with_manager(data: JsonObject, old: str, new: str) -> JsonObject:
    """Return attributes in which a reference to a manager follows the manager's new id."""
    changed: JsonObject = {}
    for name, part in data.items():
        manager = part.get("manager") if isinstance(part, dict) else None
        if isinstance(part, dict) and isinstance(manager, dict) and manager.get("value") == old:
            changed[name] = {**part, "manager": {**manager, "value": new}}
        else:
            changed[name] = part
    return changed
