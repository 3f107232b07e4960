"""SARIF with what only the command line can reach: the explanations of the checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scimulator.exchange.strict_json import JsonObject


def sarif(records: Sequence[JsonObject]) -> str:
    """Return a run as SARIF."""
    from scimulator.cli.report_html import explanations
    from scimulator.reporting.sarif import sarif as made

    return made(records, explanations=explanations())
