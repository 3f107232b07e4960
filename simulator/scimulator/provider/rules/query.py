"""Rules of queries: filters, sorting, paging, projection (RFC 7644 3.4, 3.9)."""

# ruff: noqa: ARG002  # a rule takes what a fault in its place may want to know

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.catalogue.faults import Severity
from scimulator.provider.errors import ScimError, ScimType, bad
from scimulator.provider.rules.kit import rule
from scimulator.provider.rules.write import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.quirks import Quirks
    from scimulator.provider.schema import Attribute

MATCHING = frozenset(
    {
        *("compare", "counts_case", "counts_case_with", "fold_for", "literal", "is_present", "value_path_matches"),
        *("combine_and", "combine_or", "negate"),
        *("same_element", "as_instant", "unfit_operand", "unknown_in_filter", "filters_secret", "knows_name"),
        *(
            "refuses_qualified_name",
            *(f"compare_{name}" for name in ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le")),
        ),
    }
)
"""Methods that decide whether a resource matches: a fault in one of them keeps SQL out of filtering."""


_FEW = 3
"""What a provider announces as its limit that keeps to another one: fewer than any check makes."""


def _crash(_self: object, *_rest: object) -> None:
    raise ScimError(500, "Internal error")


def _fail_on_long_page(self: ListRules, count: int) -> int:
    if count > self.quirks.max_results:
        raise ScimError(500, "Internal error")
    return count


def _refuse_parameter(_self: object, name: str) -> None:
    raise bad(ScimType.INVALID_VALUE, f"there is no parameter {name}")


def _now_and_then_backwards(self: ListRules) -> str:
    self.backwards = not self.backwards
    return "seq DESC" if self.backwards else "seq"


class FilterRules:
    """Which resources a filter finds (RFC 7644 3.4.2.2)."""

    quirks: Quirks

    @rule("filter-applied", off=lambda _self, _filter: "", severity=Severity.SECURITY)
    def filter_text(self, text: str) -> str:
        """A filter is applied (RFC 7644 3.4.2.2)."""
        return text

    @rule("filter-malformed", off=lambda _self, _error: None, severity=Severity.SECURITY)
    def malformed_filter(self, error: ScimError) -> None:
        """A filter that cannot be read is refused with invalidFilter (RFC 7644 3.4.2.2)."""
        raise error

    @rule("filter-unknown-attribute", off=lambda _self, _path: None, severity=Severity.SECURITY)
    def unknown_in_filter(self, path: str) -> None:
        """A filter on an attribute that does not exist does not find everything (RFC 7644 3.4.2.2)."""
        raise bad(ScimType.INVALID_FILTER, f"there is no attribute {path!r}")

    @rule("filter-operand", off=lambda _self, _detail: None)
    def unfit_operand(self, detail: str) -> None:
        """An operator that does not fit its attribute is refused with invalidFilter (RFC 7644 table 3)."""
        raise bad(ScimType.INVALID_FILTER, detail)

    @rule("filter-qualified-name", off=lambda _self, path: path.lower().startswith("urn:"))
    def refuses_qualified_name(self, path: str) -> bool:
        """A name in a filter may begin with the URN of its schema (RFC 7644 3.10)."""
        return False

    @rule("filter-name-any-case", off=lambda _self, path, canonical: path == canonical)
    def knows_name(self, path: str, canonical: str) -> bool:
        """Attribute names in a filter are the same in any case (RFC 7644 3.4.2.2)."""
        return True

    @rule("filter-operator-any-case", off=lambda _self, written: written == written.lower())
    def knows_operator(self, written: str) -> bool:
        """Operators are the same in any case (RFC 7644 3.4.2.2)."""
        return True

    @rule("filter-secret", off=lambda _self, _path: True, severity=Severity.SECURITY)
    def filters_secret(self, path: str) -> bool:
        """What is never returned cannot be asked for by a filter either (RFC 7643 7)."""
        return False

    @rule("filter-and", off=lambda _self, parts: any(parts), severity=Severity.SECURITY)
    def combine_and(self, parts: Sequence[bool]) -> bool:
        """And means both (RFC 7644 table 4)."""
        return all(parts)

    @rule("filter-or", off=lambda _self, parts: parts[0])
    def combine_or(self, parts: Sequence[bool]) -> bool:
        """Or means either (RFC 7644 table 4)."""
        return any(parts)

    @rule("filter-not", off=lambda _self, inner: inner)
    def negate(self, inner: bool) -> bool:
        """Not means the opposite (RFC 7644 table 4)."""
        return not inner

    @rule("filter-precedence", off=lambda _self: False)
    def and_binds_first(self) -> bool:
        """And binds closer than or (RFC 7644 3.4.2.2)."""
        return True

    @rule("filter-grouping", off=lambda _self: False)
    def reads_groups(self) -> bool:
        """Parentheses decide what belongs together (RFC 7644 3.4.2.2)."""
        return True

    @rule("filter-present", off=lambda _self, _value: True)
    def is_present(self, value: Json) -> bool:
        """Pr finds what has a value that is not empty (RFC 7644 table 3)."""
        return value is not None and value not in ("", [], {})

    @rule("filter-same-element", off=lambda _self: False)
    def same_element(self) -> bool:
        """The parts of a value path must match one and the same value (RFC 7644 3.4.2.2)."""
        return True

    @rule("filter-case", off=lambda _self, _attribute, text: text, severity=Severity.DATA_LOSS)
    def fold_for(self, attribute: Attribute, text: str) -> str:
        """Case does not count where caseExact is false (RFC 7644 3.4.2.2); asked only for these."""
        return fold(text)

    @rule("filter-case-exact", off=lambda _self, _attribute: False)
    def counts_case(self, attribute: Attribute) -> bool:
        """Case counts where caseExact is true (RFC 7643 2.2)."""
        return attribute.case_exact

    @rule(
        "filter-case-operators",
        off=lambda self, attribute, operator: operator not in {"eq", "ne"} or self.counts_case(attribute),
    )
    def counts_case_with(self, attribute: Attribute, operator: str) -> bool:
        """Whether case counts depends on the attribute alone, not on the operator (RFC 7643 2.2)."""
        return self.counts_case(attribute)

    @rule("filter-value-path", off=lambda _self, _found: False)
    def value_path_matches(self, found: bool) -> bool:
        """A value path finds what has a value that meets its conditions (RFC 7644 3.4.2.2)."""
        return found

    @rule("filter-dates", off=lambda _self: False)
    def as_instant(self) -> bool:
        """Dates compare as moments, whatever their time zones (RFC 7644 table 3)."""
        return True

    @rule("filter-escapes", off=lambda _self, raw, _value: raw)
    def literal(self, raw: str, value: str) -> str:
        """Text in a filter is a JSON string, with its escapes (RFC 7644 figure 1)."""
        return value

    def compare(self, operator: str, have: str | float, want: str | float) -> bool:
        """Compare a value with the operand; both are text (folded where case does not count) or both numbers."""
        return getattr(self, f"compare_{operator}")(have, want) is True

    @rule(
        "filter-eq",
        off=lambda _self, have, want: want in have if isinstance(want, str) else have == want,
        severity=Severity.SECURITY,
    )
    def compare_eq(self, have: str | float, want: str | float) -> bool:
        """Eq finds equal values only (RFC 7644 table 3)."""
        return have == want

    @rule("filter-ne", off=lambda _self, have, want: have == want)
    def compare_ne(self, have: str | float, want: str | float) -> bool:
        """Ne finds values that differ (RFC 7644 table 3)."""
        return have != want

    @rule("filter-co", off=lambda _self, have, want: have.startswith(want))
    def compare_co(self, have: str, want: str) -> bool:
        """Co finds the text anywhere in the value (RFC 7644 table 3)."""
        return want in have

    @rule("filter-sw", off=lambda _self, have, want: want in have)
    def compare_sw(self, have: str, want: str) -> bool:
        """Sw finds the text at the beginning only (RFC 7644 table 3)."""
        return have.startswith(want)

    @rule("filter-ew", off=lambda _self, have, want: want in have)
    def compare_ew(self, have: str, want: str) -> bool:
        """Ew finds the text at the end only (RFC 7644 table 3)."""
        return have.endswith(want)

    @rule("filter-gt", off=lambda _self, have, want: have >= want)
    def compare_gt(self, have: str, want: str) -> bool:
        """Gt leaves equal values out (RFC 7644 table 3)."""
        return have > want

    @rule("filter-ge", off=lambda _self, have, want: have > want)
    def compare_ge(self, have: str, want: str) -> bool:
        """Ge takes equal values in (RFC 7644 table 3)."""
        return have >= want

    @rule("filter-lt", off=lambda _self, have, want: have > want)
    def compare_lt(self, have: str, want: str) -> bool:
        """Lt finds what comes before (RFC 7644 table 3)."""
        return have < want

    @rule("filter-le", off=lambda _self, have, want: have < want)
    def compare_le(self, have: str, want: str) -> bool:
        """Le takes equal values in (RFC 7644 table 3)."""
        return have <= want


class ListRules:
    """Sorting, paging and the shape of lists (RFC 7644 3.4.2, 3.4.2.3, 3.4.2.4)."""

    quirks: Quirks
    backwards = False
    """In which direction the rows came the last time, where nothing gives them an order."""

    @rule("sort-applied", off=lambda _self, _path: "")
    def sort_path(self, path: str) -> str:
        """Sorting is done where it is advertised (RFC 7644 3.4.2.3)."""
        return path if self.quirks.sorting == "supported" else ""

    @rule("sort-order", off=lambda _self, _order: False)
    def sort_descends(self, order: str) -> bool:
        """Descending is the other way round (RFC 7644 3.4.2.3)."""
        return order.lower() == "descending"

    @rule("sort-missing", off=lambda _self: False)
    def missing_sorts_last(self) -> bool:
        """What has no value comes last, or first when descending (RFC 7644 3.4.2.3)."""
        return True

    @rule("sort-case", off=lambda _self, _attribute, text: text)
    def sort_text(self, attribute: Attribute, text: str) -> str:
        """Case counts in sorting only where caseExact is true (RFC 7644 3.4.2.3)."""
        return text if attribute.case_exact else fold(text)

    @rule("sort-primary", off=lambda _self, values: values[-1] if values else None)
    def sort_element(self, values: list[Json]) -> Json:
        """A multi-valued attribute sorts by its primary value, else its first (RFC 7644 3.4.2.3)."""
        primary = (value for value in values if isinstance(value, dict) and value.get("primary") is True)
        return next(primary, values[0] if values else None)

    @rule("list-order", off=_now_and_then_backwards, severity=Severity.DATA_LOSS)
    def stable_order(self) -> str:
        """Without sorting, the order stays the same from page to page, and what is new comes at the end."""
        return "seq"

    @rule("start-index-default", off=lambda _self: 0)
    def default_start(self) -> int:
        """A list asked for without startIndex begins at 1 (RFC 7644 3.4.2.4)."""
        return 1

    @rule("unknown-parameter", off=_refuse_parameter)
    def unknown_parameter(self, name: str) -> None:
        """A query parameter that nobody knows is ignored (RFC 7644 3.4.2)."""

    @rule("start-index", off=lambda _self, _start: 1, severity=Severity.DATA_LOSS)
    def start_index(self, start: int) -> int:
        """A startIndex says where the page begins (RFC 7644 3.4.2.4)."""
        return start

    @rule("start-index-below-one", off=lambda _self, start: start)
    def lowest_start(self, start: int) -> int:
        """A startIndex below 1 is 1 (RFC 7644 3.4.2.4)."""
        return max(1, start)

    @rule("start-index-one-based", off=lambda _self, start: start, severity=Severity.DATA_LOSS)
    def offset_of(self, start: int) -> int:
        """The startIndex counts from 1 (RFC 7644 3.4.2.4)."""
        return start - 1

    @rule("count", off=lambda _self, _count: None)
    def count_asked(self, count: int | None) -> int | None:
        """Count says how many resources a page may have (RFC 7644 3.4.2.4)."""
        return count

    @rule("count-zero", off=lambda _self, count: count or None)
    def count_zero(self, count: int | None) -> int | None:
        """Count 0 asks for the total only (RFC 7644 3.4.2.4)."""
        return count

    @rule("count-negative", off=lambda _self, _count: None)
    def lowest_count(self, count: int) -> int | None:
        """A negative count is 0 (RFC 7644 3.4.2.4)."""
        return max(0, count)

    @rule("max-results-kept", off=lambda _self, _most: _FEW)
    def announced_results(self, most: int) -> int:
        """The filter.maxResults that is announced is the limit that is kept (RFC 7643 5)."""
        return most

    @rule("count-limit", off=_fail_on_long_page)
    def highest_count(self, count: int) -> int:
        """A count beyond the advertised maximum is cut down to it (RFC 7643 5: filter.maxResults)."""
        return min(count, self.quirks.max_results)

    @rule("paging-number", off=_crash)
    def not_a_number(self, name: str, text: str) -> int | None:
        """A startIndex or count that is no whole number is refused (RFC 7644 table 9)."""
        raise bad(ScimType.INVALID_VALUE, f"{name} is a whole number, not {text!r}")

    @rule("total-results", off=lambda _self, _total, page: page, severity=Severity.DATA_LOSS)
    def total_results(self, total: int, page: int) -> int:
        """The number totalResults counts all matches, not those on the page (RFC 7644 3.4.2)."""
        return total

    @rule("items-per-page", off=lambda _self, _page, asked: asked)
    def items_per_page(self, page: int, asked: int) -> int:
        """The number itemsPerPage counts the resources on the page (RFC 7644 3.4.2.4)."""
        return page

    @rule("start-index-told", off=lambda _self, _start: 1)
    def told_start(self, start: int) -> int:
        """A page says at which index it begins (RFC 7644 3.4.2.4)."""
        return start

    @rule("beyond-the-end", off=lambda _self, start, total: 1 if start > total else start)
    def start_beyond(self, start: int, total: int) -> int:
        """A page beyond the end is empty (RFC 7644 3.4.2.4)."""
        return start

    @rule("list-schemas", off=lambda _self, body: {k: v for k, v in body.items() if k != "schemas"})
    def list_envelope(self, body: JsonObject) -> JsonObject:
        """A list is a ListResponse and says so (RFC 7644 3.4.2)."""
        return body

    @rule("list-resources", off=lambda _self: "resources")
    def resources_name(self) -> str:
        """The resources of a list stand in Resources, with a capital letter (RFC 7644 3.4.2)."""
        return "Resources"

    @rule("list-whole-resources", off=lambda _self, resource: {k: v for k, v in resource.items() if k != "members"})
    def listed(self, resource: JsonObject) -> JsonObject:
        """A list holds the same representation as a read of one resource (RFC 7644 3.4.2)."""
        return resource

    @rule("empty-list-status", off=lambda _self: ScimError(404, "No results"))
    def nothing_found(self) -> ScimError | None:
        """A query that finds nothing is answered 200 with an empty list (RFC 7644 3.4.2)."""
        return None


class ProjectionRules:
    """Which attributes come back (RFC 7644 3.9, RFC 7643 7)."""

    @rule("attributes-applied", off=lambda _self, _names: ())
    def attributes_asked(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Attributes= limits the answer to what it names (RFC 7644 3.9)."""
        return names

    @rule("excluded-applied", off=lambda _self, _names: ())
    def attributes_excluded(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """ExcludedAttributes= leaves out what it names (RFC 7644 3.9)."""
        return names

    @rule("always-returned", off=lambda _self, _attribute: False)
    def is_always(self, attribute: Attribute) -> bool:
        """What is returned=always comes whatever is asked (RFC 7643 7)."""
        return attribute.returned == "always"

    @rule("projection-sub-attribute", off=lambda _self: False)
    def cuts_sub_attributes(self) -> bool:
        """A name with a sub-attribute asks for just that part (RFC 7644 3.10)."""
        return True

    @rule("projection-qualified", off=lambda _self, name: name.lower().startswith("urn:"))
    def ignores_qualified(self, name: str) -> bool:
        """Attributes of extensions can be asked for by their URN (RFC 7644 3.10)."""
        return False

    @rule("projection-any-case", off=lambda _self, name, canonical: name == canonical)
    def knows_projected(self, name: str, canonical: str) -> bool:
        """Names in attributes= are the same in any case (RFC 7643 2.1)."""
        return True

    @rule("projection-exclusive", off=_crash)
    def both_given(self) -> None:
        """Attributes and excludedAttributes exclude each other: both together are refused (RFC 7644 3.9)."""
        raise bad(ScimType.INVALID_VALUE, "attributes and excludedAttributes exclude each other")

    @rule("projection-on-write", off=lambda _self, method: method in {"POST", "PUT", "PATCH"})
    def whole_after(self, method: str) -> bool:
        """Attributes= works on the answers of writes too (RFC 7644 3.9)."""
        return False

    @rule("projection-in-lists", off=lambda _self: True)
    def whole_in_lists(self) -> bool:
        """Attributes= works in lists too (RFC 7644 3.9)."""
        return False
