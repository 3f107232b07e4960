"""``--report`` on ``check`` and ``report``: every format of one run, read back, and no secret in any."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import jsonschema
import junitparser
import pytest
from allure_commons_test.report import AllureReport
from sarif.loader import load_sarif_file

from scimulator.reporting.stream import read_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "canary-token-0utput5"
WIPES = "group-remove-by-filter-wipes"
FILES = (
    "junit=out/a.xml",
    "sarif=out/a.sarif",
    "markdown=out/a.md",
    "html=out/a.html",
    "har=out/a.har",
    "allure=out/allure",
)
REPORTS = tuple(part for each in FILES for part in ("--report", each))


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCIM", "PYTEST", "GITHUB"))}
    return {**kept, **more}


def run(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scimulator", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        cwd=folder,
        env=environment(**env),
    )


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The base URL of a provider with a bug, which asks for the canary token."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scimulator", "serve", "--port", "0", "--token-env", "CANARY", "--fault", WIPES],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(CANARY=TOKEN),
    )
    assert process.stdout is not None
    url = ""
    for line in process.stdout:
        if "export SCIM_URL=" in line:
            url = line.partition("=")[2].strip()
        if "Ctrl-C" in line:
            break
    yield url
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    process.stdout.close()


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory, served: str) -> Path:
    """A folder with every report of one run."""
    folder = tmp_path_factory.mktemp("judged")
    areas = ("sanity", "membership", "auth.challenge", "users.create")
    extra = ("--junit", "out/pytest.xml", "--allure", "out/pytest-allure")
    done = run(folder, "check", *areas, served, *REPORTS, *extra, "--token-env", "CANARY", CANARY=TOKEN)
    assert done.returncode == 1, done.stdout + done.stderr
    (folder / "screen.txt").write_text(done.stdout + done.stderr, "utf-8")
    return folder


def outcomes(folder: Path) -> dict[str, int]:
    made: dict[str, int] = {}
    for record in read_run(folder / "scimulator-report" / "run.jsonl"):
        if record["type"] == "check":
            made[str(record["outcome"])] = made.get(str(record["outcome"]), 0) + 1
    return made


def test_all_formats_tell_the_same_story(judged: Path) -> None:
    told = outcomes(judged)
    for name in ("a.xml", "pytest.xml"):
        made = junitparser.JUnitXml.fromfile(str(judged / "out" / name))
        assert made.tests == sum(told.values()), name
        assert made.failures == told["failed"], name
        assert made.skipped == told.get("blocked", 0) + told.get("not-applicable", 0), name
    for name in ("allure", "pytest-allure"):
        cases = AllureReport(str(judged / "out" / name)).test_cases
        assert len(cases) == sum(told.values()), name
        assert sum(case["status"] == "failed" for case in cases) == told["failed"], name
        lead = next(case for case in cases if case["fullName"] == "membership.remove-one")
        assert any(step["name"].endswith("← shows it") for step in lead["steps"])
        assert {label["value"] for label in lead["labels"] if label["name"] == "severity"} == {"blocker"}
        assert lead["links"][0]["url"].startswith("https://www.rfc-editor.org/rfc/rfc7644#section-")
        for step in lead["steps"]:
            assert (judged / "out" / name / step["attachments"][0]["source"]).is_file()
    sarif = load_sarif_file(str(judged / "out" / "a.sarif"))
    assert sarif.get_result_count() > 5
    assert "membership.remove-one" in (judged / "out" / "a.md").read_text("utf-8")


def test_the_archive_holds_every_exchange_once(judged: Path) -> None:
    log = json.loads((judged / "out" / "a.har").read_text("utf-8"))["log"]
    assert log["version"] == "1.2"
    sent = {
        (each["number"], each["request"]["target"])
        for record in read_run(judged / "scimulator-report" / "run.jsonl")
        if record["type"] == "check" and "seen" not in record
        for each in record["exchanges"]  # type: ignore[union-attr, index, call-overload]  # as the schema says
    }
    assert len(log["entries"]) == len(sent)
    assert [each["startedDateTime"] for each in log["entries"]] == sorted(
        each["startedDateTime"] for each in log["entries"]
    )


def test_pytests_junit_has_findings_as_properties(judged: Path) -> None:
    made = junitparser.JUnitXml.fromfile(str(judged / "out" / "pytest.xml"))
    properties = [
        (each.name, each.value)
        for suite in made
        for case in suite
        for listed in [case.child(junitparser.Properties)]
        for each in listed or ()
    ]
    assert ("scim.finding", "membership.remove-one:not-applied@members[*].value") in properties
    assert ("scim.strength", "RFC7644-3.5.2.2-04: described by the RFC") in properties


def test_no_secret_and_no_escape_anywhere(judged: Path) -> None:
    written = [each for each in judged.rglob("*") if each.is_file()]
    assert len(written) > 100
    for each in written:
        data = each.read_bytes()
        assert TOKEN.encode() not in data, each
        assert b"\x1b" not in data, each


def test_a_run_that_is_over_gives_the_same_files(judged: Path, tmp_path: Path) -> None:
    done = run(tmp_path, "report", str(judged / "scimulator-report" / "run.jsonl"), *REPORTS)
    assert done.returncode == 0, done.stderr
    for name in ("a.xml", "a.sarif", "a.md"):
        assert (tmp_path / "out" / name).read_text("utf-8") == (judged / "out" / name).read_text("utf-8")


def test_a_baseline_suppresses_in_every_format(judged: Path, tmp_path: Path) -> None:
    stream = str(judged / "scimulator-report" / "run.jsonl")
    assert run(tmp_path, "baseline", "update", "--run", stream, "--reason", "SCIM-7").returncode == 0
    done = run(tmp_path, "report", stream, *REPORTS, "--baseline", "scimulator-baseline.toml")
    assert done.returncode == 0, done.stderr
    log = json.loads((tmp_path / "out" / "a.sarif").read_text("utf-8"))
    errors = [each for each in log["runs"][0]["results"] if each["level"] == "error"]
    assert errors
    assert all(each["suppressions"][0]["justification"] == "SCIM-7" for each in errors)
    assert junitparser.JUnitXml.fromfile(str(tmp_path / "out" / "a.xml")).failures == 0
    assert "SCIM-7" in (tmp_path / "out" / "a.html").read_text("utf-8")
    cases = AllureReport(str(tmp_path / "out" / "allure")).test_cases
    assert all(case["statusDetails"]["known"] is True for case in cases if case["status"] == "failed")


def test_annotations_go_to_standard_output(judged: Path, tmp_path: Path) -> None:
    done = run(tmp_path, "report", str(judged / "scimulator-report" / "run.jsonl"), "--report", "github")
    assert done.returncode == 0
    assert done.stdout.startswith("::error file=scimulator.toml,line=1,title=")


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("sarfi=x", 'did you mean "sarif"'),
        ("sarif=", "name the file"),
        ("allure", "name the folder"),
        ("junit=/proc/nowhere/x", "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_found_before_anything_is_sent(tmp_path: Path, form: str, told: str) -> None:
    done = run(tmp_path, "check", "sanity", "--report", form)
    assert done.returncode == 2, done.stdout
    assert told in done.stderr


def test_the_published_schema_of_a_run_still_holds(judged: Path) -> None:
    from scimulator import content  # noqa: PLC0415  only here

    schema = json.loads((content("fixtures") / "schemas" / "run.schema.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    for record in read_run(judged / "scimulator-report" / "run.jsonl"):
        validator.validate(record)
