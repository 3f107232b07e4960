"""What ``scimulator replay`` does without a cassette: the failures of the last run are tried again.

The checks that found them are run again with the same people, so that everything they need is made anew and the same
judge decides; a finding that comes back under its own id is the same one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scimulator.exchange.strict_json import JsonObject
    from scimulator.target.settings import Settings

RUN_FILE = "scimulator-report/run.jsonl"
REPLAYED = "scimulator-report/replay.jsonl"
"""Where the run of a replay is written; the run that is replayed stays as it is."""
_RAN = ("passed", "warned", "failed")


class Again(StrEnum):
    """What became of a failure."""

    FIXED = "FIXED"
    STILL_FAILING = "STILL FAILING"
    DIFFERENT = "DIFFERENT"


@dataclass(frozen=True, slots=True)
class Replayed:
    """A finding of the last run, what became of it, and why that is said."""

    finding: str
    again: Again
    told: str


def replay_failures(
    run_file: str = RUN_FILE,
    target: str | None = None,
    *,
    options: Mapping[str, object] | None = None,
    json_file: str | None = None,
) -> int:
    """Try the failures of a run again and print FIXED, STILL FAILING or DIFFERENT for each.

    ``run_file`` is the run stream of a check, ``target`` the server (default: that of the run), ``options`` those of
    ``choosing.reaching``. With ``json_file`` the result is also written as JSON. Returns 0 when all are fixed, 1 when
    one is not, 4 when the target cannot be reached.

    Raises:
        click.UsageError: when there is no such run, or it does not say which target it was about.
    """
    import json

    from scimulator.cli.choosing import chosen_settings, opened, prompted
    from scimulator.reporting.stream import BadRun, read_run
    from scimulator.target.essentials import essentials

    if not Path(run_file).exists():
        raise click.UsageError(f"there is no {run_file}; run scimulator check first, or name a run")
    try:
        records = list(read_run(Path(run_file)))
    except BadRun as error:
        raise click.UsageError(str(error)) from error
    header, failed = records[0] if records else {}, _failed(records)
    if not failed:
        click.echo(f"{run_file} holds no failures; nothing to replay")
        return 0
    given = dict(options or {})
    settings = chosen_settings(given, url=target) if target is not None else chosen_settings(given)
    spec = target or _target_of(header, settings)
    with prompted(settings) as ready:
        reached = opened(spec, ready)
        try:
            obstacle = essentials(reached)
        finally:
            reached.close()
        if obstacle is not None:
            click.echo(str(obstacle), err=True)
            return 4
        results = _replayed(failed, _run_again(spec, header, failed, ready, given))
    for each in results:
        click.echo(f"{each.again:<14} {_plain(each.finding)}{f'   {_plain(each.told)}' if each.told else ''}")
    counts = {kind: sum(each.again is kind for each in results) for kind in Again}
    told = ", ".join(f"{count} {kind.lower()}" for kind, count in counts.items() if count)
    click.echo(f"{len(results)} failures of {header.get('started')} tried again on {_plain(spec)}: {told}")
    if json_file:
        listed = [{"finding": each.finding, "result": each.again.value, "reason": each.told} for each in results]
        Path(json_file).write_text(json.dumps({"target": spec, "failures": listed}, indent=1) + "\n", encoding="utf-8")
    return 0 if counts[Again.FIXED] == len(results) else 1


def _failed(records: Sequence[JsonObject]) -> list[JsonObject]:
    """Return the check records that have failures."""
    return [each for each in records if each.get("type") == "check" and each.get("outcome") == "failed"]


def _failures(check: JsonObject) -> list[JsonObject]:
    listed = check.get("findings")
    found = [each for each in (listed if isinstance(listed, list) else []) if isinstance(each, dict)]
    return [each for each in found if each.get("severity") == "failure"]


def _target_of(header: JsonObject, settings: Settings) -> str:
    name = str(header.get("target") or "")
    # The run keeps the address without its query; the settings may have it whole.
    if settings.target.url and settings.target.url.partition("?")[0].rstrip("/") == name.rstrip("/"):
        return settings.target.url
    if not name:
        raise click.UsageError("the run does not say which target it was about; name it")
    return name


def _run_again(
    spec: str, header: JsonObject, failed: Sequence[JsonObject], settings: Settings, options: Mapping[str, object]
) -> list[JsonObject]:
    from scimulator.cli.judging import run_suites

    arguments = ["--scim-target", spec, "--scim-run", REPLAYED]
    if isinstance(header.get("seed"), int):
        arguments += ["--scim-seed", str(header["seed"])]
    dialects = header.get("dialects")
    for each in dialects if isinstance(dialects, list) else []:
        arguments += ["--scim-dialect", str(each)]
    chosen = {str(check["id"]) for check in failed}
    # A passive invariant watches what other checks send, so those run as well.
    chosen |= {str(each["sender"]) for check in failed for each in _failures(check) if each.get("sender")}
    for name in sorted(chosen):
        arguments += ["--scim-select", name]
    valued = ("config", "auth", "token_file", "username", "header", "ca_bundle", "timeout")
    for name in valued:
        if options.get(name) is not None:
            arguments += [f"--scim-{name.replace('_', '-')}", str(options[name])]
    if options.get("insecure"):
        arguments.append("--scim-insecure")
    if settings.target.token_env:
        arguments += ["--scim-token-env", settings.target.token_env]
    judged = run_suites(arguments)
    if judged.usage:
        raise click.UsageError(judged.usage)
    if judged.broken:
        raise RuntimeError(judged.broken)
    return [each for each in judged.records if each.get("type") == "check"]


def _replayed(failed: Sequence[JsonObject], now: Sequence[JsonObject]) -> list[Replayed]:
    seen: dict[tuple[str, str], list[JsonObject]] = {}
    for each in now:
        seen.setdefault((str(each["id"]), str(each.get("dialect") or "")), []).append(each)
    made: dict[str, Replayed] = {}
    for check in failed:
        records = seen.get((str(check["id"]), str(check.get("dialect") or "")), [])
        for finding in _failures(check):
            name = str(finding["id"])
            made.setdefault(name, _compared(name, records))
    return sorted(made.values(), key=lambda each: (each.again is Again.FIXED, each.finding))


def _compared(name: str, records: Sequence[JsonObject]) -> Replayed:
    found = [each for record in records for each in _failures(record)]
    if any(each["id"] == name for each in found):
        return Replayed(name, Again.STILL_FAILING, "")
    if found:
        symptom = found[0].get("symptom")
        told = symptom.get("message") if isinstance(symptom, dict) else ""
        return Replayed(name, Again.DIFFERENT, f"now {found[0]['id']}: {told}")
    idle = [each for each in records if each.get("outcome") not in _RAN]
    if not records or len(idle) == len(records):
        told = f"{idle[0].get('outcome')}: {idle[0].get('reason')}" if idle else "the check is gone or did not run"
        return Replayed(name, Again.DIFFERENT, told)
    return Replayed(name, Again.FIXED, "")


def _plain(text: str) -> str:
    from scimulator.reporting.reading import plain

    return plain(text)
