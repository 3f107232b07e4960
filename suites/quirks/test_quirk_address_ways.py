"""The address beside the userName, on every way on which it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import probe, replace

if TYPE_CHECKING:
    from scimulator.kit import Answer, Json, Probe, Resource, Tenant
    from suites.quirks.conftest import Acting, Folk

EVERYBODY = ("okta.template", "okta.wizard", "entra.legacy", "entra.optscim")


def _addresses(folk: Folk, user: Resource) -> list[str]:
    """Return the addresses that a read shows, in lower case."""
    shown = folk.shown(user, "emails[*].value")
    return [str(each).lower() for each in shown] if isinstance(shown, list) else []


def _told(folk: Folk, quirk: Probe, user: Resource, answer: Answer, *, other: str) -> None:
    """Say whether an address that differs from the userName was kept."""
    if not answer.ok:
        quirk.unknown(f"the write of the address was answered {answer.status_code}")
    name, shown = str(folk.shown(user, "userName")).lower(), _addresses(folk, user)
    told = f"userName {name}, sent {other}, read {', '.join(shown) or 'no address'}"
    if other in shown and name != other:
        quirk.seen("independent", told, answer)
    elif shown == [name]:
        quirk.seen("user-name", told, answer)
    else:
        quirk.unknown(told)


@probe("primary-email", "put", attributes=("emails",))
def test_another_address_by_put(folk: Folk, quirk: Probe) -> None:
    """A primary address that a PUT makes differ from the userName is kept, or replaced by it."""
    user, other = folk.made(), folk.name("other")
    emails: Json = [{"value": other, "type": "work", "primary": True}]
    _told(folk, quirk, user, folk.put(user, emails=emails), other=other)


@probe("primary-email", "patch", attributes=("emails",), needs=("patch",))
def test_another_address_by_patch(folk: Folk, quirk: Probe) -> None:
    """A primary address that a PATCH makes differ from the userName is kept, or replaced by it."""
    user, other = folk.made(), folk.name("other")
    answer = user.try_patch(replace("emails", [{"value": other, "type": "work", "primary": True}]))
    _told(folk, quirk, user, answer, other=other)


@probe("primary-email", "provisioned", attributes=("emails",), dialects=EVERYBODY)
def test_another_address_from_an_identity_provider(tenant: Tenant, acting: Acting, quirk: Probe, folk: Folk) -> None:
    """A person whose address is not the login keeps it in the product, or has the login as address there."""
    other = folk.name("other")
    person = tenant.person(email=other)
    user = acting.provisioned(person)
    answer = acting.written()
    if user is None or answer is None:
        quirk.unknown("the identity provider could not make the account")
        return
    _told(folk, quirk, user, answer, other=other)


@probe("primary-email", "renamed", attributes=("emails",), needs=("patch",))
def test_the_address_of_who_is_renamed(folk: Folk, quirk: Probe) -> None:
    """The address follows a change of the userName, or stays as it was."""
    user, new = folk.made(), folk.name("renamed")
    before = _addresses(folk, user)
    answer = user.try_patch(replace("userName", new))
    if not answer.ok or str(folk.shown(user, "userName")).lower() != new:
        quirk.unknown(f"a change of the userName was answered {answer.status_code} and came to nothing")
    after = _addresses(folk, user)
    told = f"the userName became {new}, the address {', '.join(after) or 'nothing'}"
    if before == [user.user_name.lower()] == after:
        quirk.seen("independent", told, answer)
    elif after == [new]:
        quirk.seen("user-name", told, answer)
    else:
        quirk.unknown(told)


@probe("external-id", "patch", attributes=("externalId",), needs=("patch",))
def test_the_handle_by_patch(folk: Folk, quirk: Probe) -> None:
    """The externalId changes by PATCH, stays against the will of the client, or is never shown."""
    first, second = folk.users.session.people.unique("ext"), folk.users.session.people.unique("ext")
    answer, body = folk.tried(externalId=first)
    if not answer.ok:
        quirk.unknown(f"the create was answered {answer.status_code}")
    user = folk.users.made(answer, body)
    before = folk.shown(user, "externalId")
    changed = user.try_patch(replace("externalId", second))
    after = folk.shown(user, "externalId")
    told = f"{before} is shown for {first}, {after} after a change to {second} was answered {changed.status_code}"
    if (before, after) == (first, second):
        quirk.seen("keep", told, changed)
    elif before is None and after is None and changed.ok:
        quirk.seen("drop", told, changed)
    elif folk.declined(changed) and (before, after) == (first, first):
        quirk.seen("immutable", told, changed)
    else:
        quirk.unknown(told)
