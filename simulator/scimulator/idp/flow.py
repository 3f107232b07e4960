"""A flow is what an identity provider does to reach one goal, as steps that somebody else carries out.

A flow is a generator: it yields ``Send``, ``Wait`` or ``Note`` and is sent the ``Response`` to a ``Send`` (None where
no usable answer came) or None after the others; it returns its result. Whatever outlives a step (links, tasks,
watermarks) is in the directory, never in the generator's frame, so that a driver may drop a flow and start it again.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from scimulator.exchange.message import Response

if TYPE_CHECKING:
    from scimulator.catalogue.profiles import ProfileExchange
    from scimulator.exchange.message import Request
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.idp.directory import Task

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Send:
    """One request to the target; ``exchange`` is the profile's record of it, with source and evidence."""

    exchange_id: str
    request: Request
    exchange: ProfileExchange
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Wait:
    """The identity provider lets ``seconds`` pass, and ``why``."""

    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence for whoever watches; nothing is sent."""

    text: str


Step: TypeAlias = Send | Wait | Note
Flow: TypeAlias = Generator[Step, Response | None, T]


class Outcome(StrEnum):
    """How a flow ended, seen from the identity provider."""

    CONNECTED = "connected"
    CREATED = "created"
    LINKED = "linked"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"
    DELETED = "deleted"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """The target answered in a way for which no source tells what the identity provider does."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a flow reached.

    ``remote_id`` is the target's id of the object, None where none is known. ``messages`` are what an administrator
    would read. ``task`` is set where somebody now has to do something. ``status`` is that of the last answer, 0 where
    none came.
    """

    outcome: Outcome
    remote_id: str | None = None
    messages: tuple[str, ...] = ()
    task: Task | None = None
    status: int = 0

    @property
    def ok(self) -> bool:
        """Whether the identity provider is content."""
        return self.outcome not in (Outcome.FAILED, Outcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Imported:
    """One resource that an import read: whose it is (None where nobody matches), and why it was left out, if it was."""

    resource: JsonObject
    remote_id: str
    person_id: str | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import read. ``claimed`` is the target's totalResults; fewer ``seen`` means that records were lost."""

    outcome: Outcome
    seen: int = 0
    claimed: int = 0
    imported: tuple[Imported, ...] = ()
    messages: tuple[str, ...] = ()
    pages: int = 0


class EndlessFlowError(RuntimeError):
    """A flow did not end within the allowed number of steps; that is a defect of ours, not of the target."""


def play(
    flow: Flow[T],
    send: Callable[[Send], Response | None],
    *,
    wait: Callable[[Wait], object] | None = None,
    note: Callable[[Note], object] | None = None,
    most_steps: int = 100_000,
) -> T:
    """Carry a flow to its end and return its result.

    ``send`` takes each request to the target and returns the answer, or None where no usable one came. ``wait`` and
    ``note`` are told of the other steps; without ``wait`` no time passes.

    Raises:
        EndlessFlowError: after ``most_steps`` steps.
    """
    answer: Response | None = None
    try:
        step = next(flow)
        for _ in range(most_steps):
            answer = None
            match step:
                case Send():
                    answer = send(step)
                case Wait():
                    if wait is not None:
                        wait(step)
                case Note():
                    if note is not None:
                        note(step)
            step = flow.send(answer)
    except StopIteration as end:
        result: T = end.value
        return result
    flow.close()
    raise EndlessFlowError(f"a flow took more than {most_steps} steps")
