"""What an expression of Entra's language can look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from scimulator.idp.expressions.calls import Arguments, Library
from scimulator.idp.expressions.dates import read_iso

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from scimulator.exchange.clock import Clock
    from scimulator.exchange.strict_json import Json

SOURCE = "https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data"
"""The page that documents every function; a test repeats each of its examples."""


@dataclass(frozen=True, slots=True)
class EntraContext:
    """One user as Entra's mapping sees it.

    ``attributes`` by the names that stand in brackets; what is absent is null, and a name in another case is refused.
    ``[appRoleAssignments]`` is a list of objects with ``id``, ``value`` and ``displayName``. ``clock`` serves Now,
    ``randomness`` Guid and RandomString, ``exists`` tells SelectUniqueValue whether the target has a value already.
    """

    attributes: Mapping[str, Json] = field(default_factory=dict)
    clock: Clock | None = None
    randomness: random.Random | None = None
    exists: Callable[[str], bool] | None = None


class Moment(str):
    """A DateTime: a text in the form M/d/yyyy h:mm:ss tt that other date functions still know as a moment."""

    __slots__ = ("moment",)
    moment: datetime


def moment_text(moment: datetime) -> Moment:
    """Return a DateTime in UTC, as CDate, Now and DateAdd yield it."""
    half = "PM" if moment.hour > 11 else "AM"
    day = f"{moment.month}/{moment.day}/{moment.year:04d}"
    made = Moment(f"{day} {moment.hour % 12 or 12}:{moment:%M:%S} {half}")
    made.moment = moment
    return made


EntraArguments: TypeAlias = "Arguments[EntraContext]"


def library() -> Library[EntraContext]:
    """Return an empty library of Entra's language."""
    return Library()


def moment_of(call: EntraArguments, index: int) -> datetime:
    """Return an argument that must be a DateTime.

    Raises:
        ExpressionError: when it is text: the reference asks for CDate around it.
    """
    value = call.value(index)
    if not isinstance(value, Moment):
        raise call.fail("must be a DateTime; write CDate(…) around a text", index)
    return value.moment


def iso_of(call: EntraArguments, index: int) -> datetime:
    """Return an argument that must be a DateTime or a text in ISO 8601.

    Raises:
        ExpressionError: when it is something else; FormatDateTime makes it so.
    """
    value = call.value(index)
    if isinstance(value, Moment):
        return value.moment
    found = read_iso(call.string(index))
    if found is None:
        raise call.fail("must be a date in ISO 8601 form; convert it with FormatDateTime", index)
    return found


def now(call: EntraArguments) -> datetime:
    """Return the injected present.

    Raises:
        ExpressionError: when there is no clock.
    """
    clock = call.context.clock
    if clock is None:
        raise call.fail("needs a clock, and none was given")
    return clock.now()


def randomness(call: EntraArguments) -> random.Random:
    """Return the injected randomness.

    Raises:
        ExpressionError: when there is none.
    """
    found = call.context.randomness
    if found is None:
        raise call.fail("needs a source of randomness, and none was given")
    return found
