"""Other people's data in the answers of a run gets other names, the same everywhere, before anybody else reads it.

People that a run has made up itself carry its mark and stay as they are. Equal values stay equal.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scimulator.evidence.repro.template import SHORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scimulator.evidence.repro.records import Seen
    from scimulator.exchange.strict_json import Json, JsonObject

_MARK = "scimulator-"
_PERSONAL = frozenset(
    {
        *("username", "externalid", "displayname", "nickname", "formatted", "givenname", "familyname", "middlename"),
        *("value", "display", "streetaddress", "locality", "postalcode", "profileurl", "employeenumber", "title"),
    }
)
_HOLDERS = frozenset({"name", "emails", "phonenumbers", "addresses", "ims", "photos", "members", "manager", "groups"})
_WITH_VALUE = frozenset({"emails", "phonenumbers", "ims", "photos"})


class Disguise:
    """Replaces personal data that stands in the answers of these exchanges."""

    def __init__(self, exchanges: Iterable[Seen]) -> None:
        self._names: dict[str, str] = {}
        for each in exchanges:
            for resource in _resources(each.document):
                if _MARK not in json.dumps(resource).lower():
                    for value in _personal(resource, ""):
                        self._learn(value)
        self._longest = sorted(self._names, key=len, reverse=True)

    def _learn(self, value: str) -> None:
        if len(value) < SHORT // 2 or value in self._names:
            return
        number = len(self._names) + 1
        self._names[value] = f"person-{number}@example.org" if "@" in value else f"Person {number}"

    def text(self, text: str) -> str:
        """Return a text, JSON or not, in which nobody can be recognised."""
        for value in self._longest:
            written = json.dumps(value, ensure_ascii=False)[1:-1]
            name = self._names[value]
            quote = "" if len(value) >= SHORT else '"'
            text = text.replace(f"{quote}{written}{quote}", f"{quote}{name}{quote}")
        return text


def _resources(document: Json) -> Iterator[JsonObject]:
    if not isinstance(document, dict):
        return
    listed = document.get("Resources")
    for each in listed if isinstance(listed, list) else [document]:
        if isinstance(each, dict) and ("userName" in each or "displayName" in each):
            yield each


def _personal(value: Json, holder: str) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _personal(each, holder)
    elif isinstance(value, dict):
        for name, inner in value.items():
            lower = name.lower()
            if isinstance(inner, str):
                told = lower in _PERSONAL and (lower != "value" or holder in _WITH_VALUE)
                if told and inner:
                    yield inner
            elif lower in _HOLDERS or ":" in name:
                yield from _personal(inner, lower)
