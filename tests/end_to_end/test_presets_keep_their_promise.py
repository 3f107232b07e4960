"""A preset declares what the checks find in a provider that has it: nothing more, and nothing less."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scimulator.catalogue.presets import load_preset, preset_names

# One collection and a forked run for each preset, as the self-test does it.
JUDGE = """
import scimulator.provider
from scimulator.cli.selftest import run_matrix
print(*run_matrix([], quiet=True).problems, sep="\\n")
"""


def test_no_preset_has_a_finding_that_it_does_not_declare_nor_declares_one_that_it_has_not():
    done = subprocess.run([sys.executable, "-c", JUDGE], capture_output=True, text=True, timeout=300, check=True)
    problems = [line for line in done.stdout.splitlines() if line.startswith("preset ")]
    assert problems == []
    assert len(preset_names()) >= 9


@pytest.mark.parametrize("name", ["slack-like", "launchdarkly-like"])
def test_a_preset_says_for_which_dialects_it_is_not_ready(name, tmp_path):
    command = [sys.executable, "-m", "scimulator", "check", f"reference:?preset={name}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    said = " ".join(done.stdout.split())
    ready = {"okta.template": "Okta template: ready", "entra.legacy": "Entra legacy: ready"}
    declared = load_preset(name).declares.not_ready
    assert {dialect for dialect, words in ready.items() if words not in said} == set(ready) & set(declared), said
    assert done.returncode == (1 if declared else 0)
