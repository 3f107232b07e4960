"""``check --baseline``, its thresholds, and the verb that keeps the file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import jsonschema
import pytest

from scimulator import content
from scimulator.reporting.baseline import read_baseline

if TYPE_CHECKING:
    from pathlib import Path

WIPES = "reference:group-remove-by-filter-wipes"
AREAS = ("sanity", "membership", "groups.create")
KNOWN = "scimulator-baseline.toml"


def run(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCIM", "PYTEST", "GITHUB"))}
    return subprocess.run(
        [sys.executable, "-m", "scimulator", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        cwd=folder,
        env={**kept, **env},
    )


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the run of a server that wipes groups."""
    folder = tmp_path_factory.mktemp("judged")
    assert run(folder, "check", *AREAS, WIPES).returncode == 1
    return folder


@pytest.fixture
def folder(judged: Path, tmp_path: Path) -> Path:
    (tmp_path / "scimulator-report").mkdir()
    (tmp_path / "scimulator-report" / "run.jsonl").write_bytes(
        (judged / "scimulator-report" / "run.jsonl").read_bytes()
    )
    return tmp_path


def test_a_baseline_is_accepted_only_when_somebody_has_explained_it(folder: Path) -> None:
    made = run(folder, "baseline", "update")
    assert made.returncode == 1, made.stderr
    assert "without a reason: write one for each, beginning at scimulator-baseline.toml, lines 5-8" in made.stdout
    unexplained = run(folder, "check", *AREAS, WIPES, "--baseline", KNOWN)
    assert unexplained.returncode == 1
    assert "baseline entries are without a reason (exit 1)" in unexplained.stdout.replace("\n  ", " ")
    path = folder / KNOWN
    path.write_text(
        "# ours\n" + path.read_text("utf-8").replace("to be explained", "SCIM-7, the filter is ignored"), "utf-8"
    )
    accepted = run(folder, "check", *AREAS, WIPES, "--baseline", KNOWN)
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    assert "KNOWN  SCIM-7, the filter is ignored" in accepted.stdout
    assert "conforms in what was selected, but for" in accepted.stdout.replace("\n  ", " ")
    schema = json.loads((content("fixtures") / "schemas" / "baseline.schema.json").read_text("utf-8"))
    listed = [{"finding": each.finding, "reason": each.reason} for each in read_baseline(path).entries]
    jsonschema.Draft202012Validator(schema).validate({"known": listed})
    again = run(folder, "baseline", "update")
    assert again.returncode == 0
    assert "0 added" in again.stdout
    assert path.read_text("utf-8").startswith("# ours\n")


def test_what_is_mended_has_to_go(folder: Path) -> None:
    assert run(folder, "baseline", "update", "--reason", "SCIM-7", "--until", "2999-01-01").returncode == 0
    path = folder / KNOWN
    path.write_text(path.read_text("utf-8") + "# the end\n", "utf-8")
    mended = run(folder, "check", *AREAS, "reference:", "--baseline", KNOWN)
    assert mended.returncode == 1
    assert "delete lines 5-9" in mended.stdout.replace("\n          ", " ")
    shown = run(folder, "baseline", "show")
    assert shown.returncode == 1
    assert "stale" in shown.stdout
    pruned = run(folder, "baseline", "update", "--prune")
    assert pruned.returncode == 0, pruned.stderr
    assert "0 added" in pruned.stdout
    assert read_baseline(path).entries == ()
    assert path.read_text("utf-8").endswith("# the end\n")


def test_a_new_finding_fails_beside_known_ones(folder: Path) -> None:
    run(folder, "baseline", "update", "--reason", "SCIM-7")
    done = run(folder, "check", *AREAS, f"{WIPES},quirk.deletion.refuse", "--baseline", KNOWN)
    assert done.returncode == 1
    done = run(folder, "check", *AREAS, WIPES, "--baseline", KNOWN, "--junit", "junit.xml")
    assert done.returncode == 0
    assert 'failures="0"' in (folder / "junit.xml").read_text("utf-8")


def test_settings_name_baseline_and_thresholds(folder: Path) -> None:
    run(folder, "baseline", "update", "--reason", "SCIM-7", "--baseline", "known.toml")
    settings = folder / "scimulator.toml"
    settings.write_text('[run]\nbaseline = "known.toml"\nthresholds = ["latency.p95<9s"]\nmax_warnings = 50\n', "utf-8")
    assert run(folder, "check", *AREAS, WIPES).returncode == 0
    assert "known in known.toml" in run(folder, "baseline", "show").stdout
    settings.write_text('[run]\nthresholds = ["latency.p59<9s"]\n', "utf-8")
    done = run(folder, "check", "sanity")
    assert done.returncode == 2
    assert "scimulator.toml, thresholds: " in done.stderr


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--threshold", "latency.p95<9s", "--threshold", "errors<1%"), 0, "conforms"),
        (("--threshold", "requests<3"), 1, "requests<3 is not met: requests was"),
        (("--threshold", "latency.delete.p95>9s"), 1, "latency.delete.p95>9s"),
        (("--threshold", "latncy.p95<9s"), 2, 'did you mean "latency.p95"'),
        (("--max-warnings", "0"), 0, "conforms"),
        (("--baseline", "nowhere.toml"), 2, "scimulator baseline update --baseline nowhere.toml"),
    ],
)
def test_the_gate(tmp_path: Path, options: tuple[str, ...], code: int, told: str) -> None:
    done = run(tmp_path, "check", "sanity", *options)
    assert done.returncode == code, done.stdout + done.stderr
    assert told in (done.stdout + done.stderr).replace("\n  ", " ")


def test_a_mistyped_check_is_found_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / KNOWN).write_text('[[known]]\nfinding = "membership.remove-won:x"\nreason = "SCIM-1"\n', "utf-8")
    done = run(tmp_path, "check", "sanity", "http://127.0.0.1:1/v2", "--baseline", KNOWN)
    assert done.returncode == 2
    assert 'did you mean "membership.remove-one"' in done.stderr
    assert "lines 1-3" in done.stderr


def test_update_without_a_run(tmp_path: Path) -> None:
    done = run(tmp_path, "baseline", "update")
    assert done.returncode == 2
    assert "run scimulator check first" in done.stderr
    assert run(tmp_path, "baseline", "show").returncode == 2
