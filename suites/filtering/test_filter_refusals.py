"""What a server does with filters that it cannot understand: it says so, and returns nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import Capability, NotApplicable, check

if TYPE_CHECKING:
    from scimulator.kit import Answer, Discovery, Resources
    from suites.filtering.conftest import Cast


@check(
    "filtering.refusal.unknown-operator",
    "RFC7644-3.4.2.2-56",
    "RFC7644-3.12-21",
    "RFC7644-3.4.2.2-57",
    needs=("filter",),
    writes=False,
)
def test_unknown_operator(users: Resources) -> None:
    """An operator that the server does not know is refused with 400 invalidFilter and an explanation."""
    answer = users.query({"filter": 'userName zzq7 "a"', "count": 1})
    answer.refused(400, scim_type="invalidFilter", strict_type=True)
    answer.has("detail", per="RFC7644-3.4.2.2-57")


@check("filtering.refusal.unknown-operator-beside", "RFC7644-3.4.2.2-56", needs=("filter",))
@pytest.mark.parametrize("word", ["or", "and"])
def test_unknown_operator_beside_a_known_one(cast: Cast, word: str) -> None:
    """An unknown operator is refused also where the other half of the filter decides alone.

    A server that evaluates lazily never looks at the second half.
    """
    name = cast.value("alpha", "userName") if word == "or" else f"nobody-{cast.mark}"
    answer = cast.users.find(f'userName eq "{name}" {word} userName zzq7 "a"')
    answer.refused(400, scim_type="invalidFilter", strict_type=True)


MALFORMED = [
    pytest.param("userName eq", "RFC7644-3.4.2.2-59", id="value-missing"),
    pytest.param('(userName eq "{name}"', "RFC7644-3.4.2.2-60", id="parenthesis"),
    pytest.param('userName eq "{name}', "RFC7644-3.4.2.2-61", id="string-open"),
    pytest.param('userName "{name}"', "RFC7644-3.4.2.2-62", id="operator-missing"),
    pytest.param('userName eq "{name}" and', "RFC7644-3.4.2.2-64", id="dangling-and"),
    pytest.param('userName eq "{name}" userName eq "{name}"', "RFC7644-3.4.2.2-65", id="no-logical-operator"),
    pytest.param('userName eq "{name}")', "RFC7644-3.4.2.2-60", id="parenthesis-too-many"),
    pytest.param('and userName eq "{name}"', "RFC7644-3.4.2.2-64", id="leading-and"),
]


@check(
    "filtering.refusal.malformed",
    "RFC7644-3.4.2.2-59",
    "RFC7644-3.4.2.2-60",
    "RFC7644-3.4.2.2-61",
    "RFC7644-3.4.2.2-62",
    "RFC7644-3.4.2.2-64",
    "RFC7644-3.4.2.2-65",
    needs=("filter",),
)
@pytest.mark.parametrize(("text", "per"), MALFORMED)
def test_malformed(cast: Cast, text: str, per: str) -> None:
    """A filter that breaks the grammar returns nobody; it is refused with 400 invalidFilter."""
    answer = cast.users.query({"filter": text.format(name=cast.value("alpha", "userName")), "count": 5})
    _malformed(answer, per)


@check("filtering.refusal.bracket", "RFC7644-3.4.2.2-67", needs=("filter",), attributes=("emails",), writes=False)
def test_open_bracket(users: Resources) -> None:
    """A value path without its closing bracket returns nobody; it is refused with 400 invalidFilter."""
    _malformed(users.query({"filter": 'emails[type eq "work"', "count": 5}), "RFC7644-3.4.2.2-67")


def _malformed(answer: Answer, per: str) -> None:
    if answer.ok:
        found = len(answer.ids(per=per))
        answer.require(not found, f"a malformed filter returns {found} resources", kind="malformed-accepted", per=per)
        answer.status(400, per=per, soft=True)
    else:
        answer.refused(400, scim_type="invalidFilter", per=per)


@check(
    "filtering.refusal.doubtful",
    "RFC7644-3.4.2.2-63",
    "RFC7644-3.4.2.2-66",
    "RFC7644-3.4.2.2-68",
    "RFC7644-3.4.2.2-69",
    needs=("filter",),
)
@pytest.mark.parametrize(
    ("text", "per"),
    [
        pytest.param("", "RFC7644-3.4.2.2-63", id="empty"),
        pytest.param("userName eq {name}", "RFC7644-3.4.2.2-66", id="bare-word"),
        pytest.param('userName pr "x"', "RFC7644-3.4.2.2-68", id="value-behind-pr"),
        pytest.param("userName eq '{name}'", "RFC7644-3.4.2.2-69", id="single-quotes"),
    ],
)
def test_doubtful(cast: Cast, text: str, per: str) -> None:
    """A filter that some servers take although the grammar has no place for it is better refused."""
    filter_text = text.format(name=cast.value("alpha", "userName"))
    cast.users.query({"filter": filter_text, "count": 1}).refused(400, scim_type="invalidFilter", per=per)


@check("filtering.refusal.unknown-attribute", "RFC7644-3.4.2.2-70", needs=("filter",))
def test_unknown_attribute(cast: Cast) -> None:
    """A comparison with an attribute that no user has matches nobody, or is refused."""
    answer = cast.users.query({"filter": 'noSuchAttribute eq "x"', "count": 5})
    if not answer.ok:
        answer.refused(400, scim_type=("invalidFilter", "invalidPath"))
        return
    answer.require(not answer.ids(), "a filter on an attribute that does not exist returns users", kind="not-filtered")


@check("filtering.refusal.unknown-attribute-and", "RFC7644-3.4.2.2-01", needs=("filter",))
def test_unknown_attribute_does_not_widen(cast: Cast) -> None:
    """An unknown attribute never turns a filter that matches one user into one that matches all."""
    name = cast.value("alpha", "userName")
    text = f'userName eq "{name}" and noSuchAttribute eq "x"'
    answer = cast.users.find(text)
    if cast.declined(answer, text):
        return
    others = sorted(set(answer.ids()) - {cast.people["alpha"].id})
    answer.require(not others, f"the filter {text} returns {len(others)} other users", kind="not-filtered")


@check("filtering.refusal.password", "RFC7644-7.5.2-01", needs=("filter",), attributes=("password",))
def test_password_is_no_oracle(cast: Cast, users: Resources) -> None:
    """A filter does not tell how a password begins.

    Whoever may list users could otherwise guess every password letter by letter.
    """
    made = users.create(password="Qw7#kestrel-Marl")  # noqa: S106  the password of a user of this run
    cast.await_index(made.user_name)
    # A comparison with eq is allowed (RFC 7643 section 4.1.1); it gives away nothing but the whole.
    for operator, value in (("sw", "Qw7#"), ("co", "kestrel")):
        answer = users.find(f'userName eq "{made.user_name}" and password {operator} "{value}"')
        answer.require(
            not answer.ok or made.id not in answer.ids(),
            f"a filter with password {operator} tells whether it is right",
            kind="oracle",
        )


@check("filtering.refusal.deep", "RFC7644-3.4.2.2-80", needs=("filter",))
@pytest.mark.parametrize("shape", ["nested", "long"])
def test_deep_filters(cast: Cast, shape: str) -> None:
    """A deeply nested or very long filter is answered or refused, and does not bring the server down."""
    term = f'userName eq "{cast.value("alpha", "userName")}"'
    text = f"{'(' * 200}{term}{')' * 200}" if shape == "nested" else " or ".join([term] * 100)
    answer = cast.users.find(text)
    answer.require(answer.status_code < 500, f"the filter is answered with {answer.status_code}", kind="server-error")
    if answer.ok:
        answer.require(answer.ids() == [cast.people["alpha"].id], "the filter does not find its user", kind="not-found")


@check("filtering.unsupported", "RFC7644-3.4.2.2-76")
def test_filter_without_support(users: Resources, discovery: Discovery) -> None:
    """A server that does not filter does not answer a filter with everybody."""
    if discovery.supports(Capability.FILTER) is not False:
        raise NotApplicable("the target supports filters")
    made, other = users.create(), users.create()
    answer = users.find(f'userName eq "{made.user_name}"')
    if answer.ok:
        answer.require(other.id not in answer.ids(), "the filter is ignored", kind="not-filtered")
