"""Microsoft Entra ID as a SCIM client, in its dialects ``entra.legacy`` and ``entra.optscim``.

What differs between the two is in the profile: the exchanges, and the operations of which an update is put together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.idp.entra.groups import Groups
from scimulator.idp.entra.matching import Matching
from scimulator.idp.entra.users import Users

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

    from scimulator.catalogue.dialects import Dialect
    from scimulator.catalogue.profiles import Profile
    from scimulator.idp.directory import App, Directory
    from scimulator.idp.mapping import Mapping


class Entra(Users, Groups):
    """One Entra app connected to one target; every public method is a flow.

    ``matching`` names the matching attributes by precedence; without it the profile's switches ``match-externalid``
    and ``match-email`` count, else userName.
    """

    def __init__(
        self,
        dialect: str | Dialect | Profile,
        directory: Directory,
        *,
        app: App | None = None,
        mapping: Mapping | None = None,
        randomness: random.Random | None = None,
        matching: Iterable[Matching] = (),
    ) -> None:
        super().__init__(dialect, directory, app=app, mapping=mapping, randomness=randomness)
        chosen = tuple(one.search for one in matching)
        if chosen:
            self.matching = chosen


__all__ = ["Entra", "Matching"]
