"""Managers and roles: what Entra writes as text where SCIM has an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import ANYTHING, ENTERPRISE, NotApplicable, Tenant, check, find, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Json, Judge, Resource, Resources

BOTH = ("entra.legacy", "entra.optscim")
LEGACY = ("entra.legacy",)
MANAGER = f"{ENTERPRISE}:manager"
FRAME = "ENTRA-UPDATE-06"


@pytest.mark.parametrize("case", ["first", "changed"])
@check("entra.manager", "ENTRA-MANAGER-01", FRAME, dialects=BOTH, attributes=("enterprise:manager",))
def test_manager(
    tenant: Tenant,
    judge: Judge,
    dialect: str,  # noqa: ARG001  parametrises the check
    *,
    case: str,
    hire: Callable[..., str],
    colleague: Callable[..., str],
    accepted: Callable[..., bool],
) -> None:
    """A manager set as plain text becomes the value of the manager, and a read shows an object.

    Entra sends the manager's id without anything around it. Servers have refused the text, or showed it as text, which
    Entra cannot read: it then reports the whole endpoint as not fully compatible.
    """
    ada, boss, other = hire(tenant), colleague(tenant), colleague(tenant)
    if case == "changed":
        tenant.directory.change_person(ada, manager=other)
        tenant.ground(tenant.entra.set_manager(ada), by="entra.manager")
    tenant.directory.change_person(ada, manager=boss)
    account = tenant.account(ada)
    with account.changes(only={MANAGER: ANYTHING}, frame=FRAME):
        accepted(tenant.try_run(tenant.entra.set_manager(ada)))
    shown = find(account.read(), MANAGER)
    judge.require(
        isinstance(shown, dict),
        f"the manager is read back as {type(shown).__name__ if isinstance(shown, str | list) else 'nothing'}, not as an"
        " object with a value",
        kind="not-complex",
        at=MANAGER,
    )
    value = find(shown, "value") if isinstance(shown, dict) else None
    judge.require(
        value == tenant.app.remote_id(boss),
        f"the manager's value is {value!r}, sent was {tenant.app.remote_id(boss)!r}",
        kind="not-applied",
        at=f"{MANAGER}.value",
        wanted=tenant.app.remote_id(boss),
    )


def with_role(users: Resources, value: str) -> Resource:
    """Create an account that has one role, as ground."""
    role: Json = {"primary": True, "type": "WindowsAzureActiveDirectoryRole", "value": value}
    account = users.create(roles=[role])
    if find(account.read(), "roles[*].value") != [value]:
        raise NotApplicable("the target does not show the role that an account was created with")
    return account


@check("entra.roles.json-text", "ENTRA-ROLES-02", "ENTRA-ROLES-01", FRAME, dialects=LEGACY, attributes=("roles",))
def test_json_text(tenant_with: Callable[..., Tenant], users: Resources, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A role that arrives as JSON inside a text is read as the role that it describes.

    SingleAppRoleAssignment writes changes so without the flag. A server that takes the text for the name of a role
    stores a role that nobody has; one that has the role already must not show it twice.
    """
    tenant = tenant_with(on=("roles-single",))
    account = with_role(users, "25")
    with account.changes(only={"roles": ANYTHING}, frame=FRAME):
        tenant.try_run(tenant.engine.send("roles.update.single", id=account.id))
        answer = tenant.answers[-1].success()
    shown = find(account.read(), "roles[*].value")
    values = [str(each) for each in shown] if isinstance(shown, list) else []
    literal = [each for each in values if each.startswith("{")]
    answer.require(
        not literal, "a role is now called by the JSON text", kind="stored-literally", at="roles", got=[*literal]
    )
    answer.require(
        not answer.ok or bool(literal) or values.count("25") == 1,
        f"the account shows the role 25 {values.count('25')} times, owed is once",
        kind="twice" if values else "lost",
        at="roles",
        got=[*values],
    )


@check("entra.roles.replace", "ENTRA-ROLES-04", FRAME, dialects=BOTH, attributes=("roles",), data_loss=True)
def test_replace(tenant_with: Callable[..., Tenant], users: Resources, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A replace of roles leaves the roles that it lists and no other.

    AssertiveAppRoleAssignmentsComplex is made for taking roles away; a server that adds leaves people rights that
    they have lost. A product that does not know the roles may refuse them.
    """
    tenant = tenant_with(on=("roles-assertive",))
    account = with_role(users, "Admin")
    with account.changes(only={"roles": ANYTHING}, frame=FRAME):
        tenant.try_run(tenant.engine.send("roles.update.assertive", id=account.id))
    answer = tenant.answers[-1]
    if answer.status_code in range(400, 500):
        raise NotApplicable(f"the target refuses the roles User and Test ({answer.status_code})")
    answer.success()
    shown = find(account.read(), "roles[*].value")
    values = sorted(str(each) for each in shown) if isinstance(shown, list) else []
    answer.require(
        "Admin" not in values, "the role Admin is still there after a replace without it", kind="kept", at="roles",
        wanted=["Test", "User"], got=[*values],
    )  # fmt: skip


@check("entra.roles.primary-text", "ENTRA-ROLES-05", FRAME, dialects=LEGACY, attributes=("roles.primary",))
def test_primary_text(tenant: Tenant, users: Resources, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A role can be picked by ``roles[primary eq "True"]``, the boolean being in quotation marks.

    Administrators' mappings name that path; it is sent as it stands in the mapping.
    """
    account = with_role(users, "Admin")
    if find(account.read(), "roles[0].primary") is not True:
        raise NotApplicable("the target does not show the role as the primary one")
    operation = {**replace('roles[primary eq "True"].value', "Reader"), "op": "Replace"}
    with account.changes(only={"roles": ANYTHING}, frame=FRAME):
        answer = account.try_patch(operation).success()
    shown = find(account.read(), "roles[*].value")
    answer.require(
        not answer.ok or shown == ["Reader"], "the primary role was not changed", kind="not-applied", at="roles"
    )
    tenant.session.judge.note("the path was recorded for mappings that an administrator has edited")
