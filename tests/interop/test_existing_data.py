from __future__ import annotations

import signal
import subprocess
import sys
import time

import httpx
import pytest

EXISTING = 1000
PAGE = 100
KILL_SECONDS = 60


@pytest.fixture
def full(serve):
    """A scim2-server that already holds users and a group that nobody of us made."""
    served = serve("scim2")
    headers = {"Authorization": f"Bearer {served.token}", "Content-Type": "application/scim+json"}
    with httpx.Client(base_url=served.url, headers=headers, trust_env=False, timeout=30) as client:
        people = [_person(number) for number in range(EXISTING)]
        for start in range(0, EXISTING, PAGE):
            _in_bulk(client, people[start : start + PAGE])
        first = client.get("/Users", params={"count": 2}).json()["Resources"]
        members = [{"value": user["id"]} for user in first]
        group = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": "Everybody",
            "members": members,
        }
        assert client.post("/Groups", json=group).status_code == 201
        yield served, client


def _person(number):
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": f"person{number:04}@example.org",
        "externalId": f"ext-{number}",
        "name": {"givenName": "Ada", "familyName": f"Quill{number}"},
        "displayName": f"Ada Quill {number}",
        "active": number % 7 != 0,
        "emails": [{"value": f"person{number:04}@example.org", "type": "work", "primary": True}],
    }


def _in_bulk(client, people):
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": f"b{place}", "data": person}
        for place, person in enumerate(people)
    ]
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}
    answer = client.post("/Bulk", json=body)
    assert answer.status_code == 200, answer.text
    assert all(str(one["status"]) == "201" for one in answer.json()["Operations"]), answer.text


def _snapshot(client):
    """Return every page of everything, as the bytes that the server sends."""
    pages = [
        client.get(endpoint, params={"startIndex": start, "count": PAGE}).content
        for endpoint in ("/Users", "/Groups")
        for start in range(1, EXISTING + 2 * PAGE, PAGE)
    ]
    assert sum(page.count(b'"userName"') for page in pages) >= EXISTING
    return pages


def _total(client):
    return sum(client.get(endpoint, params={"count": 0}).json()["totalResults"] for endpoint in ("/Users", "/Groups"))


def _command(judging, served, tmp_path, verb, *arguments):
    return {
        "args": [sys.executable, "-m", "scimulator", verb, *arguments, served.url],
        "cwd": tmp_path,
        "env": judging.environment(tmp_path, served.token),
    }


def test_a_run_leaves_a_thousand_existing_users_byte_identical(full, judging, tmp_path):
    served, client = full
    before = _snapshot(client)

    judged = judging.check(served, tmp_path)

    assert judged.exit_code in (0, 1), judged.screen[-2000:]
    assert _snapshot(client) == before
    assert not list((tmp_path / "state").rglob("*.jsonl")), "the journal of a run that ended well is gone"


def test_after_a_kill_clean_removes_what_was_ours_and_nothing_else(full, judging, tmp_path):
    served, client = full
    before = _snapshot(client)
    there = _total(client)
    started = subprocess.Popen(
        **_command(judging, served, tmp_path, "check"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _stop_with_something_made(started, client, there)
    finally:
        started.kill()
        started.wait(10)
    assert _total(client) > there, "the run was killed with something of ours on the server"

    cleaned = subprocess.run(
        **_command(judging, served, tmp_path, "clean"), capture_output=True, text=True, timeout=60, check=False
    )

    assert cleaned.returncode == 0, cleaned.stdout + cleaned.stderr
    assert _snapshot(client) == before
    assert not list((tmp_path / "state").rglob("*.jsonl")), "clean closes the journal of the dead run"


def _stop_with_something_made(process, client, there):
    """Halt the run at a moment when it has made something that it has not removed yet."""
    end = time.monotonic() + KILL_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, "the run ended before it could be killed"
        if _total(client) > there:
            process.send_signal(signal.SIGSTOP)
            # What the stopped process had already sent may still arrive.
            time.sleep(0.2)
            if _total(client) > there + 1:
                return
            process.send_signal(signal.SIGCONT)
        time.sleep(0.01)
    pytest.fail(f"nothing was made within {KILL_SECONDS} s")
