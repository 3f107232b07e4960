"""The date patterns of Joda-Time, in which Okta's Time functions name what they read and write.

https://www.joda.org/joda-time/key_format.html
"""

from __future__ import annotations

from scimulator.idp.expressions.dates import DateFormatError, Field, Part

_FIELDS = {
    "y": Field.YEAR,
    "Y": Field.YEAR,
    "M": Field.MONTH,
    "d": Field.DAY,
    "E": Field.WEEKDAY,
    "H": Field.HOUR_24,
    "h": Field.HOUR_12,
    "m": Field.MINUTE,
    "s": Field.SECOND,
    "S": Field.FRACTION,
}
_UNSUPPORTED = {
    "G": "the era", "C": "the century", "x": "the week year", "w": "the week", "e": "the number of the weekday",
    "D": "the day of the year", "K": "the hour from 0 to 11", "k": "the hour from 1 to 24", "z": "the name of the zone",
}  # fmt: skip


def parts_of(pattern: str) -> tuple[Part, ...]:
    """Cut a pattern of Joda into its parts.

    Raises:
        DateFormatError: when a quote does not end, or a letter means nothing or something not supported here.
    """
    if not pattern:
        raise DateFormatError("the pattern is empty; write for example yyyy-MM-dd")
    parts: list[Part] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "'":
            text, at = _quoted(pattern, at)
            parts.append(Part(Field.LITERAL, text=text))
            continue
        run = len(pattern[at:]) - len(pattern[at:].lstrip(char))
        parts.append(_run(char, run))
        at += run
    return tuple(parts)


def _quoted(pattern: str, at: int) -> tuple[str, int]:
    if pattern[at : at + 2] == "''":
        return "'", at + 2
    end = pattern.find("'", at + 1)
    if end < 0:
        raise DateFormatError("the quotation mark ' of the pattern has no end")
    return pattern[at + 1 : end], end + 1


def _run(char: str, run: int) -> Part:
    if char == "a":
        return Part(Field.HALF, 2)
    if char == "Z":
        if run > 2:
            raise DateFormatError("the id of the zone (ZZZ) is not supported")
        return Part(Field.OFFSET, 4 if run == 1 else 3)
    if char in _UNSUPPORTED:
        raise DateFormatError(f"{_UNSUPPORTED[char]} ({char}) is not supported")
    found = _FIELDS.get(char)
    if found is None:
        if char.isascii() and char.isalpha():
            raise DateFormatError(f"the letter {char} means nothing in a date pattern; put text between ' and '")
        return Part(Field.LITERAL, text=char * run)
    if found is Field.FRACTION:
        return Part(found, min(run, 7))
    if found is Field.WEEKDAY:
        return Part(found, 4 if run > 3 else 3)
    if found is Field.YEAR:
        # Joda writes two digits for yy and YY only; a single letter is the whole year.
        return Part(found, 2 if run == 2 else max(4, min(run, 9)))
    return Part(found, min(run, 4) if found is Field.MONTH else min(run, 2))
