"""Whether there are groups, and what can be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import probe, replace

if TYPE_CHECKING:
    from scimulator.kit import Probe, Resources, Session
    from suites.quirks.conftest import Folk


@probe("groups", "endpoint", writes=False)
def test_groups_at_all(quirk: Probe, scim: Session) -> None:
    """Groups are listed and answered, or neither."""
    listed = scim.discovery.group_endpoint
    answer = scim.request("GET", f"{listed or '/Groups'}?count=1")
    if listed and answer.ok:
        quirk.seen("supported", f"{listed} is listed and answered {answer.status_code}", answer)
    elif not listed and answer.status_code in (404, 501):
        quirk.seen("unsupported", f"no Group type is listed, and /Groups is answered {answer.status_code}", answer)
    else:
        quirk.unknown(f"Group is {'' if listed else 'not '}listed, and the endpoint is answered {answer.status_code}")


@probe("group-rename", "patch", needs=("groups", "patch"))
def test_a_new_name(groups: Resources, folk: Folk, quirk: Probe) -> None:
    """A group gets another name, or keeps its own against the will of the client."""
    group = groups.create()
    name = groups.session.people.unique("renamed")
    answer = group.try_patch(replace("displayName", name))
    shown = groups.get(group.id).at("displayName")
    if shown == name:
        quirk.seen("allow", "a PATCH gave the group another name", answer)
    elif folk.declined(answer) and shown == group.display_name:
        quirk.seen("refuse", f"a PATCH of the name was answered {answer.status_code}", answer)
    else:
        quirk.unknown(f"a PATCH was answered {answer.status_code}, and the name is {shown!r}")


@probe("nested-groups", "create", needs=("groups",))
def test_a_group_in_a_group(groups: Resources, folk: Folk, quirk: Probe) -> None:
    """A group is taken as a member of a group, or refused."""
    inner = groups.create()
    body = groups.body(members=[inner.id])
    answer = groups.post(body)
    if not answer.ok:
        folk.insist(
            quirk, answer, lambda: groups.post(groups.body(members=[folk.made().id])), "a group with a group in it"
        )
        quirk.seen("refuse", f"a group with a group in it was answered {answer.status_code}", answer)
        return
    members = groups.get(groups.made(answer, body).id).at("members[*].value")
    if isinstance(members, list) and inner.id in members:
        quirk.seen("allow", "the inner group is shown as a member", answer)
    else:
        quirk.unknown("the create was answered with success, and the inner group is not shown as a member")


@probe("group-names", "create", needs=("groups",))
def test_two_groups_of_one_name(groups: Resources, folk: Folk, quirk: Probe) -> None:
    """A second group of a name is made, or meets a conflict."""
    first = groups.create()
    answer = groups.post(groups.body(displayName=first.display_name))
    if answer.ok and answer.id != first.id:
        quirk.seen("free", "two groups have one name", answer)
    elif folk.declined(answer):
        quirk.seen("unique", f"the second group was answered {answer.status_code}", answer)
    else:
        quirk.unknown(f"the second group was answered {answer.status_code}")
