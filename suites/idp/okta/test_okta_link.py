"""A person gets the app and has an account already: Okta links it instead of making another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import Tenant, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Json, Judge, Resources, Session

BOTH = ("okta.template", "okta.wizard")
SWITCHES_ON = {"okta.template": "OKTA-REACTIVATE-01", "okta.wizard": "OKTA-REACTIVATE-02"}


@check("okta.assign.link-existing", "OKTA-FIND-01", "OKTA-PUSH-01", "OKTA-PUSH-02", dialects=BOTH, data_loss=True)
def test_link_existing(
    tenant: Tenant,
    users: Resources,
    dialect: str,  # noqa: ARG001  parametrises the check
    mapped: Callable[[Tenant, str], dict[str, object]],
    spare: dict[str, Json],
) -> None:
    """An account that was there before Okta is linked, takes the person's profile and keeps everything else.

    The account is found by userName, switched on and written back whole with the mapped values changed.
    """
    ada = tenant.person()
    existing = users.create(userName=ada.login, **spare)
    with existing.changes(only=mapped(tenant, ada.id), per="OKTA-PUSH-02", frame="OKTA-PUSH-02"):
        result = tenant.run(tenant.okta.assign(ada.id), per="OKTA-PUSH-01")
        tenant.session.judge.require(
            result.remote_id == existing.id,
            f"Okta is linked to {result.remote_id}, and the account that was there is {existing.id}",
            kind="second-account",
            at="id",
            wanted=existing.id,
            got=result.remote_id,
            per="OKTA-FIND-01",
        )


@check(
    "okta.assign.adopt-inactive", "OKTA-FIND-03", "OKTA-REACTIVATE-01", "OKTA-REACTIVATE-02", dialects=BOTH,
    data_loss=True,
)  # fmt: skip
def test_adopt_inactive(
    scim: Session,
    tenant: Tenant,
    judge: Judge,
    dialect: str,
    mapped: Callable[[Tenant, str], dict[str, object]],
) -> None:
    """An account that another app had switched off is found, linked and switched on.

    A person comes back, or the company connects a new app. Where the search hides inactive accounts, Okta creates and
    meets a conflict that nobody at Okta can resolve.
    """
    ada = tenant.person()
    tenant.ground(tenant.okta.assign(ada.id), by="okta.assign.create", unknown=True)
    tenant.ground(tenant.okta.deactivate(ada.id), by="okta.deactivate")
    account = tenant.account(ada)
    later = Tenant(scim, dialect)
    again = later.person(login=ada.login)
    rule = SWITCHES_ON[dialect]
    with account.changes(only={**mapped(later, again.id), "active": True}, per=rule, frame="OKTA-PUSH-02"):
        result = later.try_run(later.okta.assign(again.id))
        judge.require(
            result.remote_id == account.id,
            f"the inactive account is not found again: {'; '.join(result.messages) or result.outcome.value}",
            kind="not-found",
            wanted=account.id,
            got=result.remote_id,
            per="OKTA-FIND-03",
        )
        judge.require(
            result.ok, f"Okta gives up: {'; '.join(result.messages)}", kind="flow-failed", got=result.status, per=rule
        )
