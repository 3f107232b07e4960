"""How long Okta waits: a silent socket for a minute, a target that says 429 as long as it asks, and how often."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.clock import Clock
    from scimulator.exchange.message import Response
    from scimulator.idp.flow import Send

TIMEOUT_SECONDS = 60
"""A socket that stays silent this long is closed (Okta's SCIM FAQ)."""
RETRY_AFTER_SECONDS = 300
"""The wait after a 429 without a usable Retry-After (Okta's SCIM concepts page, 2026-03)."""
MOST_TRIES = 10
_SECONDS = re.compile(r"[0-9]+")


def pause(answer: Response, last: float) -> float:
    """Return the seconds to wait after a 429: twice the last wait, or what the first 429 asks for.

    Only whole seconds count in Retry-After; a date, a fraction or nothing means 300 s.
    """
    if last:
        return last * 2
    given = (answer.header("Retry-After") or "").strip()
    return float(given) if _SECONDS.fullmatch(given) else float(RETRY_AFTER_SECONDS)


def impatient(
    send: Callable[[Send], Response | None], clock: Clock, seconds: float = TIMEOUT_SECONDS
) -> Callable[[Send], Response | None]:
    """Return ``send`` for a driver in simulated time: an answer that takes longer than ``seconds`` is none.

    Okta counts the silence on the socket; where an answer comes at once after it, as in a simulation, that is the time
    until the answer.
    """

    def within(step: Send) -> Response | None:
        started = clock.now()
        answer = send(step)
        return answer if (clock.now() - started).total_seconds() <= seconds else None

    return within
