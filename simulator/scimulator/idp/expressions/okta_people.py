"""Okta's functions that look at more than one profile: groups, linked objects, managers, directory assignments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scimulator.idp.expressions.okta_context import Boss, OktaArguments, OktaGroup, library

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.strict_json import Json
    from scimulator.idp.expressions.okta_context import Profile

PEOPLE = library()
_DIRECTORY = "active_directory"
_CLAIMS = "works with group claims of tokens only; Okta does not allow it in mappings"


@PEOPLE.define("isMemberOfGroup(groupId)")
def _in_group(call: OktaArguments) -> Json:
    wanted = call.string(0)
    return _any(call, lambda group: group.id == wanted)


@PEOPLE.define("isMemberOfAnyGroup(groupIds...)")
def _in_any_group(call: OktaArguments) -> Json:
    wanted = {call.string(index) for index in range(len(call))}
    return _any(call, lambda group: group.id in wanted)


@PEOPLE.define("isMemberOfGroupName(groupName)")
def _in_named_group(call: OktaArguments) -> Json:
    wanted = call.string(0)
    return _any(call, lambda group: group.name == wanted)


@PEOPLE.define("isMemberOfGroupNameStartsWith(start)")
def _in_group_starting(call: OktaArguments) -> Json:
    wanted = call.string(0)
    return _any(call, lambda group: group.name.startswith(wanted))


@PEOPLE.define("isMemberOfGroupNameContains(part)")
def _in_group_containing(call: OktaArguments) -> Json:
    wanted = call.string(0)
    return _any(call, lambda group: wanted in group.name)


@PEOPLE.define("isMemberOfGroupNameRegex(pattern)")
def _in_group_matching(call: OktaArguments) -> Json:
    try:
        pattern = re.compile(call.string(0))
    except (re.error, OverflowError) as error:
        raise call.fail(f"is no regular expression that can be read here: {error}", 0) from None
    return _any(call, lambda group: pattern.fullmatch(group.name) is not None)


@PEOPLE.define("getFilteredGroups(allowList, groupExpression, limit)")
def _filtered_groups(call: OktaArguments) -> Json:
    allowed, expression, limit = call.value(0), call.string(1), call.integer(2)
    if not isinstance(allowed, list):
        raise call.fail('must be an array of group ids, such as {"00g1"}', 0)
    if expression not in ("group.name", "group.id"):
        raise call.fail('must be "group.name" or "group.id"', 1)
    if limit < 0:
        raise call.fail("must not be negative", 2)
    chosen = [group for group in _groups(call) if group.id in allowed]
    return [group.name if expression == "group.name" else group.id for group in chosen[:limit]]


@PEOPLE.define("user.getInternalProperty(name)")
def _internal(call: OktaArguments) -> Json:
    name = call.string(0)
    if name not in call.context.internal:
        known = ", ".join(call.context.internal) or "none"
        raise call.fail(f"names no internal property of this user; known are: {known}", 0)
    return call.context.internal[name]


@PEOPLE.define("user.getLinkedObject(primaryName)")
def _linked(call: OktaArguments) -> Json:
    return _object(call.context.linked.get(call.string(0)))


@PEOPLE.define("getManagerUser(managerSource)")
def _manager(call: OktaArguments) -> Json:
    return _boss_user(call, call.context.manager)


@PEOPLE.define("getManagerAppUser(managerSource, attributeSource)")
def _manager_app(call: OktaArguments) -> Json:
    return _boss_app(call, call.context.manager)


@PEOPLE.define("getAssistantUser(assistantSource)")
def _assistant(call: OktaArguments) -> Json:
    return _boss_user(call, call.context.assistant)


@PEOPLE.define("getAssistantAppUser(assistantSource, attributeSource)")
def _assistant_app(call: OktaArguments) -> Json:
    return _boss_app(call, call.context.assistant)


@PEOPLE.define("hasDirectoryUser()")
def _has_directory(call: OktaArguments) -> Json:
    return bool(call.context.directory_users)


@PEOPLE.define("hasWorkdayUser()")
def _has_workday(call: OktaArguments) -> Json:
    return bool(call.context.workday_users)


@PEOPLE.define("findDirectoryUser()")
def _find_directory(call: OktaArguments) -> Json:
    return _only(call.context.directory_users)


@PEOPLE.define("findWorkdayUser()")
def _find_workday(call: OktaArguments) -> Json:
    return _only(call.context.workday_users)


PEOPLE.leave("Groups.contains(app, pattern, limit)", _CLAIMS)
PEOPLE.leave("Groups.startsWith(app, pattern, limit)", _CLAIMS)
PEOPLE.leave("Groups.endsWith(app, pattern, limit)", _CLAIMS)
PEOPLE.leave("user.getGroups(criteria?...)", "searches Okta's groups, which is not simulated; use isMemberOfGroup…")


def _groups(call: OktaArguments) -> tuple[OktaGroup, ...]:
    groups = call.context.groups
    if groups is None:
        raise call.fail("needs the groups of the user, and they are not known here")
    return groups


def _any(call: OktaArguments, wanted: Callable[[OktaGroup], bool]) -> bool:
    return any(wanted(group) for group in _groups(call))


def _object(profile: Profile | None) -> Json:
    return None if profile is None else dict(profile)


def _only(profiles: tuple[Profile, ...]) -> Json:
    """Return the one profile; null where there is none or more than one, as Okta documents."""
    return dict(profiles[0]) if len(profiles) == 1 else None


def _from_directory(call: OktaArguments) -> None:
    if call.string(0) != _DIRECTORY:
        raise call.fail(f'must be "{_DIRECTORY}", the only source that Okta supports', 0)


def _boss_user(call: OktaArguments, boss: Boss | None) -> Json:
    _from_directory(call)
    return _object(boss.user if boss else None)


def _boss_app(call: OktaArguments, boss: Boss | None) -> Json:
    _from_directory(call)
    return _object(boss.apps.get(call.string(1)) if boss else None)
