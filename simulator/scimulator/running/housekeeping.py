"""Keeping house for a session: the journal before, the removal after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.target.cleaning import marked
from scimulator.target.guest import MARK_PREFIX, RemovalKind, remove
from scimulator.target.journal import Journal

if TYPE_CHECKING:
    from scimulator.kit.session import Session
    from scimulator.target.journal import Entry
    from scimulator.target.target import Target


class JournalKeeper:
    """Writes down what the session is about to make, and at the end looks after what is still there.

    ``name`` is the run's id with the worker's; the mark is made of it.
    """

    def __init__(self, target: Target, name: str) -> None:
        self.mark = f"{MARK_PREFIX}{name}-"
        self._target = target
        self.journal = Journal.open(target, name)
        self._entries: dict[str, Entry] = {}
        self._by_id: dict[tuple[str, str], str] = {}

    def intend(self, endpoint: str, mark: str) -> str:
        """Write down that something carrying ``mark`` is about to be made; return a handle."""
        entry = self.journal.intend(endpoint, mark)
        handle = str(entry.number)
        self._entries[handle] = entry
        return handle

    def made(self, handle: str, resource_id: str) -> None:
        """Write down the id of what was made."""
        entry = self.journal.made(self._entries[handle], resource_id)
        self._entries[handle] = entry
        self._by_id[(entry.endpoint, resource_id)] = handle

    def gone(self, endpoint: str, resource_id: str) -> None:
        """Write down that it no longer exists."""
        handle = self._by_id.pop((endpoint, resource_id), None)
        if handle is not None:
            self.void(handle)

    def void(self, handle: str) -> None:
        """Write down that nothing was made after all."""
        entry = self._entries.pop(handle, None)
        if entry is not None:
            self.journal.gone(entry)

    def sweep(self, session: Session) -> list[str]:
        """Remove what the session could not, close the journal, and return what is left on the target.

        What was answered without an id is looked for by its mark.
        """
        left: list[str] = []
        for handle, entry in list(self._entries.items()):
            found = [entry.id] if entry.id else self._find(session, entry)
            removals = [remove(self._target, entry.endpoint, each, mark=self.mark) for each in found]
            stays = [f"{each.endpoint}/{each.id} ({each.reason})" for each in removals if each.left]
            if stays:
                left += stays
            else:
                session.removed += sum(
                    1
                    for each in removals
                    # What vanished counts only where the session has not counted it already.
                    if each.kind is RemovalKind.DELETED
                    or (each.kind is RemovalKind.GONE and f"{each.endpoint}/{each.id}" in session.left_behind)
                )
                self.void(handle)
        if self.journal.product_touched:
            # A product that was switched off and on again may have given new ids to what is ours.
            left += self._sweep_marked(session)
        self.journal.close()
        return left

    def _sweep_marked(self, session: Session) -> list[str]:
        """Remove whatever still shows the mark of this run, by whatever id."""
        endpoint = session.discovery.user_endpoint
        ours = [id_ for id_, label in marked(self._target, endpoint) if label.lower().startswith(self.mark)]
        removals = [remove(self._target, endpoint, each, mark=self.mark) for each in ours]
        return [f"{each.endpoint}/{each.id} ({each.reason})" for each in removals if each.left]

    def _find(self, session: Session, entry: Entry) -> list[str]:
        if not entry.mark:
            return []
        return session.find_marked(entry.endpoint, entry.mark)
