"""Where an identity provider's mapping puts a value in a SCIM resource.

Entra writes such places as SCIM paths (``emails[type eq "work"].value``,
``urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department``), Okta as external names
(``emails.^[primary==true].value``). Both name an attribute, perhaps one element of it, and perhaps a sub-attribute.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject

_PATH = re.compile(
    r"""
    (?:(?P<urn>urn:[^\[\]\s]*):)?
    (?P<attribute>[A-Za-z$][\w$-]*)
    (?:\[\s*(?P<scim_sub>\w+)\s+eq\s+(?P<scim_value>"[^"]*"|true|false)\s*\]
      |\.\^\[\s*(?P<okta_sub>\w+)\s*==\s*(?P<okta_value>'[^']*'|true|false)\s*\])?
    (?:\.(?P<sub>[A-Za-z$][\w$-]*))?
    """,
    re.VERBOSE | re.IGNORECASE,
)


class BadPlaceError(ValueError):
    """A mapping's target is not written as a path or an external name."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place in a resource.

    ``urn`` is the schema extension or empty. ``selector`` picks the element of a multi-valued attribute by one
    sub-attribute (``("type", "work")``, ``("primary", True)``). ``text`` is the place as the mapping spells it.
    """

    text: str
    attribute: str
    urn: str = ""
    selector: tuple[str, str | bool] | None = None
    sub: str = ""

    def find(self, resource: JsonObject) -> Json:
        """Return what a resource has here, None where it has nothing; names match in any case."""
        holder: Json = _member(resource, self.urn) if self.urn else resource
        found = _member(holder, self.attribute)
        if self.selector is not None:
            found = next((item for item in _elements(found) if self._selects(item)), None)
        return _member(found, self.sub) if self.sub else found

    def put(self, resource: JsonObject, value: Json) -> None:
        """Put a value here, making what is missing on the way and leaving everything else alone."""
        holder = _object_at(resource, self.urn) if self.urn else resource
        if self.selector is None:
            if self.sub:
                _set(_object_at(holder, self.attribute), self.sub, value)
            else:
                _set(holder, self.attribute, value)
            return
        name = _spelling(holder, self.attribute)
        elements = _elements(holder.get(name))
        chosen = next((item for item in elements if self._selects(item)), None)
        if chosen is None:
            chosen = {self.selector[0]: self.selector[1]}
            elements = [*elements, chosen]
        holder[name] = elements
        if self.sub:
            _set(cast("JsonObject", chosen), self.sub, value)

    def _selects(self, element: Json) -> bool:
        name, wanted = cast("tuple[str, str | bool]", self.selector)
        found = _member(element, name)
        if isinstance(found, str) and isinstance(wanted, str):
            return found.casefold() == wanted.casefold()
        return found is wanted if isinstance(wanted, bool) else found == wanted


def parse_place(text: str) -> Place:
    """Read a path of Entra's mapping or an external name of Okta's.

    Raises:
        BadPlaceError: when the text is neither.
    """
    match = _PATH.fullmatch(text.strip())
    if match is None:
        raise BadPlaceError(
            f"{text!r} names no place in a SCIM resource; write it like name.givenName, "
            'emails[type eq "work"].value or emails.^[primary==true].value'
        )
    sub = match["scim_sub"] or match["okta_sub"]
    value = match["scim_value"] or match["okta_value"]
    selector = (sub, _literal(value)) if sub else None
    return Place(text.strip(), match["attribute"], match["urn"] or "", selector, match["sub"] or "")


def _literal(text: str) -> str | bool:
    return text[1:-1] if text[0] in "\"'" else text.lower() == "true"


def _spelling(holder: JsonObject, name: str) -> str:
    return next((key for key in holder if key.lower() == name.lower()), name)


def _member(holder: Json, name: str) -> Json:
    return holder.get(_spelling(holder, name)) if isinstance(holder, dict) else None


def _set(holder: JsonObject, name: str, value: Json) -> None:
    holder[_spelling(holder, name)] = value


def _object_at(holder: JsonObject, name: str) -> JsonObject:
    name = _spelling(holder, name)
    found = holder.get(name)
    if not isinstance(found, dict):
        found = {}
        holder[name] = found
    return found


def _elements(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
