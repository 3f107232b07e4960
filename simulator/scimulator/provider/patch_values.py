"""PATCH on multi-valued attributes: whole, selected by a filter, and made from a filter (RFC 7644 3.5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from scimulator.provider.errors import ScimType, bad
from scimulator.provider.filter import And, Compare
from scimulator.provider.matching import Matcher
from scimulator.provider.rules.patch import same_value

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.filter import Node
    from scimulator.provider.patch import Operation
    from scimulator.provider.rules import Rules
    from scimulator.provider.schema import Attribute
    from scimulator.provider.values import Reader


@dataclass(frozen=True, slots=True)
class Place:
    """Where an operation works: in the resource, in the object that has the attribute, on it or one sub-attribute."""

    resource: JsonObject
    container: JsonObject
    attribute: Attribute
    sub: Attribute | None

    def values(self) -> list[Json]:
        """Return the values of the attribute."""
        value = self.container.get(self.attribute.name)
        return list(value) if isinstance(value, list) else []

    def set(self, values: list[Json]) -> None:
        """Give the attribute these values; without any it is unassigned."""
        if values:
            self.container[self.attribute.name] = values
        else:
            self.container.pop(self.attribute.name, None)


class MultiValued:
    """Applies operations to the list of values of one attribute, which stands in ``container``."""

    def __init__(self, rules: Rules, reader: Reader) -> None:
        self.rules = rules
        self.reader = reader

    def apply(self, place: Place, operation: Operation) -> None:
        """Apply an operation that has no filter."""
        before, attribute = place.values(), place.attribute
        if place.sub is not None:
            self._sub_of_all(place, place.sub, operation)
        elif operation.name == "remove":
            place.set(self._after_remove(place, before, operation))
        elif operation.name == "add":
            added = self._read(attribute, operation.value)
            value = attribute.sub("value")
            if value is not None and value.mutability == "immutable":
                added = self._strangers(before, added)
            after = self.rules.appended(before, self.rules.not_yet_there(before, added))
            primary = [one for one in added if isinstance(one, dict) and one.get("primary") is True]
            touched = [known for known in after if any(same_value(known, one) for one in primary)]
            place.set(self._one_primary(after, touched))
        else:
            values = self._read(attribute, operation.value)
            if values or not self.rules.ignores_empty_list(attribute):
                place.set(self.rules.replaced_values(before, values))

    def apply_selected(self, place: Place, node: Node, operation: Operation) -> None:
        """Apply an operation to the values that the filter of its path selects."""
        before = place.values()
        matches = self._matcher().element_predicate(place.attribute, node)
        hits = [index for index, value in enumerate(before) if isinstance(value, dict) and matches(value)]
        chosen = self.rules.all_selected(self.rules.selected(before, hits))
        if operation.name == "remove":
            self._remove_selected(place, before, chosen, operation)
            return
        if not chosen:
            self._without_match(place, node, operation)
            return
        changes = self._changes(place.attribute, place.sub, operation.value)
        after = list(before)
        for index in chosen:
            element = cast("JsonObject", before[index])
            self._check_immutable(place.attribute, element, changes)
            merged = self.rules.merged_element(element, changes)
            after[index] = {key: value for key, value in merged.items() if value is not None}
        place.set(self._one_primary(after, [after[index] for index in chosen if "primary" in changes]))

    def _strangers(self, before: list[Json], added: list[Json]) -> list[Json]:
        """Return the added values, such as members, whose unchangeable value is not there yet."""
        known = {one.get("value"): one for one in before if isinstance(one, dict)}
        strangers: list[Json] = []
        for one in added:
            twin = known.get(one.get("value")) if isinstance(one, dict) else None
            if twin is None or self.rules.not_yet_there([twin], [one]):
                strangers.append(one)
        return strangers

    # parts -------------------------------------------------------------------------------------------------------

    def _matcher(self) -> Matcher:
        return Matcher(self.rules, None)  # type: ignore[arg-type]  # elements are matched by their attribute alone

    def _read(self, attribute: Attribute, value: Json) -> list[Json]:
        """Read the value of an add or replace, which may be one value instead of a list of values."""
        if value is None:
            return []
        return self.reader.values(attribute, value if isinstance(value, list) else [value])

    def _after_remove(self, place: Place, before: list[Json], operation: Operation) -> list[Json]:
        """Return what a remove without a filter leaves: nothing, or with values all but these."""
        if operation.value is None:
            return self.rules.after_remove_all(before)
        if self.rules.quirks.remove_with_values == "refuse":
            raise bad(ScimType.INVALID_VALUE, "a remove operation has no value; select by a filter in the path")
        named = self._read(place.attribute, operation.value)
        chosen = [value for value in before if any(_names(one, value) for one in named)]
        return self._taken_away(place, before, chosen, operation)

    def _taken_away(self, place: Place, before: list[Json], chosen: list[Json], operation: Operation) -> list[Json]:
        gone = self.rules.values_to_remove(place.attribute, before, chosen)
        if place.attribute.name == "members":
            gone = self.rules.members_to_remove(place.resource, operation, gone)
        same = {id(value) for value in gone}
        there = {id(value) for value in before}
        copies = [value for value in gone if id(value) not in there]
        return [value for value in before if id(value) not in same and value not in copies]

    def _remove_selected(self, place: Place, before: list[Json], chosen: list[int], operation: Operation) -> None:
        if not chosen:
            error = self.rules.removes_nothing()
            if error:
                raise error
        if operation.value is not None and self.rules.quirks.remove_with_values == "refuse":
            raise bad(ScimType.INVALID_VALUE, "a remove operation has no value")
        if place.sub is None:
            picked = [before[index] for index in chosen]
            place.set(self._taken_away(place, before, picked, operation))
            return
        after = list(before)
        for index in chosen:
            element = cast("JsonObject", before[index])
            self._check_immutable(place.attribute, element, {place.sub.name: None})
            after[index] = {key: value for key, value in element.items() if key != place.sub.name} or None
        place.set([value for value in after if value is not None])

    def _changes(self, attribute: Attribute, sub: Attribute | None, value: Json) -> JsonObject:
        """Return the sub-attributes that an operation sets; None unassigns."""
        if sub is not None:
            return {sub.name: self.reader.value(sub, value)}
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        read = self.reader.complex(attribute, value)
        changes: JsonObject = dict(read) if isinstance(read, dict) else {}
        if isinstance(value, dict):
            for key, part in value.items():
                known = attribute.sub(key)
                if part is None and known is not None and known.mutability != "readOnly":
                    changes[known.name] = None
        return changes

    def _check_immutable(self, attribute: Attribute, element: JsonObject, changes: JsonObject) -> None:
        for name, value in changes.items():
            sub = attribute.sub(name)
            if sub is not None and sub.mutability == "immutable" and name in element and element[name] != value:
                self.rules.touches_immutable(sub)

    def _sub_of_all(self, place: Place, sub: Attribute, operation: Operation) -> None:
        """Apply an operation to one sub-attribute of every value, as ``emails.type`` names it."""
        removes = operation.name == "remove"
        changes: JsonObject = {sub.name: None if removes else self.reader.value(sub, operation.value)}
        after: list[Json] = []
        for element in place.values() or ([] if removes else [{}]):
            known = element if isinstance(element, dict) else {}
            self._check_immutable(place.attribute, known, changes)
            made: JsonObject = {key: value for key, value in {**known, **changes}.items() if value is not None}
            if made:
                after.append(made)
        place.set(after)

    def _without_match(self, place: Place, node: Node, operation: Operation) -> None:
        """Make the value that a filter describes where a quirk wants it, else fail (erratum 8097)."""
        quirks = self.rules.quirks
        quirk = quirks.add_without_match if operation.name == "add" else quirks.replace_without_match
        described = self._described(place.attribute, node)
        refused = quirk == "no-target" or (quirk == "create-in-empty" and place.values())
        if refused or described is None:
            what = place.attribute.path
            self.rules.nothing_selected(bad(ScimType.NO_TARGET, f"no value of {what} matches the filter"))
            return
        if not self.rules.creates_element():
            return
        changes = self._changes(place.attribute, place.sub, operation.value)
        set_to: JsonObject = {key: value for key, value in changes.items() if value is not None}
        if set_to:
            made: Json = {**described, **set_to}
            place.set(self._one_primary([*place.values(), made], [made]))

    def _described(self, attribute: Attribute, node: Node) -> JsonObject | None:
        """Return the value that fulfils a filter of ``eq`` joined by ``and``, or None for any other filter."""
        if isinstance(node, Compare) and node.operator == "eq" and node.operand is not None:
            sub = self._matcher().sub_attribute(attribute, node.path)
            return {sub.name: self.reader.value(sub, node.operand)}
        if isinstance(node, And):
            made: JsonObject = {}
            for part in node.parts:
                one = self._described(attribute, part)
                if one is None:
                    return None
                made |= one
            return made
        return None

    def _one_primary(self, values: list[Json], touched: list[Json]) -> list[Json]:
        """Make the value that an operation made primary the only one (RFC 7644 3.5.2)."""
        winner = next((value for value in touched if isinstance(value, dict) and value.get("primary") is True), None)
        if winner is None or not self.rules.demotes(winner):
            return values
        winners = touched if self.rules.keeps_two_primaries() else [winner]
        return [
            {**value, "primary": False}
            if isinstance(value, dict) and value.get("primary") is True and all(value is not one for one in winners)
            else value
            for value in values
        ]


def _names(named: Json, value: Json) -> bool:
    """Tell whether a value given in a remove means ``value``: by its value, or else by all that it says."""
    if isinstance(named, dict) and isinstance(value, dict):
        if "value" in named:
            return named["value"] == value.get("value") and named.get("type", value.get("type")) == value.get("type")
        return all(value.get(key) == part for key, part in named.items())
    return named == value
