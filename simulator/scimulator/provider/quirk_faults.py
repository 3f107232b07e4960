"""The faults ``quirk.<id>.<value>``: a provider that declares its preset and behaves by another value of one quirk.

Which of them there are, and which checks must notice them, stands in ``fixtures/quirks/trips.toml``::

    [email-case]
    fold = ["quirks.email-case.create"]
    reject = { trips = ["quirks.email-case.create"], preset = "whimsical" }

``preset`` names the provider in which the fault shows, where the usual one has nothing to do with the quirk.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from scimulator import content
from scimulator.catalogue.faults import Fault, Severity, register
from scimulator.catalogue.presets import Preset, PresetError
from scimulator.provider.quirks import Quirks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scimulator.catalogue.presets import QuirkValue

PREFIX = "quirk."


@lru_cache(maxsize=1)
def register_quirk_faults() -> Mapping[str, tuple[str, QuirkValue]]:
    """Register every fault of ``trips.toml``; return quirk and value by the fault's id.

    Raises:
        PresetError: for a quirk or value that the provider does not know, and for a file that is not as it should be.
    """
    file = content("fixtures") / "quirks" / "trips.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    found: dict[str, tuple[str, QuirkValue]] = {}
    for quirk, values in table.items():
        for written, entry in values.items():
            value: QuirkValue = int(written) if written.isdecimal() and _is_number(quirk) else written
            checks, preset = _entry(quirk, written, entry)
            fault = Fault(
                f"{PREFIX}{quirk}.{written}",
                f"Declares its preset and has {quirk} = {written}",
                trips=checks,
                severity=Severity.DEGRADED,
                generated=True,
                preset=preset,
            )
            Quirks.from_preset(Preset(fault.id, "", "", {quirk: value}))
            register(fault)
            found[fault.id] = (quirk, value)
    return MappingProxyType(found)


def without_quirk_faults(quirks: Quirks, faults: Sequence[str]) -> tuple[Quirks, list[str]]:
    """Return the quirks by which a provider with these faults behaves, and the faults that are others."""
    known = register_quirk_faults()
    others: list[str] = []
    for fault_id in reversed(faults):
        if fault_id in known:
            quirk, value = known[fault_id]
            quirks = quirks.having(quirk, value)
        else:
            others.insert(0, fault_id)
    return quirks, others


def _is_number(quirk: str) -> bool:
    return isinstance(getattr(Quirks(), quirk.replace("-", "_"), None), int)


def _entry(quirk: str, value: str, entry: object) -> tuple[tuple[str, ...], str]:
    checks, preset = (entry.get("trips"), entry.get("preset", "")) if isinstance(entry, dict) else (entry, "")
    if not isinstance(checks, list) or not all(isinstance(each, str) for each in checks) or not checks:
        raise PresetError(f"fixtures/quirks/trips.toml: {quirk}.{value} lists the checks that must notice it")
    return tuple(checks), str(preset)
