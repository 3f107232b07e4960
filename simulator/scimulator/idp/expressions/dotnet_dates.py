"""The custom date formats of .NET, in which Entra's FormatDateTime names what it reads and writes.

https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings
"""

from __future__ import annotations

from scimulator.idp.expressions.dates import DateFormatError, Field, Part

_FIELDS = {
    "y": Field.YEAR,
    "M": Field.MONTH,
    "d": Field.DAY,
    "H": Field.HOUR_24,
    "h": Field.HOUR_12,
    "m": Field.MINUTE,
    "s": Field.SECOND,
    "f": Field.FRACTION,
    "F": Field.TRIMMED,
    "t": Field.HALF,
    "z": Field.OFFSET,
}
_WIDEST = {"y": 5, "f": 7, "F": 7, "t": 2, "z": 3, "d": 4, "M": 4}


def parts_of(pattern: str) -> tuple[Part, ...]:
    """Cut a custom format of .NET into its parts.

    Raises:
        DateFormatError: when a quote does not end, a run of letters is too long, or the format is a standard one.
    """
    if len(pattern) < 2:
        raise DateFormatError(f"{pattern!r} is not a custom date format; write for example yyyy-MM-dd")
    parts: list[Part] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char in "'\"":
            end = pattern.find(char, at + 1)
            if end < 0:
                raise DateFormatError(f"the quotation mark {char} of the format has no end")
            parts.append(Part(Field.LITERAL, text=pattern[at + 1 : end]))
            at = end + 1
        elif char == "\\":
            parts.append(Part(Field.LITERAL, text=pattern[at + 1 : at + 2]))
            at += 2
        elif char == "%":
            at += 1
        else:
            run = len(pattern[at:]) - len(pattern[at:].lstrip(char))
            parts.extend(_run(char, run))
            at += run
    return tuple(parts)


def _run(char: str, run: int) -> list[Part]:
    if char == "K":
        return [Part(Field.OFFSET, 3, "Z")] * run
    if char == "g":
        raise DateFormatError("the era (g) is not supported")
    found = _FIELDS.get(char)
    if found is None:
        return [Part(Field.LITERAL, text=char * run)]
    width = min(run, _WIDEST.get(char, 2))
    if run > width and char in "yfF":
        raise DateFormatError(f"{char * run} is longer than .NET knows")
    if char == "d" and width > 2:
        found = Field.WEEKDAY
    return [Part(found, width)]
