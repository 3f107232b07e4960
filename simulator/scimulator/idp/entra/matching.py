"""Which attributes Entra joins a person of the directory with a user of the target by.

They are tried one after the other by precedence, never together
(MicrosoftDocs/entra-docs:docs/identity/app-provisioning/customize-application-attributes.md). The value searched for is
what the mapping yields for the attribute.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from scimulator.idp.paths import parse_place

if TYPE_CHECKING:
    from scimulator.idp.paths import Place


class Matching(StrEnum):
    """A matching attribute of users, by its path at the target."""

    USER_NAME = "userName"
    EXTERNAL_ID = "externalId"
    WORK_EMAIL = 'emails[type eq "work"].value'

    @classmethod
    def of(cls, exchange_id: str) -> Matching:
        """Return the attribute that an exchange searches by."""
        return next((one for one in (cls.EXTERNAL_ID, cls.WORK_EMAIL) if one.search == exchange_id), cls.USER_NAME)

    @property
    def search(self) -> str:
        """The exchange that searches by it."""
        return f"users.find{_SUFFIX[self]}"

    @property
    def probe(self) -> str:
        """The exchange that tests the connection by it."""
        return f"connection.users{_SUFFIX[self]}"

    @property
    def place(self) -> Place:
        """Where a resource has it."""
        return parse_place(self.value)

    @property
    def placeholder(self) -> str:
        """The name of its value in the exchange."""
        return "email" if self is Matching.WORK_EMAIL else self.value


_SUFFIX = {Matching.USER_NAME: "", Matching.EXTERNAL_ID: ".externalid", Matching.WORK_EMAIL: ".email"}
