"""What goes wrong in an application's tests, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scimulator.exchange.message import Exchange


class ScimTestingError(Exception):
    """The fixtures cannot be used as they are set up; the message says what to do."""


class ProvisioningError(AssertionError):
    """The application did not do what the identity provider needs of it.

    ``exchanges`` are the requests of the step that failed, the last of them the one that ended it; ``status`` is that
    of its answer, 0 where none came.
    """

    def __init__(self, message: str, exchanges: Sequence[Exchange] = (), *, status: int = 0) -> None:
        self.exchanges = tuple(exchanges)
        self.status = status
        super().__init__("\n".join([message, *(f"  {told(each)}" for each in self.exchanges)]))


def told(exchange: Exchange) -> str:
    """Return an exchange in one line, with what an error answer says."""
    request, response = exchange.request, exchange.response
    if response is None:
        return f"{request.method} {request.target} -> {exchange.failure.message if exchange.failure else 'no answer'}"
    detail = exchange.document.object.get("detail")
    said = f" ({detail})" if isinstance(detail, str) and detail else ""
    if not said and response.status >= 400 and response.body:
        said = f" ({' '.join(response.body[:200].decode('utf-8', 'replace').split())})"
    return f"{request.method} {request.target} -> {response.status}{said}"
