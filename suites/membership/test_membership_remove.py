"""Taking members out of a group by PATCH (RFC 7644 section 3.5.2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import add, check, remove

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Json, Resource

    Pool = Callable[[int], list[str]]
    Team = Callable[[list[str]], Resource]


def _entries(*ids: str) -> list[Json]:
    return [{"value": each} for each in ids]


@check(
    "membership.remove-one",
    "RFC7644-3.5.2.2-04",
    "RFC7644-3.5.2.2-15",
    needs=("patch", "groups"),
    group_attributes=("members",),
    data_loss=True,
)
def test_one_member_is_removed(team: Team, pool: Pool) -> None:
    """Removing members[value eq "…"] takes that member out of the group and nobody else.

    A filter that is not understood and dropped empties the group: the worst bug a group endpoint can have.
    """
    everybody = pool(4)
    group = team(everybody)
    for leaver, left in ((everybody[1], [everybody[0], *everybody[2:]]), (everybody[0], everybody[2:])):
        only = {"members[*].value": left}
        with group.changes(only=only):
            answer = group.try_patch(remove(f'members[value eq "{leaver}"]'))
            if not answer.ok:
                scim_type = answer.body.get("scimType")
                unsupported = scim_type in (None, "invalidPath", "invalidFilter", "invalidSyntax")
                answer.success(soft=answer.status_code in (400, 422, 501) and unsupported)
                only["members[*].value"] = everybody
        if not answer.ok:
            return


@check(
    "membership.remove-several",
    "RFC7644-3.5.2.2-05",
    "RFC7644-3.5.2.2-06",
    needs=("patch", "groups"),
    group_attributes=("members",),
    data_loss=True,
)
@pytest.mark.parametrize("form", ["or", "operations"])
def test_several_members_are_removed(by_value: Team, pool: Pool, form: str) -> None:
    """Members that one request removes, by one filter or by several operations, are out, and the others stay."""
    one, two, three, four = pool(4)
    group = by_value([one, two, three, four])
    with group.changes(only={"members[*].value": [two, four]}):
        if form == "or":
            group.patch(remove(f'members[value eq "{one}" or value eq "{three}"]'))
        else:
            group.patch(*[remove(f'members[value eq "{each}"]') for each in (one, three)])


@check(
    "membership.remove-all",
    "RFC7644-3.5.2.2-03",
    "RFC7644-3.5.2.2-16",
    needs=("patch", "groups"),
    group_attributes=("members",),
)
def test_all_members_are_removed(team: Team, pool: Pool) -> None:
    """Removing members without a filter empties the group; the group itself stays."""
    group = team(pool(2))
    with group.changes(only={"members": None}):
        group.patch(remove("members"))


@check(
    "membership.remove-last",
    "RFC7644-3.5.2.2-07",
    needs=("patch", "groups"),
    group_attributes=("members",),
)
def test_the_last_member_leaves_an_empty_group(by_value: Team, pool: Pool) -> None:
    """A group whose last member is removed by value is there without members."""
    (one,) = pool(1)
    group = by_value([one])
    with group.changes(only={"members": None}):
        group.patch(remove(f'members[value eq "{one}"]'))


@check(
    "membership.remove-stranger",
    "RFC7644-3.5.2.2-04",
    "RFC7644-3.5.2.2-13",
    needs=("patch", "groups"),
    group_attributes=("members",),
    data_loss=True,
)
def test_removing_a_stranger_removes_nobody(by_value: Team, pool: Pool) -> None:
    """Removing somebody who is no member succeeds or is called noTarget, and nobody is removed.

    An IdP that repeats a removal must find the same group as before.
    """
    one, two, three = pool(3)
    group = by_value([one, two])
    with group.changes(only={}):
        answer = group.try_patch(remove(f'members[value eq "{three}"]'))
    answer.status(200, 204, 400, per="RFC7644-3.5.2.2-13")


@check(
    "membership.remove-and-add",
    "RFC7644-3.5.2-22",
    needs=("patch", "groups"),
    group_attributes=("members",),
    data_loss=True,
)
@pytest.mark.parametrize("first", ["remove", "add"])
def test_one_leaves_and_one_joins(by_value: Team, pool: Pool, first: str) -> None:
    """A removal and an addition in one request are both applied, in whichever order they come."""
    one, two, three = pool(3)
    group = by_value([one, two])
    pair = [remove(f'members[value eq "{one}"]'), add("members", _entries(three))]
    with group.changes(only={"members[*].value": [two, three]}):
        group.patch(*(pair if first == "remove" else reversed(pair)))


@check(
    "membership.same-person-twice",
    "RFC7644-3.5.2-22",
    needs=("patch", "groups"),
    group_attributes=("members",),
)
@pytest.mark.parametrize("last", ["remove", "add"])
def test_the_last_word_on_a_person_counts(by_value: Team, pool: Pool, last: str) -> None:
    """Somebody added and then removed in one request is out; removed and then added, in, once."""
    one, two = pool(2)
    group = by_value([one, two] if last == "add" else [one])
    pair = [remove(f'members[value eq "{two}"]'), add("members", _entries(two))]
    with group.changes(only={"members[*].value": [one, two] if last == "add" else [one]}):
        group.patch(*(pair if last == "add" else reversed(pair)))


@check(
    "membership.swap-all",
    "RFC7644-3.5.2-22",
    "RFC7644-3.5.2.2-03",
    needs=("patch", "groups"),
    group_attributes=("members",),
)
def test_all_leave_and_others_join(team: Team, pool: Pool) -> None:
    """Removing all members and adding others in one request leaves exactly the others, as the RFC's example has it."""
    one, two, three = pool(3)
    group = team([one, two])
    with group.changes(only={"members[*].value": [two, three]}):
        group.patch(remove("members"), add("members", _entries(two, three)))


@check(
    "membership.two-groups",
    "RFC7644-3.5.2.2-04",
    "RFC7644-3.5.2.1-08",
    needs=("patch", "groups"),
    group_attributes=("members",),
    data_loss=True,
)
def test_groups_do_not_share_their_members(by_value: Team, pool: Pool) -> None:
    """Taking somebody out of one group, or into it, leaves every other group as it is."""
    one, two, three = pool(3)
    group, other = by_value([one, two]), by_value([one, two])
    with other.changes(only={}), group.changes(only={"members[*].value": [two, three]}):
        group.patch(remove(f'members[value eq "{one}"]'))
        group.patch(add("members", _entries(three)))
