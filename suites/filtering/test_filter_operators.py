"""Each comparison operator of RFC 7644 section 3.4.2.2, on strings and booleans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import NotApplicable, check, find, is_unassigned

if TYPE_CHECKING:
    from scimulator.kit import Discovery, Resources
    from suites.filtering.conftest import Cast


@check("filtering.eq.user-name", "RFC7644-3.4.2.2-05", "RFC7644-3.4.2-11", "RFC7644-4-20", needs=("filter",))
def test_eq_user_name(cast: Cast) -> None:
    """A user is found by the exact userName, and that user alone.

    Every identity provider looks a user up this way before it creates one; a second hit links the wrong account.
    """
    cast.finds(f'userName eq "{cast.value("alpha", "userName")}"', "alpha", owed=True)


@check("filtering.eq.whole-value", "RFC7644-3.4.2.2-05", needs=("filter",))
@pytest.mark.parametrize("near", ["shorter", "longer", "prefix"])
def test_eq_is_no_prefix_match(cast: Cast, near: str) -> None:
    """A value that only begins like a userName, or goes beyond it, is equal to none."""
    name = cast.value("alpha", "userName")
    value = {"shorter": name[:-1], "longer": f"{name}x", "prefix": cast.mark}[near]
    cast.finds(f'userName eq "{value}"', owed=True)


@check("filtering.eq.other-attribute", "RFC7644-3.4.2.2-01", needs=("filter",), attributes=("title",))
def test_eq_title(cast: Cast) -> None:
    """A filter on an attribute other than userName returns only the resources that have the value.

    A server that knows userName alone must refuse the filter; one that ignores it hands out everybody.
    """
    cast.finds(f'title eq "{cast.value("beta", "title")}"', "beta")


@check("filtering.ne", "RFC7644-3.4.2.2-06", needs=("filter",), attributes=("title",))
def test_ne(cast: Cast) -> None:
    """With ne the resources that have another value are returned, and not those that have this one."""
    # Whether a user without any title differs from a title is not ruled (A18).
    cast.finds(f'{cast.scope} and title ne "{cast.value("alpha", "title")}"', "beta", "gamma", either=("delta",))


@check("filtering.co", "RFC7644-3.4.2.2-07", needs=("filter",), attributes=("title",))
@pytest.mark.parametrize("part", ["middle", "start", "whole", "nowhere"])
def test_co(cast: Cast, part: str) -> None:
    """With co the value may stand anywhere in the attribute, also be all of it."""
    whole = cast.value("alpha", "title")
    value = {"middle": whole[1:-1], "start": whole[:-1], "whole": whole, "nowhere": f"zz{cast.mark}"}[part]
    cast.finds(f'title co "{value}"', *(() if part == "nowhere" else ("alpha",)))


@check("filtering.sw", "RFC7644-3.4.2.2-08", needs=("filter",))
@pytest.mark.parametrize("part", ["start", "whole", "middle"])
def test_sw(cast: Cast, part: str) -> None:
    """With sw the attribute begins with the value or is equal to it."""
    whole = cast.value("alpha", "userName")
    value = {"start": whole[: len(cast.mark) + 3], "whole": whole, "middle": whole[2:]}[part]
    cast.finds(f'userName sw "{value}"', *(() if part == "middle" else ("alpha",)))


@check("filtering.ew", "RFC7644-3.4.2.2-09", needs=("filter",))
@pytest.mark.parametrize("part", ["end", "whole", "middle"])
def test_ew(cast: Cast, part: str) -> None:
    """With ew the attribute ends with the value or is equal to it."""
    whole = cast.value("alpha", "userName")
    value = {"end": whole[2:], "whole": whole, "middle": whole[:-2]}[part]
    cast.finds(f'userName ew "{value}"', *(() if part == "middle" else ("alpha",)))


ORDERS = [
    pytest.param("gt", ("gamma",), "RFC7644-3.4.2.2-16", id="gt"),
    pytest.param("ge", ("beta", "gamma"), "RFC7644-3.4.2.2-17", id="ge"),
    pytest.param("lt", ("alpha",), "RFC7644-3.4.2.2-18", id="lt"),
    pytest.param("le", ("alpha", "beta"), "RFC7644-3.4.2.2-19", id="le"),
]


@check(
    "filtering.order",
    "RFC7644-3.4.2.2-16",
    "RFC7644-3.4.2.2-17",
    "RFC7644-3.4.2.2-18",
    "RFC7644-3.4.2.2-19",
    needs=("filter",),
    attributes=("title",),
)
@pytest.mark.parametrize(("operator", "names", "per"), ORDERS)
def test_order_of_strings(cast: Cast, operator: str, names: tuple[str, ...], per: str) -> None:
    """Strings compare in lexicographic order, and the value itself belongs to ge and le alone."""
    titles = {name: cast.value(name, "title") for name in ("alpha", "beta", "gamma")}
    cast.finds(f'{cast.scope} and title {operator} "{titles["beta"]}"', *names, per=per)


@check(
    "filtering.pr.simple",
    "RFC7644-3.4.2.2-11",
    "RFC7644-3.4.2.2-12",
    needs=("filter",),
    attributes=("title",),
)
def test_pr_simple(cast: Cast) -> None:
    """With pr a simple attribute that has a value matches, and one that has none does not."""
    cast.without("delta", "title")
    cast.finds(f"{cast.scope} and title pr", "alpha", "beta", "gamma")


@check("filtering.pr.complex", "RFC7644-3.4.2.2-13", needs=("filter",), attributes=("name.familyName",))
def test_pr_complex(cast: Cast) -> None:
    """With pr a complex attribute matches when one of its sub-attributes has a value."""
    cast.without("delta", "name")
    cast.value("alpha", "name.familyName")
    cast.finds(f"{cast.scope} and name pr", "alpha", "beta", "gamma")


@check(
    "filtering.pr.multi-valued", "RFC7644-3.4.2.2-14", "RFC7644-3.4.2.2-12", needs=("filter",), attributes=("emails",)
)
def test_pr_multi_valued(cast: Cast) -> None:
    """With pr a multi-valued attribute matches when it has at least one value."""
    cast.without("delta", "emails")
    cast.finds(f"{cast.scope} and emails pr", "alpha", "beta", "gamma")


@check("filtering.pr.sub-attribute", "RFC7644-3.4.2.2-15", needs=("filter",), attributes=("name.familyName",))
def test_pr_sub_attribute(cast: Cast) -> None:
    """With pr a sub-attribute that has a value matches."""
    cast.without("delta", "name.familyName")
    cast.value("alpha", "name.familyName")
    cast.finds(f"{cast.scope} and name.familyName pr", "alpha", "beta", "gamma")


@check("filtering.pr.unassigned", "RFC7643-2.5-01", needs=("filter",), attributes=("title", "emails"))
@pytest.mark.parametrize("path", ["title", "emails"])
def test_pr_after_null(users: Resources, discovery: Discovery, cast: Cast, path: str) -> None:
    """An attribute that was sent as null or as an empty array has no value, just like one that was not sent."""
    if path in discovery.required():
        raise NotApplicable(f"the target requires {path}")
    body = users.body()
    body[path] = [] if path == "emails" else None
    answer = users.post(body)
    if not answer.ok:
        # Where the user is refused without the attribute as well, null is not to blame.
        users.create(**{path: None})
    made = users.made(answer.success(), body)
    if not is_unassigned(find(made.read(), path)):
        raise NotApplicable(f"the target fills in {path} by itself")
    cast.await_index(made.user_name)
    cast.finds(f'userName eq "{made.user_name}" and {path} pr')


@check("filtering.boolean.eq", "RFC7644-3.4.2.2-31", needs=("filter",), attributes=("active",))
@pytest.mark.parametrize("case", ["eq-true", "eq-false", "ne-true"])
def test_boolean(cast: Cast, case: str) -> None:
    """Booleans compare with the literals true and false."""
    _active(cast)
    on, off = ("alpha", "gamma"), ("beta",)
    comparison, names = {
        "eq-true": ("active eq true", on),
        "eq-false": ("active eq false", off),
        "ne-true": ("active ne true", off),
    }[case]
    # Delta was made without saying whether it is active.
    cast.finds(f"{cast.scope} and {comparison}", *names, either=("delta",))


@check(
    "filtering.boolean.order",
    "RFC7644-3.4.2.2-26",
    "RFC7644-3.4.2.2-27",
    "RFC7644-3.4.2.2-28",
    "RFC7644-3.4.2.2-29",
    needs=("filter",),
    attributes=("active",),
    writes=False,
)
@pytest.mark.parametrize(
    ("operator", "per"),
    [
        pytest.param("gt", "RFC7644-3.4.2.2-26", id="gt"),
        pytest.param("ge", "RFC7644-3.4.2.2-27", id="ge"),
        pytest.param("lt", "RFC7644-3.4.2.2-28", id="lt"),
        pytest.param("le", "RFC7644-3.4.2.2-29", id="le"),
    ],
)
def test_no_order_of_booleans(users: Resources, operator: str, per: str) -> None:
    """True is neither greater nor less than false: an order comparison of a boolean is refused with invalidFilter."""
    answer = users.query({"filter": f"active {operator} true", "count": 1})
    answer.refused(400, scim_type="invalidFilter", strict_type=True, per=per)


@check("filtering.boolean.server-default", "RFC7644-3.4.2.2-75", needs=("filter",), attributes=("active",))
def test_boolean_default(cast: Cast) -> None:
    """A value that the server assigned by itself is found like one that the client sent."""
    shown = find(cast.shown["delta"], "active")
    if not isinstance(shown, bool):
        raise NotApplicable("the target assigns no value of active by itself")
    name = cast.value("delta", "userName")
    cast.finds(f'userName eq "{name}" and active eq {str(shown).lower()}', "delta")
    cast.finds(f'userName eq "{name}" and active eq {str(not shown).lower()}')


@check(
    "filtering.boolean.quoted", "RFC7644-3.4.2.2-32", "RFC7644-3.4.2.2-01", needs=("filter",), attributes=("active",)
)
def test_boolean_as_string(cast: Cast, discovery: Discovery) -> None:
    """A boolean compared with a quoted word is refused, or the word is read as the boolean; nobody else is returned.

    Microsoft Entra writes ``roles[primary eq "True"]``. A server that compares text with text answers with nobody.
    """
    definition = discovery.attribute("active")
    if definition is not None and definition.get("type") != "boolean":
        raise NotApplicable("active is no boolean here")
    _active(cast)
    answer = cast.users.find(f'{cast.scope} and active eq "true"')
    if answer.status_code == 400:
        return
    ids = answer.ids()
    answer.require(
        cast.people["beta"].id not in ids,
        'active eq "true" returns a user that is not active',
        kind="not-filtered",
        per="RFC7644-3.4.2.2-01",
    )
    answer.require(cast.people["alpha"].id in ids, 'active eq "true" finds no active user', kind="not-found")


def _active(cast: Cast) -> None:
    shown = {name: find(cast.shown[name], "active") for name in ("alpha", "beta", "gamma")}
    if shown != {"alpha": True, "beta": False, "gamma": True}:
        raise NotApplicable(f"the target does not keep active as sent: {shown}")
