"""What faults of queries and of creates need: parameters, look-ups, changed answers; this module declares no fault."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import orjson

from scimulator.provider.faults.messages import inner, objects, place_of, read_object
from scimulator.provider.listing import query_parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.exchange.message import Request, Response
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.faults.messages import Handle

COLLECTIONS = frozenset({("Users", ""), ("Groups", "")})


def is_create(request: Request, endpoint: str = "Users") -> bool:
    """Tell whether a request asks for a new resource."""
    return request.method == "POST" and place_of(request) == (endpoint, "")


def is_list(request: Request) -> bool:
    """Tell whether a request asks by GET for a list of users or groups."""
    return request.method == "GET" and place_of(request) in COLLECTIONS


def parameters(request: Request) -> dict[str, str]:
    """Return the parameters of the query string."""
    return {name: str(value) for name, value in query_parameters(request.query).items()}


def with_parameters(request: Request, values: Mapping[str, str]) -> Request:
    """Return a copy with exactly these parameters."""
    query = urlencode(values, quote_via=quote)
    return replace(request, target=f"{request.path}?{query}" if query else request.path)


def users_with(request: Request, handle: Handle, name: str, value: str) -> list[JsonObject]:
    """Return the users that a filter ``name eq value`` finds."""
    expression = quote(f"{name} eq {orjson.dumps(value).decode()}")
    answer = handle(inner(request, "GET", f"/Users?filter={expression}"))
    return objects(read_object(answer.body).get("Resources", []))


def first_email(user: JsonObject) -> str:
    """Return the first e-mail address of a user, empty where there is none."""
    value = next((email.get("value") for email in objects(user.get("emails"))), None)
    return value if isinstance(value, str) else ""


def is_incomplete(resource: JsonObject) -> bool:
    """Tell whether this is a user who has neither name nor address, such as one that the product itself made."""
    return "userName" in resource and not resource.keys() & {"name", "displayName", "emails"}


def answered(answer: Response, body: Json) -> Response:
    """Return the answer with another body."""
    return replace(answer, body=orjson.dumps(body))
