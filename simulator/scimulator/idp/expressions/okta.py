"""Okta's expression language, as username formats and profile mappings use it.

It is the language of https://developer.okta.com/docs/reference/okta-expression-language/, not the one of the Identity
Engine's policies (``user.profile.email.toLowerCase()``). Names of attributes and functions are case-sensitive. What
Okta does with null outside of comparisons is hardly documented: where it is not, the evaluation says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimulator.catalogue.near_miss import hint
from scimulator.idp.expressions.calls import Arguments, kind, spelled
from scimulator.idp.expressions.errors import ExpressionError
from scimulator.idp.expressions.nodes import (
    Binary,
    Call,
    Choice,
    Element,
    ListOf,
    Literal,
    Node,
    Property,
    Reference,
    Unary,
)
from scimulator.idp.expressions.okta_context import BOOLEANS
from scimulator.idp.expressions.okta_parser import OktaParser
from scimulator.idp.expressions.okta_people import PEOPLE
from scimulator.idp.expressions.okta_texts import TEXTS
from scimulator.idp.expressions.okta_times import TIMES
from scimulator.idp.expressions.okta_values import VALUES, same

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json
    from scimulator.idp.expressions.okta_context import OktaContext, Profile

LIBRARY = TEXTS.join(VALUES, TIMES, PEOPLE)


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of Okta's language, read and checked; ``text`` is how it was written."""

    text: str
    root: Node

    def evaluate(self, context: OktaContext) -> Json:
        """Return the value for one user.

        Raises:
            ExpressionError: when a value does not fit its operator or function, or only Okta can evaluate it.
        """
        try:
            return _Evaluation(self.text, context).of(self.root)
        except RecursionError:
            raise ExpressionError("this expression is nested too deeply", self.text, 0) from None


def parse(text: str) -> Expression:
    """Read an expression.

    Raises:
        ExpressionError: when it is not one; the error points at the place.
    """
    try:
        return Expression(text, OktaParser(text, LIBRARY).whole())
    except RecursionError:
        raise ExpressionError("this expression is nested too deeply", text, 0) from None


class _Evaluation:
    """One evaluation for one user."""

    def __init__(self, text: str, context: OktaContext) -> None:
        self.text = text
        self.context = context

    def fail(self, message: str, at: int) -> ExpressionError:
        return ExpressionError(message, self.text, at)

    def of(self, node: Node) -> Json:
        match node:
            case Literal(value=value):
                return value
            case Reference():
                return self.bare(node)
            case Property():
                return self.property(node)
            case Element():
                return self.element(node)
            case ListOf(items=items):
                return [self.of(item) for item in items]
            case Call():
                arguments = Arguments(
                    node.function, node.arguments, self.text, node.at, self.context, self.of, BOOLEANS
                )
                return LIBRARY.run(arguments)
            case Unary():
                return self.unary(node)
            case Binary():
                return self.binary(node)
            case Choice(condition=condition, then=then, other=other):
                return self.of(then) if self.boolean(condition, "the condition before ?") else self.of(other)
        return None

    def bare(self, node: Reference) -> Json:
        """Return an attribute without a prefix: one of the profile that is mapped from."""
        names = self.context.names
        if node.name in names:
            raise self.fail(f"{node.name} is a whole profile; name one of its attributes: {node.name}.…", node.at)
        source = self.context.profile("source")
        if source is None:
            near = hint(node.name, [*names, *LIBRARY.functions]) or f"; write user.{node.name} for an attribute"
            raise self.fail(f"{node.name} is not known here{near}", node.at)
        return self.attribute(source, node.name, node.at)

    def property(self, node: Property) -> Json:
        holder = node.holder
        if isinstance(holder, Reference):
            profile = self.context.profile(holder.name)
            if profile is None:
                known = ", ".join(self.context.names)
                near = hint(holder.name, self.context.names)
                raise self.fail(f"{holder.name} is not known here; known are: {known}{near}", holder.at)
            return self.attribute(profile, node.name, node.at)
        value = self.of(holder)
        if isinstance(value, dict):
            return self.attribute(value, node.name, node.at)
        raise self.fail(f"{kind(value)} has no attribute {node.name}", node.at)

    def attribute(self, profile: Profile, name: str, at: int) -> Json:
        if name in profile:
            return profile[name]
        other = next((one for one in profile if one.lower() == name.lower()), None)
        if other is not None:
            raise self.fail(f"invalid property {name} in expression{hint(name, [other])}", at)
        return None

    def element(self, node: Element) -> Json:
        value, index = self.of(node.holder), self.of(node.index)
        if not isinstance(value, list):
            raise self.fail(f"only an array has elements, not {kind(value)}", node.at)
        if isinstance(index, bool) or not isinstance(index, int):
            raise self.fail(f"an index must be a whole number, not {kind(index)}", node.index.at)
        if not 0 <= index < len(value):
            raise self.fail(f"the array has {len(value)} values, the first at 0; there is none at {index}", node.at)
        return value[index]

    def boolean(self, node: Node, what: str) -> bool:
        value = self.of(node)
        if not isinstance(value, bool):
            raise self.fail(f"{what} must be true or false, not {kind(value)}", node.at)
        return value

    def unary(self, node: Unary) -> Json:
        if node.operator == "!":
            return not self.boolean(node.operand, "what follows !")
        value = self.of(node.operand)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fail(f"a number must follow the minus sign, not {kind(value)}", node.operand.at)
        return -value

    def binary(self, node: Binary) -> Json:
        match node.operator:
            case "OR":
                return self.boolean(node.left, "what stands before OR") or self.boolean(node.right, "what follows OR")
            case "AND":
                left = self.boolean(node.left, "what stands before AND")
                return left and self.boolean(node.right, "what follows AND")
            case "?:":
                value = self.of(node.left)
                return self.of(node.right) if value in (None, "") else value
            case "==":
                return same(self.of(node.left), self.of(node.right))
            case "!=":
                return not same(self.of(node.left), self.of(node.right))
            case "+" | "-":
                return self.sum(node)
            case "matches":
                return self.matches(node)
        return self.order(node)

    def sum(self, node: Binary) -> Json:
        left, right = self.of(node.left), self.of(node.right)
        for value, side in ((left, node.left), (right, node.right)):
            if value is None:
                message = f"this is null, and what Okta does with null and {node.operator} is not documented"
                raise self.fail(f"{message}; choose another value first, as in x != null ? x : ''", side.at)
            if isinstance(value, list | dict):
                raise self.fail(f"{kind(value)} cannot stand beside {node.operator}", side.at)
        if _is_number(left) and _is_number(right):
            # The checks above leave numbers only.
            return left + right if node.operator == "+" else left - right  # type: ignore[operator]
        if node.operator == "-":
            raise self.fail(f"only numbers can be subtracted, not {kind(left)} and {kind(right)}", node.at)
        return spelled(left, BOOLEANS) + spelled(right, BOOLEANS)  # type: ignore[arg-type] # scalars, as checked above

    def matches(self, node: Binary) -> bool:
        left, right = self.of(node.left), self.of(node.right)
        if not isinstance(left, str) or not isinstance(right, str):
            raise self.fail(f"matches compares two texts, not {kind(left)} and {kind(right)}", node.at)
        try:
            return re.fullmatch(right, left) is not None
        except (re.error, OverflowError, RecursionError) as error:
            raise self.fail(f"this regular expression cannot be read: {error}", node.right.at) from None

    def order(self, node: Binary) -> bool:
        left, right = self.of(node.left), self.of(node.right)
        comparable = (_is_number(left) and _is_number(right)) or (isinstance(left, str) and isinstance(right, str))
        if not comparable:
            message = f"{node.operator} compares two numbers or two texts, not {kind(left)} and {kind(right)}"
            raise self.fail(message, node.at)
        # Checked above: both are numbers or both are texts.
        sign = (left > right) - (left < right)  # type: ignore[operator]
        return {"<": sign < 0, ">": sign > 0, "<=": sign <= 0, ">=": sign >= 0}[node.operator]


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
