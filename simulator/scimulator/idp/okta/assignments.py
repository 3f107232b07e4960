"""Who has an Okta app through a group: whose values win, and what follows when a group or its order changes.

Assigning a group makes one account per member and no request for the group itself (a recording of 2021). Values follow
the group with the highest priority (help.okta.com, "Prioritize application groups").
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scimulator.idp.directory import Assignment, Kind
from scimulator.idp.flow import Outcome, Result
from scimulator.idp.okta.app_users import AppUserError
from scimulator.idp.okta.users import Users

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scimulator.exchange.strict_json import Json
    from scimulator.idp.flow import Flow


class Assignments(Users):
    """Okta's flows for assigned people and groups; those for groups return a result for each member concerned."""

    def assign_person(self, person_id: str, *, profile: Mapping[str, Json] | None = None) -> Flow[Result]:
        """An app is assigned to one person, perhaps with values that win over every group's.

        Raises:
            AppUserError: when a value does not fit the app-user schema.
        """
        held = self.schema.checked(profile or {})
        before = self.app_values(person_id)
        self.app.assignments[person_id] = Assignment(person_id, Kind.PERSON, profile=held)
        if self._has_account(person_id):
            return (yield from self._follow(person_id, before))
        return (yield from self.assign(person_id))

    def set_personal(self, person_id: str, values: Mapping[str, Json]) -> Flow[Result]:
        """Somebody who has the app through a group gets values for the attributes that are set per person.

        Raises:
            AppUserError: when a value does not fit, or is of an attribute that follows the group.
        """
        own = self.app.assignments.get(person_id)
        if own is None:
            return Result(Outcome.SKIPPED, messages=("the person has not got the app",))
        for name in values if own.via else ():
            attribute = self.schema.attribute(name)
            if attribute is None or not attribute.personal:
                raise AppUserError(f"{name} follows the group; only personal attributes are set per person")
        before = self.app_values(person_id)
        held = self.schema.checked(values)
        kept = {name: value for name, value in own.profile.items() if name not in values}
        self.app.assignments[person_id] = replace(own, profile=kept | held)
        return (yield from self._follow(person_id, before))

    def unassign_person(self, person_id: str) -> Flow[Result]:
        """An individual assignment ends; who has the app through a group as well keeps it, with the group's values."""
        own = self.app.assignments.get(person_id)
        if own is None or own.via:
            return Result(Outcome.SKIPPED, messages=("the person was not assigned individually",))
        return (yield from self._left(person_id))

    def assign_group(
        self, group_id: str, *, profile: Mapping[str, Json] | None = None, priority: int | None = None
    ) -> Flow[tuple[Result, ...]]:
        """An app is assigned to a group: every active member gets an account, or the values that now win.

        ``priority`` is the place in the order of groups, smallest first; without one the group comes last, as Okta's
        management API has it.

        Raises:
            AppUserError: when a value does not fit the app-user schema, or is one that is set per person.
        """
        held = self.schema.checked(profile or {}, group=True)
        members = self.directory.group(group_id).members
        before = {person: self.app_values(person) for person in members}
        taken = [each.priority for each in self.app.assignments.values() if each.kind is Kind.GROUP]
        place = priority if priority is not None else max(taken, default=0) + 1
        self.app.assignments[group_id] = Assignment(group_id, Kind.GROUP, priority=place, profile=held)
        return (yield from self._come(members, before))

    def unassign_group(self, group_id: str) -> Flow[tuple[Result, ...]]:
        """A group loses the app: members whom no other group and no assignment of their own holds are switched off."""
        members = self.directory.group(group_id).members
        assignment = self.app.assignments.get(group_id)
        if assignment is None or assignment.kind is not Kind.GROUP:
            return ()
        before = {person: self.app_values(person) for person in members}
        del self.app.assignments[group_id]
        return (yield from self._go(members, before))

    def join_assigned(self, group_id: str, people: Iterable[str]) -> Flow[tuple[Result, ...]]:
        """People have joined an assigned group in the directory: they get an account, or the values that now win."""
        if group_id not in self.app.assignments:
            return ()
        news = tuple(people)
        return (yield from self._come(news, {person: self._without(person, group_id) for person in news}))

    def leave_assigned(self, group_id: str, people: Iterable[str]) -> Flow[tuple[Result, ...]]:
        """People have left an assigned group in the directory: whom nothing else holds is switched off."""
        if group_id not in self.app.assignments:
            return ()
        # What they had before cannot be told from the directory any more, so a push follows for whoever stays.
        return (yield from self._go(tuple(people), {}))

    def prioritise_groups(self, order: Iterable[str]) -> Flow[tuple[Result, ...]]:
        """An administrator drags the assigned groups into another order; people whose values change are pushed."""
        groups = list(order)
        people = dict.fromkeys(person for group in groups for person in self.directory.group(group).members)
        before = {person: self.app_values(person) for person in people}
        for place, group in enumerate(groups, 1):
            self.app.assignments[group] = replace(self.app.assignments[group], priority=place)
        changed = [each for each in people if self._has_account(each) and self.app_values(each) != before[each]]
        results = []
        for person in changed:
            result = yield from self.push_profile(person)
            results.append(result)
        return tuple(results)

    def _come(self, people: Iterable[str], before: Mapping[str, dict[str, Json]]) -> Flow[tuple[Result, ...]]:
        results = []
        for person in people:
            if not self.directory.person(person).value("active"):
                continue
            groups = self.assigned_groups(person)
            own = self.app.assignments.get(person)
            if own is None or own.via:
                kept = own.profile if own is not None else {}
                self.app.assignments[person] = Assignment(person, Kind.PERSON, via=groups[0].subject, profile=kept)
            flow = self._follow(person, before[person]) if self._has_account(person) else self.assign(person)
            results.append((yield from flow))
        return tuple(results)

    def _go(self, people: Iterable[str], before: Mapping[str, dict[str, Json]]) -> Flow[tuple[Result, ...]]:
        results = []
        for person in people:
            own = self.app.assignments.get(person)
            if own is not None and own.via:
                results.append((yield from self._left(person, before.get(person))))
        return tuple(results)

    def _left(self, person_id: str, before: dict[str, Json] | None = None) -> Flow[Result]:
        own = self.app.assignments.pop(person_id)
        groups = self.assigned_groups(person_id)
        if not groups:
            return (yield from self.deactivate(person_id))
        kept = own.profile if own.via else {}
        self.app.assignments[person_id] = Assignment(person_id, Kind.PERSON, via=groups[0].subject, profile=kept)
        return (yield from self._follow(person_id, before))

    def _follow(self, person_id: str, before: dict[str, Json] | None) -> Flow[Result]:
        """Push the profile of somebody whose values are others now; ``before`` None means that nobody knows."""
        if before is not None and before == self.app_values(person_id):
            return Result(Outcome.UNCHANGED, self.app.remote_id(person_id))
        return (yield from self.push_profile(person_id))

    def _without(self, person_id: str, group_id: str) -> dict[str, Json]:
        """Return the values that a person had while one assigned group did not hold the person yet."""
        held = self.app.assignments.pop(group_id)
        before = self.app_values(person_id)
        self.app.assignments[group_id] = held
        return before

    def _has_account(self, person_id: str) -> bool:
        link = self.app.link(person_id)
        return link is not None and link.active
