"""A run as the writers of other formats need it: verdict, root causes, and where each requirement can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.catalogue.requirements import UnknownRequirement, requirement, requirements
from scimulator.reporting.verdict import judge_run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scimulator.exchange.strict_json import JsonObject
    from scimulator.reporting.verdict import Verdict


def verdict_of(records: Sequence[JsonObject]) -> Verdict:
    """Return the verdict on a run with the strengths of the catalogue."""
    return judge_run(records, {name: each.strength for name, each in requirements().items()})


def address_of(name: str) -> str:
    """Return where a requirement can be read, as an https address; empty where nobody knows."""
    try:
        owed = requirement(name)
    except UnknownRequirement:
        return ""
    if owed.rfc.startswith("RFC"):
        section = owed.section.split(",")[0].strip()
        anchor = f"#section-{section}" if section[:1].isdigit() else ""
        return f"https://www.rfc-editor.org/rfc/{owed.rfc.lower()}{anchor}"
    return next((each for each in owed.source if each.startswith("https://")), "")


def statement_of(name: str) -> str:
    """Return the sentence of a requirement; empty where nobody knows."""
    try:
        return requirement(name).statement
    except UnknownRequirement:
        return ""
