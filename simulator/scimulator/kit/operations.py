"""PATCH operations and bodies as a check writes them (RFC 7644 section 3.5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


class _Omitted:
    """Marks a value that is not sent at all."""


OMITTED = _Omitted()


def operation(op: str, path: str | None = None, value: Json | _Omitted = OMITTED) -> JsonObject:
    """Return one operation with exactly the members given, ``op`` as spelled."""
    made: JsonObject = {"op": op}
    if path is not None:
        made["path"] = path
    if not isinstance(value, _Omitted):
        made["value"] = value
    return made


def add(path: str | None, value: Json) -> JsonObject:
    """Return an add operation (RFC 7644 section 3.5.2.1); without a path, ``value`` is a partial resource."""
    return operation("add", path, value)


def replace(path: str | None, value: Json) -> JsonObject:
    """Return a replace operation (RFC 7644 section 3.5.2.3); without a path, ``value`` is a partial resource."""
    return operation("replace", path, value)


def remove(path: str | None, value: Json | _Omitted = OMITTED) -> JsonObject:
    """Return a remove operation (RFC 7644 section 3.5.2.2); ``value`` is a habit of some clients."""
    return operation("remove", path, value)


def patch_body(*operations: JsonObject) -> JsonObject:
    """Return a PatchOp message."""
    return {"schemas": [PATCH_OP], "Operations": list(operations)}
