"""Texts of a target in Markdown: nothing in them is markup, a link, a mention or a command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scimulator.reporting.reading import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MARKUP = re.compile(r"([\\`*_\[\]#!|~:<>&@^$])")
_ENTITY = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "&#64;", "#": "&#35;", ":": "&#58;", "/": "&#47;", "$": "&#36;"}


def text(value: str, limit: int = 300) -> str:
    """Return a text that shows as it is: in a paragraph or a cell of a table, on GitHub and on GitLab.

    Mentions (``@team``), references (``#1``, ``!1``, ``~label``), addresses that would become links, HTML, quick
    actions (``/close``) and formulas lose their meaning. It has to stand behind something else in its line.
    """
    value = plain(value)
    if len(value) > limit:
        value = value[: limit - 1] + "…"
    made = _MARKUP.sub(lambda found: _ENTITY.get(found[1], f"\\{found[1]}"), value)
    # What GitHub takes for an address even without a scheme, and what GitLab takes for a command at a line's beginning.
    made = re.sub(r"(?i)\bwww\.", "www&#46;", made)
    return _ENTITY["/"] + made[1:] if made.startswith("/") else made


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
