"""Filters as SQL, as far as the columns of the store reach.

The result is either exact or a superset that the evaluator must still sieve. Two-valued throughout (``IS`` instead of
``=``), because SQL's NULL would make ``not`` lie. A property test proves that SQL and evaluator agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from scimulator.provider.filter import And, Compare, Not, Or, Present, ValuePath
from scimulator.provider.matching import instant
from scimulator.provider.rules import fold

if TYPE_CHECKING:
    from scimulator.provider.filter import Node
    from scimulator.provider.schema import ResourceType

_TEXT = {"id": "id", "externalId": "external_id", "userName": "user_name", "displayName": "display_name"}
_DATES = {"meta.created": "created", "meta.lastModified": "modified"}
_FOLDED = {"user_name", "display_name"}
_SIGNS = {"eq": "IS", "ne": "IS NOT", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}


@dataclass(frozen=True, slots=True)
class Condition:
    """A WHERE clause with its bound values; ``exact`` unless the evaluator must look again."""

    sql: str
    parameters: tuple[str | int, ...]
    exact: bool


def compile_filter(node: Node, resource_type: ResourceType) -> Condition | None:
    """Return the condition that finds what ``node`` finds (or more), or None where the columns do not reach."""
    if isinstance(node, And):
        parts = [compile_filter(part, resource_type) for part in node.parts]
        known = [part for part in parts if part is not None]
        if not known:
            return None
        whole = len(known) == len(parts)
        return _joined(" AND ", known, exact=whole and all(part.exact for part in known))
    if isinstance(node, Or):
        either = [compile_filter(part, resource_type) for part in node.parts]
        sure = [part for part in either if part is not None]
        if len(sure) < len(either):
            return None
        return _joined(" OR ", sure, exact=all(part.exact for part in sure))
    if isinstance(node, Not):
        inner = compile_filter(node.inner, resource_type)
        return Condition(f"NOT ({inner.sql})", inner.parameters, exact=True) if inner and inner.exact else None
    if isinstance(node, ValuePath):
        return _email_path(node, resource_type)
    return _leaf(node, resource_type)


def _joined(word: str, parts: list[Condition], *, exact: bool) -> Condition:
    sql = word.join(f"({part.sql})" for part in parts)
    return Condition(sql, tuple(value for part in parts for value in part.parameters), exact)


def _leaf(node: Compare | Present, resource_type: ResourceType) -> Condition | None:
    spot = resource_type.find(node.path)
    if spot is None or spot.extension or spot.leaf is None:
        return None
    path = spot.leaf.path
    if isinstance(node, Present):
        return Condition(f"{_TEXT[path]} IS NOT NULL", (), exact=True) if path in {"id", "userName"} else None
    operand = node.operand
    if path == "active" and isinstance(operand, bool) and node.operator == "eq":
        return Condition("active IS ?", (int(operand),), exact=True)
    if not isinstance(operand, str):
        return None
    if path in _TEXT:
        return _text(_TEXT[path], node.operator, operand)
    if path in _DATES:
        return _date(_DATES[path], node.operator, operand)
    if path in {"emails", "emails.value"} and node.operator == "eq":
        return _email(operand, exact=True)
    return None


def _text(column: str, operator: str, operand: str) -> Condition | None:
    sign = _SIGNS.get(operator)
    value = fold(operand) if column in _FOLDED else operand
    if operator == "sw" and value and "\0" not in value:
        # A superset: everything from the prefix on; the evaluator sieves.
        return Condition(f"{column} IS NOT NULL AND {column} >= ?", (value,), exact=False)
    if sign is None:
        return None
    if operator in {"eq", "ne"}:
        return Condition(f"{column} {sign} ?", (value,), exact=True)
    return Condition(f"{column} IS NOT NULL AND {column} {sign} ?", (value,), exact=True)


def _date(column: str, operator: str, operand: str) -> Condition | None:
    moment = instant(operand)
    sign = _SIGNS.get(operator)
    if moment is None or sign is None or moment.microsecond % 1000 or not 1000 <= moment.year < 9999:
        return None
    moment = moment.astimezone(UTC)
    text = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
    return Condition(f"{column} {sign} ?", (text,), exact=True)


def _email(value: str, *, exact: bool) -> Condition:
    return Condition("id IN (SELECT resource FROM email WHERE value = ?)", (fold(value),), exact=exact)


def _email_path(node: ValuePath, resource_type: ResourceType) -> Condition | None:
    """Narrow ``emails[… value eq "x"]`` and ``emails[…].value eq "x"`` down by the index of e-mail addresses."""
    spot = resource_type.find(node.path)
    if spot is None or spot.extension or spot.attribute is None or spot.attribute.path != "emails":
        return None
    parts = node.inner.parts if isinstance(node.inner, And) else (node.inner,)
    for part in (*parts, node.rest):
        if isinstance(part, Compare) and part.operator == "eq" and isinstance(part.operand, str):
            name = part.path.lower()
            if name in {"value", "emails.value"}:
                return _email(part.operand, exact=False)
    return None
