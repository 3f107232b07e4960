"""Where the RFCs contradict themselves or say nothing, one reading is fixed and its reason written down.

A requirement names the rulings that bound it (``A12``); a report can then tell why the other reading passes too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, TypedDict

import orjson

from scimulator import content
from scimulator.catalogue.near_miss import hint

if TYPE_CHECKING:
    from collections.abc import Mapping


class UnknownRuling(LookupError):  # noqa: N818 - named for what happened, as the words of the catalogue are
    """No ruling has that id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One ambiguity of the RFCs: the point, the sentences that conflict, the reading taken here, and its reason."""

    id: str
    point: str
    text: str
    ruling: str
    why: str


class _Entry(TypedDict):
    id: str
    point: str
    text: str
    ruling: str
    why: str


@cache
def rulings() -> Mapping[str, Ruling]:
    """Return all rulings by id (``A1`` to ``A64``), in numeric order; read once per process."""
    path = content("fixtures") / "requirements" / "rulings.json"
    entries: list[_Entry] = orjson.loads(path.read_bytes())
    return MappingProxyType({entry["id"]: Ruling(**entry) for entry in entries})


def ruling(id: str) -> Ruling:  # noqa: A002 - the word of the catalogue for it
    """Return the ruling with that id.

    Raises:
        UnknownRuling: where there is none; the message suggests the nearest id.
    """
    known = rulings()
    found = known.get(id)
    if found is None:
        raise UnknownRuling(f'no ruling has the id "{id}"{hint(id, known)}; they run from A1 to A{len(known)}')
    return found
