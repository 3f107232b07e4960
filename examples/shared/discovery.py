"""What the endpoint says of itself: ServiceProviderConfig, ResourceTypes and Schemas (RFC 7643 sections 5 to 7)."""

from __future__ import annotations

from typing import Any

from scim import CORE, ENTERPRISE, GROUP, LIST, USER

TEXT = {
    "type": "string",
    "multiValued": False,
    "required": False,
    "caseExact": False,
    "mutability": "readWrite",
    "returned": "default",
    "uniqueness": "none",
}


def attribute(name: str, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = {"name": name, "description": name, **TEXT, **more}
    if parts:
        made |= {"type": "complex", "subAttributes": list(parts)}
    if made["type"] in ("complex", "boolean"):
        made.pop("caseExact")
    return made


def many(name: str) -> dict[str, Any]:
    return attribute(
        name, attribute("value"), attribute("type"), attribute("primary", type="boolean"), multiValued=True
    )


REFERENCE = {"type": "reference", "caseExact": True}
SCHEMAS = {
    USER: (
        "User",
        [
            attribute("userName", required=True, uniqueness="server"),
            attribute("name", *(attribute(each) for each in ("formatted", "familyName", "givenName"))),
            attribute("displayName"),
            attribute("title"),
            attribute("active", type="boolean"),
            many("emails"),
            many("phoneNumbers"),
            attribute(
                "groups",
                attribute("value", mutability="readOnly"),
                attribute("$ref", mutability="readOnly", referenceTypes=["Group"], **REFERENCE),
                attribute("display", mutability="readOnly"),
                attribute("type", mutability="readOnly"),
                multiValued=True,
                mutability="readOnly",
            ),
        ],
    ),
    GROUP: (
        "Group",
        [
            attribute("displayName", required=True),
            attribute(
                "members",
                attribute("value", mutability="immutable"),
                attribute("$ref", mutability="immutable", referenceTypes=["User"], **REFERENCE),
                attribute("type", mutability="immutable"),
                multiValued=True,
            ),
        ],
    ),
    ENTERPRISE: ("EnterpriseUser", [attribute("department")]),
}


def document(name: str, id: str, base: str) -> dict[str, Any] | None:  # noqa: A002  SCIM's name
    """Return a discovery document, or one entry of it; None where there is none."""
    if name == "ServiceProviderConfig" and not id:
        return config(base)
    entries = {"Schemas": schemas, "ResourceTypes": resource_types}.get(name)
    if entries is None:
        return None
    listed = entries(base)
    if id:
        return next((each for each in listed if each["id"] == id), None)
    return {
        "schemas": [LIST],
        "totalResults": len(listed),
        "startIndex": 1,
        "itemsPerPage": len(listed),
        "Resources": listed,
    }


def config(base: str) -> dict[str, Any]:
    off = {"supported": False}
    return {
        "schemas": [f"{CORE}:ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": 100},
        "changePassword": off,
        "sort": off,
        "etag": off,
        "authenticationSchemes": [
            {"type": "oauthbearertoken", "name": "Bearer token", "description": "A long-lived token"}
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base}/ServiceProviderConfig"},
    }


def schemas(base: str) -> list[dict[str, Any]]:
    return [
        {
            "schemas": [f"{CORE}:Schema"],
            "id": urn,
            "name": name,
            "description": name,
            "attributes": attributes,
            "meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{urn}"},
        }
        for urn, (name, attributes) in SCHEMAS.items()
    ]


def resource_types(base: str) -> list[dict[str, Any]]:
    return [
        {
            "schemas": [f"{CORE}:ResourceType"],
            "id": name,
            "name": name,
            "description": name,
            "endpoint": f"/{name}s",
            "schema": urn,
            "schemaExtensions": [{"schema": ENTERPRISE, "required": False}] if urn == USER else [],
            "meta": {"resourceType": "ResourceType", "location": f"{base}/ResourceTypes/{name}"},
        }
        for name, urn in (("User", USER), ("Group", GROUP))
    ]
