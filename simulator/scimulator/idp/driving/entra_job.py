"""A scenario under Entra's provisioning job: events change the directory alone, and cycles carry them over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.idp.driving.entra import EntraStage
from scimulator.idp.driving.log import Entry, Modified, Status
from scimulator.idp.driving.stage import Intent
from scimulator.idp.entra import events
from scimulator.idp.entra.job import EntraJob
from scimulator.idp.entra.log import Action
from scimulator.idp.entra.planning import in_scope
from scimulator.idp.entra.settings import JobSettings
from scimulator.idp.entra.state import Phase, Work
from scimulator.idp.flow import Outcome
from scimulator.idp.scenario import Act

if TYPE_CHECKING:
    from scimulator.catalogue.profiles import Profile
    from scimulator.exchange.clock import Clock
    from scimulator.idp.driving.log import Trace
    from scimulator.idp.entra.log import LogEntry
    from scimulator.idp.scenario import Event, Scenario

_OUTCOMES = {
    Action.CREATE: Outcome.CREATED,
    Action.UPDATE: Outcome.UPDATED,
    Action.DISABLE: Outcome.DEACTIVATED,
    Action.DELETE: Outcome.DELETED,
    Action.OTHER: Outcome.LINKED,
}
_STATUS = {"success": Status.SUCCESS, "failure": Status.FAILURE, "skipped": Status.SKIPPED}


class JobStage(EntraStage):
    """A scenario at Entra, carried over by the cycles of ``job``."""

    def __init__(self, scenario: Scenario, profile: Profile, clock: Clock) -> None:
        super().__init__(scenario, profile, clock)
        self.job = EntraJob(self.engine, JobSettings(groups=bool(self.directory.groups)))
        self.only: frozenset[str] | None = None
        """The entries that are looked at in the end, None for all of them."""

    @property
    def pending(self) -> bool:
        """Whether something has happened since the last cycle, or none has been run at all."""
        return self.job.app.scoped is None or len(self.directory.history) > self.job.app.watermark

    def apply(self, event: Event) -> None:
        """Let an event happen in the directory; nothing is sent."""
        for subject in [self.ids[key] for key in event.people] if not event.group else []:
            self._apply_to_person(event, subject)
        if event.group:
            self._apply_to_group(event, self.group_ids[event.group])

    def settle(self) -> None:
        """Who is in scope has an account, who has left it is disabled, and what is deleted for good is gone."""
        self.remember()
        scope = in_scope(self.directory, self.engine.app, self.job.settings)
        for person in self.ids.values():
            self.intents[person] = self._intent(person, in_scope=person in scope.people)
        for group in self.group_ids.values():
            expected = Intent.GONE if group in self.last_ids else Intent.FREE
            self.intents[group] = Intent.ACTIVE if group in scope.groups else expected
        self.bosses = set(self.engine.app.managers)
        if self.only is not None:
            self.intents = {subject: self.intents[subject] for subject in self.only}

    def told_in(self, group_id: str) -> list[str]:
        """Return whom the target was told to have in a group, and who was to be told of and failed."""
        told = list(self.engine.app.members.get(group_id, {}))
        if Work(Phase.MEMBERS, group_id).key in self.engine.app.escrow and group_id in self.directory.groups:
            told += [each for each in self.directory.group(group_id).members if self.app.link(each)]
        return list(dict.fromkeys(told))

    def entry(self, logged: LogEntry, traces: tuple[Trace, ...], notes: tuple[str, ...]) -> Entry:
        """Return a line of the provisioning log in the form of all logs."""
        return Entry(
            number=0,
            at=logged.date,
            actor="provisioning service",
            act=f"cycle {logged.cycle}" if logged.cycle else "on demand",
            name=logged.action.value.capitalize(),
            key=self.key(logged.source.id),
            subject=self.label(logged.source.id) or str(logged.source),
            status=_STATUS[logged.status.value],
            outcome=_outcome(logged),
            messages=(logged.reason,) if logged.reason else (),
            notes=notes,
            error_code=logged.error_code,
            modified=tuple(Modified(each.name, each.old, each.new) for each in logged.modified),
            traces=traces,
        )

    def _intent(self, person_id: str, *, in_scope: bool) -> Intent:
        person = self.directory.people.get(person_id)
        if person is None:
            gone = Intent.INACTIVE if person_id in self.engine.app.unmanaged else Intent.GONE
            return gone if person_id in self.last_ids else Intent.FREE
        if in_scope and person.value("active"):
            return Intent.ACTIVE
        return Intent.INACTIVE if person_id in self.last_ids else Intent.FREE

    def _apply_to_person(self, event: Event, person_id: str) -> None:
        match event.act:
            case Act.ASSIGN | Act.REASSIGN:
                events.assign(self.directory, self.app, person_id)
            case Act.UNASSIGN:
                events.unassign(self.app, person_id)
            case Act.CHANGE:
                self.change(event, person_id)
            case Act.DISABLE | Act.ENABLE:
                self.directory.change_person(person_id, enabled=event.act is Act.ENABLE)
            case Act.DELETE:
                self.directory.soft_delete(person_id, prefix_login=True)
            case Act.PURGE if person_id in self.directory.people:
                self.leaves_directory(person_id)
                events.purge(self.directory, person_id)
            case _:
                pass

    def _apply_to_group(self, event: Event, group_id: str) -> None:
        if group_id not in self.directory.groups:
            return
        match event.act:
            case Act.PUSH_GROUP:
                events.assign(self.directory, self.app, group_id)
            case Act.RENAME_GROUP:
                self.directory.rename_group(group_id, event.name)
            case Act.JOIN | Act.LEAVE:
                self.regroup(event, group_id)
            case Act.DELETE_GROUP:
                self.leaves_directory(group_id)
                events.purge(self.directory, group_id)
            case _:
                pass


def _outcome(logged: LogEntry) -> Outcome:
    ended = _STATUS[logged.status.value]
    if ended is Status.SUCCESS:
        return _OUTCOMES[logged.action]
    return Outcome.FAILED if ended is Status.FAILURE else Outcome.SKIPPED
