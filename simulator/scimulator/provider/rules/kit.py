"""How a rule of the protocol is written down, and how a fault takes its place.

A rule is a small method of :class:`~scimulator.provider.rules.Rules`. Its decorator names it and tells how a server
looks that lacks it, so that the fault ``off.<rule-id>`` exists without further work. A wild fault is a subclass that
overrides rules; several faults at once are one class with several bases, so a fault that wants to live with others
calls ``super()`` where it does not decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from scimulator.catalogue.faults import Fault, Severity, register

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Method = TypeVar("Method", bound="Callable[..., Any]")
Made = TypeVar("Made", bound=type)

OFF = "off."


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: id, what it says, the name of its method, and the method of a server that lacks it."""

    id: str
    title: str
    method: str
    off: Callable[..., object]
    severity: Severity


_rules: dict[str, Rule] = {}
_faults: dict[str, type] = {}


def rule(
    rule_id: str, *, off: Callable[..., object], severity: Severity = Severity.DEGRADED
) -> Callable[[Method], Method]:
    """Declare a method as the rule ``rule_id``; ``off`` takes the same arguments and is the defect of lacking it."""

    def declare(method: Method) -> Method:
        if rule_id in _rules:
            raise ValueError(f"two rules are called {rule_id!r}; give one of them another id")
        title = (method.__doc__ or rule_id).strip().partition("\n")[0]
        _rules[rule_id] = Rule(rule_id, title, method.__name__, off, severity)
        register(Fault(f"{OFF}{rule_id}", f"Lacks the rule: {title}", severity=severity, generated=True))
        return method

    return declare


def fault(
    fault_id: str,
    *,
    trips: Sequence[str],
    source: str | Sequence[str],
    bug: str = "",
    severity: Severity | str = Severity.DEGRADED,
    dialects: Sequence[str] = (),
    also: Sequence[str] = (),
    preset: str = "",
) -> Callable[[Made], Made]:
    """Declare a subclass of Rules as the wild fault ``fault_id``; its docstring is the title.

    ``trips`` are the checks that must notice it, ``source`` where it was reported, ``bug`` its id in the collection,
    ``also`` the ids of bugs that behave the same, ``dialects`` the clients that it hurts, ``preset`` the one in
    which it shows where the usual one has nothing to do with it.
    """

    def declare(made: Made) -> Made:
        title = " ".join((made.__doc__ or fault_id).split())
        sources = (source,) if isinstance(source, str) else tuple(source)
        declared = Fault(
            fault_id,
            title,
            tuple(trips),
            sources,
            bug,
            Severity(severity),
            tuple(dialects),
            also=tuple(also),
            preset=preset,
        )
        if fault_id in _faults or fault_id.startswith(OFF):
            raise ValueError(f"the fault id {fault_id!r} is taken; choose another")
        register(declared)
        _faults[fault_id] = made
        return made

    return declare


def all_rules() -> tuple[Rule, ...]:
    """Return every rule in the order of declaration."""
    return tuple(_rules.values())


def fault_class(fault_id: str, base: type) -> type:
    """Return the subclass of ``base`` that is the fault; made on the spot for ``off.<rule-id>``.

    Raises:
        KeyError: when there is none.
    """
    if fault_id.startswith(OFF):
        found = _rules[fault_id.removeprefix(OFF)]
        return type(f"Off_{found.method}", (base,), {found.method: found.off, "__doc__": found.title})
    return _faults[fault_id]
