"""``scimulator list``: what there is, as a table or as JSON."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

import click

from scimulator.catalogue.near_miss import hint
from scimulator.cli.main import Verb, examples

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import JsonObject

_KINDS = ("checks", "requirements", "profiles", "faults", "dialects", "presets", "quirks", "controls")
_COLUMNS = {
    "checks": ("id", "title"),
    "requirements": ("id", "strength", "title"),
    "profiles": ("id", "title"),
    "faults": ("id", "severity", "title"),
    "dialects": ("id", "title"),
    "presets": ("id", "title"),
    "quirks": ("id", "default", "title"),
    "controls": ("id", "configured", "undo", "title"),
}


@click.command(
    name="list",
    cls=Verb,
    epilog=examples("scimulator list checks patch", "scimulator list requirements RFC7644-3.5.2 --json"),
)
@click.argument("kind", metavar=f"[{'|'.join(_KINDS)}]")
@click.argument("prefix", required=False, metavar="[PREFIX]")
@click.option("--json", "as_json", is_flag=True, help="Print an array of objects, each with at least an id.")
def list_(kind: str, prefix: str | None, *, as_json: bool) -> int:
    """List what there is of one kind, or what begins with a prefix.

    With the id of a dialect, "list profiles" shows its exchanges.
    """
    from scimulator.cli.inventory import KINDS

    if kind not in KINDS:
        raise click.UsageError(f"there is no list of {kind!r}{hint(kind, KINDS)}; there are {', '.join(KINDS)}")
    everything = KINDS[kind]()
    found = [each for each in everything if not prefix or _begins(str(each["id"]), prefix)]
    if prefix and not found:
        names = {part for each in everything for part in _parts(str(each["id"]))}
        raise click.UsageError(f"no id of {kind} begins with {prefix!r}{hint(prefix, names)}")
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    _table(found, _COLUMNS[kind])
    if kind == "profiles" and prefix:
        for each in found:
            listed = each["exchanges"]
            rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
            click.echo(f"\n{each['id']}")
            _table(rows, ("id", "method", "path", "evidence", "use", "title"))
    return 0


def _begins(name: str, prefix: str) -> bool:
    return name.lower().startswith(prefix.lower())


def _parts(name: str) -> list[str]:
    return [name, *(name[:at] for at, char in enumerate(name) if char in ".-")]


def _table(rows: list[JsonObject], columns: tuple[str, ...]) -> None:
    """Print rows in columns; on a terminal the last one is cut to fit, elsewhere never."""
    widths = [max((len(str(row[name])) for row in rows), default=0) for name in columns[:-1]]
    screen = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for row in rows:
        cells = [f"{row[name]!s:<{width}}" for name, width in zip(columns, widths, strict=False)]
        line = "  ".join([*cells, str(row[columns[-1]])])
        click.echo(line if not screen or len(line) <= screen else line[: screen - 1] + "…")
