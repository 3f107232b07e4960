"""Adding members to a group by PATCH (RFC 7644 section 3.5.2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import NotApplicable, add, check, find, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Discovery, Ground, Json, JsonObject, Judge, Resource, Resources

    Pool = Callable[[int], list[str]]
    Team = Callable[[list[str]], Resource]


def _entries(*ids: str) -> list[Json]:
    return [{"value": each} for each in ids]


def _members(resource: JsonObject, attribute: str = "members") -> list[str]:
    found = find(resource, f"{attribute}[*].value")
    return [str(each) for each in found] if isinstance(found, list) else []


@check(
    "membership.add-first",
    "RFC7644-3.5.2.1-18",
    "RFC7643-4.2-09",
    "RFC7644-3.5.2-33",
    needs=("patch", "groups"),
    group_attributes=("members",),
)
def test_an_empty_group_gets_a_member(team: Team, pool: Pool) -> None:
    """A member added to a group without members is in it, and the group is otherwise the same."""
    group, (one,) = team([]), pool(1)
    with group.changes(only={"members[*].value": [one]}):
        answer = group.try_patch(add("members", _entries(one)))
        if answer.status_code == 403:
            raise NotApplicable("the target does not let this client change the members of a group (403)")
        answer.success()


@check(
    "membership.add-keeps-others",
    "RFC7644-3.5.2.1-08",
    "RFC7644-3.5.2.1-18",
    needs=("patch", "groups"),
    group_attributes=("members",),
    data_loss=True,
)
def test_a_new_member_displaces_nobody(team: Team, pool: Pool) -> None:
    """A member added to a group joins those that are in it.

    A server that takes the request for the new list throws everybody else out of the group.
    """
    one, two, three = pool(3)
    group = team([one, two])
    with group.changes(only={"members[*].value": [one, two, three]}):
        group.patch(add("members", _entries(three)))


@check("membership.add-many", "RFC7644-3.5.2.1-09", needs=("patch", "groups"), group_attributes=("members",))
@pytest.mark.parametrize("form", ["one-operation", "operations"])
def test_several_members_are_added(team: Team, pool: Pool, form: str) -> None:
    """All members that one request adds are in the group, whether in one operation or in several."""
    one, two, three, four = pool(4)
    group = team([one])
    new = (two, three, four)
    with group.changes(only={"members[*].value": [one, *new]}):
        if form == "operations":
            group.patch(*[add("members", _entries(each)) for each in new])
        else:
            group.patch(add("members", _entries(*new)))


@check(
    "membership.add-pathless",
    "RFC7644-3.5.2.1-03",
    needs=("patch", "groups"),
    group_attributes=("members",),
    data_loss=True,
)
def test_a_member_added_without_path_displaces_nobody(team: Team, pool: Pool) -> None:
    """A member added without path joins those that are in the group."""
    one, two, three = pool(3)
    group = team([one, two])
    with group.changes(only={"members[*].value": [one, two, three]}):
        group.patch(add(None, {"members": _entries(three)}))


@check(
    "membership.add-twice",
    "RFC7644-3.5.2.1-13",
    "RFC7644-3.5.2.1-08",
    needs=("patch", "groups"),
    group_attributes=("members",),
)
def test_a_member_added_again_is_there_once(team: Team, pool: Pool) -> None:
    """Adding somebody who is a member already succeeds and changes nothing.

    IdPs repeat requests whose answer they did not get; doubled members break the next removal.
    """
    one, two = pool(2)
    group = team([one, two])
    with group.changes(only={"members[*].value": [one, two]}, frame="RFC7644-3.5.2.1-08"):
        group.patch(add("members", _entries(two)))


@check(
    "membership.add-twice.mixed",
    "RFC7644-3.5.2.1-08",
    "RFC7644-3.5.2.1-13",
    "RFC7643-2.4-06",
    needs=("patch", "groups"),
    group_attributes=("members",),
)
def test_old_and_new_members_in_one_add(team: Team, pool: Pool) -> None:
    """An add that names a member and somebody new adds the new one; the repeated one does not spoil it."""
    one, two, three = pool(3)
    group = team([one, two])
    answer = group.try_patch(add("members", _entries(two, three))).success(per="RFC7644-3.5.2.1-13")
    wanted = [one, two, three] if answer.ok else [one, two]
    found = find(group.read(), "members[*].value")
    members = [str(each) for each in found] if isinstance(found, list) else []
    answer.require(
        set(members) == set(wanted),
        f"the group has the members {sorted(set(members))}, owed are {sorted(wanted)}",
        kind="members",
        at="members",
        wanted=list(wanted),
        got=list(members),
    )
    answer.require(
        len(members) == len(set(members)), "a member is listed twice", kind="twice", at="members", got=list(members),
        per="RFC7643-2.4-06",
    )  # fmt: skip


@check(
    "membership.add-unknown",
    "RFC7644-3.5.2.1-08",
    "RFC7643-4.2-05",
    "RFC7644-3.12-19",
    needs=("patch", "groups"),
    group_attributes=("members",),
)
def test_an_unknown_member_does_no_harm(team: Team, pool: Pool, users: Resources, judge: Judge) -> None:
    """Adding somebody who does not exist is refused or ignored; the members of the group stay.

    One person deleted meanwhile must not make a whole group push fail with a server error.
    """
    one, two = pool(2)
    group, gone = team([one, two]), users.create()
    gone.delete()
    answer = group.try_patch(add("members", _entries(gone.id)))
    answer.require(
        answer.status_code < 500,
        f"a member that does not exist is answered {answer.status_code}",
        kind="status",
        got=answer.status_code,
        per="RFC7644-3.12-19",
    )
    listed = _members(group.read())
    judge.require({one, two} <= set(listed), f"members were lost: {listed}", kind="lost", at="members")
    judge.require(
        gone.id not in listed,
        "the group has a member that does not exist",
        kind="dangling",
        at="members",
        per="RFC7643-4.2-05",
        soft=True,
    )


@check(
    "membership.add-forged",
    "RFC7643-4.2-06",
    "RFC7643-4.2-08",
    needs=("patch", "groups"),
    group_attributes=("members",),
)
def test_the_value_says_who_joins(team: Team, pool: Pool, judge: Judge) -> None:
    """A member is who its value says; a false $ref and a false display beside it are not stored.

    What a list of members shows should lead to the person that is in it. $ref may be set by clients, so that storing
    a false one is worth a warning only.
    """
    one, two = pool(2)
    group = team([one])
    users = group.session.discovery.user_endpoint
    reference = f"{group.session.target.base_url.rstrip('/')}{users}/{one}"
    with group.changes(only={"members[*].value": [one, two]}):
        answer = group.try_patch(add("members", [{"value": two, "$ref": reference, "display": "Forged Display"}]))
        if not answer.ok:
            raise NotApplicable(f"the target refuses a member whose $ref does not fit its value: {answer.status_code}")
    found = find(group.read(), "members")
    entries = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    for each in (each for each in entries if each.get("value") == two):
        judge.require(
            each.get("$ref") != reference,
            "a member's $ref leads to another person than its value",
            kind="forged",
            at="members[*].$ref",
            soft=True,
        )
        judge.require(
            each.get("display") != "Forged Display",
            "a member's display is what the client said, not the name of the person",
            kind="forged",
            at="members[*].display",
            per="RFC7643-4.2-08",
        )


@check(
    "membership.user-side",
    "RFC7643-4.1.2-20",
    needs=("patch", "groups"),
    group_attributes=("members",),
)
def test_a_users_groups_follow(
    kept: Callable[..., Resource], team: Team, pool: Pool, discovery: Discovery, judge: Judge
) -> None:
    """The groups of a user show a group that it is added to, and no longer one that it is taken out of."""
    if discovery.schemas() and discovery.attribute("groups") is None:
        raise NotApplicable("the target's /Schemas does not declare groups")
    user, (one,) = kept(), pool(1)
    group = team([one])
    for asked, wanted in ((add("members", _entries(user.id)), True), (replace("members", _entries(one)), False)):
        group.patch(asked)
        if (group.id in _members(user.read(), "groups")) is not wanted:
            user.session.settle()
        judge.require(
            (group.id in _members(user.read(), "groups")) is wanted,
            f"the user's groups {'lack a group it was added to' if wanted else 'show a group it was taken out of'}",
            kind="not-reflected",
            at="groups",
        )


@check(
    "membership.large",
    "RFC7644-3.5.2.1-09",
    "RFC7643-4.2-16",
    "RFC7644-3.5.2.1-08",
    needs=("patch", "groups"),
    group_attributes=("members",),
)
def test_a_large_group_keeps_count(team: Team, ground: Ground, judge: Judge) -> None:
    """Fifty-one members added at once are all in the group, and one more displaces none of them.

    More than fifty, because that is a usual size of a page, and lists of members are cut where pages end.
    """
    everybody = ground.crowd(52)
    group, last = team([]), everybody[-1]
    answer = group.try_patch(add("members", _entries(*everybody[:-1])))
    if not answer.ok:
        answer.success(per="RFC7643-4.2-16")
        return
    listed = _members(group.read())
    judge.require(
        sorted(listed) == sorted(everybody[:-1]), f"51 members were added, {len(listed)} are there", at="members"
    )
    group.patch(add("members", _entries(last)))
    listed = _members(group.read())
    judge.require(
        sorted(listed) == sorted(everybody),
        f"of 52 members {len(set(listed) & set(everybody))} are there",
        kind="lost",
        at="members",
        per="RFC7644-3.5.2.1-08",
    )
