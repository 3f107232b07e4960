"""A server that misbehaves in one named way, on a raw socket, so that no HTTP library tidies up behind it."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

SCIM = b"Content-Type: application/scim+json\r\n"
USER = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "id": "1",
    "userName": "bjensen",
    "meta": {"resourceType": "User"},
}


@dataclass
class Hostile:
    """A running hostile server: where it is, what it was asked, and the switch that ends its hangs."""

    url: str
    requests: list[bytes] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    visited: list[str] = field(default_factory=list)
    other_url: str = ""

    def pause(self, seconds: float) -> bool:
        """Wait; True when the server is to end."""
        return self.stop.wait(seconds)


def answer(body: bytes, status: str = "200 OK", headers: bytes = SCIM, length: int | None = None) -> bytes:
    """Return a well-formed response, or one with a false length."""
    size = len(body) if length is None else length
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status.encode(), headers, size, body)


def document(value: object) -> bytes:
    return answer(json.dumps(value).encode())


def page(resources: list[object], total: int, start: int = 1) -> bytes:
    return document(
        {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": total,
            "startIndex": start,
            "itemsPerPage": len(resources),
            "Resources": resources,
        }
    )


BEHAVIOURS: dict[str, Callable[[Hostile, socket.socket, bytes], None]] = {}


def behaviour(function: Callable[[Hostile, socket.socket, bytes], None]) -> Callable[..., None]:
    BEHAVIOURS[function.__name__.strip("_").replace("_", "-")] = function
    return function


def fixed(name: str, data: bytes) -> None:
    BEHAVIOURS[name] = lambda _hostile, connection, _request: connection.sendall(data)


class Drop(Exception):  # noqa: N818 - a signal, not an error
    """Close the connection now."""


@behaviour
def hang_before_headers(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    hostile.pause(60)
    raise Drop


@behaviour
def hang_in_body(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    connection.sendall(answer(b'{"id":', length=100))
    hostile.pause(60)
    raise Drop


@behaviour
def slow_drip(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + SCIM + b"Content-Length: 100000\r\n\r\n")
    while not hostile.pause(0.02):
        connection.sendall(b" ")
    raise Drop


@behaviour
def slow_headers(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not hostile.pause(0.02):
        connection.sendall(b"a")
    raise Drop


@behaviour
def reset(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise Drop


@behaviour
def reset_in_body(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    connection.sendall(answer(b'{"id":', length=100))
    time.sleep(0.05)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise Drop


@behaviour
def empty_reply(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    raise Drop


@behaviour
def length_too_long(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    connection.sendall(answer(b"{}", length=50))
    raise Drop


@behaviour
def http_0_9(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    connection.sendall(b'{"Resources": []}')
    raise Drop


@behaviour
def endless_chunks(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + SCIM + b"Transfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    while not hostile.stop.is_set():
        connection.sendall(chunk)


@behaviour
def endless_headers(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not hostile.stop.is_set():
        connection.sendall(b"X-Filler: " + b"a" * 4000 + b"\r\n")


@behaviour
def endless_interim(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    while not hostile.stop.is_set():
        connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
        time.sleep(0.002)


@behaviour
def chunks_cut(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + SCIM + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"a"')
    raise Drop


@behaviour
def redirect_other_host(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    connection.sendall(answer(b"", "302 Found", b"Location: " + hostile.other_url.encode() + b"/Users\r\n"))


@behaviour
def redirect_loop(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    connection.sendall(answer(b"", "307 Temporary Redirect", b"Location: " + request.split(b" ")[1] + b"\r\n"))


@behaviour
def endless_pages(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    number = len(hostile.requests)
    connection.sendall(page([{**USER, "id": f"{number}-{i}"} for i in range(3)], 10_000_000, number))


@behaviour
def endless_schemas(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    connection.sendall(page([{"id": f"urn:x:{len(hostile.requests)}"}], 10_000_000))


@behaviour
def answers_twice(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    connection.sendall(document(USER) + document({**USER, "id": "of-nobody"}))


@behaviour
def closes_between(hostile: Hostile, connection: socket.socket, request: bytes) -> None:
    connection.sendall(document(USER))
    raise Drop


fixed("garbage", bytes(range(256)) * 8)
fixed("garbage-after-status", b"HTTP/1.1 200 OK\r\n\x00\x01\x02\r\n\r\n")
fixed("status-no-number", b"HTTP/1.1 OK fine\r\n\r\n")
fixed("status-999", answer(b"{}", "999 Strange"))
fixed("invalid-header-bytes", b"HTTP/1.1 200 OK\r\nX-Na me\x7f: \x00\r\nContent-Length: 0\r\n\r\n")
fixed("two-lengths", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}")
fixed("negative-length", b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}")
fixed("length-too-short", answer(b'{"id":"1","userName":"bjensen"}', length=10))
fixed("bad-chunk-size", b"HTTP/1.1 200 OK\r\n" + SCIM + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")
fixed("gzip-bomb", answer(gzip.compress(b" " * 40_000_000), headers=SCIM + b"Content-Encoding: gzip\r\n"))
fixed("gzip-lie", answer(b"{}", headers=SCIM + b"Content-Encoding: gzip\r\n"))
fixed("gzip-cut", answer(gzip.compress(b'{"id":"1"}' * 99)[:20], headers=SCIM + b"Content-Encoding: gzip\r\n"))
fixed("unknown-coding", answer(b"\x01\x02", headers=SCIM + b"Content-Encoding: br\r\n"))
fixed("deep-json", answer(b'{"a":' * 100_000 + b"1" + b"}" * 100_000))
fixed("deep-arrays", answer(b"[" * 200_000))
fixed("duplicate-keys", answer(b'{"id":"1","id":"2"}'))
fixed("nan", answer(b'{"totalResults":NaN}'))
fixed("huge-number", answer(b'{"totalResults":' + b"9" * 100_000 + b"}"))
fixed("bom", answer(b"\xef\xbb\xbf" + json.dumps(USER).encode()))
fixed(
    "utf-16", answer(json.dumps(USER).encode("utf-16"), headers=b"Content-Type: application/json; charset=utf-16\r\n")
)
fixed("not-utf-8", answer(b'{"userName":"J\xf6rg"}'))
fixed("lone-surrogate", answer(b'{"userName":"\\ud800"}'))
fixed("html-200", answer(b"<html><h1>Sign in</h1></html>", headers=b"Content-Type: text/html\r\n"))
fixed("empty-object", answer(b"{}"))
fixed("empty-200", answer(b""))
fixed("json-null", answer(b"null"))
fixed("json-list", answer(b"[]"))
fixed("body-with-204", b"HTTP/1.1 204 No Content\r\n" + SCIM + b'\r\n{"id":"1"}')
fixed("length-with-204", answer(b'{"id":"1"}', "204 No Content"))
fixed("always-401", answer(b"", "401 Unauthorized", b"WWW-Authenticate: Bearer\r\n"))
fixed("always-500", answer(b"Traceback (most recent call last): secret", "500 Internal Server Error", b""))
fixed("always-429", answer(b"{}", "429 Too Many Requests", SCIM + b"Retry-After: 0\r\n"))
fixed("429-without-pause", answer(b"{}", "429 Too Many Requests"))
fixed("503-huge-pause", answer(b"{}", "503 Service Unavailable", SCIM + b"Retry-After: 86400\r\n"))
fixed("503-odd-pause", answer(b"{}", "503 Service Unavailable", SCIM + b"Retry-After: soon\r\n"))
fixed("total-lies", page([USER], -5))
fixed("total-text", document({"totalResults": "many", "Resources": {"id": 1}}))
fixed("same-page-forever", page([USER], 1000))
fixed("tls-garbage", b"\x99\x88\x77 this is no handshake\r\n\r\n")


class _Server:
    def __init__(self, act: Callable[[Hostile, socket.socket, bytes], None], tls: ssl.SSLContext | None) -> None:
        self._act = act
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.hostile = Hostile(f"{'https' if tls else 'http'}://127.0.0.1:{port}")
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while not self.hostile.stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, raw: socket.socket) -> None:
        connection = raw
        with contextlib.suppress(OSError, Drop):
            if self._tls:
                connection = self._tls.wrap_socket(raw, server_side=True)
            while (request := self._request(connection)) is not None:
                self.hostile.requests.append(request)
                self._act(self.hostile, connection, request)
        with contextlib.suppress(OSError):
            connection.close()

    @staticmethod
    def _request(connection: socket.socket) -> bytes | None:
        data = b""
        while b"\r\n\r\n" not in data:
            part = connection.recv(65536)
            if not part:
                return None
            data += part
            if data.startswith(b"\x16\x03"):
                return data  # a TLS handshake; there will be no blank line
        head, _, body = data.partition(b"\r\n\r\n")
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        while len(body) < length:
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body

    def close(self) -> None:
        self.hostile.stop.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.close()


@contextlib.contextmanager
def hostile_server(
    behaviour: str | Callable[[Hostile, socket.socket, bytes], None], *, tls: ssl.SSLContext | None = None
) -> Iterator[Hostile]:
    """Run a server with one behaviour of :data:`BEHAVIOURS`, or a function of your own, on a free port of 127.0.0.1.

    ``other_url`` of what is yielded is a second, well-behaved server that records its requests in ``visited``; no
    client may ever carry the token there.
    """
    act = BEHAVIOURS[behaviour] if isinstance(behaviour, str) else behaviour
    server = _Server(act, tls)
    other = _Server(
        lambda _hostile, connection, request: (
            server.hostile.visited.append(request.decode("latin-1")),
            connection.sendall(document(USER)),
        )[1],
        None,
    )
    server.hostile.other_url = other.hostile.url
    try:
        yield server.hostile
    finally:
        server.close()
        other.close()
