"""Faults in the shapes that Entra sends: capital letters, text for objects, flat keys, roles as JSON text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scimulator.provider.errors import ScimError, ScimType, bad
from scimulator.provider.faults.messages import operations_in, place_of
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.message import Request, Response
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.faults.messages import Handle
    from scimulator.provider.patch import Operation
    from scimulator.provider.quirks import Quirks

ENTRA = ("entra.legacy", "entra.optscim")


@fault(
    "manager-text-refused",
    trips=["entra.manager"],
    source="https://github.com/apache/directory-scimple/pull/1244",
    bug="BUG-082",
    severity="provisioning-blocked",
    dialects=ENTRA,
)
class _ManagerTextRefused(Rules):
    """A manager that comes as a plain id, as Entra sends it, is refused because an object is due."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        given = operation.value if isinstance(operation.value, dict) else {operation.path or "": operation.value}
        if any(key.lower().endswith(":manager") and isinstance(value, str) for key, value in given.items()):
            raise bad(ScimType.INVALID_VALUE, "Cannot construct instance of `Manager` from String value")
        return super().operation_taken(kind, resource, operation)


@fault(
    "capital-op-crashes",
    trips=["entra.groups.add-member", "entra.groups.remove-one"],
    source="https://github.com/BerriAI/litellm/issues/11555",
    bug="BUG-085",
    severity="provisioning-blocked",
    dialects=("entra.legacy",),
)
class _CapitalOpCrashes(Rules):
    """An operation on members whose name begins with a capital letter is answered 500."""

    def around(self, request: Request, handle: Handle) -> Response:
        if place_of(request)[0] == "Groups":
            for operation in operations_in(request):
                name = str(operation.get("op"))
                if name != name.lower() and str(operation.get("path")).startswith("members"):
                    raise ScimError(500, f"Error patching group: unsupported operation {name}")
        return super().around(request, handle)


@fault(
    "dotted-keys-ignored",
    trips=["entra.update.name"],
    source=[
        "https://github.com/pond/scimitar/issues/123",
        "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/267",
        "https://github.com/Captain-P-Goldfish/scim-for-keycloak/issues/26",
    ],
    bug="BUG-112",
    dialects=("entra.optscim",),
)
class _DottedKeysIgnored(Rules):
    """Keys such as name.givenName in a value without a path are skipped with success."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        taken = _without_keys(operation, lambda key: "." in key and not key.lower().startswith("urn:"))
        return super().operation_taken(kind, resource, taken)


@fault(
    "qualified-keys-ignored",
    trips=["entra.update.enterprise"],
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/193",
    bug="BUG-252",
    dialects=("entra.optscim",),
)
class _QualifiedKeysIgnored(Rules):
    """Keys with the whole name of an extension attribute in a value without a path are skipped with success."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        taken = _without_keys(operation, lambda key: key.lower().startswith("urn:") and not key.endswith(":User"))
        return super().operation_taken(kind, resource, taken)


@fault(
    "json-text-stored",
    trips=["entra.roles.json-text"],
    source="https://github.com/MicrosoftDocs/azure-docs/issues/50772",
    bug="BUG-319",
    dialects=("entra.legacy",),
)
class _JsonTextStored(Rules):
    """A role that comes as JSON inside a text is stored under the name of that text."""

    def __init__(self, quirks: Quirks) -> None:
        super().__init__(replace(quirks, json_text_values="refuse", bare_string_for_complex="accept"))


@fault(
    "roles-compared-whole",
    trips=["entra.roles.json-text"],
    source=[
        "https://github.com/MicrosoftDocs/entra-docs/issues/215",
        "https://github.com/MicrosoftDocs/azure-docs/issues/50772",
    ],
    bug="BUG-318",
    dialects=ENTRA,
)
class _RolesComparedWhole(Rules):
    """Values are the same only when all their sub-attributes are, so that a role is appended a second time."""

    def not_yet_there(self, before: list[Json], added: list[Json]) -> list[Json]:
        return [value for value in added if value not in before]


@fault(
    "extension-stored-as-debug-text",
    trips=["patch.extension.pathless-add", "entra.update.enterprise"],
    source="https://github.com/wso2/product-is/issues/3826",
    bug="BUG-266",
    severity="data-loss",
)
class _DebugTextStored(Rules):
    """PATCH of an extension stores how the program prints an object instead of the value."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        if (operation.path or "").lower().startswith("urn:") and isinstance(operation.value, str):
            operation = replace(operation, value=_debug_text(operation.value))
        elif operation.path is None and isinstance(operation.value, dict):
            spoilt = {
                key: _debug_text(value) if key.lower().startswith("urn:") else value
                for key, value in operation.value.items()
            }
            operation = replace(operation, value=spoilt)
        return super().operation_taken(kind, resource, operation)


def _debug_text(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _debug_text(part) for key, part in value.items()}
    return "org.wso2.charon3.core.attributes.SimpleAttribute@3fcc28bd" if isinstance(value, str) else value


def _without_keys(operation: Operation, skip: Callable[[str], bool]) -> Operation:
    """Return an operation without a path with some keys of its value left out."""
    if operation.path is not None or not isinstance(operation.value, dict):
        return operation
    return replace(operation, value={key: part for key, part in operation.value.items() if not skip(key)})
