"""The portrait: one richly described user, and a group, to be asked for in parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import ENTERPRISE, Blocked, NotApplicable, Resources, find, is_unassigned

if TYPE_CHECKING:
    from scimulator.kit import Answer, JsonObject, Resource, Session


@dataclass(slots=True)
class Portrait:
    """A user of this run with all that the target offers, and the whole of it as GET shows it."""

    user: Resource
    whole: JsonObject

    @property
    def extras(self) -> list[str]:
        """Top-level attributes other than the ones that may always be there."""
        spared = {"id", "schemas", "meta", "username"}
        return [name for name, value in self.whole.items() if name.lower() not in spared and not is_unassigned(value)]

    def shows(self, *paths: str) -> None:
        """Insist that the target shows a value at each path when asked for everything.

        Raises:
            NotApplicable: where it does not, so that hiding or showing it proves nothing.
        """
        for path in paths:
            if is_unassigned(find(self.whole, path)):
                raise NotApplicable(f"the target shows no {path} of a user")

    def limited(self, answer: Answer, body: JsonObject, *kept: str, per: str | None = None) -> None:
        """Expect a body with userName and ``kept`` and nothing else but what is always returned.

        That ``meta`` is still there is a warning: by RFC 7643 it is returned by default and not always.
        """
        allowed = {"id", "schemas", "meta", "username", *(name.lower() for name in kept)} | self._always()
        left = sorted(name for name in body if name.lower() not in allowed and not is_unassigned(body[name]))
        answer.require(
            not left,
            f"attributes that nobody asked for are returned: {', '.join(left)}",
            kind="not-limited",
            got=[*left],
            per=per,
        )
        answer.require(
            is_unassigned(find(body, "meta")), "meta is returned unasked", kind="meta", at="meta", per=per, soft=True
        )
        for name in ("id", *kept):
            answer.require(not is_unassigned(find(body, name)), f"{name} is missing", kind="missing", at=name, per=per)

    def _always(self) -> set[str]:
        found = set()
        for schema in self.user.session.discovery.schemas().values():
            attributes = schema.get("attributes")
            for each in attributes if isinstance(attributes, list) else []:
                if isinstance(each, dict) and each.get("returned") == "always":
                    found.add(str(each.get("name")).lower())
        return found


@pytest.fixture(scope="session")
def portrait(scim_session: Session) -> Portrait:
    """A user to be asked for in parts; nobody may change it."""
    users = Resources(scim_session, "user")
    rich: JsonObject = {
        "title": "Engineer",
        "nickName": "Nick",
        "externalId": scim_session.people.unique("portrait"),
    }
    kept = {path: value for path, value in rich.items() if users.offers(path)}
    if scim_session.offers("user", ("enterprise:department",)):
        kept[ENTERPRISE] = {"department": "Drawing"}
    with scim_session.keeping():
        try:
            user = users.create(**kept)
        except Blocked:
            # A product may take one of these from a list of its own; the plain user still has a name to hide.
            user = users.create()
    return Portrait(user, user.read())
