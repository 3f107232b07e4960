"""What is owed and what came differ in single places, each of one kind: missing, extra, changed or of another type."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimulator.exchange.strict_json import Json

LIMIT = 60
"""Places that are listed at most; the last one then says that there are more."""
_ABSENT = object()


def differences(wanted: Json, got: Json) -> list[Json]:
    """Return the places where two JSON values differ, as ``{at, kind, wanted, got}`` with JSON texts.

    ``at`` begins with ``$``; ``kind`` is ``missing``, ``extra``, ``type`` or ``changed``. Lists are compared by
    position. ``wanted`` or ``got`` is null where there is no value.
    """
    made: list[Json] = []
    for each in _compared(wanted, got, "$"):
        if len(made) == LIMIT:
            made.append({"at": "…", "kind": "more", "wanted": None, "got": None})
            break
        made.append(each)
    return made


def _compared(wanted: object, got: object, at: str) -> Iterator[Json]:
    if isinstance(wanted, dict) and isinstance(got, dict):
        for name in dict.fromkeys([*wanted, *got]):
            yield from _compared(wanted.get(name, _ABSENT), got.get(name, _ABSENT), f"{at}.{name}")
    elif isinstance(wanted, list) and isinstance(got, list):
        for index in range(max(len(wanted), len(got))):
            one = wanted[index] if index < len(wanted) else _ABSENT
            other = got[index] if index < len(got) else _ABSENT
            yield from _compared(one, other, f"{at}[{index}]")
    elif not _equal(wanted, got):
        yield {"at": at, "kind": _kind(wanted, got), "wanted": _text(wanted), "got": _text(got)}


def _equal(wanted: object, got: object) -> bool:
    # True == 1 in Python and not in JSON.
    return wanted is got or (type(wanted) is type(got) and wanted == got)


def _kind(wanted: object, got: object) -> str:
    if wanted is _ABSENT or (wanted is None and got is not _ABSENT):
        return "extra"
    if got is _ABSENT or got is None:
        return "missing"
    return "changed" if type(wanted) is type(got) else "type"


def _text(value: object) -> str | None:
    return None if value is _ABSENT else json.dumps(value, ensure_ascii=False)
