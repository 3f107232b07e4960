"""Drift: where the target in the end differs from what the directory wants to be there.

Everything here is decided from what independent reads of the target showed. Whether a text is in capitals is no drift
in userName and e-mail addresses, which do not tell cases apart.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from scimulator.idp.answers import members as listed
from scimulator.idp.driving.stage import Intent
from scimulator.idp.expressions.errors import ExpressionError
from scimulator.idp.mapping import Apply, Constant

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.driving.stage import Stage
    from scimulator.idp.mapping import Rule
    from scimulator.idp.paths import Place

_NO_CASE = frozenset({"username", "emails"})


class DriftKind(StrEnum):
    """In what way the target differs."""

    MISSING_ACCOUNT = "missing-account"
    UNLINKED_ACCOUNT = "unlinked-account"
    STILL_ACTIVE = "still-active"
    NOT_ACTIVE = "not-active"
    STILL_THERE = "still-there"
    ATTRIBUTE = "attribute-differs"
    MISSING_GROUP = "missing-group"
    NAME = "group-name-differs"
    MISSING_MEMBER = "missing-member"
    EXTRA_MEMBER = "extra-member"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference.

    ``subject`` is the login or group's name, ``where`` the resource at the target (``/Users/7``, empty for none).
    ``wanted`` and ``shown`` are values where the kind has any; ``message`` is a sentence for a person.
    """

    kind: DriftKind
    subject: str
    where: str
    message: str
    attribute: str = ""
    wanted: Json = None
    shown: Json = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a read of a resource came to: where it was asked for, the status (0 for none), the resource if it is one."""

    where: str
    status: int
    resource: JsonObject

    @property
    def gone(self) -> bool:
        """Whether the target says that there is nothing."""
        return self.status in (404, 410)

    @property
    def there(self) -> bool:
        """Whether a resource came."""
        return self.status == 200 and bool(self.resource)


def account_drifts(
    stage: Stage, person_id: str, shown: Shown | None, offered: Callable[[Place], bool]
) -> tuple[list[Drift], list[str]]:
    """Return how an account differs, and the places that were left out because the target does not offer them.

    ``shown`` None means that the identity provider has no link and that nothing of this name was found either.
    """
    intent, name = stage.intents.get(person_id, Intent.FREE), stage.label(person_id)
    if intent is Intent.FREE:
        return [], []
    if intent is Intent.GONE:
        return _gone(name, "account", shown), []
    if shown is None or shown.gone:
        if intent is Intent.INACTIVE:
            # Nobody can sign in with an account that is not there.
            return [], []
        where = shown.where if shown else ""
        return [Drift(DriftKind.MISSING_ACCOUNT, name, where, f"{name} has no account at the target")], []
    if not shown.there:
        return [_unreadable(name, shown)], []
    found: list[Drift] = []
    if stage.app.remote_id(person_id) is None:
        message = f"{name} has the account {shown.where}, of which the identity provider knows nothing"
        found.append(Drift(DriftKind.UNLINKED_ACCOUNT, name, shown.where, message))
    active = _active(shown.resource)
    if intent is Intent.INACTIVE:
        if active is not False:
            said = "shows no active flag" if active is None else f"is still active ({json.dumps(active)})"
            found.append(Drift(DriftKind.STILL_ACTIVE, name, shown.where, f"{name} {said}", "active", False, active))
        return found, []
    if active not in (True, None):
        message = f"{name} is not active ({json.dumps(active)})"
        found.append(Drift(DriftKind.NOT_ACTIVE, name, shown.where, message, "active", True, active))
    differing, left_out = _attributes(stage, person_id, shown, offered)
    return found + differing, left_out


def group_drifts(stage: Stage, group_id: str, shown: Shown | None) -> list[Drift]:
    """Return how a group differs: whether it is there, its name, its members."""
    intent, name = stage.intents.get(group_id, Intent.FREE), stage.label(group_id)
    if intent is Intent.FREE:
        return []
    if intent is Intent.GONE:
        return _gone(name, "group", shown)
    if shown is None or shown.gone:
        where = shown.where if shown else ""
        return [Drift(DriftKind.MISSING_GROUP, name, where, f"the group {name} is not at the target")]
    if not shown.there:
        return [_unreadable(name, shown)]
    found: list[Drift] = []
    called = shown.resource.get("displayName")
    if called != name:
        message = f"the group {name} is called {_short(called)}"
        found.append(Drift(DriftKind.NAME, name, shown.where, message, "displayName", name, called))
    return found + _members(stage, group_id, name, shown)


def _members(stage: Stage, group_id: str, name: str, shown: Shown) -> list[Drift]:
    here = {str(each.get("value")) for each in listed(shown.resource.get("members"))}
    told = {stage.app.remote_id(each) or stage.last_ids.get(each, ""): each for each in stage.told_in(group_id)}
    found = []
    for remote_id, person in told.items():
        # A target may take people who were switched off out of its groups.
        if remote_id and remote_id not in here and stage.intents.get(person) is Intent.ACTIVE:
            message = f"{stage.label(person)} is missing in the group {name}"
            found.append(Drift(DriftKind.MISSING_MEMBER, name, shown.where, message, "members", remote_id))
    known = {remote_id: stage.label(person) for person, remote_id in stage.last_ids.items()}
    for remote_id in sorted(here - set(told)):
        who = known.get(remote_id, f"somebody else (id {_short(remote_id)})")
        message = f"{who} is in the group {name} and should not be"
        found.append(Drift(DriftKind.EXTRA_MEMBER, name, shown.where, message, "members", None, remote_id))
    return found


def _attributes(
    stage: Stage, person_id: str, shown: Shown, offered: Callable[[Place], bool]
) -> tuple[list[Drift], list[str]]:
    person, name = stage.directory.person(person_id), stage.label(person_id)
    found: list[Drift] = []
    left_out: list[str] = []
    for rule in stage.mapping.rules:
        wanted = _wanted(stage, person_id, rule)
        if wanted is None or rule.target.text == "active" or rule.apply is not Apply.ALWAYS:
            continue
        if isinstance(rule.source, Constant) and rule.target.selector and not _element(rule, shown.resource):
            continue
        value = rule.target.find(shown.resource)
        if rule.reference and isinstance(value, dict):
            value = value.get("value")
        if _same(rule.target, wanted, value):
            continue
        if value is None and not offered(rule.target):
            left_out.append(rule.target.text)
            continue
        message = f"{name}: {rule.target.text} is {_short(value)}, the directory has {_short(wanted)}"
        found.append(Drift(DriftKind.ATTRIBUTE, person.login, shown.where, message, rule.target.text, wanted, value))
    return found, left_out


def _wanted(stage: Stage, person_id: str, rule: Rule) -> Json:
    person = stage.directory.person(person_id)
    if not rule.reference:
        with contextlib.suppress(ExpressionError):
            return rule.value(person, {})
        # What cannot be computed was never sent; the log tells of it.
        return None
    return stage.app.remote_id(person.manager) if person.manager and person_id in stage.bosses else None


def _element(rule: Rule, resource: JsonObject) -> bool:
    found = next((value for key, value in resource.items() if key.lower() == rule.target.attribute.lower()), None)
    return bool(found)


def _same(place: Place, wanted: Json, shown: Json) -> bool:
    if place.attribute.lower() in _NO_CASE and isinstance(wanted, str) and isinstance(shown, str):
        return wanted.casefold() == shown.casefold()
    if isinstance(wanted, str) and isinstance(shown, bool):
        # Expressions yield texts, and a target may keep the boolean that such a text spells.
        return wanted.lower() == str(shown).lower()
    return wanted == shown and isinstance(wanted, bool) == isinstance(shown, bool)


def _active(resource: JsonObject) -> Json:
    return next((value for name, value in resource.items() if name.lower() == "active"), None)


def _gone(name: str, what: str, shown: Shown | None) -> list[Drift]:
    if shown is None or shown.gone:
        return []
    if not shown.there:
        return [_unreadable(name, shown)]
    return [Drift(DriftKind.STILL_THERE, name, shown.where, f"the {what} {name} was deleted and is still there")]


def _unreadable(name: str, shown: Shown) -> Drift:
    told = f"answered {shown.status}" if shown.status else "not answered"
    return Drift(DriftKind.UNREADABLE, name, shown.where, f"{name} cannot be compared: GET {shown.where} is {told}")


def _short(value: Json) -> str:
    text = "missing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."
