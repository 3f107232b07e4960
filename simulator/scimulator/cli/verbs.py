"""The verbs that look at a target without judging it, and the test of our own checks."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from scimulator.cli.choosing import chosen_settings, opened, prompted, reaching, split_arguments
from scimulator.cli.main import Verb, examples

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scimulator.target.settings import Settings
    from scimulator.target.target import Target


@click.command(
    cls=Verb,
    epilog=examples(
        "scimulator doctor https://scim.example.com/scim/v2",
        "scimulator doctor http://127.0.0.1:8000/v2 --token-file token.txt --json doctor.json",
    ),
)
@click.argument("target", required=False, metavar="TARGET")
@click.option("--json", "json_file", metavar="FILE", help="Also write the diagnosis here.")
@reaching
def doctor(target: str | None, json_file: str | None, **options: object) -> int:
    """Find out why nothing works with a server: address, certificates, base path, token, first answers.

    Exit code: 0 nothing wrong, 1 something is, 4 unreachable or credentials refused.
    """
    from scimulator.cli.doctor import doctor_command
    from scimulator.reporting.screen import screen

    with _reached(target, options) as (settings, ready):
        return doctor_command(
            ready,
            settings=settings.target,
            json_file=json_file,
            console=screen(sys.stdout),
            controls=settings.controls(),
        )


@click.command(
    cls=Verb,
    epilog=examples(
        "scimulator clean https://scim.example.com/scim/v2 --dry-run",
        "scimulator clean http://127.0.0.1:8000/v2 --token-env SCIM_TOKEN",
    ),
)
@click.argument("target", required=False, metavar="TARGET")
@click.option("--dry-run", is_flag=True, help="Show what would be removed, and remove nothing.")
@click.option("--json", "json_file", metavar="FILE", help="Also write the list here.")
@reaching
def clean(target: str | None, json_file: str | None, *, dry_run: bool, **options: object) -> int:
    """Undo and remove what runs of the past left on a server: controls, and resources that show our mark.

    Exit code: 0 nothing is left, 1 something is, 4 unreachable or credentials refused.
    """
    from scimulator.cli.clean import clean_command
    from scimulator.reporting.screen import screen

    with _reached(target, options) as (settings, ready):
        return clean_command(ready, dry_run=dry_run, json_file=json_file, console=screen(sys.stdout), settings=settings)


@contextmanager
def _reached(argument: str | None, options: Mapping[str, object]) -> Iterator[tuple[Settings, Target]]:
    """Yield the settings and the opened target, and close it afterwards.

    Raises:
        click.UsageError: when no target is named anywhere.
    """
    prefixes, given = split_arguments((argument,) if argument is not None else (), None)
    settings = chosen_settings(options, url=given)
    if prefixes or not settings.target.url:
        told = f"{prefixes[0]!r} is no target" if prefixes else "no target is named"
        raise click.UsageError(f"{told}; give a URL, asgi:module:app, wsgi:module:app or reference:")
    with prompted(settings) as ready:
        target = opened(ready.target.url, ready)
        try:
            yield ready, target
        finally:
            target.close()


@click.command(
    cls=Verb,
    epilog=examples("scimulator selftest", "scimulator selftest group-remove-by-value-wipes --jobs 1"),
)
@click.argument("faults", nargs=-1, metavar="[FAULT …]")
@click.option("--jobs", metavar="N", type=int, default=2, show_default=True, help="Processes at once.")
@click.option("--named-only", is_flag=True, help="Run for each fault only the checks that it names.")
@click.option("--untripped", metavar="FILE", help="List of checks that nothing trips; it may only shrink.")
@click.option("--json", "json_file", metavar="FILE", help="Write the matrix here.")
def selftest(
    faults: tuple[str, ...], jobs: int, untripped: str | None, json_file: str | None, *, named_only: bool
) -> int:
    """Run every fault of the reference provider against the checks: each must be noticed."""
    from scimulator.catalogue.faults import UnknownFaultError
    from scimulator.cli.selftest import selftest_command

    try:
        return selftest_command(faults, jobs=jobs, named_only=named_only, untripped=untripped, json_file=json_file)
    except UnknownFaultError as error:
        raise click.UsageError(str(error)) from error
