"""The examples are what they say: their own tests pass, and scimulator finds them ready."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("django")

ROOT = Path(__file__).parents[2] / "examples"
TARGETS = {"fastapi": "asgi:app:app/scim/v2", "django": "wsgi:company.wsgi:application/scim/v2"}


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCIM", "PYTEST", "DJANGO"))}
    env = {**kept, "PYTHONPATH": "../shared", "PYTHONDONTWRITEBYTECODE": "1", "SCIM_TOKEN": "a-token-for-development"}
    return subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False, timeout=180, cwd=folder, env=env
    )


@pytest.mark.parametrize("name", TARGETS)
def test_its_own_tests_pass_with_our_fixtures(name: str) -> None:
    done = run(ROOT / name, "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 passed" in done.stdout


@pytest.mark.parametrize("name", TARGETS)
def test_it_is_ready_for_okta_and_entra(name: str, tmp_path: Path) -> None:
    run_file = str(tmp_path / "run.jsonl")
    done = run(ROOT / name, "scimulator", "check", TARGETS[name], "--json", run_file)
    assert done.returncode == 0, done.stdout + done.stderr
    said = " ".join(done.stdout.split())
    for verdict in ("Okta template: ready", "Okta wizard: ready", "Entra legacy: ready", "Entra optscim: ready"):
        assert verdict in said
    assert not (ROOT / name / "scimulator-report").exists()
