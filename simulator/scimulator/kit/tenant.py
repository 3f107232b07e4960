"""An identity provider at work on the target: its flows carried over the session, its directory made of our people."""

from __future__ import annotations

import dataclasses
import json
import random
from typing import TYPE_CHECKING, TypeVar

from scimulator.catalogue.dialects import dialect as find_dialect
from scimulator.catalogue.profiles import Profile
from scimulator.exchange.message import Purpose, Response
from scimulator.idp.directory import App, Directory, DirectoryGroup, Kind, Person
from scimulator.idp.entra import Entra
from scimulator.idp.flow import Result, Send, Wait, play
from scimulator.idp.mapping import mapping_of
from scimulator.idp.okta import Okta
from scimulator.kit.expectations import refutation
from scimulator.kit.operations import LIST_RESPONSE
from scimulator.kit.outcomes import Blocked
from scimulator.kit.resources import Resource, Resources
from scimulator.kit.session import SCIM_JSON, encode, marking_value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scimulator.catalogue.dialects import Dialect
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.flow import Flow
    from scimulator.idp.mapping import Mapping as AttributeMapping
    from scimulator.kit.answer import Answer
    from scimulator.kit.session import Session

T = TypeVar("T")
_NOBODY = Response(
    200, (("Content-Type", SCIM_JSON),), encode({"schemas": [LIST_RESPONSE], "totalResults": 0, "Resources": []})
)
_OKTA_ID = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class Tenant:
    """One tenant of an identity provider, with one app that provisions to the target in one dialect.

    ``engine`` offers the flows; ``run`` carries one and judges it, ``ground`` carries one that is only preparation.
    """

    def __init__(
        self,
        session: Session,
        dialect: str,
        *,
        on: Iterable[str] = (),
        off: Iterable[str] = (),
        mapping: AttributeMapping | None = None,
    ) -> None:
        self.session = session
        self.dialect: Dialect = find_dialect(dialect)
        self.profile = Profile.load(self.dialect, on=on, off=off)
        self.directory = Directory(session.clock)
        self.app = App()
        self._random = random.Random(f"{session.people.seed}-{session.people.unique()}")  # noqa: S311  not a secret
        made: type[Okta | Entra] = Okta if self.dialect.idp == "okta" else Entra
        self.engine: Okta | Entra = made(
            self.profile, self.directory, app=self.app, mapping=mapping, randomness=self._random
        )
        self.answers: list[Answer] = []
        """The answers to everything this tenant has sent, in order."""
        self._ours: set[str] = set()

    @property
    def okta(self) -> Okta:
        """The engine, where the tenant is Okta's."""
        if not isinstance(self.engine, Okta):
            raise TypeError(f"{self.dialect.id} is no dialect of Okta")
        return self.engine

    @property
    def entra(self) -> Entra:
        """The engine, where the tenant is Entra's."""
        if not isinstance(self.engine, Entra):
            raise TypeError(f"{self.dialect.id} is no dialect of Entra")
        return self.engine

    # -- the directory

    def map(self, source: Json, target: str) -> None:
        """Map one attribute more, as an administrator does; both are written as in a profile's mapping file."""
        line: JsonObject = {"source": source, "target": target}
        data: JsonObject = {"idp": self.dialect.idp, "vocabulary": {}, "rules": [line]}
        mapping = self.engine.mapping
        self.engine.mapping = dataclasses.replace(mapping, rules=(*mapping.rules, *mapping_of(data).rules))

    def person(self, **fields: Json) -> Person:
        """Add a made-up person whose login carries the run's mark; ``fields`` are those of ``Person`` or attributes."""
        people = self.session.people
        given, family = people.names()
        login = str(fields.pop("login", "") or people.user_name(f"{given}.{family}".lower()))
        own = {name: fields.pop(name) for name in list(fields) if name in Person.__dataclass_fields__}
        values: dict[str, object] = {
            "id": self.fresh_id("user"),
            "login": login,
            "given_name": given,
            "family_name": family,
            "email": login,
            "display_name": f"{given} {family}",
            **own,
        }
        return self.directory.add_person(Person(**values, attributes=fields))  # type: ignore[arg-type]  # the names are Person's

    def group(self, *members: Person, name: str = "") -> DirectoryGroup:
        """Add a group whose name carries the run's mark."""
        name = name or self.session.people.unique("group")
        group = DirectoryGroup(self.fresh_id("group"), name, tuple(each.id for each in members))
        return self.directory.add_group(group)

    def fresh_id(self, kind: str) -> str:
        """Return an object id in the identity provider's own form."""
        if self.dialect.idp == "okta":
            prefix = "00u" if kind == "user" else "00g"
            return prefix + "".join(self._random.choices(_OKTA_ID, k=17))
        digits = f"{self._random.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], "4" + digits[13:16], "a" + digits[17:20], digits[20:]))

    # -- carrying flows

    def run(self, flow: Flow[T], *, per: str | None = None) -> T:
        """Carry a flow as the judged one: every answer has to be what the profile says is needed, and the end good."""
        result = play(flow, lambda step: self._send(step, Purpose.JUDGED), wait=self._wait)
        if isinstance(result, Result) and not result.ok:
            self._gave_up(result, per)
        return result

    def _gave_up(self, result: Result, per: str | None) -> None:
        """Refute what the refused exchange was for, naming the request: the flow may have come far before it."""
        said = "; ".join(result.messages) or f"the flow ended as {result.outcome.value}"
        message, status, number, soft = f"{self.dialect.title} gives up: {said}", 0, 0, False
        if self.answers:
            last = self.answers[-1]
            request, status, number = last.exchange.request, last.status_code, last.exchange.number
            message += f" ({request.method} {request.path} was answered {status})"
            step = self.profile.exchange(last.exchange.step) if self.profile.has(last.exchange.step) else None
            if step is not None and status not in step.status:
                needs = [rule.requirement for rule in (*step.rules, *step.after) if rule.requirement]
                per = per or (needs[0] if needs else None)
                soft = not step.may_fail
        self.session.judge.require(
            condition=False,
            message=message,
            kind=f"flow-{result.outcome.value}",
            got=status,
            exchange=number,
            per=per,
            soft=soft,
        )

    def ground(self, flow: Flow[T], *, by: str, unknown: bool = False) -> T:
        """Carry a flow that prepares a check.

        ``unknown`` says that the target cannot know yet whom or what the flow looks for, because it was made up just
        now: its searches are not sent but answered with an empty list.

        Raises:
            Blocked: when it ends badly; ``by`` is the id of the check that judges this flow.
        """

        def send(step: Send) -> Response | None:
            searches = step.request.method == "GET" and "filter=" in step.request.query
            return _NOBODY if unknown and searches else self._send(step, Purpose.SET_UP)

        result = play(flow, send, wait=self._wait)
        if isinstance(result, Result) and not result.ok:
            raise Blocked(by, "; ".join(result.messages) or f"the flow ended as {result.outcome.value}")
        return result

    def set_up(self, group: DirectoryGroup, *, by: str, **attributes: Json) -> Resource:
        """Give a group its counterpart with its members at the target, as ground, and link the two.

        One create, whatever the dialect would send; ``attributes`` go beside displayName and members. Who calls has to
        see whether the target has kept the members of the create, by the read that this leaves behind.

        Raises:
            Blocked: when nothing is made; ``by`` is the id of the check that judges the dialect's own way.
        """
        groups = Resources(self.session, "group")
        members: list[Json] = [self.app.remote_id(each) for each in group.members]
        body = groups.body(displayName=group.name, members=members, **attributes)
        answer = self.session.create(groups.endpoint, body, purpose=Purpose.SET_UP)
        if not answer.ok or not answer.id:
            raise Blocked(by, f"POST {groups.endpoint} was answered {answer.status_code}")
        self.engine.link(group.id, Kind.GROUP, answer.id)
        return groups.made(answer, body)

    def try_run(self, flow: Flow[T]) -> T:
        """Carry a flow as the judged one and expect nothing of its end or of its answers."""
        return play(flow, lambda step: self._send(step, Purpose.JUDGED, rules=False), wait=self._wait)

    def _insist_on_ours(self, path: str) -> None:
        """Keep an identity provider from writing to an account that a careless search has handed to it.

        Raises:
            Blocked: when the resource does not show this run's mark.
        """
        if path in self._ours or self.session.owns(path):
            return
        seen = self.session.request("GET", path, purpose=Purpose.EVIDENCE)
        if seen.ok and not self.session.shows_mark(seen.body):
            raise Blocked(
                "sanity.filter-filters", f"the search led to {path}, which is not of this run and stays untouched"
            )
        self._ours.add(path)

    def _wait(self, step: Wait) -> None:
        self.session.clock.sleep(step.seconds)

    def _send(self, step: Send, purpose: Purpose, *, rules: bool = True) -> Response | None:
        request = step.request
        creates = request.method == "POST" and request.path in (
            self.session.discovery.user_endpoint,
            self.session.discovery.group_endpoint or "/Groups",
        )
        handle = ""
        if creates:
            body = json.loads(request.body or b"{}")
            handle = self.session.housekeeping.intend(request.path, marking_value(body))
        elif request.method != "GET":
            self._insist_on_ours(request.path)
        answer = self.session.send(request, purpose=purpose, step=step.exchange_id)
        if creates:
            self.session.adopt(request.path, answer, handle)
        if request.method == "DELETE" and answer.ok:
            endpoint, _, resource_id = request.path.rpartition("/")
            self.session.forget(endpoint, resource_id)
        self.answers.append(answer)
        if purpose is Purpose.JUDGED and rules and answer.ok:
            for rule in step.exchange.rules:
                symptom = refutation(rule, answer)
                if symptom is not None and rule.requirement:
                    self.session.judge.refute(symptom, per=rule.requirement, soft=not step.exchange.may_fail)
        return answer.response

    # -- what became of it

    def account(self, subject: Person | DirectoryGroup | str) -> Resource:
        """Return the target's resource that belongs to a person or group.

        Raises:
            Blocked: where the app has no link to one.
        """
        key = subject if isinstance(subject, str) else subject.id
        link = self.app.link(key)
        if link is None:
            raise Blocked("sanity.create", "the identity provider has no link to the object, so nothing can be read")
        endpoint = self.session.discovery.user_endpoint
        if key in self.directory.groups:
            endpoint = self.session.discovery.group_endpoint or "/Groups"
        return Resource(self.session, endpoint, link.remote_id, {}, {})

    def remote_id(self, subject: Person | DirectoryGroup) -> str:
        """Return the target's id of a person or group; empty where none is known."""
        return self.app.remote_id(subject.id) or ""

    def shown(self, subject: Person | DirectoryGroup) -> JsonObject:
        """Return what an independent GET shows of a person's account or a group."""
        return self.account(subject).read()
