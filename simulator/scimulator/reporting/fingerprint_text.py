"""A fingerprint for a person: what disagrees, what has consequences, what is as everywhere, what could not be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.reporting.fingerprint import Certainty, advice, hurts, settings_text
from scimulator.reporting.screen import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.text import Text

    from scimulator.reporting.fingerprint import Observation, Trait

_ID, _VALUE = 25, 15
"""Columns of a quirk's id and of its value in the table."""


def fingerprint_lines(traits: Sequence[Trait], name: str, width: int, *, everything: bool = False) -> Iterator[Text]:
    """Yield the whole screen. ``everything`` shows every observation and why each unknown quirk is unknown."""
    sections = {kind: [each for each in traits if each.certainty is kind] for kind in Certainty}
    found = sections[Certainty.FOUND]
    telling = [each for each in found if _is_telling(each)]
    usual = [each for each in found if not _is_telling(each)]
    yield from wrapped(f"Fingerprint of {name}", width, style="bold")
    yield from wrapped(
        f"{len(traits)} quirks: {len(found)} found, {len(sections[Certainty.INCONSISTENT])} inconsistent, "
        f"{len(sections[Certainty.UNKNOWN])} unknown",
        width,
    )
    if sections[Certainty.INCONSISTENT]:
        yield from _heading("INCONSISTENT: probes disagree, so that no value can be declared", width, "bold red")
        for trait in sections[Certainty.INCONSISTENT]:
            yield from _inconsistent(trait, width, everything=everything)
    if telling:
        yield from _heading("FOUND: worth knowing before an identity provider is set up", width)
        for trait in telling:
            yield from _telling(trait, width, everything=everything)
    if usual:
        yield from _heading("FOUND: the usual value, and nobody is hurt", width)
        for trait in usual:
            yield from _row(trait.quirk.id, str(trait.value), trait.observations[0].evidence, width)
    if sections[Certainty.UNKNOWN]:
        yield from _heading("UNKNOWN: not guessed", width)
        yield from _unknown(sections[Certainty.UNKNOWN], width, everything=everything)
    yield from _paste(traits, width)


def _is_telling(trait: Trait) -> bool:
    if trait.value != trait.quirk.default:
        return True
    # What hurts of a number is that it is small, and there is no telling which one is.
    return trait.quirk.number is None and bool(hurts(trait) or advice(trait))


def _heading(text: str, width: int, style: str = "bold") -> Iterator[Text]:
    yield from wrapped("", width)
    yield from wrapped(text, width, style=style)


def _row(name: str, value: str, text: str, width: int) -> Iterator[Text]:
    lead = f"  {name:<{_ID}} {value:<{_VALUE}} "
    if max(map(len, text.split()), default=0) <= width - len(lead):
        yield from wrapped(text, width, lead=lead)
        return
    # Made-up addresses are long; below the row they have room.
    yield from wrapped(f"{lead.strip():<{_ID}}", width, lead="  ")
    yield from wrapped(text, width, lead=" " * 6)


def _inconsistent(trait: Trait, width: int, *, everything: bool) -> Iterator[Text]:
    yield from wrapped(f"{trait.quirk.id} = {' or '.join(map(str, trait.values))} ?", width, lead="  ", style="bold")
    for value in trait.values:
        seen = [each for each in trait.observations if each.value == value]
        yield from _labelled(str(value), _sighting(seen), width)
        if everything:
            for each in seen[1:]:
                yield from _labelled("", f"{each.evidence} ({each.check})", width)
    yield from _consequences(trait, width)


def _sighting(seen: Sequence[Observation]) -> str:
    checks = ", ".join(dict.fromkeys(each.check.split(".", 2)[2] for each in seen))
    return f"{seen[0].evidence} ({checks})"


def _telling(trait: Trait, width: int, *, everything: bool) -> Iterator[Text]:
    default = "" if trait.value != trait.quirk.default else "  (the usual value)"
    yield from wrapped(f"{trait.quirk.id} = {trait.value}{default}", width, lead="  ", style="bold")
    for each in trait.observations if everything else trait.observations[:1]:
        yield from _labelled("seen", each.evidence, width)
    yield from _consequences(trait, width)


def _consequences(trait: Trait, width: int) -> Iterator[Text]:
    several = len(trait.values) > 1
    for value, hurt in hurts(trait):
        when = f"{value}: " if several else ""
        yield from _labelled("hurts", f"{when}{hurt.who}: {hurt.how} ({hurt.evidence})", width)
    for each in advice(trait):
        yield from _labelled("set", each, width)


def _labelled(label: str, text: str, width: int) -> Iterator[Text]:
    lead = f"    {label:<6} " if len(label) <= 6 else f"    {label} "
    yield from wrapped(text, width, lead=lead)


def _unknown(traits: Sequence[Trait], width: int, *, everything: bool) -> Iterator[Text]:
    if everything:
        for trait in traits:
            for at, reason in enumerate(trait.reasons):
                yield from _row(trait.quirk.id if not at else "", "", reason, width)
        return
    by_reason: dict[str, list[str]] = {}
    for trait in traits:
        by_reason.setdefault(trait.reasons[0], []).append(trait.quirk.id)
    for reason, names in by_reason.items():
        yield from wrapped(f"{reason}:", width, lead="  ")
        yield from wrapped(", ".join(names), width, lead="    ")


def _paste(traits: Sequence[Trait], width: int) -> Iterator[Text]:
    if all(each.certainty is Certainty.UNKNOWN for each in traits):
        return
    yield from _heading("For scimulator.toml, so that a check holds the product to it:", width)
    yield from wrapped("", width)
    for line in settings_text(traits).splitlines():
        yield from wrapped(line, max(width, len(line)))
