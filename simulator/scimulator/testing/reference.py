"""The reference provider in a test: a SCIM server of one's own for whoever writes a client, faults included."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import httpx

from scimulator.embedded import BASE_URL, ReferenceCarrier
from scimulator.exchange.clock import SkippingClock
from scimulator.exchange.message import Request
from scimulator.provider import Provider
from scimulator.target.auth import bearer
from scimulator.target.settings import Limits
from scimulator.target.target import Target
from scimulator.testing.application import Openable
from scimulator.testing.errors import ScimTestingError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scimulator.provider.workspace import Workspace

_BASE = httpx.URL(BASE_URL).path


class ScimReference(Openable):
    """A SCIM server in this process.

    ``faults`` are bugs that it has (``scimulator list faults``), ``preset`` the quirks (``scimulator list presets``).
    ``url`` and ``token`` are what a client needs; ``client()`` is an httpx client that reaches it without a socket.
    """

    def __init__(self, *, faults: Iterable[str] = (), preset: str = "", token: str = "") -> None:
        self.faults = tuple(faults)
        self.preset = preset
        self.token = token or secrets.token_urlsafe(24)
        self.url = BASE_URL
        self.clock = SkippingClock()
        chosen = {"preset": preset} if preset else {}
        try:
            self.provider = Provider(BASE_URL, token=self.token, faults=self.faults, clock=self.clock, **chosen)  # type: ignore[arg-type]  # preset alone is optional
        except (LookupError, ValueError, FileNotFoundError) as error:
            told = error.args[0] if error.args and isinstance(error.args[0], str) else str(error)
            raise ScimTestingError(f"there is no such reference provider: {told}") from error

    def having(self, *faults: str, preset: str = "") -> ScimReference:
        """Return another, empty one with these bugs and quirks; whoever asks for it closes it."""
        return ScimReference(faults=faults, preset=preset or self.preset, token=self.token)

    @property
    def transport(self) -> httpx.BaseTransport:
        """A transport for clients of your own: ``httpx.Client(transport=scim_reference.transport)``."""
        return _Transport(ReferenceCarrier(self.provider))

    def client(self) -> httpx.Client:
        """Return an httpx client with base URL and token."""
        return httpx.Client(
            transport=self.transport, base_url=f"{self.url}/", headers={"Authorization": f"Bearer {self.token}"}
        )

    @property
    def workspace(self) -> Workspace:
        """What stands behind SCIM, and what is done to it there: members, roles, tokens."""
        return self.provider.workspace

    def open(self) -> Target:
        """Return it as a target, for the fixtures that play an identity provider."""
        spec = f"reference:{','.join(self.faults)}{f'?preset={self.preset}' if self.preset else ''}"
        return Target(
            spec=spec,
            name=spec,
            base_url=BASE_URL,
            carrier=_Kept(self.provider),
            limits=Limits(),
            credentials=bearer(self.token),
            host="reference.invalid",
            is_reference=True,
            clock=self.clock,
        )

    def close(self) -> None:
        """Give back its store."""
        self.provider.close()


class _Kept(ReferenceCarrier):
    """A target may be closed and the provider behind it still be looked at."""

    def close(self) -> None:
        """Leave the provider alone."""


class _Transport(httpx.BaseTransport):
    def __init__(self, carrier: ReferenceCarrier) -> None:
        self._carrier = carrier

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode("ascii").removeprefix(_BASE)
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
        answer = self._carrier.carry(Request(request.method, target, headers, request.read()), 30.0)
        return httpx.Response(answer.status, headers=list(answer.headers), content=answer.body, request=request)
