"""What an administrator reads and can do after a failure."""

from __future__ import annotations

import pytest

from scimulator.catalogue.profiles import Profile
from scimulator.exchange.message import Response
from scimulator.idp.directory import Kind
from scimulator.idp.flow import Outcome, play
from scimulator.idp.okta import Okta, words


@pytest.fixture(params=["okta.template", "okta.wizard"])
def okta(request, directory, seeded) -> Okta:
    return Okta(request.param, directory, randomness=seeded)


@pytest.fixture
def template(directory, seeded) -> Okta:
    return Okta("okta.template", directory, randomness=seeded)


class TestRetry:
    def test_a_create_runs_again_from_its_search_and_closes_the_task(self, okta, target, answer):
        target.scripted["users.create"] = [answer(400, {"detail": "bad"})]
        task = play(okta.assign("00u1"), target.send).task
        target.sent.clear()
        assert play(okta.retry(task), target.send).outcome is Outcome.CREATED
        assert target.ids == ["users.find", "users.create"]
        assert okta.app.tasks == []
        assert play(okta.retry(task), target.send).outcome is Outcome.SKIPPED

    def test_a_conflict_that_lasts_takes_the_tasks_place(self, okta, target, answer):
        target.scripted["users.create"] = [answer(409, {"detail": "taken"}), answer(409, {"detail": "still taken"})]
        task = play(okta.assign("00u1"), target.send).task
        result = play(okta.retry(task), target.send)
        assert okta.app.tasks == [result.task]
        assert "still taken" in result.task.message

    def test_another_failure_leaves_one_task(self, okta, target, answer):
        target.scripted["users.create"] = [answer(400, {"detail": "bad"}), answer(200, {"id": "1"})]
        task = play(okta.assign("00u1"), target.send).task
        result = play(okta.retry(task), target.send)
        assert result.outcome is Outcome.UNKNOWN
        assert okta.app.tasks == [result.task]

    def test_a_profile_push_reads_again(self, okta, target):
        okta.link("00u1", Kind.PERSON, "u-1")
        task = play(okta.push_profile("00u1"), target.send).task
        target.sent.clear()
        assert not play(okta.retry(task), target.send).ok
        assert target.ids == ["users.push.read"]
        target.users["u-1"] = {"id": "u-1", "userName": "ada@x.example", "active": True}
        assert play(okta.retry(okta.app.tasks[0]), target.send).outcome is Outcome.UPDATED
        assert okta.app.tasks == []

    def test_the_connection_is_tested_again(self, okta, target, answer):
        target.scripted["connection.users"] = [answer(401, {"detail": "no"})]
        task = play(okta.test_connection(), target.send).task
        assert play(okta.retry(task), target.send).outcome is Outcome.CONNECTED
        assert okta.app.tasks == []

    @pytest.mark.parametrize("kind", ["template groups.find", "template groups.create", "wizard groups.find"])
    def test_a_group_is_pushed_again(self, directory, target, answer, kind):
        dialect, step = kind.split()
        okta = Okta(Profile.load(f"okta.{dialect}", off=["import-groups"]), directory)
        target.scripted[step] = [answer(500, {"detail": "no"})]
        task = play(okta.push_group("g1"), target.send).task
        assert task.exchange_id == step
        assert play(okta.retry(task), target.send).outcome is Outcome.CREATED
        assert okta.app.tasks == []

    def test_a_refused_name_is_sent_again_before_the_members(self, template, target, answer):
        target.scripted["groups.rename"] = [answer(400, {"detail": "path?"})]
        task = play(template.push_group("g1"), target.send).task
        target.sent.clear()
        assert play(template.retry(task), target.send).ok
        assert target.ids == ["groups.rename", "groups.replace-members"]

    def test_a_refused_name_may_be_refused_again(self, template, target, answer):
        target.scripted["groups.rename"] = [answer(400, {"detail": "path?"}) for _ in range(2)]
        task = play(template.push_group("g1"), target.send).task
        assert not play(template.retry(task), target.send).ok
        assert len(template.app.tasks) == 1

    def test_members_are_all_sent_again(self, template, target, answer):
        template.link("00u1", Kind.PERSON, "u-1")
        target.scripted["groups.members"] = [answer(500, {"detail": "no"})]
        task = play(template.push_group("g1"), target.send).task
        target.sent.clear()
        assert play(template.retry(task), target.send).ok
        assert target.ids == ["groups.replace-members"]

    def test_a_deletion_is_tried_again(self, okta, target):
        okta.link("g1", Kind.GROUP, "g-1")
        task = play(okta.delete_group("g1"), target.send).task
        target.groups["g-1"] = {"id": "g-1"}
        assert play(okta.retry(task), target.send).outcome is Outcome.DELETED
        assert okta.app.tasks == []


class TestByHand:
    def test_a_deprovisioning_offers_no_retry_and_is_settled_by_hand(self, okta, target, answer):
        play(okta.assign("00u1"), target.send)
        target.scripted["users.deactivate"] = [answer(502, {"detail": "no"})]
        task = play(okta.deactivate("00u1"), target.send).task
        target.sent.clear()
        assert play(okta.retry(task), target.send).outcome is Outcome.SKIPPED
        assert not target.sent
        assert okta.app.link("00u1").active  # type: ignore[union-attr]  # it was linked above
        okta.settle(task)
        okta.settle(task)
        assert okta.app.tasks == []
        assert not okta.app.link("00u1").active  # type: ignore[union-attr]  # as above

    def test_the_board_lists_by_title(self, template, target, answer):
        for person in ("00u1", "00u2"):
            template.link(person, Kind.PERSON, person)
            play(template.push_profile(person), target.send)
        target.scripted["users.deactivate"] = [answer(501, {"detail": "no"})]
        play(template.deactivate("00u1"), target.send)
        assert [(line.title, len(line.tasks), line.retry) for line in template.board()] == [
            ("profile updates have errors", 2, True),
            ("Application accounts need deprovisioning", 1, False),
        ]


class TestTexts:
    """As consoles and logs showed them."""

    def test_a_create_is_refused(self, okta, target, answer):
        target.scripted["users.create"] = [answer(400, {"detail": "roles is no array"})]
        assert play(okta.assign("00u1"), target.send).messages[0] == (
            "Automatic provisioning of user ada@x.example to app SCIM app failed: Error while creating user "
            "ada@x.example: Bad Request. Errors reported by remote server: roles is no array"
        )

    def test_a_push_is_refused(self, okta, target, answer):
        okta.link("00u1", Kind.PERSON, "u-1")
        target.users["u-1"] = {"id": "u-1"}
        target.scripted["users.push"] = [answer(400, {"detail": "no"})]
        assert play(okta.push_profile("00u1"), target.send).messages[0] == (
            "Error while trying to push profile update for ada@x.example: Bad Request. "
            "Errors reported by remote server: no"
        )

    def test_members_are_refused(self, template, target, answer):
        template.link("g1", Kind.GROUP, "g-1")
        target.scripted["groups.replace-members"] = [answer(501, {"detail": "PATCH"})]
        assert play(template.push_now("g1"), target.send).messages[0] == (
            "Unable to update Group Push mapping target App group Team A: Error while updating user group membership "
            "for group Team A Not Implemented. Errors reported by remote server: PATCH"
        )

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"error code: 502", "Unrecognized token 'error': was expecting (JSON String, Number, Array, Object or"),
            (b"\n<html>", "Unexpected character ('<' (code 60)): expected a valid value"),
            (b"", "No content to map due to end-of-input"),
        ],
    )
    def test_what_is_no_json_hides_its_cause(self, body, said):
        text = words.cause(Response(502, (), body))
        assert text.startswith(f"Bad Gateway. Errors reported by remote server: Invalid JSON: {said}")

    def test_no_answer_is_null(self):
        assert words.cause(None) == "null"

    def test_a_status_without_a_name_is_a_number(self, answer):
        assert words.cause(answer(599, {"detail": "x"})) == "HTTP 599. Errors reported by remote server: x"
