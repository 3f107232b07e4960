"""What the target says of itself: ServiceProviderConfig, ResourceTypes and Schemas, read once and remembered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scimulator.catalogue.checks import Capability
from scimulator.exchange.message import Purpose
from scimulator.kit.jsonpath import MISSING, member
from scimulator.kit.operations import GROUP, USER

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.message import Exchange
    from scimulator.exchange.strict_json import Json, JsonObject

    Fetch = Callable[[str, Purpose], Exchange]

_CORE = {"id", "externalid", "meta", "schemas"}
_MAX_SCHEMA_READS = 20


@dataclass(slots=True)
class Discovery:
    """The discovery documents, each fetched on first use with purpose ``probe``.

    ``fetch`` sends a GET to a target below the base URL and returns the exchange; ``base_path`` is the base URL's path.
    """

    fetch: Fetch
    base_path: str = ""
    _documents: dict[str, Exchange] = field(default_factory=dict)
    _schemas: dict[str, JsonObject] | None = None
    _groups: str | bool | None = None

    def exchange(self, target: str) -> Exchange:
        """Return the exchange that read ``target``, for example ``/Schemas``."""
        if target not in self._documents:
            self._documents[target] = self.fetch(target, Purpose.PROBE)
        return self._documents[target]

    def document(self, target: str) -> JsonObject | None:
        """Return the object served at ``target``, or None where it is not served with 200 as a JSON object."""
        exchange = self.exchange(target)
        if exchange.response is None or exchange.response.status != 200:
            return None
        return exchange.document.object or None

    @property
    def service_provider_config(self) -> JsonObject | None:
        """The ServiceProviderConfig (RFC 7643 section 5), or None where it is not served."""
        return self.document("/ServiceProviderConfig")

    def supports(self, capability: Capability) -> bool | None:
        """Return what the target says of a capability; None where it says nothing."""
        if capability is Capability.GROUPS:
            return self.group_endpoint is not None
        config = self.service_provider_config
        if config is None:
            return None
        said = member(member(config, capability.value), "supported")  # type: ignore[arg-type]  # MISSING yields MISSING
        return said if isinstance(said, bool) else None

    def resource_types(self) -> list[JsonObject]:
        """Return the ResourceTypes, whether listed in a ListResponse or a bare array; empty where not served."""
        return _listed(self.exchange("/ResourceTypes"))

    @property
    def user_endpoint(self) -> str:
        """The endpoint of the User resource type; ``/Users`` where nothing else is said."""
        return self._endpoint(USER, "User") or "/Users"

    @property
    def group_endpoint(self) -> str | None:
        """The endpoint of the Group resource type, or None where the target has no groups.

        Where ResourceTypes is not served, ``/Groups`` itself is asked once.
        """
        if self._groups is None:
            listed = self.resource_types()
            found = self._endpoint(GROUP, "Group")
            if not listed and not found:
                response = self.exchange("/Groups?startIndex=1&count=1").response
                absent = response is None or response.status in (400, 403, 404, 405, 501)
                found = None if absent else "/Groups"
            self._groups = found or False
        return self._groups if isinstance(self._groups, str) else None

    def _endpoint(self, schema: str, name: str) -> str | None:
        for kind in self.resource_types():
            if str(kind.get("schema", "")).lower() == schema.lower() or kind.get("name") == name:
                endpoint = kind.get("endpoint")
                if isinstance(endpoint, str) and endpoint and "://" not in endpoint:
                    # Some servers repeat the base path here. No client looks there; a check of its own tells them.
                    return "/" + endpoint.strip("/").removeprefix(self.base_path.strip("/")).strip("/")
                return f"/{name}s"
        return None

    def schemas(self) -> dict[str, JsonObject]:
        """Return the target's own schemas by lower-case URN; empty where ``/Schemas`` is not served."""
        if self._schemas is None:
            found: dict[str, JsonObject] = {}
            for schema in _listed(self.exchange("/Schemas"))[:_MAX_SCHEMA_READS]:
                urn = schema.get("id")
                if isinstance(urn, str):
                    found[urn.lower()] = schema
            self._schemas = found
        return self._schemas

    @property
    def user_endpoint_known(self) -> str:
        """The endpoint of users as far as it is known without asking."""
        return self.user_endpoint if "/ResourceTypes" in self._documents else "/Users"

    @property
    def group_endpoint_known(self) -> str:
        """The endpoint of groups as far as it is known without asking."""
        return self._groups if isinstance(self._groups, str) else "/Groups"

    @property
    def known_schemas(self) -> dict[str, JsonObject]:
        """The target's schemas if they were read already; asks for nothing."""
        return self._schemas or {}

    def attribute(self, path: str, schema: str = USER) -> JsonObject | None:
        """Return the target's definition of an attribute (``name.givenName``), or None where it does not declare it."""
        definition: JsonObject | None = None
        candidates: Json = self.schemas().get(schema.lower(), {}).get("attributes")
        for name in path.split("."):
            definition = None
            if isinstance(candidates, list):
                for candidate in candidates:
                    if isinstance(candidate, dict) and str(candidate.get("name", "")).lower() == name.lower():
                        definition = candidate
            if definition is None:
                return None
            candidates = definition.get("subAttributes")
        return definition

    def offers(self, path: str, schema: str = USER) -> bool:
        """Tell whether the target offers an attribute for writing.

        Where the schema is not published every attribute of the RFC counts as offered: what then fails to be stored
        is judged by the checks that ask for it.
        """
        if path.lower() in _CORE or schema.lower() not in self.schemas():
            return True
        definition = self.attribute(path, schema)
        return definition is not None and definition.get("mutability") != "readOnly"

    def lists_extension(self, urn: str) -> bool:
        """Tell whether the User resource type may list an extension; True where ResourceTypes says nothing of users."""
        for kind in self.resource_types():
            if str(kind.get("schema", "")).lower() == USER.lower():
                extensions = kind.get("schemaExtensions")
                listed = extensions if isinstance(extensions, list) else []
                return any(str(member(each, "schema")).lower() == urn.lower() for each in listed)
        return True

    def required(self, schema: str = USER) -> list[str]:
        """Return the names of top-level attributes that the target's own schema requires."""
        attributes = self.schemas().get(schema.lower(), {}).get("attributes")
        if not isinstance(attributes, list):
            return []
        return [
            str(each.get("name"))
            for each in attributes
            if isinstance(each, dict) and each.get("required") is True and each.get("mutability") != "readOnly"
        ]


def _listed(exchange: Exchange) -> list[JsonObject]:
    if exchange.response is None or exchange.response.status != 200:
        return []
    value = exchange.document.value
    found = member(value, "Resources") if isinstance(value, dict) else value
    if found is MISSING or not isinstance(found, list):
        return []
    return [item for item in found if isinstance(item, dict)]
