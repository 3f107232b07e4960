"""Showing a body with a caret under the place that matters, so that nobody has to search for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimulator.exchange.strict_json import locate, read_json
from scimulator.reporting.reading import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimulator.exchange.strict_json import Json

Step = str | int
_AROUND = 3
"""Lines that are shown before and behind the marked one."""
_ENDS = ("", ".", ":", "[")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Printable lines of a body; ``caret`` is the index of the line of carets among them, or None.

    ``missing`` tells that the path leads nowhere; the caret stands under the last place that exists, if there is any.
    """

    lines: tuple[str, ...]
    caret: int | None = None
    missing: bool = False


def excerpt(body: str, at: str = "", *, width: int = 74, limit: int = 12) -> Excerpt:
    """Return the part of a body around the path ``at``, at most ``limit`` lines of ``width`` columns.

    ``at`` is a path as symptoms have it: ``$.emails[0].value``, ``nickName``, ``urn:…:User:department``. JSON is laid
    out anew unless it took a liberty (duplicate names), which only the text itself shows.
    """
    document = read_json(body.encode("utf-8", "surrogatepass"))
    if not document.valid:
        return Excerpt(tuple(_head(body, width, limit)))
    steps, whole = resolve(document.value, at)
    if document.problems:
        return _window(document.text, steps, width, missing=not whole)
    text = layout(document.value, width)
    place = locate(text, steps) if steps else None
    if place is None:
        return Excerpt(tuple(_shortened(text.split("\n"), width, 0, limit)[0]), missing=not whole)
    return _marked(text, place, width, limit, missing=not whole)


def layout(value: Json, width: int) -> str:
    """Return JSON over as few lines as fit ``width`` columns."""
    return "\n".join(_lines(value, width, ""))


def resolve(value: Json, at: str) -> tuple[list[Step], bool]:
    """Return the steps that lead to ``at`` as far as they exist, and whether they lead all the way.

    Names match whatever their case (RFC 7643 2.1). A path that does not start at the top is looked for in the
    resources of a ListResponse as well.
    """
    path = at.removeprefix("$").removeprefix(".")
    steps, whole = _resolve(value, path)
    listed = value.get("Resources") if isinstance(value, dict) else None
    if whole or steps or not isinstance(listed, list):
        return steps, whole
    for index, item in enumerate(listed):
        inner, found = _resolve(item, path)
        if found:
            return ["Resources", index, *inner], True
    return steps, whole


def _resolve(value: Json, path: str) -> tuple[list[Step], bool]:
    steps: list[Step] = []
    while path:
        path = path.lstrip(".:")
        if path.startswith("["):
            inside, _, rest = path[1:].partition("]")
            if not isinstance(value, list) or not inside.isdigit() or int(inside) >= len(value):
                return steps, False
            step: Step = int(inside)
            value = value[int(inside)]
        else:
            if not isinstance(value, dict):
                return steps, False
            # Names may hold dots and colons (URNs): the longest that fits is meant.
            fitting = [name for name in value if _leads(path, name)]
            if not fitting:
                return steps, False
            step = max(fitting, key=lambda name: (len(name), path.startswith(name)))
            rest = path[len(step) :]
            value = value[step]
        steps.append(step)
        path = rest
    return steps, True


def _leads(path: str, name: str) -> bool:
    return path[: len(name)].lower() == name.lower() and bool(name) and path[len(name) : len(name) + 1] in _ENDS


def _flat(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def _lines(value: Json, width: int, lead: str) -> Iterator[str]:
    flat = _flat(value)
    if len(lead) + len(flat) <= width or not isinstance(value, dict | list) or not value:
        yield lead + flat
        return
    indent = " " * (len(lead) - len(lead.lstrip(" ")) + 2)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    yield lead + opening
    parts: list[tuple[str, Json]] = (
        [(f"{_flat(name)}: ", inner) for name, inner in value.items()]
        if isinstance(value, dict)
        else [("", inner) for inner in value]
    )
    for position, (name, inner) in enumerate(parts):
        made = list(_lines(inner, width - 1, indent + name))
        if position < len(parts) - 1:
            made[-1] += ","
        yield from made
    yield indent[2:] + closing


def _head(body: str, width: int, limit: int) -> Iterator[str]:
    lines = body.splitlines()
    for line in lines[:limit]:
        yield _cut(plain(line), width)
    if len(lines) > limit:
        yield f"… {len(lines) - limit} more lines"


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: max(1, width - 1)] + "…"


def _shortened(lines: list[str], width: int, first: int, limit: int) -> tuple[list[str], int]:
    """Return at most ``limit`` lines from ``first`` on, printable, and how many lines were put before them."""
    shown = [_cut(plain(line), width) for line in lines[first : first + limit]]
    before = [f"… {first} lines before"] if first > 0 else []
    behind = len(lines) - first - limit
    return [*before, *shown, *([f"… {behind} more lines"] if behind > 0 else [])], len(before)


def _marked(text: str, place: tuple[int, int], width: int, limit: int, *, missing: bool) -> Excerpt:
    start, end = place
    lines = text.split("\n")
    row = text.count("\n", 0, start)
    begin = text.rfind("\n", 0, start) + 1
    stop = min(end, begin + len(lines[row]))
    first = 0 if row < limit - _AROUND else row - _AROUND
    shown, before = _shortened(lines, width, first, limit)
    at = before + row - first + 1
    shown.insert(at, _carets(text[begin:start], text[start:stop], width))
    return Excerpt(tuple(shown), at, missing)


def _carets(lead: str, value: str, width: int) -> str:
    from rich.cells import cell_len  # noqa: PLC0415  wide characters count twice; only a failure needs to know

    column = min(cell_len(plain(lead)), width - 1)
    return " " * column + "^" * max(1, min(cell_len(plain(value)), width - column))


def _window(text: str, steps: list[Step], width: int, *, missing: bool) -> Excerpt:
    place = locate(text, steps) or (0, 1)
    begin = max(text.rfind("\n", 0, place[0]) + 1, place[0] - width // 3)
    stop = text.find("\n", begin)
    line = text[begin : stop if stop >= 0 else len(text)]
    marks = _carets(text[begin : place[0]], text[place[0] : min(place[1], begin + len(line))], width)
    return Excerpt((_cut(plain(line), width), marks), 1, missing)
