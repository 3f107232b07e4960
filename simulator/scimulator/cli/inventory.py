"""What can be listed: one plain object per thing, each with an ``id``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from scimulator.catalogue.dialects import dialects
from scimulator.catalogue.presets import load_preset, preset_names
from scimulator.catalogue.profiles import Profile
from scimulator.catalogue.quirks import quirks
from scimulator.catalogue.requirements import requirements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from scimulator.catalogue.dialects import Dialect
    from scimulator.catalogue.faults import Fault
    from scimulator.catalogue.profiles import ProfileExchange
    from scimulator.exchange.strict_json import Json, JsonObject


def listed_checks() -> list[JsonObject]:
    """Return every check with what it proves and needs."""
    from scimulator.cli.judging import collected_checks

    return [
        {
            "id": each.id,
            "title": each.title,
            "area": each.area,
            "requirements": list(each.requirements),
            "dialects": list(each.dialects),
            "needs": [str(need) for need in each.needs],
            "writes": each.writes,
            "destructive": each.destructive,
            "controls": list(each.controls),
            "submission": each.submission,
            "data_loss": each.data_loss,
        }
        for each in collected_checks()
    ]


def listed_requirements() -> list[JsonObject]:
    """Return every requirement with its strength and source."""
    return [
        {
            "id": each.id,
            "title": each.statement,
            "strength": each.strength.value,
            "level": each.level.value,
            "citation": each.citation,
            "topic": each.topic,
            "fails": each.fails,
            "rulings": list(each.rulings),
            "dialects": list(each.dialects),
        }
        for each in requirements().values()
    ]


def listed_profiles() -> list[JsonObject]:
    """Return the profile of every dialect that has one, with its exchanges."""
    made: list[JsonObject] = []
    for dialect, profile in loaded_profiles():
        exchanges: list[Json] = [
            {
                "id": each.id,
                "title": each.title,
                "method": each.method,
                "path": each.path,
                "use": each.use.value,
                "evidence": each.evidence.value,
            }
            for each in profile.exchanges
        ]
        title = f"{dialect.title}: {len(exchanges)} exchanges, {len(profile.operations)} operations"
        made.append({"id": dialect.id, "title": title, "idp": dialect.idp, "exchanges": exchanges})
    return made


@cache
def loaded_profiles() -> list[tuple[Dialect, Profile]]:
    """Return every dialect whose identity provider has recorded exchanges, with them."""
    made = []
    for each in dialects():
        try:
            made.append((each, Profile.load(each)))
        except (KeyError, StopIteration):
            # No files for this identity provider yet.
            continue
    return made


def listed_faults() -> list[JsonObject]:
    """Return every fault with the checks that must notice it."""
    return [
        {
            "id": each.id,
            "title": each.title,
            "severity": each.severity.value,
            "trips": list(each.trips),
            "source": list(each.source),
            "dialects": list(each.dialects),
            "generated": each.generated,
        }
        for each in known_faults()
    ]


def known_faults() -> tuple[Fault, ...]:
    """Return every fault that the reference provider can have."""
    import scimulator.provider  # noqa: F401  importing it registers the faults
    from scimulator.catalogue.faults import all_faults

    return all_faults()


def listed_dialects() -> list[JsonObject]:
    """Return every dialect."""
    return [
        {"id": each.id, "title": each.title, "idp": each.idp, "aliases": list(each.aliases), "flag": each.tenant_flag}
        for each in dialects()
    ]


def listed_presets() -> list[JsonObject]:
    """Return every preset with its quirks."""
    made: list[JsonObject] = []
    for name in preset_names():
        each = load_preset(name)
        made.append(
            {
                "id": each.id,
                "title": each.title,
                "description": each.description,
                "quirks": dict(each.quirks),
                "not_ready": list(each.declares.not_ready),
            }
        )
    return made


def listed_quirks() -> list[JsonObject]:
    """Return every quirk of the catalogue with its values, whom they hurt and what to set."""
    return [
        {
            "id": each.id,
            "title": each.title,
            "family": each.family,
            "default": each.default,
            "values": [
                {
                    "value": value.value,
                    "seen": value.seen,
                    "hurts": [{"idp": one.idp, "how": one.how, "evidence": one.evidence} for one in value.hurts],
                    "set": list(value.set_in_idp),
                    "replaces": list(value.replaces),
                    "follows": dict(value.follows),
                    "keeps": list(value.keeps),
                }
                for value in each.values or ((each.number,) if each.number is not None else ())
            ],
            "facts": list(each.facts),
            "sources": list(each.sources),
        }
        for each in quirks().values()
    ]


def listed_controls() -> list[JsonObject]:
    """Return every canonical control, whether the settings define it, and how that is written."""
    from scimulator.target.controls.canonical import canonical_controls
    from scimulator.target.settings_file import load_settings

    defined = load_settings().controls()
    return [
        {
            "id": each.name,
            "title": each.title,
            "configured": "configured" if each.name in defined else "-",
            "parameters": list(each.parameters),
            "answers": dict(each.answers),
            "undo": f"undo {each.undo.value}" if each.undo.value != "none" else "only reads",
            "example": f"[control.{each.name}]\n{each.example}",
        }
        for each in canonical_controls().values()
    ]


KINDS: Mapping[str, Callable[[], list[JsonObject]]] = {
    "checks": listed_checks,
    "requirements": listed_requirements,
    "profiles": listed_profiles,
    "faults": listed_faults,
    "dialects": listed_dialects,
    "presets": listed_presets,
    "quirks": listed_quirks,
    "controls": listed_controls,
}


def exchanges_called(name: str) -> Iterable[tuple[Dialect, ProfileExchange]]:
    """Yield the exchanges with this id, in the dialects in which they differ."""
    seen = []
    for dialect, profile in loaded_profiles():
        for each in profile.exchanges:
            if each.id == name and each not in seen:
                seen.append(each)
                yield dialect, each
