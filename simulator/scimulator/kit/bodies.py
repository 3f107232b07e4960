"""Resource bodies against schemas: the RFC's, as the judge holds them, and the target's own, both as JSON Schema.

SCIM names are case-insensitive (RFC 7643 section 2.1) and JSON Schema's are not, so both sides are brought to lower
case first. Values are judged by type and shape only (RFC 7643 section 2.3); canonical values are suggestions (A36).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import jsonschema
import orjson

from scimulator import content
from scimulator.kit.operations import ENTERPRISE, GROUP, USER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scimulator.exchange.strict_json import Json, JsonObject

_FILES = {
    USER: "user",
    GROUP: "group",
    ENTERPRISE: "enterprise_user",
    "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig": "service_provider_config",
    "urn:ietf:params:scim:schemas:core:2.0:ResourceType": "resource_type",
    "urn:ietf:params:scim:schemas:core:2.0:Schema": "schema",
}
# xsd:dateTime of RFC 7643 section 2.3.5: date, T, time; zone and fraction are optional there.
_DATE_TIME = r"^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$"
_BASE64 = r"^[A-Za-z0-9+/_=\s-]*$"
_TYPES: Mapping[str, JsonObject] = {
    "string": {"type": "string"},
    "reference": {"type": "string"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "dateTime": {"type": "string", "pattern": _DATE_TIME},
    "binary": {"type": "string", "pattern": _BASE64},
}
_URN = re.compile(r"urn:", re.IGNORECASE)


@cache
def rfc_schema(urn: str) -> JsonObject:
    """Return the judge's own copy of an RFC 7643 schema, effective characteristics included.

    Raises:
        KeyError: for a schema that RFC 7643 does not define.
    """
    raw = (content("fixtures") / "schemas" / "judge" / f"{_FILES[urn]}.json").read_bytes()
    schema: JsonObject = orjson.loads(raw)
    return schema


@cache
def common_attributes() -> JsonObject:
    """Return the judge's definitions of schemas, id, externalId and meta (RFC 7643 sections 3 and 3.1)."""
    raw = (content("fixtures") / "schemas" / "judge" / "common.json").read_bytes()
    schema: JsonObject = orjson.loads(raw)
    return schema


def lowered(value: Json) -> Json:
    """Return the value with every member name in lower case."""
    if isinstance(value, dict):
        return {name.lower(): lowered(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [lowered(item) for item in value]
    return value


def json_schema(attributes: Sequence[Json]) -> JsonObject:
    """Return a JSON Schema (2020-12) for an object with these SCIM attributes; names are lower case, others allowed.

    ``null`` is accepted everywhere because it says unassigned (RFC 7643 section 2.5). Required attributes are not
    demanded here: projection and ``returned`` decide what an answer has to hold.
    """
    properties: JsonObject = {}
    for attribute in attributes:
        if isinstance(attribute, dict) and isinstance(attribute.get("name"), str):
            properties[str(attribute["name"]).lower()] = _attribute_schema(attribute)
    return {"type": "object", "properties": properties}


def _attribute_schema(attribute: JsonObject) -> JsonObject:
    kind = str(attribute.get("type", "string"))
    subs = attribute.get("subAttributes")
    if kind == "complex":
        one: JsonObject = json_schema(subs) if isinstance(subs, list) else {"type": "object"}
    else:
        one = dict(_TYPES.get(kind, {}))
    nullable: JsonObject = {"anyOf": [one, {"type": "null"}]}
    if attribute.get("multiValued") is True:
        return {"anyOf": [{"type": "array", "items": nullable}, {"type": "null"}]}
    return nullable


@cache
def _rfc_validator(urn: str) -> jsonschema.Draft202012Validator:
    own = rfc_schema(urn)["attributes"]
    common = common_attributes()["attributes"]
    merged = [*common, *own] if isinstance(own, list) and isinstance(common, list) else []
    return jsonschema.Draft202012Validator(json_schema(merged))


def problems_by_rfc(body: JsonObject, urn: str) -> list[tuple[str, str]]:
    """Return (path, sentence) for each value that has not the type that RFC 7643 gives its attribute."""
    if urn not in _FILES:
        return []
    found = _report(_rfc_validator(urn), body)
    for name, value in body.items():
        if name.lower() == ENTERPRISE.lower() and isinstance(value, dict):
            found += [(f"{ENTERPRISE}:{path}", text) for path, text in _report(_rfc_validator(ENTERPRISE), value)]
    return found


def problems_by_own_schema(body: JsonObject, schema: JsonObject) -> list[tuple[str, str]]:
    """Return (path, sentence) for each value that contradicts the target's own schema."""
    attributes = schema.get("attributes")
    if not isinstance(attributes, list):
        return []
    return _report(_own_validator(schema, attributes), body)


_OWN: dict[int, tuple[JsonObject, jsonschema.Draft202012Validator]] = {}


def _own_validator(schema: JsonObject, attributes: list[Json]) -> jsonschema.Draft202012Validator:
    # By identity, because a target's schemas are read once; the schema is kept so that its identity stays its own.
    known = _OWN.get(id(schema))
    if known is None or known[0] is not schema:
        known = (schema, jsonschema.Draft202012Validator(json_schema(attributes)))
        _OWN[id(schema)] = known
    return known[1]


def undeclared(body: JsonObject, schema: JsonObject) -> list[str]:
    """Return names of attributes in a body that neither the target's schema nor the common attributes declare."""
    attributes = schema.get("attributes")
    if not isinstance(attributes, list):
        return []
    known = {str(each.get("name", "")).lower() for each in attributes if isinstance(each, dict)}
    known |= {"schemas", "id", "externalid", "meta"}
    return [name for name in body if name.lower() not in known and not _URN.match(name)]


def _report(validator: jsonschema.Draft202012Validator, body: JsonObject) -> list[tuple[str, str]]:
    found = []
    for error in validator.iter_errors(lowered(body)):
        deepest = error
        while deepest.context:
            # The branch for null never tells a person anything.
            branches = [each for each in deepest.context if each.validator_value != "null"]
            if not branches:
                break
            deepest = max(branches, key=lambda each: len(each.absolute_path))
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in deepest.absolute_path)
        found.append((path.lstrip("."), deepest.message[:200]))
    return found
