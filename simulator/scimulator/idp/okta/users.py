"""What Okta does with people: connect, assign, push a profile, switch off and on, sync a password."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from scimulator.idp.answers import Listing, listing, resource_id
from scimulator.idp.directory import Kind
from scimulator.idp.flow import Note, Outcome, Result
from scimulator.idp.okta import words
from scimulator.idp.okta.app_users import CORE_USER
from scimulator.idp.okta.core import Core, list_problem

if TYPE_CHECKING:
    from scimulator.exchange.message import Response
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.idp.directory import Person
    from scimulator.idp.flow import Flow

_NOT_KEPT = frozenset({"users.password", "entitlements.assign"})
"""Writes of something that the app does not remember, so that nobody could try again with it."""
_PASSWORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789^$#*"  # noqa: S105  letters to draw from


class Users(Core):
    """Okta's flows for people."""

    def test_connection(self) -> Flow[Result]:
        """Two users are asked for; their number and position have to come as integers.

        Where groups are imported, a page of groups follows when the settings are saved.
        """
        answer = yield from self.send("connection.users")
        problem = list_problem(answer)
        if not problem and self.profile.switched("import-groups"):
            answer = yield from self.send("connection.groups")
            problem = list_problem(answer)
            if not problem and answer is not None:
                for group in listing(answer, strict_numbers=True).resources:
                    self.app.cached_groups[str(group.get("displayName"))] = group
        if problem:
            return self.failed("", words.CONNECTION_TITLE, problem, answer, exchange_id="connection.users")
        return Result(Outcome.CONNECTED, status=200)

    def assign(self, person_id: str) -> Flow[Result]:
        """A person who gets the app is looked for at the target by userName, then linked or created.

        An existing account is adopted, switched on and given the whole profile. 404 counts as "not found". A conflict
        becomes a task. A wizard app that has adopted somebody writes the pushed groups of the person as well.
        """
        person = self.directory.person(person_id)
        unmapped = self.unmapped(person, "users.find")
        if unmapped is not None:
            return unmapped
        found = yield from self._search(person)
        if isinstance(found, Result):
            return found
        if found is None:
            return (yield from self._create(person))
        self.link(person.id, Kind.PERSON, found, active=False)
        result = yield from self._adopt(person, found)
        trouble = (yield from self.sync_groups(person_id)) if result.ok else None
        return result if trouble is None else trouble

    def find(self, person_id: str) -> Flow[Result]:
        """A person is looked for by userName; the outcome is ``linked``, or ``skipped`` for nobody. Nothing is kept."""
        found = yield from self._search(self.directory.person(person_id))
        if isinstance(found, Result):
            return found
        if found is None:
            return Result(Outcome.SKIPPED, messages=("no such user",), status=200)
        return Result(Outcome.LINKED, found, status=200)

    def push_profile(self, person_id: str) -> Flow[Result]:
        """A changed profile is read and written back whole: the target's own answer with the mapped values changed."""
        link = self.app.link(person_id)
        if link is None:
            return Result(Outcome.SKIPPED, messages=("the person has no account in this app",))
        return (yield from self._read_write(self.directory.person(person_id), "users.push", Outcome.UPDATED, None))

    def deactivate(self, person_id: str) -> Flow[Result]:
        """A person who loses the app is switched off and never deleted.

        A catalogue app sends one PATCH without a path and reads nothing before it; a wizard app reads and writes the
        whole user, and ends where the read answers 404. A failure is not repeated.
        """
        link = self.app.link(person_id)
        if link is None:
            return Result(Outcome.SKIPPED, messages=("the person has no account in this app",))
        person = self.directory.person(person_id)
        if not self.patches("users.deactivate"):
            return (yield from self._read_write(person, "users.deactivate", Outcome.DEACTIVATED, active=False))
        answer = yield from self.send("users.deactivate", id=link.remote_id)
        return self._switched(person, answer, "users.deactivate", active=False, outcome=Outcome.DEACTIVATED)

    def reactivate(self, person_id: str) -> Flow[Result]:
        """A person who gets the app back is looked for again and switched on, then the profile follows.

        That is the flow of an assignment: the search has to find the inactive account.
        """
        known = self.app.link(person_id)
        result = yield from self.assign(person_id)
        if result.outcome is Outcome.LINKED and known is not None and known.remote_id == result.remote_id:
            return Result(Outcome.REACTIVATED, result.remote_id, result.messages, result.task, result.status)
        return result

    def sync_password(self, person_id: str, password: str) -> Flow[Result]:
        """Password sync writes the new password; the method is documented, the body inferred (switch sync-password)."""
        link = self.app.link(person_id)
        if link is None or not self.profile.switched("sync-password"):
            return Result(Outcome.SKIPPED, messages=("password sync is off, or the person has no account",))
        person = self.directory.person(person_id)
        if not self.patches("users.password"):
            return (
                yield from self._read_write(person, "users.password", Outcome.UPDATED, None, own={"password": password})
            )
        answer = yield from self.send("users.password", id=link.remote_id, password=password)
        return self._switched(person, answer, "users.password", active=link.active, outcome=Outcome.UPDATED)

    def _search(self, person: Person) -> Flow[str | Result | None]:
        name = self.user_name(person)
        verify = words.VERIFY.format(who=name)
        answer = yield from self.send("users.find", userName=name)
        if answer is None or answer.status not in (200, 404):
            return self._provisioning_failed(person, f"{verify}: {words.cause(answer)}", answer, "users.find")
        found = listing(answer, strict_numbers=True) if answer.status == 200 else Listing()
        if found.problem:
            return self._provisioning_failed(person, f"{verify}: null ({found.problem})", answer, "users.find")
        if not found.total and not found.resources:
            return None
        remote_id = resource_id(found.resources[0]) if found.resources else None
        if found.total > 1 or len(found.resources) > 1 or remote_id is None:
            yield Note(words.UNDOCUMENTED)
            message = f"{verify}: {found.total} results where one with an id was expected"
            return self.failed(person.id, message, message, answer, outcome=Outcome.UNKNOWN, exchange_id="users.find")
        return remote_id

    def _create(self, person: Person) -> Flow[Result]:
        who = self.user_name(person)
        resource = self.mapping.resource(person, self.app_values(person.id))
        extensions = [name for name in resource if name.startswith("urn:")]
        answer = yield from self.send(
            "users.create",
            schemas=[CORE_USER, *extensions],
            resource=resource,
            externalId=person.id,
            password="".join(self.randomness.choices(_PASSWORD, k=8)),
        )
        failure = words.CREATE.format(who=who)
        if answer is None or answer.status >= 300:
            return self._provisioning_failed(person, f"{failure}: {words.cause(answer)}", answer, "users.create")
        if not answer.body.strip():
            return self._provisioning_failed(person, f"{failure}: {words.EMPTY_CREATE}", answer, "users.create")
        remote_id = resource_id(answer.document().object)
        if answer.status != 201 or remote_id is None:
            yield Note(words.UNDOCUMENTED)
            message = f"{failure}: {answer.status} {'without an id' if remote_id is None else 'instead of 201'}"
            return self.failed(person.id, message, message, answer, outcome=Outcome.UNKNOWN, exchange_id="users.create")
        self.link(person.id, Kind.PERSON, remote_id)
        return Result(Outcome.CREATED, remote_id, status=201)

    def _adopt(self, person: Person, remote_id: str) -> Flow[Result]:
        if not self.patches("users.adopt"):
            if self.profile.switched("adopt-in-two-steps"):
                first = yield from self._read_write(person, "users.adopt", Outcome.LINKED, active=True, profile=False)
                if not first.ok:
                    return first
            return (yield from self._read_write(person, "users.adopt", Outcome.LINKED, active=True))
        answer = yield from self.send("users.adopt", id=remote_id)
        switched = self._switched(person, answer, "users.adopt", active=True, outcome=Outcome.LINKED)
        if not switched.ok:
            return switched
        return (yield from self._read_write(person, "users.push", Outcome.LINKED, None))

    def _read_write(
        self,
        person: Person,
        exchange_id: str,
        outcome: Outcome,
        active: bool | None,
        *,
        profile: bool = True,
        own: JsonObject | None = None,
        read: str = "",
    ) -> Flow[Result]:
        """Read the user, change what is Okta's to change, and write everything back.

        ``active`` None leaves the flag as the target has it. A switch-off changes the flag and nothing of the
        ``profile``. ``own`` are further members of the user that this write sets; ``read`` names the exchange that
        reads, where it has another name than the one that writes.
        """
        merges = profile and active is not False
        unmapped = self.unmapped(person, exchange_id) if merges else None
        if unmapped is not None:
            return unmapped
        remote_id = self.app.remote_id(person.id) or ""
        failure = words.PUSH.format(who=self.user_name(person))
        answer = yield from self.send(read or f"{exchange_id}.read", id=remote_id)
        if answer is None or answer.status != 200:
            return self._push_failed(person, f"{failure}: {words.cause(answer)}", answer, exchange_id)
        resource = copy.deepcopy(answer.document().object)
        if not resource:
            return self._push_failed(person, f"{failure}: the answer is no user", answer, exchange_id)
        resource["externalId"] = person.id
        if merges:
            self._merge(person, resource)
        if active is not None:
            resource["active"] = active
        resource |= own or {}
        answer = yield from self.send(exchange_id, id=remote_id, resource=resource)
        if answer is None or answer.status != 200:
            return self._push_failed(person, f"{failure}: {words.cause(answer)}", answer, exchange_id)
        known = self.app.link(person.id)
        now = active if active is not None else known is None or known.active
        self.link(person.id, Kind.PERSON, remote_id, active=now)
        return Result(outcome, remote_id, status=200)

    def _merge(self, person: Person, resource: JsonObject) -> None:
        name = resource.get("userName")
        self.mapping.merge(person, resource, self.app_values(person.id))
        if name is not None and self.profile.switched("username-on-create-only"):
            resource["userName"] = name
        resource.setdefault("groups", [])
        schemas = resource.get("schemas")
        if isinstance(schemas, list):
            schemas.extend(key for key in resource if key.startswith("urn:") and key not in schemas)

    def _switched(
        self, person: Person, answer: Response | None, exchange_id: str, *, active: bool, outcome: Outcome
    ) -> Result:
        if answer is None or answer.status not in (200, 204):
            off = exchange_id == "users.deactivate"
            failure = (words.SWITCH_OFF if off else words.PUSH).format(who=self.user_name(person))
            return self._push_failed(person, f"{failure}: {words.cause(answer)}", answer, exchange_id)
        remote_id = self.app.remote_id(person.id) or ""
        self.link(person.id, Kind.PERSON, remote_id, active=active)
        return Result(outcome, remote_id, status=answer.status)

    def _push_failed(self, person: Person, message: str, answer: Response | None, exchange_id: str) -> Result:
        if exchange_id == "users.deactivate":
            title, retry = words.DEPROVISION_TITLE, False
        else:
            title, retry = words.RETRY_TITLE, exchange_id not in _NOT_KEPT
        return self.failed(person.id, title, message, answer, retry=retry, exchange_id=exchange_id)

    def _provisioning_failed(self, person: Person, message: str, answer: Response | None, exchange_id: str) -> Result:
        title = words.PROVISION_TITLE.format(who=self.user_name(person), app=self.app.name)
        return self.failed(person.id, title, f"{title}: {message}", answer, exchange_id=exchange_id)
