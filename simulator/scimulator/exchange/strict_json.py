"""Reading a target's bytes as JSON without forgiving anything silently (RFC 8259).

The standard library's decoder accepts NaN, keeps the last of two equal names and hides where a value stood. Here the
value still comes out wherever it can, but every liberty that the sender took is listed, and any value's place in the
text can be found again for a caret under it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Self, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
JsonObject: TypeAlias = "dict[str, Json]"

MAX_DEPTH = 100
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_SPACE = re.compile(r"[ \t\n\r]*")


class JsonProblem(str):
    """One liberty the sender took, as a sentence; ``kind`` is its stable name."""

    __slots__ = ("kind",)
    kind: str

    def __new__(cls, kind: str, message: str) -> Self:
        """Make a problem of a kind: syntax, encoding, bom, duplicate-name, non-finite, depth."""
        made = super().__new__(cls, message)
        made.kind = kind
        return made


@dataclass(frozen=True, slots=True)
class Document:
    """A body read as JSON: the value (None where unreadable), whether it is JSON at all, and what was wrong with it."""

    value: Json
    valid: bool
    text: str = ""
    problems: tuple[JsonProblem, ...] = field(default=())

    @property
    def object(self) -> JsonObject:
        """The value where it is an object, else an empty one."""
        return self.value if isinstance(self.value, dict) else {}


def read_json(raw: bytes) -> Document:
    """Read bytes as one JSON text.

    Never raises: an empty body is an invalid document without problems, anything unreadable an invalid one with the
    reason and its line and column.
    """
    if not raw:
        return Document(None, valid=False)
    problems: list[JsonProblem] = []
    if raw.startswith(b"\xef\xbb\xbf"):
        problems.append(JsonProblem("bom", "the body starts with a byte order mark (RFC 8259 8.1)"))
        raw = raw[3:]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        problems.append(JsonProblem("encoding", f"the body is not UTF-8: byte {error.start} (RFC 8259 8.1)"))
        return Document(None, valid=False, text=raw.decode("utf-8", "replace"), problems=tuple(problems))
    if _too_deep(text):
        problems.append(JsonProblem("depth", f"the body nests deeper than {MAX_DEPTH} levels"))
        return Document(None, valid=False, text=text, problems=tuple(problems))

    def pairs(items: list[tuple[str, Json]]) -> JsonObject:
        made = dict(items)
        if len(made) != len(items):
            names = [name for name, _ in items]
            twice = sorted({name for name in names if names.count(name) > 1})
            problems.append(JsonProblem("duplicate-name", f"a name occurs twice in one object: {', '.join(twice)}"))
        return made

    def constant(name: str) -> Json:
        problems.append(JsonProblem("non-finite", f"{name} is not JSON"))
        return None

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg}, line {error.lineno} column {error.colno}"
        problems.append(JsonProblem("syntax", message))
        return Document(None, valid=False, text=text, problems=tuple(problems))
    except (RecursionError, ValueError) as error:
        problems.append(JsonProblem("depth", f"not readable: {error}"))
        return Document(None, valid=False, text=text, problems=tuple(problems))
    return Document(value, valid=True, text=text, problems=tuple(problems))


def _too_deep(text: str) -> bool:
    depth = 0
    in_string = False
    skip = False
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    for char in text:
        if in_string:
            if skip:
                skip = False
            elif char == "\\":
                skip = True
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif char in "]}":
            depth -= 1
    return False


def locate(text: str, path: Sequence[str | int]) -> tuple[int, int] | None:
    """Return start and end offset, in characters, of the value at ``path`` in a JSON text, or None if it is not there.

    ``path`` is a sequence of member names and array indices. Of duplicate names the last one counts.
    """
    try:
        return _locate(text, 0, list(path))
    except (ValueError, IndexError):
        return None


def _locate(text: str, start: int, path: list[str | int]) -> tuple[int, int] | None:
    start = _skip(text, start)
    if not path:
        return start, _end(text, start)
    head, rest = path[0], path[1:]
    found: tuple[int, int] | None = None
    if text[start] == "{" and isinstance(head, str):
        for name, at in _members(text, start):
            if name == head:
                found = _locate(text, at, rest)
    elif text[start] == "[" and isinstance(head, int):
        for index, at in enumerate(_elements(text, start)):
            if index == head:
                return _locate(text, at, rest)
    return found


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _members(text: str, start: int) -> list[tuple[str, int]]:
    members: list[tuple[str, int]] = []
    at = _skip(text, start + 1)
    while text[at] != "}":
        name, at = scanstring(text, at + 1)
        at = _skip(text, _skip(text, at) + 1)
        members.append((name, at))
        at = _skip(text, _end(text, at))
        if text[at] == ",":
            at = _skip(text, at + 1)
    return members


def _elements(text: str, start: int) -> list[int]:
    elements: list[int] = []
    at = _skip(text, start + 1)
    while text[at] != "]":
        elements.append(at)
        at = _skip(text, _end(text, at))
        if text[at] == ",":
            at = _skip(text, at + 1)
    return elements


def _end(text: str, start: int) -> int:
    char = text[start]
    if char == '"':
        return int(scanstring(text, start + 1)[1])
    if char in "{[":
        at = start
        children = [at for _, at in _members(text, start)] if char == "{" else _elements(text, start)
        at = _end(text, children[-1]) if children else start + 1
        return _skip(text, at) + 1
    for word in ("true", "false", "null", "NaN", "Infinity", "-Infinity"):
        if text.startswith(word, start):
            return start + len(word)
    match = _NUMBER.match(text, start)
    if not match:
        raise ValueError(f"no JSON value at {start}")
    return match.end()
