"""The command line as a whole: help, near misses and exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scimulator import __version__
from scimulator.cli import main as cli

if TYPE_CHECKING:
    from pathlib import Path

VERBS = (
    *("check", "doctor", "fingerprint", "idp", "serve", "clean", "repro", "replay", "report", "list", "explain"),
    "selftest",
)
HEAVY = (
    "pytest",
    "_pytest",
    "httpx",
    "rich",
    "faker",
    "jsonschema",
    "orjson",
    "jinja2",
    "starlette",
    "uvicorn",
    "allure",
)


def run(*arguments: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SCIM", "PYTEST"))}
    return subprocess.run(
        [sys.executable, "-m", "scimulator", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=cwd,
        env={**clean, **env},
    )


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom scimulator.cli.main import main\ncode = main(['--help'])\n"
        f"heavy = [name for name in {HEAVY} if name in sys.modules]\nprint(heavy, file=sys.stderr)\nsys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr.strip() == "[]"
    for verb in VERBS:
        assert f"  {verb} " in done.stdout


@pytest.mark.parametrize("verb", ["", *VERBS])
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_each_help_ends_with_two_examples(verb: str, flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*verb.split(), flag]) == 0
    lines = capsys.readouterr().out.rstrip().splitlines()
    heading = next(at for at, line in enumerate(lines) if line.strip() == "Examples:")
    examples = lines[heading + 1 :]
    assert len(examples) == 2
    assert all(line.strip().startswith("scimulator") for line in examples)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"scimulator {__version__}\n"


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("chek", '(did you mean "check"?)'),
        ("--verson", '(did you mean "--version"?)'),
        ("check --dialct x", '(did you mean "--dialect"?)'),
        ("check --dialect okta.templat", '(did you mean "okta.template"?)'),
        ("check users.creat", '(did you mean "users.create"?)'),
        ("check --exclude sanitty", '(did you mean "sanity"?)'),
        ("check -n 2 sanitty", '(did you mean "sanity"?)'),
        ("check reference:group-remove-by-value-wipe", "group-remove-by-value-wipes"),
        ("check reference:?preset=lenyent", "lenient"),
        ("check --fail-on most", "must"),
        ("check --config nowhere.toml", "no such settings file"),
        ("check --target=", "the target is empty"),
        ("check http://127.0.0.1:1/a http://127.0.0.1:1/b", "there are two"),
        ("check localhost:8000/v2", "http://localhost:8000/v2"),
        ("check sanity --token-env SCIM_NOWHERE http://127.0.0.1:1/", "SCIM_NOWHERE is not set"),
        ("list check", '(did you mean "checks"?)'),
        ("list checks users.creat.x", "no id of checks"),
        ("explain users.create.locaton", '(did you mean "users.create.location"?)'),
        ("explain RFC7644-3.5.2.2-1", '(did you mean "RFC7644-3.5.2.2-01"?)'),
        ("serve --preset lenyent", "lenient"),
        ("serve --fault group-remove-by-value-wipe", "group-remove-by-value-wipes"),
        ("serve --token-env SCIM_NOWHERE", "SCIM_NOWHERE"),
        ("doctor", "no target is named"),
        ("clean users", "'users' is no target"),
    ],
)
def test_usage_errors_are_2_and_say_what_to_do(
    line: str, hint: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SCIM_TARGET", raising=False)
    assert cli.main(line.split()) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("Error: ")
    assert hint in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("argument", ["", "  "])
def test_an_empty_argument_is_2(argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", argument]) == 2
    assert "not set" in capsys.readouterr().err


def test_an_empty_target_variable_is_2(tmp_path: Path) -> None:
    done = run("check", "sanity", cwd=tmp_path, SCIM_TARGET="")
    assert done.returncode == 2
    assert "SCIM_TARGET is empty" in done.stderr


def test_an_error_of_ours_is_3_and_one_paragraph(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_name: str) -> None:
        raise KeyError("\x1b[31mlost")

    monkeypatch.setattr("scimulator.cli.main.importlib.import_module", broken)
    assert cli.main(["explain", "A12"]) == 3
    told = capsys.readouterr().err
    assert "report" in told
    assert "--debug" in told
    assert "Traceback" not in told
    assert "\x1b" not in told
    assert cli.main(["explain", "A12", "--debug"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_an_unreachable_target_is_4(tmp_path: Path) -> None:
    done = run("check", "http://127.0.0.1:1/scim/v2", cwd=tmp_path)
    assert done.returncode == 4
    assert done.stdout.splitlines()[0] == "Target  http://127.0.0.1:1/scim/v2"
    assert "scimulator doctor" in done.stdout.replace("\n", " ")
    assert not (tmp_path / "scimulator-report").exists()


def test_a_reader_that_goes_away_is_no_error_of_ours(tmp_path: Path) -> None:
    script = f"{sys.executable} -m scimulator list requirements | head -1; exit 0"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, timeout=60, cwd=tmp_path)
    assert done.stderr == ""
