"""The one module that knows httpx: bytes over a socket, exactly as given and never longer than allowed.

httpx and its core decide about connections and framing. Three things they do not offer, all at the level of the
network stream: a deadline for the whole exchange (a slow drip defeats one timeout per read), a request head whose
header order is ours (h11 moves Host to the front), and knowledge of bytes that come after the end of a response.
"""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from typing import TYPE_CHECKING

import httpcore
import httpx

from scimulator.exchange.message import FailureKind, Request, Response
from scimulator.target.decoding import unpacked
from scimulator.target.errors import TargetError
from scimulator.target.target import CarrierError

if TYPE_CHECKING:
    from collections.abc import Iterable

IDLE_SECONDS = 1.5
"""An idle connection older than this is not used again: the server may be about to close it."""
HEAD_WINDOW = 128 * 1024
_BODY_METHODS = ("POST", "PUT", "PATCH")
_REPEATABLE = ("GET", "HEAD", "OPTIONS")


LINGER_SECONDS = 0.1


class _Wire(threading.local):
    """The exchange that this thread is carrying: its deadline, its head, and what came."""

    def __init__(self) -> None:
        self.deadline = 0.0
        self.head = b""
        self.request_line = b""
        self.received = 0
        self.window = bytearray()
        self.fresh = True
        self.connected = False

    def left(self) -> float:
        return self.deadline - time.monotonic()


class _Stream(httpcore.NetworkStream):
    """A network stream that knows the deadline of the exchange and counts what comes."""

    def __init__(self, inner: httpcore.NetworkStream, wire: _Wire) -> None:
        self._inner = inner
        self._wire = wire
        self._soiled = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline replaces it
        left = self._wire.left()
        if left <= 0:
            raise httpcore.ReadTimeout("deadline")
        data = self._inner.read(max_bytes, left)
        wire = self._wire
        wire.received += len(data)
        if len(wire.window) < HEAD_WINDOW:
            wire.window += data
        return data

    def linger(self) -> None:
        """Take in for a moment whatever comes behind the end of the response, as evidence."""
        with contextlib.suppress(httpcore.NetworkError, httpcore.TimeoutException, OSError):
            self._wire.window += self._inner.read(4096, LINGER_SECONDS)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the deadline replaces it
        wire = self._wire
        left = wire.left()
        if left <= 0:
            raise httpcore.WriteTimeout("deadline")
        if wire.head and buffer.startswith(wire.request_line):
            buffer, wire.head = wire.head, b""
        self._inner.write(buffer, left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the deadline replaces it
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, max(0.01, self._wire.left())), self._wire)

    def soil(self) -> None:
        """Mark the connection as one on which bytes came that belong to no response; it is not used again."""
        self._soiled = True

    def get_extra_info(self, info: str) -> object:
        if info == "is_readable" and self._soiled:
            return True
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, wire: _Wire) -> None:
        self._inner = httpcore.SyncBackend()
        self._wire = wire

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline replaces it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        self._wire.fresh = True
        left = max(0.01, self._wire.left())
        inner = self._inner.connect_tcp(host, port, left, local_address, socket_options)
        self._wire.connected = True
        return _Stream(inner, self._wire)


def tls_context(ca_bundle: str = "", *, insecure: bool = False) -> ssl.SSLContext:
    """Return the TLS settings for a bundle of authorities in PEM, or for none.

    Raises:
        TargetError: when the bundle cannot be read.
    """
    context = ssl.create_default_context()
    if ca_bundle:
        try:
            context.load_verify_locations(cafile=ca_bundle)
        except (OSError, ssl.SSLError) as error:
            raise TargetError(
                f"the certificate bundle {ca_bundle} cannot be used ({error.strerror or error}); it must be a file "
                f"of PEM certificates"
            ) from error
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class HttpCarrier:
    """Requests over HTTP/1.1 with kept connections; safe for several threads."""

    def __init__(
        self,
        *,
        secure: bool,
        host: str,
        port: int,
        body_limit: int,
        ca_bundle: str = "",
        insecure: bool = False,
    ) -> None:
        """Prepare a pool; nothing is connected yet.

        Raises:
            TargetError: when the certificate bundle cannot be read.
        """
        self._host, self._port = host, port
        self._url = httpx.URL(scheme="https" if secure else "http", host=host, port=port)
        self._body_limit = body_limit
        self._wire = _Wire()
        context = tls_context(ca_bundle, insecure=insecure) if secure else None
        self._transport = httpx.HTTPTransport(verify=context or False)
        # httpx has no public way to hand a network backend to its pool; this is the one private name used.
        self._transport._pool = httpcore.ConnectionPool(  # noqa: SLF001 - see above
            ssl_context=context,
            max_connections=64,
            max_keepalive_connections=64,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=_Backend(self._wire),
        )

    def carry(self, request: Request, timeout: float) -> Response:
        """Carry one request; see :class:`scimulator.target.target.Carrier`."""
        deadline = time.monotonic() + timeout
        try:
            return self._attempt(request, timeout, deadline)
        except CarrierError as error:
            # A kept connection that the server closed while we wrote says nothing about the server.
            stale = not self._wire.fresh and not self._wire.received and error.failure.kind is not FailureKind.TIMEOUT
            if not stale or request.method not in _REPEATABLE:
                raise
        return self._attempt(request, timeout, deadline)

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()

    def _attempt(self, request: Request, timeout: float, deadline: float) -> Response:
        wire = self._wire
        headers = _framed(request)
        target = request.target.encode("utf-8", "surrogatepass")
        wire.deadline, wire.received, wire.window, wire.fresh = deadline, 0, bytearray(), False
        wire.connected = False
        wire.request_line = b"%s %s HTTP/1.1\r\n" % (request.method.encode(), target)
        wire.head = wire.request_line + b"".join(b"%s: %s\r\n" % pair for pair in headers) + b"\r\n"
        try:
            made = httpx.Request(
                request.method,
                self._url,
                headers=headers,
                stream=httpx.ByteStream(request.body),
                extensions={"target": target},
            )
            answer = self._transport.handle_request(made)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
            raise self._failure(error, timeout, None) from error
        network = answer.extensions.get("network_stream")
        if request.method == "HEAD" and isinstance(network, _Stream):
            # Content that must not come may still be on its way; without a moment of patience, seeing it is chance.
            network.linger()
        try:
            raw = self._read(answer)
        except (httpx.HTTPError, OSError) as error:
            raise self._failure(error, timeout, answer.status_code) from error
        finally:
            answer.close()
        response_headers = tuple((_text(name), _text(value)) for name, value in answer.headers.raw)
        response = Response(answer.status_code, response_headers, raw)
        surplus = self._surplus(request, response)
        if surplus and isinstance(network, _Stream):
            network.soil()
        return self._completed(response, surplus)

    def _read(self, answer: httpx.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        stream = answer.stream
        if not isinstance(stream, httpx.SyncByteStream):
            return b""
        for part in stream:
            size += len(part)
            if size > self._body_limit:
                raise CarrierError(
                    FailureKind.TOO_LARGE,
                    f"the {answer.status_code}'s body does not end within {self._body_limit} bytes; reading stopped",
                )
            parts.append(part)
        return b"".join(parts)

    def _surplus(self, request: Request, response: Response) -> bytes:
        """Return the bytes that came behind the end of the response, as far as one read brought them along."""
        window = bytes(self._wire.window)
        end = window.find(b"\r\n\r\n")
        if end < 0 or window.startswith((b"HTTP/1.1 1", b"HTTP/1.0 1")):
            return b""
        empty = request.method == "HEAD" or response.status in (204, 304)
        if not empty and (response.header("Transfer-Encoding") or response.header("Content-Length") is None):
            return b""
        consumed = end + 4 + (0 if empty else len(response.body))
        return window[consumed:]

    def _completed(self, response: Response, surplus: bytes) -> Response:
        if surplus and response.status == 204:
            # A body where none may be (RFC 9110 15.3.5): it is evidence, so it is shown.
            return Response(response.status, response.headers, surplus)
        if surplus:
            raise CarrierError(
                FailureKind.PROTOCOL,
                f"{len(surplus)} more bytes came than the response's Content-Length "
                f"({response.header('Content-Length')}) announces; the length counts bytes, not characters",
            )
        return unpacked(response, self._body_limit)

    def _failure(self, error: Exception, timeout: float, status: int | None) -> CarrierError:
        where = f"{self._host}:{self._port}"
        came = f"{self._wire.received} bytes came" if self._wire.received else "not one byte came"
        detail = str(error).strip()
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLError) and not isinstance(error, httpx.ReadTimeout | httpx.ConnectTimeout):
                return CarrierError(FailureKind.TLS, _tls_sentence(cause, where))
            cause = cause.__cause__ or cause.__context__
        if isinstance(error, httpx.ConnectTimeout) and self._wire.connected:
            return CarrierError(
                FailureKind.TLS,
                f"the TLS handshake with {where} did not end within {timeout:g} s; is it an https port?",
            )
        if isinstance(error, httpx.ConnectTimeout):
            return CarrierError(FailureKind.CONNECT, f"no connection to {where} within {timeout:g} s")
        if isinstance(error, httpx.ConnectError):
            return CarrierError(FailureKind.CONNECT, f"no connection to {where}: {detail}; is the server running?")
        if isinstance(error, httpx.TimeoutException):
            part = "no complete response" if status is None else f"the body of the {status} did not end"
            return CarrierError(FailureKind.TIMEOUT, f"{part} within {timeout:g} s; {came}")
        if isinstance(error, httpx.ReadError | httpx.WriteError | httpx.CloseError):
            return CarrierError(FailureKind.RESET, f"the connection broke ({detail or 'reset'}); {came}")
        if isinstance(error, httpx.RemoteProtocolError):
            if not self._wire.received:
                return CarrierError(FailureKind.RESET, "the server closed the connection without an answer")
            if "buffer too long" in detail:
                return CarrierError(FailureKind.TOO_LARGE, f"the response's header does not end; {came}")
            return CarrierError(FailureKind.PROTOCOL, f"what came is not proper HTTP/1.1: {detail}")
        if isinstance(error, httpx.LocalProtocolError):
            return CarrierError(FailureKind.PROTOCOL, f"the request cannot be written as HTTP/1.1: {detail}")
        return CarrierError(FailureKind.PROTOCOL, f"{type(error).__name__}: {detail}")


def _framed(request: Request) -> list[tuple[bytes, bytes]]:
    headers = [(name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in request.headers]
    names = {name.lower() for name, _ in headers}
    needed = request.body or request.method in _BODY_METHODS
    if needed and not names & {b"content-length", b"transfer-encoding"}:
        headers.append((b"Content-Length", str(len(request.body)).encode()))
    return headers


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _tls_sentence(error: ssl.SSLError, where: str) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"the certificate of {where} is not trusted: {error.verify_message}; name the authority with --ca-bundle, "
            f"or for a test server only use --insecure"
        )
    return f"no TLS connection to {where}: {error.reason or error}; is this an https port?"
