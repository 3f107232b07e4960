"""Choosing and combining faults: the wild ones, one for each rule, one for each value of a quirk that checks see."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache
from typing import TYPE_CHECKING

import scimulator.provider.faults as families
from scimulator.catalogue.faults import Fault, find_fault
from scimulator.catalogue.faults import all_faults as registered
from scimulator.provider.quirk_faults import register_quirk_faults, without_quirk_faults
from scimulator.provider.rules import make_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scimulator.provider.quirks import Quirks
    from scimulator.provider.rules import Rules


@lru_cache(maxsize=1)
def load_faults() -> None:
    """Import every family of wild faults, which registers them, and register those of quirks."""
    for module in pkgutil.iter_modules(families.__path__, f"{families.__name__}."):
        importlib.import_module(module.name)
    register_quirk_faults()


def all_faults() -> tuple[Fault, ...]:
    """Return every fault that the provider can have, wild ones first.

    Behind them come ``off.<rule-id>`` of every rule and ``quirk.<id>.<value>`` of the values that checks tell apart.
    """
    load_faults()
    return registered()


def rules_with(quirks: Quirks, faults: Sequence[str]) -> Rules:
    """Make the rules of a provider with these faults; where two decide the same, the one named first does.

    Raises:
        UnknownFaultError: with the nearest ids.
    """
    if faults:
        load_faults()
    for fault_id in faults:
        find_fault(fault_id)
    quirks, others = without_quirk_faults(quirks, faults) if faults else (quirks, [])
    return make_rules(quirks, others)
