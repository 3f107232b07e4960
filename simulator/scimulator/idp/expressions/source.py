"""An expression as the source of a mapping's rule: a person is shown to it under the identity provider's names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scimulator.idp.expressions import entra, okta
from scimulator.idp.expressions.entra_context import EntraContext
from scimulator.idp.expressions.okta_context import OktaContext

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from scimulator.exchange.clock import Clock
    from scimulator.exchange.strict_json import Json
    from scimulator.idp.directory import Person
    from scimulator.idp.expressions.okta_context import OktaGroup

LANGUAGES = ("okta", "entra")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What expressions need besides the person; a function that lacks its part says so.

    ``groups_of`` gives the Okta groups of a person, ``org`` the organisation's properties, ``exists`` tells whether the
    target has a value already.
    """

    clock: Clock | None = None
    randomness: random.Random | None = None
    groups_of: Callable[[Person], tuple[OktaGroup, ...]] | None = None
    org: Mapping[str, Json] = field(default_factory=dict)
    exists: Callable[[str], bool] | None = None


def attributes_of(person: Person, overrides: Mapping[str, Json], words: Mapping[str, str]) -> dict[str, Json]:
    """Return a person's attributes under the names that expressions use; ``words`` translates to the neutral ones."""

    def value(name: str) -> Json:
        neutral = words.get(name, name)
        return overrides[neutral] if neutral in overrides else person.value(neutral)

    return {name: value(name) for name in dict.fromkeys((*words, *person.attributes, *overrides))}


@dataclass(frozen=True, slots=True)
class Expression:
    """The value of an expression; an empty text counts as no value, as everywhere in a mapping."""

    expression: okta.Expression | entra.Expression
    words: Mapping[str, str] = field(default_factory=dict)
    around: Surroundings = field(default_factory=Surroundings)

    def of(self, person: Person, overrides: Mapping[str, Json]) -> Json:
        """Return the value for a person.

        Raises:
            ExpressionError: when the expression cannot be evaluated for this person.
        """
        seen = attributes_of(person, overrides, self.words)
        if isinstance(self.expression, entra.Expression):
            found = self.expression.evaluate(_entra(person, seen, self.around))
        else:
            found = self.expression.evaluate(_okta(person, seen, self.around))
        return None if found == "" else found


def expression_source(text: str, language: str, words: Mapping[str, str], around: Surroundings) -> Expression:
    """Make a source from the text of an expression in the language of an identity provider.

    Raises:
        ExpressionError: when the text is no expression of the language.
        ValueError: when no such language exists.
    """
    if language not in LANGUAGES:
        raise ValueError(f"{language!r} has no expression language; known are: {', '.join(LANGUAGES)}")
    return Expression(okta.parse(text) if language == "okta" else entra.parse(text), words, around)


def _entra(person: Person, seen: dict[str, Json], around: Surroundings) -> EntraContext:
    # IsSoftDeleted is the service's own: true for whoever shall be switched off in the app.
    own: dict[str, Json] = {"IsSoftDeleted": not person.value("active"), "accountEnabled": person.enabled}
    return EntraContext(seen | own, around.clock, around.randomness, around.exists)


def _okta(person: Person, seen: dict[str, Json], around: Surroundings) -> OktaContext:
    return OktaContext(
        user=seen,
        profiles={"source": seen, "org": around.org},
        internal={"id": person.id},
        groups=around.groups_of(person) if around.groups_of is not None else None,
        clock=around.clock,
    )
