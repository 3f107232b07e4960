"""A mistyped name is nearly always close to the name that was meant."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Below this likeness (0 to 1) a suggestion misleads more than it helps.
_LIKENESS = 0.6
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def hint(name: str, candidates: Iterable[str]) -> str:
    """Return the tail of an error message that names the nearest candidate, or an empty string if none is near.

    Letter case and leading zeros do not count as a difference, and a candidate that starts with what was typed wins
    over one that is merely similar. The text begins with a space, so that it can be appended to a sentence:
    ``" (did you mean "x"?)"``.

    Args:
        name: what was typed.
        candidates: the names that exist.
    """
    wanted = _fold(name.strip())
    if not wanted:
        return ""
    # Of several that fold to the same text the first wins, so that the answer does not depend on hashing.
    known: dict[str, str] = {}
    for candidate in candidates:
        known.setdefault(_fold(candidate), candidate)
    nearest = known.get(wanted) or _extension(wanted, known)
    if nearest is None:
        found = difflib.get_close_matches(wanted, known, n=1, cutoff=_LIKENESS)
        nearest = known[found[0]] if found else None
    return f' (did you mean "{nearest}"?)' if nearest is not None else ""


def _fold(name: str) -> str:
    return _LEADING_ZEROS.sub("", name.casefold())


def _extension(wanted: str, known: dict[str, str]) -> str | None:
    """Return the shortest known name that goes on where the typed one stops."""
    longer = [key for key in known if key.startswith(wanted)]
    return known[min(longer, key=lambda key: (len(key), key))] if longer else None
