"""A person comes into scope: Entra looks for an account by userName, then creates one."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, TypeVar

from scimulator.kit import USER, Tenant, check, find, is_unassigned

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from scimulator.kit import Json, Judge, Resources

BOTH = ("entra.legacy", "entra.optscim")
MAY_BE_DERIVED = ("name.formatted",)

Yielded = TypeVar("Yielded")
Received = TypeVar("Received")
Returned = TypeVar("Returned")


def interrupted(
    flow: Generator[Yielded, Received, Returned], event: Callable[[], object]
) -> Generator[Yielded, Received, Returned]:
    """Let something happen at the target between the search and the create."""
    received = yield next(flow)
    event()
    try:
        while True:
            received = yield flow.send(received)
    except StopIteration as end:
        ended: Returned = end.value
        return ended


@check(
    "entra.provision.create", "ENTRA-CREATE-01", "ENTRA-CREATE-02", "ENTRA-CREATE-03", "ENTRA-READ-01", dialects=BOTH
)
def test_create(tenant: Tenant, judge: Judge, users: Resources, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A person without an account gets one: 201 with an id, and a read by that id shows the person, switched on.

    The body is Entra's own: the enterprise schema is named though nothing of it follows, roles are an empty array,
    and meta carries a resourceType.
    """
    ada = tenant.person()
    tenant.run(tenant.entra.provision(ada.id))
    answer = tenant.account(ada).get().status(200, per="ENTRA-READ-01")
    wanted: dict[str, Json] = {
        "userName": ada.login,
        "active": True,
        "displayName": ada.display_name,
        "name.givenName": ada.given_name,
        "name.familyName": ada.family_name,
    }
    for path, value in wanted.items():
        if users.offers(path):
            answer.equals(path, value, per="ENTRA-CREATE-02")
    addresses = find(answer.body, "emails[*].value")
    judge.require(
        not users.offers("emails") or ada.email in (addresses if isinstance(addresses, list) else []),
        f"the work e-mail {ada.email!r} that was sent is not shown",
        kind="lost",
        at="emails",
        wanted=ada.email,
        per="ENTRA-CREATE-02",
    )


@check("entra.provision.values", "ENTRA-CREATE-02", dialects=BOTH)
def test_values(tenant: Tenant, judge: Judge, dialect: str, accepted: Callable[..., bool]) -> None:  # noqa: ARG001  parametrises the check
    """Every mapped attribute of a new account is shown as it was sent, the enterprise extension included.

    What is dropped or written in another way counts as a difference, and Entra sends it again in every cycle. Phone
    numbers and name.formatted only warn: a server may write them its own way.
    """
    ada = tenant.person(
        jobTitle="Tier 2 Support Engineer",
        preferredLanguage="en-US",
        country="CH",
        city="Zug",
        postalCode="6300",
        state="ZG",
        streetAddress="1 Main Street, Suite 4",
        mobile="+41 44 000 00 01",
        telephoneNumber="+41 44 000 00 02",
        mailNickname=tenant.session.people.unique("nick"),
        employeeId="0042",
        department="Research & Development",
    )
    accepted(tenant.try_run(tenant.entra.provision(ada.id)), per="ENTRA-CREATE-01")
    shown = tenant.shown(ada)
    for rule in tenant.engine.mapping.rules:
        wanted = rule.value(ada, {})
        if rule.reference or rule.apply.value != "always" or wanted is None:
            continue
        seen = rule.target.find(shown)
        judge.require(
            seen == wanted,
            f"{rule.target.text} was sent as {wanted!r}, a read shows {'nothing' if seen is None else repr(seen)}",
            kind="lost" if seen is None else "rewritten",
            at=rule.target.text.partition("[")[0],
            wanted=wanted,
            got=seen,
            soft=seen is not None and (rule.target.attribute == "phoneNumbers" or rule.target.text in MAY_BE_DERIVED),
        )


@check("entra.provision.unknown-schema", "ENTRA-CREATE-05", dialects=BOTH)
def test_unknown_schema(tenant: Tenant, users: Resources, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A create with an attribute of a schema that the server does not know, and that schemas does not list, is taken.

    Entra writes custom attributes of a mapping so. What becomes of the attribute is the server's affair.
    """
    body = copy.deepcopy(tenant.profile.exchange("users.create.extension").body)
    if isinstance(body, dict):
        body["userName"] = tenant.session.people.user_name("custom")
        headers = {"Accept": "", "User-Agent": "", "Content-Type": "application/scim+json; charset=utf-8"}
        users.post(body, headers=headers).success()


@check("entra.provision.conflict", "ENTRA-CREATE-04", "ENTRA-ERROR-01", "RFC7644-3.3-15", dialects=BOTH, data_loss=True)
def test_conflict(tenant: Tenant, users: Resources, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A create for a userName that is taken meanwhile is answered 409, and the account stays as it is.

    Somebody makes the account between Entra's search and its create. A server that answers with the existing account
    hands it over, written over with the data of somebody else.
    """
    ada = tenant.person()
    made = []
    tenant.try_run(interrupted(tenant.entra.provision(ada.id), lambda: made.append(users.create(userName=ada.login))))
    answer = tenant.answers[-1]
    if answer.ok and made:
        answer.require(
            answer.id != made[0].id,
            "a create for a userName that is taken is answered with the existing account, written over",
            kind="overwritten",
        )
    answer.refused(409)
    answer.error_body(per="ENTRA-ERROR-01").has("detail", per="ENTRA-ERROR-01")
    given, kept = find(made[0].first, "name.givenName"), find(made[0].read(), "name.givenName")
    answer.require(
        given == kept or (is_unassigned(given) and is_unassigned(kept)),
        "the refused create has changed the account that was there",
        kind="changed",
        at="name.givenName",
    )


@check("entra.provision.recreate", "ENTRA-MATCH-01", "RFC7644-3.6-08", dialects=BOTH)
def test_recreate(
    tenant: Tenant, judge: Judge, dialect: str, hire: Callable[..., str], accepted: Callable[..., bool]  # noqa: ARG001  parametrises the check
) -> None:  # fmt: skip
    """A person whose account was deleted can get a new one under the same userName, with another id.

    The search finds nobody; a create that is then refused as a conflict with the deleted account is repeated for good.
    """
    ada = hire(tenant)
    old = tenant.app.remote_id(ada)
    tenant.ground(tenant.entra.delete(ada), by="entra.delete")
    accepted(tenant.try_run(tenant.entra.provision(ada)), per="RFC7644-3.6-08")
    judge.require(
        tenant.app.remote_id(ada) != old,
        "the search by userName still finds the deleted account",
        kind="found",
        at="Resources",
        got=old,
    )


@check("entra.roles.create", "ENTRA-ROLES-03", dialects=BOTH, attributes=("roles",))
def test_roles(tenant: Tenant, users: Resources, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A role that comes with a new account is shown by its value.

    Written by SingleAppRoleAssignment, where an administrator maps roles.
    """
    role: Json = {"primary": True, "type": "WindowsAzureActiveDirectoryRole", "value": "Admin"}
    body = users.body(roles=[role])
    answer = users.post(body, headers={"Content-Type": "application/scim+json; charset=utf-8"}).success()
    answer.require(USER in str(answer.body.get("schemas")), "the answer is no user", kind="answer")
    shown = find(users.made(answer, body).read(), "roles[*].value")
    answer.require(
        isinstance(shown, list) and "Admin" in shown,
        "the role Admin that was sent is not shown",
        kind="lost",
        at="roles",
        wanted="Admin",
    )
