"""``check`` on the embedded provider and over a socket: output, files, exit codes, and no secret anywhere."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from scimulator import content
from scimulator.reporting.stream import read_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "canary-token-5up3rs3cr3t"
WIPES = "group-remove-by-filter-wipes"


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCIM", "PYTEST", "NO_COLOR"))}
    return {**kept, **more}


def run(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scimulator", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        cwd=folder,
        env=environment(**env),
    )


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The base URL of a provider with a bug, which asks for the canary token."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scimulator", "serve", "--port", "0", "--token-env", "CANARY", "--fault", WIPES],
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


def test_a_target_that_conforms_is_0(tmp_path: Path) -> None:
    done = run(tmp_path, "check", "sanity", "users.create.location")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "Target  reference:   (no target was given: the embedded reference provider)"
    assert lines[-1] == "reference: conforms in what was selected (exit 0)"
    assert done.stderr == ""
    assert (tmp_path / "scimulator-report" / "run.jsonl").is_file()


def test_a_bug_is_1_and_the_report_shows_it(tmp_path: Path) -> None:
    done = run(tmp_path, "check", "sanity", "membership", f"reference:{WIPES}")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "DATA LOSS" in done.stdout
    assert '"$SCIM_URL/Groups/' in done.stdout
    assert '-H "Authorization: Bearer $SCIM_TOKEN"' in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    assert done.stderr == ""


def test_users_configuration_of_pytest_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --nonsense\n", encoding="utf-8")
    (tmp_path / "conftest.py").write_text("raise RuntimeError('not for you')\n", encoding="utf-8")
    done = run(tmp_path, "check", "sanity", PYTEST_ADDOPTS="--also-nonsense", PYTEST_PLUGINS="nowhere")
    assert done.returncode == 0, done.stdout + done.stderr


def test_workers_judge_the_same(tmp_path: Path) -> None:
    alone = run(tmp_path, "check", "users.create", "--json", "alone.jsonl")
    shared = run(tmp_path, "check", "users.create", "--json", "shared.jsonl", "-n", "2")
    assert (alone.returncode, shared.returncode) == (0, 0), shared.stdout + shared.stderr

    def outcomes(name: str) -> list[tuple[str, str]]:
        records = read_run(tmp_path / name)
        return sorted((str(each["id"]), str(each["outcome"])) for each in records if each["type"] == "check")

    assert outcomes("alone.jsonl") == outcomes("shared.jsonl")


def test_list_shows_what_would_run_and_sends_nothing(tmp_path: Path) -> None:
    done = run(tmp_path, "check", "--list", "sanity", "http://127.0.0.1:1/v2")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("sanity.")
    assert done.stdout.rstrip().endswith("checks would run")
    assert list(tmp_path.iterdir()) == []


def test_the_run_stream_is_as_its_schema_says(tmp_path: Path) -> None:
    run(tmp_path, "check", "--json", "run.jsonl", f"reference:{WIPES}")
    schema = json.loads((content("fixtures") / "schemas" / "run.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    records = list(read_run(tmp_path / "run.jsonl"))
    for record in records:
        errors = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(record)]
        assert not errors, (record.get("id"), errors)
    types = [record["type"] for record in records]
    assert types[0] == "run"
    assert types[-1] == "end"
    assert set(types[1:-1]) == {"check"}


def test_no_secret_in_any_file_or_on_the_screen(tmp_path: Path, served: str) -> None:
    (tmp_path / "token.txt").write_text(TOKEN, encoding="utf-8")
    areas = ("sanity", "auth", "users", "membership")
    files = ("--junit", "junit.xml", "--allure", "allure", "--json", "run.jsonl")
    done = run(tmp_path, "check", *areas, served, "--verbose", *files, "--token-file", "token.txt")
    assert done.returncode == 1, done.stdout + done.stderr
    (tmp_path / "token.txt").unlink()
    written = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert len(written) > 3
    texts = [done.stdout, done.stderr, *(each.read_bytes().decode("utf-8", "replace") for each in written)]
    assert not [text[:80] for text in texts if TOKEN in text]


def test_junit_is_xml_with_the_failures(tmp_path: Path) -> None:
    run(tmp_path, "check", "sanity", "membership", f"reference:{WIPES}", "--junit", "junit.xml")
    suite = ET.parse(tmp_path / "junit.xml").getroot()[0]  # noqa: S314  our own file
    assert suite.get("name") == "scimulator"
    assert int(suite.get("failures", "0")) > 0
    assert int(suite.get("errors", "1")) == 0


def test_refused_credentials_are_4(tmp_path: Path, served: str) -> None:
    done = run(tmp_path, "check", served, SCIM_TOKEN="wrong-" + TOKEN)
    assert done.returncode == 4
    assert "401" in done.stdout
    assert TOKEN not in done.stdout + done.stderr


def test_a_token_from_a_variable_of_any_name(tmp_path: Path, served: str) -> None:
    done = run(tmp_path, "check", "sanity", served, "--token-env", "MY_TOKEN", MY_TOKEN=TOKEN)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_file_that_cannot_be_written_is_2(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    done = run(tmp_path, "check", "sanity", "--json", "taken/run.jsonl")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


def test_fail_on_comes_from_the_settings(tmp_path: Path) -> None:
    (tmp_path / "scimulator.toml").write_text('[run]\nfail_on = "should"\n', encoding="utf-8")
    run(tmp_path, "check", "sanity")
    header = next(read_run(tmp_path / "scimulator-report" / "run.jsonl"))
    assert header["fail_on"] == "should"
    run(tmp_path, "check", "sanity", "--fail-on", "must")
    header = next(read_run(tmp_path / "scimulator-report" / "run.jsonl"))
    assert header["fail_on"] == "must"


def on_a_terminal(folder: Path, *arguments: str, **env: str) -> tuple[int, str]:
    """Return exit code and output of a command whose output is a terminal."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execve(  # noqa: S606  this is the test
            sys.executable, [sys.executable, "-m", "scimulator", *arguments], environment(TERM="xterm-256color", **env)
        )
    made = b""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        made += piece
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), made.decode()


def test_progress_on_a_terminal(tmp_path: Path) -> None:
    code, text = on_a_terminal(tmp_path, "check", "sanity", "membership", f"reference:{WIPES}")
    assert code == 1
    assert "\x1b" in text
    assert text.count("first failure:") == 1
    assert text.index("first failure:") < text.index("Target  ")


def test_no_color_is_honoured(tmp_path: Path) -> None:
    code, text = on_a_terminal(tmp_path, "check", "sanity", NO_COLOR="1")
    assert code == 0
    assert "\x1b" not in text


def test_a_token_can_be_typed(tmp_path: Path, served: str) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.execve(  # noqa: S606  this is the test
            sys.executable,
            [sys.executable, "-m", "scimulator", "check", "sanity", served, "--token-prompt"],
            environment(NO_COLOR="1"),
        )
    made = b""
    typed = False
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        made += piece
        if not typed and b"Token of the target" in made:
            os.write(terminal, f"{TOKEN}\n".encode())
            typed = True
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, made.decode()
    assert TOKEN not in made.decode()


def test_ctrl_c_is_130_and_leaves_nothing_behind(tmp_path: Path, served: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "scimulator", "check", served, "--rate", "40"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=environment(SCIM_TOKEN=TOKEN),
    )
    stream = tmp_path / "scimulator-report" / "run.jsonl"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not (stream.is_file() and stream.stat().st_size > 5000):
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    assert "interrupted" in out
    assert "Traceback" not in err
    cleaned = run(tmp_path, "clean", served, "--dry-run", SCIM_TOKEN=TOKEN)
    assert cleaned.returncode == 0
    assert "0 resources carry our mark" in cleaned.stdout


def test_read_only_writes_nothing(tmp_path: Path) -> None:
    done = run(tmp_path, "check", "reference:", "--read-only", "--json", "run.jsonl")
    records = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text("utf-8").splitlines()]
    sent = [each["request"] for record in records for each in record.get("exchanges", ())]
    writes = [each for each in sent if each["method"] not in ("GET", "HEAD")]
    assert all(each["method"] == "POST" and each["target"].endswith("/.search") for each in writes), done.stdout
    assert len([record for record in records if record.get("outcome") == "passed"]) > 20
    assert records[-1]["made"] == 0


def test_an_application_in_this_process_is_judged(tmp_path: Path) -> None:
    (tmp_path / "own_app.py").write_text(
        "from scimulator.provider import Provider\n"
        "from scimulator.provider.http import asgi_app\n"
        "app = asgi_app(Provider('http://own.example/scim/v2', token='canary-own-app'), path_prefix='/scim/v2')\n",
        encoding="utf-8",
    )
    done = run(tmp_path, "check", "sanity", "users.create", "asgi:own_app:app/scim/v2", SCIM_TOKEN="canary-own-app")
    assert done.returncode == 0, done.stdout + done.stderr
