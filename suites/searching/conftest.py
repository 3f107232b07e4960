"""Three marked users that a search request has to find as a GET does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import DECLINED, SEARCH_REQUEST, Capability, NotApplicable, Population

if TYPE_CHECKING:
    from scimulator.kit import Answer, Json, Session


@dataclass(slots=True)
class Party(Population):
    """Users of this run, made in the order m, z, a of their userNames."""

    def search(self, **members: Json) -> Answer:
        """POST a search request with these members beside ``schemas``."""
        return self.users.search({"schemas": [SEARCH_REQUEST], **members})


@pytest.fixture(scope="session")
def whole_party(scim_session: Session) -> Party:
    """The three, whatever the target says to a search; nobody may change them."""
    party = Party(scim_session, scim_session.people.unique("party"))
    for each in "mza":
        party.make(each)
    party.listed()
    return party


@pytest.fixture(scope="session")
def party(whole_party: Party) -> Party:
    """The three, on a target that offers searching by POST.

    Raises:
        NotApplicable: where it does not; no sentence obliges a server to (ruling A24).
    """
    answer = whole_party.search(count=1)
    if answer.status_code in (404, 405, 501):
        raise NotApplicable(f"the target answers POST .search with {answer.status_code}")
    return whole_party


@pytest.fixture(scope="session")
def filtering_party(party: Party) -> Party:
    """The three, on a target that finds them by a filter of the query string."""
    if party.session.discovery.supports(Capability.FILTER) is False:
        raise NotApplicable("ServiceProviderConfig says filter.supported is false")
    answer = party.users.query({"filter": party.scope})
    if answer.status_code in DECLINED:
        raise NotApplicable("the target refuses userName sw")
    return party
