"""Rules of what a query asks for in an unusual way, and of what it leaves behind (RFC 7644 3.4.2, 3.9)."""

from __future__ import annotations

import re

from scimulator.catalogue.faults import Severity
from scimulator.provider.errors import ScimError, ScimType, bad
from scimulator.provider.rules.kit import rule


def _crash(_self: object, *_rest: object) -> None:
    raise ScimError(500, "Internal error")


def _lookup_in_small_letters(_self: object, text: str) -> str:
    name = re.fullmatch(r'userName eq "([^"]*)"', text)
    if name and name[1] != name[1].lower():
        raise ScimError(404, f"There is no user {name[1]!r}")
    return text


class AskedRules:
    """What becomes of queries that are odd, and whether queries are answered at all."""

    @rule("filter-supported", off=lambda _self: False)
    def does_filter(self) -> bool:
        """A provider filters, or else refuses a filter (RFC 7644 3.4.2.2)."""
        return True

    @rule("lookup-any-case", off=_lookup_in_small_letters, severity=Severity.PROVISIONING_BLOCKED)
    def looked_up(self, text: str) -> str:
        """A lookup by userName in other letters is a query like any other (RFC 7644 3.4.2.2, RFC 7643 4.1.1)."""
        return text

    @rule("sort-order-alone", off=_crash)
    def order_alone(self) -> None:
        """A sortOrder without sortBy has nothing to order (RFC 7644 3.4.2.3)."""

    @rule("sort-order-unknown", off=_crash)
    def unknown_order(self, order: str) -> None:
        """A sortOrder that is no order is refused (RFC 7644 3.4.2.3)."""
        raise bad(ScimType.INVALID_VALUE, f"sortOrder is ascending or descending, not {order!r}")

    @rule("sort-attribute-unknown", off=_crash)
    def unsortable(self, type_name: str, path: str) -> None:
        """A sortBy that names no attribute is refused (RFC 7644 3.4.2.3)."""
        raise bad(ScimType.INVALID_VALUE, f"sortBy: {type_name} has no attribute {path!r} to sort by")

    @rule("projection-not-cached", off=lambda _self: True)
    def caches_projections(self) -> bool:
        """A read of a whole resource is not answered with the part that an earlier one asked for (RFC 7644 3.9)."""
        return False
