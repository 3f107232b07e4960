"""A person loses the app, and gets it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import check

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Judge, Resources, Tenant

BOTH = ("okta.template", "okta.wizard")
SWITCHES_OFF = {"okta.template": "OKTA-DEACTIVATE-01", "okta.wizard": "OKTA-DEACTIVATE-02"}
SWITCHES_ON = {"okta.template": "OKTA-REACTIVATE-01", "okta.wizard": "OKTA-REACTIVATE-02"}


@check(
    "okta.deactivate", "OKTA-DEACTIVATE-01", "OKTA-DEACTIVATE-02", "OKTA-DEACTIVATE-03", dialects=BOTH, data_loss=True
)
def test_deactivate(tenant: Tenant, dialect: str) -> None:
    """A person who loses the app is switched off: active is false, and nothing else of the account changed.

    A catalogue app sends one PATCH without a path and reads nothing before or after it; a wizard app writes the whole
    account. Okta never deletes: an account that is gone or stripped afterwards is lost data.
    """
    ada = tenant.person(title="Engineer")
    tenant.ground(tenant.okta.assign(ada.id), by="okta.assign.create", unknown=True)
    account = tenant.account(ada)
    with account.changes(only={"active": False}, per=SWITCHES_OFF[dialect], frame="OKTA-DEACTIVATE-03"):
        tenant.run(tenant.okta.deactivate(ada.id), per=SWITCHES_OFF[dialect])
        account.get().status(200, per="OKTA-DEACTIVATE-03")


@check("okta.deactivate.found", "OKTA-FIND-03", dialects=BOTH)
def test_found(tenant: Tenant, users: Resources, judge: Judge, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """An account that is switched off is still found by userName, at its old id, and still shown as inactive."""
    ada = tenant.person()
    tenant.ground(tenant.okta.assign(ada.id), by="okta.assign.create", unknown=True)
    tenant.ground(tenant.okta.deactivate(ada.id), by="okta.deactivate")
    result = tenant.run(tenant.okta.find(ada.id))
    judge.require(
        result.remote_id == tenant.remote_id(ada),
        "the search by userName does not find the account any more since it is inactive",
        kind="not-found",
        at="Resources",
        wanted=tenant.remote_id(ada),
        got=result.remote_id,
    )
    tenant.answers[-1].equals("Resources[0].active", wanted=False)


@check("okta.reactivate", "OKTA-REACTIVATE-01", "OKTA-REACTIVATE-02", "OKTA-FIND-03", dialects=BOTH)
def test_reactivate(
    tenant: Tenant, judge: Judge, dialect: str, mapped: Callable[[Tenant, str], dict[str, object]]
) -> None:
    """A person who gets the app back has the old account again: active is true, and the profile is Okta's of today."""
    ada = tenant.person()
    tenant.ground(tenant.okta.assign(ada.id), by="okta.assign.create", unknown=True)
    tenant.ground(tenant.okta.deactivate(ada.id), by="okta.deactivate")
    account = tenant.account(ada)
    tenant.directory.change_person(ada.id, family_name="Quill-Hopper")
    rule = SWITCHES_ON[dialect]
    with account.changes(only={**mapped(tenant, ada.id), "active": True}, per=rule, frame="OKTA-PUSH-02"):
        result = tenant.try_run(tenant.okta.reactivate(ada.id))
        judge.require(
            result.remote_id == account.id,
            f"Okta does not get back to the old account: {'; '.join(result.messages) or result.outcome.value}",
            kind="not-found",
            wanted=account.id,
            got=result.remote_id,
            per="OKTA-FIND-03",
        )
        judge.require(
            result.ok, f"Okta gives up: {'; '.join(result.messages)}", kind="flow-failed", got=result.status, per=rule
        )
