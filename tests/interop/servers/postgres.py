"""A private PostgreSQL cluster in a temporary folder, reachable only through a Unix socket in it."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from .process import STOP_SECONDS, ServerUnavailable, running

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLE = "scim"


def binaries() -> Path:
    """Return the folder with initdb and postgres, the newest first.

    Raises:
        ServerUnavailable: where no PostgreSQL is installed.
    """
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: _number(path.parent.name), reverse=True)
    # A link such as /usr/local/bin/initdb has no postgres beside it: follow it.
    found = shutil.which("initdb")
    for folder in [*debian, *([Path(found).resolve().parent] if found else [])]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise ServerUnavailable("no PostgreSQL is installed here (no initdb); `make postgres` installs it on Debian")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _account() -> str | None:
    """Return the account to run as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise ServerUnavailable("PostgreSQL does not run as root, and there is no account postgres") from None


@contextlib.contextmanager
def cluster() -> Iterator[Path]:
    """Run a new cluster; yields the folder of its socket (``host=`` of a connection); role ``scim``, no password."""
    programs = binaries()
    account = _account()
    # Not below pytest's folder: the path of a Unix socket may have 107 bytes, and other accounts cannot enter it.
    folder = Path(tempfile.mkdtemp(prefix="scimulator-pg-"))
    try:
        if account:
            shutil.chown(folder, account, account)
        data = folder / "data"
        made = subprocess.run(
            [
                programs / "initdb",
                *("--pgdata", data, "--username", ROLE, "--auth", "trust"),
                *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
            ],
            capture_output=True,
            timeout=120,
            check=False,
            cwd=folder,
            user=account,
            group=account,
            extra_groups=[] if account else None,
        )
        assert made.returncode == 0, made.stderr.decode(errors="replace")
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "shared_buffers": "32MB",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with running(
            [programs / "postgres", "-D", data, *settings],
            ready=lambda: _accepts(folder),
            log=Path(tempfile.mkstemp(prefix="scimulator-pg-", suffix=".log", dir=folder)[1]),
            cwd=folder,
            user=account,
            stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown
        ):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _accepts(folder: Path) -> bool:
    try:
        psycopg.connect(host=str(folder), user=ROLE, dbname="postgres", connect_timeout=int(STOP_SECONDS)).close()
    except psycopg.OperationalError:
        return False
    return True
