"""Expectations as data: what a profile says that its sender needs of an answer, judged on the answer."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from scimulator.kit.jsonpath import MISSING, find, is_unassigned
from scimulator.kit.outcomes import Symptom

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.catalogue.profiles import Rule
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.kit.answer import Answer

Found = "Json | object"
_PLACEHOLDER = re.compile(r"\{\{[\w.-]+\}\}")


def _contains(found: object, wanted: Json) -> bool:
    if isinstance(found, list):
        return wanted in found or str(wanted).lower() in {str(item).lower() for item in found}
    return isinstance(found, str) and str(wanted).lower() in found.lower()


def _integer(found: object) -> bool:
    return isinstance(found, int) and not isinstance(found, bool)


_OPERATORS: dict[str, Callable[[object, Json], bool]] = {
    "equals": lambda found, wanted: found == wanted and isinstance(found, bool) == isinstance(wanted, bool),
    "equals-ignoring-case": lambda found, wanted: str(found).lower() == str(wanted).lower(),
    "exists": lambda found, _: not is_unassigned(found),
    "absent": lambda found, _: is_unassigned(found),
    "non-empty": lambda found, _: not is_unassigned(found) and found not in ("", {}),
    "empty": lambda found, _: is_unassigned(found) or found in ("", {}),
    "contains": _contains,
    "is-integer": lambda found, _: _integer(found),
    "is-boolean": lambda found, _: isinstance(found, bool),
    "is-string": lambda found, _: isinstance(found, str),
    "is-array": lambda found, _: isinstance(found, list),
    "is-object": lambda found, _: isinstance(found, dict),
    "at-most": lambda found, wanted: (
        isinstance(found, int | float) and isinstance(wanted, int | float) and found <= wanted
    ),
    "one-of": lambda found, wanted: isinstance(wanted, list) and found in wanted,
    "starts-with": lambda found, wanted: isinstance(found, str) and found.lower().startswith(str(wanted).lower()),
}
OPERATORS = frozenset(_OPERATORS)
"""The operators that a rule of a profile may have."""


def refutation(rule: Rule, answer: Answer) -> Symptom | None:
    """Return how an answer refutes a rule, or None where it holds or cannot be decided.

    A rule with a placeholder in its value, or about the body of an answer that has none, cannot be decided here.
    """
    if _PLACEHOLDER.search(json.dumps(rule.value)):
        return None
    header = rule.at.removeprefix("header:") if rule.at.startswith("header:") else ""
    if not header and not answer.response.body:
        return None
    found = _at(rule.at, header, answer)
    # A list of nothing may leave out its numbers and its array (RFC 7644 section 3.4.2).
    if found is MISSING and rule.op.startswith("is-") and answer.body.get("totalResults") == 0:
        return None
    if _OPERATORS[rule.op](found, rule.value):
        return None
    got: Json = None if found is MISSING else found  # type: ignore[assignment]  # MISSING is excluded
    owed = rule.op.replace("-", " ") + ("" if rule.value is None else f" {json.dumps(rule.value)}")
    shown = "missing" if found is MISSING or found is None else json.dumps(got)
    where = header or rule.at
    message = f"{where} is {shown if len(shown) < 120 else shown[:117] + '...'}; needed: {owed}"
    return Symptom(f"rule-{rule.op}", message, where, rule.value, got, answer.exchange.number)


def _at(at: str, header: str, answer: Answer) -> Json | object:
    if header:
        value = answer.header_value(header)
        return MISSING if value is None else value
    body: JsonObject = answer.body
    return find(body, at)
