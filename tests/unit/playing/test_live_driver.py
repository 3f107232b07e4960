"""On a target: the recorded form, the target's limits, nobody else's resources, and nothing left behind."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scimulator.catalogue.profiles import Profile
from scimulator.exchange.clock import SimulatedClock
from scimulator.exchange.message import FailureKind, Response
from scimulator.idp.driving.log import Status
from scimulator.idp.scenario_file import read_scenario
from scimulator.playing.belongings import Belongings
from scimulator.playing.ending import compare
from scimulator.playing.live import LiveDriver, TargetGoneError
from scimulator.playing.performance import perform, staged
from scimulator.target.auth import bearer
from scimulator.target.guest import RemovalKind
from scimulator.target.journal import find_journals
from scimulator.target.settings import Limits
from scimulator.target.target import CarrierError, Target

ASSIGN = 'title = "T"\n[people.ada]\nlogin = "ada@x.example"\ngivenName = "A"\nfamilyName = "B"\n'
ASSIGN += '[[events]]\ndo = "assign"\nperson = "ada"\n'
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


class Canned:
    """Answers by method and path's first segment; what was asked is kept."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Response]] = {}
        self.requests = []

    def answer(self, key: str, status: int, body: object = None, *headers: tuple[str, str]) -> None:
        raw = b"" if body is None else json.dumps(body).encode()
        self.answers.setdefault(key, []).append(Response(status, headers, raw))

    def carry(self, request, timeout):
        self.requests.append(request)
        waiting = self.answers.get(f"{request.method} {request.path}", [])
        if not waiting:
            return Response(404)
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    def close(self) -> None:
        pass

    def count(self, method: str) -> int:
        return sum(each.method == method for each in self.requests)


@pytest.fixture
def canned() -> Canned:
    return Canned()


@pytest.fixture
def play(canned, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    opened = []

    def run(text: str = ASSIGN, dialect: str = "okta.template", *, mark="scimulator-tests-", real_time=False, **limits):
        target = Target(
            spec="fake:",
            name="fake:",
            base_url="http://fake.invalid",
            carrier=canned,
            limits=replace(Limits(), **limits),
            credentials=bearer("canary-token"),
            host="fake.invalid",
        )
        clock = SimulatedClock()
        scenario = read_scenario(text, "t.toml").marked(mark)
        stage = staged(scenario, Profile.load(dialect), clock)
        belongings = Belongings(target, "tests", mark=mark, names=scenario.names())
        opened.append(belongings)
        entries = list(perform(stage, LiveDriver(target, belongings, clock, real_time=real_time)))
        return entries, stage, target, belongings

    yield run
    for each in opened:
        each.close()


def nobody(canned: Canned) -> None:
    canned.answer("GET /Users", 200, {"schemas": [LIST], "totalResults": 0, "Resources": []})


def test_headers_stand_where_they_were_recorded(canned, play) -> None:
    nobody(canned)
    canned.answer("POST /Users", 201, {"id": "1", "userName": "scimulator-tests-ada@x.example"})
    play()
    post = next(each for each in canned.requests if each.method == "POST")
    assert [name for name, _ in post.headers] == [
        *("Accept", "Accept-Charset", "Content-Type", "User-Agent", "Authorization", "Content-Length", "Host"),
        *("Connection", "Accept-Encoding"),
    ]
    assert post.header("Authorization") == "Bearer canary-token"
    assert post.header("Content-Length") == str(len(post.body))


def test_what_is_made_is_in_the_journal_before_it_is_sent(canned, play) -> None:
    nobody(canned)
    seen = []
    carry = canned.carry

    def watch(request, timeout):
        if request.method == "POST":
            seen.extend(find_journals("fake:")[0].leftovers)
        return carry(request, timeout)

    canned.carry = watch
    canned.answer("POST /Users", 201, {"id": "1", "userName": "scimulator-tests-ada@x.example"})
    play()
    assert [(each.endpoint, each.mark) for each in seen] == [("/Users", "scimulator-tests-ada@x.example")]
    assert find_journals("fake:")[0].leftovers[0].id == "1"


def test_a_careless_search_leads_to_nobody_elses_account(canned, play) -> None:
    somebody = {"id": "7", "userName": "boss@real.example", "active": True}
    canned.answer("GET /Users", 200, {"schemas": [LIST], "totalResults": 1, "Resources": [somebody]})
    canned.answer("GET /Users/7", 200, somebody)
    entries, stage, target, belongings = play()
    assert canned.count("PATCH") + canned.count("PUT") + canned.count("POST") + canned.count("DELETE") == 0
    assert entries[0].status is Status.FAILURE
    assert "/Users/7 is somebody else's" in entries[0].messages[0]
    assert [each.kind.value for each in compare(stage, target).drifts] == ["missing-account"]
    assert belongings.remove_all() == []


def test_an_answer_that_shows_somebody_else_makes_nothing_ours(canned, play) -> None:
    nobody(canned)
    somebody = {"id": "7", "userName": "boss@real.example", "active": True}
    canned.answer("POST /Users", 201, somebody)
    canned.answer("GET /Users/7", 200, somebody)
    *_, belongings = play(f'{ASSIGN}[[events]]\ndo = "unassign"\nperson = "ada"\n')
    assert canned.count("PATCH") == 0
    belongings.remove_all()
    assert canned.count("DELETE") == 0


def test_without_a_mark_only_the_scenarios_names_are_written_to(canned, play) -> None:
    mine = {"id": "7", "userName": "Ada@x.example", "active": False}
    canned.answer("GET /Users", 200, {"schemas": [LIST], "totalResults": 1, "Resources": [mine]})
    canned.answer("GET /Users/7", 200, mine)
    canned.answer("PATCH /Users/7", 200, mine)
    canned.answer("PUT /Users/7", 200, mine)
    entries, _, _, belongings = play(mark="")
    assert entries[0].outcome == "linked"
    assert belongings.remove_all() == []
    assert find_journals("fake:") == []


def test_what_got_no_answer_is_found_by_its_name_and_removed(canned, play) -> None:
    nobody(canned)
    canned.answer("POST /Users", 500)
    *_, belongings = play()
    made = {"id": "9", "userName": "scimulator-tests-ada@x.example"}
    other = {"id": "8", "userName": "scimulator-other-ada@x.example"}
    found = {"schemas": [LIST], "totalResults": 2, "Resources": [other, made]}
    canned.answers["GET /Users"] = [Response(200, (), json.dumps(found).encode())]
    canned.answer("GET /Users/9", 200, made)
    canned.answer("GET /Users/9", 404)
    canned.answer("DELETE /Users/9", 204)
    removals = belongings.remove_all()
    assert [(each.kind, each.id) for each in removals] == [(RemovalKind.DELETED, "9")]


def test_a_pause_that_the_target_asks_for_is_made(canned, play, monkeypatch) -> None:
    slept = []
    monkeypatch.setattr("scimulator.exchange.clock.time.sleep", slept.append)
    nobody(canned)
    canned.answer("POST /Users", 429, None, ("Retry-After", "2"))
    canned.answer("POST /Users", 201, {"id": "1", "userName": "scimulator-tests-ada@x.example"})
    entries, *_ = play()
    assert entries[0].outcome == "created"
    assert slept == [2.0]
    assert [trace.send.attempt for trace in entries[0].traces] == [1, 1, 2]
    assert any(note.startswith("2 s pass: 429 answered") for note in entries[0].notes)


def test_no_more_is_sent_than_the_limits_allow(canned, play, monkeypatch) -> None:
    slept = []
    monkeypatch.setattr("scimulator.exchange.clock.time.sleep", slept.append)
    nobody(canned)
    canned.answer("POST /Users", 429, None, ("Retry-After", "5"))
    entries, stage, *_ = play(retries=3, retry_after=15)
    assert slept == [5.0, 10.0]
    assert canned.count("POST") == 3
    assert entries[0].status is Status.FAILURE
    assert "Too Many Requests" in entries[0].messages[0]
    held = [trace for trace in entries[0].traces if trace.exchange is None]
    assert len(entries[0].traces) == 11
    assert all("--real-time" in trace.why for trace in held)
    # 5, 10, 20, … doubled nine times passed for the identity provider.
    assert (stage.directory.clock.moment - SimulatedClock().moment).total_seconds() == pytest.approx(5 * 511, abs=1)


def test_without_a_time_from_the_target_nothing_is_sent_again(canned, play, monkeypatch) -> None:
    monkeypatch.setattr("scimulator.exchange.clock.time.sleep", lambda seconds: pytest.fail("waited"))
    nobody(canned)
    canned.answer("POST /Users", 429)
    entries, *_ = play()
    assert canned.count("POST") == 1
    assert entries[0].status is Status.FAILURE


def test_an_import_ends_at_the_limit_of_pages(canned, play) -> None:
    user = {"id": "1", "userName": "x", "name": {"familyName": "X"}}
    canned.answer("GET /Users", 200, {"schemas": [LIST], "totalResults": 10**9, "Resources": [user]})
    text = ASSIGN.replace('do = "assign"\nperson = "ada"', 'do = "import"\nwhat = "users"')
    entries, *_ = play(text, pages=7)
    assert canned.count("GET") == 7
    assert entries[0].status is Status.FAILURE
    assert "the import ends after 7 pages (limits: pages)" in entries[0].notes


def test_a_target_that_has_gone_ends_the_play(canned, play) -> None:
    def gone(request, timeout):
        raise CarrierError(FailureKind.CONNECT, "no connection")

    canned.carry = gone
    more = "".join('[[events]]\ndo = "assign"\nperson = "ada"\n' for _ in range(5))
    with pytest.raises(TargetGoneError, match="taken for dead"):
        play(ASSIGN + more)


def test_a_reader_that_is_refused_for_its_media_type_asks_without_one(canned, play) -> None:
    nobody(canned)
    made = {"id": "1", "userName": "scimulator-tests-ada@x.example", "active": True}
    canned.answer("POST /Users", 201, made)
    _, stage, target, _ = play()
    canned.answer("GET /Users/1", 406)
    canned.answer("GET /Users/1", 200, made)
    assert "unreadable" not in [each.kind.value for each in compare(stage, target).drifts]


def test_what_the_targets_schema_does_not_offer_is_no_drift(canned, play) -> None:
    nobody(canned)
    user = "urn:ietf:params:scim:schemas:core:2.0:User"
    made = {"id": "1", "userName": "scimulator-tests-ada@x.example", "active": True, "displayName": "A B"}
    made |= {"name": {"givenName": "A", "familyName": "B"}, "emails": []}
    canned.answer("POST /Users", 201, made)
    _, stage, target, _ = play()
    canned.answer("GET /Users/1", 200, made)
    canned.answer("GET /Schemas", 200, {"Resources": [{"id": user, "attributes": [{"name": "emails"}]}]})
    found = compare(stage, target)
    assert found.left_out == ("locale",)
    # E-mail addresses are offered and were not kept.
    assert [each.attribute for each in found.drifts] == ["emails.^[primary==true].value"]
