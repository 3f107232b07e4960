"""What stands in the tables of the HTML report, counted by hand."""

from __future__ import annotations

import pytest

from scimulator.catalogue.requirements import Strength, requirements
from scimulator.reporting.html.difference import LIMIT, differences
from scimulator.reporting.html.tables import address_of, coverage, covered, environment, latency, matrix
from scimulator.reporting.verdict import judge_run

MUST = next(each.id for each in requirements().values() if each.strength is Strength.RFC_MUST)
OTHER = [each.id for each in requirements().values() if each.strength is Strength.RFC_MUST][1]


def exchange(milliseconds, target="/Users/1", method="GET", **response):
    return {
        "number": 1,
        "elapsed": milliseconds / 1000,
        "purpose": "judged",
        "request": {"method": method, "target": target, "headers": [], "body": ""},
        "response": {"status": 200, "headers": [], "body": "", **response},
        "failure": None,
    }


def check(name, outcome="passed", dialect="", **more):
    return {
        "type": "check",
        "id": name,
        "dialect": dialect,
        "dialects": [dialect] if dialect else [],
        "area": name.partition(".")[0],
        "title": "A title.",
        "outcome": outcome,
        "requirements": [MUST],
        "findings": [],
        "reason": "",
        "by": "",
        "notes": [],
        "data_loss": False,
        "submission": "",
        "duration": 0.0,
        "exchanges": [],
        **more,
    }


def run(*checks, **header):
    head = {"type": "run", "target": "t", "dialects": ["entra.legacy", "okta.wizard"], "selected": [], **header}
    return judge_run([head, *checks], {})


def test_a_cell_counts_what_held_ran_and_applies():
    verdict = run(
        check("entra.groups.add", dialect="entra.legacy"),
        check("entra.groups.remove", "failed", "entra.legacy"),
        check("entra.groups.rename", "blocked", "entra.legacy"),
        check("entra.groups.nested", "not-applicable", "entra.legacy"),
        check("okta.assign.create", dialect="okta.wizard"),
        check("patch.active", dialect="okta.wizard"),
    )
    capabilities, rows = matrix(verdict)
    assert capabilities == ["Create", "Groups", "Other"]
    entra, okta = ({cell.capability: cell for cell in cells} for _, _, cells in rows)
    groups = entra["Groups"]
    assert (groups.held, groups.ran, groups.planned, groups.state) == (1, 2, 3, "bad")
    assert entra["Create"].state == "none"
    assert okta["Create"].state == okta["Other"].state == "good"


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        (["passed"], "held"),
        (["passed", "blocked"], "held"),
        (["blocked"], "blocked"),
        (["not-applicable"], "untested"),
        ([], "untested"),
    ],
)
def test_the_strongest_word_about_a_requirement_counts(outcomes, state):
    rows = coverage(run(*(check("a.b", outcome) for outcome in outcomes)), requirements())
    assert {row["id"]: row["state"] for row in rows}[MUST] == state


def test_a_finding_outweighs_a_pass_and_only_for_what_it_refutes():
    found = {"requirement": OTHER, "severity": "failure", "strength": "RFC MUST", "id": "x:y", "symptom": {}}
    rows = coverage(run(check("a.b"), check("a.c", "failed", findings=[found])), requirements())
    states = {row["id"]: row["state"] for row in rows}
    assert (states[MUST], states[OTHER]) == ("held", "refuted")
    tallies = dict(covered(rows))
    assert sum(tally["all"] for tally in tallies.values()) == len(requirements())
    assert sum(tally.get("refuted", 0) for tally in tallies.values()) == 1


def test_every_address_is_https_and_leads_to_the_section():
    for each in requirements().values():
        assert address_of(each) == "" or address_of(each).startswith("https://")
    one = next(each for each in requirements().values() if each.rfc == "RFC7644" and each.section == "3.5.2.2")
    assert address_of(one) == "https://www.rfc-editor.org/rfc/rfc7644#section-3.5.2.2"


def test_percentiles_are_those_of_the_nearest_rank():
    rows, histogram = latency(run(check("a.b", exchanges=[exchange(each) for each in range(1, 101)])))
    assert rows[0].kind == "All requests"
    assert [round(each) for each in rows[0].percentiles] == [50, 90, 95, 99]
    assert (rows[0].count, round(rows[0].slowest)) == (100, 100)
    assert rows[1].kind == "GET /Users/{id}"
    assert sum(count for _, count in histogram) == 100
    assert histogram[0] == ("≤ 1 ms", 1)
    assert latency(run()) == ([], [])


def test_the_environment_says_what_the_product_says_of_itself():
    body = '{"patch": {"supported": true}, "bulk": {"supported": false, "maxOperations": 1}}'
    seen = exchange(1, "/ServiceProviderConfig", body=body, headers=[["server", "nginx\u202e"]])
    rows = dict(environment(run(check("a.b", exchanges=[seen]), quirks={"user-name-case": "lower"})))
    assert rows["ServiceProviderConfig"] == "patch: yes, bulk: no"
    assert rows["Server"] == "nginx\\u202e"
    assert rows["Quirks"] == "user-name-case = lower"
    assert rows["Selected"] == "everything"


@pytest.mark.parametrize(
    ("wanted", "got", "expected"),
    [
        (1, 1, []),
        (True, 1, [("$", "type")]),
        ("a", "b", [("$", "changed")]),
        ({"a": 1}, {}, [("$.a", "missing")]),
        ({}, {"a": None}, [("$.a", "extra")]),
        ([1, 2], [1], [("$[1]", "missing")]),
        ([1], [1, 2], [("$[1]", "extra")]),
        ({"a": [{"b": 1}]}, {"a": [{"b": "1"}]}, [("$.a[0].b", "type")]),
        (None, "x", [("$", "extra")]),
        ("x", None, [("$", "missing")]),
    ],
)
def test_differences_name_place_and_kind(wanted, got, expected):
    assert [(each["at"], each["kind"]) for each in differences(wanted, got)] == expected


def test_differences_end_somewhere():
    assert len(differences(list(range(1000)), [])) == LIMIT + 1
