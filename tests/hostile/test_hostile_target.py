from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path

import pytest

from scimulator.exchange.message import FailureKind, Purpose, Request
from scimulator.target.cleaning import clean
from scimulator.target.opening import open_target as open_any_target
from scimulator.target.settings import Settings


def _load():
    # Tests are no package (import mode importlib): the server beside this file is loaded by its path.
    name = "scimulator_tests_hostile"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("hostile.py"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


hostile = _load()
SETTINGS = Settings().override(timeout=0.6, deadline=20, body=1_000_000, pages=5, auth="bearer")
FAILURES = {
    "hang-before-headers": (FailureKind.TIMEOUT, "not one byte came"),
    "hang-in-body": (FailureKind.TIMEOUT, "body of the 200 did not end"),
    "slow-drip": (FailureKind.TIMEOUT, "body of the 200 did not end"),
    "slow-headers": (FailureKind.TIMEOUT, "no complete response"),
    "reset": (FailureKind.RESET, "connection broke"),
    "reset-in-body": (FailureKind.RESET, "connection broke"),
    "empty-reply": (FailureKind.RESET, "closed the connection without an answer"),
    "length-too-long": (FailureKind.PROTOCOL, "received 2 bytes, expected 50"),
    "length-too-short": (FailureKind.PROTOCOL, "more bytes came"),
    "http-0-9": (FailureKind.PROTOCOL, "not proper HTTP"),
    "endless-chunks": (FailureKind.TOO_LARGE, "does not end within"),
    "endless-headers": (FailureKind.TOO_LARGE, "header does not end"),
    "endless-interim": (FailureKind.TIMEOUT, "no complete response"),
    "chunks-cut": (FailureKind.PROTOCOL, "incomplete chunked"),
    "bad-chunk-size": (FailureKind.PROTOCOL, "not proper HTTP"),
    "garbage": (FailureKind.PROTOCOL, "not proper HTTP"),
    "garbage-after-status": (FailureKind.PROTOCOL, "not proper HTTP"),
    "status-no-number": (FailureKind.PROTOCOL, "not proper HTTP"),
    "invalid-header-bytes": (FailureKind.PROTOCOL, "not proper HTTP"),
    "two-lengths": (FailureKind.PROTOCOL, "not proper HTTP"),
    "negative-length": (FailureKind.PROTOCOL, "not proper HTTP"),
    "gzip-bomb": (FailureKind.TOO_LARGE, "unpacks"),
    "gzip-lie": (FailureKind.PROTOCOL, "does not unpack"),
    "gzip-cut": (FailureKind.PROTOCOL, "ends before its data"),
    "answers-twice": (FailureKind.PROTOCOL, "more bytes came"),
    "tls-garbage": (FailureKind.PROTOCOL, "not proper HTTP"),
}
STATUSES = {
    "always-401": 401,
    "always-500": 500,
    "always-429": 429,
    "429-without-pause": 429,
    "503-huge-pause": 503,
    "503-odd-pause": 503,
    "redirect-other-host": 302,
    "redirect-loop": 307,
    "body-with-204": 204,
    "length-with-204": 204,
    "status-999": 999,
}


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch, tmp_path):
    monkeypatch.setenv("SCIM_TOKEN", "canary-token")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.fixture
def open_target():
    opened = []

    def open_one(spec, settings):
        opened.append(open_any_target(spec, settings))
        return opened[-1]

    yield open_one
    for target in opened:
        target.close()


@pytest.mark.parametrize("behaviour", sorted(hostile.BEHAVIOURS))
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_behaviour_ends_soon_in_a_clear_outcome(behaviour, method, open_target):
    with hostile.hostile_server(behaviour) as server:
        target = open_target(f"{server.url}/scim/v2", SETTINGS)
        started = time.monotonic()
        exchange = target.send(Request(method, "/Users", (("Accept", "application/scim+json"),), b"{}"))
        elapsed = time.monotonic() - started
        assert not server.visited
    assert elapsed < 3
    assert (exchange.response is None) != (exchange.failure is None)
    if behaviour in FAILURES:
        kind, text = FAILURES[behaviour]
        assert exchange.failure is not None, exchange
        assert exchange.failure.kind is kind, exchange.failure
        assert text in exchange.failure.message
        assert f"{method} /Users at {server.url}/scim/v2" in exchange.failure.message
        assert "canary" not in exchange.failure.message
    else:
        assert exchange.failure is None
        assert exchange.response.status == STATUSES.get(behaviour, 200)
        assert exchange.document.valid in (True, False)


def test_there_are_enough_behaviours():
    assert len(hostile.BEHAVIOURS) >= 25
    assert set(FAILURES) | set(STATUSES) <= set(hostile.BEHAVIOURS)


def test_a_body_with_a_204_is_kept_as_evidence_and_never_mistaken_for_the_next_answer(open_target):
    with hostile.hostile_server("body-with-204") as server:
        target = open_target(server.url, SETTINGS)
        for _ in range(3):
            exchange = target.send(Request("DELETE", "/Users/1"))
            assert exchange.response.status == 204
            assert exchange.response.body == b'{"id":"1"}'


def test_a_second_answer_is_never_taken_for_that_of_the_next_request(open_target):
    with hostile.hostile_server("answers-twice") as server:
        target = open_target(server.url, SETTINGS)
        for _ in range(3):
            assert target.send(Request("GET", "/Users/1")).failure.kind is FailureKind.PROTOCOL


def test_the_token_never_follows_a_redirect(open_target):
    for name in ("redirect-other-host", "redirect-loop"):
        with hostile.hostile_server(name) as server:
            target = open_target(server.url, SETTINGS)
            assert 300 <= target.send(Request("GET", "/Users")).response.status < 400
            assert len(server.requests) == 1
            assert not server.visited


def test_a_target_that_hangs_three_times_is_taken_for_dead(open_target):
    with hostile.hostile_server("hang-before-headers") as server:
        target = open_target(server.url, SETTINGS.override(timeout=0.1))
        kinds = [target.send(Request("GET", "/Users")).failure.kind for _ in range(3)]
        started = time.monotonic()
        later = target.send(Request("GET", "/Users")).failure
        assert time.monotonic() - started < 0.05
        assert kinds == [FailureKind.TIMEOUT] * 3
        assert "taken for dead" in later.message
        assert len(server.requests) == 3
        for _ in range(3):
            target.send(Request("GET", "/Users"), purpose=Purpose.CLEAN_UP)
        assert len(server.requests) == 4, "one last try to clean up"


def test_an_exchange_cut_short_by_the_runs_deadline_is_not_held_against_the_target(open_target):
    with hostile.hostile_server("hang-before-headers") as server:
        target = open_target(server.url, SETTINGS.override(deadline=0.2, timeout=5))
        assert target.send(Request("GET", "/Users")).failure.kind is FailureKind.DEADLINE
        assert target.dead is None


def test_a_forever_busy_target_is_asked_a_bounded_number_of_times(open_target):
    with hostile.hostile_server("always-429") as server:
        target = open_target(server.url, SETTINGS)
        for _ in range(10):
            assert target.send(Request("GET", "/Users")).response.status == 429
        assert len(server.requests) == 3 * 4 + 7


def test_nothing_is_sent_after_the_deadline_except_to_clean_up(open_target):
    with hostile.hostile_server("empty-object") as server:
        target = open_target(server.url, SETTINGS.override(deadline=0.05))
        time.sleep(0.1)
        assert target.send(Request("GET", "/Users")).failure.kind is FailureKind.DEADLINE
        assert target.send(Request("GET", "/Users"), purpose=Purpose.CLEAN_UP).response.status == 200


@pytest.mark.parametrize(
    "behaviour",
    ["endless-pages", "same-page-forever", "total-lies", "total-text", "empty-object", "garbage", "json-list"],
)
def test_cleaning_ends_on_endless_and_lying_lists(behaviour, open_target):
    with hostile.hostile_server(behaviour) as server:
        target = open_target(server.url, SETTINGS)
        assert clean(target) == []
        assert len(server.requests) <= 40


def test_garbage_instead_of_tls_is_a_tls_failure(open_target):
    with hostile.hostile_server("tls-garbage") as server:
        target = open_target(server.url.replace("http:", "https:"), SETTINGS)
        failure = target.send(Request("GET", "/Users")).failure
        assert failure.kind is FailureKind.TLS
        assert "https port" in failure.message


def test_a_closed_port_is_a_connect_failure_with_advice(open_target):
    with hostile.hostile_server("empty-object") as server:
        url = server.url
    failure = open_target(url, SETTINGS).send(Request("GET", "/Users")).failure
    assert failure.kind is FailureKind.CONNECT
    assert "is the server running?" in failure.message


def test_a_connection_closed_between_two_requests_is_no_failure(open_target):
    with hostile.hostile_server("closes-between") as server:
        target = open_target(server.url, SETTINGS)
        for _ in range(5):
            assert target.send(Request("GET", "/Users/1")).failure is None
