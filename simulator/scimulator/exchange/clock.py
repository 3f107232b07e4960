"""Time as something handed in: the real one, or a simulated one in which a test waits for nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What flows, drivers and the provider need to know of time."""

    def now(self) -> datetime:
        """Return the moment, timezone-aware, in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        ...


class RealClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Block for ``seconds``; nothing for zero or less."""
        if seconds > 0:
            time.sleep(seconds)


@dataclass(slots=True)
class SkippingClock:
    """The machine's time, except that a pause is skipped: whoever shares this clock finds the time already gone."""

    skipped: timedelta = timedelta()

    def now(self) -> datetime:
        """Return the machine's time plus everything that was skipped."""
        return datetime.now(UTC) + self.skipped

    def sleep(self, seconds: float) -> None:
        """Skip ``seconds``."""
        self.skipped += timedelta(seconds=max(0.0, seconds))


@dataclass(slots=True)
class SimulatedClock:
    """A clock that moves only when told to; ``slept`` lists every pause in seconds."""

    moment: datetime = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        """Return the simulated moment."""
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Move on by ``seconds`` at once."""
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)
