"""A user with a version, on a target that promises versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import Blocked, Capability, NotApplicable

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Ground, Resource, Session


@dataclass(frozen=True, slots=True)
class Versioned:
    """A user, the entity-tag with which GET showed it, and a displayName (``new``) that it has never had."""

    user: Resource
    tag: str
    new: str

    @property
    def weak(self) -> bool:
        """Whether the tag is a weak one."""
        return self.tag.startswith("W/")

    @property
    def stale(self) -> str:
        """A well-formed tag that no state of the user has had."""
        return f'{"W/" if self.weak else ""}"scimulator-stale"'

    def overtaken(self, write: Callable[[str], object]) -> tuple[str, bool]:
        """Let ``write`` change the displayName; return the version before it, and whether the one behind it differs.

        A version that counts seconds may not be asked to tell two states of one second apart, so the change is made a
        second time, later, where the versions look alike.

        Raises:
            NotApplicable: where the target does not make the change; the checks of writing judge that.
        """
        before = ""
        count = 0

        def attempt() -> bool:
            nonlocal before, count
            count += 1
            before = self.user.get().header_value("ETag") or ""
            write(f"{self.new} {count}")
            after = self.user.get()
            if after.at("displayName") != f"{self.new} {count}":
                raise NotApplicable("the target did not make the change; the checks of writing judge that")
            return after.header_value("ETag") != before

        differs = self.user.session.tell_apart(attempt)
        return before, differs

    def put_name(self, name: str) -> object:
        """PUT the user with another displayName, unconditionally."""
        return self.user.try_put({**self.user.read(), "displayName": name})

    @property
    def bare(self) -> str:
        """The tag without its mark of weakness."""
        return self.tag.removeprefix("W/")


@pytest.fixture
def promised(scim_session: Session) -> None:
    """Insist that ServiceProviderConfig says etag.supported.

    Raises:
        NotApplicable: where it does not.
    """
    if scim_session.discovery.supports(Capability.ETAG) is not True:
        raise NotApplicable("ServiceProviderConfig does not say that etag is supported")


@pytest.fixture
def versioned(ground: Ground, fresh: str, promised: None) -> Versioned:  # noqa: ARG001  it only has to have passed
    """A user, which other checks may have changed before, and its entity-tag.

    Raises:
        Blocked: where its GET carries no ETag; ``etags.header`` judges that.
    """
    user = ground.kept()
    tag = user.get().header_value("ETag")
    if not tag:
        raise Blocked("etags.header", "the GET of a user has no ETag")
    return Versioned(user, tag, fresh)
