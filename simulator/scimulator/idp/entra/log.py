"""The provisioning log: one record for each object that a cycle touched, with the columns of Entra's portal.

The names in JSON are those of Microsoft Graph's ``provisioningObjectSummary``
(MicrosoftDocs/entra-docs:docs/identity/monitoring-health/howto-analyze-provisioning-logs.md).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.directory import Kind


class Action(StrEnum):
    """What was done to the object, or was to be done."""

    CREATE = "create"
    UPDATE = "update"
    DISABLE = "disable"
    DELETE = "delete"
    OTHER = "other"


class Status(StrEnum):
    """How it ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Modification:
    """One attribute of the target that was written: its path, what the target showed (None: nothing), what was sent."""

    name: str
    old: Json
    new: Json

    def as_json(self) -> JsonObject:
        """Return the record with Graph's names."""
        return {"displayName": self.name, "oldValue": _text(self.old), "newValue": _text(self.new)}


@dataclass(frozen=True, slots=True)
class Identity:
    """One side of a record: the object's id and name there, empty where it is not known."""

    id: str = ""
    name: str = ""

    def __str__(self) -> str:
        """Return the name, with the id behind it where the name does not say it."""
        return f"{self.name} ({self.id})" if self.name and self.id else self.name or self.id


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the provisioning log; ``cycle`` is 0 for provisioning on demand."""

    date: datetime
    cycle: int
    action: Action
    kind: Kind
    source: Identity
    target: Identity
    status: Status
    modified: tuple[Modification, ...] = ()
    error_code: str = ""
    reason: str = ""

    def as_json(self) -> JsonObject:
        """Return the record with Graph's names."""
        kind = "User" if self.kind == "person" else "Group"
        return {
            "activityDateTime": self.date.isoformat().replace("+00:00", "Z"),
            "cycleId": str(self.cycle),
            "provisioningAction": self.action.value,
            "sourceIdentity": {"id": self.source.id, "displayName": self.source.name, "identityType": kind},
            "targetIdentity": {"id": self.target.id, "displayName": self.target.name, "identityType": kind},
            "provisioningStatusInfo": {
                "status": self.status.value,
                "errorInformation": {"errorCode": self.error_code, "reason": self.reason} if self.error_code else None,
            },
            "modifiedProperties": [one.as_json() for one in self.modified],
        }


COLUMNS = (
    "Date", "Action", "Source identity", "Target identity", "Status", "Modified properties", "Error code",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProvisioningLog:
    """The records of a job in the order in which they came."""

    entries: tuple[LogEntry, ...] = ()

    def __iter__(self) -> Iterator[LogEntry]:
        """Go through the records."""
        return iter(self.entries)

    def __len__(self) -> int:
        """Return how many records there are."""
        return len(self.entries)

    def of(self, subject: str) -> tuple[LogEntry, ...]:
        """Return the records of one object, by its id in the directory."""
        return tuple(entry for entry in self.entries if entry.source.id == subject)

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Give the cells of each record in the order of ``COLUMNS``."""
        for entry in self.entries:
            yield (
                entry.date.strftime("%Y-%m-%d %H:%M:%S"),
                entry.action.value.capitalize(),
                str(entry.source),
                str(entry.target),
                entry.status.value.capitalize(),
                "; ".join(f"{one.name}: {_shown(one.old)} -> {_shown(one.new)}" for one in entry.modified),
                entry.error_code,
            )

    def as_table(self, *, widest: int = 100) -> str:
        """Return the records as text in columns, a line each beneath a heading; cells are cut off at ``widest``."""
        return table((COLUMNS, *self.rows()), widest=widest)

    def as_json(self) -> str:
        """Return the records as a JSON array, laid out for reading."""
        return json.dumps([entry.as_json() for entry in self.entries], indent=2, ensure_ascii=False)


def table(rows: Iterable[tuple[str, ...]], *, widest: int = 100) -> str:
    """Return rows in columns that are as wide as their widest cell; a rule stands beneath the first row."""
    lines = [tuple(_cut(" ".join(cell.split()), widest) for cell in row) for row in rows]
    widths = [max(len(row[place]) for row in lines) for place in range(len(lines[0]))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in lines
    )


def _cut(text: str, widest: int) -> str:
    return text if len(text) <= widest else f"{text[: widest - 1]}…"


def _text(value: Json) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value) if isinstance(value, bool) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _shown(value: Json) -> str:
    return "(none)" if value is None else str(_text(value))
