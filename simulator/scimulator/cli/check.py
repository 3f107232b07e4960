"""``scimulator check``: judge a target, print the verdict, and let the exit code be the gate."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scimulator.cli.actions import in_actions, print_safely, tell_actions
from scimulator.cli.choosing import chosen_settings, opened, prompted, reaching, split_arguments
from scimulator.cli.gating import gate_of, gating
from scimulator.cli.main import Verb, examples
from scimulator.cli.report import FORMATS, asked_for, forming, write_forms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scimulator.cli.judging import Judged
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.reporting.gate import Gate
    from scimulator.reporting.verdict import ExitCode
    from scimulator.target.settings import Settings

RUN_FILE = "scimulator-report/run.jsonl"
FAIL_ON = "SCIMULATOR_RUN_FAIL_ON"
_BAD_DECLARATION = re.compile(r"\(check [a-z0-9.-]+\)|^check id ")
"""How the plugin begins when a suite declares what does not exist, which no user can help."""


@click.command(
    cls=Verb,
    epilog=examples(
        "scimulator check patch groups http://127.0.0.1:8000/scim/v2 --dialect entra.legacy",
        "scimulator check --target https://staging.example.com/scim --token-env SCIM_TOKEN --junit report.xml",
    ),
)
@click.argument("arguments", nargs=-1, metavar="[PREFIX …] [TARGET]")
@click.option("--target", metavar="TARGET", help="The server to judge; an argument with a colon is the same.")
@click.option("--dialect", "dialects", metavar="ID", multiple=True, help="Dialect in scope (repeatable); default: all.")
@click.option("--exclude", metavar="PREFIX", multiple=True, help="Leave out checks with this id prefix (repeatable).")
@click.option("-n", "workers", metavar="N", help="Judge over N processes at once.")
@click.option("--fail-on", type=click.Choice(["must", "should"]), help="What closes the gate; default: must.")
@click.option("--read-only", is_flag=True, help="Run only what writes nothing.")
@click.option("--destructive", is_flag=True, help="Also run what could hurt data that is not ours.")
@click.option("--controls", is_flag=True, help="Also run what changes the server outside SCIM ([control]) and back.")
@click.option("--json", "json_file", metavar="FILE", help=f"Write the run stream here; default: {RUN_FILE}.")
@forming
@gating
@click.option("--junit", metavar="FILE", help="Write JUnit XML here.")
@click.option("--allure", metavar="DIR", help="Write Allure results here.")
@click.option("--list", "only_list", is_flag=True, help="Show what would run, and send nothing.")
@click.option("--seed", metavar="N", type=int, help="Seed of the people that are made up.")
@click.option("--rate", metavar="N", type=float, help="Requests per second at most.")
@click.option("--deadline", metavar="SECONDS", type=float, help="For the whole run.")
@click.option("--verbose", is_flag=True, help="Show pytest's own output as well, and every failure in full.")
@reaching
def check(arguments: tuple[str, ...], target: str | None, **options: object) -> int:
    """Judge a SCIM server: against the RFCs, and as each identity provider would use it.

    A PREFIX selects checks by id: patch, patch.replace, users.create.location. Without a TARGET the embedded
    reference provider is judged. Exit code: 0 conforms, 1 does not, 2 usage, 3 our own error, 4 unreachable or
    credentials refused.
    """
    from scimulator.catalogue.dialects import dialect

    prefixes, given = split_arguments(arguments, target)
    names = options["dialects"]
    scope = tuple(dialect(str(name)).id for name in names) if isinstance(names, tuple) else ()
    settings = chosen_settings(
        options,
        url=given,
        dialects=scope or None,
        exclude=options["exclude"] or None,
        fail_on=options["fail_on"],
        read_only=options["read_only"] or None,
        destructive=options["destructive"] or None,
        controls=options["controls"] or None,
        rate=options["rate"],
        deadline=options["deadline"],
        baseline=options["baseline"],
        max_warnings=options["max_warnings"],
        thresholds=options["thresholds"] or None,
    )
    if not settings.target.url and "SCIM_TARGET" in os.environ:
        raise click.UsageError("the variable SCIM_TARGET is empty; set it to the target, or unset it")
    spec = settings.target.url or "reference:"
    if prefixes or settings.run.exclude:
        _know(prefixes, settings)
    if options["only_list"]:
        return _list(_plugin_arguments(spec, prefixes, options))
    with prompted(settings) as ready:
        return _judge(spec, prefixes, ready, options)


def _judge(spec: str, prefixes: list[str], settings: Settings, options: Mapping[str, object]) -> int:
    from scimulator.reporting.screen import print_lines, screen, usable_width, wrapped
    from scimulator.reporting.verdict import ExitCode
    from scimulator.target.cleaning import left_done
    from scimulator.target.essentials import essentials

    console = screen(sys.stdout)
    width = usable_width(console)
    notes: list[str] = []
    gate = gate_of(settings)
    target = opened(spec, settings)
    try:
        obstacle = essentials(target)
        notes += target.warnings
    finally:
        target.close()
    undone = left_done(target.name)
    if undone:
        names = ", ".join(f"[control.{name}]" for name in dict.fromkeys(undone))
        notes.append(f"an interrupted run left {names} done; scimulator clean {target.name} undoes it")
    if obstacle is not None:
        lines = [*wrapped(f"Target  {target.name}", width, style="bold"), *wrapped(str(obstacle), width)]
        for note in notes:
            lines += wrapped(note, width)
        print_lines(console, lines)
        return ExitCode.UNREACHABLE
    stream = str(options["json_file"] or RUN_FILE)
    unwritable = _unwritable(stream)
    if unwritable and options["json_file"]:
        raise click.UsageError(unwritable)
    asked_for(options)
    if unwritable:
        notes.append(f"{unwritable}; the run is not written down")
        stream = ""
    arguments = [*_plugin_arguments(spec, prefixes, options), *(["--scim-run", stream] if stream else [])]
    judged = _run(arguments, settings, options)
    return _report(judged, settings, options, notes=notes, stream=stream, gate=gate)


def _run(arguments: list[str], settings: Settings, options: Mapping[str, object]) -> Judged:
    from scimulator.cli.judging import run_suites
    from scimulator.reporting.progress import Progress
    from scimulator.reporting.screen import is_lively, screen

    verbose = bool(options["verbose"])
    if settings.target.token_env:
        arguments = [*arguments, "--scim-token-env", settings.target.token_env]
        arguments += ["--scim-token-file", settings.target.token_file]
    progress = Progress(screen(sys.stderr)) if is_lively(sys.stderr) and not verbose else None
    with _variable(FAIL_ON, settings.run.fail_on):
        if progress is None:
            return run_suites(arguments, verbose=verbose)
        progress.start()
        try:
            return run_suites(arguments, progress=progress)
        finally:
            progress.stop()


def _report(
    judged: Judged, settings: Settings, options: Mapping[str, object], *, notes: list[str], stream: str, gate: Gate
) -> ExitCode:
    from scimulator.catalogue.requirements import requirements
    from scimulator.reporting.screen import screen, usable_width
    from scimulator.reporting.terminal import verdict_lines
    from scimulator.reporting.verdict import ExitCode, judge_run

    broken = judged.broken or (judged.usage if _BAD_DECLARATION.search(judged.usage) else "")
    if broken or judged.code == ExitCode.OURS:
        _show_broken(broken, options)
        return ExitCode.OURS
    if judged.usage:
        raise click.UsageError(judged.usage)
    if not judged.interrupted and not any(record.get("type") == "check" for record in judged.records):
        raise click.UsageError(
            "nothing is left to run with these prefixes and options; see: scimulator check --list "
            "(exchanges.* watch what other checks send, so name some of those as well)"
        )
    if judged.interrupted:
        notes.append("interrupted: what follows is said of the checks that had run")
    strengths = {name: each.strength for name, each in requirements().items()}
    known = gate.baseline.apply(judged.records) if gate.baseline else judged.records
    opinion = gate.opinion(judge_run(known, strengths), known, judged.metrics)
    verdict = judge_run(gate.mark(judged.records, opinion), strengths)
    fail_on = settings.run.fail_on
    console = screen(sys.stdout)
    lines = verdict_lines(
        verdict,
        fail_on=fail_on,
        width=usable_width(console),
        everything=bool(options["verbose"]),
        notes=notes,
        stream=stream,
        by_default=not settings.target.url,
        opinion=opinion,
    )
    # A reader that goes away (check | head) must not change what the exit code says.
    with contextlib.suppress(BrokenPipeError):
        print_safely(console, lines)
        sys.stdout.flush()
    forms = asked_for(options)
    if options["junit"] and gate.baseline:
        # pytest's own file knows of no baseline and would show what is known as failed.
        forms.append((FORMATS["junit"], Path(str(options["junit"]))))
    if forms or in_actions():
        records = gate.mark(_all_records(judged, stream), opinion)
        write_forms(forms, records)
        tell_actions(records, forms)
    if _debug():
        for name, text in judged.tracebacks.items():
            click.echo(f"\n{name}\n{text}", err=True)
    return ExitCode.INTERRUPTED if judged.interrupted else verdict.exit_code(fail_on)


def _all_records(judged: Judged, stream: str) -> list[JsonObject]:
    """Return the records with the exchanges of passed checks, which only the stream holds."""
    from scimulator.reporting.stream import BadRun, read_run

    try:
        return list(read_run(Path(stream))) if stream else judged.records
    except BadRun:
        return judged.records


def _show_broken(text: str, options: Mapping[str, object]) -> None:
    from scimulator.reporting.reading import plain

    lines = [plain(line) for line in text.splitlines()]
    shown = lines if options["verbose"] or _debug() else [line for line in lines[-6:] if line.strip()]
    click.echo(
        "Error: the checks could not be run, which says nothing of the target. Please report this in the project's "
        "issue tracker; the same command with --debug shows all of it.",
        err=True,
    )
    click.echo("\n".join(f"  {line}" for line in shown), err=True)


def _list(arguments: list[str]) -> int:
    from scimulator.cli.judging import run_suites

    judged = run_suites([*arguments, "--collect-only"])
    if judged.broken:
        _show_broken(judged.broken, {"verbose": False})
        return 3
    if judged.usage and not judged.planned:
        raise click.UsageError(judged.usage)
    names: dict[str, list[str]] = {}
    for each in judged.planned:
        name = each.declaration.id + (f" [{each.dialect}]" if each.dialect else "")
        names.setdefault(name, []).append(each.declaration.title)
    width = max(map(len, names), default=0)
    for name, titles in names.items():
        times = f" (x{len(titles)})" if len(titles) > 1 else ""
        click.echo(f"{name:<{width}}  {titles[0]}{times}")
    cases = f" in {len(judged.planned)} cases" if len(judged.planned) > len(names) else ""
    click.echo(f"{len(names)} checks{cases} would run")
    if not names:
        raise click.UsageError("nothing is left to run with these prefixes and options")
    return 0


def _plugin_arguments(spec: str, prefixes: list[str], options: Mapping[str, object]) -> list[str]:
    """Return the command line of pytest for what was chosen on ours; the settings file is read there once more."""
    made = ["--scim-target", spec]
    for prefix in prefixes:
        made += ["--scim-select", prefix]
    for name in ("exclude", "dialects"):
        listed = options[name]
        for each in listed if isinstance(listed, tuple) else ():
            made += [f"--scim-{name.removesuffix('s')}", str(each)]
    for name in ("read_only", "destructive", "controls", "insecure"):
        if options[name]:
            made.append(f"--scim-{name.replace('_', '-')}")
    valued = ("config", "seed", "rate", "timeout", "deadline", "token_file", "auth", "username", "header", "ca_bundle")
    for name in valued:
        if options[name] is not None:
            made += [f"--scim-{name.replace('_', '-')}", str(options[name])]
    if options["workers"]:
        made += ["-p", "xdist.plugin", "-n", str(options["workers"])]
    if options["junit"]:
        made += ["--junitxml", str(options["junit"]), "-o", "junit_suite_name=scimulator"]
    if options["allure"]:
        made += ["-p", "allure_pytest.plugin", "--alluredir", str(options["allure"])]
    return [*made, "--verbose"] if options["verbose"] else made


def _know(prefixes: list[str], settings: Settings) -> None:
    """Insist on known prefixes before anything is sent; a complaint of an xdist worker would reach nobody."""
    from scimulator.cli.judging import unknown_prefix

    told = unknown_prefix([*prefixes, *settings.run.exclude])
    if told:
        raise click.UsageError(told)


def _unwritable(name: str) -> str:
    """Return why a file cannot be written, or an empty text; its folder is made."""
    path = Path(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("ab").close()
    except OSError as error:
        return f"{name} cannot be written ({error.strerror})"
    return ""


def _debug() -> bool:
    context = click.get_current_context(silent=True)
    return bool(context and isinstance(context.obj, dict) and context.obj.get("debug"))


@contextlib.contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before
