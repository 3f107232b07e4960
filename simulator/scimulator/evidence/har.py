"""HTTP archives (HAR 1.2): what other tools read, and what browsers and proxies write."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl, urlsplit

from scimulator import __version__
from scimulator.evidence.cassette import BadCassette
from scimulator.exchange.message import Exchange, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scimulator.exchange.strict_json import Json, JsonObject

UNKNOWN = -1
"""What HAR writes for a size or time that nobody knows."""


def har_of(exchanges: Iterable[Exchange], base_url: str) -> JsonObject:
    """Return the archive of exchanges whose targets are below ``base_url``."""
    entries: list[Json] = [_entry(each, base_url) for each in exchanges]
    creator: JsonObject = {"name": "scimulator", "version": __version__}
    return {"log": {"version": "1.2", "creator": creator, "pages": [], "entries": entries}}


def exchanges_of(archive: Json, base: str = "") -> list[Exchange]:
    """Return the exchanges of an archive; ``base`` is the path below which SCIM is, and is cut off.

    Raises:
        BadCassette: when it is no archive.
    """
    log = archive.get("log") if isinstance(archive, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise BadCassette("this is no HTTP archive: log.entries is missing")
    made: list[Exchange] = []
    for number, entry in enumerate(entries, 1):
        try:
            made.append(_exchange(number, cast("JsonObject", entry), base))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BadCassette(f"entry {number} of the archive is not as HAR 1.2 has it ({error!r})") from error
    return made


def _entry(exchange: Exchange, base_url: str) -> JsonObject:
    request, response = exchange.request, exchange.response
    url = f"{base_url.rstrip('/')}{request.target}"
    milliseconds = round(exchange.elapsed * 1000, 3)
    sent: JsonObject = {
        "method": request.method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _fields(request.headers),
        "queryString": [{"name": name, "value": value} for name, value in parse_qsl(urlsplit(url).query, True)],
        "headersSize": UNKNOWN,
        "bodySize": len(request.body),
    }
    if request.body:
        mime = _value(request.headers, "content-type")
        sent["postData"] = {"mimeType": mime, "text": request.body.decode("utf-8", "replace")}
    body = response.body if response is not None else b""
    came: JsonObject = {
        "status": response.status if response is not None else 0,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _fields(response.headers if response is not None else ()),
        "content": {
            "size": len(body),
            "mimeType": _value(response.headers, "content-type") if response is not None else "",
            "text": body.decode("utf-8", "replace"),
        },
        "redirectURL": "",
        "headersSize": UNKNOWN,
        "bodySize": len(body),
    }
    return {
        "startedDateTime": datetime.fromtimestamp(exchange.started, UTC).isoformat(),
        "time": milliseconds,
        "request": sent,
        "response": came,
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": exchange.step,
    }


def _exchange(number: int, entry: JsonObject, base: str) -> Exchange:
    request = cast("JsonObject", entry["request"])
    answer = cast("JsonObject", entry["response"])
    parts = urlsplit(str(request["url"]))
    path = parts.path
    if base and (path == base or path.startswith(f"{base}/")):
        path = path[len(base) :]
    target = f"{path or '/'}?{parts.query}" if parts.query else path or "/"
    posted = cast("JsonObject", request.get("postData") or {})
    content = cast("JsonObject", answer.get("content") or {})
    status = int(str(answer.get("status") or 0))
    started = datetime.fromisoformat(str(entry["startedDateTime"])).timestamp()
    response = Response(status, _pairs(answer), str(content.get("text") or "").encode()) if status else None
    return Exchange(
        number=number,
        request=Request(str(request["method"]), target, _pairs(request), str(posted.get("text") or "").encode()),
        response=response,
        started=started,
        elapsed=max(0.0, float(str(entry.get("time") or 0)) / 1000),
    )


def _fields(headers: Iterable[tuple[str, str]]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in headers]


def _pairs(message: JsonObject) -> tuple[tuple[str, str], ...]:
    listed = cast("list[JsonObject]", message.get("headers") or [])
    return tuple((str(each["name"]), str(each["value"])) for each in listed)


def _value(headers: Iterable[tuple[str, str]], wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")
