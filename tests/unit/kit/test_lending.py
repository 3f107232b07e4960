"""A resource goes from check to check, and a look at it counts for as long as nothing can have changed it."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from scimulator.catalogue.checks import CheckDeclaration
from scimulator.exchange.message import Exchange, Request, Response
from scimulator.kit.ground import Ground
from scimulator.kit.judge import Judge
from scimulator.kit.operations import replace
from scimulator.kit.outcomes import Refuted, Symptom
from scimulator.kit.resources import Resources
from scimulator.kit.session import Session


class FakeTarget:
    """Stores users as they are sent, and adds what a PATCH with paths sets; discovery is not served."""

    base_url = "http://target.example"
    secrets = frozenset()
    dead = None

    def __init__(self) -> None:
        self.listeners, self.users, self.sent = [], {}, []

    def send(self, request: Request, *, purpose, **_: object) -> Exchange:
        self.sent.append(f"{request.method} {request.path}")
        status, body = self.answer(request)
        response = Response(status, (), json.dumps(body).encode() if body else b"")
        exchange = Exchange(len(self.sent), request, response, purpose=purpose)
        for listener in self.listeners:
            listener(exchange)
        return exchange

    def answer(self, request: Request) -> tuple[int, object]:
        user = self.users.get(request.path)
        if request.method == "POST" and request.path == "/Users":
            made = {**json.loads(request.body), "id": str(len(self.sent))}
            self.users[f"/Users/{made['id']}"] = made
            return 201, made
        if user is None:
            return 404, None
        if request.method == "PATCH":
            for each in json.loads(request.body)["Operations"]:
                user[each["path"]] = each["value"]
        if request.method == "DELETE":
            del self.users[request.path]
            return 204, None
        return 200, user


@pytest.fixture
def target() -> FakeTarget:
    return FakeTarget()


@pytest.fixture
def session(target):
    keeper = SimpleNamespace(intend=lambda *_: "", made=lambda *_: None, gone=lambda *_: None, void=lambda *_: None)
    clock = SimpleNamespace(sleep=lambda _: None)
    session = Session(target, mark="mark-", housekeeping=keeper, clock=clock)
    session.begin(a_judge())
    return session


def a_judge() -> Judge:
    return Judge(CheckDeclaration("a.b", ("RFC7644-3.3-01",), "A fact"))


def next_check(session):
    session.finish()
    session.begin(a_judge())


def test_a_second_read_is_sent_only_after_a_write_or_a_wait(session, target):
    user = Resources(session, "user").create()
    before = len(target.sent)
    user.read()["title"] = "edited by the reader"
    assert "title" not in user.read()
    assert len(target.sent) == before + 1
    session.settle()
    user.read()
    assert len(target.sent) == before + 2
    Resources(session, "user").create()
    user.read()
    assert len(target.sent) == before + 4


def test_the_read_of_an_earlier_check_is_evidence_of_the_next(session):
    user = Ground(session).kept()
    user.read()
    next_check(session)
    user.read()
    assert [each.request.path for each in session.judge.exchanges] == [user.path]


def test_a_user_in_a_known_state_is_lent_again(session):
    first = Ground(session).kept(title="One")
    first.read()
    next_check(session)
    assert Ground(session).kept(title="One").id == first.id
    assert Ground(session).kept(title="One").id != first.id


def test_a_user_whose_state_is_unknown_or_another_is_not_lent(session):
    first = Ground(session).kept(title="One")
    first.patch(replace("title", "Two"))
    next_check(session)
    assert Ground(session).kept().id != first.id
    next_check(session)
    first.read()
    assert Ground(session).kept(title="One").id != first.id


def test_what_another_write_has_reached_is_noticed_before_it_is_lent(session, target):
    first = Ground(session).kept(title="One")
    first.read()
    next_check(session)
    Resources(session, "user").create()
    target.users[first.path]["title"] = "Reached"
    assert Ground(session).kept(title="One").id != first.id


@pytest.mark.parametrize("change", [{"active": False}, {"userName": "other"}, {"displayName": None}])
def test_an_inactive_renamed_or_worn_user_is_not_lent(session, target, change):
    first = Ground(session).kept()
    target.users[first.path].update(change)
    first.read()
    next_check(session)
    assert Ground(session).kept().id != first.id


def test_a_user_that_a_check_failed_with_or_deleted_is_not_lent(session):
    first = Ground(session).kept()
    first.read()
    with pytest.raises(Refuted):
        session.judge.refute(Symptom("x", "message"))
    next_check(session)
    second = Ground(session).kept()
    assert second.id != first.id
    second.read()
    second.delete()
    next_check(session)
    assert Ground(session).kept().id != second.id


def test_what_is_lent_lives_until_the_session_closes(session, target):
    user = Ground(session).kept()
    session.finish()
    assert user.path in target.users
    session.close()
    assert target.users == {}
