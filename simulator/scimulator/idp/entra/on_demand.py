"""Provisioning on demand: one person at once, shown as the portal shows it in four steps.

On the wire: the connection test, the search, the change, within a second and without a read by id
(github.com/OneUptime/oneuptime/issues/2134). The tenant's flag has no effect here, and app roles are not written
(MicrosoftDocs/entra-docs:docs/identity/app-provisioning/provision-on-demand.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from scimulator.catalogue.profiles import Profile
from scimulator.idp.answers import listing, resource_id
from scimulator.idp.directory import Kind
from scimulator.idp.entra.core import INCOMPATIBLE
from scimulator.idp.entra.difference import Modified, difference, operations
from scimulator.idp.entra.log import Action, LogEntry, Status, table
from scimulator.idp.entra.matching import Matching
from scimulator.idp.entra.planning import in_scope
from scimulator.idp.entra.records import record
from scimulator.idp.entra.work import BAD_MAPPING
from scimulator.idp.expressions.errors import ExpressionError
from scimulator.idp.flow import Outcome, Result
from scimulator.idp.paths import parse_place

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.idp.directory import Person
    from scimulator.idp.entra import Entra
    from scimulator.idp.entra.settings import JobSettings
    from scimulator.idp.flow import Flow

MOST_MEMBERS = 5
"""How many members of a group can be provisioned on demand at once."""


class StepName(StrEnum):
    """The steps by the portal's names."""

    IMPORT = "Import user"
    SCOPE = "Determine if user is in scope"
    MATCH = "Match user between source and target system"
    ACTION = "Perform action"


@dataclass(frozen=True, slots=True)
class OnDemandStep:
    """One step: how it ended, and what the portal shows of it as pairs of a name and a text."""

    name: StepName
    status: Status
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OnDemandResult:
    """What provisioning on demand did; the steps that were not reached are missing."""

    subject: str
    steps: tuple[OnDemandStep, ...]
    result: Result
    entry: LogEntry | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing failed; a skipped person is no failure."""
        return self.result.ok

    def as_table(self) -> str:
        """Return the steps as text in columns."""
        rows = [
            (
                step.name.value,
                step.status.value.capitalize(),
                "; ".join(f"{name}: {text}" for name, text in step.details),
            )
            for step in self.steps
        ]
        return table([("Step", "Status", "Details"), *rows])


def on_demand(
    engine: Entra, settings: JobSettings, subject: str, members: tuple[str, ...] = ()
) -> Flow[OnDemandResult]:
    """Provision one person, or one group with some of its members.

    Raises:
        ValueError: for more than five members, or members of a person.
        UnknownObjectError: when the directory has nobody and no group of this id.
    """
    if members and subject not in engine.directory.groups:
        raise ValueError(f"{subject!r} is no group of the directory; only a group has members")
    if len(members) > MOST_MEMBERS:
        raise ValueError(f"{len(members)} members are given; on demand takes {MOST_MEMBERS} at most")
    legacy = _without_flag(engine)
    legacy.app.touched.clear()
    run = _Run(legacy, settings, subject)
    try:
        if subject in engine.directory.groups:
            yield from run.group(members)
        else:
            engine.directory.person(subject)
            yield from run.person()
    except ExpressionError as error:
        run.broken(legacy.error(subject, None, code=BAD_MAPPING, said=str(error)))
    return run.finished()


def _without_flag(engine: Entra) -> Entra:
    """Return the same app speaking the legacy dialect, with the searches that were recorded on demand."""
    switches = [name for name in engine.profile.on if not name.startswith("roles-")]
    legacy = type(engine)(
        Profile.load(
            "entra.legacy", on=switches, off=[one.name for one in engine.profile.switches if one.name not in switches]
        ),
        engine.directory,
        app=engine.app,
        mapping=engine.mapping,
        randomness=engine.randomness,
    )
    real = [engine.profile.exchange(one).id for one in engine.matching]
    legacy.matching = tuple("on-demand.find" if one == "users.find" else one for one in real)
    legacy.writes_roles = False
    return legacy


class _Run:
    """The steps of one run as they come."""

    def __init__(self, engine: Entra, settings: JobSettings, subject: str) -> None:
        self.engine = engine
        self.settings = settings
        self.subject = subject
        self.steps: list[OnDemandStep] = []
        self.result = Result(Outcome.SKIPPED)
        self.attempted = Action.UPDATE
        self.reached_target = True

    def finished(self) -> OnDemandResult:
        kind = Kind.GROUP if self.subject in self.engine.directory.groups else Kind.PERSON
        entry = None
        if self.reached_target:
            entry = record(
                self.engine.directory,
                self.engine.app,
                self.subject,
                kind,
                self.result,
                attempted=self.attempted,
                cycle=0,
            )
        return OnDemandResult(self.subject, tuple(self.steps), self.result, entry)

    def person(self) -> Flow[None]:
        engine = self.engine
        person = engine.directory.person(self.subject)
        if not (yield from self._connected()):
            return
        if not person.value("active"):
            self._end(StepName.IMPORT, "a deleted or disabled user cannot be provisioned on demand")
            return
        self._passed(StepName.IMPORT, userPrincipalName=person.login, objectId=person.id)
        scoped = person.id in in_scope(engine.directory, engine.app, self.settings).people
        linked = engine.app.link(person.id) is not None
        self._passed(StepName.SCOPE, inScope=str(scoped).lower(), assigned=str(scoped).lower())
        found = yield from engine.look_for(person)
        if isinstance(found, Result):
            self._failed(StepName.MATCH, found)
            return
        self.attempted = Action.UPDATE if found is not None else Action.CREATE
        place = Matching.of(engine.matching[0]).value
        shown = (resource_id(found) or "") if found is not None else "none"
        self._passed(StepName.MATCH, matchingAttribute=place, targetId=shown)
        if not scoped and (found is None or not linked):
            self._end(StepName.ACTION, "the user is not in scope and was never provisioned")
            return
        if found is None:
            self._acted((yield from engine.create(person)))
        else:
            engine.link(person.id, Kind.PERSON, resource_id(found) or "")
            self._acted((yield from self._change(person, found, scoped=scoped)))

    def _change(self, person: Person, found: JsonObject, *, scoped: bool) -> Flow[Result]:
        engine = self.engine
        modified = difference(engine.mapping, person, found, roles=False)
        if not scoped:
            active = parse_place("active")
            modified = [Modified(active, active.find(found), after=False)] if active.find(found) is not False else []
        remote_id = engine.app.remote_id(person.id) or ""
        if not modified:
            return Result(Outcome.UNCHANGED, remote_id, status=200)
        changes = operations(engine.profile, modified)
        answer = yield from engine.send("on-demand.update", id=remote_id, operations=changes)
        for change in modified:
            engine.touch(change.place.text, change.before, change.after)
        result = engine.written(person.id, answer, Outcome.UPDATED if scoped else Outcome.DEACTIVATED)
        if result.ok:
            engine.link(person.id, Kind.PERSON, remote_id, active=scoped)
            if not scoped:
                engine.app.unmanaged.add(person.id)
        return result

    def group(self, members: tuple[str, ...]) -> Flow[None]:
        engine = self.engine
        group = engine.directory.group(self.subject)
        if not (yield from self._connected()):
            return
        self._passed(StepName.IMPORT, displayName=group.name, objectId=group.id)
        if group.id not in in_scope(engine.directory, engine.app, self.settings).groups:
            self._end(StepName.SCOPE, "the group is not in scope")
            return
        self._passed(StepName.SCOPE, inScope="true")
        self.attempted = Action.UPDATE if engine.app.link(group.id) else Action.CREATE
        result = yield from engine.provision_group(group.id)
        if not result.ok and engine.app.link(group.id) is None:
            self._failed(StepName.MATCH, result)
            return
        self._passed(StepName.MATCH, matchingAttribute="displayName", targetId=engine.app.remote_id(group.id) or "")
        if result.ok and members:
            added = yield from engine.add_members(group.id, members)
            result = added if not added.ok or result.outcome is Outcome.UNCHANGED else result
        self._acted(result)

    def _connected(self) -> Flow[bool]:
        """Test the connection as the recording shows it: one search for a user."""
        engine = self.engine
        first = Matching.of(engine.matching[0])
        exchange_id = "on-demand.probe" if first is Matching.USER_NAME else first.probe
        answer = yield from engine.send(exchange_id, guid=engine.guid())
        result = Result(Outcome.CONNECTED)
        if answer is None or answer.status != 200:
            result = engine.error("", answer)
        elif problem := listing(answer, strict_numbers=False).problem:
            result = engine.error("", answer, code=INCOMPATIBLE, said=problem)
        if not result.ok:
            self.reached_target = False
            self._failed(StepName.IMPORT, result)
        return result.ok

    def _passed(self, name: StepName, **details: str) -> None:
        self.steps.append(OnDemandStep(name, Status.SUCCESS, tuple(details.items())))

    def _end(self, name: StepName, why: str) -> None:
        self.result = Result(Outcome.SKIPPED, self.engine.app.remote_id(self.subject), (why,))
        self.steps.append(OnDemandStep(name, Status.SKIPPED, (("reason", why),)))

    def _failed(self, name: StepName, result: Result) -> None:
        self.result = result
        code = result.task.title if result.task else ""
        self.steps.append(
            OnDemandStep(name, Status.FAILURE, (("errorCode", code), ("reason", "; ".join(result.messages))))
        )

    def broken(self, result: Result) -> None:
        """The mapping cannot be used for this person."""
        self._failed(StepName.MATCH if len(self.steps) < len(StepName) - 1 else StepName.ACTION, result)

    def _acted(self, result: Result) -> None:
        if not result.ok:
            self._failed(StepName.ACTION, result)
            return
        self.result = result
        status = Status.SKIPPED if result.outcome in (Outcome.SKIPPED, Outcome.UNCHANGED) else Status.SUCCESS
        details = [("action", result.outcome.value), ("targetId", result.remote_id or "")]
        details += [(one.name, f"{one.old} -> {one.new}") for one in self.engine.app.touched]
        self.steps.append(OnDemandStep(StepName.ACTION, status, tuple(details)))
