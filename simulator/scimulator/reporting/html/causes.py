"""Root causes as cards: what fixing each would gain, what we sent, what they owe, what came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimulator.reporting.marking import Excerpt, excerpt
from scimulator.reporting.reading import header, members, number, plain, raw, word
from scimulator.reporting.screen import status_of
from scimulator.reporting.terminal import dialect_name
from scimulator.reporting.verdict import Readiness

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scimulator.catalogue.requirements import Requirement
    from scimulator.catalogue.rulings import Ruling
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.reporting.failures import RootCause, Shown
    from scimulator.reporting.verdict import Verdict

_WIDTH, _LINES = 96, 24


@dataclass(frozen=True, slots=True)
class Side:
    """A request or an answer as text: its first line, and the part of the body that matters."""

    line: str
    body: Excerpt
    missing: str = ""
    """The path that should be there and is not."""


@dataclass(frozen=True, slots=True)
class Card:
    """One root cause; ``position`` is the number under which the terminal and ``scimulator repro`` know it."""

    position: int
    check: int
    """Index of the leading check among the checks of the run."""
    finding: int
    name: str
    id: str
    title: str
    message: str
    data_loss: bool
    gains: tuple[str, ...]
    also: tuple[str, ...]
    refutes: tuple[str, ...]
    owed: Requirement | None
    requirement: str
    strength: str
    citation: str
    statement: str
    rulings: tuple[Ruling, ...]
    url: str
    sent: Side | None
    came: Side | None
    steps: int
    explanation: tuple[str, ...]
    """Paragraphs."""


def cards(
    verdict: Verdict,
    causes: Sequence[RootCause],
    *,
    known: Mapping[str, Requirement],
    decided: Mapping[str, Ruling],
    explanations: Mapping[str, str],
    urls: Mapping[str, str],
) -> list[Card]:
    """Return a card for each root cause, in their order."""
    places = {id(check): place for place, check in enumerate(verdict.checks)}
    made = []
    for position, cause in enumerate(causes, 1):
        lead = cause.lead
        requirement = raw(lead.finding, "requirement")
        owed = known.get(requirement)
        findings = lead.check["findings"]
        listed = findings if isinstance(findings, list) else []
        made.append(
            Card(
                position=position,
                check=places[id(lead.check)],
                finding=next((at for at, each in enumerate(listed) if each is lead.finding), 0),
                name=lead.name,
                id=word(lead.check, "id"),
                title=word(lead.check, "title"),
                message=word(lead.symptom, "message"),
                data_loss=cause.data_loss,
                gains=tuple(gains(verdict, cause)),
                also=tuple(cause.checks[1:]),
                refutes=tuple(cause.requirements[1:]),
                owed=owed,
                requirement=plain(requirement),
                strength=word(lead.finding, "strength"),
                citation=word(lead.finding, "citation"),
                statement=word(lead.finding, "statement"),
                rulings=tuple(decided[each] for each in (owed.rulings if owed else ()) if each in decided),
                url=urls.get(requirement, ""),
                sent=_sent(lead),
                came=_came(lead),
                steps=len(lead.exchanges),
                explanation=tuple(paragraphs(explanations.get(raw(lead.check, "id"), ""))),
            )
        )
    return made


def gains(verdict: Verdict, cause: RootCause) -> list[str]:
    """Return in short what the target wins when this cause alone is repaired."""
    made = []
    count = len(cause.checks)
    made.append(f"{count} check{'s' * (count != 1)} fixed")
    ids = {word(each.check, "id") for each in cause.shown}
    blocked = sum(1 for check in verdict.outcomes("blocked") if word(check, "by") in ids)
    if blocked:
        made.append(f"{blocked} more can run")
    own = {raw(each.finding, "id") for each in cause.shown}
    for each in verdict.dialects:
        if each.readiness is not Readiness.NOT_READY:
            continue
        blockers = {raw(found, "id") for found in each.blockers}
        mine = len(blockers & own)
        if mine and mine == len(blockers):
            made.append(f"{dialect_name(each.dialect)} unblocked")
        elif mine:
            made.append(f"{dialect_name(each.dialect)}: {mine} of {len(blockers)} blockers")
    return made


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a docstring, each as one line."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _sent(shown: Shown) -> Side | None:
    cause = shown.cause
    if cause is None:
        return None
    request = members(cause, "request")
    body = raw(request, "body")
    found = excerpt(body, raw(shown.symptom, "at"), width=_WIDTH, limit=_LINES) if body else Excerpt(())
    if found.missing and body:
        # Where the place is not part of what was sent, the caret would only mislead.
        found = excerpt(body, width=_WIDTH, limit=_LINES)
    return Side(f"{_number(cause)} {word(request, 'method')} {word(request, 'target')}", found)


def _came(shown: Shown) -> Side | None:
    evidence = shown.evidence
    if evidence is None:
        return None
    response = members(evidence, "response")
    at = raw(shown.symptom, "at")
    line = f"{_number(evidence)} {status_of(evidence)}"
    named = header(response, at) if at else None
    if named is not None:
        text = plain(f"{at}: {named}")
        return Side(line, Excerpt((text, "^" * min(len(text), _WIDTH)), 1))
    body = raw(response, "body")
    if not body:
        return Side(line, Excerpt((word(members(evidence, "failure"), "message") or "(no body)",)))
    found = excerpt(body, at, width=_WIDTH, limit=_LINES)
    return Side(line, found, plain(at) if found.missing and at else "")


def _number(exchange: JsonObject) -> str:
    return f"({number(exchange, 'number'):.0f})"
