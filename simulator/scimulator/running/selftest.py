"""Mutants judge the judge: every fault of the reference provider is run against the checks, collected once.

Each fault gets a forked process of its own with a fresh provider, so that nothing of one run reaches the next.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import selectors
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from scimulator.kit.invariants import ALL as INVARIANTS
from scimulator.kit.outcomes import Outcome
from scimulator.reporting.stream import RunStream
from scimulator.running.stash import RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scimulator.exchange.strict_json import JsonObject
    from scimulator.running.run import Run

SECONDS_PER_FAULT = 120.0
"""A fault that keeps the checks busy longer than this is stopped and counts as an error."""


@dataclass(slots=True)
class FaultResult:
    """What the checks said of one target: outcomes by ``check id`` or ``check id[dialect]``."""

    spec: str
    outcomes: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    crashed: str = ""

    def with_outcome(self, *wanted: Outcome) -> set[str]:
        """Return ids of checks, without dialects, that came to one of these outcomes."""
        return {name.partition("[")[0] for name, outcome in self.outcomes.items() if outcome in wanted}

    @property
    def tripped(self) -> set[str]:
        """Ids of checks that failed or warned."""
        return self.with_outcome(Outcome.FAILED, Outcome.WARNED)

    @property
    def failed(self) -> set[str]:
        """Ids of checks that failed."""
        return self.with_outcome(Outcome.FAILED)


class _Listener:
    def __init__(self, result: FaultResult) -> None:
        self.result = result

    def record(self, record: JsonObject) -> None:
        if record.get("type") != "check":
            return
        name = f"{record['id']}[{record['dialect']}]" if record["dialect"] else str(record["id"])
        worst = self.result.outcomes.get(name)
        outcome = str(record["outcome"])
        if worst is None or _RANK[Outcome(outcome)] > _RANK[Outcome(worst)]:
            self.result.outcomes[name] = outcome
            findings = record["findings"]
            first = findings[0] if isinstance(findings, list) and findings else None
            symptom = first.get("symptom") if isinstance(first, dict) else None
            message = symptom.get("message") if isinstance(symptom, dict) else record["reason"]
            self.result.reasons[name] = str(message)


# Cases of one parametrised check count as the worst of them.
_RANK = {
    Outcome.NOT_APPLICABLE: 0,
    Outcome.PASSED: 1,
    Outcome.BLOCKED: 2,
    Outcome.WARNED: 3,
    Outcome.FAILED: 4,
    Outcome.ERROR: 5,
}


class Selftest:
    """A pytest plugin that runs the collected checks once per target instead of once.

    ``specs`` are targets such as ``reference:group-remove-by-value-wipes``; ``jobs`` is how many run side by side.
    ``only`` limits a target to some checks, ``progress`` is told of each result.
    """

    def __init__(
        self,
        specs: Sequence[str],
        *,
        jobs: int = 2,
        only: Callable[[str], frozenset[str] | None] = lambda _: None,
        progress: Callable[[FaultResult], None] = lambda _: None,
    ) -> None:
        self.specs = list(specs)
        self.jobs = max(1, jobs)
        self.only = only
        self.progress = progress
        self.results: list[FaultResult] = []
        self.declared: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Fork once per target, hand out the next as one finishes, gather the results."""
        run = session.config.stash[RUN]
        self.declared = list(dict.fromkeys([*run.declared, *(each.declaration.id for each in INVARIANTS)]))
        waiting = list(self.specs)
        running: dict[int, tuple[str, int, float, bytearray]] = {}
        with selectors.DefaultSelector() as selector:
            while waiting or running:
                while waiting and len(running) < self.jobs:
                    spec = waiting.pop(0)
                    pipe, pid = self._fork(session, run, spec)
                    running[pipe] = (spec, pid, time.monotonic(), bytearray())
                    selector.register(pipe, selectors.EVENT_READ)
                for key, _ in selector.select(timeout=1.0):
                    self._read(key.fd, running, selector)
                for pipe, (_, pid, started, _) in list(running.items()):
                    if time.monotonic() - started > SECONDS_PER_FAULT:
                        with contextlib.suppress(ProcessLookupError):
                            os.kill(pid, 9)
                        self._finish(pipe, running, selector)
        run.abandon()
        return True

    def _fork(self, session: pytest.Session, run: Run, spec: str) -> tuple[int, int]:
        readable, writable = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid:
            os.close(writable)
            return readable, pid
        os.close(readable)
        result = FaultResult(spec)
        try:
            _run_one(session, run, spec, result, self.only(spec))
        except BaseException as error:  # noqa: BLE001  a child must report and end, whatever happened
            result.crashed = f"{type(error).__name__}: {error}"
        with os.fdopen(writable, "wb") as pipe:
            pipe.write(pickle.dumps(result))
        os._exit(0)

    def _read(
        self, pipe: int, running: dict[int, tuple[str, int, float, bytearray]], selector: selectors.BaseSelector
    ) -> None:
        chunk = os.read(pipe, 65536)
        if chunk:
            running[pipe][3].extend(chunk)
        else:
            self._finish(pipe, running, selector)

    def _finish(
        self, pipe: int, running: dict[int, tuple[str, int, float, bytearray]], selector: selectors.BaseSelector
    ) -> None:
        spec, pid, started, data = running.pop(pipe)
        selector.unregister(pipe)
        os.close(pipe)
        os.waitpid(pid, 0)
        try:
            result: FaultResult = pickle.loads(bytes(data))  # noqa: S301  our own child wrote it
        except (pickle.UnpicklingError, EOFError):
            result = FaultResult(spec, crashed=f"no result within {SECONDS_PER_FAULT:.0f} s")
        result.seconds = time.monotonic() - started
        self.results.append(result)
        self.progress(result)


def _run_one(session: pytest.Session, run: Run, spec: str, result: FaultResult, only: frozenset[str] | None) -> None:
    from scimulator.running.selection import declaration_of  # noqa: PLC0415  only the child needs it

    run.retarget(spec)
    run.stream = RunStream(None, run.header())
    run.stream.listeners.append(_Listener(result))
    items = [
        item
        for item in session.items
        if only is None or ((declared := declaration_of(item)) is not None and declared.id in only)
    ]
    following: list[pytest.Item | None] = [*items[1:], None]
    for item, after in zip(items, following, strict=False):
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
    run.end(session)
