"""A plain server in a dict: just enough SCIM for the flows, nothing of the product's provider."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from scimulator.exchange.clock import SimulatedClock
from scimulator.exchange.message import Request, Response
from scimulator.idp.directory import Directory, DirectoryGroup, Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.idp.flow import Send

_JSON = (("Content-Type", "application/scim+json"),)
_LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


def answer(status: int, body: object = None, **headers: str) -> Response:
    raw = b"" if body is None else json.dumps(body).encode()
    return Response(status, (*_JSON, *((k.replace("_", "-"), v) for k, v in headers.items())), raw)


@dataclass
class FakeTarget:
    """Users and groups by id; ``scripted`` answers the next requests of an exchange id; ``sent`` keeps everything."""

    resources: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {"Users": {}, "Groups": {}})
    scripted: dict[str, list[Response | None]] = field(default_factory=dict)
    sent: list[Send] = field(default_factory=list)

    @property
    def users(self) -> dict[str, dict[str, Any]]:
        return self.resources["Users"]

    @property
    def groups(self) -> dict[str, dict[str, Any]]:
        return self.resources["Groups"]

    @property
    def ids(self) -> list[str]:
        return [step.exchange_id for step in self.sent]

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(step.request.body) for step in self.sent if step.request.body]

    def send(self, step: Send) -> Response | None:
        self.sent.append(step)
        waiting = self.scripted.get(step.exchange_id)
        if waiting:
            return waiting.pop(0)
        handler: Callable[..., Response] = getattr(self, f"do_{step.request.method.lower()}")
        _, kind, *rest = step.request.path.split("/")
        return handler(kind, rest[0] if rest else "", step.request)

    def do_get(self, kind: str, id_: str, request: Request) -> Response:
        if id_:
            found = self.resources[kind].get(id_)
            return answer(200, found) if found else answer(404, {"detail": "gone", "status": "404"})
        query = parse_qs(request.query)
        entries = list(self.resources[kind].values())
        if "filter" in query:
            match = re.fullmatch(r'(.+) eq "(.*)"', query["filter"][0])
            assert match
            name, value = match[1], match[2]
            entries = [entry for entry in entries if str(entry.get(name)).lower() == value.lower()]
        start = int(query.get("startIndex", ["1"])[0])
        page = entries[start - 1 :][: int(query.get("count", ["100"])[0])]
        return answer(
            200,
            {
                "schemas": [_LIST],
                "totalResults": len(entries),
                "startIndex": start,
                "itemsPerPage": len(page),
                "Resources": page,
            },
        )

    def do_post(self, kind: str, _id: str, request: Request) -> Response:
        body = json.loads(request.body)
        key = "userName" if kind == "Users" else "displayName"
        if any(entry[key] == body[key] for entry in self.resources[kind].values()):
            return answer(409, {"detail": f"{body[key]} is taken", "scimType": "uniqueness", "status": "409"})
        body.pop("password", None)
        id_ = f"{kind[0].lower()}-{len(self.resources[kind]) + 1}"
        self.resources[kind][id_] = {"id": id_, **body}
        return answer(201, self.resources[kind][id_])

    def do_put(self, kind: str, id_: str, request: Request) -> Response:
        if id_ not in self.resources[kind]:
            return answer(404, {"detail": "gone"})
        self.resources[kind][id_] = json.loads(request.body)
        return answer(200, self.resources[kind][id_])

    def do_patch(self, kind: str, id_: str, _request: Request) -> Response:
        return answer(204) if id_ in self.resources[kind] else answer(404, {"detail": "gone"})

    def do_delete(self, kind: str, id_: str, _request: Request) -> Response:
        return answer(204) if self.resources[kind].pop(id_, None) else answer(404, {"detail": "gone"})


@pytest.fixture
def target() -> FakeTarget:
    return FakeTarget()


@pytest.fixture(name="answer")
def answer_fixture() -> Callable[..., Response]:
    return answer


@pytest.fixture
def seeded() -> random.Random:
    return random.Random(1)  # noqa: S311  passwords and GUIDs that repeat


@pytest.fixture
def directory() -> Directory:
    """Two people, Ada being Bob's manager, and a group of both."""
    made = Directory(SimulatedClock())
    made.add_person(
        Person(
            "00u1", "ada@x.example", "Ada", "Quill", "ada@x.example", "Ada Quill", attributes={"mailNickname": "ada"}
        )
    )
    made.add_person(Person("00u2", "bob@x.example", "Bob", "Moe", "bob@x.example", "Bob Moe", manager="00u1"))
    made.add_group(DirectoryGroup("g1", "Team A", ("00u1", "00u2")))
    return made
