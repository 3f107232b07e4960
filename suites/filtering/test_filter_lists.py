"""What a filter does together with the rest of a list request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import DECLINED, NotApplicable, check, collateral

if TYPE_CHECKING:
    from scimulator.kit import Answer, Resources
    from suites.filtering.conftest import Cast


@check("filtering.list.no-match", "RFC7644-3.4.2-08", "RFC7644-3.4.2-12", needs=("filter",))
def test_no_match(cast: Cast) -> None:
    """A filter that nobody matches is answered 200 with totalResults 0.

    Identity providers ask for the user before they create it; a 404 here stops provisioning altogether.
    """
    answer = cast.users.find(f'userName eq "nobody-{cast.mark}@{cast.session.people.domain}"')
    answer.require(not answer.resources(), "users are returned that do not match", kind="not-filtered")
    answer.equals("totalResults", 0)


@check("filtering.list.paged", "RFC7644-3.4.2.2-82", "RFC7644-3.4.2-03", needs=("filter",))
def test_filter_then_page(cast: Cast) -> None:
    """A page is cut out of what matches, and totalResults counts all that match.

    A server that filters the page it has just cut out loses every match beyond it.
    """
    cast.pages_by_index()
    seen: list[str] = []
    for start in (1, 2, 3, 4):
        answer = cast.users.find(cast.scope, startIndex=start, count=1)
        if cast.declined(answer, cast.scope):
            return
        ids = answer.ids()
        if "nextCursor" in answer.body and "totalResults" not in answer.body:
            return
        answer.equals("totalResults", 4, per="RFC7644-3.4.2-03")
        known = {person.id for person in cast.people.values()}
        answer.require(
            set(ids) <= known, "a page holds users that do not match", kind="not-filtered", per="RFC7644-3.4.2.2-82"
        )
        answer.require(len(ids) == 1, f"the page at {start} of 4 matches holds {len(ids)}", kind="page-size")
        seen += ids
    answer.require(len(set(seen)) == 4, "pages of one do not show every match once", kind="gap", soft=True)


@check("filtering.list.projected", "RFC7644-3.4.2.2-81", needs=("filter",))
@pytest.mark.parametrize(
    "parameters", [{"attributes": "id"}, {"excludedAttributes": "userName,title"}], ids=["attributes", "excluded"]
)
def test_filter_on_hidden_attribute(cast: Cast, parameters: dict[str, str]) -> None:
    """A filter sees the whole resource, also what the answer is told to leave out."""
    name = cast.value("alpha", "userName")
    cast.finds(f'userName eq "{name}"', "alpha", parameters=parameters)


@check("filtering.list.order-of-parameters", "RFC7644-3.4.2.2-01", needs=("filter",))
def test_unknown_parameter_beside(cast: Cast) -> None:
    """A filter is found behind other parameters as well."""
    name = cast.value("alpha", "userName")
    answer = cast.users.query({"startIndex": 1, "count": 10, "filter": f'userName eq "{name}"'})
    cast.holds(answer, "behind other parameters", "alpha", owed=True)


@check("filtering.list.plus-for-space", "RFC7644-3.4.2.2-05", needs=("filter",))
def test_plus_for_space(cast: Cast) -> None:
    """Blanks of a filter travel as %20 or as a plus sign, as HTML forms and most HTTP clients write them."""
    name = cast.value("alpha", "userName").replace("@", "%40")
    answer = cast.session.request("GET", f"{cast.users.endpoint}?filter=userName+eq+%22{name}%22")
    # Nothing but custom says that a plus sign is a blank, so that this can only be a warning.
    answer.require(
        answer.ok and cast.people["alpha"].id in answer.ids(),
        "a filter whose blanks are plus signs does not find its user",
        kind="plus",
        soft=True,
    )


@check("filtering.list.white-space", "RFC7644-3.4.2.2-78", needs=("filter",))
def test_superfluous_white_space(cast: Cast) -> None:
    """More blanks than the grammar has are understood or refused."""
    cast.finds(f'  userName   eq  "{cast.value("alpha", "userName")}" ', "alpha")


@check("filtering.list.member-names", "RFC7644-3.4.2-04", needs=("filter",))
def test_member_names(cast: Cast) -> None:
    """What a list holds stands in an array named Resources, with a capital letter.

    Clients read it by exactly this name and see an empty list where it is spelled otherwise.
    """
    answer = cast.users.find(f'userName eq "{cast.value("alpha", "userName")}"').status(200)
    answer.require(
        isinstance(answer.body.get("Resources"), list),
        f"a list with a match has the members {', '.join(answer.body)} and no array named Resources",
        kind="member-names",
        at="Resources",
    )


@check("filtering.list.same-as-read", "RFC7644-3.4.1-04", needs=("filter",))
def test_same_as_read(cast: Cast) -> None:
    """A user out of a list has the attributes and values that its own GET shows."""
    answer = cast.users.find(f'userName eq "{cast.value("alpha", "userName")}"')
    for entry in answer.resources():
        for symptom in collateral(cast.people["alpha"].read(), entry, {}):
            _differs(answer, symptom.at)


@check("filtering.list.group-same-as-read", "RFC7644-3.4.1-04", needs=("filter", "groups"))
def test_group_same_as_read(cast: Cast, groups: Resources) -> None:
    """A group out of a list has the members that its own GET shows."""
    group = groups.create(members=[cast.people["alpha"].id])
    answer = groups.find(f'displayName eq "{group.display_name}"')
    if answer.status_code in DECLINED:
        raise NotApplicable("the target refuses to find a group by displayName")
    for entry in answer.resources():
        for symptom in collateral(group.read(), entry, {}):
            _differs(answer, symptom.at)


def _differs(answer: Answer, path: str) -> None:
    answer.require(condition=False, message=f"{path} is another in the list than by GET", kind="differs", at=path)
