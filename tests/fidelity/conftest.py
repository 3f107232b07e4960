"""Requests transcribed from the sources, and how a flow's requests are compared with them.

A file holds the requests of one story in order, each begun by ``### exchange id``. Lines with ``# source:`` tell where
the request stands; ``# any-order`` marks a body in whose source the order of members is not established; ``{{name}}``
stands for any value. Below the headers and an empty line stands the body, laid out for reading.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from scimulator.catalogue.profiles import Profile
from scimulator.exchange.clock import SimulatedClock
from scimulator.exchange.message import Response
from scimulator.idp.directory import Directory, DirectoryGroup, Kind, Person
from scimulator.idp.flow import play
from scimulator.idp.render import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scimulator.idp.engine import Engine
    from scimulator.idp.flow import Flow, Send

_ANY = re.compile(r"\\\{\\\{[\w-]+\\\}\\\}")
_BY_TRANSPORT = ("authorization", "host", "content-length")


@dataclass(frozen=True)
class Expected:
    """One transcribed request."""

    id: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: Any
    any_order: bool


def read_http(path: Path) -> list[Expected]:
    return [_read(part) for part in re.split(r"^###", path.read_text(), flags=re.MULTILINE)[1:]]


def _read(part: str) -> Expected:
    name, _, rest = part.partition("\n")
    lines = rest.splitlines()
    comments = [line for line in lines if line.startswith("#")]
    assert any(line.startswith("# source:") for line in comments), f"{name} cites no source"
    head, _, body = "\n".join(line for line in lines if not line.startswith("#")).partition("\n\n")
    first, *headers = head.strip().splitlines()
    method, target, version = first.split(" ")
    assert version == "HTTP/1.1"
    pairs = tuple((header.partition(": ")[0], header.partition(": ")[2]) for header in headers)
    text = body.strip()
    return Expected(name.strip(), method, target, pairs, json.loads(text) if text else None, "# any-order" in comments)


def _fits(wanted: str, got: str) -> bool:
    return re.fullmatch(_ANY.sub(".+?", re.escape(wanted)), got, flags=re.DOTALL) is not None


def _same(wanted: Any, got: Any, *, any_order: bool, at: str = "$") -> None:
    if isinstance(wanted, str) and wanted.startswith("{{") and wanted.endswith("}}"):
        assert got is not None, at
        return
    assert type(wanted) is type(got), f"{at}: {wanted!r} and {got!r} are of different types"
    if isinstance(wanted, dict):
        assert (sorted(wanted) if any_order else list(wanted)) == (sorted(got) if any_order else list(got)), at
        for name, value in wanted.items():
            _same(value, got[name], any_order=any_order, at=f"{at}.{name}")
    elif isinstance(wanted, list):
        assert len(wanted) == len(got), at
        for index, value in enumerate(wanted):
            _same(value, got[index], any_order=any_order, at=f"{at}[{index}]")
    elif isinstance(wanted, str):
        assert _fits(wanted, got), f"{at}: {wanted!r} and {got!r}"
    else:
        assert wanted == got, at


class Story:
    """Carries flows against canned answers and compares what was sent with a file."""

    def __init__(self) -> None:
        self.directory = Directory(SimulatedClock())
        self.answers: dict[str, list[tuple[int, object]]] = {}
        self.sent: list[Send] = []

    def answer(self, exchange_id: str, status: int, body: object = None) -> None:
        self.answers.setdefault(exchange_id, []).append((status, body))

    def nobody(self, exchange_id: str) -> None:
        self.listing(exchange_id)

    def listing(self, exchange_id: str, *resources: object, total: int | None = None) -> None:
        self.answer(
            exchange_id,
            200,
            {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                "totalResults": len(resources) if total is None else total,
                "startIndex": 1,
                "itemsPerPage": len(resources),
                "Resources": list(resources),
            },
        )

    def person(self, id_: str, login: str, given: str, family: str, **more: Any) -> Person:
        own = {name: more.pop(name) for name in ("display_name", "manager", "email") if name in more}
        own.setdefault("email", login)
        return self.directory.add_person(Person(id_, login, given, family, **own, attributes=more))

    def group(self, id_: str, name: str, *members: str) -> DirectoryGroup:
        return self.directory.add_group(DirectoryGroup(id_, name, members))

    @staticmethod
    def linked(engine: Engine, **remote_ids: str) -> None:
        """Links are given by the directory's id: ``ada="7c1d"``."""
        for subject, remote_id in remote_ids.items():
            engine.link(subject, Kind.GROUP if subject in engine.directory.groups else Kind.PERSON, remote_id)

    def run(self, *flows: Flow[Any]) -> None:
        for flow in flows:
            result = play(flow, self._send)
            assert result.outcome not in ("failed", "unknown"), result

    def _send(self, step: Send) -> Response:
        self.sent.append(step)
        waiting = self.answers.get(step.exchange_id)
        status, body = waiting.pop(0) if waiting else (step.exchange.status[-1], {"id": "unused"})
        return Response(status, (), b"" if status == 204 else json.dumps(body).encode())

    def equals(self, path: Path, *, header_order: bool) -> None:
        """Compare method, target, headers and body of everything sent with the requests of a file."""
        expected = read_http(path)
        assert [step.exchange_id for step in self.sent] == [entry.id for entry in expected]
        for step, entry in zip(self.sent, expected, strict=True):
            request = step.request
            assert request.method == entry.method, entry.id
            assert _fits(entry.target, request.target), f"{entry.id}: {entry.target} and {request.target}"
            wanted = [pair for pair in entry.headers if pair[0].lower() not in _BY_TRANSPORT]
            if header_order:
                assert list(request.headers) == wanted, entry.id
            assert sorted(request.headers) == sorted(wanted), entry.id
            if entry.body is None:
                assert request.body == b"", entry.id
            else:
                _same(entry.body, json.loads(request.body), any_order=entry.any_order, at=entry.id)
                assert b'": ' not in request.body, entry.id


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def placed_headers() -> Callable[[str, str], list[str]]:
    """Names of the headers of a default exchange in the recorded order, those of the transport included."""

    def names(dialect: str, exchange_id: str) -> list[str]:
        profile = Profile.load(dialect)
        entry = profile.exchange(exchange_id)
        return [name for name, _ in render(profile, entry, entry.example, keep_places=True).headers]

    return names


@pytest.fixture
def transcribed() -> Callable[[Path], set[str]]:
    """Ids of all exchanges that the files of a folder hold."""
    return lambda folder: {entry.id for path in folder.glob("*.http") for entry in read_http(path)}
