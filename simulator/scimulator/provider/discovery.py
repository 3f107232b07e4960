"""What the provider says of itself: ServiceProviderConfig, ResourceTypes, Schemas (RFC 7644 4, RFC 7643 5-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from scimulator.provider.errors import not_found
from scimulator.provider.listing import LIST_SCHEMA
from scimulator.provider.schema import CORE, OF_DISCOVERY, load_schemas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.rules import Rules
    from scimulator.provider.schema import ResourceType

ENDPOINTS = frozenset({"ServiceProviderConfig", "ResourceTypes", "Schemas"})


class Discovery:
    """Answers the discovery endpoints."""

    def __init__(self, rules: Rules, types: Mapping[str, ResourceType], base_url: str, schemes: list[str]) -> None:
        self.rules = rules
        self.types = types
        self.base_url = base_url
        self.schemes = schemes

    def answer(self, segments: list[str], parameters: Mapping[str, Json]) -> Json:
        """Return the body for a path below the base address.

        Raises:
            ScimError: 404 for an unknown schema or resource type, 403 for a filter.
        """
        endpoint, rest = segments[0], segments[1:]
        if "filter" in parameters:
            self.rules.filters_discovery()
        if endpoint == "ServiceProviderConfig":
            if rest:
                raise not_found("/".join(segments))
            return self.rules.published_config(self.rules.discovery_resource(self._config()))
        if endpoint == "Schemas":
            every = [self._schema(document) for document in self._documents()]
            found = rest[0].lower() if rest and self.rules.finds_schema() else ""
        else:
            every = self._types()
            found = rest[0].lower() if rest and self.rules.finds_type() else ""
        if not rest:
            every = self.rules.published(every, parameters)
            envelope: JsonObject = {
                "schemas": [LIST_SCHEMA],
                "totalResults": len(every),
                "startIndex": 1,
                "itemsPerPage": len(every),
            }
            return self.rules.discovery_list(every, envelope)
        chosen = next((document for document in every if str(document["id"]).lower() == found), None)
        if chosen is None or len(rest) > 1:
            path = "/".join(segments)
            return self.rules.unknown_schema(path) if endpoint == "Schemas" else self.rules.unknown_type(path)
        return chosen

    def _documents(self) -> list[JsonObject]:
        offered = {urn for kind in self.types.values() for urn in (kind.schema.id, *kind.extensions)}
        known = [schema.document for urn, schema in load_schemas().items() if urn in offered or urn in OF_DISCOVERY]
        listed = self.rules.schemas_listed([self.rules.described(document) for document in known])
        return self.rules.schemas_registered(self.rules.schemas_of_resources(listed))

    def _types(self) -> list[JsonObject]:
        kinds = [kind.document(self.base_url) for kind in self.types.values()]
        listed = self.rules.types_distinct(self.rules.types_listed(kinds))
        return [self.rules.published_type(self.rules.discovery_resource(document)) for document in listed]

    def _schema(self, document: JsonObject) -> JsonObject:
        location = f"{self.base_url}/Schemas/{document['id']}"
        meta: JsonObject = {"resourceType": "Schema", "location": location}
        return self.rules.published_schema(self.rules.discovery_resource({**document, "meta": meta}))

    def _config(self) -> JsonObject:
        quirks = self.rules.quirks
        schemes = self.rules.schemes_listed([_SCHEMES[name] for name in self.schemes])
        return self.rules.config(
            {
                "schemas": [f"{CORE}ServiceProviderConfig"],
                "documentationUri": "https://www.rfc-editor.org/rfc/rfc7644",
                "patch": {"supported": True},
                "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
                "filter": {
                    "supported": self.rules.does_filter(),
                    "maxResults": self.rules.announced_results(quirks.max_results),
                },
                "changePassword": {"supported": True},
                "sort": {"supported": quirks.sorting == "supported"},
                "etag": {"supported": self.rules.does_versions()},
                "authenticationSchemes": cast("Json", schemes),
                "meta": {
                    "resourceType": "ServiceProviderConfig",
                    "location": f"{self.base_url}/ServiceProviderConfig",
                },
            }
        )


_SCHEMES: dict[str, JsonObject] = {
    "bearer": {
        "type": "oauthbearertoken",
        "name": "Bearer token",
        "description": "A token in the Authorization header",
        "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
        "primary": True,
    },
    "basic": {
        "type": "httpbasic",
        "name": "HTTP Basic",
        "description": "User and password in the Authorization header",
        "specUri": "https://www.rfc-editor.org/rfc/rfc7617",
    },
}
