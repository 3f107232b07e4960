"""Entra's functions on dates. A DateTime is in UTC and reads M/d/yyyy h:mm:ss tt."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scimulator.idp.expressions import dotnet_dates
from scimulator.idp.expressions.dates import (
    DateFormatError,
    from_windows,
    read,
    read_iso,
    to_windows,
    write,
)
from scimulator.idp.expressions.entra_context import (
    EntraArguments,
    Moment,
    iso_of,
    library,
    moment_of,
    moment_text,
    now,
)

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json

DATES = library()
_STEPS = {
    "ww": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "n": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
_MONTHS = {"yyyy": 12, "m": 1}
# What CDate reads besides ISO 8601; dates in the formats of other cultures are ambiguous and not documented.
_CDATE = tuple(
    dotnet_dates.parts_of(form) for form in ("M/d/yyyy h:mm:ss tt", "M/d/yyyy H:mm:ss", "M/d/yyyy h:mm tt", "M/d/yyyy")
)
# https://learn.microsoft.com/dotnet/api/system.globalization.datetimestyles
_STYLES = {
    "none", "allowleadingwhite", "allowtrailingwhite", "allowinnerwhite", "allowwhitespaces", "nocurrentdatedefault",
    "adjusttouniversal", "assumelocal", "assumeuniversal", "roundtripkind",
}  # fmt: skip
_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)


@DATES.define("CDate(expression)")
def _cdate(call: EntraArguments) -> Json:
    value = call.value(0)
    if isinstance(value, Moment):
        return value
    text = call.optional_string(0)
    if text is None:
        return None
    found = read_iso(text)
    for parts in () if found is not None else _CDATE:
        try:
            found = read(text.strip(), parts, _YEAR_ONE)
            break
        except DateFormatError:
            continue
    if found is None:
        raise call.fail("is no date that is read here: write ISO 8601 or M/d/yyyy, with a time or without", 0)
    return moment_text(found.astimezone(UTC))


@DATES.define("DateAdd(interval, value, dateTime)")
def _date_add(call: EntraArguments) -> Json:
    interval, number = _interval(call), call.integer(1)
    if call.value(2) is None:
        return None
    moment = moment_of(call, 2)
    if interval in _MONTHS:
        return moment_text(_months_later(moment, number * _MONTHS[interval]))
    return moment_text(moment + number * _STEPS[interval])


@DATES.define("DateDiff(interval, date1, date2)")
def _date_diff(call: EntraArguments) -> Json:
    interval = _interval(call)
    if call.value(1) is None or call.value(2) is None:
        return None
    one, other = moment_of(call, 1), moment_of(call, 2)
    if interval == "yyyy":
        return other.year - one.year
    if interval == "m":
        return (other.year - one.year) * 12 + other.month - one.month
    if interval == "ww":
        # The page's 493 weeks between two dates count the Sundays passed, as DateDiff of Visual Basic does.
        return _whole(_week(other) - _week(one), _STEPS["ww"])
    return _whole(other - one, _STEPS[interval])


@DATES.define("DateFromNum(value)")
def _date_from_num(call: EntraArguments) -> Json:
    return None if call.value(0) is None else moment_text(from_windows(call.integer(0)))


@DATES.define("FormatDateTime(source, dateTimeStyles?, inputFormat, outputFormat)")
def _format(call: EntraArguments) -> Json:
    source, styles = call.optional_string(0), _styles(call)
    if source is None:
        return None
    today = call.context.clock.now() if call.context.clock and "nocurrentdatedefault" not in styles else _YEAR_ONE
    try:
        index = 2
        wanted = dotnet_dates.parts_of(call.string(2))
        moment = read(_trimmed(source, styles), wanted, today).astimezone(UTC)
        index = 3
        return write(moment, dotnet_dates.parts_of(call.string(3)))
    except DateFormatError as error:
        raise call.fail(f"does not serve: {error}", index) from None


@DATES.define("Now()")
def _now(call: EntraArguments) -> Json:
    return moment_text(now(call).astimezone(UTC))


@DATES.define("NumFromDate(value)")
def _num_from_date(call: EntraArguments) -> Json:
    return None if call.value(0) is None else to_windows(iso_of(call, 0))


def _interval(call: EntraArguments) -> str:
    interval = call.string(0)
    if interval not in _STEPS and interval not in _MONTHS:
        known = "yyyy (year), m (month), d (day), ww (week), h (hour), n (minute), s (second)"
        raise call.fail(f"must be one of {known}", 0)
    return interval


def _months_later(moment: datetime, months: int) -> datetime:
    """Return the same day of another month, or the last one where that month is shorter."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("the year is out of range")
    return moment.replace(year=year, month=month + 1, day=min(moment.day, calendar.monthrange(year, month + 1)[1]))


def _week(moment: datetime) -> datetime:
    """Return the Sunday of a moment's week, at the same time of day."""
    return moment - timedelta(days=moment.isoweekday() % 7)


def _whole(span: timedelta, step: timedelta) -> int:
    """Return how many whole steps a span has, towards zero."""
    number = abs(span) // step
    if step == _STEPS["ww"]:
        number = abs(span) // _STEPS["d"] // 7
    return -number if span < timedelta() else number


def _styles(call: EntraArguments) -> set[str]:
    given = (call.optional_string(1) or "") if call.given(1) else ""
    styles = {name.strip().lower().removeprefix("datetimestyles.") for name in given.split(",") if name.strip()}
    unknown = styles - _STYLES
    if unknown:
        raise call.fail(f"names no style of dates: {', '.join(sorted(unknown))}", 1)
    if "assumelocal" in styles:
        raise call.fail("asks for the local time of Entra's servers, which is not documented", 1)
    return styles


def _trimmed(text: str, styles: set[str]) -> str:
    whole = not styles or "allowwhitespaces" in styles
    if whole or "allowleadingwhite" in styles:
        text = text.lstrip()
    return text.rstrip() if whole or "allowtrailingwhite" in styles else text
