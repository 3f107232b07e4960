"""Where upper and lower case matter in a filter, and where they do not (RFC 7643 section 2.1, RFC 7644 3.4.2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import USER, NotApplicable, check

if TYPE_CHECKING:
    from scimulator.kit import Discovery
    from suites.filtering.conftest import Cast


@check("filtering.case.attribute-name", "RFC7644-3.4.2.2-02", needs=("filter",))
@pytest.mark.parametrize("spelling", ["USERNAME", "username", "UserName"])
def test_attribute_name(cast: Cast, spelling: str) -> None:
    """The name of an attribute means the same in every letter case."""
    cast.finds(f'{spelling} eq "{cast.value("alpha", "userName")}"', "alpha", owed=True)


@check("filtering.case.sub-attribute-name", "RFC7644-3.4.2.2-02", needs=("filter",), attributes=("name.familyName",))
def test_sub_attribute_name(cast: Cast) -> None:
    """The name of a sub-attribute means the same in every letter case."""
    comparison = f'eq "{cast.value("alpha", "name.familyName")}"'
    cast.finds(f"NAME.familyname {comparison}", "alpha", same_as=f"name.familyName {comparison}")


@check("filtering.case.operator", "RFC7644-3.4.2.2-03", needs=("filter",))
@pytest.mark.parametrize("operator", ["EQ", "Eq"])
def test_operator(cast: Cast, operator: str) -> None:
    """An operator means the same in every letter case."""
    name = cast.value("alpha", "userName")
    cast.finds(f'userName {operator} "{name}"', "alpha", same_as=f'userName eq "{name}"')


@check("filtering.case.operator-pr", "RFC7644-3.4.2.2-03", needs=("filter",), attributes=("title",))
def test_operator_pr(cast: Cast) -> None:
    """Pr means the same in capitals."""
    cast.without("delta", "title")
    cast.finds(f"{cast.scope} and title PR", "alpha", "beta", "gamma", same_as=f"{cast.scope} and title pr")


@check("filtering.case.logical", "RFC7644-3.4.2.2-04", needs=("filter",), attributes=("title",))
@pytest.mark.parametrize("word", ["AND", "OR", "NOT"])
def test_logical_operator(cast: Cast, word: str) -> None:
    """And, or and not mean the same in capitals."""
    alpha, beta = (f'title eq "{cast.value(name, "title")}"' for name in ("alpha", "beta"))
    text, names = {
        "AND": (f'{alpha} AND userName eq "{cast.value("alpha", "userName")}"', ("alpha",)),
        "OR": (f"{alpha} OR {beta}", ("alpha", "beta")),
        "NOT": (f"{cast.scope} and NOT ({alpha})", ("beta", "gamma")),
    }[word]
    either = ("delta",) if word == "NOT" else ()
    cast.finds(text, *names, either=either, same_as=text.replace(f" {word} ", f" {word.lower()} "))


@check("filtering.case.user-name-value", "RFC7644-3.4.2.2-51", needs=("filter",))
def test_user_name_value(cast: Cast, discovery: Discovery) -> None:
    """A userName is found whatever the case in which it is asked for.

    An identity provider that writes the address in another case would otherwise create the person a second time.
    """
    _case_does_not_matter(discovery, "userName")
    cast.finds(f'userName eq "{cast.value("alpha", "userName").upper()}"', "alpha", owed=True)


@check("filtering.case.insensitive-value", "RFC7644-3.4.2.2-51", needs=("filter",), attributes=("title",))
@pytest.mark.parametrize("operator", ["eq", "co", "sw", "ew"])
def test_insensitive_value(cast: Cast, discovery: Discovery, operator: str) -> None:
    """Every string operator disregards case where the attribute does not tell upper from lower case."""
    _case_does_not_matter(discovery, "title")
    cast.finds(f'title {operator} "{cast.value("alpha", "title").swapcase()}"', "alpha")


@check(
    "filtering.case.exact-value", "RFC7644-3.4.2.2-52", "RFC7643-7-36", needs=("filter",), attributes=("externalId",)
)
@pytest.mark.parametrize("same", [True, False], ids=["same-case", "other-case"])
def test_exact_value(cast: Cast, discovery: Discovery, *, same: bool) -> None:
    """An externalId is found in its own letter case and in no other.

    Case-insensitive databases take ``A1`` for ``a1`` and link two people of the identity provider to one account.
    """
    definition = discovery.attribute("externalId")
    if definition is not None and definition.get("caseExact") is False:
        raise NotApplicable("the target's /Schemas declares externalId without regard to case")
    value = cast.value("alpha", "externalId")
    if value != cast.people["alpha"].sent["externalId"]:
        raise NotApplicable("the target does not keep the case of an externalId")
    cast.finds(f'externalId eq "{value if same else value.swapcase()}"', *(("alpha",) if same else ()))


@check("filtering.case.urn", "RFC7644-3.10-03", needs=("filter",))
@pytest.mark.parametrize("urn", [USER.upper(), USER.replace("User", "user")], ids=["upper", "lower-name"])
def test_urn(cast: Cast, urn: str) -> None:
    """The URN before an attribute name means the same in every letter case."""
    comparison = f'eq "{cast.value("alpha", "userName")}"'
    cast.finds(f"{urn}:userName {comparison}", "alpha", same_as=f"{USER}:userName {comparison}")


def _case_does_not_matter(discovery: Discovery, path: str) -> None:
    definition = discovery.attribute(path)
    if definition is not None and definition.get("caseExact") is True:
        raise NotApplicable(f"the target's /Schemas declares {path} case-exact")
