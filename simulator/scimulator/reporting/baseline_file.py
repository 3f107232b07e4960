"""The text of a baseline file: on which lines each entry stands, and how entries come and go without touching the rest.

A person keeps this file: comments, order and blank lines stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEADER = re.compile(r"\s*\[\[\s*(?:known|\"known\"|'known')\s*\]\]\s*(?:#.*)?\Z")
_TABLE = re.compile(r"\s*\[[^\[\]].*\]\s*(?:#.*)?\Z|\s*\[\[.*\]\]\s*(?:#.*)?\Z")
_QUOTES = ('"""', "'''")


@dataclass(frozen=True, slots=True)
class Span:
    """Lines of an entry, from its ``[[known]]`` to its last value; counted from 1, both included."""

    first: int
    last: int

    def __str__(self) -> str:
        """As a person says it: ``line 3`` or ``lines 3-6``."""
        return f"line {self.first}" if self.first == self.last else f"lines {self.first}-{self.last}"


def spans(text: str) -> list[Span]:
    """Return where each ``[[known]]`` stands, in order; ``text`` must be valid TOML."""
    found: list[Span] = []
    first = last = 0
    open_quote = ""
    for number, line in enumerate(text.splitlines(), 1):
        inside = bool(open_quote)
        open_quote = _still_open(line, open_quote)
        if not inside and (_HEADER.match(line) or _TABLE.match(line)) and not _in_array(line):
            if first:
                found.append(Span(first, last))
            first = last = number if _HEADER.match(line) else 0
        elif first and (inside or (line.strip() and not line.lstrip().startswith("#"))):
            last = number
    return [*found, Span(first, last)] if first else found


def without(text: str, gone: Iterable[Span]) -> str:
    """Return the text without some entries; a blank line that stood behind one goes with it."""
    lines = text.splitlines(keepends=True)
    dropped: set[int] = set()
    for span in gone:
        dropped |= set(range(span.first, span.last + 1))
        behind = span.last + 1
        if behind <= len(lines) and not lines[behind - 1].strip():
            dropped.add(behind)
    kept = "".join(line for number, line in enumerate(lines, 1) if number not in dropped)
    return kept.rstrip("\n") + "\n" if kept.strip() else ""


def entry_text(finding: str, reason: str, *, told: str = "", link: str = "", until: str = "") -> str:
    """Return an entry as TOML; ``told`` is a comment above its values, ``until`` a date as RFC 3339 writes it."""
    lines = ["[[known]]"]
    if told:
        lines.append(f"# {_comment(told)}")
    lines += [f"finding = {quoted(finding)}", f"reason = {quoted(reason)}"]
    if link:
        lines.append(f"link = {quoted(link)}")
    if until:
        lines.append(f"until = {until}")
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """Return a TOML string of one line; whatever is not printable stands as an escape."""
    made = []
    for char in text:
        code = ord(char)
        if char in '"\\':
            made.append(f"\\{char}")
        elif char.isprintable():
            made.append(char)
        elif 0xD800 <= code <= 0xDFFF:
            made.append("\\uFFFD")  # no TOML text can hold half a pair
        else:
            made.append(f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}")
    return f'"{"".join(made)}"'


def _comment(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)[:200]


def _in_array(line: str) -> bool:
    # An item of an array over several lines may look like a table; it ends with a comma or holds a quote or number.
    return line.rstrip().endswith(",")


def _still_open(line: str, quote: str) -> str:
    """Return the kind of a multi-line string that is open behind this line, given the one that is open before it."""
    at = 0
    while at < len(line):
        if quote:
            if quote == '"""' and line[at] == "\\":
                at += 2
            elif line.startswith(quote, at):
                at += 3
                quote = ""
            else:
                at += 1
        elif line.startswith(_QUOTES, at):
            quote = line[at : at + 3]
            at += 3
        elif line[at] == "#":
            break
        elif line[at] in "\"'":
            at = _behind(line, at)
        else:
            at += 1
    return quote


def _behind(line: str, at: int) -> int:
    """Return the position behind a string of one line."""
    quote = line[at]
    at += 1
    while at < len(line) and line[at] != quote:
        at += 2 if quote == '"' and line[at] == "\\" else 1
    return at + 1
