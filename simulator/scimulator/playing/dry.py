"""The dry driver: nothing is sent; what would be is kept, and the profile's expectations answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.exchange.message import Exchange
from scimulator.idp.driving.log import Trace
from scimulator.idp.driving.wire import placed
from scimulator.playing.imagination import Imagination

if TYPE_CHECKING:
    from scimulator.exchange.clock import Clock
    from scimulator.exchange.message import Response
    from scimulator.idp.flow import Note, Send, Wait


class DryDriver:
    """Carries flows nowhere; ``steps`` holds every request in order."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.imagination = Imagination()
        self.steps: list[Send] = []
        self._traces: list[Trace] = []
        self._notes: list[str] = []

    def send(self, step: Send) -> Response:
        """Keep the request and return what the profile expects."""
        self.steps.append(step)
        answer = self.imagination.answer(step)
        exchange = Exchange(len(self.steps), placed(step), answer, step=step.exchange_id)
        self._traces.append(Trace(step, exchange))
        return answer

    def wait(self, step: Wait) -> None:
        """Let time pass on the simulated clock."""
        self.clock.sleep(step.seconds)
        self._notes.append(f"{step.seconds:g} s pass: {step.why}")

    def note(self, step: Note) -> None:
        """Keep a sentence for the log."""
        self._notes.append(step.text)

    def collect(self) -> tuple[tuple[Trace, ...], tuple[str, ...]]:
        """Return the requests and notes since the last call."""
        traces, notes = tuple(self._traces), tuple(self._notes)
        self._traces, self._notes = [], []
        return traces, notes
