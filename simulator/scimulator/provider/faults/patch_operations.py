"""Faults of PATCH as a message: which operations, shapes and values a server takes, skips or refuses."""

# ruff: noqa: ARG002  # an override takes what its rule takes

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scimulator.provider.errors import ScimError, ScimType, bad
from scimulator.provider.faults.messages import objects
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.patch import Operation
    from scimulator.provider.quirks import Quirks

ENTRA = ("entra.legacy", "entra.optscim")


@fault(
    "user-patch-add-refused",
    trips=["entra.update.address", "patch.add.creates"],
    source=["https://github.com/getsentry/self-hosted/issues/3573", "https://github.com/getsentry/sentry/issues/84941"],
    bug="BUG-073",
    severity="provisioning-blocked",
    dialects=ENTRA,
)
class _AddRefused(Rules):
    """PATCH of a user knows replace only and refuses every add."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        if kind == "User" and operation.name == "add":
            raise bad(ScimType.INVALID_SYNTAX, '"add" is not a valid choice.')
        return super().operation_taken(kind, resource, operation)


@fault(
    "patch-text-value-refused",
    trips=["entra.update.attribute", "patch.replace.simple"],
    source=[
        "https://github.com/getsentry/sentry/issues/79354",
        "https://github.com/MicrosoftDocs/azure-docs/issues/42220",
    ],
    bug="BUG-074",
    also=["BUG-115"],
    severity="provisioning-blocked",
    dialects=ENTRA,
)
class _TextValueRefused(Rules):
    """PATCH takes booleans, objects and lists of objects as value and refuses plain text for any attribute."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        if operation.path is not None and isinstance(operation.value, str):
            raise bad(ScimType.INVALID_VALUE, "value must be a boolean or an object")
        return super().operation_taken(kind, resource, operation)


@fault(
    "patch-active-with-path-refused",
    trips=["patch.active.off", "entra.deactivate"],
    source="https://github.com/getsentry/sentry/pull/27199",
    bug="BUG-199",
    severity="provisioning-blocked",
)
class _ActiveWithPathRefused(Rules):
    """PATCH takes active inside an object without a path only and refuses it as a path with a value."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        if (operation.path or "").lower() == "active":
            raise bad(ScimType.INVALID_PATH, "Invalid Patch Operation.")
        return super().operation_taken(kind, resource, operation)


@fault(
    "patch-knows-replace-only",
    trips=["patch.add.creates", "patch.remove.simple", "entra.update.address"],
    source="https://github.com/open-webui/open-webui/issues/30074",
    bug="BUG-240",
)
class _KnowsReplaceOnly(Rules):
    """PATCH carries out replace and skips add and remove with success."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        return super().operation_taken(kind, resource, operation) if operation.name == "replace" else None


@fault(
    "patch-without-operations-accepted",
    trips=["patch.operations.none"],
    source="https://github.com/scimmyjs/scimmy/issues/59",
    bug="BUG-116",
    severity="cosmetic",
)
class _WithoutOperationsAccepted(Rules):
    """A PATCH without any operations is answered with success."""

    def no_operations(self, error: ScimError) -> list[Json]:
        return []


@fault(
    "patch-needs-user-name",
    trips=["patch.pathless.replace", "okta.deactivate"],
    source="https://github.com/wso2/product-is/issues/5645",
    bug="BUG-262",
    severity="provisioning-blocked",
)
class _NeedsUserName(Rules):
    """A PATCH without a path is validated like a whole user and refused where it does not repeat the userName."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        named = isinstance(operation.value, dict) and any(key.lower() == "username" for key in operation.value)
        if kind == "User" and operation.path is None and not named:
            raise bad(ScimType.INVALID_VALUE, "Required attribute userName is missing in the SCIM Object.")
        return super().operation_taken(kind, resource, operation)


@fault(
    "patch-answer-echoes-schemas",
    trips=["okta.groups.rename"],
    source="https://github.com/jelhub/scimgateway/issues/33",
    bug="BUG-053",
    dialects=("okta.template", "okta.wizard"),
)
class _AnswerEchoesSchemas(Rules):
    """The answer to a PATCH of a group names the schemas of the request, PatchOp, instead of the group's."""

    def patch_answer_resource(self, resource: JsonObject) -> JsonObject:
        resource = super().patch_answer_resource(resource)
        group = any(str(urn).endswith(":Group") for urn in _list(resource.get("schemas")))
        return {**resource, "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]} if group else resource


@fault(
    "patch-deletes-what-it-does-not-name",
    trips=["patch.replace.simple", "entra.update.attribute"],
    source=[
        "https://github.com/FusionAuth/fusionauth-issues/issues/3064",
        "https://github.com/wso2-extensions/identity-inbound-provisioning-scim2/pull/186",
    ],
    bug="BUG-093",
    severity="data-loss",
)
class _DeletesUnnamed(Rules):
    """PATCH is carried out as a replace: attributes that no operation names are deleted."""

    _SPARED = frozenset({"schemas", "id", "userName", "displayName", "active", "members", "externalId", "password"})

    def kept(self, before: JsonObject, after: JsonObject) -> JsonObject:
        after = super().kept(before, after)
        return {name: value for name, value in after.items() if name in self._SPARED or before.get(name) != value}


@fault(
    "add-makes-primary",
    trips=["patch.add.keeps-primary"],
    source="https://github.com/simstudioai/sim/pull/7567",
    bug="BUG-102",
    severity="security",
)
class _AddMakesPrimary(Rules):
    """An added e-mail address that says nothing of primary becomes the primary one, and the log-in moves to it."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        added = objects(operation.value)
        silent = added and not any("primary" in one for one in added)
        if operation.name == "add" and (operation.path or "").lower() == "emails" and silent:
            operation = replace(operation, value=[{**added[0], "primary": True}, *added[1:]])
        return super().operation_taken(kind, resource, operation)


@fault(
    "patch-writes-read-only",
    trips=["patch.read-only.meta"],
    source="https://github.com/keycloak/keycloak/issues/51155",
    bug="BUG-052",
)
class _WritesReadOnly(Rules):
    """PATCH does not look at mutability: meta.created, which is readOnly, is overwritten."""

    def __init__(self, quirks: Quirks) -> None:
        super().__init__(quirks)
        self._created = ""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        if (operation.path or "").lower() == "meta.created" and isinstance(operation.value, str):
            self._created = operation.value
            return None
        return super().operation_taken(kind, resource, operation)

    def has_changed(self, before: JsonObject, after: JsonObject) -> bool:
        return bool(self._created) or super().has_changed(before, after)

    def created_at(self, created: str, now: str) -> str:
        asked, self._created = self._created, ""
        return asked or super().created_at(created, now)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
