"""What the identity provider does, seen in our own database."""

from __future__ import annotations

import pytest
from app import PREFIX, create_app
from staff import Employee, Staff

from scimulator.testing import ProvisioningError, ScimApplication


@pytest.fixture
def staff():
    return Staff()


@pytest.fixture
def scim_target_spec(staff):
    return ScimApplication(create_app(staff, token="secret"), path=PREFIX, token="secret")


def test_who_is_assigned_in_okta_can_log_in(scim_okta, staff):
    ada = scim_okta.person("ada@example.com", given_name="Ada", family_name="King", department="Engines")
    scim_okta.assign(ada)
    one = staff.by_login("ada@example.com")
    assert (one.given_name, one.family_name, one.active) == ("Ada", "King", True)


def test_who_leaves_is_kept_but_locked_out(scim_okta, staff):
    ada = scim_okta.person("ada@example.com")
    scim_okta.assign(ada)
    scim_okta.unassign(ada)
    assert [one.active for one in staff.employees()] == [False]
    scim_okta.assign(ada)
    assert [one.active for one in staff.employees()] == [True]


def test_an_account_that_was_here_before_is_linked_and_not_made_twice(scim_okta, staff):
    staff.save(Employee(login="ada@example.com", title="Countess"))
    scim_okta.assign(scim_okta.person("ada@example.com", given_name="Ada"))
    (one,) = staff.employees()
    assert (one.given_name, one.title) == ("Ada", "Countess")


def test_a_team_follows_its_group(scim_okta, staff):
    ada, bob = scim_okta.person(), scim_okta.person()
    scim_okta.assign(ada)
    scim_okta.assign(bob)
    group = scim_okta.group(ada, name="Engines")
    scim_okta.push_group(group)
    scim_okta.add_to_group(group, bob)
    (team,) = staff.teams()
    assert len(team.members) == 2
    scim_okta.remove_from_group(group, ada)
    (team,) = staff.teams()
    assert [staff.employee(each).login for each in team.members] == [bob.login]
    scim_okta.delete_group(group)
    assert staff.teams() == []


def test_entra_carries_changes_over_in_its_next_cycle(scim_entra, staff):
    ada = scim_entra.person("ada@example.com", department="Engines")
    group = scim_entra.group(ada, name="Engines")
    scim_entra.assign(group)
    scim_entra.run_cycle()
    assert staff.by_login("ada@example.com").department == "Engines"
    assert [team.name for team in staff.teams()] == ["Engines"]
    scim_entra.change(ada, department="Looms")
    assert staff.by_login("ada@example.com").department == "Engines"
    scim_entra.run_cycle()
    assert staff.by_login("ada@example.com").department == "Looms"
    scim_entra.deactivate(ada)
    scim_entra.run_cycle()
    assert staff.by_login("ada@example.com").active is False


def test_entra_on_demand_is_at_once(scim_entra, staff):
    ada = scim_entra.person("ada@example.com")
    scim_entra.assign(ada)
    scim_entra.provision_on_demand(ada)
    assert staff.by_login("ada@example.com") is not None


def test_a_refusal_reads_well(scim_okta, staff):
    staff.db.execute("drop table employee")
    with pytest.raises(ProvisioningError, match=r"assigning ada@example.com failed.*500"):
        scim_okta.assign(scim_okta.person("ada@example.com"))


def test_without_a_token_nothing_is_told(scim_target):
    assert scim_target.request("GET", "/Users", headers={"Authorization": "Bearer wrong"}).status == 401
