"""A JSON text as flat lines, path and value, which sed, grep and a person can compare as well as Python can.

``{"emails": [{"value": "a"}]}`` is the one line ``/emails/0/value`` with ``"a"``. Null, ``[]`` and ``{}`` have no line:
SCIM calls an attribute without a value unassigned, however it is written (RFC 7643 section 2.5).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimulator.exchange.strict_json import Json

_PART = re.compile(r"([^.\[\]]+)|\[(\d+|\*)\]")
# A schema URN ends behind its version with the name of the resource; behind it comes the attribute.
_URN = re.compile(r"(urn:[^\s\[\]]*?:\d+\.\d+:\w+|urn:[^\s\[\].]+)(?:[:.](.+))?\Z", re.IGNORECASE)
_INDEX = re.compile(r"(?<=/)[0-9]+(?=/|\Z)")
_SPECIAL = re.compile(r"([.$*+?()\[\]{}^|\\])")
EVERY = "[0-9]+"
"""The step of a pattern that every element of an array fits."""


class Line(NamedTuple):
    """One value of a body: its path and the value as JSON writes it."""

    path: str
    value: str


def flat(value: Json, path: str = "") -> Iterator[Line]:
    """Yield the lines of a JSON value."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from flat(inner, f"{path}/{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from flat(inner, f"{path}/{index}")
    elif value is not None:
        yield Line(path, json.dumps(value, ensure_ascii=False))


def pattern(at: str) -> str:
    """Return the extended regular expression for the flat path of an attribute path such as ``emails[*].value``."""
    path = at.removeprefix("$").removeprefix(".")
    made = ""
    found = _URN.match(path)
    if found:
        made = "/" + _SPECIAL.sub(r"\\\1", found[1])
        path = found[2] or ""
    for name, index in _PART.findall(path):
        made += "/" + (_SPECIAL.sub(r"\\\1", name) if name else EVERY if index == "*" else index)
    return made


def values(lines: list[Line], where: str) -> list[str]:
    """Return what stands at and below a pattern, sorted: for each value the rest of its path, a tab and the value.

    Positions in arrays are written as ``*``, and ``primary`` that is false is left out (RFC 7643 section 2.4).
    """
    wanted = re.compile(f"{where}(?=/|\\Z)", re.IGNORECASE)
    made = []
    for path, value in lines:
        found = wanted.match(path)
        if found is None or (path.lower().endswith("/primary") and value == "false"):
            continue
        made.append(f"{_INDEX.sub('*', path[found.end() :])}\t{value}")
    return sorted(made)


def owed(value: Json) -> list[str]:
    """Return the lines of ``values`` that a place with this value has."""
    return values([Line(f"/at{path}", text) for path, text in flat(value)], "/at")
