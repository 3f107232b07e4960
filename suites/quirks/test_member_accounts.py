"""Accounts that the product made, manages or protects, and what SCIM makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import Blocked, NotApplicable, add, check, literal, probe

if TYPE_CHECKING:
    from scimulator.kit import Controls, Judge, Probe, Resources, Session
    from suites.quirks.conftest import Folk, Product

SERVER_ERROR = 500


@check("members.just-in-time.create", "OKTA-CREATE-03", "ENTRA-CREATE-04", controls=("log-in",))
def test_created_after_a_first_sign_in(folk: Folk, product: Product, judge: Judge, scim: Session) -> None:
    """A create for somebody whom a first sign-in has made is answered 409, or becomes that account; it does not crash.

    A product with single sign-on meets this whenever a person is quicker than provisioning.
    """
    name = folk.name("quick")
    handle = scim.housekeeping.intend(folk.users.endpoint, name)
    if not product.signs_in(name):
        scim.housekeeping.void(handle)
        raise NotApplicable("a sign-in makes no account (jit)")
    answer, _ = folk.tried(userName=name)
    judge.require(
        answer.status_code < SERVER_ERROR,
        f"a create for somebody who has signed in before was answered {answer.status_code}",
        kind="status",
        wanted=409,
        got=answer.status_code,
    )


@probe("product-edits", "scim-off", controls=("scim-off", "set-name", "members"))
def test_a_member_is_edited_without_scim(folk: Folk, product: Product, quirk: Probe) -> None:
    """Where the product edits members, it does so while SCIM is off too; nobody else could."""
    if quirk.declared != "allowed":
        quirk.unknown("it is declared as locked, or not at all")
    user = folk.made()
    with product.controls.during("scim-off"):
        told = product.controls.tried("set-name", email=user.user_name, given="Edited", family="Byhand")
        name = product.member(user).get("given_name")
    if name == "Edited":
        quirk.seen("allowed", "the product changed the name of a member while SCIM was off")
    elif told:
        quirk.seen("locked", f"the product refuses to change a member while SCIM is off: {told}")
    else:
        quirk.unknown(f"the product shows {name!r} after the change")


@check("members.group-deleted.managed", "OKTA-GROUP-08", "ENTRA-GROUP-10", needs=("groups",), controls=("members",))
def test_members_of_a_deleted_group(folk: Folk, product: Product, groups: Resources, judge: Judge) -> None:
    """Deleting a group leaves its members managed by SCIM as they were, those who are in another group at least."""
    user = folk.made()
    groups.create(members=[user.id])
    gone = groups.create(members=[user.id])
    before = product.member(user).get("scim")
    if before is not True:
        raise NotApplicable("the control members does not tell whether SCIM manages somebody (scim)")
    if not gone.delete().ok:
        raise Blocked("groups", "a group could not be deleted")
    judge.require(
        product.member(user).get("scim") is True,
        "a member of two groups is no longer managed by SCIM since one of them was deleted",
        kind="collateral",
    )


@probe("scim-disabled", "administrator", controls=("scim-off", "members", "make-owner"))
def test_administrators_while_scim_is_off(folk: Folk, product: Product, controls: Controls, quirk: Probe) -> None:
    """Administrators go on while SCIM is off as other members do."""
    user = folk.made()
    controls.run("make-owner", email=user.user_name)
    with controls.during("scim-off"):
        member = product.member(user)
    if not member:
        quirk.unknown("the product does not show the administrator while SCIM is off")
    if member.get("active") is False:
        quirk.seen("members-deactivated", "the product shows an administrator as inactive while SCIM is off")
    elif member.get("scim") is False:
        quirk.seen("members-unmanaged", "the product manages the administrator itself while SCIM is off")
    elif quirk.declared == "members-deactivated" or quirk.declared is None:
        quirk.unknown("administrators go on, which tells nothing about other members")
    else:
        quirk.seen("members-kept", "an administrator goes on while SCIM is off")


@probe("owner-managed", "delete", controls=("make-owner", "members"))
def test_an_owner_is_deleted(folk: Folk, product: Product, quirk: Probe) -> None:
    """A DELETE of an owner who is not the last one removes the account, is refused, or is answered and ignored."""
    user, other = folk.made(), folk.made()
    for each in (user, other):
        product.controls.run("make-owner", email=each.user_name)
    if product.member(user).get("owner") is not True or product.member(other).get("owner") is not True:
        quirk.unknown("nobody could be made an owner")
    answer = user.delete()
    member = product.member(user)
    if not answer.ok:
        if answer.status_code not in (400, 403, 409):
            quirk.unknown(f"the DELETE was answered {answer.status_code}")
        if quirk.declared == "yes":
            quirk.unknown("the DELETE was refused, for another reason perhaps (deletion)")
        quirk.seen("refuse", f"the DELETE of an owner was answered {answer.status_code}", answer)
    elif member and member.get("active") is not False:
        quirk.seen("ignore", "the DELETE of an owner was answered with success, and the owner stayed", answer)
    else:
        quirk.seen("yes", "the DELETE of an owner took the account away", answer)


@check("members.product-rule.refusal", "RFC7644-3.12-08")
def test_a_rule_of_the_product_refuses(folk: Folk, judge: Judge) -> None:
    """What a rule of the product forbids is answered as the client's error, not as a failure of the server.

    After a 5xx an identity provider tries again and in the end stops provisioning for everybody. The rule here is one
    about domains; where there is none, nothing is refused.
    """
    name = f"{folk.users.session.people.unique('elsewhere')}@unverified.scimulator-test.invalid"
    answer, _ = folk.tried(userName=name, emails=[{"value": name, "type": "work", "primary": True}])
    if answer.ok:
        raise NotApplicable("an address of a domain that nobody can have verified is taken")
    judge.require(
        answer.status_code < SERVER_ERROR,
        f"an address that a rule of the product forbids was answered {answer.status_code}",
        kind="status",
        wanted=400,
        got=answer.status_code,
    )


@check(
    "members.administrator.group", "RFC7644-3.5.2.1-08", needs=("groups", "patch"), controls=("make-owner", "members")
)
def test_an_administrator_joins_a_group(folk: Folk, product: Product, groups: Resources, judge: Judge) -> None:
    """An administrator who is added to a group is listed in it, or the add is refused."""
    user = folk.made()
    group = groups.create()
    product.controls.run("make-owner", email=user.user_name)
    answer = group.try_patch(add("members", [{"value": user.id}]))
    if not answer.ok:
        raise NotApplicable(f"adding an administrator to a group is answered {answer.status_code}")
    shown = groups.get(group.id).at("members")
    ids = [each.get("value") for each in shown if isinstance(each, dict)] if isinstance(shown, list) else []
    judge.require(user.id in ids, "an administrator was added with success and is no member of the group", kind="value")


@check("members.recreated.role", "QUIRK-default-role", controls=("members", "set-role", "set-default-role"))
def test_the_role_of_who_is_made_again(folk: Folk, product: Product, judge: Judge, scim: Session) -> None:
    """Somebody who is deleted and made anew has the default role of now, as every new account."""
    if scim.declared.get("default-role") is None:
        raise NotApplicable("the product declares no default-role")
    user = folk.made()
    before = product.member(user).get("role")
    other = "viewer" if before == "editor" else "editor"
    product.controls.run("set-role", email=user.user_name, role=other)
    name = user.user_name
    if not user.delete().ok:
        raise NotApplicable("the target does not delete users")
    with product.controls.during("set-default-role", role=str(before)):
        answer, _ = folk.tried(userName=name)
        role = product.member(name).get("role")
    if not answer.ok:
        raise NotApplicable(f"a create for somebody who was deleted is answered {answer.status_code}")
    if answer.id == user.id:
        raise NotApplicable("the same account comes back (recreation)")
    judge.require(
        role == before,
        f"a new account of somebody who was deleted as {other} has the role {role}, the default is {before}",
        kind="promise",
        wanted=before,
        got=role,
    )


@probe("existing-account", "administrator", controls=("invite", "members"))
def test_created_for_an_administrator(folk: Folk, product: Product, quirk: Probe, scim: Session, judge: Judge) -> None:
    """A create for an administrator whom the product made meets a conflict, or leaves the role as it is."""
    name = folk.name("boss")
    scim.housekeeping.intend(folk.users.endpoint, name)
    product.controls.run("invite", email=name, role="admin")
    if product.member(name).get("role") != "admin":
        quirk.unknown("nobody could be invited as an administrator")
    answer, _ = folk.tried(userName=name)
    role = product.member(name).get("role")
    if answer.status_code == 409:
        quirk.seen("conflict", "the create was answered 409", answer)
        return
    if not answer.ok:
        quirk.unknown(f"the create was answered {answer.status_code}")
    if not quirk.probing:
        judge.require(
            role == "admin",
            f"a create without a role made an administrator a {role}",
            kind="promise",
            wanted="admin",
            got=role,
        )
    found = folk.users.find(f"userName eq {literal(name)}").ids()
    if found != [answer.id]:
        quirk.unknown(f"{len(found)} accounts have the name")
    quirk.seen("adopt", "the create became the account of the administrator", answer)
