"""The caret stands under the value that a symptom names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scimulator.exchange.strict_json import locate
from scimulator.reporting.marking import excerpt, layout, resolve

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import JsonObject

URN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
BODY: JsonObject = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", URN],
    "userName": "bjensen",
    "emails": [{"value": "a@example.com", "primary": "True"}, {"value": "b@example.com", "primary": False}],
    URN: {"department": "Tours", "manager": {"value": "26118915"}},
    "meta": {"location": "https://example.com/v2/Users/1"},
}


def marked(body: str, at: str, width: int = 74) -> str:
    """Return what the carets underline."""
    found = excerpt(body, at, width=width)
    assert found.caret is not None
    line, carets = found.lines[found.caret - 1], found.lines[found.caret]
    start = carets.index("^")
    return line[start : start + carets.count("^")]


@pytest.mark.parametrize(
    ("at", "underlined"),
    [
        ("$.emails[0].primary", '"True"'),
        ("EMAILS[1].value", '"b@example.com"'),
        ("username", '"bjensen"'),
        (f"{URN}:department", '"Tours"'),
        (f"$.{URN}.manager.value", '"26118915"'),
        ("meta.location", '"https://example.com/v2/Users/1"'),
    ],
)
def test_the_caret_stands_under_the_value(at: str, underlined: str) -> None:
    assert marked(json.dumps(BODY), at) == underlined


@pytest.mark.parametrize("at", ["meta.version", "emails[7].value", "meta.location.nothing"])
def test_a_place_that_is_missing_marks_its_nearest_parent(at: str) -> None:
    found = excerpt(json.dumps(BODY), at)
    assert found.missing
    assert found.caret is not None


def test_a_path_below_the_top_is_found_in_the_resources_of_a_list() -> None:
    listed: JsonObject = {"totalResults": 2, "Resources": [{"id": "1"}, {"id": "2", "userName": "b"}]}
    assert resolve(listed, "userName") == (["Resources", 1, "userName"], True)
    assert marked(json.dumps(listed), "userName") == '"b"'


def test_duplicate_names_are_shown_as_they_came() -> None:
    assert marked('{"id": 1, "userName": "a",   "userName": "b"}', "userName") == '"b"'
    assert excerpt('{"a": 1, "a": 2}').lines[0] == '{"a": 1, "a": 2}'


def test_wide_characters_count_twice() -> None:
    found = excerpt('{"displayName": "東京", "title": "x", "filler": "' + "y" * 80 + '"}', "displayName")
    assert found.caret is not None
    assert found.lines[found.caret].count("^") == 6


@pytest.mark.parametrize("body", ["<html>\n" * 50, "", "\x1b]0;title\x07", "{", "[" * 5000, "nul", '{"a": "\\ud800"}'])
def test_anything_can_be_shown(body: str) -> None:
    found = excerpt(body, "$.emails[0]", limit=6)
    assert len(found.lines) <= 9
    assert all(line.isprintable() for line in found.lines)


def test_long_bodies_and_lines_are_cut() -> None:
    body = json.dumps({f"attribute{at}": "x" * 500 for at in range(200)})
    found = excerpt(body, "attribute150", width=60)
    assert len(found.lines) < 20
    assert max(map(len, found.lines)) <= 60
    assert found.caret is not None


def test_layout_keeps_the_value_and_places() -> None:
    text = layout(BODY, 40)
    assert json.loads(text) == BODY
    place = locate(text, ["emails", 1, "primary"])
    assert place is not None
    assert text[slice(*place)] == "false"
