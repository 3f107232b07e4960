"""A performance: the events of a scenario, one after the other, through a driver."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from scimulator.idp.driving.entra import EntraStage
from scimulator.idp.driving.log import Status, entry_of
from scimulator.idp.driving.okta import OktaStage
from scimulator.idp.expressions.errors import ExpressionError
from scimulator.idp.flow import EndlessFlowError, Outcome, Result, play
from scimulator.idp.scenario import BEYOND
from scimulator.playing.belongings import NotOursError
from scimulator.playing.beyond import NothingBeyond

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimulator.catalogue.profiles import Profile
    from scimulator.exchange.clock import Clock
    from scimulator.exchange.message import Response
    from scimulator.idp.driving.log import Entry, Trace
    from scimulator.idp.driving.stage import Reached, Stage
    from scimulator.idp.flow import Flow, Note, Send, Wait
    from scimulator.idp.scenario import Event, Scenario
    from scimulator.playing.beyond import Beyond

T = TypeVar("T")
MOST_STEPS = 20_000
"""Steps of one flow; more than that only a target that never comes to an end can cause."""


class Driver(Protocol):
    """What carries the steps of flows and keeps what happened."""

    def send(self, step: Send) -> Response | None:
        """Carry a request."""
        ...

    def wait(self, step: Wait) -> None:
        """Let time pass."""
        ...

    def note(self, step: Note) -> None:
        """Keep a sentence."""
        ...

    def collect(self) -> tuple[tuple[Trace, ...], tuple[str, ...]]:
        """Return requests and notes since the last call."""
        ...


def staged(scenario: Scenario, profile: Profile, clock: Clock) -> Stage:
    """Return the stage of a scenario for the identity provider of a profile."""
    made = OktaStage if profile.dialect.idp == "okta" else EntraStage
    return made(scenario, profile, clock)


def perform(stage: Stage, driver: Driver, beyond: Beyond | None = None) -> Iterator[Entry]:
    """Play every event and yield a line of the log for each thing that it sets going.

    ``beyond`` does what is no deed of the identity provider; without one that is only told.

    Raises:
        TargetGoneError: when the target stops answering; the lines up to there have been yielded.
    """
    yield from numbered(_perform(stage, driver, beyond or NothingBeyond()))


def numbered(entries: Iterator[Entry]) -> Iterator[Entry]:
    """Number the lines of a log from 1 on."""
    for number, entry in enumerate(entries, 1):
        yield replace(entry, number=number)


def carried(flow: Flow[T], driver: Driver) -> T | str:
    """Carry a flow to its end and return its result, or a sentence about why it could not be."""
    try:
        return play(flow, driver.send, wait=driver.wait, note=driver.note, most_steps=MOST_STEPS)
    except NotOursError as error:
        return str(error)
    except ExpressionError as error:
        return f"an expression of the mapping has no value: {error}"
    except EndlessFlowError as error:
        return f"{error}; the target leads in a circle"


def foreseen(event: Event, entry: Entry, *, live: bool = True) -> Entry:
    """Return the line of an event with its note; one that had to fail is good if it did, and a failure if not.

    Where nothing really happens (not ``live``), nothing can fail.
    """
    if event.note and event.note not in entry.notes:
        entry = replace(entry, notes=(event.note, *entry.notes))
    if not event.fails:
        return entry
    if entry.failed:
        return replace(entry, status=Status.SUCCESS, messages=("failed, as the scenario expects", *entry.messages))
    if not live:
        return entry
    return replace(entry, status=Status.FAILURE, messages=("the scenario expects this to fail", *entry.messages))


def _perform(stage: Stage, driver: Driver, beyond: Beyond) -> Iterator[Entry]:
    for event in stage.scenario.events:
        if event.act in BEYOND:
            yield from beyond.entries(stage, event)
            continue
        for action in stage.actions(event):
            result: Reached | None = None
            if action.flow is not None:
                reached = carried(action.flow, driver)
                result = Result(Outcome.FAILED, messages=(reached,)) if isinstance(reached, str) else reached
                if isinstance(reached, str):
                    # A careless search may have led there; without the link nothing more is written to it.
                    stage.app.links.pop(action.subject, None)
            stage.remember()
            traces, notes = driver.collect()
            yield foreseen(event, entry_of(stage, action, result, traces=traces, notes=notes), live=beyond.live)
