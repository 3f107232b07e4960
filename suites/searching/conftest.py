"""Three marked users that a search request has to find as a GET does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import SEARCH_REQUEST, Capability, NotApplicable, Resources, member

if TYPE_CHECKING:
    from scimulator.kit import Answer, Json, Resource, Session

DECLINED = (*range(400, 500), 501)
"""What says that a filter or an order is not supported (rulings A49 and A24), 400 being the expected one."""


_LOOKS = 10


@dataclass(frozen=True, slots=True)
class Party:
    """Users of this run, made in the order m, z, a of their userNames."""

    session: Session
    mark: str
    people: tuple[Resource, ...]

    @property
    def users(self) -> Resources:
        """The User endpoint."""
        return Resources(self.session, "user")

    @property
    def scope(self) -> str:
        """A filter that the three match and nobody else."""
        return f'userName sw "{self.mark}"'

    def pages_by_index(self) -> None:
        """Insist that the target pages by startIndex.

        Raises:
            NotApplicable: where it says that it pages by cursor only (RFC 9865).
        """
        config = self.session.discovery.service_provider_config
        if member(member(config, "pagination"), "index") is False:  # type: ignore[arg-type]  # MISSING yields MISSING
            raise NotApplicable("ServiceProviderConfig says pagination.index is false")

    def search(self, **members: Json) -> Answer:
        """POST a search request with these members beside ``schemas``."""
        return self.users.search({"schemas": [SEARCH_REQUEST], **members})


@pytest.fixture(scope="session")
def whole_party(scim_session: Session) -> Party:
    """The three, whatever the target says to a search; nobody may change them."""
    users = Resources(scim_session, "user")
    mark = scim_session.people.unique("party")
    with scim_session.keeping():
        people = tuple(users.create(userName=f"{mark}{each}@{scim_session.people.domain}") for each in "mza")
    party = Party(scim_session, mark, people)
    for _ in range(_LOOKS):
        answer = users.query({"filter": party.scope})
        if not answer.ok or answer.at("totalResults") == len(people):
            break
        scim_session.settle()
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
