"""From the result of a flow to a line of the provisioning log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.idp.entra.log import Action, Identity, LogEntry, Status
from scimulator.idp.flow import Outcome

if TYPE_CHECKING:
    from scimulator.idp.directory import Directory, Kind
    from scimulator.idp.entra.state import EntraApp
    from scimulator.idp.flow import Result

NOTHING_TO_DO = "EntrySynchronizationSkipped"
_PLAIN = {
    Outcome.CREATED: Action.CREATE,
    Outcome.DELETED: Action.DELETE,
    Outcome.DEACTIVATED: Action.DISABLE,
    Outcome.LINKED: Action.UPDATE,
    Outcome.UPDATED: Action.UPDATE,
    Outcome.REACTIVATED: Action.UPDATE,
}


def source_of(directory: Directory, subject: str) -> Identity:
    """Return who or what an object is in the directory; only its id where it is gone."""
    if subject in directory.people:
        person = directory.people[subject]
        return Identity(subject, person.display_name or person.login)
    group = directory.groups.get(subject)
    return Identity(subject, group.name if group else "")


def record(
    directory: Directory, app: EntraApp, subject: str, kind: Kind, result: Result, *, attempted: Action, cycle: int
) -> LogEntry:
    """Return the line for what was just done to one object; ``attempted`` counts where it failed."""
    person = directory.people.get(subject)
    source = source_of(directory, subject)
    remote_id = result.remote_id or app.remote_id(subject) or ""
    name = person.login if person is not None else source.name
    modified = tuple(app.touched)
    action, status, code, reason = _PLAIN.get(result.outcome, Action.OTHER), Status.SUCCESS, "", ""
    if not result.ok:
        action, status = attempted, Status.FAILURE
        code, reason = (result.task.title if result.task else ""), "; ".join(result.messages)
    elif result.outcome in (Outcome.SKIPPED, Outcome.UNCHANGED):
        status, code = Status.SKIPPED, NOTHING_TO_DO
        reason = "; ".join(result.messages) or "nothing differs"
    elif result.outcome is Outcome.LINKED and not modified:
        action = Action.OTHER
    elif action is Action.UPDATE and any(one.name == "active" and one.new is False for one in modified):
        action = Action.DISABLE
    return LogEntry(
        date=directory.clock.now(),
        cycle=cycle,
        action=action,
        kind=kind,
        source=source,
        target=Identity(remote_id, name if remote_id else ""),
        status=status,
        modified=modified,
        error_code=code,
        reason=reason,
    )
