"""The live driver: what a flow asks for leaves for the target, in the recorded form and within the target's limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.exchange.clock import RealClock
from scimulator.idp.driving.log import Trace
from scimulator.idp.driving.wire import placed

if TYPE_CHECKING:
    from scimulator.exchange.clock import Clock
    from scimulator.exchange.message import Exchange, Response
    from scimulator.idp.flow import Note, Send, Wait
    from scimulator.playing.belongings import Belongings
    from scimulator.target.target import Target


class TargetGoneError(Exception):
    """The target gives no answers any more; the message says what happened."""


class LiveDriver:
    """Carries flows to a target.

    ``clock`` is the scenario's, on which the time that a flow lets pass goes by at once. A real pause is made only
    where the target has asked for it by Retry-After, up to ``limits.retry_after``, as everywhere; where it asks for
    more the request is not sent again, and the flow sees the same answer once more. With ``real_time`` every pause is
    made as the identity provider makes it.
    """

    def __init__(self, target: Target, belongings: Belongings, clock: Clock, *, real_time: bool = False) -> None:
        self.target = target
        self.clock = clock
        self.real_time = real_time
        self._belongings = belongings
        self._traces: list[Trace] = []
        self._notes: list[str] = []
        self._refused: Response | None = None
        self._repeats = 0
        self._held = ""
        self._pages = 0

    def send(self, step: Send) -> Response | None:
        """Send one request and return the answer, None where no usable one came.

        Raises:
            NotOursError: when it would write to somebody else's resource.
            TargetGoneError: when the target is taken for dead.
        """
        if self._held and step.attempt > 1:
            self._traces.append(Trace(step, why=self._held))
            return self._refused
        self._held = ""
        if step.attempt == 1:
            self._repeats = 0
        if step.exchange.flow == "import" and self._too_many_pages(step):
            return None
        request = placed(step)
        self._belongings.before(request)
        exchange = self.target.send(request, step=step.exchange_id, obey_retry_after=False)
        self._belongings.after(exchange)
        self._traces.append(Trace(step, exchange))
        self._pass(exchange)
        if self.target.dead is not None:
            raise TargetGoneError(self.target.dead.message)
        response = exchange.response
        self._refused = response if response is not None and response.status == 429 else None
        return response

    def wait(self, step: Wait) -> None:
        """Let time pass: on the scenario's clock, and for real only where that is owed to the target."""
        if self.real_time:
            self._notes.append(f"waits {_spoken(step.seconds)}: {step.why}")
            self.clock.sleep(step.seconds)
            return
        self.clock.sleep(step.seconds)
        if self._refused is None:
            self._notes.append(f"{_spoken(step.seconds)} pass on the simulated clock: {step.why}")
            return
        self._repeats += 1
        limits = self.target.limits
        if not isinstance(self.target.clock, RealClock):
            self.target.clock.sleep(step.seconds)
        elif (
            step.seconds > limits.retry_after or step.seconds >= self.target.remaining or self._repeats > limits.retries
        ):
            self._held = (
                f"not sent again: the pause of {_spoken(step.seconds)} was skipped (at most {limits.retries} "
                f"repetitions after {_spoken(limits.retry_after)} each); --real-time waits"
            )
        else:
            self.target.clock.sleep(step.seconds)
        self._notes.append(f"{_spoken(step.seconds)} pass: {step.why}")

    def note(self, step: Note) -> None:
        """Keep a sentence for the log."""
        self._notes.append(step.text)

    def collect(self) -> tuple[tuple[Trace, ...], tuple[str, ...]]:
        """Return the requests and notes since the last call."""
        traces, notes = tuple(self._traces), tuple(self._notes)
        self._traces, self._notes = [], []
        self._pages, self._held, self._refused = 0, "", None
        return traces, notes

    def _too_many_pages(self, step: Send) -> bool:
        self._pages += 1
        if self._pages <= self.target.limits.pages:
            return False
        self._traces.append(Trace(step, why=f"not sent: {self.target.limits.pages} pages are the limit"))
        self._notes.append(f"the import ends after {self.target.limits.pages} pages (limits: pages)")
        return True

    def _pass(self, exchange: Exchange) -> None:
        if not self.real_time:
            self.clock.sleep(exchange.elapsed)


def _spoken(seconds: float) -> str:
    whole = round(seconds)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if whole >= size and whole % size == 0:
            return f"{whole // size} {unit}"
    return f"{round(seconds, 3):g} s"
