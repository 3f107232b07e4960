"""Dates as text by a pattern: what the custom formats of .NET and of Joda have in common.

Each of the two cuts its pattern into ``Part``s (``dotnet_dates``, ``joda_dates``); reading and writing are one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WINDOWS_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_OFFSET = r"(?:Z|[+-]\d{1,2}(?::?\d{2})?)"


class DateFormatError(ValueError):
    """A pattern holds something that is not supported, or a text does not have the form of its pattern."""


class Field(StrEnum):
    """What one part of a pattern stands for."""

    LITERAL = "literal"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    WEEKDAY = "weekday"
    HOUR_24 = "hour of 24"
    HOUR_12 = "hour of 12"
    MINUTE = "minute"
    SECOND = "second"
    FRACTION = "fraction of a second"
    TRIMMED = "fraction without trailing zeros"
    HALF = "half of the day"
    OFFSET = "offset from UTC"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a pattern; ``width`` is how many letters it has, ``text`` what a literal says.

    An offset of width 1 is ``+2``, 2 ``+02``, 3 ``+02:00``, 4 ``+0200``; with ``text`` ``Z`` UTC is written so.
    """

    field: Field
    width: int = 1
    text: str = ""


@dataclass(slots=True)
class _Found:
    numbers: dict[Field, int] = field(default_factory=dict)
    microseconds: int = 0
    offset: timedelta | None = None
    afternoon: bool | None = None


def write(moment: datetime, parts: tuple[Part, ...]) -> str:
    """Write a moment by a pattern."""
    return "".join(_written(moment, part) for part in parts)


def read(text: str, parts: tuple[Part, ...], today: datetime) -> datetime:
    """Read a text by a pattern; where the pattern has no date it is today, where it has no offset it is UTC.

    Raises:
        DateFormatError: when the text has another form, or is no date.
    """
    pattern = "".join(f"({_pattern(part)})" for part in parts)
    match = re.fullmatch(pattern, text, re.IGNORECASE | re.ASCII)
    if match is None:
        raise DateFormatError(f"{text!r} does not have the form that the pattern names")
    found = _Found()
    for index, part in enumerate(parts, 1):
        _take(found, part, match[index])
    return _moment(found, today)


def _written(moment: datetime, part: Part) -> str:
    hour = moment.hour
    match part.field:
        case Field.LITERAL:
            return part.text
        case Field.YEAR:
            return f"{moment.year % 100:0{part.width}d}" if part.width < 3 else f"{moment.year:0{part.width}d}"
        case Field.MONTH if part.width > 2:
            return MONTHS[moment.month - 1][: 3 if part.width == 3 else None]
        case Field.WEEKDAY:
            return DAYS[moment.weekday()][: 3 if part.width == 3 else None]
        case Field.FRACTION:
            return f"{moment.microsecond:06d}".ljust(part.width, "0")[: part.width]
        case Field.TRIMMED:
            return f"{moment.microsecond:06d}"[: part.width].rstrip("0")
        case Field.HALF:
            return ("PM" if hour > 11 else "AM")[: part.width]
        case Field.OFFSET:
            return _offset(moment, part)
    numbers = {
        Field.MONTH: moment.month,
        Field.DAY: moment.day,
        Field.HOUR_24: hour,
        Field.HOUR_12: hour % 12 or 12,
        Field.MINUTE: moment.minute,
        Field.SECOND: moment.second,
    }
    return f"{numbers[part.field]:0{part.width}d}"


def _offset(moment: datetime, part: Part) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    if part.text == "Z" and minutes == 0:
        return "Z"
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    if part.width == 1:
        return f"{sign}{hours}"
    return f"{sign}{hours:02d}" + {2: "", 3: f":{rest:02d}", 4: f"{rest:02d}"}[part.width]


def _pattern(part: Part) -> str:
    match part.field:
        case Field.LITERAL:
            return re.escape(part.text)
        case Field.YEAR:
            return r"\d{2}" if part.width < 3 else r"\d{4}"
        case Field.MONTH if part.width > 2:
            return "|".join(name[: 3 if part.width == 3 else None] for name in MONTHS)
        case Field.WEEKDAY:
            return "|".join(name[: 3 if part.width == 3 else None] for name in DAYS)
        case Field.FRACTION:
            return rf"\d{{{part.width}}}"
        case Field.TRIMMED:
            return rf"\d{{0,{part.width}}}"
        case Field.HALF:
            return "[AP]M" if part.width == 2 else "[AP]"
        case Field.OFFSET:
            return _OFFSET
    return r"\d{1,2}" if part.width == 1 else r"\d{2}"


def _take(found: _Found, part: Part, text: str) -> None:
    match part.field:
        case Field.LITERAL | Field.WEEKDAY:
            return
        case Field.MONTH if part.width > 2:
            names = [name[: 3 if part.width == 3 else None].lower() for name in MONTHS]
            found.numbers[Field.MONTH] = names.index(text.lower()) + 1
        case Field.YEAR if part.width < 3:
            # .NET's calendar and Joda's default pivot agree for the years a directory holds.
            found.numbers[Field.YEAR] = int(text) + (2000 if int(text) < 50 else 1900)
        case Field.FRACTION | Field.TRIMMED:
            found.microseconds = int(text.ljust(6, "0")[:6])
        case Field.HALF:
            found.afternoon = text.upper().startswith("P")
        case Field.OFFSET:
            found.offset = offset_of(text)
        case _:
            found.numbers[part.field] = int(text)


def offset_of(text: str) -> timedelta:
    """Return the offset that a text such as ``Z``, ``-07:00`` or ``+0530`` means."""
    if text in ("Z", "z"):
        return timedelta()
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if text[0] == "-" else offset


def _moment(found: _Found, today: datetime) -> datetime:
    numbers = found.numbers
    hour = numbers.get(Field.HOUR_24, numbers.get(Field.HOUR_12, 0))
    if found.afternoon is not None and Field.HOUR_12 in numbers:
        hour = hour % 12 + (12 if found.afternoon else 0)
    dated = Field.YEAR in numbers or Field.MONTH in numbers or Field.DAY in numbers
    try:
        return datetime(
            numbers.get(Field.YEAR, today.year),
            numbers.get(Field.MONTH, 1 if dated else today.month),
            numbers.get(Field.DAY, 1 if dated else today.day),
            hour,
            numbers.get(Field.MINUTE, 0),
            numbers.get(Field.SECOND, 0),
            found.microseconds,
            timezone(found.offset) if found.offset is not None else UTC,
        )
    except ValueError as error:
        raise DateFormatError(f"there is no such moment: {error}") from None


_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)


def read_iso(text: str) -> datetime | None:
    """Read a date or moment in ISO 8601, with or without offset (UTC where none); None where it is none."""
    match = _ISO.fullmatch(text.strip())
    if match is None:
        return None
    numbers = [int(part or 0) for part in match.groups()[:6]]
    year, month, day, hour, minute, second = numbers
    microseconds = int((match[7] or "0").ljust(6, "0")[:6])
    try:
        zone = timezone(offset_of(match[8])) if match[8] else UTC
        return datetime(year, month, day, hour, minute, second, microseconds, zone)
    except ValueError:
        return None


def to_windows(moment: datetime) -> int:
    """Return a moment as Windows and Active Directory count it: steps of 100 ns since 1601."""
    passed = moment - WINDOWS_EPOCH
    return (passed.days * 86400 + passed.seconds) * 10_000_000 + passed.microseconds * 10


def from_windows(ticks: int) -> datetime:
    """Return the moment of a Windows timestamp.

    Raises:
        OverflowError: when it is beyond the year 9999.
    """
    return WINDOWS_EPOCH + timedelta(microseconds=ticks // 10)
