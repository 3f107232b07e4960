"""Running inside GitHub Actions: annotations, the job summary, and output that is no command."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console
    from rich.text import Text

    from scimulator.cli.report import Form
    from scimulator.exchange.strict_json import JsonObject


def in_actions() -> bool:
    """Tell whether this is a step of GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def print_safely(console: Console, lines: Iterable[Text]) -> None:
    """Print lines; inside GitHub Actions nothing that a target has answered is taken for a workflow command."""
    from scimulator.reporting.annotations import deaf
    from scimulator.reporting.screen import print_lines

    if not in_actions():
        print_lines(console, lines)
        return
    listed = list(lines)
    before, after = deaf("\n".join(line.plain for line in listed))
    click.echo(before)
    print_lines(console, listed)
    click.echo(after)


def tell_actions(records: Sequence[JsonObject], forms: Sequence[tuple[Form, Path]]) -> None:
    """Annotate the run and append to the job summary, unless that was asked for by name."""
    from scimulator.reporting.annotations import github_annotations
    from scimulator.reporting.markdown import markdown

    if not in_actions():
        return
    if not any(form.option == "github" for form, _ in forms):
        click.echo(github_annotations(records), nl=False)
    summary = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if summary and not any(str(path) == summary for _, path in forms):
        try:
            with Path(summary).open("ab") as file:
                file.write(markdown(records).encode("utf-8", "backslashreplace"))
        except OSError as error:
            # The verdict must not depend on a page that nobody may need.
            click.echo(f"the job summary cannot be written ({error.strerror})", err=True)
