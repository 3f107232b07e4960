"""The catalogue of quirks: product rules and permitted deviations, each with named values.

A quirk is never right or wrong in itself. For every value the catalogue says what a client sees, which identity
provider is hurt by it and how that is known, and what to set there. The files are ``fixtures/quirks/*.toml``, one per
family::

    [email-case]
    title = "…"
    what = "…"
    facts = ["W6"]                 # rules of the documented service, ids of collected quirks
    sources = ["https://…"]
    values = [
      { value = "preserve", seen = "…", hurts = [{ idp = "entra", how = "…", evidence = "documented" }],
        set = ["Okta: String.toLowerCase(user.email)"], replaces = ["users.create.some-check"],
        follows = { emails = "userName" }, keeps = ["name"] },
    ]

The first value is the default, what a product does that says nothing. A quirk whose value is a number has
``number = 100`` for its default and ``seen``, ``hurts`` and ``set`` of its own.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from scimulator import content
from scimulator.catalogue.near_miss import hint
from scimulator.catalogue.requirements import Basis, Evidence, Level, Normative, Requirement, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scimulator.catalogue.presets import QuirkValue as Value

PREFIX = "QUIRK-"
"""How the requirement begins that a product which declares a quirk has of itself."""
_EVIDENCE = {each.value for each in Evidence}
_ENTRY = {"title", "what", "facts", "sources", "values", "number", "least", "seen", "hurts", "set"}
_VALUE = {"value", "seen", "hurts", "set", "replaces", "follows", "keeps"}
_NAMES = {"okta": "Okta", "entra": "Entra", "any": "any identity provider"}
_NEVER_REPLACED = ("security.", "auth.", "exchanges.", "sanity.", "quirks.")


class QuirkError(ValueError):
    """A quirk or value that does not exist, or a file of the catalogue that is wrong; the message says more."""


@dataclass(frozen=True, slots=True)
class Hurt:
    """Whom a value hurts: ``idp`` is ``okta``, ``entra`` or ``any``, ``how`` a clause, ``evidence`` how it is known."""

    idp: str
    how: str
    evidence: str

    @property
    def who(self) -> str:
        """The name of the identity provider as people write it."""
        return _NAMES[self.idp]


@dataclass(frozen=True, slots=True)
class NamedValue:
    """One value of a quirk.

    ``seen`` is what a client sees, ``set_in_idp`` what to set in an identity provider. The rest says how checks judge a
    product which declares this value: ``replaces`` holds prefixes of ids of checks that do not apply, ``follows`` maps
    an attribute that changes along to the one whose change it follows, ``keeps`` holds attributes that a write leaves
    as they are although they were asked to change.
    """

    value: str
    seen: str
    hurts: tuple[Hurt, ...] = ()
    set_in_idp: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    follows: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    keeps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quirk:
    """One quirk. ``values`` is empty where the value is a whole number; then ``number`` describes any of them.

    ``facts`` are ids of what it was taken from (``W6``, ``QUIRK-001``), ``sources`` addresses.
    """

    id: str
    family: str
    title: str
    what: str
    default: Value
    values: tuple[NamedValue, ...]
    facts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    number: NamedValue | None = None
    least: int = 1

    @property
    def requirement_id(self) -> str:
        """The id of what a product owes that declares a value of this quirk."""
        return f"{PREFIX}{self.id}"

    def named(self, value: Value) -> NamedValue | None:
        """Return what the catalogue says of a value, or None where it knows no such value."""
        if self.number is not None:
            if not isinstance(value, int) or isinstance(value, bool) or value < self.least:
                return None
            # Zero stands for no limit at all, which hurts nobody.
            return self.number if value else NamedValue("0", self.number.seen)
        return next((each for each in self.values if each.value == value), None)

    def checked(self, value: object, origin: str) -> Value:
        """Return a declared value.

        Raises:
            QuirkError: when the quirk has no such value; the message says which there are.
        """
        if isinstance(value, str | int) and self.named(value) is not None:
            return value
        if self.number is not None:
            raise QuirkError(f"{origin}: {self.id} is a whole number from {self.least} on, not {value!r}")
        known = [each.value for each in self.values]
        near = hint(str(value), known)
        raise QuirkError(f"{origin}: {self.id} is {' or '.join(map(repr, known))}, not {value!r}{near}")


@cache
def quirks() -> Mapping[str, Quirk]:
    """Return all quirks by id, family by family."""
    found: dict[str, Quirk] = {}
    for file in sorted((content("fixtures") / "quirks").glob("*.toml"), key=lambda each: each.name):
        if file.name == "trips.toml":
            continue
        for each in _read(file):
            if each.id in found:
                raise QuirkError(f"{file.name}: {each.id} stands in two files")
            found[each.id] = each
    return MappingProxyType(found)


def quirk(id: str) -> Quirk:  # noqa: A002 - the word of the catalogue for it
    """Return a quirk.

    Raises:
        QuirkError: with the nearest ids, when there is none of that id.
    """
    found = quirks().get(id)
    if found is None:
        raise QuirkError(f"there is no quirk {id!r}{hint(id, quirks())}; see: scimulator list quirks")
    return found


def declared_quirks(table: Mapping[str, object], origin: str) -> dict[str, Value]:
    """Return the values that a product declares, checked; ``origin`` names the file for messages.

    Raises:
        QuirkError: for an unknown quirk or value.
    """
    made: dict[str, Value] = {}
    for name, value in table.items():
        if name not in quirks():
            raise QuirkError(f"{origin}: there is no quirk {name!r}{hint(name, quirks())}")
        made[name] = quirk(name).checked(value, origin)
    return made


def replaced_by(check_id: str, declared: Mapping[str, Value]) -> str:
    """Return ``quirk = value`` of the declaration that takes a check's place, or an empty text."""
    for rule, said in declared_values(declared).items():
        if any(check_id == prefix or check_id.startswith(f"{prefix}.") for prefix in said.replaces):
            return rule
    return ""


def declared_values(declared: Mapping[str, Value]) -> dict[str, NamedValue]:
    """Return what the catalogue says of each declared value, by ``quirk = value``."""
    found: dict[str, NamedValue] = {}
    for name, value in declared.items():
        said = quirks()[name].named(value) if name in quirks() else None
        if said is not None:
            found[f"{name} = {value}"] = said
    return found


def promise(id: str) -> Requirement | None:  # noqa: A002 - the word of the catalogue for it
    """Return the requirement ``QUIRK-<id>`` that a product has of itself, or None for another id."""
    if not id.startswith(PREFIX) or id.removeprefix(PREFIX) not in quirks():
        return None
    known = quirks()[id.removeprefix(PREFIX)]
    return Requirement(
        id=id,
        rfc="",
        section="",
        level=Level.MUST,
        keyword="",
        basis=Basis.PRODUCT,
        normative=Normative.NONE,
        verdict=Verdict.FAIL,
        topic="quirks",
        statement=f"The product behaves as it declares by {known.id}: {known.title[:1].lower()}{known.title[1:]}.",
        source=(f"[quirks] {known.id}",),
    )


# reading ---------------------------------------------------------------------------------------------------------


def _read(file: Path) -> list[Quirk]:
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise QuirkError(f"{file.name} is not TOML: {error}") from error
    return [_Entry(file.stem, name, entry).quirk() for name, entry in table.items()]


class _Entry:
    """One entry of a file, and the complaints about it."""

    def __init__(self, family: str, name: str, entry: dict[str, object]) -> None:
        self.family = family
        self.name = name
        self.entry = entry
        self._only(entry, _ENTRY)

    def quirk(self) -> Quirk:
        values = tuple(self._value(each) for each in self._list(self.entry, "values"))
        number = None
        if "number" in self.entry:
            number = NamedValue(
                "", str(self.entry.get("seen", "")), self._hurts(self.entry), self._texts(self.entry, "set")
            )
        if bool(values) == (number is not None):
            raise self._wrong("needs either values or number")
        for key in ("title", "what"):
            if not str(self.entry.get(key, "")).strip():
                raise self._wrong(f"needs {key}")
        default = self.entry["number"] if number is not None else values[0].value
        return Quirk(
            id=self.name,
            family=self.family,
            title=str(self.entry["title"]),
            what=" ".join(str(self.entry["what"]).split()),
            default=default,  # type: ignore[arg-type]  # TOML has nothing but text and numbers here
            values=values,
            facts=self._texts(self.entry, "facts"),
            sources=self._texts(self.entry, "sources"),
            number=number,
            least=int(str(self.entry.get("least", 1))),
        )

    def _value(self, entry: dict[str, object]) -> NamedValue:
        self._only(entry, _VALUE)
        replaces = self._texts(entry, "replaces")
        if any(f"{each}.".startswith(_NEVER_REPLACED) for each in replaces):
            raise self._wrong("replaces checks of security or of ours, which no declaration does")
        if not entry.get("value") or not entry.get("seen"):
            raise self._wrong("a value needs value and seen")
        follows = entry.get("follows", {})
        if not isinstance(follows, dict):
            raise self._wrong("follows is a table of attributes")
        return NamedValue(
            str(entry["value"]),
            str(entry["seen"]),
            self._hurts(entry),
            self._texts(entry, "set"),
            replaces,
            MappingProxyType({str(name): str(cause) for name, cause in follows.items()}),
            self._texts(entry, "keeps"),
        )

    def _hurts(self, entry: dict[str, object]) -> tuple[Hurt, ...]:
        made = []
        for each in self._list(entry, "hurts"):
            self._only(each, {"idp", "how", "evidence"})
            if each.get("evidence") not in _EVIDENCE:
                raise self._wrong(f"evidence is one of {', '.join(sorted(_EVIDENCE))}, not {each.get('evidence')!r}")
            if each.get("idp") not in _NAMES or not each.get("how"):
                raise self._wrong(f"hurts needs how, and idp is one of {', '.join(_NAMES)}, not {each.get('idp')!r}")
            made.append(Hurt(str(each["idp"]), str(each["how"]), str(each["evidence"])))
        return tuple(made)

    def _texts(self, entry: dict[str, object], key: str) -> tuple[str, ...]:
        value = entry.get(key, [])
        return tuple(map(str, value)) if isinstance(value, list) else (str(value),)

    def _list(self, entry: dict[str, object], key: str) -> list[dict[str, object]]:
        value = entry.get(key, [])
        return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []

    def _only(self, entry: dict[str, object], known: set[str]) -> None:
        for key in entry:
            if key not in known:
                raise self._wrong(f"there is no key {key!r}{hint(key, known)}")

    def _wrong(self, told: str) -> QuirkError:
        return QuirkError(f"quirks/{self.family}.toml: [{self.name}]: {told}")
