"""``scimulator fingerprint``: find out which quirks a server has, and print what to declare and what to set."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scimulator.cli.choosing import NAMES, chosen_settings, opened, prompted, reaching, split_arguments
from scimulator.cli.main import Verb, examples

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scimulator.catalogue.checks import CheckDeclaration
    from scimulator.cli.judging import Judged
    from scimulator.reporting.fingerprint import Trait
    from scimulator.target.settings import RunSettings, Settings

_FLAGS = ("insecure",)


@click.command(
    cls=Verb,
    epilog=examples(
        "scimulator fingerprint https://scim.example.com/scim/v2",
        "scimulator fingerprint 'reference:?preset=whimsical' --controls --json fingerprint.json",
    ),
)
@click.argument("target", required=False, metavar="TARGET")
@click.option("--controls", is_flag=True, help="Also look at the product itself, by [control.NAME] of the settings.")
@click.option("--json", "json_file", metavar="FILE", help="Also write the fingerprint here.")
@click.option("--all", "everything", is_flag=True, help="Show every observation, and unknown quirks one by one.")
@reaching
def fingerprint(
    target: str | None, json_file: str | None, *, controls: bool, everything: bool, **options: object
) -> int:
    """Find out which quirks a server has: product rules and permitted deviations, none of them right or wrong.

    The suites of quirks run in probing mode and judge nothing. For every quirk: the value, how it showed, which
    identity provider is hurt by it, and what to set there; in the end a [quirks] section to paste. Exit code: 0 done,
    1 some quirk is inconsistent or something was left behind, 4 unreachable or credentials refused.
    """
    prefixes, given = split_arguments((target,) if target is not None else (), None)
    settings = chosen_settings(options, url=given, controls=controls or None)
    if prefixes or not settings.target.url:
        told = f"{prefixes[0]!r} is no target" if prefixes else "no target is named"
        raise click.UsageError(f"{told}; give a URL, asgi:module:app, wsgi:module:app or reference:")
    with prompted(settings) as ready:
        return _fingerprint(ready, options, json_file=json_file, everything=everything)


def _fingerprint(settings: Settings, options: Mapping[str, object], *, json_file: str | None, everything: bool) -> int:
    from scimulator.reporting.fingerprint import fingerprint_of
    from scimulator.reporting.fingerprint_text import fingerprint_lines
    from scimulator.reporting.screen import print_lines, screen, usable_width, wrapped
    from scimulator.reporting.verdict import ExitCode
    from scimulator.target.essentials import essentials

    console = screen(sys.stdout)
    reached = opened(settings.target.url, settings)
    try:
        obstacle, name = essentials(reached), reached.name
    finally:
        reached.close()
    if obstacle is not None:
        print_lines(console, wrapped(f"Target  {name}", 80, style="bold"))
        print_lines(console, wrapped(str(obstacle), 80))
        return ExitCode.UNREACHABLE
    judged = _run(settings, options)
    if judged.broken or judged.code == ExitCode.OURS:
        click.echo(f"Error: the probes could not be run, which says nothing of the target:\n{judged.broken}", err=True)
        return ExitCode.OURS
    if judged.usage:
        raise click.UsageError(judged.usage)
    traits = fingerprint_of(judged.records, _left_out(judged.left_out, settings.run))
    # A reader that goes away (fingerprint | head) must not change what the exit code says.
    with contextlib.suppress(BrokenPipeError):
        print_lines(console, fingerprint_lines(traits, name, usable_width(console), everything=everything))
        left = _left_behind(judged, settings)
        sys.stdout.flush()
    if json_file is not None:
        _write(json_file, traits, name)
    if judged.interrupted:
        return ExitCode.INTERRUPTED
    return _exit_code(traits, left_behind=left)


def _exit_code(traits: Sequence[Trait], *, left_behind: bool) -> int:
    from scimulator.reporting.fingerprint import Certainty
    from scimulator.reporting.verdict import ExitCode

    certainties = {each.certainty for each in traits}
    if Certainty.FOUND not in certainties:
        click.echo("Nothing could be told. What stands in the way? See: scimulator doctor, scimulator check", err=True)
        return ExitCode.DOES_NOT
    return ExitCode.DOES_NOT if left_behind or Certainty.INCONSISTENT in certainties else ExitCode.CONFORMS


def _left_behind(judged: Judged, settings: Settings) -> bool:
    """Say what is still there of what was made, and tell whether anything is."""
    footer = next((record for record in judged.records if record.get("type") == "end"), {})
    left = footer.get("left_behind")
    if not isinstance(left, list) or not left:
        return False
    noun = "resource is" if len(left) == 1 else "resources are"
    click.echo(f"\n{len(left)} {noun} still there; see: scimulator clean {settings.target.url}")
    return True


def _left_out(declarations: Sequence[CheckDeclaration], run: RunSettings) -> dict[str, list[str]]:
    """Return by quirk why probes did not run."""
    found: dict[str, list[str]] = {}
    for each in declarations:
        if each.area != "quirks":
            continue
        reasons = found.setdefault(each.id.split(".")[1], [])
        if each.controls and not run.controls:
            reasons.append("to be seen in the product only, so --controls is needed")
            reasons.append(f"needs {', '.join(f'[control.{name}]' for name in each.controls)} in the settings")
        elif each.writes and run.read_only:
            reasons.append("to be seen by writing only, and the settings say read_only")
        else:
            reasons.append("left out by dialects or exclude of the settings")
    return {name: list(dict.fromkeys(reasons)) for name, reasons in found.items()}


def _write(file: str, traits: Sequence[Trait], name: str) -> None:
    from scimulator.reporting.fingerprint import document

    text = json.dumps(document(traits, name), indent=2, ensure_ascii=False) + "\n"
    try:
        Path(file).write_text(text, "utf-8")
    except OSError as error:
        raise click.UsageError(f"{file} cannot be written ({error.strerror})") from error


def _run(settings: Settings, options: Mapping[str, object]) -> Judged:
    from scimulator.cli.judging import run_suites
    from scimulator.reporting.progress import Progress
    from scimulator.reporting.screen import is_lively, screen

    arguments = ["--scim-target", settings.target.url, "--scim-select", "quirks", "--scim-probe"]
    if settings.run.controls:
        arguments.append("--scim-controls")
    for name in NAMES:
        value = settings.target.token_env if name == "token_env" else options.get(name)
        if name in _FLAGS and value:
            arguments.append(f"--scim-{name}")
        elif name not in (*_FLAGS, "token_prompt") and value:
            arguments += [f"--scim-{name.replace('_', '-')}", str(value)]
    if not is_lively(sys.stderr):
        return run_suites(arguments)
    progress = Progress(screen(sys.stderr))
    progress.start()
    try:
        return run_suites(arguments, progress=progress)
    finally:
        progress.stop()
