"""Profiles: the recorded exchanges of a dialect as data, each with its source and its evidence.

The files are ``fixtures/profiles/<idp>/*.json``; ``fixtures/schemas/profile.schema.json`` describes their four kinds:
exchanges, operations, mapping and conventions. An exchange id means one request within a dialect; two dialects may
have the same id for what they do differently, so that a flow names its step once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, TypeVar, cast

from scimulator import content
from scimulator.catalogue.dialects import Dialect, dialect, dialects
from scimulator.catalogue.near_miss import hint
from scimulator.catalogue.requirements import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scimulator.exchange.message import Headers
    from scimulator.exchange.strict_json import Json, JsonObject


T = TypeVar("T")


class Use(StrEnum):
    """When an exchange is sent: by itself, with a switch on, as an answer to the target's behaviour, or never."""

    DEFAULT = "default"
    SWITCH = "switch"
    REACTION = "reaction"
    NOT_EMITTED = "not-emitted"


FIRM_EVIDENCE = frozenset({Evidence.CAPTURED, Evidence.DOCUMENTED, Evidence.CLIENT_SOURCE})
"""Evidence on which a target may be failed; anything weaker informs."""


class UnknownExchangeError(LookupError):
    """A profile has no exchange, operation or switch of this name; the message lists the near ones."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What an identity provider needs of one place in an answer.

    ``at`` is a JSON path (``$.Resources[0].id``) or a header (``header:Content-Type``), ``op`` an operator of the
    schema (equals, exists, is-integer, …), ``requirement`` the id of the need, or empty.
    """

    at: str
    op: str
    value: Json = None
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class ProfileExchange:
    """One recorded exchange: the request as a template with ``{{placeholders}}``, and what its sender needs back.

    ``query`` is the exact text behind the question mark. ``headers`` keep their order; the values
    ``{{authorization}}``, ``{{host}}`` and ``{{content-length}}`` mark what the transport fills in. ``has_body`` tells
    an absent body from a null one. ``status`` lists the expected codes, none where no answer is expected. ``rules``
    judge an answer of a success status (an error where only errors are expected), ``after`` judges a later read of the
    same resource; their values may hold placeholders. ``reacts`` tells what the sender does, by status or by a word for
    the answer. ``replaces`` names the exchange that this one stands in for while its switch is on; ``instance_of``
    names the exchange of which this is a recorded sample. ``suite`` names the vendor's test tool that sends it.
    ``example`` holds values for the placeholders with which the template gives the recorded request.
    """

    id: str
    dialects: tuple[str, ...]
    flow: str
    title: str
    use: Use
    method: str
    path: str
    query: str
    headers: Headers
    body: Json
    has_body: bool
    status: tuple[int, ...]
    rules: tuple[Rule, ...]
    after: tuple[Rule, ...]
    evidence: Evidence
    source: tuple[str, ...]
    date: str = ""
    note: str = ""
    reason: str = ""
    switch: str = ""
    replaces: str = ""
    instance_of: str = ""
    suite: str = ""
    reacts: Mapping[str, str] = field(default_factory=dict)
    example: Mapping[str, Json] = field(default_factory=dict)

    @property
    def may_fail(self) -> bool:
        """Whether a target may be failed on the evidence for this exchange alone."""
        return self.evidence in FIRM_EVIDENCE


@dataclass(frozen=True, slots=True)
class OperationTemplate:
    """One PATCH operation from which computed requests are put together; it cites its own source."""

    id: str
    dialects: tuple[str, ...]
    template: Mapping[str, Json]
    evidence: Evidence
    source: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Switch:
    """An option of the identity provider's app; ``on_in`` lists the dialects in which it is on by default.

    A switch may add a ``header`` or a text in front of the ``query`` to every request.
    """

    name: str
    title: str
    on_in: tuple[str, ...]
    evidence: Evidence
    source: tuple[str, ...]
    header: tuple[str, str] | None = None
    query: str = ""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a dialect writes a query: the text for a space, and whether hex digits are lower case."""

    space: str
    lower_hex: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """What one dialect says, with the switches that are on."""

    dialect: Dialect
    exchanges: tuple[ProfileExchange, ...]
    operations: tuple[OperationTemplate, ...]
    switches: tuple[Switch, ...]
    on: frozenset[str]
    encoding: Encoding
    mapping: JsonObject

    @staticmethod
    def load(name: str | Dialect, *, on: Iterable[str] = (), off: Iterable[str] = ()) -> Profile:
        """Return the profile of a dialect, with further switches turned ``on`` or ``off``.

        Raises:
            UnknownDialectError: when no dialect has this name.
            UnknownExchangeError: when the identity provider has no such switch.
        """
        chosen = name if isinstance(name, Dialect) else dialect(name)
        files = _read(chosen.idp)
        on, off = tuple(on), tuple(off)
        for wanted in (*on, *off):
            _find(wanted, {switch.name: switch for switch in files.switches}, "switch", chosen.id)
        enabled = {switch.name for switch in files.switches if chosen.id in switch.on_in}
        enabled = (enabled | set(on)) - set(off)
        encoding = files.encodings[chosen.id]
        return Profile(
            dialect=chosen,
            exchanges=tuple(
                _adorned(entry, [switch for switch in files.switches if switch.name in enabled])
                for entry in files.exchanges
                if chosen.id in entry.dialects
            ),
            operations=tuple(entry for entry in files.operations if chosen.id in entry.dialects),
            switches=files.switches,
            on=frozenset(enabled),
            encoding=Encoding(encoding.space, lower_hex="lower-hex" in enabled),
            mapping=files.mappings[chosen.id],
        )

    def exchange(self, name: str) -> ProfileExchange:
        """Return the exchange called ``name``, or the one that stands in for it under a switch that is on.

        Raises:
            UnknownExchangeError: when this dialect has none of that name.
        """
        for entry in self.exchanges:
            if entry.replaces == name and entry.switch in self.on:
                return entry
        return _find(name, {entry.id: entry for entry in self.exchanges}, "exchange", self.dialect.id)

    def has(self, name: str) -> bool:
        """Whether this dialect has an exchange called ``name``."""
        return any(entry.id == name for entry in self.exchanges)

    def operation(self, name: str) -> OperationTemplate:
        """Return the template of a PATCH operation.

        Raises:
            UnknownExchangeError: when this dialect has none of that name.
        """
        return _find(name, {entry.id: entry for entry in self.operations}, "operation", self.dialect.id)

    def switched(self, name: str) -> bool:
        """Whether a switch is on.

        Raises:
            UnknownExchangeError: when the identity provider has no such switch.
        """
        return _find(name, {entry.name: entry for entry in self.switches}, "switch", self.dialect.id).name in self.on


def profiles() -> tuple[Profile, ...]:
    """Return the profile of every dialect, with its default switches."""
    return tuple(Profile.load(entry) for entry in dialects())


@dataclass(frozen=True, slots=True)
class _Files:
    exchanges: tuple[ProfileExchange, ...]
    operations: tuple[OperationTemplate, ...]
    switches: tuple[Switch, ...]
    encodings: Mapping[str, Encoding]
    mappings: Mapping[str, JsonObject]


@cache
def _read(idp: str) -> _Files:
    documents = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((content("fixtures") / "profiles" / idp).glob("*.json"))
    ]
    conventions = next(document for document in documents if document["kind"] == "conventions")
    sets: dict[str, Headers] = {
        name: tuple((pair[0], pair[1]) for pair in pairs) for name, pairs in conventions["header_sets"].items()
    }
    exchanges = [
        _exchange(entry, document["flow"], sets)
        for document in documents
        if document["kind"] == "exchanges"
        for entry in document["exchanges"]
    ]
    operations = [
        OperationTemplate(
            id=entry["id"],
            dialects=tuple(entry["dialects"]),
            template=entry["template"],
            evidence=Evidence(entry["evidence"]),
            source=tuple(entry["source"]),
            note=entry.get("note", ""),
        )
        for document in documents
        if document["kind"] == "operations"
        for entry in document["operations"]
    ]
    switches = [
        Switch(
            name=entry["name"],
            title=entry["title"],
            on_in=tuple(entry["on"]),
            evidence=Evidence(entry["evidence"]),
            source=tuple(entry["source"]),
            header=(entry["header"][0], entry["header"][1]) if "header" in entry else None,
            query=entry.get("query", ""),
        )
        for entry in conventions["switches"]
    ]
    return _Files(
        exchanges=tuple(exchanges),
        operations=tuple(operations),
        switches=tuple(switches),
        encodings={name: Encoding(entry["space"]) for name, entry in conventions["encoding"].items()},
        mappings={
            name: document for document in documents if document["kind"] == "mapping" for name in document["dialects"]
        },
    )


def _exchange(entry: JsonObject, flow: str, sets: Mapping[str, Headers]) -> ProfileExchange:
    request = cast("JsonObject", entry["request"])
    expects = cast("JsonObject", entry["expects"])
    headers = request["headers"]
    listed = (
        sets[headers]
        if isinstance(headers, str)
        else tuple((pair[0], pair[1]) for pair in cast("list[list[str]]", headers))
    )
    return ProfileExchange(
        id=str(entry["id"]),
        dialects=_words(entry["dialects"]),
        flow=flow,
        title=str(entry["title"]),
        use=Use(str(entry["use"])),
        method=str(request["method"]),
        path=str(request["path"]),
        query=str(request.get("query", "")),
        headers=listed,
        body=request.get("body"),
        has_body="body" in request,
        status=tuple(cast("list[int]", expects["status"])),
        rules=_rules(expects.get("rules")),
        after=_rules(expects.get("after")),
        evidence=Evidence(str(entry["evidence"])),
        source=_words(entry["source"]),
        date=str(entry.get("date", "")),
        note=str(entry.get("note", "")),
        reason=str(entry.get("reason", "")),
        switch=str(entry.get("switch", "")),
        replaces=str(entry.get("replaces", "")),
        instance_of=str(entry.get("instance_of", "")),
        suite=str(entry.get("suite", "")),
        reacts=cast("dict[str, str]", entry.get("reacts", {})),
        example=cast("JsonObject", entry.get("example", {})),
    )


def _adorned(entry: ProfileExchange, switches: Iterable[Switch]) -> ProfileExchange:
    for switch in switches:
        if switch.header:
            entry = replace(entry, headers=(*entry.headers, switch.header))
        if switch.query:
            entry = replace(entry, query=f"{switch.query}&{entry.query}" if entry.query else switch.query)
    return entry


def _words(value: Json) -> tuple[str, ...]:
    return tuple(cast("list[str]", value))


def _rules(value: Json) -> tuple[Rule, ...]:
    return tuple(
        Rule(str(entry["at"]), str(entry["op"]), entry.get("value"), str(entry.get("requirement", "")))
        for entry in cast("list[JsonObject]", value or [])
    )


def _find(name: str, known: Mapping[str, T], what: str, where: str) -> T:
    found = known.get(name)
    if found is None:
        raise UnknownExchangeError(
            f"{where} has no {what} called {name!r}{hint(name, known)}; there are {', '.join(sorted(known))}"
        )
    return found
