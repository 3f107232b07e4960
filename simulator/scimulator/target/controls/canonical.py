"""The canonical controls: the names by which checks ask for something outside SCIM, read from ``controls.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from scimulator import content
from scimulator.catalogue.near_miss import hint
from scimulator.exchange.redaction import is_secret_member

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN_PREFIX = "x-"
"""How names begin that a user's own suites have for controls of their own."""


class Undo(StrEnum):
    """Whether a control has to be undone: it changes the target, only a made-up person, or nothing."""

    NEEDED = "needed"
    POSSIBLE = "possible"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CanonicalControl:
    """One entry of ``fixtures/controls.toml``.

    ``answers`` maps members of the answer to ``text``, ``boolean`` or ``list``; a question mark says that the member
    may be missing. ``secret`` names those that are never written; ``example`` is TOML below ``[control.NAME]``.
    """

    name: str
    title: str
    parameters: tuple[str, ...] = ()
    undo: Undo = Undo.NONE
    answers: Mapping[str, str] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()
    example: str = ""

    def missing_from(self, answer: Mapping[str, object]) -> list[str]:
        """Return the members that an answer owes and does not have, or has as something else."""
        return [
            name
            for name, kind in self.answers.items()
            if not (name not in answer and kind.endswith("?"))
            and not isinstance(answer.get(name), _TYPES[kind.removesuffix("?")])
        ]


_TYPES: dict[str, type] = {"text": str, "boolean": bool, "list": list}


@cache
def canonical_controls() -> dict[str, CanonicalControl]:
    """Return the canonical controls by name, in the order of the file."""
    data = tomllib.loads((content("fixtures") / "controls.toml").read_text("utf-8"))
    return {
        name: CanonicalControl(
            name=name,
            title=entry["title"],
            parameters=tuple(entry.get("parameters", ())),
            undo=Undo(entry["undo"]),
            answers=entry.get("answers", {}),
            secret=frozenset(entry.get("secret", ())),
            example=entry["example"].strip(),
        )
        for name, entry in data.items()
    }


class UnknownControlError(LookupError):
    """Somebody asks for a control that does not exist; the message names the nearest."""


def know(name: str) -> None:
    """Insist that a control exists, or is one of a user's own suites.

    Raises:
        UnknownControlError: with the nearest name.
    """
    if name not in canonical_controls() and not name.startswith(OWN_PREFIX):
        raise UnknownControlError(f"no control is called {name!r}{hint(name, canonical_controls())}")


def is_secret(name: str) -> bool:
    """Tell whether a parameter or a member of an answer is a secret, for the journal and the screen."""
    return is_secret_member(name) or name in _secret_names()


@cache
def _secret_names() -> frozenset[str]:
    return frozenset(name for each in canonical_controls().values() for name in each.secret)
