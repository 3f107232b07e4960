"""Resources that checks hand on to each other, and what the last look at each of them showed.

Making and removing a resource costs more requests than most checks need for what they are about. A check that compares
before with after can work on a resource that others have changed, as long as it knows in what state it is.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from scimulator.kit.outcomes import Blocked

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.message import Exchange
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.kit.judge import Judge
    from scimulator.kit.resources import Resource
    from scimulator.kit.session import Session

_READING = ("GET", "HEAD", "OPTIONS")


_MOST = 12
"""So many resources of a kind wait for a borrower; a guest does not fill the house."""


@dataclass(frozen=True, slots=True)
class _Look:
    exchange: Exchange
    writes: int


class Looks:
    """The last full GET of each resource, for as long as it says something.

    ``current`` answers only until anything at all is written or time is let pass; ``last`` until the resource itself
    is written.
    """

    def __init__(self) -> None:
        self._writes = 0
        self._looks: dict[str, _Look] = {}

    def watch(self, exchange: Exchange) -> None:
        """Take note of what an exchange may have changed."""
        if exchange.request.method not in _READING:
            self._writes += 1
            self._looks.pop(unquote(exchange.request.path), None)

    def remember(self, path: str, exchange: Exchange) -> None:
        """Keep a GET of the whole resource at ``path`` that was answered 200."""
        self._looks[unquote(path)] = _Look(exchange, self._writes)

    def age(self) -> None:
        """Say that time has passed, so that the next look has to be a new one."""
        self._writes += 1

    def current(self, path: str, judge: Judge) -> JsonObject | None:
        """Return what a GET would show, where nothing was written since the last one; it becomes evidence of ``judge``.

        Somebody who reads a finding has to see the state before the write, even where an earlier check has read it.
        """
        look = self._looks.get(unquote(path))
        if look is None or look.writes != self._writes:
            return None
        if all(look.exchange is not known for known in judge.exchanges):
            judge.exchanges.append(look.exchange)
        return copy.deepcopy(look.exchange.document.object)

    def last(self, path: str) -> JsonObject | None:
        """Return what the last GET showed, where the resource itself was not written since."""
        look = self._looks.get(unquote(path))
        return None if look is None else look.exchange.document.object


def _renamed(resource: Resource, state: JsonObject) -> bool:
    """Tell whether a resource is called otherwise than when it was made, so that ``sent`` misleads a borrower."""
    name = "userName" if "userName" in resource.sent else "displayName"
    return str(state.get(name)).lower() != str(resource.sent.get(name)).lower()


class Lending:
    """Lends resources that earlier checks are done with; whoever borrows one may change it.

    A resource that a check failed or warned with is not lent again, so that one fault does not spoil the checks that
    follow, nor is one that the check has deleted. The oldest make room for the newer ones.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._free: dict[str, list[Resource]] = {}
        self._lent: list[tuple[str, Resource]] = []

    def borrow(
        self,
        key: str,
        make: Callable[[], Resource],
        *,
        fits: Callable[[Resource, JsonObject], bool] = lambda _, __: True,
        look: bool = True,
    ) -> Resource:
        """Return a resource of the kind that ``key`` names whose state ``fits``, or make one.

        ``fits`` is asked of states that a GET has shown behind the last write to the resource, and with ``look`` once
        more of what it shows now: a write to another resource may have reached this one.
        """
        free = self._free.setdefault(key, [])
        for each in tuple(reversed(free)):
            state = self._session.looks.last(each.path)
            if state is None or _renamed(each, state) or not fits(each, state):
                continue
            free.remove(each)
            if look and not self._still(each, fits):
                continue
            self._lent.append((key, each))
            return each
        with self._session.keeping():
            made = make()
        # What ``make`` has borrowed itself goes over to this key: nobody may get it a second time.
        self._lent = [(each, lent) for each, lent in self._lent if lent is not made]
        self._lent.append((key, made))
        return made

    @staticmethod
    def _still(resource: Resource, fits: Callable[[Resource, JsonObject], bool]) -> bool:
        try:
            return fits(resource, resource.read())
        except Blocked:
            return False

    def take_back(self, judge: Judge) -> None:
        """End the loans of a check; call it when the check has ended."""
        lent, self._lent = self._lent, []
        if judge.refuted or judge.violations:
            return
        for key, resource in lent:
            if self._session.owns(resource.path):
                self._free[key].append(resource)
            while len(self._free[key]) > _MOST:
                self._session.discard(self._free[key].pop(0))
