"""Reading a target's answers as an identity provider does: leniently where it is lenient, no further."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scimulator.exchange.message import Response
    from scimulator.exchange.strict_json import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Listing:
    """A list answer: the claimed total, the resources, and why it cannot be used (empty: it can)."""

    total: int = 0
    resources: tuple[JsonObject, ...] = ()
    problem: str = ""


def whole_number(value: Json) -> bool:
    """Whether a value is a JSON integer; true and ``"1"`` are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def listing(answer: Response, *, strict_numbers: bool) -> Listing:
    """Read a ListResponse.

    With ``strict_numbers`` totalResults, startIndex and itemsPerPage have to be integers where they occur, as Okta has
    it; ``resources`` is taken for ``Resources`` too (Okta's page of 2019).
    """
    document = answer.document()
    if not isinstance(document.value, dict):
        return Listing(problem="the answer is no JSON object")
    body = document.object
    if strict_numbers:
        for name in ("totalResults", "startIndex", "itemsPerPage"):
            if name in body and not whole_number(body[name]):
                return Listing(problem=f"{name} is {body[name]!r}, not a whole number")
    found = body.get("Resources", body.get("resources"))
    if found is None and "totalResults" not in body:
        return Listing(problem="neither totalResults nor Resources is there")
    entries = [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
    total = body.get("totalResults")
    if not whole_number(total):
        if strict_numbers:
            return Listing(problem="totalResults is missing")
        total = len(entries)
    return Listing(int(str(total)), tuple(entries))


def resource_id(body: JsonObject) -> str | None:
    """Return a resource's id where it is a non-empty text."""
    found = body.get("id")
    return found if isinstance(found, str) and found else None


def reason(status: int) -> str:
    """Return the reason phrase of a status, such as ``Bad Request``; the number where HTTP has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"HTTP {status}"


def detail(answer: Response) -> str:
    """Return the ``detail`` of an Error body, or empty text."""
    found = answer.document().object.get("detail")
    return found if isinstance(found, str) else ""


def members(value: Json) -> list[JsonObject]:
    """Return the objects of an array, nothing where it is none."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
