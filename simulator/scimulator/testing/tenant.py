"""What an Okta and an Entra tenant have in common in a test: a directory, a connection, and errors that read well."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from scimulator.catalogue.dialects import dialect as find_dialect
from scimulator.idp.flow import Result
from scimulator.kit.outcomes import Blocked, NotApplicable, Refuted
from scimulator.kit.tenant import Tenant
from scimulator.testing.errors import ProvisioningError, ScimTestingError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scimulator.exchange.message import Exchange
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.directory import DirectoryGroup, Person
    from scimulator.idp.flow import Flow
    from scimulator.testing.directory import ScimDirectory
    from scimulator.testing.target import ScimTarget

T = TypeVar("T")
__tracebackhide__ = True
"""A failure is shown at the line of the test that caused it."""


class _Connected(Tenant):
    """A tenant whose directory others may share."""

    def __init__(self, target: ScimTarget, dialect: str, directory: ScimDirectory, *, on: Iterable[str]) -> None:
        super().__init__(target.session, dialect, on=on)
        self.directory = directory.data
        self.engine = type(self.engine)(self.profile, directory.data, app=self.app, randomness=self._random)


class ScimTenant:
    """A tenant with one app that provisions to the target.

    ``dialect`` is how it talks, see ``scimulator list dialects``; ``on`` turns optional exchanges of its profile on.
    """

    idp: ClassVar[str] = ""

    def __init__(self, target: ScimTarget, directory: ScimDirectory, *, dialect: str, on: Iterable[str] = ()) -> None:
        if find_dialect(dialect).idp != self.idp:
            raise ScimTestingError(f"{dialect} is no dialect of {self.idp}; see: scimulator list dialects")
        self.target = target
        self.directory = directory
        self.dialect = dialect
        self._tenant = _Connected(target, dialect, directory, on=on)

    # -- the directory

    def person(self, login: str = "", **fields: Json) -> Person:
        """Add somebody to the directory; see ``ScimDirectory.person``."""
        return self.directory.person(login, **fields)

    def group(self, *members: Person, name: str = "") -> DirectoryGroup:
        """Add a group to the directory; see ``ScimDirectory.group``."""
        return self.directory.group(*members, name=name)

    # -- what became of it

    def remote_id(self, subject: Person | DirectoryGroup) -> str:
        """Return the application's id of a person or group; empty while it has none."""
        return self._tenant.engine.app.remote_id(subject.id) or ""

    def account(self, subject: Person | DirectoryGroup) -> JsonObject:
        """Return the application's resource of a person or group, read anew.

        Raises:
            ProvisioningError: when it has none, or does not show it.
        """
        remote = self.remote_id(subject)
        if not remote:
            raise ProvisioningError(f"{named(subject)} has no account at the application yet")
        group = subject.id in self.directory.data.groups
        discovery = self.target.session.discovery
        endpoint = (discovery.group_endpoint or "/Groups") if group else discovery.user_endpoint
        answer = self.target.get(f"{endpoint}/{remote}")
        if answer.status != 200:
            raise ProvisioningError(
                f"{named(subject)} cannot be read back", self.target.exchanges[-1:], status=answer.status
            )
        return answer.body

    @property
    def sent(self) -> list[Exchange]:
        """What this tenant has sent so far, in order."""
        return [each.exchange for each in self._tenant.answers]

    # -- carrying

    def _carry(self, flow: Flow[T], what: str) -> T:
        """Carry a flow to its end.

        Raises:
            ProvisioningError: when the application does not do what the identity provider needs.
        """
        before = len(self._tenant.answers)
        try:
            result = self._tenant.run(flow)
        except Refuted as refuted:
            raise self._error(what, refuted.violation.symptom.message, before) from None
        except (Blocked, NotApplicable) as blocked:
            raise self._error(what, str(blocked), before) from None
        if isinstance(result, Result) and not result.ok:
            said = "; ".join(result.messages) or f"it ended as {result.outcome.value}"
            raise self._error(what, said, before)
        return result

    def _error(self, what: str, said: str, before: int) -> ProvisioningError:
        sent = [each.exchange for each in self._tenant.answers[before:]]
        status = sent[-1].response.status if sent and sent[-1].response else 0
        return ProvisioningError(f"{self._tenant.dialect.title}: {what} failed: {said}", sent, status=status)


def named(subject: Person | DirectoryGroup) -> str:
    """Return how a person or group is called in a message."""
    return str(getattr(subject, "login", "") or getattr(subject, "name", ""))
