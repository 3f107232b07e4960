"""Baselines: which findings they make known, and which entries are out of date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.catalogue.requirements import Strength
from scimulator.reporting.baseline import BadBaseline, Standing, read_baseline
from scimulator.reporting.baseline_file import entry_text, quoted, spans, without
from scimulator.reporting.verdict import ExitCode, Readiness, judge_run

if TYPE_CHECKING:
    from pathlib import Path

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.reporting.baseline import Baseline

HEADER: JsonObject = {
    "type": "run",
    "started": "2026-11-25T10:00:00+00:00",
    "target": "http://t",
    "dialects": ["okta.template", "entra.legacy"],
    "selected": ["some"],
}
END: JsonObject = {
    "type": "end",
    "duration": 1.0,
    "requests": 9,
    "made": 2,
    "removed": 2,
    "left_behind": [],
    "marks": [],
}
WIPED = "membership.remove-one:not-applied@members[*].value"


def check(name: str, outcome: str = "passed", *findings: str, dialect: str = "", **more: Json) -> JsonObject:
    made: JsonObject = {
        "type": "check",
        "id": name,
        "dialect": dialect,
        "dialects": [dialect] if dialect else [],
        "area": name.partition(".")[0],
        "title": f"{name}.",
        "outcome": outcome,
        "requirements": ["R"],
        "findings": [
            {
                "id": each,
                "requirement": "R",
                "citation": "RFC 7644 section 3",
                "strength": "RFC MUST",
                "statement": "It is owed.",
                "severity": "warning" if outcome == "warned" else "failure",
                "symptom": {"kind": "k", "message": "wrong", "at": "", "wanted": None, "got": None, "exchange": 0},
            }
            for each in findings
        ],
        "reason": "",
        "by": "",
        "notes": [],
        "data_loss": False,
        "submission": "",
        "duration": 0.1,
        "exchanges": [],
    }
    return made | more


def run(*checks: JsonObject, end: bool = True, **header: Json) -> list[JsonObject]:
    return [HEADER | header, check("sanity.create"), *checks, *([END] if end else [])]


def baseline(folder: Path, text: str) -> Baseline:
    path = folder / "known.toml"
    path.write_text(text, encoding="utf-8")
    return read_baseline(path)


def entry(finding: str, **more: str) -> str:
    lines = [f"finding = {quoted(finding)}", f"reason = {quoted(more.pop('reason', 'SCIM-1'))}"]
    return "\n".join(["[[known]]", *lines, *(f"{key} = {value}" for key, value in more.items())]) + "\n"


def standings(made: Baseline, records: list[JsonObject]) -> list[Standing]:
    return [each.standing for each in made.judge(records)]


def code(made: Baseline, records: list[JsonObject]) -> ExitCode:
    return judge_run(made.apply(records), {"R": Strength.RFC_MUST}).exit_code()


def test_a_known_finding_does_not_fail_and_a_new_one_does(tmp_path: Path) -> None:
    known = baseline(tmp_path, entry(WIPED))
    same = run(check("membership.remove-one", "failed", WIPED))
    assert code(known, same) is ExitCode.CONFORMS
    assert judge_run(same, {"R": Strength.RFC_MUST}).exit_code() is ExitCode.DOES_NOT
    assert standings(known, same) == [Standing.KNOWN]
    other = run(check("membership.remove-one", "failed", WIPED, "membership.remove-one:status@5xx"))
    assert code(known, other) is ExitCode.DOES_NOT


def test_brackets_of_an_id_mean_themselves(tmp_path: Path) -> None:
    known = baseline(tmp_path, entry("a.b[okta.template]:x@members[].value"))
    assert known.entries[0].covers(
        check("a.b", dialect="okta.template"), {"id": "a.b[okta.template]:x@members[].value"}
    )
    assert not known.entries[0].covers(check("a.b", dialect="o"), {"id": "a.bo:x@membersv.value"})


def test_a_pattern_knows_many(tmp_path: Path) -> None:
    known = baseline(tmp_path, entry("membership.*"))
    records = run(
        check("membership.one", "failed", "membership.one:x"), check("membership.two", "failed", "membership.two:y")
    )
    assert code(known, records) is ExitCode.CONFORMS
    assert standings(known, run(check("membership.one"), check("membership.two"))) == [Standing.STALE]
    assert standings(known, run(check("groups.one"))) == [Standing.NOT_JUDGED]


def test_a_dialect_is_ready_with_what_is_known_and_says_so(tmp_path: Path) -> None:
    finding = "okta.push[okta.template]:x"
    records = run(
        check("okta.push", "failed", finding, dialect="okta.template"), check("okta.other", dialect="okta.template")
    )
    known = baseline(tmp_path, entry(finding))
    [first, *_] = judge_run(known.apply(records), {}).dialects
    assert first.readiness is Readiness.READY
    assert len(first.known) == 1
    assert judge_run(records, {}).dialects[0].readiness is Readiness.NOT_READY


def test_known_for_one_dialect_only(tmp_path: Path) -> None:
    records = run(check("groups.x", "failed", "groups.x:y", dialects=["okta.template", "entra.legacy"]))
    known = baseline(tmp_path, entry("groups.x:y", dialect='"okta.template"'))
    verdict = judge_run(known.apply(records), {"R": Strength.RFC_MUST})
    assert [each.readiness for each in verdict.dialects] == [Readiness.READY, Readiness.NOT_READY]
    assert verdict.must.refuted


def test_what_a_known_blocker_blocks_stays_untested(tmp_path: Path) -> None:
    known = baseline(tmp_path, entry("a.create:x") + entry("a.update:y"))
    blocked = [check(f"a.n{number}", "blocked", by="a.create") for number in range(9)]
    records = run(check("a.create", "failed", "a.create:x"), check("a.update", "blocked", by="a.create"), *blocked)
    verdict = judge_run(known.apply(records), {"R": Strength.RFC_MUST})
    assert verdict.exit_code() is ExitCode.DOES_NOT
    assert "too little could be tested" in verdict.gaps[0]
    assert standings(known, records) == [Standing.KNOWN, Standing.NOT_JUDGED]


def test_a_known_failure_of_sanity_grades_nothing(tmp_path: Path) -> None:
    known = baseline(tmp_path, entry("sanity.filter:x"))
    verdict = judge_run(known.apply(run(check("sanity.filter", "failed", "sanity.filter:x"), selected=[])), {})
    assert verdict.meaningless
    assert verdict.exit_code() is ExitCode.DOES_NOT


def test_stale_names_the_lines_to_delete(tmp_path: Path) -> None:
    made = baseline(tmp_path, "# why\n\n" + entry("a.b:gone", link='"https://x.example/1"') + "\n" + entry("a.c:stays"))
    [first, second] = made.judge(run(check("a.b"), check("a.c", "failed", "a.c:stays")))
    assert (first.standing, second.standing) == (Standing.STALE, Standing.KNOWN)
    assert "a.b:gone is gone: its check passes; delete lines 3-6" in first.told
    [changed] = baseline(tmp_path, entry("a.b:gone")).judge(run(check("a.b", "failed", "a.b:other")))
    assert changed.standing is Standing.STALE
    assert "the check now shows a.b:other" in changed.told


@pytest.mark.parametrize("outcome", ["blocked", "error", "not-applicable"])
def test_what_did_not_run_is_not_stale(tmp_path: Path, outcome: str) -> None:
    assert standings(baseline(tmp_path, entry("a.b:x")), run(check("a.b", outcome))) == [Standing.NOT_JUDGED]


def test_nothing_is_stale_after_an_interruption_or_out_of_scope(tmp_path: Path) -> None:
    assert standings(baseline(tmp_path, entry("a.b:x")), run(check("a.b"), end=False)) == [Standing.NOT_JUDGED]
    entra = baseline(tmp_path, entry("a.b:x", dialect='"entra.legacy"'))
    records = run(check("a.b", dialects=["entra.legacy"]), dialects=["okta.template"])
    assert standings(entra, records) == [Standing.NOT_JUDGED]


@pytest.mark.parametrize(("until", "standing"), [("2026-11-25", Standing.KNOWN), ("2026-11-24", Standing.EXPIRED)])
def test_an_entry_counts_until_its_day_is_over(tmp_path: Path, until: str, standing: Standing) -> None:
    known = baseline(tmp_path, entry("a.b:x", until=until))
    records = run(check("a.b", "failed", "a.b:x"))
    assert standings(known, records) == [standing]
    assert (code(known, records) is ExitCode.CONFORMS) is (standing is Standing.KNOWN)


@pytest.mark.parametrize("reason", ["", "  ", "to be explained", "To be explained: later"])
def test_no_reason_is_no_baseline(tmp_path: Path, reason: str) -> None:
    known = baseline(tmp_path, entry("a.b:x", reason=reason))
    records = run(check("a.b", "failed", "a.b:x"))
    assert standings(known, records) == [Standing.UNEXPLAINED]
    assert code(known, records) is ExitCode.DOES_NOT


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[known]]\nfinding = 'a:b'\n", "line"),
        ("[[known]]\nfinding = 'a:b'\nreason = 'x'\nlnik = 'x'\n", 'did you mean "link"'),
        ("[[known]]\nfinding = 'a:b'\nreason = 'x'\nlink = 'javascript:alert(1)'\n", "http(s)"),
        ("[[known]]\nfinding = 'a:b'\nreason = 'x'\nuntil = '2027-13-01'\n", "no day"),
        ("[[known]]\nfinding = 'a:b'\nreason = 'x'\nuntil = 2027-01-01T00:00:00Z\n", "a day"),
        ("[[known]]\nfinding = 'a:b'\nreason = 'x'\ndialect = 'okta.tmplate'\n", "okta.template"),
        ("[[knwon]]\nfinding = 'a:b'\nreason = 'x'\n", 'did you mean "known"'),
        ("known = [{finding = 'a:b', reason = 'x'}]\n", "table of its own"),
        ("[[known]\n", "not TOML"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadBaseline, match=r"known\.toml") as caught:
        baseline(tmp_path, text)
    assert told in str(caught.value)


TRICKY = '''\
# heading
[[known]] # first
finding = "a.b:[[known]]"  # not a header
reason = """
[[known]]
several lines"""

# between
[[known]]
finding = 'a.c:x'
reason = \'\'\'
# no comment
\'\'\'
# behind
'''


def test_the_lines_of_entries_are_found_whatever_stands_in_them() -> None:
    assert [(each.first, each.last) for each in spans(TRICKY)] == [(2, 6), (9, 13)]


def test_deleting_an_entry_keeps_the_rest() -> None:
    first, second = spans(TRICKY)
    kept = without(TRICKY, [first])
    assert kept.startswith("# heading\n# between\n[[known]]\nfinding = 'a.c:x'")
    assert kept.endswith("# behind\n")
    assert "a.c:x" not in without(TRICKY, [second])
    assert without(TRICKY, []) == TRICKY


def test_a_hostile_finding_stays_one_string(tmp_path: Path) -> None:
    hostile = 'a.b:x@"\n[[known]]\nfinding = "*"\x1b]0;\u202e\\'
    text = entry_text(
        hostile, "SCIM-1", told="line\nreason = 'x'\u2028[[known]]", link="https://x.example/1", until="2027-01-01"
    )
    made = baseline(tmp_path, text)
    assert [each.finding for each in made.entries] == [hostile]
    assert "\x1b" not in text
    assert len(spans(text)) == 1
