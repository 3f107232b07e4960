"""``scimulator explain``: all that is known of one id."""

from __future__ import annotations

import shutil
import sys

import click

from scimulator.catalogue.near_miss import hint
from scimulator.cli.main import Verb, examples


@click.command(
    cls=Verb,
    epilog=examples("scimulator explain users.create.location", "scimulator explain RFC7644-3.5.2.2-01"),
)
@click.argument("name", metavar="ID")
def explain(name: str) -> int:
    """Explain a check, requirement, ruling (A12), fault, dialect, preset, quirk or recorded exchange."""
    from scimulator.cli.pages import known_ids, pages_about

    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 100
    pages = pages_about(name, width=max(60, min(100, columns)))
    if not pages:
        raise click.UsageError(f"nothing is called {name!r}{hint(name, known_ids())}; see: scimulator list --help")
    click.echo("\n\n".join("\n".join(page) for page in pages))
    return 0
