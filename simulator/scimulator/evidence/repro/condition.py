"""What decides whether the bug shows: one test of one answer, small enough for sh and plain enough to read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from scimulator.evidence.repro.flat import EVERY, flat, values
from scimulator.evidence.repro.template import Place, filled
from scimulator.exchange.strict_json import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scimulator.evidence.repro.flat import Line
    from scimulator.evidence.repro.template import Text

IDS = f"/Resources/{EVERY}/id"
"""Where a list names its resources."""


class Proof(StrEnum):
    """The ways in which an answer can show a bug."""

    STATUS = "status"
    UNLIKE = "unlike"
    LIKE = "like"
    LACKS = "lacks"
    ABSENT = "absent"
    PRESENT = "present"
    CHANGED = "changed"
    MORE = "more"
    OTHER_COUNT = "other-count"
    NO_HEADER = "no-header"
    OTHER_HEADER = "other-header"
    LISTS = "lists"
    NO_JSON = "no-json"


class Verdict(StrEnum):
    """What a repro finds out; the exit codes are 1, 0 and 2."""

    SHOWN = "shown"
    NOT_SHOWN = "not shown"
    NOT_REACHED = "not reached"


class Reply(NamedTuple):
    """An answer: status, headers and body as text."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: str

    @property
    def lines(self) -> list[Line]:
        """The body as flat lines; none where it is no JSON."""
        document = read_json(self.body.encode("utf-8", "surrogatepass"))
        return list(flat(document.value)) if document.valid else []

    def header(self, name: str) -> str:
        """Return a header's value; empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


@dataclass(frozen=True, slots=True)
class Condition:
    """The bug shows when ``test`` holds for the answer to step ``step``.

    ``where`` is the pattern of a flat path or the name of a header, ``owed`` lines of ``flat.values``, ``limit`` a
    number. ``codes`` are the statuses that would be right (``2xx`` stands for a class); ``status`` is the one that was
    seen, whose class every answer must have that is to show the bug. ``other`` is the step with the state before.
    ``listed`` and ``unlisted`` name variables whose ids a list holds and does not hold. ``sure`` tells that the test
    is the symptom itself; otherwise it was inferred, and must be seen to fail on a server without the bug.
    """

    test: Proof
    step: int
    status: int
    sentence: str
    where: str = ""
    owed: tuple[Text, ...] = ()
    limit: int = 0
    codes: tuple[str, ...] = ()
    other: int = 0
    listed: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    sure: bool = True

    def holds(self, replies: Mapping[int, Reply], variables: Mapping[str, str]) -> bool:
        """Tell whether the bug shows in the answers by number of step."""
        reply = replies[self.step]
        if reply.status // 100 != self.status // 100:
            return False
        if self.test is Proof.STATUS:
            return str(reply.status) not in self.codes and f"{reply.status // 100}xx" not in self.codes
        if self.test is Proof.NO_HEADER:
            return not reply.header(self.where)
        if self.test is Proof.OTHER_HEADER:
            owed = filled(self.owed[0], variables).lower()
            return not reply.header(self.where).lower().startswith(owed)
        return self._body(reply, replies, variables)

    def _body(self, reply: Reply, replies: Mapping[int, Reply], variables: Mapping[str, str]) -> bool:
        lines = reply.lines
        match self.test:
            case Proof.NO_JSON:
                return not lines
            case Proof.MORE:
                return count(lines, self.where) > self.limit
            case Proof.OTHER_COUNT:
                return count(lines, self.where) != self.limit
            case Proof.LISTS:
                ids = set(values(lines, IDS))
                known = {name: f"\t{json.dumps(variables.get(name, ''))}" for name in (*self.listed, *self.unlisted)}
                here = all(known[name] in ids for name in self.listed)
                return here and not any(known[name] in ids for name in self.unlisted)
        found = values(lines, self.where)
        owed = sorted(filled(each, variables) for each in self.owed)
        match self.test:
            case Proof.ABSENT:
                return not found
            case Proof.PRESENT:
                return bool(found)
            case Proof.CHANGED:
                return found != values(replies[self.other].lines, self.where)
            case Proof.LACKS:
                return not set(owed) & set(found)
            case Proof.LIKE:
                return found == owed
            case _:
                return found != owed


def count(lines: list[Line], where: str) -> int:
    """Return how many elements stand in the array at a pattern."""
    element = re.compile(f"{where}/[0-9]+(?=/|\\Z)", re.IGNORECASE)
    return len({found[0] for path, _ in lines if (found := element.match(path))})


LINE = Place.JSON
"""Lines of ``flat.values`` hold JSON, so that is how variables stand in them."""
