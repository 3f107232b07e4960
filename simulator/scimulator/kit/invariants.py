"""Passive invariants: what has to hold in every exchange of a run, whatever check sent it.

Each one is a check of its own in the report, once per run, with the number of exchanges that it looked at and of those
that refute it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scimulator.catalogue.checks import CheckDeclaration
from scimulator.exchange.message import Purpose
from scimulator.kit.bodies import problems_by_own_schema, problems_by_rfc
from scimulator.kit.jsonpath import find
from scimulator.kit.operations import GROUP, LIST_RESPONSE, USER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scimulator.exchange.message import Exchange
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.kit.discovery import Discovery
    from scimulator.kit.outcomes import Symptom


@dataclass(slots=True)
class Tally:
    """What one invariant saw: how many exchanges concerned it, how many refuted it, and the first of each kind."""

    seen: int = 0
    refuted: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    first: dict[str, tuple[str, Symptom, Exchange, str]] = field(default_factory=dict)
    """By symptom slug: requirement, symptom, exchange, id of the check that sent it."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """A declaration and the functions that tell whether an exchange concerns it and what is wrong with it."""

    declaration: CheckDeclaration
    concerns: Callable[[Context], bool]
    judge: Callable[[Context], Iterator[tuple[str, Symptom]]]


class Memo:
    """Remembers what was found in a resource, because most resources are read more than once without a change."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def by_rfc(self, resource: JsonObject, urn: str) -> list[tuple[str, str]]:
        """Return the problems by the RFC's schema; see ``problems_by_rfc``."""
        return self._remembered((f"rfc {urn}", _shape(resource)), lambda: problems_by_rfc(resource, urn))

    def by_own_schema(self, resource: JsonObject, schema: JsonObject) -> list[tuple[str, str]]:
        """Return the problems by the target's schema; see ``problems_by_own_schema``."""
        key = (f"own {schema.get('id')}", _shape(resource))
        return self._remembered(key, lambda: problems_by_own_schema(resource, schema))

    def _remembered(self, key: tuple[str, str], find_out: Callable[[], list[tuple[str, str]]]) -> list[tuple[str, str]]:
        if key not in self._found:
            if len(self._found) > 2000:
                self._found.clear()
            self._found[key] = find_out()
        return self._found[key]


_BASE64 = re.compile(r"[A-Za-z0-9+/_=\s-]*\Z")
_DIGIT = re.compile(r"\d")


def _shape(value: Json) -> str:
    """Return a text that is equal for bodies whose values have the same types, patterns included."""
    match value:
        case dict():
            return "{" + ",".join(f"{name}:{_shape(inner)}" for name, inner in value.items()) + "}"
        case list():
            return "[" + ",".join(dict.fromkeys(_shape(item) for item in value)) + "]"
        case str() if ":" not in value or "/" in value:
            # No dateTime; all that is left to tell apart is the alphabet of base64.
            return "b" if _BASE64.match(value) else "w"
        case str():
            return _DIGIT.sub("0", value)
        case _:
            return type(value).__name__


@dataclass(slots=True)
class Context:
    """One exchange with what is needed to judge it; everything is worked out once for all invariants."""

    exchange: Exchange
    base_url: str
    secrets: frozenset[str]
    discovery: Discovery
    memo: Memo
    status: int = 0
    body: JsonObject = field(default_factory=dict)
    resources: list[JsonObject] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    """For each of ``resources``: the URN of its core schema, User or Group; empty for others."""

    @property
    def is_error(self) -> bool:
        """Whether the answer is 4xx or 5xx."""
        return self.status >= 400

    def header(self, name: str) -> str | None:
        """Return a response header."""
        return self.exchange.response.header(name) if self.exchange.response else None

    @property
    def raw(self) -> bytes:
        """The response body."""
        return self.exchange.response.body if self.exchange.response else b""


ALL: list[Invariant] = []


def invariant(
    check_id: str, *requirements: str, concerns: Callable[[Context], bool], explanation: str = ""
) -> Callable[[Callable[[Context], Iterator[tuple[str, Symptom]]]], None]:
    """Declare a passive invariant; the docstring's first line is its title."""

    def declare(judge: Callable[[Context], Iterator[tuple[str, Symptom]]]) -> None:
        title = (judge.__doc__ or "").partition("\n")[0]
        ALL.append(
            Invariant(CheckDeclaration(check_id, requirements, title, explanation, writes=False), concerns, judge)
        )

    return declare


class Invariants:
    """Watches the exchanges of one process and keeps a tally per invariant."""

    def __init__(self, base_url: str, secrets: frozenset[str], discovery: Discovery) -> None:
        self.base_url = base_url.rstrip("/")
        self.secrets = secrets
        self.discovery = discovery
        self.memo = Memo()
        self.tallies: dict[str, Tally] = {each.declaration.id: Tally() for each in ALL}

    def watch(self, exchange: Exchange, sender: str = "") -> None:
        """Judge one exchange by every invariant that it concerns."""
        if exchange.response is None or exchange.purpose is Purpose.CLEAN_UP:
            return
        context = Context(exchange, self.base_url, self.secrets, self.discovery, self.memo, exchange.response.status)
        context.body = exchange.document.object
        context.resources = list(_resources(context.body)) if context.status < 300 else []
        context.kinds = [_kind(each) for each in context.resources]
        for each in ALL:
            if not each.concerns(context):
                continue
            tally = self.tallies[each.declaration.id]
            tally.seen += 1
            bad = False
            for requirement, symptom in each.judge(context):
                bad = True
                tally.kinds[symptom.slug] += 1
                tally.first.setdefault(symptom.slug, (requirement, symptom, exchange, sender))
            tally.refuted += bad


def _resources(body: JsonObject) -> Iterator[JsonObject]:
    schemas = body.get("schemas")
    if not isinstance(schemas, list):
        return
    if LIST_RESPONSE in schemas:
        found = find(body, "Resources")
        if isinstance(found, list):
            yield from (item for item in found if isinstance(item, dict))
    elif any(isinstance(urn, str) and ":schemas:" in urn for urn in schemas):
        yield body


def _kind(resource: JsonObject) -> str:
    schemas = resource.get("schemas")
    listed = {str(urn).lower() for urn in schemas} if isinstance(schemas, list) else set()
    return next((urn for urn in (USER, GROUP) if urn.lower() in listed), "")
