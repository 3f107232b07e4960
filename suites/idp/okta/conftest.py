"""What the checks of Okta share: what an account shows of a person, and who is in a group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from scimulator.kit import (
    ANYTHING,
    Json,
    Judge,
    Resource,
    Resources,
    Session,
    Tenant,
    find,
    is_unassigned,
)

Shows = Callable[[Tenant, str], None]
Members = Callable[[Resource], list[str]]


@dataclass(slots=True)
class Office:
    """A tenant whose people have the app already; checks of groups share them, and no check may change them."""

    tenant: Tenant
    people: list[str] = field(default_factory=list)

    def staff(self, number: int) -> list[str]:
        """Return the ids of that many people, giving the app to more of them where need be.

        Raises:
            Blocked: where the target makes no accounts.
        """
        with self.tenant.session.keeping():
            while len(self.people) < number:
                person = self.tenant.person()
                self.tenant.ground(self.tenant.okta.assign(person.id), by="okta.assign.create", unknown=True)
                self.people.append(person.id)
        return self.people[:number]

    def push(self, *people: str) -> str:
        """Push a group of people as ground for a check; return its id in the directory."""
        team = self.tenant.group(*(self.tenant.directory.person(each) for each in people))
        group = self.tenant.set_up(team, by="okta.groups.push")
        shown = find(group.read(), "members[*].value")
        if sorted(map(str, shown) if isinstance(shown, list) else []) != sorted(self.accounts(*people)):
            self.tenant.ground(self.tenant.okta.push_now(team.id), by="okta.groups.push")
        return team.id

    def accounts(self, *people: str) -> list[str]:
        """Return the target's ids of people."""
        return [self.tenant.app.remote_id(each) or "" for each in people]


@pytest.fixture(scope="session")
def offices() -> dict[str, Office]:
    """The offices of a run, one for each dialect."""
    return {}


@pytest.fixture
def office(scim: Session, dialect: str, offices: dict[str, Office]) -> Office:
    """The office whose tenant speaks the dialect of the running check."""
    return offices.setdefault(dialect, Office(Tenant(scim, dialect)))


@pytest.fixture
def mapped(users: Resources) -> Callable[[Tenant, str], dict[str, object]]:
    """What a profile push may change of an account: the mapped attributes, each with the person's value.

    Attributes that the target does not offer may become anything, and displayName too, because products make it from
    the names. Takes a tenant and the id of a person.
    """

    def values(tenant: Tenant, person_id: str) -> dict[str, object]:
        person = tenant.directory.person(person_id)
        names: dict[str, object] = {"name.givenName": person.given_name, "name.familyName": person.family_name}
        offered = {path: value if users.offers(path) else ANYTHING for path, value in names.items()}
        return {**offered, "displayName": ANYTHING, "externalId": ANYTHING, "locale": ANYTHING}

    return values


@pytest.fixture
def spare(users: Resources) -> dict[str, Json]:
    """Attributes that no mapping of ours touches, as far as the target offers them."""
    wanted: dict[str, Json] = {
        "nickName": "Quilly",
        "preferredLanguage": "fr",
        "timezone": "Europe/Zurich",
        "userType": "Contractor",
        "phoneNumbers": [{"value": "tel:+41-44-000-00-00", "type": "mobile"}],
        "addresses": [{"type": "work", "streetAddress": "1 Main Street", "locality": "Zug", "country": "CH"}],
    }
    return {name: value for name, value in wanted.items() if users.offers(name)}


@pytest.fixture
def members_of() -> Members:
    """Read a group and return the ids of its members in alphabetical order, repeated ones repeatedly."""

    def members(group: Resource) -> list[str]:
        found = find(group.read(), "members[*].value")
        return [] if is_unassigned(found) else sorted(str(each) for each in found)  # type: ignore[attr-defined]  # a list

    return members


@pytest.fixture
def has_members(scim: Session, members_of: Members) -> Callable[..., None]:
    """Require that a group has exactly these members; the first look that differs is followed by a second."""

    def require(group: Resource, wanted: list[str], *, per: str, why: str) -> None:
        seen = members_of(group)
        if set(seen) != set(wanted):
            scim.settle()
            seen = members_of(group)
        lost, strange = sorted(set(wanted) - set(seen)), sorted(set(seen) - set(wanted))
        parts = [f"missing: {', '.join(lost)}"] * bool(lost) + [f"too many: {', '.join(strange)}"] * bool(strange)
        scim.judge.require(
            not parts,
            f"{why} the group's members are not the directory's ({'; '.join(parts)})",
            kind="members",
            at="members",
            wanted=list(wanted),
            got=list(seen),
            per=per,
        )

    return require


@pytest.fixture
def shows_person(judge: Judge, users: Resources) -> Shows:
    """Require that an independent read of a person's account shows the person, switched on."""

    def require(tenant: Tenant, person_id: str) -> None:
        person = tenant.directory.person(person_id)
        shown = tenant.account(person_id).read()
        wanted = {
            "userName": person.login,
            "name.givenName": person.given_name,
            "name.familyName": person.family_name,
        }
        for path, value in wanted.items():
            found = find(shown, path)
            same = str(found).lower() == value.lower() if path == "userName" else found == value
            judge.require(
                same or not users.offers(path),
                f"the account shows {path} as {'nothing' if is_unassigned(found) else repr(found)}, sent was {value!r}",
                at=path,
                wanted=value,
                per="OKTA-CREATE-02",
            )
        found = find(shown, "emails[*].value")
        addresses = [] if is_unassigned(found) else [str(each).lower() for each in found]  # type: ignore[attr-defined]  # a list
        judge.require(
            person.email.lower() in addresses or not users.offers("emails"),
            f"the account does not show the e-mail address {person.email!r} that was sent",
            at="emails",
            wanted=person.email,
            got=list(addresses),
            per="OKTA-CREATE-02",
        )
        judge.require(
            shown.get("active") is True,
            f"the account was created with active true and shows active {shown.get('active')!r}",
            at="active",
            wanted=True,
            got=shown.get("active"),
            per="OKTA-CREATE-02",
        )

    return require
