"""What can be listed: one plain object per thing, each with an ``id``."""

from __future__ import annotations

import ast
import inspect
import itertools
from functools import cache
from typing import TYPE_CHECKING, get_args, get_type_hints

from scimulator.catalogue.dialects import dialects
from scimulator.catalogue.presets import load_preset, preset_names
from scimulator.catalogue.profiles import Profile
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


KINDS: Mapping[str, Callable[[], list[JsonObject]]] = {
    "checks": listed_checks,
    "requirements": listed_requirements,
    "profiles": listed_profiles,
    "faults": listed_faults,
    "dialects": listed_dialects,
    "presets": listed_presets,
}


@cache
def known_quirks() -> dict[str, str]:
    """Return what each quirk of the reference provider is about, by id, with its values."""
    from scimulator.provider.quirks import Quirks

    made: dict[str, str] = {}
    hints = get_type_hints(Quirks)
    body = ast.parse(inspect.getsource(Quirks)).body[0]
    fields = body.body if isinstance(body, ast.ClassDef) else []
    for field, told in itertools.pairwise(fields):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            text = str(told.value.value) if isinstance(told, ast.Expr) and isinstance(told.value, ast.Constant) else ""
            values = " or ".join(map(str, get_args(hints[field.target.id]))) or "a whole number from 1 on"
            made[field.target.id.replace("_", "-")] = f"{text.replace('``', '')} Values: {values}."
    return made


def exchanges_called(name: str) -> Iterable[tuple[Dialect, ProfileExchange]]:
    """Yield the exchanges with this id, in the dialects in which they differ."""
    seen = []
    for dialect, profile in loaded_profiles():
        for each in profile.exchanges:
            if each.id == name and each not in seen:
                seen.append(each)
                yield dialect, each
