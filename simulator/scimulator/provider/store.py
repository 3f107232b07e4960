"""The one store: SQLite, synchronous, indexed; in memory, or in a file that loses no write.

A row keeps the attributes of a resource as JSON and repeats in columns what is looked up often, folded where case does
not count, so that an index finds it. Memberships are rows of their own: both directions are indexed, and a group of
many members is not rewritten for one of them.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import orjson

from scimulator.provider.durable import connect
from scimulator.provider.rules import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scimulator.exchange.strict_json import Json, JsonObject

    Parameters: TypeAlias = Sequence[str | int | None]

MEMORY = ":memory:"
_TABLES = """
CREATE TABLE IF NOT EXISTS resource (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created TEXT NOT NULL,
    modified TEXT NOT NULL,
    user_name TEXT,
    external_id TEXT,
    display_name TEXT,
    active INTEGER,
    manager TEXT,
    name TEXT,
    data BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS by_type ON resource (type, seq);
CREATE INDEX IF NOT EXISTS by_user_name ON resource (user_name);
CREATE INDEX IF NOT EXISTS by_external_id ON resource (external_id);
CREATE INDEX IF NOT EXISTS by_display_name ON resource (display_name);
CREATE INDEX IF NOT EXISTS by_manager ON resource (manager) WHERE manager IS NOT NULL;
CREATE TABLE IF NOT EXISTS email (resource TEXT NOT NULL, value TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS by_email ON email (value);
CREATE INDEX IF NOT EXISTS by_email_owner ON email (resource);
CREATE TABLE IF NOT EXISTS membership (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL,
    member TEXT NOT NULL,
    display TEXT,
    UNIQUE (owner, member)
);
CREATE INDEX IF NOT EXISTS by_member ON membership (member);
"""
_COLUMNS = "id, type, revision, created, modified, data"
_UP = "WITH RECURSIVE up(id) AS (SELECT owner FROM membership WHERE member = ? UNION SELECT owner FROM membership JOIN up ON member = up.id)"  # noqa: E501  # one statement reads best in one piece
_DOWN = "WITH RECURSIVE down(id) AS (SELECT member FROM membership WHERE owner = ? UNION SELECT member FROM membership JOIN down ON owner = down.id)"  # noqa: E501  # the same


@dataclass(frozen=True, slots=True)
class Record:
    """A resource as it is kept: ``data`` holds its attributes without id, meta and what is computed."""

    id: str
    type: str
    revision: int
    created: str
    modified: str
    data: JsonObject


@dataclass(frozen=True, slots=True)
class Member:
    """One membership.

    The member's id, its resource type (None where it is gone), the display that a client gave, and the name that the
    member has now.
    """

    id: str
    type: str | None
    display: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """Type and id of the resources in a window of the matching ones, and the number of all of them."""

    total: int
    window: list[tuple[str, str]]


class Store:
    """Records and memberships; every method is one short synchronous step."""

    def __init__(self, path: str = MEMORY) -> None:
        """Open a store.

        Raises:
            StoreError: for a file that cannot be used.
        """
        self.durable = path != MEMORY
        if self.durable:
            self.db = connect(path, _TABLES)
        else:
            self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, cached_statements=512)
            self.db.executescript(_TABLES)
        self.recount()

    def recount(self) -> None:
        """Count the resources anew, as after a transaction that was not kept."""
        self._counts: dict[str, int] = dict(self.db.execute("SELECT type, count(*) FROM resource GROUP BY type"))

    def close(self) -> None:
        """Close the database."""
        self.db.close()

    def __del__(self) -> None:
        # From Python 3.13 on, a connection that nobody closed warns; a test that drops its provider need not close it.
        if hasattr(self, "db"):
            self.close()

    # one record --------------------------------------------------------------------------------------------------

    def get(self, type_name: str, resource_id: str) -> Record | None:
        """Return the record of that type and id, or None."""
        row = self.db.execute(
            f"SELECT {_COLUMNS} FROM resource WHERE id = ? AND type = ?",  # noqa: S608  # constants only
            (resource_id, type_name),
        ).fetchone()
        return _record(row) if row else None

    def type_of(self, resource_id: str) -> str | None:
        """Return the type of the resource with that id, or None where there is none."""
        row = self.db.execute("SELECT type FROM resource WHERE id = ?", (resource_id,)).fetchone()
        return str(row[0]) if row else None

    def holders(self, user_name: str) -> list[tuple[str, str]]:
        """Return id and userName as written of every user whose userName is this one when folded."""
        rows = self.db.execute("SELECT id, data FROM resource WHERE user_name = ?", (fold(user_name),)).fetchall()
        return [(str(row[0]), str(orjson.loads(row[1]).get("userName", ""))) for row in rows]

    def insert(self, record: Record) -> None:
        """Add a record; one with the same id is replaced, which only a fault can bring about."""
        self._remove(record.id)
        self._counts[record.type] = self._counts.get(record.type, 0) + 1
        self.db.execute(
            "INSERT INTO resource (id, type, revision, created, modified, user_name, external_id, display_name, active,"
            " manager, name, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                record.id,
                record.type,
                record.revision,
                record.created,
                record.modified,
                *_keys(record.data),
                orjson.dumps(record.data),
            ),
        )
        self._index_emails(record, fresh=True)

    def update(self, record: Record) -> None:
        """Write a record that is there."""
        self.db.execute(
            "UPDATE resource SET revision = ?, created = ?, modified = ?, user_name = ?, external_id = ?,"
            " display_name = ?, active = ?, manager = ?, name = ?, data = ? WHERE id = ?",
            (
                record.revision,
                record.created,
                record.modified,
                *_keys(record.data),
                orjson.dumps(record.data),
                record.id,
            ),
        )
        self._index_emails(record, fresh=False)

    def rename(self, resource_id: str, fresh: str) -> None:
        """Give a resource another id, wherever it stands."""
        for table, column in (("resource", "id"), ("email", "resource"), ("membership", "member")):
            self.db.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (fresh, resource_id))  # noqa: S608  # constants only

    def delete(self, resource_id: str) -> None:
        """Remove a record and, for a group, its memberships."""
        self._remove(resource_id)
        self.db.execute("DELETE FROM email WHERE resource = ?", (resource_id,))
        self.db.execute("DELETE FROM membership WHERE owner = ?", (resource_id,))

    def _remove(self, resource_id: str) -> None:
        gone = self.db.execute("DELETE FROM resource WHERE id = ? RETURNING type", (resource_id,)).fetchone()
        if gone:
            self._counts[gone[0]] -= 1

    def _index_emails(self, record: Record, *, fresh: bool) -> None:
        if record.type != "User":
            return
        if not fresh:
            self.db.execute("DELETE FROM email WHERE resource = ?", (record.id,))
        emails = record.data.get("emails")
        if isinstance(emails, list):
            values = [email.get("value") for email in emails if isinstance(email, dict)]
            rows = [(record.id, fold(value)) for value in values if isinstance(value, str)]
            self.db.executemany("INSERT INTO email VALUES (?, ?)", rows)

    # many records ------------------------------------------------------------------------------------------------

    def window(
        self, types: Sequence[str], where: str, parameters: Parameters, *, order: str, limit: int, offset: int
    ) -> Found:
        """Return which ``limit`` resources from ``offset`` on fulfil a condition, and how many fulfil it in all."""
        condition, values = _condition(types, where, parameters)
        total = sum(self._counts.get(name, 0) for name in types)
        if where and offset == 0 and limit > 0:
            rows = self._rows(condition, values, order, limit, 0)
            if len(rows) < limit:
                return Found(len(rows), rows)
        if where:
            counted = self.db.execute(f"SELECT count(*) FROM resource WHERE {condition}", values)  # noqa: S608  # our own condition, values bound
            total = int(counted.fetchone()[0])
        if limit <= 0 or offset >= total:
            return Found(total, [])
        return Found(total, self._rows(condition, values, order, limit, offset))

    def _rows(
        self, condition: str, values: tuple[str | int | None, ...], order: str, limit: int, offset: int
    ) -> list[tuple[str, str]]:
        return self.db.execute(
            f"SELECT type, id FROM resource WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608  # our own condition, values bound
            (*values, limit, offset),
        ).fetchall()

    def select(self, types: Sequence[str], where: str, parameters: Parameters, order: str) -> Iterator[Record]:
        """Yield every record that fulfils a condition."""
        condition, values = _condition(types, where, parameters)
        rows = self.db.execute(
            f"SELECT {_COLUMNS} FROM resource WHERE {condition} ORDER BY {order}",  # noqa: S608  # our own condition, values bound
            values,
        ).fetchall()
        return map(_record, rows)

    # memberships -------------------------------------------------------------------------------------------------

    def members(self, group_id: str) -> list[Member]:
        """Return the members of a group in the order in which they came."""
        rows = self.db.execute(
            "SELECT member, type, display, name FROM membership LEFT JOIN resource ON id = member"
            " WHERE owner = ? ORDER BY place",
            (group_id,),
        )
        return [Member(*row) for row in rows]

    def change_members(self, group_id: str, gone: Iterable[str], come: Mapping[str, str | None]) -> None:
        """Take members away from a group and add others, each with the display that the client gave."""
        self.db.executemany(
            "DELETE FROM membership WHERE owner = ? AND member = ?", [(group_id, member) for member in gone]
        )
        self.db.executemany(
            "INSERT INTO membership (owner, member, display) VALUES (?, ?, ?)"
            " ON CONFLICT (owner, member) DO UPDATE SET display = excluded.display",
            [(group_id, member, display) for member, display in come.items()],
        )

    def groups_of(self, member_id: str) -> list[tuple[str, str, bool]]:
        """Return id, display name and whether it is direct of every group above a resource."""
        if not self.db.execute("SELECT 1 FROM membership WHERE member = ? LIMIT 1", (member_id,)).fetchone():
            return []
        rows = self.db.execute(
            f"{_UP} SELECT r.id, r.name, m.owner IS NOT NULL FROM up JOIN resource r ON r.id = up.id"  # noqa: S608  # constants only
            " LEFT JOIN membership m ON m.owner = r.id AND m.member = ? ORDER BY m.owner IS NULL, r.seq",
            (member_id, member_id),
        ).fetchall()
        return [(row[0], row[1] or "", bool(row[2])) for row in rows]

    def owners(self, member_id: str) -> list[str]:
        """Return the ids of the groups that a resource belongs to directly."""
        return [row[0] for row in self.db.execute("SELECT owner FROM membership WHERE member = ?", (member_id,))]

    def forget_member(self, member_id: str) -> None:
        """Remove a resource from every group."""
        self.db.execute("DELETE FROM membership WHERE member = ?", (member_id,))

    def below(self, group_id: str) -> list[str]:
        """Return the ids of everything that belongs to a group, directly or through groups in it."""
        return [row[0] for row in self.db.execute(f"{_DOWN} SELECT id FROM down", (group_id,))]  # noqa: S608  # constants only

    def show_active(self, resource_id: str) -> None:
        """Let filters see an account as active whatever it shows: what a fault of suspensions does."""
        self.db.execute("UPDATE resource SET active = 1 WHERE id = ?", (resource_id,))

    def reports_of(self, manager_id: str) -> list[str]:
        """Return the ids of the users whose manager is this one."""
        return [row[0] for row in self.db.execute("SELECT id FROM resource WHERE manager = ?", (manager_id,))]

    def touch(self, ids: Iterable[str], modified: str | None = None) -> None:
        """Give resources whose representation has changed a new revision, and with ``modified`` a new lastModified."""
        self.db.executemany(
            "UPDATE resource SET revision = revision + 1, modified = coalesce(?, modified) WHERE id = ?",
            [(modified, resource_id) for resource_id in ids],
        )


def _record(row: tuple[str, str, int, str, str, bytes]) -> Record:
    return Record(row[0], row[1], row[2], row[3], row[4], orjson.loads(row[5]))


def _name(data: JsonObject) -> str | None:
    """Return the name that a resource shows: its displayName, or else its userName."""
    name = data.get("displayName") or data.get("userName")
    return name if isinstance(name, str) else None


def _keys(data: JsonObject) -> tuple[str | int | None, ...]:
    active = data.get("active")
    return (
        _folded(data.get("userName")),
        external if isinstance(external := data.get("externalId"), str) else None,
        _folded(data.get("displayName")),
        int(active) if isinstance(active, bool) else None,
        _manager(data),
        _name(data),
    )


def _manager(data: JsonObject) -> str | None:
    for key, part in data.items():
        if key.startswith("urn:") and isinstance(part, dict):
            manager = part.get("manager")
            if isinstance(manager, dict) and isinstance(value := manager.get("value"), str):
                return value
    return None


def _folded(value: Json) -> str | None:
    return fold(value) if isinstance(value, str) else None


def _condition(types: Sequence[str], where: str, parameters: Parameters) -> tuple[str, tuple[str | int | None, ...]]:
    marks = ", ".join("?" * len(types))
    # The sign keeps the planner from the index on the type where another one finds more directly.
    condition = f"{'+' if where else ''}type IN ({marks})"
    return (f"{condition} AND ({where})" if where else condition), (*types, *parameters)
