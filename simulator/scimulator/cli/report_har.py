"""The exchanges of a run as an HTTP archive (HAR 1.2), for whatever shows traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scimulator.exchange.message import Exchange
    from scimulator.exchange.strict_json import JsonObject


def har(records: Sequence[JsonObject]) -> str:
    """Return every exchange of a run once, in the order in which they were sent; they are redacted already."""
    import orjson

    from scimulator.evidence.har import har_of
    from scimulator.reporting.reading import raw

    header = next((each for each in records if each.get("type") == "run"), {})
    # Checks share what they only look at, and show it each.
    once = {(each.started, each.number): each for each in _exchanges(records)}
    listed = [once[key] for key in sorted(once)]
    return orjson.dumps(har_of(listed, raw(header, "base_url")), option=orjson.OPT_INDENT_2).decode() + "\n"


def _exchanges(records: Sequence[JsonObject]) -> Iterator[Exchange]:
    from scimulator.exchange.message import Exchange, Request, Response
    from scimulator.reporting.reading import members, number, objects, raw

    for check in records:
        # A passive invariant shows exchanges that other checks have shown already.
        if check.get("type") != "check" or "seen" in check:
            continue
        for each in objects(check, "exchanges"):
            sent, came = members(each, "request"), members(each, "response")
            yield Exchange(
                number=int(number(each, "number")),
                request=Request(raw(sent, "method"), raw(sent, "target"), _headers(sent), _body(sent)),
                response=Response(int(number(came, "status")), _headers(came), _body(came)) if came else None,
                started=number(each, "started"),
                elapsed=number(each, "elapsed"),
                step=raw(check, "id"),
            )


def _headers(message: JsonObject) -> tuple[tuple[str, str], ...]:
    from scimulator.reporting.reading import values

    pairs = [each for each in values(message, "headers") if isinstance(each, list) and len(each) == 2]
    return tuple((str(name), str(value)) for name, value in pairs)


def _body(message: JsonObject) -> bytes:
    from scimulator.reporting.reading import raw

    return raw(message, "body").encode("utf-8", "backslashreplace")
