"""The app-user schema: which attributes an account of an Okta app has, and under which external names they are sent.

An attribute of the app user takes its value from a mapping, from the group through which the app was assigned, or from
the assignment of the person. The external name tells where in the SCIM resource the value goes; the external namespace
is the schema in which that place stands. What has no value makes no member: a boolean may be true, false or undefined.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from scimulator.catalogue.near_miss import hint
from scimulator.idp.mapping import Apply, Mapping, Rule
from scimulator.idp.paths import Place, parse_place

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from scimulator.exchange.strict_json import Json
    from scimulator.idp.directory import Person
    from scimulator.idp.mapping import Source

CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User"


class AppUserError(ValueError):
    """A value does not fit the app-user schema; the message names the attribute and what would fit."""


class ValueKind(StrEnum):
    """The data types of attributes, as the profile editor has them; objects are left out."""

    TEXT = "string"
    BOOLEAN = "boolean"
    NUMBER = "number"
    INTEGER = "integer"
    TEXTS = "string array"
    NUMBERS = "number array"
    INTEGERS = "integer array"

    @property
    def element(self) -> ValueKind:
        """The type of one element of an array, or the type itself."""
        return ValueKind(self.value.removesuffix(" array"))


@dataclass(frozen=True, slots=True)
class AppAttribute:
    """One attribute of the app user.

    ``namespace`` is the external namespace; an attribute without one is never sent (an article of Okta's support on
    custom attributes that are not sent). ``choices`` are the values of an enumeration by the titles under which an
    administrator sees them; the value is sent, never the title. ``source`` gives the value where no assignment does.
    ``personal`` attributes are set per person, not per group; ``combined`` arrays collect the values of all groups.
    A constant source fills its place for everybody, even if that makes an element with nothing else in it: an
    expression with a condition avoids that.
    """

    name: str
    external_name: str
    namespace: str = CORE_USER
    kind: ValueKind = ValueKind.TEXT
    choices: Table[str, Json] = field(default_factory=dict)
    source: Source | None = None
    personal: bool = False
    combined: bool = False
    apply: Apply = Apply.ALWAYS

    @property
    def place(self) -> Place | None:
        """Where the value goes in a SCIM resource; None where it goes nowhere.

        Raises:
            BadPlaceError: when the external name is not written as one.
        """
        if not self.namespace:
            return None
        core = self.namespace == CORE_USER
        return parse_place(self.external_name if core else f"{self.namespace}:{self.external_name}")

    def checked(self, value: Json) -> Json:
        """Return a value as the app user holds it: of the right type, a title of an enumeration made its value.

        None and empty text are "undefined".

        Raises:
            AppUserError: when it is of another type, or none of the enumeration's.
        """
        if value is None or value == "":
            return None
        array = self.kind.element is not self.kind
        if array and not isinstance(value, list):
            raise AppUserError(f"{self.name} is a {self.kind.value}; {value!r} is no list")
        if array and isinstance(value, list):
            return [self._checked_one(each) for each in value]
        return self._checked_one(value)

    def _checked_one(self, value: Json) -> Json:
        if self.choices:
            if isinstance(value, str) and value in self.choices:
                return self.choices[value]
            # True equals 1 for Python, not for an enumeration.
            if any(value == each and type(value) is type(each) for each in self.choices.values()):
                return value
            near = hint(str(value), self.choices)
            raise AppUserError(
                f"{self.name} cannot be {value!r}{near}; the enumeration has {', '.join(sorted(self.choices))}"
            )
        if not _fits(value, self.kind.element):
            raise AppUserError(f"{self.name} is a {self.kind.value}; {value!r} is none")
        return value


@dataclass(frozen=True, slots=True)
class AppValue:
    """The source of an app-user attribute: the assignment's value where it has one, else the mapped one."""

    attribute: AppAttribute

    def of(self, person: Person, overrides: Table[str, Json]) -> Json:
        """Return the value, None for undefined.

        Values of assignments were checked when they were set. A mapped value is sent as the mapping yields it: no
        source tells what happens to one that the enumeration does not have.
        """
        if self.attribute.name in overrides:
            return overrides[self.attribute.name]
        return self.attribute.source.of(person, overrides) if self.attribute.source is not None else None


@dataclass(frozen=True, slots=True)
class AppUserSchema:
    """The attributes that an app has beyond, or instead of, its default mapping."""

    attributes: tuple[AppAttribute, ...] = ()

    def mapping(self, base: Mapping) -> Mapping:
        """Return a mapping with these attributes; one for a place that the base fills takes that rule's stead."""
        rules = list(base.rules)
        for attribute in self.attributes:
            place = attribute.place
            if place is None:
                continue
            rule = Rule(AppValue(attribute), place, attribute.apply)
            same = next((index for index, each in enumerate(rules) if _spot(each.target) == _spot(place)), None)
            if same is None:
                rules.append(rule)
            else:
                rules[same] = rule
        return Mapping(tuple(rules), base.order)

    def attribute(self, name: str) -> AppAttribute | None:
        """Return the attribute called ``name``, or None: the default mapping's attributes are not listed here."""
        return next((each for each in self.attributes if each.name == name), None)

    def checked(self, values: Table[str, Json], *, group: bool = False) -> dict[str, Json]:
        """Return the values of an assignment as the app user holds them, undefined ones left out.

        Raises:
            AppUserError: when one does not fit, or is personal and comes with a ``group``.
        """
        made: dict[str, Json] = {}
        for name, value in values.items():
            attribute = self.attribute(name)
            if group and attribute is not None and attribute.personal:
                raise AppUserError(f"{name} is set per person; a group's assignment cannot give it")
            held = attribute.checked(value) if attribute is not None else value
            if held is not None:
                made[name] = held
        return made


def _fits(value: Json, kind: ValueKind) -> bool:
    match kind:
        case ValueKind.BOOLEAN:
            return isinstance(value, bool)
        case ValueKind.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case ValueKind.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str)


def _spot(place: Place) -> tuple[str, str, object, str]:
    return place.urn.lower(), place.attribute.lower(), place.selector, place.sub.lower()
