"""scimmy-routers (https://github.com/scimmyjs/scimmy-routers) on express, from npm, with people in memory."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .process import Served, ServerUnavailable, answers, free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "interop-token-of-scimmy"
PROJECT = Path(__file__).parents[1] / "scimmy"
INSTALL_SECONDS = 120


def installed() -> Path:
    """Return a folder with the pinned packages, installed on first use and kept in the user's cache.

    Raises:
        ServerUnavailable: without npm, or where npm cannot fetch them.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise ServerUnavailable("no node and npm are installed here")
    manifest = (PROJECT / "package.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "scimulator" / "interop"
    kept = cache / f"scimmy-{hashlib.sha256(manifest).hexdigest()[:12]}"
    if kept.is_dir():
        return kept
    cache.mkdir(parents=True, exist_ok=True)
    # Installed aside and then renamed: a second process never sees a half-filled folder.
    fresh = Path(tempfile.mkdtemp(dir=cache))
    try:
        (fresh / "package.json").write_bytes(manifest)
        command = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
        try:
            done = subprocess.run(command, cwd=fresh, capture_output=True, timeout=INSTALL_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise ServerUnavailable(f"npm did not fetch scimmy-routers within {INSTALL_SECONDS} s") from None
        if done.returncode != 0:
            lines = done.stderr.decode(errors="replace").strip().splitlines() or ["without a message"]
            raise ServerUnavailable(f"npm could not fetch scimmy-routers: {lines[0]}")
        with contextlib.suppress(OSError):  # another process was faster
            fresh.rename(kept)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return kept


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Serve an empty scimmy.

    Raises:
        ServerUnavailable: without node or npm, or where npm cannot fetch the packages.
    """
    modules = installed()
    # Node looks for modules beside the script, not beside the working directory.
    script = folder / "serve.mjs"
    script.write_bytes((PROJECT / "serve.mjs").read_bytes())
    (folder / "node_modules").symlink_to(modules / "node_modules")
    port = free_port()
    url = f"http://127.0.0.1:{port}/scim/v2"
    node = shutil.which("node")
    assert node is not None
    env = {**os.environ, "INTEROP_PORT": str(port), "INTEROP_TOKEN": TOKEN, "NODE_ENV": "production"}
    with running(
        [node, script],
        ready=answers(f"{url}/ServiceProviderConfig"),
        log=folder / "scimmy.log",
        env=env,
        cwd=folder,
    ) as process:
        yield Served(url, TOKEN, "scimmy-routers", _version(modules), process.pid)


def _version(modules: Path) -> str:
    def of(package: str) -> str:
        described = json.loads((modules / "node_modules" / package / "package.json").read_text("utf-8"))
        return str(described["version"])

    return f"{of('scimmy-routers')} (scimmy {of('scimmy')})"
