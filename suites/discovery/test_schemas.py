"""How schemas are listed and fetched (RFC 7644 section 4, RFC 7643 section 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import Blocked, NotApplicable, canonical, check, find, is_unassigned

if TYPE_CHECKING:
    from scimulator.kit import Answer, JsonObject, Resources, Session

_PATH = "/Schemas"
_URN = "urn:ietf:params:scim:schemas:core:2.0:Schema"
_REGISTERED = {
    f"urn:ietf:params:scim:schemas:core:2.0:{name}".lower()
    for name in (
        "User", "Group", "ServiceProviderConfig", "ResourceType", "Schema", "Device", "EndpointApp", "Agent",
        "AgenticApplication", "Role", "Entitlement",
    )
}  # fmt: skip
"""Names that RFCs or drafts of the SCIM working group use."""
_AT_MOST = 20


def _schemas(scim: Session) -> tuple[Answer, list[JsonObject]]:
    answer = scim.document(_PATH)
    found = find(answer.body, "Resources")
    schemas = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    if answer.status_code != 200 or not schemas:
        raise Blocked("discovery.schemas.served", f"GET {_PATH} was answered {answer.status_code}")
    return answer, schemas


@check("discovery.schemas.served", "RFC7644-4-03", "RFC7644-4-26", writes=False)
def test_schemas_are_listed(scim: Session) -> None:
    """The schemas endpoint lists all schemas in a ListResponse."""
    answer = scim.document(_PATH)
    found = answer.resources()
    answer.require(found, "the list of schemas is empty", kind="empty", at="Resources")
    total = answer.at("totalResults")
    answer.require(
        total == len(found), f"totalResults is {total!r} beside {len(found)} schemas", kind="total", at="totalResults",
        wanted=len(found), got=total,
    )  # fmt: skip


@check("discovery.schemas.single", "RFC7644-4-04", "RFC7644-4-05", writes=False)
def test_each_schema_can_be_fetched(scim: Session) -> None:
    """Each listed schema can be fetched alone under its URN, and reads as it does in the list."""
    _, schemas = _schemas(scim)
    for schema in schemas[:_AT_MOST]:
        urn = str(schema.get("id"))
        answer = scim.request("GET", f"{_PATH}/{urn}")
        answer.require(
            answer.status_code == 200 and str(answer.body.get("id")).lower() == urn.lower(),
            f"GET {_PATH}/{urn} was answered {answer.status_code} with id {answer.body.get('id')!r}",
            kind="not-fetched", got=urn,
        )  # fmt: skip
        answer.require(
            canonical(answer.body.get("attributes")) == canonical(schema.get("attributes")),
            f"the attributes of {urn} differ between the list and the schema alone", kind="differs", at="attributes",
            got=urn, per="RFC7644-4-05",
        )  # fmt: skip


@check("discovery.schemas.encoded-urn", "RFC7644-4-04", writes=False)
def test_an_encoded_urn_leads_to_the_schema(scim: Session) -> None:
    """A schema is found under its URN with encoded colons too, as many HTTP clients send it."""
    _, schemas = _schemas(scim)
    urn = str(schemas[0].get("id"))
    answer = scim.request("GET", f"{_PATH}/{urn.replace(':', '%3A')}")
    answer.require(
        answer.status_code == 200, f"the schema with encoded colons was answered {answer.status_code}", kind="encoded",
        got=answer.status_code, soft=True,
    )  # fmt: skip


@check("discovery.schemas.unknown", "RFC7644-4-06", writes=False)
def test_an_unknown_schema_is_not_found(scim: Session) -> None:
    """A schema that does not exist is refused, preferably with 404."""
    _schemas(scim)
    scim.request("GET", f"{_PATH}/urn:example:scimulator:none").refused(404)


@check("discovery.schemas.structure", "RFC7643-7-02", "RFC7643-7-05", "RFC7643-7-01", "RFC7643-7-03", "RFC7643-7-04",
       writes=False)  # fmt: skip
def test_schemas_are_complete(scim: Session) -> None:
    """Every schema has its URN as id and its attributes in an array; it should have a name and a description."""
    answer, schemas = _schemas(scim)
    for schema in schemas:
        urn = schema.get("id")
        answer.require(isinstance(urn, str) and urn, f"a schema's id is {urn!r}", kind="id", at="id", got=urn)
        answer.require(
            isinstance(schema.get("attributes"), list), f"the attributes of {urn} are no array", kind="type",
            at="attributes", per="RFC7643-7-05",
        )  # fmt: skip
        listed = schema.get("schemas")
        answer.require(
            isinstance(listed, list) and _URN.lower() in {str(each).lower() for each in listed},
            f"the schemas of {urn} are {listed!r}", kind="schemas", at="schemas", per="RFC7643-7-01",
        )  # fmt: skip
        for name, per in (("name", "RFC7643-7-03"), ("description", "RFC7643-7-04")):
            answer.require(schema.get(name), f"the schema {urn} has no {name}", kind="missing", at=name, per=per)


@check("discovery.schemas.complete", "RFC7643-7-23")
def test_schemas_in_use_are_published(users: Resources, groups: Resources, scim: Session) -> None:
    """Every schema that users and groups use can be found among the schemas."""
    answer, schemas = _schemas(scim)
    published = {str(schema.get("id")).lower() for schema in schemas}
    used = [users.sample().read().get("schemas")]
    if scim.discovery.group_endpoint is not None:
        try:
            used.append(groups.sample().read().get("schemas"))
        except Blocked:
            scim.judge.note("no group could be made, so only a user was looked at")
    for listed in used:
        for urn in listed if isinstance(listed, list) else []:
            answer.require(
                str(urn).lower() in published, f"resources use {urn}, which is not among the schemas",
                kind="not-published", at="schemas", got=urn,
            )  # fmt: skip


@check("discovery.schemas.no-messages", "RFC7644-3.1-03", writes=False)
def test_messages_are_no_schemas(scim: Session) -> None:
    """Messages of the protocol are not listed among the schemas."""
    answer, schemas = _schemas(scim)
    messages = [str(schema.get("id")) for schema in schemas if ":scim:api:" in str(schema.get("id")).lower()]
    answer.require(not messages, f"messages are listed as schemas: {messages}", kind="messages", at="id")


@check("discovery.schemas.urn-space", "RFC7643-10.2.1-01", writes=False)
def test_own_schemas_have_own_urns(scim: Session) -> None:
    """Schemas of a vendor's own stay out of the URN space of SCIM itself."""
    answer, schemas = _schemas(scim)
    for schema in schemas:
        urn = str(schema.get("id")).lower()
        answer.require(
            not urn.startswith("urn:ietf:params:scim:schemas:core:") or urn in _REGISTERED,
            f"{schema.get('id')} is not registered", kind="unregistered", at="id", got=schema.get("id"),
        )  # fmt: skip


@check("discovery.schemas.extension-names", "RFC7643-3.3-05", writes=False)
def test_extensions_do_not_repeat_the_core(scim: Session) -> None:
    """Extensions of users do not redefine attributes of the core."""
    answer, _ = _schemas(scim)
    core = _names(scim, "urn:ietf:params:scim:schemas:core:2.0:user")
    urns = [
        str(urn)
        for kind in scim.discovery.resource_types()
        if kind.get("name") == "User"
        for urn in _list(find(kind, "schemaExtensions[*].schema"))
    ]
    if not urns:
        raise NotApplicable("the User resource type has no extensions")
    for urn in urns:
        shared = sorted(core & _names(scim, urn.lower()) - {"id", "externalid", "meta", "schemas"})
        answer.require(
            not shared, f"{urn} defines {shared}, which the User schema has", kind="redefined", at="attributes"
        )


def _names(scim: Session, urn: str) -> set[str]:
    found = find(scim.discovery.schemas().get(urn, {}), "attributes[*].name")
    return {str(name).lower() for name in _list(found)}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) and not is_unassigned(value) else []
