"""The workflows of docs/ci are YAML of the right shape, and their commands run as they stand there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[2] / "docs" / "ci"
TOKEN = "canary-token-c1"


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCIM", "PYTEST", "GITHUB"))}
    return {**kept, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **more}


def shell(folder: Path, script: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a script as both services do: bash that ends at the first failure."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        cwd=folder,
        env=environment(**env),
    )


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "scimulator", "serve", "--port", "0", "--token-env", "CANARY"],
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


def github() -> dict[Any, Any]:
    made: dict[Any, Any] = yaml.safe_load((FOLDER / "github-actions.yml").read_text("utf-8"))
    return made


def gitlab() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load((FOLDER / "gitlab-ci.yml").read_text("utf-8"))
    return made


def test_the_steps_of_github_run(tmp_path: Path, served: str) -> None:
    document = github()
    assert set(document[True]) == {"push", "pull_request"}  # YAML 1.1 reads "on" as a truth value
    [job] = document["jobs"].values()
    assert set(job["env"]) == {"SCIM_TARGET", "SCIM_TOKEN"}
    for step in job["steps"]:
        assert ("run" in step) is not ("uses" in step)
        if "uses" in step:
            assert "@v" in step["uses"]
    summary = tmp_path / "summary.md"
    env = {"SCIM_TARGET": served, "SCIM_TOKEN": TOKEN, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    ran = [step["run"] for step in job["steps"] if "run" in step and not step["run"].startswith("python -m pip")]
    assert len(ran) == 2
    for command in ran:
        done = shell(tmp_path, command, **env)
        assert done.returncode == 0, done.stdout + done.stderr
    assert summary.read_text("utf-8").startswith("### ✅ ")
    upload = next(step for step in job["steps"] if "upload-sarif" in step.get("uses", ""))
    assert (tmp_path / upload["with"]["sarif_file"]).is_file()
    keep = next(step for step in job["steps"] if "upload-artifact" in step.get("uses", ""))
    assert (tmp_path / keep["with"]["path"] / "run.jsonl").is_file()
    written = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert not [each for each in written if TOKEN.encode() in each.read_bytes()]


def test_what_a_target_says_is_no_command_in_github(tmp_path: Path) -> None:
    done = shell(
        tmp_path,
        "scimulator check sanity membership reference:group-remove-by-filter-wipes",
        GITHUB_ACTIONS="true",
    )
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    [stop] = [at for at, line in enumerate(lines) if line.startswith("::stop-commands::")]
    [start] = [at for at, line in enumerate(lines) if line == f"::{lines[stop].rpartition('::')[2]}::"]
    assert stop == 0
    commands = [line for line in lines if line.lstrip().startswith("::")]
    assert len([line for line in commands if line.startswith("::error file=scimulator.toml,")]) >= 1
    assert all(lines.index(line) > start for line in commands if line.startswith("::error"))


@pytest.mark.parametrize("missing", ["SCIM_TARGET", "SCIM_TOKEN"])
def test_a_job_without_target_or_token_is_red(tmp_path: Path, served: str, missing: str) -> None:
    env = {"SCIM_TARGET": served, "SCIM_TOKEN": TOKEN} | {missing: ""}
    [command] = gitlab()["scim"]["script"]
    assert shell(tmp_path, command, **env).returncode in (2, 4)


def test_the_script_of_gitlab_runs(tmp_path: Path, served: str) -> None:
    document = gitlab()
    job = document["scim"]
    [command] = job["script"]
    done = shell(tmp_path, command, SCIM_TARGET=served, SCIM_TOKEN=TOKEN)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / job["artifacts"]["reports"]["junit"]).is_file()
    assert all((tmp_path / each).exists() for each in job["artifacts"]["paths"])
    compare = document["scim-compare"]
    assert compare["needs"] == ["scim"]
    command = next(each for each in compare["script"] if each.startswith("scimulator"))
    (tmp_path / "before.jsonl").write_bytes((tmp_path / "scimulator-report" / "run.jsonl").read_bytes())
    done = shell(tmp_path, command)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "changes.md").read_text("utf-8").startswith("### Scimulator: 0 fixed · 0 new")
    for part in (*compare["script"], *compare["before_script"]):
        assert subprocess.run(["bash", "-n", "-c", part], check=False).returncode == 0
