"""From an event in the directory to the bytes on the wire, compared with what the sources show of Okta."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scimulator.catalogue.profiles import Profile
from scimulator.idp.mapping import mapping_of
from scimulator.idp.okta import Okta

HERE = Path(__file__).parent
WRITTEN = "Accept Accept-Charset Content-Type User-Agent Authorization"
OKTA_ID = "00uab1cd2eF3gH4i5j6k"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
JANE: dict[str, Any] = {
    "schemas": [USER],
    "id": "9a1f",
    "userName": "jane.roe@example.com",
    "name": {"familyName": "Roe", "givenName": "Jane", "formatted": "Ms. Jane Roe"},
    "displayName": "Jane Roe",
    "emails": [{"primary": True, "type": "work", "value": "jane.roe@example.com"}],
    "active": False,
    "meta": {"resourceType": "User"},
}


def compare(story, file: str) -> None:
    story.equals(HERE / f"{file}.http", header_order=True)


@pytest.mark.parametrize("variant", ["template", "wizard"])
def test_connection(story, variant):
    story.listing("connection.users")
    story.listing("connection.groups")
    story.run(Okta(f"okta.{variant}", story.directory).test_connection())
    compare(story, f"{variant}_connect")


def test_a_new_person_is_assigned(story):
    story.person(OKTA_ID, "test.user@okta.example", "Test", "User", display_name="Test User")
    story.nobody("users.find")
    story.answer("users.create", 201, {"id": "1"})
    story.run(Okta("okta.template", story.directory).assign(OKTA_ID))
    compare(story, "template_assign_new")


def test_mappings_were_removed(story):
    story.person(OKTA_ID, "test.joiner@example.com", "Test", "Joiner", display_name="Test Joiner")
    data = dict(Profile.load("okta.wizard").mapping)
    gone = ("displayName", "locale", "emails.^[primary==true].type")
    data["rules"] = [rule for rule in data["rules"] if rule["target"] not in gone]  # type: ignore[union-attr,index,call-overload]  # JSON
    story.nobody("users.find")
    story.answer("users.create", 201, {"id": "1"})
    story.run(Okta("okta.wizard", story.directory, mapping=mapping_of(data)).assign(OKTA_ID))
    compare(story, "wizard_assign_trimmed")


@pytest.mark.parametrize("dialect", ["okta.template", "okta.wizard"])
def test_enterprise_attributes_are_mapped(story, dialect):
    story.person(OKTA_ID, "dana.kim@example.com", "Dana", "Kim", title="Manager", department="Engineering")
    data = dict(Profile.load(dialect).mapping)
    data["rules"] = [rule for rule in data["rules"] if rule["target"] != "locale"]  # type: ignore[union-attr,index,call-overload]  # JSON
    story.nobody("users.find")
    story.answer("users.create", 201, {"id": "1"})
    story.run(Okta(dialect, story.directory, mapping=mapping_of(data)).assign(OKTA_ID))
    compare(story, "assign_enterprise")


def test_an_existing_account_is_adopted(story):
    story.person(OKTA_ID, "jane.roe@example.com", "Jane", "Roe", display_name="Jane Roe")
    story.listing("users.find", JANE)
    story.answer("users.adopt", 204)
    story.answer("users.push.read", 200, JANE | {"active": True})
    story.answer("users.push", 200, JANE)
    story.run(Okta("okta.template", story.directory).assign(OKTA_ID))
    compare(story, "template_assign_existing")


def test_a_returning_person_is_adopted_by_a_wizard_app(story):
    story.person(OKTA_ID, "jane.roe@example.com", "Jane", "Roe", display_name="Jane Roe")
    story.listing("users.find", JANE)
    story.answer("users.adopt.read", 200, JANE)
    story.answer("users.adopt", 200, JANE)
    okta = Okta("okta.wizard", story.directory)
    story.linked(okta, **{OKTA_ID: "9a1f"})
    story.run(okta.reactivate(OKTA_ID))
    compare(story, "wizard_assign_existing")


@pytest.mark.parametrize("dialect", ["okta.template", "okta.wizard"])
def test_a_profile_changed(story, dialect):
    story.person(OKTA_ID, "test.user@okta.example", "Test", "User", display_name="Test User")
    okta = Okta(dialect, story.directory)
    story.linked(okta, **{OKTA_ID: "23a35c27"})
    mail = {"primary": True, "value": "test.user@okta.example", "type": "work", "display": "test.user@okta.example"}
    shown = {
        "schemas": [USER],
        "id": "23a35c27",
        "externalId": OKTA_ID,
        "userName": "test.user@okta.example",
        "name": {"givenName": "Test", "middleName": "Excited", "familyName": "User"},
        "displayName": "Test User",
        "locale": "en-US",
        "emails": [mail],
        "active": True,
        "groups": [],
        "meta": {"resourceType": "User"},
    }
    story.answer("users.push.read", 200, shown)
    story.answer("users.push", 200, shown)
    story.directory.change_person(OKTA_ID, given_name="Another", display_name="Another User")
    story.run(okta.push_profile(OKTA_ID))
    compare(story, "push_profile")


def test_a_person_is_unassigned_from_a_catalogue_app(story):
    story.person(OKTA_ID, "jane.roe@example.com", "Jane", "Roe")
    okta = Okta("okta.template", story.directory)
    story.linked(okta, **{OKTA_ID: "9a1f"})
    story.run(okta.deactivate(OKTA_ID))
    compare(story, "template_deactivate")


def test_a_person_is_unassigned_from_a_wizard_app(story):
    story.person(OKTA_ID, "jane.roe@example.com", "Jane", "Roe", display_name="Jane Roe")
    okta = Okta("okta.wizard", story.directory)
    story.linked(okta, **{OKTA_ID: "9a1f"})
    shown = JANE | {
        "name": {"familyName": "Roe", "givenName": "Jane"},
        "emails": [{"primary": True, "value": "jane.roe@example.com"}],
        "active": True,
    }
    story.answer("users.deactivate.read", 200, shown)
    story.answer("users.deactivate", 200, shown)
    story.run(okta.deactivate(OKTA_ID))
    compare(story, "wizard_deactivate")


def test_an_empty_group_is_pushed(story):
    story.group("g", "Test SCIMv2")
    story.answer("groups.create", 201, {"id": "77"})
    story.run(Okta("okta.template", story.directory).push_group("g"))
    compare(story, "template_push_empty_group")


def test_a_group_is_pushed_as_in_2021(story):
    story.person("steve", "steve@example.com", "Steve", "S")
    story.person("bob", "bob@example.com", "Bob", "B")
    story.group("g", "Example Group", "steve", "bob")
    okta = Okta(Profile.load("okta.template", off=["rename-before-members"]), story.directory)
    story.linked(okta, steve="85467bb36e1c4f8991750501bf491962", bob="2fabb15c24a2440c93a0214599603bcb")
    story.answer("groups.create", 201, {"id": "77"})
    story.run(okta.push_group("g"))
    compare(story, "template_push_group_2021")


def members(story, dialect: str = "okta.template") -> Okta:
    story.person("test", "test.user@okta.example", "Test", "User")
    story.person("second", "second.user@okta.example", "Second", "User")
    story.group("g", "Test SCIMv2", "test", "second")
    okta = Okta(dialect, story.directory)
    test, second = "23a35c27-23d3-4c03-b4c5-6443c09e7173", "89bb1940-b905-4575-9e7f-6f887cfb368e"
    story.linked(okta, g="77", test=test, second=second)
    return okta


def test_members_of_a_pushed_group_change(story):
    okta = members(story)
    story.directory.leave("g", ["second"])
    story.run(okta.change_members("g", ["test"], ["second"]))
    compare(story, "template_change_members")


def test_push_now(story):
    okta = members(story)
    story.run(okta.push_now("g"))
    story.directory.leave("g", ["test", "second"])
    story.run(okta.push_now("g"))
    compare(story, "template_push_now")


def test_a_group_is_renamed(story):
    okta = members(story)
    story.directory.rename_group("g", "Other")
    story.directory.rename_group("g", "Test SCIMv2")
    story.run(okta.rename_group("g"))
    compare(story, "template_rename_group")


@pytest.mark.parametrize("dialect", ["okta.template", "okta.wizard"])
def test_a_group_is_deleted(story, dialect):
    story.run(members(story, dialect).delete_group("g"))
    compare(story, "delete_group")


def test_a_wizard_app_pushes_a_group(story):
    story.person("bob", "bob@example.com", "Bob", "B")
    story.person("pete", "pete@example.com", "Pete", "P")
    story.group("g", "SCIM_test1", "bob", "pete")
    okta = Okta("okta.wizard", story.directory)
    story.linked(okta, bob="978dc5c3d4aa4014a3678e9d30ef093a", pete="54c76a50f48c42e38c10f350f8e6055e")
    story.nobody("groups.find")
    story.answer("groups.create", 201, {"id": "77"})
    story.run(okta.push_group("g"))
    compare(story, "wizard_push_group")


def test_a_wizard_app_removes_a_member(story):
    story.person("bob", "bob@example.com", "Bob", "B")
    story.person("pete", "pete@example.com", "Pete", "P")
    story.group("g", "Test Group", "bob", "pete")
    okta = Okta(Profile.load("okta.wizard", on=["null-display"]), story.directory)
    story.linked(okta, g="77", bob="e07986cd-6ce9-47f0-8ba7-c7d316311653", pete="1")
    story.directory.leave("g", ["pete"])
    story.run(okta.remove_members("g", ["pete"]))
    compare(story, "wizard_remove_member")


@pytest.mark.parametrize("dialect", ["okta.template", "okta.wizard"])
def test_an_import_reads_pages(story, dialect):
    for _ in range(3):
        story.listing("import.users", {"id": "1", "userName": "a", "name": {"familyName": "F"}}, total=201)
    story.run(Okta(dialect, story.directory).import_users())
    compare(story, "import_users")


def test_the_search_of_2018(story):
    story.person(OKTA_ID, "jane.doe@example.com", "Jane", "Doe")
    story.nobody("users.find.plus")
    story.run(Okta(Profile.load("okta.template", on=["plus-for-space"]), story.directory).find(OKTA_ID))
    compare(story, "template_assign_2018")


@pytest.mark.parametrize(
    ("exchange_id", "wanted"),
    [
        ("connection.users", "Accept Accept-Charset User-Agent Authorization Host Connection Accept-Encoding"),
        ("users.create", f"{WRITTEN} Content-Length Host Connection Accept-Encoding"),
        ("groups.delete", f"{WRITTEN} Host Connection Accept-Encoding"),
    ],
)
def test_the_transport_knows_where_its_headers_stand(placed_headers, exchange_id, wanted):
    """The order of the sample requests of 2018."""
    assert placed_headers("okta.template", exchange_id) == wanted.split()
