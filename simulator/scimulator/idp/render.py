"""A recorded exchange becomes a request when its placeholders are filled, byte for byte as its sender writes them.

In path, query and header values ``{{name}}`` is replaced by text, encoded as the dialect encodes. In a body
``"{{name}}"`` is replaced by any JSON value; ``"{{resource.name}}"`` by a member of the value ``resource``, and where
that has none the member in the body disappears; a member named ``{{...resource}}`` is replaced by all members of
``resource`` that the template does not name itself, in their order.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from scimulator.exchange.message import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.catalogue.profiles import Encoding, Profile, ProfileExchange
    from scimulator.exchange.strict_json import Json, JsonObject

_PLACE = re.compile(r"\{\{([A-Za-z][\w.]*)\}\}")
_SPREAD = re.compile(r"\{\{\.\.\.(\w+)\}\}")
_ESCAPE = re.compile(r"%[0-9A-F]{2}")
_BY_TRANSPORT = {"{{authorization}}", "{{host}}", "{{content-length}}"}


class MissingValueError(LookupError):
    """A template has a placeholder for which no value was given."""


class _Absent:
    """The mark of a member that disappears."""


_ABSENT = _Absent()
_Filled: TypeAlias = "Json | _Absent"


def render(
    profile: Profile,
    exchange: ProfileExchange | str,
    values: Mapping[str, Json] | None = None,
    *,
    keep_places: bool = False,
) -> Request:
    """Return the request of an exchange with its placeholders filled.

    ``values`` give text for path and query and any JSON for bodies. ``Authorization``, ``Host`` and ``Content-Length``
    are the transport's to fill in and left out; with ``keep_places`` they stay where the recording has them, their
    value being the placeholder (``{{authorization}}``).

    Raises:
        MissingValueError: when a placeholder has no value.
        UnknownExchangeError: when the profile has no such exchange.
    """
    entry = profile.exchange(exchange) if isinstance(exchange, str) else exchange
    given = values or {}
    try:
        path = _PLACE.sub(lambda found: quote(_text(found[1], given), safe=""), entry.path)
        query = _PLACE.sub(lambda found: encode(_text(found[1], given), profile.encoding), entry.query)
        headers = tuple(
            (name, value if value in _BY_TRANSPORT else _PLACE.sub(lambda found: _text(found[1], given), value))
            for name, value in entry.headers
            if keep_places or value not in _BY_TRANSPORT
        )
        body = compact(fill(entry.body, given)) if entry.has_body else b""
    except MissingValueError as error:
        raise MissingValueError(f"{profile.dialect.id}: the exchange {entry.id!r} {error}") from None
    if profile.encoding.lower_hex:
        query = _ESCAPE.sub(lambda found: found[0].lower(), query)
    return Request(entry.method, f"{path}?{query}" if query else path, headers, body)


def encode(text: str, encoding: Encoding) -> str:
    r"""Return a value as it stands inside the quotation marks of a filter: ``\`` and ``"`` escaped, then encoded.

    Only unreserved characters of RFC 3986 stay as they are; a space is written as the dialect writes it.
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return quote(escaped, safe="").replace("%20", encoding.space)


def compact(value: Json) -> bytes:
    """Return JSON without any white space, as both Okta and Entra send it, in UTF-8."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def fill(template: Json, values: Mapping[str, Json]) -> Json:
    """Return a body template with its placeholders filled.

    Raises:
        MissingValueError: when a placeholder has no value.
    """
    filled = _fill(template, values)
    return None if isinstance(filled, _Absent) else filled


def _fill(template: Json, values: Mapping[str, Json]) -> _Filled:
    if isinstance(template, str):
        whole = _PLACE.fullmatch(template)
        if whole:
            return _value(whole[1], values)
        return _PLACE.sub(lambda found: _text(found[1], values), template)
    if isinstance(template, list):
        return [item for entry in template if not isinstance(item := _fill(entry, values), _Absent)]
    if isinstance(template, dict):
        return _fill_object(template, values)
    return template


def _fill_object(template: JsonObject, values: Mapping[str, Json]) -> JsonObject:
    made: JsonObject = {}
    for name, entry in template.items():
        spread = _SPREAD.fullmatch(name)
        if spread:
            members = _value(spread[1], values)
            if isinstance(members, dict):
                made |= {key: value for key, value in members.items() if key not in template}
            continue
        filled = _fill(entry, values)
        if not isinstance(filled, _Absent):
            made[name] = filled
    return made


def _value(name: str, values: Mapping[str, Json]) -> _Filled:
    head, dot, rest = name.partition(".")
    if head not in values:
        raise MissingValueError(f"needs a value for {head!r}")
    found = values[head]
    if not dot:
        return found
    return found[rest] if isinstance(found, dict) and rest in found else _ABSENT


def _text(name: str, values: Mapping[str, Json]) -> str:
    found = _value(name, values)
    if isinstance(found, str):
        return found
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    raise MissingValueError(f"needs text or a whole number for {name!r}, not {found!r}")
