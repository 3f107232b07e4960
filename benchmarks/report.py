"""The HTML report of a run with 5,000 exchanges: its size, the time to make it, and the time until it is painted."""

from __future__ import annotations

import shutil
import statistics
import time
from typing import TYPE_CHECKING

from scimulator import content
from scimulator.reporting.html import html_report
from scimulator.reporting.stream import read_run

if TYPE_CHECKING:
    from pathlib import Path

    from scimulator.exchange.strict_json import JsonObject

EXCHANGES = 5000
ROUNDS = 3
_PAINTED = """() => new Promise((told) => {
  const seen = () => performance.getEntriesByName('first-contentful-paint')[0];
  const look = () => (seen() ? told(seen().startTime) : requestAnimationFrame(look));
  look();
})"""


def big_run() -> list[JsonObject]:
    """Return the sample run, repeated under names of its own until it has 5,000 exchanges."""
    header, *checks, footer = read_run(content("reports") / "samples" / "three-faults.jsonl")
    made: list[JsonObject] = []
    count = copies = 0
    while count < EXCHANGES:
        copies += 1
        for check in checks:
            exchanges = check["exchanges"]
            count += len(exchanges) if isinstance(exchanges, list) else 0
            # Nothing may profit from being written once: the texts of each copy are its own.
            told = _renamed(check, f"samp{copies}")
            made.append({**told, "id": f"{check['id']}.copy-{copies}"})
    return [header, *made, footer]


def _renamed(check: JsonObject, mark: str) -> JsonObject:
    import orjson  # noqa: PLC0415  only here

    again: JsonObject = orjson.loads(orjson.dumps(check).replace(b"samp1", mark.encode()))
    return again


def measured(folder: Path) -> dict[str, float]:
    """Return megabytes and seconds: ``size``, ``render``, and where a Chromium is to be had ``paint`` and ``ready``."""
    records = big_run()
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        document = html_report(records)
        times.append(time.perf_counter() - begun)
    path = folder / "report.html"
    path.write_text(document, "utf-8")
    told = {"size": path.stat().st_size / 1e6, "render": statistics.median(times)}
    return told | _opened(path)


def _opened(path: Path) -> dict[str, float]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        return {}
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  a development tool

    paint, ready = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for _ in range(ROUNDS):
            page = browser.new_page()
            page.goto(path.as_uri() + "#view=checks")
            paint.append(page.evaluate(_PAINTED) / 1000)
            ready.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") / 1000)
            page.close()
        browser.close()
    return {"paint": statistics.median(paint), "ready": statistics.median(ready)}
