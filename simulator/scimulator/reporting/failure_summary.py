"""The findings of one check as a few plain lines, for formats that show nothing but text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scimulator.reporting.reading import members, objects, plain, raw, word

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject

_VALUE = 300


def summary_of(check: JsonObject) -> str:
    """Return what a check found, what is owed and how to learn more; every unsafe character is shown as an escape."""
    dialect = word(check, "dialect")
    lines = [f"{word(check, 'id')}{f' [{dialect}]' if dialect else ''}: {word(check, 'title')}"]
    for found in objects(check, "findings"):
        symptom = members(found, "symptom")
        lines.append(f"  {word(symptom, 'message')}")
        lines += [
            f"    {key:<7} {_short(symptom[key])}"
            for key in ("at", "wanted", "got")
            if symptom.get(key) not in (None, "")
        ]
        owed = f"{word(found, 'requirement')} ({word(found, 'strength')}, {word(found, 'citation')})"
        lines.append(f"    owed    {owed}: {word(found, 'statement')}")
        lines.append(f"    finding {word(found, 'id')}")
        known = members(found, "known")
        if known:
            lines.append(f"    known   {word(known, 'reason')}")
    if check.get("reason"):
        lines.append(f"  {word(check, 'reason')}")
    lines.append(f"  scimulator explain {raw(check, 'id')}")
    return "\n".join(lines)


def _short(value: Json) -> str:
    told = plain(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return told if len(told) <= _VALUE else told[: _VALUE - 1] + "…"
