"""The doctor: why nothing works between a client and a SCIM server, step by step from the address upwards."""

from __future__ import annotations

import email.utils
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scimulator.exchange.redaction import Redactor
from scimulator.target.essentials import ObstacleKind, probe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimulator.exchange.message import Exchange, Response
    from scimulator.exchange.strict_json import Json
    from scimulator.target.settings import TargetSettings
    from scimulator.target.target import Target

BASE_PATHS = ("/v2", "/scim/v2", "/scim", "/api/scim/v2", "/api/scim", "")
"""Where SCIM servers usually live; the first two are what the documentation of Okta and Entra shows."""
SKEW_SECONDS = 60
_RATE_HEADERS = ("ratelimit", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after")
_FEATURES = ("patch", "filter", "bulk", "sort", "etag", "changePassword")


class Sign(StrEnum):
    """How one line of a diagnosis came out."""

    GOOD = "good"
    BAD = "bad"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Symptom:
    """One line of a diagnosis: what was looked at, how it is, and the next step where there is one.

    ``obstacle`` is set where nothing can be judged before this is mended.
    """

    topic: str
    sign: Sign
    message: str
    advice: str = ""
    obstacle: ObstacleKind | None = None


def good(topic: str, message: str) -> Symptom:
    """Make a line that says that something is in order."""
    return Symptom(topic, Sign.GOOD, message)


def bad(topic: str, message: str, advice: str, obstacle: ObstacleKind | None = None) -> Symptom:
    """Make a line that says what is wrong and what to do."""
    return Symptom(topic, Sign.BAD, message, advice, obstacle)


def note(topic: str, message: str, advice: str = "") -> Symptom:
    """Make a line about something that may matter."""
    return Symptom(topic, Sign.NOTE, message, advice)


def doctor(target: Target, settings: TargetSettings | None = None) -> list[Symptom]:
    """Look at ``target`` from the address upwards and return a line for each thing looked at.

    Sends GET requests only. Stops where nothing further can be seen. ``settings`` gives the certificate bundle; without
    it the system's authorities count. Never raises for what the target does.
    """
    redactor = Redactor(target.secrets)
    return [
        Symptom(one.topic, one.sign, redactor.text(one.message), redactor.text(one.advice), one.obstacle)
        for one in _examine(target, settings)
    ]


def _examine(target: Target, settings: TargetSettings | None) -> Iterator[Symptom]:
    remote = urlsplit(target.spec).scheme.lower() in ("http", "https")
    if remote:
        # Sockets and TLS are of no use to a target in this process.
        from scimulator.target.network import network_symptoms  # noqa: PLC0415 - see above

        for symptom in network_symptoms(target, settings):
            yield symptom
            if symptom.obstacle:
                return
    else:
        yield good("address", f"{target.name} runs in this process")
    config = probe(target, "/ServiceProviderConfig")
    if config.response is None:
        told = config.failure.message if config.failure else "no response came"
        yield bad("http", told, "look at the server's own log for this request", ObstacleKind.UNREACHABLE)
        return
    users = probe(target, "/Users?count=1")
    yield _redirects(config, users)
    yield from _base_path(target, config, users)
    yield from _credentials(target, users)
    yield _media_type(config, users)
    if remote:
        yield _clock(config)
    yield from _provider_config(config)
    if _status(users) not in (401, 403):
        yield _page_size(target, users)
    yield _rate_limit(config, users)


def _status(exchange: Exchange) -> int:
    return exchange.response.status if exchange.response else 0


def _speaks_scim(exchange: Exchange) -> bool:
    """Tell whether an answer looks like SCIM: a resource, a list, or an error other than that nothing is there."""
    if _status(exchange) == 404:
        return False
    value = exchange.document.object
    schemas = value.get("schemas")
    return isinstance(schemas, list) and any(str(uri).lower().startswith("urn:") for uri in schemas)


def _redirects(*exchanges: Exchange) -> Symptom:
    for exchange in exchanges:
        response = exchange.response
        if response and 300 <= response.status < 400 and response.status != 304:
            return bad(
                "redirects",
                f"{exchange.request.path} is answered {response.status}, to {response.header('Location') or 'nowhere'}",
                "give the address it points to, if that is the SCIM server; the token is never sent after a redirect",
            )
    return good("redirects", "none")


def _base_path(target: Target, config: Exchange, users: Exchange) -> Iterator[Symptom]:
    where = target.base_url
    if _speaks_scim(config) or _speaks_scim(users):
        yield good("base path", f"SCIM answers below {where}")
        return
    if _status(config) in (401, 403) and _status(users) in (401, 403):
        yield note("base path", f"below {where} everything is refused, so it cannot be told whether SCIM lives there")
        return
    told = f"below {where} nothing looks like SCIM: /ServiceProviderConfig {_status(config)}, /Users {_status(users)}"
    paths = dict.fromkeys([*BASE_PATHS, *(target.base_path + path for path in BASE_PATHS[:3])])
    for path in paths:
        if path != target.base_path and _speaks_scim(probe(target.sibling(path), "/ServiceProviderConfig")):
            found = target.sibling(path).name
            yield bad("base path", f"{told}; but it does below {path or '/'}", f"use {found}")
            return
    yield bad("base path", told, "give the URL below which /Users lies; look into the server's routes")


def _credentials(target: Target, users: Exchange) -> Iterator[Symptom]:
    bare = probe(target, "/Users?count=1", authenticate=False) if target.credentials else users
    status = _status(bare)
    if status == 401:
        challenge = bare.response.header("WWW-Authenticate") if bare.response else None
        if challenge:
            yield good("without token", "refused with 401")
        else:
            yield note("without token", "refused with 401, but no WWW-Authenticate", "add it (RFC 9110 11.6.1)")
    elif 200 <= status < 300:
        yield bad("without token", f"answered {status}: anybody can read the directory", "require authentication")
    else:
        yield note("without token", f"answered {status or 'nothing'}, not 401", "answer 401 (RFC 7644 2)")
    if not target.credentials:
        if status in (401, 403):
            advice = "put the token into the variable SCIM_TOKEN, or name another one with --token-env"
            yield bad("with token", "no token was given", advice, ObstacleKind.CREDENTIALS)
        return
    status = _status(users)
    if status in (401, 403):
        advice = "check that the token is whole, not expired, and meant for this server and path"
        yield bad("with token", f"refused with {status}", advice, ObstacleKind.CREDENTIALS)
    elif 200 <= status < 300:
        yield good("with token", f"answered {status}")
    else:
        yield bad("with token", f"GET /Users is answered {status or 'with nothing'}", "look at the server's own log")


def _media_type(*exchanges: Exchange) -> Symptom:
    response: Response | None = next(
        (one.response for one in exchanges if one.response and 200 <= one.response.status < 300), exchanges[0].response
    )
    kind = response.media_type if response else ""
    if kind == "application/scim+json":
        return good("media type", kind)
    if kind == "application/json":
        return note("media type", kind, "RFC 7644 3.1 calls for application/scim+json")
    if kind == "text/html":
        advice = "is this the address of the user interface, or does a login page stand in front?"
        return bad("media type", "text/html: a web page, not SCIM", advice)
    return bad("media type", kind or "none", "send Content-Type: application/scim+json (RFC 7644 3.1)")


def _clock(exchange: Exchange) -> Symptom:
    text = (exchange.response.header("Date") if exchange.response else None) or ""
    try:
        moment = email.utils.parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, OverflowError):
        if text:
            return note("clock", f"the Date header is no date: {text}", "write it as RFC 9110 5.6.7 says")
        return note("clock", "no Date header", "a server with a clock sends one (RFC 9110 6.6.1)")
    skew = moment - (exchange.started + exchange.elapsed)
    if abs(skew) > SKEW_SECONDS:
        way = "ahead of" if skew > 0 else "behind"
        return bad("clock", f"{abs(skew):.0f} s {way} this machine", "synchronise the clocks: tokens expire by them")
    return good(
        "clock", f"within {max(1, round(abs(skew)))} s of this machine ({time.strftime('%H:%M:%SZ', time.gmtime())})"
    )


def _provider_config(exchange: Exchange) -> Iterator[Symptom]:
    topic = "configuration"
    status, document = _status(exchange), exchange.document
    if status != 200:
        yield bad(topic, f"/ServiceProviderConfig is answered {status}", "serve it (RFC 7644 4); clients read it first")
        return
    if not document.object:
        problem = str(document.problems[0]) if document.problems else "it is not a JSON object"
        yield bad(topic, f"/ServiceProviderConfig cannot be read: {problem}", "serve it as RFC 7643 5 describes")
        return
    parts: list[str] = []
    for name in _FEATURES:
        feature = document.object.get(name)
        supported: Json = feature.get("supported") if isinstance(feature, dict) else None
        parts.append(f"{name} {'?' if not isinstance(supported, bool) else 'yes' if supported else 'no'}")
    told = ", ".join(parts)
    if "patch yes" not in parts:
        yield note(topic, told, "Okta and Entra update with PATCH: without it most of what they do fails")
    elif "filter yes" not in parts:
        yield note(topic, told, "Okta and Entra find existing accounts by filter: without it they create doubles")
    elif any(part.endswith("?") for part in parts):
        yield note(topic, told, "each feature needs a boolean 'supported' (RFC 7643 5)")
    else:
        yield good(topic, told)


def _page_size(target: Target, users: Exchange) -> Symptom:
    topic = "pages"
    total = users.document.object.get("totalResults")
    if _status(users) != 200 or isinstance(total, bool) or not isinstance(total, int):
        return bad(
            topic, "GET /Users?count=1 gives no list with totalResults", "answer a ListResponse (RFC 7644 3.4.2)"
        )
    one = users.document.object.get("Resources")
    if isinstance(one, list) and len(one) > 1:
        advice = "answer no more than count resources (RFC 7644 3.4.2.4)"
        return bad(topic, f"count=1 brings {len(one)} users", advice)
    page = probe(target, "/Users?startIndex=1&count=1000").document.object.get("Resources")
    size = len(page) if isinstance(page, list) else 0
    if size < total and size < 1000:
        return good(topic, f"{total} users; asked for 1000, the server gives {size} per page")
    return good(topic, f"{total} users; no limit below 1000 per page seen")


def _rate_limit(*exchanges: Exchange) -> Symptom:
    seen: dict[str, str] = {}
    for exchange in exchanges:
        for name, value in exchange.response.headers if exchange.response else ():
            lower = name.lower()
            if lower in _RATE_HEADERS or lower.startswith(("x-ratelimit-", "x-rate-limit-")):
                seen[name] = value
    if any(_status(exchange) == 429 for exchange in exchanges):
        return bad("rate limit", "two requests were already too many (429)", "run slower: --rate 1")
    if seen:
        told = ", ".join(f"{name}: {value}" for name, value in seen.items())
        return note("rate limit", told, "stay below it with --rate N")
    return good("rate limit", "no rate-limit headers")
