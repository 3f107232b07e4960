"""The essentials: can the target be talked to at all, before a single check judges it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from scimulator.exchange.message import FailureKind, Purpose, Request
from scimulator.exchange.redaction import Redactor
from scimulator.target.guest import MEDIA_TYPE

if TYPE_CHECKING:
    from scimulator.exchange.message import Exchange
    from scimulator.target.target import Target

_SEARCH = "/Users?filter=userName%20eq%20%22scimulator-nobody%22&count=1"
_HEADERS = (("Accept", MEDIA_TYPE),)


class ObstacleKind(StrEnum):
    """Why a target cannot be judged: nothing usable comes, or it does not let us in."""

    UNREACHABLE = "unreachable"
    CREDENTIALS = "credentials-refused"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands between us and the target (exit code 4), and the next step to take."""

    kind: ObstacleKind
    message: str
    advice: str

    def __str__(self) -> str:
        """Both sentences."""
        return f"{self.message}; {self.advice}" if self.advice else self.message


def probe(target: Target, place: str, *, authenticate: bool = True) -> Exchange:
    """Send one GET that judges nothing."""
    return target.send(Request("GET", place, _HEADERS), purpose=Purpose.PROBE, authenticate=authenticate)


def essentials(target: Target) -> Obstacle | None:
    """Return what prevents any judgement of ``target``, or None.

    A server that answers wrongly is no obstacle but a case; one is here only where no usable HTTP response comes, every
    answer is a redirect, or users are refused to these credentials. Costs one request where all is well.
    """
    first = probe(target, "/Users?count=1")
    if _usable(first):
        return None
    if first.failure and first.failure.kind in (FailureKind.TIMEOUT, FailureKind.CONNECT, FailureKind.TLS):
        return _obstacle(target, first)
    # Discovery is often open to everybody and says nothing of the token; a search may be allowed where a list is not.
    refused = first.response is not None and first.response.status in (401, 403)
    second = probe(target, _SEARCH if refused else "/ServiceProviderConfig")
    return None if _usable(second) else _obstacle(target, second)


def _usable(exchange: Exchange) -> bool:
    status = exchange.response.status if exchange.response else 0
    return bool(status) and status not in (401, 403) and not 300 <= status < 400


def _obstacle(target: Target, exchange: Exchange) -> Obstacle:
    redactor = Redactor(target.secrets)
    response = exchange.response
    if response is None:
        told = exchange.failure.message if exchange.failure else "no response came"
        return Obstacle(ObstacleKind.UNREACHABLE, redactor.text(told), "scimulator doctor shows where it stops")
    if response.status in (401, 403):
        given = target.credentials is not None
        message = f"{target.name} answers {response.status} " + (
            "to the credentials given" if given else "without them"
        )
        advice = (
            "check that the token is whole, not expired, and meant for this server"
            if given
            else "put the token into the variable SCIM_TOKEN, or name another one with --token-env"
        )
        return Obstacle(ObstacleKind.CREDENTIALS, message, advice)
    location = redactor.text(response.header("Location") or "nowhere")
    return Obstacle(
        ObstacleKind.UNREACHABLE,
        f"{target.name} redirects everything ({response.status}) to {location}",
        "use the address of the SCIM server itself; identity providers do not follow redirects either",
    )
