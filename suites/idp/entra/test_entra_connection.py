"""What Entra asks when an administrator presses "Test Connection", and again before each cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import Blocked, NotApplicable, Tenant, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Answer, Session

BOTH = ("entra.legacy", "entra.optscim")
OTHER_MATCHING = {
    "external-id": ("match-externalid", "ENTRA-MATCH-04"),
    "work-email": ("match-email", "ENTRA-MATCH-05"),
}


@check(
    "entra.connection", "ENTRA-PROBE-01", "ENTRA-LIST-01", "ENTRA-LIST-02", "ENTRA-LIST-03", dialects=BOTH, writes=False
)
def test_connection(tenant: Tenant, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A search for a random GUID as userName is answered 200 with an empty list.

    A GUID is no e-mail address and nobody's name: a server that answers 404 for "nobody" or 400 for "no valid name"
    never gets connected, and while a job runs it is put into quarantine at once.
    """
    tenant.run(tenant.entra.test_connection(groups=False))


@check(
    "entra.connection.groups",
    "ENTRA-PROBE-01",
    "ENTRA-LIST-01",
    "ENTRA-LIST-02",
    dialects=BOTH,
    needs=("groups",),
    writes=False,
)
def test_groups(tenant: Tenant, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A search for a random GUID as displayName of a group is answered 200 with an empty list.

    Entra asks for it as soon as groups are mapped. The parameter excludedAttributes comes before filter.
    """
    tenant.ground(tenant.entra.test_connection(groups=False), by="entra.connection")
    tenant.run(tenant.entra.test_connection(groups=True))


@pytest.mark.parametrize("attribute", OTHER_MATCHING)
@check(
    "entra.connection.other-matching", "ENTRA-MATCH-04", "ENTRA-MATCH-05", "ENTRA-MATCH-02", dialects=BOTH, writes=False
)  # fmt: skip
def test_other_matching(
    tenant_with: Callable[..., Tenant],
    dialect: str,  # noqa: ARG001  parametrises the check
    attribute: str,
    accepted: Callable[..., bool],
) -> None:
    """A random GUID can be looked for as externalId or as value of the work e-mail, too.

    Administrators make one of them the matching attribute. The path of the e-mail goes behind its value filter with
    ``.value``, which the filter grammar of RFC 7644 does not know and Entra sends all the same. A search that is
    answered with everybody lets Entra take over accounts of strangers.
    """
    switch, requirement = OTHER_MATCHING[attribute]
    tenant = tenant_with(on=(switch,))
    accepted(tenant.try_run(tenant.entra.test_connection(groups=False)), per=requirement)
    answer = tenant.answers[-1]
    if answer.status_code != 200:
        return
    found = len(answer.resources(per=requirement))
    answer.require(
        found == 0 and not answer.at("totalResults"),
        f"the search for a random GUID finds {max(found, 1)}: the filter was ignored",
        kind="filter-ignored",
        at="Resources",
        wanted=[],
        per="ENTRA-MATCH-02",
    )


@check("entra.connection.bare", "ENTRA-PROBE-02", dialects=BOTH, writes=False)
def test_bare(tenant: Tenant, scim: Session, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A request that carries Authorization and nothing else is answered like one with Accept and User-Agent.

    Frameworks answered 406 for the missing Accept, firewalls an HTML page with 403 for the missing User-Agent.
    """
    tenant.try_run(tenant.entra.test_connection(groups=False))
    bare = tenant.answers[-1]
    if bare.status_code == 200:
        return
    if not scim.request("GET", bare.exchange.request.target).ok:
        raise Blocked("entra.connection", "the same search is refused with Accept and User-Agent as well")
    bare.require(
        condition=False,
        message=f"without Accept and User-Agent the search is answered {bare.status_code}, with them it succeeds",
        kind="status",
        wanted=200,
        got=bare.status_code,
    )


@check("entra.connection.wrong-token", "ENTRA-PROBE-03", dialects=BOTH, writes=False)
def test_wrong_token(tenant: Tenant, scim: Session, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A token that does not count is answered 401 or 403, so that Entra blames the credentials and nothing else."""
    if not scim.target.secrets:
        raise NotApplicable("the run has no credentials, so wrong ones prove nothing")
    headers = {"Accept": "", "User-Agent": "", "Authorization": "Bearer 0b5c1e2d-no-such-token"}
    target = f"/Users?filter=userName+eq+%22{tenant.entra.guid()}%22"
    answer: Answer = scim.request("GET", target, headers=headers, authenticate=False)
    answer.refused(401, 403)
