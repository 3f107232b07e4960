"""Settings: what a user may say about the target, the limits, the people and the run.

One value comes from one of four places, the first that has it: the command line, the environment, ``scimulator.toml``,
the default. Where it came from is kept beside it, so that an error can name the place.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from scimulator.catalogue.near_miss import hint
from scimulator.target.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.exchange.strict_json import Json
    from scimulator.target.controls.definition import Control

SettingValue: TypeAlias = "str | int | float | bool | tuple[str, ...] | Mapping[str, Json] | None"

DEFAULT_TOKEN_ENV = "SCIM_TOKEN"  # noqa: S105 - the name of a variable, not its value


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """How the target is reached: its address and the credentials, by reference only.

    The secret itself never stands here: ``token_env`` names a variable, ``token_file`` a file, ``token_prompt`` asks.
    ``auth`` is ``bearer``, ``basic``, ``header`` or ``none``; ``username`` belongs to basic, ``header`` names the
    field of a custom header.
    """

    url: str = ""
    auth: str = "bearer"
    token_env: str = ""
    token_file: str = ""
    token_prompt: bool = False
    username: str = ""
    header: str = ""
    ca_bundle: str = ""
    insecure: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the target a run may use.

    ``rate`` is requests per second (0: as fast as the target answers), ``timeout`` seconds for one whole exchange,
    ``deadline`` seconds for the whole run, ``retry_after`` the longest pause in seconds that is granted to one
    Retry-After, ``retries`` how often one request is repeated after 429 or 503, ``body`` bytes of a response,
    ``pages`` how many pages of one list are read.
    """

    rate: float = 0.0
    timeout: float = 30.0
    deadline: float = 1800.0
    retry_after: float = 60.0
    retries: int = 3
    body: int = 10 * 1024 * 1024
    pages: int = 100


@dataclass(frozen=True, slots=True)
class People:
    """What made-up people look like: mail ``domain``, attributes the product ``required``, fixed ``defaults``.

    The keys of ``defaults`` are attribute paths as SCIM writes them.
    """

    domain: str = "example.com"
    required: tuple[str, ...] = ()
    defaults: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What is judged and when a run fails: dialects in scope (empty: all), ``fail_on`` must or should, excluded ids.

    ``baseline`` is a file of known deviations, ``max_warnings`` how many warnings are allowed (below 0: any number),
    ``thresholds`` are rules such as ``latency.p95<300ms``.
    """

    dialects: tuple[str, ...] = ()
    fail_on: str = "must"
    exclude: tuple[str, ...] = ()
    read_only: bool = False
    destructive: bool = False
    controls: bool = False
    baseline: str = ""
    max_warnings: int = -1
    thresholds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything of ``scimulator.toml``, with the origin of each value that is not a default.

    ``quirks`` maps the id of a quirk to the value that the product declares, ``control`` the name of a control to what
    the file says of it.
    """

    target: TargetSettings = field(default_factory=TargetSettings)
    limits: Limits = field(default_factory=Limits)
    people: People = field(default_factory=People)
    run: RunSettings = field(default_factory=RunSettings)
    quirks: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))
    control: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))
    origins: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def origin(self, key: str) -> str:
        """Return where the value of ``section.key`` came from: a file, a variable, an option, or "default"."""
        return self.origins.get(key, "default")

    def controls(self) -> dict[str, Control]:
        """Return the controls that ``[control.NAME]`` defines, by name.

        Raises:
            SettingsError: for a definition that cannot be used.
        """
        if not self.control:
            return {}
        from scimulator.target.controls.definition import read_controls  # noqa: PLC0415 - most settings define none

        return read_controls(self.control, self.origin("control"))

    def override(self, *, origin: str = "command line", **changes: SettingValue) -> Settings:
        """Return a copy in which the named values hold; None leaves a value as it is.

        Names are the keys of the sections (``url``, ``rate``, ``dialects``), unique across them, and ``quirks``,
        which adds to the declared ones.

        Raises:
            SettingsError: for a name that no section has.
        """
        made = self
        for name, value in changes.items():
            if value is not None:
                made = made.with_value(name, value, origin)
        return made

    def with_value(self, name: str, value: SettingValue, origin: str) -> Settings:
        """Return a copy with one value changed and its origin noted."""
        if name == "quirks":
            if not hasattr(value, "items"):
                raise SettingsError(f"{origin}: quirks are pairs of id and value")
            origins = {**self.origins, **{f"quirks.{key}": origin for key in value}}  # type: ignore[union-attr]  # checked by hasattr above
            merged = MappingProxyType({**self.quirks, **value})  # type: ignore[dict-item]  # the same
            return replace(self, quirks=merged, origins=MappingProxyType(origins))
        if name == "control":
            origins = {**self.origins, "control": origin}
            return replace(self, control=value, origins=MappingProxyType(origins))  # type: ignore[arg-type]  # a table, by the schema
        section = section_of(name)
        if section is None:
            known = [one.name for kind in SECTIONS.values() for one in fields(kind)]
            raise SettingsError(f"{origin}: there is no setting {name!r}{hint(name, known)}")
        origins = {**self.origins, f"{section}.{name}": origin}
        if isinstance(value, list):
            value = tuple(value)
        changed = replace(getattr(self, section), **{name: value})
        return replace(self, **{section: changed, "origins": MappingProxyType(origins)})


SECTIONS: dict[str, type[TargetSettings | Limits | People | RunSettings]] = {
    "target": TargetSettings,
    "limits": Limits,
    "people": People,
    "run": RunSettings,
}


def section_of(name: str) -> str | None:
    """Return the section that has the key ``name``, or None."""
    for section, kind in SECTIONS.items():
        if any(one.name == name for one in fields(kind)):
            return section
    return None
