"""Keeping a workspace in the file of the store, row by row: a write costs the same however many people there are.

Rows and settings are written in the transaction of the request that changed them, by the store's own connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from scimulator.provider.workspace.state import as_json, from_json

if TYPE_CHECKING:
    import sqlite3

    from scimulator.exchange.strict_json import JsonObject
    from scimulator.provider.workspace.state import State

_TABLE = """
CREATE TABLE IF NOT EXISTS workspace (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (kind, key)
)
"""


class Shelf:
    """The rows of one workspace."""

    def __init__(self, db: sqlite3.Connection, state: State) -> None:
        self.db = db
        self.state = state
        db.execute(_TABLE)

    def put(self) -> JsonObject:
        """Write the entries that have changed and return the settings, for whoever keeps these."""
        for kind, entries in self.state.entries().items():
            gone = [(kind, key) for key in entries.dirty if key not in entries]
            # By length and then by letter, so that numbers of one transaction stand in their order.
            fresh = sorted(entries.dirty & entries.keys(), key=lambda key: (len(key), key))
            come = [(kind, key, orjson.dumps(as_json(entries[key]))) for key in fresh]
            if gone:
                self.db.executemany("DELETE FROM workspace WHERE kind = ? AND key = ?", gone)
            if come:
                self.db.executemany(
                    "INSERT INTO workspace (kind, key, data) VALUES (?, ?, ?)"
                    " ON CONFLICT (kind, key) DO UPDATE SET data = excluded.data",
                    come,
                )
            entries.dirty.clear()
        return self.state.settings()

    def take(self, settings: JsonObject) -> None:
        """Bring the state back to what is kept."""
        rows = self.db.execute("SELECT kind, key, data FROM workspace ORDER BY place").fetchall()
        for kind, entries in self.state.entries().items():
            entries.replace({key: from_json(kind, orjson.loads(data)) for of, key, data in rows if of == kind})
            entries.dirty.clear()
        self.state.restore_settings(settings)
