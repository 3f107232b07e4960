"""A run as JUnit XML, in the form that GitLab, Jenkins and GitHub actions read.

A suite per chapter of the checks, a case per check and dialect. Not-applicable and blocked are skips with the reason, a
failure that a baseline knows is a skip that says so, an error of ours is an error. Requirements, dialect, finding ids
and strengths are properties.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from scimulator.reporting.failure_summary import summary_of
from scimulator.reporting.reading import number, objects, plain, raw, word, words
from scimulator.reporting.verdict import is_known

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scimulator.exchange.strict_json import JsonObject

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def junit(records: Sequence[JsonObject]) -> str:
    """Return a run as JUnit XML; ``records`` are those of a run stream."""
    header = next((each for each in records if each.get("type") == "run"), {})
    chapters: dict[str, list[JsonObject]] = {}
    for each in records:
        if each.get("type") == "check":
            chapters.setdefault(raw(each, "area"), []).append(each)
    lines = ['<?xml version="1.0" encoding="utf-8"?>']
    everything = [each for listed in chapters.values() for each in listed]
    lines.append(f"<testsuites name={_quoted('scimulator')} {_tally(everything)}>")
    for chapter, checks in chapters.items():
        started = word(header, "started").removesuffix("+00:00")
        name = _quoted(f"scimulator.{chapter}")
        lines.append(f"  <testsuite name={name} {_tally(checks)} timestamp={_quoted(started)}>")
        lines.append("    <properties>")
        lines += [
            f"      <property name={_quoted(f'scim.{key}')} value={_quoted(word(header, key))}/>"
            for key in ("target", "run", "scimulator", "seed")
        ]
        lines.append("    </properties>")
        for check in checks:
            lines += _case(check)
        lines.append("  </testsuite>")
    lines.append("</testsuites>")
    return "\n".join(lines) + "\n"


def properties(check: JsonObject) -> Iterator[tuple[str, str]]:
    """Yield what a case is about, as names and values; a name may come several times."""
    yield "scim.check", raw(check, "id")
    yield "scim.outcome", raw(check, "outcome")
    for each in words(check, "requirements"):
        yield "scim.requirement", each
    if check.get("dialect"):
        yield "scim.dialect", raw(check, "dialect")
    if check.get("data_loss") is True:
        yield "scim.data-loss", "true"
    for found in objects(check, "findings"):
        yield "scim.finding", word(found, "id")
        yield "scim.strength", f"{word(found, 'requirement')}: {word(found, 'strength')}"
        if is_known(found):
            yield "scim.known", word(found, "id")


def _case(check: JsonObject) -> Iterator[str]:
    dialect = raw(check, "dialect")
    name = raw(check, "id") + (f"[{dialect}]" if dialect else "")
    seconds = _quoted(f"{number(check, 'duration'):.6f}")
    chapter = _quoted(f"scimulator.{raw(check, 'area')}")
    yield f"    <testcase classname={chapter} name={_quoted(name)} time={seconds}>"
    yield "      <properties>"
    for key, value in properties(check):
        yield f"        <property name={_quoted(key)} value={_quoted(value)}/>"
    yield "      </properties>"
    kind, message = _end(check)
    if kind in ("failure", "error"):
        label = "type=" + _quoted(_type(check))
        yield f"      <{kind} message={_quoted(message)} {label}>{_text(summary_of(check))}</{kind}>"
    elif kind:
        yield f"      <skipped message={_quoted(message)}/>"
    elif objects(check, "findings"):
        yield f"      <system-out>{_text(summary_of(check))}</system-out>"
    yield "    </testcase>"


def _end(check: JsonObject) -> tuple[str, str]:
    match raw(check, "outcome"):
        case "failed":
            found = [each for each in objects(check, "findings") if each.get("severity") == "failure"]
            fresh = [each for each in found if not is_known(each)]
            lead = (fresh or found or [{}])[0]
            symptom = lead.get("symptom")
            message = word(symptom, "message") if isinstance(symptom, dict) else ""
            if found and not fresh:
                known = lead.get("known")
                return "skipped", f"known: {word(known, 'reason') if isinstance(known, dict) else ''} ({message})"
            return "failure", message
        case "error":
            return "error", word(check, "reason")
        case "blocked":
            return "skipped", f"blocked by {word(check, 'by')}: {word(check, 'reason')}"
        case "not-applicable":
            return "skipped", f"not applicable: {word(check, 'reason')}"
        case _:
            return "", ""


def _type(check: JsonObject) -> str:
    return next((word(each, "requirement") for each in objects(check, "findings")), "error")


def _tally(checks: Sequence[JsonObject]) -> str:
    ends = [_end(each)[0] for each in checks]
    seconds = sum(number(each, "duration") for each in checks)
    return (
        f'tests="{len(checks)}" failures="{ends.count("failure")}" errors="{ends.count("error")}" '
        f'skipped="{ends.count("skipped")}" time="{seconds:.3f}"'
    )


def _quoted(value: str) -> str:
    return quoteattr(_FORBIDDEN.sub("\ufffd", plain(value)))


def _text(value: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", value))
