"""Rules of the published documents: how schemas and resource types describe themselves (RFC 7643 5-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from scimulator.provider.errors import not_found
from scimulator.provider.rules.kit import rule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scimulator.exchange.strict_json import Json, JsonObject

_ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"


def _without(name: str) -> Callable[[object, JsonObject], JsonObject]:
    def off(_self: object, document: JsonObject) -> JsonObject:
        return {key: value for key, value in document.items() if key != name}

    return off


def _redefined(change: Callable[[JsonObject], JsonObject]) -> Callable[[object, JsonObject], JsonObject]:
    """Make the defect that publishes every definition of a schema, at every depth, as ``change`` leaves it."""

    def definition(attribute: JsonObject) -> JsonObject:
        subs = attribute.get("subAttributes")
        inner: JsonObject = {"subAttributes": [definition(sub) for sub in _objects(subs)]} if subs else {}
        return change({**attribute, **inner})

    def off(_self: object, document: JsonObject) -> JsonObject:
        return {**document, "attributes": [definition(each) for each in _objects(document.get("attributes"))]}

    return off


def _objects(value: Json) -> list[JsonObject]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text_for(attribute: JsonObject) -> JsonObject:
    return {**attribute, "type": "text"} if attribute.get("name") == "title" else attribute


def _boolean_as_text(attribute: JsonObject) -> JsonObject:
    exact = attribute.get("caseExact")
    return attribute if exact is None else {**attribute, "caseExact": str(exact).lower()}


def _capitals(attribute: JsonObject) -> JsonObject:
    return {**attribute, "returned": str(attribute.get("returned", "default")).upper()}


def _without_subs(attribute: JsonObject) -> JsonObject:
    name = attribute.get("name")
    return {k: v for k, v in attribute.items() if k != "subAttributes"} if name == "photos" else attribute


def _joined_values(attribute: JsonObject) -> JsonObject:
    words = attribute.get("canonicalValues")
    return {**attribute, "canonicalValues": ",".join(map(str, words))} if isinstance(words, list) else attribute


def _exact_boolean(attribute: JsonObject) -> JsonObject:
    return {**attribute, "caseExact": True} if attribute.get("type") == "boolean" else attribute


def _primary_as_text(attribute: JsonObject) -> JsonObject:
    return {**attribute, "type": "string"} if attribute.get("name") == "primary" else attribute


def _title_required(attribute: JsonObject) -> JsonObject:
    return {**attribute, "required": True} if attribute.get("name") == "title" else attribute


def _first_twice(_self: object, document: JsonObject) -> JsonObject:
    attributes = _objects(document.get("attributes"))
    return {**document, "attributes": cast("Json", [*attributes, *attributes[:1]])}


def _core_name_again(_self: object, document: JsonObject) -> JsonObject:
    if document.get("id") != _ENTERPRISE:
        return document
    again: JsonObject = {"name": "nickName", "type": "string", "multiValued": False, "required": False}
    return {**document, "attributes": cast("Json", [*_objects(document.get("attributes")), again])}


def _and_schema(urn: str) -> Callable[[object, list[JsonObject]], list[JsonObject]]:
    def off(_self: object, schemas: list[JsonObject]) -> list[JsonObject]:
        name = urn.rpartition(":")[2]
        attribute: JsonObject = {"name": "note", "type": "string", "multiValued": False, "required": False}
        more: JsonObject = {"schemas": [_SCHEMA], "id": urn, "name": name, "description": name}
        return [*schemas, {**more, "attributes": [attribute]}]

    return off


def _extensions_bare(_self: object, document: JsonObject) -> JsonObject:
    extensions = document.get("schemaExtensions")
    if not extensions:
        return document
    return {**document, "schemaExtensions": [{"schema": each["schema"]} for each in _objects(extensions)]}


def _page(_self: object, documents: list[JsonObject], parameters: Mapping[str, Json]) -> list[JsonObject]:
    start, count = (str(parameters.get(name, "")) for name in ("startIndex", "count"))
    first = int(start) - 1 if start.isdecimal() else 0
    return documents[max(0, first) :][: int(count) if count.isdecimal() else len(documents)]


def _lost_in_sorting(_self: object, documents: list[JsonObject], parameters: Mapping[str, Json]) -> list[JsonObject]:
    return documents[:1] if "sortBy" in parameters else documents


def _numbered(self: PublishedRules, document: JsonObject) -> JsonObject:
    self.readings += 1
    return {**document, "documentationUri": f"https://docs.example/scim?build={self.readings}"}


class PublishedRules:
    """What is right about the published documents."""

    readings = 0
    """How often the configuration was read, where that shows in it."""

    def published_schema(self, document: JsonObject) -> JsonObject:
        """Return the document of a schema as it is published."""
        for step in (
            self.definition_names,
            self.definition_types,
            self.definition_booleans,
            self.definition_keywords,
            self.definition_sub_attributes,
            self.definition_value_lists,
            self.definition_consistent,
            self.definition_usual_parts,
            self.definition_required,
            self.extension_names,
            self.schema_structure,
        ):
            document = step(document)
        return document

    def published_type(self, document: JsonObject) -> JsonObject:
        """Return the document of a resource type as it is published."""
        return self.type_extensions(self.type_structure(document))

    def published_config(self, config: JsonObject) -> JsonObject:
        """Return the ServiceProviderConfig as it is published."""
        for step in (self.config_features, self.config_limits, self.config_bulk, self.config_stable):
            config = step(config)
        return config

    def published(self, documents: list[JsonObject], parameters: Mapping[str, Json]) -> list[JsonObject]:
        """Return those of the documents that a list of them has under these parameters."""
        return self.discovery_sorted(self.discovery_page(documents, parameters), parameters)

    # definitions -------------------------------------------------------------------------------------------------

    @rule("definition-names", off=_first_twice)
    def definition_names(self, document: JsonObject) -> JsonObject:
        """A schema defines an attribute once (RFC 7643 7)."""
        return document

    @rule("definition-types", off=_redefined(_text_for))
    def definition_types(self, document: JsonObject) -> JsonObject:
        """The type of an attribute is one of the data types (RFC 7643 7, 2.3)."""
        return document

    @rule("definition-booleans", off=_redefined(_boolean_as_text))
    def definition_booleans(self, document: JsonObject) -> JsonObject:
        """Characteristics that are true or false are JSON booleans (RFC 7643 7)."""
        return document

    @rule("definition-keywords", off=_redefined(_capitals))
    def definition_keywords(self, document: JsonObject) -> JsonObject:
        """Mutability, returned and uniqueness are keywords in their letter case (RFC 7643 7)."""
        return document

    @rule("definition-sub-attributes", off=_redefined(_without_subs))
    def definition_sub_attributes(self, document: JsonObject) -> JsonObject:
        """A complex attribute lists its sub-attributes (RFC 7643 7)."""
        return document

    @rule("definition-value-lists", off=_redefined(_joined_values))
    def definition_value_lists(self, document: JsonObject) -> JsonObject:
        """Canonical values are an array of strings (RFC 7643 7)."""
        return document

    @rule("definition-consistent", off=_redefined(_exact_boolean))
    def definition_consistent(self, document: JsonObject) -> JsonObject:
        """A boolean has no letter case (RFC 7643 2.3.2, 7)."""
        return document

    @rule("definition-usual-parts", off=_redefined(_primary_as_text))
    def definition_usual_parts(self, document: JsonObject) -> JsonObject:
        """The usual sub-attributes have their usual types, primary is a boolean (RFC 7643 2.4)."""
        return document

    @rule("definition-required", off=_redefined(_title_required))
    def definition_required(self, document: JsonObject) -> JsonObject:
        """What a schema calls required is required of a create (RFC 7643 7)."""
        return document

    @rule("extension-names", off=_core_name_again)
    def extension_names(self, document: JsonObject) -> JsonObject:
        """An extension does not define again what the core has (RFC 7643 3.3)."""
        return document

    @rule("schema-structure", off=_without("schemas"))
    def schema_structure(self, document: JsonObject) -> JsonObject:
        """A schema says that it is one (RFC 7643 7, 3)."""
        return document

    # lists of documents ------------------------------------------------------------------------------------------

    @rule("schemas-without-messages", off=_and_schema("urn:ietf:params:scim:api:messages:2.0:PatchOp"))
    def schemas_of_resources(self, schemas: list[JsonObject]) -> list[JsonObject]:
        """Messages of the protocol are not among the schemas (RFC 7644 3.1)."""
        return schemas

    @rule("schemas-urn-space", off=_and_schema("urn:ietf:params:scim:schemas:core:2.0:Employee"))
    def schemas_registered(self, schemas: list[JsonObject]) -> list[JsonObject]:
        """The URNs of SCIM are those that are registered (RFC 7643 10)."""
        return schemas

    @rule("resource-types-distinct", off=lambda _self, types: [*types, *types[-1:]])
    def types_distinct(self, types: list[JsonObject]) -> list[JsonObject]:
        """No two resource types share a name or an endpoint (RFC 7643 6)."""
        return types

    @rule("discovery-page", off=_page)
    def discovery_page(self, documents: list[JsonObject], _parameters: Mapping[str, Json]) -> list[JsonObject]:
        """Paging does not shorten what a discovery endpoint lists (RFC 7644 4)."""
        return documents

    @rule("discovery-sort", off=_lost_in_sorting)
    def discovery_sorted(self, documents: list[JsonObject], _parameters: Mapping[str, Json]) -> list[JsonObject]:
        """A sortBy loses nothing of what a discovery endpoint lists (RFC 7644 4)."""
        return documents

    @rule("resource-type-by-id", off=lambda _self: False)
    def finds_type(self) -> bool:
        """One resource type is found below /ResourceTypes (RFC 7644 4)."""
        return True

    @rule("schema-unknown", off=lambda _self, _path: {})
    def unknown_schema(self, path: str) -> JsonObject:
        """A schema that does not exist is answered 404 (RFC 7644 4)."""
        raise not_found(path)

    @rule("resource-type-unknown", off=lambda _self, _path: {})
    def unknown_type(self, path: str) -> JsonObject:
        """A resource type that does not exist is answered 404 (RFC 7644 4)."""
        raise not_found(path)

    @rule("discovery-read-only", off=lambda _self: False)
    def refuses_discovery_write(self) -> bool:
        """Discovery endpoints are only read (RFC 7644 4)."""
        return True

    # resource types and configuration ----------------------------------------------------------------------------

    @rule("resource-type-structure", off=_without("schemas"))
    def type_structure(self, document: JsonObject) -> JsonObject:
        """A resource type says that it is one (RFC 7643 6, 3)."""
        return document

    @rule("resource-type-extensions", off=_extensions_bare)
    def type_extensions(self, document: JsonObject) -> JsonObject:
        """An extension of a resource type says whether it is required (RFC 7643 6)."""
        return document

    @rule("config-features", off=_without("changePassword"))
    def config_features(self, config: JsonObject) -> JsonObject:
        """ServiceProviderConfig speaks of each optional feature (RFC 7643 5)."""
        return config

    @rule("config-limits", off=lambda _self, config: {**config, "filter": {"supported": True}})
    def config_limits(self, config: JsonObject) -> JsonObject:
        """ServiceProviderConfig says how many results a query gives (RFC 7643 5: filter.maxResults)."""
        return config

    @rule(
        "config-bulk",
        off=lambda _self, config: {
            **config,
            "bulk": {"supported": True, "maxOperations": 100, "maxPayloadSize": 1048576},
        },
    )
    def config_bulk(self, config: JsonObject) -> JsonObject:
        """Bulk is not advertised where it is not there (RFC 7643 5)."""
        return config

    @rule("config-stable", off=_numbered)
    def config_stable(self, config: JsonObject) -> JsonObject:
        """What the provider says of itself stays the same from read to read (RFC 7644 4)."""
        return config
