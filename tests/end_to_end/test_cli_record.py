"""``scimulator record``: a real conversation through the proxy, on disk without secrets; archives in and out."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import jsonschema
import pytest

from scimulator import content
from scimulator.cli import main as cli
from scimulator.evidence.cassette import read_cassette
from scimulator.provider import Provider
from scimulator.provider.http import server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "canary-token-rec0rd"
DIALECTS = ("okta.template", "okta.wizard", "entra.legacy", "entra.optscim")
SCHEMA = json.loads((content("fixtures") / "schemas" / "cassette.schema.json").read_text("utf-8"))


@contextmanager
def served(*faults: str) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/scim/v2"
        provider = Provider(url, token=TOKEN, faults=faults)
        running = server(provider, "/scim/v2")
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield url
        finally:
            running.should_exit = True
            thread.join(10)
            provider.close()


@contextmanager
def recording(upstream: str, cassette: Path, *options: str) -> Iterator[tuple[str, list[str]]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SCIM")}
    process = subprocess.Popen(
        [sys.executable, "-m", "scimulator", "record", "--upstream", upstream, "--port", "0", "-o", cassette, *options],
        stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    assert process.stdout is not None
    told = [process.stdout.readline(), process.stdout.readline()]
    address = next(word for word in told[0].split() if word.startswith("http://127.0.0.1"))
    try:
        yield address, told
    finally:
        process.send_signal(signal.SIGINT)
        told += process.communicate(timeout=20)[0].splitlines(keepends=True)
        assert process.returncode == 0


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("SCIM", "NO_COLOR"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("SCIM_TOKEN", TOKEN)
    monkeypatch.chdir(tmp_path)


def idp(dialect: str, target: str, scenario: str = "groups") -> int:
    return cli.main(["idp", dialect.partition(".")[0], target, "--dialect", dialect, "--scenario", scenario])


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_each_identity_provider_sends_is_recognised_as_its_own(dialect: str, tmp_path: Path) -> None:
    with served() as url, recording(url, tmp_path / "a.cassette") as (address, told):
        assert idp(dialect, address) == 0
    text = "".join(told)
    assert f"It was {dialect}" in text, text[-2000:]
    raw = (tmp_path / "a.cassette").read_text("utf-8")
    assert TOKEN not in raw
    assert "northwind" in raw, "the domain of an address is kept"
    for name in ("Quill", "ada.quill", "Arden"):
        assert name not in raw
    for line in raw.splitlines():
        jsonschema.validate(json.loads(line), SCHEMA)
    assert oct((tmp_path / "a.cassette").stat().st_mode & 0o777) == "0o600"


def test_bytes_go_through_as_they_are(tmp_path: Path) -> None:
    with served() as url, recording(url, tmp_path / "a.cassette", "--keep-personal-data") as (address, _):
        body = b'{ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],\n "userName": "Ada@x.example" }'
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json", "X-Odd-CASE": "1"}
        request = urllib.request.Request(f"{address}/Users", body, headers)  # noqa: S310  our own proxy
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  the same
            assert answer.status == 201
            came = answer.read()
        query = "filter=userName%20eq%20%22ada%40x.example%22"
        listed = urllib.request.Request(f"{address}/Users?{query}", None, headers)  # noqa: S310  the same
        with urllib.request.urlopen(listed, timeout=10) as answer:  # noqa: S310  the same
            assert json.loads(answer.read())["totalResults"] == 1
    tape = read_cassette(tmp_path / "a.cassette")
    first = tape.exchanges[0]
    assert tape.whole
    assert first.request.body == body
    assert first.response is not None
    assert first.response.body == came
    assert dict(first.request.headers)["Authorization"] == "Bearer <redacted>"
    assert tape.exchanges[1].request.target.endswith("userName%20eq%20%22ada%40x.example%22")


def test_a_server_that_is_not_there_is_told_to_the_client(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with recording(f"http://127.0.0.1:{port}/scim", tmp_path / "a.cassette") as (address, told):
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(f"{address}/Users", timeout=10)  # noqa: S310  the same
        assert raised.value.code == 502
        assert b"does not answer" in raised.value.read()
    assert "does not answer" in "".join(told)
    assert read_cassette(tmp_path / "a.cassette").exchanges[0].response is None


def test_a_recorder_that_was_killed_leaves_what_was_finished(tmp_path: Path) -> None:
    with served() as url, recording(url, tmp_path / "a.cassette") as (address, _):
        assert idp("okta.wizard", address, "everyday") == 0
    raw = (tmp_path / "a.cassette").read_bytes()
    torn = tmp_path / "torn.cassette"
    torn.write_bytes(raw[: len(raw) * 2 // 3])
    tape = read_cassette(torn)
    assert not tape.whole
    assert 0 < len(tape.exchanges) < len(read_cassette(tmp_path / "a.cassette").exchanges)


def test_an_archive_comes_in_and_goes_out(tmp_path: Path) -> None:
    with served() as url, recording(url, tmp_path / "a.cassette") as (address, _):
        assert idp("okta.template", address, "everyday") == 0
    assert cli.main(["record", "-o", "a.cassette", "--export", "a.har"]) == 0
    archive = json.loads((tmp_path / "a.har").read_text("utf-8"))
    assert archive["log"]["version"] == "1.2"
    assert (
        cli.main(["record", "--import", "a.har", "--base", "/scim/v2", "-o", "b.cassette", "--keep-personal-data"]) == 0
    )
    before, after = read_cassette(tmp_path / "a.cassette"), read_cassette(tmp_path / "b.cassette")
    assert [(each.request.method, each.request.target, each.request.body) for each in before.exchanges] == [
        (each.request.method, each.request.target, each.request.body) for each in after.exchanges
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["record"], "say where to write"),
        (["record", "-o", "x"], "say where requests go"),
        (["record", "--upstream", "ftp://x", "-o", "x"], "is no http(s) URL"),
        (["record", "--import", "none.har", "-o", "x"], "cannot be read"),
        (["record", "-o", "x", "--upstream", "http://x.invalid", "--key-env", "NO_SUCH"], "NO_SUCH is not set"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 2
    assert told in capsys.readouterr().err
