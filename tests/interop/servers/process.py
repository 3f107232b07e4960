"""Starting a server of somebody else as a subprocess, waiting for it with a bound, and stopping it whatever happens."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

START_SECONDS = 30.0
STOP_SECONDS = 10.0


class ServerUnavailable(Exception):  # noqa: N818 - names the state of the machine, not a mistake
    """This machine lacks something that the server needs; the message says what, and how to get it."""


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: its base ``url``, the bearer ``token``, its ``name``, its ``version``, its process ``pid``."""

    url: str
    token: str
    name: str
    version: str
    pid: int = 0


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(
    command: Sequence[str | Path],
    *,
    ready: Callable[[], bool],
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``command`` until the block ends; enter the block when ``ready`` says yes.

    Raises:
        AssertionError: when the process ends early or is not ready within START_SECONDS; shows the end of its log.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
        try:
            _wait(process, ready, log)
            yield process
        finally:
            process.send_signal(stop_signal)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(STOP_SECONDS)


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, f"{process.args!r} ended with {process.returncode}:\n{tail(log)}"
        if ready():
            return
        time.sleep(0.05)
    raise AssertionError(f"{process.args!r} was not ready after {START_SECONDS:.0f} s:\n{tail(log)}")


def tail(log: Path, size: int = 4000) -> str:
    """Return the end of a log."""
    return log.read_text("utf-8", errors="replace")[-size:]


def answers(url: str) -> Callable[[], bool]:
    """Return a question: does anything speak HTTP at ``url``, with whatever status?"""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask() -> bool:
        try:
            opener.open(url, timeout=2).close()
        except urllib.error.HTTPError as error:
            error.close()
            return True
        except OSError:
            return False
        return True

    return ask
