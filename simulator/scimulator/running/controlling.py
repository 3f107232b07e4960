"""The controls of a run: made of target, settings and journal, undone whatever happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.target.auth import bearer
from scimulator.target.controls.desk import ControlDesk, surroundings, target_controls

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.strict_json import JsonObject
    from scimulator.target.controls.definition import Control
    from scimulator.target.controls.desk import ControlJournal
    from scimulator.target.settings import Settings
    from scimulator.target.target import Target


def desk_for(target: Target, settings: Settings, journal: ControlJournal, learn: Callable[[str], None]) -> ControlDesk:
    """Return the controls of a run; ``learn`` hears of every secret that passes by.

    Raises:
        SettingsError: for a definition that cannot be used.
    """

    def undone(_: Control, answer: JsonObject) -> None:
        # SCIM that was switched off and on again may have another token, and the run has to go on with that.
        token = answer.get("token")
        if isinstance(token, str) and token and target.credentials is not None:
            target.credentials = bearer(token)

    return ControlDesk(
        target_controls(target, settings),
        journal,
        surroundings(target, settings, learn),
        enabled=settings.run.controls,
        on_undone=undone,
    )
