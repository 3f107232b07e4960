"""What the checks of Entra share: tenants whose mapping fits the target, people with an account, who is in a group."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Protocol

import pytest

from scimulator.kit import (
    ANYTHING,
    ENTERPRISE,
    USER,
    Blocked,
    Json,
    JsonObject,
    Judge,
    Person,
    Purpose,
    Resource,
    Resources,
    Session,
    Tenant,
    find,
    is_unassigned,
)

MakeTenant = Callable[..., Tenant]
Hire = Callable[..., str]
Also = Callable[[str], dict[str, object]]


class Ended(Protocol):
    """What a flow came to."""

    @property
    def ok(self) -> bool:
        """Whether Entra is content."""

    @property
    def messages(self) -> tuple[str, ...]:
        """What the provisioning log says."""

    @property
    def status(self) -> int:
        """The status of the last answer."""


@pytest.fixture
def tenant_with(scim: Session, users: Resources, dialect: str) -> MakeTenant:
    """Make a tenant with some switches of the profile turned ``on`` or ``off``.

    Its mapping names the attributes that the target offers and no others, as an administrator's does.
    """

    def make(*, on: tuple[str, ...] = (), off: tuple[str, ...] = ()) -> Tenant:
        tenant = Tenant(scim, dialect, on=on, off=off)
        mapping = tenant.engine.mapping
        kept = []
        for rule in mapping.rules:
            place = rule.target
            name = f"{place.attribute}.{place.sub}" if place.sub else place.attribute
            if users.offers(f"{ENTERPRISE}:{name}" if place.urn else name):
                kept.append(rule)
        tenant.engine.mapping = dataclasses.replace(mapping, rules=tuple(kept))
        return tenant

    return make


@pytest.fixture
def tenant(tenant_with: MakeTenant) -> Tenant:
    """One tenant with the switches that the dialect has by default."""
    return tenant_with()


@pytest.fixture
def unkept() -> dict[str, dict[str, object]]:
    """By person: attributes that the new account does not show as they were sent, each with ``ANYTHING``."""
    return {}


@pytest.fixture
def also(unkept: dict[str, dict[str, object]]) -> Also:
    """Return what an update of a person may change beyond what was asked: Entra sends again what was not kept.

    ``entra.provision.values`` judges that something was not kept.
    """

    def changeable(person_id: str) -> dict[str, object]:
        return unkept.get(person_id, {})

    return changeable


@pytest.fixture
def hire(users: Resources, unkept: dict[str, dict[str, object]]) -> Hire:
    """Give a new person an account, as ground of a check; takes a tenant and attributes, returns the person's id.

    The account has what Entra's mapping yields, and the tenant is linked to it; the search before it is left out.
    """

    def differing(tenant: Tenant, person_id: str, shown: JsonObject) -> dict[str, object]:
        person = tenant.directory.person(person_id)
        found: dict[str, object] = {}
        for rule in tenant.engine.mapping.rules:
            wanted, place = rule.value(person, {}), rule.target
            if wanted is not None and not rule.reference and place.find(shown) != wanted:
                name = place.attribute if place.selector or not place.sub else f"{place.attribute}.{place.sub}"
                found[f"{place.urn}:{name}" if place.urn else name] = ANYTHING
        return found

    def provision(tenant: Tenant, **fields: Json) -> str:
        nickname = tenant.session.people.unique("nick")
        person = tenant.person(**{"mailNickname": nickname, **fields})
        kind = tenant.directory.history[-1].kind
        resource = tenant.engine.mapping.resource(person)
        schemas: list[Json] = [USER, ENTERPRISE] if ENTERPRISE in resource else [USER]
        answer = tenant.session.create(users.endpoint, {"schemas": schemas, **resource}, purpose=Purpose.SET_UP)
        if not answer.ok or not answer.id:
            raise Blocked("entra.provision.create", f"POST {users.endpoint} was answered {answer.status_code}")
        tenant.engine.link(person.id, kind, answer.id)
        if differing(tenant, person.id, answer.body):
            unkept[person.id] = differing(tenant, person.id, tenant.account(person.id).read())
        return person.id

    return provision


@pytest.fixture
def accepted(judge: Judge) -> Callable[..., bool]:
    """Require that a flow ended well, and tell whether it did.

    Unlike ``tenant.run`` it leaves the details of the answers to the checks that are about them. ``exchange`` is the
    number of the one that shows it, where it is not the last.
    """

    def require(result: Ended, *, per: str | None = None, exchange: int | None = None) -> bool:
        return judge.require(
            result.ok,
            f"Entra gives up: {'; '.join(result.messages) or 'the answer cannot be used'}",
            kind="refused" if result.status in (0, 200, 204) else "status",
            got=result.status,
            per=per,
            exchange=exchange,
        )

    return require


@pytest.fixture
def typed() -> Callable[[JsonObject, str, str], list[JsonObject]]:
    """Return the elements of a multi-valued attribute that have a type: ``typed(resource, "emails", "work")``."""

    def elements(resource: JsonObject, attribute: str, kind: str) -> list[JsonObject]:
        found = find(resource, attribute)
        listed = found if isinstance(found, list) else []
        return [each for each in listed if isinstance(each, dict) and str(each.get("type")).lower() == kind]

    return elements


@pytest.fixture
def has_one(
    judge: Judge, typed: Callable[[JsonObject, str, str], list[JsonObject]]
) -> Callable[[JsonObject, str, str, dict[str, Json]], None]:
    """Require that one element of a type is there, no second one, and that it shows these values."""

    def require(
        resource: JsonObject, attribute: str, kind: str, wanted: dict[str, Json], per: str | None = None
    ) -> None:
        found = typed(resource, attribute, kind)
        judge.require(
            len(found) == 1,
            f"{attribute} holds {len(found)} elements of type {kind}, owed is one",
            kind="no-element" if not found else "several-elements",
            at=attribute,
            wanted=1,
            got=len(found),
            per=per,
        )
        for name, value in wanted.items():
            judge.require(
                found[0].get(name) == value,
                f'{attribute}[type eq "{kind}"].{name} is {found[0].get(name)!r}, sent was {value!r}',
                kind="not-applied",
                at=f"{attribute}.{name}",
                wanted=value,
                got=found[0].get(name),
                per=per,
            )

    return require


@pytest.fixture
def colleague(hire: Hire, scim: Session) -> Hire:
    """Give the tenant a person whose account no check changes; each tenant has every one of them once.

    The checks of one dialect share them, to be members, managers and neighbours.
    """

    def lend(tenant: Tenant) -> str:
        everybody = scim.known.setdefault(f"colleagues of {tenant.dialect.id}", {})
        shared: dict[str, tuple[Person, str]] = everybody  # type: ignore[assignment]  # what is put there below
        for person, remote_id in shared.values():
            if person.id not in tenant.directory.people:
                tenant.directory.add_person(person)
                tenant.engine.link(person.id, tenant.directory.history[-1].kind, remote_id)
                return person.id
        with scim.keeping():
            made = hire(tenant)
        shared[made] = (tenant.directory.person(made), tenant.app.remote_id(made) or "")
        return made

    return lend


@pytest.fixture
def team_of(colleague: Hire, hire: Hire) -> Callable[..., tuple[str, list[str]]]:
    """Make a group with some members and others who are none (``waiting``); return the group and all people.

    People are colleagues; with ``own`` they are the check's, which may change their accounts. Where the target takes no
    members on create, they are added as Entra adds them.
    """

    def made(tenant: Tenant, number: int, *, waiting: int = 0, own: bool = False) -> tuple[str, list[str]]:
        people = [hire(tenant) if own else colleague(tenant) for _ in range(number + waiting)]
        team = tenant.group(*(tenant.directory.person(each) for each in people[:number]))
        group = tenant.set_up(team, by="entra.groups.create", externalId=team.id)
        shown = find(group.first, "members[*].value")
        members = [tenant.app.remote_id(each) for each in people[:number]]
        if (sorted(map(str, shown)) if isinstance(shown, list) else []) != sorted(map(str, members)):
            tenant.ground(tenant.entra.add_members(team.id, people[:number]), by="entra.groups.add-member")
        return team.id, people

    return made


@pytest.fixture
def has_members(scim: Session) -> Callable[..., None]:
    """Require that a group has exactly these people, each once; a look that differs is followed by a second."""

    def members(group: Resource) -> list[str]:
        found = find(group.read(), "members[*].value")
        return [] if is_unassigned(found) else sorted(str(each) for each in found)  # type: ignore[attr-defined]  # a list

    def require(
        tenant: Tenant, team: str, people: list[str], *, why: str, per: str | None = None, soft: bool = False
    ) -> None:
        group = tenant.account(team)
        wanted = sorted(tenant.app.remote_id(each) or "" for each in people)
        seen = members(group)
        if seen != wanted:
            scim.settle()
            seen = members(group)
        lost, strange = sorted(set(wanted) - set(seen)), sorted(set(seen) - set(wanted))
        parts = [f"{len(lost)} missing"] * bool(lost) + [f"{len(strange)} too many"] * bool(strange)
        parts += [] if parts or len(seen) == len(wanted) else ["somebody is listed twice"]
        scim.judge.require(
            not parts,
            f"{why} the group has {len(seen)} members, the directory {len(wanted)}: {', '.join(parts)}",
            kind="members",
            at="members",
            wanted=[*wanted],
            got=[*seen],
            per=per,
            soft=soft,
        )

    return require
