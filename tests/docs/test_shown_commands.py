"""Every command that README.md and docs/ show is run, as it stands there, on a reference provider of this machine.

A page is one session: its ``sh`` blocks are run in order, in a folder of their own. ``exit=N`` behind ``sh`` says how
the last command of a block ends (0 where nothing is said); what serves until Ctrl-C is stopped at the page's end. A
block of another kind with a file's name (``toml leaver.toml``) is that file.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scimulator.provider import Provider
from scimulator.provider.http import server

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
TOKEN = "canary-token-d0cs"
FENCE = re.compile(r"^```(?P<kind>\w+)(?P<info>[^\n]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [
    path for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if "```sh" in path.read_text("utf-8")
]
ELSEWHERE = {
    # the commands that this very run of the tests began with, or that change this machine
    "make": "CI runs it",
    "pip": "the test of the wheel installs it",
    "pipx": "needs an account",
    "uv": "needs a tool of its own",
    "git": "needs a repository",
    "brew": "needs a package manager",
}
ADDRESSES = ("https://scim.example.com/scim/v2", "https://staging.example.com/scim/v2", "http://127.0.0.1:8000/scim/v2")
SERVING = ("scimulator serve", "scimulator record")
READY = "Ctrl-C ends"


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/scim/v2"
        provider = Provider(url, token=TOKEN)
        running = server(provider, "/scim/v2")
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield url
        running.should_exit = True
        thread.join(10)
        provider.close()


class Shell:
    """One page's session."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.serving: list[subprocess.Popen[str]] = []
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("SCIM", "GITHUB_"))},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "SCIM_URL": url,
            "SCIM_TOKEN": TOKEN,
            "XDG_STATE_HOME": str(folder / "state"),
            "NO_COLOR": "1",
            "COLUMNS": "100",
        }
        for name in ("suites", "examples"):
            (folder / name).symlink_to(ROOT / name)

    def run(self, command: str) -> int:
        """Run one command and return its exit code; a server is left running."""
        for address in ADDRESSES:
            command = command.replace(address, self.url)
        if command.startswith("export "):
            for assignment in shlex.split(command, comments=True)[1:]:
                name, _, value = assignment.partition("=")
                if "…" not in value:
                    self.environment[name] = os.path.expandvars(value)
            return 0
        if command.split(maxsplit=1)[0] in ELSEWHERE:
            return 0
        if command.startswith(SERVING):
            return self._serve(command)
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip
        self.told = done.stdout[-3000:] + done.stderr[-3000:]
        return done.returncode

    def _serve(self, command: str) -> int:
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"], cwd=self.folder, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.serving.append(process)
        assert process.stdout is not None
        seen: list[str] = []
        until = time.monotonic() + 30
        for line in process.stdout:
            seen.append(line)
            if READY in line or time.monotonic() > until:
                break
        self.told = "".join(seen)
        return 0 if seen and READY in seen[-1] else process.wait(10)

    def close(self) -> None:
        for process in self.serving:
            process.send_signal(signal.SIGINT)
            try:
                process.communicate(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()


def _commands(code: str) -> list[str]:
    joined = code.replace("\\\n", " ")
    lines = [re.sub(r"\s+#(?= ).*$", "", line).strip() for line in joined.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_commands_of_a_page_work(page: Path, served: str, tmp_path: Path) -> None:
    shell = Shell(tmp_path, served)
    try:
        for fence in FENCE.finditer(page.read_text("utf-8")):
            commands = _commands(fence["code"])
            ends = re.search(r"exit=(\d+)", fence["info"])
            if fence["kind"] != "sh":
                if fence["info"].strip():
                    (tmp_path / fence["info"].strip()).write_text(fence["code"], "utf-8")
                continue
            for command in commands:
                wanted = int(ends[1]) if ends and command == commands[-1] else 0
                code = shell.run(command)
                assert code == wanted, f"{command}\nended with {code}, not {wanted}:\n{shell.told}"
    finally:
        shell.close()


def test_the_reader_of_pages_sees_commands_and_comments() -> None:
    assert _commands("a \\\n  b   # why\n# only words\n\nc '#x'\n") == ["a    b", "c '#x'"]
