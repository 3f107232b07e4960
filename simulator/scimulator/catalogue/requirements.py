"""What a SCIM server owes is a list of single sentences, each with an id, a source and a weight.

The sentences are data: ``fixtures/requirements/*.json`` holds those of the RFCs (``rfc7643.json``, ``rfc7644.json``,
``http.json``, ``auth.json``) and those of identity providers (``idp_*.json``), all in the format of
``fixtures/schemas/requirement.schema.json``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, TypedDict

import orjson

from scimulator import content
from scimulator.catalogue.near_miss import hint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import NotRequired

# Rulings lie beside the requirements and are read by scimulator.catalogue.rulings.
_RULINGS_FILE = "rulings.json"


class Level(StrEnum):
    """How strongly a requirement asks, in the three grades of RFC 2119."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class Basis(StrEnum):
    """Where a requirement comes from."""

    KEYWORD = "keyword"
    """The sentence has a key word of RFC 2119."""
    DESCRIPTIVE = "descriptive"
    """Plain prose or a table says so."""
    INFERRED = "inferred"
    """It follows from several sentences."""
    EXAMPLE = "example"
    """Only an example shows it."""
    HTTP = "http"
    """HTTP itself demands it."""
    ERRATUM = "erratum"
    """An erratum says so."""
    COMPAT = "compat"
    """Clients in the field depend on it."""
    IDP = "idp"
    """An identity provider needs it."""
    PRODUCT = "product"
    """The product under test declares it of itself."""


class Normative(StrEnum):
    """What the words of the source weigh."""

    NORMATIVE = "normative"
    PROSE = "prose"
    DERIVED = "derived"
    ERRATUM = "erratum"
    PRACTICE = "practice"
    NONE = ""


class Verdict(StrEnum):
    """What a refuted requirement can mean at most."""

    FAIL = "fail"
    WARN = "warn"
    INFO = "info"


class Evidence(StrEnum):
    """How the behaviour of an identity provider is known."""

    CAPTURED = "captured"
    DOCUMENTED = "documented"
    CLIENT_SOURCE = "client-source"
    VENDOR_TOOL = "vendor-tool"
    REPORTED = "reported"
    INFERRED = "inferred"


class Strength(StrEnum):
    """Whose word a finding rests on, in words for a report."""

    RFC_MUST = "RFC MUST"
    RFC_SHOULD = "RFC SHOULD"
    RFC_DESCRIPTION = "described by the RFC"
    IDP = "required by an IdP"
    PRODUCT = "declared by the product"
    INFORMATIONAL = "informational"


_FIRM_EVIDENCE = frozenset({Evidence.CAPTURED, Evidence.DOCUMENTED, Evidence.CLIENT_SOURCE})


class UnknownRequirement(LookupError):  # noqa: N818 - named for what happened, as the words of the catalogue are
    """No requirement has that id."""


class BadCatalogue(ValueError):  # noqa: N818 - named for what happened, as the words of the catalogue are
    """A file of requirements cannot be used; the message names the file and the entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One sentence of an RFC, or one need of an identity provider, about a SCIM server.

    ``rfc`` is ``"RFC7644"`` and ``section`` ``"3.5.2.2"``; both are empty where an identity provider asks. ``keyword``
    is the key word as the text spells it (``SHALL NOT``). ``rulings`` are ids of ambiguities (``A12``) that were
    decided for this requirement, ``errata`` ids of RFC Editor errata. ``evidence``, ``source`` and ``dialects`` are
    given for identity providers only.
    """

    id: str
    rfc: str
    section: str
    level: Level
    keyword: str
    basis: Basis
    normative: Normative
    verdict: Verdict
    topic: str
    statement: str
    rulings: tuple[str, ...] = ()
    errata: tuple[str, ...] = ()
    evidence: Evidence | None = None
    source: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ()

    @property
    def strength(self) -> Strength:
        """Whose word a refutation rests on.

        RFC MUST and RFC SHOULD are kept for sentences with a key word. A MUST that is only to be warned about (the
        texts contradict each other, or bind the client) ranks with the SHOULDs. Everything else of an RFC is
        described by it. Whether a refutation fails a target is told by ``fails``, not by this.
        """
        if self.verdict is Verdict.INFO:
            return Strength.INFORMATIONAL
        if self.basis is Basis.IDP:
            return Strength.IDP
        if self.basis is Basis.PRODUCT:
            return Strength.PRODUCT
        if self.normative is not Normative.NORMATIVE:
            return Strength.RFC_DESCRIPTION
        return Strength.RFC_MUST if self.level is Level.MUST and self.verdict is Verdict.FAIL else Strength.RFC_SHOULD

    @property
    def fails(self) -> bool:
        """Whether a refutation fails the target.

        An identity provider's need fails only where it was captured, documented or read in the client's source.
        """
        if self.verdict is not Verdict.FAIL or self.level is not Level.MUST:
            return False
        return self.basis is not Basis.IDP or self.evidence in _FIRM_EVIDENCE

    @property
    def warns(self) -> bool:
        """Whether a refutation is reported as a warning and no more."""
        return self.verdict is not Verdict.INFO and not self.fails

    @property
    def citation(self) -> str:
        """Where to read it: ``RFC 7644 section 3.5.2.2``, or the first source of an identity provider's need."""
        if self.rfc:
            return f"{self.rfc[:3]} {self.rfc[3:]} section {self.section}"
        return self.source[0] if self.source else self.id


class _Entry(TypedDict):
    """An entry of a file, as the JSON Schema describes it."""

    id: str
    rfc: str
    section: str
    level: str
    keyword: NotRequired[str]
    basis: str
    normative: NotRequired[str]
    verdict: str
    topic: str
    statement: str
    rulings: NotRequired[list[str]]
    errata: NotRequired[list[str]]
    evidence: NotRequired[str]
    source: NotRequired[list[str]]
    dialects: NotRequired[list[str]]


@cache
def requirements() -> Mapping[str, Requirement]:
    """Return all requirements by id, in the order of the files; read once per process.

    Raises:
        BadCatalogue: where a file is not JSON, an entry lacks a member or an id occurs twice.
    """
    return MappingProxyType(read_requirements(content("fixtures") / "requirements"))


def requirement(id: str) -> Requirement:  # noqa: A002 - the word of the catalogue for it
    """Return the requirement with that id; ``QUIRK-<id>`` is what a product owes that declares a quirk.

    Raises:
        UnknownRequirement: where there is none; the message suggests the nearest id.
    """
    known = requirements()
    found = known.get(id)
    if found is None and id.startswith("QUIRK-"):
        # The catalogue of quirks makes requirements, so it stands above this module.
        from scimulator.catalogue.quirks import promise  # noqa: PLC0415 - see above

        found = promise(id)
    if found is None:
        raise UnknownRequirement(
            f'no requirement has the id "{id}"{hint(id, known)}; fixtures/requirements/ holds all of them'
        )
    return found


def read_requirements(folder: Path) -> dict[str, Requirement]:
    """Read every file of requirements in a folder.

    Raises:
        BadCatalogue: where a file is not JSON, an entry lacks a member or an id occurs twice.
    """
    found: dict[str, Requirement] = {}
    for path in sorted(folder.glob("*.json")):
        if path.name == _RULINGS_FILE:
            continue
        try:
            entries: list[_Entry] = orjson.loads(path.read_bytes())
        except orjson.JSONDecodeError as error:
            raise BadCatalogue(f"{path.name} is not JSON: {error}") from error
        for entry in entries:
            try:
                made = _requirement(entry)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                name = entry.get("id", "an entry without id") if isinstance(entry, dict) else "an entry"
                raise BadCatalogue(
                    f"{path.name}: {name} is not a requirement ({error!r}); requirement.schema.json tells the format"
                ) from error
            if made.id in found:
                raise BadCatalogue(f"{path.name}: the id {made.id} is already taken; give each requirement its own")
            found[made.id] = made
    return found


# A look-up in a dict is several times as fast as calling the enum, and a thousand entries add up.
_LEVELS = {str(one): one for one in Level}
_BASES = {str(one): one for one in Basis}
_NORMATIVES = {str(one): one for one in Normative} | {"idp": Normative.NONE}
_VERDICTS = {str(one): one for one in Verdict}
_EVIDENCES = {str(one): one for one in Evidence}


def _requirement(entry: _Entry) -> Requirement:
    evidence = entry.get("evidence")
    return Requirement(
        id=entry["id"],
        rfc=entry["rfc"],
        section=entry["section"],
        level=_LEVELS[entry["level"]],
        keyword=entry.get("keyword", entry["level"]),
        basis=_BASES[entry["basis"]],
        normative=_NORMATIVES[entry.get("normative", "")],
        verdict=_VERDICTS[entry["verdict"]],
        topic=entry["topic"],
        statement=entry["statement"],
        rulings=tuple(entry.get("rulings", ())),
        errata=tuple(entry.get("errata", ())),
        evidence=_EVIDENCES[evidence] if evidence else None,
        source=tuple(entry.get("source", ())),
        dialects=tuple(entry.get("dialects", ())),
    )
