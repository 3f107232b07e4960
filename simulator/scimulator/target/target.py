"""The target: one place through which every request to the server under test goes, and a good guest there.

Pace, deadlines, Retry-After, credentials and the record of exchanges live here. How bytes travel is the business of a
:class:`Carrier`: over a socket, into an ASGI or WSGI application, or straight into a function.
"""

from __future__ import annotations

import email.utils
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from scimulator.exchange.clock import RealClock
from scimulator.exchange.message import Exchange, FailureKind, Purpose, Request, Response, TransportFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

    from scimulator.catalogue.presets import QuirkValue
    from scimulator.exchange.clock import Clock
    from scimulator.target.auth import Credentials
    from scimulator.target.controls.definition import Control
    from scimulator.target.settings import Limits

AUTHORIZATION = "{{authorization}}"
HOST = "{{host}}"
HANGS_UNTIL_DEAD = 3
"""So many exchanges in a row without any answer, and the target is taken for dead."""
LAST_TRY = 5.0
"""Seconds in which a target taken for dead may still answer a removal; after one such failure none is tried."""
CLEAN_UP_GRACE = 60.0
"""Seconds beyond the run's deadline in which a run may still remove what it made."""


class CarrierError(Exception):
    """A request got no usable response; ``failure`` says why."""

    def __init__(self, kind: FailureKind, message: str) -> None:
        """Wrap a kind and a sentence for a person."""
        super().__init__(message)
        self.failure = TransportFailure(kind, message)


class Carrier(Protocol):
    """What brings one request to the target and the response back."""

    def carry(self, request: Request, timeout: float) -> Response:
        """Carry a request whose target is absolute (base path included) and whose headers are final.

        Raises:
            CarrierError: when no usable response came within ``timeout`` seconds.
        """
        ...

    def close(self) -> None:
        """Give back connections and threads."""
        ...


class Target:
    """The SCIM server under test.

    ``spec`` is what the user wrote, ``name`` the same without secrets, ``base_url`` has neither trailing slash nor
    query. ``dialect_hint`` is ``entra.optscim`` when the address carried ``aadOptscim062020``. ``listeners`` are called
    after each exchange with the unredacted exchange; whoever writes one to a file redacts it first.
    """

    def __init__(
        self,
        *,
        spec: str,
        name: str,
        base_url: str,
        carrier: Carrier,
        limits: Limits,
        credentials: Credentials | None = None,
        base_path: str = "",
        host: str = "",
        query: str = "",
        dialect_hint: str | None = None,
        is_reference: bool = False,
        warnings: tuple[str, ...] = (),
        clock: Clock | None = None,
        controls: Mapping[str, Control] | None = None,
    ) -> None:
        """Wrap a carrier; openers do this, nobody else needs to."""
        self.spec = spec
        self.name = name
        self.base_url = base_url
        self.dialect_hint = dialect_hint
        self.is_reference = is_reference
        self.warnings = warnings
        self.clock: Clock = clock or RealClock()
        """The time that the target goes by as far as we can tell; pauses between requests are made on it."""
        self.controls: Mapping[str, Control] = controls or {}
        """What the target brings of controls; those of the settings come on top."""
        self.declared: Mapping[str, QuirkValue] = {}
        """What the target declares of itself: quirk and value; only an embedded one does."""
        self.limits = limits
        self.credentials = credentials
        self.listeners: list[Callable[[Exchange], None]] = []
        self.exchanges_sent = 0
        self.dead: TransportFailure | None = None
        self._carrier = carrier
        self._base_path = base_path
        self._host = host
        self._query = query
        self._lock = threading.Lock()
        self._opened = time.monotonic()
        self._next_slot = 0.0
        self._hangs = 0
        self._exhausted = 0

    @property
    def secrets(self) -> frozenset[str]:
        """Every text of the credentials that must not be written anywhere."""
        return self.credentials.secrets if self.credentials else frozenset()

    @property
    def remaining(self) -> float:
        """Seconds until the deadline of the run."""
        return self._opened + self.limits.deadline - time.monotonic()

    def send(
        self,
        request: Request,
        *,
        purpose: Purpose = Purpose.JUDGED,
        step: str = "",
        authenticate: bool = True,
        obey_retry_after: bool = True,
    ) -> Exchange:
        """Send one request below the base URL and return the exchange; whatever the target does, this never raises.

        Headers leave in the order and spelling given. ``{{authorization}}`` and ``{{host}}`` as values are filled in
        place; without them Host and the credentials lead. A redirect is returned, never followed. A 429 or 503 that
        names a Retry-After is repeated within the limits, each attempt being an exchange of its own.
        """
        final = self._finish(request, authenticate=authenticate)
        attempts = self.limits.retries if obey_retry_after and self._exhausted < HANGS_UNTIL_DEAD else 0
        while True:
            exchange = self._once(final, purpose, step)
            pause = _retry_after(exchange.response)
            if pause is None:
                self._exhausted = 0
                return exchange
            if attempts <= 0 or pause > self.limits.retry_after or pause >= self.remaining:
                self._exhausted += 1
                return exchange
            attempts -= 1
            time.sleep(pause)

    def close(self) -> None:
        """Give back connections and threads."""
        self._carrier.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def base_path(self) -> str:
        """The path part of the base URL, without trailing slash."""
        return self._base_path

    def sibling(self, base_path: str) -> Target:
        """Return the same server seen from another base path; it shares connections, credentials and listeners."""
        origin = self.base_url.removesuffix(self._base_path)
        made = Target(
            spec=self.spec,
            name=f"{origin}{base_path}",
            base_url=f"{origin}{base_path}",
            carrier=self._carrier,
            limits=self.limits,
            credentials=self.credentials,
            base_path=base_path,
            host=self._host,
            query=self._query,
            dialect_hint=self.dialect_hint,
            is_reference=self.is_reference,
        )
        made.listeners = self.listeners
        return made

    def _finish(self, request: Request, *, authenticate: bool) -> Request:
        credentials = self.credentials if authenticate else None
        host_given = authorization_given = False
        headers: list[tuple[str, str]] = []
        for name, value in request.headers:
            if value == AUTHORIZATION:
                authorization_given = True
                if credentials:
                    spelled = name if name.lower() == credentials.header.lower() else credentials.header
                    headers.append((spelled, credentials.value))
            elif value == HOST:
                host_given = True
                headers.append((name, self._host))
            else:
                lower = name.lower()
                host_given = host_given or lower == "host"
                authorization_given = authorization_given or bool(credentials and lower == credentials.header.lower())
                headers.append((name, value))
        lead: list[tuple[str, str]] = []
        if not host_given:
            lead.append(("Host", self._host))
        if credentials and not authorization_given:
            lead.append((credentials.header, credentials.value))
        target = request.target
        if self._query:
            target = f"{target}{'&' if '?' in target else '?'}{self._query}"
        return Request(request.method, target, (*lead, *headers), request.body)

    def _once(self, request: Request, purpose: Purpose, step: str) -> Exchange:
        failure = self._refusal(purpose)
        response: Response | None = None
        if failure is None:
            self._keep_pace()
        started, clock = time.time(), time.perf_counter()
        if failure is None:
            spare = CLEAN_UP_GRACE if purpose is Purpose.CLEAN_UP else 0.0
            granted = self.limits.timeout if self.dead is None else min(self.limits.timeout, LAST_TRY)
            allowed = max(0.05, min(granted, self.remaining + spare))
            wire = replace(request, target=self._base_path + request.target) if self._base_path else request
            try:
                response = self._carrier.carry(wire, allowed)
            except CarrierError as error:
                kind = error.failure.kind
                if kind is FailureKind.TIMEOUT and allowed < granted:
                    kind = FailureKind.DEADLINE  # the run was out of time, not the target
                failure = TransportFailure(kind, self._sentence(request, error.failure.message))
            self._watch(failure)
        elapsed = time.perf_counter() - clock
        with self._lock:
            self.exchanges_sent += 1
            number = self.exchanges_sent
        exchange = Exchange(number, request, response, failure, started, elapsed, purpose, step)
        for listener in tuple(self.listeners):
            listener(exchange)
        return exchange

    def _sentence(self, request: Request, message: str) -> str:
        return f"{request.method} {request.path or '/'} at {self.name}: {message}"

    def _refusal(self, purpose: Purpose) -> TransportFailure | None:
        if self.dead is not None and (purpose is not Purpose.CLEAN_UP or self._hangs > HANGS_UNTIL_DEAD):
            return self.dead
        spare = CLEAN_UP_GRACE if purpose is Purpose.CLEAN_UP else 0.0
        if self.remaining + spare <= 0:
            return TransportFailure(
                FailureKind.DEADLINE,
                f"not sent: the run's deadline of {self.limits.deadline:g} s has passed; raise --deadline or run less",
            )
        return None

    def _watch(self, failure: TransportFailure | None) -> None:
        if failure is None or failure.kind not in (FailureKind.TIMEOUT, FailureKind.CONNECT):
            self._hangs = 0
            return
        self._hangs += 1
        if self._hangs >= HANGS_UNTIL_DEAD and self.dead is None:
            self.dead = TransportFailure(
                failure.kind,
                f"not sent: {self.name} gave no answer {self._hangs} times in a row and is taken for dead; "
                f"the last time: {failure.message}",
            )

    def _keep_pace(self) -> None:
        if self.limits.rate <= 0:
            return
        with self._lock:
            now = time.monotonic()
            slot = max(now, self._next_slot)
            self._next_slot = slot + 1.0 / self.limits.rate
        if slot > now:
            time.sleep(slot - now)


def _retry_after(response: Response | None) -> float | None:
    """Return the seconds that a 429 or 503 asks to wait (RFC 9110 10.2.3), or None."""
    if response is None or response.status not in (429, 503):
        return None
    text = (response.header("Retry-After") or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
