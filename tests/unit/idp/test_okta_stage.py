"""A wizard app that gets somebody back writes that person's groups, and the comparison at the end knows it."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCENARIO = """
title = "Somebody comes back, and somebody got an account since the group was pushed"
idp = "okta"

[people.ada]
login = "ada@northwind.example"
givenName = "Ada"
familyName = "Quill"

[people.bob]
login = "bob@northwind.example"
givenName = "Bob"
familyName = "Arden"

[groups.team]
name = "Team"
members = ["ada", "bob"]

[[events]]
do = "assign"
people = ["ada"]

[[events]]
do = "push-group"
group = "team"

[[events]]
do = "assign"
people = ["bob"]

[[events]]
do = "unassign"
people = ["ada"]

[[events]]
do = "reassign"
people = ["ada"]
"""


@pytest.mark.parametrize("dialect", ["okta.wizard", "okta.template"])
def test_a_returner_is_no_drift(tmp_path, dialect):
    file = tmp_path / "returner.toml"
    file.write_text(SCENARIO, encoding="utf-8")
    command = [sys.executable, "-m", "scimulator", "idp", "okta", "reference:", "--dialect", dialect]
    done = subprocess.run(
        [*command, "--scenario", str(file)], capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr
