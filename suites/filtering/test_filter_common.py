"""Filters on id, externalId, meta and the moments in it (RFC 7643 section 3.1)."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import DECLINED, NotApplicable, check, find

if TYPE_CHECKING:
    from datetime import datetime

    from scimulator.kit import Resources
    from suites.filtering.conftest import Cast, Moments


@check("filtering.common.id", "RFC7644-3.4.2.2-72", needs=("filter",))
@pytest.mark.parametrize("case", ["own", "with-other-name"])
def test_id(cast: Cast, case: str) -> None:
    """A filter on id finds the resource with the id, and with another condition only where that holds too."""
    text = f'id eq "{cast.people["alpha"].id}"'
    if case == "with-other-name":
        text += f' and userName eq "{cast.value("beta", "userName")}"'
    cast.finds(text, *(("alpha",) if case == "own" else ()))


@check("filtering.common.external-id", "RFC7644-3.4.2.2-72", needs=("filter",), attributes=("externalId",))
def test_external_id(cast: Cast) -> None:
    """A filter on externalId finds the one resource that the client gave it to."""
    cast.finds(f'externalId eq "{cast.value("beta", "externalId")}"', "beta")


@check("filtering.common.resource-type", "RFC7644-3.4.2.2-72", needs=("filter",))
@pytest.mark.parametrize("kind", ["User", "Group"])
def test_resource_type(cast: Cast, kind: str) -> None:
    """A filter on meta.resourceType finds users as users and not as groups."""
    if find(cast.shown["alpha"], "meta.resourceType") != "User":
        raise NotApplicable("the target does not call its users User in meta.resourceType")
    names = ("alpha", "beta", "gamma", "delta") if kind == "User" else ()
    cast.finds(f'{cast.scope} and meta.resourceType eq "{kind}"', *names)


DATES = [
    pytest.param("gt", "RFC7644-3.4.2.2-20", id="gt"),
    pytest.param("ge", "RFC7644-3.4.2.2-21", id="ge"),
    pytest.param("lt", "RFC7644-3.4.2.2-22", id="lt"),
    pytest.param("le", "RFC7644-3.4.2.2-23", id="le"),
]
DATE_REQUIREMENTS = ("RFC7644-3.4.2.2-20", "RFC7644-3.4.2.2-21", "RFC7644-3.4.2.2-22", "RFC7644-3.4.2.2-23")


@check("filtering.date.order", *DATE_REQUIREMENTS, needs=("filter",))
@pytest.mark.parametrize("attribute", ["meta.created", "meta.lastModified"])
@pytest.mark.parametrize(("operator", "per"), DATES)
def test_dates(moments: Moments, users: Resources, operator: str, attribute: str, per: str) -> None:
    """Moments compare by time: what was made before is less, what was made after is greater.

    Clients fetch what has changed since their last visit with ``meta.lastModified gt``; a wrong one loses some.
    """
    later = operator in ("gt", "ge")
    wanted, other = (moments.late, moments.early) if later else (moments.early, moments.late)
    for moment, found in ((moments.between, True), (moments.after if later else moments.before, False)):
        text = f'{moments.scope} and {attribute} {operator} "{_shown(moment)}"'
        answer = users.find(text)
        if answer.status_code in DECLINED:
            raise NotApplicable(f"the target refuses the filter {text}")
        ids = answer.ids(per=per)
        answer.require(
            other.id not in ids and (found or wanted.id not in ids),
            f"{attribute} {operator} {_shown(moment)} returns a user that does not match",
            kind="not-filtered",
            per=per,
        )
        answer.require(
            wanted.id in ids or not found,
            f"{attribute} {operator} {_shown(moment)} does not return the user that matches",
            kind="not-found",
            per=per,
        )


@check("filtering.date.offset", "RFC7644-3.4.2.2-24", needs=("filter",))
@pytest.mark.parametrize("form", ["ahead", "behind", "fraction"])
def test_dates_with_offset(moments: Moments, users: Resources, form: str) -> None:
    """A moment is the same in every time zone and with any number of decimals.

    Servers that compare the text take 12:00+02:00 for later than 11:00Z.
    """
    match form:
        case "ahead":
            value = _shown(moments.between.astimezone(timezone(timedelta(hours=5))))
        case "behind":
            value = _shown(moments.between.astimezone(timezone(timedelta(hours=-5))))
        case _:
            value = moments.between.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
    text = f'{moments.scope} and meta.created gt "{value}"'
    answer = users.find(text)
    if answer.status_code in DECLINED:
        raise NotApplicable(f"the target refuses the filter {text}")
    answer.require(
        moments.early.id not in answer.ids() and moments.late.id in answer.ids(),
        f"meta.created gt {value} does not return what it returns with the same moment in UTC",
        kind="offset",
    )


def _shown(moment: datetime) -> str:
    """Return a moment in its own time zone, with Z for UTC and milliseconds only where there are any."""
    text = moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
    return text.replace("+00:00", "Z")
