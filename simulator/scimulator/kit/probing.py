"""Probing for quirks: the same tests prove what a product declares, and find out what it does not declare.

In a check a probe compares what it sees with the declared value; where nothing is declared it does not apply. In
probing mode (``--scim-probe``, behind ``scimulator fingerprint``) it judges nothing and keeps what it saw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from scimulator.catalogue.quirks import quirk as known_quirk
from scimulator.kit.check import check
from scimulator.kit.outcomes import NotApplicable, Symptom

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.catalogue.presets import QuirkValue
    from scimulator.kit.answer import Answer
    from scimulator.kit.session import Session

Test = TypeVar("Test", bound="Callable[..., None]")
AREA = "quirks"


def probe(
    quirk_id: str,
    name: str,
    *requirements: str,
    dialects: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    attributes: tuple[str, ...] = (),
    controls: tuple[str, ...] = (),
    writes: bool = True,
) -> Callable[[Test], Test]:
    """Declare a test as the check ``quirks.<quirk_id>.<name>``, which sees the value that a product has of a quirk.

    What it proves is the product's own promise ``QUIRK-<quirk_id>``, and ``requirements`` where it names any.

    Raises:
        QuirkError: when the catalogue has no such quirk.
    """
    found = known_quirk(quirk_id)
    return check(
        f"{AREA}.{quirk_id}.{name}",
        found.requirement_id,
        *requirements,
        dialects=dialects,
        needs=needs,
        attributes=attributes,
        controls=controls,
        writes=writes,
    )


class Probe:
    """What one running probe says of its quirk."""

    def __init__(self, session: Session, quirk_id: str) -> None:
        self.quirk = known_quirk(quirk_id)
        self._session = session

    @property
    def declared(self) -> QuirkValue | None:
        """What the product declares, None where it declares nothing."""
        return self._session.declared.get(self.quirk.id)

    @property
    def probing(self) -> bool:
        """Whether values are looked for and nothing is judged."""
        return self._session.probing

    def begin(self) -> None:
        """Stop before anything is sent where there is nothing to compare with.

        Raises:
            NotApplicable: in a check, when the product declares no value.
        """
        if not self.probing and self.declared is None:
            raise NotApplicable(
                f"the product declares no {self.quirk.id}; scimulator fingerprint finds the value for [quirks]"
            )

    def seen(self, value: QuirkValue, evidence: str, answer: Answer | None = None) -> None:
        """Say which value the product shows. ``evidence`` is a clause: ``sent Ada@…, read ada@…``.

        Raises:
            Refuted: in a check, when another value is declared.
            ValueError: when the catalogue has no such value: a defect of the probe.
        """
        if self.quirk.named(value) is None:
            raise ValueError(f"{self.quirk.id} has no value {value!r}; the probe is wrong")
        self._session.judge.observations.append((self.quirk.id, value, evidence))
        if self.probing or value == self.declared:
            return
        last = self._session.judge.exchanges[-1].number if self._session.judge.exchanges else 0
        self._session.judge.refute(
            Symptom(
                kind="promise",
                message=f"declared is {self.quirk.id} = {self.declared}, but the product shows {value}: {evidence}",
                wanted=self.declared,
                got=value,
                exchange=answer.exchange.number if answer is not None else last,
            ),
            per=self.quirk.requirement_id,
        )

    def unknown(self, reason: str) -> None:
        """Say that the value cannot be told from outside.

        Raises:
            NotApplicable: always.
        """
        raise NotApplicable(f"{self.quirk.id} cannot be told: {reason}")
