"""The members of a pushed group change: a PATCH with value filters, or the whole list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import ANYTHING, check, find, is_unassigned

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Judge
    from suites.idp.okta.conftest import Office

BOTH = ("okta.template", "okta.wizard")
ADDS = {"okta.template": "OKTA-GROUP-04", "okta.wizard": "OKTA-GROUP-07"}
REMOVES = {"okta.template": "OKTA-GROUP-05", "okta.wizard": "OKTA-GROUP-07"}


@check("okta.groups.add-member", "OKTA-GROUP-04", "OKTA-GROUP-07", dialects=BOTH, needs=("groups",), data_loss=True)
def test_add(office: Office, dialect: str, has_members: Callable[..., None]) -> None:
    """A person who joins a group becomes a member beside those who are."""
    tenant, (ada, bob, cy) = office.tenant, office.staff(3)
    team = office.push(ada, bob)
    tenant.directory.join(team, [cy])
    with tenant.account(team).changes(only={"members": ANYTHING}, frame=ADDS[dialect]):
        tenant.run(tenant.okta.add_members(team, [cy]), per=ADDS[dialect])
    has_members(tenant.account(team), office.accounts(ada, bob, cy), per=ADDS[dialect], why="after somebody joined")


@check(
    "okta.groups.remove-member", "OKTA-GROUP-05", "OKTA-GROUP-07", "RFC7643-4.1.2-20", dialects=BOTH,
    needs=("groups",), data_loss=True,
)  # fmt: skip
def test_remove(office: Office, judge: Judge, dialect: str, has_members: Callable[..., None]) -> None:
    """A person who leaves a group of three is out of it, and the two others stay.

    A catalogue app names the one in a value filter of the path; a server that does not read the filter empties the
    group and answers 204.
    """
    tenant, (ada, bob, cy) = office.tenant, office.staff(3)
    team = office.push(ada, bob, cy)
    tenant.directory.leave(team, [bob])
    with tenant.account(team).changes(only={"members": ANYTHING}, frame=REMOVES[dialect]):
        tenant.run(tenant.okta.remove_members(team, [bob]), per=REMOVES[dialect])
    has_members(tenant.account(team), office.accounts(ada, cy), per=REMOVES[dialect], why="after one of three left")
    shown = find(tenant.account(bob).read(), "groups[*].value")
    groups = [] if is_unassigned(shown) else list(shown)  # type: ignore[call-overload]  # a list
    judge.require(
        tenant.app.remote_id(team) not in groups,
        "the group does not list the person any more, but the person's own groups still list the group",
        kind="still-member",
        at="groups",
        per="RFC7643-4.1.2-20",
    )


@check(
    "okta.groups.change-members", "OKTA-GROUP-05", "OKTA-GROUP-04", "OKTA-GROUP-07", dialects=BOTH, needs=("groups",),
    data_loss=True,
)  # fmt: skip
def test_change(office: Office, dialect: str, has_members: Callable[..., None]) -> None:
    """Two leave and one joins in a single request: every one of its operations counts."""
    tenant, (ada, bob, cy, dora) = office.tenant, office.staff(4)
    team = office.push(ada, bob, cy)
    tenant.directory.leave(team, [bob, cy])
    tenant.directory.join(team, [dora])
    tenant.run(tenant.okta.change_members(team, [dora], [bob, cy]), per=REMOVES[dialect])
    has_members(
        tenant.account(team), office.accounts(ada, dora), per=REMOVES[dialect], why="after two left and one joined"
    )


@check("okta.groups.batches", "OKTA-GROUP-04", "OKTA-GROUP-05", dialects=("okta.template",), needs=("groups",))
def test_batches(office: Office, dialect: str, has_members: Callable[..., None]) -> None:  # noqa: ARG001  parametrises the check
    """Members that come in several requests add up, and many of them leave in one.

    Okta sends as many members per request as the app was submitted with, a hundred by default; here it is four.
    """
    tenant, people = office.tenant, office.staff(6)
    team = office.push()
    group, usual = tenant.account(team), tenant.okta.batch
    tenant.directory.join(team, people)
    tenant.okta.batch = 4
    try:
        tenant.run(tenant.okta.add_members(team, people), per="OKTA-GROUP-04")
    finally:
        tenant.okta.batch = usual
    has_members(group, office.accounts(*people), per="OKTA-GROUP-04", why="after six joined in two requests")
    tenant.directory.leave(team, people[1:])
    tenant.run(tenant.okta.remove_members(team, people[1:]), per="OKTA-GROUP-05")
    has_members(group, office.accounts(people[0]), per="OKTA-GROUP-05", why="after five of six left at once")
