"""Whatever a target answers, and wherever a driver drops it, Entra's job comes to an end and keeps what it knows."""

from __future__ import annotations

import json
import random
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scimulator.catalogue.profiles import Profile
from scimulator.exchange.clock import SimulatedClock
from scimulator.exchange.message import Response
from scimulator.idp.directory import Directory, DirectoryGroup, Person
from scimulator.idp.entra import Entra, Matching
from scimulator.idp.entra.events import assign, purge
from scimulator.idp.entra.job import EntraJob
from scimulator.idp.entra.log import Status
from scimulator.idp.entra.settings import JobSettings
from scimulator.idp.flow import Outcome, Send, play
from scimulator.provider import Provider

_NAMES = st.sampled_from(["id", "Resources", "totalResults", "roles", "emails", "active", "value", "members"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=8,
)
_BODIES = st.binary(max_size=6) | _JSON.map(lambda value: json.dumps(value).encode())
_STATUS = st.sampled_from([200, 200, 200, 201, 201, 204, 400, 401, 404, 409, 429, 500])
_ANSWERS = st.none() | st.builds(lambda status, body: Response(status, (), body), _STATUS, _BODIES)
_EMPTY = Response(200, (), b'{"totalResults":0,"Resources":[]}')


def company(*switches: str) -> EntraJob:
    directory = Directory(SimulatedClock())
    directory.add_person(Person("boss", "boss@x.example", "B", "O", "boss@x.example"))
    directory.add_person(Person("p", "p@x.example", "P", "Q", "p@x.example", manager="boss"))
    directory.change_person("p", appRoleAssignments=[{"id": "1", "value": "Admin", "displayName": "Admin"}])
    directory.add_group(DirectoryGroup("g", "G", ("p", "boss")))
    randomness = random.Random(1)  # noqa: S311  a seed
    profile = Profile.load("entra.legacy", on=switches)
    engine = Entra(profile, directory, randomness=randomness, matching=tuple(Matching))
    assign(directory, engine.app, "g")
    return EntraJob(engine, JobSettings(deletion_threshold=1))


@settings(max_examples=60, deadline=None)
@given(answers=st.lists(_ANSWERS, max_size=40))
def test_any_answers_end_in_results(answers):
    job = company("roles-complex", "reference-checks")
    clock = job.engine.directory.clock
    waiting = list(answers)
    probes: list[Response | None] = [_EMPTY, _EMPTY]

    def send(step: Send) -> Response | None:
        if step.exchange_id.startswith("connection.") and probes:
            return probes.pop()
        return waiting.pop(0) if waiting else None

    for turn in range(4):
        result = play(job.cycle(), send, most_steps=200)
        assert bool(result.problem or result.disabled) or job.app.running is None
        if turn == 1:
            purge(job.engine.directory, "p")
        if result.next_at:
            clock.sleep((result.next_at - clock.now()) / timedelta(seconds=1))
    assert job.log.as_table()
    assert json.loads(job.log.as_json()) is not None
    assert play(job.on_demand("boss"), send, most_steps=50).steps


@settings(max_examples=30, deadline=None)
@given(drops=st.lists(st.integers(1, 12), max_size=5))
def test_any_drops_end_alike(drops):
    """A driver that is killed before an answer arrives starts the cycle again; nobody is created twice."""
    job = company()
    provider = Provider("http://x.example/scim", seed=1)
    for steps in drops:
        flow = job.cycle()
        step = next(flow)
        try:
            for _ in range(steps):
                step = flow.send(provider.handle(step.request) if isinstance(step, Send) else None)
        except StopIteration:
            break
        if isinstance(step, Send):
            provider.handle(step.request)  # the request arrives, its answer does not
        flow.close()
    play(job.cycle(), lambda step: provider.handle(step.request))
    links = {job.app.remote_id(one) for one in ("boss", "p")}
    assert len(links) == 2
    assert job.app.members == {"g": {one: job.app.remote_id(one) for one in ("p", "boss")}}
    assert not [entry for entry in job.log if entry.status is Status.FAILURE]


def test_nothing_to_match_by():
    """A person without a value for any matching attribute cannot be looked for."""
    directory = Directory(SimulatedClock())
    directory.add_person(Person("p", "p@x.example"))
    engine = Entra("entra.legacy", directory, matching=(Matching.EXTERNAL_ID,))
    result = play(engine.provision("p"), lambda _step: None)
    assert (result.outcome, result.messages) == (
        Outcome.FAILED,
        ("MandatoryFieldsMissing: no matching attribute has a value",),
    )


def test_only_a_gallery_app_reads_the_schemas():
    assert play(company().engine.discover(), lambda _step: None).outcome is Outcome.SKIPPED
    assert play(company("gallery-app").engine.discover(), lambda _step: None).outcome is Outcome.FAILED
