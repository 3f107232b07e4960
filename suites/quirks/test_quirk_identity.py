"""Who somebody is: capitals in addresses, changes of the userName, the primary address, the handle of the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import find, probe, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Answer, Probe, Resource, Tenant
    from suites.quirks.conftest import Acting, Folk

EVERYBODY = ("okta.template", "okta.wizard", "entra.legacy", "entra.optscim")
LONG = 255


def _capital(name: str) -> str:
    """Return a userName with a capital in the part before the @."""
    local, at, domain = name.rpartition("@")
    return f"{local[:-1]}{local[-1].upper()}{at}{domain}"


def _case(quirk: Probe, sent: str, shown: object, answer: Answer | None = None) -> None:
    told = f"sent {sent}, read {shown}"
    if shown == sent:
        quirk.seen("preserve", told, answer)
    elif shown == sent.lower():
        quirk.seen("fold", told, answer)
    else:
        quirk.unknown(f"{told}, which is neither what was sent nor its lower case")


@probe("email-case", "create")
def test_capitals_in_a_create(folk: Folk, quirk: Probe) -> None:
    """An address with a capital is kept, folded or refused when an account is made."""
    name = _capital(folk.name("capital"))
    answer, body = folk.tried(userName=name)
    if answer.ok:
        _case(quirk, name, folk.shown(folk.users.made(answer, body), "userName"), answer)
        return
    folk.insist(quirk, answer, lambda: folk.tried(userName=name.lower())[0], f"a create of {name}")
    quirk.seen("reject", f"{name} was answered {answer.status_code}, {name.lower()} was taken", answer)


def _renamed(folk: Folk, quirk: Probe, user: Resource, write: Callable[[str], Answer]) -> None:
    """Say what becomes of a capital in a changed userName; ``write`` changes it in one way or another.

    The name is another one, so that a product which changes no userName is not taken for one that folds.
    """
    old, name = folk.shown(user, "userName"), _capital(folk.name("renamed"))
    answer = write(name)
    if not answer.ok:
        folk.insist(quirk, answer, lambda: write(name.lower()), f"a change to {name}")
        quirk.seen("reject", f"a change to {name} was answered {answer.status_code}, {name.lower()} was taken", answer)
        return
    shown = folk.shown(user, "userName")
    if shown == old:
        quirk.unknown("a change of the userName comes to nothing (user-name-change)")
    _case(quirk, name, shown, answer)


@probe("email-case", "put")
def test_capitals_in_a_put(folk: Folk, quirk: Probe) -> None:
    """An address with a capital is kept, folded or refused by a PUT."""
    user = folk.made()
    _renamed(folk, quirk, user, lambda name: folk.put(user, userName=name))


@probe("email-case", "patch", needs=("patch",))
def test_capitals_in_a_patch(folk: Folk, quirk: Probe) -> None:
    """An address with a capital is kept, folded or refused by a PATCH."""
    user = folk.made()
    _renamed(folk, quirk, user, lambda name: user.try_patch(replace("userName", name)))


@probe("email-case", "provisioned", dialects=EVERYBODY)
def test_capitals_from_an_identity_provider(tenant: Tenant, acting: Acting, quirk: Probe, folk: Folk) -> None:
    """An address with a capital is kept, folded or refused when an identity provider makes the account."""
    name = _capital(folk.name("capital"))
    person = tenant.person(login=name, email=name)
    user = acting.provisioned(person)
    if user is not None:
        _case(quirk, name, folk.shown(user, "userName"))
        return
    last = tenant.answers[-1]
    if last.exchange.request.method != "POST":
        quirk.unknown(f"the flow ended before the create, with {last.status_code}")
    if not folk.declined(last):
        quirk.unknown(f"the create was answered {last.status_code}")
    lower = folk.name("lower")
    if acting.provisioned(tenant.person(login=lower, email=lower)) is None:
        quirk.unknown(f"{tenant.dialect.id} makes no account in lower case either")
    quirk.seen("reject", f"{name} was answered {last.status_code}, {lower} was taken", last)


@probe("user-name-form", "create")
def test_a_name_that_is_no_address(folk: Folk, quirk: Probe) -> None:
    """A userName without an @ is taken, or refused because it is no address."""
    name = folk.users.session.people.unique("plain")
    answer, _ = folk.tried(userName=name)
    if answer.ok:
        quirk.seen("any", f"{name} was taken", answer)
    else:
        folk.insist(quirk, answer, lambda: folk.tried()[0], f"a create of {name}")
        quirk.seen("email", f"{name} was answered {answer.status_code}, an address is taken", answer)


@probe("primary-email", "create", attributes=("emails",))
def test_an_address_other_than_the_name(folk: Folk, quirk: Probe) -> None:
    """A primary address that differs from the userName is kept, or replaced by it."""
    other = folk.name("other")
    answer, body = folk.tried(emails=[{"value": other, "type": "work", "primary": True}])
    if not answer.ok:
        quirk.unknown(f"the create was answered {answer.status_code}")
    user = folk.users.made(answer, body)
    shown = folk.shown(user, "emails[*].value")
    addresses = [str(each).lower() for each in shown] if isinstance(shown, list) else []
    told = f"userName {user.user_name}, sent {other}, read {', '.join(addresses) or 'no address'}"
    if other in addresses:
        quirk.seen("independent", told, answer)
    elif addresses == [user.user_name.lower()]:
        quirk.seen("user-name", told, answer)
    else:
        quirk.unknown(told)


def _changed(folk: Folk, quirk: Probe, user: Resource, answer: Answer, *, old: str, new: str) -> None:
    shown = folk.shown(user, "userName")
    told = f"a change of {old} to {new} was answered {answer.status_code}, and {shown} is shown"
    stayed = str(shown).lower() == old.lower()
    if answer.ok and str(shown).lower() == new:
        quirk.seen("allow", told, answer)
    elif folk.declined(answer) and stayed:
        quirk.seen("refuse", told, answer)
    elif answer.ok and stayed:
        quirk.seen("ignore", told, answer)
    else:
        quirk.unknown(told)


@probe("user-name-change", "put")
def test_a_new_name_by_put(folk: Folk, quirk: Probe) -> None:
    """A PUT with another userName changes the same account, is refused, or is answered and ignored."""
    user, new = folk.made(), folk.name("renamed")
    answer = folk.put(user, userName=new)
    _changed(folk, quirk, user, answer, old=user.user_name, new=new)


@probe("user-name-change", "patch", needs=("patch",))
def test_a_new_name_by_patch(folk: Folk, quirk: Probe) -> None:
    """A PATCH of the userName changes the same account, is refused, or is answered and ignored."""
    user, new = folk.made(), folk.name("renamed")
    answer = user.try_patch(replace("userName", new))
    _changed(folk, quirk, user, answer, old=user.user_name, new=new)


@probe("user-name-change", "provisioned", dialects=EVERYBODY)
def test_a_new_name_from_an_identity_provider(tenant: Tenant, acting: Acting, quirk: Probe, folk: Folk) -> None:
    """A person who gets another address keeps the account, under the new name or the old one."""
    person = tenant.person()
    user = acting.provisioned(person)
    if user is None:
        quirk.unknown("the identity provider could not make the account")
        return
    acting.insist_on_updates(person, quirk)
    new = folk.name("renamed")
    tenant.directory.change_person(person.id, login=new, email=new)
    acting.pushed(person)
    answer = acting.written()
    if answer is None:
        quirk.unknown("the identity provider sent no change")
        return
    _changed(folk, quirk, user, answer, old=person.login, new=new)


@probe("external-id", "changed", attributes=("externalId",))
def test_the_handle_of_the_client(folk: Folk, quirk: Probe) -> None:
    """The externalId is kept and changes, is kept and does not change, or is never shown."""
    first, second = folk.users.session.people.unique("ext"), folk.users.session.people.unique("ext")
    answer, body = folk.tried(externalId=first)
    if not answer.ok:
        quirk.unknown(f"the create was answered {answer.status_code}")
    user = folk.users.made(answer, body)
    shown = folk.shown(user, "externalId")
    if shown is None:
        quirk.seen("drop", f"sent {first}, and no externalId is shown", answer)
        return
    changed = folk.put(user, externalId=second)
    after = folk.shown(user, "externalId")
    if after == second:
        quirk.seen("keep", f"{first} became {second}", changed)
    elif folk.declined(changed) and after == first and folk.put(user).ok:
        quirk.seen("immutable", f"a change of externalId was answered {changed.status_code}", changed)
    else:
        quirk.unknown(f"{first} was sent, then {second}; {after} is shown")


@probe("user-name-length", "create")
def test_a_long_name(folk: Folk, quirk: Probe) -> None:
    """A userName as long as the product declares is taken, and one more character is refused."""
    local, at, domain = folk.name("long").rpartition("@")
    limit = quirk.declared if isinstance(quirk.declared, int) and quirk.declared else 0

    def padded(length: int) -> str:
        return f"{local}{'x' * (length - len(local) - len(at) - len(domain))}{at}{domain}"

    if not limit:
        answer, _ = folk.tried(userName=padded(LONG))
        if answer.ok:
            quirk.seen(0, f"a userName of {LONG} characters was taken, longer ones are not tried", answer)
            return
        folk.insist(quirk, answer, lambda: folk.tried(userName=padded(0))[0], f"a userName of {LONG} characters")
        low, high = len(padded(0)), LONG
        while high - low > 1:
            middle = (low + high) // 2
            tried, _ = folk.tried(userName=padded(middle))
            if not tried.ok and not folk.declined(tried):
                quirk.unknown(f"a userName of {middle} characters was answered {tried.status_code}")
            low, high = (middle, high) if tried.ok else (low, middle)
        quirk.seen(low, f"a userName of {low} characters was taken, one of {high} refused")
        return
    fits, _ = folk.tried(userName=padded(limit))
    over, _ = folk.tried(userName=padded(limit + 1))
    if fits.ok and folk.declined(over):
        quirk.seen(limit, f"{limit} characters were taken, one more was refused", over)
    elif over.ok:
        quirk.seen(0, f"a userName of {limit + 1} characters was taken", over)
    else:
        quirk.unknown(f"{limit} characters were answered {fits.status_code}, one more {over.status_code}")


@probe("duplicate-create", "taken")
def test_a_name_that_is_taken(folk: Folk, quirk: Probe) -> None:
    """A create whose userName is taken meets a conflict, or is answered with what is there."""
    user = folk.made()
    answer, _ = folk.tried(userName=user.user_name)
    if answer.status_code == 409:
        quirk.seen("conflict", "the second create was answered 409", answer)
    elif answer.ok and answer.id == user.id:
        quirk.seen(
            "return-existing", f"the second create was answered {answer.status_code} with the first account", answer
        )
    else:
        quirk.unknown(f"the second create was answered {answer.status_code}, id {find(answer.body, 'id')}")
