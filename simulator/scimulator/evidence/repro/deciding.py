"""From a finding's symptom to the test of an answer that tells whether the bug shows."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from scimulator.evidence.repro.condition import IDS, LINE, Condition, Proof, Reply, count
from scimulator.evidence.repro.flat import owed, pattern, values
from scimulator.evidence.repro.plan import ImpossibleError
from scimulator.evidence.repro.template import names_in, with_gaps
from scimulator.evidence.repro.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scimulator.evidence.repro.plan import Step
    from scimulator.evidence.repro.records import Seen
    from scimulator.evidence.repro.template import Text, Value
    from scimulator.exchange.strict_json import Json, JsonObject

_SEEN_THERE = frozenset({"present", "rule-absent", "rule-empty", "password", "hidden", "appeared"})
"""Kinds that say: something stands where nothing may."""
_WRONG_TYPE = frozenset({"type", "own-type"})
_TIME = re.compile(r"20\d\d-\d\d-\d\dT")
_COUNT = re.compile(r"[?&]count=(\d+)")
_AT_RESOURCES = re.compile(r"^\$?\.?Resources$", re.IGNORECASE)
_BY_THE_CLOCK = frozenset({"latency", "slow", "skew"})
_SEVERAL = frozenset({"gap", "overlap", "unstable", "shared-id"})
"""Kinds that show only when several answers are laid side by side."""


class Deciding:
    """What is known of a finding, and the tests that fit it, the surest first."""

    def __init__(
        self, symptom: JsonObject, steps: Sequence[Step], evidence: int, before: int, variables: Sequence[Value]
    ) -> None:
        self.kind = str(symptom.get("kind") or "")
        self.at = str(symptom.get("at") or "")
        self.wanted: Json = symptom.get("wanted")
        self.got: Json = symptom.get("got")
        self.steps = steps
        self.evidence = evidence
        self.before = before
        self.variables = variables
        self.seen: Seen = steps[evidence - 1].seen
        self.reply = Reply(self.seen.status, self.seen.answer_headers, self.seen.answer)
        self.lines = self.reply.lines

    def conditions(self) -> Iterator[Condition]:
        """Yield every test that holds for what was seen.

        Raises:
            ImpossibleError: where nothing that can be sent again shows this kind of finding.
        """
        if self.seen.status == 0:
            raise ImpossibleError("it shows in a connection that broke or never answered, which no script can judge")
        if self.kind in _BY_THE_CLOCK:
            raise ImpossibleError("it is about how long answers take, which differs from moment to moment")
        if any(_TIME.search(part) for part in self.steps[self.evidence - 1].target if isinstance(part, str)):
            raise ImpossibleError("it depends on a time that the run has worked out, which would be another one now")
        if self.kind in _SEVERAL:
            raise ImpossibleError("it shows only when several pages or answers are laid side by side")
        replies = {step.number: _reply(step.seen) for step in self.steps}
        known = {each.name: each.seen for each in self.variables}
        for candidate in self._candidates():
            if candidate.holds(replies, known):
                yield candidate

    def _candidates(self) -> Iterator[Condition]:
        yield from self._by_status()
        if self.at:
            yield from self._by_header()
            yield from self._by_place()
        yield from self._by_list()
        yield from self._by_guess()

    # -- the status

    def _by_status(self) -> Iterator[Condition]:
        status = self.seen.status
        if self.at or self.kind.startswith("rule-"):
            return
        about = f"{self.seen.method} {_short(self.seen.path)}"
        codes = _codes(self.wanted)
        if codes and self.got in (status, None):
            yield self._make(
                Proof.STATUS, f"{about} is answered {status // 100}xx and not {' or '.join(codes)}", codes=codes
            )
        elif self.got == status and (status >= 400 or not self.kind.startswith("flow-")):
            yield self._make(Proof.STATUS, f"{about} is answered {status // 100}xx", sure=status >= 500)
        elif self.kind == "error-no-json":
            yield self._make(Proof.NO_JSON, f"the body of the answer to {about} is no JSON")

    # -- a header

    def _by_header(self) -> Iterator[Condition]:
        name = self.at
        shown = self.reply.header(name)
        if shown and isinstance(self.wanted, str) and not shown.lower().startswith(self.wanted.lower()):
            text = with_gaps(self.wanted, LINE, self.variables)
            yield self._make(
                Proof.OTHER_HEADER, f"the header {name} does not begin with {self.wanted}", where=name, owed=(text,)
            )
        elif not shown and self.kind == "missing" and (name in ("ETag", "Location") or "-" in name):
            yield self._make(Proof.NO_HEADER, f"the answer has no header {name}", where=name)

    # -- a place in the body

    def _by_place(self) -> Iterator[Condition]:
        if self.kind == "changed" and self.before:
            where = pattern(self.at)
            yield self._make(
                Proof.CHANGED, f"{self.at} is another than before the write", where=where, other=self.before
            )
            return
        for where in self._places():
            found = values(self.lines, where)
            yield from self._at(where, found)

    def _places(self) -> Iterator[str]:
        plain = pattern(self.at)
        if isinstance(self.wanted, list) and any(isinstance(each, str) for each in self.wanted):
            # What is owed names the elements by their value, as members are.
            yield f"{plain}/[0-9]+/value"
        yield plain
        yield f"{plain}/[0-9]+/value"
        yield f"{plain}/[0-9]+"
        if plain.count("/") == 2 and "." in self.at:
            # A sub-attribute that is named without saying of which element.
            yield plain[: plain.rindex("/")] + "/[0-9]+" + plain[plain.rindex("/") :]
        if count(self.lines, "/Resources") == 1:
            yield f"/Resources/0{plain}"
            yield f"/Resources/0{plain}/[0-9]+/value"

    def _at(self, where: str, found: list[str]) -> Iterator[Condition]:
        name = self.at
        elements = where.endswith(("/value", "[0-9]+")) or "[*]" in name
        wanted = _lines(self.wanted, each=elements)
        got = _lines(self.got, each=elements)
        if isinstance(self.wanted, int) and isinstance(self.got, int) and count(self.lines, pattern(name)) == self.got:
            limit = self.wanted
            yield self._make(
                Proof.OTHER_COUNT, f"{name} does not hold {limit} elements", where=pattern(name), limit=limit
            )
        if self.kind in ("rule-contains", "lacks") and wanted and not set(wanted) & set(found):
            yield self._make(
                Proof.LACKS, f"{name} lacks {self._shown(self.wanted)}", where=where, owed=self._texts(wanted)
            )
        if self.kind in _SEEN_THERE and found and not elements:
            yield self._make(Proof.PRESENT, f"{name} is there", where=where)
        if wanted and found == got and found != wanted and not _alternatives(self.wanted, self.got):
            # Nothing at all is unlike everything; that the place is spelled right shows where something stands.
            sure = bool(found) or not isinstance(self.wanted, list) or where.endswith("/value")
            yield self._make(
                Proof.UNLIKE,
                f"{name} is not {self._shown(self.wanted)}",
                where=where,
                owed=self._texts(wanted),
                sure=sure,
            )
        elif wanted and found and self.got is None and found != wanted:
            yield self._make(
                Proof.UNLIKE,
                f"{name} is not {self._shown(self.wanted)}",
                where=where,
                owed=self._texts(wanted),
                sure=False,
            )
        elif not wanted and found and found == got:
            yield self._make(
                Proof.LIKE, f"{name} is {self._shown(self.got)}", where=where, owed=self._texts(got), sure=False
            )
        if self.kind in _WRONG_TYPE and found and self.got is None:
            shown = ", ".join(line.partition("\t")[2] for line in found)
            yield self._make(Proof.LIKE, f"{name} is {shown[:80]}", where=where, owed=self._texts(found), sure=False)
        if not found and not elements and not _AT_RESOURCES.match(name) and self.got in (None, []):
            # A place that nothing stands at says little, unless that is the complaint.
            sure = self.kind in ("missing", "rule-exists", "not-applied", "lost", "scim-type") or bool(wanted)
            yield self._make(Proof.ABSENT, f"{name} is missing", where=where, sure=sure)

    # -- a list of resources

    def _by_list(self) -> Iterator[Condition]:
        listed = {text.partition("\t")[2] for text in values(self.lines, IDS)}
        makers = [step for step in self.steps if step.resource]
        ours = {step.resource: json.dumps(step.seen.made) for step in makers}
        if not self._is_list() or self.seen.writes:
            return
        here = tuple(name for name, made in ours.items() if made in listed)
        away = tuple(name for name, made in ours.items() if made not in listed)
        target = f"the list at {_short(unquote(self.seen.target))}"
        wanted = _ids(self.wanted)
        missing = tuple(name for name in away if ours[name] in wanted)
        limit = _COUNT.search(self.seen.target)
        if missing:
            yield self._make(Proof.LISTS, f"{target} lacks {', '.join(missing)}", unlisted=missing)
        if wanted and here and not missing:
            strange = tuple(name for name in here if ours[name] not in wanted)
            if strange:
                yield self._make(Proof.LISTS, f"{target} holds {', '.join(strange)}", listed=strange)
        if limit and count(self.lines, "/Resources") > int(limit[1]):
            yield self._make(
                Proof.MORE, f"{target} holds more than {limit[1]} resources", where="/Resources", limit=int(limit[1])
            )
        if (here or away) and names_in(self.steps[self.evidence - 1].target):
            # A list of everything there is would depend on what else is there.
            told = f"holds {', '.join(here) or 'none of what was made'}"
            told += f" and not {', '.join(away)}" if here and away else ""
            yield self._make(Proof.LISTS, f"{target} {told}", listed=here, unlisted=away, sure=False)
        if listed:
            yield self._make(Proof.PRESENT, f"{target} is not empty", where=IDS, sure=False)

    def _is_list(self) -> bool:
        document = self.seen.document
        return isinstance(document, dict) and ("Resources" in document or "totalResults" in document)

    # -- what is left

    def _by_guess(self) -> Iterator[Condition]:
        """A status that a server without the bug does not answer with, as the control has to confirm."""
        if self.at and self.got is not None:
            return
        status = self.seen.status
        yield self._make(
            Proof.STATUS, f"{self.seen.method} {_short(self.seen.path)} is answered {status // 100}xx", sure=False
        )

    def _make(
        self,
        test: Proof,
        sentence: str,
        *,
        where: str = "",
        owed: tuple[Text, ...] = (),
        limit: int = 0,
        codes: tuple[str, ...] = (),
        other: int = 0,
        listed: tuple[str, ...] = (),
        unlisted: tuple[str, ...] = (),
        sure: bool = True,
    ) -> Condition:
        return Condition(
            test=test,
            step=self.evidence,
            status=self.seen.status,
            # Names of attributes are the server's to choose, and this stands in comments of scripts.
            sentence=one_line(sentence),
            where=where,
            owed=owed,
            limit=limit,
            codes=codes,
            other=other,
            listed=listed,
            unlisted=unlisted,
            sure=sure,
        )

    def _texts(self, lines: list[str]) -> tuple[Text, ...]:
        return tuple(with_gaps(line, LINE, self.variables) for line in lines)

    def _shown(self, value: Json) -> str:
        """Return a value for a person, variables by their names."""
        text = json.dumps(value, ensure_ascii=False)
        shown = "".join(
            part if isinstance(part, str) else f"<{part.name}>" for part in with_gaps(text, LINE, self.variables)
        )
        return shown if len(shown) <= 160 else f"{shown[:157]}..."


def _reply(seen: Seen) -> Reply:
    return Reply(seen.status, seen.answer_headers, seen.answer)


def _short(path: str) -> str:
    """Return a path for a person, ids taken out."""
    head, question, query = path.partition("?")
    first, *rest = head.strip("/").split("/")
    made = "/" + "/".join([first, *(part if part.startswith(".") else "{id}" for part in rest)])
    return f"{made}{question}{query}"


def _codes(wanted: Json) -> tuple[str, ...]:
    if wanted == "2xx":
        return ("2xx",)
    listed = wanted if isinstance(wanted, list) else [wanted]
    numbers = [each for each in listed if isinstance(each, int) and not isinstance(each, bool) and 100 <= each < 600]
    return tuple(map(str, numbers)) if len(numbers) == len(listed) else ()


def _lines(value: Json, *, each: bool) -> list[str]:
    """Return the lines that a place holds whose value, or whose elements' values with ``each``, this is."""
    if not each:
        return owed(value)
    listed = value if isinstance(value, list) else []
    return sorted(line for inner in listed for line in owed(inner))


def _ids(wanted: Json) -> set[str]:
    listed = wanted if isinstance(wanted, list) else [wanted]
    return {json.dumps(each) for each in listed if isinstance(each, str)}


def _alternatives(wanted: Json, got: Json) -> bool:
    """Tell whether ``wanted`` lists values of which one is owed, as for an error's scimType."""
    return isinstance(wanted, list) and not isinstance(got, list) and got is not None
