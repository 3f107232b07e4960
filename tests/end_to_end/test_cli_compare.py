"""``compare``: a server gets a bug, and gets rid of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import jsonschema
import pytest

from scimulator import content

if TYPE_CHECKING:
    from pathlib import Path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCIM", "PYTEST", "GITHUB"))}
    return subprocess.run(
        [sys.executable, "-m", "scimulator", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        cwd=folder,
        env=kept,
    )


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    wipes = "reference:group-remove-by-filter-wipes"
    assert run(folder, "check", "sanity", "membership", "--json", "good.jsonl").returncode == 0
    assert run(folder, "check", "sanity", "membership", wipes, "--json", "bad.jsonl").returncode == 1
    assert run(folder, "check", "sanity", "users.create.location", "--json", "less.jsonl").returncode == 0
    return folder


def test_what_is_new_is_1(runs: Path) -> None:
    done = run(runs, "compare", "good.jsonl", "bad.jsonl", "--json", "new.json", "--markdown", "new.md")
    assert done.returncode == 1, done.stderr
    assert "NEW  DATA LOSS  membership.remove-one:not-applied" in done.stdout
    assert done.stdout.rstrip().endswith("new (exit 1)")
    document = json.loads((runs / "new.json").read_text("utf-8"))
    schema = json.loads((content("fixtures") / "schemas" / "compare.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["fixed"] == []
    assert "membership.remove-one:not-applied@members[*].value" in [each["finding"] for each in document["new"]]
    assert "**NEW, " in (runs / "new.md").read_text("utf-8")


def test_what_is_fixed_is_0(runs: Path) -> None:
    done = run(runs, "compare", "bad.jsonl", "good.jsonl")
    assert done.returncode == 0
    assert "FIXED  membership.remove-one:not-applied" in done.stdout
    assert done.stdout.rstrip().endswith("nothing new (exit 0)")


def test_the_same_run_has_no_difference(runs: Path) -> None:
    done = run(runs, "compare", "bad.jsonl", "bad.jsonl")
    assert done.returncode == 0
    assert "0 fixed · 0 new" in done.stdout


def test_what_did_not_run_again_is_not_fixed(runs: Path) -> None:
    done = run(runs, "compare", "bad.jsonl", "less.jsonl", "--json", "less.json")
    assert done.returncode == 0
    document = json.loads((runs / "less.json").read_text("utf-8"))
    assert document["fixed"] == []
    assert document["untold"]
    assert "membership.remove-one" in document["only_before"]
    assert any(each.startswith("users.create") for each in document["only_after"])
    assert "ran only before" in done.stdout


def test_an_interrupted_run_says_so(runs: Path) -> None:
    lines = (runs / "good.jsonl").read_text("utf-8").splitlines(keepends=True)
    (runs / "cut.jsonl").write_text("".join(lines[:-1]), "utf-8")
    assert "was interrupted" in run(runs, "compare", "bad.jsonl", "cut.jsonl").stderr


@pytest.mark.parametrize("name", ["nowhere.jsonl", "empty.jsonl", "text.jsonl"])
def test_no_run_is_2(runs: Path, name: str) -> None:
    (runs / "empty.jsonl").write_text("", "utf-8")
    (runs / "text.jsonl").write_text("hello\n", "utf-8")
    done = run(runs, "compare", "good.jsonl", name)
    assert done.returncode == 2
    assert name in done.stderr
    assert "Traceback" not in done.stderr
