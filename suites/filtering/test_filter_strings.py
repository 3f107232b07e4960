"""Characters in comparison values that mean something elsewhere: in JSON, in SQL, in regular expressions, in a URL."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import DECLINED, Blocked, NotApplicable, check

if TYPE_CHECKING:
    from scimulator.kit import Resources
    from suites.filtering.conftest import Cast, Odd


@check("filtering.string.wildcards", "RFC7644-3.4.2.2-10", needs=("filter",), attributes=("title",))
@pytest.mark.parametrize(
    ("operator", "pattern"),
    [
        pytest.param("co", "%", id="percent"),
        pytest.param("sw", "A_pha", id="underscore"),
        pytest.param("co", "*", id="asterisk"),
        pytest.param("sw", "Al.ha", id="dot"),
        pytest.param("sw", "[A]lpha", id="bracket"),
        pytest.param("eq", "%", id="eq-percent"),
    ],
)
def test_wildcards(cast: Cast, operator: str, pattern: str) -> None:
    """A percent sign, an underscore, an asterisk, a dot and a bracket stand for themselves.

    A server that hands the value on to LIKE, LDAP or a regular expression returns people nobody asked for.
    """
    cast.value("alpha", "title")
    cast.finds(f'{cast.scope} and title {operator} "{pattern}"')


@check("filtering.string.literal", "RFC7644-3.4.2.2-10", needs=("filter",), attributes=("title",))
@pytest.mark.parametrize(
    "part",
    [
        pytest.param("100%_*[x]", id="wildcards"),
        pytest.param(" + & = # ; ? ", id="url"),
        pytest.param(' "q" ', id="quote"),
        pytest.param("b\\s", id="backslash"),
        pytest.param("é 日本", id="unicode"),
    ],
)
def test_literal(odd: Odd, users: Resources, part: str) -> None:
    """A value with special characters is found by exactly these characters.

    Percent-encoding is undone once: a plus sign is a plus sign, and an ampersand does not end the filter.
    """
    text = f'userName eq "{odd.resource.user_name}" and title co {json.dumps(part, ensure_ascii=False)}'
    _found(odd, users, text)


@check("filtering.string.escapes", "RFC7644-3.4.2.2-71", needs=("filter",), attributes=("title",))
@pytest.mark.parametrize("form", ["plain", "ascii"])
def test_escapes(odd: Odd, users: Resources, form: str) -> None:
    r"""A comparison value is a JSON string: ``\"``, ``\\`` and ``\u00e9`` stand for the characters that JSON says."""
    _found(odd, users, f"title eq {json.dumps(odd.title, ensure_ascii=form == 'ascii')}")


def _found(odd: Odd, users: Resources, text: str) -> None:
    answer = users.find(text)
    if answer.status_code in DECLINED:
        raise NotApplicable(f"the target refuses the filter {text}")
    answer.require(
        odd.resource.id in answer.ids(), f"the filter {text} does not find the user who has it", kind="not-found"
    )
    answer.require(
        set(answer.ids()) == {odd.resource.id}, f"the filter {text} returns others, too", kind="not-filtered"
    )


@check("filtering.string.operators-inside", "RFC7644-3.4.2.2-71", needs=("filter",))
@pytest.mark.parametrize("inside", [' or userName pr or title eq "', ") or (userName pr", " and ", "' or '1'='1"])
def test_operators_inside_a_string(cast: Cast, inside: str) -> None:
    """Words and signs of the filter language have no meaning inside a string.

    A server that splits the text at ``or``, or pastes it into SQL, returns everybody.
    """
    cast.finds(f"userName eq {json.dumps(cast.mark + inside)}")


@check("filtering.string.normalised-user-name", "RFC7644-5-02", needs=("filter",))
def test_normalised_user_name(users: Resources) -> None:
    """A userName with an accent is found however the accent is composed."""
    people = users.session.people
    name = unicodedata.normalize("NFC", f"{people.unique('zoé')}@{people.domain}")
    try:
        made = users.create(userName=name)
    except Blocked as error:
        raise NotApplicable(f"the target does not take a userName with an accent: {error.reason}") from None
    if made.read().get("userName") != name:
        raise NotApplicable("the target does not keep a userName with an accent as sent")
    answer = users.find(f'userName eq "{unicodedata.normalize("NFD", name)}"')
    if answer.status_code in DECLINED:
        raise NotApplicable("the target refuses a filter with a combining accent")
    answer.require(made.id in answer.ids(), "the userName is not found with its accent decomposed", kind="not-found")


@check("filtering.string.normalised-value", "RFC7644-7.8-01", needs=("filter",), attributes=("title",))
def test_normalised_value(odd: Odd, users: Resources) -> None:
    """A value with an accent is found however the accent is composed."""
    decomposed = unicodedata.normalize("NFD", odd.title)
    _found(odd, users, f"title eq {json.dumps(decomposed, ensure_ascii=False)}")
