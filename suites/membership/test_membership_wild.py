"""Requests about members that real servers have answered with success and not carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import NotApplicable, check, find, remove

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Answer, JsonObject, Judge, Resource, Resources

    Pool = Callable[[int], list[str]]
    Team = Callable[[list[str]], Resource]


def _members(group: Resource) -> list[str]:
    found = find(group.read(), "members")
    return sorted(str(each.get("value")) for each in found if isinstance(each, dict)) if isinstance(found, list) else []


def _after(answer: Answer, group: Resource, *right: list[str]) -> list[str]:
    """Return the members as they are; a success that shows none of the ``right`` lists gets a second look."""
    seen = _members(group)
    if answer.ok and seen not in right:
        group.session.settle()
        seen = _members(group)
    return seen


@check(
    "membership.remove-two-clauses",
    "RFC7644-3.5.2.2-05",
    "RFC7644-3.5.2.2-06",
    needs=("patch", "groups"),
    group_attributes=("members",),
    data_loss=True,
)
def test_a_filter_of_two_clauses_is_applied_or_refused(by_value: Team, pool: Pool) -> None:
    """A member that a filter of two clauses selects is removed, or the filter is refused; it is never passed over.

    A server that reads one clause only and answers success leaves somebody in a group who was taken out of it.
    """
    one, two = pool(2)
    group = by_value([one, two])
    answer = group.try_patch(remove(f'members[value eq "{one}" and value pr]'))
    seen = _after(answer, group, [two])
    wanted = [two] if answer.ok else sorted([one, two])
    answer.require(
        seen == wanted,
        f"the answer is {answer.status_code}, and the group has {len(seen)} members, owed are {len(wanted)}",
        kind="passed-over" if one in seen else "lost",
        at="members",
        wanted=[*wanted],
        got=[*seen],
    )


@check(
    "membership.put-strangers",
    "RFC7644-3.5.1-03",
    needs=("groups",),
    group_attributes=("members",),
)
def test_a_put_of_strangers_only_is_refused_or_done(team: Team, pool: Pool, users: Resources, judge: Judge) -> None:
    """A PUT whose members are all unknown is refused, or the members of before are gone; success does not keep them.

    A server that drops the unknown ones and takes the empty rest for no change keeps people in a group whom the
    identity provider has just taken out.
    """
    one, two = pool(2)
    group, gone = team([one, two]), users.create()
    gone.delete()
    before = group.read()
    sent: JsonObject = {**before, "members": [{"value": gone.id}]}
    answer = group.try_put(sent)
    seen = _after(answer, group, [], [gone.id])
    kept = sorted({one, two} & set(seen))
    if answer.ok:
        answer.require(
            not kept,
            f"the answer is {answer.status_code}, and {len(kept)} members that the PUT left out are still there",
            kind="kept",
            at="members",
            got=[*kept],
        )
    else:
        judge.require(
            seen == sorted([one, two]), f"the PUT is refused, but members changed: {seen}", kind="changed", at="members"
        )


@check("membership.answer-fresh", "RFC7644-3.5.2-27", needs=("patch", "groups"), group_attributes=("members",))
def test_the_answer_shows_the_members_of_now(by_value: Team, pool: Pool) -> None:
    """A PATCH of members that is answered with the group shows the members that the group has afterwards.

    A client that trusts an answer with the members of before sends the same change again.
    """
    one, two = pool(2)
    group = by_value([one, two])
    answer = group.try_patch(remove(f'members[value eq "{one}"]'))
    shown = find(answer.body, "members[*].value")
    if not answer.ok or not isinstance(shown, list):
        raise NotApplicable("the answer to the PATCH shows no members")
    stored = _after(answer, group, [two])
    told = sorted(str(each) for each in shown)
    answer.require(
        told == stored,
        f"the answer lists {len(told)} members, a read right after it {len(stored)}",
        kind="stale",
        at="members",
        wanted=[*stored],
        got=[*told],
    )
