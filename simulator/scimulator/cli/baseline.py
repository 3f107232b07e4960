"""``scimulator baseline``: keep the file of known deviations in step with what runs find."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scimulator.cli.gating import baseline_at
from scimulator.cli.main import Verb, examples
from scimulator.cli.report import RUN_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scimulator.exchange.strict_json import JsonObject
    from scimulator.reporting.baseline import Baseline

_HEAD = """\
# Deviations of the product that somebody knows of and answers for: scimulator check --baseline FILE.
# A reason that begins with "to be explained" is none: write why each is accepted, where it is tracked (link), and until
# which day (until = 2027-03-31). Whatever is mended has to be deleted here.
"""


@click.group(
    name="baseline",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples("scimulator baseline update", "scimulator baseline show --baseline known.toml"),
)
def baseline() -> None:
    """Keep the file of known deviations, with which check fails for new ones only."""


@baseline.command(
    cls=Verb,
    epilog=examples(
        "scimulator baseline update --reason 'known before we began, SCIM-100' --until 2027-03-31",
        "scimulator baseline update --run nightly/run.jsonl --baseline known.toml --prune",
    ),
)
@click.option("--run", "run_file", metavar="FILE", default=RUN_FILE, show_default=True, help="Run stream of a check.")
@click.option("--baseline", "file", metavar="FILE", help="Default: as the settings say, or scimulator-baseline.toml.")
@click.option("--prune", is_flag=True, help="Also delete entries whose check ran and no longer finds anything.")
@click.option("--warnings", is_flag=True, help="Also add what only warns.")
@click.option("--reason", metavar="TEXT", help="Why the new ones are accepted; else each waits to be explained.")
@click.option("--link", metavar="URL", help="Where the new ones are tracked.")
@click.option("--until", metavar="DATE", help="The last day on which the new ones count, such as 2027-03-31.")
def update(
    run_file: str,
    file: str | None,
    *,
    prune: bool,
    warnings: bool,
    reason: str | None,
    link: str | None,
    until: str | None,
) -> int:
    """Add what the last run found and nobody knew of; comments and order of the file stay.

    New entries wait for a person: the gate accepts none whose reason is still "to be explained". Exit code: 0 nothing
    waits to be explained, 1 something does, 2 usage.
    """
    from scimulator.reporting.baseline import UNEXPLAINED, Baseline, Standing
    from scimulator.reporting.baseline_file import entry_text, without

    if link and not link.startswith(("http://", "https://")):
        raise click.UsageError(f"--link {link}: give an http(s) address")
    if until:
        _day(until)
    if reason is not None and (not reason.strip() or reason.strip().lower().startswith(UNEXPLAINED)):
        raise click.UsageError("--reason is empty; write why the deviations are accepted, or leave it out")
    records = _records(run_file)
    path = _path(file)
    kept = baseline_at(str(path)) if path.exists() else Baseline(str(path))
    gone = [each for each in kept.judge(records) if each.standing is Standing.STALE]
    text = without(kept.text, [each.entry.span for each in gone]) if prune else kept.text
    fresh = _fresh(kept, records, warnings=warnings)
    added = [
        entry_text(name, reason or UNEXPLAINED, told=told, link=link or "", until=until or "")
        for name, told in fresh.items()
    ]
    if added:
        lead = text.rstrip("\n") + "\n" if text.strip() else _HEAD
        text = "\n".join([lead, *added])
    if text != kept.text:
        _write(path, text)
    _tell(path, added=len(added), gone=[each.told for each in gone], prune=prune)
    waiting = [each for each in baseline_at(str(path)).entries if not each.explained] if path.exists() else []
    if waiting:
        click.echo(f"{len(waiting)} without a reason: write one for each, beginning at {path}, {waiting[0].span}")
    return 1 if waiting else 0


@baseline.command(
    cls=Verb,
    epilog=examples("scimulator baseline show", "scimulator baseline show --run nightly/run.jsonl"),
)
@click.option("--run", "run_file", metavar="FILE", help=f"Run stream of a check; default: {RUN_FILE} where it exists.")
@click.option("--baseline", "file", metavar="FILE", help="Default: as the settings say, or scimulator-baseline.toml.")
def show(run_file: str | None, file: str | None) -> int:
    """List the known deviations, and what the last run says of each.

    Exit code: 0 all is in order, 1 an entry is stale, expired or without a reason, 2 usage.
    """
    from rich.text import Text

    from scimulator.reporting.baseline import Judgement, Standing
    from scimulator.reporting.reading import plain
    from scimulator.reporting.screen import print_lines, screen, usable_width, wrapped

    kept = baseline_at(str(_path(file)))
    judged = run_file is not None or Path(RUN_FILE).exists()
    if judged:
        entries = kept.judge(_records(run_file or RUN_FILE))
    else:
        unknown = (Standing.UNEXPLAINED, Standing.NOT_JUDGED)
        entries = [Judgement(each, unknown[each.explained]) for each in kept.entries]
    console = screen(sys.stdout)
    width = usable_width(console)
    lines: list[Text] = []
    for each in entries:
        entry = each.entry
        label = f"{each.standing.value:<16}" if judged or not entry.explained else ""
        lines.append(Text(f"{label}{plain(entry.finding)}", style="bold"))
        facts = [plain(entry.reason), entry.link, f"until {entry.until}" if entry.until else "", entry.dialect]
        lines += wrapped(" · ".join(fact for fact in (*facts, str(entry.span)) if fact), width, lead="    ")
        if each.told:
            lines += wrapped(each.told, width, lead="    ")
    lines.append(Text(f"{len(entries)} known in {plain(kept.name)}"))
    print_lines(console, lines)
    return 1 if any(each.closes or each.standing is Standing.UNEXPLAINED for each in entries) else 0


def _fresh(kept: Baseline, records: Sequence[JsonObject], *, warnings: bool) -> dict[str, str]:
    """Return ids of findings that no entry covers, whatever its date or reason, with a remark on each."""
    from scimulator.reporting.reading import members, objects, raw, word

    header = next((each for each in records if each.get("type") == "run"), {})
    should = raw(header, "fail_on") == "should"
    made: dict[str, str] = {}
    for check in records:
        if check.get("type") != "check" or check.get("submission"):
            continue
        for found in objects(check, "findings"):
            soft = found.get("severity") != "failure"
            wanted = not soft or warnings or (should and raw(found, "strength") == "RFC SHOULD")
            if wanted and not any(entry.covers(check, found) for entry in kept.entries):
                told = f"{word(members(found, 'symptom'), 'message')} ({word(found, 'citation')})"
                made.setdefault(raw(found, "id"), told)
    return made


def _records(name: str) -> list[JsonObject]:
    from scimulator.reporting.stream import BadRun, read_run

    if name == RUN_FILE and not Path(name).exists():
        raise click.UsageError(f"there is no {RUN_FILE} here; run scimulator check first, or name its run with --run")
    try:
        return list(read_run(Path(name)))
    except BadRun as error:
        raise click.UsageError(str(error)) from error


def _path(file: str | None) -> Path:
    from scimulator.reporting.baseline import DEFAULT_FILE
    from scimulator.target.settings_file import load_settings

    return Path(file or load_settings().run.baseline or DEFAULT_FILE)


def _day(text: str) -> None:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(f"--until {text} is no day; write it like 2027-03-31") from error
    if day.isoformat() != text:
        raise click.UsageError(f"--until {text}: write it like {day.isoformat()}")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written ({error.strerror})") from error


def _tell(path: Path, *, added: int, gone: Sequence[str], prune: bool) -> None:
    parts = [f"{added} added"]
    if gone and prune:
        parts.append(f"{len(gone)} deleted")
    click.echo(f"{path}: {', '.join(parts)}")
    if gone and not prune:
        for told in gone:
            click.echo(f"  {told}")
        click.echo("  (--prune deletes these)")
