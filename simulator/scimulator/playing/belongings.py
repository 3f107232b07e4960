"""What a played scenario makes on a target: journalled before, guarded while, removed after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scimulator.exchange.message import Purpose, Request
from scimulator.exchange.strict_json import read_json
from scimulator.target.cleaning import marked
from scimulator.target.guest import MEDIA_TYPE, Removal, RemovalKind, remove, shown_mark
from scimulator.target.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.message import Exchange
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.target.journal import Entry
    from scimulator.target.target import Target

COLLECTIONS = ("/Users", "/Groups")
"""Where both identity providers make accounts and groups; a POST to anything else makes nothing of ours."""


_OF_OTHERS = frozenset({"members", "groups", "manager"})


class NotOursError(Exception):
    """A flow was about to write to a resource that is none of the scenario's; the message says which and why."""


class Belongings:
    """Everything of one played scenario.

    ``mark`` is the run's, empty where names are not marked: then ``names`` (lower case) tell what a flow may write to,
    nothing is journalled, and nothing is removed.
    """

    def __init__(self, target: Target, run_id: str, *, mark: str, names: frozenset[str] = frozenset()) -> None:
        """Open the journal.

        Raises:
            TargetError: when the journal cannot be written.
        """
        self._target = target
        self._mark = mark
        self._names = names
        self._journal = Journal.open(target, run_id) if mark else None
        self._ours: set[str] = set()
        self._pending: Entry | None = None

    def before(self, request: Request) -> None:
        """Write down what a request is going to make, or make sure that what it writes to is ours.

        Raises:
            NotOursError: when it is somebody else's.
        """
        self._pending = None
        if request.method == "GET":
            return
        if request.method == "POST":
            if self._journal is not None and request.path in COLLECTIONS:
                self._pending = self._journal.intend(request.path, _marking_value(read_json(request.body).object))
            return
        self._insist(request.path)

    def after(self, exchange: Exchange) -> None:
        """Write down what became of it. An answer that shows somebody else's resource makes that none of ours."""
        response, entry = exchange.response, self._pending
        if exchange.request.method != "POST" or response is None:
            return
        body = exchange.document.object
        id_ = body.get("id")
        if 200 <= response.status < 300 and isinstance(id_, str) and id_ and self._shows(body):
            if self._journal is not None and entry is not None:
                self._journal.made(entry, id_)
        elif self._journal is not None and entry is not None and 400 <= response.status < 500:
            self._journal.gone(entry)
        self._pending = None

    def remove_all(self, on_removal: Callable[[Removal], None] | None = None) -> list[Removal]:
        """Remove what was made, groups before people, and return what became of each; never raises for the target."""
        if self._journal is None:
            return []
        removals = []
        entries = sorted(self._journal.leftovers(), key=lambda each: (each.endpoint != "/Groups", -each.number))
        unborn = {entry.endpoint for entry in entries if not entry.id}
        found = {endpoint: self._marked(endpoint) for endpoint in sorted(unborn)}
        for entry in entries:
            ids = [entry.id] if entry.id else found[entry.endpoint].pop(entry.mark.casefold(), [])
            ends = [remove(self._target, entry.endpoint, each, mark=self._mark, verify=True) for each in ids]
            for end in ends:
                removals.append(end)
                if on_removal is not None:
                    on_removal(end)
            if not any(end.left for end in ends):
                self._journal.gone(entry)
        return removals

    def close(self) -> None:
        """Close the journal; what is still in it is left to ``scimulator clean``."""
        if self._journal is not None:
            self._journal.close()

    @property
    def journal(self) -> Journal | None:
        """The journal; None where names are not marked."""
        return self._journal

    @property
    def made(self) -> int:
        """How many resources are in the journal."""
        return len(self._journal.leftovers()) if self._journal is not None else 0

    def _insist(self, path: str) -> None:
        if path in self._ours:
            return
        read = Request("GET", path, (("Accept", MEDIA_TYPE),))
        seen = self._target.send(read, purpose=Purpose.EVIDENCE)
        status = seen.response.status if seen.response is not None else 0
        if 200 <= status < 300 and not self._shows(seen.document.object):
            raise NotOursError(
                f"{path} is somebody else's, as far as its own GET tells: it was found although it does not match, "
                f"and stays untouched"
            )
        if 200 <= status < 300:
            self._ours.add(path)

    def _shows(self, resource: JsonObject) -> bool:
        if self._mark:
            # A server may keep a user's own values in an odd place; what it says of others makes nothing ours.
            own_values = {name: value for name, value in resource.items() if name.lower() not in _OF_OTHERS}
            return bool(shown_mark(resource, self._mark)) or self._mark in json.dumps(own_values).lower()
        own = [value for name, value in resource.items() if name.lower() in ("username", "displayname")]
        return any(isinstance(value, str) and value.casefold() in self._names for value in own)

    def _marked(self, endpoint: str) -> dict[str, list[str]]:
        """Return ids by showing value of what carries our mark, for what was answered without an id or not at all."""
        found: dict[str, list[str]] = {}
        for id_, label in marked(self._target, endpoint):
            if label.casefold().startswith(self._mark.casefold()):
                found.setdefault(label.casefold(), []).append(id_)
        return found


def left(removals: list[Removal]) -> list[Removal]:
    """Return those that are still there in some form."""
    return [each for each in removals if each.kind in (RemovalKind.DEACTIVATED, RemovalKind.REFUSED)]


def _marking_value(body: JsonObject) -> str:
    for name in ("userName", "displayName", "externalId"):
        value = body.get(name)
        if isinstance(value, str):
            return value
    return json.dumps(body)[:80]
