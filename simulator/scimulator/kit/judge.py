"""Deciding, within one check, what a deviation from a requirement means."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scimulator.catalogue.requirements import requirement
from scimulator.kit.outcomes import Refuted, Symptom, Violation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scimulator.catalogue.checks import CheckDeclaration
    from scimulator.catalogue.presets import QuirkValue
    from scimulator.exchange.message import Exchange
    from scimulator.exchange.strict_json import Json


@dataclass(slots=True)
class Judge:
    """Collects what one running check saw: its exchanges, and the violations that did not end it.

    ``dialect`` is the one the check is being run for, empty for a check of the RFCs.
    """

    declaration: CheckDeclaration
    dialect: str = ""
    exchanges: list[Exchange] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    observations: list[tuple[str, QuirkValue, str]] = field(default_factory=list)
    """Values of quirks that were seen: quirk, value, evidence."""
    refuted: bool = False
    """Whether a violation has ended the check."""

    def refute(self, symptom: Symptom, *, per: str | None = None, soft: bool = False) -> None:
        """Record that a requirement (by default the check's first) is refuted.

        A requirement whose verdict is ``fail`` ends the check; ``warn`` is recorded, once per symptom, and the check
        goes on; ``info`` leaves a note. ``soft`` turns a failure into a warning where the catalogue's ruling says so.

        Raises:
            Refuted: when the requirement may fail a target.
        """
        owed = requirement(per or self.declaration.requirements[0])
        if owed.fails and not soft:
            self.refuted = True
            raise Refuted(Violation(owed.id, symptom))
        if owed.warns or (soft and owed.fails):
            seen = {(known.requirement, known.symptom.slug) for known in self.violations}
            if (owed.id, symptom.slug) not in seen:
                self.violations.append(Violation(owed.id, symptom, soft=True))
        else:
            self.notes.append(symptom.message)

    def require(
        self,
        condition: object,
        message: str,
        *,
        kind: str = "value",
        at: str = "",
        wanted: Json = None,
        got: Json = None,
        exchange: int | None = None,
        per: str | None = None,
        soft: bool = False,
    ) -> bool:
        """Refute the requirement with ``message`` unless ``condition`` holds; return whether it held."""
        if condition:
            return True
        number = exchange if exchange is not None else self._last()
        self.refute(Symptom(kind, message, at, wanted, got, number), per=per, soft=soft)
        return False

    def refute_all(self, symptoms: Iterable[Symptom], *, per: str | None = None, soft: bool = False) -> None:
        """Refute the requirement for each symptom, pointing at the last exchange."""
        for each in symptoms:
            self.refute(replace(each, exchange=self._last()), per=per, soft=soft)

    def _last(self) -> int:
        return self.exchanges[-1].number if self.exchanges else 0

    def note(self, text: str) -> None:
        """Keep a remark for the reader; it never changes the outcome."""
        self.notes.append(text)
