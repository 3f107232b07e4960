"""Entra looks for a person's account before it creates one, by the matching attribute of the mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import ANYTHING, NotApplicable, Purpose, Tenant, check, find

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Json, Judge, Resources

BOTH = ("entra.legacy", "entra.optscim")
NAMED = {"entra.legacy": "ENTRA-UPDATE-01", "entra.optscim": "ENTRA-UPDATE-06"}
OTHER_MATCHING = {
    "external-id": ("match-externalid", "ENTRA-MATCH-04"),
    "work-email": ("match-email", "ENTRA-MATCH-05"),
}


@check("entra.match.user-name", "ENTRA-MATCH-01", "ENTRA-MATCH-02", dialects=BOTH)
def test_user_name(tenant: Tenant, judge: Judge, dialect: str, colleague: Callable[..., str]) -> None:  # noqa: ARG001  parametrises the check
    """A search by userName, with ``+`` for a space and the name in quotation marks, finds the one account.

    Found nobody, Entra creates a second account or meets a conflict in every cycle; found several, it skips the
    person.
    """
    ada, _ = colleague(tenant), colleague(tenant)
    result = tenant.run(tenant.entra.find(ada))
    judge.require(
        result.remote_id == tenant.app.remote_id(ada),
        "the search by userName does not find the account that is there",
        kind="not-found" if result.remote_id is None else "wrong-one",
        at="Resources",
        wanted=tenant.app.remote_id(ada),
        got=result.remote_id,
    )


@pytest.mark.parametrize("attribute", OTHER_MATCHING)
@check("entra.match.other-attribute", "ENTRA-MATCH-04", "ENTRA-MATCH-05", "ENTRA-MATCH-02", dialects=BOTH)
def test_other_attribute(
    tenant_with: Callable[..., Tenant],
    judge: Judge,
    dialect: str,  # noqa: ARG001  parametrises the check
    *,
    attribute: str,
    colleague: Callable[..., str],
    accepted: Callable[..., bool],
) -> None:
    """A search by externalId, or by the value of the work e-mail, finds the one account where that is what matches.

    Such a search that fails or finds nobody only warns, because userName is the default. One that returns somebody
    else fails: Entra would write this person's data into that account.
    """
    switch, requirement = OTHER_MATCHING[attribute]
    tenant = tenant_with()
    ada, _ = colleague(tenant), colleague(tenant)
    searching = tenant_with(on=(switch,))
    searching.directory.add_person(tenant.directory.person(ada))
    result = searching.try_run(searching.entra.find(ada))
    if searching.answers[-1].status_code == 200 and (found := searching.answers[-1].ids(per=requirement)):
        judge.require(
            found == [tenant.app.remote_id(ada)],
            f"the search by {attribute} finds {len(found)} accounts, not the one that has the value",
            kind="wrong-one",
            at="Resources",
            wanted=[tenant.app.remote_id(ada)],
            got=[*found],
            per="ENTRA-MATCH-02",
        )
    accepted(result, per=requirement)
    if result.ok:
        judge.require(
            result.remote_id is not None,
            f"the search by {attribute} finds nobody although an account has the value",
            kind="not-found",
            at="Resources",
            per=requirement,
        )


@check("entra.match.case", "ENTRA-MATCH-03", dialects=BOTH)
def test_case(tenant: Tenant, judge: Judge, dialect: str, colleague: Callable[..., str]) -> None:  # noqa: ARG001  parametrises the check
    """A search by userName finds an account whose name is written in other letters, great and small.

    userName ignores case in RFC 7643, and Microsoft's validator asks for it.
    """
    ada = colleague(tenant)
    tenant.directory.change_person(ada, login=tenant.directory.person(ada).login.upper())
    result = tenant.try_run(tenant.entra.find(ada))
    judge.require(
        result.remote_id == tenant.app.remote_id(ada),
        "the search for the userName in capitals does not find the account",
        kind="not-found" if result.remote_id is None else "wrong-one",
        at="Resources",
    )


@check("entra.match.plus", "ENTRA-MATCH-07", dialects=BOTH)
def test_plus(tenant: Tenant, judge: Judge, users: Resources, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A plus sign in a userName is found: ``+`` in a query is a space, ``%2B`` the sign.

    A server that decodes twice, or only percent signs, looks for another name and finds nobody.
    """
    login = tenant.session.people.user_name("ada+team")
    answer = users.session.create(users.endpoint, users.body(userName=login), purpose=Purpose.SET_UP)
    if not answer.ok:
        raise NotApplicable(f"the target does not take a userName with a plus sign ({answer.status_code})")
    ada = tenant.person(login=login)
    result = tenant.try_run(tenant.entra.find(ada.id))
    judge.require(
        result.remote_id == answer.id,
        "the search for a userName with a plus sign does not find its account",
        kind="not-found" if result.remote_id is None else "wrong-one",
        at="Resources",
        wanted=answer.id,
        got=result.remote_id,
    )


@check("entra.match.disabled", "ENTRA-MATCH-06", "ENTRA-READ-01", dialects=BOTH)
def test_disabled(tenant: Tenant, judge: Judge, dialect: str, hire: Callable[..., str]) -> None:  # noqa: ARG001  parametrises the check
    """An account that is switched off is still found by userName, at its old id, and shown as inactive.

    Otherwise a person who comes back gets a second account, or none at all because the name is taken.
    """
    ada = hire(tenant)
    tenant.ground(tenant.entra.deactivate(ada), by="entra.deactivate")
    result = tenant.try_run(tenant.entra.find(ada))
    judge.require(
        result.remote_id == tenant.app.remote_id(ada),
        "the search by userName does not find the account any more since it is inactive",
        kind="not-found",
        at="Resources",
        wanted=tenant.app.remote_id(ada),
        got=result.remote_id,
    )
    tenant.answers[-1].equals("Resources[0].active", wanted=False)


@check("entra.match.link", "ENTRA-MATCH-01", "ENTRA-UPDATE-01", "ENTRA-UPDATE-06", dialects=BOTH, data_loss=True)
def test_link(tenant: Tenant, users: Resources, judge: Judge, dialect: str, accepted: Callable[..., bool]) -> None:
    """Somebody who has an account already is linked to it: it gets what differs and keeps all that Entra does not map.

    Microsoft's customers connect products that have been in use for years; this is what happens to their accounts.
    """
    spare: dict[str, Json] = {"nickName": "Quilly", "timezone": "Europe/Zurich", "userType": "Contractor"}
    offered = {name: value for name, value in spare.items() if users.offers(name)}
    ada = tenant.person(display_name="Ada Quill (Sales)", given_name="Ada", family_name="Quill")
    account = users.create(userName=ada.login, **offered)
    shown = {"displayName": ada.display_name, "name.givenName": "Ada", "name.familyName": "Quill"}
    only: dict[str, object] = {path: value for path, value in shown.items() if users.offers(path)}
    with account.changes(only={**only, "emails": ANYTHING}, per="ENTRA-UPDATE-06", frame="ENTRA-UPDATE-06"):
        result = tenant.try_run(tenant.entra.provision(ada.id))
        judge.require(
            tenant.remote_id(ada) == account.id,
            "a person whose account is there already is not linked to it",
            kind="not-linked",
            wanted=account.id,
            got=tenant.remote_id(ada),
        )
        accepted(result, per=NAMED[dialect])
    addresses = find(account.read(), "emails[*].value")
    judge.require(
        not users.offers("emails") or ada.email in (addresses if isinstance(addresses, list) else []),
        "the work e-mail that Entra has written is not there",
        kind="not-applied",
        at="emails",
        per="ENTRA-UPDATE-06",
    )
