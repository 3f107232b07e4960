"""Servers as subprocesses on 127.0.0.1, each waited for with a bound and stopped at the end."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).parent
TOKEN = "benchmark-token"  # noqa: S105 - lets into servers that live for seconds
START_SECONDS = 30.0
RUN_SECONDS = 180.0
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Server:
    """A running SCIM server: its base ``url`` and the root it is mounted on."""

    url: str
    root: str


@contextlib.contextmanager
def served(command: Sequence[str | Path], port: int, base_path: str) -> Iterator[Server]:
    """Run a server until the block ends.

    Raises:
        RuntimeError: when it ends early or does not answer within START_SECONDS.
    """
    root = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + START_SECONDS
        while not _answers(f"{root}{base_path}/ServiceProviderConfig"):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the server did not start: {command}")
            time.sleep(0.05)
        yield Server(f"{root}{base_path}", root)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


@contextlib.contextmanager
def scim2_server() -> Iterator[Server]:
    """Run scim2-server as its own command does."""
    port = _free_port()
    command: list[str | Path] = [
        Path(sys.executable).with_name("scim2-server"),
        "--port",
        str(port),
        "--bearer-token",
        TOKEN,
    ]
    with served(command, port, "/v2") as server:
        yield server


@contextlib.contextmanager
def timed_scim2_server() -> Iterator[Server]:
    """Run scim2-server with a stopwatch around its WSGI application."""
    port = _free_port()
    with served([sys.executable, HERE / "timed_server.py", str(port), TOKEN], port, "/v2") as server:
        yield server


@contextlib.contextmanager
def reference_provider() -> Iterator[Server]:
    """Run ``scimulator serve``."""
    port = _free_port()
    command = [sys.executable, "-m", "scimulator", "serve", "--port", str(port), "--token", TOKEN]
    with served(command, port, "/scim/v2") as server:
        yield server


def stopwatch(server: Server) -> tuple[int, float]:
    """Return how many requests the timed server has answered, and the seconds that its application took."""
    with _DIRECT.open(f"{server.root}/stopwatch", timeout=10) as answer:
        said = json.load(answer)
    return said["requests"], said["seconds"]


def run(command: Sequence[str | Path], *, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, without the user's settings in its way."""
    environment = {**os.environ, "SCIM_TOKEN": TOKEN, "NO_COLOR": "1"}
    if cwd is not None:
        environment["XDG_STATE_HOME"] = str(cwd / "state")
    return subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
        env=environment,
        cwd=cwd,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    try:
        _DIRECT.open(url, timeout=2).close()
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False
    return True
