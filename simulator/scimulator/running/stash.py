"""Where the run is kept in pytest's configuration; the plugin and the self-test both look there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from scimulator.running.run import Run

RUN: pytest.StashKey[Run] = pytest.StashKey()
