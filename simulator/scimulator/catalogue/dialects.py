"""Dialects: how one kind of client talks SCIM, each with the names under which people know it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote

from scimulator import content
from scimulator.catalogue.near_miss import hint


class UnknownDialectError(LookupError):
    """Somebody asked for a dialect that does not exist; the message lists the near ones."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way of talking: ``id`` is ``<idp>.<variant>``, ``aliases`` are further names, ``tenant_flag`` selects it.

    ``tenant_flag`` is the name of the query parameter that an administrator appends to the tenant URL, or empty.
    """

    id: str
    title: str
    idp: str
    aliases: tuple[str, ...]
    description: str
    tenant_flag: str = ""


@cache
def dialects() -> tuple[Dialect, ...]:
    """Return every dialect in the order of ``fixtures/dialects.toml``."""
    data = tomllib.loads((content("fixtures") / "dialects.toml").read_text(encoding="utf-8"))
    return tuple(
        Dialect(
            id=entry["id"],
            title=entry["title"],
            idp=entry["idp"],
            aliases=tuple(entry.get("aliases", ())),
            description=entry["description"].strip(),
            tenant_flag=entry.get("tenant_flag", ""),
        )
        for entry in data["dialect"]
    )


def dialect(name: str) -> Dialect:
    """Return the dialect called ``name``, by id or alias, in any case.

    Raises:
        UnknownDialectError: when no dialect has this name; the message holds the nearest names.
    """
    names = {known: entry for entry in dialects() for known in (entry.id, *entry.aliases)}
    found = names.get(name.strip().lower())
    if found is None:
        raise UnknownDialectError(
            f"no dialect is called {name!r}{hint(name, names)}; there are {', '.join(d.id for d in dialects())}"
        )
    return found


def dialect_from_query(query: str) -> Dialect | None:
    """A flag on the tenant URL selects the dialect that it turns on, else None.

    ``query`` is the part of the URL behind the question mark: ``aadOptscim062020`` selects ``entra.optscim``
    (learn.microsoft.com, "Known issues and resolutions with SCIM 2.0 protocol compliance"). Case is ignored.
    """
    flags = {unquote(part.partition("=")[0]).lower() for part in query.split("&")}
    for entry in dialects():
        if entry.tenant_flag and entry.tenant_flag.lower() in flags:
            return entry
    return None
