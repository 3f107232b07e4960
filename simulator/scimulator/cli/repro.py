"""``scimulator repro``: the exchanges that show one finding, as something that a vendor can run and read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scimulator.cli.main import Verb, examples

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scimulator.evidence.repro.carrying import Send
    from scimulator.evidence.repro.plan import Plan
    from scimulator.evidence.repro.slicing import History
    from scimulator.exchange.strict_json import JsonObject

    Found = tuple[JsonObject, JsonObject]

RUN_FILE = "scimulator-report/run.jsonl"
FOLDER = "scimulator-report/repro"
FORMS = {"sh": "repro.sh", "har": "repro.har", "pytest": "test_repro.py", "md": "report.md"}
_SHOWN = 12


@click.command(
    cls=Verb,
    epilog=examples(
        "scimulator repro 1",
        "scimulator repro patch.replace.simple --form sh --form md -o for-the-vendor",
    ),
)
@click.argument("finding", required=False, metavar="[FINDING]")
@click.option("--run", "run_file", metavar="FILE", default=RUN_FILE, show_default=True, help="Run stream of a check.")
@click.option("-o", "--output", "folder", metavar="DIR", help=f"Where to write; default: {FOLDER}/<finding>.")
@click.option(
    "--form", "forms", type=click.Choice(list(FORMS)), multiple=True, help="Form to write (repeatable); default: all."
)
def repro(finding: str | None, run_file: str, folder: str | None, forms: tuple[str, ...]) -> int:
    """Write the exchanges that show a finding, and only those, as sh, HAR, pytest and Markdown.

    FINDING is an id, the beginning of one, or the number behind FAIL in what check has printed; without it the
    findings are listed. The script and the test take ids from the answers, make what they need with names of their
    own, and remove it. Exit code 2: no honest repro can be made of this finding, and why.
    """
    from scimulator.evidence.repro.slicing import History
    from scimulator.reporting.stream import BadRun, read_run

    if folder is None and run_file == RUN_FILE and not Path(run_file).exists():
        raise click.UsageError(f"there is no {RUN_FILE} here; run scimulator check first, or name a run with --run")
    try:
        records = list(read_run(Path(run_file)))
    except BadRun as error:
        raise click.UsageError(str(error)) from error
    if finding is None:
        return _list(records)
    candidates, others = _candidates(records, finding)
    plan = _plan(History.of(records), candidates)
    place = Path(folder) if folder else Path(FOLDER) / _slug(str(plan.finding["id"]))
    written = _write(plan, place, forms or tuple(FORMS))
    _tell(plan, written, others)
    return 0


def _pairs(records: Sequence[JsonObject]) -> list[Found]:
    """Return check and finding of every finding, failures first."""
    made: list[Found] = []
    for check in records:
        listed = check.get("findings") if check.get("type") == "check" else None
        found = [each for each in (listed if isinstance(listed, list) else []) if isinstance(each, dict)]
        made += [(check, each) for each in found if isinstance(each.get("id"), str)]
    return sorted(made, key=lambda pair: pair[1].get("severity") != "failure")


def _causes(records: Sequence[JsonObject]) -> list[list[Found]]:
    """Return the root causes in the order and with the numbers under which check has printed them."""
    from scimulator.catalogue.requirements import requirements
    from scimulator.reporting.failures import root_causes
    from scimulator.reporting.verdict import judge_run

    strengths = {name: each.strength for name, each in requirements().items()}
    verdict = judge_run(records, strengths)
    return [[(each.check, each.finding) for each in cause.shown] for cause in root_causes(verdict.failures())]


def _candidates(records: Sequence[JsonObject], named: str) -> tuple[list[Found], list[str]]:
    from scimulator.catalogue.near_miss import hint

    if named.isdigit():
        causes = _causes(records)
        if not 1 <= int(named) <= len(causes):
            told = f"this run has FAIL 1 to FAIL {len(causes)}" if causes else "this run has no failures"
            raise click.UsageError(f"there is no FAIL {named}; {told}")
        return causes[int(named) - 1], []
    pairs = _pairs(records)
    ids = list(dict.fromkeys(str(each["id"]) for _, each in pairs))
    exact = [pair for pair in pairs if pair[1]["id"] == named]
    if exact:
        return exact, []
    starting = [pair for pair in pairs if str(pair[1]["id"]).startswith(named)]
    if not starting:
        known = [*ids, *(each.partition(":")[0] for each in ids)]
        raise click.UsageError(
            f"no finding of this run starts with {named!r}{hint(named, known)}; "
            "scimulator repro without an argument lists them"
        )
    return starting, list(dict.fromkeys(str(each["id"]) for _, each in starting))


def _plan(history: History, candidates: Sequence[Found]) -> Plan:
    """Return the plan of the first finding of which an honest one can be made."""
    from scimulator.evidence.repro.making import planned
    from scimulator.evidence.repro.plan import ImpossibleError

    reasons: dict[str, str] = {}
    for check, finding in candidates:
        try:
            return planned(history, check, finding, control=control)
        except ImpossibleError as error:
            reasons.setdefault(str(finding["id"]), str(error))
    told = "\n".join(f"  {name}: {reason}" for name, reason in list(reasons.items())[:_SHOWN])
    raise click.UsageError(f"no repro can be made that would be honest:\n{told}")


def control() -> Send:
    """Open a server that is known to be without the bug: the embedded provider, made anew.

    It judges no target; it only refuses a script that would show the same on a server without the bug.
    """
    from scimulator.embedded import open_reference
    from scimulator.evidence.repro.condition import Reply
    from scimulator.exchange.message import Request
    from scimulator.target.settings import Settings

    target = open_reference("reference:", Settings())

    def send(method: str, place: str, headers: tuple[tuple[str, str], ...], body: bytes, authenticate: bool) -> Reply:
        exchange = target.send(Request(method, place, headers, body), authenticate=authenticate)
        if exchange.response is None:
            return Reply(0, (), "")
        return Reply(
            exchange.response.status, exchange.response.headers, exchange.response.body.decode("utf-8", "replace")
        )

    return send


def _write(plan: Plan, place: Path, forms: Sequence[str]) -> list[Path]:
    from scimulator.evidence.repro.plan import ImpossibleError

    made: dict[str, str] = {}
    try:
        for form in forms:
            made[form] = _text(plan, form)
    except ImpossibleError as error:
        raise click.UsageError(str(error)) from error
    try:
        place.mkdir(parents=True, exist_ok=True)
        for form, text in made.items():
            (place / FORMS[form]).write_text(text, encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise click.UsageError(
            f"{place} cannot be written ({error.strerror}); choose another folder with -o"
        ) from error
    return [place / FORMS[form] for form in made]


def _text(plan: Plan, form: str) -> str:
    match form:
        case "sh":
            from scimulator.evidence.repro.shell import shell

            return shell(plan)
        case "pytest":
            from scimulator.evidence.repro.pytest_file import pytest_file

            return pytest_file(plan)
        case "md":
            from scimulator.evidence.repro.report import report

            return report(plan)
        case _:
            import json

            from scimulator.evidence.repro.archive import archive

            return json.dumps(archive(plan), indent=1, ensure_ascii=False) + "\n"


def _tell(plan: Plan, written: Sequence[Path], others: Sequence[str]) -> None:
    from scimulator.reporting.reading import plain

    count = len(plan.steps)
    many = f"{count} exchanges" if count > 1 else "1 exchange"
    left_out = f", {plan.left_out} left out" if plan.left_out else ""
    click.echo(plain(str(plan.finding["id"])))
    click.echo(f"  {many}{left_out}; the bug shows when {plain(plan.condition.sentence)}")
    for path in written:
        click.echo(f"  written  {path}")
    script = next((path for path in written if path.suffix == ".sh"), None)
    if script is not None:
        click.echo(f"  run it   SCIM_URL=... SCIM_TOKEN=... sh {script}   (exit 1: the bug shows, 0: it does not)")
    further = [each for each in others if each != plan.finding["id"]]
    if further:
        click.echo(f"  there are also {', '.join(plain(each) for each in further[:_SHOWN])}")


def _list(records: Sequence[JsonObject]) -> int:
    for line in _listed(records):
        click.echo(line)
    return 0


def _listed(records: Sequence[JsonObject]) -> Iterator[str]:
    from scimulator.reporting.reading import plain

    numbers = {
        str(finding["id"]): number for number, cause in enumerate(_causes(records), 1) for _, finding in reversed(cause)
    }
    known: dict[str, str] = {str(each["id"]): str(each.get("severity")) for _, each in reversed(_pairs(records))}
    for name in sorted(known, key=lambda each: (numbers.get(each, len(numbers) + 1), each)):
        title = f"FAIL {numbers[name]}" if name in numbers else "WARN" if known[name] == "warning" else "FAIL"
        yield f"{title:<8}{plain(name)}"
    if not known:
        yield "this run has no findings"


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip("-.")[:100] or "finding"
