"""``init``: questions, a try on the server, and a settings file that check reads."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import threading
import tomllib
from typing import TYPE_CHECKING

import pytest

from scimulator.target.settings_file import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "canary-token-1n1t"


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCIM", "PYTEST", "GITHUB"))}
    return {**kept, "TERM": "dumb", **more}


def run(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scimulator", *arguments],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
        timeout=120,
        cwd=folder,
        env=environment(**env),
    )


def answer(folder: Path, answers: list[str], *arguments: str) -> tuple[int, str]:
    """Run ``init`` on a terminal of its own and type the answers."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "scimulator", "init", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env=environment(),
    )
    os.close(theirs)
    os.write(ours, "".join(f"{each}\n" for each in answers).encode())
    shown = b""
    guard = threading.Timer(60, process.kill)
    guard.start()
    try:
        while True:
            try:
                shown += os.read(ours, 4096)
            except OSError:
                break
        return process.wait(60), shown.decode("utf-8", "replace")
    finally:
        guard.cancel()
        os.close(ours)


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    import signal  # noqa: PLC0415  only here

    process = subprocess.Popen(
        [sys.executable, "-m", "scimulator", "serve", "--port", "0", "--token-env", "CANARY"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(CANARY=TOKEN),
    )
    assert process.stdout is not None
    url = ""
    for line in process.stdout:
        if "export SCIM_URL=" in line:
            url = line.partition("=")[2].strip()
        if "Ctrl-C" in line:
            break
    yield url
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    process.stdout.close()


def test_options_are_enough(tmp_path: Path, served: str) -> None:
    options = ("--url", served, "--token-env", "CANARY", "--idp", "okta", "--require", "name.familyName")
    done = run(tmp_path, "init", "--yes", *options, "--domain", "corp.example.org", CANARY=TOKEN)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "next     scimulator check" in done.stdout
    settings = load_settings(tmp_path / "scimulator.toml", environ={})
    assert settings.target.url == served
    assert settings.target.token_env == "CANARY"
    assert settings.run.dialects == ("okta.template", "okta.wizard")
    assert settings.people.domain == "corp.example.org"
    assert settings.people.required == ("name.familyName",)
    text = (tmp_path / "scimulator.toml").read_text("utf-8")
    assert TOKEN not in text + done.stdout + done.stderr
    assert text.count("# ") > 10
    checked = run(tmp_path, "check", "sanity", CANARY=TOKEN)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    (tmp_path / "scimulator.toml").write_text("# mine\n", "utf-8")
    done = run(tmp_path, "init", "--yes", "--url", "reference:")
    assert done.returncode == 2
    assert "--force" in done.stderr
    assert (tmp_path / "scimulator.toml").read_text("utf-8") == "# mine\n"
    assert run(tmp_path, "init", "--yes", "--url", "reference:", "--force").returncode == 0
    assert tomllib.loads((tmp_path / "scimulator.toml").read_text("utf-8"))["target"] == {
        "url": "reference:",
        "auth": "none",
    }


def test_a_server_without_groups_is_noticed(tmp_path: Path) -> None:
    assert run(tmp_path, "init", "--yes", "--url", "reference:?preset=gitlab-like").returncode == 0
    assert load_settings(tmp_path / "scimulator.toml", environ={}).quirks == {"groups": "unsupported"}


@pytest.mark.parametrize("token", ["wrong", ""])
def test_refused_credentials_write_nothing(tmp_path: Path, served: str, token: str) -> None:
    done = run(tmp_path, "init", "--yes", "--url", served, "--token-env", "CANARY", CANARY=token)
    assert done.returncode == (4 if token else 2), done.stdout + done.stderr
    assert not (tmp_path / "scimulator.toml").exists()
    assert run(tmp_path, "init", "--yes", "--url", served, "--no-try").returncode == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--url", "https://user:s3cr3t@scim.example.com/v2"), "credentials"),
        (("--url", "https://scim.example.com/v2?token=s3cr3t"), "secret"),
        (("--url", "scim.example.com"), "did you mean https://scim.example.com"),
        (("--url", "https://x.example", "--token-env", "s3cr3t-token"), "never the token itself"),
        (("--url", "https://x.example", "--idp", "okat"), 'did you mean "okta"'),
        (("--url", "https://x.example", "--domain", "nowhere"), "no mail domain"),
        (("--url", "https://x.example", "--auth", "basic"), "--username"),
    ],
)
def test_what_cannot_be_is_refused_without_an_echo(tmp_path: Path, options: tuple[str, ...], told: str) -> None:
    done = run(tmp_path, "init", "--yes", "--no-try", *options)
    assert done.returncode == 2, done.stdout
    assert told in done.stderr
    assert "s3cr3t" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_five_questions_on_a_terminal(tmp_path: Path) -> None:
    code, shown = answer(tmp_path, ["reference:", "none", "okat", "entra", "y", "", "none"])
    assert code == 0, shown
    for number in range(1, 6):
        assert f"{number}/5" in shown
    assert 'did you mean "okta"' in shown
    settings = load_settings(tmp_path / "scimulator.toml", environ={})
    assert settings.run.dialects == ("entra.legacy", "entra.optscim")


def test_nobody_to_ask_is_2(tmp_path: Path) -> None:
    done = run(tmp_path, "init")
    assert done.returncode == 2
    assert "--yes" in done.stderr
