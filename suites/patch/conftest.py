"""What the PATCH checks share beyond what every check of writing has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scimulator.kit import JsonObject, Resource


@pytest.fixture
def shows() -> Callable[..., None]:
    """Expect of a resource what ``Resource.changes`` expects, where the request may also be refused.

    ``shows(user, before, only={…}, frame="…")`` compares a fresh read with ``before``; a second look tells stale
    from lost.
    """

    def compare(user: Resource, before: JsonObject, *, only: Mapping[str, object], frame: str | None = None) -> None:
        user.compare(before, only=only, frame=frame)

    return compare
