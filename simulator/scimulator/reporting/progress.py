"""Progress of a run on a terminal: one live line with counts and the current check, and the first failure at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.live import Live
from rich.text import Text

from scimulator.reporting.failure_text import brief_lines
from scimulator.reporting.failures import RootCause, Shown
from scimulator.reporting.reading import objects, plain, word

if TYPE_CHECKING:
    from rich.console import Console

    from scimulator.exchange.strict_json import JsonObject

_SHOWN = ("passed", "warned", "failed", "blocked", "error")


class Progress:
    """A listener of the run stream that draws on ``console``, which must be a terminal.

    It draws only when told something: pytest redirects the output while a check runs, so nothing may be written from
    another thread.
    """

    def __init__(self, console: Console) -> None:
        self.total = 0
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._counts: dict[str, int] = {}
        self._done = 0
        self._current = ""
        self._failed = False

    def start(self) -> None:
        """Begin to draw."""
        self._live.start()

    def stop(self) -> None:
        """Take the line away."""
        self._live.stop()

    def running(self, check: str) -> None:
        """Show which check runs now."""
        self._current = plain(check)
        self._draw()

    def record(self, record: JsonObject) -> None:
        """Count a check's record; print the first failure above the line."""
        if record.get("type") != "check":
            return
        outcome = word(record, "outcome")
        self._counts[outcome] = self._counts.get(outcome, 0) + 1
        self._done += 1
        failing = [found for found in objects(record, "findings") if found.get("severity") == "failure"]
        if failing and not self._failed and not record.get("submission"):
            self._failed = True
            cause = RootCause((Shown(record, failing[0]),))
            for line in brief_lines(cause, width=max(60, min(100, self._console.width)), title="first failure:"):
                self._console.print(line, soft_wrap=True)
        self._draw()

    def _draw(self) -> None:
        counts = " · ".join(f"{self._counts[name]} {name}" for name in _SHOWN if self._counts.get(name))
        of = f"/{max(self.total, self._done)}" if self.total else ""
        line = Text(f"{self._done}{of}  {counts}  {self._current}", no_wrap=True, overflow="ellipsis")
        self._live.update(line, refresh=True)
