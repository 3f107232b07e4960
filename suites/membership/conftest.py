"""What the membership checks stand on: people that all of them share, and groups that hold some of those."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import NotApplicable, Purpose, find, patch_body, remove, without_value_paths

if TYPE_CHECKING:
    from scimulator.kit import JsonObject, Resource, Resources, Session

Pool = Callable[[int], list[str]]
Team = Callable[[list[str]], "Resource"]


def members_of(group: JsonObject) -> list[str]:
    """Return the ids of a group's members, sorted."""
    found = find(group, "members")
    listed = found if isinstance(found, list) else []
    return sorted(str(each.get("value")) for each in listed if isinstance(each, dict))


@pytest.fixture
def team(groups: Resources) -> Team:
    """Get a group with exactly these members; it may be one that other checks have changed."""

    def make(members: list[str]) -> Resource:
        group = groups.create(members=list(members) or None)
        if members_of(group.first) != sorted(members) and members_of(group.read()) != sorted(members):
            raise NotApplicable("the target does not keep the members that a group is created with")
        return group

    def lend(members: list[str]) -> Resource:
        return groups.session.lending.borrow(
            "teams", lambda: make(members), fits=lambda _, state: members_of(state) == sorted(members)
        )

    return lend


@pytest.fixture
def by_value(team: Team, pool: Pool, scim: Session) -> Team:
    """Like ``team``, where the target takes paths such as ``members[value eq "…"]``."""
    if "member value paths" not in scim.known:
        first, second = pool(2)
        group = team([first, second])
        body = patch_body(remove(f'members[value eq "{first}"]'))
        answer = scim.request("PATCH", group.path, body, purpose=Purpose.SET_UP)
        scim.known["member value paths"] = not without_value_paths(answer)
    if not scim.known["member value paths"]:
        raise NotApplicable("the target takes no value paths; membership.remove-one judges that")
    return team
