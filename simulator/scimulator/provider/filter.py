"""Filters and PATCH paths: from text to a tree (RFC 7644 3.4.2.2 figure 1, 3.5.2 figure 7).

Tokens carry their place, so that an error names the column. The grammar is the RFC's with a full boolean expression
inside brackets (errata 4690 and 7322), ``not(`` with or without a space (erratum 7319), and one more thing that Entra
sends and the RFC lacks: a comparison behind a value path. Whether that is allowed is not decided here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Operand: TypeAlias = "str | int | float | bool | None"

MAX_LENGTH = 16_384
MAX_DEPTH = 64
OPERATORS = frozenset({"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"})

_TOKEN = re.compile(
    r"""[ ]*(?:
      (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<number>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w$.:-]))
    | (?P<word>[A-Za-z$][\w$.:-]*)
    | (?P<sign>[()\[\]])
    | (?P<tail>\.[A-Za-z$][\w$-]*)
    )""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_KEYWORDS: dict[str, Operand] = {"true": True, "false": False, "null": None}


class FilterSyntaxError(ValueError):
    """A filter or path cannot be read; ``column`` counts from 1. ``inside`` is true within the brackets of a path."""

    def __init__(self, message: str, column: int, *, inside: bool = False) -> None:
        super().__init__(f"column {column}: {message}")
        self.column = column
        self.inside = inside


@dataclass(frozen=True, slots=True)
class Compare:
    """``path operator operand``; ``raw`` is the operand as it was written, without quotes."""

    path: str
    operator: str
    operand: Operand
    raw: str
    at: int


@dataclass(frozen=True, slots=True)
class Present:
    """``path pr``."""

    path: str
    at: int


@dataclass(frozen=True, slots=True)
class And:
    """All of its parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of its parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of ``inner``."""

    inner: Node


@dataclass(frozen=True, slots=True)
class ValuePath:
    """``path[inner]``; with ``rest``, a comparison of a sub-attribute of the values that ``inner`` selects."""

    path: str
    inner: Node
    rest: Compare | Present | None
    at: int


Node: TypeAlias = "Compare | Present | And | Or | Not | ValuePath"


@dataclass(frozen=True, slots=True)
class Grammar:
    """How to read: the settings that faults turn. ``knows`` tells whether an operator, as written, is one."""

    and_first: bool = True
    groups: bool = True
    any_case: bool = True


@dataclass(frozen=True, slots=True)
class PatchPath:
    """The path of a PATCH operation: an attribute path, perhaps a value filter, perhaps a sub-attribute behind it."""

    path: str
    filter: Node | None = None
    sub: str = ""


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    at: int


STANDARD = Grammar()


def parse_filter(text: str, grammar: Grammar = STANDARD) -> Node:
    """Read a filter.

    Raises:
        FilterSyntaxError: when it does not follow the grammar.
    """
    return _cached_filter(text, grammar)


@lru_cache(maxsize=2048)
def _cached_filter(text: str, grammar: Grammar) -> Node:
    parser = _Parser(text, grammar)
    node = parser.disjunction()
    parser.expect_end()
    return node


def parse_path(text: str, grammar: Grammar = STANDARD) -> PatchPath:
    """Read the path of a PATCH operation.

    Raises:
        FilterSyntaxError: when it does not follow the grammar.
    """
    return _cached_path(text, grammar)


@lru_cache(maxsize=2048)
def _cached_path(text: str, grammar: Grammar) -> PatchPath:
    parser = _Parser(text, grammar)
    path = parser.name()
    if not parser.accept("["):
        parser.expect_end()
        return PatchPath(path)
    inner = parser.bracket()
    sub = ""
    if parser.peek.kind == "tail":
        sub = parser.take().text[1:]
    parser.expect_end()
    return PatchPath(path, inner, sub)


class _Parser:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str, grammar: Grammar) -> None:
        if len(text) > MAX_LENGTH:
            raise FilterSyntaxError(f"longer than {MAX_LENGTH} characters", MAX_LENGTH)
        self.grammar = grammar
        self.tokens = _tokens(text)
        if not grammar.groups:
            self.tokens = [token for token in self.tokens if token.text not in {"(", ")"} or token.kind == "string"]
        self.place = 0
        self.depth = 0
        self.inside = False

    @property
    def peek(self) -> _Token:
        return self.tokens[self.place]

    def take(self) -> _Token:
        token = self.tokens[self.place]
        self.place += 1
        return token

    def fail(self, message: str, token: _Token) -> FilterSyntaxError:
        found = f"found {token.text!r}" if token.kind != "end" else "the text ends"
        return FilterSyntaxError(f"{message}; {found}", token.at + 1, inside=self.inside)

    def accept(self, sign: str) -> bool:
        if self.peek.kind == "sign" and self.peek.text == sign:
            self.place += 1
            return True
        return False

    def expect(self, sign: str) -> None:
        if not self.accept(sign):
            raise self.fail(f"{sign!r} is due here", self.peek)

    def expect_end(self) -> None:
        if self.peek.kind != "end":
            raise self.fail("nothing more may follow here", self.peek)

    def keyword(self, word: str) -> bool:
        token = self.peek
        if token.kind == "word" and (token.text.lower() if self.grammar.any_case else token.text) == word:
            self.place += 1
            return True
        return False

    def name(self) -> str:
        token = self.peek
        if token.kind != "word" or token.text.endswith((".", ":")):
            raise self.fail("an attribute name is due here", token)
        return self.take().text

    def disjunction(self) -> Node:
        if not self.grammar.and_first:
            return self.left_to_right()
        parts = [self.conjunction()]
        while self.keyword("or"):
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def conjunction(self) -> Node:
        parts = [self.factor()]
        while self.keyword("and"):
            parts.append(self.factor())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def left_to_right(self) -> Node:
        node = self.factor()
        while True:
            if self.keyword("and"):
                node = And((node, self.factor()))
            elif self.keyword("or"):
                node = Or((node, self.factor()))
            else:
                return node

    def nested(self, read: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail(f"nested deeper than {MAX_DEPTH} levels", self.peek)
        node = read()
        self.depth -= 1
        return node

    def factor(self) -> Node:
        following = self.tokens[self.place + 1] if self.peek.kind == "word" else None
        if following and following.kind == "sign" and following.text == "(" and self.keyword("not"):
            return Not(self.nested(self.group))
        if not self.grammar.groups and self.keyword("not"):
            return Not(self.nested(self.factor))
        if self.peek.kind == "sign" and self.peek.text == "(":
            return self.nested(self.group)
        return self.expression()

    def group(self) -> Node:
        self.expect("(")
        node = self.disjunction()
        self.expect(")")
        return node

    def bracket(self) -> Node:
        if self.inside:
            raise self.fail("brackets do not stand inside brackets", self.tokens[self.place - 1])
        self.inside = True
        node = self.disjunction()
        self.expect("]")
        self.inside = False
        return node

    def expression(self) -> Node:
        at = self.peek.at
        path = self.name()
        if not self.accept("["):
            return self.comparison(path, at)
        inner = self.bracket()
        if self.peek.kind != "tail":
            return ValuePath(path, inner, None, at)
        tail = self.take()
        return ValuePath(path, inner, self.comparison(f"{path}{tail.text}", tail.at), at)

    def comparison(self, path: str, at: int) -> Compare | Present:
        token = self.take()
        operator = token.text.lower() if self.grammar.any_case else token.text
        if token.kind == "word" and operator == "pr":
            return Present(path, at)
        if token.kind != "word" or operator not in OPERATORS:
            raise self.fail("an operator is due here (eq ne co sw ew gt ge lt le pr)", token)
        operand, raw = self.operand()
        return Compare(path, operator, operand, raw, at)

    def operand(self) -> tuple[Operand, str]:
        token = self.take()
        if token.kind == "string":
            try:
                text: str = json.loads(token.text, strict=False)
                text.encode()
            except ValueError as error:
                raise self.fail("this is not a JSON string", token) from error
            return text, token.text[1:-1]
        if token.kind == "number":
            number: int | float = json.loads(token.text) if len(token.text) < 400 else float("inf")
            if number in (float("inf"), float("-inf")):
                raise self.fail("this number is too large", token)
            return number, token.text
        if token.kind == "word" and token.text.lower() in _KEYWORDS:
            return _KEYWORDS[token.text.lower()], token.text
        raise self.fail("a value is due here: text in double quotes, a number, true, false or null", token)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    place = 0
    end = len(text.rstrip(" "))
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            rest = text[place:].lstrip(" ")
            problem = "a text that starts here does not end" if rest.startswith('"') else "this cannot stand here"
            raise FilterSyntaxError(f"{problem}: {rest[:20]!r}", len(text) - len(rest) + 1)
        tokens.append(_Token(match.lastgroup, match.group(match.lastgroup), match.start(match.lastgroup)))
        place = match.end()
    tokens.append(_Token("end", "", len(text)))
    return tokens
