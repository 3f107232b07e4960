"""Regular expressions as .NET writes them, for Entra's Replace and for scoping filters.

https://learn.microsoft.com/dotnet/standard/base-types/regular-expression-language-quick-reference
"""

from __future__ import annotations

import re

_NAMED = re.compile(r"\(\?(?:<|')(\w+)(?:>|')")
_REFERENCE = re.compile(r"\\k(?:<|')(\w+)(?:>|')")
_SUBSTITUTION = re.compile(r"\$(?:\{(\w+)\}|(\d{1,4})|([$&`'_+]))")
# Beyond this a pattern that backtracks could hold up a run.
_LONGEST_PATTERN = 1000


class PatternError(ValueError):
    """A pattern is no regular expression, or uses something of .NET that is not supported here."""


def compiled(pattern: str) -> re.Pattern[str]:
    r"""Make a pattern of .NET usable: ``(?<name>…)`` and ``\k<name>`` are spelled otherwise in Python.

    Raises:
        PatternError: when it cannot be read; the message says where.
    """
    if len(pattern) > _LONGEST_PATTERN:
        raise PatternError(f"the pattern has {len(pattern)} characters; at most {_LONGEST_PATTERN} are read")
    made: list[str] = []
    at = 0
    in_class = False
    while at < len(pattern):
        reference = _REFERENCE.match(pattern, at)
        named = None if in_class else _NAMED.match(pattern, at)
        if reference:
            made.append(f"(?P={reference[1]})")
            at = reference.end()
        elif named:
            made.append(f"(?P<{named[1]}>")
            at = named.end()
        elif pattern[at] == "\\":
            made.append(pattern[at : at + 2].replace("\\z", "\\Z"))
            at += 2
        else:
            in_class = pattern[at] == "[" if not in_class else pattern[at] != "]"
            made.append(pattern[at])
            at += 1
    try:
        return re.compile("".join(made))
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(f"the regular expression {pattern!r} cannot be read: {error}") from None


def substituted(replacement: str, match: re.Match[str]) -> str:
    """Fill ``${name}``, ``$1``, ``$&`` and ``$$`` of a replacement; what names no group stays as it is.

    https://learn.microsoft.com/dotnet/standard/base-types/substitutions-in-regular-expressions
    """

    def one(found: re.Match[str]) -> str:
        name, number, sign = found.groups()
        if sign is not None:
            return _sign(sign, match)
        key: int | str = int(number) if number is not None else int(name) if name.isdigit() else name
        try:
            return match[key] or ""
        except IndexError:
            return found[0]

    return _SUBSTITUTION.sub(one, replacement)


def _sign(sign: str, match: re.Match[str]) -> str:
    last = match.re.groups
    return {
        "$": "$",
        "&": match[0],
        "`": match.string[: match.start()],
        "'": match.string[match.end() :],
        "_": match.string,
        "+": (match[last] or "") if last else "$+",
    }[sign]
