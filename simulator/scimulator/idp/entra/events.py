"""What an administrator of Entra does to people, groups and the app: assign, take away, restore, delete for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.idp.directory import Assignment, Change, Kind, UnknownObjectError

if TYPE_CHECKING:
    from scimulator.idp.directory import App, Directory, Person


def assign(directory: Directory, app: App, subject: str) -> Assignment:
    """A person or a group is assigned to the app; of a group its direct members come into scope with it.

    Raises:
        UnknownObjectError: when the directory has nobody and no group of this id.
    """
    kind = Kind.GROUP if subject in directory.groups else Kind.PERSON
    if kind is Kind.PERSON:
        directory.person(subject)
    app.assignments[subject] = Assignment(subject, kind)
    return app.assignments[subject]


def unassign(app: App, subject: str) -> None:
    """An assignment is taken away; one that is not there is no error."""
    app.assignments.pop(subject, None)


def restore(directory: Directory, person_id: str) -> Person:
    """A person comes back from the bin, with the name that he had before.

    Raises:
        UnknownObjectError: when nobody has this id, for instance after 30 days in the bin.
    """
    person = directory.person(person_id)
    login = person.login.removeprefix(person_id.replace("-", ""))
    return directory.change_person(person_id, deleted=False, login=login)


def purge(directory: Directory, subject: str) -> None:
    """A person or group is deleted for good: the bin is emptied, or its 30 days are over; memberships end with it.

    Raises:
        UnknownObjectError: when the directory has nobody and no group of this id.
    """
    if subject not in directory.people and subject not in directory.groups:
        raise UnknownObjectError(f"the directory has neither a person nor a group with the id {subject!r}")
    for group in list(directory.groups.values()):
        if subject in group.members:
            directory.leave(group.id, [subject])
    kind = Kind.PERSON if directory.people.pop(subject, None) is not None else Kind.GROUP
    directory.groups.pop(subject, None)
    number = len(directory.history) + 1
    directory.history.append(Change(number, directory.clock.now(), kind, subject, "deleted"))
