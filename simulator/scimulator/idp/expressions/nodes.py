"""The parts of an expression after reading; ``at`` is the index in the text at which a part stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from scimulator.idp.expressions.calls import Function


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: text, number, boolean or null."""

    at: int
    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Missing:
    """An argument that was left empty between two commas."""

    at: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that stands for a value: Entra's ``[mail]``, Okta's ``user`` or a bare attribute."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Property:
    """``object.name``."""

    at: int
    holder: Node
    name: str


@dataclass(frozen=True, slots=True)
class Element:
    """``array[index]``."""

    at: int
    holder: Node
    index: Node


@dataclass(frozen=True, slots=True)
class ListOf:
    """``{1, 2, 3}``."""

    at: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language with its arguments."""

    at: int
    function: Function
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """An operator in front of its operand."""

    at: int
    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between its operands; ``at`` is the operator's place."""

    at: int
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Choice:
    """``condition ? then : other``; ``at`` is the place of the question mark."""

    at: int
    condition: Node
    then: Node
    other: Node


Node: TypeAlias = "Literal | Missing | Reference | Property | Element | ListOf | Call | Unary | Binary | Choice"
