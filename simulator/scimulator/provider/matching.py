"""Filters at work: from a tree to a predicate over resources (RFC 7644 3.4.2.2).

Everything that can be wrong with a filter on a resource type is found while the predicate is made; afterwards it only
answers yes or no.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from scimulator.provider.errors import ScimType, bad
from scimulator.provider.filter import STANDARD, And, Compare, Grammar, Not, Or, Present, ValuePath

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.filter import Node, Operand
    from scimulator.provider.rules import Rules
    from scimulator.provider.schema import Attribute, ResourceType, Spot

    Predicate: TypeAlias = Callable[[JsonObject], bool]
    Test: TypeAlias = Callable[[Json], bool]

_DATE = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_TEXT_OPERATORS = frozenset({"co", "sw", "ew"})
_ORDER_OPERATORS = frozenset({"gt", "ge", "lt", "le"})


def instant(text: str) -> datetime | None:
    """Return the moment that an xsd:dateTime names, or None if it is none; without a zone it is UTC."""
    if not _DATE.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(re.sub(r"\.(\d{6})\d+", r".\1", text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def names(node: Node) -> Iterator[str]:
    """Yield every attribute path that a filter names outside brackets."""
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from names(part)
    elif isinstance(node, Not):
        yield from names(node.inner)
    else:
        yield node.path


def operators(node: Node) -> Iterator[str]:
    """Yield every operator of a filter, those within brackets and the logical ones included, in lower case."""
    match node:
        case And(parts=parts) | Or(parts=parts):
            yield "and" if isinstance(node, And) else "or"
            for part in parts:
                yield from operators(part)
        case Not(inner=inner):
            yield "not"
            yield from operators(inner)
        case ValuePath(inner=inner, rest=rest):
            yield "[]"
            yield from operators(inner)
            if rest is not None:
                yield from operators(rest)
        case Compare(operator=operator):
            yield operator.lower()
        case _:
            yield "pr"


def grammar_of(rules: Rules) -> Grammar:
    """Return the grammar that a provider with these rules reads."""
    if rules.faithful:
        return STANDARD
    return Grammar(and_first=rules.and_binds_first(), groups=rules.reads_groups(), any_case=rules.knows_operator("EQ"))


class Matcher:
    """Makes predicates for one resource type.

    With ``strangers`` an attribute that the type lacks has no value, as in a query over several types (RFC 7644
    3.4.2.1); otherwise it is an error.
    """

    def __init__(self, rules: Rules, resource_type: ResourceType, *, strangers: bool = False) -> None:
        self.rules = rules
        self.type = resource_type
        self.strangers = strangers

    def predicate(self, node: Node) -> Predicate:
        """Return the test that a resource passes when it matches.

        Raises:
            ScimError: 400 invalidFilter, when the filter does not fit the resource type.
        """
        if isinstance(node, And | Or):
            parts = [self.predicate(part) for part in node.parts]
            combine = self.rules.combine_and if isinstance(node, And) else self.rules.combine_or
            return lambda resource: combine([part(resource) for part in parts])
        if isinstance(node, Not):
            inner = self.predicate(node.inner)
            return lambda resource: self.rules.negate(inner(resource))
        if isinstance(node, ValuePath):
            return self._value_path(node)
        spot = self._spot(node.path)
        if isinstance(spot, bool):
            return lambda _resource: spot
        return self._leaf(spot, node)

    def element_predicate(self, attribute: Attribute, node: Node) -> Predicate:
        """Return the test for one value of a complex attribute; names in ``node`` are sub-attributes."""
        if isinstance(node, And | Or):
            parts = [self.element_predicate(attribute, part) for part in node.parts]
            combine = self.rules.combine_and if isinstance(node, And) else self.rules.combine_or
            return lambda element: combine([part(element) for part in parts])
        if isinstance(node, Not):
            inner = self.element_predicate(attribute, node.inner)
            return lambda element: self.rules.negate(inner(element))
        if isinstance(node, ValuePath):
            raise bad(ScimType.INVALID_FILTER, "brackets do not stand inside brackets")
        sub = self.sub_attribute(attribute, node.path)
        name = sub.name
        if isinstance(node, Present):
            return lambda element: self.rules.is_present(element.get(name))
        test = self._test(sub, node)
        if node.operator == "ne" or node.operand is None:
            return lambda element: test(element.get(name))
        return lambda element: name in element and test(element[name])

    def sub_attribute(self, attribute: Attribute, path: str) -> Attribute:
        """Return the sub-attribute named in brackets, with or without the attribute's own name before it."""
        sub = attribute.sub(path) or attribute.sub(path.rpartition(".")[2] if path.count(".") == 1 else "")
        if sub is None:
            raise bad(ScimType.INVALID_FILTER, f"{attribute.path} has no sub-attribute {path!r}")
        return sub

    def _spot(self, path: str) -> Spot | bool:
        """Return where a name points, or the constant that takes the place of the expression."""
        spot = self.type.find(path)
        if self.rules.refuses_qualified_name(path):
            spot = None
        if spot is not None and spot.leaf is not None and not self._knows(path, spot.leaf):
            spot = None
        if spot is None and self.strangers:
            return False
        if spot is None:
            self.rules.unknown_in_filter(path)
            return True
        leaf = spot.leaf
        secret = leaf is not None and "never" in {leaf.returned, spot.attribute.returned if spot.attribute else ""}
        if secret and not self.rules.filters_secret(path):
            raise bad(ScimType.INVALID_FILTER, f"{path} cannot be filtered on")
        return spot

    def _knows(self, path: str, leaf: Attribute) -> bool:
        if path.lower().startswith("urn:"):
            path = path.rpartition(":")[2]
        return self.rules.knows_name(path, leaf.path)

    def _value_path(self, node: ValuePath) -> Predicate:
        spot = self._spot(node.path)
        if isinstance(spot, bool):
            return lambda _resource: spot
        attribute = spot.attribute
        if attribute is None or spot.sub is not None or not attribute.complex:
            raise bad(ScimType.INVALID_FILTER, f"{node.path} has no sub-attributes to select by")
        rest = node.rest
        if rest is not None and self.rules.quirks.value_path_comparison == "refuse":
            raise bad(ScimType.INVALID_FILTER, f"column {rest.at + 1}: nothing may follow a value path")
        inner = self.element_predicate(attribute, node.inner)
        behind: Predicate | None = None
        if isinstance(rest, Compare):
            behind = self.element_predicate(
                attribute, Compare(rest.path.rpartition(".")[2], rest.operator, rest.operand, rest.raw, rest.at)
            )
        elif isinstance(rest, Present):
            behind = self.element_predicate(attribute, Present(rest.path.rpartition(".")[2], rest.at))
        if not self.rules.same_element() and isinstance(node.inner, And):
            loose = [self.element_predicate(attribute, part) for part in node.inner.parts]
            return lambda resource: all(any(map(part, _elements(spot, resource))) for part in loose)
        matches = self.rules.value_path_matches
        if behind is None:
            return lambda resource: matches(any(map(inner, _elements(spot, resource))))
        return lambda resource: matches(
            any(inner(element) and behind(element) for element in _elements(spot, resource))
        )

    def _leaf(self, spot: Spot, node: Compare | Present) -> Predicate:
        if isinstance(node, Present):
            return lambda resource: self.rules.is_present(
                [value for value in _values(spot, resource) if value not in ("", {}, [])]
            )
        leaf = spot.leaf
        if leaf is None:
            raise bad(ScimType.INVALID_FILTER, f"{node.path} is a schema, not an attribute")
        value = leaf.sub("value") if leaf.complex else None
        if leaf.complex and value is None:
            raise bad(ScimType.INVALID_FILTER, f"{node.path} is complex; name one of its sub-attributes")
        test = self._test(value or leaf, node)
        if value is not None:
            return _quantified(node, test, lambda resource: [e.get(value.name) for e in _elements(spot, resource)])
        return _quantified(node, test, lambda resource: _values(spot, resource))

    def _test(self, attribute: Attribute, node: Compare) -> Test:
        """Return the test of one value of ``attribute``."""
        operator, operand = node.operator, node.operand
        rules = self.rules
        if operand is None:
            if operator == "eq":
                return lambda value: not rules.is_present(value)
            if operator == "ne":
                return rules.is_present
            return self._unfit(f"{operator} does not compare with null")
        if attribute.type == "boolean":
            return self._boolean_test(attribute, operator, operand)
        if attribute.type in {"integer", "decimal"}:
            if isinstance(operand, str | bool) or operator in _TEXT_OPERATORS:
                return self._unfit(f"{attribute.path} is a number; {operator} {node.raw!r} does not fit")
            number = operand
            return lambda value: isinstance(value, int | float) and rules.compare(operator, value, number)
        if not isinstance(operand, str):
            return self._unfit(f"{attribute.path} holds text; put {node.raw} in double quotes")
        text = rules.literal(node.raw, operand)
        if attribute.type == "dateTime" and operator not in _TEXT_OPERATORS and rules.as_instant():
            return self._date_test(attribute, operator, text)
        if attribute.type == "binary" and operator in _ORDER_OPERATORS:
            return self._unfit(f"{attribute.path} is binary and has no order")
        if rules.counts_case_with(attribute, operator):
            return lambda value: isinstance(value, str) and rules.compare(operator, value, text)
        want = rules.fold_for(attribute, text)
        return lambda value: isinstance(value, str) and rules.compare(operator, rules.fold_for(attribute, value), want)

    def _boolean_test(self, attribute: Attribute, operator: str, operand: Operand) -> Test:
        if isinstance(operand, str) and self.rules.quirks.string_booleans == "accept":
            operand = {"true": True, "false": False}.get(operand.lower(), operand)
        if not isinstance(operand, bool) or operator not in {"eq", "ne"}:
            return self._unfit(f"{attribute.path} is a boolean; it compares by eq and ne with true and false")
        truth = operand
        return lambda value: isinstance(value, bool) and self.rules.compare(operator, value, truth)

    def _date_test(self, attribute: Attribute, operator: str, text: str) -> Test:
        want = instant(text)
        if want is None:
            return self._unfit(f"{attribute.path} is a date; {text!r} is none")
        seconds = want.timestamp()

        def test(value: Json) -> bool:
            have = instant(value) if isinstance(value, str) else None
            return have is not None and self.rules.compare(operator, have.timestamp(), seconds)

        return test

    def _unfit(self, detail: str) -> Test:
        self.rules.unfit_operand(detail)
        return lambda _value: False


def _quantified(node: Compare, test: Test, values: Callable[[JsonObject], list[Json]]) -> Predicate:
    """Any value is enough, except for ``ne`` and for null, which speak of all of them (absent included)."""
    if node.operand is None and node.operator == "ne":
        return lambda resource: any(map(test, values(resource)))
    if node.operator == "ne" or node.operand is None:
        return lambda resource: all(test(value) for value in values(resource) if value is not None)
    return lambda resource: any(map(test, values(resource)))


def _container(spot: Spot, resource: Mapping[str, Json]) -> Mapping[str, Json]:
    if not spot.extension:
        return resource
    inside = resource.get(spot.extension)
    return inside if isinstance(inside, dict) else {}


def _elements(spot: Spot, resource: Mapping[str, Json]) -> list[JsonObject]:
    """Return the values of a complex attribute."""
    assert spot.attribute is not None  # noqa: S101  # the callers have looked
    value = _container(spot, resource).get(spot.attribute.name)
    if isinstance(value, dict):
        return [value]
    return [element for element in value if isinstance(element, dict)] if isinstance(value, list) else []


def _values(spot: Spot, resource: Mapping[str, Json]) -> list[Json]:
    """Return the values at a spot; an empty list where nothing is assigned."""
    if spot.attribute is None:
        inside = resource.get(spot.extension)
        return [inside] if inside else []
    if spot.sub is not None:
        return [element[spot.sub.name] for element in _elements(spot, resource) if spot.sub.name in element]
    value = _container(spot, resource).get(spot.attribute.name)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
