"""The frame sees what a write changed beside what was asked."""

from __future__ import annotations

import pytest

from scimulator.kit.frame import ANYTHING, asked_for, collateral, flatten, key_of
from scimulator.kit.operations import ENTERPRISE

USER = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "id": "1",
    "userName": "a",
    "name": {"givenName": "A", "familyName": "B", "formatted": "A B"},
    "emails": [{"value": "a@x", "type": "work", "primary": True}, {"value": "b@x"}],
    "meta": {"created": "2026-01-01T00:00:00Z", "lastModified": "2026-01-01T00:00:00Z", "version": "1"},
    ENTERPRISE: {"department": "X", "manager": {"value": "7", "displayName": "Boss"}},
}


def changed(**fields: object) -> dict:
    return {**USER, **fields}


def test_equal_resources_have_no_collateral():
    assert collateral(USER, dict(USER), {}) == []


@pytest.mark.parametrize(
    "after",
    [
        changed(meta={**USER["meta"], "lastModified": "later", "version": "2"}),
        changed(groups=[{"value": "9"}]),
        changed(nickName=None, roles=[]),
        changed(emails=list(reversed(USER["emails"]))),
        changed(emails=[USER["emails"][0], {"value": "b@x", "primary": False}]),
        {("USERNAME" if name == "userName" else name): value for name, value in USER.items()},
    ],
    ids=["meta", "groups", "unassigned", "order", "primary-false", "case"],
)
def test_what_the_server_may_change_is_no_collateral(after: dict):
    assert collateral(USER, after, {}) == []


@pytest.mark.parametrize(
    ("after", "at"),
    [
        (changed(userName="b"), "userName"),
        (changed(id="2"), "id"),
        (changed(emails=USER["emails"][:1]), "emails"),
        (changed(name={"givenName": "A", "formatted": "A B"}), "name.familyName"),
        (changed(title="new"), "title"),
        (changed(**{ENTERPRISE: {"department": "X"}}), f"{ENTERPRISE}:manager:value"),
    ],
)
def test_anything_else_is(after: dict, at: str):
    assert [each.at for each in collateral(USER, after, {})] == [at]


def test_what_was_asked_is_no_collateral_and_formatted_may_follow():
    after = changed(name={"givenName": "New", "familyName": "B", "formatted": "New B"})
    assert collateral(USER, after, {"name.givenName": "New"}) == []
    assert [each.at for each in collateral(USER, after, {"title": "x"})] == ["name.formatted", "name.givenName"]


def test_losing_an_element_of_an_asked_list_is_for_the_asked_value_to_tell():
    after = changed(emails=[{"value": "c@x", "type": "home"}])
    assert asked_for(after, {"emails": [{"value": "c@x", "type": "home"}, *USER["emails"]]})
    assert not asked_for(after, {"emails": ANYTHING})
    assert not asked_for(after, {"title": None})
    assert asked_for(after, {"name": None})


def test_members_compare_by_value():
    group = {"id": "1", "members": [{"value": "u1"}, {"value": "u2"}]}
    dressed = {"id": "1", "members": [{"value": "u2", "display": "U", "$ref": "x"}, {"value": "u1", "type": "User"}]}
    assert collateral(group, dressed, {}) == []
    assert collateral(group, {"id": "1", "members": [{"value": "u1"}]}, {})


def test_paths_become_keys():
    assert key_of("name.givenName") == ("name", "givenname")
    assert key_of("emails[0].value") == ("emails",)
    assert key_of(f"{ENTERPRISE}:department") == (ENTERPRISE.lower(), "department")
    assert flatten(USER)[(ENTERPRISE.lower(), "department")] == '"X"'
