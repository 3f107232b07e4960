"""Ways in that end when SCIM says so: sign-ins, sessions and API keys of people who are switched off or gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import Blocked, NotApplicable, check, literal, probe

if TYPE_CHECKING:
    from scimulator.kit import Controls, Judge, Probe, Resource, Session
    from suites.quirks.conftest import Folk, Product

IS_OFF = "OKTA-DEACTIVATE-01"
IS_GONE = "RFC7644-3.6-03"
KEYS = ("make-api-key", "use-api-key")


def _switched_off(folk: Folk, user: Resource) -> None:
    if not folk.switch(user, active=False).ok:
        raise NotApplicable("the target does not take a PATCH of active false")


def _key(product: Product, user: Resource) -> str:
    key = str(product.controls.run("make-api-key", email=user.user_name).get("key") or "")
    if not key or not product.works("use-api-key", key=key):
        raise Blocked("control.make-api-key", "the person has no API key that works to begin with")
    return key


@check("members.deactivated.sign-in", IS_OFF, needs=("patch",), controls=("log-in",), data_loss=True)
def test_who_is_off_does_not_sign_in(folk: Folk, product: Product, judge: Judge) -> None:
    """Somebody who was switched off cannot sign in, and trying to does not switch the account on.

    A sign-in that unblocks the account gives a leaver everything back, and the identity provider does not notice.
    """
    user = folk.made()
    _switched_off(folk, user)
    enters = product.signs_in(user)
    answer = folk.users.get(user.id)
    active = answer.at("active") if answer.ok else False
    judge.require(
        not enters, "a person who was switched off by active false signed in", kind="access", wanted=False, got=True
    )
    judge.require(active is not True, "the sign-in of a deactivated person switched the account on", kind="access")


@check("members.deactivated.api-key", IS_OFF, needs=("patch",), controls=KEYS, data_loss=True)
def test_the_key_of_who_is_off(folk: Folk, product: Product, judge: Judge, scim: Session) -> None:
    """An API key opens nothing once its owner is switched off, unless the product says that keys are kept."""
    if scim.declared.get("deactivation-api-keys") == "kept":
        raise NotApplicable("the product declares deactivation-api-keys = kept")
    user = folk.made()
    key = _key(product, user)
    _switched_off(folk, user)
    judge.require(
        not product.works("use-api-key", key=key),
        "an API key works although active false has switched its owner off",
        kind="access",
    )


@check("members.deleted.api-key", IS_GONE, controls=KEYS, data_loss=True)
def test_the_key_of_who_is_gone(folk: Folk, product: Product, judge: Judge) -> None:
    """An API key opens nothing once its owner has been deleted."""
    user = folk.made()
    key = _key(product, user)
    if not user.delete().ok:
        raise NotApplicable("the target does not delete users")
    judge.require(
        not product.works("use-api-key", key=key), "an API key works although its owner was deleted", kind="access"
    )


def _created_inactive(folk: Folk, name: str) -> None:
    """Make a create with active false become the account of a member.

    Raises:
        NotApplicable: where the create does not become that account.
    """
    answer, _ = folk.tried(userName=name, active=False)
    if not answer.ok:
        raise NotApplicable(f"a create for a member of the product is answered {answer.status_code}")
    if answer.at("active") is not False:
        raise NotApplicable("the create did not switch the account off")


def _member(folk: Folk, controls: Controls, scim: Session) -> str:
    name = folk.name("member")
    scim.housekeeping.intend(folk.users.endpoint, name)
    controls.run("invite", email=name, role="viewer")
    if controls.has("accept"):
        controls.run("accept", email=name)
    return name


@check("members.created-inactive.session", IS_OFF, controls=("invite", "log-in", "sign-in-works"), data_loss=True)
def test_the_session_of_who_is_created_inactive(
    folk: Folk, product: Product, controls: Controls, judge: Judge, scim: Session
) -> None:
    """A create with active false that becomes an account ends its sessions, as a PATCH does."""
    name = _member(folk, controls, scim)
    session = str(controls.run("log-in", email=name).get("session") or "")
    if not session:
        raise NotApplicable("a member whom the product made cannot sign in")
    _created_inactive(folk, name)
    judge.require(
        not product.works("sign-in-works", session=session),
        "a session from before lives on after a create with active false for its owner",
        kind="access",
    )


@check("members.created-inactive.sign-in", IS_OFF, controls=("invite", "log-in"), data_loss=True)
def test_who_is_created_inactive_does_not_sign_in(
    folk: Folk, product: Product, controls: Controls, judge: Judge, scim: Session
) -> None:
    """A create with active false that becomes an account shuts its holder out."""
    name = _member(folk, controls, scim)
    _created_inactive(folk, name)
    judge.require(
        not product.signs_in(name), "a member signs in after a create with active false for them", kind="access"
    )


@probe("scim-disabled", "saml-off", controls=("saml-off", "members"))
def test_members_while_saml_is_off(folk: Folk, product: Product, controls: Controls, quirk: Probe) -> None:
    """Members go on while SAML is off, whether it takes SCIM along or not."""
    user = folk.made()
    with controls.during("saml-off"):
        status = folk.users.query({"count": 1}).status_code
        member = product.member(user)
    if not member:
        quirk.unknown("the product does not show the member while SAML is off")
    if member.get("active") is False:
        quirk.seen("members-deactivated", "the product shows the member as inactive after SAML was switched off")
    elif status == 200:
        quirk.unknown("SCIM goes on while SAML is off, and members with it")
    elif member.get("scim") is False:
        quirk.seen("members-unmanaged", "the product manages the member itself while SAML and SCIM are off")
    else:
        quirk.seen("members-kept", "the member goes on while SAML and SCIM are off")


@check("members.suspended.filter", "RFC7644-3.4.2.2-01", needs=("filter",), controls=("suspend",))
def test_a_filter_sees_a_suspension(folk: Folk, controls: Controls, judge: Judge) -> None:
    """A filter on active sees the value that a read shows, also when an administrator of the product has set it."""
    user = folk.made()
    with controls.during("suspend", email=user.user_name):
        shown = folk.users.get(user.id)
        found = folk.users.find(f"userName eq {literal(user.user_name)} and active eq true")
    if shown.at("active") is not False:
        raise NotApplicable("SCIM does not show a suspension in the product as active false")
    if not found.ok:
        raise NotApplicable(f"a filter on userName and active is answered {found.status_code}")
    judge.require(
        user.id not in found.ids(), "active eq true finds somebody whom a read shows as inactive", kind="filter"
    )
