"""Cleaning: what dead runs left on a target is found by the journal, and without it by the mark."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from scimulator.exchange.message import Purpose, Request
from scimulator.target.controls.desk import missing, undo
from scimulator.target.controls.errors import ControlError
from scimulator.target.guest import MARK_PREFIX, MEDIA_TYPE, Removal, RemovalKind, remove, shown_mark
from scimulator.target.journal import FoundJournal, find_journals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.target.controls.actions import Surroundings
    from scimulator.target.controls.definition import Control
    from scimulator.target.target import Target

PAGE = 100
_ATTRIBUTES = {"/Users": ("userName", "externalId"), "/Groups": ("displayName", "externalId")}
_OTHERS = ("displayName", "externalId")


@dataclass(frozen=True, slots=True)
class Undoing:
    """What became of a control that a dead run left done: why it still is so, or what undo answered."""

    control: str
    parameters: JsonObject
    reason: str = ""
    answer: JsonObject = field(default_factory=dict)


def undo_controls(
    name: str,
    controls: Mapping[str, Control],
    around: Surroundings,
    *,
    dry_run: bool = False,
    on_undoing: Callable[[Undoing], None] | None = None,
) -> list[Undoing]:
    """Undo what dead runs did outside SCIM to the target called ``name``, the last thing first.

    What could not be undone stays in the journal for the next time, unless no next time could bring more. Never raises
    for what the target does.
    """
    done: list[Undoing] = []
    for found in reversed([each for each in find_journals(name) if not each.alive]):
        for entry in reversed(found.controls):
            reason, answer = "", {}
            control = controls.get(entry.name)
            if control is None:
                reason = missing(entry.name)
            elif not dry_run:
                try:
                    answer = undo(control, entry.parameters, entry.answer, around)
                    found.undone(entry.number)
                except ControlError as error:
                    reason = str(error)
                    if error.hopeless:
                        found.undone(entry.number)
            done.append(Undoing(entry.name, entry.parameters, reason, answer))
            if on_undoing is not None:
                on_undoing(done[-1])
    return done


def left_done(name: str) -> list[str]:
    """Return the controls that dead runs did to the target called ``name`` and did not undo."""
    return [entry.name for found in find_journals(name) if not found.alive for entry in found.controls]


def clean(
    target: Target,
    *,
    dry_run: bool = False,
    on_removal: Callable[[Removal], None] | None = None,
) -> list[Removal]:
    """Remove what runs of the past left on ``target`` and return what became of each resource.

    Runs that are still alive on this machine are left alone. With ``dry_run`` nothing is removed; what would be is
    returned as refused. Never raises for what the target does.
    """
    journals = find_journals(target.name)
    alive = [found for found in journals if found.alive]
    live = {_mark_of(entry.mark) for found in alive for entry in found.leftovers}
    live |= {f"{MARK_PREFIX}{found.run_id.casefold()}-" for found in alive}
    done: dict[tuple[str, str], Removal] = {}

    def take(endpoint: str, id: str, label: str) -> Removal:  # noqa: A002 - the attribute's name in RFC 7643 3.1
        key = (endpoint, id)
        if key not in done:
            if dry_run:
                done[key] = Removal(RemovalKind.REFUSED, endpoint, id, label, "dry run: it would be removed")
            else:
                done[key] = remove(target, endpoint, id, verify=True)
            if on_removal is not None:
                on_removal(done[key])
        return done[key]

    dead = [found for found in journals if not found.alive]
    for found in dead:
        _clean_journal(target, found, take, forget=not dry_run)
    for endpoint in endpoints(target):
        for id_, label in marked(target, endpoint):
            if not any(label.casefold().startswith(mark) for mark in live if mark):
                take(endpoint, id_, label)
    if not dry_run and target.dead is None:
        _forget_unborn(dead, done)
    return list(done.values())


def _clean_journal(
    target: Target, found: FoundJournal, take: Callable[[str, str, str], Removal], *, forget: bool
) -> None:
    gone: set[int] = set()
    # Groups before their members: some servers refuse to delete a user who is in a group.
    for entry in sorted(found.leftovers, key=lambda entry: (entry.endpoint != "/Groups", -entry.number)):
        if entry.id:
            if not take(entry.endpoint, entry.id, entry.mark).left:
                gone.add(entry.number)
            continue
        # The process died before the answer came: look for the name itself; servers without sw know eq.
        attribute = "displayName" if entry.endpoint == "/Groups" else "userName"
        for id_, label in _own(_filtered(target, entry.endpoint, f'{attribute} eq "{entry.mark}"') or [], set()):
            if label.casefold() == entry.mark.casefold():
                take(entry.endpoint, id_, label)
    if forget and gone:
        found.forget(gone)


def _forget_unborn(dead: list[FoundJournal], done: dict[tuple[str, str], Removal]) -> None:
    """Close the entries whose id never came: the sweep has removed them, or they were never made."""
    left = {removal.label.casefold() for removal in done.values() if removal.left}
    for found in dead:
        unborn = {entry.number for entry in found.leftovers if not entry.id and entry.mark.casefold() not in left}
        if unborn and found.path.exists():
            found.forget(unborn | {e.number for e in found.leftovers if e.id and _gone(done.get((e.endpoint, e.id)))})


def _gone(removal: Removal | None) -> bool:
    return removal is not None and not removal.left


def _mark_of(value: str) -> str:
    """Return the run's part of a marking value: ``scimulator-k3x9w-`` of ``scimulator-k3x9w-bjensen``."""
    head, dash, _ = value.casefold().removeprefix(MARK_PREFIX).partition("-")
    return f"{MARK_PREFIX}{head}{dash}" if value.casefold().startswith(MARK_PREFIX) else ""


def endpoints(target: Target) -> list[str]:
    """Return the endpoints of the target's resource types (RFC 7644 4), groups first; without any, Users and Groups."""
    found: list[str] = []
    for item in _resources(_get(target, "/ResourceTypes")):
        endpoint = item.get("endpoint")
        if isinstance(endpoint, str) and endpoint:
            # Relative to the base URL (RFC 7643 6); of an absolute one only the last segment is sure.
            relative = urlsplit(endpoint).path.rstrip("/").rpartition("/")[2] if "://" in endpoint else endpoint
            found.append("/" + relative.strip("/"))
    return sorted(dict.fromkeys(found or ["/Groups", "/Users"]), key=lambda endpoint: endpoint != "/Groups")


def marked(target: Target, endpoint: str) -> Iterator[tuple[str, str]]:
    """Yield id and showing value of the resources at ``endpoint`` that show a mark: by filter, else page by page."""
    seen: set[str] = set()
    filtered = [
        resources
        for attribute in _ATTRIBUTES.get(endpoint, _OTHERS)
        if (resources := _filtered(target, endpoint, f'{attribute} sw "{MARK_PREFIX}"')) is not None
    ]
    if not filtered:
        first = _get(target, f"{endpoint}?startIndex=1&count={PAGE}")
        filtered = [list(_pages(target, f"{endpoint}?", first))]
    for resources in filtered:
        yield from _own(resources, seen)


def _filtered(target: Target, endpoint: str, expression: str) -> list[JsonObject] | None:
    """Return what a filter finds, all pages of it, or None where the target refuses the filter."""
    query = f"{endpoint}?filter={quote(expression, safe='')}&"
    answer = _get(target, f"{query}startIndex=1&count={PAGE}")
    return None if answer is None else list(_pages(target, query, answer))


def _own(resources: list[JsonObject], seen: set[str]) -> Iterator[tuple[str, str]]:
    for resource in resources:
        id_, label = resource.get("id"), shown_mark(resource)
        if isinstance(id_, str) and id_ and label and id_ not in seen:
            seen.add(id_)
            yield id_, label


def _pages(target: Target, prefix: str, answer: JsonObject | None) -> Iterator[JsonObject]:
    known: set[str] = set()
    start = 1
    for _ in range(target.limits.pages):
        items = _resources(answer)
        fresh = [item for item in items if str(item.get("id")) not in known]
        known |= {str(item.get("id")) for item in fresh}
        yield from fresh
        total = answer.get("totalResults") if answer else None
        # A page that brings nothing new is the end, whatever totalResults claims.
        if not fresh or not isinstance(total, int) or len(known) >= total:
            return
        start += len(items)
        answer = _get(target, f"{prefix}startIndex={start}&count={PAGE}")


def _resources(answer: JsonObject | None) -> list[JsonObject]:
    found: Json = answer.get("Resources") if answer else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _get(target: Target, place: str) -> JsonObject | None:
    exchange = target.send(Request("GET", place, (("Accept", MEDIA_TYPE),)), purpose=Purpose.CLEAN_UP)
    response = exchange.response
    if response is None or response.status != 200 or not isinstance(exchange.document.value, dict):
        return None
    return exchange.document.object
