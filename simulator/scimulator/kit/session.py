"""The session: one process's dealings with one target, shared by all checks that it runs."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urlsplit

from scimulator import __version__
from scimulator.catalogue.checks import Capability
from scimulator.catalogue.quirks import replaced_by
from scimulator.exchange.message import Exchange, FailureKind, Purpose, Request
from scimulator.kit.answer import Answer
from scimulator.kit.discovery import Discovery
from scimulator.kit.invariants import Invariants
from scimulator.kit.jsonpath import member
from scimulator.kit.lending import Lending, Looks
from scimulator.kit.operations import ENTERPRISE, GROUP, USER
from scimulator.kit.outcomes import Blocked, NotApplicable, Symptom, TargetLost
from scimulator.kit.people import People
from scimulator.target.guest import resource_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scimulator.catalogue.checks import CheckDeclaration
    from scimulator.catalogue.presets import QuirkValue
    from scimulator.exchange.clock import Clock
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.kit.judge import Judge
    from scimulator.kit.resources import Resource
    from scimulator.target.controls.desk import ControlDesk
    from scimulator.target.target import Target

SCIM_JSON = "application/scim+json"
SETTLE_SECONDS = 0.3
COARSEST_CLOCK = 2.1
"""Seconds after which two states have different times whatever clock a target goes by."""
USER_AGENT = f"scimulator/{__version__}"


class Housekeeping(Protocol):
    """What the session needs of whoever keeps the journal and tidies up behind the run."""

    def intend(self, endpoint: str, mark: str) -> str:
        """Write down, before it is sent, that something carrying ``mark`` is about to be made; return a handle."""
        ...

    def made(self, handle: str, resource_id: str) -> None:
        """Write down the id of what was made."""
        ...

    def gone(self, endpoint: str, resource_id: str) -> None:
        """Write down that it no longer exists."""
        ...

    def void(self, handle: str) -> None:
        """Write down that nothing was made after all."""
        ...


class Session:
    """Sends the requests of checks, remembers what they made, and tidies up behind each of them.

    One check runs at a time; ``judge`` belongs to it.
    """

    def __init__(
        self,
        target: Target,
        *,
        mark: str,
        housekeeping: Housekeeping,
        clock: Clock,
        seed: int = 0,
        domain: str = "",
        defaults: Mapping[str, Json] | None = None,
        read_only: bool = False,
    ) -> None:
        self.target = target
        self.clock = clock
        self.mark = mark
        self.read_only = read_only
        self.housekeeping = housekeeping
        self.discovery = Discovery(self._probe, urlsplit(target.base_url).path)
        self.people = People(mark=mark, discovery=self.discovery, seed=seed, defaults=defaults)
        if domain:
            self.people.domain = domain
        self.invariants = Invariants(target.base_url, target.secrets, self.discovery)
        self.samples: dict[str, Resource] = {}
        self.declared: Mapping[str, QuirkValue] = {}
        """What the product declares of itself: quirk and value."""
        self.probing = False
        """Whether quirks are looked for and nothing is judged by them."""
        self.looks = Looks()
        self.lending = Lending(self)
        self.known: dict[str, object] = {}
        """What checks have found out about the target and need not find out again."""
        self.ground: dict[str, Blocked] = {}
        self.controls: ControlDesk | None = None
        self.left_behind: list[str] = []
        self.made = 0
        self.removed = 0
        self._judge: Judge | None = None
        self._mine: list[tuple[str, str]] = []
        self._kept: list[tuple[str, str]] = []
        self._keeping = False
        self._creating = False
        target.listeners.append(self._listen)

    # -- the running check ----------------------------------------------------------------------------------------

    @property
    def judge(self) -> Judge:
        """The judge of the running check."""
        if self._judge is None:
            raise RuntimeError("no check is running; requests of a session belong to one")
        return self._judge

    def begin(self, judge: Judge) -> None:
        """Start a check."""
        self._judge = judge

    def finish(self) -> None:
        """End a check and remove what it made, the last thing first."""
        while self._mine:
            self._remove(*self._mine.pop())
        if self._judge is not None:
            self.lending.take_back(self._judge)
        self._judge = None

    def close(self) -> None:
        """Remove what checks shared. Call once, after the last check."""
        while self._mine:
            self._remove(*self._mine.pop())
        while self._kept:
            self._remove(*self._kept.pop())

    def _listen(self, exchange: Exchange) -> None:
        if self._judge is not None:
            self._judge.exchanges.append(exchange)
        self.looks.watch(exchange)
        self.invariants.watch(exchange, self._judge.declaration.id if self._judge else "")

    # -- what the target can do -----------------------------------------------------------------------------------

    def demand(self, declaration: CheckDeclaration) -> None:
        """Raise unless the target offers what a check declares to need.

        Raises:
            NotApplicable: naming the document and value that decided it.
        """
        if self.read_only and declaration.writes:
            raise NotApplicable("the run is --read-only and this check writes")
        rule = replaced_by(declaration.id, self.declared)
        if rule and not declaration.data_loss:
            raise NotApplicable(f"the product declares {rule}, which replaces this check")
        for need in declaration.needs:
            if self.discovery.supports(need) is False:
                if need is Capability.GROUPS:
                    raise NotApplicable("the target has no Group resource type")
                raise NotApplicable(f"ServiceProviderConfig says {need.value}.supported is false")
        for kind, paths in (("user", declaration.attributes), ("group", declaration.group_attributes)):
            for path in paths:
                if not self.offers(kind, (path,)):
                    raise NotApplicable(f"the target's /Schemas does not offer the {kind} attribute {path}")

    def offers(self, kind: str, paths: tuple[str, ...]) -> bool:
        """Tell whether the target offers all attributes; ``enterprise:department`` names an extension attribute."""
        for path in paths:
            schema, _, name = path.rpartition(":")
            if schema:
                urn = ENTERPRISE if schema == "enterprise" else schema
                if self.discovery.schemas() and urn.lower() not in self.discovery.schemas():
                    return False
                if not self.discovery.offers(name, urn) or not self.discovery.lists_extension(urn):
                    return False
            elif not self.discovery.offers(path, USER if kind == "user" else GROUP):
                return False
        return True

    # -- requests -------------------------------------------------------------------------------------------------

    def request(
        self,
        method: str,
        target: str,
        body: Json = None,
        *,
        headers: Mapping[str, str] | None = None,
        purpose: Purpose = Purpose.JUDGED,
        raw: bytes | None = None,
        authenticate: bool = True,
    ) -> Answer:
        """Send a request of our own and return the answer.

        ``headers`` replace ours of the same name; an empty value leaves one out. ``raw`` is sent instead of ``body``.

        Raises:
            TargetLost: when no response came at all.
            Refuted: when the connection was answered by something that is not HTTP, or never finished.
        """
        payload = raw if raw is not None else (b"" if body is None else encode(body))
        fields = {"User-Agent": USER_AGENT, "Accept": SCIM_JSON}
        if payload or raw is not None:
            fields["Content-Type"] = SCIM_JSON
            fields["Content-Length"] = str(len(payload))
        for name, value in (headers or {}).items():
            known = next((each for each in fields if each.lower() == name.lower()), name)
            fields.pop(known, None)
            if value:
                fields[name] = value
        request = Request(method, target, tuple(fields.items()), payload)
        answer = self.send(request, purpose=purpose, authenticate=authenticate)
        if method == "POST" and answer.ok and not self._creating:
            # A body that was meant to be refused may have made something all the same.
            self._adopt_stray(request.path, answer)
        return answer

    def send(
        self,
        request: Request,
        *,
        purpose: Purpose = Purpose.JUDGED,
        step: str = "",
        authenticate: bool = True,
    ) -> Answer:
        """Send a request exactly as it is and return the answer.

        Raises:
            NotApplicable: for a request that writes, in a run that may only read.
            TargetLost: when no usable response came.
        """
        if self.read_only and not _only_reads(request):
            raise NotApplicable("the run is --read-only, and this check needs something written")
        exchange = self.target.send(request, purpose=purpose, step=step, authenticate=authenticate)
        if exchange.failure is not None:
            self._transport_failed(exchange)
        return Answer(exchange, self.judge)

    def document(self, target: str) -> Answer:
        """Return the answer to a GET of a discovery document such as ``/Schemas``; this process asks for each once.

        Raises:
            TargetLost: when no usable response came.
        """
        exchange = self.discovery.exchange(target)
        if exchange.failure is not None:
            self._transport_failed(exchange)
        if all(exchange is not known for known in self.judge.exchanges):
            self.judge.exchanges.append(exchange)
        return Answer(exchange, self.judge)

    def _transport_failed(self, exchange: Exchange) -> None:
        failure = exchange.failure
        if failure is None:
            return
        what = f"{exchange.request.method} {exchange.request.path}: {failure.message}"
        lost = (FailureKind.CONNECT, FailureKind.TLS, FailureKind.DEADLINE)
        if failure.kind in lost or exchange.purpose is not Purpose.JUDGED or self.target.dead is not None:
            raise TargetLost("sanity.transport", what)
        self.judge.refute(Symptom(f"transport-{failure.kind.value}", what, exchange=exchange.number))
        raise TargetLost("sanity.transport", what)

    def _probe(self, target: str, purpose: Purpose) -> Exchange:
        request = Request("GET", target, (("User-Agent", USER_AGENT), ("Accept", SCIM_JSON)))
        return self.target.send(request, purpose=purpose)

    # -- making and removing --------------------------------------------------------------------------------------

    def create(
        self,
        endpoint: str,
        body: JsonObject,
        *,
        purpose: Purpose = Purpose.JUDGED,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """POST a body that carries the run's mark, journalled first and followed by clean-up."""
        if self.read_only:
            raise NotApplicable("the run is --read-only, and this check needs something written")
        handle = self.housekeeping.intend(endpoint, marking_value(body))
        self._creating = True
        try:
            answer = self.request("POST", endpoint, body, headers=headers, purpose=purpose)
        finally:
            self._creating = False
        self.adopt(endpoint, answer, handle)
        return answer

    def adopt(self, endpoint: str, answer: Answer, handle: str) -> None:
        """Take what a POST made under the run's clean-up."""
        if answer.ok and answer.id:
            # An answer that names somebody else's resource must not get it deleted.
            if self.shows_mark(answer.body):
                self.housekeeping.made(handle, answer.id)
                (self._kept if self._keeping else self._mine).append((endpoint, answer.id))
                self.made += 1
        elif not answer.ok and answer.status_code < 500:
            self.housekeeping.void(handle)

    def _adopt_stray(self, endpoint: str, answer: Answer) -> None:
        collections = (self.discovery.user_endpoint_known, self.discovery.group_endpoint_known)
        if endpoint in collections and answer.id and not self.owns(resource_target(endpoint, answer.id)):
            self.adopt(endpoint, answer, self.housekeeping.intend(endpoint, marking_value(answer.body)))

    def shows_mark(self, body: JsonObject) -> bool:
        """Tell whether a resource shows the mark of this run."""
        return self.mark in json.dumps(body, ensure_ascii=False).lower()

    def owns(self, path: str) -> bool:
        """Tell whether a target such as ``/Users/1`` is a resource that this run made."""
        return any(resource_target(endpoint, made) == path for endpoint, made in (*self._mine, *self._kept))

    def kept(self, endpoint: str) -> list[str]:
        """Return ids of what lives until the session closes."""
        return [made for known, made in self._kept if known == endpoint]

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Keep what is created in this block until the session closes."""
        before, self._keeping = self._keeping, True
        try:
            yield
        finally:
            self._keeping = before

    def forget(self, endpoint: str, resource_id: str) -> None:
        """Take a resource that no longer exists off the clean-up list."""
        for known in (self._mine, self._kept):
            if (endpoint, resource_id) in known:
                known.remove((endpoint, resource_id))
                self.removed += 1
                self.housekeeping.gone(endpoint, resource_id)

    def _remove(self, endpoint: str, resource_id: str) -> None:
        request = Request(
            "DELETE", resource_target(endpoint, resource_id), (("User-Agent", USER_AGENT), ("Accept", SCIM_JSON))
        )
        exchange = self.target.send(request, purpose=Purpose.CLEAN_UP)
        status = exchange.response.status if exchange.response else 0
        if 200 <= status < 300 or status in (404, 410):
            self.removed += 1
            self.housekeeping.gone(endpoint, resource_id)
        else:
            self.left_behind.append(f"{endpoint}/{resource_id}")  # the keeper's sweep tries again, more carefully

    def discard(self, resource: Resource) -> None:
        """Remove something that was kept and that nobody needs any more."""
        made = (resource.endpoint, resource.id)
        if made in self._kept:
            self._kept.remove(made)
            self._remove(*made)

    def find_marked(self, endpoint: str, value: str) -> list[str]:
        """Return ids of resources whose userName or displayName is ``value``; empty where that cannot be told."""
        name = "userName" if endpoint == self.discovery.user_endpoint else "displayName"
        query = quote(f'{name} eq "{value}"', safe="")
        request = Request("GET", f"{endpoint}?filter={query}", (("User-Agent", USER_AGENT), ("Accept", SCIM_JSON)))
        body = self.target.send(request, purpose=Purpose.CLEAN_UP).document.object
        found = body.get("Resources")
        return [
            str(each["id"])
            for each in (found if isinstance(found, list) else [])
            if isinstance(each, dict) and "id" in each and str(member(each, name)).lower() == value.lower()
        ]

    # -- time -----------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Give a target that answers before it has stored a moment."""
        self.looks.age()
        self.clock.sleep(SETTLE_SECONDS)

    def tell_apart(self, attempt: Callable[[], bool]) -> bool:
        """Return whether ``attempt`` shows a difference; where its first try does not, time passes before a second.

        For versions and times that may count whole seconds. A target that tells two states apart costs no wait.
        """
        if attempt():
            return True
        self.looks.age()
        self.clock.sleep(COARSEST_CLOCK)
        return attempt()

    def warn_stale(self, symptom: Symptom) -> None:
        """Remember that a write was not visible to the next read, but to the one after."""
        self.judge.note(f"stale read: {symptom.message}; a second read shows it")


def _only_reads(request: Request) -> bool:
    # A POST to .search is a query (RFC 7644 section 3.4.3).
    return request.method in ("GET", "HEAD", "OPTIONS") or (
        request.method == "POST" and request.path.endswith("/.search")
    )


def encode(body: Json) -> bytes:
    """Return a body as compact JSON in UTF-8."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def marking_value(body: JsonObject) -> str:
    """Return the value of a new resource by which it can be found again."""
    for name in ("userName", "displayName", "externalId"):
        value = body.get(name)
        if isinstance(value, str):
            return value
    return ""
