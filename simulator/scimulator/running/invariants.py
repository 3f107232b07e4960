"""Passive invariants at the end of a run: tallies of all processes merged into one record per invariant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.catalogue.requirements import requirement
from scimulator.exchange.redaction import Redactor
from scimulator.kit.invariants import ALL
from scimulator.kit.outcomes import Outcome, Violation
from scimulator.running.records import check_record, exchange_record, finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.kit.session import Session


def result_of(session: Session, left_behind: Sequence[str], redactor: Redactor) -> JsonObject:
    """Return what one process hands to the one that reports: tallies, findings, and how it tidied up."""
    tallies: JsonObject = {}
    for each in ALL:
        tally = session.invariants.tallies[each.declaration.id]
        findings: JsonObject = {}
        for slug, (per, symptom, exchange, sender) in tally.first.items():
            soft = not requirement(per).fails
            found = finding(each.declaration, "", Violation(per, symptom, soft=soft), redactor)
            found["informational"] = soft and not requirement(per).warns
            found["sender"] = sender
            found["exchange"] = exchange_record(exchange, redactor)
            found["count"] = tally.kinds[slug]
            findings[slug] = found
        tallies[each.declaration.id] = {"seen": tally.seen, "refuted": tally.refuted, "findings": findings}
    return {
        "tallies": tallies,
        "requests": session.target.exchanges_sent,
        "made": session.made,
        "removed": session.removed,
        "left_behind": [redactor.text(each) for each in left_behind],
        "mark": session.mark,
    }


def totals(results: Sequence[JsonObject]) -> JsonObject:
    """Return requests sent, resources made, removed and left behind, over all processes."""
    left: list[Json] = [str(item) for each in results for item in _list(each.get("left_behind"))]
    marks: list[Json] = [str(each.get("mark")) for each in results]
    return {
        "requests": sum(_int(each.get("requests")) for each in results),
        "made": sum(_int(each.get("made")) for each in results),
        "removed": sum(_int(each.get("removed")) for each in results),
        "left_behind": left,
        "marks": marks,
    }


def records(results: Sequence[JsonObject]) -> list[JsonObject]:
    """Return one check record per invariant; the exchanges of its findings stand in it."""
    made = []
    silent = Redactor(set())  # everything here is redacted already
    for each in ALL:
        seen = refuted = 0
        findings: dict[str, JsonObject] = {}
        for result in results:
            tally = _dict(_dict(result.get("tallies")).get(each.declaration.id))
            seen += _int(tally.get("seen"))
            refuted += _int(tally.get("refuted"))
            for slug, found in _dict(tally.get("findings")).items():
                if slug in findings:
                    findings[slug]["count"] = _int(findings[slug].get("count")) + _int(_dict(found).get("count"))
                else:
                    findings[slug] = dict(_dict(found))
        kept = [found for found in findings.values() if not found.pop("informational", False)]
        kept.sort(key=lambda found: found.get("severity") != "failure")
        if not seen:
            outcome = Outcome.NOT_APPLICABLE
        elif any(found.get("severity") == "failure" for found in kept):
            outcome = Outcome.FAILED
        else:
            outcome = Outcome.WARNED if kept else Outcome.PASSED
        record = check_record(
            each.declaration, outcome, None, silent, reason="" if seen else "no exchange concerned it"
        )
        record["exchanges"] = [found.pop("exchange") for found in kept]
        record["findings"] = list(kept)
        record["seen"] = seen
        record["refuted"] = refuted
        made.append(record)
    return made


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _dict(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
