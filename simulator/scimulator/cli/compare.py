"""``scimulator compare``: what a change of the server has fixed and what it has broken."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scimulator.cli.main import Verb, examples

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import JsonObject


@click.command(
    cls=Verb,
    epilog=examples(
        "scimulator compare main/run.jsonl scimulator-report/run.jsonl",
        "scimulator compare before.jsonl after.jsonl --markdown changes.md --json changes.json",
    ),
)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--json", "json_file", metavar="FILE", help="Also write the comparison here.")
@click.option("--markdown", metavar="FILE", help="Also write it as Markdown, for a merge request.")
@click.option("-v", "--verbose", is_flag=True, help="List everything, what is unchanged included.")
def compare(before: str, after: str, json_file: str | None, markdown: str | None, *, verbose: bool) -> int:
    """Compare two runs: what is fixed, new, unchanged, and which checks ran in only one of them.

    A and B are run streams of check. Exit code: 0 nothing new, 1 something new, 2 usage.
    """
    from scimulator.reporting.compare import compare as compared
    from scimulator.reporting.compare import compare_lines, compare_markdown
    from scimulator.reporting.screen import print_lines, screen, usable_width

    made = compared(_records(before), _records(after))
    console = screen(sys.stdout)
    print_lines(console, compare_lines(made, usable_width(console), everything=verbose))
    if json_file:
        _write(json_file, json.dumps(made.as_json(), indent=2, ensure_ascii=False) + "\n")
    if markdown:
        _write(markdown, compare_markdown(made))
    return 1 if made.new else 0


def _records(name: str) -> list[JsonObject]:
    from scimulator.reporting.stream import BadRun, read_run

    try:
        records = list(read_run(Path(name)))
    except BadRun as error:
        raise click.UsageError(str(error)) from error
    if not records:
        raise click.UsageError(f"{name} is empty; name the run.jsonl of a check")
    if records[-1].get("type") != "end":
        click.echo(f"! {name}: the run was interrupted; only the checks that had run are compared", err=True)
    return records


def _write(name: str, text: str) -> None:
    path = Path(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise click.UsageError(f"{name} cannot be written ({error.strerror})") from error
