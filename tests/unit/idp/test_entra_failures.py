"""What Entra's job does when the target fails: retries, quarantine, limits, and the guard against deletions."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from scimulator.exchange.message import Response
from scimulator.idp.entra import Entra
from scimulator.idp.entra.events import assign, purge, unassign
from scimulator.idp.entra.job import EntraJob
from scimulator.idp.entra.log import Action, Status
from scimulator.idp.entra.settings import JobSettings, Limits, retry_after
from scimulator.idp.entra.state import Reason
from scimulator.idp.flow import play

ADA, BOB = "00u1", "00u2"
HOUR = timedelta(hours=1)


@pytest.fixture
def engine(directory, seeded) -> Entra:
    made = Entra("entra.legacy", directory, randomness=seeded)
    assign(directory, made.app, ADA)
    assign(directory, made.app, BOB)
    return made


@pytest.fixture
def job(engine) -> EntraJob:
    return EntraJob(engine)


def run(job: EntraJob, target):
    """One cycle; the clock stands at the next one afterwards."""
    target.sent.clear()
    result = play(job.cycle(), target.send)
    clock = job.engine.directory.clock
    if result.next_at is not None:
        clock.sleep((result.next_at - clock.now()).total_seconds())
    return result


def tries(job: EntraJob, target, of: str, until: timedelta) -> list[float]:
    """Hours after the start at which an exchange was sent."""
    clock = job.engine.directory.clock
    start, found = clock.now(), []
    while clock.now() - start < until and not job.app.disabled:
        at = clock.now()
        run(job, target)
        if of in target.ids:
            found.append((at - start) / HOUR)
    return found


class TestRetries:
    def test_the_documented_steps(self):
        assert [retry_after(count) / HOUR for count in range(6)] == [6, 12, 24, 48, 72, 96]

    def test_a_refused_object_is_tried_after_6_12_24_hours_then_daily(self, job, target, answer):
        unassign(job.app, BOB)
        target.scripted["users.create"] = [answer(400, {"detail": "no"}) for _ in range(99)]
        found = tries(job, target, "users.create", timedelta(days=4))
        assert found == [0, 6, 12, 24, 48, 72]

    def test_the_first_retry_can_be_in_the_next_cycle(self, engine, target, answer):
        job = EntraJob(engine, JobSettings(first_retry_in_next_cycle=True))
        unassign(job.app, BOB)
        target.scripted["users.create"] = [answer(400) for _ in range(99)]
        assert tries(job, target, "users.create", timedelta(days=1)) == [0, pytest.approx(2 / 3), 6, 12]

    @pytest.mark.parametrize("status", [429, 500, 503, None])
    def test_a_passing_failure_is_tried_in_the_next_cycle(self, job, target, answer, status):
        broken = None if status is None else answer(status)
        target.scripted["users.create"] = [broken]
        assert run(job, target).count(Status.FAILURE) == 1
        result = run(job, target)
        assert (target.ids.count("users.create"), result.ok) == (1, True)
        assert job.app.escrow == {}

    def test_a_change_makes_it_try_at_once(self, job, target, answer, directory):
        target.scripted["users.create"] = [answer(400)]
        run(job, target)
        run(job, target)
        assert "users.create" not in target.ids
        directory.change_person(ADA, department="R&D")
        assert run(job, target).ok

    def test_after_28_days_the_job_is_disabled(self, job, target, answer):
        target.scripted["users.create"] = [answer(400) for _ in range(99)]
        found = tries(job, target, "users.create", timedelta(days=40))
        assert found[-1] == 28 * 24
        result = run(job, target)
        assert "failed for 28 days (SystemForCrossDomainIdentityManagementBadRequest)" in result.disabled
        assert (result.next_at, target.sent) == (None, [])

    def test_a_failed_removal_waits_as_well(self, job, target, answer):
        run(job, target)
        unassign(job.app, ADA)
        target.scripted["users.deactivate"] = [answer(400)]
        assert run(job, target).entries[0].action is Action.DISABLE
        assert run(job, target).entries == ()
        assert target.ids == ["connection.users", "connection.groups"]

    def test_a_lost_user_is_matched_again(self, job, target, directory):
        run(job, target)
        target.users.clear()
        directory.change_person(ADA, department="R&D")
        assert run(job, target).entries[0].error_code == "InvalidAnchor"
        directory.change_person(ADA, department="Sales")
        run(job, target)
        assert target.ids[2:] == ["users.find", "users.create"]

    def test_a_conflict_repeats_the_search(self, job, target, answer, directory):
        unassign(job.app, BOB)
        target.scripted["users.create"] = [answer(409, {"detail": "taken"})]
        entry = run(job, target).entries[0]
        assert (entry.action, entry.status, entry.error_code) == (Action.CREATE, Status.FAILURE, "Conflict")
        assert entry.reason == (
            "Conflict (HTTP 409): taken This operation was retried 0 times. "
            "It will be retried again after this date: 2026-01-05T15:00:00Z"
        )
        target.users["x"] = {"id": "x", "userName": "ada@x.example"}
        directory.clock.sleep(6 * 3600)
        run(job, target)
        assert target.ids[2:] == ["users.find", "users.update"]

    def test_a_member_who_is_refused_is_tried_again(self, job, target, answer, directory):
        """The target knows the person no longer and answers 404 to the removal; that repeats itself."""
        assign(directory, job.app, "g1")
        run(job, target)
        purge(directory, BOB)
        target.scripted["groups.members.remove"] = [answer(404, {"detail": "no such member"})] * 2
        assert run(job, target).entries[-1].error_code == "InvalidAnchor"
        directory.clock.sleep(6 * 3600)
        assert run(job, target).count(Status.FAILURE) == 1
        directory.clock.sleep(6 * 3600)
        assert run(job, target).ok
        assert job.app.members["g1"] == {ADA: "u-1"}


class TestQuarantine:
    @pytest.mark.parametrize("status", [401, 403, 404, 400])
    def test_a_refused_probe(self, job, target, answer, status):
        target.scripted["connection.users"] = [answer(status, {"detail": "no"})]
        result = run(job, target)
        assert target.ids == ["connection.users"]
        assert result.quarantine is not None
        assert result.quarantine.reason is Reason.EXCEPTION
        assert "no" in result.problem

    def test_an_unreadable_probe(self, job, target):
        target.scripted["connection.users"] = [Response(200, (), b"<html>")]
        assert run(job, target).quarantine is not None

    @pytest.mark.parametrize("status", [500, 503, 429, None])
    def test_a_broken_probe_only_ends_the_cycle(self, job, target, answer, status):
        target.scripted["connection.users"] = [None if status is None else answer(status)]
        result = run(job, target)
        assert (result.quarantine, bool(result.problem)) == (None, True)
        assert run(job, target).ok

    def test_it_ends_when_the_cause_is_gone(self, job, target, answer):
        target.scripted["connection.users"] = [answer(401)] * 2
        run(job, target)
        run(job, target)
        result = run(job, target)
        assert (result.quarantine, result.initial, result.ok) == (None, True, True)

    def test_cycles_get_rarer_up_to_one_a_day(self, job, target, answer):
        target.scripted["connection.users"] = [answer(401)] * 12
        pauses = []
        for _ in range(9):
            result = run(job, target)
            pauses.append((result.next_at - result.started) / timedelta(minutes=40))
        assert pauses == [1, 2, 4, 8, 16, 32, 36, 36, 36]

    def test_credentials_refused_in_the_middle(self, job, target, answer):
        target.scripted["users.create"] = [answer(401, {"detail": "expired"})]
        result = run(job, target)
        assert result.quarantine is not None
        assert target.ids[2:] == ["users.find", "users.create"]
        assert job.app.watermark == 0
        assert run(job, target).ok
        assert set(job.app.links) == {ADA, BOB}

    def test_a_single_refusal_of_an_object_is_no_cause(self, job, target, answer):
        target.scripted["users.create"] = [answer(403)]
        result = run(job, target)
        assert (result.quarantine, result.entries[0].error_code) == (None, "InsufficientRights")

    def test_after_four_weeks_the_job_is_disabled(self, job, target, answer):
        target.scripted["connection.users"] = [answer(401)] * 99
        clock = job.engine.directory.clock
        start: datetime = clock.now()
        while not job.app.disabled:
            run(job, target)
        assert timedelta(days=28) <= clock.now() - start < timedelta(days=30)
        job.restart()
        target.scripted.clear()
        assert run(job, target).ok

    @pytest.mark.parametrize(
        ("limits", "reason"),
        [
            (Limits(fewest=2), Reason.PROPORTION),
            (Limits(fewest=1, most=1), Reason.BASE),
            (Limits(most_with_references=1), Reason.TOTAL),
            (Limits(fewest=3), None),
        ],
    )
    def test_too_many_failures(self, engine, target, answer, limits, reason):
        job = EntraJob(engine, JobSettings(limits=limits))
        target.scripted["users.create"] = [answer(400), answer(400)]
        found = run(job, target).quarantine
        assert (found.reason if found else None) == reason
        job.engine.directory.clock.sleep(6 * 3600)
        assert run(job, target).quarantine is None


class TestAccidentalDeletions:
    @pytest.fixture
    def job(self, engine, target) -> EntraJob:
        made = EntraJob(engine, JobSettings(deletion_threshold=1))
        run(made, target)
        return made

    def test_up_to_the_threshold_nothing_is_held(self, job, target):
        unassign(job.app, ADA)
        assert run(job, target).ok
        assert "users.deactivate" in target.ids

    def test_more_are_held_until_allowed(self, job, target, directory):
        unassign(job.app, ADA)
        directory.soft_delete(BOB)
        result = run(job, target)
        assert (result.held, result.quarantine.reason) == (2, Reason.TOO_MANY_DELETES)
        assert target.ids == ["connection.users", "connection.groups"]
        assert run(job, target).held == 2
        job.allow_deletions()
        result = run(job, target)
        assert (result.held, result.quarantine) == (0, None)
        assert target.ids[2:].count("users.deactivate") == 2

    def test_assigned_again_in_time_nothing_was_lost(self, job, target, directory):
        unassign(job.app, ADA)
        unassign(job.app, BOB)
        run(job, target)
        assign(directory, job.app, ADA)
        assign(directory, job.app, BOB)
        result = run(job, target)
        assert (result.held, result.quarantine) == (0, None)
        assert "users.deactivate" not in target.ids
