"""Entra's mapping expressions: functions of attributes in brackets, strings in double quotes, and other functions.

Comparisons (``=``, ``<>``, ``<``, ``>``, ``<=``, ``>=``) stand between arguments. Function and attribute names are
case-sensitive. Source: the page in ``entra_context.SOURCE``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimulator.catalogue.near_miss import hint
from scimulator.idp.expressions.calls import Arguments, kind, spelled
from scimulator.idp.expressions.entra_context import Moment
from scimulator.idp.expressions.entra_dates import DATES
from scimulator.idp.expressions.entra_logic import LOGIC
from scimulator.idp.expressions.entra_random import RANDOM
from scimulator.idp.expressions.entra_replace import REPLACE
from scimulator.idp.expressions.entra_roles import ROLES
from scimulator.idp.expressions.entra_texts import TEXTS
from scimulator.idp.expressions.errors import ExpressionError
from scimulator.idp.expressions.lexer import Grammar, Kind, Token, tokens_of
from scimulator.idp.expressions.nodes import Binary, Call, Literal, Missing, Node, Reference

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json
    from scimulator.idp.expressions.entra_context import EntraContext

LIBRARY = LOGIC.join(TEXTS, REPLACE, DATES, RANDOM, ROLES)
COMPARISONS = ("<>", ">=", "<=", "=", ">", "<")
BOOLEANS = ("False", "True")
# The only words that stand for themselves: the two ways in which InStr compares.
CONSTANTS = ("vbTextCompare", "vbBinaryCompare")
_GRAMMAR = Grammar(
    operators=(*COMPARISONS, "(", ")", ",", "-"),
    quotes='"',
    backslash=True,
    brackets=True,
    hexadecimal=True,
    undocumented={
        "'": "a string stands in double quotes here",
        "+": "there is no operator +; join texts with Join or Append",
        "&": "there is no operator &; join texts with Join or Append",
        "?": "there is no operator ?; choose with IIF or Switch",
    },
)
_UNKNOWN = {
    "And": "does not exist: nest one IIF in the true value of another",
    "AND": "does not exist: nest one IIF in the true value of another",
    "Or": "does not exist: nest one IIF in the false value of another",
    "OR": "does not exist: nest one IIF in the false value of another",
}
_TOP_LEVEL_ONLY = "SelectUniqueValue"


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of Entra's language, read and checked; ``text`` is how it was written."""

    text: str
    root: Node

    @property
    def redacted(self) -> bool:
        """Whether Redact keeps the value out of the provisioning log."""
        return _calls(self.root, "Redact")

    def evaluate(self, context: EntraContext) -> Json:
        """Return the value for one user; None means that nothing flows to the target.

        Raises:
            ExpressionError: when an argument does not fit its function, or only Entra can evaluate it.
        """
        try:
            value = _Evaluation(self.text, context).of(self.root)
        except RecursionError:
            raise ExpressionError("this expression is nested too deeply", self.text, 0) from None
        return str(value) if isinstance(value, Moment) else value


def parse(text: str) -> Expression:
    """Read an expression.

    Raises:
        ExpressionError: when it is not one; the error points at the place.
    """
    try:
        return Expression(text, _Parser(text).whole())
    except RecursionError:
        raise ExpressionError("this expression is nested too deeply", text, 0) from None


def _calls(node: Node, name: str) -> bool:
    match node:
        case Call(function=function, arguments=arguments):
            return function.name == name or any(_calls(one, name) for one in arguments)
        case Binary(left=left, right=right):
            return _calls(left, name) or _calls(right, name)
    return False


class _Parser:
    """Descends through the arguments; the only operators compare, and do not chain."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens_of(text, _GRAMMAR)
        self.index = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def next(self) -> Token:
        token = self.token
        self.index += 1
        return token

    def fail(self, message: str, at: int | None = None) -> ExpressionError:
        return ExpressionError(message, self.text, self.token.position if at is None else at)

    def at(self, operator: str) -> bool:
        return self.token.kind is Kind.OPERATOR and self.token.text == operator

    def whole(self) -> Node:
        if len(self.tokens) == 1:
            raise self.fail("the expression is empty")
        node = self.comparison()
        if self.token.kind is not Kind.END:
            raise self.fail(f"{self.token} does not belong here: the expression is complete before it")
        return node

    def comparison(self) -> Node:
        left = self.operand()
        if self.token.kind is not Kind.OPERATOR or self.token.text not in COMPARISONS:
            return left
        operator = self.next()
        return Binary(operator.position, operator.text, left, self.operand())

    def operand(self) -> Node:
        token = self.token
        match token.kind:
            case Kind.STRING:
                self.next()
                return Literal(token.position, token.text)
            case Kind.NUMBER:
                self.next()
                return Literal(token.position, token.value)
            case Kind.ATTRIBUTE:
                self.next()
                return Reference(token.position, token.text)
            case Kind.NAME:
                return self.name()
        if self.at("-"):
            self.next()
            number = self.next() if self.token.kind is Kind.NUMBER else None
            if number is None:
                raise self.fail("a number must follow the minus sign")
            return Literal(token.position, -number.value)
        raise self.fail(f"a function, an [attribute] or a string in double quotes is expected, not {token}")

    def name(self) -> Node:
        token = self.next()
        if self.at("("):
            return self.call(token)
        if token.text in CONSTANTS:
            return Literal(token.position, token.text)
        if token.text in LIBRARY.functions:
            raise self.fail(f"{token.text} is a function: parentheses must follow it")
        message = f'{token.text} is no value: write an attribute as [{token.text}], a text as "{token.text}"'
        raise self.fail(message, token.position)

    def call(self, name: Token) -> Node:
        function = LIBRARY.find(name.text, self.text, name.position, _UNKNOWN)
        if name.text == _TOP_LEVEL_ONLY and self.depth:
            raise self.fail(f"{name.text} must be the outermost function, it cannot be nested", name.position)
        self.next()
        self.depth += 1
        arguments: list[Node] = []
        if not self.at(")"):
            arguments.append(self.argument())
            while self.at(","):
                self.next()
                arguments.append(self.argument())
        if self.token.text in _UNKNOWN and self.token.kind is Kind.NAME:
            raise self.fail(f"{self.token.text} {_UNKNOWN[self.token.text]}")
        if not self.at(")"):
            raise self.fail(f"a comma or the closing parenthesis of {name.text} is expected, not {self.token}")
        end = self.next().position
        self.depth -= 1
        function.check(self.text, tuple(arguments), end)
        return Call(name.position, function, tuple(arguments))

    def argument(self) -> Node:
        if self.at(",") or self.at(")"):
            return Missing(self.token.position)
        return self.comparison()


class _Evaluation:
    """One evaluation for one user."""

    def __init__(self, text: str, context: EntraContext) -> None:
        self.text = text
        self.context = context

    def of(self, node: Node) -> Json:
        match node:
            case Literal(value=value):
                return value
            case Reference(at=at, name=name):
                return self.attribute(name, at)
            case Call():
                arguments = Arguments(
                    node.function, node.arguments, self.text, node.at, self.context, self.of, BOOLEANS
                )
                return LIBRARY.run(arguments)
            case Binary():
                return self.compare(node)
        return None

    def attribute(self, name: str, at: int) -> Json:
        attributes = self.context.attributes
        if name in attributes:
            return attributes[name]
        other = next((one for one in attributes if one.lower() == name.lower()), None)
        if other is not None:
            raise ExpressionError(f"there is no attribute [{name}]{hint(name, [other])}", self.text, at)
        return None

    def compare(self, node: Binary) -> bool:
        left, right = self.of(node.left), self.of(node.right)
        for value, side in ((left, node.left), (right, node.right)):
            if isinstance(value, list | dict):
                raise ExpressionError(f"{kind(value)} cannot be compared", self.text, side.at)
        if left is None or right is None:
            same = left is right
            return {"=": same, "<>": not same}.get(node.operator, False)
        # The match above excludes lists and objects.
        return _ordered(node.operator, left, right)  # type: ignore[arg-type]


def _number(value: str | float) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    try:
        return float(value) if value.strip().isascii() else None
    except ValueError:
        return None


def _ordered(operator: str, left: str | float, right: str | float) -> bool:
    """Compare as numbers where one is a number and the other looks like one, else as texts by their characters."""
    one, other = _number(left), _number(right)
    if one is not None and other is not None and not (isinstance(left, str) and isinstance(right, str)):
        sign = (one > other) - (one < other)
    else:
        first, second = spelled(left, BOOLEANS), spelled(right, BOOLEANS)
        sign = (first > second) - (first < second)
    return {"=": sign == 0, "<>": sign != 0, ">": sign > 0, "<": sign < 0, ">=": sign >= 0, "<=": sign <= 0}[operator]
