"""Running the suites inside this process: pytest does the work, and nobody sees it."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import pytest

from scimulator.catalogue.near_miss import hint
from scimulator.kit.invariants import ALL as INVARIANTS
from scimulator.reporting.thresholds import Metrics
from scimulator.running.collection import own_configuration
from scimulator.running.selection import declaration_of, dialect_of, matches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scimulator.catalogue.checks import CheckDeclaration
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.reporting.progress import Progress


class SuitesError(Exception):
    """The suites themselves are broken, which is an error of ours; the message holds what pytest says."""


@dataclass(slots=True)
class Planned:
    """A check that is going to run, in a dialect where it is run for one."""

    declaration: CheckDeclaration
    dialect: str = ""


@dataclass(slots=True)
class Judged:
    """What came of a run of pytest: its exit code, the records, and what went wrong with itself."""

    code: int
    records: list[JsonObject]
    planned: list[Planned]
    usage: str = ""
    broken: str = ""
    interrupted: bool = False
    tracebacks: dict[str, str] = field(default_factory=dict)
    metrics: Metrics = field(default_factory=Metrics)
    left_out: list[CheckDeclaration] = field(default_factory=list)
    """Checks of the suites that the options or the settings kept from running."""


class _Observer:
    """Watches a run from inside; it is a plugin of pytest and a listener of the run stream at once."""

    def __init__(self, progress: Progress | None) -> None:
        self.records: list[JsonObject] = []
        self.collected: list[pytest.Item] = []
        self.planned: list[Planned] = []
        self.broken: list[str] = []
        self.interrupted = False
        self.tracebacks: dict[str, str] = {}
        self.metrics = Metrics()
        self._progress = progress
        self._names: dict[str, str] = {}
        self._invariants = 0

    def record(self, record: JsonObject) -> None:
        """Keep a record; exchanges that prove nothing wrong are measured, and not needed again."""
        self.metrics.record(record)
        if record.get("type") == "check" and not record.get("findings"):
            record = {**record, "exchanges": []}
        self.records.append(record)
        if self._progress is not None:
            self._progress.record(record)

    def pytest_configure(self, config: pytest.Config) -> None:
        """Ask for the records."""
        config.scimulator_listeners = (self,)  # type: ignore[attr-defined]  # read by the plugin
        self._invariants = 0 if config.option.scim_select else len(INVARIANTS)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Remember each test before any selection."""
        self.collected.append(item)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember a file of the suites that cannot be imported."""
        if report.failed:
            self.broken.append(f"{report.nodeid}: {report.longrepr}")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember what is going to run."""
        for item in session.items:
            declared = declaration_of(item)
            if declared is not None:
                self.planned.append(Planned(declared, dialect_of(item)))
                self._names[item.nodeid] = declared.id
        if self._progress is not None and session.items:
            # Over workers, these are the checks with a control, and they come on top.
            before = self._progress.total or self._invariants
            self._progress.total = before + len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: object, ids: Sequence[str]) -> None:  # noqa: ARG002  xdist's
        """Learn from a worker how much there is to do."""
        if self._progress is not None:
            self._progress.total = len(ids) + self._invariants

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Show what runs now."""
        if self._progress is not None:
            self._progress.running(self._names.get(nodeid, nodeid.rpartition("::")[2]))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the traceback of an error of ours."""
        record = getattr(report, "scimulator", None)
        if record is not None and record["outcome"] == "error":
            self.tracebacks[str(record["id"])] = str(report.longrepr)

    def pytest_keyboard_interrupt(self) -> None:
        """Remember Ctrl-C."""
        self.interrupted = True

    def pytest_internalerror(self, excrepr: object) -> None:
        """Remember an error in pytest or a plugin."""
        self.broken.append(str(excrepr))


def run_suites(arguments: Sequence[str], *, progress: Progress | None = None, verbose: bool = False) -> Judged:
    """Run pytest on the suites with ``arguments`` of the plugin; only ``verbose`` lets pytest print."""
    observer = _Observer(progress)
    said = io.StringIO()
    with own_configuration() as own:
        quiet = [] if verbose else ["-p", "no:terminal"]
        with contextlib.redirect_stderr(said):
            code = int(pytest.main([*own, *quiet, *arguments], plugins=[observer]))
    usage = said.getvalue().strip().removeprefix("ERROR: ") if code == pytest.ExitCode.USAGE_ERROR else ""
    planned = {each.declaration.id for each in observer.planned}
    known = [declared for item in observer.collected if (declared := declaration_of(item)) is not None]
    return Judged(
        code=code,
        records=observer.records,
        planned=observer.planned,
        usage=usage,
        broken="\n".join(observer.broken),
        interrupted=observer.interrupted,
        tracebacks=observer.tracebacks,
        metrics=observer.metrics,
        left_out=[each for each in dict.fromkeys(known) if each.id not in planned],
    )


@cache
def collected_checks() -> tuple[CheckDeclaration, ...]:
    """Return every check of the suites, then the passive invariants; collected once per process, nothing is run.

    Raises:
        SuitesError: when a file of the suites cannot be imported or declares something impossible.
    """
    observer = _Observer(None)
    said = io.StringIO()
    with own_configuration() as own, contextlib.redirect_stderr(said):
        code = pytest.main(
            [*own, "-p", "no:terminal", "--collect-only", "--scim-target", "reference:"], plugins=[observer]
        )
    found = {declared.id: declared for item in observer.collected if (declared := declaration_of(item)) is not None}
    if observer.broken or (not found and code != pytest.ExitCode.NO_TESTS_COLLECTED):
        raise SuitesError("\n".join(observer.broken) or said.getvalue().strip())
    for each in INVARIANTS:
        found.setdefault(each.declaration.id, each.declaration)
    return tuple(found.values())


def unknown_prefix(prefixes: Sequence[str]) -> str:
    """Return a sentence about the first prefix that selects no check, or an empty text."""
    known = [each.id for each in collected_checks()]
    areas = {part for each in known for part in (each, each.rpartition(".")[0], each.partition(".")[0])}
    for prefix in prefixes:
        if not any(matches(each, prefix) for each in known):
            return f"no check starts with {prefix!r}{hint(prefix, areas)}; see: scimulator list checks"
    return ""
