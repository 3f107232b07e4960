"""The application under test as the fixtures see it: requests by hand, and removal of all that was made."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from scimulator.catalogue.checks import CheckDeclaration
from scimulator.exchange.message import Purpose, Request
from scimulator.kit.judge import Judge
from scimulator.kit.session import SCIM_JSON, USER_AGENT, Session, encode
from scimulator.running.housekeeping import JournalKeeper
from scimulator.target.guest import MARK_PREFIX
from scimulator.testing.errors import ProvisioningError, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.exchange.message import Exchange
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.kit.answer import Answer
    from scimulator.kit.session import Housekeeping
    from scimulator.target.target import Target

_ANY = CheckDeclaration("testing.fixtures", ("RFC7644-3.3-01",), "An application's own test.", "")
"""Requests of a session belong to a check; this one stands for the test that uses the fixtures."""


@dataclass(frozen=True, slots=True)
class ScimReply:
    """An answer: ``status``, ``headers`` and ``body``, the JSON object that it holds (empty where it is none)."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: JsonObject
    text: str

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def resources(self) -> list[JsonObject]:
        """The resources of a ListResponse."""
        listed = self.body.get("Resources")
        return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


class _NoJournal:
    """An application that lives as long as its test needs no journal against crashes."""

    def intend(self, endpoint: str, mark: str) -> str:  # noqa: ARG002  nothing is written down
        """Take note of nothing."""
        return ""

    def made(self, handle: str, resource_id: str) -> None:
        """Take note of nothing."""

    def gone(self, endpoint: str, resource_id: str) -> None:
        """Take note of nothing."""

    def void(self, handle: str) -> None:
        """Take note of nothing."""


class _GuestSession(Session):
    """A session in which an application that is called in this process counts as the test's own."""

    trusting = False

    def shows_mark(self, body: JsonObject) -> bool:
        """Tell whether a resource may be written to and removed."""
        return self.trusting or super().shows_mark(body)

    def adopt(self, endpoint: str, answer: Answer, handle: str) -> None:
        """Take what a POST made under the clean-up; a test may choose names that carry no mark, and 201 says made."""
        if answer.status_code == 201 and answer.id and not self.shows_mark(answer.body):
            self.housekeeping.made(handle, answer.id)
            self._mine.append((endpoint, answer.id))
            self.made += 1
        else:
            super().adopt(endpoint, answer, handle)


class ScimTarget:
    """The server under test.

    ``in_process`` tells that it is an application called in this process: whatever the test's identity provider finds
    there may be written to. On a server behind a URL only what carries the mark of this test is.
    """

    def __init__(self, target: Target, *, in_process: bool) -> None:
        self.target = target
        self.in_process = in_process
        self.exchanges: list[Exchange] = []
        self._keeper = None if in_process else _keeper(target)
        mark = f"{MARK_PREFIX}{_word()}-" if self._keeper is None else self._keeper.mark
        housekeeping: Housekeeping = _NoJournal() if self._keeper is None else self._keeper
        self.session = _GuestSession(
            target, mark=mark, housekeeping=housekeeping, clock=target.clock, seed=secrets.randbits(32)
        )
        self.session.trusting = in_process
        self.session.begin(Judge(_ANY))
        target.listeners.append(self.exchanges.append)

    @property
    def url(self) -> str:
        """The base URL, without trailing slash."""
        return self.target.base_url

    def request(
        self, method: str, target: str, body: Json = None, *, headers: Mapping[str, str] | None = None
    ) -> ScimReply:
        """Send a request below the base URL, such as ``request("GET", "/Users/1")``, and return whatever comes.

        Raises:
            ProvisioningError: when no answer comes at all.
        """
        payload = b"" if body is None else encode(body)
        fields = {"User-Agent": USER_AGENT, "Accept": SCIM_JSON, **({"Content-Type": SCIM_JSON} if payload else {})}
        exchange = self.target.send(Request(method, target, tuple({**fields, **(headers or {})}.items()), payload))
        if exchange.response is None:
            raise ProvisioningError("no answer came", [exchange])
        made = exchange.document.object.get("id")
        if method == "POST" and exchange.response.status == 201 and isinstance(made, str):
            self.made(exchange.request.path, made)
        return ScimReply(
            exchange.response.status,
            exchange.response.headers,
            exchange.document.object,
            exchange.response.body.decode("utf-8", "replace"),
        )

    def get(self, target: str) -> ScimReply:
        """Send a GET."""
        return self.request("GET", target)

    def made(self, endpoint: str, resource: str) -> None:
        """Take a resource that this test has made on the list of what is removed at its end."""
        self.session._mine.append((endpoint, resource))  # noqa: SLF001  one list of what is to be removed

    def close(self) -> list[str]:
        """Remove what was made and give back connections; return what is left, which a test may want to know of."""
        self.target.listeners.remove(self.exchanges.append)
        self.session.finish()
        self.session.close()
        left = list(self.session.left_behind)
        if self._keeper is not None:
            left = self._keeper.sweep(self.session)
        self.target.close()
        return left

    def __repr__(self) -> str:
        sent = [told(each) for each in self.exchanges if each.purpose is not Purpose.CLEAN_UP]
        return f"<ScimTarget {self.target.name}, {len(sent)} exchanges{': ' + unquote(sent[-1]) if sent else ''}>"


def _keeper(target: Target) -> JournalKeeper:
    return JournalKeeper(target, _word())


def _word() -> str:
    return "".join(secrets.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(6))
