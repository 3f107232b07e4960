"""Rules of the workspace: tokens, plan, domains, seats, owners, and who may edit whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import probe, replace

if TYPE_CHECKING:
    from scimulator.kit import Controls, Probe, Resource
    from suites.quirks.conftest import Folk, Product

OWNER = ("make-owner", "members")


def _list(folk: Folk) -> int:
    return folk.users.query({"count": 1}).status_code


@probe("token-rotation", "rotated", controls=("rotate-token",))
def test_the_old_token(folk: Folk, controls: Controls, quirk: Probe) -> None:
    """The old token is refused once a new one is made, or both open the door."""
    with controls.during("rotate-token") as answer:
        token = str(answer.get("token") or "")
        old = _list(folk)
        with controls.using_token(token):
            new = _list(folk)
    if new != 200:
        quirk.unknown(f"the new token is answered {new}")
    if old == 401:
        quirk.seen("old-dies", "the old token is answered 401 after the rotation, the new one 200")
    elif old == 200:
        quirk.seen("both-valid", "the old and the new token are answered 200 after the rotation")
    else:
        quirk.unknown(f"the old token is answered {old}")


@probe("token-bound-to-admin", "demoted", controls=("demote-token-admin",))
def test_the_token_of_a_former_administrator(folk: Folk, controls: Controls, quirk: Probe) -> None:
    """The token works after its administrator was demoted, or does not."""
    with controls.during("demote-token-admin"):
        status = _list(folk)
    if status == 200:
        quirk.seen("no", "the token is answered 200 after its administrator was demoted")
    elif status in (401, 403):
        quirk.seen("yes", f"the token is answered {status} after its administrator was demoted")
    else:
        quirk.unknown(f"the token is answered {status}")


@probe("plan-gate", "free", controls=("set-plan",))
def test_without_the_plan(folk: Folk, controls: Controls, quirk: Probe) -> None:
    """Calls are answered in the free plan, or refused as a whole."""
    with controls.during("set-plan", plan="free"):
        status = _list(folk)
    if status == 200:
        quirk.seen("no", "a list is answered 200 in the free plan")
    elif status in (401, 402, 403):
        quirk.seen("yes", f"a list is answered {status} in the free plan")
    else:
        quirk.unknown(f"a list is answered {status} in the free plan")


@probe("verified-domains-only", "create")
def test_an_address_elsewhere(folk: Folk, quirk: Probe) -> None:
    """An address of a domain that nobody can have verified is taken, or refused."""
    mine, _ = folk.tried()
    if not mine.ok:
        quirk.unknown(f"a create in the domain of the settings was answered {mine.status_code}")
    name = f"{folk.users.session.people.unique('elsewhere')}@unverified.scimulator-test.invalid"
    answer, _ = folk.tried(userName=name, emails=[{"value": name, "type": "work", "primary": True}])
    if answer.ok:
        quirk.seen("no", f"{name} was taken", answer)
    elif answer.status_code in (400, 403, 422):
        quirk.seen("yes", f"{name} was answered {answer.status_code}", answer)
    else:
        quirk.unknown(f"{name} was answered {answer.status_code}")


@probe("seats-full", "create", controls=("set-seats",))
def test_one_more_than_seats(folk: Folk, controls: Controls, quirk: Probe) -> None:
    """An account more than there are seats is made, or refused."""
    folk.made()
    with controls.during("set-seats", seats=1):
        answer, _ = folk.tried()
    if answer.ok:
        quirk.seen("unlimited", "an account was made with every seat taken", answer)
    elif not folk.declined(answer):
        quirk.unknown(f"a create with every seat taken was answered {answer.status_code}")
    else:
        quirk.seen("refuse", f"a create with every seat taken was answered {answer.status_code}", answer)


def _owner(folk: Folk, product: Product, quirk: Probe) -> Resource:
    user = folk.made()
    product.controls.run("make-owner", email=user.user_name)
    if product.member(user).get("owner") is not True:
        quirk.unknown("nobody could be made an owner")
    return user


@probe("owner-managed", "patch", needs=("patch",), controls=OWNER)
def test_an_owner_is_changed(folk: Folk, product: Product, quirk: Probe) -> None:
    """A change of an owner is made, refused, or answered and ignored."""
    user = _owner(folk, product, quirk)
    before = folk.shown(user, "displayName")
    if before is None:
        quirk.unknown("no displayName is shown")
    answer = user.try_patch(replace("displayName", "Owner Changed"))
    after = folk.shown(user, "displayName")
    if after == "Owner Changed":
        quirk.seen("yes", "a PATCH changed the displayName of an owner", answer)
    elif folk.declined(answer) and after == before:
        quirk.seen("refuse", f"a PATCH of an owner was answered {answer.status_code}", answer)
    elif answer.ok and after == before:
        quirk.seen("ignore", f"a PATCH of an owner was answered {answer.status_code}, and nothing changed", answer)
    else:
        quirk.unknown(f"{before} became {after}")


@probe("last-owner", "patch", needs=("patch",), controls=OWNER)
def test_the_last_owner_leaves(folk: Folk, product: Product, quirk: Probe) -> None:
    """The last owner can be deactivated, is protected, or stays although success is answered."""
    user = _owner(folk, product, quirk)
    listed = product.controls.run("members").get("members")
    owners = (
        [each for each in listed if isinstance(each, dict) and each.get("owner") is True]
        if isinstance(listed, list)
        else []
    )
    if len(owners) != 1:
        quirk.unknown(f"the workspace has {len(owners)} owners, so none is the last one")
    answer = folk.switch(user, active=False)
    member = product.member(user)
    if not member or member.get("active") is False:
        quirk.seen("unprotected", "the only owner was deactivated", answer)
    elif folk.declined(answer):
        quirk.seen("refuse", f"the deactivation of the only owner was answered {answer.status_code}", answer)
    elif not answer.ok:
        quirk.unknown(f"the deactivation of the only owner was answered {answer.status_code}")
    else:
        quirk.seen("ignore", f"the deactivation was answered {answer.status_code}, and the owner stayed", answer)


@probe("product-edits", "name", controls=("set-name", "members"))
def test_a_managed_member_is_edited(folk: Folk, product: Product, quirk: Probe) -> None:
    """The product edits a member that SCIM manages, or locks it."""
    user = folk.made()
    told = product.controls.tried("set-name", email=user.user_name, given="Edited", family="Byhand")
    name = product.member(user).get("given_name")
    if name == "Edited":
        quirk.seen("allowed", "the product changed the name of a member that SCIM manages")
    elif told:
        quirk.seen("locked", f"the product refuses to change a member that SCIM manages: {told}")
    else:
        quirk.unknown(f"the product shows {name!r} after the change")
