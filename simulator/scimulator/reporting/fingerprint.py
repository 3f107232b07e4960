"""A fingerprint: which quirks a target was seen to have, made from the records of a run in probing mode.

Nothing is guessed: where two probes disagree the quirk is inconsistent, and where none could tell it is unknown, with
the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from scimulator.catalogue.quirks import quirks
from scimulator.reporting.reading import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scimulator.catalogue.presets import QuirkValue
    from scimulator.catalogue.quirks import Hurt, Quirk
    from scimulator.exchange.strict_json import JsonObject

AREA = "quirks."
NO_PROBE = "there is no probe for it"


class Certainty(StrEnum):
    """What can be said of a quirk."""

    FOUND = "found"
    INCONSISTENT = "inconsistent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Observation:
    """What one probe saw: the value, in a clause how it showed, and the check that saw it."""

    value: QuirkValue
    evidence: str
    check: str


@dataclass(frozen=True, slots=True)
class Trait:
    """One quirk of a target; ``reasons`` tell why it is unknown."""

    quirk: Quirk
    certainty: Certainty
    observations: tuple[Observation, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def value(self) -> QuirkValue | None:
        """The value, where there is just one."""
        return self.observations[0].value if self.certainty is Certainty.FOUND else None

    @property
    def values(self) -> tuple[QuirkValue, ...]:
        """Every value that was seen, each once."""
        return tuple(dict.fromkeys(each.value for each in self.observations))


def fingerprint_of(
    records: Iterable[JsonObject], left_out: Mapping[str, Sequence[str]] | None = None
) -> tuple[Trait, ...]:
    """Return every quirk of the catalogue with what the run found out about it.

    ``left_out`` tells by quirk why probes of it did not run at all.
    """
    seen: dict[str, list[Observation]] = {}
    reasons: dict[str, list[str]] = {}
    for record in records:
        check = str(record.get("id", ""))
        if record.get("type") != "check" or not check.startswith(AREA):
            continue
        found = cast("list[JsonObject]", record.get("observations") or [])
        for each in found:
            value = cast("QuirkValue", each["value"])
            seen.setdefault(str(each["quirk"]), []).append(Observation(value, str(each["evidence"]), _named(record)))
        if not found:
            reasons.setdefault(check.split(".")[1], []).append(_why(record))
    for name, told in (left_out or {}).items():
        reasons.setdefault(name, []).extend(told)
    return tuple(_trait(quirk, seen.get(quirk.id, []), reasons.get(quirk.id, [])) for quirk in quirks().values())


def settings_text(traits: Sequence[Trait]) -> str:
    """Return a ``[quirks]`` section with every value that was found; what is inconsistent stands in comments."""
    lines = ["[quirks]"]
    for trait in traits:
        if trait.certainty is Certainty.FOUND:
            shown = f'"{trait.value}"' if isinstance(trait.value, str) else str(trait.value)
            lines.append(f"{trait.quirk.id} = {shown}")
        elif trait.certainty is Certainty.INCONSISTENT:
            lines.append(f"# {trait.quirk.id} is inconsistent: {' and '.join(map(str, trait.values))}")
    return "\n".join(lines) + "\n"


def document(traits: Sequence[Trait], target: str) -> JsonObject:
    """Return a fingerprint as JSON (``fixtures/schemas/fingerprint.schema.json``)."""
    return {
        "format": 1,
        "target": target,
        "quirks": [
            {
                "id": trait.quirk.id,
                "title": trait.quirk.title,
                "certainty": trait.certainty.value,
                "values": list(trait.values),
                "default": trait.quirk.default,
                "observations": [
                    {"value": each.value, "evidence": each.evidence, "check": each.check} for each in trait.observations
                ],
                "reasons": list(trait.reasons),
                "hurts": [
                    {"value": value, "idp": hurt.idp, "how": hurt.how, "evidence": hurt.evidence}
                    for value, hurt in hurts(trait)
                ],
                "set": list(advice(trait)),
            }
            for trait in traits
        ],
    }


def hurts(trait: Trait) -> list[tuple[QuirkValue, Hurt]]:
    """Return who is hurt by the values that were seen: pairs of value and :class:`Hurt`."""
    found: list[tuple[QuirkValue, Hurt]] = []
    for value in trait.values:
        named = trait.quirk.named(value)
        found += [(value, each) for each in named.hurts] if named is not None else []
    return found


def advice(trait: Trait) -> tuple[str, ...]:
    """Return what to set in an identity provider because of the values that were seen."""
    named = [trait.quirk.named(value) for value in trait.values]
    return tuple(dict.fromkeys(each for one in named if one is not None for each in one.set_in_idp))


def _trait(quirk: Quirk, seen: list[Observation], reasons: list[str]) -> Trait:
    if not seen:
        return Trait(quirk, Certainty.UNKNOWN, (), tuple(dict.fromkeys(reasons)) or (NO_PROBE,))
    kinds = {each.value for each in seen}
    certainty = Certainty.FOUND if len(kinds) == 1 else Certainty.INCONSISTENT
    return Trait(quirk, certainty, tuple(seen))


def _named(record: JsonObject) -> str:
    dialect = str(record.get("dialect") or "")
    return f"{record['id']} [{dialect}]" if dialect else str(record["id"])


def _why(record: JsonObject) -> str:
    reason = plain(str(record.get("reason") or ""))
    if reason:
        return reason.removeprefix(f"{str(record['id']).split('.')[1]} cannot be told: ")
    findings = cast("list[JsonObject]", record.get("findings") or [])
    symptom = findings[0].get("symptom") if findings else None
    told = symptom.get("message") if isinstance(symptom, dict) else None
    return plain(f"a probe met a failure: {told}" if told else f"a probe ended as {record.get('outcome')}")
