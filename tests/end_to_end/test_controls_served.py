"""``serve --write-controls`` and ``check --controls`` meet: the product behind the served provider, through HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
import pytest

from scimulator.cli.serving import control_settings, write_controls
from scimulator.target.controls.canonical import canonical_controls
from scimulator.target.settings_file import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCIM, ADMIN = "canary-scim-t0ken-31", "canary-admin-t0ken-77"

SUITE = """
from scimulator.kit import Controls, Resources, check
import pytest

@pytest.fixture
def users(scim_session): return Resources(scim_session, "user")

@pytest.fixture
def controls(scim_session): return Controls(scim_session)

@check("own.saml", "RFC7644-3.3-01", controls=("saml-off", "members", "outbox", "audit", "set-default-role"))
def test_saml(users, controls, scim_session):
    '''What an admin does in the product is done, seen and undone.'''
    user = users.create()
    assert any(each["email"].lower() == user.sent["userName"].lower() for each in controls.run("members")["members"])
    with controls.during("saml-off"):
        scim_session.request("GET", "/Users")
    assert scim_session.request("GET", "/Users").status_code == 200
    controls.run("set-default-role", role="editor")
    controls.run("outbox")
    assert controls.run("audit")["entries"]
"""


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCIM", "PYTEST"))}
    return {**kept, "SCIM_TOKEN": SCIM, "ADMIN_TOKEN": ADMIN, "XDG_STATE_HOME": str(folder / "state")}


@contextmanager
def served(folder: Path) -> Iterator[str]:
    options = ["--port", "0", "--token-env", "SCIM_TOKEN", "--admin-token-env", "ADMIN_TOKEN", "--db", "product.sqlite"]
    process = subprocess.Popen(
        [sys.executable, "-m", "scimulator", "serve", *options, "--write-controls", "controls.toml"],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = ""
    try:
        for line in process.stdout:
            if "export SCIM_URL=" in line:
                url = line.partition("=")[2].strip()
            if "Ctrl-C" in line:
                break
        assert url, "the server did not start"
        yield url
    finally:
        process.kill()
        process.communicate(timeout=20)


def test_the_settings_that_serve_writes_can_be_used(tmp_path: Path):
    file = tmp_path / "controls.toml"
    text = control_settings("http://127.0.0.1:1/control/v1", "http://127.0.0.1:1/scim/v2", "ADMIN_TOKEN")
    write_controls(str(file), text)
    settings = load_settings(file, environ={})
    assert settings.target.url == "http://127.0.0.1:1/scim/v2"
    assert list(settings.controls()) == list(canonical_controls())
    assert "${ADMIN_TOKEN}" in settings.controls()["set-role"].do.headers["Authorization"]
    write_controls(str(file), text)  # it is ours, so it may be written anew
    file.write_text("[target]\n", "utf-8")
    with pytest.raises(click.UsageError, match="was not written by serve"):
        write_controls(str(file), text)


def ask(url: str, name: str, body: dict[str, object]) -> dict[str, object]:
    address = f"{url.removesuffix('/scim/v2')}/control/v1/{name}"
    headers = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}
    asked = urllib.request.Request(address, json.dumps(body).encode(), headers, method="POST")  # noqa: S310  our own server
    with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310  the same
        made: dict[str, object] = json.loads(answer.read())
        return made


def test_every_canonical_control_works_through_http(tmp_path: Path):
    (tmp_path / "test_own.py").write_text(SUITE, "utf-8")
    with served(tmp_path):
        assert set(load_settings(tmp_path / "controls.toml", environ={}).controls()) == set(canonical_controls())
        assert ADMIN not in (tmp_path / "controls.toml").read_text("utf-8")
        options = ["--scim-config", "controls.toml", "--scim-controls", "--scim-run", "run.jsonl"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", *options],
            cwd=tmp_path,
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout
    written = (tmp_path / "run.jsonl").read_text("utf-8")
    assert '"own.saml"' in written
    assert ADMIN not in written
    assert not list((tmp_path / "state").rglob("*.jsonl"))


def test_the_workspace_outlives_a_kill(tmp_path: Path):
    with served(tmp_path) as url:
        ask(url, "invite", {"email": "kim@example.com", "role": "editor"})
        before = ask(url, "members", {})["members"]
        ask(url, "add-domain", {"domain": "example.org"})
    with served(tmp_path) as url:
        assert ask(url, "members", {})["members"] == before
        assert [each["email"] for each in before if each["email"] == "kim@example.com"]  # type: ignore[attr-defined]  # a list
