"""Speed beside peers, measured in one run and printed as ratios; ``--write`` keeps the table in README.md.

Each measurement is bounded and stops its servers. A goal that is missed is shown, not an error: a busy machine is no
defect.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import judges
import load
import processes
import report

if TYPE_CHECKING:
    from collections.abc import Callable

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
ROUNDS = 5
CHECK_SECONDS, SERVED_SECONDS, OVERHEAD_SHARE, SERVE_TIMES, HELP_SECONDS = 5.0, 10.0, 0.2, 10.0, 0.3
PAINT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; ``good`` tells whether the goal is met, None where there is none."""

    what: str
    ours: str
    peer: str = ""
    ratio: str = ""
    goal: str = ""
    good: bool | None = None


def embedded(folder: Path) -> list[Row]:
    """The whole ``scimulator check`` on the embedded provider, as a user types it."""
    rows = []
    for title, extra in (("one process", []), ("over 2 processes", ["-n", "2"])):
        seconds = []
        for _ in range(2):
            stream = folder / "embedded.jsonl"
            begun = time.perf_counter()
            done = processes.run([sys.executable, "-m", "scimulator", "check", *extra, "--json", stream], cwd=folder)
            seconds.append(time.perf_counter() - begun)
            if done.returncode not in (0, 1):
                raise RuntimeError(done.stdout + done.stderr)
        best = min(seconds)
        goal = not extra
        rows.append(
            Row(
                f"whole `check`, embedded provider, {title}, with Python's start",
                f"{best:.2f} s, {judges.proved(stream)['verdicts']:.0f} verdicts",
                goal=f"≤ {CHECK_SECONDS:g} s" if goal else "",
                good=best <= CHECK_SECONDS if goal else None,
            )
        )
    return rows


def on_a_server(folder: Path) -> list[Row]:
    """Both judges on a served scim2-server: what they cost beyond the server's own time."""
    told = {}
    for judge in ("floor", "tester", "ours"):
        with processes.timed_scim2_server() as server:
            before, _ = processes.stopwatch(server)
            _, idle = processes.stopwatch(server)
            done = processes.run([sys.executable, processes.HERE / "judges.py", judge, server.url, folder], cwd=folder)
            if done.returncode:
                raise RuntimeError(done.stdout + done.stderr)
            requests, busy = processes.stopwatch(server)
            result = json.loads(done.stdout)
            sent = requests - before
            result |= {"requests": sent, "overhead": 1000 * (result["seconds"] - (busy - idle)) / sent}
            told[judge] = result | {"server": 1000 * (busy - idle) / sent}
    ours, peer = told["ours"], told["tester"]
    share = ours["overhead"] / peer["overhead"]
    each = ours["requests"] / ours["requirements"]
    return [
        Row(
            "overhead per request beyond the server's own time",
            f"{ours['overhead']:.2f} ms",
            f"scim2-tester {peer['overhead']:.2f} ms",
            f"{share:.2f}",
            f"≤ {OVERHEAD_SHARE:g}",
            share <= OVERHEAD_SHARE,
        ),
        Row(
            "whole run on served scim2-server, without Python's start",
            f"{ours['seconds']:.2f} s",
            f"scim2-tester {peer['seconds']:.2f} s",
            f"{ours['seconds'] / peer['seconds']:.2f}",
            f"≤ {SERVED_SECONDS:g} s",
            ours["seconds"] <= SERVED_SECONDS,
        ),
        Row(
            "requests, and the server's own time for one",
            f"{ours['requests']}, {ours['server']:.2f} ms",
            f"scim2-tester {peer['requests']}, {peer['server']:.2f} ms",
        ),
        Row("the same overhead of httpx alone, judging nothing", f"{told['floor']['overhead']:.2f} ms"),
        Row("verdicts", f"{ours['verdicts']}", f"scim2-tester {peer['verdicts']}"),
        Row("requests per proved requirement", f"{each:.2f} ({ours['requirements']} requirements)"),
    ]


def serving() -> list[Row]:
    """The served reference provider beside scim2-server, under the same load client."""
    ours: dict[str, float] = {}
    peer: dict[str, float] = {}
    for _ in range(2):  # in turns, and the better of two: what else the machine does then hits neither alone
        for best, start in ((ours, processes.reference_provider), (peer, processes.scim2_server)):
            with start() as server:
                for name, rate in load.rates(server).items():
                    best[name] = max(rate, best.get(name, 0.0))
    return [
        Row(
            f"served, requests per second: {name}",
            f"{ours[name]:.0f}/s",
            f"scim2-server {peer[name]:.0f}/s",
            f"{ours[name] / peer[name]:.1f}",
            f"≥ {SERVE_TIMES:g}",
            ours[name] / peer[name] >= SERVE_TIMES,
        )
        for name in ours
    ]


def starting() -> list[Row]:
    """``scimulator --help`` beside bare Python."""
    commands: dict[str, list[str | Path]] = {
        "help": [Path(sys.executable).with_name("scimulator"), "--help"],
        "bare": [sys.executable, "-c", "pass"],
    }
    taken: dict[str, list[float]] = {"help": [], "bare": []}
    for _ in range(ROUNDS):
        for name, words in commands.items():
            begun = time.perf_counter()
            processes.run(words).check_returncode()
            taken[name].append(time.perf_counter() - begun)
    ours, bare = statistics.median(taken["help"]), statistics.median(taken["bare"])
    return [
        Row(
            "`scimulator --help`",
            f"{ours:.3f} s",
            f"`python -c pass` {bare:.3f} s",
            f"{ours / bare:.1f}",
            f"≤ {HELP_SECONDS:g} s more",
            ours - bare <= HELP_SECONDS,
        )
    ]


def reported(folder: Path) -> list[Row]:
    """The HTML report of a run with 5,000 exchanges."""
    told = report.measured(folder)
    rows = [
        Row("HTML report of 5,000 exchanges: size", f"{told['size']:.1f} MB"),
        Row("HTML report of 5,000 exchanges: making it", f"{told['render']:.2f} s"),
    ]
    if "paint" in told:
        shown = f"{told['paint']:.2f} s, complete after {told['ready']:.2f} s"
        good = told["paint"] <= PAINT_SECONDS
        rows.append(
            Row("the same until Chromium paints it", shown, goal=f"≤ {PAINT_SECONDS:g} s", good=good),
        )
    return rows


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| measured | ours | peer | ours : peer | goal | met |", "|---|---|---|---|---|---|"]
    for row in rows:
        met = "" if row.good is None else "yes" if row.good else "**no**"
        lines.append(f"| {row.what} | {row.ours} | {row.peer} | {row.ratio} | {row.goal} | {met} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and keep the table when asked to."""
    parts: dict[str, Callable[[Path], list[Row]]] = {
        "embedded": embedded,
        "server": on_a_server,
        "serving": lambda _: serving(),
        "start": lambda _: starting(),
        "report": reported,
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=parts, action="append", help="measure only this part (repeatable)")
    parser.add_argument("--write", action="store_true", help="write the table into README.md")
    options = parser.parse_args()
    rows: list[Row] = []
    # A machine that is busy already shows here; its seconds are not worth much.
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="scimulator-bench-") as name:
        for part in options.only or parts:
            print(f"measuring: {part} …", file=sys.stderr, flush=True)
            rows += parts[part](Path(name))
    peers = ", ".join(f"{peer} {version(peer)}" for peer in ("scim2-server", "scim2-tester"))
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load_before:.1f}"
    about = f"{datetime.now(UTC):%Y-%m-%d}, {machine}, {peers}"
    text = f"{about}\n\n{table(rows)}"
    print(text)
    if options.write:
        before, _, rest = README.read_text("utf-8").partition(BEGIN)
        README.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", "utf-8")


if __name__ == "__main__":
    main()
