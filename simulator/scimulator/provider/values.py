"""From what a client sends to what is kept: names, types and values by schema (RFC 7643 2, RFC 7644 3.3, 3.5.1)."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, cast

import orjson

from scimulator.provider.errors import ScimType, bad
from scimulator.provider.matching import instant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.rules import Rules
    from scimulator.provider.schema import Attribute, ResourceType

_COMPUTED = frozenset({"schemas", "id", "meta"})
_BOOLEANS = {"true": True, "false": False}
_NAMES = {"string": "text", "reference": "text", "binary": "base64 text", "dateTime": "a date as text"}


class Reader:
    """Reads resources and single values the way the rules and quirks of one provider want it."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.quirks = rules.quirks

    # whole resources ---------------------------------------------------------------------------------------------

    def resource(self, resource_type: ResourceType, body: JsonObject) -> JsonObject:
        """Return the attributes of a POST or PUT body that are to be kept, by their canonical names.

        ``schemas`` lists the extensions named or used; readOnly and unknown attributes are gone, and so is what has no
        value.

        Raises:
            ScimError: 400 when a value does not fit its schema or ``schemas`` does not fit the resource type.
        """
        data: JsonObject = {}
        unknown: JsonObject = {}
        extensions = self.extensions_named(resource_type, body)
        for key, value in body.items():
            urn = resource_type.extension_of(key)
            if urn:
                inside = self.extension(resource_type, urn, value)
                if inside:
                    data[urn] = inside
                    extensions.append(urn)
                continue
            attribute = resource_type.attributes.get(key.lower())
            if attribute is None:
                if key.lower() != resource_type.schema.id.lower():
                    unknown[key] = value
                continue
            if attribute.name not in _COMPUTED and self.rules.same_name(key, attribute.name):
                self._assign(data, attribute, value)
        data["schemas"] = cast("Json", list(dict.fromkeys(extensions)))
        return self.rules.drop_unknown(self.rules.external_id_case(self.rules.external_id_in(data)), unknown)

    def extensions_named(self, resource_type: ResourceType, body: Mapping[str, Json]) -> list[str]:
        """Return the extensions that ``schemas`` of a body names.

        Raises:
            ScimError: 400 when the core schema is not among them, or something that the type does not have.
        """
        schemas = next((value for key, value in body.items() if key.lower() == "schemas"), None)
        if schemas is None or schemas == []:
            if self.quirks.missing_schemas == "refuse":
                self.rules.wrong_schemas(
                    bad(ScimType.INVALID_SYNTAX, f"schemas is missing; it names {resource_type.schema.id}")
                )
            return []
        if not isinstance(schemas, list) or not all(isinstance(urn, str) for urn in schemas):
            self.rules.wrong_schemas(bad(ScimType.INVALID_SYNTAX, "schemas is an array of URNs"))
            return []
        named = [str(urn) for urn in schemas]
        if resource_type.schema.id.lower() not in {urn.lower() for urn in named}:
            self.rules.wrong_schemas(
                bad(ScimType.INVALID_SYNTAX, f"schemas does not name {resource_type.schema.id}, which belongs here")
            )
        found = [resource_type.extension_of(urn) for urn in named]
        strange = [
            urn
            for urn, known in zip(named, found, strict=True)
            if not known and urn.lower() != resource_type.schema.id.lower()
        ]
        if strange and self.quirks.missing_schemas == "refuse":
            self.rules.wrong_schemas(bad(ScimType.INVALID_VALUE, f"{resource_type.name} has no schema {strange[0]!r}"))
        return [urn for urn in found if urn]

    def extension(self, resource_type: ResourceType, urn: str, value: Json) -> JsonObject:
        """Return the attributes of one extension that are to be kept; empty where there are none."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise bad(ScimType.INVALID_VALUE, f"{urn} is an object with the attributes of the extension")
        inside: JsonObject = {}
        attributes = resource_type.extensions[urn].attributes
        for key, part in value.items():
            attribute = attributes.get(key.lower())
            if attribute is not None:
                self._assign(inside, attribute, part)
        return self.rules.extension_in(urn, inside)

    def _assign(self, container: JsonObject, attribute: Attribute, value: Json) -> None:
        if attribute.mutability == "readOnly" and not self.rules.stores_read_only(attribute):
            return
        kept = self.value(attribute, value)
        if kept is not None:
            container[attribute.name] = kept
        elif value is None and (instead := self.rules.null_in(attribute)) is not None:
            container[attribute.name] = instead

    # single attributes -------------------------------------------------------------------------------------------

    def value(self, attribute: Attribute, value: Json) -> Json:
        """Return the value of an attribute as it is kept, None where it means that there is none.

        Raises:
            ScimError: 400 invalidValue when it does not fit the schema.
        """
        if value is None:
            return None
        if attribute.multi_valued:
            values = self.values(attribute, value)
            return values or None
        return self.single(attribute, value)

    def values(self, attribute: Attribute, value: Json) -> list[Json]:
        """Return the values of a multi-valued attribute as they are kept, each once."""
        if not isinstance(value, list):
            if self.quirks.single_for_multi_valued == "refuse":
                self.rules.wrong_type(bad(ScimType.INVALID_VALUE, f"{attribute.path} is an array"), value)
            value = [value]
        kept: list[Json] = []
        seen: set[bytes] = set()
        for item in value:
            one = self.single(attribute, item) if item is not None else None
            if one is None:
                continue
            key = orjson.dumps(one, option=orjson.OPT_SORT_KEYS)
            if self.rules.is_double(key in seen):
                continue
            seen.add(key)
            kept.append(self.rules.element_in(one) if isinstance(one, dict) else one)
        primaries = sum(isinstance(item, dict) and item.get("primary") is True for item in kept)
        if primaries > 1 and not self.rules.keeps_two_primaries():
            self.rules.too_many_primaries(attribute)
        return self.rules.values_in(kept)

    def single(self, attribute: Attribute, value: Json) -> Json:
        """Return one value as it is kept."""
        if attribute.complex:
            return self.complex(attribute, value)
        if attribute.type == "boolean":
            return self._boolean(attribute, value)
        if attribute.type in {"integer", "decimal"}:
            fits = isinstance(value, int) or (attribute.type == "decimal" and isinstance(value, float))
            return (
                value if fits and not isinstance(value, bool) else self._wrong(attribute, value, f"a {attribute.type}")
            )
        if not isinstance(value, str):
            return self._wrong(attribute, value, _NAMES[attribute.type])
        if attribute.type == "dateTime" and not self.rules.accepts_date(instant(value) is not None):
            raise bad(ScimType.INVALID_VALUE, f"{attribute.path} is a date such as 2026-01-05T09:00:00Z")
        if attribute.type == "binary" and not _is_base64(value):
            return self._wrong(attribute, value, _NAMES["binary"])
        return self.rules.text_in(attribute, value)

    def complex(self, attribute: Attribute, value: Json) -> Json:
        """Return a value of a complex attribute as it is kept."""
        if isinstance(value, str):
            value = self._spelled_out(attribute, value)
        if not isinstance(value, dict):
            return self._wrong(attribute, value, "an object")
        if len(value) == 1 and isinstance(text := value.get("value"), str) and text.startswith("{"):
            # Entra's SingleAppRoleAssignment wraps the text once more: {"value": "{\"value\": …}"}.
            spelled = self._spelled_out(attribute, text)
            value = spelled if isinstance(spelled, dict) else value
        kept: JsonObject = {}
        for key, part in value.items():
            sub = attribute.subs.get(key.lower())
            if sub is not None and self.rules.same_name(key, sub.name):
                self._assign(kept, sub, part)
        return kept or None

    def _spelled_out(self, attribute: Attribute, text: str) -> Json:
        """Return the object that a string stands for, where a quirk allows it, else the string."""
        if self.quirks.json_text_values == "accept" and text.lstrip().startswith("{"):
            try:
                spelled: Json = orjson.loads(text)
            except orjson.JSONDecodeError:
                spelled = None
            if isinstance(spelled, dict):
                return spelled
        if self.quirks.bare_string_for_complex == "accept" and attribute.sub("value"):
            return {"value": text} if text else {}
        return text

    def _boolean(self, attribute: Attribute, value: Json) -> Json:
        if isinstance(value, str) and self.quirks.string_booleans == "accept":
            value = _BOOLEANS.get(value.lower(), value)
        if not isinstance(value, bool):
            if isinstance(value, str) and self.rules.takes_any_role(attribute):
                return value
            return self._wrong(attribute, value, "true or false")
        return self.rules.boolean_in(attribute, value)

    def _wrong(self, attribute: Attribute, value: Json, due: str) -> Json:
        return self.rules.wrong_type(bad(ScimType.INVALID_VALUE, f"{attribute.path} is {due}"), value)


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
