"""Faults of discovery: the server says something untrue of itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from scimulator.provider.errors import ScimError
from scimulator.provider.faults.messages import objects, place_of
from scimulator.provider.rules import Rules, fault
from scimulator.provider.schema import USER_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.message import Request, Response
    from scimulator.exchange.strict_json import Json, JsonObject


@fault(
    "schema-calls-active-text",
    trips=["discovery.schemas.as-the-rfc"],
    source="https://github.com/limosa-io/laravel-scim-server/issues/114",
    bug="BUG-010",
)
class _SchemaCallsActiveText(Rules):
    """The published schema of users calls active a string, while writes take nothing but a boolean."""

    def schemas_listed(self, schemas: list[JsonObject]) -> list[JsonObject]:
        return [_with_text_active(schema) for schema in super().schemas_listed(schemas)]


def _with_text_active(schema: JsonObject) -> JsonObject:
    attributes = [
        {**attribute, "type": "string", "caseExact": False} if attribute.get("name") == "active" else attribute
        for attribute in objects(schema.get("attributes"))
    ]
    return {**schema, "attributes": cast("Json", attributes)}


@fault(
    "core-schema-not-listed",
    trips=["discovery.schemas.complete", "discovery.resource-types.schemas-published"],
    source="https://github.com/suvera/keycloak-scim2-storage/issues/6",
    bug="BUG-305",
)
class _CoreSchemaNotListed(Rules):
    """The list of schemas lacks the core schema of users, which resources and resource types name."""

    def schemas_listed(self, schemas: list[JsonObject]) -> list[JsonObject]:
        return [schema for schema in super().schemas_listed(schemas) if schema["id"] != USER_SCHEMA]


@fault(
    "resource-types-in-singular",
    trips=["discovery.resource-types.served"],
    source="https://github.com/wso2/product-is/issues/3372",
    bug="BUG-181",
)
class _ResourceTypesInSingular(Rules):
    """The resource types are found at /ResourceType, and there is nothing at /ResourceTypes."""

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        endpoint, _ = place_of(request)
        if endpoint == "ResourceTypes":
            raise ScimError(404, "There is nothing at /ResourceTypes")
        if endpoint == "ResourceType":
            request = replace(request, target=request.target.replace("/ResourceType", "/ResourceTypes", 1))
        return super().around(request, handle)
