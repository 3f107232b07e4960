"""Entra's Replace: which of its five forms is meant depends on the arguments that are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.idp.expressions.dotnet_regex import PatternError, compiled, substituted
from scimulator.idp.expressions.entra_context import EntraArguments, library

if TYPE_CHECKING:
    import re

    from scimulator.exchange.strict_json import Json

REPLACE = library()
SOURCE, OLD, PATTERN, GROUP, NEW, ATTRIBUTE, TEMPLATE = range(7)
_FORMS = (
    "the documented forms are oldValue with replacementValue, oldValue with template, regexPattern with "
    "replacementValue, regexPattern with regexGroupName and replacementValue, regexPattern with regexGroupName and "
    "replacementAttributeName"
)


@REPLACE.define(
    "Replace(source, oldValue?, regexPattern?, regexGroupName?, replacementValue?, replacementAttributeName?, "
    "template?)"
)
def _replace(call: EntraArguments) -> Json:
    given = {index for index in range(OLD, TEMPLATE + 1) if call.given(index)}
    source = call.optional_string(SOURCE)
    if given == {PATTERN, GROUP, ATTRIBUTE}:
        return source or _extracted(call)
    form = next((form for wanted, form in _RULES if given == wanted), None)
    if form is None:
        raise call.fail(f"these arguments do not go together: {_FORMS}")
    return None if source is None else form(call, source)


def _plain(call: EntraArguments, source: str) -> str:
    return source.replace(_old(call), call.optional_string(NEW) or "")


def _templated(call: EntraArguments, source: str) -> str:
    return call.string(TEMPLATE).replace(_old(call), source)


def _matched(call: EntraArguments, source: str) -> str:
    replacement = call.optional_string(NEW) or ""
    return _pattern(call).sub(lambda match: substituted(replacement, match), source)


def _grouped(call: EntraArguments, source: str) -> str:
    pattern, replacement = _pattern(call), call.optional_string(NEW) or ""
    name = _group(call, pattern)

    def one(match: re.Match[str]) -> str:
        start, end = match.span(name)
        if start < 0:
            return match[0]
        return f"{source[match.start() : start]}{replacement}{source[end : match.end()]}"

    return pattern.sub(one, source)


_RULES = (
    ({OLD, NEW}, _plain),
    ({OLD, TEMPLATE}, _templated),
    ({PATTERN, NEW}, _matched),
    ({PATTERN, GROUP, NEW}, _grouped),
)


def _extracted(call: EntraArguments) -> Json:
    pattern, other = _pattern(call), call.optional_string(ATTRIBUTE)
    name = _group(call, pattern)
    match = pattern.search(other) if other is not None else None
    return match[name] if match else None


def _old(call: EntraArguments) -> str:
    old = call.string(OLD)
    if not old:
        raise call.fail("must not be empty", OLD)
    return old


def _pattern(call: EntraArguments) -> re.Pattern[str]:
    try:
        return compiled(call.string(PATTERN))
    except PatternError as error:
        raise call.fail(f"is wrong: {error}", PATTERN) from None


def _group(call: EntraArguments, pattern: re.Pattern[str]) -> str:
    name = call.string(GROUP)
    if name not in pattern.groupindex:
        known = ", ".join(pattern.groupindex) or "none"
        raise call.fail(f"names no group of the pattern; it has: {known}", GROUP)
    return name
