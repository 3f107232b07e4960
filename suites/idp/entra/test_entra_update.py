"""A person changes in Entra: the account is read, and a PATCH carries what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import ANYTHING, ENTERPRISE, Blocked, NotApplicable, Tenant, check, find, is_unassigned

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Json, JsonObject, Judge, Resource, Resources

BOTH = ("entra.legacy", "entra.optscim")
NAMED = {"entra.legacy": "ENTRA-UPDATE-01", "entra.optscim": "ENTRA-UPDATE-06"}
DOTTED = {"entra.legacy": "ENTRA-UPDATE-01", "entra.optscim": "ENTRA-UPDATE-04"}
EXTENSION = {"entra.legacy": "ENTRA-UPDATE-03", "entra.optscim": "ENTRA-UPDATE-05"}
FRAME = "ENTRA-UPDATE-06"
CASES: dict[str, tuple[str, str, str]] = {
    "replace": ("displayName", "display_name", "Ada Hopper"),
    "add": ("title", "jobTitle", "Tier 2 Support Engineer"),
}


@pytest.mark.parametrize("case", CASES)
@check("entra.update.attribute", "ENTRA-UPDATE-01", "ENTRA-UPDATE-06", dialects=BOTH)
def test_attribute(
    tenant: Tenant,
    users: Resources,
    dialect: str,
    *,
    case: str,
    hire: Callable[..., str],
    also: Callable[[str], dict[str, object]],
    accepted: Callable[..., bool],
) -> None:
    """A changed text arrives at the account, and nothing else of the account changes.

    ``Replace`` where the account shows a value, ``Add`` where it shows none; with the flag there is no path, the
    value being an object. Some servers refuse an add, or text as a value.
    """
    path, name, value = CASES[case]
    if not users.offers(path):
        raise NotApplicable(f"the target's /Schemas does not offer the user attribute {path}")
    ada = hire(tenant)
    tenant.directory.change_person(ada, **{name: value})
    with tenant.account(ada).changes(only={**also(ada), path: value}, per=FRAME, frame=FRAME):
        accepted(tenant.try_run(tenant.entra.update(ada)), per=NAMED[dialect])


@check("entra.update.name", "ENTRA-UPDATE-04", "ENTRA-UPDATE-01", FRAME, dialects=BOTH, attributes=("name.familyName",))
def test_name(
    tenant: Tenant,
    dialect: str,
    hire: Callable[..., str],
    also: Callable[[str], dict[str, object]],
    accepted: Callable[..., bool],
) -> None:
    """A changed family name arrives, and the given name stays.

    With the flag the name of the member is ``name.familyName``, dot included: servers have ignored it with 200, or
    stored an attribute of that name.
    """
    ada = hire(tenant)
    tenant.directory.change_person(ada, family_name="Quill-Hopper")
    only = {"name.familyName": "Quill-Hopper", "name.formatted": ANYTHING}
    with tenant.account(ada).changes(only={**also(ada), **only}, per=DOTTED[dialect], frame=FRAME):
        accepted(tenant.try_run(tenant.entra.update(ada)), per=DOTTED[dialect])


@pytest.mark.parametrize("case", ["first", "changed"])
@check(
    "entra.update.enterprise", "ENTRA-UPDATE-03", "ENTRA-UPDATE-05", FRAME, dialects=BOTH,
    attributes=("enterprise:department",)
)  # fmt: skip
def test_enterprise(
    tenant: Tenant,
    users: Resources,
    dialect: str,
    *,
    case: str,
    hire: Callable[..., str],
    also: Callable[[str], dict[str, object]],
    accepted: Callable[..., bool],
) -> None:
    """A department arrives in the enterprise extension, whether there was an extension or not, and alone.

    The URN has a dot in ``2.0``: servers have cut the path there, stored the value beside the extension, or ignored it.
    """
    more: dict[str, Json] = {"department": "Research"} if case == "changed" else {}
    if case == "changed" and users.offers("enterprise:employeeNumber"):
        more["employeeId"] = "0042"
    ada = hire(tenant, **more)
    tenant.directory.change_person(ada, department="Sales & Service")
    only = {f"{ENTERPRISE}:department": "Sales & Service"}
    with tenant.account(ada).changes(only={**also(ada), **only}, per=EXTENSION[dialect], frame=FRAME):
        accepted(tenant.try_run(tenant.entra.update(ada)), per=EXTENSION[dialect])


def linked(tenant: Tenant, account: Resource, login: str) -> str:
    """Link a person to an account that is there, as ground; the person has nothing of its own but the login."""
    ada = tenant.person(login=login, email="", display_name="", given_name="", family_name="")
    tenant.engine.link(ada.id, tenant.directory.history[-1].kind, account.id)
    return ada.id


@check("entra.update.work-email", "ENTRA-UPDATE-06", dialects=BOTH, attributes=("emails",), data_loss=True)
def test_work_email(
    tenant: Tenant,
    users: Resources,
    judge: Judge,
    dialect: str,
    *,
    typed: Callable[[JsonObject, str, str], list[JsonObject]],
    has_one: Callable[..., None],
    accepted: Callable[..., bool],
) -> None:
    """A changed work e-mail replaces the address of type work; the address of type home stays.

    The path is ``emails[type eq "work"].value``.
    """
    login, home, fresh = (users.session.people.user_name(word) for word in ("ada", "home", "fresh"))
    emails: Json = [{"value": login, "type": "work", "primary": True}, {"value": home, "type": "home"}]
    account = users.create(userName=login, emails=emails)
    before = account.read()
    if len(typed(before, "emails", "work")) != 1:
        raise NotApplicable("the target shows no e-mail of type work after a create with one")
    keeps_home = bool(typed(before, "emails", "home"))
    ada = linked(tenant, account, login)
    tenant.directory.change_person(ada, email=fresh)
    with account.changes(only={"emails": ANYTHING}, frame=FRAME):
        accepted(tenant.try_run(tenant.entra.update(ada)), per=NAMED[dialect])
    after = account.read()
    has_one(after, "emails", "work", {"value": fresh})
    kept = [each.get("value") for each in typed(after, "emails", "home")]
    judge.require(
        not keeps_home or kept == [home],
        "the address of type home is gone or changed, although the change names the one of type work",
        kind="changed",
        at="emails",
        wanted=home,
    )


@check("entra.update.first-email", "ENTRA-UPDATE-02", FRAME, dialects=BOTH, attributes=("emails",))
def test_first_email(
    tenant: Tenant, users: Resources, dialect: str, has_one: Callable[..., None], accepted: Callable[..., bool]  # noqa: ARG001  parametrises the check
) -> None:  # fmt: skip
    """An account without e-mail gets its work address by ``Add`` to ``emails[type eq "work"].value``: one element.

    Nothing matches the filter yet. Entra means the element to be made; servers have answered noTarget, and the person
    stays without an address.
    """
    login = users.session.people.user_name("ada")
    account = users.create(minimal=True, userName=login, active=True)
    if not is_unassigned(find(account.read(), "emails")):
        raise NotApplicable("the target gives every account an e-mail address by itself")
    ada = linked(tenant, account, login)
    tenant.directory.change_person(ada, email=login)
    with account.changes(only={"emails": ANYTHING, "active": ANYTHING}, per="ENTRA-UPDATE-02", frame=FRAME):
        accepted(tenant.try_run(tenant.entra.update(ada)), per="ENTRA-UPDATE-02")
    has_one(account.read(), "emails", "work", {"value": login}, "ENTRA-UPDATE-02")


@check(
    "entra.update.address",
    "ENTRA-UPDATE-07",
    "ENTRA-UPDATE-02",
    FRAME,
    dialects=BOTH,
    attributes=("addresses.locality",),
)
def test_address(
    tenant: Tenant,
    users: Resources,
    dialect: str,  # noqa: ARG001  parametrises the check
    *,
    hire: Callable[..., str],
    also: Callable[[str], dict[str, object]],
    has_one: Callable[..., None],
    accepted: Callable[..., bool],
) -> None:
    """The five parts of a first work address, an operation each, end in one address.

    Servers have made five addresses of them, or kept the last part only.
    """
    ada = hire(tenant)
    parts = {
        "country": ("country", "CH"),
        "locality": ("city", "Zug"),
        "postalCode": ("postalCode", "6300"),
        "region": ("state", "ZG"),
        "streetAddress": ("streetAddress", "1 Main Street"),
    }
    offered = {sub: pair for sub, pair in parts.items() if users.offers(f"addresses.{sub}")}
    tenant.directory.change_person(ada, **dict(offered.values()))
    with tenant.account(ada).changes(only={**also(ada), "addresses": ANYTHING}, per="ENTRA-UPDATE-02", frame=FRAME):
        accepted(tenant.try_run(tenant.entra.update(ada)), per="ENTRA-UPDATE-02")
    wanted = {sub: value for sub, (_, value) in offered.items()}
    has_one(tenant.shown(tenant.directory.person(ada)), "addresses", "work", wanted, "ENTRA-UPDATE-07")


@check("entra.update.phones", "ENTRA-UPDATE-02", FRAME, dialects=BOTH, attributes=("phoneNumbers.value",))
def test_phones(
    tenant: Tenant,
    users: Resources,
    judge: Judge,
    dialect: str,  # noqa: ARG001  parametrises the check
    *,
    typed: Callable[[JsonObject, str, str], list[JsonObject]],
    accepted: Callable[..., bool],
) -> None:
    """Numbers of type work and mobile come beside the one of type home, one element each.

    Only where the account shows numbers of several types; how a number is written is the server's affair.
    """
    login = users.session.people.user_name("ada")
    home: Json = {"value": "tel:+41-44-000-00-09", "type": "home"}
    account = users.create(userName=login, phoneNumbers=[home])
    before = typed(account.read(), "phoneNumbers", "home")
    if len(before) != 1:
        raise NotApplicable("the target shows no phone number of type home after a create with one")
    ada = linked(tenant, account, login)
    tenant.directory.change_person(ada, mobile="+41 44 000 00 01", telephoneNumber="+41 44 000 00 02")
    with account.changes(only={"phoneNumbers": ANYTHING}, per="ENTRA-UPDATE-02", frame=FRAME):
        accepted(tenant.try_run(tenant.entra.update(ada)), per="ENTRA-UPDATE-02")
    after = account.read()
    for kind in ("mobile", "work"):
        count = len(typed(after, "phoneNumbers", kind))
        judge.require(
            count == 1,
            f"phoneNumbers holds {count} elements of type {kind}, owed is one",
            kind="several-elements" if count else "no-element",
            at="phoneNumbers",
            wanted=1,
            got=count,
        )
    kept = [each.get("value") for each in typed(after, "phoneNumbers", "home")]
    judge.require(
        kept == [before[0].get("value")],
        "the number of type home is gone or changed, although the change names others",
        kind="changed",
        at="phoneNumbers",
        per=FRAME,
    )


@check("entra.update.user-name", "ENTRA-UPDATE-08", FRAME, dialects=BOTH)
def test_user_name(
    tenant: Tenant,
    dialect: str,  # noqa: ARG001  parametrises the check
    hire: Callable[..., str],
    also: Callable[[str], dict[str, object]],
    accepted: Callable[..., bool],
) -> None:
    """A changed userName arrives at the same account.

    People marry, companies change their domain; a server that takes the name for fixed fails here.
    """
    ada = hire(tenant)
    login = tenant.session.people.user_name("married")
    tenant.directory.change_person(ada, login=login)
    with tenant.account(ada).changes(only={**also(ada), "userName": login}, frame=FRAME):
        accepted(tenant.try_run(tenant.entra.update(ada)))


@check("entra.update.external-id", "ENTRA-UPDATE-06", dialects=BOTH)
def test_external_id(
    tenant: Tenant,
    dialect: str,
    hire: Callable[..., str],
    also: Callable[[str], dict[str, object]],
    accepted: Callable[..., bool],
) -> None:
    """A changed externalId arrives at the account: by default it is the person's mail nickname."""
    ada = hire(tenant)
    nickname = tenant.session.people.unique("other-nick")
    tenant.directory.change_person(ada, mailNickname=nickname)
    with tenant.account(ada).changes(only={**also(ada), "externalId": nickname}):
        accepted(tenant.try_run(tenant.entra.update(ada)), per=NAMED[dialect])


@check("entra.update.several", "ENTRA-UPDATE-09", FRAME, dialects=BOTH)
def test_several(
    tenant: Tenant,
    users: Resources,
    judge: Judge,
    dialect: str,  # noqa: ARG001  parametrises the check
    *,
    hire: Callable[..., str],
    also: Callable[[str], dict[str, object]],
    accepted: Callable[..., bool],
) -> None:
    """Several changes in one request all arrive, and the next cycle finds nothing left to send.

    Servers have carried out the first operation only and answered 200; Entra then sends the rest in every cycle.
    """
    ada = hire(tenant)
    wanted = {
        "displayName": ("display_name", "Ada Hopper"),
        "title": ("jobTitle", "Director"),
        "name.givenName": ("given_name", "Adeline"),
        "name.familyName": ("family_name", "Hopper"),
        f"{ENTERPRISE}:department": ("department", "Research"),
    }
    offered = {path: pair for path, pair in wanted.items() if users.offers(path.replace(ENTERPRISE, "enterprise"))}
    tenant.directory.change_person(ada, **dict(offered.values()))
    only: dict[str, object] = {path: value for path, (_, value) in offered.items()}
    with tenant.account(ada).changes(only={**also(ada), **only, "name.formatted": ANYTHING}, frame=FRAME):
        accepted(tenant.try_run(tenant.entra.update(ada)))
    again = tenant.try_run(tenant.entra.update(ada))
    judge.require(
        again.outcome.value == "unchanged" or not again.ok or also(ada),
        "what was just written differs from what is read, so Entra writes it again in every cycle: "
        f"{tenant.answers[-1].exchange.request.body.decode(errors='replace')[:300]}",
        kind="sent-again",
        per=FRAME,
        soft=True,
    )


@check(
    "entra.update.disabled", "ENTRA-UPDATE-06", "ENTRA-READ-01", dialects=BOTH, attributes=("displayName",),
    data_loss=True,
)  # fmt: skip
def test_disabled(
    tenant: Tenant,
    dialect: str,  # noqa: ARG001  parametrises the check
    hire: Callable[..., str],
    also: Callable[[str], dict[str, object]],
    accepted: Callable[..., bool],
) -> None:
    """A change of an account that is switched off arrives and does not switch it on."""
    ada = hire(tenant)
    tenant.directory.change_person(ada, enabled=False)
    tenant.ground(tenant.entra.deactivate(ada), by="entra.deactivate")
    account = tenant.account(ada)
    if account.read().get("active") is not False:
        raise Blocked("entra.deactivate", "the account cannot be switched off")
    tenant.directory.change_person(ada, display_name="Ada Hopper")
    with account.changes(only={**also(ada), "displayName": "Ada Hopper", "active": False}):
        accepted(tenant.try_run(tenant.entra.update(ada)), per="ENTRA-READ-01")


@check("entra.update.gone", "ENTRA-READ-02", "ENTRA-ERROR-01", dialects=BOTH)
def test_gone(tenant: Tenant, dialect: str, hire: Callable[..., str]) -> None:  # noqa: ARG001  parametrises the check
    """The account of a person was deleted at the target: its read is answered 404 with an Error.

    Entra then drops its link and looks for the person anew; after any other answer it goes on asking for the old id.
    """
    ada = hire(tenant)
    deleted = tenant.account(ada).delete()
    if not deleted.ok:
        raise Blocked("entra.delete", f"DELETE of the account was answered {deleted.status_code}")
    before = len(tenant.answers)
    tenant.try_run(tenant.entra.update(ada))
    answer = tenant.answers[before]
    answer.refused(404)
    answer.error_body(per="ENTRA-ERROR-01").has("detail", per="ENTRA-ERROR-01")
