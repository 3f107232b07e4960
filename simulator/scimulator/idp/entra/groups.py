"""What Entra does with groups: match or create them empty, rename, add and remove members, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.idp.answers import resource_id
from scimulator.idp.directory import Kind
from scimulator.idp.entra.core import INCOMPATIBLE, Core
from scimulator.idp.flow import Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.flow import Flow

_NOT_LINKED = "the group has not been provisioned"
_NESTED = "groups.members.add.nested"


class Groups(Core):
    """Entra's flows for groups; members are never read."""

    def provision_group(self, group_id: str) -> Flow[Result]:
        """A group is matched by its name without members, then linked, or created empty; members come later."""
        if self.app.link(group_id) is not None:
            return (yield from self.rename_group(group_id))
        group = self.directory.group(group_id)
        found = yield from self.match("groups.find", group_id, displayName=group.name, externalId=group_id)
        if isinstance(found, Result):
            return found
        if found is not None:
            remote_id = resource_id(found) or ""
            self.link(group_id, Kind.GROUP, remote_id)
            result = yield from self._change(group_id, found)
            return result if not result.ok else Result(Outcome.LINKED, remote_id, status=result.status or 200)
        answer = yield from self.send("groups.create", displayName=group.name, externalId=group_id)
        if answer is None or answer.status >= 300:
            return self.error(group_id, answer)
        created = resource_id(answer.document().object)
        if created is None:
            return self.error(group_id, answer, code=INCOMPATIBLE, said="the created group came without an id")
        self.link(group_id, Kind.GROUP, created)
        self.touch("displayName", None, group.name)
        self.touch("externalId", None, group_id)
        return Result(Outcome.CREATED, created, status=answer.status)

    def read_group(self, group_id: str) -> Flow[Result]:
        """A linked group is read by its id, members excluded."""
        link = self.app.link(group_id)
        if link is None:
            return Result(Outcome.SKIPPED, messages=(_NOT_LINKED,))
        current = yield from self.read("groups.read", group_id, link.remote_id)
        return current if isinstance(current, Result) else Result(Outcome.UNCHANGED, link.remote_id, status=200)

    def rename_group(self, group_id: str) -> Flow[Result]:
        """A linked group is read, and what differs is changed: its name, and its externalId where it has none."""
        link = self.app.link(group_id)
        if link is None:
            return Result(Outcome.SKIPPED, messages=(_NOT_LINKED,))
        current: JsonObject = {"externalId": group_id}
        if self.profile.switched("read-before-update"):
            found = yield from self.read("groups.read", group_id, link.remote_id)
            if isinstance(found, Result):
                return found
            current = found
        return (yield from self._change(group_id, current))

    def add_members(self, group_id: str, people: Iterable[str]) -> Flow[Result]:
        """People who joined a group are added, one request each; who is not linked is left out.

        A group in a group is added under the switch ``nested-groups`` only, and nothing tells it from a person.
        """
        link = self.app.link(group_id)
        if link is None:
            return Result(Outcome.SKIPPED, messages=(_NOT_LINKED,))
        found = {one: remote_id for one in people if (remote_id := self.app.remote_id(one))}
        nested = [one for one in found if one in self.directory.groups]
        if self.profile.has("references.member") and self.profile.switched("reference-checks"):
            for one in [one for one in found if one not in nested]:
                there = yield from self.match("references.member", group_id, id=link.remote_id, memberId=found[one])
                if isinstance(there, Result):
                    return there
                if there is not None:
                    self.app.members.setdefault(group_id, {})[one] = found.pop(one)
        people_found = {one: remote_id for one, remote_id in found.items() if one not in nested}
        result = yield from self._members("groups.members.add", group_id, people_found)
        if result.ok and nested and self.profile.switched("nested-groups") and self.profile.has(_NESTED):
            result = yield from self._members(_NESTED, group_id, {one: found[one] for one in nested})
        return result

    def remove_members(self, group_id: str, people: Iterable[str]) -> Flow[Result]:
        """People who left a group are removed, one request each; who was deleted before is named all the same."""
        exported = self.app.members.get(group_id, {})
        ids = {one: remote_id for one in people if (remote_id := exported.get(one) or self.app.remote_id(one))}
        return (yield from self._members("groups.members.remove", group_id, ids))

    def delete_group(self, group_id: str) -> Flow[Result]:
        """A group that is gone from the directory is deleted at the target."""
        link = self.app.link(group_id)
        if link is None:
            return Result(Outcome.SKIPPED, messages=(_NOT_LINKED,))
        answer = yield from self.send("groups.delete", id=link.remote_id)
        result = self.deleted(group_id, answer)
        if result.ok:
            self.app.members.pop(group_id, None)
        return result

    def _change(self, group_id: str, current: JsonObject) -> Flow[Result]:
        remote_id = self.app.remote_id(group_id) or ""
        result = Result(Outcome.UNCHANGED, remote_id)
        name = self.directory.group(group_id).name
        if current.get("displayName") != name:
            answer = yield from self.send("groups.rename", id=remote_id, displayName=name)
            result = self.written(group_id, answer, Outcome.UPDATED)
            self.touch("displayName", current.get("displayName"), name)
        if result.ok and current.get("externalId") is None:
            answer = yield from self.send("groups.externalid", id=remote_id, externalId=group_id)
            result = self.written(group_id, answer, Outcome.UPDATED)
            self.touch("externalId", None, group_id)
        return result

    def _members(self, exchange_id: str, group_id: str, people: Mapping[str, str]) -> Flow[Result]:
        """Send people, given with their remote ids, and remember whose membership the target was told of."""
        link = self.app.link(group_id)
        if link is None:
            return Result(Outcome.SKIPPED, messages=(_NOT_LINKED,))
        whole = "{{members}}" in str(self.profile.exchange(exchange_id).body)
        exported = self.app.members.setdefault(group_id, {})
        result = Result(Outcome.UNCHANGED, link.remote_id)
        for some in [list(people)] if whole and people else [[one] for one in people]:
            members: list[Json] = [{"value": people[one]} for one in some]
            answer = yield from self.send(exchange_id, id=link.remote_id, memberId=people[some[0]], members=members)
            result = self.written(group_id, answer, Outcome.UPDATED)
            if not result.ok:
                return result
            for one in some:
                if exchange_id == "groups.members.remove":
                    exported.pop(one, None)
                    self.touch("members", people[one], None)
                else:
                    exported[one] = people[one]
                    self.touch("members", None, people[one])
        return result
