"""What a product declares of its attributes widens the frame of a write: some change along, some stay as they are.

The quirk's own probes prove that the product keeps such a promise, so the frame of another check need not fail by it.
Everything that is not declared is judged as ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.catalogue.quirks import declared_values
from scimulator.kit.frame import ANYTHING, canonical, key_of
from scimulator.kit.jsonpath import MISSING, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scimulator.catalogue.presets import QuirkValue
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.kit.outcomes import Symptom


def widened(only: Mapping[str, object], declared: Mapping[str, QuirkValue]) -> Mapping[str, object]:
    """Return the asked changes and, as ``ANYTHING``, each attribute that by a declaration follows one of them."""
    asked = {_root(path) for path in only}
    along = {
        name: ANYTHING
        for said in declared_values(declared).values()
        for name, cause in said.follows.items()
        if cause.lower() in asked and name.lower() not in asked
    }
    return {**only, **along} if along else only


def kept_by_rule(
    missing: Iterable[Symptom], before: JsonObject, after: JsonObject, declared: Mapping[str, QuirkValue]
) -> dict[str, str]:
    """Return which changes did not happen because a declaration says so: path and ``quirk = value``.

    Only a value that is exactly as before counts; one that became anything else is nobody's rule.
    """
    found: dict[str, str] = {}
    values = declared_values(declared)
    for each in missing:
        for rule, said in values.items():
            governed = any(_root(each.at) == name.lower() for name in said.keeps)
            if governed and _same(find(before, each.at), find(after, each.at)):
                found[each.at] = rule
    return found


def _root(path: str) -> str:
    return (key_of(path) or ("",))[0]


def _same(old: object, new: object) -> bool:
    if old is MISSING or new is MISSING:
        return old is new
    return canonical(old) == canonical(new)  # type: ignore[arg-type]  # both are JSON here
