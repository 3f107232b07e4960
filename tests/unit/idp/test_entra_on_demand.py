"""Provisioning on demand: three requests in the recorded order, four steps, always without the flag."""

from __future__ import annotations

import pytest

from scimulator.catalogue.profiles import Profile
from scimulator.idp.directory import DirectoryGroup, Kind, UnknownObjectError
from scimulator.idp.entra import Entra, Matching
from scimulator.idp.entra.events import assign
from scimulator.idp.entra.job import EntraJob
from scimulator.idp.entra.log import Action, Status
from scimulator.idp.entra.on_demand import StepName
from scimulator.idp.flow import Outcome, play

ADA = "00u1"
HERE = {"id": "x", "userName": "ada@x.example", "active": True, "displayName": "Old", "externalId": "ada"}


@pytest.fixture(params=["entra.legacy", "entra.optscim"])
def job(request, directory, seeded) -> EntraJob:
    made = EntraJob(Entra(request.param, directory, randomness=seeded))
    assign(directory, made.app, ADA)
    return made


def test_an_account_is_changed_without_the_flag(job, target):
    target.users["x"] = dict(HERE)
    result = play(job.on_demand(ADA), target.send)
    assert target.ids == ["on-demand.probe", "on-demand.find", "on-demand.update"]
    assert target.bodies[0]["Operations"][0] == {"op": "Replace", "path": "displayName", "value": "Ada Quill"}
    assert [(step.name, step.status) for step in result.steps] == [(name, Status.SUCCESS) for name in StepName]
    assert dict(result.steps[3].details)["displayName"] == "Old -> Ada Quill"
    assert (result.ok, job.log.entries[-1].cycle, job.log.entries[-1].action) == (True, 0, Action.UPDATE)
    assert result.as_table().splitlines()[2].startswith("Import user")
    assert job.app.remote_id(ADA) == "x"


def test_nobody_there_is_created(job, target):
    result = play(job.on_demand(ADA), target.send)
    assert target.ids == ["on-demand.probe", "on-demand.find", "users.create"]
    assert result.result.outcome is Outcome.CREATED
    assert dict(result.steps[2].details)["targetId"] == "none"


def test_nothing_differs(job, target):
    play(job.on_demand(ADA), target.send)
    result = play(job.on_demand(ADA), target.send)
    assert target.ids[3:] == ["on-demand.probe", "on-demand.find"]
    assert result.steps[3].status is Status.SKIPPED


def test_out_of_scope_is_disabled_where_it_is_known(job, target):
    target.users["x"] = dict(HERE)
    job.app.assignments.clear()
    result = play(job.on_demand(ADA), target.send)
    assert (result.steps[-1].status, target.bodies) == (Status.SKIPPED, [])
    job.engine.link(ADA, Kind.PERSON, "x")
    result = play(job.on_demand(ADA), target.send)
    assert target.bodies[0]["Operations"] == [{"op": "Replace", "path": "active", "value": "False"}]
    assert result.result.outcome is Outcome.DEACTIVATED


@pytest.mark.parametrize("change", [{"enabled": False}, {"deleted": True}])
def test_deleted_or_disabled_people_are_not_processed(job, target, directory, change):
    directory.change_person(ADA, **change)
    result = play(job.on_demand(ADA), target.send)
    assert target.ids == ["on-demand.probe"]
    assert [(step.name, step.status) for step in result.steps] == [(StepName.IMPORT, Status.SKIPPED)]
    assert result.ok


def test_a_failed_probe_ends_it(job, target, answer):
    target.scripted["on-demand.probe"] = [answer(401)]
    result = play(job.on_demand(ADA), target.send)
    assert (target.ids, result.ok, result.entry) == (["on-demand.probe"], False, None)


def test_a_404_to_the_change_is_red(job, target, answer):
    target.users["x"] = dict(HERE)
    target.scripted["on-demand.update"] = [answer(404, {"detail": "gone"})]
    result = play(job.on_demand(ADA), target.send)
    assert result.steps[-1].status is Status.FAILURE
    assert dict(result.steps[-1].details) == {"errorCode": "InvalidAnchor", "reason": "InvalidAnchor (HTTP 404): gone"}
    assert result.entry is not None
    assert result.entry.error_code == "InvalidAnchor"


def test_several_hits_end_at_the_match(job, target, answer):
    target.scripted["on-demand.find"] = [answer(200, {"totalResults": 2, "Resources": [{"id": "1"}, {"id": "2"}]})]
    result = play(job.on_demand(ADA), target.send)
    assert (result.steps[-1].name, result.steps[-1].status) == (StepName.MATCH, Status.FAILURE)
    assert len(target.sent) == 2


def test_other_matching_attributes_count_here_too(directory, seeded, target):
    engine = Entra("entra.optscim", directory, randomness=seeded, matching=(Matching.EXTERNAL_ID, Matching.USER_NAME))
    assign(directory, engine.app, ADA)
    play(EntraJob(engine).on_demand(ADA), target.send)
    assert target.ids == ["connection.users.externalid", "users.find.externalid", "on-demand.find", "users.create"]


def test_roles_are_not_written(directory, seeded, target):
    engine = Entra(Profile.load("entra.legacy", on=["roles-complex"]), directory, randomness=seeded)
    directory.change_person(ADA, appRoleAssignments=[{"id": "1", "value": "Admin", "displayName": "Admin"}])
    assign(directory, engine.app, ADA)
    play(EntraJob(engine).on_demand(ADA), target.send)
    assert target.bodies[0]["roles"] == []


class TestGroups:
    def test_a_group_with_some_members(self, job, target, directory):
        assign(directory, job.app, "g1")
        play(job.on_demand(ADA), target.send)
        target.sent.clear()
        result = play(job.on_demand("g1", (ADA,)), target.send)
        assert target.ids == ["on-demand.probe", "groups.find", "groups.create", "groups.members.add"]
        assert target.bodies[1]["Operations"][0]["op"] == "Add"
        assert result.ok

    def test_out_of_scope(self, job, target):
        assert play(job.on_demand("g1"), target.send).steps[-1].name is StepName.SCOPE

    def test_a_failed_search(self, job, target, directory, answer):
        assign(directory, job.app, "g1")
        target.scripted["groups.find"] = [answer(500)]
        assert play(job.on_demand("g1"), target.send).steps[-1].name is StepName.MATCH

    def test_five_members_at_most(self, job, target, directory):
        directory.add_group(DirectoryGroup("g2", "Team B"))
        with pytest.raises(ValueError, match="on demand takes 5 at most"):
            play(job.on_demand("g2", tuple("abcdef")), target.send)
        with pytest.raises(ValueError, match="only a group has members"):
            play(job.on_demand(ADA, ("a",)), target.send)
        with pytest.raises(UnknownObjectError):
            play(job.on_demand("nobody"), target.send)
