from __future__ import annotations

import pytest

from scimulator.catalogue.rulings import UnknownRuling, ruling, rulings


def test_the_rulings_are_numbered_without_a_gap() -> None:
    assert list(rulings()) == [f"A{number}" for number in range(1, 65)]


def test_a_ruling_gives_both_sides_and_a_reason() -> None:
    found = ruling("A1")
    assert all((found.point, found.text, found.ruling, found.why))


def test_an_unknown_ruling_is_reported_with_the_nearest() -> None:
    with pytest.raises(UnknownRuling, match=r'no ruling has the id "a12" \(did you mean "A12"\?\)'):
        ruling("a12")


def test_rulings_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        rulings()["A1"] = ruling("A2")  # type: ignore[index]  # the point of the test
