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
    RESTART = "restart"
    ASSIGN_GROUP = "assign-group"
    UNASSIGN_GROUP = "unassign-group"
    PRIORITISE = "prioritise"
    RETRY = "retry"
    CONTROL = "control"
    UNDO = "undo"
    EXPECT = "expect"


BEYOND = frozenset({Act.CONTROL, Act.UNDO, Act.EXPECT})
"""What is no deed of the identity provider: things done in the product, and looks at what has become of it."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What has to be true of one person at a moment of the scenario; None and empty mean that nothing is asked.

    ``accounts`` is how many accounts have the person's userName, whatever its case. ``shows`` maps SCIM paths of the
    person's account to values, ``product`` the words of the control ``members`` (role, active, given_name, …) to what
    the product itself shows. ``signs_in``, ``session`` and ``api_key`` tell whether the door opens: to a new sign-in,
    to the session and to the API key that an earlier event made.
    """

    accounts: int | None = None
    shows: Mapping[str, Json] = field(default_factory=dict)
    product: Mapping[str, Json] = field(default_factory=dict)
    signs_in: bool | None = None
    session: bool | None = None
    api_key: bool | None = None


@dataclass(frozen=True, slots=True)
class ExpectedDrift:
    """A difference between target and directory that the scenario foresees: of whom, and at which SCIM path."""

    person: str
    at: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens.

    ``people`` and ``group`` are keys of the scenario. ``values`` are the new attributes of a change by the directory's
    names, or what an assigned group gives its members; ``name`` is a group's new name, ``what`` is ``users`` or
    ``groups`` for an import, ``seconds`` the length of a wait, ``priority`` the place of an assigned group and
    ``order`` all of them by key. ``control`` names what is done outside SCIM, with ``parameters``; ``expected`` is what
    is looked at. ``fails`` means that this has to go wrong, ``note`` is a sentence for whoever watches.
    """

    act: Act
    people: tuple[str, ...] = ()
    group: str = ""
    values: Mapping[str, Json] = field(default_factory=dict)
    name: str = ""
    what: str = ""
    seconds: float = 0.0
    priority: int | None = None
    order: tuple[str, ...] = ()
    control: str = ""
    parameters: Mapping[str, Json] = field(default_factory=dict)
    expected: Expectation | None = None
    fails: bool = False
    note: str = ""


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
    drifts: tuple[ExpectedDrift, ...] = ()

    @property
    def controls(self) -> tuple[str, ...]:
        """The controls that the scenario needs, each once, in the order of their first use."""
        found: dict[str, None] = {}
        for event in self.events:
            if event.control:
                found[event.control] = None
            if event.expected is not None:
                found.update(dict.fromkeys(_looked_at(event.expected)))
        return tuple(found)

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


def _looked_at(expected: Expectation) -> list[str]:
    """Return the controls that a look needs."""
    needed = ["members"] if expected.product else []
    if expected.signs_in is not None:
        needed.append("log-in")
    if expected.session is not None:
        needed.append("sign-in-works")
    return [*needed, "use-api-key"] if expected.api_key is not None else needed


_MARKED = frozenset({"login", "email", "mailNickname"})
"""Attributes by which a target tells people apart."""
