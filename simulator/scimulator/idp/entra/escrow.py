"""Failed objects are tried again with growing pauses; too many of them, or refused credentials, mean quarantine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.idp.entra.settings import INTERVAL, LONGEST, SLOWEST, TRANSIENT, retry_after
from scimulator.idp.entra.state import Escrow, Quarantine, Reason

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from scimulator.idp.entra.settings import JobSettings, Limits
    from scimulator.idp.entra.state import EntraApp, Work


def keep(app: EntraApp, settings: JobSettings, work: Work, failure: tuple[str, str], now: datetime) -> None:
    """Put a failed object aside until its next try; ``failure`` is the code and the message.

    After 28 days the object is given up and the job is disabled.
    """
    code, message = failure
    earlier = app.escrow.get(work.key)
    first = earlier.first_failed if earlier else now
    if now - first >= LONGEST:
        app.escrow.pop(work.key, None)
        app.disabled = f"{work.subject} has failed for 28 days ({code})"
        return
    retries = earlier.retries + 1 if earlier else 0
    if code in TRANSIENT or (settings.first_retry_in_next_cycle and earlier is None):
        due = now + INTERVAL
    else:
        # The steps count from the first failure, so that a try in between uses none of them up.
        step = 0
        while first + retry_after(step) <= now:
            step += 1
        due = first + retry_after(step)
    app.escrow[work.key] = Escrow(work, first, due, code, message, retries)


def retry_note(entry: Escrow | None) -> str:
    """Return what the log adds to the reason of a failure (github.com/1Password/scim-examples/issues/82)."""
    if entry is None:
        return ""
    due = entry.due.strftime("%Y-%m-%dT%H:%M:%SZ")
    return f" This operation was retried {entry.retries} times. It will be retried again after this date: {due}"


def overflow(app: EntraApp, limits: Limits, events: int) -> Reason | None:
    """Return why the number of failed objects means quarantine, None where it does not; ``events`` were handled."""
    references = sum(entry.work.phase.reference for entry in app.escrow.values())
    failures = len(app.escrow) - references
    if len(app.escrow) > limits.most_with_references:
        return Reason.TOTAL
    if failures > limits.most:
        return Reason.BASE
    if failures >= limits.fewest and failures * 100 > limits.share * events:
        return Reason.PROPORTION
    return None


def quarantine(app: EntraApp, reason: Reason, message: str, now: datetime) -> None:
    """Put the job into quarantine; the day on which it came there first stays."""
    if app.quarantine is None:
        app.quarantine = Quarantine(now, reason, message)
    elif app.quarantine.reason is not reason:
        app.quarantine = Quarantine(app.quarantine.since, reason, message, app.quarantine.cycles)


def pause(app: EntraApp) -> timedelta:
    """Return the time until the next cycle: 40 minutes, in quarantine more and more, up to a day.

    That cycles get rarer gradually is documented, that the pause doubles is inferred.
    """
    if app.quarantine is None:
        return INTERVAL
    slower: timedelta = INTERVAL * (1 << min(app.quarantine.cycles, 10))
    return min(slower, SLOWEST)
