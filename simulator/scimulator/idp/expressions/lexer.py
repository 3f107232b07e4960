"""Both languages are made of the same tokens; how a string ends and which operators exist differs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from scimulator.idp.expressions.errors import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"\d+(\.\d+)?")
_HEX = re.compile(r"&H([0-9A-Fa-f]+)")
_SPACE = re.compile(r"\s+")
# More digits than this hold no integer of 64 bits, the widest that either product has.
_DIGITS = 18
_CURLY = {"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'"}


class Kind(StrEnum):
    """What a token is."""

    NAME = "name"
    ATTRIBUTE = "attribute in brackets"
    STRING = "string"
    NUMBER = "number"
    OPERATOR = "operator"
    END = "end of the expression"


@dataclass(frozen=True, slots=True)
class Token:
    """One token: ``text`` is its meaning (a string without its quotes), ``value`` the number of a number."""

    kind: Kind
    text: str
    position: int
    value: int | float = 0

    def __str__(self) -> str:
        return self.kind.value if self.kind is Kind.END else f"{self.kind.value} {self.text!r}"


@dataclass(frozen=True, slots=True)
class Grammar:
    """How one language is cut into tokens.

    ``quotes`` are the characters that open a string. With ``backslash`` a backslash must stand before a quotation mark
    or backslash in a string, else a doubled quote means one. ``brackets`` makes ``[name]`` one token, ``hexadecimal``
    allows ``&HF7``. ``undocumented`` explains characters that people try.
    """

    operators: tuple[str, ...]
    quotes: str
    backslash: bool
    brackets: bool
    hexadecimal: bool
    undocumented: Mapping[str, str]


def tokens_of(text: str, grammar: Grammar) -> tuple[Token, ...]:
    """Cut a text into tokens; the last one is always the end.

    Raises:
        ExpressionError: when a string or bracket does not end, or a character belongs to no token.
    """
    found: list[Token] = []
    at = 0
    while at < len(text):
        space = _SPACE.match(text, at)
        if space:
            at = space.end()
            continue
        token, at = _token(text, at, grammar)
        found.append(token)
    found.append(Token(Kind.END, "", len(text)))
    return tuple(found)


def _token(text: str, at: int, grammar: Grammar) -> tuple[Token, int]:
    char = text[at]
    if char in grammar.quotes:
        return _escaped(text, at) if grammar.backslash else _doubled(text, at)
    if grammar.brackets and char == "[":
        return _bracketed(text, at)
    hexadecimal = _HEX.match(text, at) if grammar.hexadecimal else None
    if hexadecimal:
        digits = hexadecimal[1]
        if len(digits) > _DIGITS:
            raise ExpressionError("this number is too long", text, at)
        return Token(Kind.NUMBER, hexadecimal[0], at, int(digits, 16)), hexadecimal.end()
    name = _NAME.match(text, at)
    if name:
        return Token(Kind.NAME, name[0], at), name.end()
    number = _NUMBER.match(text, at)
    if number:
        if len(number[0]) > _DIGITS + 1:
            raise ExpressionError("this number is too long", text, at)
        return Token(Kind.NUMBER, number[0], at, float(number[0]) if number[1] else int(number[0])), number.end()
    for operator in grammar.operators:
        if text.startswith(operator, at):
            return Token(Kind.OPERATOR, operator, at), at + len(operator)
    raise ExpressionError(_unknown(char, grammar), text, at)


def _unknown(char: str, grammar: Grammar) -> str:
    if char in grammar.undocumented:
        return grammar.undocumented[char]
    if char in _CURLY:
        return f"{char} is a typographic quotation mark; write {_CURLY[char]}"
    return f"unexpected character {char!r}"


def _escaped(text: str, at: int) -> tuple[Token, int]:
    quote = text[at]
    made: list[str] = []
    index = at + 1
    while index < len(text):
        char = text[index]
        if char == quote:
            return Token(Kind.STRING, "".join(made), at), index + 1
        if char == "\\":
            following = text[index + 1 : index + 2]
            if following not in ("\\", quote) or not following:
                raise ExpressionError(
                    "a backslash in a string must be written twice, and a quotation mark with one before it",
                    text,
                    index,
                )
            char = following
            index += 1
        made.append(char)
        index += 1
    raise ExpressionError("this string has no end: its closing quotation mark is missing", text, at)


def _doubled(text: str, at: int) -> tuple[Token, int]:
    quote = text[at]
    made: list[str] = []
    index = at + 1
    while index < len(text):
        if text[index] == quote:
            if text[index + 1 : index + 2] != quote:
                return Token(Kind.STRING, "".join(made), at), index + 1
            index += 1
        made.append(text[index])
        index += 1
    raise ExpressionError(f"this string has no end: its closing {quote} is missing", text, at)


def _bracketed(text: str, at: int) -> tuple[Token, int]:
    end = text.find("]", at)
    name = text[at + 1 : end].strip() if end > 0 else ""
    if end < 0:
        raise ExpressionError("this attribute has no end: write it like [givenName]", text, at)
    if not name:
        raise ExpressionError("an attribute's name is missing between the brackets", text, at)
    return Token(Kind.ATTRIBUTE, name, at), end + 1
