"""Faults that Entra meets when it connects, searches, creates and deletes."""

# ruff: noqa: ARG002  # an override takes what its rule takes

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote_plus

from scimulator.provider.errors import ScimError, ScimType
from scimulator.provider.faults.messages import each_resource, fetched, page, place_of, read_object
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from scimulator.exchange.message import Request, Response
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.faults.messages import Handle
    from scimulator.provider.patch import Operation
    from scimulator.provider.schema import Attribute

ENTRA = ("entra.legacy", "entra.optscim")
_DISCOVERY = frozenset({"ServiceProviderConfig", "Schemas", "ResourceTypes"})


@fault(
    "create-with-active-crashes",
    trips=["entra.provision.create"],
    source="https://github.com/limosa-io/laravel-scim-server/issues/57",
    bug="BUG-011",
    severity="provisioning-blocked",
    dialects=ENTRA,
)
class _CreateWithActiveCrashes(Rules):
    """A user that is created with active is answered 500, although the schema calls active readWrite."""

    def around(self, request: Request, handle: Handle) -> Response:
        if request.method == "POST" and place_of(request) == ("Users", "") and "active" in read_object(request.body):
            raise ScimError(500, "Write is not supported for active")
        return super().around(request, handle)


@fault(
    "unmapped-filter-finds-everybody",
    trips=["entra.match.other-attribute"],
    source="https://github.com/eneo-ai/eneo/pull/443",
    bug="BUG-017",
    severity="security",
    dialects=ENTRA,
)
class _UnmappedFindsEverybody(Rules):
    """A filter on an attribute that the column map does not know, such as emails.value, finds all users."""

    def filter_text(self, text: str) -> str:
        return "" if text.lower().startswith("emails") else super().filter_text(text)


@fault(
    "unmapped-filter-crashes",
    trips=["entra.match.other-attribute", "filtering.common.external-id"],
    source=[
        "https://github.com/goauthentik/authentik/pull/25987",
        "https://github.com/goauthentik/authentik/issues/25837",
    ],
    bug="BUG-236",
    severity="provisioning-blocked",
    dialects=ENTRA,
)
class _UnmappedCrashes(Rules):
    """A filter on externalId, which is not mapped, is answered 500."""

    def filter_text(self, text: str) -> str:
        if text.lower().startswith("externalid"):
            raise ScimError(500, "Cannot resolve keyword 'externalId' into field")
        return super().filter_text(text)


@fault(
    "filter-sees-other-table",
    trips=["entra.match.other-attribute", "filtering.common.external-id"],
    source="https://gitlab.com/gitlab-org/gitlab/-/issues/263846",
    bug="BUG-279",
    severity="provisioning-blocked",
    dialects=ENTRA,
)
class _SeesOtherTable(Rules):
    """A filter on externalId finds nobody, but creating the same person is answered 409."""

    def around(self, request: Request, handle: Handle) -> Response:
        if request.method == "POST" and place_of(request) == ("Users", ""):
            external = read_object(request.body).get("externalId")
            taken = f"/Users?filter=externalId%20eq%20%22{external}%22"
            if external and fetched(request, handle, taken).get("totalResults"):
                raise ScimError(409, "User has already been taken", ScimType.UNIQUENESS)
        elif request.method == "GET" and "externalid eq" in unquote_plus(request.query).lower():
            parts = ("filter=id%20eq%20%22%22" if part.startswith("filter=") else part for part in _query(request))
            request = replace(request, target=f"{request.path}?{'&'.join(parts)}")
        return super().around(request, handle)


def _query(request: Request) -> list[str]:
    return request.query.split("&")


@fault(
    "filter-counts-case",
    trips=["entra.match.case", "filtering.case.user-name-value"],
    source="https://github.com/simpleidserver/SimpleIdServer/issues/489",
    bug="BUG-242",
    severity="data-loss",
    dialects=ENTRA,
)
class _FilterCountsCase(Rules):
    """A filter on userName or displayName compares letter by letter, although case does not count there."""

    def fold_for(self, attribute: Attribute, text: str) -> str:
        return text


@fault(
    "user-agent-required",
    trips=["entra.connection"],
    source="https://github.com/kortix-ai/suna/pull/7297",
    bug="BUG-078",
    severity="provisioning-blocked",
    dialects=ENTRA,
)
class _UserAgentRequired(Rules):
    """A request without User-Agent, which is how Entra sends them, meets a firewall's 403 in HTML."""

    def around(self, request: Request, handle: Handle) -> Response:
        if not request.header("User-Agent"):
            return page(403, "<html><body><h1>403 Forbidden</h1></body></html>")
        return super().around(request, handle)


@fault(
    "accept-exactly-scim",
    trips=["entra.connection", "errors.accept.none"],
    source=["https://github.com/pond/scimitar/issues/20", "https://github.com/wso2/product-is/issues/3374"],
    bug="BUG-127",
    severity="provisioning-blocked",
    dialects=ENTRA,
)
class _AcceptExactlyScim(Rules):
    """A request whose Accept is missing or anything but application/scim+json is answered 406."""

    def around(self, request: Request, handle: Handle) -> Response:
        if request.header("Accept") != "application/scim+json":
            raise ScimError(406, "Only application/scim+json type is accepted.")
        return super().around(request, handle)


@fault(
    "answers-plain-json",
    trips=["entra.connection", "errors.accept.none"],
    source=["https://github.com/pond/scimitar/issues/59", "https://github.com/msaad00/agent-bom/pull/3540"],
    bug="BUG-125",
    dialects=ENTRA,
)
class _AnswersPlainJson(Rules):
    """Answers are application/json although the client asked for application/scim+json."""

    def content_type(self) -> str:
        return "application/json"


@fault(
    "discovery-missing",
    trips=["discovery.config.served", "discovery.schemas.served", "entra.gallery.discovery"],
    source=["https://github.com/growthbook/growthbook/pull/5258", "https://github.com/Infisical/infisical/issues/6552"],
    bug="BUG-119",
    severity="provisioning-blocked",
    dialects=ENTRA,
)
class _DiscoveryMissing(Rules):
    """There is nothing at ServiceProviderConfig, Schemas and ResourceTypes."""

    def around(self, request: Request, handle: Handle) -> Response:
        if place_of(request)[0] in _DISCOVERY:
            raise self.unknown_endpoint(request.path)
        return super().around(request, handle)


@fault(
    "schema-with-strange-part",
    trips=["discovery.schemas.as-the-rfc"],
    source="https://github.com/sourcegraph/sourcegraph-public-snapshot/issues/62185",
    bug="BUG-304",
    severity="provisioning-blocked",
    dialects=ENTRA,
)
class _SchemaWithStrangePart(Rules):
    """The published core schema gives emails a sub-attribute that the RFC does not have."""

    def schemas_listed(self, schemas: list[JsonObject]) -> list[JsonObject]:
        return [_with_strange_part(schema) for schema in super().schemas_listed(schemas)]


def _with_strange_part(schema: JsonObject) -> JsonObject:
    attributes: list[Json] = []
    for attribute in cast("list[JsonObject]", schema["attributes"]):
        if attribute["name"] == "emails":
            parts = cast("list[JsonObject]", attribute["subAttributes"])
            attributes.append({**attribute, "subAttributes": [*parts, {**parts[0], "name": "verified"}]})
        else:
            attributes.append(attribute)
    return {**schema, "attributes": attributes}


@fault(
    "excluding-drops-extensions",
    trips=["projection.excluded.get"],
    source="https://github.com/scimmyjs/scimmy/issues/37",
    bug="BUG-171",
    dialects=ENTRA,
)
class _ExcludingDropsExtensions(Rules):
    """Whatever excludedAttributes names, the extensions are missing from the answer."""

    def around(self, request: Request, handle: Handle) -> Response:
        answer = super().around(request, handle)
        if "excludedattributes=" not in request.query.lower():
            return answer
        return each_resource(
            answer, lambda resource: {name: value for name, value in resource.items() if not name.startswith("urn:")}
        )


@fault(
    "external-id-dropped",
    trips=["entra.provision.values"],
    source="https://github.com/langwatch/tasks/issues/617",
    bug="BUG-184",
    severity="provisioning-blocked",
    dialects=ENTRA,
)
class _ExternalIdDropped(Rules):
    """The externalId of a user is taken, but neither kept nor answered."""

    def external_id_in(self, resource: JsonObject) -> JsonObject:
        resource = super().external_id_in(resource)
        if "userName" not in resource:
            return resource
        return {name: value for name, value in resource.items() if name != "externalId"}

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        if kind == "User" and (operation.path or "").lower() == "externalid":
            return None
        return super().operation_taken(kind, resource, operation)


@fault(
    "delete-needs-body",
    trips=["entra.delete", "users.delete.status"],
    source="https://github.com/jelhub/scimgateway/issues/122",
    bug="BUG-223",
    severity="provisioning-blocked",
    dialects=ENTRA,
)
class _DeleteNeedsBody(Rules):
    """A DELETE, which has no body, is answered 500 because the handler expects one."""

    def around(self, request: Request, handle: Handle) -> Response:
        if request.method == "DELETE" and not request.body:
            raise ScimError(500, "invalid attribute type name")
        return super().around(request, handle)
