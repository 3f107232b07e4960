"""What real servers have made of members, although nobody asked for it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from scimulator.kit import GROUP, NotApplicable, Purpose, check, find

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import JsonObject, Resources, Session


def _values(shown: JsonObject) -> list[str]:
    found = find(shown, "members[*].value")
    return sorted(str(each) for each in found) if isinstance(found, list) else []


@check("groups.members.nested-in-list", "RFC7644-3.4.1-04", needs=("groups", "filter"), group_attributes=("members",))
def test_a_nested_group_is_in_lists_too(pool: Callable[[int], list[str]], groups: Resources) -> None:
    """A group among the members is seen in a list of groups as it is when the group is read by id.

    A client that compares lists takes the difference for a change and adds the same group for ever.
    """
    inner, (person,) = groups.create(), pool(1)
    body = groups.body(members=[person])
    listed = body["members"]
    body["members"] = [*(listed if isinstance(listed, list) else []), {"value": inner.id, "type": "Group"}]
    answer = groups.post(body)
    if not answer.ok:
        raise NotApplicable("the target takes no groups as members")
    made = groups.made(answer, body)
    alone = _values(made.read())
    if inner.id not in alone:
        raise NotApplicable("the target takes no groups as members")
    found = groups.find(f'displayName eq "{body["displayName"]}"')
    same = [each for each in found.resources() if each.get("id") == made.id] if found.ok else []
    if not same:
        raise NotApplicable("the target does not find groups by displayName")
    if "members" not in same[0]:
        raise NotApplicable("the target leaves members out of lists altogether; groups.read.same-in-list judges that")
    in_list = _values(same[0])
    found.require(
        in_list == alone,
        f"read by id the group has {len(alone)} members, in a list {len(in_list)}",
        kind="differs",
        at="members",
        wanted=[*alone],
        got=[*in_list],
    )


@check("groups.members.value-only", "RFC7643-4.2-09", needs=("groups",), group_attributes=("members",))
def test_a_member_needs_its_value_only(pool: Callable[[int], list[str]], groups: Resources, scim: Session) -> None:
    """A member that comes with its value alone is taken, unless the published schema requires more of it.

    Entra sends members so, and no display that a server could ask for.
    """
    definition = scim.discovery.attribute("members", GROUP) or {}
    parts = definition.get("subAttributes")
    required = [
        str(each.get("name"))
        for each in (parts if isinstance(parts, list) else [])
        if isinstance(each, dict) and each.get("required") is True and each.get("name") != "value"
    ]
    if required:
        raise NotApplicable(f"the target's /Schemas requires {' and '.join(required)} of a member")
    (person,) = pool(1)
    body = groups.body()
    body["members"] = [{"value": person}]
    answer = groups.post(body)
    answer.require(
        answer.ok or not groups.post(groups.body()).ok,
        f"a group with a member given by value is answered {answer.status_code}, one without members is made",
        kind="status",
        got=answer.status_code,
        soft=True,
    )


@check("groups.members.no-user-made", "RFC7643-4.2-05", needs=("groups",), group_attributes=("members",))
def test_an_unknown_member_is_not_made_a_user(groups: Resources, users: Resources, scim: Session) -> None:
    """A member that does not exist is refused, dropped or listed; no user comes into being because of it.

    An account that nobody provisioned is one that nobody takes away.
    """
    stranger = str(uuid.uuid4())
    body = groups.body()
    body["members"] = [{"value": stranger}]
    groups.post(body)
    seen = scim.request("GET", f"{users.endpoint}/{stranger}", purpose=Purpose.JUDGED)
    if seen.ok:
        scim.request("DELETE", f"{users.endpoint}/{stranger}", purpose=Purpose.CLEAN_UP)
    seen.require(
        not seen.ok,
        "a group named a member that nobody knew, and now there is a user of that id",
        kind="made-up",
        soft=True,
    )
