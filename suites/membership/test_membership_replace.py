"""Setting the members of a group as a whole, and what else of a group or user may not touch them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import NotApplicable, add, asked_for, check, find, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Json, Judge, Resource, Resources

    Pool = Callable[[int], list[str]]
    Team = Callable[[list[str]], Resource]


def _entries(*ids: str) -> list[Json]:
    return [{"value": each} for each in ids]


def _holds(group: Resource, judge: Judge, *wanted: str) -> None:
    """Expect that a group has these members and its name after a PUT that says so."""
    stored = group.read()
    if asked_for(stored, {"members[*].value": list(wanted)}):
        group.session.settle()
        stored = group.read()
    for symptom in asked_for(stored, {"members[*].value": list(wanted), "displayName": group.display_name}):
        judge.require(
            condition=False,
            message=symptom.message,
            kind=symptom.kind,
            at=symptom.at,
            wanted=symptom.wanted,
            got=symptom.got,
            per="RFC7644-3.5.1-25",
        )


@check(
    "membership.replace",
    "RFC7644-3.5.2.3-04",
    "RFC7644-3.5.2.3-18",
    needs=("patch", "groups"),
    group_attributes=("members",),
    data_loss=True,
)
@pytest.mark.parametrize("form", ["path", "no-path"])
def test_the_members_are_replaced(team: Team, pool: Pool, form: str) -> None:
    """A replace of members leaves exactly the people that it names: one stays, one goes, one comes."""
    one, two, three = pool(3)
    group, new = team([one, two]), _entries(two, three)
    with group.changes(only={"members[*].value": [two, three]}):
        group.patch(replace("members", new) if form == "path" else replace(None, {"members": new}))


@check(
    "membership.replace-empty",
    "RFC7644-3.5.2.3-14",
    "RFC7644-3.5.2.3-20",
    needs=("patch", "groups"),
    group_attributes=("members",),
)
def test_members_are_replaced_by_nobody(team: Team, pool: Pool) -> None:
    """A replace of members with an empty array empties the group."""
    group = team(pool(2))
    with group.changes(only={"members": None}, frame="RFC7644-3.5.2.3-20"):
        group.patch(replace("members", []))


@check(
    "membership.rename-keeps",
    "RFC7644-3.5.2.3-20",
    "RFC7643-4.2-03",
    needs=("patch", "groups"),
    group_attributes=("members",),
    data_loss=True,
)
def test_a_renamed_group_keeps_its_members(team: Team, pool: Pool) -> None:
    """A group that gets a new displayName, by path or without one, has the members that it had."""
    group = team(pool(2))
    names = [group.session.people.unique("renamed") for _ in range(2)]
    requests = [replace("displayName", names[0]), replace(None, {"displayName": names[1]})]
    for name, asked in zip(names, requests, strict=True):
        with group.changes(only={"displayName": name}, per="RFC7643-4.2-03"):
            answer = group.try_patch(asked)
            if answer.status_code == 403:
                raise NotApplicable("the target does not let this client rename a group (403)")
            answer.success(per="RFC7643-4.2-03")


@check(
    "membership.rename-and-add",
    "RFC7644-3.5.2-22",
    needs=("patch", "groups"),
    group_attributes=("members",),
    data_loss=True,
)
def test_a_group_is_renamed_and_joined_at_once(team: Team, pool: Pool) -> None:
    """A new displayName and a new member in one request are both applied."""
    one, two, three = pool(3)
    group = team([one, two])
    name = group.session.people.unique("renamed")
    with group.changes(only={"displayName": name, "members[*].value": [one, two, three]}):
        group.patch(replace("displayName", name), add("members", _entries(three)))


@check(
    "membership.atomic",
    "RFC7644-3.5.2-25",
    needs=("patch", "groups"),
    group_attributes=("members",),
    data_loss=True,
)
def test_a_failing_request_moves_nobody(team: Team, pool: Pool) -> None:
    """Members added or replaced by a PATCH that fails later are as they were before."""
    one, two, three = pool(3)
    group = team([one, two])
    failing = replace("id", "scimulator-no-such-id")
    if group.try_patch(failing).status_code not in range(400, 500):
        raise NotApplicable("the target does not refuse to replace an id; patch.read-only.id judges that")
    with group.changes(only={}):
        group.try_patch(replace("members", _entries(three)), failing)


@check(
    "membership.value-immutable",
    "RFC7644-3.5.2-17",
    "RFC7644-3.5.2.3-09",
    needs=("patch", "groups"),
    group_attributes=("members",),
)
def test_a_member_does_not_turn_into_another(by_value: Team, pool: Pool) -> None:
    """The value of a member cannot be replaced: one person leaves and another one joins instead."""
    one, two, three = pool(3)
    group = by_value([one, two])
    answer = group.try_patch(replace(f'members[value eq "{one}"].value', three))
    answer.refused(400, scim_type="mutability")
    shown = find(group.read(), "members[*].value")
    listed = {str(each) for each in shown} if isinstance(shown, list) else set()
    answer.require(
        two in listed, "a member that the request does not name was lost", kind="lost", at="members",
        per="RFC7644-3.5.2.3-09",
    )  # fmt: skip


@check(
    "membership.put-replaces",
    "RFC7644-3.5.1-25",
    needs=("groups",),
    group_attributes=("members",),
    data_loss=True,
)
@pytest.mark.parametrize("form", ["whole", "own"])
def test_put_sets_the_members(team: Team, pool: Pool, judge: Judge, form: str) -> None:
    """A PUT of a group leaves exactly the members that it names, and the group's other values."""
    one, two, three = pool(3)
    group = team([one, two])
    before = group.read() if form == "whole" else group.sent
    group.put({**before, "members": _entries(two, three)})
    _holds(group, judge, two, three)


@check(
    "membership.put-echo",
    "RFC7644-3.5.1-16",
    "RFC7644-3.5.1-25",
    needs=("groups",),
    group_attributes=("members",),
    data_loss=True,
)
def test_a_group_can_be_put_back_as_it_was_read(team: Team, pool: Pool, judge: Judge) -> None:
    """A group PUT as a GET shows it, with display, $ref and type of its members, has the same members."""
    everybody = pool(3)
    group = team(everybody)
    for _ in range(2):
        group.put(group.read())
    _holds(group, judge, *everybody)


@check(
    "membership.put-rename",
    "RFC7644-3.5.1-02",
    "RFC7644-3.5.1-25",
    needs=("groups",),
    group_attributes=("members",),
    data_loss=True,
)
def test_put_renames_a_group_and_keeps_its_members(team: Team, pool: Pool) -> None:
    """A group PUT with a new displayName and its members has both."""
    everybody = pool(2)
    group = team(everybody)
    name = group.session.people.unique("renamed")
    with group.changes(only={"displayName": name, "members[*].value": everybody}):
        answer = group.try_put({**group.read(), "displayName": name})
        if answer.status_code == 403:
            raise NotApplicable("the target does not let this client rename a group (403)")
        answer.success()


@check("membership.put-empty", "RFC7643-2.5-02", needs=("groups",), group_attributes=("members",))
def test_put_empties_a_group(team: Team, pool: Pool) -> None:
    """A group PUT with an empty array of members has none."""
    group = team(pool(2))
    with group.changes(only={"members": None}):
        group.put({**group.read(), "members": []})


@check(
    "membership.put-two-groups", "RFC7644-3.5.1-25", needs=("groups",), group_attributes=("members",), data_loss=True
)
def test_put_touches_one_group(team: Team, pool: Pool) -> None:
    """A PUT of one group leaves the members of every other group alone."""
    one, two, three = pool(3)
    group, other = team([one, two]), team([one, two])
    with other.changes(only={}):
        group.put({**group.read(), "members": _entries(three)})


@check(
    "membership.user-put-keeps",
    "RFC7644-3.5.1-14",
    "RFC7643-4.1.2-17",
    needs=("groups",),
    group_attributes=("members",),
    data_loss=True,
)
def test_a_put_of_the_user_ends_no_membership(kept: Callable[..., Resource], team: Team, pool: Pool) -> None:
    """A PUT of a user leaves its memberships alone, whatever it says or does not say of groups.

    An attribute change in the IdP must not take away somebody's access.
    """
    user, (one,) = kept(), pool(1)
    group = team([user.id, one])
    echo = user.read()
    silent = {name: value for name, value in echo.items() if name != "groups"}
    with group.changes(only={}):
        answers = [user.try_put(echo), user.try_put(silent), user.try_put({**silent, "groups": []})]
    for answer in answers:
        answer.success(soft=answer.status_code == 400)


@check(
    "membership.user-patch-keeps",
    "RFC7644-3.5.2.3-20",
    needs=("patch", "groups"),
    group_attributes=("members",),
    data_loss=True,
)
def test_a_renamed_user_stays_a_member(users: Resources, team: Team, pool: Pool) -> None:
    """A user with a new userName is still a member of its groups."""
    user, (one,) = users.create(), pool(1)
    group = team([user.id, one])
    with group.changes(only={}):
        answer = user.try_patch(replace("userName", users.session.people.user_name("renamed")))
        if not answer.ok:
            raise NotApplicable(f"the target does not let a userName be changed: {answer.status_code}")
