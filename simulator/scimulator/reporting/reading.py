"""Reading the records of a run: members by name and type, and texts that are safe to print.

A target chooses what stands in its answers, so whatever comes out of a record passes :func:`plain` before it reaches a
terminal.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject

# Control, format (bidirectional overrides, zero width), surrogates, private use, line and paragraph separators.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def plain(text: str) -> str:
    """Return a text in which every character that could steer a terminal is shown as an escape instead."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(char) if unicodedata.category(char) in _UNSAFE else char for char in text)


def _visible(char: str) -> str:
    code = ord(char)
    known = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char)
    if known:
        return known
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def word(record: JsonObject, key: str) -> str:
    """Return a member as text, unsafe characters shown; empty where it is missing or null."""
    value = record.get(key)
    return "" if value is None else plain(str(value))


def raw(record: JsonObject, key: str) -> str:
    """Return a member that is a text as it stands, else an empty one; not for printing."""
    value = record.get(key)
    return value if isinstance(value, str) else ""


def number(record: JsonObject, key: str) -> float:
    """Return a member that is a number, else 0."""
    value = record.get(key)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0


def members(record: JsonObject, key: str) -> JsonObject:
    """Return a member that is an object, else an empty one."""
    value = record.get(key)
    return value if isinstance(value, dict) else {}


def objects(record: JsonObject, key: str) -> list[JsonObject]:
    """Return the objects of a member that is a list."""
    return [each for each in values(record, key) if isinstance(each, dict)]


def words(record: JsonObject, key: str) -> list[str]:
    """Return the items of a member that is a list as texts, unsafe characters shown."""
    return [plain(str(each)) for each in values(record, key)]


def values(record: JsonObject, key: str) -> list[Json]:
    """Return the items of a member that is a list."""
    value = record.get(key)
    return value if isinstance(value, list) else []


def header(message: JsonObject, name: str) -> str | None:
    """Return the first header called ``name`` (any case) of a written request or response, or None."""
    for pair in values(message, "headers"):
        if isinstance(pair, list) and len(pair) == 2 and str(pair[0]).lower() == name.lower():
            return str(pair[1])
    return None
