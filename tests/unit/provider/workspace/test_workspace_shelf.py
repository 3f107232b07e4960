"""A workspace in a file: every change is there after a start, none of a write that was not kept."""

from __future__ import annotations

import json
import sqlite3

import pytest

from scimulator.catalogue.presets import load_preset
from scimulator.exchange.message import Request
from scimulator.provider import Provider
from scimulator.provider.workspace.state import Entries, Standing

USER = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.fixture
def opened(tmp_path):
    """Open the provider of one file, as often as a test wants."""
    made = []

    def open_(**quirks):
        for provider in made:
            provider.close()
        preset = load_preset("lenient").with_quirks(role_attribute="editor", recreation="same-account", **quirks)
        made.append(Provider("https://scim.example/v2", preset=preset, db=str(tmp_path / "work.db"), seed=len(made)))
        return made[-1]

    yield open_
    made[-1].close()


def create(provider, email):
    body = json.dumps({"schemas": [USER], "userName": email}).encode()
    answer = provider.handle(Request("POST", "/Users", (), body))
    assert answer.status == 201, answer.body
    return json.loads(answer.body)["id"]


def changed(provider):
    """Do one of everything and return what has to be there afterwards."""
    ada, bob = create(provider, "ada@example.com"), create(provider, "bob@example.com")
    work = provider.workspace
    with provider.transaction():
        work.set_role("ada@example.com", "admin")
        work.invite("eve@example.com", "editor")
        work.create_content("ada@example.com", "Plan")
        work.log_in("ada@example.com")
        work.create_api_key("ada@example.com")
        work.add_domain("new.example")
    assert provider.handle(Request("DELETE", f"/Users/{bob}", (), b"")).status == 204
    with provider.transaction():
        work.make_owner("ada@example.com")
    assert ada in work.state.people
    return work.snapshot()


def test_everything_is_there_after_a_start(opened):
    state = changed(opened())
    assert state["buried"]
    assert state["sessions"]
    again = opened()
    assert again.workspace.snapshot() == state
    assert again.workspace.member("ada@example.com")["owner"] is True
    assert create(again, "bob@example.com") == state["buried"]["bob@example.com"]["id"]


def test_new_ids_are_there_after_a_start(opened):
    first = opened(ids_after_reenable="new")
    changed(first)
    with first.transaction():
        first.workspace.disable_scim()
        first.workspace.enable_scim()
    state, ids = first.workspace.snapshot(), {each["id"] for each in first.workspace.members()}
    again = opened(ids_after_reenable="new")
    assert again.workspace.snapshot() == state
    assert {each["id"] for each in again.workspace.members()} == ids
    assert set(state["people"]) <= ids


def test_a_block_that_breaks_leaves_nothing_in_memory_or_file(opened):
    provider = opened()
    state = changed(provider)
    work = provider.workspace

    def half():
        with provider.transaction():
            work.set_role("ada@example.com", "viewer")
            work.invite("zoe@example.com", "viewer")
            work.rotate_token()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert work.snapshot() == state
    assert {each["email"] for each in work.members()} == {"ada@example.com", "eve@example.com"}
    assert opened().workspace.snapshot() == state


def test_a_commit_that_fails_leaves_nothing_in_memory_or_file(opened, monkeypatch):
    provider = opened()
    state = changed(provider)

    class Full:
        """A connection whose disk is full when it comes to commit."""

        def __init__(self, db):
            self._db = db

        def __getattr__(self, name):
            return getattr(self._db, name)

        def execute(self, sql, *rest):
            if sql == "COMMIT":
                raise sqlite3.OperationalError("database or disk is full")
            return self._db.execute(sql, *rest)

    monkeypatch.setattr(provider._keeping, "_db", Full(provider.store.db))
    with pytest.raises(sqlite3.OperationalError), provider.transaction():
        provider.workspace.set_role("ada@example.com", "viewer")
    monkeypatch.undo()
    assert provider.workspace.snapshot() == state
    create(provider, "kim@example.com")
    state = provider.workspace.snapshot()
    assert opened().workspace.snapshot() == state


def test_a_write_touches_only_the_rows_that_it_changes(opened):
    provider = opened()
    for number in range(20):
        create(provider, f"user{number}@example.com")
    written = []
    provider.store.db.set_trace_callback(lambda sql: written.append(sql) if "INTO workspace" in sql else None)
    create(provider, "ada@example.com")
    provider.store.db.set_trace_callback(None)
    assert len(written) == 2  # how ada stands, and a line of the audit log


def test_entries_know_what_has_changed():
    entries = Entries()
    entries["a"] = Standing(role="viewer")
    entries["b"] = Standing(role="editor")
    entries.dirty.clear()
    entries["a"].role = "editor"
    entries.mark("a")
    assert entries.drop("b") == Standing(role="editor")
    assert entries.drop("c") is None
    assert entries.dirty == {"a", "b", "c"}
    log = Entries()
    for number in range(12):
        log.log(number, 10)
    assert list(log.items()) == [(str(number + 1), number) for number in range(2, 12)]
