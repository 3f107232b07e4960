from __future__ import annotations

import ssl
import textwrap

import pytest
import trustme

from scimulator.exchange.message import FailureKind, Request
from scimulator.target.auth import resolve_credentials
from scimulator.target.errors import TargetError
from scimulator.target.opening import dialect_hint, open_target
from scimulator.target.settings import Settings

ASGI = """
from contextlib import asynccontextmanager
import asyncio

state = []

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        scope["state"]["made"] = "at start"
        state.append("up")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        state.append("down")
        await send({"type": "lifespan.shutdown.complete"})
        return
    request = await receive()
    if scope["path"].endswith("/crash"):
        raise KeyError("canary")
    if scope["path"].endswith("/hang"):
        await asyncio.sleep(60)
    if scope["path"].endswith("/silent"):
        return
    await send({"type": "http.response.start", "status": 201, "headers": [(b"X-Path", scope["raw_path"])]})
    text = f"{scope['method']} {scope['query_string'].decode()} {scope['state']['made']} ".encode()
    await send({"type": "http.response.body", "body": text, "more_body": True})
    await send({"type": "http.response.body", "body": request["body"]})

async def broken(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

async def plain(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})

number = 5
"""
WSGI = """
import gzip, threading, time

def app(environ, start_response):
    if environ["PATH_INFO"].endswith("/crash"):
        raise SystemExit("canary")
    if environ["PATH_INFO"].endswith("/packed"):
        start_response("200 OK", [("Content-Encoding", "gzip")])
        return [gzip.compress(b"{}")]
    if environ["PATH_INFO"].endswith("/hang"):
        time.sleep(5)
    body = environ["wsgi.input"].read()
    headers = [("X-Thread", threading.current_thread().name), ("X-Auth", environ["HTTP_AUTHORIZATION"])]
    start_response("201 Created", headers)
    return [environ["REQUEST_METHOD"].encode(), b" ", environ["QUERY_STRING"].encode(), b" ", body]
"""


@pytest.fixture(autouse=True)
def _apps(tmp_path, monkeypatch):
    (tmp_path / "canary_asgi.py").write_text(textwrap.dedent(ASGI))
    (tmp_path / "canary_wsgi.py").write_text(textwrap.dedent(WSGI))
    (tmp_path / "canary_needs.py").write_text("import canary_nowhere")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("SCIM_TOKEN", "canary-token")


def test_a_url_loses_its_slash_its_query_and_entras_flag():
    with open_target("http://127.0.0.1:1/scim/v2/?aadOptscim062020&tenant=7", Settings()) as target:
        assert target.base_url == target.name == "http://127.0.0.1:1/scim/v2"
        assert target.dialect_hint == "entra.optscim"
        assert not target.is_reference
        assert target.secrets == {"canary-token"}
    assert dialect_hint("reference:?aadoptscim062020=1") == "entra.optscim"
    assert dialect_hint("http://h/?a=1") is None


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("localhost:8080/v2", "did you mean http://localhost:8080/v2"),
        ("example.com/v2", "did you mean http://"),
        ("htp://example.com", "which nothing opens"),
        ("http://", "names no host"),
        ("http://h:99999/", "is not a URL"),
        ("http://user:canary@h/", "user name or a password"),
        ("http://h/a b", "percent-encode"),
        ("asgi:", "module:application"),
        ("asgi:canary_asgi", "module:application"),
        ("asgi:canary_nope:app", "no module 'canary_nope'"),
        ("asgi:canary_needs:app", "needs 'canary_nowhere'"),
        ("asgi:canary_asgi:ap", 'did you mean "app"'),
        ("asgi:canary_asgi:number", "cannot be called"),
        ("asgi:canary_asgi:broken", "failed to start: no database"),
    ],
)
def test_a_target_that_cannot_be_opened_says_what_to_do(spec, told):
    with pytest.raises(TargetError) as caught:
        open_target(spec, Settings())
    assert told in str(caught.value)
    assert "canary@" not in str(caught.value)


def test_an_asgi_application_is_called_on_one_loop_with_its_lifespan():
    with open_target("asgi:canary_asgi:app/scim/v2?t=1", Settings().override(timeout=0.3)) as target:
        assert target.name == "asgi:canary_asgi:app/scim/v2"
        exchange = target.send(Request("POST", "/Users/a%20b", (), b"{}"))
        assert exchange.response.status == 201
        assert exchange.response.header("X-Path") == "/scim/v2/Users/a%20b"
        assert exchange.response.body == b"POST t=1 at start {}"
        assert target.send(Request("GET", "/crash")).response.status == 500
        assert target.send(Request("GET", "/hang")).failure.kind is FailureKind.TIMEOUT
        assert target.send(Request("GET", "/silent")).failure.kind is FailureKind.PROTOCOL
        assert target.send(Request("GET", "/Users")).response.status == 201


def test_an_asgi_application_without_lifespan_is_served():
    with open_target("asgi:canary_asgi:plain", Settings()) as target:
        assert target.send(Request("DELETE", "/Users/1")).response.status == 204


def test_a_wsgi_application_is_called_from_one_thread_and_survives_a_hang():
    with open_target("wsgi:canary_wsgi:app/v2", Settings().override(timeout=0.3)) as target:
        exchange = target.send(Request("POST", "/Users?x=%20", (("Content-Type", "a"),), b"{}"))
        assert (exchange.response.status, exchange.response.body) == (201, b"POST x=%20 {}")
        assert target.send(Request("GET", "/packed")).response.body == b"{}"
        assert exchange.response.header("X-Auth") == "Bearer canary-token"
        assert target.send(Request("GET", "/crash")).response.status == 500
        assert target.send(Request("GET", "/hang")).failure.kind is FailureKind.TIMEOUT
        assert target.send(Request("GET", "/Users")).response.status == 201


@pytest.mark.parametrize(
    ("changes", "environ", "expected"),
    [
        ({}, {}, None),
        ({"auth": "none"}, {"SCIM_TOKEN": "t"}, None),
        ({}, {"SCIM_TOKEN": "t"}, ("Authorization", "Bearer t")),
        ({"token_env": "MINE"}, {"SCIM_TOKEN": "t", "MINE": " u\n"}, ("Authorization", "Bearer u")),
        ({"auth": "basic", "username": "u"}, {"SCIM_TOKEN": "p"}, ("Authorization", "Basic dTpw")),
        ({"auth": "basic"}, {"SCIM_TOKEN": "u:p"}, ("Authorization", "Basic dTpw")),
        ({"auth": "header", "header": "X-Key"}, {"SCIM_TOKEN": "t"}, ("X-Key", "t")),
        ({"token_prompt": True}, {}, ("Authorization", "Bearer typed")),
    ],
)
def test_credentials_come_from_where_the_settings_point(changes, environ, expected):
    made = resolve_credentials(Settings().override(**changes), environ=environ, ask=lambda _: "typed")
    assert (made and (made.header, made.value)) == expected


@pytest.mark.parametrize(
    ("changes", "environ", "told"),
    [
        ({"token_env": "MINE"}, {"SCIM_TOKEN": "t"}, "MINE is not set"),
        ({"token_env": "canary-pp-pasted"}, {}, "takes the name of a variable"),
        ({"auth": "barer"}, {}, 'did you mean "bearer"'),
        ({}, {"SCIM_TOKEN": ""}, "token is empty (variable SCIM_TOKEN)"),
        ({"token_file": "/nonexistent/canary"}, {}, "cannot be read"),
        ({}, {"SCIM_TOKEN": "a\nb"}, "no header can carry"),
        ({"auth": "basic"}, {"SCIM_TOKEN": "pp"}, "user name"),
        ({"auth": "basic"}, {}, "needs a secret"),
    ],
)
def test_missing_or_unusable_credentials_are_refused(changes, environ, told):
    with pytest.raises(TargetError) as caught:
        resolve_credentials(Settings().override(**changes), environ=environ)
    assert told in str(caught.value)
    assert "pp" not in str(caught.value)


def test_a_token_file_is_read_without_its_newline(tmp_path):
    (tmp_path / "token").write_text("canary-file\n")
    made = resolve_credentials(Settings().override(token_file=str(tmp_path / "token")), environ={})
    assert made.value == "Bearer canary-file"


def test_a_bundle_that_is_none_is_refused(tmp_path):
    (tmp_path / "no.pem").write_text("no")
    with pytest.raises(TargetError, match="PEM"):
        open_target("https://127.0.0.1/", Settings().override(ca_bundle=str(tmp_path / "no.pem")))


@pytest.fixture
def tls(tmp_path):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return context, str(tmp_path / "ca.pem")


def test_a_private_authority_needs_a_bundle_or_insecure(tls, hostile_server):
    context, bundle = tls
    with hostile_server("empty-object", tls=context) as server:
        with open_target(server.url, Settings()) as target:
            failure = target.send(Request("GET", "/Users")).failure
            assert failure.kind is FailureKind.TLS
            assert "--ca-bundle" in failure.message
        with open_target(server.url, Settings().override(ca_bundle=bundle)) as target:
            assert target.send(Request("GET", "/Users")).response.status == 200
        with open_target(server.url, Settings().override(insecure=True)) as target:
            assert target.send(Request("GET", "/Users")).response.status == 200
            assert "not verified" in target.warnings[0]


def test_the_head_leaves_byte_for_byte(hostile_server):
    with hostile_server("empty-object") as server, open_target(f"{server.url}/v2", Settings()) as target:
        host = server.url.removeprefix("http://")
        headers = (
            ("accept", "x"),
            ("AUTHORIZATION", "{{authorization}}"),
            ("hOst", "{{host}}"),
            ("Content-Length", "2"),
        )
        target.send(Request("PATCH", "/Users/%7b%7D?a=[b]", headers, b"{}"))
        assert server.requests[0] == (
            b"PATCH /v2/Users/%7b%7D?a=[b] HTTP/1.1\r\naccept: x\r\nAUTHORIZATION: Bearer canary-token\r\n"
            b"hOst: " + host.encode() + b"\r\nContent-Length: 2\r\n\r\n{}"
        )


def test_a_request_that_http_cannot_write_is_a_failure_not_an_exception(hostile_server):
    with hostile_server("empty-object") as server, open_target(server.url, Settings()) as target:
        for request in (Request("GET", "/a b"), Request("GET", "/", (("X", "a\r\nb"),)), Request("GET", "/é")):
            assert target.send(request).failure.kind is FailureKind.PROTOCOL
        assert not server.requests
