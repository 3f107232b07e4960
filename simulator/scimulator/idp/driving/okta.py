"""What Okta does when something happens in its directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from scimulator.idp.driving.stage import Action, Actions, Intent, Stage
from scimulator.idp.flow import Outcome, Result
from scimulator.idp.okta import Okta
from scimulator.idp.scenario import Act

if TYPE_CHECKING:
    from scimulator.catalogue.profiles import Profile
    from scimulator.exchange.clock import Clock
    from scimulator.idp.driving.stage import Reached
    from scimulator.idp.flow import Flow
    from scimulator.idp.scenario import Event, Scenario

_USER = "application.provision.user"
_PUSH = "application.provision.group_push"
# Names of Okta's catalogue of system log events; the test of a connection leaves none there.
PUSHED, PROFILE, OFF = f"{_USER}.push", f"{_USER}.push_profile", f"{_USER}.deactivate"
ON, PASSWORD = f"{_USER}.reactivate", f"{_USER}.push_password"
GROUP, GROUP_GONE, UNLINKED = f"{_PUSH}.updated", f"{_PUSH}.delete_appgroup", f"{_PUSH}.mapping.deleted"
IMPORTED = "system.import.complete"


def together(flow: Flow[tuple[Result, ...]]) -> Flow[Reached]:
    """Carry a flow about several people and make one result of theirs: a failure of any is one of all."""
    results = yield from flow
    worst = next((each for each in results if not each.ok), None)
    done = next((each for each in results if each.outcome is not Outcome.UNCHANGED), None)
    outcome = worst.outcome if worst else done.outcome if done else Outcome.UNCHANGED
    messages = tuple(message for each in results for message in each.messages)
    return Result(outcome, messages=messages, task=worst.task if worst else None)


class OktaStage(Stage):
    """A scenario at Okta."""

    idp: ClassVar[str] = "okta"

    def __init__(self, scenario: Scenario, profile: Profile, clock: Clock) -> None:
        super().__init__(scenario, profile, clock)
        self.engine = Okta(profile, self.directory, app=self.app, mapping=self.mapping, randomness=self.randomness)

    def connect(self, event: Event) -> Action:
        """Saving the API credentials tests them."""
        return Action(event, "", "", self.engine.test_connection())

    def app_actions(self, event: Event) -> Actions:
        """An import reads users or groups; assigned groups get another order."""
        okta = self.engine
        if event.act is Act.PRIORITISE:
            yield Action(
                event, "", PROFILE, together(okta.prioritise_groups([self.group_ids[key] for key in event.order]))
            )
            return
        flow = okta.import_groups() if event.what == "groups" else okta.import_users()
        yield Action(event, "", IMPORTED, flow)

    def person_actions(self, event: Event, person_id: str) -> Actions:
        """People are assigned, changed, taken away; a deleted one is switched off, since Okta deletes nobody."""
        okta = self.engine
        match event.act:
            case Act.ASSIGN:
                self.assign(person_id)
                if not self.directory.person(person_id).value("active"):
                    yield Action(event, person_id, "", told="the person is not active, so nothing is sent")
                    return
                known = self.app.link(person_id) is not None
                yield Action(event, person_id, PUSHED, okta.assign(person_id))
                self._came_back(person_id, known=known)
            case Act.CHANGE:
                self.change(event, person_id)
                link = self.app.link(person_id)
                if person_id not in self.app.assignments or (link is not None and not link.active):
                    yield Action(event, person_id, "", told="the person has not got the app, so nothing is sent")
                    return
                yield Action(event, person_id, PROFILE, okta.push_profile(person_id))
            case Act.UNASSIGN:
                self.unassign(person_id)
                yield Action(event, person_id, OFF, okta.deactivate(person_id))
            case Act.REASSIGN:
                self.assign(person_id)
                known = self.app.link(person_id) is not None
                yield Action(event, person_id, ON, okta.reactivate(person_id))
                self._came_back(person_id, known=known)
            case Act.DISABLE:
                self.enable(person_id, enabled=False)
                yield Action(event, person_id, OFF, okta.deactivate(person_id))
            case Act.ENABLE:
                self.enable(person_id, enabled=True)
                if person_id not in self.app.assignments:
                    yield Action(event, person_id, "", told="the person has not got the app, so nothing is sent")
                    return
                known = self.app.link(person_id) is not None
                yield Action(event, person_id, ON, okta.reactivate(person_id))
                self._came_back(person_id, known=known)
            case Act.DELETE:
                self.directory.soft_delete(person_id)
                self.unassign(person_id)
                yield Action(event, person_id, OFF, okta.deactivate(person_id))
            case Act.PASSWORD:
                password = f"Pw-{self.randomness.getrandbits(48):012x}"
                yield Action(event, person_id, PASSWORD, okta.sync_password(person_id, password))
            case Act.RETRY:
                yield from self._retry(event, person_id)
            case _:
                yield Action(event, person_id, "", told=f"Okta does not {event.act.value}")

    def group_actions(self, event: Event, group_id: str) -> Actions:
        """Groups are pushed, renamed, changed, unlinked and deleted."""
        okta = self.engine
        match event.act:
            case Act.PUSH_GROUP | Act.PUSH_NOW:
                self.intents[group_id] = Intent.ACTIVE
                members = self.directory.group(group_id).members
                push = okta.push_now if event.act is Act.PUSH_NOW else okta.push_group
                if event.act is Act.PUSH_NOW:
                    self.members.pop(group_id, None)
                self.told_members(group_id, list(members))
                yield Action(event, group_id, GROUP, push(group_id))
            case Act.RENAME_GROUP:
                self.directory.rename_group(group_id, event.name)
                self._rewrite(group_id)
                yield Action(event, group_id, GROUP, okta.rename_group(group_id))
            case Act.JOIN:
                news = self.regroup(event, group_id)
                if self.app.link(group_id):
                    self.told_members(group_id, news)
                    self._rewrite(group_id)
                if group_id in self.app.assignments:
                    self.intents.update(dict.fromkeys(news, Intent.ACTIVE))
                    yield Action(event, group_id, PUSHED, together(okta.join_assigned(group_id, news)))
                yield Action(event, group_id, GROUP, okta.add_members(group_id, news))
            case Act.LEAVE:
                news = self.regroup(event, group_id)
                self.untold_members(group_id, news)
                self._rewrite(group_id)
                yield Action(event, group_id, GROUP, okta.remove_members(group_id, news))
                if group_id in self.app.assignments:
                    yield Action(event, group_id, OFF, together(okta.leave_assigned(group_id, news)))
                    for person in news:
                        if person not in self.app.assignments:
                            self._expect(person, Intent.INACTIVE)
            case Act.UNLINK_GROUP:
                self.intents[group_id] = Intent.FREE
                yield Action(event, group_id, UNLINKED, okta.unlink_group(group_id))
            case Act.DELETE_GROUP:
                if group_id in self.intents:
                    self.intents[group_id] = Intent.GONE
                yield Action(event, group_id, GROUP_GONE, okta.delete_group(group_id))
            case Act.ASSIGN_GROUP | Act.UNASSIGN_GROUP:
                yield self._assigned_group(event, group_id)
            case Act.RETRY:
                yield from self._retry(event, group_id)
            case _:
                yield Action(event, group_id, "", told=f"Okta does not {event.act.value}")

    def _assigned_group(self, event: Event, group_id: str) -> Action:
        """The app is given to a whole group, or taken from it."""
        members = self.directory.group(group_id).members
        if event.act is Act.ASSIGN_GROUP:
            active = [each for each in members if self.directory.person(each).value("active")]
            self.intents.update(dict.fromkeys(active, Intent.ACTIVE))
            flow = self.engine.assign_group(group_id, profile=event.values, priority=event.priority)
            return Action(event, group_id, PUSHED, together(flow))
        for person in members:
            own = self.app.assignments.get(person)
            others = [each for each in self.engine.assigned_groups(person) if each.subject != group_id]
            if own is not None and own.via and not others:
                self._expect(person, Intent.INACTIVE)
        return Action(event, group_id, OFF, together(self.engine.unassign_group(group_id)))

    def _retry(self, event: Event, subject: str) -> Actions:
        """The administrator presses "Retry" at every open task of an entry that has the button."""
        tasks = [task for task in self.app.tasks if task.subject == subject]
        if not any(task.retry for task in tasks):
            told = "no task of this entry can be tried again" if tasks else "there is no open task"
            yield Action(event, subject, "", told=told)
        for task in tasks:
            if task.retry:
                yield Action(event, subject, PUSHED, self.engine.retry(task))

    def _rewrite(self, group_id: str) -> None:
        """A wizard app writes a group whole at every change: people who got an account since then come along."""
        if self.app.link(group_id) and not self.engine.patches("groups.members"):
            self.told_members(group_id, list(self.directory.group(group_id).members))

    def _came_back(self, person_id: str, *, known: bool) -> None:
        """Somebody whose account was there already is adopted, and a wizard app then writes that person's groups."""
        for group in self.directory.groups.values() if known else ():
            if person_id in group.members:
                self._rewrite(group.id)

    def can_be_member(self, person_id: str) -> bool:
        """Okta puts people with an active account into a pushed group."""
        link = self.app.link(person_id)
        return link is not None and link.active
