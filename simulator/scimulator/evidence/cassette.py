"""A cassette: the recorded exchanges of one real conversation, as JSON lines.

The first line has type ``cassette``, then one line of type ``exchange`` each, the last has type ``end``; the schema is
``fixtures/schemas/cassette.schema.json``. Bodies and headers are exact but for replacements, which are made before
anything reaches the disk: secrets become ``<redacted>``, personal data gets pseudonyms.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, cast

from scimulator import __version__
from scimulator.exchange.message import Exchange, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scimulator.evidence.pseudonyms import Pseudonyms
    from scimulator.exchange.redaction import Redactor
    from scimulator.exchange.strict_json import Json, JsonObject

FORMAT = 1


class BadCassette(ValueError):  # noqa: N818  read as "a bad cassette"
    """A file is no cassette; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Cassette:
    """A cassette that was read. ``base`` is the path below which SCIM was recorded; ``whole`` says that it ended."""

    path: str
    base: str
    exchanges: tuple[Exchange, ...]
    whole: bool


class CassetteWriter:
    """Writes exchanges as they come; a process that is killed loses none that is finished."""

    def __init__(self, path: Path, base: str, redactor: Redactor, pseudonyms: Pseudonyms | None) -> None:
        """Open the file, readable by its owner only.

        Raises:
            BadCassette: when it cannot be written.
        """
        self._redactor = redactor
        self._pseudonyms = pseudonyms
        self.written = 0
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file: IO[str] = os.fdopen(descriptor, "w", encoding="utf-8", newline="\n")
        except OSError as error:
            raise BadCassette(f"{path} cannot be written ({error.strerror}); name another file") from error
        self._line(
            {
                "type": "cassette",
                "format": FORMAT,
                "scimulator": __version__,
                "started": datetime.now(UTC).isoformat(timespec="seconds"),
                "base": base,
                "personal_data": "kept" if pseudonyms is None else "pseudonyms",
            }
        )

    def write(self, exchange: Exchange, *, step: str = "") -> None:
        """Write one exchange; ``step`` is the recorded exchange of a profile that it was recognised as."""
        request, response = exchange.request, exchange.response
        if self._pseudonyms is not None:
            # Whatever an answer tells of a person may stand in the request that asked for it.
            self._pseudonyms.learn_query(request.query)
            for raw in (request.body, response.body if response is not None else b""):
                self._pseudonyms.learn(raw.decode("utf-8", "replace"))
        failure = exchange.failure
        self._line(
            {
                "type": "exchange",
                "number": exchange.number,
                "started": round(exchange.started, 6),
                "elapsed": round(exchange.elapsed, 6),
                "step": step,
                "request": {
                    "method": request.method,
                    "target": self._text(request.target),
                    "headers": self._headers(request.headers),
                    **self._body(request.body),
                },
                "response": None
                if response is None
                else {
                    "status": response.status,
                    "headers": self._headers(response.headers),
                    **self._body(response.body),
                },
                "failure": None if failure is None else {"kind": failure.kind.value, "message": failure.message},
            }
        )
        self.written += 1

    def close(self) -> None:
        """Write the footer and close the file."""
        self._line({"type": "end", "exchanges": self.written, "replaced": self._replaced()})
        self._file.close()

    def _replaced(self) -> int:
        return self._redactor.count + (self._pseudonyms.count if self._pseudonyms is not None else 0)

    def _text(self, text: str) -> str:
        redacted = self._redactor.text(text)
        return self._pseudonyms.replace(redacted) if self._pseudonyms is not None else redacted

    def _headers(self, headers: Iterable[tuple[str, str]]) -> Json:
        redacted = self._redactor.headers(headers)
        if self._pseudonyms is None:
            return cast("Json", redacted)
        return [[name, self._pseudonyms.replace(value)] for name, value in redacted]

    def _body(self, raw: bytes) -> JsonObject:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            # What cannot be read cannot be searched for secrets either.
            return {"body": "", "withheld": len(raw)}
        return {"body": self._text(text)}

    def _line(self, line: JsonObject) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
        self._file.flush()


def read_cassette(path: Path) -> Cassette:
    """Read a cassette; a last line that its recorder did not finish is left out.

    Raises:
        BadCassette: when the file cannot be read or is no cassette.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise BadCassette(f"{path}: cannot be read ({error.strerror}); name the file of a recording") from error
    records: list[JsonObject] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            if number >= len(lines) - 1:
                break
            raise BadCassette(f"{path}, line {number}: this is no JSON ({error})") from error
        if not isinstance(record, dict):
            raise BadCassette(f"{path}, line {number}: an object is due")
        records.append(record)
    head: JsonObject = records[0] if records else {}
    if head.get("type") != "cassette":
        raise BadCassette(f"{path}: this is no cassette; scimulator record writes one, and --import reads a HAR")
    if head.get("format") != FORMAT:
        raise BadCassette(f"{path}: format {head.get('format')}, this version reads {FORMAT}; record it again")
    try:
        exchanges = tuple(_exchange(each) for each in records[1:] if each.get("type") == "exchange")
    except (KeyError, TypeError, ValueError) as error:
        raise BadCassette(f"{path}: an exchange of it is not as it should be ({error!r})") from error
    return Cassette(str(path), str(head.get("base", "")), exchanges, records[-1].get("type") == "end")


def _exchange(record: JsonObject) -> Exchange:
    request = cast("JsonObject", record["request"])
    answer = cast("JsonObject | None", record["response"])
    made = Request(str(request["method"]), str(request["target"]), _pairs(request["headers"]), _raw(request))
    response = None if answer is None else Response(int(str(answer["status"])), _pairs(answer["headers"]), _raw(answer))
    return Exchange(
        number=int(str(record["number"])),
        request=made,
        response=response,
        started=float(str(record["started"])),
        elapsed=float(str(record["elapsed"])),
        step=str(record.get("step", "")),
    )


def _raw(message: JsonObject) -> bytes:
    return str(message.get("body", "")).encode()


def _pairs(value: Json) -> tuple[tuple[str, str], ...]:
    listed = cast("list[list[str]]", value)
    return tuple((str(name), str(text)) for name, text in listed)
