"""A repro as an HTTP archive (HAR 1.2): the exchanges as they were, for a viewer or for a replay."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from scimulator import __version__
from scimulator.evidence.repro.disguise import Disguise
from scimulator.evidence.repro.records import seen, text
from scimulator.evidence.repro.template import MARK
from scimulator.evidence.repro.wording import commented, explained

if TYPE_CHECKING:
    from scimulator.evidence.repro.plan import Plan, Step
    from scimulator.evidence.repro.records import Seen
    from scimulator.exchange.strict_json import Json, JsonObject

UNKNOWN = -1
"""What HAR writes for a size or time that nobody knows."""


def archive(plan: Plan) -> JsonObject:
    """Return the HAR of a plan; tokens stand there as ``<redacted>``, other people's data under other names.

    Source: the HTTP Archive format 1.2. What decides stands in the log's ``comment``.
    """
    disguise = Disguise(step.seen for step in plan.steps)
    base_url = str(plan.header.get("base_url") or "http://target.invalid")
    entries: list[Json] = [_entry(step, base_url, disguise) for step in plan.steps]
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "scimulator", "version": __version__},
            "comment": disguise.text("\n".join(commented(plan))),
            "pages": [],
            "entries": entries,
            "_scimulator": {
                "base_url": base_url,
                "mark": next((each.seen for each in plan.values if each.name == MARK), ""),
                "finding": str(plan.finding.get("id")),
                "shows": plan.condition.step,
            },
        }
    }


def exchanges_in(archived: JsonObject) -> tuple[str, str, list[Seen]]:
    """Return base URL, mark and exchanges of an archive that ``archive`` has made; empty ones where it is another's."""
    log = archived.get("log")
    log = log if isinstance(log, dict) else {}
    ours = log.get("_scimulator")
    ours = ours if isinstance(ours, dict) else {}
    base_url, mark = text(ours, "base_url"), text(ours, "mark")
    listed = log.get("entries")
    entries = [each for each in (listed if isinstance(listed, list) else []) if isinstance(each, dict)]
    return base_url, mark, [seen(_record(number, each, base_url)) for number, each in enumerate(entries, 1)]


def _record(number: int, entry: JsonObject, base_url: str) -> JsonObject:
    request, response = _object(entry, "request"), _object(entry, "response")
    elapsed = entry.get("time")
    return {
        "number": number,
        "started": datetime.fromisoformat(text(entry, "startedDateTime")).timestamp(),
        "elapsed": elapsed / 1000 if isinstance(elapsed, int | float) else 0.0,
        "purpose": text(entry, "_purpose"),
        "step": "",
        "request": {
            "method": text(request, "method"),
            "target": text(request, "url").removeprefix(base_url),
            "headers": _headers(request),
            "body": text(_object(request, "postData"), "text"),
        },
        "response": {
            "status": response.get("status"),
            "headers": _headers(response),
            "body": text(_object(response, "content"), "text"),
        },
    }


def _object(record: JsonObject, name: str) -> JsonObject:
    found = record.get(name)
    return found if isinstance(found, dict) else {}


def _headers(message: JsonObject) -> list[Json]:
    listed = message.get("headers")
    pairs = [each for each in (listed if isinstance(listed, list) else []) if isinstance(each, dict)]
    return [[text(each, "name"), text(each, "value")] for each in pairs]


def _entry(step: Step, base_url: str, disguise: Disguise) -> JsonObject:
    told = step.seen
    elapsed = told.record.get("elapsed")
    milliseconds = round(float(elapsed) * 1000, 3) if isinstance(elapsed, int | float) else 0.0
    body = disguise.text(told.answer)
    request: JsonObject = {
        "method": told.method,
        "url": disguise.text(f"{base_url}{told.target}"),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": name, "value": disguise.text(value)} for name, value in told.headers],
        "queryString": [
            {"name": name, "value": disguise.text(value)}
            for name, value in parse_qsl(told.target.partition("?")[2], keep_blank_values=True)
        ],
        "headersSize": UNKNOWN,
        "bodySize": len(told.body.encode("utf-8", "surrogatepass")),
    }
    if told.body:
        kind = next((value for name, value in told.headers if name.lower() == "content-type"), "")
        request["postData"] = {"mimeType": kind, "text": disguise.text(told.body)}
    answer: JsonObject = {
        "status": told.status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": name, "value": disguise.text(value)} for name, value in told.answer_headers],
        "content": {
            "size": len(body.encode("utf-8", "surrogatepass")),
            "mimeType": told.answer_header("Content-Type") or "",
            "text": body,
        },
        "redirectURL": "",
        "headersSize": UNKNOWN,
        "bodySize": UNKNOWN,
    }
    return {
        "startedDateTime": datetime.fromtimestamp(told.started, UTC).isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": request,
        "response": answer,
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": explained(step),
        "_purpose": told.purpose,
    }
