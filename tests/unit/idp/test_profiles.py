"""The profile data: valid, complete, and every reference in it leads somewhere."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import jsonschema
import pytest

from scimulator import content
from scimulator.catalogue.profiles import FIRM_EVIDENCE, Profile, UnknownExchangeError, Use, profiles
from scimulator.catalogue.requirements import Evidence, requirements
from scimulator.idp.mapping import mapping_of
from scimulator.idp.render import render

if TYPE_CHECKING:
    from pathlib import Path

FIXTURES = content("fixtures")
FILES = sorted((FIXTURES / "profiles").glob("*/*.json"))
SCHEMA = json.loads((FIXTURES / "schemas" / "profile.schema.json").read_text())
# Sent by default although the evidence is weak: the facts say why, the note repeats it.
WEAK_DEFAULTS = {
    "connection.groups": "documented that a group is asked for",
    "users.activate": "documented that it happens",
    "groups.rename": "the layout is that of users",
    "groups.members.add": "later recordings lack $ref",
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_file_is_valid(path: Path):
    jsonschema.validators.validator_for(SCHEMA).check_schema(SCHEMA)
    jsonschema.validate(json.loads(path.read_text()), SCHEMA)


@pytest.mark.parametrize("profile", profiles(), ids=lambda profile: profile.dialect.id)
class TestProfile:
    def test_ids_are_unique(self, profile: Profile):
        ids = [entry.id for entry in profile.exchanges]
        assert len(ids) == len(set(ids))

    def test_switches_and_references_exist(self, profile: Profile):
        names = {switch.name for switch in profile.switches}
        for entry in profile.exchanges:
            assert not entry.switch or entry.switch in names, entry.id
            assert not entry.replaces or profile.has(entry.replaces), entry.id
            assert not entry.instance_of or profile.has(entry.instance_of), entry.id

    def test_every_switch_is_for_something(self, profile: Profile):
        for switch in profile.switches:
            with_it = Profile.load(profile.dialect, on=[switch.name])
            assert with_it.switched(switch.name)

    def test_requirements_exist(self, profile: Profile):
        known = requirements()
        for entry in profile.exchanges:
            for rule in (*entry.rules, *entry.after):
                if rule.requirement:
                    assert profile.dialect.id in known[rule.requirement].dialects, (entry.id, rule.requirement)

    def test_every_exchange_renders_with_its_example(self, profile: Profile):
        for entry in profile.exchanges:
            request = render(profile, entry, entry.example)
            assert "{{" not in request.target, entry.id
            assert b"{{" not in request.body, entry.id
            assert " " not in request.target, entry.id
            if request.body:
                assert json.dumps(json.loads(request.body), separators=(",", ":"), ensure_ascii=False) == (
                    request.body.decode()
                )

    def test_what_is_sent_by_default_is_firm(self, profile: Profile):
        for entry in profile.exchanges:
            if entry.use is Use.DEFAULT and entry.evidence not in FIRM_EVIDENCE:
                assert entry.id in WEAK_DEFAULTS, entry.id
                assert entry.note, entry.id

    def test_reported_and_inferred_switches_are_off(self, profile: Profile):
        for switch in profile.switches:
            if switch.evidence in (Evidence.REPORTED, Evidence.INFERRED):
                assert profile.dialect.id not in switch.on_in, switch.name

    def test_methods_are_those_of_the_dialect(self, profile: Profile):
        sent = {entry.method for entry in profile.exchanges if entry.use is Use.DEFAULT}
        wanted = {
            "okta.wizard": {"GET", "POST", "PUT", "DELETE"},
            "okta.template": {"GET", "POST", "PUT", "PATCH", "DELETE"},
        }
        assert sent == wanted.get(profile.dialect.id, {"GET", "POST", "PATCH", "DELETE"})

    def test_the_mapping_reads(self, profile: Profile):
        assert mapping_of(profile.mapping).rules


def test_the_facts_are_complete():
    """Every exchange of the audited facts has its place: 59 of Okta, 114 of Entra; some stand for two dialects."""
    counted = {"okta": 0, "entra": 0}
    for path in FILES:
        document = json.loads(path.read_text())
        if document["kind"] == "exchanges":
            counted[document["idp"]] += len(document["exchanges"])
    assert counted["okta"] >= 59
    assert counted["entra"] >= 114


def test_a_switch_puts_its_exchange_in_place():
    plain = Profile.load("okta.template")
    old = Profile.load("okta.template", on=["plus-for-space"])
    assert plain.exchange("users.find").id == "users.find"
    assert old.exchange("users.find").id == "users.find.plus"


def test_a_switch_can_be_turned_off():
    assert not Profile.load("okta.template", off=["import-groups"]).switched("import-groups")


def test_a_mistyped_exchange_gets_a_hint():
    with pytest.raises(UnknownExchangeError, match=r'did you mean "users\.deactivate"'):
        Profile.load("okta.template").exchange("users.deactivat")
    with pytest.raises(UnknownExchangeError, match="no switch"):
        Profile.load("okta.template", on=["nonsense"])


def test_requirements_of_idps_are_valid():
    schema = json.loads((FIXTURES / "schemas" / "requirement.schema.json").read_text())
    for name in ("idp_okta", "idp_entra"):
        entries = json.loads((FIXTURES / "requirements" / f"{name}.json").read_text())
        jsonschema.validate(entries, schema)
        for entry in entries:
            assert re.fullmatch(r"(OKTA|ENTRA)-[A-Z]+-\d\d", entry["id"])
            if entry["verdict"] == "fail":
                assert entry["evidence"] in {str(one) for one in FIRM_EVIDENCE}, entry["id"]
