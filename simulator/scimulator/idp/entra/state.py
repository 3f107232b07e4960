"""What Entra remembers of one app between two cycles: scope, links, exported references, failed objects, quarantine.

Everything that outlives a step is here, so that a driver may drop a cycle and start it again where it stood.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING

from scimulator.idp.directory import App, Kind

if TYPE_CHECKING:
    from datetime import datetime

    from scimulator.idp.entra.log import LogEntry, Modification


class Phase(StrEnum):
    """The parts of a cycle in the order in which they come (how-provisioning-works.md)."""

    USERS = "users"
    GROUPS = "groups"
    MANAGERS = "managers"
    MEMBERS = "members"

    @property
    def reference(self) -> bool:
        """Whether references are written: their failures count apart."""
        return self in (Phase.MANAGERS, Phase.MEMBERS)


@dataclass(frozen=True, slots=True)
class Work:
    """One object that waits for its part of the cycle; ``removal`` where it left the scope or the directory."""

    phase: Phase
    subject: str
    removal: bool = False

    @property
    def key(self) -> str:
        """The name under which a failure of this work is kept."""
        return f"{self.phase.value}:{self.subject}"

    @property
    def kind(self) -> Kind:
        """Whether it is about a person or a group."""
        return Kind.PERSON if self.phase in (Phase.USERS, Phase.MANAGERS) else Kind.GROUP


@dataclass(frozen=True, slots=True)
class Escrow:
    """A failed object that is tried again at ``due``; ``retries`` counts the tries after the first failure."""

    work: Work
    first_failed: datetime
    due: datetime
    code: str
    message: str
    retries: int = 0


class Reason(StrEnum):
    """Why a job is in quarantine, by Microsoft Graph's names (synchronizationQuarantine)."""

    EXCEPTION = "EncounteredQuarantineException"
    BASE = "EncounteredBaseEscrowThreshold"
    TOTAL = "EncounteredTotalEscrowThreshold"
    PROPORTION = "EncounteredEscrowProportionThreshold"
    TOO_MANY_DELETES = "TooManyDeletes"


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Since when and why a job is in quarantine; ``cycles`` counts those that found it there."""

    since: datetime
    reason: Reason
    message: str
    cycles: int = 0


@dataclass(frozen=True, slots=True)
class Running:
    """A cycle that has begun; ``reaches`` is the last change in the directory that it covers."""

    number: int
    initial: bool
    started: datetime
    reaches: int
    first_entry: int
    scope: frozenset[str] = frozenset()


@dataclass(slots=True)
class EntraApp(App):
    """An app as Entra keeps it.

    ``scoped`` are the people and groups that the last cycle saw in scope, None before the first. ``unmanaged`` left
    the scope and were disabled: nothing is done for them any more. ``managers`` and ``members`` hold what was exported,
    by remote id; nothing is ever read back. ``work`` is what is left of the ``running`` cycle. ``held`` is work that
    waits for an administrator to allow it. ``touched`` is what the flow at hand has changed.
    """

    scoped: frozenset[str] | None = None
    unmanaged: set[str] = field(default_factory=set)
    managers: dict[str, str] = field(default_factory=dict)
    members: dict[str, dict[str, str]] = field(default_factory=dict)
    work: deque[Work] = field(default_factory=deque)
    running: Running | None = None
    held: tuple[Work, ...] = ()
    deletions_allowed: bool = False
    escrow: dict[str, Escrow] = field(default_factory=dict)
    quarantine: Quarantine | None = None
    disabled: str = ""
    cycles: int = 0
    due: datetime | None = None
    touched: list[Modification] = field(default_factory=list)
    entries: list[LogEntry] = field(default_factory=list)

    @classmethod
    def of(cls, app: App) -> EntraApp:
        """Return the app itself, or one that shares the links, assignments and tasks of a plain one."""
        return app if isinstance(app, cls) else cls(**{one.name: getattr(app, one.name) for one in fields(app)})
