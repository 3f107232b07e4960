"""The HTML report with all that only the command line can reach: the checks' explanations and tests that show a bug."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scimulator.exchange.strict_json import JsonObject


def html(records: Sequence[JsonObject]) -> str:
    """Return the HTML report of a run."""
    from scimulator.reporting.html import Extras, html_report

    return html_report(records, extras=Extras(explanations=explanations(), pytest_of=_pytest_of(records)))


def explanations() -> dict[str, str]:
    """Return the explanation of each check by its id."""
    from scimulator.cli.judging import SuitesError, collected_checks

    try:
        return {each.id: each.explanation for each in collected_checks()}
    except SuitesError:
        # A report of a run that is over must not depend on the suites of today.
        return {}


def _pytest_of(records: Sequence[JsonObject]) -> Callable[[JsonObject, JsonObject], str]:
    from scimulator.cli.repro import control
    from scimulator.evidence.repro.making import planned
    from scimulator.evidence.repro.plan import ImpossibleError
    from scimulator.evidence.repro.pytest_file import pytest_file
    from scimulator.evidence.repro.slicing import History

    history = History.of(records)

    def made(check: JsonObject, finding: JsonObject) -> str:
        try:
            return pytest_file(planned(history, check, finding, control=control))
        except ImpossibleError:
            return ""

    return made
