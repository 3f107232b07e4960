"""What an Okta import does: read all users, tell whom of the directory each one is, and wait for a confirmation.

An import only reads, and confirming sends nothing. Sources: help.okta.com, "Edit app provisioning settings" and "Match
imported user attributes"; Okta's SCIM concepts page; recordings of 2026 for what is offered and what is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from scimulator.idp.answers import members, resource_id
from scimulator.idp.directory import Assignment, Kind, Person
from scimulator.idp.flow import Imported, ImportResult, Outcome, Result
from scimulator.idp.okta.core import Core

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.directory import Link
    from scimulator.idp.flow import Flow
    from scimulator.idp.okta.core import Pages

_ID = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class MatchBy(StrEnum):
    """What has to be the same for an imported user to be an exact match."""

    USERNAME = "username"
    EMAIL = "email"
    USERNAME_OR_EMAIL = "username-or-email"
    NAME = "first-and-last-name"


class Match(StrEnum):
    """Whom an import takes a user for."""

    LINKED = "linked"
    """Known already; there is nothing to confirm."""
    EXACT = "exact"
    PARTIAL = "partial"
    """First and last name are those of somebody whose username or e-mail address is another."""
    NEW = "new"


@dataclass(frozen=True, slots=True)
class MatchRules:
    """The settings "User Creation & Matching" of an app; what is not confirmed by itself waits for an administrator."""

    exact: MatchBy = MatchBy.USERNAME
    partial: bool = False
    confirm_exact: bool = False
    confirm_partial: bool = False
    confirm_new: bool = False

    def confirms(self, match: Match) -> bool:
        """Whether a match of this kind is confirmed without anybody looking at it."""
        return {Match.EXACT: self.confirm_exact, Match.PARTIAL: self.confirm_partial, Match.NEW: self.confirm_new}.get(
            match, False
        )


@dataclass(frozen=True, slots=True)
class ImportedUser(Imported):
    """One user that an import offers; ``candidates`` are all people that the rule in question fits."""

    match: Match = Match.NEW
    candidates: tuple[str, ...] = ()


class Imports(Core):
    """Okta's flows for importing users; ``matching`` are the settings of the app.

    With ``sourced`` the app is the profile source of its people: one who is inactive at the target is switched off in
    the directory, one who is gone is deleted there (Okta's SCIM concepts page).
    """

    matching = MatchRules()
    sourced = False

    def import_users(self) -> Flow[ImportResult]:
        """An import reads all users in pages of 100, going on by 100 whatever came back.

        Inactive users are not offered; one without a family name is left out with an error. Nothing is written to the
        target. What the rules confirm by themselves is linked at once.
        """
        pages = yield from self.pages("import.users")
        offered = tuple(self._offer(resource) for resource in pages.seen if resource.get("active") is not False)
        for entry in offered:
            if not entry.problem and self.matching.confirms(entry.match):
                yield from self.confirm(entry)
        messages = (pages.problem,) if pages.problem else (*pages.lost("users"), *self._removed(pages))
        outcome = Outcome.FAILED if pages.problem else Outcome.UPDATED
        return ImportResult(outcome, len(pages.seen), pages.total, offered, messages, pages.count)

    def confirm(self, entry: Imported, person_id: str | None = None) -> Flow[Result]:
        """An administrator confirms whom an imported user is; nothing is sent.

        ``person_id`` overrules the match. Nobody at all means a new person, made of the imported name and address. The
        app counts as assigned from then on.
        """
        yield from ()
        if entry.problem and person_id is None:
            return Result(Outcome.SKIPPED, entry.remote_id, (entry.problem,))
        chosen = person_id or entry.person_id
        made = chosen is None
        if chosen is None:
            chosen = self.directory.add_person(self._person(entry.resource)).id
        self.directory.person(chosen)
        self.app.assignments.setdefault(chosen, Assignment(chosen, Kind.PERSON))
        self.link(chosen, Kind.PERSON, entry.remote_id)
        return Result(Outcome.CREATED if made else Outcome.LINKED, entry.remote_id)

    def _offer(self, resource: JsonObject) -> ImportedUser:
        remote_id = resource_id(resource) or ""
        linked = next((each.subject for each in self._links() if each.remote_id == remote_id), None)
        if linked is not None:
            return ImportedUser(resource, remote_id, linked, match=Match.LINKED)
        match, people = self._match(resource)
        problem = ""
        if not _text(resource, "name", "familyName"):
            problem = "the user has no last name"
        elif not remote_id:
            problem = "the user has no id"
        elif len(people) > 1:
            # No source tells whom Okta would choose, so nobody is chosen.
            problem = f"{len(people)} people match"
        person_id = people[0] if len(people) == 1 else None
        return ImportedUser(resource, remote_id, person_id, problem, match, tuple(people))

    def _match(self, resource: JsonObject) -> tuple[Match, list[str]]:
        tests: dict[MatchBy, Callable[[Person], bool]] = {
            MatchBy.USERNAME: lambda person: self._same_username(person, resource),
            MatchBy.EMAIL: lambda person: _same_email(person, resource),
            MatchBy.USERNAME_OR_EMAIL: lambda person: (
                self._same_username(person, resource) or _same_email(person, resource)
            ),
            MatchBy.NAME: lambda person: _same_name(person, resource),
        }
        exact = self._people(tests[self.matching.exact])
        if exact:
            return Match.EXACT, exact
        partial = self._people(tests[MatchBy.NAME]) if self.matching.partial else []
        return (Match.PARTIAL, partial) if partial else (Match.NEW, [])

    def _people(self, fits: Callable[[Person], bool]) -> list[str]:
        return [person.id for person in self.directory.people.values() if not person.deleted and fits(person)]

    def _same_username(self, person: Person, resource: JsonObject) -> bool:
        return self.user_name(person).casefold() == _text(resource, "userName").casefold()

    def _links(self) -> list[Link]:
        return [link for link in self.app.links.values() if link.kind is Kind.PERSON]

    def _person(self, resource: JsonObject) -> Person:
        login, email = _text(resource, "userName"), _email(resource)
        given, family = _text(resource, "name", "givenName"), _text(resource, "name", "familyName")
        shown = _text(resource, "displayName") or f"{given} {family}".strip()
        return Person("00u" + "".join(self.randomness.choices(_ID, k=17)), login, given, family, email, shown)

    def _removed(self, pages: Pages) -> tuple[str, ...]:
        """Tell of linked people who are inactive at the target or gone; Okta changes nothing unless it is sourced."""
        active = {resource_id(each): each.get("active") is not False for each in pages.seen}
        # After a short list nobody can be told from somebody who was lost on the way.
        complete = len(pages.seen) >= pages.total
        told = []
        for known in self._links():
            there = active.get(known.remote_id)
            if there or (there is None and not complete):
                continue
            person = self.directory.person(known.subject)
            told.append(
                f"{self.user_name(person)} was removed: {'gone' if there is None else 'inactive'} at the target"
            )
            if self.sourced and there is None:
                self.directory.soft_delete(person.id)
            elif self.sourced:
                self.directory.change_person(person.id, enabled=False)
        return tuple(told)


def _text(resource: JsonObject, *path: str) -> str:
    found: Json = resource
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def _email(resource: JsonObject) -> str:
    """Return the value of the element with primary true; the type does not count (Okta's FAQ before 2026)."""
    primary = next((each for each in members(resource.get("emails")) if each.get("primary") is True), {})
    return _text(primary, "value")


def _same_email(person: Person, resource: JsonObject) -> bool:
    # Letters count alike: addresses are looked at as usernames are.
    return bool(person.email) and person.email.casefold() == _email(resource).casefold()


def _same_name(person: Person, resource: JsonObject) -> bool:
    """Whether first and last name are the same; help.okta.com says that matches of attributes tell cases apart."""
    name = (_text(resource, "name", "givenName"), _text(resource, "name", "familyName"))
    return all(name) and name == (person.given_name, person.family_name)
