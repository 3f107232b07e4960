"""Groups, filters, sorting and the rest of the protocol under quirks, and what discovery says of them."""

from __future__ import annotations

import json

import pytest

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


def test_without_groups_there_is_no_endpoint_and_discovery_agrees(shop):
    it = shop(groups="unsupported")
    answer = it.call("POST", "/Groups", {"schemas": [GROUP], "displayName": "team"})
    assert answer.status == 404
    assert json.loads(answer.body)["status"] == "404"
    types = it.call.json("GET", "/ResourceTypes")["Resources"]
    assert [each["name"] for each in types] == ["User"]
    assert it.call("GET", f"/Schemas/{GROUP}").status == 404
    it.user()
    assert it.call.json("GET", "/?count=1")["totalResults"] == 1


def test_a_group_keeps_its_name(shop):
    it = shop(group_rename="refuse")
    group = it.call.group("team")
    it.call.patch(group, {"op": "replace", "path": "displayName", "value": "crew"}, status=400)
    body = {"schemas": [GROUP], "displayName": "crew"}
    assert it.call("PUT", f"/Groups/{group['id']}", body).status == 400
    assert it.call("PUT", f"/Groups/{group['id']}", {**body, "displayName": "team"}).status == 200


def test_a_group_is_no_member_of_a_group(shop):
    it = shop(nested_groups="refuse")
    inner = it.call.group("inner")
    body = {"schemas": [GROUP], "displayName": "outer", "members": [{"value": inner["id"]}]}
    assert it.call("POST", "/Groups", body).status == 400
    outer = it.call.group("outer", [it.user()])
    it.call.patch(outer, {"op": "add", "path": "members", "value": [{"value": inner["id"]}]}, status=400)


def test_the_name_of_a_group_is_taken_once(shop):
    it = shop(group_names="unique")
    team, crew = it.call.group("team"), it.call.group("crew")
    assert it.call("POST", "/Groups", {"schemas": [GROUP], "displayName": "team"}).status == 409
    it.call.patch(crew, {"op": "replace", "path": "displayName", "value": "team"}, status=409)
    it.call.patch(team, {"op": "replace", "path": "displayName", "value": "team"})


@pytest.mark.parametrize(
    ("quirks", "endpoint", "expression", "status"),
    [
        ({"filter_attributes": "user-name"}, "/Users", 'userName eq "a"', 200),
        ({"filter_attributes": "user-name"}, "/Users", 'userName eq "a" and active eq true', 400),
        ({"filter_attributes": "user-name"}, "/Users", f'{USER}:userName eq "a"', 200),
        ({"filter_attributes": "user-name"}, "/Users", 'emails[type eq "work"]', 400),
        ({"filter_attributes": "user-name"}, "/Groups", 'displayName eq "a"', 200),
        ({"filter_operators": "eq"}, "/Users", 'externalId EQ "a"', 200),
        ({"filter_operators": "eq"}, "/Users", 'id eq "a" and userName eq "b"', 200),
        ({"filter_operators": "eq"}, "/Users", 'userName sw "a"', 400),
        ({"filter_operators": "eq"}, "/Users", "title pr", 400),
        ({"filter_operators": "eq"}, "/Users", 'not (userName eq "a")', 400),
    ],
)
def test_a_filter_that_asks_for_more_than_the_product_answers(shop, quirks, endpoint, expression, status):
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": expression}
    answer = shop(**quirks).call("POST", f"{endpoint}/.search", body)
    assert answer.status == status, answer.body
    if status == 400:
        assert json.loads(answer.body)["scimType"] == "invalidFilter"


def test_without_sorting_the_order_is_that_of_creation(shop):
    it = shop(sorting="unsupported")
    assert it.call.json("GET", "/ServiceProviderConfig")["sort"] == {"supported": False}
    for name in ("b@example.com", "a@example.com"):
        it.user(name)
    listed = it.call.json("GET", "/Users?sortBy=userName")["Resources"]
    assert [each["userName"] for each in listed] == ["b@example.com", "a@example.com"]


def test_operations_in_capitals_are_refused_and_never_half_done(shop):
    it = shop(entra_flag="required")
    ada = it.user()
    first = {"op": "replace", "path": "title", "value": "Dr"}
    it.call.patch(ada, first, {"op": "Replace", "path": "nickName", "value": "A"}, status=400)
    assert "title" not in it.read(ada)
    it.call.patch(ada, first)


def test_a_query_behind_the_base_address(shop):
    assert shop().call("GET", "/Users?aadOptscim062020&count=1").status == 200
    it = shop(base_url_query="refuse")
    assert it.call("GET", "/Users?count=1").status == 200
    assert it.call("GET", "/Users?aadOptscim062020").status == 400


def test_a_second_create_is_answered_with_what_is_there(shop):
    it = shop(duplicate_create="return-existing")
    ada = it.user(title="Dr")
    again = it.call.json("POST", "/Users", {"schemas": [USER], "userName": "ADA@example.com", "title": "Prof"}, 200)
    assert (again["id"], again["title"], again["meta"]) == (ada["id"], "Dr", ada["meta"])
    assert it.call.json("GET", "/Users")["totalResults"] == 1
