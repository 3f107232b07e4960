from __future__ import annotations

import io
import json

import jsonschema
import pytest
from rich.console import Console

from scimulator import content
from scimulator.cli.clean import clean_command
from scimulator.cli.doctor import doctor_command
from scimulator.target.diagnosis import Sign, doctor
from scimulator.target.essentials import ObstacleKind, essentials
from scimulator.target.opening import open_target
from scimulator.target.settings import Settings

SETTINGS = Settings().override(timeout=0.5)


def lines(symptoms):
    return {one.topic: one for one in symptoms}


def schema(name):
    return json.loads((content("fixtures") / "schemas" / f"{name}.schema.json").read_text())


@pytest.fixture(autouse=True)
def _token(monkeypatch, tmp_path):
    monkeypatch.setenv("SCIM_TOKEN", "canary-token")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.fixture
def screen():
    return Console(file=io.StringIO(), width=200)


def test_a_healthy_server_has_nothing_bad(target, directory, screen, tmp_path):
    directory.add("/Users", "1", userName="boss")
    assert doctor_command(target, console=screen, json_file=tmp_path / "d.json") == 0
    seen = lines(doctor(target))
    assert {one.sign for one in seen.values()} <= {Sign.GOOD, Sign.NOTE}
    assert seen["without token"].message.startswith("refused with 401")
    assert seen["with token"].sign is Sign.GOOD
    text = screen.file.getvalue()
    assert text.splitlines()[0].endswith("fake:")
    assert len(text.splitlines()) < 40
    jsonschema.validate(json.loads((tmp_path / "d.json").read_text()), schema("doctor"))


@pytest.mark.parametrize(
    ("behaviour", "topic", "told", "code"),
    [
        ("always-401", "with token", "refused with 401", 4),
        ("html-200", "media type", "web page", 1),
        ("redirect-other-host", "redirects", "302", 1),
        ("empty-object", "without token", "anybody", 1),
        ("hang-before-headers", "http", "within", 4),
        ("garbage", "http", "not proper HTTP", 4),
        ("always-429", "rate limit", "429", 1),
        ("deep-json", "configuration", "cannot be read", 1),
        ("total-lies", "address", "127.0.0.1", 1),
    ],
)
def test_each_illness_has_its_line(hostile_server, screen, *, behaviour, topic, told, code):
    with hostile_server(behaviour) as server, open_target(f"{server.url}/scim", SETTINGS) as target:
        assert doctor_command(target, console=screen) == code
        found = lines(doctor(target))[topic]
        assert told in found.message
        assert "canary" not in screen.file.getvalue()
        assert all(char.isprintable() or char == "\n" for char in screen.file.getvalue())


def test_the_base_path_is_found_elsewhere(hostile_server):
    def act(server, connection, request):
        config = json.dumps({"schemas": ["urn:x"], "patch": {"supported": True}}).encode()
        found = b"GET /scim/v2/ServiceProviderConfig" in request
        status, body = (b"200 OK", config) if found else (b"404 Not Found", b"nope")
        connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))

    with hostile_server(act) as server, open_target(f"{server.url}/v2", SETTINGS) as target:
        found = lines(doctor(target))["base path"]
        assert found.sign is Sign.BAD
        assert found.advice == f"use {server.url}/scim/v2"


def test_a_closed_port_stops_the_doctor(hostile_server, screen):
    with hostile_server("empty-object") as server:
        url = server.url
    with open_target(url, SETTINGS) as target:
        assert doctor_command(target, console=screen) == 4
        assert doctor(target)[-1].message.endswith("nobody listens there")
        assert clean_command(target, console=screen) == 4


def test_a_wrong_clock_is_noticed(hostile_server):
    def act(server, connection, request):
        connection.sendall(b"HTTP/1.1 200 OK\r\nDate: Wed, 21 Oct 2015 07:28:00 GMT\r\nContent-Length: 2\r\n\r\n{}")

    with hostile_server(act) as server, open_target(server.url, SETTINGS) as target:
        assert "behind this machine" in lines(doctor(target))["clock"].message


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        ("always-401", ObstacleKind.CREDENTIALS),
        ("redirect-loop", ObstacleKind.UNREACHABLE),
        ("garbage", ObstacleKind.UNREACHABLE),
        ("hang-before-headers", ObstacleKind.UNREACHABLE),
        ("empty-object", None),
        ("html-200", None),
        ("always-500", None),
    ],
)
def test_the_essentials_tell_cannot_talk_from_is_wrong(hostile_server, behaviour, kind):
    with hostile_server(behaviour) as server, open_target(server.url, SETTINGS) as target:
        found = essentials(target)
        assert (found and found.kind) == kind
        assert found is None or found.advice


def test_open_discovery_does_not_hide_a_refused_token(hostile_server):
    def act(server, connection, request):
        found = b"GET /ServiceProviderConfig" in request
        status, body = (b"200 OK", b'{"schemas":["urn:x"]}') if found else (b"401 Unauthorized", b"")
        connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))

    with hostile_server(act) as server, open_target(server.url, SETTINGS) as target:
        assert essentials(target).kind is ObstacleKind.CREDENTIALS
        assert "pages" not in lines(doctor(target))


def test_no_token_is_told_apart_from_a_wrong_one(hostile_server, monkeypatch):
    monkeypatch.delenv("SCIM_TOKEN")
    with hostile_server("always-401") as server, open_target(server.url, SETTINGS) as target:
        assert "SCIM_TOKEN" in essentials(target).advice
        assert lines(doctor(target))["with token"].message == "no token was given"


def test_clean_lists_what_it_removed_and_what_it_could_not(target, directory, screen, tmp_path):
    directory.add("/Users", "1", userName="scimulator-dead1-a", active=True)
    assert clean_command(target, console=screen, dry_run=True) == 0
    assert directory.resources["/Users"]
    directory.deletes = False
    assert clean_command(target, console=screen, json_file=tmp_path / "c.json") == 1
    jsonschema.validate(json.loads((tmp_path / "c.json").read_text()), schema("clean"))
    directory.deletes = True
    assert clean_command(target, console=screen) == 0
    assert clean_command(target, console=screen) == 0
    text = screen.file.getvalue()
    for part in (
        "would remove",
        "deactivated",
        "1 still there (1 switched off)",
        "1 removed",
        "nothing of ours is there",
    ):
        assert part in text
