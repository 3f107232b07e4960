"""A store in a file: opened with care, written in transactions, lost by no kill (SQLite, write-ahead log).

A request is one transaction, committed and synced to the disk before its answer leaves. A process that dies in between
leaves the file as it was before the request. The process that has a file open keeps it locked, and the lock dies with
it.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scimulator.exchange.strict_json import JsonObject

APPLICATION = 0x5343494D
"""``application_id`` of our files: "SCIM" in ASCII."""
FORMAT = 1
"""``user_version`` of our files; another one is refused, because it may mean something else by the same columns."""
_STATE = "CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, data BLOB NOT NULL)"


class StoreError(Exception):
    """A file that cannot be used as a store; the message says why and what to do."""


def connect(path: str, tables: str) -> sqlite3.Connection:
    """Open the store in a file, new or existing, and lock it for this process.

    Raises:
        StoreError: for a file that is none of ours, of another version, damaged, in use, or not writable.
    """
    try:
        db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, cached_statements=512, timeout=1.0)
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be opened ({error}); does its folder exist, and may it be written?") from error
    try:
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        known = _recognise(db, path)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        # The first write takes the lock, and in this mode it is kept.
        db.execute("BEGIN IMMEDIATE")
        for statement in (*tables.split(";"), _STATE):
            db.execute(statement)
        if not known:
            db.execute(f"PRAGMA application_id = {APPLICATION}")
            db.execute(f"PRAGMA user_version = {FORMAT}")
        db.execute("COMMIT")
    except BaseException as error:
        db.close()
        if isinstance(error, sqlite3.Error):
            raise StoreError(_sentence(path, error)) from error
        raise
    return db


def _recognise(db: sqlite3.Connection, path: str) -> bool:
    """Tell whether the file is one of ours; a new one is not yet."""
    application = int(db.execute("PRAGMA application_id").fetchone()[0])
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    tables = int(db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    if not application and not version and not tables:
        return False
    if application != APPLICATION:
        raise StoreError(f"{path} is a database, but none of Scimulator's; name another file")
    if version != FORMAT:
        raise StoreError(
            f"{path} was written by another version of Scimulator (format {version}, this one reads {FORMAT}); use "
            f"that version, or name a new file"
        )
    damage = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if damage != "ok":
        raise StoreError(f"{path} is damaged ({damage}); restore a copy, or name a new file")
    return True


def _sentence(path: str, error: sqlite3.Error) -> str:
    told = str(error)
    if "locked" in told:
        return f"{path} is in use by another process; end that server first, or name another file"
    if "not a database" in told:
        return f"{path} is not a database; name a file that scimulator serve has made, or a new one"
    if "malformed" in told or "corrupt" in told:
        return f"{path} is damaged ({told}); restore a copy, or name a new file"
    return f"{path} cannot be used ({told}); may it and its folder be written?"


class Keeping:
    """One transaction for whatever belongs together, with the state of what is not in tables."""

    def __init__(self, db: sqlite3.Connection, *, on_rollback: Callable[[], None]) -> None:
        """Write to ``db``; ``on_rollback`` drops what memory knows of a state that was never kept."""
        self._db = db
        self._on_rollback = on_rollback
        self._depth = 0
        self._parts: list[_Part] = []

    def include(
        self,
        name: str,
        snapshot: Callable[[], JsonObject],
        restore: Callable[[JsonObject], None],
        revision: Callable[[], int],
    ) -> None:
        """Keep a part of the state that lives in memory as one document, and bring back what the file holds of it."""
        part = _Part(name, snapshot, restore, revision)
        kept = self._read(name)
        if kept is not None:
            restore(kept)
        part.written = revision()
        self._parts.append(part)
        if kept is None:
            part.written = -1
            with self.transaction():
                pass

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all that is written in this block, or nothing of it; a block within a block belongs to the outer one."""
        if self._depth:
            yield
            return
        self._db.execute("BEGIN")
        self._depth += 1
        try:
            yield
            written = [(part, self._write(part)) for part in self._parts]
            self._db.execute("COMMIT")
            for part, revision in written:
                part.written = revision
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            for part in self._parts:
                kept = self._read(part.name) if part.revision() != part.written else None
                if kept is not None:
                    part.restore(kept)
                    part.written = part.revision()
            self._on_rollback()
            raise
        finally:
            self._depth -= 1

    def _write(self, part: _Part) -> int:
        """Write a part that has changed; return the revision that the file holds once this is committed."""
        now = part.revision()
        if now != part.written:
            self._db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (part.name, orjson.dumps(part.snapshot())))
        return now

    def _read(self, name: str) -> JsonObject | None:
        row = self._db.execute("SELECT data FROM state WHERE name = ?", (name,)).fetchone()
        made: JsonObject | None = orjson.loads(row[0]) if row else None
        return made


class _Part:
    """A part of the state that is kept as one document; ``written`` is the revision that the file holds."""

    __slots__ = ("name", "restore", "revision", "snapshot", "written")

    def __init__(
        self,
        name: str,
        snapshot: Callable[[], JsonObject],
        restore: Callable[[JsonObject], None],
        revision: Callable[[], int],
    ) -> None:
        self.name = name
        self.snapshot = snapshot
        self.restore = restore
        self.revision = revision
        self.written = -1
