"""Workflow commands of GitHub Actions: failures and warnings as annotations of the run.

GitHub shows ten of each kind per step. A text of a target must not end the command or begin another one: the
characters that mean something in a command are percent-encoded, as the runner's own toolkit does it.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from scimulator.reporting.failures import root_causes
from scimulator.reporting.gate import warning_causes
from scimulator.reporting.judged import verdict_of
from scimulator.reporting.reading import plain, word
from scimulator.reporting.sarif import SETTINGS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scimulator.exchange.strict_json import JsonObject
    from scimulator.reporting.failures import RootCause

LIMIT = 10
_MESSAGE = 1000


def github_annotations(records: Sequence[JsonObject]) -> str:
    """Return one command per line: errors for root causes of failures and objections, warnings for the rest."""
    verdict = verdict_of(records)
    lines = [command("error", "Scimulator", each) for each in (*verdict.gaps, *verdict.objections)]
    lines += _commands("error", root_causes(verdict.failures()))
    lines += _commands("warning", warning_causes(verdict))
    return "".join(f"{line}\n" for line in lines)


def command(kind: str, title: str, message: str) -> str:
    """Return a workflow command: ``::error file=…,title=…::message``."""
    where = f"file={SETTINGS_FILE},line=1,title={_property(plain(title)[:200])}"
    return f"::{kind} {where}::{_data(plain(message)[:_MESSAGE])}"


def deaf(lines: str) -> tuple[str, str]:
    """Return what to print before and after ``lines``, so that the runner takes nothing in them for a command."""
    word_ = secrets.token_hex(16)
    while word_ in lines:
        word_ = secrets.token_hex(16)
    return f"::stop-commands::{word_}", f"::{word_}::"


def _commands(kind: str, causes: Sequence[RootCause]) -> Iterator[str]:
    for cause in causes[:LIMIT]:
        lead = cause.lead
        more = f" (and {len(cause.checks) - 1} more checks)" if len(cause.checks) > 1 else ""
        owed = f"{word(lead.finding, 'requirement')}, {word(lead.finding, 'strength')}"
        loss = "DATA LOSS: " if cause.data_loss else ""
        yield command(kind, lead.name + more, f"{loss}{word(lead.symptom, 'message')} [{owed}]")
    if len(causes) > LIMIT:
        yield command(kind, "Scimulator", f"{len(causes) - LIMIT} more root causes; see the report")


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
