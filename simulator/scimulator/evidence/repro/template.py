"""Texts with gaps: what differs from server to server and from run to run is a variable, everything else stands there.

Variables are MARK (what every made-up name carries), URL (the base URL), SECRET (in the place of a password that was
never written down), and one for each value that comes out of an earlier answer.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from scimulator.exchange.redaction import MARK as REDACTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MARK, URL, SECRET, TOKEN = "MARK", "URL", "SECRET", "TOKEN"
LOUD = "LOUD_MARK"
"""The mark in capitals, for checks of what case means."""
SHORT = 6
"""A shorter value is replaced only where it stands alone between delimiters: an id may well be ``1``."""


class Place(StrEnum):
    """Where a text stands, which decides how a variable is written into it."""

    TARGET = "target"
    HEADER = "header"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Gap:
    """The place of a variable; ``plain`` tells that the value seen needed no encoding."""

    name: str
    place: Place
    plain: bool = True


Text: TypeAlias = "tuple[str | Gap, ...]"


@dataclass(frozen=True, slots=True)
class Value:
    """A variable and the value that it had in the run."""

    name: str
    seen: str


def spelled(value: str, place: Place) -> str:
    """Return a value as it stands in a target (percent-encoded), in JSON (escaped) or in a header."""
    if place is Place.TARGET:
        return quote(value, safe="")
    return json.dumps(value, ensure_ascii=False)[1:-1] if place is Place.JSON else value


def with_gaps(text: str, place: Place, variables: Iterable[Value]) -> Text:
    """Return a text in which the values of variables are gaps; the longest value wins."""
    by_spelling: dict[str, Gap] = {}
    for each in variables:
        if each.seen:
            written = spelled(each.seen, place)
            by_spelling.setdefault(written, Gap(each.name, place, plain=written == each.seen))
            if place is Place.TARGET and each.name in (MARK, LOUD):
                by_spelling.setdefault(each.seen, Gap(each.name, place))
    if not by_spelling:
        return (text,) if text else ()
    alternatives = [_bounded(each, place) for each in sorted(by_spelling, key=len, reverse=True)]
    made: list[str | Gap] = []
    at = 0
    for found in re.finditer("|".join(alternatives), text):
        if found.start() > at:
            made.append(text[at : found.start()])
        made.append(by_spelling[found[0]])
        at = found.end()
    if at < len(text):
        made.append(text[at:])
    return tuple(made)


def _bounded(written: str, place: Place) -> str:
    known = re.escape(written)
    if len(written) >= SHORT:
        return known
    if place is Place.TARGET:
        return rf"(?<=/){known}(?=[/?]|\Z)|(?<=%22){known}(?=%22)"
    return rf'(?<="){known}(?=")'


def filled(text: Text, variables: Mapping[str, str]) -> str:
    """Return a text with its gaps filled."""
    return "".join(each if isinstance(each, str) else spelled(variables[each.name], each.place) for each in text)


def rendered(text: Text, literal: Callable[[str], str], gap: Callable[[Gap], str]) -> list[str]:
    """Return the parts of a text, each written as a language wants it."""
    return [literal(each) if isinstance(each, str) else gap(each) for each in text]


def fixed(mark: str, base_url: str) -> list[Value]:
    """Return the variables that are known from the start."""
    made = [Value(SECRET, REDACTED), Value(URL, base_url)]
    return [*made, Value(MARK, mark), Value(LOUD, mark.upper())] if mark else made


def names_in(text: Text) -> set[str]:
    """Return the names of the variables of a text."""
    return {each.name for each in text if isinstance(each, Gap)}
