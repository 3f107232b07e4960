"""The frame of a write: what was asked has changed, and nothing else has (RFC 7644 sections 3.5.1 and 3.5.2)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scimulator.kit.jsonpath import MISSING, find, is_unassigned, parse_path
from scimulator.kit.operations import ENTERPRISE
from scimulator.kit.outcomes import Symptom

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.exchange.strict_json import Json, JsonObject

Flat = dict[tuple[str, ...], str]

_SERVER_OWNED = (("meta",), ("groups",))
"""Read-only by RFC 7643 sections 3.1 and 4.1.2, and judged by checks of their own; ``id`` must stay."""


class _Anything:
    """Equals every value: the attribute may change to whatever the server likes."""

    def __repr__(self) -> str:
        return "anything"


ANYTHING = _Anything()


def flatten(resource: JsonObject) -> Flat:
    """Return the resource as attribute paths (lower case) and canonical values, unassigned ones left out.

    Complex attributes are taken apart one level deep, extension schemas two. Arrays compare without order; group
    members compare by ``value`` alone, because display, type and $ref are the server's to add.
    """
    flat: Flat = {}
    for name, value in resource.items():
        lowered = name.lower()
        if isinstance(value, dict):
            for sub, inner in value.items():
                if isinstance(inner, dict) and ":" in name:
                    for leaf, content in inner.items():
                        if leaf.lower() not in ("$ref", "displayname"):
                            _put(flat, (lowered, sub.lower(), leaf.lower()), content)
                else:
                    _put(flat, (lowered, sub.lower()), inner)
        elif lowered == "members" and isinstance(value, list):
            _put(flat, (lowered,), [_member_value(item) for item in value])
        else:
            _put(flat, (lowered,), value)
    return flat


def _member_value(item: Json) -> Json:
    return item.get("value") if isinstance(item, dict) else item


def _put(flat: Flat, path: tuple[str, ...], value: Json) -> None:
    if is_unassigned(value):
        return
    if any(path[: len(owned)] == owned for owned in _SERVER_OWNED):
        return
    flat[path] = canonical(value)


def canonical(value: Json) -> str:
    """Return a text that is equal for values that mean the same: arrays without order, nulls dropped."""
    return json.dumps(_normal(value), sort_keys=True, ensure_ascii=False)


def _normal(value: Json) -> Json:
    if isinstance(value, dict):
        kept = {key.lower(): _normal(inner) for key, inner in value.items() if not is_unassigned(inner)}
        if kept.get("primary") is False:
            del kept["primary"]  # absent and false say the same (RFC 7643 section 2.4)
        return kept
    if isinstance(value, list):
        normal: list[Json] = [_normal(item) for item in value]
        return sorted(normal, key=lambda item: json.dumps(item, sort_keys=True))
    return value


def _covers(allowed: tuple[str, ...], path: tuple[str, ...]) -> bool:
    if path[: len(allowed)] == allowed:
        return True
    # The formatted name or address is the server's to derive from its parts.
    return path[-1] == "formatted" and path[:-1] == allowed[: len(path) - 1]


def key_of(path: str) -> tuple[str, ...]:
    """Return an attribute path as the key that ``flatten`` uses; array positions and value filters are cut off."""
    steps: list[str] = []
    for step in parse_path(path):
        if isinstance(step, int) or step == "*":
            break
        steps.append(step.lower())
    return tuple(steps)


def asked_for(after: JsonObject, only: Mapping[str, object]) -> list[Symptom]:
    """Return a symptom for each asked change that ``after`` does not show."""
    symptoms = []
    for path, wanted in only.items():
        if isinstance(wanted, _Anything):
            continue
        found = find(after, path)
        if is_unassigned(wanted):
            same = is_unassigned(found)
        elif is_unassigned(found):
            same = False
        else:
            same = canonical(found) == canonical(wanted)  # type: ignore[arg-type]  # both are JSON here
        if not same:
            got: Json = None if found is MISSING else found  # type: ignore[assignment]  # MISSING is excluded
            message = f"{path} is {got!r} afterwards, asked for was {wanted!r}"
            symptoms.append(Symptom("not-applied", message, path, wanted, got))  # type: ignore[arg-type]  # JSON
    return symptoms


def collateral(before: JsonObject, after: JsonObject, only: Mapping[str, object]) -> list[Symptom]:
    """Return a symptom for each attribute outside ``only`` that differs between the two reads."""
    allowed = [key_of(path) for path in only]
    old, new = flatten(before), flatten(after)
    symptoms = []
    for path in sorted(set(old) | set(new)):
        if old.get(path) == new.get(path) or any(_covers(each, path) for each in allowed):
            continue
        if path == ("schemas",) and _only_extension_differs(before, after):
            continue
        parts = _spelled(path, after, before)
        shown = ":".join(parts) if ":" in path[0] else ".".join(parts)
        was, now = _load(old.get(path)), _load(new.get(path))
        what = "was lost" if path not in new else "appeared" if path not in old else "changed"
        why = "although the request is about something else" if only else "although nothing was to change"
        message = f"{shown} {what} {why}"
        symptoms.append(Symptom("changed", message, shown, was, now))
    return symptoms


def _spelled(path: tuple[str, ...], *resources: JsonObject) -> list[str]:
    """Return a path of lower-case names as one of the resources spells it."""
    for resource in resources:
        level: Json = resource
        parts: list[str] = []
        for name in path:
            found = next((key for key in level if key.lower() == name), None) if isinstance(level, dict) else None
            if found is None:
                break
            parts.append(found)
            level = level[found] if isinstance(level, dict) else None
        if len(parts) == len(path):
            return parts
    return list(path)


def _only_extension_differs(before: JsonObject, after: JsonObject) -> bool:
    """Listing an extension follows from having values of it (RFC 7643 section 3), so it may come and go."""
    old, new = before.get("schemas"), after.get("schemas")
    if not isinstance(old, list) or not isinstance(new, list):
        return False
    return {str(uri).lower() for uri in old} ^ {str(uri).lower() for uri in new} == {ENTERPRISE.lower()}


def _load(text: str | None) -> Json:
    value: Json = None if text is None else json.loads(text)
    return value
