"""What Entra does with people: connect, match, create, update by difference, switch off and on, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.idp.answers import listing, resource_id
from scimulator.idp.directory import Kind
from scimulator.idp.entra.core import INCOMPATIBLE, Core
from scimulator.idp.entra.difference import ENTERPRISE, Modified, as_boolean, difference, operation, operations
from scimulator.idp.entra.matching import Matching
from scimulator.idp.entra.roles import RoleFunction, as_objects, as_texts, differ, function_of, roles_of, with_booleans
from scimulator.idp.flow import Outcome, Result
from scimulator.idp.paths import Place, parse_place

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.directory import Person
    from scimulator.idp.flow import Flow

_NOT_LINKED = "the user has not been provisioned"
_CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
_ACTIVE = parse_place("active")
NO_MATCHING_VALUE = "MandatoryFieldsMissing"
"""The code where a person has no value for any matching attribute; that it is this one is read off its name."""


class Users(Core):
    """Entra's flows for people."""

    matching: tuple[str, ...] = ("users.find",)
    """The searches that are tried one after the other, by exchange; ``users.find`` is the default, by userName."""
    writes_roles: bool = True
    """Whether app roles are written; not with the scope "Sync all users and groups", and not on demand."""

    def test_connection(self, *, groups: bool = True) -> Flow[Result]:
        """A random GUID is looked for as a user and, where groups are mapped, as a group; both lists have to be empty.

        Users are looked for by the first matching attribute. That somebody is found all the same is not documented to
        matter.
        """
        probe = Matching.of(self.matching[0]).probe
        for exchange_id in (probe, "connection.groups") if groups else (probe,):
            answer = yield from self.send(exchange_id, guid=self.guid())
            if answer is None or answer.status != 200:
                return self.error("", answer)
            problem = listing(answer, strict_numbers=False).problem
            if problem:
                return self.error("", answer, code=INCOMPATIBLE, said=problem)
        return Result(Outcome.CONNECTED, status=200)

    def provision(self, person_id: str, *, may_create: bool = True) -> Flow[Result]:
        """A person in scope is matched, then linked and updated, or created.

        The matching attributes are tried in order. Somebody who is disabled in Entra is not created, and nobody where
        the app's action Create is off.
        """
        if self.app.link(person_id) is not None:
            return (yield from self.update(person_id))
        person = self.directory.person(person_id)
        found = yield from self.look_for(person)
        if isinstance(found, Result):
            return found
        if found is None:
            if not person.value("active"):
                return Result(Outcome.SKIPPED, messages=("a disabled user is not created",))
            if not may_create:
                return Result(Outcome.SKIPPED, messages=("the action Create is off",))
            return (yield from self.create(person))
        remote_id = resource_id(found) or ""
        self.link(person_id, Kind.PERSON, remote_id)
        result = yield from self._patch(person, found)
        return result if not result.ok else Result(Outcome.LINKED, remote_id, status=result.status or 200)

    def find(self, person_id: str) -> Flow[Result]:
        """A person is looked for by the matching attributes; the outcome is ``linked``, or ``skipped`` for nobody."""
        found = yield from self.look_for(self.directory.person(person_id))
        if isinstance(found, Result):
            return found
        if found is None:
            return Result(Outcome.SKIPPED, messages=("no such user",), status=200)
        return Result(Outcome.LINKED, resource_id(found), status=200)

    def update(self, person_id: str) -> Flow[Result]:
        """A linked person is read, compared with the mapping, and changed by the differences only."""
        link = self.app.link(person_id)
        if link is None:
            return Result(Outcome.SKIPPED, messages=(_NOT_LINKED,))
        current = yield from self.read("users.read", person_id, link.remote_id)
        if isinstance(current, Result):
            return current
        return (yield from self._patch(self.directory.person(person_id), current))

    def set_manager(self, person_id: str) -> Flow[Result]:
        """The manager is written as a bare id, once both are linked; no manager in the directory writes nothing.

        Under the switch ``reference-checks`` the target is asked whether it knows already; else the user is read.
        """
        person = self.directory.person(person_id)
        link = self.app.link(person_id)
        place = self.manager_place()
        boss = self.app.remote_id(person.manager) if person.manager else None
        if link is None or boss is None or place is None:
            return Result(Outcome.SKIPPED, messages=("the user or the manager has not been provisioned",))
        shown: Json = None
        if self.profile.switched("reference-checks") and self.profile.has("references.manager"):
            there = yield from self.match("references.manager", person_id, id=link.remote_id, managerId=boss)
            if isinstance(there, Result):
                return there
            shown = None if there is None else boss
        else:
            current = yield from self._current(person_id, link.remote_id)
            if isinstance(current, Result):
                return current
            shown = place.find(current)
            shown = shown.get("value") if isinstance(shown, dict) else shown
        if shown == boss:
            self.app.managers[person_id] = boss
            return Result(Outcome.UNCHANGED, link.remote_id)
        change = operation(self.profile, Modified(place, shown, boss))
        answer = yield from self.send("users.manager", id=link.remote_id, operations=[change])
        self.touch(place.text, shown, boss)
        result = self.written(person_id, answer, Outcome.UPDATED)
        if result.ok:
            self.app.managers[person_id] = boss
        return result

    def deactivate(self, person_id: str) -> Flow[Result]:
        """A person out of scope is disabled, not deleted: unassigned, soft-deleted, or switched off in Entra."""
        return (yield from self._switch(person_id, active=False))

    def reactivate(self, person_id: str) -> Flow[Result]:
        """A person in scope again is enabled; memberships are no part of it."""
        return (yield from self._switch(person_id, active=True))

    def delete(self, person_id: str) -> Flow[Result]:
        """A person who is gone for good is deleted at the target: 30 days after the soft delete, or on purge."""
        link = self.app.link(person_id)
        if link is None:
            return Result(Outcome.SKIPPED, messages=(_NOT_LINKED,))
        answer = yield from self.send("users.delete", id=link.remote_id)
        return self.deleted(person_id, answer)

    def discover(self) -> Flow[Result]:
        """An app from the gallery reads the schemas when its configuration is saved or opened; other apps do not."""
        if not self.profile.switched("gallery-app"):
            return Result(Outcome.SKIPPED, messages=("only apps from the gallery read the schemas",))
        answer = yield from self.send("discovery.schemas")
        if answer is None or answer.status != 200:
            return self.error("", answer)
        return Result(Outcome.CONNECTED, status=200)

    def manager_place(self) -> Place | None:
        """Return where the mapping puts the manager, None where he is not mapped."""
        return next((rule.target for rule in self.mapping.rules if rule.reference), None)

    def maps_active(self) -> bool:
        """Whether ``active`` is mapped; where it is not, who leaves the scope is deleted."""
        return any(rule.target.text == "active" for rule in self.mapping.rules)

    def look_for(self, person: Person) -> Flow[JsonObject | Result | None]:
        """Search by the matching attributes, one after the other; one for which the person has no value is left out."""
        resource = self.mapping.resource(person)
        asked = False
        for exchange_id in self.matching:
            exchange = self.profile.exchange(exchange_id)
            matching = Matching.of(exchange.id)
            value = matching.place.find(resource)
            if value is None:
                continue
            asked = True
            found = yield from self.match(exchange_id, person.id, **{matching.placeholder: value})
            if found is not None:
                return found
        if not asked:
            return self.error(person.id, None, code=NO_MATCHING_VALUE, said="no matching attribute has a value")
        return None

    def create(self, person: Person) -> Flow[Result]:
        """Create a person; his manager follows later, his app roles come along."""
        resource = self.mapping.resource(person)
        if "active" in resource:
            resource["active"] = as_boolean(resource["active"])
        place = self.manager_place()
        boss = self.app.remote_id(person.manager) if person.manager else None
        if boss is not None and place is not None and self.profile.switched("manager-on-create"):
            place.put(resource, boss)
        if not self.writes_roles:
            resource.pop("roles", None)
        enterprise = any(rule.target.urn == ENTERPRISE for rule in self.mapping.rules)
        roles = self._roles_of(person)
        answer = yield from self.send(
            "users.create",
            resource=resource,
            roles=roles if roles is not None else with_booleans(resource.get("roles")),
            schemas=[_CORE, ENTERPRISE] if enterprise else [_CORE],
        )
        for rule in self.mapping.rules:
            value = rule.target.find(resource)
            if value is not None:
                self.touch(rule.target.text, None, value)
        if roles:
            self.touch("roles", None, roles)
        if answer is None or answer.status >= 300:
            return self.error(person.id, answer)
        remote_id = resource_id(answer.document().object)
        if remote_id is None:
            return self.error(person.id, answer, code=INCOMPATIBLE, said="the created user came without an id")
        self.link(person.id, Kind.PERSON, remote_id)
        return Result(Outcome.CREATED, remote_id, status=answer.status)

    def _roles_of(self, person: Person) -> list[Json] | None:
        function = function_of(self.profile) if self.writes_roles else None
        if function is None:
            return None
        return as_objects(function, roles_of(person), type_only=self.profile.switched("roles-type-only"))

    def _current(self, person_id: str, remote_id: str) -> Flow[JsonObject | Result]:
        if not self.profile.switched("read-before-update"):
            return {"active": True}
        return (yield from self.read("users.read", person_id, remote_id))

    def _switch(self, person_id: str, *, active: bool) -> Flow[Result]:
        link = self.app.link(person_id)
        if link is None:
            return Result(Outcome.SKIPPED, messages=(_NOT_LINKED,))
        current: JsonObject = {"active": not active}
        if self.profile.switched("read-before-update"):
            found = yield from self.read("users.read", person_id, link.remote_id)
            if isinstance(found, Result):
                return found
            current = found
        if current.get("active") is active:
            self.link(person_id, Kind.PERSON, link.remote_id, active=active)
            return Result(Outcome.UNCHANGED, link.remote_id, status=200)
        return (yield from self._write_active(person_id, Modified(_ACTIVE, current.get("active"), active)))

    def _write_active(self, person_id: str, change: Modified) -> Flow[Result]:
        """Write ``active`` alone: a recorded exchange where there is one, else an update of this one attribute."""
        remote_id = self.app.remote_id(person_id) or ""
        active = change.after is True
        exchange_id = "users.activate" if active else "users.deactivate"
        absent = change.before is None and self.profile.dialect.id == "entra.legacy"
        edited = self.profile.switched("lower-case-booleans") or self.profile.switched("json-booleans")
        spelled = change.spelled not in ("", "True", "False")
        if absent and self.profile.has(f"{exchange_id}.add") and not edited:
            exchange_id = f"{exchange_id}.add"
        elif absent or spelled or (active and edited):
            exchange_id = "users.update"
        changes = operations(self.profile, [change])
        answer = yield from self.send(exchange_id, id=remote_id, operations=changes)
        self.touch("active", change.before, active)
        result = self.written(person_id, answer, Outcome.REACTIVATED if active else Outcome.DEACTIVATED)
        if result.ok:
            self.link(person_id, Kind.PERSON, remote_id, active=active)
        return result

    def _patch(self, person: Person, current: JsonObject) -> Flow[Result]:
        modified = difference(self.mapping, person, current, roles=self.writes_roles)
        remote_id = self.app.remote_id(person.id) or ""
        result = Result(Outcome.UNCHANGED, remote_id)
        if [change.place.text for change in modified] == ["active"]:
            result = yield from self._write_active(person.id, modified[0])
        elif modified:
            answer = yield from self.send("users.update", id=remote_id, operations=operations(self.profile, modified))
            for change in modified:
                self.touch(change.place.text, change.before, change.after)
            result = self.written(person.id, answer, Outcome.UPDATED)
            if result.ok and self.maps_active():
                self.link(person.id, Kind.PERSON, remote_id, active=person.value("active") is True)
        return (yield from self._patch_roles(person, current, result)) if result.ok else result

    def _patch_roles(self, person: Person, current: JsonObject, before: Result) -> Flow[Result]:
        """Change the app roles where they differ, in a request of their own."""
        mapped = next((rule.value(person, {}) for rule in self.mapping.rules if rule.target.text == "roles"), None)
        function = function_of(self.profile, mapped)
        roles = roles_of(person)
        if function is None or not self.writes_roles or not differ(function, roles, current):
            return before
        exchange_id = f"roles.{function.value}.update"
        value = as_objects(function, roles)
        if self.profile.dialect.id == "entra.legacy" and function is not RoleFunction.ASSERTIVE:
            value = as_texts(function, roles)
        answer = yield from self.send(exchange_id, id=self.app.remote_id(person.id), roles=value)
        self.touch("roles", current.get("roles"), value)
        return self.written(person.id, answer, Outcome.UPDATED)
