"""The records of a run, as plain JSON: what one check came to, with the exchanges that show it, redacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.catalogue.requirements import requirement
from scimulator.exchange.message import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scimulator.catalogue.checks import CheckDeclaration
    from scimulator.exchange.message import Exchange
    from scimulator.exchange.redaction import Redactor
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.kit.judge import Judge
    from scimulator.kit.outcomes import Outcome, Violation


def finding(declaration: CheckDeclaration, dialect: str, violation: Violation, redactor: Redactor) -> JsonObject:
    """Return a violation as a finding; its id is the same from run to run."""
    owed = requirement(violation.requirement)
    spoken = f"[{dialect}]" if dialect else ""
    symptom = redactor.json(violation.symptom.as_json())
    return {
        "id": f"{declaration.id}{spoken}:{redactor.text(violation.symptom.slug)}",
        "requirement": owed.id,
        "citation": owed.citation,
        "strength": owed.strength.value,
        "statement": owed.statement,
        "severity": "warning" if violation.soft else "failure",
        "symptom": symptom,
    }


def check_record(
    declaration: CheckDeclaration,
    outcome: Outcome,
    judge: Judge | None,
    redactor: Redactor,
    *,
    dialect: str = "",
    violations: Iterable[Violation] = (),
    reason: str = "",
    by: str = "",
    duration: float = 0.0,
) -> JsonObject:
    """Return the record of one check.

    ``violations`` are all that were seen, hard ones first. Exchanges of clean-up are left out.
    """
    observed: list[Json] = [
        {"quirk": quirk, "value": value, "evidence": redactor.text(evidence)}
        for quirk, value, evidence in (judge.observations if judge else [])
    ]
    exchanges = [each for each in (judge.exchanges if judge else []) if each.purpose is not Purpose.CLEAN_UP]
    return {
        "type": "check",
        "id": declaration.id,
        "dialect": dialect,
        "dialects": [dialect] if dialect else list(declaration.dialects),
        "area": declaration.area,
        "title": declaration.title,
        "outcome": outcome.value,
        "requirements": list(declaration.requirements),
        "findings": [finding(declaration, dialect, each, redactor) for each in violations],
        "reason": redactor.text(reason),
        "by": by,
        "notes": [redactor.text(note) for note in (judge.notes if judge else [])],
        "data_loss": declaration.data_loss,
        "submission": declaration.submission,
        "duration": round(duration, 6),
        **({"observations": observed} if observed else {}),
        "exchanges": [exchange_record(each, redactor) for each in exchanges],
    }


def exchange_record(exchange: Exchange, redactor: Redactor) -> JsonObject:
    """Return an exchange as it is written: redacted, with purpose and timing."""
    return redactor.exchange(exchange)
