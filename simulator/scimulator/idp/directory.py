"""The identity provider's side: people and groups, what happened to them, and what each connected app knows of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from scimulator.exchange.clock import Clock
    from scimulator.exchange.strict_json import Json, JsonObject


class UnknownObjectError(LookupError):
    """The directory has no person or group of this id."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account at the identity provider.

    ``id`` is the identity provider's (``00u…`` at Okta, a GUID at Entra), ``login`` the name to sign in with,
    ``manager`` the id of another person. ``enabled`` is false while the account is switched off, ``deleted`` true
    after a soft delete. ``attributes`` hold everything else by the directory's own names.
    """

    id: str
    login: str
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    display_name: str = ""
    enabled: bool = True
    deleted: bool = False
    manager: str | None = None
    attributes: Mapping[str, Json] = field(default_factory=dict)

    def value(self, name: str) -> Json:
        """Return an attribute by its neutral name; None where the person has none, an empty text counting as none."""
        match name:
            case "id":
                return self.id
            case "login":
                return self.login
            case "givenName":
                return self.given_name or None
            case "familyName":
                return self.family_name or None
            case "email":
                return self.email or None
            case "displayName":
                return self.display_name or None
            case "active":
                return self.enabled and not self.deleted
            case "manager":
                return self.manager
        found = self.attributes.get(name)
        return None if found == "" else found


@dataclass(frozen=True, slots=True)
class DirectoryGroup:
    """A group at the identity provider; ``members`` are ids of people, in the order in which they came."""

    id: str
    name: str
    members: tuple[str, ...] = ()


class Kind(StrEnum):
    """What an entry of the directory is."""

    PERSON = "person"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to an entry: ``before`` and ``after`` hold the values of the fields that changed."""

    number: int
    at: datetime
    kind: Kind
    subject: str
    event: str
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Directory:
    """All people and groups of one tenant, with their history; ``clock`` stamps what happens."""

    clock: Clock
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, DirectoryGroup] = field(default_factory=dict)
    history: list[Change] = field(default_factory=list)

    def person(self, id: str) -> Person:  # noqa: A002  the standard's word for it
        """Return a person.

        Raises:
            UnknownObjectError: when nobody has this id.
        """
        found = self.people.get(id)
        if found is None:
            raise UnknownObjectError(f"the directory has no person with the id {id!r}; it holds {len(self.people)}")
        return found

    def group(self, id: str) -> DirectoryGroup:  # noqa: A002  the standard's word for it
        """Return a group.

        Raises:
            UnknownObjectError: when no group has this id.
        """
        found = self.groups.get(id)
        if found is None:
            raise UnknownObjectError(f"the directory has no group with the id {id!r}; it holds {len(self.groups)}")
        return found

    def add_person(self, person: Person) -> Person:
        """A new person appears."""
        self.people[person.id] = person
        self._note(Kind.PERSON, person.id, "added")
        return person

    def add_group(self, group: DirectoryGroup) -> DirectoryGroup:
        """A new group appears."""
        self.groups[group.id] = group
        self._note(Kind.GROUP, group.id, "added")
        return group

    def change_person(self, id: str, **fields: object) -> Person:  # noqa: A002  the standard's word for it
        """Fields of a person get new values; names are those of ``Person``, or of ``attributes`` where it has none."""
        before = self.person(id)
        own = {name: value for name, value in fields.items() if name in Person.__dataclass_fields__}
        extra = {name: value for name, value in fields.items() if name not in Person.__dataclass_fields__}
        attributes = {**before.attributes, **extra}
        after = replace(before, **own, attributes=attributes)  # type: ignore[arg-type] # the names were checked above
        self.people[id] = after
        old: dict[str, object] = {name: getattr(before, name) for name in own}
        old |= {name: before.attributes.get(name) for name in extra}
        self._note(Kind.PERSON, id, "changed", old, fields)
        return after

    def soft_delete(self, id: str, *, prefix_login: bool = False) -> Person:  # noqa: A002  the standard's word for it
        """A person goes to the bin; Entra puts the hexadecimal digits of the id in front of the login then."""
        person = self.person(id)
        login = f"{id.replace('-', '')}{person.login}" if prefix_login else person.login
        return self.change_person(id, deleted=True, login=login)

    def rename_group(self, id: str, name: str) -> DirectoryGroup:  # noqa: A002  the standard's word for it
        """A group gets another name."""
        return self._regroup(id, "renamed", name=name)

    def join(self, id: str, people: Iterable[str]) -> DirectoryGroup:  # noqa: A002  the standard's word for it
        """People become members of a group; who is one already stays where he is."""
        members = self.group(id).members
        new = tuple(person for person in dict.fromkeys(people) if person not in members)
        return self._regroup(id, "joined", members=members + new)

    def leave(self, id: str, people: Iterable[str]) -> DirectoryGroup:  # noqa: A002  the standard's word for it
        """People stop being members of a group."""
        gone = set(people)
        members = tuple(person for person in self.group(id).members if person not in gone)
        return self._regroup(id, "left", members=members)

    def _regroup(self, id: str, event: str, **fields: object) -> DirectoryGroup:  # noqa: A002  as above
        before = self.group(id)
        after = replace(before, **fields)  # type: ignore[arg-type] # the callers above give name or members
        self.groups[id] = after
        self._note(Kind.GROUP, id, event, {name: getattr(before, name) for name in fields}, fields)
        return after

    def _note(
        self,
        kind: Kind,
        subject: str,
        event: str,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        number = len(self.history) + 1
        self.history.append(Change(number, self.clock.now(), kind, subject, event, before or {}, after or {}))


@dataclass(frozen=True, slots=True)
class Link:
    """An app remembers which resource of the target belongs to which entry; ``active`` as it was last written."""

    subject: str
    kind: Kind
    remote_id: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Assignment:
    """A person or group may use the app; ``profile`` holds values that count for this app only."""

    subject: str
    kind: Kind
    via: str = ""
    priority: int = 0
    profile: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Task:
    """Something an administrator has to look at; ``retry`` tells whether the console offers to try again."""

    subject: str
    title: str
    message: str
    retry: bool = True
    exchange_id: str = ""


@dataclass(slots=True)
class App:
    """One connection of the directory to a target: who is assigned, who is linked, and what is still to do.

    ``watermark`` is the number of the last ``Change`` that was carried over. ``cached_groups`` are the target's groups
    as they were last read, by display name.
    """

    name: str = "SCIM app"
    assignments: dict[str, Assignment] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)
    cached_groups: dict[str, JsonObject] = field(default_factory=dict)
    watermark: int = 0
    queue: list[str] = field(default_factory=list)

    def link(self, subject: str) -> Link | None:
        """Return what the app knows of an entry, or None."""
        return self.links.get(subject)

    def remote_id(self, subject: str) -> str | None:
        """Return the target's id of an entry, or None."""
        link = self.links.get(subject)
        return link.remote_id if link else None
