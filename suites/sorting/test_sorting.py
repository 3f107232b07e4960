"""sortBy and sortOrder (RFC 7644 section 3.4.2.3)."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import DECLINED, USER, Capability, NotApplicable, check, find

if TYPE_CHECKING:
    from scimulator.kit import Discovery, Json, Resource, Resources
    from suites.sorting.conftest import Row


@check("sorting.by-attribute", "RFC7644-3.4.2.3-01", "RFC7644-4-22", needs=("sort",), attributes=("name.familyName",))
def test_sort_by_attribute(row: Row) -> None:
    """A list that is sorted by an attribute comes in the order of its values, and not as it was stored."""
    row.kept("name.familyName")
    row.expect("three", "one", "four", "two", sortBy="name.familyName", sortOrder="ascending", per="RFC7644-3.4.2.3-01")


@check("sorting.default-ascending", "RFC7644-3.4.2.3-02", needs=("sort",), attributes=("title",))
def test_ascending_is_the_default(row: Row) -> None:
    """Without sortOrder a sorted list ascends."""
    row.kept("title")
    row.expect("three", "four", "one", sortBy="title")


@check("sorting.descending", "RFC7644-3.4.2.3-03", needs=("sort",), attributes=("title",))
def test_descending(row: Row) -> None:
    """Descending turns the order round."""
    row.kept("title")
    row.expect("one", "four", "three", sortBy="title", sortOrder="descending")


@check("sorting.user-name", "RFC7644-3.4.2.3-01", needs=("sort",))
@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_by_user_name(row: Row, order: str) -> None:
    """Users are sorted by userName in both directions."""
    row.kept("userName")
    names = ["four", "two", "three", "one"]
    row.expect(*(names if order == "ascending" else reversed(names)), sortBy="userName", sortOrder=order)


@check("sorting.case-insensitive", "RFC7644-3.4.2.3-04", needs=("sort",), attributes=("displayName",))
@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_without_regard_to_case(row: Row, discovery: Discovery, order: str) -> None:
    """Where case does not matter, A, b, C and D are in order.

    A comparison of bytes puts every capital before every small letter.
    """
    definition = discovery.attribute("displayName")
    if definition is not None and definition.get("caseExact") is True:
        raise NotApplicable("the target's /Schemas declares displayName case-exact")
    row.kept("displayName")
    names = ["two", "one", "three", "four"]
    row.expect(*(names if order == "ascending" else reversed(names)), sortBy="displayName", sortOrder=order)


@check("sorting.case-exact", "RFC7644-3.4.2.3-05", needs=("sort",), attributes=("externalId",))
def test_case_exact(row: Row) -> None:
    """Where case matters, A, C, b, d and A, b, C, d are both an alphabetic order, depending on the collation."""
    row.kept("externalId")
    answer, names = row.sorted(sortBy="externalId")
    by_code, by_collation = ["two", "three", "one", "four"], ["two", "one", "three", "four"]
    answer.require(
        names in (by_code, by_collation), f"sorted by externalId the users come as {', '.join(names)}", kind="order"
    )


@check("sorting.missing-last", "RFC7644-3.4.2.3-09", needs=("sort",), attributes=("title",))
def test_missing_last(row: Row) -> None:
    """Resources without a value come last when the list ascends."""
    row.kept("title")
    row.expect("three", "four", "one", "two", sortBy="title", sortOrder="ascending")


@check("sorting.missing-first", "RFC7644-3.4.2.3-10", needs=("sort",), attributes=("title",))
def test_missing_first(row: Row) -> None:
    """Resources without a value come first when the list descends; a sort by a missing attribute loses nobody."""
    row.kept("title")
    row.expect("two", "one", "four", "three", sortBy="title", sortOrder="descending")


@check("sorting.sub-attribute", "RFC7644-3.4.2.3-07", needs=("sort",), attributes=("name.familyName",))
def test_by_sub_attribute_descending(row: Row) -> None:
    """A complex attribute is sorted by the sub-attribute that is named."""
    row.kept("name.familyName")
    row.expect("two", "four", "one", "three", sortBy="name.familyName", sortOrder="descending")


@check("sorting.date", "RFC7644-3.4.2.3-06", needs=("sort",))
@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_by_moment(row: Row, order: str) -> None:
    """Moments are sorted by time."""
    answer, names = row.sorted(sortBy="meta.created", sortOrder=order)
    try:
        moments = [datetime.fromisoformat(str(find(row.shown[name], "meta.created"))) for name in names]
    except ValueError:
        raise NotApplicable("meta.created is no moment to compare with") from None
    if len(set(moments)) == 1:
        raise NotApplicable("the target shows the same meta.created for users made one after the other")
    if order == "descending":
        moments.reverse()
    answer.require(
        all(earlier <= later for earlier, later in pairwise(moments)),
        f"sorted by meta.created ({order}) the users come as {', '.join(names)}",
        kind="order",
    )


@check("sorting.attribute-notation", "RFC7644-3.4.2.3-12", needs=("sort",), attributes=("title",))
@pytest.mark.parametrize("spelling", ["TITLE", f"{USER}:title", f"{USER}:TITLE".upper()], ids=["case", "urn", "both"])
def test_attribute_notation(row: Row, spelling: str) -> None:
    """The attribute to sort by may be written in any case and with the URN of its schema."""
    row.kept("title")
    row.expect("one", "four", "three", sortBy=spelling, sortOrder="descending")


@check("sorting.pages", "RFC7644-3.4.2.3-11", needs=("sort", "filter"), attributes=("name.familyName",))
@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_sort_before_page(row: Row, order: str) -> None:
    """Pages put one behind the other are in order: a list is sorted before it is cut.

    A server that sorts only the page it has cut out delivers some people twice and others never.
    """
    row.pages_by_index()
    row.kept("name.familyName")
    seen: list[str] = []
    known = {person.id: name for name, person in row.people.items()}
    parameters: dict[str, str | int] = {"filter": row.scope, "sortBy": "name.familyName", "sortOrder": order}
    for start in (1, 2, 3, 4):
        answer = row.users.query({**parameters, "startIndex": start, "count": 1})
        if answer.status_code in DECLINED:
            raise NotApplicable("the target refuses this list")
        seen += [known.get(each, each) for each in answer.ids()]
    wanted = ["three", "one", "four", "two"]
    if order == "descending":
        wanted.reverse()
    answer.require(
        seen == wanted,
        f"pages of one, sorted by name.familyName ({order}), hold {', '.join(seen)}",
        kind="order",
        wanted=[*wanted],
        got=[*seen],
    )


@pytest.mark.usefixtures("row")
@check("sorting.multi-valued-primary", "RFC7644-3.4.2.3-08", needs=("sort", "filter"), attributes=("emails",))
def test_by_primary_value(users: Resources) -> None:
    """A multi-valued attribute is sorted by its primary value."""
    mark = users.session.people.unique("mail")

    # By their first, last, least or greatest value, or unsorted, the two would come the other way round.
    places = {"second": ("a", "d", 1), "first": ("c", "x", 0)}
    ids = {}
    for name, (one, two, primary) in places.items():
        body = users.body(userName=f"{mark}{name}@{users.session.people.domain}")
        elements: list[Json] = [{"value": f"{each}@{mark}.example", "primary": False} for each in (one, two)]
        elements[primary] = {"value": f"{(one, two)[primary]}@{mark}.example", "primary": True}
        body["emails"] = elements
        answer = users.post(body)
        if not answer.ok:
            raise NotApplicable("the target does not take two addresses for a user")
        made = users.made(answer, body)
        if len(_values(made)) != 2:
            raise NotApplicable("the target does not keep two addresses")
        ids[name] = made.id
    answer = users.query({"filter": f'userName sw "{mark}"', "sortBy": "emails.value"})
    if answer.status_code in DECLINED:
        raise NotApplicable("the target refuses to sort by emails.value")
    answer.require(
        answer.ids() == [ids["first"], ids["second"]],
        "sorted by emails.value the primary value does not decide",
        kind="order",
    )


def _values(user: Resource) -> list[object]:
    found = find(user.read(), "emails[*].value")
    return found if isinstance(found, list) else []


@check("sorting.groups", "RFC7644-3.4.2.3-01", needs=("sort", "groups", "filter"))
def test_groups(groups_in_disorder: list[Resource], groups: Resources) -> None:
    """Groups are sorted by displayName without regard to case."""
    monkey, zebra, ape = groups_in_disorder
    start = monkey.display_name.removesuffix("monkey")
    answer = groups.query({"filter": f'displayName sw "{start}"', "sortBy": "displayName"})
    if answer.status_code in DECLINED:
        raise NotApplicable("the target refuses this list")
    ids = [each for each in answer.ids() if each in {monkey.id, zebra.id, ape.id}]
    answer.require(ids == [ape.id, monkey.id, zebra.id], "groups sorted by displayName are out of order", kind="order")


@check("sorting.order-without-attribute", "RFC7644-3.4.2-09")
def test_order_alone(whole_row: Row) -> None:
    """A sortOrder without sortBy has nothing to order and is no error."""
    whole_row.users.query({"sortOrder": "descending", "count": 1}).success()


@check("sorting.unknown-order", "RFC7644-3.4.2.3-13", needs=("sort",))
def test_unknown_order(row: Row) -> None:
    """A sortOrder that is neither ascending nor descending is refused or ignored."""
    answer = row.users.query({"filter": row.scope, "sortBy": "userName", "sortOrder": "sideways"})
    answer.status(200, 400)


@check("sorting.unknown-attribute", "RFC7644-3.4.2.3-14", needs=("sort",))
def test_unknown_attribute(row: Row) -> None:
    """A sortBy that names no attribute is refused or ignored, and loses nobody."""
    answer = row.users.query({"filter": row.scope, "sortBy": "noSuchAttribute"})
    answer.status(200, 400)
    if answer.ok:
        answer.equals("totalResults", len(row.people))


@check("sorting.unsupported", "RFC7644-3.4.2.3-15")
def test_without_support(whole_row: Row, discovery: Discovery) -> None:
    """Where sorting is not supported its parameters are ignored, and nobody is missing."""
    if discovery.supports(Capability.SORT) is not False:
        raise NotApplicable("the target supports sorting")
    answer = whole_row.users.query({"sortBy": "userName", "count": 1})
    answer.status(200)
