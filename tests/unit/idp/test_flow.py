from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.catalogue.profiles import Profile
from scimulator.exchange.message import Response
from scimulator.idp.directory import UnknownObjectError
from scimulator.idp.flow import EndlessFlowError, Note, Send, Wait, play
from scimulator.idp.render import render

if TYPE_CHECKING:
    from scimulator.idp.flow import Flow

PROFILE = Profile.load("okta.template")
STEP = Send("connection.users", render(PROFILE, "connection.users"), PROFILE.exchange("connection.users"))


def test_a_driver_is_told_of_every_step():
    seen: list[object] = []

    def flow() -> Flow[int]:
        yield Note("begin")
        answer = yield STEP
        assert answer is not None
        nothing = yield Wait(3, "because")
        assert nothing is None
        return answer.status

    result = play(flow(), lambda _step: Response(204), wait=seen.append, note=seen.append)
    assert result == 204
    assert seen == [Note("begin"), Wait(3, "because")]


def test_a_flow_without_steps_ends_at_once():
    def flow() -> Flow[str]:
        return "done"
        yield STEP

    assert play(flow(), lambda _step: None) == "done"


def test_an_endless_flow_is_stopped():
    def flow() -> Flow[None]:
        while True:
            yield STEP

    with pytest.raises(EndlessFlowError):
        play(flow(), lambda _step: None, most_steps=10)


def test_the_directory_keeps_history(directory):
    directory.change_person("00u1", family_name="New", title="Boss")
    directory.soft_delete("00u2", prefix_login=True)
    directory.leave("g1", ["00u2"])
    directory.join("g1", ["00u2", "00u1"])
    assert directory.person("00u1").value("title") == "Boss"
    assert directory.person("00u2").login == "00u2bob@x.example"
    assert directory.group("g1").members == ("00u1", "00u2")
    changed = [change for change in directory.history if change.event == "changed"]
    assert changed[0].before == {"family_name": "Quill", "title": None}
    assert [change.number for change in directory.history] == list(range(1, len(directory.history) + 1))


def test_an_unknown_person_is_named(directory):
    with pytest.raises(UnknownObjectError, match="'nobody'"):
        directory.person("nobody")
