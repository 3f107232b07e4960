"""The register of faults: what each one is, where it was seen, and which checks must notice it.

The declaration lives here, below everybody; what a fault does is code of the reference provider, which registers its
faults on import. ``wild`` faults were found in real servers; ``generated`` ones switch one rule of the provider off.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a fault costs the customer of a server that has it."""

    DATA_LOSS = "data-loss"
    SECURITY = "security"
    PROVISIONING_BLOCKED = "provisioning-blocked"
    DEGRADED = "degraded"
    COSMETIC = "cosmetic"


class UnknownFaultError(ValueError):
    """No fault has the id asked for; the message names the nearest ones."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One realistic server bug.

    ``trips`` are ids of checks that must fail on it, ``source`` addresses where it was reported, ``bug`` its id among
    the collected wild bugs (empty for a generated one), ``dialects`` the clients that it hurts (empty: any).
    ``generated`` faults come from rules, and name no checks, or from values of quirks. ``also`` are ids of other
    collected bugs that behave the same. ``preset`` is the preset in which the fault shows, empty for the usual one.
    """

    id: str
    title: str
    trips: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    bug: str = ""
    severity: Severity = Severity.DEGRADED
    dialects: tuple[str, ...] = ()
    generated: bool = False
    also: tuple[str, ...] = ()
    preset: str = ""

    @property
    def target(self) -> str:
        """The target in which the fault shows, such as ``reference:off.etag-header``."""
        return f"reference:{self.id}?preset={self.preset}" if self.preset else f"reference:{self.id}"

    @property
    def bugs(self) -> tuple[str, ...]:
        """Ids of all collected bugs that behave like this."""
        return (self.bug, *self.also) if self.bug else self.also


_register: dict[str, Fault] = {}


def register(fault: Fault) -> Fault:
    """Enter a fault.

    Raises:
        ValueError: when another fault has the same id.
    """
    known = _register.setdefault(fault.id, fault)
    if known != fault:
        raise ValueError(f"two faults are called {fault.id!r}; give one of them another id")
    return fault


def all_faults() -> tuple[Fault, ...]:
    """Return every registered fault sorted by id, wild ones first; complete once the provider is imported."""
    return tuple(sorted(_register.values(), key=lambda fault: (fault.generated, fault.id)))


def find_fault(fault_id: str) -> Fault:
    """Return the fault called ``fault_id``.

    Raises:
        UnknownFaultError: with the nearest ids, when there is none.
    """
    found = _register.get(fault_id)
    if found:
        return found
    near = difflib.get_close_matches(fault_id, _register, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`scimulator list faults` shows them all"
    raise UnknownFaultError(f"no fault is called {fault_id!r}; {hint}")
