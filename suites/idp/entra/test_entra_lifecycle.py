"""A person leaves the scope, comes back, or goes for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import ANYTHING, Blocked, Tenant, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Json, Resources

BOTH = ("entra.legacy", "entra.optscim")
LEGACY = ("entra.legacy",)
SWITCHES_OFF = {"entra.legacy": "ENTRA-ACTIVE-01", "entra.optscim": "ENTRA-ACTIVE-02"}
FRAME = "ENTRA-UPDATE-06"
WRITTEN = {
    "lower-case": ("lower-case-booleans", "users.deactivate"),
    "boolean": ("json-booleans", "users.deactivate"),
    "add": ("read-before-update", "users.deactivate.add"),
}


@check("entra.deactivate", "ENTRA-ACTIVE-01", "ENTRA-ACTIVE-02", "ENTRA-READ-01", FRAME, dialects=BOTH, data_loss=True)
def test_deactivate(tenant: Tenant, dialect: str, hire: Callable[..., str], accepted: Callable[..., bool]) -> None:
    """A person who leaves the scope is switched off: active is false, the account is there and otherwise unchanged.

    Without the flag the value is the text ``False``. Servers have refused it, stored the text, or read any text that is
    not empty as true, and so left the doors open to people who have gone.
    """
    ada = hire(tenant)
    account = tenant.account(ada)
    with account.changes(only={"active": False}, per=SWITCHES_OFF[dialect], frame=FRAME):
        accepted(tenant.try_run(tenant.entra.deactivate(ada)), per=SWITCHES_OFF[dialect])
        account.get().status(200, per="ENTRA-READ-01")


@pytest.mark.parametrize("case", WRITTEN)
@check("entra.deactivate.written", "ENTRA-ACTIVE-03", "ENTRA-ACTIVE-01", dialects=LEGACY)
def test_written(
    tenant_with: Callable[..., Tenant], dialect: str, case: str, hire: Callable[..., str]  # noqa: ARG001  parametrises the check
) -> None:  # fmt: skip
    """The text ``false`` in small letters, the boolean false, and ``Add`` in place of ``Replace`` switch off as well.

    Seen after an edit of the mapping, printed in Microsoft's tutorial, and sent where the server's own answer shows no
    active. They only warn: the usual form is another.
    """
    switch, exchange = WRITTEN[case]
    tenant = tenant_with(on=(switch,))
    ada = hire(tenant)
    account = tenant.account(ada)
    if account.read().get("active") is not True:
        raise Blocked("entra.provision.create", "the new account is not shown as active")
    tenant.try_run(tenant.engine.send(exchange, id=account.id))
    answer = tenant.answers[-1].success(soft=True)
    shown = account.read().get("active")
    answer.require(
        not answer.ok or shown is False,
        f"the change was accepted and active is {shown!r}",
        kind="not-applied",
        at="active",
        wanted=False,
        got=shown,
        per="ENTRA-ACTIVE-01",
        soft=True,
    )


@check("entra.reactivate", "ENTRA-ACTIVE-04", FRAME, dialects=BOTH)
def test_reactivate(tenant: Tenant, dialect: str, hire: Callable[..., str], accepted: Callable[..., bool]) -> None:  # noqa: ARG001  parametrises the check
    """A person who comes back into scope is switched on again at the same account.

    What Entra sends for it was never recorded, only what it sends for the reverse, so a refusal warns.
    """
    ada = hire(tenant)
    tenant.ground(tenant.entra.deactivate(ada), by="entra.deactivate")
    account = tenant.account(ada)
    if account.read().get("active") is not False:
        raise Blocked("entra.deactivate", "the account cannot be switched off")
    with account.changes(only={"active": ANYTHING}, frame=FRAME):
        taken = accepted(tenant.try_run(tenant.entra.reactivate(ada)))
    shown = account.read().get("active")
    tenant.answers[-1].require(
        not taken or shown is True, f"the change was accepted and active is {shown!r}", kind="not-applied", at="active",
        wanted=True, got=shown,
    )  # fmt: skip


@check("entra.reactivate.active", "ENTRA-ACTIVE-04", FRAME, dialects=BOTH)
def test_reactivate_active(
    tenant_with: Callable[..., Tenant], dialect: str, hire: Callable[..., str], accepted: Callable[..., bool]  # noqa: ARG001  parametrises the check
) -> None:  # fmt: skip
    """Switching on an account that is on already succeeds and changes nothing.

    Recorded as an error of servers that take a change of active for an order to deactivate.
    """
    tenant = tenant_with(off=("read-before-update",))
    ada = hire(tenant)
    with tenant.account(ada).changes(only={}, frame=FRAME):
        accepted(tenant.try_run(tenant.entra.reactivate(ada)))


@check(
    "entra.soft-delete", "ENTRA-ACTIVE-01", "ENTRA-ACTIVE-02", "ENTRA-UPDATE-08", "ENTRA-READ-01", FRAME, dialects=BOTH,
    data_loss=True,
)  # fmt: skip
def test_soft_delete(
    tenant: Tenant,
    dialect: str,
    hire: Callable[..., str],
    also: Callable[[str], dict[str, object]],
    accepted: Callable[..., bool],
) -> None:
    """A person who goes to the bin is switched off and renamed in one request, and the account stays.

    Entra puts the person's id in front of the name, so that the name is free. Where the new name is refused the whole
    request is, and the account stays switched on.
    """
    ada = hire(tenant)
    account = tenant.account(ada)
    gone = tenant.directory.soft_delete(ada, prefix_login=True)
    only = {"active": False, "userName": gone.login}
    with account.changes(only={**also(ada), **only}, per=SWITCHES_OFF[dialect], frame=FRAME):
        accepted(tenant.try_run(tenant.entra.update(ada)), per=SWITCHES_OFF[dialect])
        account.get().status(200, per="ENTRA-READ-01")


@check("entra.restore", "ENTRA-ACTIVE-04", "ENTRA-UPDATE-08", FRAME, dialects=BOTH)
def test_restore(
    tenant: Tenant,
    dialect: str,  # noqa: ARG001  parametrises the check
    hire: Callable[..., str],
    also: Callable[[str], dict[str, object]],
    accepted: Callable[..., bool],
) -> None:
    """A person who comes back from the bin has the old account with the old name, switched on."""
    ada = hire(tenant)
    login = tenant.directory.person(ada).login
    tenant.directory.soft_delete(ada, prefix_login=True)
    tenant.ground(tenant.entra.update(ada), by="entra.soft-delete")
    account = tenant.account(ada)
    if account.read().get("active") is not False:
        raise Blocked("entra.soft-delete", "the account cannot be switched off")
    tenant.directory.change_person(ada, deleted=False, login=login)
    with account.changes(only={**also(ada), "active": ANYTHING, "userName": ANYTHING}, frame=FRAME):
        taken = accepted(tenant.try_run(tenant.entra.update(ada)))
    owed: dict[str, Json] = {"active": True, "userName": login}
    for path, wanted in owed.items():
        shown = account.read().get(path)
        tenant.answers[-1].require(
            not taken or shown == wanted, f"the change was accepted and {path} is {shown!r}", kind="not-applied",
            at=path, wanted=wanted, got=shown,
        )  # fmt: skip


@check("entra.delete", "ENTRA-DELETE-01", FRAME, dialects=BOTH, data_loss=True)
def test_delete(
    tenant: Tenant,
    users: Resources,
    dialect: str,  # noqa: ARG001  parametrises the check
    hire: Callable[..., str],
    accepted: Callable[..., bool],
) -> None:
    """A person who is gone for good is deleted: 204, the account can be neither read nor found, and others stay.

    It comes 30 days after the soft delete. The request has no body and no Content-Type.
    """
    ada, bob = hire(tenant), hire(tenant)
    account, login = tenant.account(ada), tenant.directory.person(ada).login
    with tenant.account(bob).changes(only={}, frame=FRAME):
        accepted(tenant.try_run(tenant.entra.delete(ada)))
        answer = tenant.answers[-1].status(204, warn=(200, 202))
        account.get().status(404, warn=(410,))
    found = users.find(f'userName eq "{login}"')
    answer.require(
        not found.ok or account.id not in found.ids(),
        "the deleted account is still found by its userName",
        kind="found",
        at="Resources",
    )
