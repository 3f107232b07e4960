"""Entra in a test: what happens in the directory waits for the next cycle, or for provisioning on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from scimulator.idp.entra import events
from scimulator.idp.entra.job import EntraJob
from scimulator.idp.entra.settings import JobSettings
from scimulator.testing.errors import ProvisioningError
from scimulator.testing.tenant import ScimTenant, named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scimulator.exchange.strict_json import Json
    from scimulator.idp.directory import DirectoryGroup, Person
    from scimulator.idp.entra.job import CycleResult
    from scimulator.idp.entra.on_demand import OnDemandResult
    from scimulator.idp.flow import Result
    from scimulator.testing.directory import ScimDirectory
    from scimulator.testing.target import ScimTarget

DIALECT = "entra.optscim"
__tracebackhide__ = True
"""A failure is shown at the line of the test that caused it."""


class ScimEntra(ScimTenant):
    """An Entra tenant with one enterprise application.

    Assigning and changing happen in the directory alone, as in the portal; ``run_cycle`` carries over what is due, and
    ``provision_on_demand`` one person at once. Both raise ``ProvisioningError`` where the application fails.
    """

    idp: ClassVar[str] = "entra"

    def __init__(
        self,
        target: ScimTarget,
        directory: ScimDirectory,
        *,
        dialect: str = DIALECT,
        on: Iterable[str] = (),
        settings: JobSettings | None = None,
    ) -> None:
        super().__init__(target, directory, dialect=dialect, on=on)
        self._entra = self._tenant.entra
        self.job = EntraJob(self._entra, settings or JobSettings())

    def test_connection(self) -> Result:
        """The button "Test Connection"."""
        return self._carry(self._entra.test_connection(), "the connection test")

    # -- the directory

    def assign(self, *subjects: Person | DirectoryGroup) -> None:
        """Assign the app to people or groups; the next cycle provisions them, and the direct members of the groups."""
        for each in subjects:
            events.assign(self.directory.data, self._entra.app, each.id)

    def unassign(self, *subjects: Person | DirectoryGroup) -> None:
        """Take people or groups out of scope; the next cycle disables their accounts."""
        for each in subjects:
            events.unassign(self._entra.app, each.id)

    def change(self, person: Person, **fields: Json) -> Person:
        """Change somebody in the directory; the next cycle sends what differs."""
        return self.directory.data.change_person(person.id, **fields)

    def deactivate(self, person: Person) -> Person:
        """Block somebody's sign-in; the next cycle disables the account."""
        return self.directory.data.change_person(person.id, enabled=False)

    def reactivate(self, person: Person) -> Person:
        """Unblock somebody's sign-in; the next cycle enables the account."""
        return self.directory.data.change_person(person.id, enabled=True)

    def delete(self, person: Person, *, for_good: bool = False) -> None:
        """Delete somebody: the next cycle disables the account, and deletes it once he is gone for good."""
        self.directory.data.soft_delete(person.id, prefix_login=True)
        if for_good:
            events.purge(self.directory.data, person.id)

    def push_group(self, group: DirectoryGroup) -> CycleResult:
        """Assign a group and run a cycle, which creates it with its members."""
        self.assign(group)
        return self.run_cycle()

    def rename_group(self, group: DirectoryGroup, name: str) -> None:
        """Rename a group; the next cycle does so at the application."""
        self.directory.data.rename_group(group.id, name)

    def add_to_group(self, group: DirectoryGroup, *people: Person) -> None:
        """Make people members; the next cycle tells the application."""
        self.directory.data.join(group.id, [each.id for each in people])

    def remove_from_group(self, group: DirectoryGroup, *people: Person) -> None:
        """Take people out of a group; the next cycle tells the application."""
        self.directory.data.leave(group.id, [each.id for each in people])

    # -- provisioning

    def run_cycle(self, *, check: bool = True) -> CycleResult:
        """Run one cycle; the first takes everybody in scope, later ones what has changed.

        Raises:
            ProvisioningError: when the cycle or one of its objects failed; with ``check`` off the result tells.
        """
        result = self._carry(self.job.cycle(), "the cycle")
        if check and not result.ok:
            failed = [
                f"{each.source}: {each.reason or each.error_code}" for each in result.entries if _failed(each.status)
            ]
            said = "; ".join(filter(None, [result.problem, result.disabled, *failed])) or "see the provisioning log"
            raise ProvisioningError(
                f"{self._tenant.dialect.title}: cycle {result.number} failed: {said}", self.sent[-3:]
            )
        return result

    def provision_on_demand(self, subject: Person | DirectoryGroup, *members: Person) -> OnDemandResult:
        """Provision one person, or a group with up to five members, at once, as the portal's button does.

        Raises:
            ProvisioningError: with the portal's table of steps.
        """
        flow = self.job.on_demand(subject.id, tuple(each.id for each in members))
        result = self._carry(flow, f"provisioning {named(subject)} on demand")
        if not result.ok:
            raise ProvisioningError(
                f"provisioning {named(subject)} on demand failed\n{result.as_table()}", self.sent[-3:]
            )
        return result


def _failed(status: object) -> bool:
    return str(status) == "failure"
