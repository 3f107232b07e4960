"""What every check can ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import Controls, Ground, Probe, Resources, Tenant

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Discovery, JsonObject, Judge, Resource, Session


@pytest.fixture
def scim(scim_session: Session) -> Session:
    """The session with the target: plain requests."""
    return scim_session


@pytest.fixture
def users(scim_session: Session) -> Resources:
    """The User endpoint of the target."""
    return Resources(scim_session, "user")


@pytest.fixture
def groups(scim_session: Session) -> Resources:
    """The Group endpoint of the target."""
    return Resources(scim_session, "group")


@pytest.fixture
def discovery(scim_session: Session) -> Discovery:
    """ServiceProviderConfig, ResourceTypes and Schemas of the target."""
    return scim_session.discovery


@pytest.fixture
def judge(scim_session: Session) -> Judge:
    """The judge of the running check, for expectations that are not about one answer."""
    return scim_session.judge


@pytest.fixture
def controls(scim_session: Session) -> Controls:
    """What can be done to the target outside SCIM; for checks that declare ``controls``."""
    return Controls(scim_session)


@pytest.fixture
def quirk(scim_session: Session) -> Probe:
    """What a probe says of its quirk: ``quirk.seen("fold", "sent Ada@…, read ada@…")``; the check's id names it."""
    found = Probe(scim_session, scim_session.judge.declaration.id.split(".")[1])
    found.begin()
    return found


@pytest.fixture
def tenant(scim_session: Session, dialect: str) -> Tenant:
    """An identity provider that speaks ``dialect``, with an empty directory of its own."""
    return Tenant(scim_session, dialect)


# -- what the target keeps: the ground of checks that change something


@pytest.fixture
def ground(scim_session: Session) -> Ground:
    """Users with known values, on attributes that the target keeps."""
    return Ground(scim_session)


@pytest.fixture
def kept(ground: Ground) -> Callable[..., Resource]:
    """Get a user with the attributes given; not applicable where the target does not keep them unaltered."""
    return ground.kept


@pytest.fixture
def own(ground: Ground) -> Callable[..., Resource]:
    """Like ``kept``, but a new user that nobody has changed: it lacks all that it is not made with."""
    return ground.own


@pytest.fixture
def entry(ground: Ground) -> Callable[..., JsonObject]:
    """Return a fresh value of a multi-valued attribute: ``entry("emails", "home", primary=True)``."""
    return ground.entry


@pytest.fixture
def with_entries(ground: Ground) -> Callable[..., tuple[Resource, list[JsonObject]]]:
    """Get a user with one value of each kind, and the values: ``with_entries("emails", "work", "home")``."""
    return ground.with_entries


@pytest.fixture
def pool(ground: Ground) -> Callable[[int], list[str]]:
    """Ids of users to be members and managers: ``pool(2)``; they outlive the check, and nobody changes them."""
    return ground.pool


@pytest.fixture
def plains(ground: Ground) -> list[str]:
    """Single-valued text attributes of a user that the target keeps; at least one, most telling first."""
    return ground.plains()


@pytest.fixture
def plain(plains: list[str]) -> str:
    """A single-valued text attribute of a user that the target keeps."""
    return plains[0]


@pytest.fixture
def optional(ground: Ground) -> str:
    """Like ``plain``, and nothing makes the target insist on a value or fill one in by itself."""
    return ground.optional()


@pytest.fixture
def several(ground: Ground) -> str:
    """A multi-valued complex attribute of which the target keeps three values with their types."""
    return ground.several()


@pytest.fixture
def by_type(ground: Ground) -> str:
    """The attribute of ``several``, where the target takes value paths such as ``emails[type eq "work"].value``."""
    return ground.by_type()


@pytest.fixture
def fresh(scim_session: Session) -> str:
    """A text that no user has yet."""
    return scim_session.people.unique("text")


@pytest.fixture
def shared(scim_session: Session) -> Callable[..., Resource]:
    """Lend a user that other checks change too: ``shared("named", make)``.

    It serves checks that compare before with after and need no state of their own.
    """
    lent: dict[str, Resource] = {}

    def lend(key: str, make: Callable[[], Resource]) -> Resource:
        if key not in lent:
            lent[key] = scim_session.lending.borrow(key, make)
        return lent[key]

    return lend


@pytest.fixture
def user(ground: Ground) -> Resource:
    """A user with a value in each of ``plains``, lent from check to check."""
    return ground.user()
