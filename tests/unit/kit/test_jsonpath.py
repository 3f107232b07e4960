"""Paths into SCIM JSON."""

from __future__ import annotations

import pytest

from scimulator.exchange.strict_json import locate, read_json
from scimulator.kit.jsonpath import MISSING, find, is_unassigned, parse_path, show_path

URN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
BODY = {
    "emails": [{"value": "a"}, {"value": "b"}],
    "Name": {"givenName": "G"},
    URN: {"department": "D", "manager": {"value": "1"}},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("emails[1].value", "b"),
        ("$.emails[*].value", ["a", "b"]),
        ("name.GIVENNAME", "G"),
        (f"{URN}:department", "D"),
        (f"{URN}:manager.value", "1"),
        (URN, BODY[URN]),
        ("emails[7]", MISSING),
        ("emails.value", MISSING),
        ("nothing.there", MISSING),
    ],
)
def test_find(path: str, value: object):
    assert find(BODY, path) == value or find(BODY, path) is value


def test_unassigned():
    assert all(is_unassigned(each) for each in (MISSING, None, []))
    assert not any(is_unassigned(each) for each in (False, 0, "", {}))


def test_paths_are_shown_again():
    assert show_path(parse_path("emails[0].value")) == "$.emails[0].value"
    assert show_path(parse_path(f"{URN}:department")) == f"$['{URN}'].department"


@pytest.mark.parametrize(
    ("raw", "kinds", "valid"),
    [
        (b'{"a":1}', [], True),
        (b"\xef\xbb\xbf{}", ["bom"], True),
        (b'{"a":1,"a":2}', ["duplicate-name"], True),
        (b'{"a":NaN}', ["non-finite"], True),
        (b"\xff\xfe{}", ["encoding"], False),
        (b"<html>", ["syntax"], False),
        (b'{"a":1}x', ["syntax"], False),
        (b"[" * 5000, ["depth"], False),
        (b"", [], False),
    ],
)
def test_strict_reading(raw: bytes, kinds: list[str], valid: bool):
    document = read_json(raw)
    assert [problem.kind for problem in document.problems] == kinds
    assert document.valid is valid


def test_a_value_is_located_in_the_text():
    text = '{ "a" : [1, {"b\\"": "x" , "c": null}], "d": -1.5e3 }'
    for path, shown in ((["a", 0], "1"), (["a", 1, 'b"'], '"x"'), (["a", 1, "c"], "null"), (["d"], "-1.5e3")):
        span = locate(text, path)
        assert span is not None
        assert text[span[0] : span[1]] == shown
    assert locate(text, ["a", 5]) is None
    assert locate("not json", ["a"]) is None
