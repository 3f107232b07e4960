"""What Entra does when something happens in its directory; each event is carried over at once, not by a cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from scimulator.idp.driving.stage import Action, Actions, Intent, Stage
from scimulator.idp.entra import Entra
from scimulator.idp.scenario import Act

if TYPE_CHECKING:
    from scimulator.catalogue.profiles import Profile
    from scimulator.exchange.clock import Clock
    from scimulator.idp.scenario import Event, Scenario

# The actions of the provisioning log (Microsoft Graph, provisioningObjectSummary).
CREATE, UPDATE, DELETE, DISABLE, OTHER = "Create", "Update", "Delete", "Disable", "Other"
_OUT = "the person is out of scope, so nothing is sent"


class EntraStage(Stage):
    """A scenario at Entra."""

    idp: ClassVar[str] = "entra"

    def __init__(self, scenario: Scenario, profile: Profile, clock: Clock) -> None:
        super().__init__(scenario, profile, clock)
        self.engine = Entra(profile, self.directory, app=self.app, mapping=self.mapping, randomness=self.randomness)
        # The engine keeps more of an app than others do.
        self.app = self.engine.app
        self._changed_outside: set[str] = set()

    def connect(self, event: Event) -> Action:
        """The button "Test Connection"; groups are asked for where the scenario has any."""
        return Action(event, "", OTHER, self.engine.test_connection(groups=bool(self.directory.groups)))

    def app_actions(self, event: Event) -> Actions:
        """Nothing but cycles concerns the app as a whole, and those are not played by events."""
        yield Action(event, "", "", told=f"Entra does not {event.act.value}")

    def person_actions(self, event: Event, person_id: str) -> Actions:
        """People come into scope, change, leave it; a deleted one is switched off first and deleted when purged."""
        entra = self.engine
        match event.act:
            case Act.ASSIGN:
                self.assign(person_id)
                yield Action(event, person_id, CREATE, entra.provision(person_id))
                yield from self._manager(event, person_id)
            case Act.CHANGE:
                self.change(event, person_id)
                if person_id not in self.app.assignments:
                    self._changed_outside.add(person_id)
                    yield Action(event, person_id, "", told=_OUT)
                    return
                if set(event.values) != {"manager"}:
                    yield Action(event, person_id, UPDATE, entra.update(person_id))
                if "manager" in event.values:
                    yield from self._manager(event, person_id)
            case Act.UNASSIGN:
                self.unassign(person_id)
                yield Action(event, person_id, DISABLE, entra.deactivate(person_id))
            case Act.REASSIGN:
                self.assign(person_id)
                if self.app.link(person_id) is None:
                    yield Action(event, person_id, CREATE, entra.provision(person_id))
                    return
                yield Action(event, person_id, UPDATE, entra.reactivate(person_id))
                if person_id in self._changed_outside:
                    self._changed_outside.discard(person_id)
                    yield Action(event, person_id, UPDATE, entra.update(person_id))
            case Act.DISABLE:
                self.enable(person_id, enabled=False)
                yield Action(event, person_id, DISABLE, entra.deactivate(person_id))
            case Act.ENABLE:
                self.enable(person_id, enabled=True)
                if person_id not in self.app.assignments:
                    yield Action(event, person_id, "", told=_OUT)
                    return
                yield Action(event, person_id, UPDATE, entra.reactivate(person_id))
            case Act.DELETE:
                self.directory.soft_delete(person_id)
                self.unassign(person_id)
                yield Action(event, person_id, DISABLE, entra.deactivate(person_id))
            case Act.PURGE:
                self.directory.soft_delete(person_id)
                self.app.assignments.pop(person_id, None)
                if person_id in self.intents:
                    self.intents[person_id] = Intent.GONE
                for membership in self.members.values():
                    membership.people.pop(person_id, None)
                yield Action(event, person_id, DELETE, entra.delete(person_id))
            case _:
                yield Action(event, person_id, "", told=f"Entra does not {event.act.value}")

    def group_actions(self, event: Event, group_id: str) -> Actions:
        """Groups are created empty, then filled; members come and go one request each."""
        entra = self.engine
        match event.act:
            case Act.PUSH_GROUP:
                self.intents[group_id] = Intent.ACTIVE
                members = list(self.directory.group(group_id).members)
                yield Action(event, group_id, CREATE, entra.provision_group(group_id))
                if members:
                    self.told_members(group_id, members)
                    yield Action(event, group_id, UPDATE, entra.add_members(group_id, members))
            case Act.RENAME_GROUP:
                self.directory.rename_group(group_id, event.name)
                yield Action(event, group_id, UPDATE, entra.rename_group(group_id))
            case Act.JOIN:
                news = self.regroup(event, group_id)
                if self.app.link(group_id):
                    self.told_members(group_id, news)
                yield Action(event, group_id, UPDATE, entra.add_members(group_id, news))
            case Act.LEAVE:
                news = self.regroup(event, group_id)
                self.untold_members(group_id, news)
                yield Action(event, group_id, UPDATE, entra.remove_members(group_id, news))
            case Act.DELETE_GROUP:
                if group_id in self.intents:
                    self.intents[group_id] = Intent.GONE
                yield Action(event, group_id, DELETE, entra.delete_group(group_id))
            case _:
                yield Action(event, group_id, "", told=f"Entra does not {event.act.value}")

    def _manager(self, event: Event, person_id: str) -> Actions:
        """The manager follows in a request of its own, once both have an account."""
        boss = self.directory.person(person_id).manager
        if boss and self.app.link(person_id) and self.app.link(boss):
            self.bosses.add(person_id)
            yield Action(event, person_id, UPDATE, self.engine.set_manager(person_id))
