"""A mapping tells which attribute of a person goes to which place of a SCIM resource.

It is data (``fixtures/profiles/<idp>/mapping*.json``): rules in the order in which they apply, each with a source and a
target. A source is an attribute of the person, a constant, several attributes joined, or an expression
(``{"expression": "..."}``) in the language of the identity provider that the file names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, cast

from scimulator.idp.expressions.source import Surroundings, expression_source
from scimulator.idp.paths import Place, parse_place

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.directory import Person


class Source(Protocol):
    """Where a value comes from."""

    def of(self, person: Person, overrides: Table[str, Json]) -> Json:
        """Return the value for a person, None for none; ``overrides`` win over the person's own attributes."""
        ...


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of the person, by the directory's neutral name."""

    name: str

    def of(self, person: Person, overrides: Table[str, Json]) -> Json:
        """Return the attribute's value."""
        return overrides[self.name] if self.name in overrides else person.value(self.name)


@dataclass(frozen=True, slots=True)
class Constant:
    """The same value for everybody."""

    value: Json

    def of(self, person: Person, overrides: Table[str, Json]) -> Json:  # noqa: ARG002  the protocol's parameters
        """Return the constant."""
        return self.value


@dataclass(frozen=True, slots=True)
class Joined:
    """Several attributes with a separator between them; absent ones are left out."""

    parts: tuple[Source, ...]
    separator: str

    def of(self, person: Person, overrides: Table[str, Json]) -> Json:
        """Return the joined text, None where all parts are absent."""
        texts = [str(value) for part in self.parts if (value := part.of(person, overrides)) is not None]
        return self.separator.join(texts) or None


class Apply(StrEnum):
    """When a rule counts."""

    ALWAYS = "always"
    ON_CREATE = "on-create"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a mapping; ``reference`` marks a value that is another person's id and is written later."""

    source: Source
    target: Place
    apply: Apply = Apply.ALWAYS
    default: Json = None
    reference: bool = False

    def value(self, person: Person, overrides: Table[str, Json]) -> Json:
        """Return what this rule yields for a person, None for nothing."""
        found = self.source.of(person, overrides)
        return self.default if found is None else found


@dataclass(frozen=True, slots=True)
class Mapping:
    """All rules of an app, in order; ``order`` lists the members of a complex attribute as a new resource has them."""

    rules: tuple[Rule, ...]
    order: Table[str, tuple[str, ...]] = field(default_factory=dict)

    def resource(self, person: Person, overrides: Table[str, Json] | None = None) -> JsonObject:
        """Return the attributes of a new resource for a person; absent values make no member."""
        made: JsonObject = {}
        for rule in self.rules:
            value = rule.value(person, overrides or {})
            if value is not None and not rule.reference and self._wanted(rule, made):
                rule.target.put(made, value)
        for name, members in self.order.items():
            if name in made:
                made[name] = _ordered(made[name], members)
        return made

    def merge(self, person: Person, resource: JsonObject, overrides: Table[str, Json] | None = None) -> None:
        """Put a person's values into an existing resource; what has no value is left as the resource has it."""
        for rule in self.rules:
            value = rule.value(person, overrides or {})
            wanted = rule.apply is Apply.ALWAYS and not rule.reference and self._wanted(rule, resource)
            if value is not None and wanted:
                rule.target.put(resource, value)

    @staticmethod
    def _wanted(rule: Rule, resource: JsonObject) -> bool:
        # A constant such as the type of an e-mail address makes no element by itself: without an address there is none.
        if not (isinstance(rule.source, Constant) and rule.target.selector):
            return True
        element = Place(rule.target.text, rule.target.attribute, rule.target.urn, rule.target.selector)
        return element.find(resource) is not None


def mapping_of(data: JsonObject, around: Surroundings | None = None) -> Mapping:
    """Make a mapping from a profile's file of kind ``mapping``.

    ``around`` is what expressions need besides the person: clock, randomness, groups.

    Raises:
        BadPlaceError: when a target is written wrongly.
        ExpressionError: when an expression is; it points at the place.
        ValueError: when there is an expression and neither it (``language``) nor the file (``idp``) names a language.
    """
    reader = _Reader(cast("dict[str, str]", data["vocabulary"]), str(data.get("idp", "")), around or Surroundings())
    rules = tuple(reader.rule(entry) for entry in cast("list[JsonObject]", data["rules"]))
    order = cast("dict[str, list[str]]", data.get("order", {}))
    return Mapping(rules, {name: tuple(members) for name, members in order.items()})


def _ordered(value: Json, members: tuple[str, ...]) -> Json:
    if isinstance(value, list):
        return [_ordered(item, members) for item in value]
    if isinstance(value, dict):
        first = {name: value[name] for name in members if name in value}
        return first | value
    return value


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes the rules of one file: all of its entries share the vocabulary and the language."""

    words: Table[str, str]
    language: str
    around: Surroundings

    def rule(self, entry: JsonObject) -> Rule:
        return Rule(
            source=self.source(entry["source"]),
            target=parse_place(str(entry["target"])),
            apply=Apply(str(entry.get("apply", "always"))),
            default=entry.get("default"),
            reference=bool(entry.get("reference", False)),
        )

    def source(self, entry: Json) -> Source:
        if isinstance(entry, str):
            return Attribute(self.words.get(entry, entry))
        table = cast("JsonObject", entry)
        if "constant" in table:
            return Constant(table["constant"])
        if "expression" in table:
            language = str(table.get("language", self.language))
            return expression_source(str(table["expression"]), language, self.words, self.around)
        parts = tuple(self.source(part) for part in cast("list[Json]", table["join"]))
        return Joined(parts, str(table["with"]))
