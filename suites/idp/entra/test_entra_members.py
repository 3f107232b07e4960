"""People join and leave a group: one PATCH each, by a value array, or by a path with a filter where the flag is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import ANYTHING, Blocked, Tenant, check, find, is_unassigned

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Judge

    TeamOf = Callable[..., tuple[str, list[str]]]

BOTH = ("entra.legacy", "entra.optscim")
LEGACY = ("entra.legacy",)
REMOVES = {"entra.legacy": "ENTRA-GROUP-05", "entra.optscim": "ENTRA-GROUP-06"}


@check(
    "entra.groups.remove-one", "ENTRA-GROUP-05", "ENTRA-GROUP-06", "RFC7643-4.1.2-20", dialects=BOTH, needs=("groups",),
    data_loss=True,
)  # fmt: skip
def test_remove_one(
    tenant: Tenant,
    judge: Judge,
    dialect: str,
    *,
    team_of: TeamOf,
    has_members: Callable[..., None],
    accepted: Callable[..., bool],
) -> None:
    """A person who leaves a group of three is out of it, and the two others stay.

    Without the flag Entra names the one in a value array beside the path ``members``, which RFC 7644 does not provide
    for. Servers that go by the path alone empty the group and answer 204: everybody loses access at once.
    """
    team, (ada, bob, cy) = team_of(tenant, 3)
    tenant.directory.leave(team, [bob])
    rule = REMOVES[dialect]
    with tenant.account(team).changes(only={"members": ANYTHING}, frame=rule):
        result = tenant.try_run(tenant.entra.remove_members(team, [bob]))
    has_members(tenant, team, [ada, cy] if result.ok else [ada, bob, cy], per=rule, why="after one of three left")
    accepted(result, per=rule, exchange=tenant.answers[-1].exchange.number)
    shown = find(tenant.account(bob).read(), "groups[*].value")
    groups = [] if is_unassigned(shown) else list(shown)  # type: ignore[call-overload]  # a list
    judge.require(
        tenant.app.remote_id(team) not in groups,
        "the group does not list the person any more, but the person's own groups still list the group",
        kind="still-member",
        at="groups",
        per="RFC7643-4.1.2-20",
    )


@check("entra.groups.remove-last", "ENTRA-GROUP-05", "ENTRA-GROUP-06", dialects=BOTH, needs=("groups",))
def test_remove_last(
    tenant: Tenant, dialect: str, team_of: TeamOf, has_members: Callable[..., None], accepted: Callable[..., bool]
) -> None:
    """The only member of a group can leave it; the group is there afterwards, and empty."""
    team, (ada,) = team_of(tenant, 1)
    tenant.directory.leave(team, [ada])
    with tenant.account(team).changes(only={"members": ANYTHING}, frame=REMOVES[dialect]):
        accepted(tenant.try_run(tenant.entra.remove_members(team, [ada])), per=REMOVES[dialect])
    has_members(tenant, team, [], per=REMOVES[dialect], why="after the only member left")


@pytest.mark.parametrize("case", ["left-already", "deleted"])
@check(
    "entra.groups.remove-stranger", "ENTRA-GROUP-08", "ENTRA-GROUP-05", "ENTRA-GROUP-06", dialects=BOTH,
    needs=("groups",), data_loss=True,
)  # fmt: skip
def test_remove_stranger(
    tenant: Tenant,
    dialect: str,
    *,
    case: str,
    team_of: TeamOf,
    has_members: Callable[..., None],
    accepted: Callable[..., bool],
) -> None:
    """Taking somebody out of a group who is no member any more succeeds, and nobody else is taken out.

    Entra deletes the person first and the membership afterwards; a 404 makes it try again for good. With the flag
    a refusal is not judged, because RFC 7644 leaves it open; that nobody else goes is.
    """
    team, (ada, bob, cy) = team_of(tenant, 3, own=case == "deleted")
    gone = tenant.app.links[bob]
    by = "entra.groups.remove-one"
    tenant.ground(tenant.entra.remove_members(team, [bob]), by=by)
    if case == "deleted":
        tenant.ground(tenant.entra.delete(bob), by="entra.delete")
        tenant.app.links[bob] = gone
    if not tenant.account(team).read().get("members"):
        raise Blocked(by, "the removal of one member has already emptied the group")
    result = tenant.try_run(tenant.entra.remove_members(team, [bob]))
    staying = [ada, cy]
    has_members(tenant, team, staying, per=REMOVES[dialect], why="after somebody who is no member was taken out")
    if dialect == "entra.legacy":
        accepted(result, per="ENTRA-GROUP-08", exchange=tenant.answers[-1].exchange.number)


@check("entra.groups.add-member", "ENTRA-GROUP-04", dialects=BOTH, needs=("groups",), data_loss=True)
def test_add(
    tenant: Tenant,
    dialect: str,  # noqa: ARG001  parametrises the check
    team_of: TeamOf,
    has_members: Callable[..., None],
    accepted: Callable[..., bool],
) -> None:
    """A person who joins a group becomes a member beside those who are."""
    team, people = team_of(tenant, 2, waiting=1)
    tenant.directory.join(team, people)
    with tenant.account(team).changes(only={"members": ANYTHING}):
        accepted(tenant.try_run(tenant.entra.add_members(team, people[2:])))
    has_members(tenant, team, people, why="after somebody joined")


@check("entra.groups.add-several", "ENTRA-GROUP-12", dialects=LEGACY, needs=("groups",))
def test_add_several(
    tenant_with: Callable[..., Tenant],
    dialect: str,  # noqa: ARG001  parametrises the check
    team_of: TeamOf,
    has_members: Callable[..., None],
    accepted: Callable[..., bool],
) -> None:
    """Three people in one request all become members.

    Microsoft asks for it in the gallery checklist; how many the service itself puts into a request is not published.
    """
    tenant = tenant_with(on=("several-members",))
    team, people = team_of(tenant, 0, waiting=3)
    if accepted(tenant.try_run(tenant.entra.add_members(team, people))):
        has_members(tenant, team, people, why="after three joined in one request")


@check("entra.groups.null-ref", "ENTRA-GROUP-09", dialects=LEGACY, needs=("groups",))
def test_null_ref(
    tenant_with: Callable[..., Tenant],
    dialect: str,  # noqa: ARG001  parametrises the check
    team_of: TeamOf,
    has_members: Callable[..., None],
    accepted: Callable[..., bool],
) -> None:
    """A member that comes with ``"$ref": null`` is added like any other, and removed.

    Logged in 2019 and still printed by Microsoft.
    """
    tenant = tenant_with(on=("null-ref",))
    team, (ada, bob) = team_of(tenant, 0, waiting=2)
    if not accepted(tenant.try_run(tenant.entra.add_members(team, [ada, bob]))):
        return
    has_members(tenant, team, [ada, bob], why="after two joined with a null reference")
    removed = accepted(tenant.try_run(tenant.entra.remove_members(team, [ada])))
    if removed and tenant.account(team).read().get("members"):  # one that is emptied is entra.groups.remove-one's
        has_members(tenant, team, [bob], why="after one left with a null reference")


@check("entra.groups.add-again", "ENTRA-GROUP-07", dialects=BOTH, needs=("groups",))
def test_add_again(
    tenant: Tenant,
    dialect: str,  # noqa: ARG001  parametrises the check
    team_of: TeamOf,
    has_members: Callable[..., None],
    accepted: Callable[..., bool],
) -> None:
    """Adding somebody who is a member already succeeds, and nobody is listed twice."""
    team, people = team_of(tenant, 2)
    if accepted(tenant.try_run(tenant.entra.add_members(team, people[:1]))):
        has_members(tenant, team, people, why="after a member was added again")
