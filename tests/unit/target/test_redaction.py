from __future__ import annotations

import base64
import html
import json
import time
from urllib.parse import quote, quote_plus

import pytest

from scimulator.exchange.message import Exchange, FailureKind, Request, Response, TransportFailure
from scimulator.exchange.redaction import Redactor

TOKEN = 'canary-Tok/en+1 %&"<é'
PASSWORD = 'canary-P4ss"word'


@pytest.mark.parametrize(
    "spelled",
    [
        TOKEN,
        quote(TOKEN, safe=""),
        quote_plus(TOKEN),
        quote(TOKEN, safe="")
        .replace("%2F", "%2f")
        .replace("%2B", "%2b")
        .replace("%C3%A9", "%c3%a9")
        .replace("%3C", "%3c"),
        html.escape(TOKEN),
        json.dumps(TOKEN),
        base64.b64encode(TOKEN.encode()).decode(),
    ],
)
def test_a_known_secret_is_found_in_every_spelling(spelled):
    redactor = Redactor({TOKEN})
    written = redactor.text(f"x {spelled} y")
    assert "canary" not in written
    assert "<redacted>" in written
    assert redactor.count == 1


@pytest.mark.parametrize(
    "body",
    [
        '{"password": "canary-secret"}',
        '{"password":"canary-secret","password":"canary-other"}',
        '{"pass\\u0077ord": "canary-secret"}',
        '{"urn:x:2.0:User:password": "canary-secret"}',
        '{"client_secret":"canary-secret"',
        '{"password": "canary-secret',
        '{"Operations":[{"op":"replace","path":"password","value":"canary-secret"}]}',
        '{"Operations":[{"value":[{"value":"canary-secret"}],"op":"replace","path":"password"}]}',
        '{"Operations":[{"op":"replace","value":{"password":"canary-secret"}}]}',
        "grant_type=client_credentials&client_secret=canary-secret&x=1",
        'filter password eq "canary-secret" done',
    ],
)
def test_a_secret_member_is_redacted_in_any_body(body):
    redactor = Redactor()
    written = redactor.text(body)
    assert "canary" not in written
    assert redactor.count >= 1


def test_a_percent_encoded_filter_over_a_password_is_redacted():
    request = Request("GET", "/Users?filter=password%20eq%20%22canary%22&access_token=canary")
    assert "canary" not in str(Redactor().request(request))


def test_what_is_no_secret_stays_byte_for_byte():
    text = '{ "name" : "password",  "changePassword":{"supported":true}, "userName":"token" , "password":""}'
    redactor = Redactor({"other"})
    assert redactor.text(text) == text
    assert redactor.count == 0


def test_credentials_keep_their_scheme_and_cookies_their_name():
    redactor = Redactor()
    written = redactor.headers(
        [
            ("authorization", "Bearer canary"),
            ("Set-Cookie", "sid=canary; Path=/"),
            ("X-API-Key", "canary"),
            ("Accept", "x"),
        ]
    )
    assert written == [
        ["authorization", "Bearer <redacted>"],
        ["Set-Cookie", "sid=<redacted>"],
        ["X-API-Key", "<redacted>"],
        ["Accept", "x"],
    ]


def test_a_password_that_passed_by_is_recognised_in_a_later_error():
    redactor = Redactor()
    redactor.request(Request("POST", "/Users", body=json.dumps({"password": PASSWORD}).encode()))
    written = redactor.response(Response(400, body=json.dumps({"detail": f"{PASSWORD} is weak"}).encode()))
    assert "P4ss" not in json.dumps(written)


def test_an_exchange_is_written_without_secrets():
    redactor = Redactor({"canary"})
    exchange = Exchange(
        1,
        Request("GET", "/Users?x=canary", (("Authorization", "Bearer canary"),)),
        None,
        TransportFailure(FailureKind.RESET, "canary broke"),
    )
    written = redactor.exchange(exchange)
    assert "canary" not in json.dumps(written)
    assert written["failure"] == {"kind": "reset", "message": "<redacted> broke"}


def test_a_json_value_is_redacted_in_place():
    redactor = Redactor({"canary"})
    value = {"password": "x", "n": [1, True, None, "a canary b"], "Operations": [{"path": "password", "value": "y"}]}
    assert redactor.json(value) == {
        "password": "<redacted>",
        "n": [1, True, None, "a <redacted> b"],
        "Operations": [{"path": "password", "value": "<redacted>"}],
    }


def test_a_secret_across_the_cut_of_a_long_body_is_not_written():
    for pad in range(256 * 1024 - 40, 256 * 1024 + 40, 7):
        body = b"." * pad + b"canary-0123456789" + b"." * 20000
        assert b"canary" not in str(Redactor({"canary-0123456789"}).response(Response(200, body=body))).encode()


@pytest.mark.parametrize("filler", ['\\"', "-", '"', "password", ' "', "password eq ", "{", "\\u00", '"password":'])
def test_a_hostile_body_is_redacted_in_linear_time(filler):
    started = time.perf_counter()
    Redactor({"canary-0123456789"}).response(Response(200, body=('"token' + filler * 100_000).encode()))
    assert time.perf_counter() - started < 2


def test_a_body_in_another_encoding_is_named():
    written = Redactor().response(Response(200, body='{"a":1}'.encode("utf-16")))
    assert written["encoding"] == "utf-16"
    assert '{"a":1}' in str(written["body"])
