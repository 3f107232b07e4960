"""How an expression of Okta's language is read: precedence climbing over a subset of Spring's language (SpEL).

From loose to tight: ``?:`` and ``? :``, OR, AND, comparison, ``+`` and ``-``, ``!`` and the sign, then ``.name``,
``[index]`` and calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.idp.expressions.errors import ExpressionError
from scimulator.idp.expressions.lexer import Grammar, Kind, Token, tokens_of
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

if TYPE_CHECKING:
    from scimulator.idp.expressions.calls import Library
    from scimulator.idp.expressions.okta_context import OktaContext

COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")
_LEVELS = (
    {"OR": "OR", "||": "OR"},
    {"AND": "AND", "&&": "AND"},
    {**{operator: operator for operator in COMPARISONS}, "MATCHES": "matches"},
    {"+": "+", "-": "-"},
)
_GRAMMAR = Grammar(
    operators=("?:", "||", "&&", *COMPARISONS, "?", ":", "!", "+", "-", "(", ")", "{", "}", "[", "]", ",", ".", "="),
    quotes="\"'",
    backslash=False,
    brackets=False,
    hexadecimal=False,
    undocumented={
        "*": "Okta documents no operator *",
        "/": "Okta documents no operator /",
        "%": "Okta documents no operator %",
        "$": "a name stands without $: $attribute in Okta's reference is a placeholder",
        "#": "Okta does not support variables",
        "@": "a text with @ must stand in quotes",
        "&": "write AND for a logical and, + to join texts",
        "|": "write OR for a logical or",
    },
)
_CONSTANTS = {"TRUE": True, "FALSE": False, "NULL": None}
_OPERATOR_WORDS = ("AND", "OR", "MATCHES", "NOT")
_CLASSES = ("String", "Arrays", "Convert", "Iso3166Convert", "Time", "Groups")
# "The following functions are not supported in conditions". Arrays stands there too, but Okta's own examples use it.
_NOT_IN_CONDITIONS = ("Convert.", "Time.")


class OktaParser:
    """Reads one expression; ``whole`` returns its tree."""

    def __init__(self, text: str, library: Library[OktaContext]) -> None:
        self.text = text
        self.library = library
        self.tokens = tokens_of(text, _GRAMMAR)
        self.index = 0

    @property
    def token(self) -> Token:
        """The token that is read next."""
        return self.tokens[self.index]

    def whole(self) -> Node:
        """Return the tree of the expression.

        Raises:
            ExpressionError: when something is missing, superfluous or unknown.
        """
        if len(self.tokens) == 1:
            raise self._fail("the expression is empty")
        node = self._choice()
        if self._at("="):
            raise self._fail("an expression cannot assign; write == to compare")
        if self.token.kind is not Kind.END:
            raise self._fail(f"{self.token} does not belong here: the expression is complete before it")
        return node

    def _next(self) -> Token:
        token = self.token
        self.index += 1
        return token

    def _fail(self, message: str, at: int | None = None) -> ExpressionError:
        return ExpressionError(message, self.text, self.token.position if at is None else at)

    def _at(self, operator: str) -> bool:
        return self.token.kind is Kind.OPERATOR and self.token.text == operator

    def _expect(self, operator: str, what: str) -> Token:
        if not self._at(operator):
            raise self._fail(f"{operator} is expected {what}, not {self.token}")
        return self._next()

    def _choice(self) -> Node:
        condition = self._level(0)
        if self._at("?:"):
            at = self._next().position
            return Binary(at, "?:", condition, self._choice())
        if not self._at("?"):
            return condition
        self._refuse(condition)
        at = self._next().position
        then = self._choice()
        self._expect(":", "between the two values of a condition")
        return Choice(at, condition, then, self._choice())

    def _refuse(self, node: Node) -> None:
        """Refuse functions that Okta does not support in conditions."""
        match node:
            case Call(function=function) if function.name.startswith(_NOT_IN_CONDITIONS):
                raise self._fail(f"Okta does not support {function.name} in a condition", node.at)
            case Call(arguments=arguments):
                for one in arguments:
                    self._refuse(one)
            case Binary(left=left, right=right):
                self._refuse(left)
                self._refuse(right)
            case Unary(operand=operand):
                self._refuse(operand)

    def _level(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self._level(level + 1)
        operators = _LEVELS[level]
        while (operator := operators.get(self._operator())) is not None:
            at = self._next().position
            left = Binary(at, operator, left, self._level(level + 1))
        return left

    def _operator(self) -> str:
        token = self.token
        if token.kind is Kind.OPERATOR:
            return token.text
        word = token.text.upper()
        return word if token.kind is Kind.NAME and word in _OPERATOR_WORDS else ""

    def _unary(self) -> Node:
        token = self.token
        if self._at("!") or self._at("-"):
            self._next()
            return Unary(token.position, token.text, self._unary())
        return self._postfix(self._primary())

    def _primary(self) -> Node:
        token = self.token
        match token.kind:
            case Kind.STRING:
                self._next()
                return Literal(token.position, token.text)
            case Kind.NUMBER:
                self._next()
                return Literal(token.position, token.value)
            case Kind.NAME:
                return self._name()
        if self._at("("):
            self._next()
            node = self._choice()
            self._expect(")", "to close the parenthesis")
            return node
        if self._at("{"):
            self._next()
            items = self._items("}", "the array")
            return ListOf(token.position, items)
        raise self._fail(f"a value is expected, not {token}")

    def _name(self) -> Node:
        token = self._next()
        word = token.text.upper()
        if word in _CONSTANTS:
            return Literal(token.position, _CONSTANTS[word])
        if word in _OPERATOR_WORDS:
            message = "write ! for not" if word == "NOT" else f"a value is expected before {token.text}"
            raise self._fail(message, token.position)
        if self._at("("):
            return self._call(token.text, token.position)
        if token.text in _CLASSES:
            return self._of_class(token)
        if self._calls_method() and token.text == "user":
            self._next()
            return self._call(f"user.{self._next().text}", token.position)
        return Reference(token.position, token.text)

    def _of_class(self, token: Token) -> Node:
        self._expect(".", f"after {token.text}")
        if self.token.kind is not Kind.NAME:
            raise self._fail(f"the name of a function is expected after {token.text}.")
        name = f"{token.text}.{self._next().text}"
        function = self.library.find(name, self.text, token.position)
        if not self._at("("):
            raise self._fail(f"{function.name} is a function: parentheses must follow it")
        return self._call(name, token.position)

    def _calls_method(self) -> bool:
        """Whether ``.name(`` comes next."""
        following = self.tokens[self.index : self.index + 3]
        return (
            len(following) == 3
            and self._at(".")
            and following[1].kind is Kind.NAME
            and following[2].kind is Kind.OPERATOR
            and following[2].text == "("
        )

    def _call(self, name: str, at: int) -> Node:
        function = self.library.find(name, self.text, at)
        self._next()
        arguments = self._items(")", name)
        function.check(self.text, arguments, self.tokens[self.index - 1].position)
        return Call(at, function, arguments)

    def _items(self, end: str, what: str) -> tuple[Node, ...]:
        items: list[Node] = []
        if not self._at(end):
            items.append(self._choice())
            while self._at(","):
                self._next()
                items.append(self._choice())
        if self._at(":") and end == "}":
            raise self._fail("an object {key: value} is an argument of user.getGroups only, which is not simulated")
        if not self._at(end):
            raise self._fail(f"a comma or {end} is expected to go on with or end {what}, not {self.token}")
        self._next()
        return tuple(items)

    def _postfix(self, node: Node) -> Node:
        while True:
            if self._calls_method():
                name = self.tokens[self.index + 1]
                message = (
                    f"a value has no function {name.text} here: that form belongs to the Identity Engine's language; "
                    f"write for example String.{name.text}(…)"
                )
                raise self._fail(message, name.position)
            if self._at("."):
                self._next()
                if self.token.kind is not Kind.NAME:
                    raise self._fail(f"the name of an attribute is expected after the dot, not {self.token}")
                name = self._next()
                node = Property(name.position, node, name.text)
            elif self._at("["):
                at = self._next().position
                node = Element(at, node, self._choice())
                self._expect("]", "to close the index")
            else:
                return node
