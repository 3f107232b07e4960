"""``repro`` over many faults: each form shows the bug where it is, and does not where it is not."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from scimulator.cli.main import main
from scimulator.cli.replay_failures import replay_failures
from scimulator.provider import Provider
from scimulator.provider.http import server
from scimulator.testing import ScimCassette, ScimReference, ScimTarget

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "canary-token-r3pr0"
SAMPLE = [
    # fault, finding: RFC and identity provider, writes and reads, status, place, header, list
    ("group-remove-by-value-wipes", "entra.groups.remove-one[entra.legacy]"),
    ("deactivation-echoed-not-stored", "okta.deactivate[okta.template]"),
    ("deactivated-not-found-but-taken", "entra.match.disabled[entra.optscim]"),
    ("external-id-dropped", "entra.provision.values[entra.optscim]"),
    ("activation-refused", "entra.reactivate[entra.legacy]"),
    ("patch-deletes-what-it-does-not-name", "patch.replace.simple"),
    ("replace-without-match-appends", "patch.value-path.no-match"),
    ("add-with-path-replaces-values", "patch.add.appends"),
    ("filter-like-not-escaped", "filtering.string.wildcards"),
    ("create-case-variant-takes-account", "users.create.duplicate-case"),
    ("excluded-attributes-ignored", "projection.excluded.get"),
    ("answers-plain-json", "errors.accept.none"),
    ("errors-of-the-framework", "errors.not-found.body"),
    ("if-match-ignored", "etags.if-match.stale"),
    ("location-from-host-header", "security.forged-host"),
    ("member-display-must-match", "membership.add-keeps-others"),
    ("paging-ignored-but-told", "paging.count.limits"),
    ("conflict-without-scim-type", "users.create.duplicate"),
]


@contextlib.contextmanager
def served(*faults: str) -> Iterator[tuple[str, Provider]]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/scim/v2"
    provider = Provider(url, token=TOKEN, faults=faults)
    running = server(provider, "/scim/v2")
    thread = threading.Thread(target=lambda: running.run(sockets=[listener]), daemon=True)
    thread.start()
    for _ in range(500):
        if running.started:
            break
        time.sleep(0.01)
    try:
        yield url, provider
    finally:
        running.should_exit = True
        thread.join(10)


def environment(url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCIM", "PYTEST"))}
    return {**kept, "SCIM_URL": url, "SCIM_TOKEN": TOKEN}


def shell(script: Path, url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(script)], capture_output=True, text=True, check=False, timeout=60, env=environment(url)
    )


def left_on(provider: Provider) -> int:
    from scimulator.exchange.message import Request  # noqa: PLC0415  one use

    total = 0
    for endpoint in ("/Users", "/Groups"):
        request = Request("GET", f"{endpoint}?count=0", (("Authorization", f"Bearer {TOKEN}"),))
        answer = provider.handle(request).document().object
        total += int(str(answer.get("totalResults", 0)))
    return total


@pytest.fixture(scope="module")
def good() -> Iterator[tuple[str, Provider]]:
    with served() as running:
        yield running


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder with the four forms for each fault of the sample."""
    made = {}
    for fault, finding in SAMPLE:
        folder = tmp_path_factory.mktemp("repro")
        run = folder / "run.jsonl"
        prefix = finding.partition("[")[0]
        main(["check", prefix, "--target", f"reference:{fault}", "--json", str(run)])
        assert main(["repro", finding, "--run", str(run), "-o", str(folder)]) == 0, fault
        made[fault] = folder
    return made


@pytest.mark.parametrize("fault", [fault for fault, _ in SAMPLE])
def test_the_script_shows_the_bug_where_it_is_and_only_there(
    fault: str, written: dict[str, Path], good: tuple[str, Provider]
) -> None:
    script = written[fault] / "repro.sh"
    with served(fault) as (url, provider):
        bad = shell(script, url)
        left = left_on(provider) if fault != "paging-ignored-but-told" else 0
    assert (bad.returncode, left) == (1, 0), bad.stdout + bad.stderr
    assert "THE BUG SHOWS" in bad.stdout
    right = shell(script, good[0])
    assert right.returncode == 0, right.stdout + right.stderr
    assert "The bug does not show." in right.stdout
    assert left_on(good[1]) == 0


@pytest.mark.parametrize("fault", [fault for fault, _ in SAMPLE][::3])
def test_the_pytest_file_fails_where_the_bug_is_and_only_there(
    fault: str, written: dict[str, Path], good: tuple[str, Provider]
) -> None:
    file = written[fault] / "test_repro.py"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, str(file)]
    # Alone: nothing of ours may be needed.
    command += ["-p", "no:scimulator.pytest_plugin"]
    text = file.read_text(encoding="utf-8")
    assert "import scimulator" not in text
    with served(fault) as (url, provider):
        bad = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment(url))
        assert bad.returncode == 1, bad.stdout
        assert "1 failed" in bad.stdout
        assert left_on(provider) == 0
    right = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment(good[0]))
    assert right.returncode == 0, right.stdout
    assert "1 passed" in right.stdout


@pytest.mark.parametrize("fault", [fault for fault, _ in SAMPLE])
def test_the_report_holds_the_same_script_and_the_archive_the_same_exchanges(
    fault: str, written: dict[str, Path]
) -> None:
    folder = written[fault]
    script = (folder / "repro.sh").read_text(encoding="utf-8")
    report = (folder / "report.md").read_text(encoding="utf-8")
    fenced = [found[1] for found in re.findall(r"^(`{3,})sh\n(.*?)\n\1$", report, re.DOTALL | re.MULTILINE)]
    assert script.rstrip("\n") in fenced
    log = json.loads((folder / "repro.har").read_text(encoding="utf-8"))["log"]
    assert log["version"] == "1.2"
    sends = re.findall(r"^send \d+ ", script, re.MULTILINE)
    assert len(log["entries"]) == len(sends)
    assert all(entry["response"]["status"] for entry in log["entries"])
    together = report + script + json.dumps(log)
    assert "Bearer <redacted>" in json.dumps(log)
    assert TOKEN not in together


@pytest.mark.parametrize("fault", [fault for fault, _ in SAMPLE])
def test_the_archive_replayed_is_the_same_where_the_bug_is_and_differs_where_not(
    fault: str, written: dict[str, Path]
) -> None:
    file = written[fault] / "repro.har"
    shows = json.loads(file.read_text(encoding="utf-8"))["log"]["_scimulator"]["shows"]

    def replayed(*faults: str) -> list[int]:
        target = ScimTarget(ScimReference(faults=faults).open(), in_process=True)
        try:
            return [each.number for each in ScimCassette(target).replay(file)]
        finally:
            assert target.close() == []

    assert shows not in replayed(fault)
    assert shows in replayed()


def test_what_does_not_matter_is_left_out(written: dict[str, Path]) -> None:
    script = (written["group-remove-by-value-wipes"] / "repro.sh").read_text(encoding="utf-8")
    sent = re.findall(r"^send \d+ \S+ -X (\w+)", script, re.MULTILINE)
    assert sent == ["POST", "POST", "POST", "POST", "GET", "PATCH", "GET"]
    assert "/ResourceTypes" not in script
    assert "/Schemas" not in script


def test_a_script_that_cannot_prepare_says_so(written: dict[str, Path]) -> None:
    script = written["group-remove-by-value-wipes"] / "repro.sh"
    with served() as (url, _):
        refused = subprocess.run(
            ["sh", str(script)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={**environment(url), "SCIM_TOKEN": "another"},
        )
    assert refused.returncode == 2
    assert "NOT REACHED: step 1 was answered 401" in refused.stderr


def test_the_script_needs_no_more_than_it_says(written: dict[str, Path], tmp_path: Path) -> None:
    tools = ("sh", "curl", "sed", "grep", "sort", "mktemp", "rm", "cat", "date", "printf")
    for tool in tools:
        found = shutil.which(tool)
        if found:
            (tmp_path / tool).symlink_to(found)
    script = written["patch-deletes-what-it-does-not-name"] / "repro.sh"
    with served("patch-deletes-what-it-does-not-name") as (url, _):
        done = subprocess.run(
            [str(tmp_path / "sh"), str(script)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={"PATH": str(tmp_path), "SCIM_URL": url, "SCIM_TOKEN": TOKEN},
        )
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize(
    ("fault", "prefix", "finding", "reason"),
    [
        ("scheme-not-checked", "auth.scheme", "auth.scheme.other", "credentials that were tried were not written down"),
        ("paging-done-twice", "paging.walk", "paging.walk:gap", "pages or answers are laid side by side"),
    ],
)
def test_no_wrong_script_where_none_can_be_honest(
    fault: str, prefix: str, finding: str, *, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run.jsonl"
    main(["check", prefix, "--target", f"reference:{fault}", "--json", str(run)])
    capsys.readouterr()
    folder = tmp_path / "made"
    assert main(["repro", finding, "--run", str(run), "-o", str(folder)]) == 2
    said = capsys.readouterr().err
    assert reason in said
    assert f"scimulator check {finding.partition(':')[0]}" in said
    assert not folder.exists()


def test_the_number_of_the_failure_names_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run.jsonl"
    main(["check", "entra.groups", "--target", "reference:group-remove-by-value-wipes", "--json", str(run)])
    assert "FAIL 1" in capsys.readouterr().out
    assert main(["repro", "1", "--run", str(run), "-o", str(tmp_path), "--form", "sh"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("entra.groups.remove-one[entra.legacy]:members@members\n")
    assert not (tmp_path / "report.md").exists()
    assert main(["repro", "--run", str(run)]) == 0
    assert "FAIL 1  entra.groups.remove-one[entra.legacy]" in capsys.readouterr().out
    assert main(["repro", "9", "--run", str(run)]) == 2
    assert "this run has FAIL 1 to FAIL 1" in capsys.readouterr().err
    assert main(["repro", "entra.group", "--run", str(tmp_path / "none.jsonl")]) == 2


def test_failures_are_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    main(["check", "entra.groups", "--target", "reference:group-remove-by-value-wipes"])
    before = (tmp_path / "scimulator-report/run.jsonl").read_bytes()
    capsys.readouterr()
    assert replay_failures() == 1
    assert "STILL FAILING  entra.groups.remove-one[entra.legacy]:members@members" in capsys.readouterr().out
    assert replay_failures(target="reference:", json_file="again.json") == 0
    assert "FIXED " in capsys.readouterr().out
    told = json.loads((tmp_path / "again.json").read_text(encoding="utf-8"))
    assert [each["result"] for each in told["failures"]] == ["FIXED"]
    assert replay_failures(target="reference:group-create-crashes") == 1
    assert "DIFFERENT      entra.groups.remove-one[entra.legacy]:members@members   blocked: " in capsys.readouterr().out
    assert (tmp_path / "scimulator-report/run.jsonl").read_bytes() == before
