"""The end of a performance: the target is read independently and compared with the directory."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from scimulator import __version__
from scimulator.exchange.message import Exchange, Purpose, Request
from scimulator.idp.answers import members as objects
from scimulator.idp.driving.drift import Shown, account_drifts, group_drifts
from scimulator.idp.driving.stage import Intent
from scimulator.idp.expressions.errors import ExpressionError
from scimulator.kit.discovery import Discovery
from scimulator.kit.operations import USER
from scimulator.target.guest import resource_target

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.idp.driving.drift import Drift
    from scimulator.idp.driving.stage import Stage
    from scimulator.idp.paths import Place
    from scimulator.target.target import Target

_HEADERS = (("User-Agent", f"scimulator/{__version__}"), ("Accept", "application/scim+json"))
_SETTLE = 0.5
"""Seconds that a target gets which answers before it has stored."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing: the drifts, the numbers of what was read, and places that the target does not offer."""

    drifts: tuple[Drift, ...]
    accounts: int
    groups: int
    left_out: tuple[str, ...] = ()
    foreseen: tuple[Drift, ...] = ()
    """Differences that the scenario says have to be there."""
    missing: tuple[str, ...] = ()
    """Sentences about differences that the scenario foresees and that are not there."""


def compare(stage: Stage, target: Target) -> Comparison:
    """Read every account and group of the scenario from the target and compare it with the directory.

    Where something differs it is read once more after a moment: only what differs then is drift.
    """
    stage.settle()
    found = _Reader(stage, target).compare()
    if found.drifts and target.dead is None:
        target.clock.sleep(_SETTLE)
        found = _Reader(stage, target).compare()
    return _with_foreseen(stage, found)


def _with_foreseen(stage: Stage, found: Comparison) -> Comparison:
    """Take the differences that the scenario foresees out of the drifts."""
    expected = {(stage.label(stage.ids[each.person]), each.at): each for each in stage.scenario.drifts}
    foreseen = tuple(each for each in found.drifts if (each.subject, each.attribute) in expected)
    seen = {(each.subject, each.attribute) for each in foreseen}
    lacking = [each for each in expected if each not in seen]
    missing = tuple(f"{subject} was expected to differ at {at}, and does not" for subject, at in lacking)
    others = tuple(each for each in found.drifts if each not in foreseen)
    return replace(found, drifts=others, foreseen=foreseen, missing=missing)


class _Reader:
    def __init__(self, stage: Stage, target: Target) -> None:
        self._stage = stage
        self._target = target
        self._discovery = Discovery(self._get, urlsplit(target.base_url).path)

    def compare(self) -> Comparison:
        stage = self._stage
        drifts: list[Drift] = []
        left_out: list[str] = []
        people = [each for each in stage.ids.values() if self._expected(each)]
        groups = [each for each in stage.group_ids.values() if self._expected(each)]
        for person in people:
            shown = self._shown(person, "/Users", "userName", self._user_name(person))
            differing, unoffered = account_drifts(stage, person, shown, self._offers)
            drifts += differing
            left_out += unoffered
        for group in groups:
            shown = self._shown(group, "/Groups", "displayName", stage.label(group))
            drifts += group_drifts(stage, group, shown)
        return Comparison(tuple(drifts), len(people), len(groups), tuple(dict.fromkeys(left_out)))

    def _expected(self, subject: str) -> bool:
        return self._stage.intents.get(subject, Intent.FREE) is not Intent.FREE

    def _user_name(self, person_id: str) -> str:
        """Return the name that the mapping gives a person, the login where it gives none."""
        person = self._stage.directory.people.get(person_id)
        with contextlib.suppress(ExpressionError):
            if person is not None:
                return str(self._stage.mapping.resource(person).get("userName") or person.login)
        return self._stage.label(person_id)

    def _shown(self, subject: str, endpoint: str, name: str, value: str) -> Shown | None:
        """Read what belongs to an entry: by the id that was known for it, else what the target finds by its name."""
        known = self._stage.last_ids.get(subject)
        if known:
            place = resource_target(endpoint, known)
            exchange = self._get(place, Purpose.EVIDENCE)
            return Shown(place, exchange.response.status if exchange.response else 0, exchange.document.object)
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        query = quote(f'{name} eq "{escaped}"', safe="")
        answer = self._get(f"{endpoint}?filter={query}", Purpose.EVIDENCE).document.object
        for resource in objects(answer.get("Resources")):
            if _named(resource, name).casefold() == value.casefold() and isinstance(resource.get("id"), str):
                return Shown(resource_target(endpoint, str(resource["id"])), 200, resource)
        return None

    def _offers(self, place: Place) -> bool:
        schema = place.urn or USER
        if place.urn and not self._discovery.lists_extension(place.urn):
            return False
        if not place.sub or not self._discovery.offers(place.attribute, schema):
            return self._discovery.offers(place.attribute, schema)
        # A schema that lists no sub-attributes at all says nothing of this one.
        whole = self._discovery.attribute(place.attribute, schema) or {}
        return not whole.get("subAttributes") or self._discovery.offers(f"{place.attribute}.{place.sub}", schema)

    def _get(self, place: str, purpose: Purpose) -> Exchange:
        exchange = self._target.send(Request("GET", place, _HEADERS), purpose=purpose)
        if exchange.response is not None and exchange.response.status == 406:
            # Whoever refuses our media type may serve a client that names none, as Entra does.
            exchange = self._target.send(Request("GET", place, _HEADERS[:1]), purpose=purpose)
        return exchange


def _named(resource: JsonObject, name: str) -> str:
    return next((str(value) for key, value in resource.items() if key.lower() == name.lower()), "")
