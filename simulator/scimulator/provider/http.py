"""The provider on a port: the only file of it that knows ASGI and sockets."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette

from scimulator.exchange.message import Request, Response
from scimulator.provider.control_api import BODY_LIMIT as CONTROL_BODY
from scimulator.provider.control_api import PREFIX as CONTROL_PREFIX
from scimulator.provider.errors import ScimError

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from scimulator.provider.control_api import ControlApi
    from scimulator.provider.provider import Provider

_TOO_LARGE = ScimError(413, "the body is too large")


class ScimEndpoint:
    """Raw ASGI around :meth:`Provider.handle`: nothing between the bytes and the provider but the path prefix.

    With ``control``, that answers below its own prefix beside it.
    """

    def __init__(self, provider: Provider, prefix: str, control: ControlApi | None = None) -> None:
        self.provider = provider
        self.prefix = prefix
        self.control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        if self.control is not None and _within(scope["path"], CONTROL_PREFIX):
            await self._controlled(self.control, scope, receive, send)
            return
        target = self._target(scope)
        try:
            body = await _read_body(receive, self.provider.rules.quirks.max_payload) if target is not None else b""
        except ConnectionResetError:
            return
        if target is None:
            answer = self.provider.refusal(ScimError(404, f"SCIM is served below {self.prefix}"))
        elif body is None:
            answer = self.provider.refusal(_TOO_LARGE)
        else:
            headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
            answer = self.provider.handle(Request(scope["method"], target, headers, body))
        await _send(answer, send, with_body=scope["method"] != "HEAD", close=body is None)

    async def _controlled(self, control: ControlApi, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await _read_body(receive, CONTROL_BODY)
        except ConnectionResetError:
            return
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        content = body if body is not None else bytes(CONTROL_BODY + 1)
        request = Request(scope["method"], scope["path"], headers, content)
        client = scope.get("client")
        answer = control.handle(request, client[0] if client else "")
        await _send(answer, send, with_body=scope["method"] != "HEAD", close=body is None)

    def _target(self, scope: Scope) -> str | None:
        """Return path and query below the prefix exactly as they came, or None for a path elsewhere."""
        raw = scope.get("raw_path")
        path: str = raw.decode("latin-1") if raw is not None else scope["path"]
        if self.prefix:
            if not path.startswith(self.prefix) or path[len(self.prefix) : len(self.prefix) + 1] not in {"", "/"}:
                return None
            path = path[len(self.prefix) :]
        query = scope["query_string"]
        return f"{path or '/'}?{query.decode('latin-1')}" if query else path or "/"


def _within(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")


async def _read_body(receive: Receive, limit: int) -> bytes | None:
    """Return the body, or None once it has become larger than ``limit`` bytes.

    Raises:
        ConnectionResetError: when the client left before the end; half a body is no request.
    """
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ConnectionResetError
    chunk: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return chunk if len(chunk) <= limit else None
    chunks = [chunk]
    size = len(chunk)
    while message.get("more_body"):
        if size > limit:
            return None
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
    return b"".join(chunks) if size <= limit else None


async def _send(answer: Response, send: Send, *, with_body: bool, close: bool) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in answer.headers]
    if answer.status not in {204, 304}:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    if close:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body if with_body else b""})


def asgi_app(provider: Provider, path_prefix: str = "/v2", control: ControlApi | None = None) -> Starlette:
    """Return an ASGI application that serves the provider below ``path_prefix`` and answers 404 elsewhere.

    With ``control``, the control API answers below ``/control/v1`` (:mod:`scimulator.provider.control_api`).
    """
    app = Starlette()
    app.router.default = ScimEndpoint(provider, path_prefix.rstrip("/"), control)
    return app


def serve(provider: Provider, host: str = "127.0.0.1", port: int = 8000, path_prefix: str = "/v2") -> None:
    """Serve the provider until Ctrl-C, with uvloop and httptools where they are installed.

    Raises:
        OSError: when the port cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=256) as listener:
        server(provider, path_prefix).run(sockets=[listener])


def server(provider: Provider, path_prefix: str = "/v2", control: ControlApi | None = None) -> uvicorn.Server:
    """Return a uvicorn server for the provider, not yet started; ``run(sockets=[listener])`` puts it on a socket."""
    config = uvicorn.Config(
        asgi_app(provider, path_prefix, control),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
        h11_max_incomplete_event_size=1 << 20,
    )
    return uvicorn.Server(config)
