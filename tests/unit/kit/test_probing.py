"""A probe judges a declared value, does not apply to an undeclared one, and never judges in probing mode."""

from __future__ import annotations

from types import MappingProxyType, SimpleNamespace

import pytest

from scimulator.catalogue.quirks import QuirkError
from scimulator.catalogue.requirements import Strength, requirement
from scimulator.exchange.redaction import Redactor
from scimulator.kit.check import MARK
from scimulator.kit.declared import kept_by_rule, widened
from scimulator.kit.frame import ANYTHING, asked_for
from scimulator.kit.judge import Judge
from scimulator.kit.outcomes import NotApplicable, Outcome, Refuted
from scimulator.kit.probing import Probe, probe
from scimulator.running.records import check_record


def declared_check():
    @probe("email-case", "example", "RFC7644-3.3-01", needs=("patch",), controls=("members",))
    def test_example() -> None:
        """A fact about capitals."""

    return next(mark.args[0] for mark in test_example.pytestmark if mark.name == MARK)


def a_probe(*, probing: bool = False, **declared: object) -> tuple[Probe, Judge]:
    judge = Judge(declared_check())
    session = SimpleNamespace(judge=judge, declared=declared, probing=probing)
    return Probe(session, "email-case"), judge


def test_a_probe_is_a_check_that_proves_the_promise_first() -> None:
    found = declared_check()
    assert found.id == "quirks.email-case.example"
    assert found.area == "quirks"
    assert found.requirements == ("QUIRK-email-case", "RFC7644-3.3-01")
    assert found.controls == ("members",)
    owed = requirement("QUIRK-email-case")
    assert (owed.strength, owed.fails) == (Strength.PRODUCT, True)


def test_a_probe_of_a_quirk_that_there_is_not_cannot_be_declared() -> None:
    with pytest.raises(QuirkError, match="email-case"):
        probe("email-cases", "example")


def test_nothing_declared_is_not_applicable_before_anything_is_sent() -> None:
    quirk, judge = a_probe()
    with pytest.raises(NotApplicable, match=r"declares no email-case.*\[quirks\]"):
        quirk.begin()
    assert not judge.exchanges


def test_a_value_as_declared_passes_and_is_kept() -> None:
    quirk, judge = a_probe(**{"email-case": "fold"})
    quirk.begin()
    quirk.seen("fold", "sent A@b, read a@b")
    assert judge.observations == [("email-case", "fold", "sent A@b, read a@b")]
    assert not judge.violations


def test_a_value_that_is_not_as_declared_refutes_the_promise() -> None:
    quirk, _ = a_probe(**{"email-case": "preserve"})
    quirk.begin()
    with pytest.raises(Refuted) as raised:
        quirk.seen("fold", "sent A@b, read a@b")
    violation = raised.value.violation
    assert violation.requirement == "QUIRK-email-case"
    assert not violation.soft
    assert "preserve" in violation.symptom.message
    assert "sent A@b, read a@b" in violation.symptom.message
    assert (violation.symptom.wanted, violation.symptom.got) == ("preserve", "fold")


@pytest.mark.parametrize("declared", [{}, {"email-case": "reject"}])
def test_probing_judges_nothing_whatever_is_declared(declared: dict[str, object]) -> None:
    quirk, judge = a_probe(probing=True, **declared)
    quirk.begin()
    quirk.seen("fold", "sent A@b, read a@b")
    assert len(judge.observations) == 1
    assert not judge.violations


@pytest.mark.parametrize("probing", [True, False])
def test_what_cannot_be_told_says_why(probing: bool) -> None:
    quirk, judge = a_probe(probing=probing, **{"email-case": "fold"})
    with pytest.raises(NotApplicable, match="email-case cannot be told: nobody answers"):
        quirk.unknown("nobody answers")
    assert not judge.observations


@pytest.mark.parametrize("value", ["folded", 1, True])
def test_a_value_outside_the_catalogue_is_our_mistake(value: object) -> None:
    quirk, _ = a_probe(probing=True)
    with pytest.raises(ValueError, match="the probe is wrong"):
        quirk.seen(value, "evidence")


def test_an_observation_stands_in_the_record_without_secrets() -> None:
    quirk, judge = a_probe(probing=True)
    quirk.seen("fold", "the token is canary-s3cret")
    record = check_record(judge.declaration, Outcome.PASSED, judge, Redactor({"canary-s3cret"}))
    assert record["observations"][0]["quirk"] == "email-case"
    assert record["observations"][0]["value"] == "fold"
    assert "canary-s3cret" not in str(record)
    silent = check_record(judge.declaration, Outcome.PASSED, None, Redactor(set()))
    assert "observations" not in silent


# -- what a declaration does to the frame of other checks


def test_an_attribute_that_follows_may_change_along() -> None:
    rules = {"primary-email": "user-name"}
    assert widened({"userName": "b"}, rules) == {"userName": "b", "emails": ANYTHING}
    assert widened({"userName": "b"}, {"primary-email": "independent"}) == {"userName": "b"}
    assert widened({"userName": "b"}, {}) == {"userName": "b"}


def test_it_may_not_change_without_the_one_that_it_follows() -> None:
    assert widened({"title": "b"}, {"primary-email": "user-name"}) == {"title": "b"}
    assert widened({"name.givenName": "b"}, {"display-name": "from-name"})["displayName"] is ANYTHING


def test_a_value_that_is_asked_for_is_never_widened() -> None:
    asked = {"userName": "b", "emails[*].value": ["b"]}
    assert widened(asked, {"primary-email": "user-name"}) == asked


def test_a_change_that_a_declaration_forbids_is_nobodys_fault_where_the_old_value_is_there() -> None:
    rules = MappingProxyType({"name-mutability": "ignore"})
    before = {"name": {"givenName": "Ada", "familyName": "Quill"}}
    only = {"name.givenName": "Eve"}
    kept = kept_by_rule(asked_for(before, only), before, before, rules)
    assert kept == {"name.givenName": "name-mutability = ignore"}
    lost = {"name": {"familyName": "Quill"}}
    assert not kept_by_rule(asked_for(lost, only), before, lost, rules)
    other = {"name": {"givenName": "Bob", "familyName": "Quill"}}
    assert not kept_by_rule(asked_for(other, only), before, other, rules)
    assert not kept_by_rule(asked_for(before, only), before, before, {"name-mutability": "allow"})
    assert not kept_by_rule(asked_for(before, {"title": "x"}), before, before, rules)
