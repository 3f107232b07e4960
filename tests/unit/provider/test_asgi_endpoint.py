"""The provider as an ASGI application."""

from __future__ import annotations

import asyncio
import json

import pytest

from scimulator.provider import Provider
from scimulator.provider.http import asgi_app


def ask(app, method, path, *, query=b"", chunks=(b"",), headers=()):
    """Send one request to an ASGI application and return status, headers and body."""
    incoming = [
        {"type": "http.request", "body": chunk, "more_body": place < len(chunks) - 1}
        for place, chunk in enumerate(chunks)
    ]
    sent = []

    async def receive():
        return incoming.pop(0)

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query,
             "headers": list(headers), "root_path": "", "http_version": "1.1", "scheme": "http"}  # fmt: skip
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


@pytest.fixture
def provider():
    return Provider("http://127.0.0.1/v2")


def test_the_provider_lives_below_its_prefix(provider):
    app = asgi_app(provider)
    assert ask(app, "GET", "/v2/Users")[0] == 200
    assert ask(app, "GET", "/v2")[0] == 200
    assert ask(app, "GET", "/v2/")[0] == 200
    status, headers, body = ask(app, "GET", "/Users")
    assert (status, headers[b"content-type"]) == (404, b"application/scim+json")
    assert json.loads(body)["status"] == "404"
    assert ask(asgi_app(provider, ""), "GET", "/Users")[0] == 200
    assert ask(asgi_app(provider, "/scim/v2/"), "GET", "/scim/v2/Users")[0] == 200


def test_target_and_body_arrive_as_sent(provider):
    app = asgi_app(provider)
    status, headers, body = ask(app, "POST", "/v2/Users", chunks=(b'{"userName":', b'"a+b"', b"}"))
    assert status == 201
    assert headers[b"content-length"] == str(len(body)).encode()
    found = ask(app, "GET", "/v2/Users", query=b"filter=userName+eq+%22a%2Bb%22")
    assert json.loads(found[2])["totalResults"] == 1
    made = json.loads(body)
    head = ask(app, "HEAD", f"/v2/Users/{made['id']}")
    assert (head[0], head[2], head[1][b"content-length"]) == (200, b"", str(len(body)).encode())
    gone = ask(app, "DELETE", f"/v2/Users/{made['id']}")
    assert (gone[0], gone[2]) == (204, b"")
    assert b"content-length" not in gone[1]


def test_a_body_without_end_is_cut_off(provider):
    limit = provider.rules.quirks.max_payload
    status, headers, body = ask(asgi_app(provider), "POST", "/v2/Users", chunks=(b"x" * limit, b"x", b"never read"))
    assert (status, json.loads(body)["status"], headers[b"connection"]) == (413, "413", b"close")
    assert ask(asgi_app(provider), "POST", "/v2/Users", chunks=(b"x" * (limit + 1),))[0] == 413


def test_half_a_body_is_no_request(provider):
    incoming = [
        {"type": "http.request", "body": b'{"userName":"a"}', "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive():
        return incoming.pop(0)

    async def send(message):
        raise AssertionError(message)

    scope = {"type": "http", "method": "POST", "path": "/v2/Users", "query_string": b"", "headers": []}
    asyncio.run(asgi_app(provider)(scope, receive, send))
    assert json.loads(ask(asgi_app(provider), "GET", "/v2/Users")[2])["totalResults"] == 0
