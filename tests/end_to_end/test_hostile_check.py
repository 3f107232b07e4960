"""Whatever a target does, ``scimulator check`` ends in time, in a clear outcome, and without a traceback."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

_PATH = Path(__file__).resolve().parents[1] / "hostile" / "hostile.py"
_SPEC = importlib.util.spec_from_file_location("hostile_for_check", _PATH)
hostile = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = hostile
_SPEC.loader.exec_module(hostile)

TOKEN = "canary-token-4f1c9a"
SECONDS = 60


def check(url: str, folder: Path, *arguments: str) -> tuple[subprocess.CompletedProcess[str], float]:
    environment = {**os.environ, "SCIM_TOKEN": TOKEN, "XDG_STATE_HOME": str(folder / "state"), "COLUMNS": "100"}
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "scimulator", "check", url, *arguments, "--timeout", "0.4", "--deadline", "15"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return done, time.monotonic() - started


@pytest.mark.parametrize("behaviour", sorted(hostile.BEHAVIOURS))
def test_a_hostile_target_gets_a_clear_end(behaviour: str, tmp_path: Path):
    with hostile.hostile_server(behaviour) as server:
        done, seconds = check(server.url, tmp_path, "sanity", "discovery.config", "users.create.status", "paging.walk")
        assert not any(TOKEN in visited for visited in server.visited)
    said = done.stdout + done.stderr
    assert done.returncode in (1, 4), said
    assert "Traceback" not in done.stderr  # one target writes the word itself
    assert "simulator/scimulator" not in said
    assert "our own error" not in said.lower()
    assert seconds < 40
    assert len(said.splitlines()) > 1
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert TOKEN.encode() not in file.read_bytes(), file
    assert TOKEN not in said


@pytest.mark.parametrize("behaviour", ["empty-object", "hang-before-headers"])
def test_a_target_that_says_nothing_useful_gets_no_verdict(behaviour: str, tmp_path: Path):
    assert behaviour in hostile.BEHAVIOURS
    with hostile.hostile_server(behaviour) as server:
        done, _ = check(server.url, tmp_path)
    assert done.returncode in (1, 4), done.stdout + done.stderr
    assert ": ready" not in done.stdout
    run = tmp_path / "scimulator-report" / "run.jsonl"
    if run.exists():
        records = [json.loads(line) for line in run.read_text().splitlines()]
        assert not [each for each in records if each.get("outcome") == "error"]
