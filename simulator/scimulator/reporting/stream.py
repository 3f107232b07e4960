"""The run stream: JSON lines with a header and a footer, from which every report is made.

The first line has type ``run``, then one line of type ``check`` per check, the last has type ``end``. The JSON Schema
of the lines is ``fixtures/schemas/run.schema.json``.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import orjson

from scimulator import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedWriter

    from scimulator.exchange.strict_json import JsonObject

FORMAT = 1


class BadRun(ValueError):  # noqa: N818  read as "a bad run"
    """A file is no run stream; the message says why and what to do."""


class Listener(Protocol):
    """Whoever wants to see records as they come: a progress display, a report."""

    def record(self, record: JsonObject) -> None:
        """Take one record, the header and the footer included."""
        ...


class RunStream:
    """Writes records to a file, where one is named, and shows them to listeners."""

    def __init__(self, path: str | None, header: JsonObject) -> None:
        self.listeners: list[Listener] = []
        self._header = header
        self._started = time.monotonic()
        self._file: BufferedWriter | None = None
        if path:
            target = Path(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            self._file = target.open("wb")

    def begin(self) -> None:
        """Write the header."""
        self.write(
            {
                "type": "run",
                "format": FORMAT,
                "scimulator": __version__,
                "started": datetime.now(UTC).isoformat(timespec="seconds"),
                **self._header,
            }
        )

    def write(self, record: JsonObject) -> None:
        """Write one record and show it to the listeners."""
        if self._file is not None:
            self._file.write(orjson.dumps(record) + b"\n")
        for listener in self.listeners:
            listener.record(record)

    def end(self, totals: JsonObject) -> None:
        """Write the footer and close the file."""
        self.write({"type": "end", "duration": round(time.monotonic() - self._started, 3), **totals})
        if self._file is not None:
            self._file.close()
            self._file = None


def read_run(path: Path) -> Iterator[JsonObject]:
    """Yield the records of a run stream.

    Raises:
        BadRun: when the file cannot be read, is no run stream, or one of another format.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise BadRun(f"{path}: cannot be read ({error.strerror}); name the run.jsonl of a check") from error
    for number, line in enumerate(lines, 1):
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise BadRun(f"{path}, line {number}: not JSON ({error}); was the run interrupted?") from error
        if not isinstance(record, dict) or (number == 1 and record.get("type") != "run"):
            raise BadRun(f"{path}: no run stream; name the run.jsonl of a check")
        if number == 1 and record.get("format") != FORMAT:
            raise BadRun(f"{path}: format {record.get('format')}, this version reads {FORMAT}; run the check again")
        yield record
