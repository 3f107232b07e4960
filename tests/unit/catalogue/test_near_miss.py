from __future__ import annotations

import pytest

from scimulator.catalogue.near_miss import hint


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("patch.replace.frame", ' (did you mean "patch.replace.frame"?)'),
        ("patch.replce.frame", ' (did you mean "patch.replace.frame"?)'),
        ("Patch.Replace.Frame", ' (did you mean "patch.replace.frame"?)'),
        ("patch.rep", ' (did you mean "patch.replace.frame"?)'),
        ("users.create.locaton", ' (did you mean "users.create.Location"?)'),
        ("zzzz", ""),
        ("", ""),
        ("  ", ""),
    ],
)
def test_the_nearest_name_is_suggested(typed: str, expected: str) -> None:
    assert hint(typed, ["users.create.Location", "patch.replace.frame", "patch.replace.frame.deep"]) == expected


def test_a_number_may_lack_its_zeros() -> None:
    assert hint("rfc7644-3.3-1", ["RFC7644-3.3-10", "RFC7644-3.3-01"]) == ' (did you mean "RFC7644-3.3-01"?)'


def test_no_candidates_give_no_hint() -> None:
    assert hint("anything", []) == ""


def test_candidates_may_come_from_an_iterator() -> None:
    assert hint("alpa", iter(("beta", "alpha"))) == ' (did you mean "alpha"?)'
