"""What ResourceTypes says of the server's endpoints (RFC 7643 section 6, RFC 7644 section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from scimulator.kit import GROUP, USER, Blocked, NotApplicable, check, find, is_unassigned

if TYPE_CHECKING:
    from scimulator.kit import Answer, JsonObject, Session

_PATH = "/ResourceTypes"
_URN = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
_AT_MOST = 10


def _types(scim: Session) -> tuple[Answer, list[JsonObject]]:
    answer = scim.document(_PATH)
    found = find(answer.body, "Resources")
    types = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    if answer.status_code != 200 or not types:
        raise Blocked("discovery.resource-types.served", f"GET {_PATH} was answered {answer.status_code}")
    return answer, types[:_AT_MOST]


@check("discovery.resource-types.served", "RFC7644-4-08", "RFC7644-4-07", "RFC7644-4-26", writes=False)
def test_resource_types_are_listed(scim: Session) -> None:
    """The resource types come in a ListResponse that lists all of them and at least one."""
    answer = scim.document(_PATH)
    found = answer.resources()
    answer.require(found, "ResourceTypes lists nothing", kind="empty", at="Resources", per="RFC7644-4-07")
    total = answer.at("totalResults")
    answer.require(
        total == len(found), f"totalResults is {total!r} beside {len(found)} resource types", kind="total",
        at="totalResults", wanted=len(found), got=total,
    )  # fmt: skip


@check("discovery.resource-types.single", "RFC7644-4-09", writes=False)
def test_each_resource_type_can_be_fetched(scim: Session) -> None:
    """Each listed resource type can be fetched alone: under its location, its id or its name."""
    answer, types = _types(scim)
    base = scim.target.base_url.rstrip("/")
    for kind in types:
        location = find(kind, "meta.location")
        ways = [location[len(base) :]] if isinstance(location, str) and location.startswith(base + "/") else []
        ways += [f"{_PATH}/{quote(str(kind[name]), safe=':')}" for name in ("id", "name") if kind.get(name)]
        answers = (scim.request("GET", way) for way in dict.fromkeys(ways))
        answer.require(
            any(each.status_code == 200 and each.body.get("name") == kind.get("name") for each in answers),
            f"the resource type {kind.get('name')!r} cannot be fetched under any of {ways}",
            kind="not-fetched",
            got=kind.get("name"),
        )


@check(
    "discovery.resource-types.structure",
    "RFC7643-6-01",
    "RFC7643-6-02",
    "RFC7643-6-03",
    "RFC7643-6-04",
    "RFC7643-6-13",
    writes=False,
)
def test_resource_types_are_complete(scim: Session) -> None:
    """Every resource type declares its schema, and has a name, an endpoint and a base schema."""
    answer, types = _types(scim)
    for kind in types:
        listed = kind.get("schemas")
        answer.require(
            isinstance(listed, list) and _URN.lower() in {str(each).lower() for each in listed},
            f"the schemas of a resource type are {listed!r}", kind="schemas", at="schemas", got=listed,
        )  # fmt: skip
        for name, per in (("name", "RFC7643-6-02"), ("endpoint", "RFC7643-6-03"), ("schema", "RFC7643-6-04")):
            answer.require(
                isinstance(kind.get(name), str) and kind.get(name), f"a resource type has no {name}", kind="missing",
                at=name, per=per,
            )  # fmt: skip
        for urn, owed in ((USER, "User"), (GROUP, "Group")):
            answer.require(
                str(kind.get("schema")).lower() != urn.lower() or kind.get("name") == owed,
                f"the resource type of {urn} is called {kind.get('name')!r}", kind="name", at="name", wanted=owed,
                got=kind.get("name"), per="RFC7643-6-02", soft=kind.get("endpoint") not in ("/Users", "/Groups"),
            )  # fmt: skip
        answer.require(
            kind.get("description"), f"the resource type {kind.get('name')!r} has no description", kind="missing",
            at="description", per="RFC7643-6-13",
        )  # fmt: skip


@check("discovery.resource-types.extensions", "RFC7643-6-08", "RFC7643-6-07", writes=False)
def test_extensions_are_described(scim: Session) -> None:
    """The extensions of a resource type are an array, each with its URN and whether it is required."""
    answer, types = _types(scim)
    seen = 0
    for kind in types:
        found = kind.get("schemaExtensions")
        if is_unassigned(found):
            continue
        seen += 1
        answer.require(isinstance(found, list), "schemaExtensions is no array", kind="type", at="schemaExtensions")
        for each in found if isinstance(found, list) else []:
            urn, required = find(each, "schema"), find(each, "required")
            answer.require(
                isinstance(urn, str) and urn and isinstance(required, bool),
                f"an extension of {kind.get('name')!r} has schema {urn!r} and required {required!r}",
                kind="incomplete", at="schemaExtensions", per="RFC7643-6-07",
            )  # fmt: skip
    if not seen:
        raise NotApplicable("no resource type has an extension")


@check("discovery.resource-types.unique", "RFC7643-6-11", "RFC7643-6-12", writes=False)
def test_resource_types_are_distinct(scim: Session) -> None:
    """No two resource types share a name, and none an endpoint."""
    answer, types = _types(scim)
    for name, per in (("name", "RFC7643-6-11"), ("endpoint", "RFC7643-6-12")):
        values = [str(kind.get(name)).strip("/") for kind in types]
        answer.require(len(set(values)) == len(values), f"resource types share a {name}: {values}", kind="twice",
                       at=name, per=per)  # fmt: skip


@check("discovery.resource-types.endpoints", "RFC7644-4-18", "RFC7643-6-03", writes=False)
def test_advertised_endpoints_exist(scim: Session) -> None:
    """The endpoint of every advertised type exists."""
    _, types = _types(scim)
    for kind in types:
        endpoint = kind.get("endpoint")
        if not isinstance(endpoint, str) or not endpoint:
            continue
        if "://" in endpoint:
            scim.judge.require(
                condition=False, message=f"the endpoint {endpoint!r} is no path below the base URL", kind="absolute",
                at="endpoint", got=endpoint, per="RFC7643-6-03", soft=True,
            )  # fmt: skip
            continue
        answer = scim.request("GET", f"/{endpoint.strip('/')}?count=1")
        answer.require(
            answer.status_code != 404 and (answer.status_code < 500 or answer.status_code == 501),
            f"the advertised endpoint {endpoint} was answered {answer.status_code}", kind="no-endpoint",
            got=answer.status_code,
        )  # fmt: skip
        answer.require(
            answer.status_code not in (403, 405), f"the advertised endpoint {endpoint} cannot be listed", kind="closed",
            got=answer.status_code, soft=True,
        )  # fmt: skip


@check("discovery.resource-types.schemas-published", "RFC7644-4-19", "RFC7643-6-05", "RFC7643-6-06", writes=False)
def test_schemas_of_resource_types_are_published(scim: Session) -> None:
    """The base schema and every extension of a resource type can be fetched from the schemas endpoint."""
    _, types = _types(scim)
    if not scim.discovery.schemas():
        raise Blocked("discovery.schemas.served", "GET /Schemas gave no schemas")
    wanted: dict[str, str] = {}
    for kind in types:
        if isinstance(kind.get("schema"), str):
            wanted.setdefault(str(kind["schema"]), "RFC7643-6-05")
        extensions = find(kind, "schemaExtensions[*].schema")
        for urn in extensions if isinstance(extensions, list) else []:
            wanted.setdefault(str(urn), "RFC7643-6-06")
    for urn, per in wanted.items():
        answer = scim.request("GET", f"/Schemas/{urn}")
        answer.require(
            answer.status_code == 200 and str(answer.body.get("id")).lower() == urn.lower(),
            f"the schema {urn} of a resource type was answered {answer.status_code} with id {answer.body.get('id')!r}",
            kind="not-published", got=urn, per=per,
        )  # fmt: skip


@check("discovery.resource-types.advertised", "RFC7643-6-16", "RFC7643-6-17", writes=False)
def test_what_is_served_is_advertised(scim: Session) -> None:
    """A server that serves users or groups advertises them as resource types."""
    _, types = _types(scim)
    endpoints = {str(kind.get("endpoint")).rstrip("/").rpartition("/")[2].lower() for kind in types}
    for name, per in (("Users", "RFC7643-6-16"), ("Groups", "RFC7643-6-17")):
        if name.lower() in endpoints:
            continue
        answer = scim.request("GET", f"/{name}?count=1")
        answer.require(
            answer.status_code != 200, f"/{name} is served but no resource type has that endpoint", kind="hidden",
            at="endpoint", per=per,
        )  # fmt: skip


@check("discovery.resource-types.unknown", "RFC7644-4-10", writes=False)
def test_an_unknown_resource_type_is_not_found(scim: Session) -> None:
    """A resource type that does not exist is refused, preferably with 404."""
    _types(scim)
    scim.request("GET", f"{_PATH}/NoSuchTypeOfScimulator").refused(404)


@check("discovery.resource-types.meta", "RFC7643-6-18", writes=False)
def test_the_meta_of_a_resource_type_leads_to_it(scim: Session) -> None:
    """The meta of a resource type names its type and its own URI."""
    answer, types = _types(scim)
    for kind in types:
        owed = {"resourceType": find(kind, "meta.resourceType") == "ResourceType",
                "location": "/ResourceTypes/" in str(find(kind, "meta.location"))}  # fmt: skip
        for name, holds in owed.items():
            answer.require(
                holds, f"meta.{name} of the resource type {kind.get('name')!r} is {_shown(kind, name)}",
                kind="meta", at=f"meta.{name}",
            )  # fmt: skip


def _shown(kind: JsonObject, name: str) -> str:
    """Return a part of meta as it is shown to a person."""
    found = find(kind, f"meta.{name}")
    return repr(found) if isinstance(found, str) else "missing"
