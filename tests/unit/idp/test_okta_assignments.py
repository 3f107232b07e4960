"""Whose values win where an app is assigned through several groups."""

from __future__ import annotations

import pytest

from scimulator.idp.directory import DirectoryGroup
from scimulator.idp.flow import Outcome, play
from scimulator.idp.mapping import Attribute
from scimulator.idp.okta import AppAttribute, AppUserError, AppUserSchema, Okta, ValueKind

SPACE = "urn:example:team:2.0:User"
SCHEMA = AppUserSchema(
    (
        AppAttribute("editor", "editor", SPACE, ValueKind.BOOLEAN),
        AppAttribute("plan", "plan", SPACE, source=Attribute("plan")),
        AppAttribute("licences", "licences", SPACE, ValueKind.TEXTS, combined=True),
        AppAttribute("badge", "badge", SPACE, personal=True),
    )
)


@pytest.fixture
def okta(directory, seeded) -> Okta:
    directory.add_group(DirectoryGroup("g2", "Team B", ("00u1",)))
    return Okta("okta.template", directory, randomness=seeded, schema=SCHEMA)


@pytest.fixture
def both(okta, target) -> Okta:
    """Ada is in both groups, Bob in Team A only; Team A comes first."""
    play(okta.assign_group("g1", profile={"editor": True, "plan": "gold", "licences": ["a", "b"]}), target.send)
    play(okta.assign_group("g2", profile={"editor": False, "licences": ["b", "c"]}), target.send)
    target.sent.clear()
    return okta


def test_a_group_makes_an_account_for_each_member_and_no_request_for_itself(okta, target):
    results = play(okta.assign_group("g1", profile={"editor": True}), target.send)
    assert [result.outcome for result in results] == [Outcome.CREATED] * 2
    assert target.ids == ["users.find", "users.create"] * 2
    assert [body[SPACE] for body in target.bodies] == [{"editor": True}] * 2


def test_who_is_switched_off_gets_none(okta, target, directory):
    directory.change_person("00u2", enabled=False)
    assert len(play(okta.assign_group("g1"), target.send)) == 1


def test_the_group_with_the_highest_priority_wins(both):
    assert both.app_values("00u1") == {"editor": True, "plan": "gold", "licences": ["a", "b", "c"]}


def test_the_winner_gives_its_whole_profile(both, target):
    """Team B says nothing of the plan, so the mapping does: nothing falls through to the next group."""
    results = play(both.prioritise_groups(["g2", "g1"]), target.send)
    assert [result.outcome for result in results] == [Outcome.UPDATED]
    assert target.ids == ["users.push.read", "users.push"]
    assert target.bodies[0][SPACE]["editor"] is False
    assert both.app_values("00u1") == {"editor": False, "licences": ["b", "c", "a"]}


def test_only_people_whose_values_change_are_pushed(both, target):
    assert play(both.prioritise_groups(["g1", "g2"]), target.send) == ()
    assert not target.sent


def test_a_new_group_comes_last(both, directory):
    directory.add_group(DirectoryGroup("g3", "Team C", ("00u1",)))
    play(both.assign_group("g3", profile={"editor": False}), lambda _step: None)
    assert [each.subject for each in both.assigned_groups("00u1")] == ["g1", "g2", "g3"]
    assert both.app_values("00u1")["editor"] is True


def test_an_individual_assignment_leaves_the_groups_out(both, target):
    play(both.assign_person("00u1", profile={"editor": False}), target.send)
    assert both.app_values("00u1") == {"editor": False}
    assert target.ids == ["users.push.read", "users.push"]


def test_after_an_individual_assignment_the_groups_count_again(both, target):
    play(both.assign_person("00u1", profile={"editor": False}), target.send)
    target.sent.clear()
    assert play(both.unassign_person("00u1"), target.send).outcome is Outcome.UPDATED
    assert both.app.assignments["00u1"].via == "g1"
    assert both.app_values("00u1")["editor"] is True


def test_whom_nothing_holds_is_switched_off(both, target):
    results = play(both.unassign_group("g1"), target.send)
    outcomes = {result.remote_id: result.outcome for result in results}
    assert outcomes == {"u-1": Outcome.UPDATED, "u-2": Outcome.DEACTIVATED}
    assert both.app.assignments["00u1"].via == "g2"
    assert "00u2" not in both.app.assignments


def test_an_assignment_of_their_own_keeps_people_when_the_group_goes(both, target):
    play(both.assign_person("00u2"), target.send)
    target.sent.clear()
    play(both.unassign_group("g1"), target.send)
    assert both.app.assignments["00u2"].via == ""
    assert "users.deactivate" not in target.ids


def test_joining_and_leaving_follow_the_group(both, target, directory):
    directory.join("g2", ["00u2"])
    assert [r.outcome for r in play(both.join_assigned("g2", ["00u2"]), target.send)] == [Outcome.UPDATED]
    assert both.app_values("00u2")["licences"] == ["a", "b", "c"]
    directory.leave("g1", ["00u2"])
    play(both.leave_assigned("g1", ["00u2"]), target.send)
    assert both.app_values("00u2")["editor"] is False
    directory.leave("g2", ["00u2"])
    results = play(both.leave_assigned("g2", ["00u2"]), target.send)
    assert [result.outcome for result in results] == [Outcome.DEACTIVATED]


def test_joining_a_group_that_changes_nothing_sends_nothing(both, target, directory):
    directory.add_group(DirectoryGroup("g3", "Team C"))
    play(both.assign_group("g3"), target.send)
    directory.join("g3", ["00u1"])
    assert [r.outcome for r in play(both.join_assigned("g3", ["00u1"]), target.send)] == [Outcome.UNCHANGED]
    assert not target.sent


def test_groups_without_the_app_are_nobodys_business(okta, target):
    assert play(okta.join_assigned("g1", ["00u1"]), target.send) == ()
    assert play(okta.leave_assigned("g1", ["00u1"]), target.send) == ()
    assert play(okta.unassign_group("g1"), target.send) == ()
    assert play(okta.unassign_person("00u1"), target.send).outcome is Outcome.SKIPPED


def test_personal_values_stand_beside_those_of_the_group(both, target):
    assert play(both.set_personal("00u1", {"badge": "7"}), target.send).outcome is Outcome.UPDATED
    assert both.app_values("00u1")["badge"] == "7"
    play(both.prioritise_groups(["g2", "g1"]), target.send)
    assert both.app_values("00u1")["badge"] == "7"
    with pytest.raises(AppUserError, match="editor follows the group"):
        play(both.set_personal("00u1", {"editor": True}), target.send)


def test_a_group_cannot_give_a_personal_value(okta, target):
    with pytest.raises(AppUserError, match="badge is set per person"):
        play(okta.assign_group("g1", profile={"badge": "7"}), target.send)
    with pytest.raises(AppUserError, match="editor is a boolean"):
        play(okta.assign_group("g1", profile={"editor": "yes"}), target.send)
    assert not okta.app.assignments


def test_values_of_the_default_mapping_can_be_overridden_too(okta, target):
    play(okta.assign_group("g1", profile={"title": "Lead"}), target.send)
    assert target.bodies[0]["title"] == "Lead"
