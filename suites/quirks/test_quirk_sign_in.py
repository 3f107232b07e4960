"""SAML, sign-in, invitations, and members whom SCIM did not make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import literal, probe

if TYPE_CHECKING:
    from scimulator.kit import Controls, Probe, Session
    from suites.quirks.conftest import Folk, Product


def _list(folk: Folk) -> int:
    """Return how a harmless list is answered."""
    return folk.users.query({"count": 1}).status_code


@probe("requires-sso", "saml-off", controls=("saml-off",))
def test_scim_without_saml(folk: Folk, controls: Controls, quirk: Probe) -> None:
    """SCIM works while SAML is off, or does not."""
    with controls.during("saml-off"):
        status = _list(folk)
    if status == 200:
        quirk.seen("no", "a list is answered 200 while SAML is off")
    elif status in (401, 403):
        quirk.seen("yes", f"a list is answered {status} while SAML is off")
    else:
        quirk.unknown(f"a list is answered {status} while SAML is off")


@probe("sso-disabled", "saml-off", controls=("saml-off",))
def test_what_saml_takes_along(folk: Folk, controls: Controls, quirk: Probe, scim: Session) -> None:
    """SCIM goes on while SAML is off, or comes back with it, with the old token or another one."""
    before = scim.target.secrets
    with controls.during("saml-off"):
        status = _list(folk)
    after = _list(folk)
    if status == 200:
        quirk.seen("independent", "a list is answered 200 while SAML is off")
    elif status not in (401, 403):
        quirk.unknown(f"a list is answered {status} while SAML is off")
    elif after != 200:
        quirk.unknown(f"a list is answered {after} after SAML and SCIM are on again")
    elif scim.target.secrets != before:
        quirk.seen("scim-off-token-dead", f"{status} while SAML is off, and another token afterwards")
    else:
        quirk.seen("scim-off", f"{status} while SAML is off, 200 with the same token afterwards")


@probe("disabled-status", "scim-off", controls=("scim-off",))
def test_how_a_call_is_refused(folk: Folk, controls: Controls, quirk: Probe) -> None:
    """A call is answered 403 or 401 while SCIM is off."""
    with controls.during("scim-off"):
        status = _list(folk)
    if status not in (401, 403):
        quirk.unknown(f"a list is answered {status} while SCIM is off")
    quirk.seen(str(status), f"a list is answered {status} while SCIM is off")


@probe("ids-after-reenable", "scim-off", controls=("scim-off",))
def test_ids_afterwards(folk: Folk, controls: Controls, quirk: Probe) -> None:
    """An account has the same id after SCIM was off and on again, or another one."""
    user = folk.made()
    with controls.during("scim-off"):
        status = _list(folk)
    if status == 200:
        quirk.unknown("SCIM could not be switched off")
    after = folk.users.get(user.id)
    if after.ok:
        quirk.seen("kept", "the id from before leads to the account", after)
        return
    found = folk.users.find(f"userName eq {literal(user.user_name)}")
    ids = found.ids() if found.ok else []
    if after.status_code == 404 and len(ids) == 1 and ids[0] != user.id:
        quirk.seen("new", "the id from before is answered 404, a filter finds the account under another one", found)
    else:
        quirk.unknown(f"the id from before is answered {after.status_code}, a filter finds {len(ids)}")


@probe("scim-disabled", "scim-off", controls=("scim-off", "members"))
def test_members_while_scim_is_off(folk: Folk, product: Product, controls: Controls, quirk: Probe) -> None:
    """Members go on while SCIM is off, or are deactivated."""
    user = folk.made()
    with controls.during("scim-off"):
        member = product.member(user)
    if not member:
        quirk.unknown("the product does not show the member while SCIM is off")
    if member.get("active") is False:
        quirk.seen("members-deactivated", "the product shows the member as inactive while SCIM is off")
    elif member.get("scim") is False:
        quirk.seen("members-unmanaged", "the product manages the member itself while SCIM is off")
    else:
        quirk.seen("members-kept", "the member goes on while SCIM is off")


@probe("visible-after-first-login", "members", controls=("members", "log-in"))
def test_a_member_before_the_first_sign_in(folk: Folk, product: Product, quirk: Probe) -> None:
    """A provisioned person is a member at once, or after the first sign-in."""
    user = folk.made()
    before = product.member(user).get("visible")
    if before is True:
        quirk.seen("no", "the product shows the member before any sign-in")
        return
    signed_in = product.signs_in(user)
    after = product.member(user).get("visible")
    if before is False and signed_in and after is True:
        quirk.seen("yes", "the product shows the member only after the first sign-in")
    else:
        quirk.unknown(f"visible is {before!r} before a sign-in and {after!r} after one")


@probe("invitation", "outbox", controls=("outbox", "log-in"))
def test_an_invitation(folk: Folk, product: Product, controls: Controls, quirk: Probe) -> None:
    """A provisioned person gets no mail, a mail, or a mail that has to be answered before anything works."""
    user = folk.made()
    listed = controls.run("outbox").get("messages")
    name = user.user_name.casefold()
    mails = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    invited = any(str(each.get("to", "")).casefold() == name for each in mails)
    enters = product.signs_in(user)
    if not invited and enters:
        quirk.seen("none", "no mail was sent")
    elif invited and enters:
        quirk.seen("email", "a mail was sent, and the person signs in without answering it")
    elif invited:
        quirk.seen("acceptance", "a mail was sent, and the person cannot sign in before answering it")
    else:
        quirk.unknown("no mail was sent, and the person cannot sign in")


@probe("jit", "log-in", controls=("log-in",))
def test_a_stranger_signs_in(folk: Folk, product: Product, quirk: Probe, scim: Session) -> None:
    """A SAML sign-in of an unknown person makes an account, or is refused."""
    name = folk.name("stranger")
    handle = scim.housekeeping.intend(folk.users.endpoint, name)
    enters = product.signs_in(name)
    if not enters:
        scim.housekeeping.void(handle)
        if not product.signs_in(folk.made()):
            quirk.unknown("nobody signs in, not even who has an account")
    quirk.seen("on" if enters else "off", f"an unknown person {'signs in' if enters else 'is refused'}")


@probe("jit-then-create", "create", controls=("log-in",))
def test_created_after_the_sign_in(folk: Folk, product: Product, quirk: Probe, scim: Session) -> None:
    """A create for somebody who signed in before meets a conflict, or adopts the account."""
    name = folk.name("early")
    handle = scim.housekeeping.intend(folk.users.endpoint, name)
    if not product.signs_in(name):
        scim.housekeeping.void(handle)
        quirk.unknown("a SAML sign-in makes no account (jit)")
    before = folk.holders(name)
    answer, _ = folk.tried(userName=name)
    after = folk.holders(name)
    if answer.status_code == 409:
        quirk.seen("conflict", "the create was answered 409", answer)
    elif answer.ok and len(after) == 1 and (not before or before == after):
        quirk.seen("adopt", "the create became the account that was there", answer)
    else:
        quirk.unknown(f"the create was answered {answer.status_code}, and {len(after)} accounts have the name")


@probe("existing-account", "create", controls=("invite",))
def test_created_for_a_member(folk: Folk, controls: Controls, quirk: Probe, scim: Session) -> None:
    """A create for a member whom the product made meets a conflict, or adopts the account."""
    name = folk.name("member")
    scim.housekeeping.intend(folk.users.endpoint, name)
    controls.run("invite", email=name, role="viewer")
    before = folk.holders(name)
    answer, _ = folk.tried(userName=name)
    if answer.status_code == 409:
        quirk.seen("conflict", "the create was answered 409", answer)
    elif answer.ok and answer.id in before:
        quirk.seen("adopt", "the create became the account that was there", answer)
    elif answer.ok and not before and controls.has("members"):
        listed = controls.run("members").get("members")
        emails = (
            [str(each.get("email")) for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        )
        if [each.casefold() for each in emails].count(name) != 1:
            quirk.unknown("the product does not show one member of the name after the create")
        quirk.seen("adopt", "the create became the account that was there: the product shows one member", answer)
    else:
        quirk.unknown(f"the create was answered {answer.status_code}; SCIM showed {len(before)} accounts before it")


@probe("listed-members", "filter", needs=("filter",), controls=("invite",))
def test_a_member_of_the_product_is_listed(folk: Folk, controls: Controls, quirk: Probe, scim: Session) -> None:
    """A member whom SCIM did not make is found by SCIM, or hidden from it."""
    name = folk.name("local")
    scim.housekeeping.intend(folk.users.endpoint, name)
    controls.run("invite", email=name, role="viewer")
    found = folk.users.find(f"userName eq {literal(name)}")
    if not found.ok:
        quirk.unknown(f"the filter was answered {found.status_code}")
    elif found.ids():
        quirk.seen("all", "a filter finds a member whom the product made", found)
    else:
        quirk.seen("scim-only", "no filter finds a member whom the product made", found)
