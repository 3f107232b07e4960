"""The journal: what a run is about to make on a target or to do to it, written before it happens.

A process that is killed cannot clean up, but the line that it appended is already with the operating system. One file
per run and worker, JSON lines, only ever appended to; a lock on the open file tells that its run is still alive.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from scimulator.target.errors import TargetError

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows; there a run that is alive cannot be told from a dead one
    fcntl = None  # type: ignore[assignment]  # stands for "no locks here"

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.target.target import Target


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource that a run wanted to make.

    ``endpoint`` is the path below the base URL (``/Users``), ``mark`` the value that shows whose it is (the userName
    or displayName), ``id`` empty until the target told it.
    """

    number: int
    target: str
    run_id: str
    endpoint: str
    mark: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class ControlEntry:
    """One control that a run did or was about to do; ``answer`` is None where do did not come to an end.

    Neither ``parameters`` nor ``answer`` holds secrets.
    """

    number: int
    name: str
    parameters: JsonObject = field(default_factory=dict)
    answer: JsonObject | None = None


def journal_folder() -> Path:
    """Return the folder of journals: ``$XDG_STATE_HOME/scimulator/journal``, by default below ``~/.local/state``."""
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(state).expanduser() / "scimulator" / "journal"


class Journal:
    """The journal of one run in one process; made by :meth:`open`.

    A target in this process (``reference:``) dies with it, so its journal stays in memory.
    """

    def __init__(self, target: str, run_id: str, path: Path | None) -> None:
        """Use :meth:`open`."""
        self.target = target
        self.run_id = run_id
        self.path = path
        self._file: IO[str] | None = None
        self._entries: dict[int, Entry] = {}
        self._controls: set[int] = set()
        self.product_touched = False
        """Whether anything was done to the target outside SCIM."""
        self._number = 0

    @classmethod
    def open(cls, target: Target, run_id: str) -> Journal:
        """Open a new journal for this process.

        Raises:
            TargetError: when the folder cannot be written.
        """
        if target.is_reference:
            return cls(target.name, run_id, None)
        folder = journal_folder()
        safe = "".join(char if char.isalnum() or char in "-_" else "_" for char in run_id)
        path = folder / f"{safe}-{os.getpid()}-{time.time_ns()}.jsonl"
        journal = cls(target.name, run_id, path)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            journal._file = path.open("a", encoding="utf-8")
        except OSError as error:
            raise TargetError(
                f"the journal {path} cannot be written ({error.strerror}); it lists what to remove after a crash: set "
                f"XDG_STATE_HOME to a folder that can be written"
            ) from error
        if fcntl is not None:
            with contextlib.suppress(OSError):  # a file system without locks
                fcntl.flock(journal._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        journal._write({"journal": 1, "target": target.name, "run": run_id, "pid": os.getpid()})
        return journal

    def intend(self, endpoint: str, mark: str) -> Entry:
        """Note that a resource is about to be made below ``endpoint``; call this before the request leaves."""
        self._number += 1
        entry = Entry(self._number, self.target, self.run_id, endpoint, mark)
        self._entries[entry.number] = entry
        self._write({"intend": entry.number, "endpoint": endpoint, "mark": mark})
        return entry

    def made(self, entry: Entry, id: str) -> Entry:  # noqa: A002 - the attribute's name in RFC 7643 3.1
        """Note the id that the target gave; returns the entry with it."""
        entry = replace(entry, id=id)
        self._entries[entry.number] = entry
        self._write({"made": entry.number, "id": id})
        return entry

    def gone(self, entry: Entry) -> None:
        """Note that the resource does not exist: it was removed, or never made."""
        if self._entries.pop(entry.number, None) is not None:
            self._write({"gone": entry.number})

    def control(self, name: str, parameters: JsonObject) -> int:
        """Note that a control is about to be done; ``parameters`` without secrets. Returns its number."""
        self._number += 1
        self._controls.add(self._number)
        self.product_touched = True
        self._write({"control": self._number, "name": name, "parameters": parameters})
        return self._number

    def answered(self, number: int, answer: JsonObject) -> None:
        """Note what doing it answered, without secrets."""
        self._write({"answered": number, "answer": answer})

    def undone(self, number: int) -> None:
        """Note that a control is undone, or was never done."""
        if number in self._controls:
            self._controls.remove(number)
            self._write({"undone": number})

    def leftovers(self) -> list[Entry]:
        """Return what was intended and is not gone, in the order of making."""
        return list(self._entries.values())

    def close(self) -> None:
        """Close the file, and remove it if nothing is left over and everything undone."""
        if self._file is None or self.path is None:
            return
        self._file.close()
        self._file = None
        if not self._entries and not self._controls:
            with contextlib.suppress(OSError):
                self.path.unlink()

    def _write(self, line: Mapping[str, Json]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(line, separators=(",", ":")) + "\n")
            self._file.flush()


@dataclass(frozen=True, slots=True)
class FoundJournal:
    """A journal on disk: of which target, of which run, whether that run is alive, what it left and did not undo."""

    path: Path
    target: str
    run_id: str
    alive: bool
    leftovers: tuple[Entry, ...]
    controls: tuple[ControlEntry, ...] = ()

    def forget(self, removed: set[int]) -> None:
        """Note that these entries are gone; the file goes when none is left, of controls neither."""
        now = _read(self.path)
        left = {entry.number for entry in (now or self).leftovers}
        if left <= removed and not (now or self).controls:
            with contextlib.suppress(OSError):
                self.path.unlink()
            return
        self._append([{"gone": number} for number in sorted(removed & left)])

    def undone(self, number: int) -> None:
        """Note that a control is undone; the file goes when nothing else is left."""
        self._append([{"undone": number}])
        now = _read(self.path)
        if now is not None and not now.leftovers and not now.controls:
            with contextlib.suppress(OSError):
                self.path.unlink()

    def _append(self, lines: list[dict[str, int]]) -> None:
        with self.path.open("r+b") as file:
            # A line that its process did not finish must not swallow ours.
            torn = file.seek(0, os.SEEK_END) and file.seek(-1, os.SEEK_END) is not None and file.read(1) != b"\n"
            file.seek(0, os.SEEK_END)
            file.write((b"\n" if torn else b"") + b"".join(json.dumps(line).encode() + b"\n" for line in lines))


def find_journals(target: str | None = None) -> list[FoundJournal]:
    """Return the journals on this machine, oldest first; with ``target`` only those of the target of that name."""
    folder = journal_folder()
    paths = sorted(folder.glob("*.jsonl"), key=lambda path: path.name.rpartition("-")[2]) if folder.is_dir() else []
    found = [journal for path in paths if (journal := _read(path)) is not None]
    return [journal for journal in found if target is None or journal.target == target]


def _read(path: Path) -> FoundJournal | None:
    try:
        with path.open("r+", encoding="utf-8") as file:
            alive = not _lockable(file)
            lines = list(_lines(file))
    except (OSError, UnicodeDecodeError):
        return None
    head: dict[str, object] = lines[0] if lines else {}
    target, run_id = str(head.get("target", "")), str(head.get("run", ""))
    entries: dict[object, Entry] = {}
    controls: dict[object, ControlEntry] = {}
    for line in lines[1:]:
        if isinstance(number := line.get("intend"), int):
            entries[number] = Entry(number, target, run_id, str(line.get("endpoint", "")), str(line.get("mark", "")))
        elif (number := line.get("made")) in entries:
            entries[number] = replace(entries[number], id=str(line.get("id", "")))
        elif isinstance(number := line.get("control"), int):
            controls[number] = ControlEntry(number, str(line.get("name", "")), _object(line.get("parameters")))
        elif (number := line.get("answered")) in controls:
            controls[number] = replace(controls[number], answer=_object(line.get("answer")))
        elif "undone" in line:
            controls.pop(line["undone"], None)
        else:
            entries.pop(line.get("gone"), None)
    return FoundJournal(path, target, run_id, alive, tuple(entries.values()), tuple(controls.values()))


def _object(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _lines(file: IO[str]) -> Iterator[dict[str, object]]:
    for text in file:
        try:
            line = json.loads(text)
        except ValueError:
            continue  # the last line of a process that died while it wrote
        if isinstance(line, dict):
            yield line


def _lockable(file: IO[str]) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    fcntl.flock(file, fcntl.LOCK_UN)
    return True
