"""What an expression of Okta's language can look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from scimulator.idp.expressions.calls import Arguments, Library

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.exchange.clock import Clock
    from scimulator.exchange.strict_json import Json

    Profile: TypeAlias = Mapping[str, Json]

SOURCE = "https://developer.okta.com/docs/reference/okta-expression-language/"
"""The page that documents the language; a test repeats each of its examples."""
BOOLEANS = ("false", "true")


@dataclass(frozen=True, slots=True)
class OktaGroup:
    """A group of Okta that the user is a member of."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Boss:
    """A user's manager or assistant as Active Directory names them: an Okta profile, and app profiles by app."""

    user: Profile
    apps: Mapping[str, Profile] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OktaContext:
    """One user as Okta's expressions see it.

    ``user`` and ``appuser`` are profiles: attributes by variable name, where an absent one is null (never populated).
    ``profiles`` holds what else has a name: ``org``, ``app``, ``idpuser``, ``session``, explicit apps such as
    ``zendesk`` or ``google_apps_app``, and ``source``, which also gives attributes that stand without a prefix.
    ``internal`` holds ``id`` and ``status``, ``linked`` other users by relationship. ``directory_users`` and
    ``workday_users`` are the app profiles of the user's assignments to Active Directory and Workday.
    """

    user: Profile = field(default_factory=dict)
    appuser: Profile | None = None
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    internal: Profile = field(default_factory=dict)
    groups: tuple[OktaGroup, ...] | None = None
    linked: Mapping[str, Profile] = field(default_factory=dict)
    directory_users: tuple[Profile, ...] = ()
    workday_users: tuple[Profile, ...] = ()
    manager: Boss | None = None
    assistant: Boss | None = None
    clock: Clock | None = None

    def profile(self, name: str) -> Profile | None:
        """Return the profile or set of properties of a name, None where there is none."""
        match name:
            case "user":
                return self.user
            case "appuser" if self.appuser is not None:
                return self.appuser
        return self.profiles.get(name)

    @property
    def names(self) -> list[str]:
        """The names that a dot can follow."""
        return ["user", *(["appuser"] if self.appuser is not None else []), *self.profiles]


OktaArguments: TypeAlias = "Arguments[OktaContext]"


def library() -> Library[OktaContext]:
    """Return an empty library of Okta's language."""
    return Library()
