"""Progress is one live line; the first failure is printed at once."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console

from scimulator.reporting.progress import Progress

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import JsonObject


def test_counts_and_first_failure() -> None:
    out = io.StringIO()
    progress = Progress(Console(file=out, force_terminal=True, width=80, color_system=None))
    progress.total = 3
    progress.start()
    progress.running("users.a\x1b[2J")
    finding: JsonObject = {"severity": "failure", "requirement": "R", "symptom": {"message": "it is wrong"}}
    for name in ("users.a", "users.b"):
        progress.record({"type": "check", "id": name, "outcome": "failed", "findings": [finding]})
    progress.record({"type": "end"})
    progress.stop()
    text = out.getvalue()
    assert text.count("first failure:") == 1
    assert "it is wrong" in text
    assert "2/3  2 failed" in text
    assert "\x1b[2J" not in text
