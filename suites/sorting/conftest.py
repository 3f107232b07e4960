"""The row: four marked users whose order differs from attribute to attribute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import DECLINED, Blocked, Capability, NotApplicable, Population, Resources, find, is_unassigned

if TYPE_CHECKING:
    from scimulator.kit import Answer, Json, JsonObject, Resource, Session


_MOST = 200


@dataclass(slots=True)
class Row(Population):
    """Users one to four of this run; no attribute orders them as they were made, or as another attribute does.

    Ascending by displayName: two, one, three (A, b, C; four likewise has D), by name.familyName: three, one, four, two,
    by title: three, four, one (two has none), by userName: four, two, three, one.
    """

    def kept(self, path: str) -> None:
        """Insist that the target shows what was sent at ``path``, so that the order is known.

        Raises:
            NotApplicable: where it does not.
        """
        if all(is_unassigned(find(person.sent, path)) for person in self.people.values()):
            raise NotApplicable(f"the users of this run have no {path}")
        for name, person in self.people.items():
            sent, shown = find(person.sent, path), find(self.shown[name], path)
            if is_unassigned(sent) and is_unassigned(shown):
                continue
            if str(sent).lower() != str(shown).lower():
                raise NotApplicable(f"the target does not keep {path} as sent: {sent!r}")

    def sorted(self, **parameters: str | int) -> tuple[Answer, list[str]]:
        """Return the answer to a sorted list of the row, and the names in the order of the answer.

        Where the target refuses the filter that narrows the list, the whole list is sorted and the others are skipped.

        Raises:
            NotApplicable: when sorting by this attribute is refused with 400, or the row cannot be singled out.
        """
        answer = self.users.query({"filter": self.scope, **parameters})
        alone = answer.body.get("scimType") != "invalidFilter"
        if not alone:
            answer = self.users.query({"count": _MOST, **parameters})
        if answer.status_code in DECLINED:
            raise NotApplicable(f"the target refuses to sort by {parameters.get('sortBy')!r}")
        known = {person.id: name for name, person in self.people.items()}
        listed = answer.ids()
        names = [known[each] for each in listed if each in known]
        if len(names) < len(known) and (not alone or len(names) < len(listed)):
            raise NotApplicable("the users of this run cannot be singled out from a list that is longer than a page")
        return answer, names

    def expect(self, *wanted: str, per: str | None = None, soft: bool = False, **parameters: str | int) -> Answer:
        """Expect the row in this order; names that are left out may stand anywhere."""
        answer, names = self.sorted(**parameters)
        seen = [name for name in names if name in wanted]
        by = parameters.get("sortBy")
        return answer.require(
            seen == [*wanted],
            f"sorted by {by} ({parameters.get('sortOrder', 'ascending')}) the users come as {', '.join(seen)}",
            kind="order",
            wanted=[*wanted],
            got=[*seen],
            per=per,
            soft=soft,
        )


def _roles(session: Session, mark: str, *, rich: bool) -> dict[str, JsonObject]:
    users = Resources(session, "user")

    def role(letter: str, shown: str, family: str, title: str | None, external: str) -> JsonObject:
        given: JsonObject = {
            "displayName": f"{mark} {shown}",
            "name": {"givenName": "Row", "familyName": f"{family} {mark}"},
        }
        if rich:
            given |= {"title": title and f"{title} {mark}", "externalId": f"{mark}-{external}"}
        kept: dict[str, Json] = {path: value for path, value in given.items() if value and users.offers(path)}
        return {"userName": f"{mark}{letter}@{session.people.domain}", **kept}

    return {
        "one": role("z", "b", "Delius", "Cook", "b"),
        "two": role("f", "A", "Wagner", None, "A"),
        "three": role("m", "C", "Bach", "Actor", "C"),
        "four": role("a", "D", "Mozart", "Baker", "d"),
    }


def _made(session: Session, *, rich: bool) -> Row:
    row = Row(session, session.people.unique("row"))
    for name, attributes in _roles(session, row.mark, rich=rich).items():
        row.make(name, **attributes)
    row.read_all()
    return row


@pytest.fixture(scope="session")
def whole_row(scim_session: Session) -> Row:
    """The row without regard to what the target says of sorting; nobody may change it."""
    try:
        row = _made(scim_session, rich=True)
    except Blocked:
        # A product may take titles from a list of its own; there is more to sort by.
        row = _made(scim_session, rich=False)
    row.listed()
    return row


@pytest.fixture
def row(whole_row: Row) -> Row:
    """The row, on a target that promises to sort."""
    if whole_row.session.discovery.supports(Capability.SORT) is not True:
        raise NotApplicable("ServiceProviderConfig does not say that sort is supported")
    return whole_row


@pytest.fixture(scope="session")
def groups_in_disorder(scim_session: Session) -> list[Resource]:
    """Three groups: monkey, Zebra and ape, made in this order."""
    if scim_session.discovery.supports(Capability.SORT) is not True:
        raise NotApplicable("ServiceProviderConfig does not say that sort is supported")
    groups = Resources(scim_session, "group")
    mark = scim_session.people.unique("row")
    with scim_session.keeping():
        return [groups.create(displayName=f"{mark} {name}") for name in ("monkey", "Zebra", "ape")]
