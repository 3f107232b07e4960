"""Users that the checks of one chapter look for: made once per process, known by name, changed by nobody."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scimulator.exchange.message import Purpose
from scimulator.kit.jsonpath import member
from scimulator.kit.outcomes import NotApplicable
from scimulator.kit.resources import Resources

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.kit.resources import Resource
    from scimulator.kit.session import Session

DECLINED = (*range(400, 500), 501)
"""What says that a filter or an order is not supported (rulings A49 and A24), 400 being the expected one."""
_LOOKS = 10


def literal(value: str) -> str:
    """Return a comparison value as RFC 7644 section 3.4.2.2 writes it: a JSON string."""
    return json.dumps(value, ensure_ascii=False)


def insist_on_index_paging(session: Session) -> None:
    """Insist that the target pages by startIndex.

    Raises:
        NotApplicable: where it says that it pages by cursor only (RFC 9865).
    """
    config = session.discovery.service_provider_config
    if member(member(config, "pagination"), "index") is False:  # type: ignore[arg-type]  # MISSING yields MISSING
        raise NotApplicable("ServiceProviderConfig says pagination.index is false")


def wait_until_found(session: Session, user_name: str) -> None:
    """Give a search index that lags behind a few moments; who never shows up is for the checks to say."""
    for _ in range(_LOOKS):
        query = {"filter": f"userName eq {literal(user_name)}"}
        answer = Resources(session, "user").query(query, purpose=Purpose.SET_UP)
        if answer.at("totalResults") or not answer.ok:
            return
        session.settle()


@dataclass(slots=True)
class Population:
    """Some users of this run by name, and what a read showed of each when it was made.

    ``mark`` begins every userName, so that nobody else matches a filter on it.
    """

    session: Session
    mark: str
    people: dict[str, Resource] = field(default_factory=dict)
    shown: dict[str, JsonObject] = field(default_factory=dict)

    @property
    def users(self) -> Resources:
        """The User endpoint."""
        return Resources(self.session, "user")

    @property
    def everybody(self) -> list[Resource]:
        """The users in the order in which they were made."""
        return list(self.people.values())

    @property
    def ids(self) -> set[str]:
        """The ids of all."""
        return {each.id for each in self.people.values()}

    @property
    def scope(self) -> str:
        """A filter that these users match and nobody else."""
        return f"userName sw {literal(self.mark)}"

    def make(self, name: str, /, **attributes: Json) -> Resource:
        """Make one of them, to live until the session closes; without a userName it gets the mark and its name.

        Raises:
            Blocked: when the target does not create it.
        """
        attributes.setdefault("userName", f"{self.mark}{name}@{self.session.people.domain}")
        with self.session.keeping():
            self.people[name] = self.users.create(**attributes)
        return self.people[name]

    def read_all(self) -> None:
        """Read everybody into ``shown``."""
        for name, user in self.people.items():
            self.shown[name] = user.read()

    def pages_by_index(self) -> None:
        """Insist that the target pages by startIndex; see ``insist_on_index_paging``."""
        insist_on_index_paging(self.session)

    def listed(self) -> bool:
        """Wait some moments until ``scope`` finds everybody, and tell whether it finds nobody else.

        Who is listed counts, not the total that the target tells: that is judged by checks.
        """
        for _ in range(_LOOKS):
            answer = self.users.query({"filter": self.scope}, purpose=Purpose.SET_UP)
            if not answer.ok:
                return False
            found = answer.at("Resources[*].id")
            seen = {str(each) for each in found} if isinstance(found, list) else set()
            if self.ids <= seen:
                return self.ids == seen
            self.session.settle()
        return False
