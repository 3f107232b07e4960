"""What the tests of the provider share: a provider with a simulated clock, and calls in one line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from scimulator.exchange.clock import SimulatedClock
from scimulator.exchange.message import Request, Response
from scimulator.provider import Provider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BASE = "https://scim.example/v2"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass
class Caller:
    """Calls a provider; ``clock`` moves on by a second per request."""

    provider: Provider
    clock: SimulatedClock
    seen: list[tuple[Request, Response]] = field(default_factory=list)

    def __call__(self, method, target, body=None, **headers) -> Response:
        self.clock.sleep(1)
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        fields = {"Content-Type": "application/scim+json"} if raw else {}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(method, target, tuple(fields.items()), raw)
        response = self.provider.handle(request)
        self.seen.append((request, response))
        return response

    def json(self, method, target, body=None, status=200, **headers):
        response = self(method, target, body, **headers)
        assert response.status == status, response.body
        return json.loads(response.body) if response.body else None

    def user(self, user_name="ann", /, **attributes):
        return self.json("POST", "/Users", {"schemas": [USER], "userName": user_name, **attributes}, 201)

    def group(self, name="team", members=(), /, **attributes):
        listed = [{"value": member["id"]} for member in members]
        body = {"schemas": [GROUP], "displayName": name, "members": listed, **attributes}
        return self.json("POST", "/Groups", body, 201)

    def get(self, resource):
        return self.json("GET", _target(resource))

    def patch(self, resource, *operations, status=200):
        return self.json("PATCH", _target(resource), {"schemas": [PATCH_OP], "Operations": list(operations)}, status)

    def found(self, expression, endpoint="/Users", **parameters):
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": expression, **parameters}
        return self.json("POST", f"{endpoint}/.search", body)["Resources"]


def _target(resource) -> str:
    return resource["meta"]["location"].removeprefix(BASE)


@pytest.fixture
def make_caller() -> Iterator[Callable[..., Caller]]:
    made: list[Caller] = []

    def make(**settings) -> Caller:
        clock = SimulatedClock()
        made.append(Caller(Provider(BASE, clock=clock, **{"seed": 7, **settings}), clock))
        return made[-1]

    yield make
    for caller in made:
        assert caller.provider.crashes == []
        caller.provider.close()


@pytest.fixture
def call(make_caller) -> Caller:
    """A caller of a lenient provider."""
    return make_caller()


@pytest.fixture
def strict(make_caller) -> Caller:
    return make_caller(preset="strict")
