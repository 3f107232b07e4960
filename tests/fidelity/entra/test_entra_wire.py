"""From an event in the directory to the bytes on the wire, compared with what the sources show of Entra.

The order of headers was never recorded and is not compared. The order of ``schemas`` and ``Operations`` varies between
recordings; the profile's choice is what the files show.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scimulator.catalogue.profiles import Profile, Use
from scimulator.idp.entra import Entra
from scimulator.idp.mapping import mapping_of

HERE = Path(__file__).parent
ENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP_ID = "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159"
BOTH = pytest.mark.parametrize("dialect", ["entra.legacy", "entra.optscim"])


def compare(story, file: str) -> None:
    story.equals(HERE / f"{file}.http", header_order=False)


@BOTH
def test_connection(story, dialect):
    story.nobody("connection.users")
    story.nobody("connection.groups")
    story.run(Entra(dialect, story.directory).test_connection())
    compare(story, "connect")


def test_connection_by_external_id(story):
    story.nobody("connection.users.externalid")
    entra = Entra(Profile.load("entra.legacy", on=["match-externalid"]), story.directory)
    story.run(entra.test_connection(groups=False))
    compare(story, "connect_externalid")


@BOTH
def test_a_new_person_comes_into_scope(story, dialect):
    story.person(
        "ada", "ada.quill@northwind.example", "Ada", "Quill", mailNickname="0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"
    )
    story.nobody("users.find")
    story.answer("users.create", 201, {"id": "7c1d"})
    story.run(Entra(dialect, story.directory).provision("ada"))
    compare(story, "create")


def shown(mail: str = "old@northwind.example", **more: Any) -> dict[str, Any]:
    """What the target answers: a user whose work address differs from the directory's."""
    return {"id": "7c1d", "userName": "ada", "active": True, "emails": [{"type": "work", "value": mail}], **more}


def update(story, dialect: str, current: dict[str, Any], *, without: tuple[str, ...] = (), **change: Any) -> None:
    """Ada changes; what the administrator does not map is ``without``."""
    data = dict(Profile.load(dialect).mapping)
    data["rules"] = [rule for rule in data["rules"] if rule["target"] not in without]  # type: ignore[union-attr,index,call-overload]  # JSON
    entra = Entra(dialect, story.directory, mapping=mapping_of(data))
    story.linked(entra, ada="7c1d")
    story.answer("users.read", 200, current)
    story.directory.change_person("ada", **change)
    story.run(entra.update("ada"))


def test_many_attributes_change(story):
    story.person("ada", "ada", "Ada", "Quill")
    current = shown(
        displayName="Ada",
        name={"givenName": "Ada", "familyName": "Quill"},
        externalId="x",
        **{ENT: {"employeeNumber": "1"}},
    )
    change = {"display_name": "Pvlo", "email": "pvlo@northwind.example", "given_name": "Gtfd", "family_name": "Pkqf"}
    update(
        story, "entra.legacy", current, without=("name.formatted",), **change, mailNickname="Eqpj", employeeId="Eqpj"
    )
    compare(story, "legacy_many")


def test_a_person_is_renamed(story):
    story.person("ada", "ada", "Test", "01")
    current = shown(displayName="Ada", name={"givenName": "Test", "familyName": "Quill", "formatted": "Ada"})
    data = dict(Profile.load("entra.legacy").mapping)
    rules: Any = data["rules"]
    # The recording's formatted name is not the default mapping's: another attribute is its source there.
    data["rules"] = [rule | {"source": "displayName"} if rule["target"] == "name.formatted" else rule for rule in rules]
    entra = Entra("entra.legacy", story.directory, mapping=mapping_of(data))
    story.linked(entra, ada="7c1d")
    story.answer("users.read", 200, current)
    login = "test01@northwind.example"
    story.directory.change_person("ada", display_name="Test 01", email=login, login=login, family_name="Tesst 01")
    story.run(entra.update("ada"))
    compare(story, "legacy_renamed")


def test_values_are_replaced_and_added(story):
    story.person("ada", "ada", "", "")
    current = shown(addresses=[{"type": "work", "formatted": "old"}])
    update(
        story,
        "entra.legacy",
        current,
        email="adele@northwind.example",
        physicalDeliveryOfficeName="18/2111",
        department="Retail",
    )
    compare(story, "legacy_mixed")


def test_an_address_is_filled_for_the_first_time(story):
    story.person("ada", "ada", "", "", email="")
    phone = "+1 234-456-7890"
    update(
        story,
        "entra.legacy",
        shown(),
        country="United States",
        city="West",
        postalCode="12345",
        physicalDeliveryOfficeName="Ext. 127",
        state="WW",
        streetAddress="123 Wester Lane, Suite 456",
        facsimileTelephoneNumber=phone,
        mobile=phone,
        telephoneNumber=phone,
        department="Administrative",
    )
    compare(story, "legacy_address")


def test_a_person_goes_to_the_bin(story):
    id_ = "8a6bcff8-5648-4461-976b-b4f581453c93"
    story.person(id_, "test.user@northwind.example", "", "")
    entra = Entra("entra.legacy", story.directory)
    story.linked(entra, **{id_: "7c1d"})
    story.answer("users.read", 200, shown(userName="test.user@northwind.example"))
    story.directory.soft_delete(id_, prefix_login=True)
    story.run(entra.update(id_))
    compare(story, "legacy_deleted")


@pytest.mark.parametrize("variant", ["legacy", "optscim"])
def test_a_manager_is_set(story, variant):
    story.person("boss", "boss", "", "")
    story.person("ada", "ada", "", "", manager="boss")
    entra = Entra(f"entra.{variant}", story.directory)
    story.linked(entra, ada="7c1d", boss="51ab")
    story.answer("users.read", 200, shown())
    story.run(entra.set_manager("ada"))
    compare(story, f"{variant}_manager")


@pytest.mark.parametrize("file", ["legacy_deactivate", "legacy_reactivate", "optscim_deactivate", "optscim_reactivate"])
def test_a_person_leaves_and_returns(story, file):
    variant, _, what = file.partition("_")
    story.person("ada", "ada", "", "")
    entra = Entra(f"entra.{variant}", story.directory)
    story.linked(entra, ada="7c1d")
    story.answer("users.read", 200, shown() | {"active": what == "deactivate"})
    story.run(entra.reactivate("ada") if what == "reactivate" else entra.deactivate("ada"))
    compare(story, file)


def test_a_person_leaves_a_target_that_shows_no_active(story):
    story.person("ada", "ada", "", "")
    entra = Entra("entra.legacy", story.directory)
    story.linked(entra, ada="7c1d")
    story.answer("users.read", 200, {"id": "7c1d", "userName": "ada"})
    story.run(entra.deactivate("ada"))
    compare(story, "legacy_deactivate_add")


def test_a_person_leaves_after_the_mapping_was_edited(story):
    story.person("ada", "ada", "", "")
    entra = Entra(Profile.load("entra.legacy", on=["lower-case-booleans"]), story.directory)
    story.linked(entra, ada="7c1d")
    story.answer("users.read", 200, shown())
    story.run(entra.deactivate("ada"))
    compare(story, "legacy_deactivate_lower_case")


def test_several_attributes_change_with_the_flag(story):
    story.person("ada", "ada", "Ada", "Quill")
    current = shown(
        displayName="Ada", name={"givenName": "Ada", "familyName": "Quill"}, **{ENT: {"employeeNumber": "1"}}
    )
    change = {"display_name": "Bjfe", "email": "bjfe@northwind.example", "given_name": "Kkom", "family_name": "Unua"}
    update(story, "entra.optscim", current, without=("name.formatted",), **change, employeeId="Aklq")
    compare(story, "optscim_multi")


def test_a_name_changes_with_the_flag(story):
    story.person("ada", "ada", "Ada", "Old", email="")
    current = shown(name={"givenName": "Ada", "familyName": "Old", "formatted": "Ada Old"})
    update(story, "entra.optscim", current, family_name="Quill")
    compare(story, "optscim_name")


def test_attributes_are_filled_with_the_flag(story):
    story.person("ada", "ada", "", "", email="")
    change = {"display_name": "Ada Quill", "given_name": "Ada", "family_name": "Quill"}
    update(story, "entra.optscim", shown(), jobTitle="Bar Foo", **change)
    compare(story, "optscim_add")


def test_an_enterprise_attribute_changes_with_the_flag(story):
    story.person("ada", "ada", "", "", email="")
    update(story, "entra.optscim", shown(**{ENT: {"employeeNumber": "1"}}), employeeId="1111")
    compare(story, "optscim_employee")


@BOTH
def test_a_person_is_deleted_for_good(story, dialect):
    story.person("ada", "ada", "", "")
    entra = Entra(dialect, story.directory)
    story.linked(entra, ada="7c1d")
    story.run(entra.delete("ada"))
    compare(story, "delete_user")


@pytest.mark.parametrize("variant", ["legacy", "optscim"])
def test_the_life_of_a_group(story, variant):
    story.person("ada", "ada", "", "")
    story.group(GROUP_ID, "Orchid Team")
    entra = Entra(f"entra.{variant}", story.directory)
    story.linked(entra, ada="5e2b")
    story.nobody("groups.find")
    story.answer("groups.create", 201, {"id": "91aa"})
    story.answer("groups.read", 200, {"id": "91aa", "displayName": "Orchid Team", "externalId": GROUP_ID})
    story.run(entra.provision_group(GROUP_ID))
    story.directory.join(GROUP_ID, ["ada"])
    story.run(entra.add_members(GROUP_ID, ["ada"]))
    story.directory.leave(GROUP_ID, ["ada"])
    story.run(entra.remove_members(GROUP_ID, ["ada"]))
    story.directory.rename_group(GROUP_ID, "Orchid Team Renamed")
    story.run(entra.rename_group(GROUP_ID), entra.delete_group(GROUP_ID))
    compare(story, f"{variant}_group")


def test_members_with_a_null_reference(story):
    story.person("ada", "ada", "", "")
    story.group(GROUP_ID, "Orchid Team")
    entra = Entra(Profile.load("entra.legacy", on=["null-ref"]), story.directory)
    story.linked(entra, ada="5e2b", **{GROUP_ID: "91aa"})
    story.run(entra.add_members(GROUP_ID, ["ada"]), entra.remove_members(GROUP_ID, ["ada"]))
    compare(story, "legacy_null_ref")


def test_a_group_of_the_same_name_is_there(story):
    story.group(GROUP_ID, "Orchid Team")
    story.listing("groups.find", {"id": "91aa", "displayName": "Orchid Team"})
    story.run(Entra("entra.legacy", story.directory).provision_group(GROUP_ID))
    compare(story, "legacy_matched_group")


def test_a_group_is_created_as_printed(story):
    story.group(GROUP_ID, "Orchid Team")
    story.nobody("groups.find")
    story.answer("groups.create.printed", 201, {"id": "91aa"})
    story.run(Entra(Profile.load("entra.legacy", on=["adscim-schema"]), story.directory).provision_group(GROUP_ID))
    compare(story, "printed_group")


def test_every_file_is_compared_with():
    """A transcription that no story uses proves nothing."""
    text = "".join(path.read_text() for path in HERE.glob("test_*.py"))
    stems = (path.stem for path in HERE.glob("*.http"))
    # A name such as "{variant}_connect" stands for both variants.
    assert not [stem for stem in stems if stem not in text and f"}}_{stem.partition('_')[2]}" not in text]


@BOTH
def test_every_exchange_is_transcribed(transcribed, dialect):
    """Defaults and what a switch turns on; of recorded samples (``instance_of``) the computed original counts."""
    wanted = {
        entry.id
        for entry in Profile.load(dialect).exchanges
        if entry.use in (Use.DEFAULT, Use.SWITCH) and not entry.instance_of
    }
    assert wanted <= transcribed(HERE)
