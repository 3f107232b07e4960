"""Faults of paging: totals that are none, and pages that repeat, skip or break."""

# ruff: noqa: ARG002  # an override takes what its rule takes

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.provider.errors import ScimError
from scimulator.provider.faults.messages import objects, read_object
from scimulator.provider.faults.queries import answered, is_incomplete, is_list
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.message import Request, Response
    from scimulator.exchange.strict_json import Json

_FAR = 1_000_000_000


class _KnowsCount(Rules):
    """What faults share that need the count when they place the page."""

    _count: int | None = None

    def count_asked(self, count: int | None) -> int | None:
        self._count = count
        return super().count_asked(count)


@fault(
    "paging-total-is-page-size",
    trips=["paging.total", "paging.walk"],
    source=[
        "https://github.com/wso2/product-is/issues/7320",
        "https://github.com/wso2/product-is/issues/13772",
        "https://github.com/vmware-tanzu-labs/cf-mgmt/pull/527",
    ],
    bug="BUG-021",
    also=["BUG-166"],
    severity="data-loss",
)
class _TotalIsPageSize(Rules):
    """The totalResults of a page is the number of resources on it, so imports stop after the first page."""

    def total_results(self, total: int, page: int) -> int:
        return page


@fault(
    "paging-total-of-filter-is-page-size",
    trips=["paging.total", "filtering.list.paged"],
    source="https://github.com/wso2/product-is/issues/12813",
    bug="BUG-027",
)
class _TotalOfFilterIsPageSize(_KnowsCount):
    """With a filter and a count, totalResults counts the page; with one of the two it counts all that match."""

    _filtered = False

    def filter_text(self, text: str) -> str:
        self._filtered = bool(text)
        return super().filter_text(text)

    def total_results(self, total: int, page: int) -> int:
        return page if self._filtered and self._count is not None else super().total_results(total, page)


@fault(
    "paging-offset-per-store",
    trips=["paging.walk"],
    source="https://github.com/wso2/product-is/issues/4944",
    bug="BUG-023",
    severity="data-loss",
)
class _OffsetPerStore(Rules):
    """People live in two stores, and each of them skips what startIndex says, so that twice as many are skipped."""

    def offset_of(self, start: int) -> int:
        return 2 * super().offset_of(start)


@fault(
    "paging-offset-is-page-number",
    trips=["paging.walk"],
    source="https://github.com/wso2/product-is/issues/9957",
    bug="BUG-024",
    severity="data-loss",
)
class _OffsetIsPageNumber(_KnowsCount):
    """The page is placed by its number and not by its first index: pages 1-3, 4-6, 7-8 come as 1-3, 2-4, 3-5."""

    def offset_of(self, start: int) -> int:
        return super().offset_of(start) // (self._count or 1)


@fault(
    "paging-done-twice",
    trips=["paging.walk", "paging.start.moves"],
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/131",
    bug="BUG-025",
    severity="data-loss",
)
class _DoneTwice(_KnowsCount):
    """The page is cut by the database and cut again by the response layer: every page but the first is empty."""

    def offset_of(self, start: int) -> int:
        return _FAR if self._count is not None and start > self._count else super().offset_of(start)


@fault(
    "paging-drops-incomplete-row",
    trips=["users.list.bare-user"],
    source="https://github.com/wso2/product-is/issues/27973",
    bug="BUG-029",
)
class _DropsIncompleteRow(Rules):
    """A row that cannot be rendered is dropped from its page, which is then one short, while totalResults counts it."""

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        answer = super().around(request, handle)
        body = read_object(answer.body)
        if not is_list(request) or "Resources" not in body:
            return answer
        kept: list[Json] = [resource for resource in objects(body["Resources"]) if not is_incomplete(resource)]
        return answered(answer, {**body, "itemsPerPage": len(kept), "Resources": kept})


@fault(
    "paging-window-of-truncated-set",
    trips=["paging.walk", "sorting.pages"],
    source=[
        "https://github.com/wso2/product-is/issues/4842",
        "https://github.com/wso2/product-is/issues/20177",
    ],
    bug="BUG-160",
    also=["BUG-258"],
    severity="data-loss",
)
class _WindowOfTruncatedSet(_KnowsCount):
    """With a filter, a later page is cut from a set that has been cut before, and lacks its last row."""

    _filtered = False
    _start = 1

    def filter_text(self, text: str) -> str:
        self._filtered = bool(text)
        return super().filter_text(text)

    def start_index(self, start: int) -> int:
        self._start = start
        return super().start_index(start)

    def highest_count(self, count: int) -> int:
        allowed = super().highest_count(count)
        return allowed - 1 if self._filtered and self._start > 1 and allowed > 0 else allowed


@fault(
    "paging-beyond-end-crashes",
    trips=["okta.import.past-the-end"],
    source="https://github.com/cloudfoundry/uaa/issues/88",
    bug="BUG-161",
)
class _BeyondEndCrashes(Rules):
    """A startIndex beyond the end is an index error, answered 500."""

    def start_beyond(self, start: int, total: int) -> int:
        if start > total + 1:
            raise ScimError(500, "Internal error")
        return super().start_beyond(start, total)


@fault(
    "paging-ignored-but-told",
    trips=["paging.count.limits", "paging.start.moves"],
    source="https://github.com/cloudfoundry/uaa/issues/113",
    bug="BUG-163",
)
class _IgnoredButTold(_KnowsCount):
    """Without attributes= every page holds everybody, while itemsPerPage claims the page that was asked for."""

    _projected = False

    def attributes_asked(self, names: tuple[str, ...]) -> tuple[str, ...]:
        self._projected = bool(names)
        return super().attributes_asked(names)

    def offset_of(self, start: int) -> int:
        return super().offset_of(start) if self._projected else 0

    def highest_count(self, count: int) -> int:
        allowed = super().highest_count(count)
        return allowed if self._projected else max(allowed, self.quirks.max_results)

    def items_per_page(self, page: int, asked: int) -> int:
        told = super().items_per_page(page, asked)
        return told if self._projected or self._count is None else self._count
