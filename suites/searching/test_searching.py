"""Queries by POST to .search (RFC 7644 section 3.4.3): the same answers as by GET."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import (
    DECLINED,
    LIST_RESPONSE,
    SEARCH_REQUEST,
    Capability,
    NotApplicable,
    check,
    find,
    is_unassigned,
)

if TYPE_CHECKING:
    from scimulator.kit import Resources
    from suites.searching.conftest import Party


@check("searching.offered", "RFC7644-3.4.3-01")
def test_search_is_a_query(whole_party: Party) -> None:
    """A POST to .search is a query and never creates anything.

    A server without it says so with 404, 405 or 501; one that takes it for a create makes a user out of the request.
    """
    answer = whole_party.search(count=1)
    if answer.status_code in (404, 405, 501):
        answer.status(200, soft=True)
        return
    answer.status(200, warn=tuple(range(400, 500)))
    if answer.ok:
        answer.require(
            LIST_RESPONSE in (answer.at("schemas") or []),  # type: ignore[operator]  # a list or nothing
            "the answer to a search is no ListResponse",
            kind="no-list",
        )


@check("searching.filter", "RFC7644-3.4.3-04")
@pytest.mark.parametrize("case", ["one", "several", "none"])
def test_filter(filtering_party: Party, case: str) -> None:
    """A filter in the body finds what the same filter finds in the query string, and no more."""
    party = filtering_party
    text, owed = {
        "one": (f'userName eq "{party.everybody[0].user_name}"', {party.everybody[0].id}),
        "several": (party.scope, party.ids),
        "none": (f'userName eq "nobody-{party.mark}"', set[str]()),
    }[case]
    by_get = party.users.find(text)
    answer = party.search(filter=text)
    ids = set(answer.ids())
    answer.require(ids == set(by_get.ids()), f"the search for {text} and the GET find different users", kind="differs")
    answer.require(ids == owed, f"the search for {text} returns {len(ids)} users, not {len(owed)}", kind="not-filtered")
    answer.equals("totalResults", len(owed))


@check("searching.attributes", "RFC7644-3.4.3-05", attributes=("name.familyName", "name.givenName"))
def test_attributes(filtering_party: Party) -> None:
    """Attributes in the body is an array of names and limits every resource to them."""
    shown = filtering_party.everybody[0].read()
    if any(is_unassigned(find(shown, path)) for path in ("name.familyName", "name.givenName", "displayName")):
        raise NotApplicable("the target shows no name of a user")
    answer = filtering_party.search(
        filter=f'userName eq "{filtering_party.everybody[0].user_name}"', attributes=["userName", "name.familyName"]
    )
    answer.require(len(answer.ids()) == 1, "the user is not found", kind="not-found")
    answer.has("Resources[0].userName").has("Resources[0].name.familyName")
    answer.lacks("Resources[0].name.givenName").lacks("Resources[0].displayName")


@check("searching.excluded-attributes", "RFC7644-3.4.3-06", "RFC7644-3.4.3-07", attributes=("name.familyName",))
def test_excluded_attributes(filtering_party: Party) -> None:
    """ExcludedAttributes in the body is an array of names and leaves them out, but never the id."""
    answer = filtering_party.search(
        filter=f'userName eq "{filtering_party.everybody[0].user_name}"', excludedAttributes=["name", "id"]
    )
    answer.require(len(answer.resources()) == 1, "the user is not found", kind="not-found")
    answer.lacks("Resources[0].name")
    answer.equals("Resources[0].id", filtering_party.everybody[0].id, per="RFC7644-3.4.3-07")


@check("searching.sort", "RFC7644-3.4.3-08")
@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_sort(filtering_party: Party, order: str) -> None:
    """SortBy and sortOrder in the body put the list in order."""
    if filtering_party.session.discovery.supports(Capability.SORT) is not True:
        raise NotApplicable("ServiceProviderConfig does not say that sort is supported")
    answer = filtering_party.search(filter=filtering_party.scope, sortBy="userName", sortOrder=order)
    if answer.status_code in DECLINED:
        raise NotApplicable("the target refuses to sort by userName")
    middle, last, first = (person.id for person in filtering_party.everybody)
    wanted = [first, middle, last]
    if order == "descending":
        wanted.reverse()
    answer.require(answer.ids() == wanted, f"a search sorted by userName ({order}) is out of order", kind="order")


@check("searching.count", "RFC7644-3.4.3-10")
@pytest.mark.parametrize("count", [0, -1, 1, 2])
def test_count(filtering_party: Party, count: int) -> None:
    """A count in the body limits the page; 0 and less ask for the total alone."""
    filtering_party.pages_by_index()
    answer = filtering_party.search(filter=filtering_party.scope, count=count)
    found = len(answer.ids())
    answer.require(found <= max(count, 0), f"{found} resources were returned for count {count}", kind="page-size")
    answer.equals("totalResults", len(filtering_party.people))


@check("searching.start-index", "RFC7644-3.4.3-09")
@pytest.mark.parametrize("start", [0, 2, 3])
def test_start_index(filtering_party: Party, start: int) -> None:
    """A startIndex in the body says where the page begins; below 1 it is read as 1."""
    filtering_party.pages_by_index()
    answer = filtering_party.search(filter=filtering_party.scope, startIndex=start, count=3)
    owed = len(filtering_party.people) + 1 - max(start, 1)
    found = len(answer.ids())
    answer.require(found == owed, f"the page at {start} of 3 holds {found} resources, not {owed}", kind="page-size")
    answer.require(
        answer.body.get("startIndex", max(start, 1)) == max(start, 1),
        f"startIndex {start} was read as {answer.body.get('startIndex')}",
        at="startIndex",
    )


@check("searching.everything", "RFC7644-3.4.3-14", "RFC7644-3.4.3-11")
def test_without_parameters(party: Party) -> None:
    """A search without any parameter lists the endpoint."""
    answer = party.search()
    total = answer.at("totalResults")
    answer.resources()
    if isinstance(total, int):
        answer.require(total >= len(party.people), f"totalResults is {total}, there are more users", kind="total")


@check("searching.invalid-filter", "RFC7644-3.4.3-12")
def test_invalid_filter(filtering_party: Party) -> None:
    """A filter with an unknown operator is refused in a search as it is in the query string."""
    answer = filtering_party.search(filter='userName zzq7 "a"', count=1)
    answer.refused(400, scim_type="invalidFilter")


@check("searching.broken-body", "RFC7644-3.4.3-13")
def test_broken_body(party: Party) -> None:
    """A search whose body is no JSON is refused with 400 invalidSyntax."""
    target = f"{party.users.endpoint}/.search"
    party.session.request("POST", target, raw=b'{"schemas":').refused(400, scim_type="invalidSyntax")


@check("searching.message", "RFC7644-3.4.3-03")
def test_message(party: Party) -> None:
    """A search request says in schemas that it is one; a body that says otherwise is refused."""
    answer = party.users.search({"schemas": [LIST_RESPONSE], "count": 1})
    answer.refused(400, scim_type=("invalidSyntax", "invalidValue"))


@pytest.mark.usefixtures("party")
@check("searching.groups", "RFC7644-3.4.3-15", needs=("groups",))
def test_groups(groups: Resources) -> None:
    """Groups are searched like users."""
    group = groups.create()
    groups.sample()
    text = f'displayName eq "{group.display_name}"'
    answer = groups.search({"schemas": [SEARCH_REQUEST], "filter": text})
    if answer.status_code in DECLINED:
        raise NotApplicable(f"the target refuses the filter {text}")
    if answer.status(200).ok:
        answer.require(answer.ids() == [group.id], "a search does not return exactly the group", kind="not-filtered")
