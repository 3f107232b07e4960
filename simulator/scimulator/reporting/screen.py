"""Printable lines with a style, wrapped to the width of the screen; styles are decoration and never the only sign."""

from __future__ import annotations

import os
import textwrap
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.text import Text

from scimulator.exchange.strict_json import read_json
from scimulator.reporting.reading import members, plain, raw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scimulator.exchange.strict_json import JsonObject

NARROW, WIDE = 80, 120


def screen(stream: TextIO) -> Console:
    """Return a console on a stream: escape codes only on a terminal, and none where NO_COLOR is set."""
    lively = is_lively(stream)
    return Console(
        file=stream,
        force_terminal=lively,
        color_system="auto" if lively else None,
        no_color=not lively,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=True,
    )


def is_lively(stream: TextIO) -> bool:
    """Tell whether escape codes may be written to a stream."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def usable_width(console: Console) -> int:
    """Return how many columns text is laid out for: the terminal's, but at least 80 and at most 120."""
    return max(NARROW, min(WIDE, console.width)) if console.is_terminal else NARROW


def wrapped(text: str, width: int, *, lead: str = "", hang: int = 0, style: str = "") -> Iterator[Text]:
    """Yield a paragraph as lines of at most ``width`` columns; later lines are indented by ``hang`` more."""
    first = lead
    later = " " * (len(lead) + hang)
    for line in textwrap.wrap(
        plain(text),
        width,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]:
        yield Text(line, style=style)


def joined(parts: Iterable[str], width: int, *, lead: str = "", between: str = " · ") -> Iterator[Text]:
    """Yield parts side by side, in as many lines as they need; a part is never broken."""
    line = lead
    empty = True
    for part in parts:
        piece = plain(part)
        if not empty and len(line) + len(between) + len(piece) > width:
            yield Text(line)
            line, empty = " " * len(lead), True
        line += piece if empty else between + piece
        empty = False
    if not empty:
        yield Text(line)


def print_lines(console: Console, lines: Iterable[Text]) -> None:
    """Print lines as they are: a long one wraps in the terminal and is still one line when it is copied."""
    for line in lines:
        console.print(line, soft_wrap=True)


def body_says(response: JsonObject) -> str:
    """Return the ``detail`` of an Error body, or an empty text."""
    detail = read_json(raw(response, "body").encode("utf-8", "surrogatepass")).object.get("detail")
    return plain(detail) if isinstance(detail, str) else ""


def milliseconds(exchange: JsonObject) -> str:
    """Return how long an exchange took, for a person."""
    elapsed = exchange.get("elapsed")
    seconds = elapsed if isinstance(elapsed, int | float) else 0.0
    return f"{seconds * 1000:.0f} ms"


def status_of(exchange: JsonObject) -> str:
    """Return the status of an exchange, or the kind of its failure in brackets."""
    response = members(exchange, "response")
    if response:
        return plain(str(response.get("status")))
    return f"({plain(str(members(exchange, 'failure').get('kind', 'no answer')))})"
