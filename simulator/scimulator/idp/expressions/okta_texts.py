"""Okta's String functions, and the older ones without a prefix that do the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.idp.expressions.calls import spelled
from scimulator.idp.expressions.okta_context import BOOLEANS, OktaArguments, library

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.strict_json import Json

TEXTS = library()


@TEXTS.define("String.append(str, suffix)")
def _append(call: OktaArguments) -> Json:
    return call.string(0) + call.string(1)


@TEXTS.define("String.join(separator, strings...)")
def _join(call: OktaArguments) -> Json:
    return call.string(0).join(call.string(index) for index in range(1, len(call)))


@TEXTS.define("String.len(input)")
def _len(call: OktaArguments) -> Json:
    # Okta's sample takes a length of 0 for a middle initial that is empty or was never set.
    return len(call.optional_string(0) or "")


@TEXTS.define("String.removeSpaces(input)")
def _remove_spaces(call: OktaArguments) -> Json:
    return call.string(0).replace(" ", "")


@TEXTS.define("String.replace(input, match, replacement)")
def _replace(call: OktaArguments) -> Json:
    match, replacement = _searched(call, 1), call.string(2)
    return _each(call, lambda text: text.replace(match, replacement))


@TEXTS.define("String.replaceFirst(input, match, replacement)")
def _replace_first(call: OktaArguments) -> Json:
    match, replacement = _searched(call, 1), call.string(2)
    return _each(call, lambda text: text.replace(match, replacement, 1))


@TEXTS.define("String.startsWith(input, startString)")
def _starts_with(call: OktaArguments) -> Json:
    return call.string(0).startswith(call.string(1))


@TEXTS.define("String.stringContains(input, searchString)")
def _contains(call: OktaArguments) -> Json:
    return call.string(1) in call.string(0)


@TEXTS.define("String.stringSwitch(input, defaultString, keyValuePairs...)")
def _switch(call: OktaArguments) -> Json:
    if len(call) % 2:
        raise call.fail("needs pairs of key and value after the default")
    text = call.string(0)
    for index in range(2, len(call), 2):
        if call.string(index) in text:
            return call.string(index + 1)
    return call.string(1)


@TEXTS.define("substring(input, startIndex, endIndex)")
@TEXTS.define("String.substring(input, startIndex, endIndex)")
def _substring(call: OktaArguments) -> Json:
    text, start, end = call.string(0), call.integer(1), call.integer(2)
    if start < 0:
        raise call.fail("must not be negative: the first character has the index 0", 1)
    if end < start:
        raise call.fail("must not be less than startIndex", 2)
    # Okta shows substring(lastName, 0, 6) as a limit, so a shorter text is returned whole.
    return text[start:end]


@TEXTS.define("substringAfter(input, searchString)")
@TEXTS.define("String.substringAfter(input, searchString)")
def _after(call: OktaArguments) -> Json:
    return _parted(call)[1]


@TEXTS.define("substringBefore(input, searchString)")
@TEXTS.define("String.substringBefore(input, searchString)")
def _before(call: OktaArguments) -> Json:
    return _parted(call)[0]


@TEXTS.define("toLowerCase(input)")
@TEXTS.define("String.toLowerCase(input)")
def _lower(call: OktaArguments) -> Json:
    return call.string(0).lower()


@TEXTS.define("toUpperCase(input)")
@TEXTS.define("String.toUpperCase(input)")
def _upper(call: OktaArguments) -> Json:
    return call.string(0).upper()


def _parted(call: OktaArguments) -> tuple[str, str]:
    text, searched = call.string(0), _searched(call, 1)
    before, found, after = text.partition(searched)
    if not found:
        raise call.fail(
            f"does not occur in {text[:80]!r}, and what Okta yields then is not documented; ask String.stringContains "
            "first",
            1,
        )
    return before, after


def _searched(call: OktaArguments, index: int) -> str:
    text = call.string(index)
    if not text:
        raise call.fail("must not be empty", index)
    return text


def _each(call: OktaArguments, change: Callable[[str], str]) -> Json:
    """Change a text, or each of several: Okta's support shows String.replace on the names of filtered groups.

    https://support.okta.com/help/s/article/understanding-okta-expression-language-flattening-filtered-groups-and-replacing-string-segments
    """
    value = call.value(0)
    if isinstance(value, list):
        return [change(spelled(item, BOOLEANS)) if isinstance(item, str | int | float) else item for item in value]
    return change(call.string(0))
