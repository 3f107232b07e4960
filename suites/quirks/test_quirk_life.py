"""Coming, going and coming back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import literal, probe

if TYPE_CHECKING:
    from scimulator.kit import Probe, Resource, Tenant
    from suites.quirks.conftest import Acting, Folk, Product

EVERYBODY = ("okta.template", "okta.wizard", "entra.legacy", "entra.optscim")


def _off(quirk: Probe, folk: Folk, user: Resource) -> None:
    after = folk.users.get(user.id)
    if after.status_code == 404:
        quirk.seen("remove-membership", "a read after the deactivation is answered 404", after)
    elif after.ok and after.at("active") is False:
        quirk.seen("suspend", "a read after the deactivation shows active false", after)
    else:
        quirk.unknown(f"a read after the deactivation is answered {after.status_code}, active {after.at('active')!r}")


@probe("deactivation", "patch", needs=("patch",))
def test_switched_off_by_patch(folk: Folk, quirk: Probe) -> None:
    """An account that a PATCH switches off is shown as inactive, or not at all."""
    user = folk.made()
    answer = folk.switch(user, active=False)
    if not answer.ok:
        quirk.unknown(f"the PATCH was answered {answer.status_code}")
    _off(quirk, folk, user)


@probe("deactivation", "put")
def test_switched_off_by_put(folk: Folk, quirk: Probe) -> None:
    """An account that a PUT switches off is shown as inactive, or not at all."""
    user = folk.made()
    answer = folk.put(user, active=False)
    if not answer.ok:
        quirk.unknown(f"the PUT was answered {answer.status_code}")
    _off(quirk, folk, user)


@probe("deactivation", "provisioned", dialects=EVERYBODY)
def test_switched_off_by_an_identity_provider(tenant: Tenant, acting: Acting, quirk: Probe, folk: Folk) -> None:
    """An account whose person leaves is shown as inactive, or not at all."""
    person = tenant.person()
    user = acting.provisioned(person)
    if user is None:
        quirk.unknown("the identity provider could not make the account")
        return
    acting.switched_off(person)
    _off(quirk, folk, user)


@probe("deletion", "delete")
def test_deleted(folk: Folk, quirk: Probe) -> None:
    """An account that is deleted is gone, switched off, or kept against the will of the client."""
    user = folk.made()
    answer = user.delete()
    after = folk.users.get(user.id)
    if answer.ok and after.status_code == 404:
        quirk.seen("remove", "a read after the DELETE is answered 404", after)
    elif answer.ok and after.at("active") is False:
        quirk.seen("deactivate", f"DELETE was answered {answer.status_code}, and a read shows active false", after)
    elif folk.declined(answer) and after.ok and after.at("active") is not False:
        quirk.seen("refuse", f"DELETE was answered {answer.status_code}", answer)
    else:
        quirk.unknown(f"DELETE was answered {answer.status_code}, a read {after.status_code}")


@probe("recreation", "create")
def test_made_again(folk: Folk, quirk: Probe) -> None:
    """The userName of a deleted account makes a new account, brings the old one back, or cannot be had."""
    user = folk.made()
    gone = user.delete()
    if not gone.ok or folk.users.get(user.id).status_code != 404:
        quirk.unknown(f"DELETE was answered {gone.status_code} and does not remove the account")
    answer, _ = folk.tried(userName=user.user_name)
    if answer.ok and answer.id == user.id:
        quirk.seen("same-account", "the create brought back the id of the deleted account", answer)
    elif answer.ok:
        quirk.seen("new-account", "the create made an account with another id", answer)
    else:
        folk.insist(quirk, answer, lambda: folk.tried()[0], "a create with the name of a deleted account")
        quirk.seen("refuse", f"the name of a deleted account was answered {answer.status_code}", answer)


@probe("reactivation", "patch", needs=("patch",))
def test_switched_on_again(folk: Folk, quirk: Probe) -> None:
    """A deactivated account comes back as the same one, or not."""
    user = folk.made()
    if not folk.switch(user, active=False).ok:
        quirk.unknown("the deactivation was not answered with success")
    if folk.users.get(user.id).status_code == 404:
        answer, _ = folk.tried(userName=user.user_name)
        if answer.ok and answer.id == user.id:
            quirk.seen("same-account", "a create brought back the same id", answer)
            return
        quirk.unknown(f"the account is not shown, and a create was answered {answer.status_code}")
    answer = folk.switch(user, active=True)
    after = folk.users.get(user.id)
    if answer.ok and after.at("active") is True:
        quirk.seen("same-account", "active true switched the same account on", answer)
    elif folk.declined(answer) and after.at("active") is False:
        quirk.seen("refuse", f"active true was answered {answer.status_code}", answer)
    else:
        quirk.unknown(f"active true was answered {answer.status_code}, and active is {after.at('active')!r}")


@probe("inactive-in-lists", "filter", needs=("patch", "filter"))
def test_inactive_found(folk: Folk, quirk: Probe) -> None:
    """A filter on the userName finds a deactivated account, or hides it."""
    user = folk.made()
    if not folk.switch(user, active=False).ok:
        quirk.unknown("the deactivation was not answered with success")
    if folk.users.get(user.id).status_code == 404:
        quirk.unknown("a deactivated account is shown nowhere (deactivation)")
    found = folk.users.find(f"userName eq {literal(user.user_name)}")
    if not found.ok:
        quirk.unknown(f"the filter was answered {found.status_code}")
    elif user.id in found.ids():
        quirk.seen("shown", "a filter finds the deactivated account", found)
    else:
        quirk.seen("hidden", "no filter finds the deactivated account", found)


@probe("deactivation-sessions", "session", needs=("patch",), controls=("log-in", "sign-in-works"))
def test_session_after_deactivation(folk: Folk, product: Product, quirk: Probe) -> None:
    """A session from before the deactivation is refused at once, or lives on."""
    user = folk.made()
    session = product.session(user)
    if not session or not product.works("sign-in-works", session=session):
        quirk.unknown("the person cannot sign in to begin with")
    if not folk.switch(user, active=False).ok:
        quirk.unknown("the deactivation was not answered with success")
    alive = product.works("sign-in-works", session=session)
    quirk.seen("kept" if alive else "ended", f"the session from before {'works' if alive else 'is refused'}")


@probe("deactivation-api-keys", "key", needs=("patch",), controls=("make-api-key", "use-api-key"))
def test_key_after_deactivation(folk: Folk, product: Product, quirk: Probe) -> None:
    """An API key from before the deactivation is refused at once, or lives on."""
    user = folk.made()
    key = str(product.controls.run("make-api-key", email=user.user_name).get("key") or "")
    if not key or not product.works("use-api-key", key=key):
        quirk.unknown("the person has no API key that works to begin with")
    if not folk.switch(user, active=False).ok:
        quirk.unknown("the deactivation was not answered with success")
    alive = product.works("use-api-key", key=key)
    quirk.seen("kept" if alive else "ended", f"the key from before {'works' if alive else 'is refused'}")


def _there(product: Product, content: str) -> bool:
    """Tell whether the product lists some content."""
    listed = product.controls.run("contents").get("contents")
    contents = listed if isinstance(listed, list) else []
    return any(isinstance(each, dict) and str(each.get("id")) == content for each in contents)


@probe("owned-content", "left", controls=("make-content", "contents"))
def test_content_of_who_left(folk: Folk, product: Product, quirk: Probe) -> None:
    """What somebody made stays, goes, or stands against the deletion of its owner."""
    user = folk.made()
    made = str(product.controls.run("make-content", email=user.user_name).get("id") or "")
    if not _there(product, made):
        quirk.unknown("the product does not list what was just made")
    answer = user.delete()
    there = _there(product, made)
    if not answer.ok and there:
        if not folk.declined(answer) or not folk.made().delete().ok:
            quirk.unknown(f"DELETE was answered {answer.status_code} for another reason, perhaps")
        quirk.seen("blocks-deletion", f"DELETE of the owner was answered {answer.status_code}", answer)
    elif not answer.ok:
        quirk.unknown(f"DELETE was answered {answer.status_code}")
    elif there:
        quirk.seen("kept", "the content is there after its owner has gone", answer)
    else:
        quirk.seen("deleted", "the content went with its owner", answer)
