"""Coming, going and coming back, as identity providers do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import NotApplicable, probe

if TYPE_CHECKING:
    from scimulator.kit import Person, Probe, Resource, Tenant
    from suites.quirks.conftest import Acting, Folk, Product

EVERYBODY = ("okta.template", "okta.wizard", "entra.legacy", "entra.optscim")
ENTRA = ("entra.legacy", "entra.optscim")


def _hired(tenant: Tenant, acting: Acting) -> tuple[Person, Resource]:
    """Return a person with an account.

    Raises:
        NotApplicable: where the identity provider gets none.
    """
    person = tenant.person()
    user = acting.provisioned(person)
    if user is None:
        raise NotApplicable("the identity provider could not make the account")
    return person, user


def _left(tenant: Tenant, acting: Acting, quirk: Probe, folk: Folk) -> tuple[Person, Resource]:
    """Return a person whose account the identity provider has switched off, and which is shown like that."""
    person, user = _hired(tenant, acting)
    acting.switched_off(person)
    shown = folk.users.get(user.id)
    if shown.at("active") is not False:
        quirk.unknown(f"after the deactivation a read is answered {shown.status_code}, active {shown.at('active')!r}")
    return person, user


@probe("reactivation", "put")
def test_switched_on_by_put(folk: Folk, quirk: Probe) -> None:
    """A deactivated account that a PUT switches on is the same one again, or stays off."""
    user = folk.made()
    off = folk.put(user, active=False)
    if not off.ok or folk.shown(user, "active") is not False:
        quirk.unknown(f"the deactivation was answered {off.status_code}, active {folk.shown(user, 'active')!r}")
    answer = folk.put(user, active=True)
    active = folk.shown(user, "active")
    told = f"a PUT of active true was answered {answer.status_code}, active is {active!r}"
    if answer.ok and active is True:
        quirk.seen("same-account", told, answer)
    elif folk.declined(answer) and active is False:
        quirk.seen("refuse", told, answer)
    else:
        quirk.unknown(told)


@probe("reactivation", "provisioned", dialects=EVERYBODY)
def test_back_by_an_identity_provider(tenant: Tenant, acting: Acting, quirk: Probe, folk: Folk) -> None:
    """A person who gets the app back has the same account again, or none."""
    person, user = _left(tenant, acting, quirk, folk)
    acting.switched_on(person)
    answer, active = acting.written(), folk.shown(user, "active")
    if answer is None:
        quirk.unknown("the identity provider sent nothing")
        return
    told = f"{answer.exchange.request.method} was answered {answer.status_code}, active is {active!r}"
    if active is True and tenant.remote_id(person) == user.id:
        quirk.seen("same-account", told, answer)
    elif folk.declined(answer) and active is False and answer.exchange.request.method != "POST":
        quirk.seen("refuse", told, answer)
    else:
        quirk.unknown(told)


@probe("inactive-in-lists", "provisioned", dialects=EVERYBODY)
def test_looked_for_when_inactive(tenant: Tenant, acting: Acting, quirk: Probe, folk: Folk) -> None:
    """An identity provider that looks for a person who has left finds the inactive account, or nobody."""
    person, user = _left(tenant, acting, quirk, folk)
    flow = tenant.okta.find(person.id) if tenant.dialect.idp == "okta" else tenant.entra.find(person.id)
    result = tenant.try_run(flow)
    if result.remote_id == user.id:
        quirk.seen("shown", f"a search for {person.login} finds the inactive account", tenant.answers[-1])
    elif result.ok and not result.remote_id:
        quirk.seen("hidden", f"a search for {person.login} finds nobody", tenant.answers[-1])
    else:
        quirk.unknown(f"the search was answered {result.status} and led to {result.remote_id}")


@probe("deletion", "provisioned", dialects=ENTRA)
def test_deleted_by_an_identity_provider(tenant: Tenant, acting: Acting, quirk: Probe, folk: Folk) -> None:
    """A person whom the directory deletes for good has no account any more, an inactive one, or the one from before."""
    person, user = _hired(tenant, acting)
    tenant.try_run(tenant.entra.delete(person.id))
    answer, after = tenant.answers[-1], folk.users.get(user.id)
    told = f"DELETE was answered {answer.status_code}, a read {after.status_code}, active {after.at('active')!r}"
    if answer.ok and after.status_code == 404:
        quirk.seen("remove", told, answer)
    elif answer.ok and after.ok and after.at("active") is False:
        quirk.seen("deactivate", told, answer)
    elif folk.declined(answer) and after.ok and after.at("active") is not False:
        quirk.seen("refuse", told, answer)
    else:
        quirk.unknown(told)


@probe("recreation", "provisioned", dialects=ENTRA)
def test_made_again_by_an_identity_provider(tenant: Tenant, acting: Acting, quirk: Probe, folk: Folk) -> None:
    """Somebody of the same name as one who was deleted gets a new account, the old one, or none."""
    person, user = _hired(tenant, acting)
    tenant.try_run(tenant.entra.delete(person.id))
    if not tenant.answers[-1].ok or folk.users.get(user.id).status_code != 404:
        quirk.unknown(f"DELETE was answered {tenant.answers[-1].status_code} and does not remove the account")
    successor = tenant.person(login=person.login, email=person.email)
    account = acting.provisioned(successor)
    answer = acting.written()
    if answer is None or answer.exchange.request.method != "POST":
        quirk.unknown("the identity provider made no create for the successor")
        return
    told = f"the create for a successor of the same login was answered {answer.status_code}"
    if account is not None and account.id != user.id:
        quirk.seen("new-account", f"{told} with another id", answer)
    elif account is not None:
        quirk.seen("same-account", f"{told} with the id of the deleted account", answer)
    else:
        other = tenant.person()
        if not folk.declined(answer) or acting.provisioned(other) is None:
            quirk.unknown(told)
        quirk.seen("refuse", told, answer)


@probe("deactivation-sessions", "provisioned", dialects=EVERYBODY, controls=("log-in", "sign-in-works"))
def test_the_session_of_who_leaves(tenant: Tenant, acting: Acting, product: Product, quirk: Probe, folk: Folk) -> None:
    """A session of somebody whose app is taken away is refused at once, or lives on."""
    person, user = _hired(tenant, acting)
    session = str(product.controls.run("log-in", email=person.login).get("session") or "")
    if not session or not product.works("sign-in-works", session=session):
        quirk.unknown("the person cannot sign in to begin with")
    acting.switched_off(person)
    after = folk.users.get(user.id)
    if after.status_code != 404 and after.at("active") is not False:
        quirk.unknown(f"the deactivation does not switch the account off: active {after.at('active')!r}")
    alive = product.works("sign-in-works", session=session)
    quirk.seen("kept" if alive else "ended", f"the session from before {'works' if alive else 'is refused'}")
