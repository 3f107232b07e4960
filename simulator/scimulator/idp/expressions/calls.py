"""Functions of an expression language: what they are called, which arguments they take, how an argument is read.

A signature is written as the vendors print it: ``InStr(value1, value2, start?, compareType?)``, where a question mark
makes an argument optional and three dots let the last one repeat (``sources?...`` does both).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from scimulator.catalogue.near_miss import hint
from scimulator.idp.expressions.errors import ExpressionError
from scimulator.idp.expressions.nodes import Missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.exchange.strict_json import Json
    from scimulator.idp.expressions.nodes import Node

_SIGNATURE = re.compile(r"([\w.]+)\((.*)\)")
# What a number may be as text: attributes of both directories often are texts.
_INTEGER = re.compile(r"\s*[+-]?\d{1,19}\s*")
_LONGEST = 1_000_000
ContextT = TypeVar("ContextT")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument that a function takes."""

    name: str
    optional: bool = False
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """One documented function and the arguments that it takes."""

    name: str
    parameters: tuple[Parameter, ...]

    @property
    def least(self) -> int:
        """How many arguments must stand there, empty ones included: up to the last required one."""
        required = [index for index, one in enumerate(self.parameters) if not one.optional]
        return required[-1] + 1 if required else 0

    @property
    def signature(self) -> str:
        """The function as a reference prints it."""
        shown = [f"{one.name}{'…' if one.repeats else '?' if one.optional else ''}" for one in self.parameters]
        return f"{self.name}({', '.join(shown)})"

    def parameter(self, index: int) -> Parameter:
        """Return the parameter that the argument at an index fills."""
        return self.parameters[min(index, len(self.parameters) - 1)]

    def check(self, text: str, arguments: tuple[Node, ...], end: int) -> None:
        """Refuse too few, too many, and empty required arguments; ``end`` is where the parenthesis closes.

        Raises:
            ExpressionError: with the place of the superfluous or empty argument, or of the closing parenthesis.
        """
        repeats = bool(self.parameters) and self.parameters[-1].repeats
        if len(arguments) > len(self.parameters) and not repeats:
            taken = ("no argument", "1 argument")[len(self.parameters) : len(self.parameters) + 1]
            wanted = taken[0] if taken else f"{len(self.parameters)} arguments"
            message = f"{self.signature} takes {wanted}, not {len(arguments)}"
            raise ExpressionError(message, text, arguments[len(self.parameters)].at)
        if len(arguments) < self.least:
            missing = self.parameters[len(arguments)]
            raise ExpressionError(f"the argument {missing.name!r} of {self.signature} is missing", text, end)
        for index, argument in enumerate(arguments):
            if isinstance(argument, Missing) and not self.parameter(index).optional:
                message = f"the argument {self.parameter(index).name!r} of {self.signature} is empty"
                raise ExpressionError(message, text, argument.at)


@dataclass(slots=True)
class Arguments(Generic[ContextT]):
    """The arguments of one call while it is evaluated; each is evaluated when it is first asked for.

    ``booleans`` are the texts of false and true.
    """

    function: Function
    nodes: tuple[Node, ...]
    text: str
    at: int
    context: ContextT
    evaluate: Callable[[Node], Json]
    booleans: tuple[str, str]
    _known: dict[int, Json] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.nodes)

    def given(self, index: int) -> bool:
        """Whether an argument stands there and is not empty."""
        return index < len(self.nodes) and not isinstance(self.nodes[index], Missing)

    def value(self, index: int) -> Json:
        """Return the value of an argument, None for null and for one that is not given."""
        if index not in self._known:
            self._known[index] = self.evaluate(self.nodes[index]) if self.given(index) else None
        return self._known[index]

    def values(self, start: int = 0) -> list[Json]:
        """Return the values of all arguments from an index on."""
        return [self.value(index) for index in range(start, len(self.nodes))]

    def optional_string(self, index: int) -> str | None:
        """Return an argument as text, None for null; numbers and booleans are spelled out.

        Raises:
            ExpressionError: when it is a list or an object.
        """
        value = self.value(index)
        if value is None:
            return None
        if isinstance(value, list | dict):
            raise self.fail(f"must be a text, not {kind(value)}", index)
        return spelled(value, self.booleans)

    def string(self, index: int) -> str:
        """Return an argument as text.

        Raises:
            ExpressionError: when it is null, a list or an object.
        """
        found = self.optional_string(index)
        if found is None:
            raise self.fail("is null, and what the function does with null is not documented", index)
        return found

    def integer(self, index: int) -> int:
        """Return an argument as a whole number; a text of digits counts as one.

        Raises:
            ExpressionError: when it is none.
        """
        value = self.value(index)
        if isinstance(value, str) and _INTEGER.fullmatch(value):
            return int(value)
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.fail(f"must be a whole number, not {kind(value)}", index)
        return value

    def fail(self, message: str, index: int | None = None) -> ExpressionError:
        """Make an error about an argument, or about the call as a whole."""
        if index is None:
            return ExpressionError(f"{self.function.name}: {message}", self.text, self.at)
        name = self.function.parameter(index).name
        at = self.nodes[index].at if index < len(self.nodes) else self.at
        return ExpressionError(f"{self.function.name}: the argument {name!r} {message}", self.text, at)


Body: TypeAlias = Callable[[Arguments[ContextT]], "Json"]


class Library(Generic[ContextT]):
    """The functions of one language; ``elsewhere`` are documented ones that only the vendor can evaluate."""

    def __init__(self) -> None:
        self.functions: dict[str, Function] = {}
        self.elsewhere: dict[str, str] = {}
        self._bodies: dict[str, Body[ContextT]] = {}

    def define(self, signature: str) -> Callable[[Body[ContextT]], Body[ContextT]]:
        """Register what a function does, under its documented signature."""

        def register(body: Body[ContextT]) -> Body[ContextT]:
            function = _function(signature)
            self.functions[function.name] = function
            self._bodies[function.name] = body
            return body

        return register

    def leave(self, signature: str, reason: str) -> None:
        """Register a documented function that cannot be evaluated here; ``reason`` follows its name in the error."""
        function = _function(signature)
        self.functions[function.name] = function
        self.elsewhere[function.name] = reason

    def join(self, *others: Library[ContextT]) -> Library[ContextT]:
        """Return a library with the functions of this one and of others."""
        made: Library[ContextT] = Library()
        for one in (self, *others):
            made.functions |= one.functions
            made.elsewhere |= one.elsewhere
            made._bodies |= one._bodies  # noqa: SLF001  another object of this class
        return made

    def find(self, name: str, text: str, at: int, unknown: Mapping[str, str] | None = None) -> Function:
        """Return the function of a name, which is case-sensitive; ``unknown`` explains names that people try.

        Raises:
            ExpressionError: when there is none, with the nearest name.
        """
        found = self.functions.get(name)
        if found is None:
            why = (unknown or {}).get(name, "is not a documented function")
            raise ExpressionError(f"{name} {why}{hint(name, self.functions)}", text, at)
        return found

    def run(self, arguments: Arguments[ContextT]) -> Json:
        """Evaluate a call.

        Raises:
            ExpressionError: when an argument does not fit, or only the vendor can evaluate the function.
        """
        name = arguments.function.name
        if name in self.elsewhere:
            raise arguments.fail(self.elsewhere[name])
        try:
            found = self._bodies[name](arguments)
        except ExpressionError:
            raise
        except (ValueError, ArithmeticError) as error:
            # A date beyond the year 9999, a number with thousands of digits: nothing that a directory holds.
            raise arguments.fail(f"cannot be computed with these values: {error}") from None
        if isinstance(found, str) and len(found) > _LONGEST:
            raise arguments.fail(f"the result has {len(found)} characters, which no attribute holds")
        return found


def kind(value: Json) -> str:
    """Name the type of a value for an error message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return f"the number {value}" if abs(value) < _LONGEST else "a number"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    return "a list" if isinstance(value, list) else "an object"


def spelled(value: str | float | bool, booleans: tuple[str, str]) -> str:
    """Return a scalar as text."""
    if isinstance(value, bool):
        return booleans[value]
    return value if isinstance(value, str) else str(value)


def _function(signature: str) -> Function:
    match = _SIGNATURE.fullmatch(signature)
    if match is None:
        raise ValueError(f"{signature!r} is no signature")
    names = [name.strip() for name in match[2].split(",") if name.strip()]
    parameters = tuple(
        Parameter(name.rstrip("?."), optional=name.rstrip(".").endswith("?"), repeats=name.endswith("..."))
        for name in names
    )
    return Function(match[1], parameters)
