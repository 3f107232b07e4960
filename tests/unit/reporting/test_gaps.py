"""A run that tested nothing, did not end, or tidied up less than it made is never green."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.reporting.verdict import ExitCode, judge_run

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject

END: JsonObject = {"type": "end", "duration": 1.0, "requests": 9, "made": 2, "removed": 2, "left_behind": []}


def check(name: str, outcome: str = "passed", **more: Json) -> JsonObject:
    made: JsonObject = {
        "type": "check",
        "id": name,
        "dialect": "",
        "dialects": [],
        "area": name.partition(".")[0],
        "title": name,
        "outcome": outcome,
        "requirements": [],
        "findings": [],
        "reason": "",
        "by": "",
        "submission": "",
        "data_loss": False,
        "exchanges": [],
    }
    return made | more


def judged(*checks: JsonObject, end: JsonObject | None = END, **header: Json) -> tuple[ExitCode, str]:
    head: JsonObject = {"type": "run", "dialects": [], "selected": ["a"], **header}
    verdict = judge_run([head, *checks, *([end] if end else [])], {})
    return verdict.exit_code(), "; ".join(verdict.gaps)


def test_a_whole_run_is_green() -> None:
    assert judged(check("a.b")) == (ExitCode.CONFORMS, "")


@pytest.mark.parametrize("outcome", ["blocked", "not-applicable"])
def test_nothing_ran(outcome: str) -> None:
    told = judged(check("a.b", outcome, by="a.c"), check("exchanges.x", seen=7))
    assert told == (ExitCode.DOES_NOT, "nothing could be judged")


def test_nothing_at_all() -> None:
    assert judged(end=None) == (ExitCode.DOES_NOT, "nothing could be judged")


def test_most_was_blocked() -> None:
    blocked = [check(f"a.n{number}", "blocked", by="a.b") for number in range(3)]
    assert judged(check("a.b"), *blocked) == (
        ExitCode.DOES_NOT,
        "too little could be tested: 3 of 4 checks were blocked",
    )


def test_blocked_by_what_was_left_out() -> None:
    told = judged(check("a.b"), check("a.c"), check("a.d", "blocked", by="users.create.status"))
    assert told == (ExitCode.DOES_NOT, "checks were blocked by users.create.status, which this run leaves out")


def test_the_run_did_not_end() -> None:
    assert judged(check("a.b"), end=None) == (ExitCode.DOES_NOT, "the run did not end")


def test_something_was_left_behind() -> None:
    assert judged(check("a.b"), end=END | {"left_behind": ["/Users/1"]}) == (ExitCode.DOES_NOT, "resources left behind")


def test_something_is_not_known_to_be_removed() -> None:
    code, told = judged(check("a.b"), end=END | {"made": 5})
    assert code is ExitCode.DOES_NOT
    assert told == "3 of the resources that were made are not known to be removed"


def test_an_objection_of_the_gate_counts() -> None:
    assert judged(check("a.b"), end=END | {"objections": ["latency.p95<1ms is not met"]})[0] is ExitCode.DOES_NOT
