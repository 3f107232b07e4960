"""Presets: named sets of quirk values, and what a provider or product that has them declares of itself.

A preset is one TOML file in ``fixtures/presets``::

    id = "slow-product"
    title = "…"
    description = "…"
    base = "lenient"         # optional: the preset whose quirks and declarations hold where this one is silent
    [quirks]                 # quirk id -> value
    operation-case = "any"
    [sources]                # quirk id -> the addresses where a vendor documents the value
    operation-case = ["https://…"]
    [declares]
    not_ready = ["entra.legacy"]
    without = ["patch.schemas"]  # findings of the base that this preset does not have
    [declares.findings]      # check id -> why it fails
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from scimulator import content

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

QuirkValue: TypeAlias = "str | int | bool"

_KEYS = {"id", "title", "description", "base", "quirks", "sources", "declares"}
_DECLARES = {"not_ready", "without", "findings"}


class PresetError(ValueError):
    """A preset does not exist or its file is wrong; the message says which, where, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What whoever has a preset says of itself, so that the judge does not report it as news.

    ``not_ready`` lists dialect ids, ``findings`` maps a check id to the reason why it fails.
    """

    not_ready: tuple[str, ...] = ()
    findings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of quirk values.

    ``quirks`` holds those of its base too; ``sources`` maps the quirks that a vendor documents to addresses.
    """

    id: str
    title: str
    description: str
    quirks: Mapping[str, QuirkValue]
    declares: Declaration = Declaration()
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def with_quirks(self, **values: QuirkValue) -> Preset:
        """Return a copy in which some quirks have other values; an underscore stands for the hyphen of an id."""
        quirks = {**self.quirks, **{name.replace("_", "-"): value for name, value in values.items()}}
        return replace(self, quirks=MappingProxyType(quirks))


def preset_names() -> tuple[str, ...]:
    """Return the ids of all presets, sorted."""
    return tuple(sorted(file.stem for file in (content("fixtures") / "presets").glob("*.toml")))


@lru_cache(maxsize=64)
def load_preset(name: str) -> Preset:
    """Read the preset called ``name``.

    Raises:
        PresetError: when there is none of that name (with the nearest names), or its file is not as it should be.
    """
    names = preset_names()
    if name not in names:
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(names)}"
        raise PresetError(f"no preset is called {name!r}; {hint}")
    return _read(content("fixtures") / "presets" / f"{name}.toml")


def _read(file: Path) -> Preset:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PresetError(f"preset file {file.name} is not TOML: {error}") from error
    declares = table.get("declares", {})
    for unknown, known in ((set(table) - _KEYS, _KEYS), (set(declares) - _DECLARES, _DECLARES)):
        if unknown:
            raise PresetError(
                f"preset file {file.name} has an unknown key {min(unknown)!r}; known are {', '.join(sorted(known))}"
            )
    if table.get("id") != file.stem:
        raise PresetError(f"preset file {file.name} must say id = {file.stem!r}")
    base = _base(file, table.get("base"))
    quirks = dict(table.get("quirks", {}))
    without = declares.get("without", [])
    strange = set(without) - set(base.declares.findings)
    if strange:
        raise PresetError(f"preset file {file.name} is without {min(strange)!r}, which its base does not declare")
    findings = {check: why for check, why in base.declares.findings.items() if check not in without}
    return Preset(
        id=file.stem,
        title=str(table.get("title", file.stem)),
        description=str(table.get("description", "")),
        quirks=MappingProxyType({**base.quirks, **quirks}),
        declares=Declaration(
            not_ready=tuple(dict.fromkeys([*base.declares.not_ready, *declares.get("not_ready", ())])),
            findings=MappingProxyType({**findings, **declares.get("findings", {})}),
        ),
        sources=MappingProxyType(_sources(file, table.get("sources", {}), quirks)),
    )


def _base(file: Path, name: object) -> Preset:
    """Return the preset that another one builds on; one without quirks where it builds on none."""
    if name is None:
        return Preset("", "", "", {})
    if not isinstance(name, str) or name == file.stem:
        raise PresetError(f"preset file {file.name}: base is the name of another preset, not {name!r}")
    return load_preset(name)


def _sources(file: Path, table: object, quirks: Mapping[str, QuirkValue]) -> dict[str, tuple[str, ...]]:
    """Read where values are documented; only a value that the file itself gives can have a source."""
    if not isinstance(table, dict):
        raise PresetError(f"preset file {file.name}: sources is a table of quirk ids with lists of addresses")
    found: dict[str, tuple[str, ...]] = {}
    for quirk, addresses in table.items():
        if quirk not in quirks:
            raise PresetError(f"preset file {file.name} has a source for {quirk!r}, a quirk that it does not give")
        listed = addresses if isinstance(addresses, list) else []
        if not listed or not all(isinstance(each, str) and each.startswith("https://") for each in listed):
            raise PresetError(f"preset file {file.name}: the sources of {quirk} are a list of https addresses")
        found[quirk] = tuple(listed)
    return found
