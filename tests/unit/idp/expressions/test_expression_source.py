from __future__ import annotations

import random
from typing import Any

import pytest

from scimulator.exchange.clock import SimulatedClock
from scimulator.idp.directory import Person
from scimulator.idp.expressions.errors import ExpressionError
from scimulator.idp.expressions.okta_context import OktaGroup
from scimulator.idp.expressions.source import Surroundings
from scimulator.idp.mapping import mapping_of

ADA = Person("00u1", "Ada@x.example", "Ada", "Quill", "Ada@x.example", attributes={"department": "R&D", "Crew": ""})
OKTA_WORDS = {"login": "login", "email": "email", "firstName": "givenName", "lastName": "familyName"}
ENTRA_WORDS = {"userPrincipalName": "login", "mail": "email", "givenName": "givenName", "surname": "familyName"}


def made(idp: str, *sources: Any, person: Person = ADA, around: Surroundings | None = None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "idp": idp,
        "vocabulary": OKTA_WORDS if idp == "okta" else ENTRA_WORDS,
        "rules": [{"source": source, "target": f"a{number}"} for number, source in enumerate(sources)],
    }
    return mapping_of(data, around).resource(person)


def test_an_expression_of_okta_is_a_source():
    found = made(
        "okta",
        {"expression": "String.toLowerCase(user.email)"},
        {"expression": "firstName + ' ' + user.lastName"},
        {"expression": "user.getInternalProperty('id')"},
        {"expression": "user.department"},
        {"expression": "user.nickName"},
        {"expression": "user.Crew"},
        {"join": [{"expression": "user.firstName"}, "lastName"], "with": "."},
    )
    assert found == {"a0": "ada@x.example", "a1": "Ada Quill", "a2": "00u1", "a3": "R&D", "a6": "Ada.Quill"}


def test_an_expression_of_entra_is_a_source():
    active = {"expression": 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'}
    found = made(
        "entra", active, {"expression": "ToLower([mail])"}, {"expression": 'Join(" ", [givenName], [surname])'}
    )
    assert found == {"a0": "True", "a1": "ada@x.example", "a2": "Ada Quill"}
    gone = Person("1", "a@x.example", enabled=False)
    assert made("entra", active, {"expression": "ToLower([mail])"}, person=gone) == {"a0": "False"}


def test_overrides_win():
    data: Any = {
        "idp": "okta",
        "vocabulary": OKTA_WORDS,
        "rules": [{"source": {"expression": "user.firstName"}, "target": "a"}],
    }
    assert mapping_of(data).resource(ADA, {"givenName": "Augusta"}) == {"a": "Augusta"}


def test_surroundings_reach_the_functions():
    around = Surroundings(
        clock=SimulatedClock(),
        randomness=random.Random(1),  # noqa: S311  seeded
        groups_of=lambda person: (OktaGroup("g1", f"Friends of {person.given_name}"),),
        org={"subdomain": "atko"},
    )
    found = made("okta", {"expression": "isMemberOfGroupName('Friends of Ada') ? org.subdomain : ''"}, around=around)
    assert found == {"a0": "atko"}
    assert made("entra", {"expression": "Now()"}, around=around) == {"a0": "1/5/2026 9:00:00 AM"}
    assert len(str(made("entra", {"expression": "Guid()"}, around=around)["a0"])) == 36


def test_default_and_apply_work_with_expressions():
    data: Any = {
        "idp": "entra",
        "vocabulary": ENTRA_WORDS,
        "rules": [
            {"source": {"expression": "ToLower([nickName])"}, "target": "nickName", "default": "none"},
            {"source": {"expression": "ToLower([mail])"}, "target": "userName", "apply": "on-create"},
        ],
    }
    mapping = mapping_of(data)
    assert mapping.resource(ADA) == {"nickName": "none", "userName": "ada@x.example"}
    resource: dict[str, Any] = {"userName": "kept"}
    mapping.merge(ADA, resource)
    assert resource["userName"] == "kept"


def test_a_wrong_expression_is_refused_when_the_mapping_is_read():
    with pytest.raises(ExpressionError, match="did you mean"):
        made("entra", {"expression": "Tolower([mail])"})
    with pytest.raises(ValueError, match="no expression language"):
        made("ping", {"expression": "a"})
    assert made("ping", {"expression": "user.firstName", "language": "okta"}, person=Person("1", "a")) == {}
