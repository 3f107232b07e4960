"""Checks in plain pytest: unknown ids stop the collection, and every outcome has its place in pytest's own report."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
import pytest
from scimulator.kit import Blocked, NotApplicable, Resources, Tenant, check, replace


@pytest.fixture
def users(scim_session):
    return Resources(scim_session, "user")

"""


def run(folder: Path, body: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_own.py").write_text(HEAD + body, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--scim-target", "reference:", "-ra", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("declaration", "told"),
    [
        ('"own.one", "RFC7644-3.3-99"', 'did you mean "RFC7644-3.3-'),
        ('"own.one", "RFC7644-3.3-01", dialects=("okta.templates",)', 'did you mean "okta.template"'),
    ],
)
def test_an_unknown_id_stops_the_collection_with_a_hint(tmp_path: Path, declaration: str, told: str):
    done = run(tmp_path, f"@check({declaration})\ndef test_one(users):\n    '''A fact.'''\n")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert told in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_two_checks_of_one_id_stop_the_collection(tmp_path: Path):
    one = "@check('own.one', 'RFC7644-3.3-01')\ndef test_{}(users):\n    '''A fact.'''\n"
    done = run(tmp_path, one.format("a") + one.format("b"))
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "own.one is declared by" in done.stdout + done.stderr


OUTCOMES = """
@check("own.passes", "RFC7644-3.3-01")
def test_passes(users):
    '''A created user is answered 201.'''
    users.post(users.body()).status(201)


@check("own.fails", "RFC7644-3.3-01")
def test_fails(users):
    '''A created user is answered 299.'''
    users.post(users.body()).status(299)


@check("own.warns", "RFC7644-3.3-02")
def test_warns(users):
    '''A created user is answered 299, says a requirement that only warns.'''
    users.post(users.body()).status(299)


@check("own.not-applicable", "RFC7644-3.3-01")
def test_not_applicable(users):
    '''A fact about something else.'''
    raise NotApplicable("the target is a teapot")


@check("own.blocked", "RFC7644-3.3-01")
def test_blocked(users):
    '''A fact that cannot be reached.'''
    raise Blocked("own.fails", "the way is barred")


@check("own.error", "RFC7644-3.3-01")
def test_error(users):
    '''A fact told by a broken check.'''
    raise KeyError("ours")


@check("own.dialect", "RFC7644-3.3-01", dialects=("okta.template", "entra.legacy"))
def test_dialect(scim_session, dialect):
    '''A fact for each dialect.'''


def test_of_the_user():
    assert True
"""


def test_every_outcome_has_its_place(tmp_path: Path):
    done = run(tmp_path, OUTCOMES, "--junit-xml=junit.xml", "--scim-run", "run.jsonl")
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout
    records = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text("utf-8").splitlines()]
    outcomes = {each["id"]: each["outcome"] for each in records if each["type"] == "check" and each["area"] == "own"}
    assert outcomes == {
        "own.passes": "passed",
        "own.fails": "failed",
        "own.warns": "warned",
        "own.not-applicable": "not-applicable",
        "own.blocked": "blocked",
        "own.error": "error",
        "own.dialect": "passed",
    }
    assert {each["dialect"] for each in records if each.get("id") == "own.dialect"} == {"okta.template", "entra.legacy"}
    assert "blocked by own.fails: the way is barred" in done.stdout
    assert "not applicable: the target is a teapot" in done.stdout
    assert "1 error" in done.stdout
    assert "RFC MUST, RFC 7644 section 3.3" in done.stdout
    junit = ET.parse(tmp_path / "junit.xml").getroot()  # noqa: S314  our own pytest wrote it
    properties = [(each.get("name"), each.get("value")) for each in junit.iter("property")]
    assert ("scim.requirement", "RFC7644-3.3-01") in properties
    assert ("scim.check", "own.warns") in properties
    assert any(name == "scim.warning" for name, _ in properties)
    end = records[-1]
    assert end["type"] == "end"
    assert end["made"] == end["removed"]
    assert end["left_behind"] == []


def test_what_a_check_made_is_gone_although_the_check_broke(tmp_path: Path):
    body = """
@check("own.one", "RFC7644-3.3-01")
def test_one(users):
    '''A user of a check that breaks.'''
    users.create()
    users.create()
    raise KeyError("ours")


@check("own.two", "RFC7644-3.3-01")
def test_two(users):
    '''Nobody of the first check is there.'''
    found = users.list(filter=f'userName sw "{users.session.mark}"').ids()
    assert found == []
"""
    done = run(tmp_path, body, "--scim-run", "run.jsonl")
    records = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text("utf-8").splitlines()]
    assert {each["id"]: each["outcome"] for each in records if each.get("area") == "own"} == {
        "own.one": "error",
        "own.two": "passed",
    }, done.stdout


def test_the_plugin_is_idle_where_there_is_no_check(tmp_path: Path):
    done = run(
        tmp_path, "def test_of_the_user():\n    import sys\n    assert 'scimulator.running.run' not in sys.modules\n"
    )
    assert done.returncode == 0, done.stdout
    assert "scimulator: target" not in done.stdout
