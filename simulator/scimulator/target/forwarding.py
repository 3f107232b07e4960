"""A reverse proxy that changes nothing: what a client sends goes on as it came, and the answer comes back as it is.

It stands on the standard library's HTTP server and client, because those keep the order and the case of header fields
and leave bodies alone, compressed ones included. Only hop-by-hop fields (RFC 9110 section 7.6.1) and Host are its own.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scimulator.exchange.message import Exchange, FailureKind, Request, Response, TransportFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scimulator.exchange.message import Headers

CHUNK = 64 * 1024
PATIENCE = 5.0
"""Seconds that a request under way gets when recording ends."""
KEPT = 10 * 1024 * 1024
"""Bytes of a body that are kept for the record; more is forwarded all the same."""
_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"}
    | {"transfer-encoding", "upgrade"}
)


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where requests go: scheme, host, port, and the path that stands before theirs."""

    scheme: str
    host: str
    port: int
    path: str
    timeout: float = 60.0
    context: ssl.SSLContext | None = None

    @classmethod
    def of(cls, url: str, *, timeout: float, insecure: bool = False, ca_bundle: str = "") -> Upstream:
        """Read an address.

        Raises:
            ValueError: when it is no http(s) URL, with what to write.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no http(s) URL; write https://scim.example.com/scim/v2")
        context = None
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=ca_bundle or None)
            if insecure:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return cls(parts.scheme, parts.hostname, port, parts.path.rstrip("/"), timeout, context)

    @property
    def authority(self) -> str:
        """The value of Host."""
        usual = self.port == (443 if self.scheme == "https" else 80)
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if usual else f"{host}:{self.port}"

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection, not opened yet."""
        if self.scheme == "https":
            return http.client.HTTPSConnection(self.host, self.port, timeout=self.timeout, context=self.context)
        return http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)


@dataclass(slots=True)
class Forwarder:
    """Forwards everything below ``/`` to an upstream and tells ``listener`` of each exchange, one at a time."""

    upstream: Upstream
    listener: Callable[[Exchange], None]
    host: str = "127.0.0.1"
    port: int = 0
    count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _server: ThreadingHTTPServer | None = None
    _busy: int = 0

    def bind(self) -> int:
        """Take the port and return it.

        Raises:
            OSError: when it cannot be had.
        """
        forwarder = self

        class Handler(_Handler):
            owner = forwarder

        self._server = ThreadingHTTPServer((self.host, self.port), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        return self.port

    def serve(self) -> None:
        """Forward until ``stop`` is called from another thread, or Ctrl-C."""
        if self._server is None:
            raise RuntimeError("bind() comes first")
        try:
            self._server.serve_forever(poll_interval=0.1)
        finally:
            # What is under way is told of before the end, unless it takes too long.
            until = time.monotonic() + PATIENCE
            while self._busy and time.monotonic() < until:
                time.sleep(0.02)
            self._server.server_close()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Count a request that is under way."""
        with self._lock:
            self._busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1

    def stop(self) -> None:
        """End ``serve``."""
        if self._server is not None:
            self._server.shutdown()

    def tell(self, request: Request, response: Response | None, problem: str, started: float) -> None:
        """Tell the listener of one exchange."""
        with self._lock:
            self.count += 1
            failure = None if response is not None else TransportFailure(FailureKind.CONNECT, problem)
            elapsed = time.time() - started
            self.listener(Exchange(self.count, request, response, failure, started, elapsed))


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    owner: Forwarder
    protocol_version = "HTTP/1.1"
    # Head and body would otherwise wait for each other's acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = CHUNK

    def handle_one_request(self) -> None:
        """Forward one request, whatever its method."""
        try:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline:
                self.close_connection = True
                return
            if len(self.raw_requestline) > 65536 or not self.parse_request():
                self.close_connection = True
                return
            self._forward()
            self.wfile.flush()
        except (TimeoutError, ConnectionError, BrokenPipeError):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's word
        """Print nothing: the listener shows what happens."""

    def _forward(self) -> None:
        with self.owner.at_work():
            self._carried()

    def _carried(self) -> None:
        started = time.time()
        body = b"".join(self._body())
        headers = tuple((name, value) for name, value in self.headers.items())
        request = Request(self.command, self.path, headers, body)
        upstream = self.owner.upstream
        connection = upstream.connect()
        try:
            connection.putrequest(
                self.command, f"{upstream.path}{self.path}", skip_host=True, skip_accept_encoding=True
            )
            named = {name.strip().lower() for name in self.headers.get("connection", "").split(",")}
            for name, value in headers:
                lower = name.lower()
                if lower == "host":
                    connection.putheader("Host", upstream.authority)
                elif lower not in _HOP and lower not in named and lower != "content-length":
                    connection.putheader(name, value)
                elif lower == "content-length":
                    connection.putheader(name, str(len(body)))
            if body and "content-length" not in {name.lower() for name, _ in headers}:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            told = f"the server behind this proxy does not answer: {error or type(error).__name__}"
            self._bad_gateway(told)
            self.owner.tell(request, None, told, started)
            return
        try:
            self._back(request, answer, started)
        finally:
            connection.close()

    def _back(self, request: Request, answer: http.client.HTTPResponse, started: float) -> None:
        fields: Headers = tuple(answer.getheaders())
        self.send_response_only(answer.status, answer.reason)
        bodiless = request.method == "HEAD" or answer.status in (204, 304) or answer.status < 200
        measured = any(name.lower() == "content-length" for name, _ in fields)
        for name, value in fields:
            if name.lower() not in _HOP:
                self.send_header(name, value)
        chunked = not bodiless and not measured
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        kept: list[bytes] = []
        size = 0
        while not bodiless and (piece := answer.read1(CHUNK)):
            if size < KEPT:
                kept.append(piece[: KEPT - size])
            size += len(piece)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            self.wfile.flush()
        if chunked:
            self.wfile.write(b"0\r\n\r\n")
        self.owner.tell(request, Response(answer.status, fields, b"".join(kept)), "", started)

    def _body(self) -> Iterator[bytes]:
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            while size := int(self.rfile.readline(65537).partition(b";")[0] or b"0", 16):
                yield self.rfile.read(size)
                self.rfile.readline(65537)
            while self.rfile.readline(65537).strip():
                pass
            return
        length = self.headers.get("content-length", "0")
        if length.isdecimal() and int(length):
            yield self.rfile.read(int(length))

    def _bad_gateway(self, told: str) -> None:
        text = told.encode("utf-8", "replace")
        self.send_response_only(502, "Bad Gateway")
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
