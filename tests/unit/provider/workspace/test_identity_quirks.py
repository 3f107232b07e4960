"""Who somebody is, by the rules of a product: letters, addresses, names, and what is not kept."""

from __future__ import annotations

import json

import pytest

GIVEN = {"givenName": "Ada", "familyName": "Quill"}


def test_capitals_are_folded_on_every_way_in_and_make_no_second_account(shop):
    it = shop(email_case="fold")
    ada = it.user("Ada@Example.com")
    assert ada["userName"] == "ada@example.com"
    assert it.set(ada, "userName", "ADA.Q@example.com")["userName"] == "ada.q@example.com"
    assert it.put({**ada, "userName": "Ada@example.com"})["userName"] == "ada@example.com"
    assert it.call.user("bob@example.com", externalId="X")["externalId"] == "X"
    twice = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ADA@EXAMPLE.COM"}
    assert it.call("POST", "/Users", twice).status == 409
    assert len(it.call.found('userName eq "ADA@example.com"')) == 1


def test_capitals_are_refused_except_where_they_are_already(shop):
    it = shop(email_case="reject")
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "Ada@example.com"}
    assert it.call("POST", "/Users", body).status == 400
    ada = it.user()
    it.set(ada, "userName", "ADA@example.com", status=400)
    assert it.read(ada)["userName"] == "ada@example.com"


@pytest.mark.parametrize(
    ("quirks", "sent", "status"),
    [
        ({"user_name_form": "email"}, "ada", 400),
        ({"user_name_form": "email"}, "ada@example.com", 201),
        ({"user_name_length": 12}, "ada@example.com", 400),
        ({"user_name_length": 15}, "ada@example.com", 201),
        ({"verified_domains_only": "yes"}, "ada@stranger.example", 400),
        ({"verified_domains_only": "yes"}, "ada@mail.example.org", 201),
    ],
)
def test_a_user_name_has_the_form_that_the_product_wants(shop, quirks, sent, status):
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": sent}
    assert shop(**quirks).call("POST", "/Users", body).status == status


def test_a_domain_counts_from_the_moment_it_is_verified(shop):
    it = shop(verified_domains_only="yes")
    it.work.add_domain("Stranger.example")
    ada = it.user("ada@stranger.example")
    it.work.remove_domain("stranger.example")
    it.set(ada, "title", "still there")
    it.set(ada, "userName", "ada.q@stranger.example", status=400)


def test_the_primary_address_follows_the_user_name(shop):
    it = shop(primary_email="user-name")
    ada = it.user(emails=[{"value": "other@example.com", "type": "home"}])
    assert [each["value"] for each in ada["emails"]] == ["ada@example.com"]
    assert it.set(ada, "userName", "ada.q@example.com")["emails"][0]["value"] == "ada.q@example.com"
    after = it.set(ada, 'emails[type eq "work"].value', "other@example.com")
    assert [each["value"] for each in after["emails"]] == ["ada.q@example.com"]


def test_a_name_is_left_alone_after_the_create(shop):
    it = shop(name_mutability="ignore")
    ada = it.user(name=GIVEN)
    assert it.set(ada, "name.familyName", "Hopper")["name"] == GIVEN
    assert it.put(ada, name={"givenName": "Eve"}, title="Dr")["name"] == GIVEN
    assert it.put(ada)["name"] == GIVEN
    it.work.set_name("ada@example.com", "Ada", "Lovelace")
    assert it.put(ada, name=GIVEN)["name"]["familyName"] == "Lovelace"


def test_a_change_of_a_name_is_refused_and_one_that_says_nothing_of_it_is_not(shop):
    it = shop(name_mutability="refuse")
    ada = it.user(name=GIVEN)
    it.set(ada, "name.familyName", "Hopper", status=400)
    it.put(ada, 400, name={"givenName": "Eve"})
    assert it.put(ada, title="Dr")["name"] == GIVEN
    assert it.put(ada, name=GIVEN, title="Prof")["title"] == "Prof"


@pytest.mark.parametrize(("value", "status"), [("ignore", 200), ("refuse", 400)])
def test_a_user_name_does_not_change_and_other_letters_are_no_change(shop, value, status):
    it = shop(user_name_change=value)
    ada = it.user()
    it.set(ada, "userName", "ada.q@example.com", status=status)
    assert it.read(ada)["userName"] == "ada@example.com"
    assert it.put({**ada, "userName": "ADA@example.com"})["userName"] == "ada@example.com"


def test_an_external_id_is_dropped(shop):
    it = shop(external_id="drop")
    assert "externalId" not in it.user(externalId="X")


def test_an_external_id_that_is_set_stays(shop):
    it = shop(external_id="immutable")
    ada = it.user()
    assert it.set(ada, "externalId", "X")["externalId"] == "X"
    it.set(ada, "externalId", "Y", status=400)
    assert it.put(ada)["externalId"] == "X"


@pytest.mark.parametrize(
    ("value", "attributes", "status"),
    [
        ("names", {"name": {"givenName": "Ada"}}, 400),
        ("names", {"name": GIVEN}, 201),
        ("emails", {"name": GIVEN}, 400),
        ("names-and-emails", {"name": GIVEN, "emails": [{"value": "ada@example.com"}]}, 201),
    ],
)
def test_what_is_required_beyond_the_rfc_has_to_be_there(shop, value, attributes, status):
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada@example.com", **attributes}
    assert shop(required_attributes=value).call("POST", "/Users", body).status == status


def test_what_is_required_cannot_be_taken_away_and_schemas_say_so(shop):
    it = shop(required_attributes="names")
    ada = it.user(name=GIVEN)
    it.call.patch(ada, {"op": "remove", "path": "name.familyName"}, status=400)
    it.put(ada, 400)
    schema = it.call.json("GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User")
    name = next(each for each in schema["attributes"] if each["name"] == "name")
    wanted = {each["name"] for each in name["subAttributes"] if each["required"]}
    assert name["required"]
    assert wanted == {"givenName", "familyName"}


def test_optional_attributes_are_dropped_and_not_described(shop):
    it = shop(optional_attributes="drop")
    ada = it.user(title="Dr", nickName="A", displayName="Ada")
    assert "title" not in ada
    assert ada["displayName"] == "Ada"
    assert "title" not in it.set(ada, "title", "Prof")
    assert '"title"' not in json.dumps(it.call.json("GET", "/Schemas"))


def test_optional_attributes_are_refused(shop):
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada@example.com", "title": "Dr"}
    assert shop(optional_attributes="refuse").call("POST", "/Users", body).status == 400


def test_the_display_name_is_made_of_the_name(shop):
    it = shop(display_name="from-name")
    ada = it.user(name=GIVEN, displayName="Somebody")
    assert ada["displayName"] == "Ada Quill"
    assert it.set(ada, "name.familyName", "Hopper")["displayName"] == "Ada Hopper"


def test_without_the_enterprise_extension_nothing_speaks_of_it(shop):
    it = shop(enterprise_extension="unsupported")
    assert "enterprise" not in json.dumps(it.call.json("GET", "/Schemas"))
    assert "enterprise" not in json.dumps(it.call.json("GET", "/ResourceTypes"))
    urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    assert urn not in it.user(**{urn: {"department": "Looms"}})
