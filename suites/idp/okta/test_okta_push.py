"""A profile changes at Okta: the account is read and written back whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import ANYTHING, ENTERPRISE, Blocked, Tenant, check, find, is_unassigned

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Json, Judge, Resource, Resources, Session
    from suites.idp.okta.conftest import Office

BOTH = ("okta.template", "okta.wizard")


@check("okta.push.profile", "OKTA-PUSH-02", "OKTA-PUSH-01", "OKTA-READ-01", dialects=BOTH, data_loss=True)
def test_profile(
    tenant: Tenant,
    users: Resources,
    dialect: str,  # noqa: ARG001  parametrises the check
    mapped: Callable[[Tenant, str], dict[str, object]],
) -> None:
    """A changed name arrives at the account, and nothing else of the account changes."""
    ada = tenant.person()
    tenant.ground(tenant.okta.assign(ada.id), by="okta.assign.create", unknown=True)
    tenant.directory.change_person(ada.id, given_name="Adeline", family_name="Quill-Hopper", display_name="Ada Hopper")
    with tenant.account(ada).changes(only=mapped(tenant, ada.id)):
        tenant.run(tenant.okta.push_profile(ada.id), per="OKTA-PUSH-01")
    shown = tenant.shown(ada).get("displayName")
    tenant.answers[-1].require(
        shown == "Ada Hopper" or not users.offers("displayName"),
        f"the display name 'Ada Hopper' was pushed; the account shows {shown!r}",
        kind="not-applied",
        at="displayName",
        wanted="Ada Hopper",
        got=shown,
        soft=True,  # products that make it from the names have nowhere to put it
    )


@check("okta.push.echo", "OKTA-PUSH-01", "OKTA-PUSH-02", dialects=BOTH, data_loss=True)
def test_echo(
    tenant: Tenant,
    users: Resources,
    dialect: str,  # noqa: ARG001  parametrises the check
    spare: dict[str, Json],
) -> None:
    """An account written back exactly as it was read stays exactly as it was.

    "Force sync" and every push echo all that the server returned: id, meta, null values, attributes that no mapping
    knows. A server that refuses its own answer, or keeps only what it knows from Okta, loses the rest.
    """
    ada = tenant.person()
    account = users.create(userName=ada.login, **spare)
    tenant.ground(tenant.okta.assign(ada.id), by="okta.assign.link-existing")
    with account.changes(only={}, frame="OKTA-PUSH-02"):
        tenant.run(tenant.okta.push_profile(ada.id))


@check(
    "okta.push.member", "OKTA-PUSH-01", "OKTA-GROUP-02", dialects=BOTH, needs=("groups",), data_loss=True
)  # fmt: skip
def test_member(
    office: Office,
    dialect: str,  # noqa: ARG001  parametrises the check
    has_members: Callable[..., None],
    members_of: Callable[[Resource], list[str]],
) -> None:
    """A member of a group whose profile is pushed stays a member.

    The groups that the account shows come back in the PUT like everything else; they are read-only there.
    """
    tenant, (bob,) = office.tenant, office.staff(1)
    ada = tenant.person()
    tenant.ground(tenant.okta.assign(ada.id), by="okta.assign.create", unknown=True)
    team = office.push(ada.id, bob)
    both = office.accounts(ada.id, bob)
    if set(members_of(tenant.account(team))) != set(both):
        raise Blocked("okta.groups.push-members", "the pushed group does not have its members")
    tenant.directory.change_person(ada.id, family_name="Quill-Hopper")
    tenant.run(tenant.okta.push_profile(ada.id))
    has_members(tenant.account(team), both, per="OKTA-PUSH-01", why="after the push of a member's profile")


@check("okta.push.email", "OKTA-PUSH-02", dialects=BOTH, attributes=("emails",), data_loss=True)
def test_email(tenant: Tenant, users: Resources, judge: Judge, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A changed e-mail address replaces the primary one; another address of the account stays."""
    ada = tenant.person()
    home = users.session.people.user_name("home")
    work: Json = {"value": ada.email, "type": "work", "primary": True}
    account = users.create(userName=ada.login, emails=[work, {"value": home, "type": "home"}])
    kept = [home] if home in _addresses(account) else []  # some products have room for one address only
    tenant.ground(tenant.okta.assign(ada.id), by="okta.assign.link-existing")
    fresh = users.session.people.user_name("fresh")
    tenant.directory.change_person(ada.id, email=fresh)
    with account.changes(only={"emails": ANYTHING}):
        tenant.run(tenant.okta.push_profile(ada.id), per="OKTA-PUSH-01")
    wanted, seen = {fresh, *kept}, set(_addresses(account))
    judge.require(
        seen == wanted,
        f"the account's addresses are {', '.join(sorted(seen)) or 'none'} after the push, owed are "
        f"{', '.join(sorted(wanted))}",
        kind="addresses",
        at="emails",
        wanted=[*sorted(wanted)],
        got=[*sorted(seen)],
    )


def _addresses(account: Resource) -> list[str]:
    found = find(account.read(), "emails[*].value")
    return [] if is_unassigned(found) else [str(each).lower() for each in found]  # type: ignore[attr-defined]  # a list


@check("okta.push.enterprise", "OKTA-PUSH-02", dialects=BOTH, attributes=("enterprise:department",), data_loss=True)
def test_enterprise(tenant: Tenant, users: Resources, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A changed department arrives in the enterprise extension and leaves the rest of it alone."""
    more: dict[str, Json] = {"employeeNumber": "0042"} if users.offers("enterprise:employeeNumber") else {}
    ada = tenant.person(department="Research", **more)
    tenant.ground(tenant.okta.assign(ada.id), by="okta.assign.create", unknown=True)
    if find(tenant.shown(ada), f"{ENTERPRISE}:department") != "Research":
        raise Blocked("okta.assign.enterprise", "the account does not show the department that it was created with")
    tenant.directory.change_person(ada.id, department="Sales & Service")
    with tenant.account(ada).changes(only={f"{ENTERPRISE}:department": "Sales & Service"}):
        tenant.run(tenant.okta.push_profile(ada.id), per="OKTA-PUSH-01")


@check("okta.push.user-name", "OKTA-PUSH-04", "OKTA-PUSH-02", dialects=BOTH)
def test_user_name(tenant: Tenant, judge: Judge, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A changed username arrives with the next profile push, at the same account.

    An app that updates the username on create only does not send it; by default it is sent.
    """
    ada = tenant.person()
    tenant.ground(tenant.okta.assign(ada.id), by="okta.assign.create", unknown=True)
    login = tenant.session.people.user_name("married")
    tenant.directory.change_person(ada.id, login=login)
    result = tenant.try_run(tenant.okta.push_profile(ada.id))
    if not judge.require(
        result.ok, f"a changed username is refused: {'; '.join(result.messages)}", kind="refused", got=result.status
    ):
        return
    shown = tenant.shown(ada).get("userName")
    judge.require(
        str(shown).lower() == login,
        f"the username was changed to {login!r}; the account shows {shown!r}",
        kind="not-applied",
        at="userName",
        wanted=login,
        got=shown,
    )


@check("okta.push.keeps-inactive", "OKTA-PUSH-03", dialects=BOTH, data_loss=True)
def test_keeps_inactive(
    tenant: Tenant, dialect: str, mapped: Callable[[Tenant, str], dict[str, object]]  # noqa: ARG001  parametrises the check
) -> None:  # fmt: skip
    """A profile push to an account that is switched off does not switch it on.

    The body says active false, because that is what the account shows; a server that takes it for missing gives
    people their access back.
    """
    ada = tenant.person()
    tenant.ground(tenant.okta.assign(ada.id), by="okta.assign.create", unknown=True)
    tenant.ground(tenant.okta.deactivate(ada.id), by="okta.deactivate")
    account = tenant.account(ada)
    if account.read().get("active") is not False:
        raise Blocked("okta.deactivate", "the account cannot be switched off")
    tenant.directory.change_person(ada.id, family_name="Quill-Hopper")
    with account.changes(only={**mapped(tenant, ada.id), "active": False}, frame="OKTA-PUSH-02"):
        tenant.run(tenant.okta.push_profile(ada.id))


@check("okta.push.gone", "OKTA-READ-02", "OKTA-ERROR-01", dialects=BOTH)
def test_gone(tenant: Tenant, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """The account of a person was deleted at the target: its read is answered 404 with an Error.

    Okta stops there with a task and creates nothing; what the administrator reads is the Error's detail.
    """
    ada = tenant.person()
    tenant.ground(tenant.okta.assign(ada.id), by="okta.assign.create", unknown=True)
    deleted = tenant.account(ada).delete()
    if not deleted.ok:
        raise Blocked("users.delete.status", f"DELETE of the account was answered {deleted.status_code}")
    before = len(tenant.answers)
    tenant.try_run(tenant.okta.push_profile(ada.id))
    answer = tenant.answers[before]
    answer.refused(404)
    answer.error_body(per="OKTA-ERROR-01").has("detail", per="OKTA-ERROR-01")


@check("okta.push.password", "OKTA-PASSWORD-01", dialects=BOTH, attributes=("password",))
def test_password(scim: Session, dialect: str) -> None:
    """A password of password sync is taken and changes nothing that a read shows.

    How Okta writes this body was never recorded, so a refusal only warns.
    """
    tenant = Tenant(scim, dialect, on=("sync-password",))
    ada = tenant.person()
    tenant.ground(tenant.okta.assign(ada.id), by="okta.assign.create", unknown=True)
    with tenant.account(ada).changes(only={}):
        tenant.run(tenant.okta.sync_password(ada.id, "n3w-Secret-of-Ada"))
