"""``scimulator idp``: played live, as a dry run and as a script; drifts and exit codes; nothing stays behind."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from scimulator import content
from scimulator.cli import main as cli
from scimulator.exchange.message import Request
from scimulator.provider import Provider
from scimulator.provider.http import server

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "canary-token-1dp"
PLAYED = [
    ("okta", "okta.template", "everyday"),
    ("okta", "okta.wizard", "groups"),
    ("entra", "entra.legacy", "groups"),
    ("entra", "entra.optscim", "everyday"),
]
SCHEMA = json.loads((content("fixtures") / "schemas" / "idp.schema.json").read_text(encoding="utf-8"))


class Served:
    """The reference provider on a port of this machine."""

    def __init__(self, url: str, provider: Provider) -> None:
        self.url = url
        self.provider = provider

    def count(self, endpoint: str) -> int:
        request = Request("GET", endpoint, (("Authorization", f"Bearer {TOKEN}"),))
        return int(str(self.provider.handle(request).document().object["totalResults"]))


@pytest.fixture
def served() -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/scim/v2"
        provider = Provider(url, token=TOKEN)
        running = server(provider, "/scim/v2")
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield Served(url, provider)
        running.should_exit = True
        thread.join(10)
        provider.close()


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("SCIM", "NO_COLOR"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, **more}


@pytest.mark.parametrize(("idp", "dialect", "scenario"), PLAYED)
def test_a_good_target_is_0(
    idp: str, dialect: str, scenario: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "out.json"
    code = cli.main(["idp", idp, "reference:", "--dialect", dialect, "--scenario", scenario, "--json", str(file)])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    assert out.startswith("reference: · ")
    assert "carry the mark scimulator-" in out
    assert "and the target is as the directory wants it" in out.splitlines()[-1]
    assert "\x1b" not in out
    written = json.loads(file.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(written)
    assert (written["exit_code"], written["comparison"]["drifts"], written["left"]) == (0, [], [])
    assert written["dialect"] == dialect


def test_data_loss_is_named_and_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    target = "reference:group-remove-by-value-wipes"
    assert cli.main(["idp", "okta", target, "--scenario", "groups"]) == 0
    assert cli.main(["idp", "entra", target, "--scenario", "groups", "--json", str(file)]) == 1
    out = capsys.readouterr().out
    assert "missing-member: scimulator-" in out
    assert out.splitlines()[-1].endswith("0 of 13 steps failed, 1 drift")
    assert json.loads(file.read_text())["comparison"]["drifts"][0]["kind"] == "missing-member"


def test_a_failed_flow_is_1_with_the_task(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["idp", "okta", "reference:create-with-active-crashes"]) == 1
    out = capsys.readouterr().out
    assert "FAILURE   application.provision.user.push" in out
    assert "task  Automatic provisioning of user scimulator-" in out


def test_entra_by_cycles_and_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["idp", "entra", "reference:", "--cycles", "2"]) == 0
    out = capsys.readouterr().out
    assert "initial cycle 1 ended: 3 success, 0 failure, 0 skipped" in out
    assert "10:20:00  cycle" in out
    assert cli.main(["idp", "entra", "reference:", "--on-demand", "ada.quill@northwind.example"]) == 0
    out = capsys.readouterr().out
    assert "Determine if user is in scope: success" in out
    assert "1 account, 0 groups" in out


def test_the_flag_of_the_address_selects_the_dialect(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["idp", "entra", "reference:?aadOptscim062020"]) == 0
    assert "Entra ID with aadOptscim062020" in capsys.readouterr().out


def test_bodies_are_shown_without_passwords(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["idp", "okta", "reference:", "-v"]) == 0
    out = capsys.readouterr().out
    assert '> {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"' in out
    assert '"password":"<redacted>"' in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["okat"], "no identity provider is called 'okat' (did you mean \"okta\"?)"),
        (["okta"], "no target is named"),
        (["okta", ""], "an argument is empty"),
        (["okta", "example.com"], "'example.com' is no target"),
        (["okta", "reference:", "--dialect", "okta.templat"], 'did you mean "okta.template"?'),
        (["okta", "reference:", "--dialect", "entra.legacy"], "entra.legacy is a dialect of entra"),
        (["okta", "reference:", "--scenario", "grups"], '(did you mean "groups"?)'),
        (["okta", "reference:", "--scenario", "entra-groups"], "is for entra: scimulator idp entra"),
        (["okta", "reference:", "--scenario", "missing.toml"], "missing.toml cannot be read: No such file"),
        (["okta", "reference:", "--switch", "nul-display"], '(did you mean "null-display"?)'),
        (["okta", "reference:", "--switch", "null-display=maybe"], "write NAME, NAME=on or NAME=off"),
        (["okta", "reference:", "--no-mark"], "--no-mark only goes together with --keep"),
        (["okta", "reference:", "--as", "curl", "--json", "x"], "writes no --json"),
        (["entra", "reference:", "--cycles", "1", "--on-demand", "ada"], "give either --cycles or --on-demand"),
        (["entra", "reference:", "--on-demand", "adah"], '(did you mean "ada"?)'),
        (["okta", "reference:", "--swich", "x"], '(did you mean "--switch"?)'),
    ],
)
def test_usage_errors_are_2(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["idp", *arguments]) == 2
    out, err = capsys.readouterr()
    assert told in err
    assert out == ""


def test_a_scenario_of_ones_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    text = 'title = "Mine"\n[people.eve]\nlogin = "eve@x.example"\ngivenName = "Eve"\nfamilyName = "X"\n[[events]]\n'
    file.write_text(f'{text}do = "assign"\nperson = "eve"\n', "utf-8")
    assert cli.main(["idp", "okta", "reference:", "--scenario", "mine.toml"]) == 0
    assert cli.main(["idp", "entra", "reference:", "--scenario", str(file)]) == 0
    assert "-eve@x.example  created" in capsys.readouterr().out
    file.write_text(f'{text}do = "asign"\nperson = "eve"\n', "utf-8")
    assert cli.main(["idp", "okta", "reference:", "--scenario", "mine.toml"]) == 2
    assert 'mine.toml: [[events]] 1 do: is "asign"' in capsys.readouterr().err


@pytest.mark.parametrize("idp", ["okta", "entra"])
@pytest.mark.parametrize("form", [[], ["--dry-run"], ["--as", "curl"]])
@pytest.mark.parametrize("flag", [["--help"], ["-h"]])
def test_help_ends_with_two_examples(
    idp: str, form: list[str], flag: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["idp", idp, *form, *flag]) == 0
    lines = capsys.readouterr().out.rstrip().splitlines()
    assert lines[-3].strip() == "Examples:"
    assert all(line.strip().startswith(f"scimulator idp {idp}") for line in lines[-2:])


def test_a_dry_run_prints_what_would_be_sent(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "dry.json"
    assert cli.main(["idp", "okta", "--dry-run", "--json", str(file)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    at = lines.index("GET /Users?startIndex=1&count=2 HTTP/1.1")
    assert lines[at + 1 : at + 8] == [
        "Accept: application/scim+json",
        "Accept-Charset: utf-8",
        "User-Agent: Okta SCIM Client 1.0.0",
        "Authorization: {{authorization}}",
        "Host: {{host}}",
        "Connection: Keep-Alive",
        "Accept-Encoding: gzip,deflate",
    ]
    assert "PATCH /Users/USER_2_ID HTTP/1.1" in lines
    assert '"value":{"active":false}' in out
    written = json.loads(file.read_text())
    jsonschema.Draft202012Validator(SCHEMA).validate(written)
    assert written["dry_run"] is True
    assert cli.main(["idp", "okta", "--dry-run"]) == 0
    assert capsys.readouterr().out == out


def test_over_a_socket_nothing_is_left_and_no_token_is_written(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("SCIM_TOKEN", TOKEN)
    assert cli.main(["idp", "entra", served.url, "--scenario", "groups", "-v", "--json", "out.json"]) == 0
    assert (served.count("/Users"), served.count("/Groups")) == (0, 0)
    assert TOKEN not in capsys.readouterr().out
    assert TOKEN not in (tmp_path / "out.json").read_text()
    assert not list((tmp_path / "state").rglob("*.jsonl"))


def test_what_is_kept_can_be_cleaned(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SCIM_TOKEN", TOKEN)
    assert cli.main(["idp", "okta", served.url, "--keep"]) == 0
    assert "2 resources kept on the target" in capsys.readouterr().out
    assert served.count("/Users") == 2
    assert cli.main(["clean", served.url]) == 0
    assert served.count("/Users") == 0


def test_names_can_stay_as_they_are(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCIM_TOKEN", TOKEN)
    assert cli.main(["idp", "okta", served.url, "--keep", "--no-mark"]) == 0
    assert served.count("/Users?filter=userName%20eq%20%22ada.quill%40northwind.example%22") == 1
    # The same again adopts what is there.
    assert cli.main(["idp", "okta", served.url, "--keep", "--no-mark"]) == 0
    assert served.count("/Users") == 2


def test_unreachable_and_refused_are_4(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SCIM_TOKEN", "wrong")
    assert cli.main(["idp", "okta", served.url]) == 4
    assert "answers 401 to the credentials given" in capsys.readouterr().out
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert cli.main(["idp", "entra", f"http://127.0.0.1:{port}/v2"]) == 4
    assert "no connection to" in capsys.readouterr().out


def test_ctrl_c_removes_what_was_made(served: Served, tmp_path: Path) -> None:
    scenario = tmp_path / "slow.toml"
    scenario.write_text(
        'title = "Slow"\n[people.eve]\nlogin = "eve@x.example"\ngivenName = "E"\nfamilyName = "X"\n'
        '[[events]]\ndo = "assign"\nperson = "eve"\n[[events]]\ndo = "wait"\nhours = 1\n',
        "utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "scimulator", "idp", "okta", served.url, "--scenario", "slow.toml", "--real-time"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(SCIM_TOKEN=TOKEN),
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "POST" in line:
            break
    assert served.count("/Users") == 1
    process.send_signal(signal.SIGINT)
    rest, err = process.communicate(timeout=30)
    assert process.returncode == 130, rest + err
    assert err.strip() == ""
    assert "1 of 1 resource removed" in rest
    assert served.count("/Users") == 0


@pytest.mark.skipif(shutil.which("curl") is None, reason="the script needs curl")
@pytest.mark.parametrize(("idp", "dialect", "scenario"), PLAYED)
def test_the_script_runs(
    served: Served, idp: str, dialect: str, scenario: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["idp", idp, "--dialect", dialect, "--scenario", scenario, "--as", "curl"]) == 0
    text, err = capsys.readouterr()
    assert err == ""
    assert TOKEN not in text
    script = Path("play.sh")
    script.write_text(text, "utf-8")
    given = environment(SCIM_URL=served.url, SCIM_TOKEN=TOKEN)
    done = subprocess.run(["sh", str(script)], capture_output=True, text=True, timeout=60, env=given, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "All answers were as expected." in done.stdout
    assert (served.count("/Users"), served.count("/Groups")) == (0, 0)
    # Each run makes names of its own; kept ones are found by their mark.
    given = {**given, "SCIM_KEEP": "1"}
    again = subprocess.run(["sh", str(script)], capture_output=True, text=True, timeout=60, env=given, check=False)
    assert again.returncode == 0, again.stderr
    assert served.count("/Users?filter=userName%20sw%20%22scimulator-%22") >= 2


@pytest.mark.skipif(shutil.which("curl") is None, reason="the script needs curl")
def test_the_script_stops_where_an_answer_is_not_as_expected(
    served: Served, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main(["idp", "okta", "--as", "curl"]) == 0
    script = tmp_path / "play.sh"
    script.write_text(capsys.readouterr().out, "utf-8")
    given = environment(SCIM_URL=served.url, SCIM_TOKEN="wrong")
    done = subprocess.run(["sh", str(script)], capture_output=True, text=True, timeout=60, env=given, check=False)
    assert done.returncode == 1
    assert "stopped: expected 200" in done.stderr
    assert done.stdout.splitlines()[0] == "401 GET /Users?startIndex=1&count=2"


@pytest.mark.parametrize("idp", ["okta", "entra"])
@pytest.mark.parametrize(
    "behaviour", ["html-200", "empty-object", "deep-json", "total-lies", "always-429", "always-500"]
)
def test_hostile_targets_end_in_a_clear_message(
    behaviour: str, idp: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SCIM_TOKEN", TOKEN)
    with hostile().hostile_server(behaviour) as target:
        code = cli.main(["idp", idp, target.url, "--scenario", "groups", "--timeout", "5"])
    out, err = capsys.readouterr()
    assert (code, err) == (1, "")
    assert "steps failed" in out.splitlines()[-1]
    assert TOKEN not in out
    assert not target.visited
    assert all(line.isprintable() for line in out.splitlines())


def hostile():
    """The raw-socket server of tests/hostile, loaded by its path because tests are no package."""
    name = "scimulator_tests_hostile"
    if name not in sys.modules:
        place = Path(__file__).parents[1] / "hostile" / "hostile.py"
        spec = importlib.util.spec_from_file_location(name, place)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]
