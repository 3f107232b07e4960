"""From an event to the bytes on the wire where an option of the app or another mapping changes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scimulator.catalogue.profiles import Profile
from scimulator.idp.flow import play
from scimulator.idp.mapping import Attribute, Constant, Mapping, mapping_of
from scimulator.idp.okta import AppAttribute, AppUserSchema, Entitlement, Okta

HERE = Path(__file__).parent
OKTA_ID = "00uab1cd2eF3gH4i5j6k"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
CUSTOM = "urn:okta:examplecorp_myscimapp_1:1.0:user:custom"
BOB, PETE = "978dc5c3d4aa4014a3678e9d30ef093a", "54c76a50f48c42e38c10f350f8e6055e"
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

both = pytest.mark.parametrize("dialect", ["okta.template", "okta.wizard"])


def compare(story, file: str) -> None:
    story.equals(HERE / f"{file}.http", header_order=True)


def jane(story, dialect: str, *, on=(), off=(), linked: bool = True, **more) -> Okta:
    story.person(OKTA_ID, "jane.roe@example.com", "Jane", "Roe", **more)
    okta = Okta(Profile.load(dialect, on=on, off=off), story.directory)
    if linked:
        story.linked(okta, **{OKTA_ID: "9a1f"})
    return okta


def trimmed(dialect: str) -> Mapping:
    """The default mapping without displayName and locale."""
    data = dict(Profile.load(dialect).mapping)
    gone = ("displayName", "locale")
    data["rules"] = [rule for rule in data["rules"] if rule["target"] not in gone]  # type: ignore[union-attr,index,call-overload]  # JSON
    return mapping_of(data)


def shop(story, dialect: str, *, on=(), linked: bool = True) -> Okta:
    """Bob and Pete have accounts and are in a group, which is pushed already if it is ``linked``."""
    story.person("bob", "bob@example.com", "Bob", "B")
    story.person("pete", "pete@example.com", "Pete", "P")
    story.group("g", "SCIM_test1", "bob", "pete")
    okta = Okta(Profile.load(dialect, on=on), story.directory)
    story.linked(okta, bob=BOB, pete=PETE, **({"g": "77"} if linked else {}))
    return okta


class TestGroupsAreImportedOrNot:
    def test_a_catalogue_app_that_imports_no_groups_looks_for_one(self, story):
        story.group("g", "Test SCIMv2")
        story.nobody("groups.find")
        story.answer("groups.create", 201, {"id": "77"})
        story.run(Okta(Profile.load("okta.template", off=["import-groups"]), story.directory).push_group("g"))
        compare(story, "template_find_group")

    def test_a_wizard_app_that_imports_groups_reads_them_when_settings_are_saved(self, story):
        story.listing("connection.users")
        story.listing("connection.groups")
        story.run(Okta(Profile.load("okta.wizard", on=["import-groups"]), story.directory).test_connection())
        compare(story, "wizard_connect_import")

    def test_a_wizard_app_that_imports_groups_looks_for_none(self, story):
        okta = shop(story, "okta.wizard", on=["import-groups"], linked=False)
        story.answer("groups.create", 201, {"id": "77"})
        story.run(okta.push_group("g"))
        compare(story, "wizard_push_group_imported")

    @both
    def test_groups_are_imported_in_pages(self, story, dialect):
        for _ in range(2):
            story.listing("import.groups", {"id": "1", "displayName": "A"}, total=101)
        story.run(Okta(Profile.load(dialect, on=["import-groups"]), story.directory).import_groups())
        compare(story, "import_groups")


class TestWithoutPatch:
    def test_a_person_is_unassigned(self, story):
        okta = jane(story, "okta.template", on=["patch-disabled"], display_name="Jane Roe")
        shown = JANE | {
            "name": {"familyName": "Roe", "givenName": "Jane"},
            "emails": [{"primary": True, "value": "jane.roe@example.com"}],
            "active": True,
        }
        story.answer("users.deactivate.read", 200, shown)
        story.answer("users.deactivate.put", 200, shown)
        story.run(okta.deactivate(OKTA_ID))
        compare(story, "template_deactivate_put")

    def test_an_existing_account_is_adopted(self, story):
        okta = jane(story, "okta.template", on=["patch-disabled"], display_name="Jane Roe", linked=False)
        story.listing("users.find", JANE)
        story.answer("users.adopt.read", 200, JANE)
        story.answer("users.adopt.put", 200, JANE)
        story.run(okta.assign(OKTA_ID))
        compare(story, "template_assign_existing_put")

    @pytest.mark.parametrize("event", ["join", "rename", "push now"])
    def test_a_group_changes(self, story, event):
        okta = shop(story, "okta.template", on=["patch-disabled"])
        if event == "join":
            story.directory.leave("g", ["pete"])
            story.directory.join("g", ["pete"])
            story.run(okta.add_members("g", ["pete"]))
        elif event == "rename":
            story.directory.rename_group("g", "SCIM_test1")
            story.run(okta.rename_group("g"))
        else:
            story.run(okta.push_now("g"))
        compare(story, "template_change_members_put")


class TestWizardGroups:
    def test_a_returning_person_brings_the_pushed_groups_along(self, story):
        okta = jane(story, "okta.wizard", display_name="Jane Roe")
        story.group("g", "SCIM_test1", OKTA_ID)
        story.linked(okta, g="77")
        story.listing("users.find", JANE)
        story.answer("users.adopt.read", 200, JANE)
        story.answer("users.adopt", 200, JANE)
        story.run(okta.reactivate(OKTA_ID))
        compare(story, "wizard_return_with_group")

    def test_push_now_reads_and_writes_twice(self, story):
        story.run(shop(story, "okta.wizard", on=["write-groups-twice"]).push_now("g"))
        compare(story, "wizard_push_now_twice")


class TestOtherMappings:
    """External names of the app-user schema, as an administrator adds them."""

    @both
    def test_a_primary_phone_number(self, story, dialect):
        story.person(OKTA_ID, "joe.roe@example.com", "Joe", "Roe", display_name="Joe Roe", primaryPhone="+15550100")
        schema = AppUserSchema(
            (
                AppAttribute("phoneType", "phoneNumbers.^[primary==true].type", source=Constant("work")),
                AppAttribute("phone", "phoneNumbers.^[primary==true].value", source=Attribute("primaryPhone")),
            )
        )
        story.nobody("users.find")
        story.answer("users.create", 201, {"id": "1"})
        story.run(Okta(dialect, story.directory, schema=schema).assign(OKTA_ID))
        compare(story, "assign_phone")

    def test_custom_attributes_under_the_namespace_of_the_app(self, story):
        more = {"email": "mary.moe@example.com", "jobCode": "1067", "city": "Temple"}
        story.person(OKTA_ID, "000061149", "Mary", "Moe", **more)
        schema = AppUserSchema(
            tuple(AppAttribute(name, name, CUSTOM, source=Attribute(name)) for name in ("jobCode", "city"))
        )
        story.nobody("users.find")
        story.answer("users.create", 201, {"id": "1"})
        okta = Okta("okta.wizard", story.directory, mapping=trimmed("okta.wizard"), schema=schema)
        story.run(okta.assign(OKTA_ID))
        compare(story, "wizard_assign_custom")

    @both
    def test_roles_by_type(self, story, dialect):
        story.person(OKTA_ID, "jane.roe@example.com", "Jane", "Roe", role="admin", second="auditor")
        schema = AppUserSchema(
            (
                AppAttribute("role", "roles.^[type=='Primary'].value", source=Attribute("role")),
                AppAttribute("second", "roles.^[type=='additional'].value", source=Attribute("second")),
            )
        )
        story.nobody("users.find")
        story.answer("users.create", 201, {"id": "1"})
        story.run(Okta(dialect, story.directory, mapping=trimmed(dialect), schema=schema).assign(OKTA_ID))
        compare(story, "assign_roles_typed")

    @both
    def test_a_role_without_a_sub_attribute_is_refused(self, story, dialect):
        story.person(OKTA_ID, "okta02@example.com", "Okta", "Two", role="ADMIN")
        schema = AppUserSchema((AppAttribute("role", "roles", source=Attribute("role")),))
        story.nobody("users.find")
        story.answer("users.create", 400, {"detail": "roles must be an array"})
        okta = Okta(dialect, story.directory, mapping=trimmed(dialect), schema=schema)
        result = play(okta.assign(OKTA_ID), story._send)
        assert result.messages[0].endswith("Bad Request. Errors reported by remote server: roles must be an array")
        compare(story, "assign_roles_plain")

    @both
    def test_a_primary_role_is_pushed(self, story, dialect):
        schema = AppUserSchema((AppAttribute("role", "roles.^[primary==true].value", source=Attribute("role")),))
        story.person(OKTA_ID, "jane.roe@example.com", "Jane", "Roe")
        okta = Okta(dialect, story.directory, mapping=trimmed(dialect), schema=schema)
        story.linked(okta, **{OKTA_ID: "9a1f"})
        shown = {
            "schemas": [USER],
            "id": "9a1f",
            "userName": "jane.roe@example.com",
            "name": {"givenName": "Jane", "familyName": "Roe"},
            "emails": [{"primary": True, "value": "jane.roe@example.com", "type": "work"}],
            "active": True,
        }
        story.answer("users.push.read", 200, shown)
        story.answer("users.push", 200, shown)
        story.directory.change_person(OKTA_ID, role="administrator")
        story.run(okta.push_profile(OKTA_ID))
        compare(story, "push_roles_primary")


class TestEntitlements:
    def test_they_are_discovered(self, story):
        okta = Okta(Profile.load("okta.template", on=["entitlements"]), story.directory)
        own = [{"schema": "urn:example:2.0:User", "required": False}]
        types = [
            {"name": "User", "endpoint": "/Users", "schema": USER, "schemaExtensions": own},
            {"name": "Role", "endpoint": "/Roles", "schema": "urn:okta:scim:schemas:core:1.0:Role"},
            {"name": "Profile", "endpoint": "/Profiles", "schema": "urn:okta:scim:schemas:core:1.0:Entitlement"},
        ]
        story.listing("entitlements.resource-types", *types)
        story.listing("entitlements.schemas")
        story.listing("entitlements.list", {"id": "role-1", "displayName": "First Role"})
        story.listing("entitlements.list", {"id": "profile-123", "displayName": "Profile 123", "type": "Profile"})
        story.run(okta.discover_entitlements())
        compare(story, "template_entitlements")
        assert [each.id for each in okta.offered] == ["role-1", "profile-123"]

    def test_they_are_granted(self, story):
        okta = jane(story, "okta.template", on=["entitlements"], display_name="Jane Roe")
        shown = JANE | {"name": {"givenName": "Jane", "familyName": "Roe"}, "active": True}
        del shown["meta"]
        story.answer("users.push.read", 200, shown)
        story.answer("entitlements.assign", 200, shown)
        role, profile = Entitlement("role-1", "First Role"), Entitlement("profile-123", "Profile 123", "Profile")
        story.run(okta.grant(OKTA_ID, roles=[role], entitlements=[profile]))
        compare(story, "template_grant")


class TestPasswords:
    def test_a_catalogue_app_sends_it_alone(self, story):
        story.run(jane(story, "okta.template", on=["sync-password"]).sync_password(OKTA_ID, "n3w-Secret"))
        compare(story, "template_password")

    def test_a_wizard_app_sends_it_with_the_whole_user(self, story):
        story.person(OKTA_ID, "test.user@okta.example", "Test", "User")
        okta = Okta(Profile.load("okta.wizard", on=["sync-password"]), story.directory)
        story.linked(okta, **{OKTA_ID: "9a1f"})
        shown = {
            "schemas": [USER],
            "id": "9a1f",
            "userName": "test.user@okta.example",
            "name": {"givenName": "Test", "familyName": "User"},
            "emails": [{"primary": True, "value": "test.user@okta.example", "type": "work"}],
            "active": True,
        }
        story.answer("users.password.read", 200, shown)
        story.answer("users.password", 200, shown)
        story.run(okta.sync_password(OKTA_ID, "n3w-Secret"))
        compare(story, "wizard_password")
