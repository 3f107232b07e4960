"""Giving pytest's reports the shape of our outcomes, so that its terminal, JUnit and Allure tell the same story."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scimulator.kit.outcomes import Outcome

if TYPE_CHECKING:
    from scimulator.exchange.redaction import Redactor
    from scimulator.exchange.strict_json import Json, JsonObject

ATTRIBUTE = "scimulator"
_SKIPPED = (Outcome.NOT_APPLICABLE, Outcome.BLOCKED)


def shape(report: pytest.TestReport, record: JsonObject, redactor: Redactor) -> None:
    """Set outcome, text and properties of a report from the record of its check."""
    outcome = Outcome(str(record["outcome"]))
    setattr(report, ATTRIBUTE, record)
    report.user_properties = [(name, redactor.text(text)) for name, text in _properties(record)]
    if outcome in _SKIPPED:
        path, line, _ = report.location
        report.outcome = "skipped"
        report.longrepr = (path, line or 0, redactor.text(skip_reason(record)))
    elif outcome is Outcome.FAILED:
        report.outcome = "failed"
        report.longrepr = redactor.text(failure_text(record))
    elif outcome is Outcome.ERROR:
        report.outcome = "failed"
        report.longrepr = redactor.text(str(report.longrepr))
    report.sections = [(title, redactor.text(text)) for title, text in report.sections]


def synthetic(record: JsonObject) -> pytest.TestReport:
    """Return a report for a check that is no test item, as the passive invariants are."""
    nodeid = f"suites/exchanges::{record['id']}"
    report = pytest.TestReport(
        nodeid=nodeid,
        location=("suites/exchanges", None, str(record["id"])),
        keywords={},
        outcome="passed",
        longrepr=None,
        when="call",
        duration=0.0,
    )
    outcome = Outcome(str(record["outcome"]))
    setattr(report, ATTRIBUTE, record)
    report.user_properties = list(_properties(record))
    if outcome in _SKIPPED:
        report.outcome = "skipped"
        report.longrepr = ("suites/exchanges", 0, skip_reason(record))
    elif outcome is Outcome.FAILED:
        report.outcome = "failed"
        report.longrepr = failure_text(record)
    return report


def status(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Return category, letter and word where ours differ from pytest's."""
    record = getattr(report, ATTRIBUTE, None)
    if record is None:
        return None
    match Outcome(str(record["outcome"])):
        case Outcome.ERROR:
            return "error", "E", "ERROR"
        case Outcome.WARNED:
            return "passed", "w", "PASSED (warned)"
        case Outcome.NOT_APPLICABLE:
            return "skipped", "n", "SKIPPED (not applicable)"
        case Outcome.BLOCKED:
            return "skipped", "b", "SKIPPED (blocked)"
        case _:
            return None


def skip_reason(record: JsonObject) -> str:
    """Return why a check did not run, in one line."""
    if record["outcome"] == Outcome.BLOCKED:
        return f"blocked by {record['by']}: {record['reason']}"
    return f"not applicable: {record['reason']}"


def failure_text(record: JsonObject) -> str:
    """Return the findings of a check as lines for pytest's failure section."""
    lines = [f"{record['id']}{' [' + str(record['dialect']) + ']' if record['dialect'] else ''}: {record['title']}"]
    findings = record["findings"]
    for found in findings if isinstance(findings, list) else []:
        if not isinstance(found, dict):
            continue
        symptom = found.get("symptom")
        if isinstance(symptom, dict):
            lines.append(f"  {symptom['message']}")
            lines += [
                f"    {word:<7} {_short(symptom[key])}"
                for word, key in (("at", "at"), ("wanted", "wanted"), ("got", "got"))
                if symptom[key] not in (None, "")
            ]
        lines.append(
            f"    owed    {found['requirement']} ({found['strength']}, {found['citation']}): {found['statement']}"
        )
    lines.append(f"  scimulator explain {record['id']}")
    return "\n".join(lines)


def _short(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else text[:297] + "..."


def _properties(record: JsonObject) -> list[tuple[str, str]]:
    requirements = record["requirements"]
    properties = [("scim.check", str(record["id"])), ("scim.outcome", str(record["outcome"]))]
    properties += [("scim.requirement", str(each)) for each in (requirements if isinstance(requirements, list) else [])]
    if record["dialect"]:
        properties.append(("scim.dialect", str(record["dialect"])))
    findings = record["findings"]
    for found in findings if isinstance(findings, list) else []:
        if isinstance(found, dict):
            properties.append(("scim.finding", str(found["id"])))
            properties.append(("scim.strength", f"{found['requirement']}: {found['strength']}"))
    if record["outcome"] == Outcome.WARNED:
        for found in findings if isinstance(findings, list) else []:
            symptom = found.get("symptom") if isinstance(found, dict) else None
            if isinstance(symptom, dict):
                properties.append(("scim.warning", str(symptom["message"])))
    return properties
