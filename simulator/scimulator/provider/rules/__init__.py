"""The rules of the protocol, one small method each: everything in which a server can be wrong.

The rest of the provider asks :class:`Rules` whenever RFC 7643 or RFC 7644 decides something; a fault is a subclass
that answers otherwise. See :mod:`scimulator.provider.rules.kit` for how both are declared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.provider.rules.asked import AskedRules
from scimulator.provider.rules.discovery import DiscoveryRules
from scimulator.provider.rules.http import HttpRules
from scimulator.provider.rules.kit import Rule, all_rules, fault, fault_class, rule
from scimulator.provider.rules.meta import MetaRules
from scimulator.provider.rules.patch import PatchRules
from scimulator.provider.rules.published import PublishedRules
from scimulator.provider.rules.query import MATCHING, FilterRules, ListRules, ProjectionRules
from scimulator.provider.rules.workspace import WorkspaceRules
from scimulator.provider.rules.write import WriteRules, fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scimulator.provider.quirks import Quirks

__all__ = ["Rule", "Rules", "all_rules", "fault", "fold", "make_rules", "rule"]


class Rules(
    HttpRules,
    MetaRules,
    WriteRules,
    PatchRules,
    FilterRules,
    ListRules,
    ProjectionRules,
    AskedRules,
    DiscoveryRules,
    PublishedRules,
    WorkspaceRules,
):
    """Every rule as the RFCs have it; ``quirks`` are the permitted deviations of this provider."""

    def __init__(self, quirks: Quirks) -> None:
        self.quirks = quirks
        self._changed = frozenset(
            name for name in dir(Rules) if getattr(type(self), name) is not getattr(Rules, name) and name[0] != "_"
        )
        self.faithful = type(self) is Rules
        """Whether no fault is in force, so that answers may be kept and given again."""
        self.matches_faithfully = not self._changed & MATCHING
        """Whether no fault touches matching, so that SQL may do it."""

    def overrides(self, method: str) -> bool:
        """Tell whether a fault replaces the method of that name."""
        return method in self._changed


def make_rules(quirks: Quirks, faults: Sequence[str] = ()) -> Rules:
    """Make the rules of a provider that has these faults, the first one deciding where two meet.

    Raises:
        KeyError: when a fault is not known.
    """
    if not faults:
        return Rules(quirks)
    bases = tuple(fault_class(fault_id, Rules) for fault_id in dict.fromkeys(faults))
    combined: type[Rules] = type("FaultyRules", bases, {})
    return combined(quirks)
