"""What the product declares of itself: the quirks of the settings, and those that an embedded target brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.catalogue.presets import PresetError, load_preset
from scimulator.catalogue.quirks import QuirkError, declared_quirks
from scimulator.target.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.catalogue.presets import QuirkValue
    from scimulator.target.settings import Settings
    from scimulator.target.target import Target

PRESET = "preset"
"""The key of ``[quirks]`` that names a preset, whose values the other keys change."""


def declared_in(settings: Settings) -> dict[str, QuirkValue]:
    """Return what ``[quirks]`` declares: the values of its preset, if it names one, and above them its own.

    Raises:
        SettingsError: for an unknown preset, quirk or value.
    """
    table = dict(settings.quirks)
    named = table.pop(PRESET, None)
    origin = f"{settings.origin('quirks.preset') if named else _origin(settings, table)}: [quirks]"
    try:
        base = dict(load_preset(str(named)).quirks) if named is not None else {}
        return declared_quirks({**base, **table}, origin)
    except (PresetError, QuirkError) as error:
        told = str(error)
        raise SettingsError(told if told.startswith(origin) else f"{origin}: {told}") from error


def declared_by(target: Target, settings: Settings) -> dict[str, QuirkValue]:
    """Return what a target declares: what it brings itself, and above it what the settings say.

    Raises:
        SettingsError: for a declaration that cannot be.
    """
    return {**target.declared, **declared_in(settings)}


def _origin(settings: Settings, table: Mapping[str, object]) -> str:
    return settings.origin(f"quirks.{next(iter(table))}") if table else "settings"
