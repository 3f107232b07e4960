"""Controls end to end: a product on a port, settings with requests to it, checks that switch its SAML off."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADMIN = "canary-admin-t0ken-9f3"
SCIM = "canary-scim-t0ken-77a"
SESSION = "canary-session-5d1"

PRODUCT = """
import socket, sys
from pathlib import Path
from types import SimpleNamespace
from scimulator.exchange.message import Response
from scimulator.provider import Provider
from scimulator.provider.control_api import ControlApi
from scimulator.provider.http import server

class WorkspaceError(Exception):
    pass

class Workspace:
    scim_enabled = True
    def __init__(self): self.say("on")
    def say(self, word): Path("saml").write_text(word)
    def disable_saml(self): self.say("off")
    def enable_saml(self): self.say("on")
    def log_in(self, email):
        if "nobody" in email: raise WorkspaceError("no such person")
        return SESSION
    def session(self, session):
        if session != SESSION: raise WorkspaceError("unknown session")
        return {"email": "x"}
    def members(self): return []

class Product(Provider):
    def handle(self, request):
        return super().handle(request) if Path("saml").read_text() == "on" else Response(403, (), b"")

with socket.create_server(("127.0.0.1", 0)) as listener:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    product = Product(url + "/scim/v2", token=SCIM)
    print(url, flush=True)
    behind = SimpleNamespace(workspace=Workspace(), crashes=[], transaction=product.transaction)
    server(product, "/scim/v2", ControlApi(behind, ADMIN)).run(sockets=[listener])
"""

SUITE = """
import os, time
from pathlib import Path
import pytest
from scimulator.kit import Controls, Resources, check

@pytest.fixture
def users(scim_session): return Resources(scim_session, "user")

@pytest.fixture
def controls(scim_session): return Controls(scim_session)

def note(word):
    with open("log", "a") as file: file.write(f"{time.monotonic()} {os.getpid()} {word}\\n")

@check("own.saml", "RFC7644-3.3-01", controls=("saml-off",))
def test_saml(users, controls, scim_session):
    '''Nothing is answered while SAML is off.'''
    note("begin own.saml")
    users.create()
    with controls.during("saml-off"):
        assert Path("saml").read_text() == "off"
        Path("within").touch()
        time.sleep(float(os.environ.get("PAUSE", "0.2")))
        assert scim_session.request("GET", "/Users").status_code == 403
    assert Path("saml").read_text() == "on"
    assert scim_session.request("GET", "/Users").status_code == 200
    note("end own.saml")

@check("own.left", "RFC7644-3.3-01", controls=("saml-off",))
def test_left(users, controls):
    '''What a check leaves off is on again before its people are removed.'''
    note("begin own.left")
    users.create()
    controls.run("saml-off")
    note("end own.left")

@check("own.log-in", "RFC7644-3.3-01", controls=("log-in", "sign-in-works"))
def test_log_in(controls, scim_session):
    '''Who is refused gets no session.'''
    assert controls.run("log-in", email="nobody@example.com")["ok"] is False
    session = controls.run("log-in", email="somebody@example.com")["session"]
    assert controls.run("sign-in-works", session=session)["ok"]
    assert not controls.run("sign-in-works", session="other")["ok"]
    assert not controls.has("set-role")
    scim_session.judge.note("the session is " + session)

@check("own.missing", "RFC7644-3.3-01", controls=("set-role",))
def test_missing(controls):
    '''A role can be changed in the product.'''

@check("own.undeclared", "RFC7644-3.3-01")
def test_undeclared(controls):
    '''A check that declares no control can do none.'''
    assert not controls.has("saml-off")

@pytest.mark.parametrize("number", range(6))
@check("own.plain", "RFC7644-3.3-01")
def test_plain(users, number):
    '''A user can be made.'''
    note(f"begin plain {number}")
    users.create()
    time.sleep(0.2)
    note(f"end plain {number}")
"""


def settings(url: str) -> str:
    lines = [f'[target]\nurl = "{url}/scim/v2"\ntoken_env = "SCIM_TOKEN"\n']
    for name, body, undo in (
        ("saml-off", "{}", True),
        ("log-in", '{ email = "{email}" }', False),
        ("sign-in-works", '{ session = "{session}" }', False),
    ):
        headers = '{ Authorization = "Bearer ${ADMIN_TOKEN}" }'
        lines.append(f"[control.{name}]")
        lines.append(f'do = {{ request = "POST {url}/control/v1/{name}", headers = {headers}, json = {body} }}')
        if undo:
            json_body = '{ answer = "{answer}" }'
            back = f"{url}/control/v1/{name}/undo"
            lines.append(f'undo = {{ request = "POST {back}", headers = {headers}, json = {json_body} }}')
    return "\n".join(lines) + "\n"


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCIM", "PYTEST"))}
    state = str(folder / "state")
    return {**kept, "SCIM_TOKEN": SCIM, "ADMIN_TOKEN": ADMIN, "XDG_STATE_HOME": state, **more}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with settings and a suite for a product that runs."""
    constants = f"SCIM, ADMIN, SESSION = {SCIM!r}, {ADMIN!r}, {SESSION!r}\n"
    (tmp_path / "product.py").write_text(constants + PRODUCT, "utf-8")
    (tmp_path / "test_own.py").write_text(SUITE, "utf-8")
    with subprocess.Popen([sys.executable, "product.py"], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        (tmp_path / "scimulator.toml").write_text(settings(url), "utf-8")
        yield tmp_path
        process.kill()


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--scim-config", "scimulator.toml", *arguments]


def run(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("-rA", "--scim-run", "run.jsonl", *arguments),
        cwd=folder,
        env=environment(folder, **env),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def scimulator(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scimulator", *arguments],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def records(folder: Path) -> dict[str, dict[str, object]]:
    lines = [json.loads(line) for line in (folder / "run.jsonl").read_text("utf-8").splitlines()]
    return {each["id"]: each for each in lines if each.get("type") == "check"}


def everything_written(folder: Path) -> str:
    files = [each for each in folder.rglob("*") if each.is_file() and each.name != "product.py"]
    return "\n".join(each.read_text("utf-8", errors="replace") for each in files)


def log_of(folder: Path) -> list[tuple[str, str]]:
    lines = sorted((folder / "log").read_text("utf-8").splitlines(), key=lambda line: float(line.split()[0]))
    return [(line.split()[1], line.split(maxsplit=2)[2]) for line in lines]


def test_without_the_option_no_control_is_done(folder: Path):
    done = run(folder)
    assert done.returncode == 0, done.stdout
    assert "4 deselected" in done.stdout
    assert {name for name in records(folder) if name.startswith("own")} == {"own.plain", "own.undeclared"}


def test_controls_are_done_last_and_undone(folder: Path):
    done = run(folder, "--scim-controls")
    assert done.returncode == 0, done.stdout
    found = records(folder)
    assert found["own.saml"]["outcome"] == found["own.left"]["outcome"] == found["own.log-in"]["outcome"] == "passed"
    assert found["own.missing"]["outcome"] == "not-applicable"
    assert "[control.set-role]" in str(found["own.missing"]["reason"])
    words = [word for _, word in log_of(folder)]
    assert all("plain" in word for word in words[:12])
    assert (folder / "saml").read_text() == "on"
    assert not list((folder / "state").rglob("*.jsonl"))
    for secret in (ADMIN, SCIM, SESSION):
        assert secret not in everything_written(folder)


def test_over_workers_controls_wait_for_everything_else(folder: Path):
    done = run(folder, "--scim-controls", "-n", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    found = records(folder)
    assert found["own.saml"]["outcome"] == found["own.left"]["outcome"] == "passed"
    entries = log_of(folder)
    assert all("plain" in word for _, word in entries[:12])
    assert [word for _, word in entries[12:]] == ["begin own.saml", "end own.saml", "begin own.left", "end own.left"]
    assert len({pid for pid, _ in entries[12:]}) == 1
    assert {pid for pid, _ in entries[:12]}.isdisjoint({pid for pid, _ in entries[12:]})
    # Header, one record for each check, the invariants, a footer: one run, not two.
    lines = [json.loads(line) for line in (folder / "run.jsonl").read_text("utf-8").splitlines()]
    assert len([each for each in lines if each.get("id") == "own.saml"]) == 1
    assert (folder / "saml").read_text() == "on"


def test_over_workers_there_may_be_nothing_but_checks_with_a_control(folder: Path):
    done = run(folder, "--scim-controls", "-n", "2", "--scim-select", "own.saml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert records(folder)["own.saml"]["outcome"] == "passed"


def test_a_control_that_cannot_be_done_or_undone_is_told(folder: Path):
    file = folder / "scimulator.toml"
    file.write_text(file.read_text("utf-8").replace("/control/v1/saml-off/undo", "/control/v1/saml-of/undo"), "utf-8")
    done = run(folder, "--scim-controls", "--scim-select", "own.saml", "--scim-select", "own.left")
    found = records(folder)
    assert found["own.saml"]["outcome"] == found["own.left"]["outcome"] == "blocked"
    assert "answered 404" in str(found["own.saml"]["reason"])
    assert "could not be undone" in str(found["own.left"]["reason"])
    assert "[control.saml-off] undo" in (folder / "run.jsonl").read_text("utf-8")
    assert (folder / "saml").read_text() == "off"
    # The journal knows, and with the settings put right, clean undoes it.
    file.write_text(file.read_text("utf-8").replace("/control/v1/saml-of/undo", "/control/v1/saml-off/undo"), "utf-8")
    assert scimulator(folder, "clean").returncode == 0, done.stdout
    assert (folder / "saml").read_text() == "on"


def wait_for(path: Path) -> None:
    for _ in range(300):
        if path.exists():
            return
        time.sleep(0.1)
    raise AssertionError(f"{path} never came")


def in_the_middle(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        command("--scim-controls", "-k", "test_saml"),
        cwd=folder,
        env=environment(folder, PAUSE="60"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_for(folder / "within")
    assert (folder / "saml").read_text() == "off"
    return process


def test_an_interruption_undoes(folder: Path):
    process = in_the_middle(folder)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert (folder / "saml").read_text() == "on"
    assert not list((folder / "state").rglob("*.jsonl"))


def test_clean_undoes_after_a_kill(folder: Path):
    process = in_the_middle(folder)
    process.kill()
    process.communicate(timeout=60)
    assert (folder / "saml").read_text() == "off"
    assert ADMIN not in everything_written(folder)

    url = (folder / "scimulator.toml").read_text("utf-8").partition('url = "')[2].partition('"')[0]
    (folder / "bare.toml").write_text(f'[target]\nurl = "{url}"\n', "utf-8")
    bare = scimulator(folder, "clean", "--config", "bare.toml")
    assert bare.returncode == 4, bare.stdout
    assert "[control.saml-off]" in bare.stdout
    judged = scimulator(folder, "check", "sanity", "--config", "bare.toml")
    assert judged.returncode == 4
    assert "interrupted run left [control.saml-off] done" in " ".join(judged.stdout.split())

    shown = scimulator(folder, "clean", "--dry-run")
    assert "would undo" in shown.stdout
    assert (folder / "saml").read_text() == "off"

    done = scimulator(folder, "clean", "--json", "clean.json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "undone       [control.saml-off]" in done.stdout
    assert (folder / "saml").read_text() == "on"
    document = json.loads((folder / "clean.json").read_text("utf-8"))
    assert document["controls"] == [{"name": "saml-off", "outcome": "undone", "reason": ""}]
    assert [each["outcome"] for each in document["resources"]] == ["deleted"]
    assert "nothing of ours is there" in scimulator(folder, "clean").stdout
