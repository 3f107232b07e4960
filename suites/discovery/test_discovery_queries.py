"""Query parameters on discovery endpoints, and whether what is said stays said (RFC 7644 section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from scimulator.kit import Blocked, canonical, check, find

if TYPE_CHECKING:
    from scimulator.kit import Answer, Json, Session

_LISTS = {"/Schemas": "discovery.schemas.served", "/ResourceTypes": "discovery.resource-types.served"}
_FILTERS = {
    "/Schemas": ('id eq "urn:ietf:params:scim:schemas:core:2.0:User"', "RFC7644-4-13"),
    "/ResourceTypes": ('name eq "User"', "RFC7644-4-14"),
    "/ServiceProviderConfig": ("patch.supported eq true", "RFC7644-4-15"),
}


def _names(answer: Answer) -> list[str]:
    found = find(answer.body, "Resources")
    listed = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return sorted(str(each.get("id") or each.get("name")) for each in listed)


def _all(scim: Session, path: str) -> list[str]:
    answer = scim.request("GET", path)
    names = _names(answer)
    if answer.status_code != 200 or not names:
        raise Blocked(_LISTS[path], f"GET {path} was answered {answer.status_code}")
    return names


@pytest.mark.parametrize("path", list(_FILTERS))
@check("discovery.queries.filter", *(per for _, per in _FILTERS.values()), writes=False)
def test_a_filter_on_discovery_is_refused(scim: Session, path: str) -> None:
    """A filter on a discovery endpoint is refused with 403, lest a client take the rest for absent."""
    text, per = _FILTERS[path]
    answer = scim.request("GET", f"{path}?filter={quote(text, safe='')}")
    answer.require(
        answer.status_code == 403, f"a filter on {path} was answered {answer.status_code}", kind="status",
        wanted=403, got=answer.status_code, per=per,
    )  # fmt: skip


@pytest.mark.parametrize("path", list(_LISTS))
@check("discovery.queries.paging", "RFC7644-4-11", writes=False)
def test_paging_does_not_shorten_discovery(scim: Session, path: str) -> None:
    """Discovery endpoints list everything, whatever paging is asked for."""
    known = _all(scim, path)
    answer = scim.request("GET", f"{path}?startIndex=2&count=1").status(200)
    names = _names(answer)
    answer.require(
        names == known, f"{path} lists {len(names)} of {len(known)} entries when paging is asked for", kind="paged",
        wanted=[*known], got=[*names],
    )  # fmt: skip


@pytest.mark.parametrize("path", list(_LISTS))
@check("discovery.queries.sorting", "RFC7644-4-12", writes=False)
def test_sorting_does_not_change_discovery(scim: Session, path: str) -> None:
    """Discovery endpoints list the same entries, whatever sorting is asked for."""
    known = _all(scim, path)
    answer = scim.request("GET", f"{path}?sortBy=id&sortOrder=descending").status(200)
    names = _names(answer)
    answer.require(names == known, f"{path} lists other entries when sorted", kind="sorted", got=[*names])


@pytest.mark.parametrize("path", ["/ServiceProviderConfig", "/Schemas", "/ResourceTypes"])
@check("discovery.stable", "RFC7644-4-25", writes=False)
def test_discovery_stays_the_same(scim: Session, path: str) -> None:
    """The discovery documents stay the same during a session; clients read them once."""
    first = scim.discovery.document(path)
    if first is None:
        raise Blocked("discovery.config.served", f"{path} was not served when the run began")
    second = scim.request("GET", path)
    second.require(
        _said(first) == _said(second.body), f"{path} reads differently than at the beginning of the run", kind="differs"
    )


def _said(document: Json) -> str:
    return canonical(_without_meta(document))


def _without_meta(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _without_meta(inner) for name, inner in value.items() if name != "meta"}
    return [_without_meta(each) for each in value] if isinstance(value, list) else value
