"""Manners of a guest: everything made carries a mark, and only what shows the mark itself is ever removed."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote

from scimulator.exchange.message import Exchange, Purpose, Request

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.target.target import Target

MARK_PREFIX = "scimulator-"
"""What every mark begins with, on every target, in every run."""
# Without vowels (no words), and without what is easily misread.
_ALPHABET = "bcdfghjkmnpqrstvwxz23456789"
MEDIA_TYPE = "application/scim+json"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_CHARS = 5


@dataclass(frozen=True, slots=True)
class RunMark:
    """The mark of one run (and worker), for example ``scimulator-k3x9w-``; lower-case ASCII."""

    text: str

    @classmethod
    def fresh(cls, source: random.Random | None = None) -> RunMark:
        """Draw a new mark, from ``source`` where a run must be repeatable."""
        choose = source.choice if source else secrets.choice
        return cls(f"{MARK_PREFIX}{''.join(choose(_ALPHABET) for _ in range(_CHARS))}-")

    def name(self, rest: str) -> str:
        """Return a name that carries the mark, in lower case."""
        return f"{self.text}{rest.lower()}"


class RemovalKind(StrEnum):
    """What became of a resource that was to be removed."""

    DELETED = "deleted"
    DEACTIVATED = "deactivated"
    GONE = "gone"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Removal:
    """The end of one resource; ``label`` is the name it showed, ``reason`` says why it is still there."""

    kind: RemovalKind
    endpoint: str
    id: str
    label: str = ""
    reason: str = ""
    exchanges: tuple[Exchange, ...] = field(default=(), repr=False)

    @property
    def left(self) -> bool:
        """Whether the resource still exists on the target."""
        return self.kind in (RemovalKind.DEACTIVATED, RemovalKind.REFUSED)


def shown_mark(resource: JsonObject, prefix: str = MARK_PREFIX) -> str:
    """Return the value by which a resource shows that a run made it, or an empty text.

    Only values of its own count (userName, displayName, externalId and other top-level texts, its mail addresses), not
    what it says of others: a real group with a marked member is a real group. Case does not count.
    """
    own: list[Json] = [resource.get("userName"), resource.get("displayName"), resource.get("externalId")]
    own += [value for name, value in resource.items() if name.lower() not in ("id", "schemas", "meta")]
    emails = resource.get("emails")
    if isinstance(emails, list):
        own += [email.get("value") for email in emails if isinstance(email, dict)]
    for value in own:
        if isinstance(value, str) and value.casefold().startswith(prefix.casefold()):
            return value
    return ""


def resource_target(endpoint: str, id: str) -> str:  # noqa: A002 - the attribute's name in RFC 7643 3.1
    """Return the request target of one resource, its id percent-encoded."""
    return f"{endpoint.rstrip('/')}/{quote(id, safe='')}"


def remove(
    target: Target,
    endpoint: str,
    id: str,  # noqa: A002 - the attribute's name in RFC 7643 3.1
    *,
    mark: str = MARK_PREFIX,
    verify: bool = False,
) -> Removal:
    """Remove one resource, if its own GET shows ``mark``; where DELETE is refused, switch it off instead.

    With ``verify`` the resource is read again after a successful DELETE, and believed gone only on 404 (or 410).
    Never raises for what the target does.
    """
    place = resource_target(endpoint, id)
    log: list[Exchange] = []

    def send(method: str, body: bytes = b"") -> Exchange:
        headers = [("Accept", MEDIA_TYPE)]
        if body:
            headers.append(("Content-Type", MEDIA_TYPE))
        exchange = target.send(Request(method, place, tuple(headers), body), purpose=Purpose.CLEAN_UP)
        log.append(exchange)
        return exchange

    def end(kind: RemovalKind, reason: str = "") -> Removal:
        return Removal(kind, endpoint, id, label, reason, tuple(log))

    label = ""
    read = send("GET")
    if _status(read) in (404, 410):
        return end(RemovalKind.GONE)
    if _status(read) != 200:
        return end(RemovalKind.REFUSED, f"it cannot be read, so it is not touched: {_told(read)}")
    resource = read.document.object
    label = shown_mark(resource, mark)
    if not label:
        return end(RemovalKind.REFUSED, f"it does not show the mark {mark!r}, so it is not touched")
    deleted = send("DELETE")
    status = _status(deleted)
    if status in (404, 410):
        return end(RemovalKind.DELETED)
    if 200 <= status < 300:
        if not verify:
            return end(RemovalKind.DELETED)
        again = send("GET")
        if _status(again) in (404, 410):
            return end(RemovalKind.DELETED)
        reason = f"DELETE was answered {status}, but a read still gives {_told(again)}"
        if again.document.object.get("active") is False:
            return end(RemovalKind.DEACTIVATED, f"{reason}, switched off")
        return end(RemovalKind.REFUSED, reason)
    refusal = f"DELETE was refused: {_told(deleted)}"
    if not status or "active" not in {name.lower() for name in resource}:
        return end(RemovalKind.REFUSED, refusal)
    send("PATCH", _switch_off())
    after = send("GET").document.object
    if next((value for name, value in after.items() if name.lower() == "active"), None) is False:
        return end(RemovalKind.DEACTIVATED, refusal)
    return end(RemovalKind.REFUSED, f"{refusal}; switching it off did not work either")


def _switch_off() -> bytes:
    operations = [{"op": "replace", "path": "active", "value": False}]
    return json.dumps({"schemas": [PATCH_OP], "Operations": operations}, separators=(",", ":")).encode()


def _status(exchange: Exchange) -> int:
    return exchange.response.status if exchange.response else 0


def _told(exchange: Exchange) -> str:
    if exchange.failure:
        return exchange.failure.message
    detail = exchange.document.object.get("detail")
    return f"{_status(exchange)}{f' ({detail[:120]})' if isinstance(detail, str) and detail else ''}"


def left_over(removals: Iterable[Removal]) -> list[Removal]:
    """Return the removals after which the resource is still there."""
    return [removal for removal in removals if removal.left]
