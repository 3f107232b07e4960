"""The data of a report: checks and exchanges, in a form that is small and cannot end the element it stands in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scimulator.exchange.strict_json import read_json
from scimulator.reporting.curl import curl
from scimulator.reporting.failures import Shown
from scimulator.reporting.html.difference import differences
from scimulator.reporting.marking import resolve
from scimulator.reporting.reading import members, number, objects, raw, values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scimulator.exchange.strict_json import Json, JsonObject

_SAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
NEVER = -1
"""What stands for a text that is not there."""


class Strings:
    """Texts that occur again and again (headers, discovery documents) are written once; others refer to their place."""

    def __init__(self) -> None:
        self.listed: list[Json] = []
        self._known: dict[str, int] = {}

    def place(self, value: Json) -> int:
        """Return where the value stands; an empty one stands nowhere."""
        if not value:
            return NEVER
        key = value if isinstance(value, str) else json.dumps(value)
        found = self._known.setdefault(key, len(self.listed))
        if found == len(self.listed):
            self.listed.append(value)
        return found


def as_island(value: Json) -> str:
    """Return JSON for a ``script`` element of type ``application/json``.

    ASCII only, so that a lone surrogate survives as an escape; ``<``, ``>`` and ``&`` are escaped, so that nothing in
    it can be read as markup (HTML, 13.2.5.15 and following: the content of a script ends at ``</script``).
    """
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).translate(_SAFE)


def check_data(checks: Iterable[JsonObject], strings: Strings, base_url: str) -> list[Json]:
    """Return checks for the page; the exchanges of those with findings can be copied as curl."""
    return [_check(each, strings, base_url) for each in checks]


def _check(check: JsonObject, strings: Strings, base_url: str) -> JsonObject:
    found = objects(check, "findings")
    kept = {
        name: check.get(name)
        for name in ("id", "dialect", "dialects", "area", "title", "outcome", "requirements", "reason", "by", "notes")
    }
    return {
        **kept,
        "loss": check.get("data_loss") is True,
        "submission": raw(check, "submission"),
        "ms": round(number(check, "duration") * 1000, 3),
        "findings": [_finding(check, each) for each in found],
        "exchanges": [_exchange(each, strings, base_url if found else None) for each in objects(check, "exchanges")],
    }


def _finding(check: JsonObject, finding: JsonObject) -> JsonObject:
    shown = Shown(check, finding)
    listed = objects(check, "exchanges")
    symptom = shown.symptom
    at = raw(symptom, "at")
    wanted, got = symptom.get("wanted"), symptom.get("got")
    return {
        "id": raw(finding, "id"),
        "requirement": raw(finding, "requirement"),
        "citation": raw(finding, "citation"),
        "strength": raw(finding, "strength"),
        "statement": raw(finding, "statement"),
        "severity": raw(finding, "severity"),
        "known": finding.get("known"),
        "count": int(number(finding, "count")),
        "sender": raw(finding, "sender"),
        "kind": raw(symptom, "kind"),
        "message": raw(symptom, "message"),
        "at": at,
        "differences": differences(wanted, got) if wanted is not None or got is not None else [],
        "evidence": _position(listed, shown.evidence),
        "cause": _position(listed, shown.cause),
        "came": _steps(members(shown.evidence or {}, "response"), at),
        "sent": _steps(members(shown.cause or {}, "request"), at),
    }


def _position(listed: list[JsonObject], wanted: JsonObject | None) -> int:
    return next((at for at, each in enumerate(listed) if each is wanted), NEVER)


def _steps(message: JsonObject, at: str) -> JsonObject:
    """Return the way to ``at`` in a body, as far as it exists, and whether it exists to the end."""
    body = raw(message, "body")
    if not at or not body:
        return {"path": [], "whole": False}
    document = read_json(body.encode("utf-8", "surrogatepass"))
    if not document.valid:
        return {"path": [], "whole": False}
    steps, whole = resolve(document.value, at)
    return {"path": list(steps), "whole": whole}


def _exchange(exchange: JsonObject, strings: Strings, base_url: str | None) -> JsonObject:
    request, response, failure = (members(exchange, name) for name in ("request", "response", "failure"))
    made: JsonObject = {
        "n": int(number(exchange, "number")),
        "ms": round(number(exchange, "elapsed") * 1000, 3),
        "purpose": raw(exchange, "purpose"),
        "step": raw(exchange, "step"),
        "method": raw(request, "method"),
        "target": raw(request, "target"),
        "sent": _message(request, strings),
        "came": _message(response, strings) if response else None,
        "status": int(number(response, "status")),
        "failure": f"{raw(failure, 'kind')}: {raw(failure, 'message')}" if failure else "",
    }
    if base_url is not None:
        made["curl"] = curl(exchange, base_url)
    return made


def _message(message: JsonObject, strings: Strings) -> list[Json]:
    return [
        strings.place(values(message, "headers")),
        strings.place(raw(message, "body")),
        int(number(message, "cut")),
        raw(message, "encoding"),
    ]
