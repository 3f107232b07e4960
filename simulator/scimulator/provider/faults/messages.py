"""What faults that wrap the whole handler need of requests and answers; this module declares no fault."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import orjson

from scimulator.exchange.message import Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.message import Request
    from scimulator.exchange.strict_json import Json, JsonObject

    Handle = Callable[[Request], Response]

WRITES = frozenset({"POST", "PUT", "PATCH"})


def place_of(request: Request) -> tuple[str, str]:
    """Return the endpoint that a request goes to and the id behind it: ``("Users", "")`` for the collection."""
    endpoint, _, resource_id = request.path.strip("/").partition("/")
    return endpoint, resource_id


def read_object(body: bytes) -> JsonObject:
    """Return the JSON object in a body; an empty one where there is none."""
    try:
        document: Json = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def objects(value: Json) -> list[JsonObject]:
    """Return the objects in a value: the value itself, those in its list, or none."""
    listed = value if isinstance(value, list) else [value]
    return [item for item in listed if isinstance(item, dict)]


def member(body: JsonObject, name: str) -> Json:
    """Return what a message holds under a name, whatever its case."""
    return next((value for key, value in body.items() if key.lower() == name), None)


def operations_in(request: Request) -> list[JsonObject]:
    """Return the operations of a PATCH as sent; none for any other request."""
    if request.method != "PATCH":
        return []
    return objects(member(read_object(request.body), "operations"))


def ids_in(value: Json) -> list[str]:
    """Return the ids that a list of references, such as members, names."""
    return [str(item["value"]) for item in objects(value) if isinstance(item.get("value"), str)]


def with_body(request: Request, body: JsonObject) -> Request:
    """Return the request with another body."""
    return replace(request, body=orjson.dumps(body))


def inner(request: Request, method: str, target: str, body: JsonObject | None = None) -> Request:
    """Return a request that a server sends to itself on behalf of the client, with the client's credentials."""
    kept = tuple(
        (name, value) for name, value in request.headers if name.lower() in {"authorization", "host", "user-agent"}
    )
    headers = kept if body is None else (*kept, ("Content-Type", "application/scim+json"))
    return replace(
        request, method=method, target=target, headers=headers, body=b"" if body is None else orjson.dumps(body)
    )


def fetched(request: Request, handle: Handle, target: str) -> JsonObject:
    """Return what is at ``target`` now; an empty object where nothing is."""
    answer = handle(inner(request, "GET", target))
    return read_object(answer.body) if answer.status == 200 else {}


def each_resource(answer: Response, change: Callable[[JsonObject], JsonObject]) -> Response:
    """Return a successful answer with its resource, or each resource of its list, changed."""
    body = read_object(answer.body)
    if not body or answer.status >= 300:
        return answer
    listed = body.get("Resources")
    if isinstance(listed, list):
        body["Resources"] = [change(item) if isinstance(item, dict) else item for item in listed]
    else:
        body = change(body)
    return replace(answer, body=orjson.dumps(body))


def page(status: int, text: str, content_type: str = "text/html; charset=utf-8") -> Response:
    """Return an answer that no SCIM code has made."""
    return Response(status, (("Content-Type", content_type),), text.encode())
