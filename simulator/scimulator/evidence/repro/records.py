"""Reading the records of a run stream as typed values; whatever is not as it should be reads as empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimulator.exchange.strict_json import read_json

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Seen:
    """One exchange as it was written down; ``status`` is 0 where no answer came."""

    record: JsonObject
    number: int
    started: float
    purpose: str
    step: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: str
    status: int
    answer_headers: tuple[tuple[str, str], ...]
    answer: str
    complete: bool
    """Whether the request was written down whole and can be sent again."""

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def ok(self) -> bool:
        """Whether it was answered 2xx."""
        return 200 <= self.status < 300

    @property
    def writes(self) -> bool:
        """Whether it may have changed something on the server."""
        return self.method not in ("GET", "HEAD", "OPTIONS") and not self.path.endswith("/.search")

    @property
    def document(self) -> Json:
        """The answer's JSON, None where it is none."""
        document = read_json(self.answer.encode("utf-8", "surrogatepass"))
        return document.value if document.valid else None

    @property
    def made(self) -> str:
        """The id of the resource that this POST made, else an empty text."""
        document = self.document
        found = document.get("id") if isinstance(document, dict) else None
        creates = self.method == "POST" and self.ok and not self.path.endswith("/.search")
        return found if creates and isinstance(found, str) else ""

    def answer_header(self, name: str) -> str | None:
        """Return the first header of the answer called ``name`` in any case."""
        return next((value for key, value in self.answer_headers if key.lower() == name.lower()), None)


def seen(record: JsonObject) -> Seen:
    """Return an exchange of a run stream."""
    request, response = _object(record, "request"), _object(record, "response")
    number, started, status = record.get("number"), record.get("started"), response.get("status")
    return Seen(
        record=record,
        number=number if isinstance(number, int) else 0,
        started=float(started) if isinstance(started, int | float) else 0.0,
        purpose=text(record, "purpose"),
        step=text(record, "step"),
        method=text(request, "method"),
        target=text(request, "target"),
        headers=_pairs(request),
        body=text(request, "body"),
        status=status if isinstance(status, int) else 0,
        answer_headers=_pairs(response),
        answer=text(response, "body"),
        complete="cut" not in request and text(request, "encoding") in ("", "utf-8"),
    )


def exchanges(check: JsonObject) -> list[Seen]:
    """Return the exchanges of a check's record in the order in which they were sent."""
    listed = check.get("exchanges")
    return [seen(each) for each in (listed if isinstance(listed, list) else []) if isinstance(each, dict)]


def text(record: JsonObject, key: str) -> str:
    """Return a member that is a text, else an empty one."""
    found = record.get(key)
    return found if isinstance(found, str) else ""


def _object(record: JsonObject, key: str) -> JsonObject:
    found = record.get(key)
    return found if isinstance(found, dict) else {}


def _pairs(message: JsonObject) -> tuple[tuple[str, str], ...]:
    listed = message.get("headers")
    return tuple(
        (str(each[0]), str(each[1]))
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, list) and len(each) == 2
    )
