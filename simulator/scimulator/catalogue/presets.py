"""Presets: named sets of quirk values, and what a provider or product that has them declares of itself.

A preset is one TOML file in ``fixtures/presets``::

    id = "lenient"
    title = "…"
    description = "…"
    [quirks]                 # quirk id -> value
    operation-case = "any"
    [declares]
    not_ready = ["entra.legacy"]
    [declares.findings]      # check id -> why it fails
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from scimulator import content

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

QuirkValue: TypeAlias = "str | int | bool"

_KEYS = {"id", "title", "description", "quirks", "declares"}
_DECLARES = {"not_ready", "findings"}


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
    """A named set of quirk values."""

    id: str
    title: str
    description: str
    quirks: Mapping[str, QuirkValue]
    declares: Declaration = Declaration()

    def with_quirks(self, **values: QuirkValue) -> Preset:
        """Return a copy in which some quirks have other values; an underscore stands for the hyphen of an id."""
        quirks = {**self.quirks, **{name.replace("_", "-"): value for name, value in values.items()}}
        return Preset(self.id, self.title, self.description, MappingProxyType(quirks), self.declares)


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
    return Preset(
        id=file.stem,
        title=str(table.get("title", file.stem)),
        description=str(table.get("description", "")),
        quirks=MappingProxyType(dict(table.get("quirks", {}))),
        declares=Declaration(
            not_ready=tuple(declares.get("not_ready", ())),
            findings=MappingProxyType(dict(declares.get("findings", {}))),
        ),
    )
