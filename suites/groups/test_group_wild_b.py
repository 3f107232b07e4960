"""What real servers got wrong about the answer to the create of a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import NotApplicable, check, find

if TYPE_CHECKING:
    from scimulator.kit import Json, JsonObject, Resources


def _members(shown: JsonObject) -> list[Json]:
    found = find(shown, "members")
    return found if isinstance(found, list) else []


@check("groups.create.answer-equals-read", "RFC7644-3.3-22", needs=("groups",), group_attributes=("members",))
def test_the_answer_shows_the_stored_members(groups: Resources, users: Resources) -> None:
    """The answer to the create of a group shows the members that were stored, not those that were sent.

    A client that reads its own request in the answer believes that somebody is in who is not.
    """
    user = users.sample()
    body = groups.body(members=[user.id])
    body["members"] = [*_members(body), {"display": "nobody in particular"}]
    answer = groups.post(body)
    if not answer.ok:
        raise NotApplicable(f"a member without a value is refused ({answer.status_code})")
    if "members" not in answer.body:
        raise NotApplicable("the answer to the create shows no members")
    group = groups.made(answer, body)
    stored = _members(group.read())
    if len(stored) != len(_members(answer.body)):
        groups.session.settle()
        stored = _members(group.read())
    answer.require(
        len(_members(answer.body)) == len(stored),
        f"the answer to the create shows {len(_members(answer.body))} members, a read shows {len(stored)}",
        kind="echo",
        at="members",
        wanted=stored,
        got=_members(answer.body),
    )
