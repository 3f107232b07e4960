"""PATCH: operations applied to a copy of a resource (RFC 7644 3.5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import orjson

from scimulator.provider.errors import ScimError, ScimType, bad
from scimulator.provider.filter import FilterSyntaxError, parse_path
from scimulator.provider.matching import grammar_of
from scimulator.provider.patch_values import MultiValued, Place
from scimulator.provider.schema import Spot

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.filter import Node, PatchPath
    from scimulator.provider.rules import Rules
    from scimulator.provider.schema import Attribute, ResourceType
    from scimulator.provider.values import Reader


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its name as the RFC spells it, its path as sent, and its value, if it has one."""

    name: str
    path: str | None
    value: Json = None
    has_value: bool = False


class Patcher:
    """Applies operations to resources of one type."""

    def __init__(self, rules: Rules, reader: Reader, resource_type: ResourceType) -> None:
        self.rules = rules
        self.reader = reader
        self.type = resource_type
        self.multi = MultiValued(rules, reader)

    def apply(self, resource: JsonObject, body: JsonObject) -> tuple[JsonObject, ScimError | None]:
        """Return the resource after all operations.

        ``resource`` (attributes as kept, with ``id``) is not changed. The error is set only where a fault gave up that
        a PATCH is atomic: then the resource has the operations before the one that failed.

        Raises:
            ScimError: when the body or an operation is refused.
        """
        operations = self.rules.order_of(self.rules.operations_of(self.operations(body)))
        after: JsonObject = _copied(resource)
        for operation in operations:
            step = after if self.rules.patch_is_atomic() else _copied(after)
            try:
                self._apply_one(step, operation)
            except ScimError as error:
                if self.rules.patch_is_atomic():
                    raise
                return after, error
            after = step
        return self.rules.kept(resource, after), None

    def operations(self, body: JsonObject) -> list[Operation]:
        """Read the operations of a PATCH body.

        Raises:
            ScimError: 400 when the body is no PatchOp message.
        """
        members = {key.lower(): value for key, value in body.items()}
        if not self.rules.patch_schemas_right(members.get("schemas")):
            raise bad(ScimType.INVALID_SYNTAX, "schemas of a PATCH is urn:ietf:params:scim:api:messages:2.0:PatchOp")
        listed = members.get("operations")
        if not isinstance(listed, list) or not listed:
            listed = self.rules.no_operations(bad(ScimType.INVALID_SYNTAX, "Operations is an array of operations"))
        operations = [self._operation(item) for item in listed]
        return [operation for operation in operations if operation.name]

    def _operation(self, item: Json) -> Operation:
        if not isinstance(item, dict):
            raise bad(ScimType.INVALID_SYNTAX, "an operation is an object")
        members = {key.lower(): value for key, value in item.items()}
        name = members.get("op")
        if not isinstance(name, str):
            raise bad(ScimType.INVALID_SYNTAX, "an operation needs op: add, remove or replace")
        path = members.get("path")
        if path is not None and not isinstance(path, str):
            raise bad(ScimType.INVALID_PATH, "path is text")
        known = self.rules.known_operation(self.rules.operation_name(name))
        return Operation(known, path or None, members.get("value"), "value" in members)

    # one operation -----------------------------------------------------------------------------------------------

    def _apply_one(self, resource: JsonObject, asked: Operation) -> None:
        operation = self.rules.operation_taken(self.type.name, resource, asked)
        if operation is None:
            return
        if operation.name != "remove" and not operation.has_value:
            self.rules.missing_value(operation.name)
            return
        if operation.path is None:
            self._path_less(resource, operation)
        else:
            self._at_path(resource, operation, operation.path)

    def _path_less(self, resource: JsonObject, operation: Operation) -> None:
        if operation.name == "remove":
            self.rules.remove_without_path()
            return
        if not isinstance(operation.value, dict):
            raise bad(ScimType.INVALID_VALUE, "without a path, value is an object with attributes")
        if self.rules.ignores_path_less():
            return
        for key, value in operation.value.items():
            self._key(resource, operation.name, key, value)

    def _key(self, resource: JsonObject, name: str, key: str, value: Json) -> None:
        """Apply one member of a value without a path."""
        quirks = self.rules.quirks
        urn = self.type.extension_of(key)
        if urn:
            self._extension(resource, name, urn, value)
            return
        qualified = key.lower().startswith("urn:")
        flat = not qualified and ("." in key or "[" in key)
        if (qualified and quirks.qualified_keys == "refuse") or (flat and quirks.flat_keys == "refuse"):
            raise bad(ScimType.INVALID_VALUE, f"{key!r} is no attribute name; give it as the path of an operation")
        if qualified or flat:
            spot = self.type.find(key) if "[" not in key else None
            if spot is not None or "[" in key:
                self._at_path(resource, Operation(name, key, value, has_value=True), key)
            return
        spot = self.type.find(key)
        if spot is None or spot.attribute is None or not self.rules.same_name(key, spot.attribute.name):
            return
        if spot.attribute.mutability == "readOnly":
            same = resource.get(spot.attribute.name) == value
            if quirks.path_less_read_only == "refuse" and not same:
                self.rules.touches_read_only(spot.attribute)
            return
        self._attribute(resource, spot, Operation(name, key, value, has_value=True))

    def _at_path(self, resource: JsonObject, operation: Operation, text: str) -> None:
        try:
            path = parse_path(text, grammar_of(self.rules))
        except FilterSyntaxError as error:
            kind = ScimType.INVALID_FILTER if error.inside else ScimType.INVALID_PATH
            self.rules.malformed_path(bad(kind, f"path {text!r}, {error}"))
            return
        spot = self._spot(path)
        if spot is None:
            self.rules.unknown_path(bad(ScimType.INVALID_PATH, f"{self.type.name} has no attribute {text!r}"))
            return
        if spot.attribute is None:
            self._extension(resource, operation.name, spot.extension, operation.value)
            return
        for attribute in (spot.attribute, spot.sub):
            if attribute is not None and attribute.mutability == "readOnly":
                self.rules.touches_read_only(attribute)
                return
        if path.filter is None:
            self._attribute(resource, spot, operation)
        else:
            self._selected(resource, spot, path.filter, operation)

    def _spot(self, path: PatchPath) -> Spot | None:
        if self.rules.refuses_qualified(path.path):
            return None
        spot = self.type.find(path.path)
        if spot is None or spot.attribute is None:
            return spot
        written = path.path.rpartition(":")[2] if path.path.lower().startswith("urn:") else path.path
        if spot.leaf is not None and not self.rules.knows_path(written, spot.leaf.path):
            return None
        if path.filter is not None and (spot.sub is not None or not spot.attribute.complex):
            return None
        if path.sub:
            sub = spot.attribute.sub(path.sub)
            return Spot(spot.extension, spot.attribute, sub) if sub else None
        return spot

    # targets -----------------------------------------------------------------------------------------------------

    def _extension(self, resource: JsonObject, name: str, urn: str, value: Json) -> None:
        """Apply an operation to all of an extension."""
        if name == "remove" or value is None:
            resource.pop(urn, None)
            self._list_schemas(resource, urn, listed=False)
            return
        if not isinstance(value, dict):
            raise bad(ScimType.INVALID_VALUE, f"{urn} is an object with the attributes of the extension")
        for key, part in value.items():
            attribute = self.type.extensions[urn].attributes.get(key.lower())
            if attribute is not None and attribute.mutability != "readOnly":
                self._attribute(resource, Spot(urn, attribute), Operation(name, key, part, has_value=True))

    def _attribute(self, resource: JsonObject, spot: Spot, operation: Operation) -> None:
        """Apply an operation to an attribute or sub-attribute without a filter."""
        attribute = cast("Attribute", spot.attribute)
        if attribute.name == "schemas":
            self._schemas(resource, operation)
            return
        container = self._container(resource, spot)
        if attribute.multi_valued:
            self.multi.apply(Place(resource, container, attribute, spot.sub), operation)
        elif spot.sub is not None:
            self._sub_attribute(container, attribute, spot.sub, operation)
        else:
            self._single(container, attribute, operation)
        if attribute.required and container.get(attribute.name) in (None, "", []):
            self.rules.unassigns_required(attribute)
        self._close(resource, spot, container)

    def _single(self, container: JsonObject, attribute: Attribute, operation: Operation) -> None:
        before = container.get(attribute.name)
        if operation.name == "remove":
            if operation.has_value and operation.value is not None and self._refuses_values():
                raise bad(ScimType.INVALID_VALUE, "a remove operation has no value")
            if self.rules.removes_single():
                container.pop(attribute.name, None)
            return
        value = self.reader.value(attribute, operation.value)
        if isinstance(value, bool):
            value = self.rules.boolean_patched(attribute, value)
        if attribute.mutability == "immutable" and before is not None and value != before:
            self.rules.touches_immutable(attribute)
            return
        if not self.rules.sets_single(attribute.name):
            return
        if attribute.complex and isinstance(before, dict) and isinstance(operation.value, dict):
            cleared = {key.lower() for key, part in operation.value.items() if part in (None, "", [])}
            value = self.rules.merged(before, value if isinstance(value, dict) else {})
            value = {key: part for key, part in value.items() if key.lower() not in cleared}
        _put(container, attribute.name, value if value != {} else None)

    def _refuses_values(self) -> bool:
        return self.rules.quirks.remove_with_values == "refuse"

    def _sub_attribute(self, container: JsonObject, attribute: Attribute, sub: Attribute, operation: Operation) -> None:
        before = container.get(attribute.name)
        values: JsonObject = dict(before) if isinstance(before, dict) else {}
        if operation.name == "remove":
            if self.rules.removes_single():
                values.pop(sub.name, None)
        else:
            changed: JsonObject = {}
            _put(changed, sub.name, self.reader.value(sub, operation.value))
            values.pop(sub.name, None)
            values = self.rules.merged(values, changed) if self.rules.sets_single(attribute.name) else values
        _put(container, attribute.name, values or None)

    def _selected(self, resource: JsonObject, spot: Spot, node: Node, operation: Operation) -> None:
        """Apply an operation to the values that a filter selects."""
        attribute = cast("Attribute", spot.attribute)
        if not attribute.multi_valued:
            raise bad(ScimType.INVALID_PATH, f"{attribute.path} has one value; there is nothing to select")
        container = self._container(resource, spot)
        self.multi.apply_selected(Place(resource, container, attribute, spot.sub), node, operation)
        self._close(resource, spot, container)

    def _container(self, resource: JsonObject, spot: Spot) -> JsonObject:
        if not spot.extension:
            return resource
        inside = resource.get(spot.extension)
        return inside if isinstance(inside, dict) else {}

    def _close(self, resource: JsonObject, spot: Spot, container: JsonObject) -> None:
        """Put an extension back, and its URN into or out of ``schemas`` (RFC 7644 3.5.2)."""
        if spot.extension:
            _put(resource, spot.extension, container or None)
            self._list_schemas(resource, spot.extension, listed=bool(container))

    def _schemas(self, resource: JsonObject, operation: Operation) -> None:
        """Change ``schemas``: what leaves it takes the attributes of its extension along."""
        if operation.name == "remove":
            raise bad(ScimType.MUTABILITY, "schemas is required and cannot be removed")
        named = operation.value if isinstance(operation.value, list) else [operation.value]
        urns = [self.type.extension_of(str(urn)) for urn in named]
        core = self.type.schema.id.lower()
        strange = [urn for urn, known in zip(named, urns, strict=True) if not known and str(urn).lower() != core]
        if strange:
            raise bad(ScimType.INVALID_VALUE, f"{self.type.name} has no schema {strange[0]!r}")
        if operation.name == "replace":
            for urn in self.type.extensions:
                if urn not in urns:
                    resource.pop(urn, None)
                    self._list_schemas(resource, urn, listed=False)
        for urn in urns:
            if urn:
                self._list_schemas(resource, urn, listed=True)

    def _list_schemas(self, resource: JsonObject, urn: str, *, listed: bool) -> None:
        before = resource.get("schemas")
        urns = [item for item in before if item != urn] if isinstance(before, list) else []
        resource["schemas"] = [*urns, urn] if listed else urns


def _copied(resource: JsonObject) -> JsonObject:
    copied: JsonObject = orjson.loads(orjson.dumps(resource))
    return copied


def _put(container: JsonObject, name: str, value: Json) -> None:
    if value is None:
        container.pop(name, None)
    else:
        container[name] = value
