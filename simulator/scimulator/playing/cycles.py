"""Entra's provisioning job carried out: a scenario's events and the cycles behind them, or one user on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from scimulator.idp.driving.log import Entry, Status
from scimulator.idp.entra.log import Status as Ended
from scimulator.idp.entra.on_demand import StepName
from scimulator.idp.entra.settings import INTERVAL
from scimulator.idp.expressions.errors import ExpressionError
from scimulator.idp.flow import Note, Outcome, Send, Wait
from scimulator.idp.scenario import BEYOND, Act
from scimulator.playing.belongings import NotOursError
from scimulator.playing.beyond import NothingBeyond
from scimulator.playing.performance import MOST_STEPS, carried, foreseen, numbered

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from scimulator.exchange.message import Response
    from scimulator.idp.driving.entra_job import JobStage
    from scimulator.idp.driving.log import Trace
    from scimulator.idp.entra.job import CycleResult
    from scimulator.idp.flow import Flow
    from scimulator.idp.scenario import Event
    from scimulator.playing.beyond import Beyond
    from scimulator.playing.performance import Driver

T = TypeVar("T")
_SHOWN = {
    StepName.IMPORT: ("userPrincipalName", "displayName", "objectId"),
    StepName.SCOPE: ("inScope", "assigned"),
    StepName.MATCH: ("matchingAttribute", "targetId"),
    StepName.ACTION: ("action", "targetId"),
}
"""What is shown of a step's details; error and changes stand in columns of their own."""


def perform_cycles(
    stage: JobStage, driver: Driver, cycles: int | None, beyond: Beyond | None = None
) -> Iterator[Entry]:
    """Play a scenario under the job and yield a line for each event and for each object that a cycle touches.

    A cycle is run at each event ``cycle``, those that are due at each ``wait``, and in the end ``cycles`` more, 40
    minutes apart; without a number one, where something is left to carry over.

    Raises:
        TargetGoneError: when the target stops answering.
    """
    yield from numbered(_perform_cycles(stage, driver, beyond or NothingBeyond(), cycles))


def perform_on_demand(stage: JobStage, driver: Driver, key: str) -> Iterator[Entry]:
    """Provision one person or group of the scenario on demand and yield one line, the portal's steps in its notes.

    Everybody whom the scenario assigns is in scope; apart from that none of its events happens.
    """
    for event in stage.scenario.events:
        if event.act in (Act.ASSIGN, Act.PUSH_GROUP):
            stage.apply(event)
    subject = stage.ids.get(key) or stage.group_ids[key]
    stage.only = frozenset({subject})
    result = carried(stage.job.on_demand(subject), driver)
    traces, notes = driver.collect()
    stage.remember()
    if isinstance(result, str):
        yield _line(stage, "on demand", Status.FAILURE, result)
        return
    steps = tuple(
        f"{step.name.value}: {step.status.value}"
        + "".join(f"; {name} {text}" for name, text in step.details if name in _SHOWN[step.name])
        for step in result.steps
    )
    if result.entry is not None:
        entries = numbered(iter([stage.entry(result.entry, traces, (*steps, *notes))]))
    else:
        said = "; ".join(result.result.messages)
        status = Status.SUCCESS if result.ok else Status.FAILURE
        entries = numbered(iter([_line(stage, "on demand", status, said, traces=traces, notes=(*steps, *notes))]))
    yield from entries


def _perform_cycles(stage: JobStage, driver: Driver, beyond: Beyond, cycles: int | None) -> Iterator[Entry]:
    for event in stage.scenario.events:
        if event.act in BEYOND:
            yield from beyond.entries(stage, event)
            continue
        match event.act:
            case Act.CYCLE:
                yield from _foreseen_cycle(event, list(_cycle(stage, driver)), live=beyond.live)
            case Act.WAIT:
                yield from _foreseen_cycle(event, list(_wait(stage, driver, event.seconds)), live=beyond.live)
            case Act.CONNECT:
                yield foreseen(event, _connection(stage, driver, event), live=beyond.live)
            case Act.RESTART:
                stage.job.restart()
                told = "links, watermark and quarantine are forgotten; the next cycle matches everybody anew"
                yield foreseen(event, _line(stage, event.act.value, Status.SUCCESS, told))
            case _:
                stage.apply(event)
                yield from _event_lines(stage, event)
    for number in range(cycles if cycles is not None else int(stage.pending)):
        if number:
            driver.wait(Wait(INTERVAL.total_seconds(), "until the next cycle"))
        yield from _cycle(stage, driver)


def _foreseen_cycle(event: Event, entries: list[Entry], *, live: bool) -> Iterator[Entry]:
    """A cycle that has to fail is good if anything in it failed, whatever went well beside it."""
    if not event.fails or not live:
        first = foreseen(event, entries[0], live=live) if entries else None
        yield from (first, *entries[1:]) if first is not None else ()
        return
    failed = any(entry.failed for entry in entries)
    for number, entry in enumerate(entries, 1):
        judged = entry.failed or (not failed and number == len(entries))
        yield foreseen(event, entry) if judged else entry


def _event_lines(stage: JobStage, event: Event) -> Iterator[Entry]:
    for key in event.people if not event.group else (event.group,):
        subject = stage.group_ids[key] if event.group else stage.ids[key]
        yield _line(stage, event.act.value, Status.SUCCESS, "waits for the next cycle", subject=subject)


def _connection(stage: JobStage, driver: Driver, event: Event) -> Entry:
    result = carried(stage.engine.test_connection(groups=bool(stage.directory.groups)), driver)
    traces, notes = driver.collect()
    ok, said = (False, result) if isinstance(result, str) else (result.ok, "; ".join(result.messages))
    status = Status.SUCCESS if ok else Status.FAILURE
    return _line(stage, event.act.value, status, said, traces=traces, notes=notes)


def _wait(stage: JobStage, driver: Driver, seconds: float) -> Iterator[Entry]:
    """Let time pass, and run every cycle that becomes due in it."""
    clock = stage.directory.clock
    until = clock.now().timestamp() + seconds
    while not stage.job.app.disabled:
        due = stage.job.app.due
        left = due.timestamp() - clock.now().timestamp() if due is not None else 0.0
        if clock.now().timestamp() + left >= until:
            break
        if left > 0:
            driver.wait(Wait(left, "until the next cycle"))
        yield from _cycle(stage, driver)
    rest = until - clock.now().timestamp()
    if rest > 1:
        driver.wait(Wait(rest, "the scenario lets time pass"))
    _, notes = driver.collect()
    yield _line(stage, "wait", Status.SUCCESS, "", notes=notes)


def _cycle(stage: JobStage, driver: Driver) -> Iterator[Entry]:
    seen = len(stage.engine.app.entries)
    parts = _in_parts(stage.job.cycle(), driver)
    result: CycleResult | str = ""
    while True:
        try:
            at_note = next(parts)
        except StopIteration as end:
            result = end.value
            break
        fresh = stage.engine.app.entries[seen:]
        if fresh or at_note:
            stage.remember()
            traces, notes = driver.collect()
            if not fresh and (traces or notes):
                yield _line(stage, "cycle", Status.SUCCESS, "", traces=traces, notes=notes)
            for logged in fresh:
                yield stage.entry(logged, traces, notes)
                traces, notes = (), ()
            seen += len(fresh)
    stage.remember()
    traces, notes = driver.collect()
    for logged in stage.engine.app.entries[seen:]:
        yield stage.entry(logged, traces, notes)
        traces, notes = (), ()
    yield _summary(stage, result, traces, notes)


def _summary(stage: JobStage, result: CycleResult | str, traces: tuple[Trace, ...], notes: tuple[str, ...]) -> Entry:
    if isinstance(result, str):
        return _line(stage, "cycle", Status.FAILURE, result, traces=traces, notes=notes)
    counts = ", ".join(f"{result.count(each)} {each.value}" for each in Ended)
    told = [f"{'initial' if result.initial else 'incremental'} cycle {result.number} ended: {counts}"]
    told += [result.problem] if result.problem else []
    if result.quarantine is not None:
        told.append(f"in quarantine ({result.quarantine.reason.value}): {result.quarantine.message}")
    told += [f"the job is disabled: {result.disabled}"] if result.disabled else []
    told += [f"{result.held} deletions are held back"] if result.held else []
    if result.next_at is not None:
        told.append(f"the next one is due at {result.next_at:%Y-%m-%d %H:%M}")
    # Objects that failed have lines of their own; the cycle itself fails with the connection or in quarantine.
    bad = bool(result.problem or result.disabled or result.quarantine)
    return _line(stage, "cycle", Status.FAILURE if bad else Status.SUCCESS, *told, traces=traces, notes=notes)


def _line(
    stage: JobStage,
    act: str,
    status: Status,
    *messages: str,
    subject: str = "",
    traces: tuple[Trace, ...] = (),
    notes: tuple[str, ...] = (),
) -> Entry:
    return Entry(
        number=0,
        at=stage.directory.clock.now(),
        actor="provisioning service" if traces else "administrator",
        act=act,
        name="",
        key=stage.key(subject),
        subject=stage.label(subject),
        status=status,
        outcome=Outcome.FAILED if status is Status.FAILURE else Outcome.UNCHANGED,
        messages=tuple(message for message in messages if message),
        notes=notes,
        traces=traces,
    )


def _in_parts(flow: Flow[T], driver: Driver) -> Generator[bool, None, T | str]:
    """Carry a flow and stop after each step, telling whether it is a note; return its result, or why it was given up.

    A write to somebody else's resource is not sent: the flow gets no answer to it.
    """
    answer: Response | None = None
    try:
        step = next(flow)
        for _ in range(MOST_STEPS):
            answer = None
            match step:
                case Send():
                    try:
                        answer = driver.send(step)
                    except NotOursError as error:
                        driver.note(Note(f"not sent: {error}"))
                case Wait():
                    driver.wait(step)
                case Note():
                    driver.note(step)
            yield isinstance(step, Note)
            step = flow.send(answer)
            yield False
    except StopIteration as end:
        result: T = end.value
        return result
    except ExpressionError as error:
        return f"an expression of the mapping has no value: {error}"
    flow.close()
    return f"given up after {MOST_STEPS} steps: the target leads in a circle"
