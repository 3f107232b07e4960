"""Which attributes an answer has: ``attributes``, ``excludedAttributes``, ``returned`` (RFC 7644 3.9, RFC 7643 7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.render import Renderer
    from scimulator.provider.rules import Rules
    from scimulator.provider.schema import Attribute, ResourceType, Spot
    from scimulator.provider.store import Record


@dataclass(slots=True)
class _Named:
    """What a list of names covers in one object: whole attributes, and parts of attributes."""

    whole: set[str] = field(default_factory=set)
    parts: dict[str, set[str]] = field(default_factory=dict)

    def add(self, spot: Spot, *, cut: bool) -> None:
        if spot.attribute is None:
            return
        if spot.sub is None or not cut:
            self.whole.add(spot.attribute.name)
        else:
            self.parts.setdefault(spot.attribute.name, set()).add(spot.sub.name)


@dataclass(frozen=True, slots=True)
class Projection:
    """What a request asks for; nothing in both tuples means the default representation."""

    attributes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.attributes or self.excluded)

    def wants(self, name: str) -> bool:
        """Tell whether a top-level attribute may come back; a name with a URN is taken for any attribute."""
        lower = name.lower()
        if self.attributes:
            return any(asked.rpartition(":")[2].partition(".")[0].lower() == lower for asked in self.attributes)
        return all(excluded.lower() != lower for excluded in self.excluded)

    def apply(self, resource: JsonObject, kind: ResourceType, rules: Rules) -> JsonObject:
        """Return the part of a representation that was asked for."""
        if self.attributes:
            return _only(resource, kind, rules, _named(self.attributes, kind, rules))
        if self.excluded:
            return _without(resource, kind, rules, _named(self.excluded, kind, rules))
        return resource


def project(record: Record, projection: Projection, renderer: Renderer) -> JsonObject:
    """Render the part of a record that was asked for, and no more of members and groups than that."""
    rules = renderer.rules
    wanted = {"members": True, "groups": True}
    if rules.faithful:
        wanted = {name: projection.wants(name) for name in wanted}
    return projection.apply(renderer.resource(record, **wanted), renderer.types[record.type], rules)


WHOLE = Projection()
"""The default representation."""


def _named(names: tuple[str, ...], kind: ResourceType, rules: Rules) -> dict[str, _Named]:
    """Sort names by the object they are in: the extension's URN, or an empty string for the resource itself."""
    named: dict[str, _Named] = {"": _Named()}
    for name in names:
        spot = kind.find(name)
        if spot is None or rules.ignores_qualified(name):
            continue
        written = name.rpartition(":")[2] if name.lower().startswith("urn:") else name
        if spot.leaf is not None and not rules.knows_projected(written, spot.leaf.path):
            continue
        if spot.attribute is None:
            named[""].whole.add(spot.extension)
        else:
            named.setdefault(spot.extension, _Named()).add(spot, cut=rules.cuts_sub_attributes())
    return named


def _only(resource: JsonObject, kind: ResourceType, rules: Rules, named: dict[str, _Named]) -> JsonObject:
    core = named[""]
    kept: JsonObject = {}
    for name, value in resource.items():
        if name in core.whole:
            kept[name] = value
        elif name in kind.extensions:
            inside = _cut(value, named[name], kind.extensions[name].attributes) if name in named else None
            if inside:
                kept[name] = inside
        elif name in core.parts:
            part = _part(value, core.parts[name])
            if part not in ({}, []):
                kept[name] = part
        elif _always(kind.attributes, name, rules):
            kept[name] = value
    return kept


def _cut(value: Json, named: _Named, attributes: Mapping[str, Attribute]) -> JsonObject:
    inside: JsonObject = {}
    for name, part in value.items() if isinstance(value, dict) else ():
        if name in named.whole or name.lower() not in attributes:
            inside[name] = part
        elif name in named.parts:
            inside[name] = _part(part, named.parts[name])
    return inside


def _without(resource: JsonObject, kind: ResourceType, rules: Rules, named: dict[str, _Named]) -> JsonObject:
    core = named[""]
    kept: JsonObject = {}
    for name, value in resource.items():
        if name in kind.extensions:
            if name not in core.whole:
                inside = _less(value, named[name]) if name in named else value
                if inside:
                    kept[name] = inside
        elif name in core.whole and not _always(kind.attributes, name, rules):
            continue
        elif name in core.parts:
            part = _part(value, core.parts[name], leave_out=True)
            if part not in ({}, []):
                kept[name] = part
        else:
            kept[name] = value
    return kept


def _less(value: Json, named: _Named) -> JsonObject:
    inside: JsonObject = {}
    for name, part in value.items() if isinstance(value, dict) else ():
        if name in named.parts:
            inside[name] = _part(part, named.parts[name], leave_out=True)
        elif name not in named.whole:
            inside[name] = part
    return inside


def _part(value: Json, names: set[str], *, leave_out: bool = False) -> Json:
    """Return the named sub-attributes of a value or of each of its values, or with ``leave_out`` all others."""
    if isinstance(value, list):
        parts = [_part(element, names, leave_out=leave_out) for element in value]
        return [part for part in parts if part != {}]
    if isinstance(value, dict):
        return {key: part for key, part in value.items() if (key in names) is not leave_out}
    return value


def _always(attributes: Mapping[str, Attribute], name: str, rules: Rules) -> bool:
    attribute = attributes.get(name.lower())
    return attribute is not None and rules.is_always(attribute)
