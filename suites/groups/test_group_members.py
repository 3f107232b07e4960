"""What a create makes of the members that it brings (RFC 7643 sections 4.1.2 and 4.2)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from scimulator.kit import GROUP, Blocked, NotApplicable, Purpose, check, collateral, find, is_unassigned

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Answer, JsonObject, Resource, Resources, Session

    Pool = Callable[[int], list[str]]


def _values(shown: JsonObject, path: str = "members") -> list[str]:
    found = find(shown, f"{path}[*].value")
    return [str(each) for each in found] if isinstance(found, list) else []


def _group_of(groups: Resources, members: list[str]) -> tuple[Answer, Resource, list[str]]:
    """Make a group with members and return the answer, the group, and the members that a read shows."""
    body = groups.body(members=[*members])
    answer = groups.post(body)
    made = groups.made(answer, body)
    shown = _values(made.read())
    if set(members) - set(shown):
        groups.session.settle()
        shown = _values(made.read())
    return answer, made, shown


def _kept_group(groups: Resources, members: list[str]) -> Resource:
    _, made, shown = _group_of(groups, members)
    if set(members) - set(shown):
        raise Blocked("groups.members.created", "the members that a create brings are not kept")
    return made


@check("groups.members.created", "RFC7643-4.2-05", "RFC7643-4.2-07", needs=("groups",), group_attributes=("members",))
def test_members_of_a_create_are_kept(pool: Pool, groups: Resources) -> None:
    """A group that is created with members has exactly those members.

    Pushing a group with its people in one request is what identity providers do first.
    """
    members = pool(2)
    answer, made, shown = _group_of(groups, members)
    wanted = set(members)
    strangers = set(shown) - wanted
    answer.require(
        not strangers,
        f"the new group has members that nobody sent: {sorted(strangers)}",
        kind="strangers",
        at="members",
    )
    answer.require(
        wanted <= set(shown), f"{len(wanted - set(shown))} of the {len(wanted)} members sent are missing", kind="lost",
        at="members", wanted=[*sorted(wanted)], got=[*shown], soft=True,
    )  # fmt: skip
    kinds = find(made.read(), "members[*].type")
    for kind in kinds if isinstance(kinds, list) else []:
        answer.require(
            is_unassigned(kind) or kind == "User", f"the type of a user among the members is {kind!r}", kind="type",
            at="members.type", got=kind if isinstance(kind, str) else None, per="RFC7643-4.2-07",
        )  # fmt: skip


@check("groups.members.references", "RFC7643-4.2-06", "RFC7643-2.3.7-03", needs=("groups",))
def test_a_members_reference_leads_to_it(pool: Pool, groups: Resources, scim: Session) -> None:
    """The reference of a member, where given, leads to that member and not to somebody else."""
    (member,) = pool(1)
    group = _kept_group(groups, [member])
    reference = find(group.read(), "members[0].$ref")
    if not isinstance(reference, str) or not reference:
        raise NotApplicable("the target gives members no $ref")
    base = scim.target.base_url.rstrip("/")
    if reference.startswith(base + "/"):
        target = reference[len(base) :]
    elif "://" in reference:
        raise NotApplicable("members.$ref is on another origin or path than the target and was not followed")
    else:
        target = "/" + reference.removeprefix("../").lstrip("/")
    answer = scim.request("GET", target)
    answer.require(
        answer.status_code == 200 and answer.id == member,
        f"members.$ref was answered {answer.status_code} with id {answer.id!r}, the member is {member!r}",
        kind="reference", at="members.$ref", wanted=member, got=reference,
    )  # fmt: skip


@check("groups.members.reflected", "RFC7643-4.1.2-20", "RFC7643-4.1.2-18", needs=("groups",))
def test_a_users_groups_follow_the_groups(kept: Callable[..., Resource], groups: Resources, scim: Session) -> None:
    """A user's groups show the group that lists the user, and nothing that is no group."""
    if scim.discovery.schemas() and scim.discovery.attribute("groups") is None:
        raise NotApplicable("the target's /Schemas declares no attribute groups for users")
    member = kept()
    group = _kept_group(groups, [member.id])
    shown = _values(member.read(), "groups")
    if group.id not in shown:
        scim.settle()
        shown = _values(member.read(), "groups")
    for value in shown:
        answer = groups.get(value)
        answer.require(
            answer.ok, f"a user's groups name {value!r}, which is no group", kind="no-group", at="groups.value",
            per="RFC7643-4.1.2-18",
        )  # fmt: skip
    scim.judge.require(
        group.id in shown, "the user's groups do not show the group that lists the user", kind="not-reflected",
        at="groups",
    )  # fmt: skip


@check("groups.read.same-in-list", "RFC7644-3.4.1-04", needs=("groups", "filter"))
def test_a_group_looks_the_same_in_a_list(pool: Pool, groups: Resources, scim: Session) -> None:
    """A group looks the same, its members included, whether it is read by id or found in a list.

    Servers that leave members out of lists make clients believe that the group is empty.
    """
    group = _kept_group(groups, pool(1))
    alone = group.read()
    answer = groups.find(f'displayName eq "{group.display_name}"')
    listed = [each for each in answer.resources() if each.get("id") == group.id] if answer.ok else []
    if not listed:
        raise NotApplicable("the target does not find groups by displayName")
    for difference in collateral(alone, listed[0], {}):
        scim.judge.require(
            condition=False, message=f"{difference.at} differs between the group alone and in a list", kind="differs",
            at=difference.at, wanted=difference.wanted, got=difference.got,
        )  # fmt: skip


@check("groups.members.none", "RFC7643-4.2-15", needs=("groups",))
def test_a_group_needs_no_members(groups: Resources, scim: Session) -> None:
    """A group without members can be made, unless the server declares members required."""
    definition = scim.discovery.attribute("members", GROUP) or {}
    subs = definition.get("subAttributes")
    parts = [each for each in subs if isinstance(each, dict)] if isinstance(subs, list) else []
    if any(each.get("required") is True for each in (definition, *parts)):
        raise NotApplicable("the target's /Schemas requires members or a part of them")
    for body in (groups.body(), groups.body(members=[])):
        answer = groups.post(body).success()
        found = groups.made(answer, body).read().get("members")
        answer.require(
            is_unassigned(found), f"a group made without members has {found!r}", kind="strangers", at="members",
            got=found,
        )  # fmt: skip


@check("groups.members.twice", "RFC7643-4.2-14", needs=("groups",))
def test_a_member_sent_twice_is_listed_once(pool: Pool, groups: Resources) -> None:
    """A member that is sent twice is listed once."""
    (member,) = pool(1)
    body = groups.body(members=[member, member])
    answer = groups.post(body)
    if not answer.ok:
        answer.refused(400)
        return
    shown = _values(groups.made(answer, body).read())
    answer.require(
        shown.count(member) <= 1, f"the member is listed {shown.count(member)} times", kind="twice", at="members"
    )


@check("groups.members.without-value", "RFC7643-4.2-13", needs=("groups",))
def test_a_member_without_a_value_is_not_kept(groups: Resources) -> None:
    """A member without a value is refused or ignored."""
    body = groups.body()
    body["members"] = [{"display": "Nobody at all"}]
    answer = groups.post(body)
    if not answer.ok:
        answer.refused(400, scim_type=("invalidValue", "invalidSyntax"))
        return
    found = groups.made(answer, body).read().get("members")
    answer.require(is_unassigned(found), f"the group lists {found!r}", kind="kept", at="members", got=found)


@check("groups.members.unknown", "RFC7644-3.3-15", "RFC7644-3.12-19", needs=("groups", "filter"))
def test_an_unknown_member_leaves_no_half_made_group(groups: Resources) -> None:
    """A member that does not exist is listed, dropped or refused, and a refusal leaves no group behind."""
    body = groups.body(members=[str(uuid.uuid4())])
    answer = groups.post(body)
    if answer.ok:
        return
    answer.require(
        answer.status_code < 500, f"an unknown member was answered {answer.status_code}", kind="server-error",
        per="RFC7644-3.12-19",
    )  # fmt: skip
    found = groups.find(f'displayName eq "{body["displayName"]}"')
    answer.require(
        not found.ok or not found.resources(),
        f"the create was refused with {answer.status_code}, yet the group exists", kind="left-behind",
    )  # fmt: skip


@check("groups.members.nested", "RFC7643-4.2-07", "RFC7643-4.2-11", "RFC7644-3.12-19", needs=("groups",))
def test_a_group_among_the_members_is_a_group(groups: Resources) -> None:
    """A group may be a member of a group; one that accepts it calls it a Group."""
    inner = groups.create()
    body = groups.body()
    body["members"] = [{"value": inner.id, "type": "Group"}]
    answer = groups.post(body)
    if not answer.ok:
        answer.require(
            answer.status_code < 500, f"a nested group was answered {answer.status_code}", kind="server-error",
            per="RFC7644-3.12-19",
        )  # fmt: skip
        return
    shown = groups.made(answer, body).read()
    if inner.id not in _values(shown):
        groups.session.judge.note("a group among the members was dropped without a word")
        return
    kind = find(shown, "members[0].type")
    answer.require(
        is_unassigned(kind) or kind == "Group", f"the type of a group among the members is {kind!r}", kind="type",
        at="members.type", wanted="Group", got=kind if isinstance(kind, str) else None,
    )  # fmt: skip


@check("groups.members.deleted-user", "RFC7644-3.6-11", "RFC7643-4.2-09", needs=("groups",), data_loss=True)
def test_a_deleted_user_leaves_the_group(pool: Pool, users: Resources, groups: Resources, scim: Session) -> None:
    """A deleted user vanishes from the group that listed it, and the other members stay."""
    leaver, (stayer,) = users.create(), pool(1)
    group = _kept_group(groups, [leaver.id, stayer])
    gone = leaver.delete()
    if not gone.ok:
        raise NotApplicable(f"the target does not delete users (DELETE was answered {gone.status_code})")
    answer = scim.request("GET", group.path)
    if leaver.id in _values(answer.body):
        scim.settle()
        answer = scim.request("GET", group.path)
    answer.require(
        answer.ok and stayer in _values(answer.body), "deleting one member took another one out of the group",
        kind="lost", at="members", wanted=stayer, per="RFC7643-4.2-09",
    )  # fmt: skip
    answer.require(
        leaver.id not in _values(answer.body), "the group still lists the deleted user", kind="dangling", at="members",
        got=leaver.id,
    )  # fmt: skip


@check("groups.delete.status", "RFC7644-3.6-12", "RFC7643-4.1.2-20", needs=("groups",), data_loss=True)
def test_a_deleted_group_is_gone_and_its_members_are_not(
    kept: Callable[..., Resource], groups: Resources, scim: Session
) -> None:
    """A deleted group is answered 204 and gone, and its members survive."""
    member = kept()
    body = groups.body(members=[member.id])
    group = groups.made(groups.post(body), body)
    answer = group.delete()
    if answer.status_code in (403, 405, 501):
        raise NotApplicable(f"the target does not delete groups (DELETE was answered {answer.status_code})")
    survivor = scim.request("GET", member.path, purpose=Purpose.EVIDENCE)
    survivor.require(
        survivor.status_code == 200, "deleting the group took its member along", kind="lost", got=survivor.status_code
    )
    answer.status(204)
    after = scim.request("GET", group.path, purpose=Purpose.EVIDENCE)
    if after.status_code != 404:
        scim.settle()
        after = scim.request("GET", group.path, purpose=Purpose.EVIDENCE)
    after.status(404)
    answer.require(
        group.id not in _values(member.read(), "groups"), "the member's groups still show the deleted group",
        kind="dangling", at="groups", per="RFC7643-4.1.2-20",
    )  # fmt: skip
