"""A repro before it takes a form: steps with gaps, what to keep of each answer, and what decides."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from scimulator.evidence.repro.slicing import server_made
from scimulator.evidence.repro.template import SECRET, SHORT, TOKEN, Gap, Place, Value, fixed, spelled, with_gaps
from scimulator.exchange.redaction import MARK as REDACTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scimulator.evidence.repro.condition import Condition
    from scimulator.evidence.repro.records import Seen
    from scimulator.evidence.repro.slicing import Slice
    from scimulator.evidence.repro.template import Text
    from scimulator.exchange.strict_json import Json, JsonObject

_LEFT_OUT = ("host", "content-length", "connection", "accept-encoding")
"""Headers that belong to whoever sends; a client of its own writes them itself."""
_OWN_AGENT = "scimulator/"
_AGENT = "scimulator-repro"
_PAUSE = 0.25
"""Seconds between two requests from which on the pause is part of the story."""


class ImpossibleError(Exception):
    """No honest repro can be made of a finding; the message says why and what to do instead."""


@dataclass(frozen=True, slots=True)
class Bind:
    """A value that is kept from an answer: from the member at a flat path, or from a header."""

    name: str
    path: str = ""
    header: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One request to send. ``resource`` is the flat name of the variable with the id of what it makes."""

    number: int
    seen: Seen
    target: Text
    headers: tuple[tuple[str, Text], ...]
    body: Text
    binds: tuple[Bind, ...]
    resource: str = ""
    pause: int = 0

    @property
    def anonymous(self) -> bool:
        """Whether the request named no user agent, which some servers insist on."""
        return not any(name.lower() == "user-agent" for name, _ in self.seen.headers)

    @property
    def prepares(self) -> bool:
        """Whether the rest makes no sense where this is refused."""
        return self.seen.purpose in ("set-up", "probe") and self.seen.ok


@dataclass(frozen=True, slots=True)
class Plan:
    """A finding with the steps that show it."""

    check: JsonObject
    finding: JsonObject
    header: JsonObject
    steps: tuple[Step, ...]
    condition: Condition
    left_out: int
    values: tuple[Value, ...] = ()

    @property
    def title(self) -> str:
        """The finding in one line."""
        dialect = str(self.check.get("dialect") or "")
        return f"{self.check.get('id')}{f' [{dialect}]' if dialect else ''}"

    @property
    def symptom(self) -> JsonObject:
        """What was seen."""
        found = self.finding.get("symptom")
        return found if isinstance(found, dict) else {}


def steps_of(cut: Slice, mark: str, base_url: str, also: Sequence[Json] = ()) -> tuple[list[Step], list[Value]]:
    """Return the steps of a slice and every variable with the value that it had.

    ``also`` are values of the finding in which ids of answers have to be recognised.

    Raises:
        ImpossibleError: when a request was not written down whole.
    """
    variables = fixed("" if _taken_apart(mark, cut) else mark, base_url)
    steps: list[Step] = []
    kept = cut.kept
    for at, each in enumerate(kept):
        if not each.complete:
            raise ImpossibleError(
                f"the body of {each.method} {each.path} was too long, or no UTF-8, to be written down whole"
            )
        later = [_searched(other) for other in kept[at + 1 :]] + [json.dumps(value) for value in also]
        target = with_gaps(each.target, Place.TARGET, variables)
        body = with_gaps(each.body, Place.JSON, variables)
        headers = tuple(_headers(each, variables, urlsplit(base_url).netloc))
        binds, resource = _binds(each, later, variables, "".join(map(_searched, kept[: at + 1])))
        pause = 0
        if at and (gap := each.started - kept[at - 1].started - _elapsed(kept[at - 1])) > _PAUSE:
            pause = min(10, math.ceil(gap))
        steps.append(Step(at + 1, each, target, headers, body, tuple(binds), resource, pause))
    return steps, variables


def _taken_apart(mark: str, cut: Slice) -> bool:
    """Tell whether a request plays with the mark itself, so that another one in its place would spoil the point."""
    said = "".join(f"{unquote(each.target)}{each.body}" for each in cut.kept)
    core = mark.rpartition("-")[0].rpartition("-")[2]
    whole = said.count(mark) + said.count(mark.upper())
    return bool(core) and len(re.findall(re.escape(core), said, re.IGNORECASE)) != whole


def _elapsed(each: Seen) -> float:
    found = each.record.get("elapsed")
    return float(found) if isinstance(found, int | float) else 0.0


def _headers(each: Seen, variables: list[Value], host: str) -> Iterator[tuple[str, Text]]:
    known = [*(value for value in variables if value.name != SECRET), Value(TOKEN, REDACTED)]
    for name, value in each.headers:
        lower = name.lower()
        forged = lower == "host" and value.lower() != host.lower()
        ours = lower == "user-agent" and value.startswith(_OWN_AGENT)
        if ours:
            yield name, (_AGENT,)
        elif forged or lower not in _LEFT_OUT:
            yield name, with_gaps(value, Place.HEADER, known)


def _searched(each: Seen) -> str:
    return "\n".join([each.target, each.body, *(value for _, value in each.headers)])


def _binds(each: Seen, later: list[str], variables: list[Value], earlier: str) -> tuple[list[Bind], str]:
    """Return what to keep of an answer; the new variables are added to ``variables``."""
    made: list[Bind] = []
    resource = ""
    known = {value.seen for value in variables}
    if each.made and each.made not in known:
        resource = _fresh(_word(each.path.strip("/").split("/")[-1]).rstrip("S"), variables)
        # An id that the client has chosen itself is no news: the answer may only repeat it.
        variables.append(Value(resource, "" if _chosen(each) else each.made))
        made.append(Bind(resource, path="/id"))
        known.add(each.made)
    for value in dict.fromkeys(server_made(each)):
        if value in known or any(isinstance(part, Gap) for part in with_gaps(value, Place.JSON, variables)):
            continue
        if value in earlier or not any(_stands_in(value, text) for text in later):
            continue
        source = _source(each, value)
        if source is None:
            continue
        word = source.header or source.path.rpartition("/")[2]
        name = _fresh(_word(word), variables)
        variables.append(Value(name, value))
        made.append(Bind(name, source.path, source.header))
        known.add(value)
    return made, resource


def _stands_in(value: str, text: str) -> bool:
    return any(spelled(value, place) in text for place in Place)


def _chosen(each: Seen) -> bool:
    return len(each.made) >= SHORT and each.made in each.body


def _word(text: str) -> str:
    """Return a text as a part of the name of a variable."""
    made = re.sub(r"\W", "", text.upper(), flags=re.ASCII)
    return made if made[:1].isalpha() and made.strip("S") else f"ID{made}"


def _fresh(word: str, variables: list[Value]) -> str:
    taken = {value.name for value in variables}
    number = 1
    while f"{word}_{number}" in taken:
        number += 1
    return f"{word}_{number}"


def _source(each: Seen, value: str) -> Bind | None:
    for name in ("ETag", "Location"):
        if each.answer_header(name) == value:
            return Bind("", header=name)
    path = _path_to(each.document, value)
    return Bind("", path=path) if path else None


def _path_to(document: Json, value: str, path: str = "") -> str:
    if isinstance(document, str):
        return path if document == value else ""
    inner: list[tuple[str, Json]] = []
    if isinstance(document, dict):
        inner = list(document.items())
    elif isinstance(document, list):
        inner = [(str(index), each) for index, each in enumerate(document)]
    return next((found for name, each in inner if (found := _path_to(each, value, f"{path}/{name}"))), "")
