"""What Okta asks when an administrator saves the settings of an app, and what it reads when it imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from scimulator.kit import NotApplicable, Tenant, check, find, is_unassigned, member

if TYPE_CHECKING:
    from collections.abc import Generator

    from scimulator.kit import JsonObject, Resources, Session
    from suites.idp.okta.conftest import Office

BOTH = ("okta.template", "okta.wizard")
PAGE = 100
MOST_PAGES = 4

Yielded = TypeVar("Yielded")
Received = TypeVar("Received")
Returned = TypeVar("Returned")


def at_most(flow: Generator[Yielded, Received, Returned], steps: int) -> Generator[Yielded, Received, Returned | None]:
    """Carry a flow for a number of steps; None where it has not ended by then."""
    try:
        step = next(flow)
        for _ in range(steps):
            answer = yield step
            step = flow.send(answer)
    except StopIteration as end:
        ended: Returned = end.value
        return ended
    flow.close()
    return None


@check("okta.connection", "OKTA-LIST-01", "OKTA-LIST-02", "OKTA-LIST-03", dialects=BOTH, writes=False)
def test_connection(scim: Session, dialect: str) -> None:
    """Two users are a list whose totalResults, startIndex and itemsPerPage are whole numbers.

    "Test API Credentials" and every save ask for them. Numbers written as text let the test pass and stop later
    creations without a word; a server that wants further parameters fails the test.
    """
    tenant = Tenant(scim, dialect, off=("import-groups",))
    tenant.run(tenant.okta.test_connection())


@check(
    "okta.connection.groups", "OKTA-LIST-01", "OKTA-LIST-02", "OKTA-LIST-03", dialects=BOTH, needs=("groups",),
    writes=False,
)  # fmt: skip
def test_connection_with_groups(scim: Session, dialect: str) -> None:
    """A page of a hundred groups is a list whose paging members are whole numbers.

    It is read on each save while groups are imported, and linking a pushed group uses it.
    """
    tenant = Tenant(scim, dialect, on=("import-groups",))
    tenant.run(tenant.okta.test_connection())


@check("okta.connection.wrong-token", "OKTA-ERROR-02", "OKTA-ERROR-01", dialects=BOTH, writes=False)
def test_wrong_token(scim: Session, tenant: Tenant, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A token that is wrong is answered 401, with an Error that says why.

    The connection test has no other way to tell an administrator that the credentials are not good.
    """
    if not scim.target.secrets:
        raise NotApplicable("the run has no credentials, so wrong ones prove nothing")
    headers = dict(tenant.profile.exchange("connection.bad-token").headers)
    shown = {name: value for name, value in headers.items() if not value.startswith("{{")}
    answer = scim.request("GET", "/Users?startIndex=1&count=2", headers=shown, authenticate=False)
    answer.refused(401, per="OKTA-ERROR-02")
    answer.error_body(per="OKTA-ERROR-01").has("detail", per="OKTA-ERROR-01")


@check("okta.import.users", "OKTA-LIST-04", "OKTA-LIST-01", "OKTA-LIST-06", dialects=BOTH)
def test_import(scim: Session, tenant: Tenant, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """An import in pages of a hundred meets every user once.

    Okta goes on by a hundred whatever came back: what a shorter page leaves out it never sees, and what an unstable
    order shows twice is imported twice. Of a target with many users only the first pages are read.
    """
    ids = set()
    for _ in range(2):
        person = tenant.person()
        ids.add(tenant.ground(tenant.okta.assign(person.id), by="okta.assign.create", unknown=True).remote_id or "")
    problem = _missed(tenant, ids)
    if problem:
        scim.settle()
        problem = _missed(tenant, ids)  # somebody else may have come or gone between two pages
    scim.judge.require(not problem, problem, kind="import", at="Resources", per="OKTA-LIST-04")
    config = scim.discovery.service_provider_config
    most = member(member(config, "filter"), "maxResults")  # type: ignore[arg-type]  # MISSING yields MISSING
    scim.judge.require(
        not isinstance(most, int) or isinstance(most, bool) or most >= PAGE,
        f"filter.maxResults is {most}: Okta goes on by {PAGE} and loses what a page of {most} leaves out",
        kind="short-page",
        at="filter.maxResults",
        wanted=PAGE,
        got=most if isinstance(most, int) else None,
        per="OKTA-LIST-06",
    )


def _missed(tenant: Tenant, ids: set[str]) -> str:
    before = len(tenant.answers)
    result = tenant.run(at_most(tenant.okta.import_users(), MOST_PAGES))
    pages = [answer.body for answer in tenant.answers[before:]]
    seen = [str(found) for page in pages for found in _ids(page)]
    totals = {str(page.get("totalResults")) for page in pages}
    if len(totals) > 1:
        return ""  # the target changes while it is read
    for number, page in enumerate(pages[:-1], start=1):
        tenant.session.judge.require(
            len(_ids(page)) >= PAGE,
            f"page {number} of the import has {len(_ids(page))} users although more follow; Okta goes on by {PAGE}",
            kind="short-page",
            at="Resources",
            wanted=PAGE,
            got=len(_ids(page)),
            per="OKTA-LIST-06",
        )
    twice = sorted({each for each in seen if seen.count(each) > 1})
    if twice:
        return f"the import meets a user twice: {twice[0]}"
    if result is None:
        return ""
    if result.messages and result.outcome.value == "failed":
        return f"the import fails: {result.messages[0]}"
    short = any(len(_ids(page)) < PAGE for page in pages[:-1]) or result.seen < result.claimed
    lost = sorted(ids - set(seen))
    if not short:
        return f"the import meets {result.seen} users, and not the one just created: {lost[0]}" if lost else ""
    tenant.session.judge.require(
        result.seen >= result.claimed,
        f"totalResults is {result.claimed}, but the pages of the import hold {result.seen}",
        kind="short-import",
        at="totalResults",
        wanted=result.claimed,
        got=result.seen,
        per="OKTA-LIST-06",
    )
    return ""


def _ids(page: JsonObject) -> list[object]:
    found = find(page, "Resources[*].id")
    return [] if is_unassigned(found) else list(found)  # type: ignore[call-overload]  # a list


@check("okta.import.order", "OKTA-LIST-04", dialects=BOTH)
def test_order(office: Office, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """Two reads of a page show the users in the same order.

    The pages of an import are requests of their own; where the order changes in between, users are skipped.
    """
    tenant = office.tenant
    office.staff(3)
    orders = []
    for _ in range(2):
        tenant.run(at_most(tenant.okta.import_users(), 1))
        orders.append([str(each) for each in _ids(tenant.answers[-1].body)])
    both = set(orders[0]) & set(orders[1])
    first, second = ([each for each in order if each in both] for order in orders)
    tenant.answers[-1].require(
        first == second, "the same page, read twice, comes in another order", kind="order", at="Resources"
    )


@check("okta.import.past-the-end", "OKTA-LIST-05", dialects=BOTH, writes=False)
def test_past_the_end(tenant: Tenant, users: Resources, dialect: str) -> None:  # noqa: ARG001  parametrises the check
    """A page behind the last user is empty and says itemsPerPage 0.

    Okta's reviewers ask for it and turn away a server that repeats the count it was asked for.
    """
    answer = users.list(startIndex=1, count=2).status(200)
    total = answer.at("totalResults")
    start = max(PAGE + 1, total + PAGE if isinstance(total, int) else 0)
    past = users.list(startIndex=start, count=PAGE).status(200)
    past.require(
        not _ids(past.body),
        f"totalResults is {total}, and the page from {start} on still has {len(_ids(past.body))} users",
        kind="not-empty",
        at="Resources",
    )
    past.equals("itemsPerPage", 0)
