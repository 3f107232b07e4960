"""What the identity provider does, seen in the club's own tables."""

from __future__ import annotations

import pytest
from company.models import Committee, Member

from scimulator.testing import ProvisioningError


def test_who_is_assigned_in_okta_is_a_member(scim_okta):
    scim_okta.assign(scim_okta.person("ada@example.com", given_name="Ada", family_name="King"))
    one = Member.objects.get(login="ada@example.com")
    assert (one.first_name, one.last_name, one.suspended) == ("Ada", "King", False)


def test_each_test_starts_with_an_empty_club():
    assert Member.objects.count() == 0


def test_who_leaves_is_suspended_and_keeps_his_committees(scim_okta):
    ada = scim_okta.person("ada@example.com")
    scim_okta.assign(ada)
    scim_okta.push_group(scim_okta.group(ada, name="Engines"))
    scim_okta.unassign(ada)
    one = Member.objects.get(login="ada@example.com")
    assert one.suspended
    assert [each.name for each in one.committees.all()] == ["Engines"]


def test_a_change_reaches_the_table(scim_okta):
    ada = scim_okta.person("ada@example.com", family_name="Byron")
    scim_okta.assign(ada)
    scim_okta.change(ada, family_name="King", title="Countess")
    one = Member.objects.get(login="ada@example.com")
    assert (one.last_name, one.role) == ("King", "Countess")


def test_a_committee_follows_its_group_at_entra(scim_entra):
    ada, bob = scim_entra.person(), scim_entra.person()
    group = scim_entra.group(ada, bob, name="Looms")
    scim_entra.push_group(group)
    committee = Committee.objects.get(name="Looms")
    assert committee.members.count() == 2
    scim_entra.remove_from_group(group, bob)
    scim_entra.run_cycle()
    assert [each.login for each in committee.members.all()] == [ada.login]


def test_an_import_at_okta_sees_everybody(scim_okta, scim_directory):
    for _ in range(3):
        scim_okta.assign(scim_directory.person())
    assert scim_okta.import_users().seen == 3


def test_a_taken_login_is_told(scim_entra, scim_target):
    ada = scim_entra.person("ada@example.com")
    scim_entra.assign(ada)
    scim_entra.run_cycle()
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ADA@example.com"}
    answer = scim_target.request("POST", "/Users", body)
    assert (answer.status, answer.body["scimType"]) == (409, "uniqueness")


def test_a_failure_names_the_request(scim_okta, monkeypatch):
    ada = scim_okta.person("ada@example.com")
    scim_okta.assign(ada)

    def broken(*_):
        raise RuntimeError("no room")

    monkeypatch.setattr(Member, "save", broken)
    with pytest.raises(ProvisioningError, match=r"unassigning ada@example.com failed"):
        scim_okta.unassign(ada)
