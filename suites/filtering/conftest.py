"""The cast: a handful of marked users that all filter checks share for reading, made once per process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import (
    DECLINED,
    ENTERPRISE,
    Blocked,
    NotApplicable,
    Population,
    Resources,
    find,
    is_unassigned,
    literal,
    wait_until_found,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.kit import Answer, Json, JsonObject, Resource, Session

_WHOLE_SECONDS_APART = 3.0
_FRACTIONS_APART = 0.4


@dataclass(slots=True)
class Cast(Population):
    """Users alpha, beta, gamma and delta of this run, known by name.

    ``mark`` is in every value, so that no resource of anybody else can match; ``scope`` is a filter that matches
    exactly the cast. Delta has neither title nor e-mail addresses nor name, where the target allows that.
    """

    @property
    def scope(self) -> str:
        """A filter that the cast matches and nobody else."""
        if all(find(self.shown[name], "displayName") == f"Cast {self.mark}" for name in self.shown):
            return f"displayName eq {literal(f'Cast {self.mark}')}"
        return f"userName sw {literal(self.mark)}"

    def value(self, name: str, path: str) -> str:
        """Return a value of one of the cast as GET shows it.

        Raises:
            NotApplicable: where the target does not keep what was sent, so that nothing can be concluded from it.
        """
        sent, shown = find(self.people[name].sent, path), find(self.shown[name], path)
        if is_unassigned(shown) or str(shown).lower() != str(sent).lower():
            raise NotApplicable(f"the target does not keep {path} as sent: {sent!r} became {_printable(shown)!r}")
        return str(shown)

    def without(self, name: str, path: str) -> None:
        """Insist that one of the cast has no value at ``path``.

        Raises:
            NotApplicable: where the target filled it in or requires it.
        """
        shown = find(self.shown[name], path)
        if not is_unassigned(shown):
            raise NotApplicable(f"the target gives every user a {path}")

    def finds(
        self,
        text: str,
        *names: str,
        per: str | None = None,
        either: tuple[str, ...] = (),
        owed: bool = False,
        same_as: str = "",
        parameters: Mapping[str, str | int] | None = None,
    ) -> Answer:
        """Expect a filter to return exactly the named ones; ``either`` may be there or not.

        A refusal with 400 says that the combination is not supported, which any server may say unless the filter is
        ``owed``; another 4xx and 501 say the same less clearly and are a warning (ruling A49). So is the refusal of a
        filter that is only another spelling of one, ``same_as``, that the target answers.

        Raises:
            NotApplicable: when the filter is refused with 400.
        """
        answer = self.users.query({"filter": text, **(parameters or {})})
        if same_as and answer.status_code == 400 and self.users.query({"filter": same_as}).ok:
            return answer.status(200, per=per, soft=True)
        return self.holds(answer, text, *names, per=per, either=either, owed=owed)

    def declined(self, answer: Answer, text: str) -> bool:
        """Tell whether a filter that a server need not know was turned down in another way than with 400.

        Raises:
            NotApplicable: when it was turned down with 400.
        """
        return _refused(answer, text)

    def await_index(self, user_name: str) -> None:
        """Give a search index that lags behind a few moments to show a user."""
        wait_until_found(self.session, user_name)

    def holds(
        self,
        answer: Answer,
        text: str,
        *names: str,
        per: str | None = None,
        either: tuple[str, ...] = (),
        owed: bool = False,
    ) -> Answer:
        """Expect the answer to a filter to hold exactly the named ones; see ``finds``."""
        if _refused(answer, text, per=per, owed=owed):
            return answer
        known = {resource.id: name for name, resource in self.people.items()}
        found = [known.get(each, each) for each in answer.ids(per=per)]
        strangers = sorted(set(found) - set(names) - set(either))
        answer.require(
            not strangers,
            f"the filter {text} returns {len(strangers)} users that do not match it, such as {strangers[:1]}",
            kind="not-filtered",
            wanted=[*sorted(names)],
            got=[*sorted(found)],
            per=per,
        )
        total = answer.at("totalResults")
        missing = sorted(set(names) - set(found))
        cut = isinstance(total, int) and total > len(found)
        answer.require(
            not missing or cut,
            f"the filter {text} does not return {', '.join(missing)}",
            kind="not-found",
            wanted=[*sorted(names)],
            got=[*sorted(found)],
            per=per,
        )
        if isinstance(total, int) and not set(either) & set(known.values()):
            answer.require(
                total == len(names),
                f"totalResults is {total} for a filter that {len(names)} users match",
                kind="total",
                at="totalResults",
                wanted=len(names),
                got=total,
                per=per,
            )
        return answer


def _refused(answer: Answer, text: str, *, per: str | None = None, owed: bool = False) -> bool:
    """Tell whether a filter was turned down in another way than with 400, after warning of it.

    Raises:
        NotApplicable: when it was turned down with 400, which says that it is not supported.
    """
    if owed or answer.status_code not in DECLINED:
        return False
    if answer.status_code == 400:
        raise NotApplicable(f"the target refuses the filter {text} with 400")
    answer.status(200, per=per, soft=True)
    return True


def _printable(value: Json | object) -> str:
    return "nothing" if is_unassigned(value) else str(value)


def _roles(session: Session, mark: str, *, addresses: bool) -> dict[str, JsonObject]:
    users = Resources(session, "user")
    domain = session.people.domain

    def role(name: str, **attributes: Json) -> JsonObject:
        given: JsonObject = {
            "displayName": f"Cast {mark}",
            "externalId": f"Ext-{mark}-{name}",
            "name": {"givenName": f"Given{name}", "familyName": f"Family{mark}{name}"},
            **attributes,
        }
        kept = {path: value for path, value in given.items() if users.offers(path)}
        if session.offers("user", ("enterprise:department",)):
            kept[ENTERPRISE] = {"department": f"Dep {mark} {name}"}
        return {"userName": f"{mark}{name}@{domain}", **kept}

    def emails(name: str, *places: str) -> list[Json]:
        made: list[Json] = [{"value": f"{name}@{place}.{mark}.example", "type": place} for place in places]
        return made if addresses else made[:1]

    bare: JsonObject = {"userName": f"{mark}delta@{domain}", "minimal": True}
    if users.offers("displayName"):
        bare["displayName"] = f"Cast {mark}"
    return {
        "alpha": role("alpha", title=f"Alpha {mark}", emails=emails("alpha", "work", "home"), active=True),
        "beta": role("beta", title=f"Beta {mark}", emails=emails("beta", "home"), active=False),
        "gamma": role("gamma", title=f"Gamma {mark}", emails=emails("gamma", "work"), active=True),
        "delta": bare,
    }


def _assemble(session: Session, *, addresses: bool) -> Cast:
    mark = session.people.unique("cast")
    cast = Cast(session, mark)
    for name, attributes in _roles(session, mark, addresses=addresses).items():
        cast.make(name, **attributes)
    cast.read_all()
    wait_until_found(session, cast.people["delta"].user_name)
    return cast


@pytest.fixture(scope="session")
def cast(scim_session: Session) -> Cast:
    """The users that filter checks look for; nobody may change them."""
    try:
        return _assemble(scim_session, addresses=True)
    except Blocked:
        # Some products keep a single address per user; the rest of the cast is worth having without the second.
        return _assemble(scim_session, addresses=False)


@dataclass(frozen=True, slots=True)
class Odd:
    """A user whose title holds every character that a query can trip over."""

    resource: Resource
    title: str


@pytest.fixture(scope="session")
def odd(scim_session: Session) -> Odd:
    """A user with a title of quotes, backslashes, wildcards, URL characters and letters beyond ASCII."""
    users = Resources(scim_session, "user")
    title = f'{scim_session.people.unique("odd")} 100%_*[x] "q" b\\s + & = # ; ? é 日本'
    with scim_session.keeping():
        try:
            made = users.create(title=title)
        except Blocked as error:
            raise NotApplicable(f"the target does not take a title with special characters: {error.reason}") from None
    if find(made.read(), "title") != title:
        raise NotApplicable("the target does not keep a title with special characters as sent")
    wait_until_found(scim_session, made.user_name)
    return Odd(made, title)


@dataclass(frozen=True, slots=True)
class Moments:
    """Two users with a moment between their creations; ``before`` and ``after`` lie well outside of both."""

    early: Resource
    late: Resource
    before: datetime
    between: datetime
    after: datetime

    @property
    def scope(self) -> str:
        """A filter that the two match and nobody else."""
        return f"(userName eq {literal(self.early.user_name)} or userName eq {literal(self.late.user_name)})"


@pytest.fixture(scope="session")
def moments(scim_session: Session) -> Moments:
    """Two users made so far apart that a literal between them is safe whatever precision is stored (ruling A57)."""
    users = Resources(scim_session, "user")
    with scim_session.keeping():
        early = users.create()
        first, exact = _created(early)
        scim_session.clock.sleep(_FRACTIONS_APART if exact else _WHOLE_SECONDS_APART)
        late = users.create()
    second, _ = _created(late)
    if second - first < timedelta(seconds=_FRACTIONS_APART * 0.9):
        raise NotApplicable(f"meta.created of two users made one after the other is {first} and {second}")
    wait_until_found(scim_session, late.user_name)
    between = first + (second - first) / 2
    if not exact:
        between = (first + timedelta(seconds=1)).replace(microsecond=0)
    hour = timedelta(hours=1)
    return Moments(early, late, first - hour, between, second + hour)


def _created(user: Resource) -> tuple[datetime, bool]:
    """Return when a user was made and whether the target shows fractions of a second."""
    shown = find(user.read(), "meta.created")
    try:
        moment = datetime.fromisoformat(str(shown))
    except ValueError:
        raise NotApplicable(f"meta.created is {shown!r}, nothing to compare with") from None
    if moment.tzinfo is None:
        raise NotApplicable(f"meta.created is {shown!r}, without a time zone")
    return moment, moment.microsecond != 0
