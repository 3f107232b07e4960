"""Okta in a test: what an administrator does is sent to the application at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from scimulator.idp.directory import Assignment, Kind
from scimulator.idp.flow import Outcome, Result
from scimulator.testing.tenant import ScimTenant, named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scimulator.exchange.strict_json import Json
    from scimulator.idp.directory import DirectoryGroup, Person
    from scimulator.idp.flow import ImportResult
    from scimulator.testing.directory import ScimDirectory
    from scimulator.testing.target import ScimTarget

DIALECT = "okta.template"
__tracebackhide__ = True
"""A failure is shown at the line of the test that caused it."""


class ScimOkta(ScimTenant):
    """An Okta org with one SCIM app. Every method sends what Okta sends and raises ``ProvisioningError`` on failure.

    People and groups come from ``person`` and ``group`` of this object or of the fixture ``scim_directory``.
    """

    idp: ClassVar[str] = "okta"

    def __init__(
        self, target: ScimTarget, directory: ScimDirectory, *, dialect: str = DIALECT, on: Iterable[str] = ()
    ) -> None:
        super().__init__(target, directory, dialect=dialect, on=on)
        self._okta = self._tenant.okta

    def test_connection(self) -> Result:
        """The button "Test Connector Configuration"."""
        return self._carry(self._okta.test_connection(), "the connection test")

    # -- people

    def assign(self, person: Person) -> Result:
        """Assign the app to somebody: the account is searched, and created or linked; an inactive one comes back."""
        if self.remote_id(person):
            return self._carry(self._okta.reactivate(person.id), f"assigning {named(person)} again")
        self._okta.app.assignments[person.id] = Assignment(person.id, Kind.PERSON)
        return self._carry(self._okta.assign(person.id), f"assigning {named(person)}")

    def change(self, person: Person, **fields: Json) -> Result:
        """Change somebody in the directory and push the profile."""
        self.directory.data.change_person(person.id, **fields)
        return self._carry(self._okta.push_profile(person.id), f"changing {named(person)}")

    def unassign(self, person: Person) -> Result:
        """Take the app away: Okta switches the account off, and never deletes one."""
        self._okta.app.assignments.pop(person.id, None)
        return self._carry(self._okta.deactivate(person.id), f"unassigning {named(person)}")

    def deactivate(self, person: Person) -> Result:
        """Deactivate somebody in the directory, which switches the account off."""
        self.directory.data.change_person(person.id, enabled=False)
        return self._carry(self._okta.deactivate(person.id), f"deactivating {named(person)}")

    def reactivate(self, person: Person) -> Result:
        """Activate somebody in the directory again, and the account with him."""
        self.directory.data.change_person(person.id, enabled=True)
        return self._carry(self._okta.reactivate(person.id), f"reactivating {named(person)}")

    def sync_password(self, person: Person, password: str) -> Result:
        """Push a password, where the app has "Sync Password" on."""
        return self._carry(self._okta.sync_password(person.id, password), f"the password of {named(person)}")

    # -- groups

    def push_group(self, group: DirectoryGroup) -> Result:
        """Push a group: it is created with those members that have accounts."""
        return self._carry(self._okta.push_group(group.id), f"pushing the group {named(group)}")

    def rename_group(self, group: DirectoryGroup, name: str) -> Result:
        """Rename a pushed group."""
        self.directory.data.rename_group(group.id, name)
        return self._carry(self._okta.rename_group(group.id), f"renaming the group {named(group)}")

    def add_to_group(self, group: DirectoryGroup, *people: Person) -> Result:
        """Add people to a pushed group."""
        ids = [each.id for each in people]
        self.directory.data.join(group.id, ids)
        return self._carry(self._okta.add_members(group.id, ids), f"adding to the group {named(group)}")

    def remove_from_group(self, group: DirectoryGroup, *people: Person) -> Result:
        """Remove people from a pushed group."""
        ids = [each.id for each in people]
        self.directory.data.leave(group.id, ids)
        return self._carry(self._okta.remove_members(group.id, ids), f"removing from the group {named(group)}")

    def delete_group(self, group: DirectoryGroup) -> Result:
        """Unlink a pushed group and delete it at the application."""
        return self._carry(self._okta.delete_group(group.id), f"deleting the group {named(group)}")

    # -- imports

    def import_users(self) -> ImportResult:
        """Read all users of the application, as "Import Now" does; ``imported`` says whom Okta takes each for."""
        return self._imported(self._carry(self._okta.import_users(), "the import of users"), "the import of users")

    def import_groups(self) -> ImportResult:
        """Read all groups of the application."""
        return self._imported(self._carry(self._okta.import_groups(), "the import of groups"), "the import of groups")

    def _imported(self, result: ImportResult, what: str) -> ImportResult:
        if result.outcome in (Outcome.FAILED, Outcome.UNKNOWN):
            raise self._error(what, "; ".join(result.messages), max(0, len(self._tenant.answers) - 1))
        return result
