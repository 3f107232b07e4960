"""What a user gets from the wheel: one package, with suites that run from an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return next(folder.glob("*.whl"))


def test_the_wheel_installs_nothing_but_scimulator(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"scimulator"}
    for needed in (
        "scimulator/py.typed",
        "scimulator/suites/conftest.py",
        "scimulator/suites/sanity/test_sanity.py",
        "scimulator/fixtures/requirements/rfc7644.json",
        "scimulator/fixtures/presets/lenient.toml",
    ):
        assert needed in names
    assert not [name for name in names if name.endswith(".pyc") or "/tests/" in name]


def test_the_suites_run_from_an_empty_folder(wheel: Path, tmp_path: Path):
    site = tmp_path / "site"
    empty = tmp_path / "empty"
    empty.mkdir()
    zipfile.ZipFile(wheel).extractall(site)
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTEST_ADDOPTS": "", "XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--pyargs", "scimulator.suites", "--scim-target", "reference:", "-q"],
        cwd=empty,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
    assert " error" not in done.stdout.rpartition("\n=")[2]
