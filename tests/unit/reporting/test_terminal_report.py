"""The report on a screen: what comes first, what is in it, and what never is."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from scimulator.catalogue.requirements import Strength
from scimulator.reporting.screen import print_lines, screen
from scimulator.reporting.terminal import dialect_name, summary, verdict_lines
from scimulator.reporting.verdict import ExitCode, judge_run

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.reporting.verdict import Verdict

HOSTILE = "\x1b]0;owned\x07[bold]x[/bold]\u202e"
STRENGTHS = {"R-MUST": Strength.RFC_MUST, "R-SHOULD": Strength.RFC_SHOULD, "R-SAID": Strength.RFC_DESCRIPTION}


def check(name: str, outcome: str = "passed", *, requirement: str = "R-MUST", **more: Json) -> JsonObject:
    findings: list[Json] = []
    if outcome in ("failed", "warned"):
        symptom: JsonObject = {
            "kind": "value",
            "message": f"emails[0].primary is wrong {HOSTILE}",
            "at": "emails[0].primary",
            "wanted": True,
            "got": "True",
            "exchange": 3,
        }
        findings.append({
            "id": f"{name}:value@emails[].primary",
            "requirement": requirement,
            "citation": "RFC 7643 section 2.3.2",
            "strength": STRENGTHS[requirement].value,
            "statement": "A boolean is true or false.",
            "severity": "failure" if outcome == "failed" else "warning",
            "symptom": symptom,
        })  # fmt: skip
    made: JsonObject = {
        "type": "check",
        "id": name,
        "dialect": "",
        "dialects": [],
        "area": name.partition(".")[0],
        "title": f"The title of {name}.",
        "outcome": outcome,
        "requirements": [requirement],
        "findings": findings,
        "reason": "",
        "by": "",
        "notes": [],
        "data_loss": False,
        "submission": "",
        "duration": 0.1,
        "exchanges": story() if findings else [],
    }
    return made | more


def story() -> list[Json]:
    user = json.dumps({"id": "u1", "userName": HOSTILE, "emails": [{"value": "a@example.com", "primary": "True"}]})
    told: list[tuple[str, str, str, str, int, str]] = [
        ("set-up", "POST", "/Users", '{"userName":"a"}', 201, user),
        ("judged", "PATCH", "/Users/u1", '{"Operations":[{"op":"replace"}]}', 204, ""),
        ("evidence", "GET", "/Users/u1", "", 200, user),
    ]
    return [
        {
            "number": number,
            "started": 0.0,
            "elapsed": 0.012,
            "purpose": purpose,
            "step": "",
            "request": {
                "method": method,
                "target": target,
                "headers": [["Authorization", "Bearer <redacted>"]],
                "body": sent,
            },
            "response": {"status": status, "headers": [], "body": came},
            "failure": None,
        }
        for number, (purpose, method, target, sent, status, came) in enumerate(told, 1)
    ]


def judged(*checks: JsonObject, dialects: tuple[str, ...] = (), **footer: Json) -> Verdict:
    header: JsonObject = {
        "type": "run",
        "target": "http://127.0.0.1:8000/v2",
        "is_reference": False,
        "dialects": list(dialects),
        "selected": [],
    }
    end: JsonObject = {"type": "end", "duration": 2.0, "requests": 30, "left_behind": [], **footer}
    return judge_run([header, *checks, end], STRENGTHS)


def report(verdict: Verdict, width: int = 80, **options: object) -> str:
    out = io.StringIO()
    print_lines(screen(out), verdict_lines(verdict, width=width, **options))  # type: ignore[arg-type]  # a test's shortcut
    return out.getvalue()


SANE = check("sanity.create")


def test_the_first_line_names_the_target() -> None:
    assert report(judged(SANE)).splitlines()[0] == "Target  http://127.0.0.1:8000/v2"


def test_a_target_by_default_is_told_on_the_first_line() -> None:
    verdict = judged(SANE)
    verdict.header.update(target="reference:", is_reference=True)
    first = report(verdict, by_default=True).splitlines()[0]
    assert first == "Target  reference:   (no target was given: the embedded reference provider)"


def test_what_means_nothing_stands_above_the_verdict() -> None:
    lines = report(judged(check("sanity.filter", "failed"), check("users.a"))).splitlines()
    assert lines[1].startswith("MEANS NOTHING  The title of sanity.filter, but:")
    verdict = next(at for at, line in enumerate(lines) if line.startswith("RFC MUST"))
    assert verdict > 1


def test_the_parts_of_the_verdict() -> None:
    verdict = judged(
        SANE,
        check("users.a", requirement="R-SAID"),
        check("users.b", "warned", requirement="R-SHOULD"),
        check("idp.c", "failed", dialects=["okta.template"]),
        check("idp.d", dialects=["entra.legacy"]),
        dialects=("okta.template", "entra.legacy"),
    )
    assert summary(verdict) == [
        "RFC MUST 0/1",
        "RFC described 1/1",
        "SHOULD 0/1",
        "Okta template: not ready, 1 blocker",
        "Entra legacy: ready",
    ]
    assert dialect_name("entra.optscim") == "Entra optscim"


def test_a_failure_tells_the_whole_story() -> None:
    text = report(judged(SANE, check("users.a", "failed"), check("users.b", "failed")))
    for part in (
        "FAIL 1  users.a   explains 2 checks",
        "also: users.b",
        "1  POST   /Users",
        "204    12 ms  judged",
        "evidence  <-- shows it",
        '"Operations"',
        "R-MUST · RFC MUST · RFC 7643 section 2.3.2",
        "A boolean is true or false.",
        "wanted  true",
        "got     True",
        "curl -sS -i -X PATCH http://127.0.0.1:8000/v2/Users/u1 \\",
        '-H "Authorization: Bearer $SCIM_TOKEN"',
        "scimulator explain users.a",
        "scimulator check users.a http://127.0.0.1:8000/v2",
        "30 requests · 2.0 s",
        "does not conform: 1 requirement of the RFCs refuted",
    ):
        assert part in text, part
    lines = text.splitlines()
    caret = next(at for at, line in enumerate(lines) if line.strip() == "^^^^^^")
    assert lines[caret - 1][lines[caret].index("^") :].startswith('"True"')


def test_nothing_of_the_target_steers_the_terminal() -> None:
    text = report(
        judged(SANE, check("users.a", "failed"), check("users.b", "warned"), left_behind=[HOSTILE], requests=1)
    )
    assert all(char.isprintable() or char == "\n" for char in text)
    assert "[bold]x[/bold]" in text


def test_the_layout_keeps_to_80_columns() -> None:
    text = report(judged(SANE, check("users.a", "failed")))
    long = [
        line for line in text.splitlines() if len(line) > 80 and "curl" not in line and "scimulator check" not in line
    ]
    assert long == []


def test_what_did_not_run_takes_a_line_per_reason() -> None:
    text = report(judged(
        SANE,
        check("users.a", "blocked", by="users.create", reason="POST failed"),
        check("users.b", "blocked", by="users.create", reason="POST failed"),
        check("bulk.a", "not-applicable", reason="bulk.supported is false"),
    ))  # fmt: skip
    assert "BLOCKED  2 by users.create: POST failed" in text
    assert "NOT APPLICABLE  1: bulk.supported is false (bulk.a)" in text


def test_errors_of_ours_are_3_and_left_behind_is_told() -> None:
    verdict = judged(SANE, check("users.a", "error", reason="KeyError: x"), left_behind=["/Users/1 (refused)"])
    text = report(verdict)
    assert "ERROR  users.a: KeyError: x" in text
    assert "LEFT BEHIND  1 resource" in text
    assert verdict.exit_code() is ExitCode.OURS
    assert text.rstrip().endswith("(exit 3)")


def test_many_causes_are_told_in_short() -> None:
    failing = [check(f"users.c{at}", "failed") for at in range(20)]
    for at, each in enumerate(failing):
        each["findings"][0]["id"] = f"users.c{at}:value@{at}"  # type: ignore[index,call-overload]  # made above
    text = report(judged(SANE, *failing))
    assert "8 further root causes in short" in text
    assert text.count("they owe") == 12
    assert report(judged(SANE, *failing), everything=True).count("they owe") == 20


@pytest.mark.parametrize("fail_on", ["must", "should"])
def test_the_last_line_is_the_gate(fail_on: str) -> None:
    text = report(judged(SANE, check("users.b", "warned", requirement="R-SHOULD")), fail_on=fail_on)
    wanted = "conforms (exit 0)" if fail_on == "must" else "does not conform: 1 SHOULD not met (exit 1)"
    assert text.rstrip().endswith(wanted)


def test_a_run_without_anything_is_told() -> None:
    text = report(judge_run([], STRENGTHS))
    assert "no target" in text
    assert "nothing could be judged (exit 1)" in text
