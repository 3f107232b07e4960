"""A person gets the app: Okta searches by userName, then creates an account."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, TypeVar

import pytest

from scimulator.kit import ENTERPRISE, check, find

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from scimulator.kit import Judge, Resources, Tenant

BOTH = ("okta.template", "okta.wizard")

Yielded = TypeVar("Yielded")
Received = TypeVar("Received")
Returned = TypeVar("Returned")


def interrupted(
    flow: Generator[Yielded, Received, Returned], event: Callable[[], object]
) -> Generator[Yielded, Received, Returned]:
    """Let something happen at the target between the first step of a flow and the second."""
    answer = yield next(flow)
    event()
    try:
        while True:
            answer = yield flow.send(answer)
    except StopIteration as end:
        ended: Returned = end.value
        return ended


class Drawn(random.Random):
    """Draws always the same password."""

    password = ""

    def choices(self, *_: object, **__: object) -> list[str]:  # type: ignore[override]  # only letters are drawn from it
        """Return the letters of the password."""
        return list(self.password)


@check(
    "okta.assign.create", "OKTA-CREATE-01", "OKTA-CREATE-02", "OKTA-CREATE-05", "OKTA-CREATE-06", "OKTA-MEDIA-01",
    dialects=BOTH,
)  # fmt: skip
def test_create(tenant: Tenant, dialect: str, shows_person: Callable[[Tenant, str], None]) -> None:  # noqa: ARG001  parametrises the check
    """A person who gets the app gets an account: 201 with an id, and a read shows the person.

    The body is Okta's own: charset in the Content-Type, an empty groups array, a placeholder password of eight
    characters, externalId. An answer without a body ends as "Create new user returned empty user".
    """
    ada = tenant.person()
    tenant.run(tenant.okta.assign(ada.id))
    shows_person(tenant, ada.id)


@check("okta.assign.nobody", "OKTA-FIND-02", "OKTA-FIND-04", dialects=BOTH)
def test_nobody(tenant: Tenant, users: Resources, judge: Judge, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A search for a username that nobody has is answered 200 with no result, or 404.

    Anything else ends the assignment before it began; a server that ignores the filter would hand out the account of
    somebody else.
    """
    users.sample()  # so that there is somebody to be found wrongly
    result = tenant.try_run(tenant.okta.find(tenant.person().id))
    judge.require(
        result.ok,
        f"Okta cannot tell that nobody has the username: {'; '.join(result.messages)}",
        kind="not-usable",
        got=result.status,
        per="OKTA-FIND-02",
    )
    judge.require(
        not result.remote_id,
        f"the search for a username that nobody has finds {result.remote_id}: Okta takes over that account",
        kind="found",
        at="Resources",
        got=result.remote_id,
        per="OKTA-FIND-04",
    )


@check("okta.assign.search", "OKTA-FIND-01", "OKTA-FIND-04", dialects=BOTH)
def test_search(tenant: Tenant, judge: Judge, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A search by userName, encoded as Okta encodes it, finds the one account.

    Where it finds nothing Okta creates a second account and meets a conflict; where it finds several, nobody knows
    what Okta does.
    """
    ada, bob = tenant.person(), tenant.person()
    tenant.ground(tenant.okta.assign(ada.id), by="okta.assign.create", unknown=True)
    tenant.ground(tenant.okta.assign(bob.id), by="okta.assign.create")  # by a search that must not find the other one
    judge.require(
        tenant.remote_id(ada) != tenant.remote_id(bob),
        f"the search for {bob.login} finds the account of {ada.login}, and Okta takes it over",
        kind="taken-over",
        at="Resources",
        got=tenant.remote_id(bob),
        per="OKTA-FIND-04",
    )
    result = tenant.run(tenant.okta.find(ada.id), per="OKTA-FIND-04")
    judge.require(
        result.remote_id == tenant.remote_id(ada),
        "the search by userName does not find the account that was just created",
        kind="not-found" if result.remote_id is None else "wrong-one",
        at="Resources",
        wanted=tenant.remote_id(ada),
        got=result.remote_id,
        per="OKTA-FIND-01",
    )


@check("okta.assign.user-name-case", "OKTA-CREATE-04", dialects=BOTH)
def test_user_name_case(tenant: Tenant, judge: Judge, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """Capitals in a username come back as they were sent.

    Okta sends the username as it is typed; its submission test compares it exactly.
    """
    ada = tenant.person(login=tenant.session.people.user_name("Ada.McQuill"))
    tenant.ground(tenant.okta.assign(ada.id), by="okta.assign.create", unknown=True)
    tenant.answers[-1].equals("userName", ada.login)
    shown = tenant.shown(ada).get("userName")
    judge.require(
        shown == ada.login,
        f"the username {ada.login!r} is read back as {shown!r}",
        kind="case",
        at="userName",
        wanted=ada.login,
        got=shown,
    )


@check("okta.assign.external-id", "OKTA-CREATE-08", dialects=BOTH)
def test_external_id(tenant: Tenant, judge: Judge, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """The externalId of an account is Okta's id of the person.

    Where it is dropped, nobody at the target can tell which person of Okta an account belongs to.
    """
    ada = tenant.person()
    tenant.ground(tenant.okta.assign(ada.id), by="okta.assign.create", unknown=True)
    shown = tenant.shown(ada).get("externalId")
    judge.require(
        shown == ada.id,
        f"externalId was sent as {ada.id!r} and is read back as {shown!r}",
        at="externalId",
        wanted=ada.id,
        got=shown,
    )


@pytest.mark.parametrize("password", ["gl^m4qWZ", "xq69ivVT"], ids=["symbol", "letters"])
@check("okta.assign.placeholder-password", "OKTA-CREATE-05", dialects=BOTH)
def test_placeholder_password(tenant: Tenant, dialect: str, password: str) -> None:  # noqa: ARG001  parametrises the check
    """A placeholder password of eight characters is taken, with a symbol or without.

    It is drawn at random and always there, also where password sync is off: a password policy that refuses it refuses
    some accounts and not others.
    """
    tenant.engine.randomness = Drawn()
    tenant.engine.randomness.password = password
    ada = tenant.person()
    tenant.run(tenant.okta.assign(ada.id))


@check("okta.assign.sparse", "OKTA-CREATE-01", dialects=BOTH)
def test_sparse(tenant: Tenant, dialect: str, shows_person: Callable[[Tenant, str], None]) -> None:  # noqa: ARG001  parametrises the check
    """A person without a display name gets an account like any other.

    Attributes without a value are left out of a create; wizard apps were recorded without displayName.
    """
    ada = tenant.person(display_name="")
    tenant.run(tenant.okta.assign(ada.id))
    shows_person(tenant, ada.id)


@check("okta.assign.enterprise", "OKTA-CREATE-09", dialects=BOTH, attributes=("enterprise:department",))
def test_enterprise(tenant: Tenant, judge: Judge, users: Resources, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """Department and employee number of a person are in the account's enterprise extension.

    A target that publishes no schema may never have promised to keep them; it only gets a warning.
    """
    values = {"department": "Research & Development", "employeeNumber": "0042"}
    offered = {name: value for name, value in values.items() if users.offers(f"enterprise:{name}")}
    ada = tenant.person(**offered)
    tenant.run(tenant.okta.assign(ada.id))
    shown = tenant.shown(ada)
    for name, value in offered.items():
        found = find(shown, f"{ENTERPRISE}:{name}")
        judge.require(
            found == value,
            f"{name} was sent as {value!r} in the enterprise extension and is not shown so",
            kind="lost",
            at=f"{ENTERPRISE}:{name}",
            wanted=value,
            got=found if isinstance(found, str) else None,
            soft=users.session.discovery.attribute(name, ENTERPRISE) is None,  # never said that it knows it
        )


@check("okta.assign.conflict", "OKTA-CREATE-03", "OKTA-ERROR-01", dialects=BOTH, data_loss=True)
def test_conflict(tenant: Tenant, users: Resources, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A create for a username that is taken meanwhile is answered 409, and the account stays as it is.

    The person signs in for the first time, or an administrator makes the account, between Okta's search and its
    create. Okta shows the Error's detail to the administrator; a 500 in plain text hides it.
    """
    ada = tenant.person()
    made = []
    tenant.try_run(interrupted(tenant.okta.assign(ada.id), lambda: made.append(users.create(userName=ada.login))))
    answer = tenant.answers[-1]
    if answer.status_code == 201 and made:
        answer.require(
            answer.id != made[0].id,
            "a create for a username that is taken is answered with the existing account, written over",
            kind="overwritten",
        )
    answer.refused(409)
    answer.error_body(per="OKTA-ERROR-01").has("detail", per="OKTA-ERROR-01")
    given = find(made[0].first, "name.givenName")
    kept = find(made[0].read(), "name.givenName")
    answer.require(
        given == kept, "the refused create has changed the account that was there", kind="changed", at="name.givenName"
    )
