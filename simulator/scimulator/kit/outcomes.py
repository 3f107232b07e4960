"""The ways in which a check ends other than passing, and the symptom that a failing one shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject


class Outcome(StrEnum):
    """What a check came to."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    NOT_APPLICABLE = "not-applicable"
    BLOCKED = "blocked"
    ERROR = "error"


_INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Symptom:
    """What was seen where something else is owed.

    ``kind`` is a stable word (``status``, ``missing``, ``value``, ``changed`` …), ``message`` a sentence, ``at`` the
    JSON path or header name, ``wanted`` and ``got`` JSON values, ``exchange`` the number of the exchange that shows it.
    """

    kind: str
    message: str
    at: str = ""
    wanted: Json = None
    got: Json = None
    exchange: int = 0

    @property
    def slug(self) -> str:
        """The symptom without anything that differs from run to run: array positions and free values go."""
        parts = [self.kind]
        if self.at:
            parts.append(_INDEX.sub("[]", self.at.removeprefix("$.")))
        if self.kind == "status" and isinstance(self.got, int):
            parts.append(f"{self.got // 100}xx")
        return "@".join(parts[:2]) + (f"={parts[2]}" if len(parts) > 2 else "")

    def as_json(self) -> JsonObject:
        """Return the symptom as it stands in the run stream."""
        return {
            "kind": self.kind,
            "message": self.message,
            "at": self.at,
            "wanted": self.wanted,
            "got": self.got,
            "exchange": self.exchange,
        }


@dataclass(frozen=True, slots=True)
class Violation:
    """A requirement together with the symptom that refutes it; ``soft`` ones only warn."""

    requirement: str
    symptom: Symptom
    soft: bool = False


class Refuted(AssertionError):  # noqa: N818  the target is refuted; nothing went wrong on our side
    """The target does not do what a requirement owes; ends the check as failed."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(f"{violation.symptom.message} [{violation.requirement}]")
        self.violation = violation


class NotApplicable(Exception):  # noqa: N818  an outcome, not an error
    """The check does not apply to this target; the reason names what decided it."""


class Blocked(Exception):  # noqa: N818  an outcome, not an error
    """An earlier failure took away the ground of this check; ``by`` is the id of the check that judges it."""

    def __init__(self, by: str, reason: str) -> None:
        super().__init__(f"blocked by {by}: {reason}")
        self.by = by
        self.reason = reason


class TargetLost(Blocked):
    """The target stopped answering; what could not be asked is blocked, not failed."""
