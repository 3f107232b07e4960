"""``serve --db``: whatever kills the server, what it has answered is there afterwards, and nothing by halves."""

from __future__ import annotations

import http.client
import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "token-of-a-test"
ROUNDS = 6
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCIM", "PYTEST"))}
    return {**kept, "SERVE_TOKEN": TOKEN}


def command(file: Path) -> list[str]:
    return [sys.executable, "-m", "scimulator", "serve", "--port", "0", "--token-env", "SERVE_TOKEN", "--db", str(file)]


@contextmanager
def served(file: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(command(file), stdout=subprocess.PIPE, text=True, env=environment())
    assert process.stdout is not None
    url = ""
    try:
        for line in process.stdout:
            if "export SCIM_URL=" in line:
                url = line.partition("=")[2].strip()
            if "Ctrl-C" in line:
                break
        assert url, "the server did not start"
        yield process, url
    finally:
        process.kill()
        process.communicate(timeout=20)


class Client:
    """Sends requests over one connection; anything but a whole answer is an error."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.path = parts.path
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)

    def send(self, method: str, target: str, body: object = None) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
        self.connection.request(method, self.path + target, json.dumps(body) if body else None, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status < 300, content
        made: dict[str, object] = json.loads(content) if content else {}
        return made


class Writer(threading.Thread):
    """Writes until the server is gone, and remembers what was acknowledged."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__(daemon=True)
        self.client = Client(url)
        self.label = name
        self.titles: dict[str, str] = {}
        self.asked: dict[str, str] = {}
        self.deleted: set[str] = set()
        self.groups: dict[str, set[str]] = {}

    def run(self) -> None:
        try:
            for number in range(100_000):
                self.once(number)
        except (OSError, http.client.HTTPException):
            self.client.connection.close()

    def once(self, number: int) -> None:
        body = {"schemas": [USER], "userName": f"{self.label}-{number}@example.com", "title": "first"}
        user = str(self.client.send("POST", "/Users", body)["id"])
        self.titles[user] = "first"
        operations = [{"op": "replace", "path": "title", "value": f"second {number}"}]
        self.asked[user] = f"second {number}"
        self.client.send("PATCH", f"/Users/{user}", {"schemas": [PATCH], "Operations": operations})
        self.titles[user] = f"second {number}"
        ids = list(self.titles)[-3:]
        members = [{"value": each} for each in ids]
        group = {"schemas": [GROUP], "displayName": f"{self.label}-{number}", "members": members}
        self.groups[str(self.client.send("POST", "/Groups", group)["id"])] = set(ids)
        if number % 5 == 4:
            gone = ids[0]
            self.titles.pop(gone)
            self.client.send("DELETE", f"/Users/{gone}")
            self.deleted.add(gone)


PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def verify(url: str, writers: list[Writer]) -> int:
    """Compare what is there with what was acknowledged; return how many writes that were."""
    client = Client(url)
    everybody: dict[str, dict[str, object]] = {}
    groups: dict[str, dict[str, object]] = {}
    for endpoint, found in (("/Users", everybody), ("/Groups", groups)):
        total, start = 1, 1
        while start <= total:
            page = client.send("GET", f"{endpoint}?startIndex={start}&count=1000")
            total = int(str(page["totalResults"]))
            resources = page["Resources"]
            assert isinstance(resources, list)
            found.update({each["id"]: each for each in resources})
            start += 1000
        assert len(found) == total
    for writer in writers:
        for user, title in writer.titles.items():
            # A change that was asked for and not acknowledged may have been made, or not.
            assert everybody[user]["title"] in (title, writer.asked.get(user, title))
        assert writer.deleted.isdisjoint(everybody)
        for group, members in writer.groups.items():
            listed = groups[group].get("members", [])
            assert isinstance(listed, list)
            assert {each["value"] for each in listed} == {each for each in members if each in everybody}
    client.connection.close()
    return sum(len(writer.titles) + len(writer.groups) + len(writer.deleted) for writer in writers)


def test_a_kill_loses_no_acknowledged_write(tmp_path: Path):
    file = tmp_path / "product.sqlite"
    chance = random.Random(5)  # noqa: S311  moments of death, repeatable as far as can be
    writers: list[Writer] = []
    for turn in range(ROUNDS):
        with served(file) as (process, url):
            verify(url, writers)
            now = [Writer(url, f"w{turn}{letter}") for letter in "ab"]
            for each in now:
                each.start()
            time.sleep(chance.uniform(0.1, 0.8))
            process.kill()
            for each in now:
                each.join(20)
                assert not each.is_alive()
            writers += now
    with served(file) as (_, url):
        assert verify(url, writers) > 20
    assert file.stat().st_mode & 0o077 == 0


def refused(file: Path) -> str:
    done = subprocess.run(command(file), capture_output=True, text=True, timeout=30, check=False, env=environment())
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return " ".join(done.stderr.split())


def test_one_file_serves_one_server(tmp_path: Path):
    file = tmp_path / "product.sqlite"
    with served(file):
        assert "in use by another process" in refused(file)
    with served(file) as (_, url):
        assert url


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"garbage" * 200, "is not a database"), (b"x", "is not a database"), (b"SQLite format 3\0" + b"\xff" * 4080, "")],
)
def test_garbage_is_no_database(tmp_path: Path, content: bytes, told: str):
    file = tmp_path / "product.sqlite"
    file.write_bytes(content)
    assert told in refused(file)
    assert file.read_bytes() == content


def test_databases_of_others_and_other_versions_are_left_alone(tmp_path: Path):
    other, newer = tmp_path / "other.sqlite", tmp_path / "newer.sqlite"
    with closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE accounts (id)")
    assert "none of Scimulator's" in refused(other)
    with served(newer):
        pass
    with closing(sqlite3.connect(newer)) as db:
        db.execute("PRAGMA user_version = 99")
    assert "another version of Scimulator (format 99" in refused(newer)
    assert "No such file or directory" in refused(tmp_path / "no" / "folder.sqlite")


def test_a_damaged_file_is_refused(tmp_path: Path):
    file = tmp_path / "product.sqlite"
    with served(file) as (_, url):
        client = Client(url)
        for number in range(200):
            client.send("POST", "/Users", {"schemas": [USER], "userName": f"{number}@example.com", "title": "x" * 200})
        client.connection.close()
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(file.read_bytes())
    content[8192 : len(content) - 4096] = b"\x5a" * (len(content) - 12288)
    file.write_bytes(bytes(content))
    assert "damaged" in refused(file)
