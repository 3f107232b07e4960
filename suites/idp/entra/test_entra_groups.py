"""A group comes into scope, is read without members, renamed, and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import ANYTHING, Blocked, Tenant, check, find, is_unassigned

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Judge, Resources, Session

BOTH = ("entra.legacy", "entra.optscim")
FRAME = "ENTRA-UPDATE-06"


@check("entra.groups.create", "ENTRA-GROUP-01", "ENTRA-CREATE-02", dialects=BOTH, needs=("groups",))
def test_create(tenant: Tenant, groups: Resources, dialect: str, has_members: Callable[..., None]) -> None:  # noqa: ARG001  parametrises the check
    """A group is created without members: 201 with an id, and a read shows its name and externalId.

    members is an empty array in the body, and meta carries a resourceType; the members come later, by PATCH.
    """
    team = tenant.group()
    tenant.run(tenant.entra.provision_group(team.id))
    answer = tenant.account(team).get().status(200).equals("displayName", team.name, per="ENTRA-CREATE-02")
    if groups.offers("externalId"):
        answer.equals("externalId", team.id, per="ENTRA-CREATE-02", soft=True)
    has_members(tenant, team.id, [], why="after the creation")


@check("entra.groups.create-printed", "ENTRA-CREATE-05", dialects=BOTH, needs=("groups",))
def test_create_printed(tenant_with: Callable[..., Tenant], dialect: str, accepted: Callable[..., bool]) -> None:  # noqa: ARG001  parametrises the check
    """A group whose schemas name a schema of Microsoft's that nobody knows is created all the same.

    The body as Microsoft prints it; recordings lack the second schema, so it only warns.
    """
    tenant = tenant_with(on=("adscim-schema",))
    team = tenant.group()
    accepted(tenant.try_run(tenant.entra.provision_group(team.id)))


@check(
    "entra.groups.match", "ENTRA-MATCH-01", "ENTRA-MATCH-02", FRAME, dialects=BOTH, needs=("groups",), data_loss=True
)
def test_match(
    tenant: Tenant,
    pool: Callable[[int], list[str]],
    groups: Resources,
    judge: Judge,
    dialect: str,  # noqa: ARG001  parametrises the check
) -> None:
    """A group of the same name that is there already is found by displayName and linked, and keeps its members.

    The search excludes the members. Where the server ignores the filter, Entra finds several groups and skips this
    one, or takes over the only one there is.
    """
    existing = groups.create(members=[*pool(2)])
    groups.sample()  # a neighbour that the search must not find
    team = tenant.group(name=existing.display_name)
    with existing.changes(only={"externalId": ANYTHING}, frame=FRAME):
        result = tenant.try_run(tenant.entra.provision_group(team.id))
    found = tenant.answers[0]
    if found.ok:
        ids = found.ids()
        found.require(
            len(ids) < 2,
            f"the search for one displayName finds {len(ids)} groups",
            kind="filter-ignored",
            at="Resources",
            per="ENTRA-MATCH-02",
        )
    judge.require(
        tenant.remote_id(team) == existing.id,
        "the group is not linked to the one of that name: "
        + ("; ".join(result.messages) or f"Entra uses {tenant.remote_id(team)}"),
        kind="not-linked",
        wanted=existing.id,
        got=tenant.remote_id(team),
    )


@check("entra.groups.match-case", "ENTRA-MATCH-03", dialects=BOTH, needs=("groups",))
def test_match_case(tenant: Tenant, groups: Resources, judge: Judge, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A group is found by its name in capitals, as Microsoft's validator asks."""
    existing = groups.create()
    team = tenant.group(name=existing.display_name.upper())
    tenant.try_run(tenant.entra.provision_group(team.id))
    judge.require(
        tenant.remote_id(team) == existing.id,
        "the search for the displayName in capitals does not find the group",
        kind="not-found",
        at="Resources",
    )


@check(
    "entra.groups.external-id", "ENTRA-GROUP-11", FRAME, dialects=BOTH, needs=("groups",),
    group_attributes=("externalId",), data_loss=True,
)  # fmt: skip
def test_external_id(
    tenant: Tenant, pool: Callable[[int], list[str]], groups: Resources, dialect: str, accepted: Callable[..., bool]  # noqa: ARG001  parametrises the check
) -> None:  # fmt: skip
    """A group that was found by its name takes the externalId that Entra adds, and keeps its members."""
    existing = groups.create(members=[*pool(1)])
    if not is_unassigned(existing.read().get("externalId")):
        raise Blocked("groups.create.status", "the target gives every group an externalId by itself")
    team = tenant.group(name=existing.display_name)
    with existing.changes(only={"externalId": ANYTHING}, frame=FRAME):
        taken = accepted(tenant.try_run(tenant.entra.provision_group(team.id)))
    shown = existing.read().get("externalId")
    tenant.answers[-1].require(
        not taken or shown == team.id, f"the externalId was accepted and is {shown!r}", kind="not-applied",
        at="externalId", wanted=team.id,
    )  # fmt: skip


@check("entra.groups.read", "ENTRA-GROUP-02", dialects=BOTH, needs=("groups",))
def test_read(tenant: Tenant, groups: Resources, dialect: str, team_of: Callable[..., tuple[str, list[str]]]) -> None:  # noqa: ARG001  parametrises the check
    """A group read and searched with excludedAttributes=members shows no members, and all the rest.

    Entra always asks so, because groups are large. A server that forgets the members instead of hiding them, or hides
    the id and the name as well, loses the link.
    """
    team, _ = team_of(tenant, 2)
    whole = tenant.shown(tenant.directory.group(team))
    tenant.run(tenant.entra.read_group(team))
    read = tenant.answers[-1]
    copy = tenant_of_the_same(tenant, team)
    copy.try_run(copy.entra.provision_group(team))
    searched = copy.answers[0].status(200)
    for answer, where in ((read, ""), (searched, "Resources[0].")):
        answer.lacks(f"{where}members")
        for name in ("id", "displayName", "externalId"):
            if is_unassigned(find(whole, name)):
                continue
            answer.equals(f"{where}{name}", find(whole, name))  # type: ignore[arg-type]  # it is there
    shown = find(tenant.shown(tenant.directory.group(team)), "members[*].value")
    read.require(
        isinstance(shown, list) and len(shown) == 2, "the read without members has taken the members away", kind="lost",
        at="members",
    )  # fmt: skip


def tenant_of_the_same(tenant: Tenant, team: str) -> Tenant:
    """Return a tenant that knows the group and has no link to it, as after a restart of the job."""
    copy = Tenant(tenant.session, tenant.dialect.id)
    copy.directory.add_group(tenant.directory.group(team))
    return copy


@check("entra.groups.rename", "ENTRA-GROUP-03", FRAME, dialects=BOTH, needs=("groups",), data_loss=True)
def test_rename(
    tenant: Tenant,
    dialect: str,  # noqa: ARG001  parametrises the check
    team_of: Callable[..., tuple[str, list[str]]],
    accepted: Callable[..., bool],
) -> None:
    """A renamed group has its new name and all of its members.

    With the flag the operation has no path; servers have taken it for a replace of the members and emptied the group.
    """
    team, _ = team_of(tenant, 2)
    name = tenant.session.people.unique("renamed")
    tenant.directory.rename_group(team, name)
    with tenant.account(team).changes(only={"displayName": name}):
        accepted(tenant.try_run(tenant.entra.rename_group(team)))


@check("entra.groups.delete", "ENTRA-GROUP-10", "RFC7644-3.6-12", dialects=BOTH, needs=("groups",), data_loss=True)
def test_delete(
    tenant: Tenant,
    scim: Session,
    dialect: str,  # noqa: ARG001  parametrises the check
    team_of: Callable[..., tuple[str, list[str]]],
    accepted: Callable[..., bool],
) -> None:
    """A deleted group is gone, and its people keep their accounts."""
    team, (ada,) = team_of(tenant, 1)
    path, account = tenant.account(team).path, tenant.account(ada)
    with account.changes(only={}, frame="RFC7644-3.6-12"):
        accepted(tenant.try_run(tenant.entra.delete_group(team)))
        scim.request("GET", path).status(404, warn=(410,))
        account.get().status(200, per="RFC7644-3.6-12")


@check("entra.groups.gone", "ENTRA-READ-02", "ENTRA-ERROR-01", dialects=BOTH, needs=("groups",))
def test_gone(tenant: Tenant, dialect: str, team_of: Callable[..., tuple[str, list[str]]]) -> None:  # noqa: ARG001  parametrises the check
    """A group that was deleted at the target is answered 404 when Entra reads it or adds somebody to it.

    A server that answers 200 or 204 makes Entra believe that people have got what they have not.
    """
    team, (ada,) = team_of(tenant, 0, waiting=1)
    deleted = tenant.account(team).delete()
    if not deleted.ok:
        raise Blocked("entra.groups.delete", f"DELETE of the group was answered {deleted.status_code}")
    tenant.try_run(tenant.entra.add_members(team, [ada]))
    added = tenant.answers[-1].refused(404)
    tenant.try_run(tenant.entra.read_group(team))
    tenant.answers[-1].refused(404)
    added.error_body(per="ENTRA-ERROR-01").has("detail", per="ENTRA-ERROR-01")
