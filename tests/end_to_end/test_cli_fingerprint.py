"""``scimulator fingerprint``: finds what a product has, says what it cannot tell, and what it prints can be pasted."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import tomllib
from typing import TYPE_CHECKING

import jsonschema
import pytest

from scimulator import content
from scimulator.catalogue.presets import load_preset, preset_names
from scimulator.catalogue.quirks import declared_quirks, quirks
from scimulator.cli import main as cli
from scimulator.provider import Provider
from scimulator.provider.http import server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "canary-token-f1ng3r"
SCHEMA = json.loads((content("fixtures") / "schemas" / "fingerprint.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in an empty folder, where no settings lie."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("SCIM_TARGET", "SCIM_TOKEN", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def taken(target: str, *options: str) -> tuple[int, dict[str, dict]]:
    """Take a fingerprint; return the exit code and the quirks by id."""
    code = cli.main(["fingerprint", target, "--json", "fingerprint.json", *options])
    with open("fingerprint.json", encoding="utf-8") as file:  # noqa: PTH123  the current folder is the test's
        made = json.load(file)
    jsonschema.Draft202012Validator(SCHEMA).validate(made)
    return code, {each["id"]: each for each in made["quirks"]}


def pasted(screen: str) -> str:
    """Return the section that the screen shows for the settings."""
    return screen[screen.index("[quirks]") :]


@pytest.mark.parametrize("name", preset_names())
def test_whatever_it_finds_of_a_preset_is_what_the_preset_has(name: str) -> None:
    code, found = taken(f"reference:?preset={name}", "--controls")
    preset = load_preset(name).quirks
    wrong = {
        key: (each["values"], preset.get(key, quirks()[key].default))
        for key, each in found.items()
        if each["certainty"] != "unknown" and each["values"] != [preset.get(key, quirks()[key].default)]
    }
    assert not wrong
    assert code == 0


def test_what_it_prints_for_the_settings_holds_in_a_check(capsys: pytest.CaptureFixture[str], elsewhere: Path) -> None:
    assert cli.main(["fingerprint", "reference:?preset=whimsical", "--controls"]) == 0
    text = pasted(capsys.readouterr().out)
    declared = declared_quirks(tomllib.loads(text)["quirks"], "pasted")
    assert declared["email-case"] == "fold"
    assert len(declared) >= 40
    (elsewhere / "scimulator.toml").write_text(text, encoding="utf-8")
    code = cli.main(["check", "quirks", "reference:?preset=whimsical", "--json", "run.jsonl"])
    records = [json.loads(line) for line in (elsewhere / "run.jsonl").read_text(encoding="utf-8").splitlines()]
    assert records[0]["quirks"].items() >= declared.items()
    judged = [each for each in records if each["type"] == "check"]
    assert any(each["outcome"] == "passed" for each in judged)
    assert not [each["id"] for each in judged if each["outcome"] in ("failed", "error")]
    assert code == 0


def test_a_broken_promise_fails_a_check_and_names_the_quirk(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    (elsewhere / "scimulator.toml").write_text(
        '[quirks]\npreset = "whimsical"\ndeletion = "refuse"\n', encoding="utf-8"
    )
    code = cli.main(["check", "quirks.deletion", "reference:?preset=whimsical", "--json", "run.jsonl"])
    told = " ".join(capsys.readouterr().out.split())
    assert code == 1
    assert "QUIRK-deletion · declared by the product" in told
    assert "it is not as it declares in deletion" in told
    assert "declared is deletion = refuse, but the product shows remove" in told


def test_a_declared_value_replaces_checks_and_names_itself(elsewhere: Path) -> None:
    (elsewhere / "scimulator.toml").write_text('[quirks]\nemail-case = "fold"\n', encoding="utf-8")
    cli.main(["check", "okta.assign.user-name-case", "reference:", "--json", "run.jsonl"])
    records = [json.loads(line) for line in (elsewhere / "run.jsonl").read_text(encoding="utf-8").splitlines()]
    judged = [each for each in records if each.get("id") == "okta.assign.user-name-case"]
    assert judged
    assert {each["outcome"] for each in judged} == {"not-applicable"}
    assert all("the product declares email-case = fold" in each["reason"] for each in judged)
    assert not any(each["exchanges"] for each in judged)


def test_where_two_probes_disagree_it_is_inconsistent(capsys: pytest.CaptureFixture[str]) -> None:
    # A server that takes no text by PATCH, so that PUT says one thing and PATCH another.
    code, found = taken("reference:patch-text-value-refused")
    told = " ".join(capsys.readouterr().out.split())
    assert code == 1
    torn = [each for each in found.values() if each["certainty"] == "inconsistent"]
    assert torn
    for each in torn:
        assert len(each["values"]) > 1
        assert f"# {each['id']} is inconsistent" in told
    assert "INCONSISTENT" in told


def test_without_controls_what_the_product_alone_shows_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = taken("reference:?preset=whimsical")
    assert code == 0
    assert found["deactivation-sessions"]["certainty"] == "unknown"
    assert "--controls" in found["deactivation-sessions"]["reasons"][0]
    assert "[control.log-in]" in " ".join(found["deactivation-sessions"]["reasons"])
    told = capsys.readouterr().out
    assert "UNKNOWN: not guessed" in told
    assert "deactivation-sessions" not in pasted(told)


def test_a_file_of_quirks_that_there_are_not_is_refused_with_the_nearest(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    for text, near in (('email-kase = "fold"', "email-case"), ('email-case = "fould"', "fold"), ('preset = "x"', "x")):
        (elsewhere / "scimulator.toml").write_text(f"[quirks]\n{text}\n", encoding="utf-8")
        assert cli.main(["fingerprint", "reference:"]) == 2
        told = capsys.readouterr().err
        assert near in told
        assert "scimulator.toml" in told
        assert "Traceback" not in told


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ([], 2, "no target is named"),
        (["whimsical"], 2, "'whimsical' is no target"),
        (["reference:?preset=whimsicle"], 2, "whimsical"),
        (["reference:", "--contrls"], 2, "--controls"),
        (["http://127.0.0.1:9/scim"], 4, "127.0.0.1:9"),
        (["reference:", "--json", "no/such/folder/file.json"], 2, "cannot be written"),
    ],
)
def test_what_cannot_be_done_says_so(
    arguments: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["fingerprint", *arguments]) == code
    said = capsys.readouterr()
    assert told in said.err + said.out
    assert "Traceback" not in said.err


@pytest.fixture
def served() -> Iterator[str]:
    """The address of a reference provider on a port, which needs ``TOKEN``."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/scim/v2"
        provider = Provider(url, preset="tableau-like", token=TOKEN)
        running = server(provider, "/scim/v2")
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield url
        running.should_exit = True
        thread.join(10)
        provider.close()


def test_a_server_is_asked_with_the_token_and_nothing_of_it_is_written(
    served: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    monkeypatch.setenv("MY_TOKEN", TOKEN)
    code, found = taken(served, "--token-env", "MY_TOKEN")
    said = capsys.readouterr()
    assert code == 0
    assert found["deletion"]["values"] == [load_preset("tableau-like").quirks.get("deletion", "remove")]
    assert TOKEN not in said.out + said.err
    assert TOKEN not in (elsewhere / "fingerprint.json").read_text(encoding="utf-8")
    assert "still there" not in said.out
    monkeypatch.setenv("MY_TOKEN", "another")
    assert cli.main(["fingerprint", served, "--token-env", "MY_TOKEN"]) == 4


def test_through_a_pipe_there_is_neither_colour_nor_progress(elsewhere: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scimulator", "fingerprint", "reference:"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=elsewhere,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert done.stdout.startswith("Fingerprint of reference:")
    assert [line for line in done.stdout.splitlines() if len(line) > 80] == []
