"""The stage: a scenario's directory with the ids of an identity provider, its app, and what each event sets going."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, TypeAlias, cast

from scimulator.idp.directory import App, Assignment, Directory, DirectoryGroup, Kind, Person
from scimulator.idp.expressions.source import Surroundings
from scimulator.idp.flow import ImportResult, Outcome, Result, Wait
from scimulator.idp.mapping import mapping_of
from scimulator.idp.paths import parse_place
from scimulator.idp.scenario import Act
from scimulator.idp.scenario_file import person_fields

if TYPE_CHECKING:
    from scimulator.catalogue.profiles import Profile
    from scimulator.exchange.clock import Clock
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.flow import Flow
    from scimulator.idp.scenario import Event, Scenario

Reached: TypeAlias = Result | ImportResult
_OKTA_ID = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class Intent(StrEnum):
    """What an account or group has to be like at the target once everything was carried over."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    GONE = "gone"
    FREE = "free"
    """The identity provider has let go of it: nothing is expected any more."""


@dataclass(frozen=True, slots=True)
class Action:
    """One flow that an event sets going, about one entry of the directory; an empty ``subject`` is the app itself.

    ``name`` is what the identity provider's own log calls it. A missing ``flow`` means that nothing is sent, and
    ``told`` says why.
    """

    event: Event
    subject: str
    name: str
    flow: Flow[Reached] | None = None
    told: str = ""


Actions: TypeAlias = Iterator[Action]


@dataclass(slots=True)
class Membership:
    """Whom the identity provider has told the target to have in a group, by ids of the directory."""

    people: dict[str, None] = field(default_factory=dict)


class Stage(ABC):
    """A scenario set up for one dialect; a subclass knows what the identity provider does at each event.

    ``intents`` tells, by id of the directory, what the target has to show in the end; ``members`` who was put into
    which group.
    """

    idp: ClassVar[str] = ""

    def __init__(self, scenario: Scenario, profile: Profile, clock: Clock) -> None:
        self.scenario = scenario
        self.profile = profile
        self.directory = Directory(clock)
        self.app = App(name=scenario.app)
        # The same scenario and names make the same ids and passwords, so that requests repeat.
        self.randomness = random.Random(f"{scenario.name} {sorted(scenario.names())}")  # noqa: S311  not a secret
        self.ids: dict[str, str] = {}
        self.group_ids: dict[str, str] = {}
        self.intents: dict[str, Intent] = {}
        self.members: dict[str, Membership] = {}
        self.last_ids: dict[str, str] = {}
        self._gone: dict[str, str] = {}
        self.bosses: set[str] = set()
        """People whose manager was written to the target."""
        around = Surroundings(clock=clock, randomness=self.randomness)
        self.mapping = mapping_of(_mapping(profile.mapping, scenario.mapping), around)
        for key in scenario.people:
            self.ids[key] = self.fresh_id(Kind.PERSON)
        for key, person in scenario.people.items():
            self.directory.add_person(self._enrolled(key, person))
        for key, group in scenario.groups.items():
            self.group_ids[key] = self.fresh_id(Kind.GROUP)
            members = tuple(self.ids[each] for each in group.members)
            self.directory.add_group(DirectoryGroup(self.group_ids[key], group.name, members))

    def actions(self, event: Event) -> Actions:
        """Yield what an event sets going; the next flow is made only when the one before has ended."""
        if event.act is Act.WAIT:
            yield Action(event, "", "", _waiting(event.seconds))
            return
        if event.act is Act.CONNECT:
            yield self.connect(event)
            return
        if event.group:
            yield from self.group_actions(event, self.group_ids[event.group])
            return
        if event.act is Act.IMPORT or not event.people:
            yield from self.app_actions(event)
            return
        for key in event.people:
            yield from self.person_actions(event, self.ids[key])

    @abstractmethod
    def connect(self, event: Event) -> Action:
        """Return the test of the connection."""

    @abstractmethod
    def person_actions(self, event: Event, person_id: str) -> Actions:
        """Yield what happens to one person."""

    @abstractmethod
    def group_actions(self, event: Event, group_id: str) -> Actions:
        """Yield what happens to one group."""

    @abstractmethod
    def app_actions(self, event: Event) -> Actions:
        """Yield what happens to the app as a whole."""

    # -- words for people

    def label(self, subject: str) -> str:
        """Return the name by which an administrator knows an entry; empty for the app itself."""
        if subject in self.directory.groups:
            return self.directory.group(subject).name
        person = self.directory.people.get(subject)
        return person.login if person is not None else self._gone.get(subject, "")

    def key(self, subject: str) -> str:
        """Return the scenario's key of an entry."""
        return next((key for key, each in (*self.ids.items(), *self.group_ids.items()) if each == subject), "")

    # -- the directory

    def assign(self, person_id: str) -> None:
        """A person may use the app from now on."""
        self.app.assignments[person_id] = Assignment(person_id, Kind.PERSON)
        self.intents[person_id] = Intent.ACTIVE if self.directory.person(person_id).value("active") else Intent.INACTIVE

    def unassign(self, person_id: str) -> None:
        """A person may not use the app any more; what is linked has to be switched off."""
        self.app.assignments.pop(person_id, None)
        self._expect(person_id, Intent.INACTIVE)

    def change(self, event: Event, person_id: str) -> None:
        """A person's attributes change in the directory."""
        fields: dict[str, object] = dict(person_fields(event.values))
        if "manager" in fields:
            fields["manager"] = self.ids[str(fields["manager"])]
        self.directory.change_person(person_id, **fields)

    def enable(self, person_id: str, *, enabled: bool) -> None:
        """A person's account at the identity provider is switched on or off."""
        self.directory.change_person(person_id, enabled=enabled)
        if person_id in self.app.assignments:
            self._expect(person_id, Intent.ACTIVE if enabled else Intent.INACTIVE)

    def regroup(self, event: Event, group_id: str) -> list[str]:
        """People join or leave a group in the directory; return those to whom that is news."""
        people = [self.ids[key] for key in event.people]
        before = self.directory.group(group_id).members
        if event.act is Act.JOIN:
            self.directory.join(group_id, people)
            return [each for each in people if each not in before]
        self.directory.leave(group_id, people)
        return [each for each in people if each in before]

    def told_members(self, group_id: str, people: list[str]) -> None:
        """Remember that the target was told to have people in a group; those without an account are not among them."""
        linked = {each: None for each in people if self.can_be_member(each)}
        self.members.setdefault(group_id, Membership()).people.update(linked)

    def untold_members(self, group_id: str, people: list[str]) -> None:
        """Remember that the target was told to have people in a group no more."""
        for each in people if group_id in self.members else ():
            self.members[group_id].people.pop(each, None)

    def remember(self) -> None:
        """Keep the target's ids of all that is linked, so that it can be looked for after its link has gone."""
        self.last_ids.update({subject: link.remote_id for subject, link in self.app.links.items()})

    def settle(self) -> None:
        """The scenario is over: whatever is expected of the target from now on is decided."""
        self.remember()

    def told_in(self, group_id: str) -> list[str]:
        """Return whom the target was told to have in a group, by ids of the directory."""
        membership = self.members.get(group_id)
        return list(membership.people) if membership is not None else []

    def leaves_directory(self, subject: str) -> None:
        """Keep the name of an entry that is about to be deleted for good."""
        self._gone[subject] = self.label(subject)

    def can_be_member(self, person_id: str) -> bool:
        """Whether the identity provider would put a person into a group."""
        return self.app.link(person_id) is not None

    def fresh_id(self, kind: Kind) -> str:
        """Return an object id in the identity provider's own form."""
        if self.idp == "okta":
            prefix = "00u" if kind is Kind.PERSON else "00g"
            return prefix + "".join(self.randomness.choices(_OKTA_ID, k=17))
        digits = f"{self.randomness.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], "4" + digits[13:16], "a" + digits[17:20], digits[20:]))

    def _expect(self, person_id: str, intent: Intent) -> None:
        """Expect something of an account that there has to be; nobody expects anything of one that never was."""
        if person_id in self.intents:
            self.intents[person_id] = intent

    def _enrolled(self, key: str, person: Person) -> Person:
        boss = self.ids[person.manager] if person.manager else None
        return Person(
            id=self.ids[key],
            login=person.login,
            given_name=person.given_name,
            family_name=person.family_name,
            email=person.email,
            display_name=person.display_name,
            enabled=person.enabled,
            manager=boss,
            attributes=person.attributes,
        )


def _waiting(seconds: float) -> Flow[Reached]:
    yield Wait(seconds, "the scenario lets time pass")
    return Result(Outcome.UNCHANGED)


def _mapping(data: JsonObject, lines: tuple[JsonObject, ...]) -> JsonObject:
    """Return a profile's mapping with a scenario's lines worked in."""
    rules = list(cast("list[Json]", data["rules"]))
    for line in lines:
        target = parse_place(str(line["target"])).text
        same = [cast("JsonObject", rule) for rule in rules]
        at = next((index for index, rule in enumerate(same) if str(rule["target"]).strip() == target), None)
        kept = {name: value for name, value in line.items() if name != "remove"}
        if line.get("remove"):
            if at is not None:
                del rules[at]
        elif at is None:
            rules.append(kept)
        else:
            rules[at] = kept
    return {**data, "rules": rules}
