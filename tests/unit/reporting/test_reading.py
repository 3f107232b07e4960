"""Texts of a target are harmless when they reach a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.reporting.reading import header, number, objects, plain, values, word

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import JsonObject


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\x9b31m\x7f\ufeff", "\\x9b31m\\x7f\\ufeff"),
        ("\ud800", "\\ud800"),
        ("\U000e0001", "\\U000e0001"),
        ("Zoë 東京 [bold]", "Zoë 東京 [bold]"),
    ],
)
def test_control_characters_become_visible(hostile: str, shown: str) -> None:
    assert plain(hostile) == shown


def test_members_of_the_wrong_type_read_as_empty() -> None:
    record: JsonObject = {"a": None, "b": [1, {"c": 2}], "d": True, "h": [["Location", "x"], "bad"]}
    assert word(record, "a") == word(record, "missing") == ""
    assert objects(record, "b") == [{"c": 2}]
    assert values(record, "d") == []
    assert number(record, "d") == 0
    headers: JsonObject = {"headers": [["Location", "x"], "bad"]}
    assert header(headers, "location") == "x"
    assert header(headers, "ETag") is None
