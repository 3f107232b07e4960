"""The fixtures in a test-suite of somebody else's, run as he would run it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from pathlib import Path


def run(folder: Path, source: str, *arguments: str, ini: str = "") -> subprocess.CompletedProcess[str]:
    (folder / "test_mine.py").write_text(source, encoding="utf-8")
    (folder / "pytest.ini").write_text(f"[pytest]\n{ini}\n", encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCIM", "PYTEST"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=folder,
        env=kept,
    )


def passed(done: subprocess.CompletedProcess[str], count: int) -> None:
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{count} passed" in done.stdout


OKTA = """
def test_a_life_at_okta(scim_okta):
    ada = scim_okta.person("ada@example.com", given_name="Ada")
    assert scim_okta.assign(ada).ok
    assert scim_okta.account(ada)["name"]["givenName"] == "Ada"
    scim_okta.change(ada, family_name="King")
    assert scim_okta.account(ada)["name"]["familyName"] == "King"
    bob = scim_okta.person()
    scim_okta.assign(bob)
    group = scim_okta.group(ada)
    scim_okta.push_group(group)
    scim_okta.add_to_group(group, bob)
    assert len(scim_okta.account(group)["members"]) == 2
    scim_okta.remove_from_group(group, ada)
    assert [each["value"] for each in scim_okta.account(group)["members"]] == [scim_okta.remote_id(bob)]
    scim_okta.rename_group(group, "Engines")
    assert scim_okta.account(group)["displayName"] == "Engines"
    assert scim_okta.import_users().seen == 2
    assert scim_okta.import_groups().seen == 1
    scim_okta.delete_group(group)
    scim_okta.unassign(ada)
    assert scim_okta.account(ada)["active"] is False
    scim_okta.assign(ada)
    assert scim_okta.account(ada)["active"] is True
"""
ENTRA = """
def test_a_life_at_entra(scim_entra, scim_target):
    ada, bob = scim_entra.person(department="Looms"), scim_entra.person()
    group = scim_entra.group(ada)
    scim_entra.assign(ada, group)
    assert scim_entra.remote_id(ada) == ""
    assert scim_entra.run_cycle().initial
    urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    assert scim_entra.account(ada)[urn]["department"] == "Looms"
    scim_entra.change(ada, department="Engines")
    scim_entra.assign(bob)
    scim_entra.run_cycle()
    assert scim_entra.account(ada)[urn]["department"] == "Engines"
    scim_entra.add_to_group(group, bob)
    scim_entra.run_cycle()
    assert len(scim_entra.account(group)["members"]) == 2
    scim_entra.unassign(bob)
    scim_entra.run_cycle()
    eve = scim_entra.person()
    scim_entra.assign(eve)
    assert scim_entra.provision_on_demand(eve).ok
    scim_entra.delete(eve)
    scim_entra.run_cycle()
    assert scim_entra.account(eve)["active"] is False
    assert scim_target.get("/Users?count=0").body["totalResults"] >= 2
"""


@pytest.mark.parametrize("how", ["ini", "option"])
def test_the_target_may_be_a_text(how: str, tmp_path: Path) -> None:
    ini = "scim_target = reference:" if how == "ini" else ""
    arguments = ["--scim-target", "reference:"] if how == "option" else []
    passed(run(tmp_path, OKTA + ENTRA, *arguments, ini=ini), 2)


def test_a_reference_of_ones_own_is_a_target_and_is_left_clean(tmp_path: Path) -> None:
    source = (
        OKTA
        + ENTRA
        + """
import pytest

@pytest.fixture
def scim_target_spec(scim_reference):
    return scim_reference

@pytest.fixture
def counted(scim_reference):
    yield
    # Torn down behind scim_okta and scim_target, which were asked for later.
    with scim_reference.client() as client:
        assert client.get("Users").json()["totalResults"] == 0
        assert client.get("Groups").json()["totalResults"] == 0

def test_what_is_made_is_removed(counted, scim_okta, scim_reference):
    ada = scim_okta.person("ada@example.com")
    scim_okta.assign(ada)
    scim_okta.push_group(scim_okta.group(ada, name="No mark at all"))
    with scim_reference.client() as client:
        assert client.get("Users").json()["totalResults"] == 1
    assert scim_reference.workspace is scim_reference.provider.workspace

def test_both_share_a_directory(scim_okta, scim_entra, scim_directory):
    ada = scim_directory.person("ada@example.com")
    scim_okta.assign(ada)
    assert scim_okta.account(ada)["userName"] == "ada@example.com"
    assert scim_entra.directory is scim_okta.directory
"""
    )
    passed(run(tmp_path, source), 4)


def test_a_bug_is_told_in_the_words_of_the_identity_provider(tmp_path: Path) -> None:
    source = """
import pytest
from scimulator.testing import ProvisioningError

@pytest.fixture
def scim_target_spec(scim_reference):
    return scim_reference.having("activation-refused", "group-create-crashes")

def test_back(scim_okta):
    ada = scim_okta.person()
    scim_okta.assign(ada)
    scim_okta.unassign(ada)
    with pytest.raises(ProvisioningError, match="assigning .* again failed") as raised:
        scim_okta.assign(ada)
    assert raised.value.status == 400
    assert "PATCH /Users/" in str(raised.value)

def test_cycle(scim_entra):
    ada = scim_entra.person()
    scim_entra.assign(ada)
    scim_entra.run_cycle()
    scim_entra.deactivate(ada)
    scim_entra.run_cycle()
    scim_entra.reactivate(ada)
    with pytest.raises(ProvisioningError, match="cycle 3 failed"):
        scim_entra.run_cycle()

def test_shown(scim_okta):
    ada = scim_okta.person()
    scim_okta.assign(ada)
    scim_okta.push_group(scim_okta.group(ada))
"""
    done = run(tmp_path, source)
    assert done.returncode == 1
    assert "2 passed" in done.stdout
    assert "1 failed" in done.stdout
    shown = done.stdout.partition(" test_shown ")[2]
    assert "pushing the group" in shown
    # The failure stands at the line of the test, not inside of ours.
    assert "def _carry" not in shown
    assert "POST /Groups -> 500" in shown


ASGI = """
import asyncio, contextlib, json, threading
import anyio, httpx, pytest
from scimulator.testing import ScimApplication

class App:
    def __init__(self):
        self.lived, self.threads = [], set()
    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                self.lived.append(message["type"])
                await send({"type": message["type"] + ".complete"})
                if message["type"].endswith("shutdown"):
                    return
        self.threads.add(threading.get_ident())
        await asyncio.sleep(0)
        sent = dict(scope["headers"]).get(b"authorization", b"").decode()
        body = json.dumps({"path": scope["path"], "authorization": sent})
        kind = (b"content-type", b"application/scim+json")
        await send({"type": "http.response.start", "status": 200, "headers": [kind]})
        await send({"type": "http.response.body", "body": body.encode()})

@pytest.fixture
def app():
    made = App()
    yield made
    assert made.lived == ["lifespan.startup", "lifespan.shutdown"]

@pytest.fixture
def scim_target_spec(app):
    return ScimApplication(app, path="/scim", token="t0ken")

def test_lifespan_and_token(scim_target, app):
    answer = scim_target.get("/Users")
    assert answer.body == {"path": "/scim/Users", "authorization": "Bearer t0ken"}
    assert app.lived == ["lifespan.startup"]

@pytest.mark.anyio
async def test_an_asynchronous_test_is_not_in_the_way(scim_target, app):
    ticks = []
    async def ticking():
        while True:
            ticks.append(1)
            await anyio.sleep(0.001)
    async with anyio.create_task_group() as group:
        group.start_soon(ticking)
        answer = await anyio.to_thread.run_sync(scim_target.get, "/Users")
        await anyio.sleep(0.01)
        group.cancel_scope.cancel()
    assert answer.ok and ticks
    assert scim_target.get("/Users").ok  # and calling it right here does not hang either
    assert threading.get_ident() not in app.threads

@pytest.fixture
def anyio_backend():
    return "asyncio"

class TestPlain:
    @pytest.fixture
    def scim_target_spec(self, app):
        return app
    @pytest.fixture
    def scim_token(self):
        return "another"
    def test_the_object_itself(self, scim_target):
        assert scim_target.get("/Users").body["authorization"] == "Bearer another"
"""
WSGI = """
import json, threading
import pytest

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/scim+json")])
    return [json.dumps({"thread": threading.get_ident()}).encode()]

def broken(environ, start_response):
    raise RuntimeError("no database")

@pytest.fixture
def scim_target_spec(request):
    return broken if "broken" in request.node.name else app

def test_in_the_thread_of_the_test(scim_target):
    assert scim_target.get("/Users").body["thread"] == threading.get_ident()

def test_broken(scim_target):
    answer = scim_target.get("/Users")
    assert answer.status == 500 and "no database" in answer.text
"""


def test_an_asgi_application_with_its_lifespan(tmp_path: Path) -> None:
    passed(run(tmp_path, ASGI, ini="filterwarnings = error"), 3)


def test_a_wsgi_application_in_the_same_thread(tmp_path: Path) -> None:
    passed(run(tmp_path, WSGI), 2)


SOMEBODY = """
import pytest
from scimulator.testing import ProvisioningError

def test_somebody_who_was_there_before_stays_untouched(scim_okta, scim_target):
    with pytest.raises(ProvisioningError, match="not of this run and stays untouched"):
        scim_okta.assign(scim_okta.person("grace@example.com", given_name="Another"))
"""


def test_a_server_behind_a_url_is_treated_as_a_guest_does(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "scimulator", "serve", "--port", "0", "--token", "canary-t0ken"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = ""
        for line in process.stdout:
            url = line.partition("=")[2].strip() if "export SCIM_URL=" in line else url
            if "Ctrl-C" in line:
                break
        headers = {"Authorization": "Bearer canary-t0ken", "Content-Type": "application/scim+json"}
        with httpx.Client(base_url=f"{url}/", headers=headers) as client:
            body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "grace@example.com"}
            assert client.post("Users", json=body).status_code == 201
            token = """
import pytest

@pytest.fixture
def scim_token():
    return "canary-t0ken"
"""
            source = OKTA.replace(".seen == 2", ".seen == 3") + ENTRA + SOMEBODY + token
            passed(run(tmp_path, source, ini=f"scim_target = {url}"), 3)
            left = client.get("Users").json()
            assert [each["userName"] for each in left["Resources"]] == ["grace@example.com"]
            assert left["Resources"][0].get("name") is None
            assert client.get("Groups").json()["totalResults"] == 0
    finally:
        process.terminate()
        process.communicate(timeout=10)


CASSETTE = """
import pytest
from scimulator.testing import ScimTestingError

@pytest.fixture
def scim_target_spec(scim_reference, request):
    return scim_reference.having(*getattr(request, "param", ()))

def test_record(scim_cassette, scim_okta):
    with scim_cassette.recording("kept/life.jsonl"):
        ada = scim_okta.person(given_name="Ada")
        scim_okta.assign(ada)
        group = scim_okta.group(ada)
        scim_okta.push_group(group)
        scim_okta.rename_group(group, f"{group.name}-two")
        scim_okta.account(group)
        scim_okta.unassign(ada)
        scim_okta.account(ada)

def test_secret(scim_reference):
    text = open("kept/life.jsonl").read()
    assert scim_reference.token not in text and text.count("<redacted>") > 5

def test_same(scim_cassette):
    assert scim_cassette.replay("kept/life.jsonl") == []

@pytest.mark.parametrize("scim_target_spec", [("group-rename-ignored",)], indirect=True)
def test_other(scim_cassette):
    differences = scim_cassette.replay("kept/life.jsonl")
    assert {each.at for each in differences} == {"displayName", "groups/display"}
    assert "-two" in differences[0].recorded
    assert "-two" not in differences[0].now
    assert "displayName was" in str(differences[0])

def test_none(scim_cassette):
    with pytest.raises(ScimTestingError, match="record it first"):
        scim_cassette.replay("nothing.jsonl")
"""


def test_a_cassette_tells_what_has_changed(tmp_path: Path) -> None:
    passed(run(tmp_path, CASSETTE), 5)


def test_an_unknown_target_says_what_to_do(tmp_path: Path) -> None:
    done = run(tmp_path, "def test_it(scim_okta): pass\n")
    assert done.returncode == 1
    assert "write a fixture named scim_target_spec" in done.stdout
    done = run(tmp_path, "def test_it(scim_okta): pass\n", "--scim-target", "asgi:nothing.here:app")
    assert "there is no module 'nothing.here'" in done.stdout


def test_the_plugin_stays_light(tmp_path: Path) -> None:
    source = """
import sys
def test_light():
    rooms = ("scimulator.kit", "scimulator.testing", "scimulator.idp")
    heavy = [each for each in sys.modules if each.startswith(rooms)]
    assert not heavy, heavy
    assert "httpx" not in sys.modules
"""
    passed(run(tmp_path, source), 1)
