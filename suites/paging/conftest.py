"""The queue: five marked users to be cut into pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import Capability, NotApplicable, Population, insist_on_index_paging, member

if TYPE_CHECKING:
    from scimulator.kit import Answer, Session

LENGTH = 5


@dataclass(slots=True)
class Queue(Population):
    """Five users of this run. ``filtered`` says whether they can be asked for by themselves."""

    filtered: bool = True

    def page(self, **parameters: str | int) -> Answer:
        """Ask for a page of the five, or of everybody where the target cannot tell them apart."""
        narrowed: dict[str, str | int] = {"filter": self.scope} if self.filtered else {}
        return self.users.query({**narrowed, **parameters})

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
    insist_on_index_paging(scim_session)
    queue = Queue(scim_session, scim_session.people.unique("queue"))
    for place in range(LENGTH):
        queue.make(str(place))
    queue.filtered = scim_session.discovery.supports(Capability.FILTER) is not False and queue.listed()
    return queue
