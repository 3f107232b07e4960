"""Filters on groups, and on what ties users and groups together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import DECLINED, NotApplicable, Resources, check

if TYPE_CHECKING:
    from scimulator.kit import Answer, Resource, Session
    from suites.filtering.conftest import Cast


@dataclass(frozen=True, slots=True)
class Choir:
    """Two groups of this run: alpha sings in the first, beta in the second."""

    first: Resource
    second: Resource

    def holds_only(self, answer: Answer, text: str, *wanted: Resource) -> None:
        """Expect a filter to return exactly the wanted groups.

        Raises:
            NotApplicable: when it is refused.
        """
        if answer.status_code in DECLINED:
            raise NotApplicable(f"the target refuses the filter {text}")
        ids = set(answer.ids())
        owed = {each.id for each in wanted}
        answer.require(ids <= owed, f"the filter {text} returns groups that do not match it", kind="not-filtered")
        answer.require(ids >= owed, f"the filter {text} does not return its group", kind="not-found")


@pytest.fixture(scope="module")
def choir(scim_session: Session, cast: Cast) -> Choir:
    """Groups with members, made once."""
    groups = Resources(scim_session, "group")
    with scim_session.keeping():
        made = [
            groups.create(
                members=[cast.people[name].id],
                displayName=scim_session.people.unique(f"Choir {name}"),
            )
            for name in ("alpha", "beta")
        ]
    return Choir(*made)


@check("filtering.groups.display-name", "RFC7644-3.4.2.2-01", needs=("filter", "groups"))
@pytest.mark.parametrize("case", ["same", "longer", "beginning"])
def test_display_name(choir: Choir, groups: Resources, case: str) -> None:
    """A group is found by its displayName, and that group alone.

    Identity providers link a group of theirs to the first hit; a wrong one gets the wrong members.
    """
    name = choir.first.display_name
    value = {"same": name, "longer": f"{name}x", "beginning": name[:-2]}[case]
    text = f'displayName eq "{value}"'
    choir.holds_only(groups.find(text), text, *((choir.first,) if case == "same" else ()))


@check("filtering.groups.not-users", "RFC7644-3.4.2-10", needs=("filter", "groups"))
@pytest.mark.parametrize("kind", ["users", "groups"])
def test_kinds_stay_apart(choir: Choir, cast: Cast, groups: Resources, kind: str) -> None:
    """A filter at one endpoint returns resources of that endpoint's type only."""
    if kind == "users":
        text = f'displayName eq "{choir.first.display_name}"'
        answer = cast.users.find(text)
        foreign = {choir.first.id, choir.second.id}
    else:
        text = f'displayName eq "Cast {cast.mark}"'
        answer = groups.find(text)
        foreign = {person.id for person in cast.people.values()}
    if cast.declined(answer, text):
        return
    answer.require(not set(answer.ids()) & foreign, "a resource of another type is returned", kind="foreign-type")


@check(
    "filtering.groups.external-id", "RFC7644-3.4.2.2-72", needs=("filter", "groups"), group_attributes=("externalId",)
)
def test_external_id_of_group(groups: Resources) -> None:
    """A group is found by its externalId, and by none that differs in letter case."""
    value = f"Ext-{groups.session.people.unique('G')}"
    made = groups.create(externalId=value)
    if made.read().get("externalId") != value:
        raise NotApplicable("the target does not keep the externalId of a group as sent")
    choir = Choir(made, made)
    text = f'externalId eq "{value}"'
    choir.holds_only(groups.find(text), text, made)


@check("filtering.groups.members", "RFC7644-3.4.2.2-73", needs=("filter", "groups"))
@pytest.mark.parametrize("form", ["dotted", "value-path", "with-id"])
def test_members(choir: Choir, cast: Cast, groups: Resources, form: str) -> None:
    """The groups that a user is in are found by members.value, or the filter is refused.

    Identity providers ask this way whether somebody is in a group before they add or remove.
    """
    member = cast.people["beta"].id
    text = {
        "dotted": f'members.value eq "{member}"',
        "value-path": f'members[value eq "{member}"]',
        "with-id": f'id eq "{choir.first.id}" and members[value eq "{member}"]',
    }[form]
    choir.holds_only(groups.find(text), text, *(() if form == "with-id" else (choir.second,)))


@check("filtering.groups.of-user", "RFC7644-3.4.2.2-73", needs=("filter", "groups"))
def test_users_of_group(choir: Choir, cast: Cast) -> None:
    """The users of a group are found by groups.value, or the filter is refused."""
    text = f'groups.value eq "{choir.first.id}"'
    answer = cast.users.find(text)
    if "groups" not in cast.people["alpha"].read():
        raise NotApplicable("the target does not show the groups of a user")
    cast.holds(answer, text, "alpha")
