"""Running ``scimulator check`` on a server, and comparing what failed with what is pinned as the server's fault."""

from __future__ import annotations

import collections
import json
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .process import Served

PINNED = Path(__file__).parents[1] / "pinned"
CHECK_SECONDS = 120
FIELDS = ("id", "requirement", "request", "answer", "why")


@dataclass(frozen=True, slots=True)
class Judged:
    """What a run came to: exit code, what the screen showed, the check records of its stream."""

    exit_code: int
    screen: str
    records: tuple[dict[str, Any], ...]

    def failures(self) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
        """Return each finding that fails the server, by its id, with the record of its check."""
        found: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
        for record in self.records:
            for finding in record["findings"] if record["outcome"] == "failed" else ():
                if finding["severity"] == "failure":
                    found.setdefault(finding["id"], (finding, record))
        return found

    def counts(self) -> str:
        """Return the outcomes and how often each came."""
        counted = collections.Counter(record["outcome"] for record in self.records)
        return ", ".join(f"{number} {outcome}" for outcome, number in counted.most_common())


def environment(folder: Path, token: str) -> dict[str, str]:
    """Return the environment of a command of ours: the token, and a state folder of its own."""
    return {**os.environ, "SCIM_TOKEN": token, "XDG_STATE_HOME": str(folder / "state"), "NO_COLOR": "1"}


def check(served: Served, folder: Path, *arguments: str) -> Judged:
    """Run ``scimulator check`` on a server through the command line; what it writes goes into ``folder``."""
    stream = folder / "run.jsonl"
    done = subprocess.run(
        [sys.executable, "-m", "scimulator", "check", *arguments, served.url, "--json", stream],
        capture_output=True,
        text=True,
        timeout=CHECK_SECONDS,
        check=False,
        cwd=folder,
        env=environment(folder, served.token),
    )
    screen = done.stdout + done.stderr
    lines = [json.loads(line) for line in stream.read_text("utf-8").splitlines()] if stream.exists() else []
    whole = bool(lines) and lines[-1]["type"] == "end"
    assert whole, f"the run did not come to its end (exit code {done.returncode}):\n{screen[-4000:]}"
    return Judged(done.returncode, screen, tuple(line for line in lines if line["type"] == "check"))


def pinned(name: str) -> tuple[str, dict[str, dict[str, str]]]:
    """Return the version that was judged, and the pinned findings of a server by id."""
    document = tomllib.loads((PINNED / f"{name}.toml").read_text("utf-8"))
    findings = {entry["id"]: entry for entry in document.get("finding", [])}
    assert len(findings) == len(document.get("finding", [])), f"{name}.toml pins a finding twice"
    return document["version"], findings


def complaints(served: Served, judged: Judged) -> Iterator[str]:
    """Yield what differs from the pinned findings, each with what to do about it."""
    file = PINNED / f"{served.name}.toml"
    version, known = pinned(served.name)
    if version != served.version:
        yield f"{file.name} was judged for {served.name} {version}, but {served.version} is installed: judge it again"
    for entry in known.values():
        for field in FIELDS:
            if not entry.get(field):
                yield f"{file.name}: {entry['id']} has no {field}"
    found = judged.failures()
    for id_, (finding, record) in found.items():
        if id_ not in known:
            yield (
                f"{id_} is new. Read {finding['citation']} and the server's source. If the server is wrong, pin it in "
                f"{file.name}; if the text leaves it open, mend the check:\n{_stanza(finding, record)}"
            )
        elif known[id_].get("requirement") != finding["requirement"]:
            yield f"{id_} is pinned for {known[id_].get('requirement')}, but refutes {finding['requirement']}"
    outcomes = {record["id"]: record["outcome"] for record in judged.records}
    for id_ in sorted(known.keys() - found.keys()):
        if known[id_].get("sometimes"):  # says why it comes and goes
            continue
        state = outcomes.get(id_.partition(":")[0].partition("[")[0], "did not run")
        yield f"{id_} no longer occurs (its check: {state}): delete it from {file.name}, or find out why"
    for record in judged.records:
        if record["outcome"] == "error":
            yield f"{record['id']} ended in an error of ours: {record['reason']}"


def _stanza(finding: dict[str, Any], record: dict[str, Any]) -> str:
    """Return a finding as it could be pinned; the exchange named is the last, which need not be the guilty one."""
    last = record["exchanges"][-1] if record["exchanges"] else None
    request = answer = ""
    if last is not None:
        request = f"{last['request']['method']} {last['request']['target']} {last['request']['body']}".strip()
        response = last["response"]
        answer = f"{response['status']} {response['body']}".strip() if response else "none"
    symptom = finding["symptom"]
    lines = [
        f"# {symptom['message']} at={symptom['at']!r} wanted={symptom['wanted']!r} got={symptom['got']!r}",
        "[[finding]]",
        f"id = {json.dumps(finding['id'])}",
        f"requirement = {json.dumps(finding['requirement'])}",
        f"request = {json.dumps(request[:300])}",
        f"answer = {json.dumps(answer[:300])}",
        'why = ""',
    ]
    return "\n".join(lines)
