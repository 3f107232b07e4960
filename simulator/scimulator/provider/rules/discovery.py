"""Rules of discovery: what the provider says of itself (RFC 7644 4, RFC 7643 5-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.provider.errors import ScimError
from scimulator.provider.rules.kit import rule

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject


class DiscoveryRules:
    """What the provider says of itself (RFC 7644 4, RFC 7643 5-7)."""

    @rule("discovery-filter-refused", off=lambda _self: None)
    def filters_discovery(self) -> None:
        """A filter on a discovery endpoint is answered 403 (RFC 7644 4)."""
        raise ScimError(403, "discovery endpoints do not filter")

    @rule("discovery-list", off=lambda _self, resources, _envelope: list(resources))
    def discovery_list(self, resources: list[JsonObject], envelope: JsonObject) -> Json:
        """/Schemas and /ResourceTypes answer a ListResponse (RFC 7644 4)."""
        return {**envelope, "Resources": list(resources)}

    @rule("schemas-complete", off=lambda _self, schemas: [s for s in schemas if "extension" not in str(s["id"])])
    def schemas_listed(self, schemas: list[JsonObject]) -> list[JsonObject]:
        """/Schemas has every schema that resource types name (RFC 7643 7)."""
        return schemas

    @rule("resource-types-complete", off=lambda _self, types: types[:1])
    def types_listed(self, types: list[JsonObject]) -> list[JsonObject]:
        """/ResourceTypes has every resource type (RFC 7644 4)."""
        return types

    @rule("schema-by-id", off=lambda _self: False)
    def finds_schema(self) -> bool:
        """One schema is found below /Schemas by its URN (RFC 7644 4)."""
        return True

    @rule(
        "config-honest",
        off=lambda _self, config: {**config, "patch": {"supported": False}, "etag": {"supported": False}},
    )
    def config(self, config: JsonObject) -> JsonObject:
        """ServiceProviderConfig says what is true (RFC 7643 5)."""
        return config

    @rule("config-authentication", off=lambda _self, _schemes: [])
    def schemes_listed(self, schemes: list[JsonObject]) -> list[JsonObject]:
        """ServiceProviderConfig names the ways to authenticate (RFC 7643 5)."""
        return schemes

    @rule("discovery-meta", off=lambda _self, d: {k: v for k, v in d.items() if k != "meta"})
    def discovery_resource(self, document: JsonObject) -> JsonObject:
        """Discovery resources have meta as others do (RFC 7643 3.1)."""
        return document
