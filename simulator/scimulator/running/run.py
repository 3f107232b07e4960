"""One run inside one pytest process: opens the target, brackets every check, turns what happened into outcomes."""

from __future__ import annotations

import secrets
import zlib
from typing import TYPE_CHECKING

import pytest

from scimulator.catalogue.dialects import UnknownDialectError, dialect, dialect_from_query, dialects
from scimulator.exchange.redaction import Redactor
from scimulator.kit.controls import demand
from scimulator.kit.judge import Judge
from scimulator.kit.outcomes import Blocked, NotApplicable, Outcome, Refuted
from scimulator.kit.session import Session
from scimulator.reporting.stream import RunStream
from scimulator.running import allure_results, invariants, reports, selection
from scimulator.running.controlling import desk_for
from scimulator.running.declaring import declared_by, declared_in
from scimulator.running.housekeeping import JournalKeeper
from scimulator.running.options import settings_from
from scimulator.running.records import check_record
from scimulator.running.workers import is_controller, worker_id, worker_input
from scimulator.target.errors import SettingsError, TargetError
from scimulator.target.opening import open_target, register_opener

if TYPE_CHECKING:
    from collections.abc import Generator

    from scimulator.catalogue.presets import QuirkValue
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.target.settings import Settings
    from scimulator.target.target import Target

DEFAULT_TARGET = "reference:"


def fresh_run_id() -> str:
    """Return five lower-case characters that tell runs apart."""
    return "".join(secrets.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(5))


def _open_reference(spec: str, settings: Settings) -> Target:
    from scimulator.embedded import open_reference  # noqa: PLC0415  a run against a URL never needs the provider

    return open_reference(spec, settings)


register_opener("reference", _open_reference)


class Run:
    """The state of a run, and the hooks that need it; registered as a plugin when the first check is collected."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        if not config.pluginmanager.hasplugin("terminalreporter"):
            # Nobody reads pytest's own tracebacks then: the text of a failure is made from its record.
            config.option.tbstyle = "native"
        given = worker_input(config)
        self.id = str(given.get("scimulator_run") or fresh_run_id())
        seed = given.get("scimulator_seed", config.option.scim_seed)
        self.seed = int(str(seed)) if seed is not None else zlib.crc32(self.id.encode())
        self.worker = worker_id(config)
        try:
            self.settings: Settings = settings_from(config)
            self.scope = self._scope()
            declared_in(self.settings)
        except (SettingsError, UnknownDialectError) as error:
            raise pytest.UsageError(str(error)) from error
        self.stream: RunStream | None = None
        self.declared: list[str] = []
        self._target: Target | None = None
        self._session: Session | None = None
        self._keeper: JournalKeeper | None = None
        self._redactor = Redactor(set())
        self._judge: Judge | None = None
        self._ended = False

    # -- opening --------------------------------------------------------------------------------------------------

    @property
    def target(self) -> Target:
        """The target, opened on first use.

        Raises:
            pytest.UsageError: when it or its credentials cannot be used.
        """
        if self._target is None:
            try:
                self._target = open_target(self.settings.target.url or DEFAULT_TARGET, self.settings)
            except TargetError as error:
                raise pytest.UsageError(str(error)) from error
            self._redactor = Redactor(set(self._target.secrets))
        return self._target

    @property
    def session(self) -> Session:
        """The session with the target, made on first use."""
        if self._session is None:
            target = self.target
            name = f"{self.id}{self.worker}"
            self._keeper = JournalKeeper(target, name)
            self._session = Session(
                target,
                mark=self._keeper.mark,
                housekeeping=self._keeper,
                clock=target.clock,
                seed=self.seed + zlib.crc32(self.worker.encode()),
                domain=self.settings.people.domain,
                defaults=self.settings.people.defaults,
                read_only=self.settings.run.read_only,
            )
            self._session.declared = self.declared_quirks
            self._session.probing = self.config.option.scim_probe
            # Secrets that controls bring to light later must not be written either.
            self._session.controls = desk_for(target, self.settings, self._keeper.journal, self._redactor.add)
        return self._session

    @property
    def declared_quirks(self) -> dict[str, QuirkValue]:
        """What the product declares of itself: quirk and value."""
        return declared_by(self.target, self.settings)

    def _scope(self) -> list[str]:
        named = [dialect(each).id for each in self.settings.run.dialects]
        if named:
            return named
        hint = dialect_from_query(self.settings.target.url.partition("?")[2])
        if hint is not None:
            return [hint.id]
        return [each.id for each in dialects()]

    def select(self, items: list[pytest.Item]) -> None:
        """Verify, select and order the collected items in place.

        Over several processes, each worker leaves checks with a control to the controller, which runs nothing else.
        """
        selection.verify(items)
        kept, dropped = selection.select(items, self.config.option.scim_select, self.settings.run, self.scope)
        if is_controller(self.config):
            items[:] = [item for item in kept if (own := selection.declaration_of(item)) and own.controls]
            return
        if self.worker:
            kept = [item for item in kept if not ((own := selection.declaration_of(item)) and own.controls)]
        if dropped:
            self.config.hook.pytest_deselected(items=dropped)
        items[:] = kept
        self.declared = [declared.id for item in kept if (declared := selection.declaration_of(item))]

    def open_stream(self) -> None:
        """Start the run stream; only the process that reports does this."""
        if self.stream is None and not self.worker:
            self.stream = RunStream(self.config.option.scim_run, self.header())
            for listener in getattr(self.config, "scimulator_listeners", ()):
                self.stream.listeners.append(listener)
            self.stream.begin()

    def header(self) -> JsonObject:
        """Return the first record of the run stream."""
        return {
            "run": self.id,
            "seed": self.seed,
            "target": self.target.name,
            "base_url": self.target.base_url,
            "is_reference": self.target.is_reference,
            "dialects": list(self.scope),
            "fail_on": self.settings.run.fail_on,
            "selected": list(self.config.option.scim_select),
            "quirks": dict(self.declared_quirks),
        }

    # -- hooks ----------------------------------------------------------------------------------------------------

    def pytest_report_header(self) -> str:
        """Name the target in pytest's header."""
        return f"scimulator: target {self.target.name}"

    # No wrapper: raising before the other wrappers have begun would break their teardown.
    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Start a check: nothing of it runs where the target lacks what it needs."""
        declared = selection.declaration_of(item)
        if declared is not None:
            self.open_stream()
            self._judge = Judge(declared, selection.dialect_of(item))
            self.session.begin(self._judge)
            self.session.demand(declared)
            demand(self.session.controls, declared.controls)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, None, None]:
        """Remove what the check made."""
        try:
            return (yield)
        finally:
            if selection.declaration_of(item) is not None and self._session is not None:
                self._undo_controls()
                self._session.finish()
                self._judge = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Translate what ended a phase into an outcome, and put the record into the report."""
        report = yield
        declared = selection.declaration_of(item)
        if declared is None or call.when == "teardown" or (call.when == "setup" and call.excinfo is None):
            return report
        judge = self._judge or Judge(declared, selection.dialect_of(item))
        raised = call.excinfo.value if call.excinfo else None
        violations = list(judge.violations)
        reason = by = ""
        match raised:
            case None:
                outcome = Outcome.WARNED if violations else Outcome.PASSED
            case Refuted():
                outcome = Outcome.FAILED
                violations.insert(0, raised.violation)
            case Blocked():
                outcome, reason, by = Outcome.BLOCKED, raised.reason, raised.by
            case NotApplicable():
                outcome, reason = Outcome.NOT_APPLICABLE, str(raised)
            case _ if isinstance(raised, KeyboardInterrupt | SystemExit | pytest.exit.Exception):
                return report
            case _:
                outcome, reason = Outcome.ERROR, f"{type(raised).__name__}: {raised}"
        record = check_record(
            declared,
            outcome,
            judge,
            self._redactor,
            dialect=judge.dialect,
            violations=violations,
            reason=reason,
            by=by,
            duration=call.duration,
        )
        reports.shape(report, record, self._redactor)
        allure_results.tell(item, record)
        item.user_properties[:] = report.user_properties  # JUnit takes them from the report of the teardown
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the record of a finished check; under xdist only the controller gets here with a stream."""
        record = getattr(report, reports.ATTRIBUTE, None)
        if record is not None and not self.worker:
            self.open_stream()
            if self.stream is not None:
                self.stream.write(record)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Show our own mistakes as errors, and name the outcomes that pytest calls skipped."""
        return reports.status(report)

    def _undo_controls(self) -> list[str]:
        """Undo what is not undone yet; what cannot be is returned, and blocks the checks that would need it."""
        desk = self._session.controls if self._session is not None else None
        return desk.undo_all() if desk is not None else []

    # -- another target -------------------------------------------------------------------------------------------

    def retarget(self, spec: str) -> None:
        """Turn to another target before anything was sent; what the last one had is dropped."""
        self.settings = self.settings.override(url=spec)
        self._target = None
        self._session = None
        self._keeper = None
        self._ended = False

    def abandon(self) -> None:
        """End without a report: somebody else has run the checks."""
        self._ended = True

    # -- the end --------------------------------------------------------------------------------------------------

    def end(self, session: pytest.Session) -> None:
        """Tidy up; in the reporting process also judge the invariants and close the stream. Runs once."""
        if self._ended:
            return
        self._ended = True
        result: JsonObject = {}
        if self._session is not None and self._keeper is not None:
            stuck = self._undo_controls()
            self._session.close()
            left = [*stuck, *self._keeper.sweep(self._session)]
            result = invariants.result_of(self._session, left, self._redactor)
            self._session.target.close()
        if self.worker:
            self.config.workeroutput["scimulator"] = result  # type: ignore[attr-defined]  # xdist sets it on workers
            return
        if self.config.option.collectonly:
            return
        results = [each for each in (result, *getattr(self.config, "scimulator_results", [])) if each]
        self.open_stream()
        if results:
            self._report_invariants(session, results)
        if self.stream is not None:
            self.stream.end(invariants.totals(results))

    def _report_invariants(self, session: pytest.Session, results: list[JsonObject]) -> None:
        wanted = [
            each
            for each in invariants.records(results)
            if not self.config.option.scim_select
            or any(selection.matches(str(each["id"]), prefix) for prefix in self.config.option.scim_select)
        ]
        allure_results.tell_the_rest(self.config, self.header(), wanted)
        for record in wanted:
            report = reports.synthetic(record)
            session.ihook.pytest_runtest_logstart(nodeid=report.nodeid, location=report.location)
            session.ihook.pytest_runtest_logreport(report=report)
            session.ihook.pytest_runtest_logfinish(nodeid=report.nodeid, location=report.location)
