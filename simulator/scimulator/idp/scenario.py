"""A scenario: a directory and the events that happen to it, apart from any identity provider's ids.

People and groups are known by the keys under which their file lists them; the stage gives them the ids of an identity
provider. Every name that a target gets to see may be marked (:meth:`Scenario.marked`), so that what a run made can be
told from what was there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.directory import DirectoryGroup, Person


class Act(StrEnum):
    """What can happen to a directory or an app."""

    CONNECT = "connect"
    ASSIGN = "assign"
    CHANGE = "change"
    UNASSIGN = "unassign"
    REASSIGN = "reassign"
    DISABLE = "disable"
    ENABLE = "enable"
    DELETE = "delete"
    PURGE = "purge"
    PASSWORD = "password"  # noqa: S105  the name of an event
    PUSH_GROUP = "push-group"
    PUSH_NOW = "push-now"
    RENAME_GROUP = "rename-group"
    JOIN = "join"
    LEAVE = "leave"
    UNLINK_GROUP = "unlink-group"
    DELETE_GROUP = "delete-group"
    IMPORT = "import"
    WAIT = "wait"
    CYCLE = "cycle"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens.

    ``people`` and ``group`` are keys of the scenario. ``values`` are the new attributes of a change by the directory's
    names, ``name`` a group's new name, ``what`` is ``users`` or ``groups`` for an import, ``seconds`` the length of a
    wait.
    """

    act: Act
    people: tuple[str, ...] = ()
    group: str = ""
    values: Mapping[str, Json] = field(default_factory=dict)
    name: str = ""
    what: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A directory and its events, in order.

    The ids of ``people`` and ``groups``, members and managers are keys of the scenario. ``idp`` is empty where it suits
    every identity provider. ``mapping`` holds lines as a profile's mapping file has them, to be added to it or to
    replace its line for the same target; one with ``remove`` takes that line away.
    """

    name: str
    title: str
    people: Mapping[str, Person]
    groups: Mapping[str, DirectoryGroup]
    events: tuple[Event, ...]
    idp: str = ""
    app: str = "SCIM app"
    switches: tuple[str, ...] = ()
    mapping: tuple[JsonObject, ...] = ()

    def marked(self, mark: str, *, domain: str = "") -> Scenario:
        """Return the scenario with ``mark`` in front of every login, address, mail nickname and name of a group.

        With ``domain`` the logins and addresses move there as well.
        """

        def name(value: str) -> str:
            local, at, _ = value.rpartition("@")
            return f"{mark}{local}@{domain}" if at and domain else f"{mark}{value}"

        def attributes(values: Mapping[str, Json]) -> dict[str, Json]:
            return {
                key: name(value) if key in _MARKED and isinstance(value, str) and value else value
                for key, value in values.items()
            }

        people = {
            key: replace(
                person,
                login=name(person.login),
                email=name(person.email) if person.email else "",
                attributes=attributes(person.attributes),
            )
            for key, person in self.people.items()
        }
        groups = {key: replace(group, name=f"{mark}{group.name}") for key, group in self.groups.items()}
        events = tuple(
            replace(event, values=attributes(event.values), name=f"{mark}{event.name}" if event.name else "")
            for event in self.events
        )
        return replace(self, people=people, groups=groups, events=events)

    def names(self) -> frozenset[str]:
        """Return every login and every name of a group that occurs, in lower case."""
        found = {person.login for person in self.people.values()} | {group.name for group in self.groups.values()}
        found |= {event.name for event in self.events if event.name}
        found |= {str(event.values["login"]) for event in self.events if "login" in event.values}
        return frozenset(name.casefold() for name in found)


_MARKED = frozenset({"login", "email", "mailNickname"})
"""Attributes by which a target tells people apart."""
