"""The identity provider's directory in a test: people and groups, made in one line each."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from scimulator.idp.directory import Directory, DirectoryGroup, Person

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json
    from scimulator.testing.target import ScimTarget


class ScimDirectory:
    """People and groups of one tenant; what happens here reaches no server until a tenant carries it there.

    ``data`` is the directory that the identity providers work with.
    """

    def __init__(self, target: ScimTarget) -> None:
        self._people = target.session.people
        self.data = Directory(target.session.clock)

    def person(self, login: str = "", **fields: Json) -> Person:
        """Add somebody. What is not given is made up; a made-up login carries a mark and a reserved domain.

        ``fields`` are ``given_name``, ``family_name``, ``email``, ``display_name``, ``enabled`` and ``manager`` (the id
        of another person); anything else is an attribute by the directory's name, such as ``department``.
        """
        given, family = self._people.names()
        given = str(fields.pop("given_name", given))
        family = str(fields.pop("family_name", family))
        login = login or self._people.user_name(f"{given}.{family}".lower())
        own = {name: fields.pop(name) for name in list(fields) if name in Person.__dataclass_fields__}
        values: dict[str, object] = {
            "id": str(uuid.uuid4()),
            "login": login,
            "given_name": given,
            "family_name": family,
            "email": login,
            "display_name": f"{given} {family}",
            **own,
        }
        return self.data.add_person(Person(**values, attributes=fields))  # type: ignore[arg-type]  # Person's names

    def group(self, *members: Person, name: str = "") -> DirectoryGroup:
        """Add a group; a made-up name carries a mark."""
        name = name or self._people.unique("group")
        return self.data.add_group(DirectoryGroup(str(uuid.uuid4()), name, tuple(each.id for each in members)))

    def current(self, person: Person | str) -> Person:
        """Return somebody as he is by now; a ``Person`` in hand is a picture of the past."""
        return self.data.person(person if isinstance(person, str) else person.id)
