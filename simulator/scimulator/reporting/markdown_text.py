"""Texts of a target in Markdown: nothing in them is markup, a link, a mention or a command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scimulator.reporting.reading import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MARKUP = re.compile(r"([\\`*_\[\]])")
_RISKY = re.compile(r"[@#!~&<>|$^%`]|://|\A\s*[/:+-]|www\.", re.IGNORECASE)
"""What becomes a mention, a reference, a link, HTML, a cell or a quick action somewhere, even where it is escaped: both
GitHub and GitLab look for them in the rendered text, and only leave code alone."""


def text(value: str, limit: int = 300) -> str:
    """Return a text that shows as it is: in a paragraph or a cell of a table, on GitHub and on GitLab.

    One that could mean something there (``@team``, ``#1``, an address, HTML, ``/close``) becomes a code span.
    """
    value = plain(value)
    if len(value) > limit:
        value = value[: limit - 1] + "…"
    return code(value, limit) if _RISKY.search(value) else _MARKUP.sub(r"\\\1", value)


def code(value: str, limit: int = 200) -> str:
    """Return a text as a code span that it cannot leave; a bar would end the cell of a table even there."""
    value = plain(value).replace("|", "¦")
    if len(value) > limit:
        value = value[: limit - 1] + "…"
    longest = max((len(run) for run in re.findall(r"`+", value)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if value.startswith("`") or value.endswith("`") or not value.strip() else ""
    return f"{fence}{pad}{value}{pad}{fence}"


def bounded(blocks: Iterable[Sequence[str]], limit: int) -> str:
    """Return as many blocks of lines as fit ``limit`` bytes, and a remark where some are left out.

    A block is kept whole or not at all, so that no table or folded part is left open.
    """
    remark = (
        "\n_The rest is left out, because it would not fit here; the HTML report and the run stream hold all of it._\n"
    )
    made: list[str] = []
    size = len(remark.encode())
    for block in blocks:
        piece = "\n".join(block) + "\n\n"
        size += len(piece.encode("utf-8", "backslashreplace"))
        if size > limit:
            made.append(remark)
            break
        made.append(piece)
    return "".join(made).rstrip("\n") + "\n"
