"""Paths into SCIM JSON: ``emails[0].value``, ``meta.location``, ``urn:…:User:department``.

A path is written as SCIM writes attribute paths (RFC 7644 section 3.10), with array positions in brackets. Names match
without regard to case, as attribute names do (RFC 7643 section 2.1).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json

Step = str | int
_PART = re.compile(r"([^.\[\]]+)|\[(\d+|\*)\]")
# A schema URN ends behind its version with the name of the resource; of one without a version nothing is cut off.
_URN = re.compile(r"(urn:[^\s\[\]]*?:\d+\.\d+:\w+|urn:[^\s\[\].]+)(?:[:.](.+))?\Z", re.IGNORECASE)
MISSING = object()


def parse_path(path: str) -> list[Step]:
    """Split a path into member names and array positions; ``*`` stays a name and means every element."""
    path = path.removeprefix("$").removeprefix(".")
    steps: list[Step] = []
    match = _URN.match(path)
    if match:
        steps.append(match[1])
        path = match[2] or ""
    for name, index in _PART.findall(path):
        steps.append(name or (int(index) if index != "*" else "*"))
    return steps


def show_path(steps: list[Step]) -> str:
    """Write steps as a path again, starting with ``$``."""
    shown = "$"
    for step in steps:
        if isinstance(step, int):
            shown += f"[{step}]"
        else:
            shown += f"['{step}']" if ":" in step or "." in step else f".{step}"
    return shown


def member(value: Json, name: str) -> Json | object:
    """Return the member of an object whose name equals ``name`` whatever its case, or ``MISSING``."""
    if not isinstance(value, dict):
        return MISSING
    if name in value:
        return value[name]
    lowered = name.lower()
    for key, found in value.items():
        if key.lower() == lowered:
            return found
    return MISSING


def find(value: Json, path: str | list[Step]) -> Json | object:
    """Return what stands at ``path``, a list of all where it holds ``[*]``, or ``MISSING``."""
    steps = parse_path(path) if isinstance(path, str) else path
    found: Json | object = value
    for position, step in enumerate(steps):
        if step == "*":
            if not isinstance(found, list):
                return MISSING
            rest = steps[position + 1 :]
            return [inner for inner in (find(item, rest) for item in found) if inner is not MISSING]
        if isinstance(step, int):
            if not isinstance(found, list) or step >= len(found):
                return MISSING
            found = found[step]
        else:
            found = member(found, step)  # type: ignore[arg-type]  # MISSING never reaches this line
        if found is MISSING:
            return MISSING
    return found


def is_unassigned(value: Json | object) -> bool:
    """Tell whether a value counts as unassigned: missing, null or an empty array (RFC 7643 section 2.5)."""
    return value is MISSING or value is None or value == []
