"""How a provisioning job is set up, and the times and limits that Microsoft documents for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from scimulator.idp.expressions.source import attributes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.strict_json import JsonObject
    from scimulator.idp import scoping
    from scimulator.idp.directory import Person

INTERVAL = timedelta(minutes=40)
"""The pause between two cycles (how-provisioning-works.md)."""
SLOWEST = timedelta(days=1)
"""The pause between two cycles of a job that has been in quarantine for long."""
LONGEST = timedelta(days=28)
"""How long a failed object is tried again, and how long a job may be in quarantine, before the job is disabled."""
_FIRST_RETRIES = (timedelta(hours=6), timedelta(hours=12), timedelta(hours=24))
TRANSIENT = frozenset(
    {"Timeout", "InternalServerError", "InternalError", "TooManyRequests", "WebExceptionProtocolError"}
)
"""Codes of failures that are tried again in the next cycle (howto-analyze-provisioning-logs.md)."""


def retry_after(retries: int) -> timedelta:
    """Return how long after its first failure an object is tried again: 6, 12 and 24 hours, then every 24 hours.

    Source: application-provisioning-quarantine-status.md. Another page (how-provisioning-works.md) has the first try in
    the next cycle; see ``JobSettings.first_retry_in_next_cycle``.
    """
    if retries < len(_FIRST_RETRIES):
        return _FIRST_RETRIES[retries]
    return timedelta(days=retries - len(_FIRST_RETRIES) + 2)


class Scope(StrEnum):
    """Whom a job provisions."""

    ASSIGNED = "assigned"
    ALL = "all"


class TargetAction(StrEnum):
    """What a job may do at the target; disabling counts as an update."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


def by_filters(filters: scoping.Scope, mapping: JsonObject) -> Callable[[Person], bool]:
    """Return whom scoping filters let pass; they name attributes by the vocabulary of the mapping's file."""
    words = cast("dict[str, str]", mapping["vocabulary"])
    return lambda person: filters.holds(attributes_of(person, {}, words))


@dataclass(frozen=True, slots=True)
class Limits:
    """From how many failed objects on a job goes into quarantine (application-provisioning-quarantine-status.md).

    ``share`` is the percentage of events that have to fail, once ``fewest`` have; ``most`` counts without references,
    ``most_with_references`` with them.
    """

    fewest: int = 5_000
    share: int = 40
    most: int = 40_000
    most_with_references: int = 60_000


@dataclass(frozen=True, slots=True)
class JobSettings:
    """What an administrator sets for a job.

    ``scoping`` tells whether a person passes the scoping filters, see ``by_filters``. ``groups`` is false where the
    mapping of groups is off. ``skip_out_of_scope_deletions`` leaves accounts alone whose owner leaves the scope
    (skip-out-of-scope-deletions.md). With ``deletion_threshold`` a cycle that would disable or delete more objects
    holds them back until an administrator allows it (accidental-deletions.md).
    """

    scope: Scope = Scope.ASSIGNED
    scoping: Callable[[Person], bool] | None = None
    groups: bool = True
    actions: frozenset[TargetAction] = frozenset(TargetAction)
    skip_out_of_scope_deletions: bool = False
    deletion_threshold: int | None = None
    first_retry_in_next_cycle: bool = False
    limits: Limits = field(default_factory=Limits)

    def may(self, action: TargetAction) -> bool:
        """Whether an action is on."""
        return action in self.actions
