"""A target that is only imagined: it answers as the profile expects, with placeholders for the ids it would give."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote_plus

from scimulator.exchange.message import Response
from scimulator.exchange.strict_json import read_json
from scimulator.idp.answers import members as objects
from scimulator.idp.paths import BadPlaceError, parse_place

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.flow import Send

_HEADERS = (("Content-Type", "application/scim+json"),)
_LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_EQUALS = re.compile(r'^(?P<path>.+?) eq "(?P<value>(?:[^"\\]|\\.)*)"$')
BASE = "https://scim.invalid/v2"
"""Where the imagined target says that it lives (a reserved name, RFC 2606 2)."""


class Imagination:
    """Remembers what it was told, so that what was created is found, read and changed.

    The status of each answer is the first that the profile lists. Ids are ``USER_1_ID``, ``GROUP_1_ID``, …: the
    request that created the resource decides the number.
    """

    def __init__(self) -> None:
        self.resources: dict[str, dict[str, JsonObject]] = {"/Users": {}, "/Groups": {}}
        self._counts: dict[str, int] = {}

    def answer(self, step: Send) -> Response:
        """Return the answer to a request."""
        request = step.request
        endpoint, id_ = self._address(request.path)
        known = self.resources.setdefault(endpoint, {})
        status = step.exchange.status[0] if step.exchange.status else 200
        match request.method:
            case "POST":
                return _response(status, self._create(endpoint, read_json(request.body).object))
            case "GET" if not id_:
                return _response(status, self._search(known, request.query))
            case "PUT":
                known[id_] = {**known.get(id_, {}), **read_json(request.body).object}
            case "PATCH":
                _patch(known.setdefault(id_, {"id": id_}), read_json(request.body).object)
            case "DELETE":
                known.pop(id_, None)
        if status == 204:
            return _response(status, None)
        return _response(status, _trimmed(known.get(id_, {"id": id_}), request.query))

    def placeholder(self, endpoint: str) -> str:
        """Return the placeholder for the id of the next resource."""
        self._counts[endpoint] = self._counts.get(endpoint, 0) + 1
        return f"{endpoint.strip('/').removesuffix('s').upper()}_{self._counts[endpoint]}_ID"

    def _address(self, path: str) -> tuple[str, str]:
        _, first, *rest = path.split("/")
        return f"/{first}", rest[0] if rest else ""

    def _create(self, endpoint: str, body: JsonObject) -> JsonObject:
        id_ = self.placeholder(endpoint)
        kind = endpoint.strip("/").removesuffix("s")
        stored = {name: value for name, value in body.items() if name not in ("password", "meta")}
        meta: JsonObject = {"resourceType": kind, "location": f"{BASE}{endpoint}/{id_}"}
        made: JsonObject = {"schemas": stored.pop("schemas", []), "id": id_, **stored, "meta": meta}
        self.resources[endpoint][id_] = made
        return made

    @staticmethod
    def _search(known: dict[str, JsonObject], query: str) -> JsonObject:
        parts = dict(pair.partition("=")[::2] for pair in query.split("&"))
        asked = _EQUALS.match(unquote_plus(parts.get("filter", "")))
        found = list(known.values())
        if "filter" in parts:
            found = [each for each in found if asked is not None and _equals(each, asked["path"], asked["value"])]
        start = int(parts.get("startIndex", "1"))
        page = found[start - 1 :][: int(parts.get("count", "100"))]
        resources: list[Json] = [_trimmed(each, query) for each in page]
        return {
            "schemas": [_LIST],
            "totalResults": len(found),
            "startIndex": start,
            "itemsPerPage": len(resources),
            "Resources": resources,
        }


def _trimmed(resource: JsonObject, query: str) -> JsonObject:
    """Return a resource without what the query's excludedAttributes names (RFC 7644 section 3.4.2.5)."""
    parts = dict(pair.partition("=")[::2] for pair in query.split("&"))
    unwanted = unquote_plus(parts.get("excludedAttributes", "")).lower().split(",")
    return {name: value for name, value in resource.items() if name.lower() not in unwanted}


def _response(status: int, body: JsonObject | None) -> Response:
    if body is None:
        return Response(status)
    return Response(status, _HEADERS, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())


def _equals(resource: JsonObject, path: str, value: str) -> bool:
    try:
        found = parse_place(path).find(resource)
    except BadPlaceError:
        return False
    return isinstance(found, str) and found.casefold() == value.casefold()


def _patch(resource: JsonObject, body: JsonObject) -> None:
    for operation in objects(body.get("Operations")):
        verb, path, value = str(operation.get("op")).lower(), operation.get("path"), operation.get("value")
        if str(path).startswith("members"):
            _patch_members(resource, verb, str(path), value)
        elif verb == "remove":
            resource.pop(str(path), None)
        elif isinstance(path, str):
            parse_place(path).put(resource, _truth(value))
        elif isinstance(value, dict):
            for name, each in value.items():
                parse_place(name).put(resource, _truth(each))


def _patch_members(resource: JsonObject, verb: str, path: str, value: Json) -> None:
    here = objects(resource.get("members"))
    named = objects(value)
    if verb == "replace":
        here = named
    elif verb == "add":
        here += [each for each in named if each.get("value") not in {other.get("value") for other in here}]
    else:
        gone = {each.get("value") for each in named}
        gone |= set(re.findall(r'value eq "([^"]*)"', path))
        here = [each for each in here if each.get("value") not in gone]
    resource["members"] = cast("list[Json]", here)


def _truth(value: Json) -> Json:
    return {"true": True, "false": False}.get(value.lower(), value) if isinstance(value, str) else value
