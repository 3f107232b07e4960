"""Mutants judge the judge: wild faults against the checks that they name, presets against what they declare.

The whole matrix, every fault against every check, is ``make meta``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from scimulator.catalogue.faults import all_faults
from scimulator.cli.judging import collected_checks
from scimulator.provider import Provider

HERE = Path(__file__).parent
NOT_APPLICABLE_ON_THE_EMBEDDED_PROVIDER = tomllib.loads((HERE / "not_applicable.toml").read_text("utf-8"))["checks"]


def scimulator(*arguments: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scimulator", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)


@cache
def verdict(target: str, folder: str) -> tuple[int, str, tuple[dict, ...]]:
    run = Path(folder) / "run.jsonl"
    done = scimulator("check", target, "--json", str(run))
    records = tuple(json.loads(line) for line in run.read_text("utf-8").splitlines())
    return done.returncode, done.stdout, records


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("runs"))


def test_every_wild_fault_is_noticed_by_the_checks_that_it_names_and_presets_are_silent():
    done = scimulator("selftest", "--named-only", *[fault.id for fault in all_faults() if not fault.generated])
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_embedded_provider_conforms_and_is_ready_for_everybody(folder: str):
    code, said, _ = verdict("reference:", folder)
    assert code == 0, said
    for dialect in ("Okta template: ready", "Okta wizard: ready", "Entra legacy: ready", "Entra optscim: ready"):
        assert dialect in " ".join(said.split())


def test_what_does_not_apply_to_the_embedded_provider_is_known(folder: str):
    _, _, records = verdict("reference:", folder)
    seen = {each["id"] for each in records if each.get("outcome") == "not-applicable"}
    assert seen == set(NOT_APPLICABLE_ON_THE_EMBEDDED_PROVIDER)


def test_works_with_okta_corrupts_with_entra(tmp_path: Path):
    """Removal by value array that empties the group: Okta never sends it, Entra does, and that finding leads."""
    code, said, _ = verdict("reference:group-remove-by-value-wipes", str(tmp_path))
    text = " ".join(said.split())
    assert code == 1
    assert "Okta template: ready" in text
    assert "Entra legacy: not ready" in text
    first = next(line for line in said.splitlines() if line.startswith("FAIL 1"))
    assert "entra.groups.remove-one [entra.legacy]" in first
    assert "DATA LOSS" in first


def test_strict_is_ready_for_okta_and_not_for_entra(tmp_path: Path):
    _, said, _ = verdict("reference:?preset=strict", str(tmp_path))
    text = " ".join(said.split())
    assert "Okta template: ready" in text
    assert "Okta wizard: ready" in text
    assert "Entra legacy: not ready" in text
    assert "Entra optscim: not ready" in text


def test_the_untripped_checks_exist():
    listed = tomllib.loads((HERE / "untripped.toml").read_text("utf-8"))["checks"]
    assert set(listed) <= {each.id for each in collected_checks()}


def test_there_are_enough_checks_faults_and_each_fault_can_be_made():
    assert len(collected_checks()) >= 200
    assert len([fault for fault in all_faults() if not fault.generated]) >= 10
    for fault in all_faults():
        Provider("http://fault.example/v2", faults=[fault.id]).close()
