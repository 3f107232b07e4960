"""How Okta sends, what it reads in lists, and what it leaves for an administrator when it gives up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimulator.idp.answers import listing
from scimulator.idp.directory import Assignment, Kind, Task
from scimulator.idp.engine import Engine
from scimulator.idp.expressions.errors import ExpressionError
from scimulator.idp.flow import Outcome, Result, Send, Wait
from scimulator.idp.okta import words
from scimulator.idp.okta.app_users import AppUserSchema
from scimulator.idp.okta.patience import MOST_TRIES, TIMEOUT_SECONDS, pause
from scimulator.idp.render import render

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

    from scimulator.catalogue.dialects import Dialect
    from scimulator.catalogue.profiles import Profile
    from scimulator.exchange.message import Response
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.directory import App, Directory, Person
    from scimulator.idp.flow import Flow
    from scimulator.idp.mapping import Mapping

__all__ = ["PAGE", "TIMEOUT_SECONDS", "Core", "Pages", "list_problem"]

PAGE = 100
"""Records that Okta asks for per page, and the step to the next page whatever came back."""


def list_problem(answer: Response | None) -> str:
    """Return why an answer is no list for Okta, empty where it is one."""
    if answer is None or answer.status != 200:
        return words.cause(answer)
    return listing(answer, strict_numbers=True).problem


@dataclass(frozen=True, slots=True)
class Pages:
    """All pages of a list: what came, the total that was claimed, the number of pages, and why it ended early."""

    seen: tuple[JsonObject, ...] = ()
    total: int = 0
    count: int = 0
    problem: str = ""

    def lost(self, what: str) -> tuple[str, ...]:
        """Return a sentence where fewer records came than were claimed."""
        missing = len(self.seen) < self.total
        return (f"{len(self.seen)} of {self.total} {what} came in pages of {PAGE}",) if missing else ()


class Core(Engine):
    """The part of Okta that all its flows share.

    ``schema`` holds the attributes that the app user has beyond the mapping; their rules are added to it.
    """

    def __init__(
        self,
        dialect: str | Dialect | Profile,
        directory: Directory,
        *,
        app: App | None = None,
        mapping: Mapping | None = None,
        randomness: random.Random | None = None,
        schema: AppUserSchema | None = None,
    ) -> None:
        super().__init__(dialect, directory, app=app, mapping=mapping, randomness=randomness)
        self.schema = schema if schema is not None else AppUserSchema()
        if self.schema.attributes:
            self.mapping = self.schema.mapping(self.mapping)

    def send(self, exchange_id: str, /, **values: Json) -> Flow[Response | None]:
        """Send one exchange; a 429 is repeated after a pause, each twice as long as the last, ten tries in all.

        Other errors are never repeated.
        """
        exchange = self.profile.exchange(exchange_id)
        request = render(self.profile, exchange, values)
        answer = yield Send(exchange.id, request, exchange)
        waited = 0.0
        for attempt in range(2, MOST_TRIES + 1):
            if answer is None or answer.status != 429:
                break
            waited = pause(answer, waited)
            given = (answer.header("Retry-After") or "").strip() or "absent"
            yield Wait(waited, f"429 answered, Retry-After {given}; try {attempt} of {MOST_TRIES}")
            answer = yield Send(exchange.id, request, exchange, attempt)
        return answer

    def pages(self, exchange_id: str, /, **values: Json) -> Flow[Pages]:
        """Read a whole list in pages of 100, going on by 100 whatever came back."""
        seen: list[JsonObject] = []
        start, total, count = 1, 0, 0
        while True:
            answer = yield from self.send(exchange_id, startIndex=start, **values)
            problem = list_problem(answer)
            if problem or answer is None:
                return Pages(tuple(seen), total, count, problem)
            page = listing(answer, strict_numbers=True)
            seen.extend(page.resources)
            total, count, start = page.total, count + 1, start + PAGE
            # An empty page ends it too: a target that claims a billion users must not be asked for all of them.
            if start > total or not page.resources:
                return Pages(tuple(seen), total, count)

    def sync_groups(self, person_id: str) -> Flow[Result | None]:  # noqa: ARG002  for the subclass that knows groups
        """An account was adopted; where groups are written whole, those of the person follow. None is contentment."""
        yield from ()
        return None

    def patches(self, exchange_id: str) -> bool:
        """Whether this dialect does a step with PATCH; otherwise it reads and writes the whole resource."""
        return self.profile.has(exchange_id) and self.profile.exchange(exchange_id).method == "PATCH"

    def user_name(self, person: Person) -> str:
        """Return the app username of a person: what the mapping yields for userName, else the login."""
        try:
            mapped = self.mapping.resource(person, self.app_values(person.id))
        except ExpressionError:
            # Whatever is written for this person ends in a task before it comes to the name.
            return person.login
        return str(mapped.get("userName") or person.login)

    def unmapped(self, person: Person, exchange_id: str) -> Result | None:
        """Give up where the mapping cannot be evaluated for a person; None where it can.

        That nothing is sent follows from there being nothing to send; the words are ours.
        """
        try:
            self.mapping.resource(person, self.app_values(person.id))
        except ExpressionError as error:
            message = words.UNMAPPED.format(who=person.login, error=error)
            return self.failed(person.id, words.UNMAPPED_TITLE, message, exchange_id=exchange_id)
        return None

    def assigned_groups(self, person_id: str) -> list[Assignment]:
        """Return the assignments of the groups that a person is in, the one with the highest priority first.

        The smallest number stands on top of the list, as in the console's list of groups.
        """
        found = [
            assignment
            for assignment in self.app.assignments.values()
            if assignment.kind is Kind.GROUP
            and assignment.subject in self.directory.groups
            and person_id in self.directory.group(assignment.subject).members
        ]
        return sorted(found, key=lambda assignment: assignment.priority)

    def app_values(self, person_id: str) -> dict[str, Json]:
        """Return the values that an assignment gives a person, by name of the attribute.

        Who was assigned individually has the values of that assignment. Who has the app through groups has the profile
        of the group with the highest priority; attributes that are combined collect the values of all groups
        (help.okta.com, "Prioritize application groups" and "Group prioritization use case").
        """
        own = self.app.assignments.get(person_id)
        if own is not None and not own.via:
            return dict(own.profile)
        groups = self.assigned_groups(person_id)
        values: dict[str, Json] = dict(groups[0].profile) if groups else {}
        for attribute in self.schema.attributes:
            if attribute.combined:
                given = [group.profile.get(attribute.name) for group in groups]
                together = _unique(each for part in given if isinstance(part, list) for each in part)
                if together:
                    values[attribute.name] = together
        if own is not None:
            values |= own.profile
        return values

    def failed(
        self,
        subject: str,
        title: str,
        message: str,
        answer: Response | None = None,
        *,
        retry: bool = True,
        outcome: Outcome = Outcome.FAILED,
        exchange_id: str = "",
    ) -> Result:
        """Give up: an administrator gets a task, in place of one that says the same of the same entry.

        ``exchange_id`` names the exchange at which it ended; it tells what a retry has to do again.
        """
        task = Task(subject, title, message, retry, exchange_id)
        self.app.tasks = [each for each in self.app.tasks if (each.subject, each.title) != (subject, title)]
        self.app.tasks.append(task)
        status = answer.status if answer is not None else 0
        return Result(outcome, self.app.remote_id(subject), (message,), task, status)


def _unique(values: Iterable[Json]) -> list[Json]:
    made: list[Json] = []
    for value in values:
        if not any(value == each and type(value) is type(each) for each in made):
            made.append(value)
    return made
