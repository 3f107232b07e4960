"""Faults of PATCH paths: value filters, qualified names, and what becomes of the values that they reach."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from scimulator.provider.errors import ScimError, ScimType, bad
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.patch import Operation
    from scimulator.provider.quirks import Quirks

ENTRA = ("entra.legacy", "entra.optscim")
_TEXT_FOR_BOOLEAN = re.compile(r'primary\s+eq\s+"(true|false)"', re.IGNORECASE)
_CAPITAL_PART = re.compile(r"\]\.[A-Z]")


@fault(
    "value-path-drops-the-rest",
    trips=["entra.update.address", "patch.value-path.primary-moves"],
    source="https://github.com/wso2/product-is/issues/21726",
    bug="BUG-096",
    severity="data-loss",
)
class _DropsTheRest(Rules):
    """Changing one sub-attribute through a value path drops the other sub-attributes of that value."""

    def merged_element(self, before: JsonObject, after: JsonObject) -> JsonObject:
        return {name: value for name, value in before.items() if name == "type"} | after


@fault(
    "value-path-refused",
    trips=["patch.paths.value", "entra.update.work-email"],
    source="https://github.com/Metatavu/keycloak-scim-server/issues/40",
    bug="BUG-100",
    severity="provisioning-blocked",
    dialects=ENTRA,
)
class _ValuePathRefused(Rules):
    """A path with a value filter and a sub-attribute is refused as not supported."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        if operation.path and "]." in operation.path:
            raise bad(ScimType.INVALID_PATH, f"Unsupported user path {operation.path}")
        return super().operation_taken(kind, resource, operation)


@fault(
    "value-path-first-match-only",
    trips=["patch.value-path.every-match"],
    source="https://github.com/thomaspoignant/scim-patch/issues/503",
    bug="BUG-104",
)
class _FirstMatchOnly(Rules):
    """A value filter that matches several values changes the first one only."""

    def all_selected(self, chosen: list[int]) -> list[int]:
        return super().all_selected(chosen)[:1]


@fault(
    "replace-without-match-appends",
    trips=["patch.value-path.no-match"],
    source=[
        "https://github.com/thomaspoignant/scim-patch/issues/74",
        "https://github.com/simpleidserver/SimpleIdServer/issues/58",
    ],
    bug="BUG-105",
)
class _WithoutMatchAppends(Rules):
    """A replace whose value filter matches nothing appends its value instead of failing with noTarget."""

    def __init__(self, quirks: Quirks) -> None:
        super().__init__(replace(quirks, replace_without_match="create"))


class _Adding(Rules):
    """Remembers whether the operation at hand is an add with a value filter; no fault by itself."""

    def __init__(self, quirks: Quirks) -> None:
        super().__init__(quirks)
        self.adds = False

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        self.adds = operation.name == "add" and "[" in (operation.path or "")
        return super().operation_taken(kind, resource, operation)


@fault(
    "add-to-absent-value-crashes",
    trips=["entra.update.first-email"],
    source=["https://github.com/thomaspoignant/scim-patch/issues/42", "https://github.com/scimmyjs/scimmy/issues/95"],
    bug="BUG-107",
    severity="provisioning-blocked",
    dialects=ENTRA,
)
class _AddToAbsentCrashes(_Adding):
    """An add with a value filter on an attribute without values is answered 500 instead of making the value."""

    def creates_element(self) -> bool:
        if self.adds:
            raise ScimError(500, "Cannot read properties of undefined (reading 'filter')")
        return super().creates_element()


@fault(
    "add-with-filter-always-appends",
    trips=["patch.value-path.add-to-match", "entra.update.address"],
    source="https://github.com/pingidentity/scim2/issues/213",
    bug="BUG-256",
    dialects=ENTRA,
)
class _FilterAlwaysAppends(_Adding):
    """Each add with a value filter appends a value of its own; adds to one address make several addresses."""

    def selected(self, values: Sequence[Json], chosen: list[int]) -> list[int]:
        return [] if self.adds else super().selected(values, chosen)


@fault(
    "add-with-path-replaces-values",
    trips=["patch.add.appends"],
    source="https://github.com/wso2/product-is/issues/11678",
    bug="BUG-111",
    severity="data-loss",
)
class _AddWithPathReplaces(Rules):
    """An add whose path names a multi-valued attribute replaces its values; without a path it appends."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        plain = operation.path is not None and "[" not in operation.path
        if kind == "User" and operation.name == "add" and plain and isinstance(operation.value, list):
            operation = replace(operation, name="replace")
        return super().operation_taken(kind, resource, operation)


@fault(
    "core-path-refused",
    trips=["patch.paths.core-urn", "patch.paths.core-urn-active"],
    source=["https://github.com/zulip/zulip/issues/39773", "https://github.com/TracecatHQ/tracecat/pull/3530"],
    bug="BUG-198",
    severity="security",
)
class _CorePathRefused(Rules):
    """A path that begins with the URN of the core schema is refused."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        if (operation.path or "").lower().startswith("urn:ietf:params:scim:schemas:core:"):
            raise bad(ScimType.INVALID_PATH, f"Unsupported path {operation.path}")
        return super().operation_taken(kind, resource, operation)


@fault(
    "extension-path-split-at-dot",
    trips=["entra.update.enterprise", "patch.extension.first-value"],
    source="https://github.com/thomaspoignant/scim-patch/issues/19",
    bug="BUG-114",
    dialects=ENTRA,
)
class _ExtensionPathSplit(Rules):
    """The path of an extension attribute is split at the dot of its 2.0 and refused as unknown."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        if (operation.path or "").lower().startswith("urn:ietf:params:scim:schemas:extension:"):
            first = (operation.path or "").partition(".")[0]
            raise bad(ScimType.INVALID_PATH, f"there is no attribute {first!r}")
        return super().operation_taken(kind, resource, operation)


@fault(
    "filter-boolean-as-text-refused",
    trips=["entra.roles.primary-text"],
    source="https://github.com/apache/directory-scimple/pull/1213",
    bug="BUG-231",
    severity="provisioning-blocked",
    dialects=ENTRA,
)
class _BooleanAsTextRefused(Rules):
    """A value filter that compares primary with the text True, as Entra writes it, is refused."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        if operation.path and _TEXT_FOR_BOOLEAN.search(operation.path):
            raise bad(ScimType.INVALID_FILTER, "primary is compared with a value of another type")
        return super().operation_taken(kind, resource, operation)


@fault(
    "path-case-ignored-silently",
    trips=["patch.paths.case", "entra.update.other-email"],
    source="https://github.com/langwatch/langwatch/issues/7140",
    bug="BUG-248",
    dialects=ENTRA,
)
class _PathCaseIgnored(Rules):
    """A path in another case than the schema's, or with the group's URN, is skipped with success."""

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        if _CAPITAL_PART.search(operation.path or ""):
            return None
        return super().operation_taken(kind, resource, operation)

    def knows_path(self, path: str, canonical: str) -> bool:
        return path == canonical and super().knows_path(path, canonical)

    def refuses_qualified(self, path: str) -> bool:
        return ":group:" in path.lower() or super().refuses_qualified(path)

    def unknown_path(self, error: ScimError) -> None:
        """Skip the operation."""
