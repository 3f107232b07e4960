"""Okta's functions on arrays, and those that convert numbers and country codes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scimulator.idp.expressions.calls import kind, spelled
from scimulator.idp.expressions.countries import Country, country
from scimulator.idp.expressions.okta_context import BOOLEANS, OktaArguments, library

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json

VALUES = library()
# Java's integers: "be sure to consider integer type range limitations".
_SMALLEST, _LARGEST = -(2**31), 2**31 - 1


def same(one: Json, other: Json) -> bool:
    """Whether two values are equal; true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


@VALUES.define("Arrays.add(array, value)")
def _add(call: OktaArguments) -> Json:
    return [*_array(call, 0), call.value(1)]


@VALUES.define("Arrays.remove(array, value)")
def _remove(call: OktaArguments) -> Json:
    return [item for item in _array(call, 0) if not same(item, call.value(1))]


@VALUES.define("Arrays.clear(array)")
def _clear(call: OktaArguments) -> Json:
    _array(call, 0)
    return []


@VALUES.define("Arrays.get(array, position)")
def _get(call: OktaArguments) -> Json:
    items, position = _array(call, 0), call.integer(1)
    if not 0 <= position < len(items):
        raise call.fail(f"is {position}, but the array has {len(items)} values and the first has the position 0", 1)
    return items[position]


@VALUES.define("Arrays.flatten(values...)")
def _flatten(call: OktaArguments) -> Json:
    return [item for index in range(len(call)) for item in _flat(_separated(call.value(index)))]


@VALUES.define("Arrays.contains(array, value)")
def _contains(call: OktaArguments) -> Json:
    return any(same(item, call.value(1)) for item in _array(call, 0))


@VALUES.define("Arrays.size(array)")
def _size(call: OktaArguments) -> Json:
    return 0 if call.value(0) is None else len(_array(call, 0))


@VALUES.define("Arrays.isEmpty(array)")
def _is_empty(call: OktaArguments) -> Json:
    return call.value(0) is None or not _array(call, 0)


@VALUES.define("Arrays.toCsvString(array)")
def _to_csv(call: OktaArguments) -> Json:
    texts: list[str] = []
    for item in _array(call, 0):
        if item is None or isinstance(item, list | dict):
            raise call.fail(f"must hold texts and numbers, not {kind(item)}", 0)
        texts.append(spelled(item, BOOLEANS))
    return ",".join(texts)


@VALUES.define("Convert.toInt(value)")
def _to_int(call: OktaArguments) -> Json:
    value = call.value(0)
    if isinstance(value, float) and math.isfinite(value):
        value = math.floor(value + 0.5)
    number = call.integer(0) if not isinstance(value, int) or isinstance(value, bool) else value
    if not _SMALLEST <= number <= _LARGEST:
        raise call.fail("is outside the range of an integer (32 bits)", 0)
    return number


@VALUES.define("Convert.toNum(string)")
def _to_num(call: OktaArguments) -> Json:
    text = call.string(0)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise call.fail(f"must be a number, not {kind(call.value(0))}", 0)
    return number


@VALUES.define("Iso3166Convert.toAlpha2(string)")
def _alpha2(call: OktaArguments) -> Json:
    return _country(call).alpha2


@VALUES.define("Iso3166Convert.toAlpha3(string)")
def _alpha3(call: OktaArguments) -> Json:
    return _country(call).alpha3


@VALUES.define("Iso3166Convert.toNumeric(string)")
def _numeric(call: OktaArguments) -> Json:
    return _country(call).numeric


@VALUES.define("Iso3166Convert.toName(string)")
def _name(call: OktaArguments) -> Json:
    return _country(call).name


def _country(call: OktaArguments) -> Country:
    found = country(call.string(0))
    if found is None:
        raise call.fail("is no code of ISO 3166-1: write two letters, three letters or three digits", 0)
    return found


def _separated(value: Json) -> Json:
    """Return a text with commas as the array that it lists: all Arrays functions take one."""
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(",")] if value.strip() else []


def _array(call: OktaArguments, index: int) -> list[Json]:
    value = _separated(call.value(index))
    if not isinstance(value, list):
        raise call.fail(f"must be an array, not {kind(value)}", index)
    return value


def _flat(value: Json) -> list[Json]:
    return [inner for item in value for inner in _flat(item)] if isinstance(value, list) else [value]
