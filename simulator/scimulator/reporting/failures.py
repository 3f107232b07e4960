"""Failures that have one root cause are one thing to repair, however many checks show it.

Two findings belong together when they refute the same requirement with the same normalised symptom, or when the same
kind of exchange failed in the same way: a server that crashes on every POST has one bug, not fifty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimulator.exchange.strict_json import read_json
from scimulator.reporting.reading import members, number, objects, raw, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scimulator.exchange.strict_json import JsonObject

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`")
_VARYING = re.compile(r"\b(?=\w*\d)[\w.@-]+")
_EFFECTS = frozenset({"not-applied", "changed", "members"})
"""Kinds of symptoms that a read after a write shows."""
_ROOT = re.compile(r"[.\[]")
_FILTER = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding together with the record of the check that made it."""

    check: JsonObject
    finding: JsonObject

    @property
    def name(self) -> str:
        """The check's id, with the dialect that it was run for."""
        dialect = word(self.check, "dialect")
        return word(self.check, "id") + (f" [{dialect}]" if dialect else "")

    @property
    def symptom(self) -> JsonObject:
        """What was seen."""
        return members(self.finding, "symptom")

    @property
    def exchanges(self) -> list[JsonObject]:
        """The exchanges that tell the story of this finding.

        A passive invariant keeps one exchange per finding; any other check keeps all of its own.
        """
        listed = objects(self.check, "exchanges")
        if "sender" not in self.finding:
            return listed
        position = next((at for at, each in enumerate(objects(self.check, "findings")) if each is self.finding), 0)
        return listed[position : position + 1]

    @property
    def evidence(self) -> JsonObject | None:
        """The exchange that shows the symptom: the one that it names, else the last."""
        wanted = number(self.symptom, "exchange")
        named = [each for each in self.exchanges if number(each, "number") == wanted]
        return named[-1] if named else (self.exchanges[-1] if self.exchanges else None)

    @property
    def cause(self) -> JsonObject | None:
        """The exchange whose effect the evidence shows: the last judged write up to it, else the evidence itself."""
        shown = self.evidence
        if shown is None:
            return None
        before = self.exchanges[: self.exchanges.index(shown) + 1]
        writing = [
            each
            for each in before
            if each.get("purpose") == "judged" and raw(members(each, "request"), "method") not in ("GET", "HEAD")
        ]
        return writing[-1] if writing else shown


@dataclass(frozen=True, slots=True)
class RootCause:
    """Findings that one repair would make go away, the most telling first."""

    shown: tuple[Shown, ...]

    @property
    def lead(self) -> Shown:
        """The finding that stands for all."""
        return self.shown[0]

    @property
    def checks(self) -> list[str]:
        """Names of the checks that it explains, each once."""
        return list(dict.fromkeys(each.name for each in self.shown))

    @property
    def requirements(self) -> list[str]:
        """Ids of the requirements that it refutes, each once."""
        return list(dict.fromkeys(word(each.finding, "requirement") for each in self.shown))

    @property
    def data_loss(self) -> bool:
        """Whether one of the checks is about lost data or a deactivation that does not deactivate."""
        return any(each.check.get("data_loss") is True for each in self.shown)


def root_causes(findings: Iterable[tuple[JsonObject, JsonObject]]) -> list[RootCause]:
    """Group (check, finding) pairs by root cause: data loss first, then by how many checks each explains."""
    shown = [Shown(check, finding) for check, finding in findings]
    owner = list(range(len(shown)))

    def find(at: int) -> int:
        while owner[at] != at:
            owner[at] = owner[owner[at]]
            at = owner[at]
        return at

    first: dict[tuple[str, ...], int] = {}
    for at, each in enumerate(shown):
        for key in _keys(each):
            known = first.setdefault(key, at)
            low, high = sorted((find(known), find(at)))
            owner[high] = low
    groups: dict[int, list[Shown]] = {}
    for at, each in enumerate(shown):
        groups.setdefault(find(at), []).append(each)
    made = [RootCause(tuple(_told_best_first(group))) for group in groups.values()]
    made.sort(key=lambda cause: (not cause.data_loss, -len(cause.checks)))
    return made


def _told_best_first(group: Sequence[Shown]) -> list[Shown]:
    """A check of data loss tells the story best, then a check with a story at all, then the shortest one."""
    return sorted(
        group, key=lambda each: (each.check.get("data_loss") is not True, not each.exchanges, len(each.exchanges))
    )


def slug(finding: JsonObject) -> str:
    """Return the normalised symptom of a finding, which is the end of its id."""
    return raw(finding, "id").partition(":")[2]


def _keys(each: Shown) -> list[tuple[str, ...]]:
    keys: list[tuple[str, ...]] = []
    kind = raw(each.symptom, "kind")
    if kind != "status":
        # A wrong status says little without the request that got it; everything else is told by its place.
        keys.append(("symptom", raw(each.finding, "requirement"), slug(each.finding)))
    exchange = each.evidence
    if exchange is not None and (kind == "status" or kind.startswith("transport-")):
        keys.append(("exchange", kind, *_shape(exchange), str(each.symptom.get("wanted"))))
    if kind in _EFFECTS and each.cause is not None:
        effect = _effect(each.cause)
        keys.append(("effect", *effect, _ROOT.split(raw(each.symptom, "at").removeprefix("$."), maxsplit=1)[0]))
        if kind == "not-applied":
            keys.append(("ignored", *effect))
    if not keys:
        keys.append(("symptom", raw(each.finding, "requirement"), slug(each.finding)))
    return keys


def _shape(exchange: JsonObject) -> tuple[str, ...]:
    request, response = members(exchange, "request"), members(exchange, "response")
    path, _, query = raw(request, "target").partition("?")
    status = int(number(response, "status"))
    shape = (raw(request, "method"), path_pattern(path), str(status))
    if status >= 500 or not status:
        return shape
    detail = read_json(raw(response, "body").encode("utf-8", "surrogatepass")).object.get("detail")
    if status >= 400 and isinstance(detail, str) and detail.strip():
        return (*shape, _VARYING.sub("#", _QUOTED.sub("#", detail.lower())))
    names = ",".join(sorted({part.partition("=")[0] for part in query.split("&") if part}))
    return (*shape, names, _body_shape(raw(request, "body")))


def _effect(cause: JsonObject) -> tuple[str, ...]:
    """Return what kind of write had no effect: a server that ignores one replace by a simple path ignores all."""
    request = members(cause, "request")
    sent = read_json(raw(request, "body").encode("utf-8", "surrogatepass")).object
    operations = objects(sent, "Operations")
    kinds = sorted({f"{str(each.get('op')).lower()} {_path_kind(each.get('path'))}" for each in operations})
    return (raw(request, "method"), path_pattern(raw(request, "target").partition("?")[0]), *kinds)


def _path_kind(path: object) -> str:
    if not isinstance(path, str):
        return "without path"
    if "[" in path:
        return "by filter"
    if path.lower().startswith("urn:"):
        return "by urn"
    return "by sub-attribute" if "." in path else "by attribute"


def path_pattern(path: str) -> str:
    """Return a path with the ids taken out: ``/Users/{id}``."""
    first, *rest = path.strip("/").split("/")
    return "/" + "/".join([first, *(part if part.startswith(".") else "{id}" for part in rest)])


def _body_shape(body: str) -> str:
    """Return operations with their paths for a PATCH, the names of the members for anything else."""
    sent = read_json(body.encode("utf-8", "surrogatepass")).object
    operations = objects(sent, "Operations")
    if not operations:
        return ",".join(sorted(sent))
    return ";".join(
        f"{each.get('op')} {_FILTER.sub('[]', str(each.get('path', '')))} {type(each.get('value')).__name__}"
        for each in operations
    )
