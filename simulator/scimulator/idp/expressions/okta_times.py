"""Okta's Time functions. ISO 8601 is written with milliseconds, as Okta prints Time.now()."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from scimulator.idp.expressions import joda_dates
from scimulator.idp.expressions.dates import DateFormatError, from_windows, read, read_iso, to_windows, write
from scimulator.idp.expressions.okta_context import OktaArguments, library

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json

TIMES = library()
# Okta's example prints EST in July with -04:00: Joda takes three letters for the place, not for the offset.
_OLD_ZONES = {"EST": "America/New_York", "MST": "America/Denver", "HST": "Pacific/Honolulu"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_2000 = datetime(2000, 1, 1, tzinfo=UTC)


@TIMES.define("Time.now(timeZoneId?, format?)")
def _now(call: OktaArguments) -> Json:
    clock = call.context.clock
    if clock is None:
        raise call.fail("needs a clock, and none was given")
    moment = clock.now().astimezone(_zone(call, 0) if call.given(0) else UTC)
    return _formatted(call, moment, 1) if call.given(1) else _iso(moment)


@TIMES.define("Time.fromWindowsToIso8601(time)")
def _windows_to_iso(call: OktaArguments) -> Json:
    return _iso(from_windows(call.integer(0)))


@TIMES.define("Time.fromUnixToIso8601(time)")
def _unix_to_iso(call: OktaArguments) -> Json:
    return _iso(_EPOCH + timedelta(seconds=call.integer(0)))


@TIMES.define("Time.fromStringToIso8601(time, format)")
def _string_to_iso(call: OktaArguments) -> Json:
    try:
        return _iso(read(call.string(0), joda_dates.parts_of(call.string(1)), _YEAR_2000))
    except DateFormatError as error:
        raise call.fail(f"does not serve: {error}", 1) from None


@TIMES.define("Time.fromIso8601ToWindows(time)")
def _iso_to_windows(call: OktaArguments) -> Json:
    return str(to_windows(_moment(call)))


@TIMES.define("Time.fromIso8601ToUnix(time)")
def _iso_to_unix(call: OktaArguments) -> Json:
    return str((_moment(call) - _EPOCH) // timedelta(seconds=1))


@TIMES.define("Time.fromIso8601ToString(time, format)")
def _iso_to_string(call: OktaArguments) -> Json:
    return _formatted(call, _moment(call), 1)


def _moment(call: OktaArguments) -> datetime:
    found = read_iso(call.string(0))
    if found is None:
        raise call.fail("must be a time in ISO 8601 form", 0)
    return found


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _formatted(call: OktaArguments, moment: datetime, index: int) -> str:
    try:
        return write(moment, joda_dates.parts_of(call.string(index)))
    except DateFormatError as error:
        raise call.fail(f"does not serve: {error}", index) from None


def _zone(call: OktaArguments, index: int) -> tzinfo:
    name = call.string(index)
    try:
        return zoneinfo.ZoneInfo(_OLD_ZONES.get(name, name))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise call.fail("is no time zone; write one like America/New_York", index) from None
