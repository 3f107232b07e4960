"""The queue: five marked users to be cut into pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import Capability, NotApplicable, Purpose, Resources, member

if TYPE_CHECKING:
    from scimulator.kit import Answer, Resource, Session

_LOOKS = 10
LENGTH = 5


@dataclass(slots=True)
class Queue:
    """Five users of this run. ``filtered`` says whether they can be asked for by themselves."""

    session: Session
    mark: str
    people: list[Resource] = field(default_factory=list)
    filtered: bool = True

    @property
    def users(self) -> Resources:
        """The User endpoint."""
        return Resources(self.session, "user")

    @property
    def ids(self) -> set[str]:
        """The ids of the five."""
        return {person.id for person in self.people}

    @property
    def scope(self) -> dict[str, str | int]:
        """The parameters that narrow a list to the five; none where the target cannot."""
        return {"filter": f'userName sw "{self.mark}"'} if self.filtered else {}

    def page(self, **parameters: str | int) -> Answer:
        """Ask for a page of the five, or of everybody where the target cannot tell them apart."""
        return self.users.query({**self.scope, **parameters})

    def alone(self) -> None:
        """Insist that the five can be asked for by themselves.

        Raises:
            NotApplicable: where they cannot.
        """
        if not self.filtered:
            raise NotApplicable("the target cannot list the users of this run alone")

    @property
    def max_results(self) -> int:
        """What ServiceProviderConfig says of filter.maxResults; 0 where it says nothing."""
        config = self.session.discovery.service_provider_config
        said = member(member(config, "filter"), "maxResults")  # type: ignore[arg-type]  # MISSING yields MISSING
        return said if isinstance(said, int) and not isinstance(said, bool) else 0


@pytest.fixture(scope="session")
def queue(scim_session: Session) -> Queue:
    """Users to page through; nobody may change them.

    Raises:
        NotApplicable: where the target says that it pages by cursor only (RFC 9865).
    """
    config = scim_session.discovery.service_provider_config
    if member(member(config, "pagination"), "index") is False:  # type: ignore[arg-type]  # MISSING yields MISSING
        raise NotApplicable("ServiceProviderConfig says pagination.index is false")
    queue = Queue(scim_session, scim_session.people.unique("queue"))
    with scim_session.keeping():
        for place in range(LENGTH):
            queue.people.append(queue.users.create(userName=f"{queue.mark}{place}@{scim_session.people.domain}"))
    queue.filtered = scim_session.discovery.supports(Capability.FILTER) is not False and _listed_alone(queue)
    return queue


def _listed_alone(queue: Queue) -> bool:
    for _ in range(_LOOKS):
        # Who is listed counts, not the total that the target tells: that is judged by the checks.
        answer = queue.users.query(queue.scope, purpose=Purpose.SET_UP)
        if not answer.ok or set(answer.ids()) == queue.ids:
            return answer.ok
        queue.session.settle()
    return False
