"""Entra's scoping filters: which people or groups the provisioning service looks after at all.

The clauses of one filter must all hold; of several filters one is enough. Source:
https://learn.microsoft.com/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from scimulator.catalogue.near_miss import hint
from scimulator.idp.expressions.dotnet_regex import PatternError, compiled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scimulator.exchange.strict_json import Json, JsonObject

_INTEGER = re.compile(r"\s*[+-]?\d{1,19}\s*")


class ScopingError(ValueError):
    """A scoping filter is written wrongly; the message says which clause and why."""


class Operator(StrEnum):
    """The operators of the portal's list."""

    IN_VALUE = "&"
    NOT_IN_VALUE = "!&"
    ENDS_WITH = "ENDS_WITH"
    EQUALS = "EQUALS"
    GREATER = "Greater_Than"
    GREATER_OR_EQUAL = "Greater_Than_OR_EQUALS"
    INCLUDES = "Includes"
    IS_FALSE = "IS FALSE"
    IS_NOT_NULL = "IS NOT NULL"
    IS_NULL = "IS NULL"
    IS_TRUE = "IS TRUE"
    NOT_EQUALS = "NOT EQUALS"
    NOT_REGEX_MATCH = "NOT REGEX MATCH"
    REGEX_MATCH = "REGEX MATCH"


_BY_NAME = {operator.value.upper().replace("_", " "): operator for operator in Operator}
_WITHOUT_VALUE = (Operator.IS_TRUE, Operator.IS_FALSE, Operator.IS_NULL, Operator.IS_NOT_NULL)
_WHOLE_NUMBERS = (Operator.GREATER, Operator.GREATER_OR_EQUAL)
_PATTERNS = (Operator.REGEX_MATCH, Operator.NOT_REGEX_MATCH)
_NOT_SUPPORTED = ("members", "memberof", "ismemberof")


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition on one attribute."""

    attribute: str
    operator: Operator
    value: str = ""

    def holds(self, attributes: Mapping[str, Json]) -> bool:
        """Whether an entry with these attributes meets the condition.

        An empty or absent attribute meets none but IS NULL. Several values meet none: they cannot be filtered.
        """
        found = attributes.get(self.attribute)
        empty = found is None or found == ""
        if self.operator is Operator.IS_NULL:
            return empty
        if empty or isinstance(found, list | dict):
            return False
        if self.operator is Operator.IS_NOT_NULL:
            return True
        return self._compares(found)

    def _compares(self, found: str | float | None) -> bool:
        text = str(found)
        match self.operator:
            case Operator.IS_TRUE:
                return text.lower() == "true"
            case Operator.IS_FALSE:
                return text.lower() == "false"
            case Operator.EQUALS:
                return text == self.value
            case Operator.NOT_EQUALS:
                return text != self.value
            case Operator.ENDS_WITH:
                return text.endswith(self.value)
            case Operator.INCLUDES:
                return self.value in text
            case Operator.IN_VALUE:
                return text in self.value
            case Operator.NOT_IN_VALUE:
                return text not in self.value
            # Microsoft's ([1-9][0-9]) "matches any number between 10 and 99": a pattern covers the whole value.
            case Operator.REGEX_MATCH:
                return compiled(self.value).fullmatch(text) is not None
            case Operator.NOT_REGEX_MATCH:
                return compiled(self.value).fullmatch(text) is None
        if isinstance(found, bool) or not _INTEGER.fullmatch(text):
            return False
        number, limit = int(text), int(self.value)
        return number > limit or (number == limit and self.operator is Operator.GREATER_OR_EQUAL)


@dataclass(frozen=True, slots=True)
class ScopingFilter:
    """Clauses under a title; all must hold."""

    title: str
    clauses: tuple[Clause, ...]

    def holds(self, attributes: Mapping[str, Json]) -> bool:
        """Whether every clause holds."""
        return all(clause.holds(attributes) for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class Scope:
    """All scoping filters of one mapping; without any everything is in scope."""

    filters: tuple[ScopingFilter, ...] = ()

    def holds(self, attributes: Mapping[str, Json]) -> bool:
        """Whether an entry is in scope: one filter is enough."""
        return not self.filters or any(one.holds(attributes) for one in self.filters)

    def missed(self, attributes: Mapping[str, Json]) -> list[tuple[ScopingFilter, Clause]]:
        """Return the clauses that keep an entry out of scope, empty where it is in scope."""
        if self.holds(attributes):
            return []
        return [(one, clause) for one in self.filters for clause in one.clauses if not clause.holds(attributes)]


def clause(attribute: str, operator: str, value: str = "") -> Clause:
    """Make a clause and check it; operators may be written in any case, with blanks or underscores.

    Raises:
        ScopingError: when the operator is unknown, lacks its value, or the value does not fit it.
    """
    where = f"the clause {attribute} {operator} {value}".rstrip()
    if not attribute:
        raise ScopingError(f"{where} names no attribute")
    if attribute.lower() in _NOT_SUPPORTED:
        raise ScopingError(f"{where}: Entra does not support filters on {attribute}")
    found = _BY_NAME.get(operator.strip().upper().replace("_", " "))
    if found is None:
        known = ", ".join(one.value for one in Operator)
        near = hint(operator, [one.value for one in Operator])
        raise ScopingError(f"{where}: {operator!r} is no operator{near}; they are: {known}")
    if found in _WITHOUT_VALUE:
        if value:
            raise ScopingError(f"{where}: {found.value} takes no value")
    elif not value:
        raise ScopingError(f"{where}: {found.value} needs a value")
    if found in _WHOLE_NUMBERS and not _INTEGER.fullmatch(value):
        raise ScopingError(f"{where}: {found.value} needs a whole number as its value")
    if found in _PATTERNS:
        try:
            compiled(value)
        except PatternError as error:
            raise ScopingError(f"{where}: {error}") from None
    return Clause(attribute, found, value)


def scope_of(filters: Iterable[JsonObject]) -> Scope:
    """Make a scope from data: filters with a ``title`` and ``clauses`` of ``attribute``, ``operator`` and ``value``.

    Raises:
        ScopingError: when a filter has no clause, or a clause is written wrongly.
    """
    return Scope(tuple(_filter(entry, number) for number, entry in enumerate(filters, 1)))


def _filter(entry: JsonObject, number: int) -> ScopingFilter:
    title = str(entry.get("title", f"filter {number}"))
    clauses = entry.get("clauses")
    if not isinstance(clauses, list) or not clauses:
        raise ScopingError(f"the scoping filter {title!r} has no clauses")
    made = []
    for one in clauses:
        if not isinstance(one, dict):
            raise ScopingError(f"the scoping filter {title!r} has a clause that is no table")
        parts = [cast("str | int | float | bool", one.get(name, "")) for name in ("attribute", "operator", "value")]
        made.append(clause(*(str(part) for part in parts)))
    return ScopingFilter(title, tuple(made))
