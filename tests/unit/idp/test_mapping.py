from __future__ import annotations

import json
from typing import Any

import pytest

from scimulator.catalogue.profiles import Profile
from scimulator.idp.directory import Person
from scimulator.idp.mapping import mapping_of
from scimulator.idp.paths import BadPlaceError, parse_place

ENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ADA = Person("00u1", "ada@x.example", "Ada", "Quill", "ada@x.example", "Ada Quill")


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("title", {}, {"title": "V"}),
        ("Title", {"title": "old"}, {"title": "V"}),
        ("name.givenName", {"name": {"familyName": "Q"}}, {"name": {"familyName": "Q", "givenName": "V"}}),
        ('emails[type eq "work"].value', {}, {"emails": [{"type": "work", "value": "V"}]}),
        (
            'emails[type eq "work"].value',
            {"emails": [{"type": "home", "value": "h"}, {"value": "w", "type": "WORK", "x": 1}]},
            {"emails": [{"type": "home", "value": "h"}, {"value": "V", "type": "WORK", "x": 1}]},
        ),
        ("emails.^[primary==true].value", {}, {"emails": [{"primary": True, "value": "V"}]}),
        ("roles.^[type=='extra'].value", {"roles": None}, {"roles": [{"type": "extra", "value": "V"}]}),
        (f"{ENT}:department", {}, {ENT: {"department": "V"}}),
        (f"{ENT}:manager.value", {ENT: {"x": 1}}, {ENT: {"x": 1, "manager": {"value": "V"}}}),
        ("name.givenName", {"name": "no object"}, {"name": {"givenName": "V"}}),
        ('emails[type eq "work"].value', {"emails": ["text"]}, {"emails": ["text", {"type": "work", "value": "V"}]}),
    ],
)
def test_a_place_is_found_and_filled(text: str, before: dict[str, Any], after: dict[str, Any]):
    place = parse_place(text)
    place.put(before, "V")
    assert before == after
    assert place.find(before) == "V"


def test_a_place_with_dotted_urn_is_not_split_at_the_dot():
    place = parse_place(f"{ENT}:manager")
    assert (place.urn, place.attribute, place.sub) == (ENT, "manager", "")


@pytest.mark.parametrize("text", ["", "emails[type]", 'emails[type eq "a" and x eq "b"].value', "a.b.c", "a b"])
def test_what_is_no_place_is_refused(text: str):
    with pytest.raises(BadPlaceError):
        parse_place(text)


def test_absent_values_make_no_member():
    made = mapping_of(Profile.load("okta.template").mapping).resource(Person("1", "a@x.example", "A", "B"))
    assert made == {"userName": "a@x.example", "name": {"givenName": "A", "familyName": "B"}, "locale": "en-US"}


def test_entra_orders_a_new_name_and_address():
    made = mapping_of(Profile.load("entra.legacy").mapping).resource(ADA)
    assert json.dumps(made["name"]) == '{"formatted": "Ada Quill", "familyName": "Quill", "givenName": "Ada"}'
    assert json.dumps(made["emails"]) == '[{"primary": true, "type": "work", "value": "ada@x.example"}]'


def test_merging_changes_only_mapped_values():
    resource: dict[str, Any] = {
        "id": "7",
        "userName": "old",
        "unknown": {"a": 1},
        "emails": [{"value": "other@x.example", "type": "home"}],
        "name": {"formatted": "kept"},
    }
    mapping_of(Profile.load("okta.template").mapping).merge(ADA, resource)
    assert resource["unknown"] == {"a": 1}
    assert resource["name"] == {"formatted": "kept", "givenName": "Ada", "familyName": "Quill"}
    assert resource["emails"][0] == {"value": "other@x.example", "type": "home"}
    assert resource["emails"][1] == {"primary": True, "value": "ada@x.example", "type": "work"}
