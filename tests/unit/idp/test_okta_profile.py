"""Okta's own test suites in the profile: complete, in their order, and never sent by a flow."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from scimulator import content
from scimulator.catalogue.profiles import Profile, Use

SUITE = json.loads((content("fixtures") / "profiles" / "okta" / "submission.json").read_text())["exchanges"]


def test_every_step_of_the_published_files_is_there():
    assert Counter(entry["suite"] for entry in SUITE) == {"okta.spec": 12, "okta.crud": 13, "okta.entitlements": 1}


def test_the_service_sends_none_of_them():
    assert {entry["use"] for entry in SUITE} == {"not-emitted"}
    assert all(entry["reason"] for entry in SUITE)


def test_what_is_addressed_to_okta_belongs_to_no_dialect():
    """Such a step can therefore never be rendered for a target."""
    for entry in SUITE:
        addressed_to_okta = entry["request"]["path"].startswith("/api/")
        assert addressed_to_okta == (not entry["dialects"]), entry["id"]
    names = {entry.id for entry in Profile.load("okta.template").exchanges}
    assert "submission.create" in names
    assert "submission.okta-user" not in names


def test_the_steps_carry_the_requirements_of_the_suite():
    asked = {
        rule["requirement"]
        for entry in SUITE
        for rule in entry["expects"].get("rules", [])
        if entry["suite"] == "okta.spec"
    }
    assert asked <= {f"OKTA-SPEC-{number:02d}" for number in range(1, 13)}
    # Three steps look at the status alone.
    assert len(asked) == 12 - 3


def test_traps_of_the_spec_test_are_in_its_requests():
    by_id = {entry["id"]: entry["request"] for entry in SUITE}
    headers = dict(by_id["submission.create"]["headers"])
    assert (headers["Content-Type"], headers["Accept"]) == ("application/json", "application/scim+json; charset=utf-8")
    assert dict(by_id["submission.bad-token"]["headers"])["Authorization"] == "non-token"
    assert by_id["submission.users"]["query"] == "count=1&startIndex=1"
    assert "startIndex" not in by_id["submission.unknown-name"]["query"]


@pytest.mark.parametrize("dialect", ["okta.template", "okta.wizard"])
def test_every_exchange_has_one_of_four_marks(dialect):
    for entry in Profile.load(dialect).exchanges:
        assert bool(entry.switch) == (entry.use is Use.SWITCH), entry.id
        assert bool(entry.reason) == (entry.use is Use.NOT_EMITTED), entry.id
        assert bool(entry.reacts) or entry.use is not Use.REACTION, entry.id
        assert entry.source, entry.id
