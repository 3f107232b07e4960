"""Targets without a socket: an ASGI or WSGI application called in this process."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import importlib
import io
import queue
import sys
import threading
import traceback
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote_to_bytes

from scimulator.catalogue.near_miss import hint
from scimulator.exchange.message import FailureKind, Request, Response
from scimulator.target.auth import resolve_credentials
from scimulator.target.decoding import unpacked
from scimulator.target.errors import TargetError
from scimulator.target.opening import split_query
from scimulator.target.target import CarrierError, Target

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from scimulator.target.settings import Settings

    Message: TypeAlias = "dict[str, object]"
    AsgiApp = Callable[
        [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
    ]
    WsgiApp = Callable[[dict[str, object], Callable[..., object]], Iterable[bytes]]

HOST = "localhost"
START_SECONDS = 30.0


def crashed(error: BaseException) -> Response:
    """Return the 500 that a server would answer for an application that raised, with the place in its code."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    text = f"Internal Server Error: the application raised {type(error).__name__}: {error}{place}"
    return Response(500, (("Content-Type", "text/plain; charset=utf-8"),), text.encode())


class AsgiCarrier:
    """Calls an ASGI 3 application; its lifespan and every request run on one event loop in one thread."""

    def __init__(self, app: AsgiApp, body_limit: int) -> None:
        """Start the loop and the application's lifespan.

        Raises:
            TargetError: when the application does not start.
        """
        self._app = app
        self._body_limit = body_limit
        self._loop = asyncio.new_event_loop()
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._started = threading.Event()
        self._start_failure = ""
        self._state: dict[str, object] = {}
        # Before the loop runs: a queue that is filled from another thread does not wake the one who waits for it.
        self._inbox.put_nowait({"type": "lifespan.startup"})
        threading.Thread(target=self._run, name="scimulator-asgi", daemon=True).start()
        self._lifespan = asyncio.run_coroutine_threadsafe(self._live(), self._loop)
        if not self._started.wait(START_SECONDS):
            raise TargetError(f"the ASGI application did not finish its start-up within {START_SECONDS:g} s")
        if self._start_failure:
            raise TargetError(f"the ASGI application failed to start: {self._start_failure}")

    def carry(self, request: Request, timeout: float) -> Response:
        """Call the application once; see :class:`scimulator.target.target.Carrier`."""
        future = asyncio.run_coroutine_threadsafe(self._call(request), self._loop)
        try:
            return future.result(timeout)
        except concurrent.futures.TimeoutError:
            future.cancel()
            raise CarrierError(
                FailureKind.TIMEOUT, f"the application gave no complete response within {timeout:g} s"
            ) from None

    def close(self) -> None:
        """Shut the application's lifespan down and stop the loop."""
        with contextlib.suppress(RuntimeError, concurrent.futures.TimeoutError, concurrent.futures.CancelledError):
            shutdown: Message = {"type": "lifespan.shutdown"}
            self._loop.call_soon_threadsafe(self._inbox.put_nowait, shutdown)
            self._lifespan.result(2.0)
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    async def _live(self) -> None:
        async def send(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed":
                self._start_failure = str(message.get("message") or "no reason given")
            if str(message["type"]).startswith("lifespan.startup"):
                self._started.set()

        # An application without lifespan support may raise anything here (ASGI lifespan specification).
        with contextlib.suppress(Exception):
            scope: Message = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self._state}
            await self._app(scope, self._inbox.get, send)
        self._started.set()

    async def _call(self, request: Request) -> Response:
        path, _, query = request.target.encode("utf-8", "replace").partition(b"?")
        headers = [(name.lower().encode(), value.encode("utf-8", "replace")) for name, value in request.headers]
        if request.body and not any(name == b"content-length" for name, _ in headers):
            headers.append((b"content-length", str(len(request.body)).encode()))
        scope: Message = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": unquote_to_bytes(path).decode("utf-8", "replace"),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 0),
            "server": (HOST, 80),
            "state": dict(self._state),
        }
        body_sent = False
        start: Message = {}
        parts: list[bytes] = []
        done = asyncio.Event()

        async def receive() -> Message:
            nonlocal body_sent
            if body_sent:
                await done.wait()
                return {"type": "http.disconnect"}
            body_sent = True
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body":
                part = message.get("body") or b""
                parts.append(bytes(part) if isinstance(part, bytes | bytearray | memoryview) else b"")
                if sum(map(len, parts)) > self._body_limit:
                    raise CarrierError(
                        FailureKind.TOO_LARGE, f"the response does not end within {self._body_limit} bytes"
                    )
                if not message.get("more_body"):
                    done.set()

        try:
            await self._app(scope, receive, send)
        except CarrierError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the application raises is its answer
            if not done.is_set():
                return crashed(error)
        status, fields = start.get("status"), start.get("headers") or ()
        if not isinstance(status, int):
            raise CarrierError(FailureKind.PROTOCOL, "the application returned without sending a response")
        pairs = tuple((_text(pair[0]), _text(pair[1])) for pair in fields)  # type: ignore[attr-defined]  # ASGI: pairs of bytes
        return unpacked(Response(status, pairs, b"".join(parts)), self._body_limit)


class WsgiCarrier:
    """Calls a WSGI application (PEP 3333), always from the same thread, so that its connections stay usable."""

    def __init__(self, app: WsgiApp, body_limit: int) -> None:
        """Start the thread."""
        self._app = app
        self._body_limit = body_limit
        self._jobs = self._worker()

    def carry(self, request: Request, timeout: float) -> Response:
        """Call the application once; see :class:`scimulator.target.target.Carrier`."""
        future: concurrent.futures.Future[Response] = concurrent.futures.Future()
        self._jobs.put((request, future))
        try:
            return future.result(timeout)
        except concurrent.futures.TimeoutError:
            # The old thread is left to its hang; it is a daemon and ends with the process.
            self._jobs = self._worker()
            raise CarrierError(
                FailureKind.TIMEOUT, f"the application gave no complete response within {timeout:g} s"
            ) from None

    def close(self) -> None:
        """Let the thread end."""
        self._jobs.put(None)

    def _worker(self) -> queue.SimpleQueue[tuple[Request, concurrent.futures.Future[Response]] | None]:
        jobs: queue.SimpleQueue[tuple[Request, concurrent.futures.Future[Response]] | None] = queue.SimpleQueue()

        def run() -> None:
            while (job := jobs.get()) is not None:
                request, future = job
                try:
                    future.set_result(self._call(request))
                except CarrierError as error:
                    future.set_exception(error)
                except BaseException as error:  # noqa: BLE001 - whatever the application raises is its answer
                    future.set_result(crashed(error))

        threading.Thread(target=run, name="scimulator-wsgi", daemon=True).start()
        return jobs

    def _call(self, request: Request) -> Response:
        path, _, query = request.target.partition("?")
        environ: dict[str, object] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(request.body)) if request.body else "",
            "SERVER_NAME": HOST,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in request.headers:
            key = name.upper().replace("-", "_")
            if key == "CONTENT_TYPE":
                environ[key] = value
            elif key != "CONTENT_LENGTH":
                key = f"HTTP_{key}"
                environ[key] = f"{environ[key]},{value}" if key in environ else value
        start: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _info: object = None) -> object:
            start.append((status, headers))
            return written.extend

        written = bytearray()
        chunks = self._app(environ, start_response)
        try:
            for chunk in chunks:
                written += chunk
                if len(written) > self._body_limit:
                    raise CarrierError(
                        FailureKind.TOO_LARGE, f"the response does not end within {self._body_limit} bytes"
                    )
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        if not start:
            raise CarrierError(FailureKind.PROTOCOL, "the application returned without calling start_response")
        status, headers = start[-1]
        code = status.partition(" ")[0]
        if not (code.isascii() and code.isdigit()):
            raise CarrierError(FailureKind.PROTOCOL, f"the application's status is no status: {status!r}")
        fields = tuple((str(name), str(value)) for name, value in headers)
        return unpacked(Response(int(code), fields, bytes(written)), self._body_limit)


def _text(raw: bytes) -> str:
    return bytes(raw).decode("latin-1")


def load_application(spec: str) -> tuple[object, str]:
    """Import ``module:attribute[/base/path]`` from the current folder or the environment; return it and the path.

    Raises:
        TargetError: when the module or the attribute is not there, or the import fails.
    """
    place, slash, path = spec.partition("/")
    module_name, colon, attribute = place.partition(":")
    if not module_name or not colon or not attribute:
        raise TargetError(f"the target {spec!r} must be written as module:application, for example myapp.main:app")
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        found: object = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        missing = error.name or module_name
        if module_name == missing or module_name.startswith(f"{missing}."):
            raise TargetError(f"there is no module {module_name!r}; run from the folder that holds it") from error
        raise TargetError(f"importing {module_name!r} failed: it needs {missing!r}, which is not installed") from error
    except Exception as error:
        raise TargetError(f"importing {module_name!r} failed: {type(error).__name__}: {error}") from error
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise TargetError(f"{module_name!r} has no {part!r}{hint(part, dir(found))}")
        found = getattr(found, part)
    if not callable(found):
        raise TargetError(f"{place!r} is not an application: it cannot be called")
    return found, (slash + path).rstrip("/")


def _open(spec: str, settings: Settings, make: type[AsgiCarrier | WsgiCarrier]) -> Target:
    scheme, _, rest = spec.partition(":")
    rest, _, raw_query = rest.partition("?")
    query, dialect = split_query(raw_query)
    app, base_path = load_application(rest)
    credentials = resolve_credentials(settings)
    return Target(
        spec=spec,
        name=f"{scheme}:{rest}",
        base_url=f"http://{HOST}{base_path}",
        carrier=make(app, settings.limits.body),  # type: ignore[arg-type]  # a callable; its shape shows when called
        limits=settings.limits,
        credentials=credentials,
        base_path=base_path,
        host=HOST,
        query=query,
        dialect_hint=dialect,
    )


def open_asgi(spec: str, settings: Settings) -> Target:
    """Open ``asgi:module:app[/base/path]``.

    Raises:
        TargetError: when there is no such application or it does not start.
    """
    return _open(spec, settings, AsgiCarrier)


def open_wsgi(spec: str, settings: Settings) -> Target:
    """Open ``wsgi:module:app[/base/path]``.

    Raises:
        TargetError: when there is no such application.
    """
    return _open(spec, settings, WsgiCarrier)
