"""Options of the gate: a baseline, thresholds, how many warnings; shared by the verbs that judge or report a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scimulator.exchange.strict_json import JsonObject
    from scimulator.reporting.baseline import Baseline
    from scimulator.reporting.gate import Gate
    from scimulator.reporting.thresholds import Threshold
    from scimulator.target.settings import Settings

F = TypeVar("F", bound="Callable[..., object]")

OPTIONS: tuple[Callable[[F], F], ...] = (
    click.option("--baseline", metavar="FILE", help="Known deviations: they do not fail, new ones do."),
    click.option("--max-warnings", metavar="N", type=click.IntRange(0), help="Close the gate above N warnings."),
    click.option(
        "--threshold", "thresholds", metavar="RULE", multiple=True, help="Such as latency.p95<300ms (repeatable)."
    ),
)


def gating(command: F) -> F:
    """Give a command the options of the gate."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def gate_of(settings: Settings) -> Gate:
    """Return the gate that the settings describe.

    Raises:
        click.UsageError: for a baseline or threshold that cannot be used; nothing has been sent by then.
    """
    from scimulator.reporting.gate import Gate

    run = settings.run
    baseline = baseline_at(run.baseline) if run.baseline else None
    if baseline is not None:
        _know_checks(baseline)
    return Gate(baseline, run.max_warnings, tuple(_threshold(each, settings) for each in run.thresholds))


def marked(records: Sequence[JsonObject], options: Mapping[str, object]) -> list[JsonObject]:
    """Return the records of a run that is over as reports read them, with what settings and options say of the gate."""
    from scimulator.reporting.judged import verdict_of
    from scimulator.reporting.thresholds import Metrics
    from scimulator.target.settings_file import load_settings

    settings = load_settings().override(
        baseline=options.get("baseline"),  # type: ignore[arg-type]  # click has seen to the types
        max_warnings=options.get("max_warnings"),  # type: ignore[arg-type]  # the same
        thresholds=options.get("thresholds") or None,  # type: ignore[arg-type]  # the same
    )
    gate = gate_of(settings)
    metrics = Metrics()
    for record in records:
        metrics.record(record)
    known = gate.baseline.apply(records) if gate.baseline else records
    return gate.mark(records, gate.opinion(verdict_of(known), known, metrics))


def baseline_at(name: str) -> Baseline:
    """Read a baseline.

    Raises:
        click.UsageError: when it cannot be used.
    """
    from scimulator.reporting.baseline import BadBaseline, read_baseline

    try:
        return read_baseline(Path(name))
    except BadBaseline as error:
        raise click.UsageError(str(error)) from error


def _threshold(text: str, settings: Settings) -> Threshold:
    from scimulator.reporting.thresholds import BadThreshold, threshold

    try:
        return threshold(text)
    except BadThreshold as error:
        origin = settings.origin("run.thresholds")
        where = "--threshold" if origin == "command line" else f"{origin}, thresholds"
        raise click.UsageError(f"{where}: {error}") from error


def _know_checks(baseline: Baseline) -> None:
    """Insist that each entry names a check that exists: a mistyped one would never be found out of date."""
    from scimulator.catalogue.near_miss import hint
    from scimulator.cli.judging import SuitesError, collected_checks

    try:
        declared = collected_checks()
    except SuitesError:
        return
    names = _names((each.id, each.dialects) for each in declared)
    for entry in baseline.entries:
        if any(entry.could_cover({"id": name, "dialect": dialect}) for name, dialect in names):
            continue
        if any(_bare(entry.head) == name for name, _ in names) or entry.dialect:
            # The check exists; which dialects it is run for is found out by running it.
            continue
        known = [name for name, _ in names]
        raise click.UsageError(
            f"{baseline.name}, {entry.span}: no check is called {entry.head!r}{hint(_bare(entry.head), known)}; "
            f"correct it, or delete {entry.span}"
        )


def _names(declared: object) -> Sequence[tuple[str, str]]:
    made = []
    for name, dialects in declared:  # type: ignore[attr-defined]  # a generator of pairs
        made.append((name, ""))
        made += [(name, each) for each in dialects]
    return made


def _bare(head: str) -> str:
    return head.partition("[")[0]
