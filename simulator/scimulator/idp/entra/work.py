"""How one piece of a cycle's work is done: which flow of the engine an object gets, by what happened to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.idp.entra.log import Action
from scimulator.idp.entra.settings import TargetAction
from scimulator.idp.entra.state import Phase
from scimulator.idp.expressions.errors import ExpressionError
from scimulator.idp.flow import Outcome, Result

if TYPE_CHECKING:
    from scimulator.idp.entra import Entra
    from scimulator.idp.entra.settings import JobSettings
    from scimulator.idp.entra.state import Work
    from scimulator.idp.flow import Flow

BAD_MAPPING = "ExpressionError"
"""The code where an expression of the mapping cannot be evaluated for a person; the word is ours."""


def attempted(engine: Entra, settings: JobSettings, work: Work) -> Action:
    """Return what the log calls the work before it is done."""
    if not work.removal:
        return Action.UPDATE if work.phase.reference or engine.app.link(work.subject) else Action.CREATE
    gone = work.phase is Phase.GROUPS or work.subject not in engine.directory.people or not engine.maps_active()
    return Action.DELETE if gone or not settings.may(TargetAction.UPDATE) else Action.DISABLE


def carry(engine: Entra, settings: JobSettings, work: Work) -> Flow[Result]:
    """Do one piece of work; what the app may not do, or need not, is skipped, a mapping that cannot be used fails."""
    try:
        return (yield from _carry(engine, settings, work))
    except ExpressionError as error:
        return engine.error(work.subject, None, code=BAD_MAPPING, said=str(error))


def _carry(engine: Entra, settings: JobSettings, work: Work) -> Flow[Result]:
    if work.phase is Phase.MANAGERS:
        return (yield from _manager(engine, settings, work.subject))
    if work.phase is Phase.MEMBERS:
        return (yield from _members(engine, settings, work.subject))
    if work.removal:
        result = yield from _remove(engine, settings, work)
        if result.ok and engine.app.link(work.subject) is not None:
            engine.app.unmanaged.add(work.subject)
        return result
    return (yield from _provision(engine, settings, work))


def _provision(engine: Entra, settings: JobSettings, work: Work) -> Flow[Result]:
    subject = work.subject
    if subject not in engine.directory.people and subject not in engine.directory.groups:
        return _skip("the object is no longer in the directory")
    linked = engine.app.link(subject) is not None
    if linked and not settings.may(TargetAction.UPDATE):
        return _skip("the action Update is off")
    may_create = settings.may(TargetAction.CREATE)
    if work.phase is Phase.GROUPS:
        if not linked and not may_create:
            return _skip("the action Create is off")
        return (yield from engine.provision_group(subject))
    person = engine.directory.person(subject)
    if linked and not person.value("active") and not engine.maps_active():
        return (yield from _delete(engine, settings, work))
    return (yield from engine.provision(subject, may_create=may_create))


def _remove(engine: Entra, settings: JobSettings, work: Work) -> Flow[Result]:
    """Somebody left the scope or the directory.

    Who is only out of scope is disabled and no longer managed; no deletion follows, not even when he is deleted later
    (how-provisioning-works.md). A group cannot be disabled and is deleted.
    """
    subject = work.subject
    gone = subject not in engine.directory.people and subject not in engine.directory.groups
    if engine.app.link(subject) is None:
        return _skip("the object has not been provisioned")
    if settings.skip_out_of_scope_deletions and not gone:
        return _skip("SkipOutOfScopeDeletions is on")
    if gone or work.phase is Phase.GROUPS or not engine.maps_active():
        return (yield from _delete(engine, settings, work))
    if not settings.may(TargetAction.UPDATE):
        return _skip("the action Update is off")
    return (yield from engine.deactivate(subject))


def _delete(engine: Entra, settings: JobSettings, work: Work) -> Flow[Result]:
    if not settings.may(TargetAction.DELETE):
        return _skip("the action Delete is off")
    if work.phase is Phase.GROUPS:
        return (yield from engine.delete_group(work.subject))
    return (yield from engine.delete(work.subject))


def _manager(engine: Entra, settings: JobSettings, person_id: str) -> Flow[Result]:
    person = engine.directory.people.get(person_id)
    if person is None or person.manager is None or not settings.may(TargetAction.UPDATE):
        return _skip("there is no manager to write")
    boss = engine.app.remote_id(person.manager)
    if boss is not None and engine.app.managers.get(person_id) == boss:
        return Result(Outcome.UNCHANGED, engine.app.remote_id(person_id))
    return (yield from engine.set_manager(person_id))


def _members(engine: Entra, settings: JobSettings, group_id: str) -> Flow[Result]:
    """Bring the memberships that the target was told of up to those of the directory; nothing is read back."""
    group = engine.directory.groups.get(group_id)
    if group is None or engine.app.link(group_id) is None or not settings.may(TargetAction.UPDATE):
        return _skip("the group has not been provisioned")
    exported = engine.app.members.get(group_id, {})
    joined = [one for one in group.members if engine.app.link(one) and exported.get(one) != engine.app.remote_id(one)]
    left = [one for one in exported if one not in group.members]
    result = Result(Outcome.UNCHANGED, engine.app.remote_id(group_id))
    if joined:
        result = yield from engine.add_members(group_id, joined)
    if left and result.ok:
        result = yield from engine.remove_members(group_id, left)
    return result


def _skip(why: str) -> Result:
    return Result(Outcome.SKIPPED, messages=(why,))
