from __future__ import annotations

import time
from dataclasses import replace

import pytest

from scimulator.exchange.message import FailureKind, Request, Response
from scimulator.target.auth import Credentials, basic
from scimulator.target.settings import Limits
from scimulator.target.target import CarrierError, Target


class Carrier:
    def __init__(self, *answers) -> None:
        self.answers = list(answers)
        self.requests = []

    def carry(self, request, timeout):
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self):
        pass


OK = Response(200)
BUSY = Response(429, (("Retry-After", "0"),))


def make(*answers, **options):
    settings = {"spec": "x:", "name": "x:", "base_url": "http://h/v2", "limits": Limits(), "host": "h", **options}
    carrier = Carrier(*(answers or (OK,)))
    return Target(carrier=carrier, **settings), carrier


def test_host_and_credentials_lead_where_nothing_else_is_said():
    target, carrier = make(credentials=basic("u", "p"), base_path="/v2")
    target.send(Request("GET", "/Users", (("Accept", "a"),)))
    assert carrier.requests[0].target == "/v2/Users"
    assert carrier.requests[0].headers == (("Host", "h"), ("Authorization", "Basic dTpw"), ("Accept", "a"))


def test_placeholders_are_filled_in_place_and_dropped_without_credentials():
    request = Request(
        "GET", "/", (("A", "1"), ("authorization", "{{authorization}}"), ("host", "{{host}}"), ("B", "2"))
    )
    target, carrier = make(credentials=basic("u", "p"))
    target.send(request)
    target.send(request, authenticate=False)
    assert carrier.requests[0].headers == (("A", "1"), ("authorization", "Basic dTpw"), ("host", "h"), ("B", "2"))
    assert carrier.requests[1].headers == (("A", "1"), ("host", "h"), ("B", "2"))


def test_a_custom_header_takes_the_place_of_authorization():
    target, carrier = make(credentials=Credentials("X-Api-Key", "k", frozenset({"k"})))
    target.send(Request("GET", "/", (("Authorization", "{{authorization}}"), ("Host", "other"))))
    assert carrier.requests[0].headers == (("X-Api-Key", "k"), ("Host", "other"))


def test_a_header_of_the_request_wins_over_the_credentials():
    target, carrier = make(credentials=basic("u", "p"))
    target.send(Request("GET", "/", (("Authorization", "Bearer wrong"),)))
    assert carrier.requests[0].headers == (("Host", "h"), ("Authorization", "Bearer wrong"))


def test_the_targets_own_query_is_kept_on_every_request():
    target, carrier = make(query="tenant=a%20b")
    exchange = target.send(Request("GET", "/Users"))
    target.send(Request("GET", "/Users?count=1"))
    assert [request.target for request in carrier.requests] == ["/Users?tenant=a%20b", "/Users?count=1&tenant=a%20b"]
    assert exchange.request.target == "/Users?tenant=a%20b"


def test_each_attempt_is_an_exchange_and_retry_after_is_obeyed():
    target, _ = make(BUSY, Response(503, (("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"),)), OK)
    heard = []
    target.listeners.append(heard.append)
    assert target.send(Request("POST", "/Users")).response is OK
    assert [exchange.number for exchange in heard] == [1, 2, 3]
    assert target.exchanges_sent == 3


def test_retry_after_is_waited_for():
    target, _ = make(Response(429, (("Retry-After", "1"),)), OK)
    started = time.monotonic()
    target.send(Request("GET", "/"))
    assert 0.9 < time.monotonic() - started < 1.5


@pytest.mark.parametrize("seconds", ["61", "9999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_pause_beyond_the_limit_is_not_waited_for(seconds):
    target, carrier = make(Response(503, (("Retry-After", seconds),)))
    assert target.send(Request("GET", "/")).response.status == 503
    assert len(carrier.requests) == 1


def test_a_check_may_ask_not_to_repeat():
    target, carrier = make(BUSY)
    target.send(Request("GET", "/"), obey_retry_after=False)
    assert len(carrier.requests) == 1


def test_the_rate_is_kept():
    target, _ = make(limits=replace(Limits(), rate=50.0))
    started = time.monotonic()
    for _ in range(6):
        target.send(Request("GET", "/"))
    assert 0.09 < time.monotonic() - started < 0.5


def test_an_answer_between_two_hangs_keeps_the_target_alive():
    hang = CarrierError(FailureKind.TIMEOUT, "no answer")
    target, _ = make(hang, hang, OK, hang, hang, OK)
    for _ in range(6):
        target.send(Request("GET", "/"))
    assert target.dead is None


def test_credentials_do_not_show_when_printed():
    assert "dTpw" not in repr(basic("u", "p"))
    assert basic("u", "p").secrets == {"p", "dTpw"}
