"""The HTML report as a file and as a command; what a browser makes of it is tested in tests/browser."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import re

import pytest

from scimulator import content
from scimulator.cli.main import main
from scimulator.cli.report_html import html
from scimulator.reporting.html import html_report
from scimulator.reporting.html.island import as_island
from scimulator.reporting.stream import read_run

SAMPLE = content("reports") / "samples" / "three-faults.jsonl"
_ISLAND = re.compile(r'<script type="application/json" id="run">(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def sample():
    return list(read_run(SAMPLE))


@pytest.fixture(scope="module")
def document(sample):
    return html(sample)


def test_the_island_survives_a_round_trip_and_holds_no_markup():
    hostile = {"a": "</script><!--<script>&amp;", "b": "\ud800 \u2028 \u202e", "c": [1, None, 1e400]}
    made = as_island(hostile)
    assert made.isascii()
    assert not set("<>&") & set(made)
    assert json.loads(made) == hostile


def test_only_the_pinned_script_and_style_may_run(document):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', document)[1].replace("&#39;", "'")
    script = document.rpartition("<script>")[2].partition("</script>")[0]
    style = document.partition("<style>")[2].partition("</style>")[0]

    def pinned(text):
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    assert policy.split("; ") == [
        "default-src 'none'",
        f"script-src {pinned(script)}",
        f"style-src {pinned(style)}",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    rest = document.replace(_ISLAND.search(document)[0], "")
    assert not re.search(r"\son[a-z]+=|\sstyle=|\ssrc=|<link|@import|\burl\(", rest)


def test_a_text_that_occurs_again_is_written_once(document, sample):
    data = json.loads(_ISLAND.search(document)[1])
    assert len(data["checks"]) == len(sample) - 2
    bodies = [each for each in data["strings"] if isinstance(each, str)]
    assert len(bodies) == len(set(bodies))
    told = sum(len(check["exchanges"]) for check in data["checks"])
    assert told == sum(len(each.get("exchanges", ())) for each in sample)


def test_the_order_and_the_numbers_are_those_of_repro(document):
    data = json.loads(_ISLAND.search(document)[1])
    assert data["causes"][0]["finding"].startswith("okta.deactivate[okta.template]:")
    assert "def test_" in data["causes"][0]["pytest"]


def test_no_secret_is_in_it(document):
    assert "Bearer \\u003credacted\\u003e" in document
    assert not re.search(r"Bearer (?!\\u003credacted|<)[\w.-]{8,}", document)


def test_a_report_can_be_made_of_an_interrupted_and_of_an_empty_run(sample):
    assert "the run was interrupted" in html_report(sample[:-1])
    assert "nothing could be judged" in html_report([sample[0]])


def test_more_root_causes_than_cards_are_listed_in_short(sample):
    failed = next(each for each in sample if each.get("outcome") == "failed")
    many = []
    for number in range(70):
        again = copy.deepcopy(failed) | {"id": f"made.up.n{number}", "exchanges": []}
        letter = chr(97 + number // 26) + chr(97 + number % 26)
        again["findings"][0] |= {"id": f"made.up.n{number}:x@{letter}"}
        again["findings"][0]["symptom"] |= {"kind": "value", "at": letter}
        many.append(again)
    made = html_report([sample[0], *many, sample[-1]])
    assert made.count('<details class="cause"') == 60
    assert "10 further root causes in short" in made


def test_report_writes_what_check_would_have_written(tmp_path):
    out = tmp_path / "deep" / "report.html"
    assert main(["report", str(SAMPLE), "--html", str(out)]) == 0
    assert out.read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["report", "nowhere.jsonl", "--html", "x.html"], "cannot be read"),
        (["report", str(SAMPLE)], "name at least one of --html FILE"),
        (["report", "--html", "x.html"], "run scimulator check first"),
        (["report", str(SAMPLE), "--html", "/dev/null/x.html"], "cannot be written"),
        (["report", str(SAMPLE), "--htm", "x.html"], "--html"),
    ],
)
def test_what_cannot_be_done_is_said(arguments, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_check_writes_the_report_of_its_own_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code = main(["check", "sanity", "patch.active", "reference:deactivation-echoed-not-stored", "--html", "r.html"])
    assert code == 1
    assert "written  r.html" in capsys.readouterr().out
    data = json.loads(_ISLAND.search((tmp_path / "r.html").read_text("utf-8"))[1])
    passed = [each for each in data["checks"] if each["outcome"] == "passed"]
    assert passed
    assert all(each["exchanges"] for each in passed if each["area"] == "sanity")
    assert data["explanations"] == {} or all(isinstance(each, list) for each in data["explanations"].values())
