"""Whose request is this? Matched against the recorded exchanges of every identity provider that we know."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from scimulator.catalogue.dialects import dialects
from scimulator.catalogue.profiles import Profile, Use

if TYPE_CHECKING:
    from scimulator.catalogue.profiles import ProfileExchange
    from scimulator.exchange.message import Request
    from scimulator.exchange.strict_json import Json

_PLACEHOLDER = re.compile(r"\{\{[^}]*\}\}")
_TRANSPORT = frozenset(
    {"host", "content-length", "connection", "authorization", "accept-encoding", "transfer-encoding"}
)
TELLING = 0.75
"""How alike they have to be to say whose dialect it is; the User-Agent has to be the same then as well."""
CLEAR = 0.02
"""By how much one dialect has to lead, as a sum over all requests."""
ENOUGH = 0.55
"""How alike a request and a recorded exchange have to be, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """One request recognised: the recorded exchange, in which dialects, how alike, and where it departs from it."""

    step: str
    dialects: tuple[str, ...]
    likeness: float
    departures: tuple[str, ...] = ()


@dataclass(slots=True)
class Recogniser:
    """Recognises requests one after the other; what came before decides between dialects that look alike."""

    votes: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def recognise(self, request: Request) -> Recognised | None:
        """Return the recorded exchange that a request is most like, None where nothing is like it."""
        best: tuple[float, str, ProfileExchange] | None = None
        alike: dict[str, float] = {}
        for dialect, exchange in _exchanges(request.method):
            likeness = _likeness(request, exchange)
            alike[dialect] = max(alike.get(dialect, 0.0), likeness)
            rank = likeness + min(self.votes[dialect], 50) / 5000
            if best is None or rank > best[0]:
                best = (rank, dialect, exchange)
        if best is None or alike[best[1]] < ENOUGH:
            return None
        top = alike[best[1]]
        equals = tuple(sorted(name for name, each in alike.items() if each >= top - 0.001))
        telling = top >= TELLING and _agent(request.headers) == _agent(best[2].headers)
        for name, each in alike.items() if telling else ():
            self.votes[name] += each
        return Recognised(best[2].id, equals, round(top, 3), tuple(_departures(request, best[2])))

    @property
    def dialect(self) -> str:
        """The dialect that most requests fit, empty where none fits or several do equally."""
        ranked = sorted(self.votes.items(), key=lambda pair: pair[1], reverse=True)
        if not ranked or (len(ranked) > 1 and ranked[0][1] - ranked[1][1] < CLEAR):
            return ""
        return ranked[0][0]


@cache
def _exchanges(method: str) -> tuple[tuple[str, ProfileExchange], ...]:
    found: list[tuple[str, ProfileExchange]] = []
    for each in dialects():
        try:
            profile = Profile.load(each)
        except (KeyError, StopIteration):
            continue
        # What a dialect sends only with an option of the app turned on says nothing of whose it is.
        found += [
            (each.id, one)
            for one in profile.exchanges
            if one.method == method and one.use is Use.DEFAULT and each.id in one.dialects
        ]
    return tuple(found)


def _likeness(request: Request, exchange: ProfileExchange) -> float:
    """Return how alike a request and a recorded exchange are: path first, then query, body, headers."""
    if not _pattern(exchange.path).fullmatch(request.path):
        return 0.0
    query = 1.0 if _pattern(exchange.query).fullmatch(request.query) else _shape(request.query, exchange.query)
    body = _body(request.body, exchange)
    names = {name.lower() for name, _ in request.headers} - _TRANSPORT
    owed = {name.lower() for name, _ in exchange.headers} - _TRANSPORT
    fields = len(names & owed) / len(names | owed) if names | owed else 1.0
    media = 1.0 if _media(request.headers) == _media(exchange.headers) else 0.0
    agent = 1.0 if _agent(request.headers) == _agent(exchange.headers) else 0.0
    return 0.2 + 0.25 * query + 0.35 * body + 0.08 * fields + 0.07 * media + 0.05 * agent


def _shape(sent: str, recorded: str) -> float:
    if not sent or not recorded:
        return 0.0
    mine = {part.partition("=")[0] for part in sent.split("&")}
    theirs = {part.partition("=")[0] for part in recorded.split("&")}
    return 0.5 * len(mine & theirs) / len(mine | theirs)


def _body(raw: bytes, exchange: ProfileExchange) -> float:
    if not raw:
        return 0.0 if exchange.has_body else 1.0
    if not exchange.has_body:
        return 0.0
    try:
        sent: Json = json.loads(raw)
    except ValueError:
        return 0.0
    mine, theirs = set(_leaves(sent)), set(_leaves(exchange.body))
    return len(mine & theirs) / len(mine | theirs) if mine | theirs else 1.0


def _leaves(value: Json, path: str = "") -> list[str]:
    """Return the shape of a body: names and kinds, and the words by which dialects differ (op, path)."""
    if isinstance(value, dict):
        found: list[str] = []
        for name, each in value.items():
            telling = name in ("op", "path") and isinstance(each, str) and "{{" not in each
            found += [f"{path}/{name}={each}"] if telling else _leaves(each, f"{path}/{name}")
        return found or [f"{path}/{{}}"]
    if isinstance(value, list):
        return [leaf for each in value for leaf in _leaves(each, f"{path}[]")] or [f"{path}[]"]
    if isinstance(value, str) and "{{" in value:
        return [f"{path}:any"]
    kind = "text" if isinstance(value, str) else type(value).__name__
    return [f"{path}:any", f"{path}:{kind}"]


def _departures(request: Request, exchange: ProfileExchange) -> list[str]:
    found: list[str] = []
    names = {name.lower(): value for name, value in request.headers}
    for name, value in exchange.headers:
        lower = name.lower()
        if lower in _TRANSPORT:
            continue
        if lower not in names:
            found.append(f"the header {name} is missing")
        elif "{{" not in value and names[lower] != value:
            found.append(f"{name} is {names[lower]!r}, recorded was {value!r}")
    order = [name.lower() for name, _ in request.headers if name.lower() not in _TRANSPORT]
    owed = [name.lower() for name, _ in exchange.headers if name.lower() in order and name.lower() not in _TRANSPORT]
    if [name for name in order if name in owed] != owed:
        found.append("the headers come in another order")
    if exchange.has_body and request.body:
        try:
            mine = set(_leaves(json.loads(request.body)))
        except ValueError:
            return [*found, "the body is no JSON"]
        theirs = set(_leaves(exchange.body))
        paths = {leaf.partition(":")[0] for leaf in mine}, {leaf.partition(":")[0] for leaf in theirs}
        found += [f"the body has {each}, which was not recorded" for each in sorted(paths[0] - paths[1])[:3]]
        found += [f"the body lacks {each}" for each in sorted(paths[1] - paths[0])[:3]]
    return found


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = _PLACEHOLDER.split(template)
    return re.compile(".+?".join(re.escape(part) for part in parts), re.DOTALL)


def _media(headers: tuple[tuple[str, str], ...]) -> str:
    return next(
        (value.partition(";")[0].strip().lower() for name, value in headers if name.lower() == "content-type"), ""
    )


def _agent(headers: tuple[tuple[str, str], ...]) -> str:
    return next(
        (value.partition(" ")[0].partition("/")[0] for name, value in headers if name.lower() == "user-agent"), ""
    )
