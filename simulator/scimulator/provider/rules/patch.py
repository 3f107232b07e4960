"""Rules of PATCH (RFC 7644 3.5.2)."""

# ruff: noqa: ARG002  # a rule takes what a fault in its place may want to know

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scimulator.catalogue.faults import Severity
from scimulator.provider.errors import ScimError, ScimType, bad
from scimulator.provider.rules.kit import rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.patch import Operation
    from scimulator.provider.quirks import Quirks
    from scimulator.provider.schema import Attribute

PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_NAMES = {"add", "remove", "replace"}


class PatchRules:
    """What the operations of a PATCH do."""

    quirks: Quirks

    # the message -------------------------------------------------------------------------------------------------

    @rule("patch-there", off=lambda _self: False)
    def does_patch(self) -> bool:
        """A provider that announces PATCH has it (RFC 7644 3.5.2, RFC 7643 5)."""
        return True

    @rule("patch-schemas-checked", off=lambda _self, _schemas: True)
    def patch_schemas_right(self, schemas: Json) -> bool:
        """A PATCH body names the PatchOp schema (RFC 7644 3.5.2)."""
        if schemas is None:
            return self.quirks.missing_schemas == "accept"
        return isinstance(schemas, list) and PATCH_SCHEMA in schemas

    @rule("patch-operations-required", off=lambda _self, _error: [])
    def no_operations(self, error: ScimError) -> list[Json]:
        """A PATCH without operations is refused (RFC 7644 3.5.2)."""
        raise error

    @rule("patch-all-operations", off=lambda _self, operations: operations[:1], severity=Severity.DATA_LOSS)
    def operations_of(self, operations: list[Operation]) -> list[Operation]:
        """Every operation is applied (RFC 7644 3.5.2)."""
        return operations

    @rule("patch-in-order", off=lambda _self, operations: operations[::-1])
    def order_of(self, operations: list[Operation]) -> list[Operation]:
        """Operations are applied in the order in which they stand (RFC 7644 3.5.2)."""
        return operations

    @rule("patch-atomic", off=lambda _self: False, severity=Severity.DATA_LOSS)
    def patch_is_atomic(self) -> bool:
        """One operation that fails undoes the others (RFC 7644 3.5.2)."""
        return True

    def operation_name(self, name: str) -> str:
        """Return the operation's name as the RFC spells it; other cases of it only where the quirk allows them."""
        return name.lower() if self.quirks.operation_case == "any" else name

    @rule("patch-operation-known", off=lambda _self, name: "" if name not in _NAMES else name)
    def known_operation(self, name: str) -> str:
        """An operation other than add, remove and replace is refused (RFC 7644 3.5.2)."""
        if name not in _NAMES:
            raise bad(ScimType.INVALID_SYNTAX, f"op is add, remove or replace, not {name!r}")
        return name

    @rule("patch-path-less", off=lambda _self: True, severity=Severity.SECURITY)
    def ignores_path_less(self) -> bool:
        """Without a path the value holds the attributes themselves (RFC 7644 3.5.2.1, 3.5.2.3)."""
        return False

    @rule("patch-remove-needs-path", off=lambda _self: None)
    def remove_without_path(self) -> None:
        """A remove without a path fails with noTarget (RFC 7644 3.5.2.2)."""
        raise bad(ScimType.NO_TARGET, "a remove operation needs a path")

    @rule("patch-value-required", off=lambda _self, _name: None)
    def missing_value(self, name: str) -> None:
        """An add or replace without a value is refused (RFC 7644 3.5.2.1)."""
        raise bad(ScimType.INVALID_VALUE, f"operation {name} needs a value")

    def operation_taken(self, kind: str, resource: JsonObject, operation: Operation) -> Operation | None:
        """Return the operation as it is applied to a resource of type ``kind``; None leaves it out.

        ``resource`` has the attributes as the operation finds them. A server that cannot do it raises ScimError.
        """
        return operation

    # the target --------------------------------------------------------------------------------------------------

    @rule("patch-path-any-case", off=lambda _self, path, canonical: path == canonical, severity=Severity.DATA_LOSS)
    def knows_path(self, path: str, canonical: str) -> bool:
        """Names in a path are the same in any case (RFC 7643 2.1)."""
        return True

    @rule("patch-qualified-path", off=lambda _self, path: path.lower().startswith("urn:"))
    def refuses_qualified(self, path: str) -> bool:
        """A path may begin with the URN of its schema (RFC 7644 3.10)."""
        return False

    @rule("patch-unknown-path", off=lambda _self, _error: None)
    def unknown_path(self, error: ScimError) -> None:
        """A path to an attribute that does not exist is refused (RFC 7644 table 9)."""
        raise error

    @rule("patch-malformed-path", off=lambda _self, _error: None)
    def malformed_path(self, error: ScimError) -> None:
        """A path that cannot be read is refused (RFC 7644 table 9)."""
        raise error

    @rule("patch-read-only-refused", off=lambda _self, _attribute: None)
    def touches_read_only(self, attribute: Attribute) -> None:
        """A path to a readOnly attribute is refused (RFC 7644 3.5.2)."""
        raise bad(ScimType.MUTABILITY, f"{attribute.path} is readOnly")

    @rule("patch-immutable-refused", off=lambda _self, _attribute: None)
    def touches_immutable(self, attribute: Attribute) -> None:
        """An immutable value that is set is not changed (RFC 7644 3.5.2)."""
        raise bad(ScimType.MUTABILITY, f"{attribute.path} is immutable")

    @rule("patch-required-kept", off=lambda _self, _attribute: None, severity=Severity.DATA_LOSS)
    def unassigns_required(self, attribute: Attribute) -> None:
        """A required attribute cannot be removed (RFC 7644 3.5.2.2)."""
        raise bad(ScimType.MUTABILITY, f"{attribute.path} is required and cannot be removed")

    # single values -----------------------------------------------------------------------------------------------

    @rule("patch-set", off=lambda _self, _name: False, severity=Severity.DATA_LOSS)
    def sets_single(self, name: str) -> bool:
        """Add and replace set a single-valued attribute (RFC 7644 3.5.2.1, 3.5.2.3)."""
        return True

    @rule("patch-remove", off=lambda _self: False, severity=Severity.DATA_LOSS)
    def removes_single(self) -> bool:
        """A remove unassigns a single-valued attribute (RFC 7644 3.5.2.2)."""
        return True

    @rule(
        "deactivate",
        off=lambda _self, attribute, value: True if attribute.name == "active" else value,
        severity=Severity.SECURITY,
    )
    def boolean_patched(self, attribute: Attribute, value: bool) -> bool:
        """Setting active to false is kept (RFC 7643 4.1.1)."""
        return value

    @rule("patch-complex-merges", off=lambda _self, _before, after: after, severity=Severity.DATA_LOSS)
    def merged(self, before: JsonObject, after: JsonObject) -> JsonObject:
        """A complex attribute keeps the sub-attributes that the value does not name (RFC 7644 3.5.2.3)."""
        return {**before, **after}

    @rule(
        "patch-frame",
        off=lambda _self, before, after: {
            k: v for k, v in after.items() if before.get(k) != v or k in {"schemas", "id", "userName", "members"}
        },
        severity=Severity.DATA_LOSS,
    )
    def kept(self, before: JsonObject, after: JsonObject) -> JsonObject:
        """Attributes that no operation names stay as they are (RFC 7644 3.5.2)."""
        return after

    # multi-valued attributes -------------------------------------------------------------------------------------

    @rule("patch-add-appends", off=lambda _self, _before, added: list(added), severity=Severity.DATA_LOSS)
    def appended(self, before: list[Json], added: list[Json]) -> list[Json]:
        """An add to a multi-valued attribute keeps the values that are there (RFC 7644 3.5.2.1)."""
        return [*before, *added]

    @rule("patch-add-once", off=lambda _self, _before, added: list(added))
    def not_yet_there(self, before: list[Json], added: list[Json]) -> list[Json]:
        """An add of a value that is there already changes nothing (RFC 7644 3.5.2.1).

        Returns the values that are new. One that is known by value and type is completed in ``before`` by what else the
        new one says (RFC 7643 2.4: no two values have the same type and value).
        """
        new: list[Json] = []
        places: dict[Json, list[int]] = {}
        for place, known in enumerate(before):
            places.setdefault(_hint(known), []).append(place)
        for value in added:
            near = places.get(_hint(value), ())
            twin = next((place for place in near if same_value(before[place], value)), None)
            if twin is None:
                new.append(value)
                continue
            known = before[twin]
            if isinstance(known, dict) and isinstance(value, dict):
                before[twin] = {**known, **value}
        return new

    @rule(
        "patch-replace-all",
        off=lambda _self, before, new: [*before, *(v for v in new if v not in before)],
        severity=Severity.SECURITY,
    )
    def replaced_values(self, before: list[Json], new: list[Json]) -> list[Json]:
        """A replace of a multi-valued attribute replaces all its values (RFC 7644 3.5.2.3)."""
        return new

    @rule("patch-remove-all", off=lambda _self, values: values, severity=Severity.SECURITY)
    def after_remove_all(self, values: list[Json]) -> list[Json]:
        """A remove of a multi-valued attribute without a filter removes all values (RFC 7644 3.5.2.2)."""
        return []

    @rule(
        "patch-remove-selected",
        off=lambda _self, _attribute, values, _chosen: list(values),
        severity=Severity.DATA_LOSS,
    )
    def values_to_remove(self, attribute: Attribute, values: list[Json], chosen: list[Json]) -> list[Json]:
        """A remove with a filter removes the values that it matches, and no other (RFC 7644 3.5.2.2)."""
        return chosen

    def members_to_remove(self, group: JsonObject, operation: Operation, chosen: list[Json]) -> list[Json]:
        """Return which of the group's members a remove operation takes away.

        ``group`` is the group as the operation finds it; ``chosen`` are the members that path and value select.
        """
        return chosen

    @rule(
        "patch-filter-selects", off=lambda _self, values, _chosen: list(range(len(values))), severity=Severity.DATA_LOSS
    )
    def selected(self, values: Sequence[Json], chosen: list[int]) -> list[int]:
        """A value filter in a path selects (RFC 7644 3.5.2): gives the places of the values that it matches."""
        return chosen

    @rule("patch-every-match", off=lambda _self, chosen: chosen[:1])
    def all_selected(self, chosen: list[int]) -> list[int]:
        """An operation reaches every value that its filter matches (RFC 7644 3.5.2.3)."""
        return chosen

    @rule("patch-element-merges", off=lambda _self, _before, after: after, severity=Severity.DATA_LOSS)
    def merged_element(self, before: JsonObject, after: JsonObject) -> JsonObject:
        """Changing a sub-attribute of a selected value keeps its other sub-attributes (RFC 7644 3.5.2.3)."""
        return {**before, **after}

    @rule("patch-no-target", off=lambda _self, _error: None, severity=Severity.DATA_LOSS)
    def nothing_selected(self, error: ScimError) -> None:
        """A replace whose filter matches nothing fails with noTarget (RFC 7644 3.5.2.3)."""
        raise error

    @rule("patch-creates-element", off=lambda _self: False, severity=Severity.PROVISIONING_BLOCKED)
    def creates_element(self) -> bool:
        """Where the quirk says so, an add whose filter matches nothing makes the value (erratum 8097)."""
        return True

    @rule("patch-remove-nothing", off=lambda _self: ScimError(404, "member not found"))
    def removes_nothing(self) -> ScimError | None:
        """A remove whose filter matches nothing succeeds and changes nothing (RFC 7644 3.5.2.2)."""
        return None

    @rule("patch-one-new-primary", off=lambda _self: True)
    def keeps_two_primaries(self) -> bool:
        """Of two values that one operation adds as primary, not both stay so (RFC 7644 3.5.2, RFC 7643 2.4)."""
        return False

    @rule("patch-demotes-primary", off=lambda _self, _element: False)
    def demotes(self, element: JsonObject) -> bool:
        """A value that becomes primary makes the others not primary (RFC 7644 3.5.2)."""
        return True

    # the answer --------------------------------------------------------------------------------------------------

    @rule("patch-unchanged-kept", off=lambda _self, _before, _after: True)
    def has_changed(self, before: JsonObject, after: JsonObject) -> bool:
        """A PATCH that changes nothing leaves lastModified and version (RFC 7644 3.5.2.1)."""
        return before != after

    @rule("patch-stored", off=lambda _self: False, severity=Severity.DATA_LOSS)
    def stores_patch(self) -> bool:
        """What a PATCH answers is what is read afterwards."""
        return True

    @rule("patch-answer-fresh", off=lambda _self, before, _after: before)
    def patch_answer(self, before: Any, after: Any) -> Any:
        """A PATCH answers the resource as it is afterwards (RFC 7644 3.5.2)."""
        return after

    @rule("patch-answer-schemas", off=lambda _self, resource: {**resource, "schemas": [PATCH_SCHEMA]})
    def patch_answer_resource(self, resource: JsonObject) -> JsonObject:
        """A PATCH answers a resource with the resource's schemas, not the request's (RFC 7644 3.5.2)."""
        return resource


def _hint(value: Json) -> Json:
    """Return something hashable that is equal for values that :func:`same_value` calls one."""
    part = value.get("value") if isinstance(value, dict) else value
    return None if isinstance(part, dict | list) else part


def same_value(known: Json, value: Json) -> bool:
    """Tell whether two values of a multi-valued attribute are one: equal, or the same by value and type."""
    if isinstance(known, dict) and isinstance(value, dict):
        if known.get("value") is None:
            return all(known.get(key) == part for key, part in value.items())
        return known["value"] == value.get("value") and known.get("type", value.get("type")) == value.get(
            "type", known.get("type")
        )
    return known == value
