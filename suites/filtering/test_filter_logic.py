"""and, or, not and parentheses (RFC 7644 section 3.4.2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import check

if TYPE_CHECKING:
    from suites.filtering.conftest import Cast


def _is(cast: Cast, name: str) -> str:
    return f'title eq "{cast.value(name, "title")}"'


@check("filtering.and", "RFC7644-3.4.2.2-34", needs=("filter",), attributes=("title",))
@pytest.mark.parametrize("case", ["both", "left-false", "right-false"])
def test_and(cast: Cast, case: str) -> None:
    """An and-expression matches where both of its sides do."""
    mine = f'userName eq "{cast.value("alpha", "userName")}"'
    left = _is(cast, "beta") if case == "left-false" else _is(cast, "alpha")
    right = f'userName eq "nobody-{cast.mark}"' if case == "right-false" else mine
    cast.finds(f"{left} and {right}", *(("alpha",) if case == "both" else ()))


@check("filtering.or", "RFC7644-3.4.2.2-35", needs=("filter",), attributes=("title",))
@pytest.mark.parametrize("case", ["both", "left", "right"])
def test_or(cast: Cast, case: str) -> None:
    """An or-expression matches where at least one of its sides does."""
    nobody = f'title eq "nobody {cast.mark}"'
    left = nobody if case == "right" else _is(cast, "alpha")
    right = nobody if case == "left" else f'userName eq "{cast.value("beta", "userName")}"'
    cast.finds(f"{left} or {right}", *{"both": ("alpha", "beta"), "left": ("alpha",), "right": ("beta",)}[case])


@check("filtering.not", "RFC7644-3.4.2.2-36", needs=("filter",), attributes=("title",))
def test_not(cast: Cast) -> None:
    """A negated expression matches exactly where the expression does not.

    A server that drops the word returns the one user who was to be left out.
    """
    cast.finds(f"{cast.scope} and not ({_is(cast, 'alpha')})", "beta", "gamma", either=("delta",))


@check("filtering.not.present", "RFC7644-3.4.2.2-36", needs=("filter",), attributes=("title",))
def test_not_present(cast: Cast) -> None:
    """Those without a value are found by negating pr."""
    cast.without("delta", "title")
    cast.finds(f"{cast.scope} and not (title pr)", "delta")


@check("filtering.not.space", "RFC7644-3.4.2.2-37", needs=("filter",), attributes=("title",))
@pytest.mark.parametrize("negation", ["not", "not "], ids=["tight", "spaced"])
def test_not_with_or_without_space(cast: Cast, negation: str) -> None:
    """A space between not and its parenthesis changes nothing.

    The grammar has none, the examples of the RFC have one, and clients write both (erratum 7319).
    """
    cast.finds(f"{cast.scope} and {negation}({_is(cast, 'alpha')})", "beta", "gamma", either=("delta",))


@check("filtering.grouping", "RFC7644-3.4.2.2-38", needs=("filter",), attributes=("title",))
def test_grouping(cast: Cast) -> None:
    """What stands in parentheses is decided first."""
    mine = f'userName eq "{cast.value("alpha", "userName")}"'
    cast.finds(f"({_is(cast, 'beta')} or {_is(cast, 'alpha')}) and {mine}", "alpha")
    cast.finds(f"{mine} and ({_is(cast, 'alpha')} or {_is(cast, 'beta')})", "alpha")


@check("filtering.precedence.not", "RFC7644-3.4.2.2-39", needs=("filter",), attributes=("title",))
def test_not_before_and(cast: Cast) -> None:
    """A negation reaches over its parenthesis and no further."""
    cast.finds(
        f"not ({_is(cast, 'alpha')}) and {cast.scope}",
        "beta",
        "gamma",
        either=("delta",),
    )


@check("filtering.precedence.and-or", "RFC7644-3.4.2.2-40", needs=("filter",), attributes=("title",))
@pytest.mark.parametrize("first", ["or", "and"])
def test_and_before_or(cast: Cast, first: str) -> None:
    """And binds its neighbours before or does, in whichever order they stand.

    Evaluated from left to right, ``a or b and c`` would lose a.
    """
    nobody = f'userName eq "nobody-{cast.mark}"'
    alpha, beta = _is(cast, "alpha"), _is(cast, "beta")
    text = f"{alpha} or {beta} and {nobody}" if first == "or" else f"{nobody} and {beta} or {alpha}"
    cast.finds(text, "alpha")


@check("filtering.chains", "RFC7644-3.4.2.2-41", needs=("filter",), attributes=("title",))
@pytest.mark.parametrize("case", ["or", "and", "nested"])
def test_chains(cast: Cast, case: str) -> None:
    """Chains of three terms and groups inside groups come to what logic says."""
    alpha, beta, gamma = (_is(cast, name) for name in ("alpha", "beta", "gamma"))
    mine = f'userName eq "{cast.value("beta", "userName")}"'
    match case:
        case "or":
            cast.finds(f"{alpha} or {beta} or {gamma}", "alpha", "beta", "gamma")
        case "and":
            cast.finds(f"{beta} and {mine} and title pr", "beta")
        case _:
            cast.finds(f"(({alpha} or {beta}) and ({gamma} or ({mine} and title pr)))", "beta")
