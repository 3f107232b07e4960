"""What a deviation means: the catalogue decides, a check can only lower it."""

from __future__ import annotations

import json

import pytest

from scimulator.catalogue.checks import CheckDeclaration
from scimulator.catalogue.requirements import requirements
from scimulator.exchange.message import Exchange, Request, Response
from scimulator.kit.answer import Answer
from scimulator.kit.bodies import problems_by_own_schema, problems_by_rfc
from scimulator.kit.check import check
from scimulator.kit.judge import Judge
from scimulator.kit.operations import ENTERPRISE, ERROR, LIST_RESPONSE, USER
from scimulator.kit.outcomes import Refuted, Symptom

FAILS, WARNS, INFORMS = "RFC7644-3.3-01", "RFC7644-3.3-02", "RFC7644-3.3-10"


def judge(*requirements_: str) -> Judge:
    return Judge(CheckDeclaration("a.b", requirements_ or (FAILS,), "A fact"))


def answer(status: int = 200, body: object = None, *, headers: tuple = (), of: Judge | None = None) -> Answer:
    raw = b"" if body is None else json.dumps(body).encode()
    return Answer(Exchange(1, Request("GET", "/Users/1"), Response(status, headers, raw)), of or judge())


def test_the_examples_mean_what_this_file_takes_them_for():
    known = requirements()
    assert known[FAILS].fails
    assert known[WARNS].warns
    assert not known[INFORMS].fails
    assert not known[INFORMS].warns


def test_a_failing_requirement_ends_the_check_and_a_warning_one_does_not():
    with pytest.raises(Refuted):
        judge(FAILS).refute(Symptom("x", "message"))
    warned = judge(WARNS)
    warned.refute(Symptom("x", "message"))
    warned.refute(Symptom("x", "message"))
    assert len(warned.violations) == 1
    informed = judge(INFORMS)
    informed.refute(Symptom("x", "message"))
    assert informed.violations == []
    assert informed.notes == ["message"]


def test_soft_turns_a_failure_into_a_warning():
    soft = judge(FAILS)
    soft.refute(Symptom("x", "message"), soft=True)
    assert soft.violations[0].soft


@pytest.mark.parametrize(
    "expectation",
    [
        lambda a: a.status(201),
        lambda a: a.equals("userName", "b"),
        lambda a: a.equals("active", 1),
        lambda a: a.has("title"),
        lambda a: a.lacks("userName"),
        lambda a: a.header("Location"),
        lambda a: a.header("X", "2"),
        lambda a: a.refused(),
        lambda a: a.error_body(),
        lambda a: a.resources(),
    ],
)
def test_every_expectation_can_fail(expectation: object):
    with pytest.raises(Refuted):
        expectation(answer(200, {"userName": "a", "active": True}, headers=(("X", "1"),)))


def test_expectations_hold():
    found = answer(
        200, {"userName": "a", "schemas": [LIST_RESPONSE], "Resources": [{"id": "1"}]}, headers=(("x", "1"),)
    )
    found.status(200).success().equals("username", "a").has("userName").lacks("title").header("X", "1")
    assert found.ids() == ["1"]
    assert answer(200, {"schemas": [LIST_RESPONSE]}).ids() == []
    error = {"schemas": [ERROR], "status": "400", "scimType": "invalidFilter"}
    answer(400, error).refused(scim_type="invalidFilter", strict_type=True).error_body()


def test_a_refusal_with_another_4xx_or_another_scim_type_warns():
    of = judge()
    answer(422, {}, of=of).refused()
    answer(400, {"scimType": "x"}, of=of).refused(scim_type="invalidFilter")
    assert [each.symptom.kind for each in of.violations] == ["status", "scim-type"]
    with pytest.raises(Refuted):
        answer(500, {}).refused()


def test_symptoms_do_not_depend_on_positions_and_values():
    assert Symptom("changed", "m", "$.emails[3].value", got="x").slug == "changed@emails[].value"
    assert Symptom("status", "m", got=500).slug == Symptom("status", "m", got=503).slug


def test_bodies_are_judged_by_type():
    good = {"schemas": [USER], "userName": "a", "NAME": {"givenName": "x"}, "active": True, "emails": None}
    assert problems_by_rfc(good, USER) == []
    for bad in ({"active": "true"}, {"emails": {"value": "x"}}, {"name": ["x"]}, {"meta": {"created": "yesterday"}}):
        assert problems_by_rfc({**good, **bad}, USER), bad
    assert problems_by_rfc({**good, ENTERPRISE: {"manager": "7"}}, USER)
    own = {"attributes": [{"name": "level", "type": "integer"}]}
    assert problems_by_own_schema({"level": "1"}, own)
    assert not problems_by_own_schema({"level": 1, "other": "x"}, own)


def test_a_declaration_is_verified():
    for bad in ("NoDots", "a", "a..b", "a.B"):
        with pytest.raises(ValueError, match="dotted"):
            check(bad, FAILS)
    with pytest.raises(ValueError, match="requirement"):
        check("a.b")
    with pytest.raises(ValueError, match="docstring"):
        check("a.b", FAILS)(lambda: None)
