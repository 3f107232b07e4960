"""The store in a file: a request is kept whole or not at all, and what lives in memory beside it as well."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from scimulator.exchange.message import Request
from scimulator.provider import Provider
from scimulator.provider.durable import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from scimulator.exchange.message import Response
    from scimulator.exchange.strict_json import Json, JsonObject

JSON = (("Content-Type", "application/scim+json"),)


def send(provider: Provider, method: str, target: str, body: Json = None) -> Response:
    return provider.handle(Request(method, target, JSON, json.dumps(body).encode() if body else b""))


def user(name: str) -> JsonObject:
    return {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name}


def total(provider: Provider, endpoint: str) -> int:
    return int(json.loads(send(provider, "GET", f"{endpoint}?count=0").body)["totalResults"])


def test_the_next_start_finds_what_the_last_one_wrote(tmp_path: Path):
    file = str(tmp_path / "a.sqlite")
    first = Provider("http://a.example/v2", db=file)
    made = json.loads(send(first, "POST", "/Users", user("a@example.com")).body)
    first.close()
    second = Provider("http://a.example/v2", db=file)
    assert json.loads(send(second, "GET", f"/Users/{made['id']}").body) == made
    assert send(second, "POST", "/Users", user("A@example.com")).status == 409
    second.close()


def test_a_request_that_breaks_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = str(tmp_path / "a.sqlite")
    provider = Provider("http://a.example/v2", db=file)
    member = json.loads(send(provider, "POST", "/Users", user("a@example.com")).body)["id"]
    group = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "Team",
        "members": [{"value": member}],
    }

    def broken(*_: object) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr(provider.store, "change_members", broken)
        assert send(provider, "POST", "/Groups", group).status == 500
    assert total(provider, "/Groups") == 0
    assert send(provider, "POST", "/Groups", group).status == 201
    assert total(provider, "/Groups") == 1
    provider.close()
    again = Provider("http://a.example/v2", db=file)
    assert (total(again, "/Users"), total(again, "/Groups")) == (1, 1)
    again.close()


def test_a_second_provider_does_not_get_the_file(tmp_path: Path):
    file = str(tmp_path / "a.sqlite")
    provider = Provider("http://a.example/v2", db=file)
    with pytest.raises(StoreError, match="in use"):
        Provider("http://a.example/v2", db=file)
    provider.close()
    Provider("http://a.example/v2", db=file).close()


class Part:
    """State in memory, as a workspace has it."""

    def __init__(self) -> None:
        self.value = 0
        self.revision = 0

    def set(self, value: int) -> None:
        self.value = value
        self.revision += 1

    def restore(self, kept: JsonObject) -> None:
        self.set(int(str(kept["value"])))


def included(provider: Provider) -> Part:
    part = Part()
    assert provider._keeping is not None
    provider._keeping.include("part", lambda: {"value": part.value}, part.restore, lambda: part.revision)
    return part


def test_what_lives_in_memory_is_kept_with_the_transaction_or_goes_back_with_it(tmp_path: Path):
    file = str(tmp_path / "a.sqlite")
    provider = Provider("http://a.example/v2", db=file)
    part = included(provider)
    with provider.transaction():
        part.set(7)
    with suppress(ValueError), provider.transaction():
        part.set(8)
        with provider.transaction():
            assert send(provider, "POST", "/Users", user("a@example.com")).status == 201
        raise ValueError("no")
    assert part.value == 7
    assert total(provider, "/Users") == 0
    provider.close()
    again = Provider("http://a.example/v2", db=file)
    assert included(again).value == 7
    again.close()
