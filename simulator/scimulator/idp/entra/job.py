"""A provisioning job: cycle after cycle on the clock of the directory, with retries, quarantine and a log.

A driver carries ``cycle()`` or ``run_until()`` as it carries any flow. It may drop one at any step; the next call goes
on with the work that is left.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scimulator.idp.entra.escrow import keep, overflow, pause, quarantine, retry_note
from scimulator.idp.entra.log import LogEntry, ProvisioningLog, Status
from scimulator.idp.entra.on_demand import OnDemandResult, on_demand
from scimulator.idp.entra.planning import in_scope, plan, removes
from scimulator.idp.entra.records import record
from scimulator.idp.entra.settings import LONGEST, JobSettings, Scope
from scimulator.idp.entra.state import EntraApp, Quarantine, Reason, Running
from scimulator.idp.entra.work import attempted, carry
from scimulator.idp.flow import Note, Outcome, Wait

if TYPE_CHECKING:
    from datetime import datetime

    from scimulator.idp.entra import Entra
    from scimulator.idp.entra.state import Work
    from scimulator.idp.flow import Flow, Result

_REFUSED = "Unauthorized"
_NO_FAULT_OF_THE_SETUP = {"Timeout", "InternalServerError", "InternalError", "TooManyRequests", "NotImplemented"}


@dataclass(frozen=True, slots=True)
class CycleResult:
    """What one cycle did.

    ``problem`` tells why it could not begin or was broken off, empty where it ran to its end. ``entries`` are its lines
    of the log. ``next_at`` is when the next one is due, None for a job that is disabled.
    """

    number: int
    initial: bool
    started: datetime
    ended: datetime
    entries: tuple[LogEntry, ...] = ()
    problem: str = ""
    quarantine: Quarantine | None = None
    disabled: str = ""
    held: int = 0
    next_at: datetime | None = None

    @property
    def ok(self) -> bool:
        """Whether the cycle ran to its end without a failed object, and the job is neither disabled nor quarantined."""
        return not (self.problem or self.disabled or self.quarantine or self.count(Status.FAILURE))

    def count(self, status: Status) -> int:
        """Return how many objects ended so."""
        return sum(entry.status is status for entry in self.entries)


class EntraJob:
    """The provisioning job of one Entra app; everything it remembers is in ``engine.app``."""

    def __init__(self, engine: Entra, settings: JobSettings | None = None) -> None:
        self.engine = engine
        self.settings = settings if settings is not None else JobSettings()
        engine.writes_roles = self.settings.scope is not Scope.ALL

    @property
    def app(self) -> EntraApp:
        """What the job remembers."""
        return self.engine.app

    @property
    def log(self) -> ProvisioningLog:
        """Everything that was logged so far, on demand included."""
        return ProvisioningLog(tuple(self.app.entries))

    def cycle(self) -> Flow[CycleResult]:
        """Run one cycle: the connection is tested, then users, groups, managers and memberships have their turn.

        The first one is initial and takes everything in scope, later ones take what changed. A cycle that a driver
        dropped goes on where it stood.
        """
        app = self.app
        now = self._now()
        if app.quarantine is not None and not app.disabled and now - app.quarantine.since >= LONGEST:
            app.disabled = f"four weeks in quarantine ({app.quarantine.reason.value})"
        if app.disabled:
            yield Note(f"the job is disabled: {app.disabled}")
            return CycleResult(app.cycles, initial=False, started=now, ended=now, disabled=app.disabled)
        if app.running is None:
            problem = yield from self._begin()
            if problem:
                return self._ended(
                    Running(app.cycles, app.scoped is None, now, app.watermark, len(app.entries)), problem
                )
        running = app.running
        assert running is not None  # noqa: S101  _begin has set it, or has returned a problem
        problem = ""
        while app.work and not problem:
            problem = yield from self._do(app.work[0], running)
            app.work.popleft()
        if not problem:
            app.watermark = running.reaches
            app.scoped = running.scope
            self._check_limits(len(app.entries) - running.first_entry)
        app.work.clear()
        app.running = None
        return self._ended(running, problem)

    def run_until(self, moment: datetime) -> Flow[tuple[CycleResult, ...]]:
        """Run every cycle that is due before ``moment``, waiting 40 minutes between two, longer in quarantine.

        The driver has to let the waits pass on the directory's clock.
        """
        results: list[CycleResult] = []
        while not self.app.disabled:
            due = self.app.due or self._now()
            if due >= moment and (results or due > moment):
                break
            left = (due - self._now()).total_seconds()
            if left > 0:
                yield Wait(left, "until the next cycle")
            results.append((yield from self.cycle()))
            # A driver on whose clock no time passes still gets to the end.
            self.app.due = max(self.app.due or due, due + pause(self.app))
        return tuple(results)

    def on_demand(self, subject: str, members: tuple[str, ...] = ()) -> Flow[OnDemandResult]:
        """Provision one person, or one group with at most five members, at once and always in the legacy dialect."""
        result = yield from on_demand(self.engine, self.settings, subject, members)
        if result.entry is not None:
            self.app.entries.append(result.entry)
        return result

    def restart(self, *, drop_links: bool = True) -> None:
        """Restart the job: watermark, failed objects and quarantine go, with them the links, so that all match anew.

        Without ``drop_links`` the links stay (the portal's button); the next cycle is initial all the same.
        """
        app = self.app
        app.watermark, app.scoped, app.running, app.quarantine, app.disabled, app.due = 0, None, None, None, "", None
        app.work = deque()
        app.held = ()
        app.deletions_allowed = False
        app.escrow.clear()
        if drop_links:
            app.links.clear()
            app.managers.clear()
            app.members.clear()
            app.unmanaged.clear()

    def allow_deletions(self) -> None:
        """Let the next cycle do what was held back as a possibly accidental deletion; the quarantine for it ends."""
        self.app.deletions_allowed = True
        if self.app.quarantine is not None and self.app.quarantine.reason is Reason.TOO_MANY_DELETES:
            self.app.quarantine = None
            self.app.due = self._now()

    def _now(self) -> datetime:
        return self.engine.directory.clock.now()

    def _begin(self) -> Flow[str]:
        """Test the connection and plan the cycle; the answer is why it cannot begin, or empty text."""
        app = self.app
        now = self._now()
        if app.quarantine is not None:
            app.quarantine = replace(app.quarantine, cycles=app.quarantine.cycles + 1)
        tested = yield from self.engine.test_connection(groups=self.settings.groups)
        if not tested.ok:
            code = tested.task.title if tested.task else ""
            if code not in _NO_FAULT_OF_THE_SETUP:
                quarantine(app, Reason.EXCEPTION, tested.messages[0], now)
                yield Note(f"quarantine: {tested.messages[0]}")
            return tested.messages[0]
        if app.quarantine is not None and app.quarantine.reason is Reason.EXCEPTION:
            app.quarantine = None
            yield Note("the connection works again: the quarantine ends")
        app.cycles += 1
        scope = in_scope(self.engine.directory, app, self.settings)
        work = plan(self.engine.directory, app, self.settings, scope, now)
        work = self._held_back(work, now)
        initial = app.scoped is None
        reaches = len(self.engine.directory.history)
        app.running = Running(app.cycles, initial, now, reaches, len(app.entries), scope.all)
        app.work = deque(work)
        yield Note(f"{'initial' if initial else 'incremental'} cycle {app.cycles}: {len(work)} pieces of work")
        return ""

    def _held_back(self, work: list[Work], now: datetime) -> list[Work]:
        app = self.app
        most = self.settings.deletion_threshold
        held = [one for one in work if removes(self.engine.directory, app, self.settings, one)]
        if most is None or app.deletions_allowed or len(held) <= most:
            app.held, app.deletions_allowed = (), False
            if app.quarantine is not None and app.quarantine.reason is Reason.TOO_MANY_DELETES:
                app.quarantine = None
            return work
        app.held = tuple(held)
        quarantine(app, Reason.TOO_MANY_DELETES, f"{len(held)} deletions, of which {most} are allowed", now)
        return [one for one in work if one not in held]

    def _do(self, work: Work, running: Running) -> Flow[str]:
        """Do one piece of work and log it; the answer is why the cycle ends here, or empty text."""
        app = self.app
        app.touched.clear()
        wanted = attempted(self.engine, self.settings, work)
        result: Result = yield from carry(self.engine, self.settings, work)
        if result.ok:
            app.escrow.pop(work.key, None)
        code = result.task.title if result.task else result.outcome.value
        if not result.ok:
            keep(app, self.settings, work, (code, "; ".join(result.messages)), self._now())
        if not (work.phase.reference and result.outcome in (Outcome.SKIPPED, Outcome.UNCHANGED)):
            entry = record(
                self.engine.directory, app, work.subject, work.kind, result, attempted=wanted, cycle=running.number
            )
            app.entries.append(replace(entry, reason=entry.reason + retry_note(app.escrow.get(work.key))))
        if code == _REFUSED:
            quarantine(app, Reason.EXCEPTION, "; ".join(result.messages), self._now())
            yield Note("quarantine: the credentials are refused")
            return "; ".join(result.messages)
        return f"the job is disabled: {app.disabled}" if app.disabled else ""

    def _check_limits(self, events: int) -> None:
        app = self.app
        reason = overflow(app, self.settings.limits, events)
        if reason is not None:
            quarantine(app, reason, f"{len(app.escrow)} objects have failed", self._now())
        elif app.quarantine is not None and app.quarantine.reason in (Reason.BASE, Reason.TOTAL, Reason.PROPORTION):
            app.quarantine = None

    def _ended(self, running: Running, problem: str) -> CycleResult:
        app = self.app
        now = self._now()
        app.due = None if app.disabled else running.started + pause(app)
        return CycleResult(
            number=running.number,
            initial=running.initial,
            started=running.started,
            ended=now,
            entries=tuple(app.entries[running.first_entry :]),
            problem=problem,
            quarantine=app.quarantine,
            disabled=app.disabled,
            held=len(app.held),
            next_at=app.due,
        )
