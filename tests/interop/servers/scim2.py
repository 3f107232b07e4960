"""scim2-server (https://github.com/python-scim/scim2-server), as its own command starts it."""

from __future__ import annotations

import contextlib
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from .process import Served, answers, free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "interop-token-of-scim2-server"


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Serve an empty scim2-server; logs go into ``folder``."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/v2"
    command = Path(sys.executable).with_name("scim2-server")
    with running(
        [command, "--port", str(port), "--bearer-token", TOKEN],
        ready=answers(f"{url}/ServiceProviderConfig"),
        log=folder / "scim2-server.log",
    ) as process:
        yield Served(url, TOKEN, "scim2-server", version("scim2-server"), process.pid)
