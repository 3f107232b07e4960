"""Formats for other tools, read back by other tools, with hostile texts wherever a target can put one."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import hamcrest
import jsonschema
import junitparser
import pytest
import sarif_om
from allure_commons_test.label import has_severity
from allure_commons_test.report import AllureReport, has_test_case
from allure_commons_test.result import has_link, has_step, with_status
from markdown_it import MarkdownIt
from sarif.loader import load_sarif_file

from scimulator.reporting.allure import allure
from scimulator.reporting.annotations import deaf, github_annotations
from scimulator.reporting.compare import compare, compare_markdown
from scimulator.reporting.junit import junit
from scimulator.reporting.markdown import BYTES, markdown
from scimulator.reporting.markdown_text import code
from scimulator.reporting.markdown_text import text as safe
from scimulator.reporting.sarif import sarif

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject

HOSTILE = (
    "\x1b]0;owned\x07</testcase>]]><script>alert(1)</script>\r\n::error::owned\n##[add-mask]x\n"
    "| cell | @team #1 !2 ~bug [x](javascript:alert(1)) `tick` www.evil.example https://evil.example\n/close\n\u202e\x00%0A"
)
SCHEMA = Path(__file__).parent / "vendored" / "sarif-2.1.0.json"
"""The schema of OASIS as the package @microsoft/sarif-multitool 5.7.0 carries it (MIT)."""


def check(name: str, outcome: str = "passed", *, known: bool = False, **more: Json) -> JsonObject:
    findings: list[Json] = []
    if outcome in ("failed", "warned"):
        found: JsonObject = {
            "id": f"{name}:value@{HOSTILE}",
            "requirement": "RFC7644-3.5.2.2-04",
            "citation": "RFC 7644 section 3.5.2.2",
            "strength": "RFC MUST",
            "statement": HOSTILE,
            "severity": "failure" if outcome == "failed" else "warning",
            "symptom": {
                "kind": "value",
                "message": HOSTILE,
                "at": f"emails[0].{HOSTILE}",
                "wanted": HOSTILE,
                "got": {HOSTILE: HOSTILE},
                "exchange": 7,
            },
        }
        if known:
            found["known"] = {
                "reason": f"SCIM-1 {HOSTILE}",
                "link": "https://x.example/1",
                "until": "2027-01-01",
                "lines": "lines 1-3",
                "dialects": [],
            }
        findings.append(found)
    exchange: JsonObject = {
        "number": 7,
        "started": 1_790_000_000.5,
        "elapsed": 0.25,
        "purpose": "judged",
        "step": "",
        "request": {"method": "PATCH", "target": f"/Users/{HOSTILE}", "headers": [["X-A", HOSTILE]], "body": HOSTILE},
        "response": {"status": 200, "headers": [["X-B", HOSTILE]], "body": HOSTILE},
        "failure": None,
    }
    made: JsonObject = {
        "type": "check",
        "id": name,
        "dialect": "",
        "dialects": [],
        "area": name.partition(".")[0],
        "title": f"The title {HOSTILE}",
        "outcome": outcome,
        "requirements": ["RFC7644-3.5.2.2-04"],
        "findings": findings,
        "reason": HOSTILE if outcome in ("blocked", "error", "not-applicable") else "",
        "by": "sanity.create" if outcome == "blocked" else "",
        "notes": [HOSTILE],
        "data_loss": outcome == "failed",
        "submission": "",
        "duration": 0.3,
        "exchanges": [exchange],
    }
    return made | more


RECORDS: list[JsonObject] = [
    {
        "type": "run",
        "format": 1,
        "scimulator": "0",
        "started": "2026-11-25T10:00:00+00:00",
        "run": "abcde",
        "seed": 1,
        "target": f"http://t.example/{HOSTILE}",
        "base_url": "http://t.example",
        "is_reference": False,
        "dialects": ["okta.template"],
        "fail_on": "must",
        "selected": [],
        "quirks": {},
    },
    check("sanity.create"),
    check("patch.remove", "failed"),
    check("patch.remove-known", "failed", known=True, dialect="okta.template", dialects=["okta.template"]),
    check("patch.soft", "warned"),
    check("groups.x", "blocked"),
    check("groups.y", "not-applicable"),
    check("groups.z", "error"),
    {"type": "end", "duration": 1.5, "requests": 7, "made": 1, "removed": 1, "left_behind": [HOSTILE], "marks": []},
]


TAGS = {
    *("h3", "h4", "p", "br", "ul", "li", "strong", "em", "code", "blockquote", "details", "summary", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
"""All that our own Markdown becomes."""


class Shown(HTMLParser):
    """What a reader sees of a page: its tags, links, and the text outside of code."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.prose = ""
        self._code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._code = tag == "code"
        self.links += [value or "" for name, value in attrs if name == "href"]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        self._code = False

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.prose += data


def no_control(text: str, allowed: str = "\n") -> bool:
    return all(char.isprintable() or char in allowed for char in text)


def test_junit_is_read_by_junitparser() -> None:
    text = junit(RECORDS)
    assert no_control(text)
    made = junitparser.JUnitXml.fromstring(text.encode())
    assert (made.tests, made.failures, made.errors, made.skipped) == (7, 1, 1, 3)
    cases = {case.name: case for suite in made for case in suite}
    assert isinstance(cases["patch.remove"].result[0], junitparser.Failure)
    assert cases["patch.remove-known[okta.template]"].result[0].message.startswith("known: SCIM-1")
    assert cases["groups.x"].result[0].message.startswith("blocked by sanity.create")
    assert isinstance(cases["groups.z"].result[0], junitparser.Error)
    properties = [(each.name, each.value) for each in cases["patch.remove"].child(junitparser.Properties)]
    assert ("scim.requirement", "RFC7644-3.5.2.2-04") in properties
    assert ("scim.strength", "RFC7644-3.5.2.2-04: RFC MUST") in properties
    assert any(name == "scim.finding" and value.startswith("patch.remove:value@") for name, value in properties)
    assert len(list(ET.fromstring(text.encode()).iter("testcase"))) == 7  # noqa: S314  our own text


def test_sarif_is_valid_and_read_by_two_tools(tmp_path: Path) -> None:
    text = sarif(RECORDS, explanations={"patch.remove": f"Explained {HOSTILE}"})
    log = json.loads(text)
    jsonschema.Draft202012Validator(
        json.loads(SCHEMA.read_text("utf-8")), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(log)
    (tmp_path / "a.sarif").write_text(text, encoding="utf-8")
    loaded = load_sarif_file(str(tmp_path / "a.sarif"))
    assert loaded.get_result_count() == 3
    # What the baseline knows stays in the file, and does not count.
    shown = loaded.get_report().get_issue_type_histogram_for_severity("error")
    assert sum(shown.values()) == 2
    [run] = log["runs"]
    sarif_om.Run(tool=sarif_om.Tool(driver=sarif_om.ToolComponent(name=run["tool"]["driver"]["name"])))
    results = {each["ruleId"]: each for each in run["results"]}
    assert set(results) == {"patch.remove", "patch.remove-known", "patch.soft"}
    assert results["patch.soft"]["level"] == "warning"
    [suppressed] = results["patch.remove-known"]["suppressions"]
    assert suppressed["kind"] == "external"
    assert "https://x.example/1" in suppressed["justification"]
    assert "suppressions" not in results["patch.remove"]
    rule = run["tool"]["driver"]["rules"][results["patch.remove"]["ruleIndex"]]
    assert rule["id"] == "patch.remove"
    assert rule["helpUri"] == "https://www.rfc-editor.org/rfc/rfc7644#section-3.5.2.2"
    assert "<script>" not in rule["help"]["markdown"]
    assert run["invocations"][0]["executionSuccessful"] is False
    for result in run["results"]:
        assert no_control(result["message"]["text"])


def test_the_fingerprint_of_a_finding_is_the_same_in_every_run() -> None:
    def prints(records: list[JsonObject]) -> list[str]:
        results = json.loads(sarif(records))["runs"][0]["results"]
        return [each["partialFingerprints"]["finding/v1"] for each in results]

    later = [RECORDS[0] | {"run": "other", "started": "2027-01-01T00:00:00+00:00"}, *RECORDS[1:]]
    assert prints(RECORDS) == prints(later)
    assert len(set(prints(RECORDS))) == 3


def test_allure_is_read_by_its_own_matchers(tmp_path: Path) -> None:
    allure(RECORDS, tmp_path / "allure")
    report = AllureReport(str(tmp_path / "allure"))
    assert len(report.test_cases) == 7
    title = next(each["name"] for each in report.test_cases if each["fullName"] == "patch.remove")
    hamcrest.assert_that(
        report,
        has_test_case(
            title,
            with_status("failed"),
            has_severity("blocker"),
            has_link("https://www.rfc-editor.org/rfc/rfc7644#section-3.5.2.2"),
        ),
    )
    by_name = {each["fullName"]: each for each in report.test_cases}
    assert by_name["groups.z"]["status"] == "broken"
    assert by_name["groups.x"]["status"] == "skipped"
    assert by_name["patch.remove-known[okta.template]"]["statusDetails"]["known"] is True
    [step] = by_name["patch.remove"]["steps"]
    assert step["stop"] - step["start"] == 250
    hamcrest.assert_that(by_name["patch.remove"], has_step(step["name"]))
    [attachment] = step["attachments"]
    assert attachment["type"] == "text/plain"
    written = (tmp_path / "allure" / attachment["source"]).read_text("utf-8")
    assert written.startswith("PATCH /Users/")
    assert "HTTP/1.1 200" in written
    assert no_control(written)
    assert len({each["historyId"] for each in report.test_cases}) == 7


@pytest.mark.parametrize("records", [RECORDS, RECORDS[:1], []], ids=["hostile", "header", "nothing"])
def test_every_format_can_be_made(records: list[JsonObject], tmp_path: Path) -> None:
    allure(records, tmp_path)
    for text in (junit(records), sarif(records), markdown(records), github_annotations(records)):
        assert no_control(text)


def test_annotations_are_commands_of_one_line_each() -> None:
    lines = github_annotations(RECORDS).splitlines()
    assert all(line.startswith(("::error file=scimulator.toml,", "::warning file=scimulator.toml,")) for line in lines)
    assert [line.count("::") - line.partition("::")[2].partition("::")[2].count("::") for line in lines]
    for line in lines:
        properties, _, message = line[2:].partition("::")
        assert properties.count(",") == 2
        assert "\\n" not in properties.partition("title=")[0]
        assert message
    [failed] = [line for line in lines if "title=patch.remove" in line]
    # Our percent signs are encoded, so that the target's own %0A stays text.
    assert "%250A" in failed


def test_what_is_printed_inside_a_workflow_is_no_command() -> None:
    before, after = deaf("::error::x")
    assert before == f"::stop-commands::{after.strip(':')}"
    assert len(after) == 36
    assert deaf("x") != deaf("x")


def test_markdown_shows_the_targets_text_as_text() -> None:
    text = markdown(RECORDS)
    shown = Shown()
    shown.feed(MarkdownIt("commonmark").enable("table").render(text))
    assert shown.tags <= TAGS
    assert shown.links
    assert all(each.startswith("https://www.rfc-editor.org/rfc/") for each in shown.links)
    # Mentions, references and addresses mean something outside of code only.
    assert not re.search(r"[@#!~|]|://|<", shown.prose)
    assert not [line for line in text.splitlines() if line.startswith(("/", "::", "##["))]
    assert "[RFC7644-3.5.2.2-04](https://www.rfc-editor.org/rfc/rfc7644#section-3.5.2.2)" in text
    assert text.startswith("### ❌ ")
    assert "known, 1" in text


def test_markdown_has_a_bound() -> None:
    many = [check(f"patch.n{number}", "failed", requirements=[f"R{number}"]) for number in range(500)]
    for number, each in enumerate(many):
        each["findings"] = [{**each["findings"][0], "requirement": f"R{number}"}]  # type: ignore[index, dict-item]  # as made
    text = markdown([RECORDS[0], *many, RECORDS[-1]])
    assert len(text.encode()) <= BYTES
    assert text.count("<details>") == text.count("</details>")


@pytest.mark.parametrize("value", ["`", "``a`", "a`b", " ", "", "|", "a\nb"])
def test_a_code_span_cannot_be_left(value: str) -> None:
    made = code(value)
    fence = made[: len(made) - len(made.lstrip("`"))]
    assert made.endswith(fence)
    assert f"{fence}`" not in made[len(fence) : -len(fence)]
    assert "\n" not in made
    assert "|" not in made


def test_a_text_begins_no_command_and_no_link() -> None:
    assert safe("/close") == "`/close`"
    assert safe("see www.x.example") == "`see www.x.example`"
    assert safe("a <b> & @c #1") == "`a <b> & @c #1`"
    assert safe("emails[0].value is *no* text_") == r"emails\[0\].value is \*no\* text\_"


def test_a_comparison_is_markdown_too() -> None:
    made = compare_markdown(compare([RECORDS[0], RECORDS[-1]], RECORDS))
    shown = Shown()
    shown.feed(MarkdownIt("commonmark").enable("table").render(made))
    assert shown.tags <= TAGS
    assert shown.links == []
    assert "3 new" in made
    assert no_control(made)
