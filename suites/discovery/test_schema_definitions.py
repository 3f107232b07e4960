"""Whether attribute definitions in the published schemas are well formed (RFC 7643 sections 2 and 7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import Blocked, check, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimulator.kit import Answer, Json, JsonObject, Session

_TYPES = {"string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"}
# Only the discovery schemas describe themselves, and they do so one level deeper (RFC 7643 section 7).
_SELF_DESCRIBING = "urn:ietf:params:scim:schemas:core:2.0:schema"
_NAME = re.compile(r"(\$ref|[A-Za-z][\w$-]*)\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Definition:
    """One attribute definition, with the path under which a reader finds it."""

    schema: str
    path: str
    data: JsonObject
    depth: int

    def get(self, name: str) -> Json:
        return self.data.get(name)


def _definitions(scim: Session) -> tuple[Answer, list[_Definition]]:
    answer = scim.document("/Schemas")
    found = find(answer.body, "Resources")
    schemas = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    if answer.status_code != 200 or not schemas:
        raise Blocked("discovery.schemas.served", f"GET /Schemas was answered {answer.status_code}")
    return answer, [each for schema in schemas for each in _walk(str(schema.get("id")), schema.get("attributes"))]


def _walk(schema: str, attributes: Json, prefix: str = "", depth: int = 0) -> Iterator[_Definition]:
    for data in attributes if isinstance(attributes, list) and depth < 4 else []:
        if isinstance(data, dict):
            path = f"{prefix}{data.get('name')}"
            yield _Definition(schema, path, data, depth)
            yield from _walk(schema, data.get("subAttributes"), f"{path}.", depth + 1)


def _demand(answer: Answer, each: _Definition, condition: object, what: str, *, per: str, soft: bool = False) -> None:
    answer.require(
        condition, f"{each.schema}: {each.path} {what}", kind="definition", at=f"{each.schema}:{each.path}", per=per,
        soft=soft,
    )  # fmt: skip


@check("discovery.definitions.names", "RFC7643-7-06", "RFC7643-2.1-03", "RFC7643-7-21", writes=False)
def test_definitions_have_names(scim: Session) -> None:
    """Every attribute definition has a name in the grammar for names, and only one of a level has it."""
    answer, definitions = _definitions(scim)
    seen: set[tuple[str, str]] = set()
    for each in definitions:
        name = each.get("name")
        _demand(answer, each, isinstance(name, str) and name, "has no name", per="RFC7643-7-06")
        _demand(answer, each, _NAME.match(str(name)), "is no attribute name", per="RFC7643-2.1-03")
        key = (each.schema.lower(), each.path.lower())
        _demand(answer, each, key not in seen, "is defined twice", per="RFC7643-7-21")
        seen.add(key)


@check("discovery.definitions.types", "RFC7643-7-07", "RFC7643-2.3-01", writes=False)
def test_definitions_have_known_types(scim: Session) -> None:
    """Every attribute definition has one of the known types."""
    answer, definitions = _definitions(scim)
    for each in definitions:
        kind = each.get("type")
        known = str(kind).lower() in {name.lower() for name in _TYPES}
        _demand(answer, each, known, f"has the type {kind!r}", per="RFC7643-7-07")
        _demand(answer, each, kind in _TYPES, f"has its type spelt {kind!r}", per="RFC7643-2.3-01")


@check("discovery.definitions.booleans", "RFC7643-7-08", "RFC7643-7-09", "RFC7643-7-11", writes=False)
def test_definitions_state_booleans(scim: Session) -> None:
    """Every definition says with booleans whether an attribute is multi-valued, required and case-exact."""
    answer, definitions = _definitions(scim)
    for each in definitions:
        multi, required, exact = (each.get(name) for name in ("multiValued", "required", "caseExact"))
        _demand(answer, each, isinstance(multi, bool), f"has multiValued {multi!r}", per="RFC7643-7-08")
        _demand(answer, each, isinstance(required, bool), f"has required {required!r}", per="RFC7643-7-09")
        _demand(answer, each, exact is None or isinstance(exact, bool), f"has caseExact {exact!r}", per="RFC7643-7-11")


_KEYWORDS = {
    "mutability": ({"readOnly", "readWrite", "immutable", "writeOnly"}, "RFC7643-7-12"),
    "returned": ({"always", "never", "default", "request"}, "RFC7643-7-13"),
    "uniqueness": ({"none", "server", "global"}, "RFC7643-7-14"),
}


@pytest.mark.parametrize("characteristic", list(_KEYWORDS))
@check("discovery.definitions.keywords", *(per for _, per in _KEYWORDS.values()), writes=False)
def test_definitions_use_the_keywords(scim: Session, characteristic: str) -> None:
    """The mutability, returned and uniqueness of a definition, where given, are among their keywords.

    Identity providers read them and refuse a schema with other words, or take the attribute for writable.
    """
    answer, definitions = _definitions(scim)
    words, per = _KEYWORDS[characteristic]
    for each in definitions:
        value = each.get(characteristic)
        _demand(answer, each, value is None or value in words, f"has {characteristic} {value!r}", per=per)


@check("discovery.definitions.sub-attributes", "RFC7643-7-16", "RFC7643-1.2-01", "RFC7643-7-17", "RFC7643-2.3.8-02",
       "RFC7643-7-15", writes=False)  # fmt: skip
def test_only_complex_attributes_have_sub_attributes(scim: Session) -> None:
    """Complex attributes list their sub-attributes, others have none, and no sub-attribute is complex."""
    answer, definitions = _definitions(scim)
    for each in definitions:
        complex_ = str(each.get("type")).lower() == "complex"
        subs = each.get("subAttributes")
        _demand(answer, each, complex_ or not subs, "has sub-attributes but is not complex", per="RFC7643-7-16")
        if each.schema.lower() != _SELF_DESCRIBING:
            _demand(answer, each, not each.depth or not complex_, "is a complex sub-attribute", per="RFC7643-7-17")
            _demand(answer, each, not complex_ or subs, "is complex but lists no sub-attributes", per="RFC7643-7-15")


@check("discovery.definitions.value-lists", "RFC7643-7-18", "RFC7643-7-19", "RFC7643-7-20", writes=False)
def test_value_lists_are_arrays_of_strings(scim: Session) -> None:
    """Canonical values and reference types, where given, are arrays of strings; only references have the latter."""
    answer, definitions = _definitions(scim)
    for each in definitions:
        for name, per in (("canonicalValues", "RFC7643-7-18"), ("referenceTypes", "RFC7643-7-19")):
            value = each.get(name)
            fine = value is None or (isinstance(value, list) and all(isinstance(one, str) for one in value))
            _demand(answer, each, fine, f"has {name} {value!r}", per=per)
        reference = str(each.get("type")).lower() == "reference"
        _demand(answer, each, reference or not each.get("referenceTypes"), "is no reference but has referenceTypes",
                per="RFC7643-7-20")  # fmt: skip


@check("discovery.definitions.consistent", "RFC7643-7-40", "RFC7643-7-41", "RFC7643-2.3.8-04", writes=False)
def test_definitions_claim_what_their_type_can(scim: Session) -> None:
    """Definitions do not claim characteristics that their type cannot have or that contradict each other."""
    answer, definitions = _definitions(scim)
    for each in definitions:
        kind = str(each.get("type")).lower()
        unique = each.get("uniqueness") not in (None, "none")
        if kind in ("boolean", "datetime"):
            _demand(answer, each, each.get("caseExact") is not True, f"is {kind} and case-exact", per="RFC7643-7-40")
            _demand(answer, each, not unique, f"is {kind} and unique", per="RFC7643-7-40")
        if kind == "complex":
            _demand(answer, each, each.get("caseExact") is not True, "is complex and case-exact",
                    per="RFC7643-2.3.8-04")  # fmt: skip
            _demand(answer, each, not unique, "is complex and unique", per="RFC7643-2.3.8-04")
        if each.get("mutability") == "writeOnly":
            _demand(answer, each, each.get("returned") in ("never", "request"),
                    f"is writeOnly, yet returned {each.get('returned')!r}", per="RFC7643-7-41")  # fmt: skip


_USUAL = {"type": {"string"}, "primary": {"boolean"}, "$ref": {"reference"}, "value": {"string", "reference", "binary"}}


@check("discovery.definitions.usual-parts", "RFC7643-2.4-01", writes=False)
def test_usual_parts_have_usual_types(scim: Session) -> None:
    """The usual sub-attributes of multi-valued attributes have their usual types."""
    answer, definitions = _definitions(scim)
    multi = {(each.schema, each.path) for each in definitions if each.get("multiValued") is True and each.depth == 0}
    for each in definitions:
        parent, _, name = each.path.rpartition(".")
        if (each.schema, parent) in multi and name in _USUAL and "core:2.0:schema" not in each.schema.lower():
            _demand(answer, each, each.get("type") in _USUAL[name], f"has the type {each.get('type')!r}",
                    per="RFC7643-2.4-01")  # fmt: skip
