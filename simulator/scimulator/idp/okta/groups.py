"""What Okta does with pushed groups: create or link, rename, change members, push all of it again, let go, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.idp.answers import listing, resource_id
from scimulator.idp.directory import Kind
from scimulator.idp.flow import Imported, ImportResult, Note, Outcome, Result
from scimulator.idp.okta import words
from scimulator.idp.okta.core import Core
from scimulator.idp.render import fill

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scimulator.exchange.message import Response
    from scimulator.exchange.strict_json import Json
    from scimulator.idp.directory import DirectoryGroup
    from scimulator.idp.flow import Flow

BATCH = 100
"""Members per PATCH, the default of the catalogue's submission form (2021)."""
_MEMBERSHIP = frozenset({"groups.members", "groups.replace-members"})


class Groups(Core):
    """Okta's flows for groups."""

    batch = BATCH

    def push_group(self, group_id: str) -> Flow[Result]:
        """A group is pushed: created with the members that have an account here, or linked to one of the same name.

        A catalogue app then renames it to its own name (switch rename-before-members) and adds the same members again;
        a wizard app reads it and writes it whole.
        """
        group = self.directory.group(group_id)
        if self.app.link(group_id) is not None:
            return (yield from self.push_now(group_id))
        found = yield from self._existing(group)
        if isinstance(found, Result):
            return found
        outcome = Outcome.LINKED
        if found is None:
            answer = yield from self.send("groups.create", displayName=group.name, members=self._members(group))
            if answer is None or answer.status != 201:
                return self._group_failed(group, answer, "groups.create")
            found = resource_id(answer.document().object)
            if found is None:
                yield Note(words.UNDOCUMENTED)
                message = f"{words.GROUP_TITLE.format(name=group.name)}: the created group came without an id"
                return self.failed(
                    group_id, message, message, answer, outcome=Outcome.UNKNOWN, exchange_id="groups.create"
                )
            outcome = Outcome.CREATED
        return (yield from self._linked(group, found, outcome))

    def link_group(self, group_id: str, name: str = "") -> Flow[Result]:
        """An administrator links a group to one that the target has already, chosen by name from the imported list.

        ``name`` is the target's name of the group, by default the directory's. The target's group gets the members,
        and the directory's name where pushed groups are renamed (cases C9313 to C9330 of Okta's test plan); nothing is
        sent where the list has no such group.
        """
        group = self.directory.group(group_id)
        found = resource_id(self.app.cached_groups.get(name or group.name, {}))
        if found is None:
            return Result(Outcome.SKIPPED, messages=(f"no imported group is called {name or group.name}",))
        return (yield from self._linked(group, found, Outcome.LINKED))

    def _linked(self, group: DirectoryGroup, remote_id: str, outcome: Outcome) -> Flow[Result]:
        self.link(group.id, Kind.GROUP, remote_id)
        if not self.patches("groups.members"):
            return (yield from self._write(group, outcome))
        members = [person for person in group.members if self._provisioned(person)]
        return (yield from self._patch(group, members, [], outcome, rename=True))

    def import_groups(self) -> Flow[ImportResult]:
        """An import of groups reads them all and keeps them for linking (switch import-groups); nothing is written."""
        if not self.profile.switched("import-groups"):
            return ImportResult(Outcome.SKIPPED, messages=("groups are not imported",))
        pages = yield from self.pages("import.groups")
        self.app.cached_groups = {str(group.get("displayName")): group for group in pages.seen}
        mine = {link.remote_id: link.subject for link in self.app.links.values() if link.kind is Kind.GROUP}
        found = tuple(Imported(group, one) for group in pages.seen if (one := resource_id(group)) and one not in mine)
        outcome = Outcome.FAILED if pages.problem else Outcome.UPDATED
        messages = (pages.problem,) if pages.problem else pages.lost("groups")
        return ImportResult(outcome, len(pages.seen), pages.total, found, messages, pages.count)

    def push_now(self, group_id: str) -> Flow[Result]:
        """The button "Push now" makes the target's members the directory's: one replace, or read and write."""
        group = self.directory.group(group_id)
        link = self.app.link(group_id)
        if link is None:
            return (yield from self.push_group(group_id))
        if not self.patches("groups.members"):
            return (yield from self._write(group, Outcome.UPDATED))
        answer = yield from self.send("groups.replace-members", id=link.remote_id, members=self._members(group))
        return self._done(group, answer, Outcome.UPDATED, "groups.replace-members")

    def add_members(self, group_id: str, people: Iterable[str]) -> Flow[Result]:
        """People joined a pushed group; the directory holds them as members already."""
        return (yield from self.change_members(group_id, people, ()))

    def remove_members(self, group_id: str, people: Iterable[str]) -> Flow[Result]:
        """People left a pushed group; the directory has them no more."""
        return (yield from self.change_members(group_id, (), people))

    def change_members(self, group_id: str, joined: Iterable[str], left: Iterable[str]) -> Flow[Result]:
        """Members are removed one operation each, by value filter, and then added in one operation.

        A wizard app writes the whole list instead. Who has no account in this app is left out.
        """
        group = self.directory.group(group_id)
        if self.app.link(group_id) is None:
            return Result(Outcome.SKIPPED, messages=("the group is not pushed",))
        if not self.patches("groups.members"):
            return (yield from self._write(group, Outcome.UPDATED))
        new = [person for person in joined if self._provisioned(person)]
        gone = [person for person in left if self.app.remote_id(person)]
        return (yield from self._patch(group, new, gone, Outcome.UPDATED, rename=bool(new or gone)))

    def rename_group(self, group_id: str) -> Flow[Result]:
        """A group that got another name in the directory gets it at the target."""
        group = self.directory.group(group_id)
        link = self.app.link(group_id)
        if link is None:
            return Result(Outcome.SKIPPED, messages=("the group is not pushed",))
        if not self.patches("groups.rename"):
            return (yield from self._write(group, Outcome.UPDATED))
        answer = yield from self.send("groups.rename", id=link.remote_id, displayName=group.name)
        return self._done(group, answer, Outcome.UPDATED, "groups.rename")

    def unlink_group(self, group_id: str, *, delete: bool = False) -> Flow[Result]:
        """A push is ended; without ``delete`` the group stays at the target as it is, and nothing is sent."""
        if delete:
            return (yield from self.delete_group(group_id))
        link = self.app.links.pop(group_id, None)
        if link is None:
            return Result(Outcome.SKIPPED, messages=("the group is not pushed",))
        return Result(Outcome.UNCHANGED, link.remote_id, ("the group stays at the target",))

    def sync_groups(self, person_id: str) -> Flow[Result | None]:
        """A wizard app that has adopted somebody writes every pushed group that the person is in; None is contentment.

        Recorded twice in 2026; a catalogue app sends nothing of the kind.
        """
        for group in () if self.patches("groups.members") else tuple(self.directory.groups.values()):
            if person_id in group.members and self.app.link(group.id) is not None:
                result = yield from self._write(group, Outcome.UPDATED)
                if not result.ok:
                    return result
        return None

    def delete_group(self, group_id: str) -> Flow[Result]:
        """The push is ended with "delete the group in the target app"."""
        link = self.app.link(group_id)
        if link is None:
            return Result(Outcome.SKIPPED, messages=("the group is not pushed",))
        answer = yield from self.send("groups.delete", id=link.remote_id)
        if answer is None or answer.status != 204:
            return self._group_failed(self.directory.group(group_id), answer, "groups.delete")
        del self.app.links[group_id]
        return Result(Outcome.DELETED, link.remote_id, status=204)

    def _existing(self, group: DirectoryGroup) -> Flow[str | Result | None]:
        """Return the id of a group of the same name; with imported groups the list at hand is asked, not the target."""
        if self.profile.switched("import-groups"):
            return resource_id(self.app.cached_groups.get(group.name, {}))
        answer = yield from self.send("groups.find", displayName=group.name)
        if answer is None or answer.status != 200:
            return self._group_failed(group, answer, "groups.find")
        found = listing(answer, strict_numbers=True)
        if found.problem:
            title = words.GROUP_TITLE.format(name=group.name)
            return self.failed(group.id, title, found.problem, answer, exchange_id="groups.find")
        return resource_id(found.resources[0]) if found.resources else None

    def _patch(
        self, group: DirectoryGroup, joined: list[str], left: list[str], outcome: Outcome, *, rename: bool
    ) -> Flow[Result]:
        remote_id = self.app.remote_id(group.id) or ""
        result = Result(outcome, remote_id)
        if rename and self.profile.switched("rename-before-members"):
            answer = yield from self.send("groups.rename", id=remote_id, displayName=group.name)
            result = self._done(group, answer, outcome, "groups.rename")
            if not result.ok:
                return result
        add, remove = self.profile.operation("members.add"), self.profile.operation("members.remove")
        while joined or left:
            gone, left = left[: self.batch], left[self.batch :]
            room = self.batch - len(gone)
            new, joined = joined[:room], joined[room:]
            operations: list[Json] = [
                fill(dict(remove.template), {"value": self.app.remote_id(person)}) for person in gone
            ]
            if new:
                operations.append(fill(dict(add.template), {"members": [self._member(person) for person in new]}))
            answer = yield from self.send("groups.members", id=remote_id, operations=operations)
            result = self._done(group, answer, outcome, "groups.members")
            if not result.ok:
                return result
        return result

    def _write(self, group: DirectoryGroup, outcome: Outcome) -> Flow[Result]:
        remote_id = self.app.remote_id(group.id) or ""
        result = Result(outcome, remote_id)
        times = 2 if self.profile.switched("write-groups-twice") else 1
        # Both reads come before both writes in the recording.
        for _ in range(times):
            answer = yield from self.send("groups.read", id=remote_id)
            if answer is None or answer.status != 200:
                return self._group_failed(group, answer, "groups.read")
        for _ in range(times):
            members = self._members(group)
            answer = yield from self.send("groups.write", id=remote_id, displayName=group.name, members=members)
            result = self._done(group, answer, outcome, "groups.write")
            if not result.ok:
                return result
        return result

    def _provisioned(self, person_id: str) -> bool:
        link = self.app.link(person_id)
        return link is not None and link.active

    def _members(self, group: DirectoryGroup) -> list[Json]:
        return [self._member(person) for person in group.members if self._provisioned(person)]

    def _member(self, person_id: str) -> Json:
        display = None if self.profile.switched("null-display") else self.user_name(self.directory.person(person_id))
        return {"value": self.app.remote_id(person_id), "display": display}

    def _done(self, group: DirectoryGroup, answer: Response | None, outcome: Outcome, exchange_id: str) -> Result:
        if answer is None or answer.status not in (200, 204):
            return self._group_failed(group, answer, exchange_id)
        return Result(outcome, self.app.remote_id(group.id), status=answer.status)

    def _group_failed(self, group: DirectoryGroup, answer: Response | None, exchange_id: str) -> Result:
        title = words.GROUP_TITLE.format(name=group.name)
        said = words.cause(answer)
        if exchange_id in _MEMBERSHIP:
            # No colon stands before the reason in the one text that was seen.
            said = f"{words.GROUP_MEMBERS.format(name=group.name)} {said}"
        return self.failed(group.id, title, f"{title}: {said}", answer, exchange_id=exchange_id)
