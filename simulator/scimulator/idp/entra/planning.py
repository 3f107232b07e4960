"""What a cycle has to do: everything in scope at first, afterwards what changed since the watermark.

Users come before groups, both before references, of which managers come before memberships. Somebody who comes into
scope later is not put into groups and not made a manager until the group or the other person changes (known-issues.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimulator.idp.directory import Kind
from scimulator.idp.entra.settings import Scope
from scimulator.idp.entra.state import Phase, Work

if TYPE_CHECKING:
    from datetime import datetime

    from scimulator.idp.directory import Directory
    from scimulator.idp.entra.settings import JobSettings
    from scimulator.idp.entra.state import EntraApp


@dataclass(frozen=True, slots=True)
class InScope:
    """Who is in scope, in the order of the directory."""

    people: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def all(self) -> frozenset[str]:
        """All of them."""
        return frozenset((*self.people, *self.groups))


def in_scope(directory: Directory, app: EntraApp, settings: JobSettings) -> InScope:
    """Return who is assigned, alone or as direct member of an assigned group, and passes the scoping filters."""
    everybody = settings.scope is Scope.ALL
    groups = tuple(one for one in directory.groups if everybody or one in app.assignments) if settings.groups else ()
    assigned = set(app.assignments)
    for one in app.assignments:
        if one in directory.groups:
            assigned.update(directory.groups[one].members)
    people = tuple(
        person.id
        for person in directory.people.values()
        if (everybody or person.id in assigned) and (settings.scoping is None or settings.scoping(person))
    )
    return InScope(people, groups)


def plan(directory: Directory, app: EntraApp, settings: JobSettings, scope: InScope, now: datetime) -> list[Work]:
    """Return the work of the cycle that begins now; an app that has seen no cycle yet gets an initial one."""
    changed = {change.subject for change in directory.history[app.watermark :]}
    before = app.scoped
    due = [entry.work for entry in app.escrow.values() if entry.due <= now]
    waiting = {key for key, entry in app.escrow.items() if entry.due > now}
    everybody = scope.all

    def concerned(ids: tuple[str, ...]) -> list[str]:
        return [one for one in ids if before is None or one in changed or one not in before]

    people, groups = concerned(scope.people), concerned(scope.groups)
    app.unmanaged.difference_update(everybody)
    work = [Work(Phase.USERS, one) for one in people]
    work += [Work(Phase.GROUPS, one) for one in groups]
    for one, link in app.links.items():
        if one in everybody or one in app.unmanaged or not (link.kind is Kind.PERSON or settings.groups):
            continue
        new = before is None or one in changed or one in before
        made = Work(Phase.USERS if link.kind is Kind.PERSON else Phase.GROUPS, one, removal=not _binned(directory, one))
        if new or (made.removal and made.key not in waiting):
            work.append(made)
    work += [Work(Phase.MANAGERS, one) for one in people if directory.people[one].manager]
    work += [Work(Phase.MEMBERS, one) for one in groups]
    known = {piece.key for piece in work}
    for piece in (*due, *app.held):
        if piece.key not in known:
            known.add(piece.key)
            left = piece.subject not in everybody and not _binned(directory, piece.subject)
            work.append(Work(piece.phase, piece.subject, removal=left))
    order = list(Phase)
    return sorted(work, key=lambda piece: (order.index(piece.phase), piece.removal))


def _binned(directory: Directory, subject: str) -> bool:
    """Whether somebody is soft-deleted: his account is updated, whether or not he is still assigned."""
    person = directory.people.get(subject)
    return person is not None and person.deleted


def removes(directory: Directory, app: EntraApp, settings: JobSettings, work: Work) -> bool:
    """Whether a piece of work will disable or delete something, as the guard against accidental deletions counts."""
    link = app.link(work.subject)
    if work.phase.reference or link is None or not link.active:
        return False
    person = directory.people.get(work.subject)
    if work.removal:
        gone = person is None and work.subject not in directory.groups
        return gone or not settings.skip_out_of_scope_deletions
    return work.phase is Phase.USERS and person is not None and not person.value("active")
