"""The rules of waiting, on a clock on which nobody waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from scimulator.exchange.clock import SimulatedClock
from scimulator.idp.directory import Kind
from scimulator.idp.flow import Outcome, play
from scimulator.idp.okta import Okta, impatient
from scimulator.idp.okta.patience import MOST_TRIES, TIMEOUT_SECONDS

# A flow, and the exchange in it that meets a 429: the rule covers all of them.
FLOWS = {
    "test_connection": ("connection.users", ()),
    "assign": ("users.create", ("00u1",)),
    "push_profile": ("users.push", ("00u1",)),
    "deactivate": ("users.deactivate", ("00u1",)),
    "import_users": ("import.users", ()),
    "push_group": ("groups.create", ("g1",)),
}


@dataclass
class Rig:
    """An Okta app, a target, and a clock on which the app gives up on answers that take longer than a minute."""

    okta: Okta
    target: Any
    clock: SimulatedClock = field(default_factory=SimulatedClock)

    def carry(self, flow):
        send = impatient(self.target.send, self.clock)
        return play(flow, send, wait=lambda step: self.clock.sleep(step.seconds), most_steps=200)

    def ready(self, name):
        """Return a flow that can start, with the exchange that is going to fail."""
        exchange, arguments = FLOWS[name]
        if name in ("push_profile", "deactivate"):
            self.okta.link("00u1", Kind.PERSON, "u-1")
            self.target.users["u-1"] = {"id": "u-1", "userName": "ada@x.example", "active": True}
        return exchange, getattr(self.okta, name)(*arguments)


@pytest.fixture(params=["okta.template", "okta.wizard"])
def rig(request, directory, seeded, target) -> Rig:
    return Rig(Okta(request.param, directory, randomness=seeded), target)


@pytest.mark.parametrize("name", FLOWS)
class TestTooManyRequests:
    def test_whole_seconds_are_obeyed_and_doubled(self, rig, answer, name):
        exchange, flow = rig.ready(name)
        rig.target.scripted[exchange] = [answer(429, {"detail": "slow"}, Retry_After="120") for _ in range(3)]
        assert rig.carry(flow).outcome not in (Outcome.FAILED, Outcome.UNKNOWN)
        assert rig.clock.slept == [120, 240, 480]

    def test_ten_tries_and_then_it_is_over(self, rig, answer, name):
        exchange, flow = rig.ready(name)
        rig.target.scripted[exchange] = [answer(429) for _ in range(2 * MOST_TRIES)]
        started = rig.clock.now()
        assert rig.carry(flow).outcome is Outcome.FAILED
        assert rig.target.ids.count(exchange) == MOST_TRIES
        assert [step.attempt for step in rig.target.sent if step.exchange_id == exchange] == list(range(1, 11))
        assert rig.clock.slept == [300 * 2**number for number in range(9)]
        assert (rig.clock.now() - started).total_seconds() == 300 * (2**9 - 1)

    def test_each_try_is_the_same_request(self, rig, answer, name):
        exchange, flow = rig.ready(name)
        rig.target.scripted[exchange] = [answer(429, None, Retry_After="1"), answer(429)]
        rig.carry(flow)
        tries = [step.request for step in rig.target.sent if step.exchange_id == exchange][:3]
        assert tries[0] == tries[1] == tries[2]

    @pytest.mark.parametrize("status", [400, 403, 409, 500, 502, 503, 504])
    def test_nothing_else_is_repeated(self, rig, answer, name, status):
        exchange, flow = rig.ready(name)
        rig.target.scripted[exchange] = [answer(status, {"detail": "no"}, Retry_After="5") for _ in range(3)]
        assert rig.carry(flow).outcome is Outcome.FAILED
        assert rig.target.ids.count(exchange) == 1
        assert rig.clock.slept == []


@pytest.mark.parametrize(
    "given", ["", "0.5", "1.5", "-3", "null", "soon", "Wed, 11 Mar 2026 23:29:00 GMT", "\u0661"], ids=repr
)
def test_what_is_no_whole_number_means_five_minutes(rig, answer, given):
    rig.target.scripted["users.find"] = [answer(429, None, Retry_After=given)]
    rig.carry(rig.okta.assign("00u1"))
    assert rig.clock.slept == [300]


def test_the_first_wait_decides_and_later_headers_do_not(rig, answer):
    rig.target.scripted["users.find"] = [
        answer(429, None, Retry_After="10"),
        answer(429, None, Retry_After="1"),
        answer(429),
    ]
    rig.carry(rig.okta.assign("00u1"))
    assert rig.clock.slept == [10, 20, 40]


@pytest.mark.parametrize(("seconds", "outcome"), [(TIMEOUT_SECONDS, Outcome.CREATED), (61, Outcome.FAILED)])
def test_a_minute_of_silence_is_the_end(rig, seconds, outcome):
    def slow(step):
        rig.clock.sleep(seconds)
        return rig.target.send(step)

    result = play(rig.okta.assign("00u1"), impatient(slow, rig.clock))
    assert result.outcome is outcome
    if outcome is Outcome.FAILED:
        assert result.messages[0].endswith("Error while verifying if user ada@x.example exists: null")
        assert rig.target.ids == ["users.find"]
        assert result.task is not None
        assert result.task.retry
