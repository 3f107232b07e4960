"""Requests, responses and the exchanges they make: what every other layer talks about."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from scimulator.exchange.strict_json import Document, read_json

if TYPE_CHECKING:
    from collections.abc import Iterable

Headers = tuple[tuple[str, str], ...]
"""Header fields in the order and spelling in which they travel."""


def find_header(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    """Return the first value of the header called ``name`` (any case), or None."""
    wanted = name.lower()
    for key, value in headers:
        if key.lower() == wanted:
            return value
    return None


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, relative to the target's base URL.

    ``target`` is the path and query below the base URL exactly as it leaves, percent-encoding included:
    ``/Users?filter=userName+eq+%22a%22``. ``headers`` keep their order.
    """

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""

    @property
    def path(self) -> str:
        """The part of ``target`` before the question mark."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The part of ``target`` behind the question mark, without it."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """Return the first value of a header, whatever the case of its name."""
        return find_header(self.headers, name)

    def with_header(self, name: str, value: str | None) -> Request:
        """Return a copy in which ``name`` has the one given value, or with None does not occur."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=kept if value is None else (*kept, (name, value)))


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response, its body as the bytes that came (after content decoding)."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the first value of a header, whatever the case of its name."""
        return find_header(self.headers, name)

    @property
    def media_type(self) -> str:
        """The media type in lower case, without parameters; empty where none was sent."""
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower()

    def document(self) -> Document:
        """Read the body strictly; the document lists duplicate names, NaN, a byte order mark and syntax errors."""
        return read_json(self.body)


class FailureKind(StrEnum):
    """Ways in which no usable response came."""

    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    RESET = "reset"
    PROTOCOL = "protocol"
    TOO_LARGE = "too-large"
    REDIRECT = "redirect"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True)
class TransportFailure:
    """Why a request got no usable response; ``message`` is a sentence for a person."""

    kind: FailureKind
    message: str


class Purpose(StrEnum):
    """What a request is for in the story that a check tells."""

    PROBE = "probe"
    SET_UP = "set-up"
    JUDGED = "judged"
    EVIDENCE = "evidence"
    CLEAN_UP = "clean-up"


@dataclass(slots=True)
class Exchange:
    """One request and what came back.

    ``number`` counts from 1 within a run of one process. ``started`` is seconds since the epoch, ``elapsed`` seconds
    until the last byte. Exactly one of ``response`` and ``failure`` is set.
    """

    number: int
    request: Request
    response: Response | None
    failure: TransportFailure | None = None
    started: float = 0.0
    elapsed: float = 0.0
    purpose: Purpose = Purpose.JUDGED
    step: str = ""
    """Id of the profile exchange that was rendered, where an IdP flow sent it."""
    _document: Document | None = field(default=None, repr=False)

    @property
    def document(self) -> Document:
        """The response body read strictly, once; an empty document where no response came."""
        if self._document is None:
            self._document = self.response.document() if self.response else read_json(b"")
        return self._document
