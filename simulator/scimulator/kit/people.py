"""Seeded people and groups whose every marking value shows the run's mark."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from faker import Faker

from scimulator.kit.operations import ENTERPRISE, GROUP, USER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.kit.discovery import Discovery

DEFAULT_DOMAIN = "scimulator.example"
"""A reserved domain (RFC 2606): no mail sent there reaches anybody."""
_NAMES = 48
"""So many different names a run has; drawing one takes longer than sending it."""


@dataclass(slots=True)
class People:
    """Makes bodies for new users and groups.

    ``mark`` stands at the start of each userName, externalId and group displayName. ``defaults`` are attributes that
    the target wants beyond ours. Equal seeds make equal people.
    """

    mark: str
    discovery: Discovery
    seed: int = 0
    domain: str = DEFAULT_DOMAIN
    defaults: Mapping[str, Json] | None = None
    count: int = 0
    _names: list[tuple[str, str]] = field(default_factory=list)

    def unique(self, word: str = "") -> str:
        """Return a value that no other call of this run returns: the mark, a number and ``word``."""
        self.count += 1
        return f"{self.mark}{self.count:x}{'-' + word if word else ''}"

    def user_name(self, word: str = "user") -> str:
        """Return a fresh lower-case userName in the form of an e-mail address."""
        return f"{self.unique(word)}@{self.domain}"

    def names(self) -> tuple[str, str]:
        """Return a given and a family name in ASCII letters."""
        if not self._names:
            faker = Faker("en_US")
            faker.seed_instance(self.seed)
            self._names = [(faker.first_name(), faker.last_name()) for _ in range(_NAMES)]
        return self._names[self.count % _NAMES]

    def user(self, *, minimal: bool = False, **attributes: Json) -> JsonObject:
        """Return the body of a new user.

        ``minimal`` keeps to schemas, userName and whatever the target requires. Attributes that the target's schema
        does not offer are left out unless named in ``attributes``; one given as None is not sent.
        """
        given, family = self.names()
        user_name = attributes.pop("userName", None) or self.user_name(_slug(f"{given}.{family}"))
        body: JsonObject = {"schemas": [USER], "userName": user_name}
        rich: JsonObject = {
            "name": {"givenName": given, "familyName": family},
            "displayName": f"{given} {family}",
            "emails": [{"value": self._address(str(user_name)), "type": "work", "primary": True}],
            "active": True,
        }
        required = {name.lower() for name in self.discovery.required(USER)}
        for name, value in rich.items():
            if (not minimal and self.discovery.offers(name)) or name.lower() in required:
                body[name] = value
        for name, value in {**(self.defaults or {}), **attributes}.items():
            body[name] = value
        return _finished(body)

    def group(self, *, members: list[str] | None = None, **attributes: Json) -> JsonObject:
        """Return the body of a new group; ``members`` are ids of users."""
        body: JsonObject = {"schemas": [GROUP], "displayName": self.unique("group")}
        if members is not None:
            body["members"] = [{"value": member} for member in members]
        body.update(attributes)
        return _finished(body)

    def _address(self, user_name: str) -> str:
        return user_name if "@" in user_name else f"{_slug(user_name)}@{self.domain}"


def _finished(body: JsonObject) -> JsonObject:
    body = {name: value for name, value in body.items() if value is not None}
    schemas = body.get("schemas")
    if ENTERPRISE in body and isinstance(schemas, list) and ENTERPRISE not in schemas:
        body["schemas"] = [*schemas, ENTERPRISE]
    return body


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9.]+", "-", plain.lower()).strip("-")
