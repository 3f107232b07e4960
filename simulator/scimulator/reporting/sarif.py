"""A run as SARIF 2.1.0 (OASIS), the format in which code scanning takes findings.

A finding is a result: its rule is the check, its fingerprint the finding's id, its logical location the place in the
answer. Findings that a baseline knows carry a suppression with the reason. HTTP has no lines of code, yet GitHub takes
only results with a file: each points at the settings file of the user's repository.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import orjson

from scimulator import __version__
from scimulator.reporting.judged import address_of, statement_of
from scimulator.reporting.markdown_text import code, text
from scimulator.reporting.reading import members, number, objects, plain, raw, word, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scimulator.exchange.strict_json import Json, JsonObject

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
SETTINGS_FILE = "scimulator.toml"
_TEXT = 1000
_RESULTS = 5000
"""GitHub takes 25,000 results and shows 5,000."""


def sarif(records: Sequence[JsonObject], *, explanations: Mapping[str, str] | None = None) -> str:
    """Return a SARIF log of one run; ``explanations`` are texts by check id.

    ``records`` are those of a run stream, marked by a baseline where there is one.
    """
    checks = [each for each in records if each.get("type") == "check"]
    header = next((each for each in records if each.get("type") == "run"), {})
    footer = next((each for each in records if each.get("type") == "end"), {})
    pairs = [(check, found) for check in checks for found in objects(check, "findings")]
    pairs = _each_once(pairs)[:_RESULTS]
    rules: dict[str, JsonObject] = {}
    for check, found in pairs:
        rules.setdefault(raw(check, "id"), _rule(check, found, (explanations or {}).get(raw(check, "id"), "")))
    order = {name: position for position, name in enumerate(rules)}
    log: JsonObject = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Scimulator",
                        "semanticVersion": __version__,
                        "rules": list(rules.values()),
                    }
                },
                "automationDetails": {"id": f"scimulator/{word(header, 'run')}"},
                "invocations": [_invocation(checks, header, footer)],
                "columnKind": "unicodeCodePoints",
                "results": [_result(check, found, order[raw(check, "id")], header) for check, found in pairs],
                "properties": {"target": word(header, "target"), "dialects": list(words(header, "dialects"))},
            }
        ],
    }
    return orjson.dumps(log, option=orjson.OPT_INDENT_2).decode() + "\n"


def _each_once(pairs: Sequence[tuple[JsonObject, JsonObject]]) -> list[tuple[JsonObject, JsonObject]]:
    made: dict[tuple[str, str], tuple[JsonObject, JsonObject]] = {}
    for check, found in pairs:
        made.setdefault((raw(found, "id"), raw(found, "requirement")), (check, found))
    return sorted(made.values(), key=lambda pair: pair[1].get("severity") != "failure")


def _rule(check: JsonObject, found: JsonObject, explanation: str) -> JsonObject:
    name = raw(check, "id")
    owed = list(dict.fromkeys([raw(found, "requirement"), *(each for each in words(check, "requirements"))]))
    help_uri = next((address for each in owed if (address := address_of(each))), "")
    lines = [f"- {code(each)} {text(statement_of(each), _TEXT)}" for each in owed if statement_of(each)]
    paragraphs = [word(check, "title"), explanation.strip(), f"scimulator explain {name}"]
    told = "\n\n".join(each for each in paragraphs if each)
    rule: JsonObject = {
        "id": name,
        "name": "".join(part.capitalize() for part in name.replace(".", "-").split("-")),
        "shortDescription": {"text": word(check, "title") or name},
        "fullDescription": {"text": (explanation.strip() or word(check, "title") or name)[:_TEXT]},
        "help": {
            "text": "\n".join([told, *(f"{each}: {statement_of(each)}" for each in owed if statement_of(each))]),
            "markdown": "\n".join([told.replace("<", "&lt;"), "", *lines]),
        },
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": list(dict.fromkeys(["scim", raw(check, "area"), *owed])),
            "precision": "very-high",
            "problem.severity": "error",
        },
    }
    if check.get("data_loss") is True:
        members(rule, "properties")["tags"] = ["scim", "data-loss", raw(check, "area"), *owed]
    return rule | ({"helpUri": help_uri} if help_uri else {})


def _result(check: JsonObject, found: JsonObject, rule: int, header: JsonObject) -> JsonObject:
    symptom = members(found, "symptom")
    level = "warning" if found.get("severity") == "warning" or check.get("submission") else "error"
    name = raw(found, "id")
    dialect = word(check, "dialect")
    spoken = f" [{dialect}]" if dialect else ""
    owed = f"{word(found, 'requirement')}, {word(found, 'strength')}, {word(found, 'citation')}"
    message = f"{word(symptom, 'message')}{spoken} ({owed})"[: 2 * _TEXT]
    result: JsonObject = {
        "ruleId": raw(check, "id"),
        "ruleIndex": rule,
        "level": level,
        "message": {"text": message or plain(name)},
        "locations": [{"physicalLocation": _file(), "logicalLocations": _places(check, found, header)}],
        "partialFingerprints": {"finding/v1": hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()},
        "properties": {
            "finding": plain(name),
            "requirement": word(found, "requirement"),
            "strength": word(found, "strength"),
            "dialect": dialect,
            "dialects": list(words(check, "dialects")),
            "dataLoss": check.get("data_loss") is True,
        },
    }
    known = members(found, "known")
    if known:
        until = f" (until {word(known, 'until')})" if known.get("until") else ""
        link = f" {word(known, 'link')}" if known.get("link") else ""
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": f"{word(known, 'reason')}{until}{link}"}
        ]
    return result


def _file() -> JsonObject:
    return {"artifactLocation": {"uri": SETTINGS_FILE}, "region": {"startLine": 1}}


def _places(check: JsonObject, found: JsonObject, header: JsonObject) -> list[Json]:
    symptom = members(found, "symptom")
    wanted = number(symptom, "exchange")
    shown = [each for each in objects(check, "exchanges") if number(each, "number") == wanted]
    places: list[Json] = [{"kind": "resource", "name": word(header, "target") or "target"}]
    if shown:
        request = members(shown[-1], "request")
        places.append({"kind": "resource", "name": f"{word(request, 'method')} {word(request, 'target')}"[:_TEXT]})
    if symptom.get("at"):
        at = word(symptom, "at")[:_TEXT]
        places.append({"kind": "member", "name": at, "fullyQualifiedName": f"{word(check, 'id')}:{at}"})
    return places


def _invocation(checks: Sequence[JsonObject], header: JsonObject, footer: JsonObject) -> JsonObject:
    errors = [each for each in checks if each.get("outcome") == "error"]
    notes: list[Json] = [
        {"level": "error", "message": {"text": f"{word(each, 'id')}: {word(each, 'reason')}"[:_TEXT]}}
        for each in errors[:100]
    ]
    made: JsonObject = {"executionSuccessful": bool(footer) and not errors}
    started = word(header, "started")
    if started:
        made["startTimeUtc"] = started.replace("+00:00", "Z")
    return made | ({"toolExecutionNotifications": notes} if notes else {})
