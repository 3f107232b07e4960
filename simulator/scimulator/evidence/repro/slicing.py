"""Which exchanges a finding needs: those that made what the judged one touches, the judged one, and the evidence."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_plus

from scimulator.evidence.repro.records import Seen, exchanges
from scimulator.evidence.repro.template import SHORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scimulator.exchange.strict_json import Json, JsonObject

_MARK = re.compile(r"scimulator-[a-z0-9]+-")
_SERVER_MADE = ("id", "value", "version", "created", "lastModified", "nextCursor", "previousCursor")


@dataclass(slots=True)
class History:
    """All that a run has written down, to look up what a check has found there ready made."""

    header: JsonObject
    checks: list[JsonObject]
    marks: list[str] = field(default_factory=list)
    writes: list[Seen] = field(default_factory=list)
    makers: dict[str, Seen] = field(default_factory=dict)
    """By id: the POST that made the resource."""

    @classmethod
    def of(cls, records: Iterable[JsonObject]) -> History:
        """Read the records of a run stream."""
        header: JsonObject = {}
        checks: list[JsonObject] = []
        marks: list[str] = []
        for record in records:
            if record.get("type") == "run":
                header = record
            elif record.get("type") == "check":
                checks.append(record)
            elif record.get("type") == "end":
                listed = record.get("marks")
                marks = [str(each) for each in listed] if isinstance(listed, list) else []
        made = cls(header, checks, marks)
        known: set[tuple[float, int, str]] = set()
        for check in checks:
            for each in exchanges(check):
                key = (each.started, each.number, each.target)
                if each.writes and key not in known:
                    known.add(key)
                    made.writes.append(each)
        made.writes.sort(key=_when)
        for each in made.writes:
            if each.made:
                made.makers.setdefault(each.made, each)
        if not made.marks:
            # An interrupted run has no footer; what it has sent tells its mark all the same.
            made.marks = sorted({found for each in made.writes for found in _MARK.findall(each.body)})
        return made

    def mark_in(self, chosen: Iterable[Seen]) -> str:
        """Return the mark that these exchanges carry; each worker of a run has its own."""
        for each in chosen:
            said = f"{unquote(each.target)} {each.body}".lower()
            for mark in sorted(self.marks, key=len, reverse=True):
                if mark in said:
                    return mark
        return self.marks[0] if self.marks else ""


@dataclass(frozen=True, slots=True)
class Slice:
    """The exchanges to repeat, in order; ``evidence`` shows the symptom, ``before`` the state before the write."""

    kept: tuple[Seen, ...]
    evidence: Seen
    before: Seen | None
    left_out: int


class NoStoryError(LookupError):
    """The run holds no exchange that shows the finding."""


def sliced(history: History, check: JsonObject, finding: JsonObject) -> Slice:
    """Return what a finding needs.

    Raises:
        NoStoryError: when no exchange of the finding was written down.
    """
    story, evidence = _story(history, check, finding)
    earlier = [each for each in story if _when(each) < _when(evidence)]
    needed = {_when(evidence): evidence}
    keys = _keys(history, evidence) | _mentioned(history, json.dumps(finding.get("symptom")))
    if evidence.path not in {f"{maker.path}/{made}" for made, maker in history.makers.items()}:
        # What a list shows depends on everything there is, not only on what its query names.
        keys |= _mentioned(history, evidence.answer)
        for each in earlier:
            if each.writes:
                needed[_when(each)] = each
                keys |= _keys(history, each)
    _close(history, earlier, needed, keys)
    before = _before(earlier, evidence)
    if before is not None:
        needed[_when(before)] = before
    _add_sources(earlier, needed)
    kept = tuple(needed[key] for key in sorted(needed))
    return Slice(kept, evidence, before, len({_when(each) for each in story} - set(needed)))


def _story(history: History, check: JsonObject, finding: JsonObject) -> tuple[list[Seen], Seen]:
    own = exchanges(check)
    symptom = finding.get("symptom")
    number = symptom.get("exchange") if isinstance(symptom, dict) else None
    if "sender" in finding:
        # A passive invariant keeps one exchange for each finding; the rest of its story is with the check that sent it.
        listed = check.get("findings")
        position = listed.index(finding) if isinstance(listed, list) and finding in listed else 0
        own = own[position : position + 1]
        for other in history.checks:
            if other.get("id") == finding["sender"] and own:
                told = exchanges(other)
                if any(_when(each) == _when(own[0]) for each in told):
                    return sorted(told, key=_when), own[0]
    if not own:
        raise NoStoryError("the run holds no exchange that shows it")
    named = [each for each in own if each.number == number]
    return sorted(own, key=_when), (named or own)[-1]


def _close(history: History, earlier: Sequence[Seen], needed: dict[tuple[float, int], Seen], keys: set[str]) -> None:
    end = max(needed)
    growing = True
    while growing:
        growing = False
        candidates = [each for each in earlier if each.writes and keys & {each.made, *_keys(history, each)}]
        own = {_when(each) for each in earlier}
        for each in history.writes:
            if _when(each) in own or _when(each) >= end or not each.ok:
                continue
            # What other checks have left ready: how it was made, and what was done to it since, nothing else of theirs.
            resource = each.path.rpartition("/")[2]
            mine = each.made in keys or unquote(resource) in keys or (each.made and keys & _stems(history, each))
            if mine:
                candidates.append(each)
        for each in candidates:
            if _when(each) not in needed:
                needed[_when(each)] = each
                keys |= _keys(history, each) | ({each.made} if each.made else set())
                growing = True


def _before(earlier: Sequence[Seen], evidence: Seen) -> Seen | None:
    """Return the last read of the same resource before the last write of the check."""
    writes = [each for each in earlier if each.writes and each.purpose == "judged"]
    if evidence.method != "GET" or not writes:
        return None
    reads = [
        each
        for each in earlier
        if each.method == "GET" and each.target == evidence.target and each.ok and _when(each) < _when(writes[-1])
    ]
    return reads[-1] if reads else None


def _add_sources(earlier: Sequence[Seen], needed: dict[tuple[float, int], Seen]) -> None:
    """Add the reads whose answers hold what a later request repeats: a version, a cursor, an id that was searched."""
    for key in sorted(needed):
        request = needed[key]
        said = _said(request)
        known = "".join(f"{_said(each)}{each.answer}{each.answer_headers}" for at, each in needed.items() if at < key)
        for each in reversed(earlier):
            if _when(each) >= key or each.writes or not each.ok or _when(each) in needed:
                continue
            fresh = [value for value in server_made(each) if value in said and value not in known]
            if fresh:
                needed[_when(each)] = each
                known += "".join(fresh)


def server_made(each: Seen) -> list[str]:
    """Return values of an answer that a server makes up and a client repeats."""
    made: list[str] = []
    _gather(each.document, made)
    made += [value for name in ("ETag", "Location") if (value := each.answer_header(name))]
    return [value for value in made if len(value) >= SHORT and not value.lower().startswith("urn:ietf:")]


def _gather(value: Json, made: list[str]) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in _SERVER_MADE and isinstance(inner, str):
                made.append(inner)
            else:
                _gather(inner, made)
    elif isinstance(value, list):
        for inner in value:
            _gather(inner, made)


def _when(each: Seen) -> tuple[float, int]:
    return each.started, each.number


def _said(each: Seen) -> str:
    headers = "\n".join(value for _, value in each.headers)
    body = each.body.replace('\\"', '"')
    return f"{unquote_plus(each.target)}\n{headers}\n{body}"


def _keys(history: History, each: Seen) -> set[str]:
    return _mentioned(history, _said(each)) | _stems(history, each)


def _mentioned(history: History, said: str) -> set[str]:
    found = set()
    for made in history.makers:
        if made in said and (len(made) >= SHORT or re.search(rf'(?<=[/"]){re.escape(made)}(?=[/"?\s]|\Z)', said)):
            found.add(made)
    return found


def _stems(history: History, each: Seen) -> set[str]:
    """Return the marked beginnings of names, which everything has in common that belongs together."""
    said = _said(each).lower()
    return {found for mark in history.marks for found in re.findall(rf"{re.escape(mark)}[a-z0-9]+-", said)}
