"""A conversation kept in a file: recorded once, sent again to every later version of the application.

The file holds one JSON object a line: a header, then exchanges as a run stream has them, redacted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scimulator import __version__
from scimulator.evidence.repro.archive import exchanges_in
from scimulator.evidence.repro.condition import Reply
from scimulator.evidence.repro.plan import ImpossibleError, steps_of
from scimulator.evidence.repro.records import seen
from scimulator.evidence.repro.slicing import Slice
from scimulator.evidence.repro.template import LOUD, MARK, SECRET, TOKEN, URL, Place, filled, names_in, with_gaps
from scimulator.exchange.message import Purpose, Request
from scimulator.exchange.redaction import Redactor
from scimulator.testing.errors import ScimTestingError

if TYPE_CHECKING:
    from scimulator.evidence.repro.flat import Line
    from scimulator.evidence.repro.plan import Bind, Step
    from scimulator.evidence.repro.records import Seen
    from scimulator.evidence.repro.template import Value
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.testing.target import ScimTarget

FORMAT = 1
_DATES = ("created", "lastmodified")
_VARYING = ("version",)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where an answer is another than in the recording: exchange (from 1), request, what was and what is."""

    number: int
    request: str
    at: str
    recorded: str
    now: str

    def __str__(self) -> str:
        return f"{self.number}. {self.request}: {self.at} was {self.recorded}, is {self.now}"


class ScimCassette:
    """Records what goes to the target of this test, and replays it.

    ``with scim_cassette.recording("file"): ...`` writes the exchanges of the block. ``scim_cassette.replay("file")``
    sends them again, ids taken from the new answers, and returns the differences; ids, dates, versions and the order of
    values do not count. It replays the ``repro.har`` of ``scimulator repro`` as well.
    """

    def __init__(self, target: ScimTarget) -> None:
        self._target = target

    def recording(self, file: str | Path) -> _Recording:
        """Return a block that writes its exchanges to ``file`` when it ends well."""
        return _Recording(self._target, Path(file))

    def replay(self, file: str | Path) -> list[Difference]:
        """Send a recording again and return every difference, the first one first; what it makes is removed.

        Raises:
            ScimTestingError: when the file is no recording, or holds what cannot be sent again.
        """
        header, exchanges = _read_archive(Path(file)) if str(file).endswith(".har") else _read(Path(file))
        if not exchanges:
            return []
        cut = Slice(tuple(exchanges), exchanges[-1], None, 0)
        try:
            steps, known = steps_of(cut, str(header.get("mark") or ""), str(header.get("base_url") or ""))
        except ImpossibleError as error:
            raise ScimTestingError(f"{file} cannot be replayed: {error}") from error
        mark = self._target.session.mark
        variables = {MARK: mark, LOUD: mark.upper(), URL: self._target.url, SECRET: "Aa1!replayed-password", TOKEN: ""}
        made: list[Difference] = []
        for step in steps:
            made += self._step(step, known, variables)
        return made

    def _step(self, step: Step, known: list[Value], variables: dict[str, str]) -> list[Difference]:
        tokens = {name for name, text in step.headers if TOKEN in names_in(text)}
        headers = tuple((name, filled(text, variables)) for name, text in step.headers if name not in tokens)
        body = filled(step.body, variables).encode("utf-8", "surrogatepass")
        request = Request(step.seen.method, filled(step.target, variables), headers, body)
        exchange = self._target.target.send(request, authenticate=bool(tokens))
        answer = exchange.response
        reply = Reply(answer.status, answer.headers, answer.body.decode("utf-8", "replace")) if answer else _NOTHING
        lines = {line.path: line.value for line in reply.lines}
        for bind in step.binds:
            variables[bind.name] = _kept(bind, reply, lines)
            if bind.name == step.resource and variables[bind.name]:
                self._target.made(step.seen.path, variables[bind.name])
        what = f"{request.method} {request.target}"
        if reply.status != step.seen.status:
            return [Difference(step.number, what, "status", str(step.seen.status), str(reply.status))]
        kinds = [_media_type(step.seen.answer_header("Content-Type") or ""), _media_type(reply.header("Content-Type"))]
        other = [Difference(step.number, what, "Content-Type", *kinds)] if kinds[0] != kinds[1] else []
        before = _meaning(Reply(step.seen.status, (), step.seen.answer).lines)
        then = {at: [_said(text, known, variables) for text in texts] for at, texts in before.items()}
        now = _meaning(reply.lines)
        return other + [
            Difference(step.number, what, at.strip("/"), _listed(then.get(at)), _listed(now.get(at)))
            for at in dict.fromkeys([*then, *now])
            if sorted(then.get(at, [])) != sorted(now.get(at, []))
        ]


_NOTHING = Reply(0, (), "")


class _Recording:
    def __init__(self, target: ScimTarget, file: Path) -> None:
        self._target = target
        self._file = file
        self._from = 0

    def __enter__(self) -> ScimTarget:
        self._from = len(self._target.exchanges)
        return self._target

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            return
        redactor = Redactor(set(self._target.target.secrets))
        header: JsonObject = {
            "type": "cassette",
            "format": FORMAT,
            "scimulator": __version__,
            "base_url": self._target.url,
            "mark": self._target.session.mark,
        }
        kept = [each for each in self._target.exchanges[self._from :] if each.purpose is not Purpose.CLEAN_UP]
        lines = [header, *(redactor.exchange(each) for each in kept)]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text("".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in lines), encoding="utf-8")


def _read(file: Path) -> tuple[JsonObject, list[Seen]]:
    try:
        records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except OSError as error:
        raise ScimTestingError(f"{file} cannot be read ({error.strerror}); record it first") from error
    except ValueError as error:
        raise ScimTestingError(f"{file} is no recording: {error}") from error
    header = records[0] if records and isinstance(records[0], dict) else {}
    if header.get("type") != "cassette" or header.get("format") != FORMAT:
        raise ScimTestingError(f"{file} is no recording of this version; record it again")
    return header, [seen(each) for each in records[1:] if isinstance(each, dict)]


def _read_archive(file: Path) -> tuple[JsonObject, list[Seen]]:
    try:
        base_url, mark, exchanges = exchanges_in(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise ScimTestingError(f"{file} cannot be read ({error.strerror})") from error
    except (ValueError, AttributeError) as error:
        raise ScimTestingError(f"{file} is no HTTP archive: {error}") from error
    if not base_url:
        raise ScimTestingError(f"{file} was not written by scimulator repro, so its base URL is not known")
    return {"base_url": base_url, "mark": mark}, exchanges


def _kept(bind: Bind, reply: Reply, lines: dict[str, str]) -> str:
    if bind.header:
        return reply.header(bind.header)
    found = json.loads(lines.get(bind.path, '""'))
    return found if isinstance(found, str) else json.dumps(found)


def _media_type(value: str) -> str:
    return value.partition(";")[0].strip().lower()


def _meaning(lines: list[Line]) -> dict[str, list[str]]:
    """Return the values by path, positions in arrays left out; what differs from time to time by its presence only."""
    made: dict[str, list[str]] = {}
    for path, value in lines:
        steps = [step for step in path.split("/") if not step.isdigit()]
        varies = steps[-1].lower() in (*_DATES, *_VARYING) and "meta" in steps
        made.setdefault("/".join(steps), []).append("(some value)" if varies else value)
    return made


def _said(text: str, known: list[Value], variables: dict[str, str]) -> str:
    return filled(with_gaps(text, Place.JSON, [each for each in known if each.name in variables]), variables)


def _listed(values: list[str] | None) -> str:
    return "nothing" if not values else ", ".join(sorted(values))
