"""A group is pushed: made or linked, renamed, pushed again, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import ANYTHING, GROUP, Blocked, Tenant, check, find

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Judge, Resource, Resources, Session
    from suites.idp.okta.conftest import Office

BOTH = ("okta.template", "okta.wizard")
RENAMES = {"okta.template": "OKTA-GROUP-03", "okta.wizard": "OKTA-GROUP-07"}
EMPTIES = {"okta.template": "OKTA-GROUP-06", "okta.wizard": "OKTA-GROUP-07"}


@check("okta.groups.push", "OKTA-GROUP-01", "OKTA-GROUP-03", dialects=BOTH, needs=("groups",))
def test_push_empty(tenant: Tenant, judge: Judge, dialect: str, has_members: Callable[..., None]) -> None:
    """A group without members is pushed and is there under its name, empty.

    A catalogue app creates it with an empty array and renames it to its own name at once, with the id in the value; a
    wizard app creates, reads and writes it.
    """
    team = tenant.group()
    tenant.run(tenant.okta.push_group(team.id))
    shown = tenant.shown(team).get("displayName")
    judge.require(
        shown == team.name,
        f"the pushed group is called {shown!r}, not {team.name!r}",
        at="displayName",
        wanted=team.name,
        got=shown,
        per=RENAMES[dialect],
    )
    has_members(tenant.account(team), [], per="OKTA-GROUP-01", why="after the push of an empty group")


@check("okta.groups.push-members", "OKTA-GROUP-02", "OKTA-GROUP-12", dialects=BOTH, needs=("groups",))
def test_push_members(
    office: Office,
    judge: Judge,
    dialect: str,
    has_members: Callable[..., None],
    members_of: Callable[[Resource], list[str]],
) -> None:
    """A group is pushed with those of its people who have an account, and each is a member once.

    Members come as value and display, without type and $ref; a catalogue app adds them again after the create.
    """
    tenant, people = office.tenant, office.staff(2)
    stranger = tenant.person()  # has no account, so Okta leaves it out
    team = tenant.group(*(tenant.directory.person(each) for each in people), stranger)
    tenant.run(tenant.okta.push_group(team.id))
    group = tenant.account(team)
    has_members(group, office.accounts(*people), per="OKTA-GROUP-02", why="after the push")
    seen = members_of(group)
    judge.require(
        len(seen) == len(set(seen)) or dialect == "okta.wizard",
        "a member is listed twice",
        kind="twice",
        at="members",
        got=list(seen),
        per="OKTA-GROUP-12",
    )


@check(
    "okta.groups.link", "OKTA-GROUP-11", "OKTA-GROUP-04", "OKTA-GROUP-07", dialects=BOTH, needs=("groups",),
    data_loss=True,
)  # fmt: skip
def test_link(
    pool: Callable[[int], list[str]], groups: Resources, judge: Judge, dialect: str, has_members: Callable[..., None]
) -> None:
    """A group of the same name that is there already is found by displayName and linked.

    The search of a wizard app, and of a catalogue app that imports no groups. A catalogue app then adds its people to
    those who are members; a wizard app writes its own list.
    """
    tenant = Tenant(groups.session, dialect, off=("import-groups",))
    ada = tenant.person()
    tenant.ground(tenant.okta.assign(ada.id), by="okta.assign.create", unknown=True)
    (stranger,) = pool(1)
    groups.sample()  # a neighbour that the search must not find
    existing = groups.create(members=[stranger])
    team = tenant.group(ada, name=existing.display_name)
    result = tenant.run(tenant.okta.push_group(team.id), per="OKTA-GROUP-11")
    judge.require(
        result.remote_id == existing.id,
        f"the push is linked to the group {result.remote_id}; the one of that name is {existing.id}",
        kind="second-group",
        at="id",
        wanted=existing.id,
        got=result.remote_id,
        per="OKTA-GROUP-11",
    )
    patches = dialect == "okta.template"
    wanted = [tenant.remote_id(ada), *([stranger] if patches else [])]
    rule = "OKTA-GROUP-04" if patches else "OKTA-GROUP-07"
    has_members(existing, wanted, per=rule, why="after linking")


@check("okta.groups.rename", "OKTA-GROUP-03", "OKTA-GROUP-07", dialects=BOTH, needs=("groups",), data_loss=True)
def test_rename(office: Office, dialect: str, has_members: Callable[..., None]) -> None:
    """A renamed group has its new name and all of its members.

    A catalogue app sends a replace without a path whose value repeats the id; a server that takes the value for the
    whole group empties it.
    """
    tenant, people = office.tenant, office.staff(2)
    team = office.push(*people)
    name = tenant.session.people.unique("renamed")
    tenant.directory.rename_group(team, name)
    with tenant.account(team).changes(only={"displayName": name, "members": ANYTHING}, per=RENAMES[dialect]):
        tenant.run(tenant.okta.rename_group(team), per=RENAMES[dialect])
    answer = tenant.answers[-1]
    if answer.body:
        schemas = answer.at("schemas")
        answer.require(
            isinstance(schemas, list) and GROUP.lower() in [str(each).lower() for each in schemas],
            f"the answer to the rename is no group: its schemas are {schemas!r}",
            kind="answer-schemas",
            at="$.schemas",
            wanted=[GROUP],
            got=schemas,
            per=RENAMES[dialect],
            soft=True,
        )
    has_members(tenant.account(team), office.accounts(*people), per=RENAMES[dialect], why="after the rename")


@check("okta.groups.push-now", "OKTA-GROUP-07", "OKTA-GROUP-06", dialects=BOTH, needs=("groups",), data_loss=True)
def test_push_now(office: Office, dialect: str, has_members: Callable[..., None]) -> None:
    """The button "Push now" makes the members exactly the directory's: who left is out, who came is in.

    A catalogue app replaces members in one operation; a server that adds instead keeps those who left.
    """
    tenant, (ada, bob, cy) = office.tenant, office.staff(3)
    team = office.push(ada, bob)
    tenant.directory.leave(team, [bob])
    tenant.directory.join(team, [cy])
    with tenant.account(team).changes(only={"members": ANYTHING}, frame=EMPTIES[dialect]):
        tenant.run(tenant.okta.push_now(team), per=EMPTIES[dialect])
    has_members(tenant.account(team), office.accounts(ada, cy), per=EMPTIES[dialect], why="after Push now")


@check("okta.groups.push-now-empty", "OKTA-GROUP-06", "OKTA-GROUP-07", dialects=BOTH, needs=("groups",), data_loss=True)
def test_push_now_empty(office: Office, dialect: str, has_members: Callable[..., None]) -> None:
    """The button "Push now" empties a group that has become empty in the directory.

    The value is an empty array. A server that refuses it, or takes it for nothing, leaves access to people who have
    lost it.
    """
    tenant, people = office.tenant, office.staff(2)
    team = office.push(*people)
    tenant.directory.leave(team, people)
    tenant.run(tenant.okta.push_now(team), per=EMPTIES[dialect])
    has_members(tenant.account(team), [], per=EMPTIES[dialect], why="after Push now of an empty group")


@check("okta.groups.delete", "OKTA-GROUP-08", "RFC7644-3.6-12", dialects=BOTH, needs=("groups",), data_loss=True)
def test_delete(office: Office, scim: Session, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A push ended with "delete the group in the target app" deletes the group, and nobody's account with it."""
    tenant, (ada,) = office.tenant, office.staff(1)
    team = office.push(ada)
    path = tenant.account(team).path
    account = tenant.account(ada)
    with account.changes(only={}, frame="RFC7644-3.6-12"):
        tenant.run(tenant.okta.delete_group(team))
        scim.request("GET", path).status(404, warn=(410,))
        account.get().status(200, per="RFC7644-3.6-12")


@check("okta.groups.gone", "OKTA-ERROR-01", dialects=BOTH, needs=("groups",))
def test_gone(office: Office, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A change of a group that was deleted at the target is answered 404 with an Error that says so.

    The administrator reads the Error's detail; of plain text Okta shows "Unrecognized token" instead of the cause.
    """
    tenant, people = office.tenant, office.staff(1)
    team = office.push()
    deleted = tenant.account(team).delete()
    if not deleted.ok:
        raise Blocked("groups.delete.status", f"DELETE of the group was answered {deleted.status_code}")
    tenant.directory.join(team, people)
    before = len(tenant.answers)
    tenant.try_run(tenant.okta.add_members(team, people))
    answer = tenant.answers[before]
    answer.refused(404).error_body().has("detail")


@check("okta.groups.no-display", "OKTA-GROUP-10", dialects=("okta.wizard",), needs=("groups",))
def test_no_display(scim: Session, dialect: str, has_members: Callable[..., None]) -> None:
    """Members whose display is null are members like any other.

    Recorded of a wizard app whose users have no display name to show.
    """
    tenant = Tenant(scim, dialect, on=("null-display",))
    ada, bob = tenant.person(), tenant.person()
    for person in (ada, bob):
        tenant.ground(tenant.okta.assign(person.id), by="okta.assign.create", unknown=True)
    team = tenant.group(ada, bob)
    tenant.run(tenant.okta.push_group(team.id))
    sent = find(tenant.shown(team), "displayName")
    tenant.answers[-1].require(sent == team.name, f"the group is called {sent!r}, not {team.name!r}", at="displayName")
    both = [tenant.remote_id(ada), tenant.remote_id(bob)]
    has_members(tenant.account(team), both, per="OKTA-GROUP-10", why="after the push")
