"""startIndex and count (RFC 7644 section 3.4.2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import Capability, NotApplicable, check

if TYPE_CHECKING:
    from scimulator.kit import Resources
    from suites.paging.conftest import Queue


def _total(queue: Queue) -> int | None:
    """Return what totalResults has to be; None where others may come and go."""
    return len(queue.people) if queue.filtered else None


@check("paging.count.limits", "RFC7644-3.4.2.4-04")
@pytest.mark.parametrize("count", [1, 2, 3])
def test_count_limits(queue: Queue, count: int) -> None:
    """No page holds more than count resources.

    A server that ignores count sends a large tenant its whole directory in one answer.
    """
    ids = queue.page(count=count)
    found = len(ids.ids())
    ids.require(found <= count, f"{found} resources were returned for count={count}", kind="too-many")
    ids.require(found > 0, f"no resource was returned for count={count}", kind="empty", soft=True)


@check("paging.total", "RFC7644-3.4.2-03", needs=("filter",))
@pytest.mark.parametrize("count", [1, 3])
def test_total_counts_all(queue: Queue, count: int) -> None:
    """The totalResults of a page counts all that match, not the resources on the page.

    A client that reads the size of the page as the total stops after the first one.
    """
    queue.alone()
    answer = queue.page(count=count)
    if "totalResults" not in answer.body and "nextCursor" in answer.body:
        raise NotApplicable("the target pages by cursor and does not count")
    answer.status(200).equals("totalResults", len(queue.people))


@check("paging.count.zero", "RFC7644-3.4.2.4-05")
def test_count_zero(queue: Queue) -> None:
    """A count of 0 asks for the number of matches and for none of them."""
    answer = queue.page(count=0)
    found = len(answer.ids())
    answer.require(not found, f"{found} resources were returned for count=0", kind="too-many")
    if (total := _total(queue)) is not None:
        answer.equals("totalResults", total)
    else:
        answer.require((answer.at("totalResults") or 0) != 0, "totalResults is 0 for count=0", kind="total")


@check("paging.count.negative", "RFC7644-3.4.2.4-06")
def test_count_negative(queue: Queue) -> None:
    """A negative count is read as 0."""
    answer = queue.page(count=-1)
    found = len(answer.ids())
    answer.require(not found, f"{found} resources were returned for count=-1", kind="too-many")
    if (total := _total(queue)) is not None:
        answer.equals("totalResults", total)


@check("paging.count.large", "RFC7644-3.4.2.4-07", "RFC7644-3.4.2.2-77", needs=("filter",))
def test_count_large(queue: Queue) -> None:
    """A count above the server's maximum is cut down and not refused."""
    queue.alone()
    answer = queue.page(count=100_000)
    answer.status(200)
    if answer.ok and 0 < queue.max_results < len(queue.people):
        answer.require(
            len(answer.ids()) <= queue.max_results,
            f"more than filter.maxResults ({queue.max_results}) resources were returned",
            kind="too-many",
            per="RFC7644-3.4.2.2-77",
        )


@check("paging.max-results", "RFC7644-3.4.2.2-77", "RFC7644-3.4.2.4-13", needs=("filter",))
@pytest.mark.parametrize("asked", ["more", "nothing"])
def test_max_results(queue: Queue, asked: str) -> None:
    """No answer holds more resources than filter.maxResults says, whether or not the client asks for more."""
    most = queue.max_results
    if not 0 < most <= 200:
        raise NotApplicable(f"filter.maxResults is {most}: too many, or no limit, to be tried")
    parameters: dict[str, str | int] = {"count": most + 1} if asked == "more" else {}
    answer = queue.users.query(parameters)
    if not answer.ok and asked == "more":
        raise NotApplicable("a count above the maximum is refused")
    found = len(answer.ids())
    answer.require(found <= most, f"{found} resources, filter.maxResults is {most}", kind="too-many")


@check("paging.start.default", "RFC7644-3.4.2.4-01")
def test_start_default(queue: Queue) -> None:
    """Without startIndex a list starts at 1."""
    answer = queue.page(count=1).status(200)
    answer.require(answer.body.get("startIndex", 1) == 1, "a list without startIndex starts elsewhere", at="startIndex")


@check("paging.start.below-one", "RFC7644-3.4.2.4-02", "RFC7644-3.4.2.4-03")
@pytest.mark.parametrize(
    ("start", "per"),
    [pytest.param(0, "RFC7644-3.4.2.4-02", id="zero"), pytest.param(-5, "RFC7644-3.4.2.4-03", id="negative")],
)
def test_start_below_one(queue: Queue, start: int, per: str) -> None:
    """A startIndex below 1 is read as 1."""
    answer = queue.page(startIndex=start, count=1)
    answer.status(200, per=per)
    answer.require(
        answer.body.get("startIndex", 1) == 1,
        f"startIndex={start} was read as {answer.body.get('startIndex')}",
        at="startIndex",
        per=per,
    )
    answer.require(answer.ids(), f"startIndex={start} yields an empty page", kind="empty", per=per)


@check("paging.start.echo", "RFC7644-3.4.2.4-08")
def test_start_echo(queue: Queue) -> None:
    """The startIndex of an answer is the place of its first resource."""
    answer = queue.page(startIndex=2, count=1).status(200)
    answer.equals("startIndex", 2)


@check("paging.start.moves", "RFC7644-3.4.2.4-08", "RFC7644-3.4.2.4-09", needs=("filter",))
def test_start_moves(queue: Queue) -> None:
    """A later startIndex yields later resources: beyond the fourth of five stands one.

    A server that ignores startIndex sends the first page for ever, and its clients never come to an end.
    """
    queue.alone()
    answer = queue.page(startIndex=5, count=3)
    found = len(answer.ids())
    answer.require(found == 1, f"the page at 5 of 5 holds {found} resources", kind="page-size", wanted=1, got=found)


@check("paging.start.beyond", "RFC7644-3.4.2.4-11", needs=("filter",))
def test_start_beyond(queue: Queue) -> None:
    """A startIndex beyond the end yields an empty page and the same total."""
    queue.alone()
    answer = queue.page(startIndex=len(queue.people) + 1, count=2)
    if answer.status(200).ok:
        answer.require(not answer.ids(), "there are resources beyond the end", kind="too-many")
        answer.equals("totalResults", len(queue.people))


@check("paging.walk", "RFC7644-3.4.2.4-09", "RFC7644-3.4.2.4-10", needs=("filter",))
@pytest.mark.parametrize("order", ["sorted", "unsorted"])
@pytest.mark.parametrize("size", [1, 2])
def test_walk(queue: Queue, size: int, order: str) -> None:
    """Page after page, everybody comes once and nobody twice, and the total stays what it was."""
    queue.alone()
    seen: list[str] = []
    sort: dict[str, str | int] = {}
    if order == "sorted":
        if queue.session.discovery.supports(Capability.SORT) is not True:
            raise NotApplicable("ServiceProviderConfig does not say that sort is supported")
        sort = {"sortBy": "userName"}
    for start in range(1, len(queue.people) + 1, size):
        answer = queue.page(startIndex=start, count=size, **sort)
        if answer.status_code == 400 and sort:
            raise NotApplicable("the target refuses to sort by userName with 400")
        seen += answer.ids()
        answer.equals("totalResults", len(queue.people), per="RFC7644-3.4.2.4-10")
    answer.require(len(seen) == len(set(seen)), "a resource stands on two pages", kind="overlap")
    answer.require(queue.ids <= set(seen), "a resource stands on no page", kind="gap")


@check("paging.repeat", "RFC7644-3.4.2.4-09", needs=("filter",))
def test_same_page_twice(queue: Queue) -> None:
    """The same page asked for twice holds the same resources."""
    queue.alone()
    first, second = queue.page(startIndex=2, count=2), queue.page(startIndex=2, count=2)
    second.require(first.ids() == second.ids(), "the same page holds other resources the second time", kind="unstable")


@check("paging.not-a-number", "RFC7644-3.4.2.4-12")
@pytest.mark.parametrize(
    "parameters",
    [{"startIndex": "abc"}, {"count": "1.5"}, {"count": "99999999999999999999"}, {"count": ""}],
    ids=["word", "fraction", "huge", "empty"],
)
def test_not_a_number(queue: Queue, parameters: dict[str, str | int]) -> None:
    """A startIndex or count that is no reasonable number is refused or ignored."""
    queue.page(**parameters).status(200, 400)


@pytest.mark.usefixtures("queue")
@check("paging.groups", "RFC7644-3.4.2.4-14", needs=("groups",))
def test_groups(groups: Resources) -> None:
    """Groups are paged like users."""
    made = [groups.create(), groups.create()]
    answer = groups.query({"startIndex": 1, "count": 1})
    found = len(answer.ids())
    answer.require(found <= 1, f"{found} groups were returned for count=1", kind="too-many")
    total = answer.at("totalResults")
    if isinstance(total, int):
        answer.require(total >= len(made), f"totalResults is {total} with at least 2 groups", kind="total")


@check("paging.unknown-parameter", "RFC7644-3.4.2-09")
def test_unknown_parameter(queue: Queue) -> None:
    """A parameter that the server does not know is ignored."""
    queue.page(count=1, **{"x-unknown-parameter": 1}).status(200)
