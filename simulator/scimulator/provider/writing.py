"""Create, replace, PATCH and delete: a read step that plans a change, and a commit step that makes it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from scimulator.provider.changes import Change, Kind
from scimulator.provider.errors import ScimError, ScimType, bad
from scimulator.provider.patch import Patcher
from scimulator.provider.rules import fold
from scimulator.provider.schema import USER_SCHEMA
from scimulator.provider.store import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from scimulator.exchange.clock import Clock
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.projection import Projection
    from scimulator.provider.render import Renderer
    from scimulator.provider.rules import Rules
    from scimulator.provider.schema import Attribute, ResourceType
    from scimulator.provider.store import Store
    from scimulator.provider.values import Reader
    from scimulator.provider.workspace.product import Product

_HASH_ROUNDS = 1000


class Writer:
    """Plans and makes changes. ``forget`` is called with every id whose representation has changed."""

    def __init__(
        self,
        *,
        rules: Rules,
        store: Store,
        reader: Reader,
        renderer: Renderer,
        clock: Clock,
        ids: Callable[[], str],
        random: Random,
        forget: Callable[[str], None],
    ) -> None:
        self.rules = rules
        self.store = store
        self.reader = reader
        self.renderer = renderer
        self.clock = clock
        self.ids = ids
        self.random = random
        self.forget = forget
        self.buried: set[str] = set()
        self.product: Product
        """The product's say; set once the workspace stands."""
        self._patchers: dict[str, Patcher] = {}

    # read step ---------------------------------------------------------------------------------------------------

    def plan_create(self, kind: ResourceType, body: JsonObject, projection: Projection) -> Change:
        """Plan a create from a POST body (RFC 7644 3.3).

        Raises:
            ScimError: when the body is refused.
        """
        data = self.rules.group_name_in(kind.name, self.reader.resource(kind, body))
        data = self.rules.schemas_in_any_order(body, data)
        for attribute in self._missing(kind, data):
            self.rules.missing_on_create(attribute)
        sent_id = body.get("id")
        resource_id = self.rules.new_id(self.ids(), sent_id if isinstance(sent_id, str) else "")
        if "members" in data:
            data["members"] = cast("Json", self.rules.members_on_create(_objects(data["members"])))
        self._finish(kind, resource_id, {}, data)
        role = ""
        if not self.product.plain:
            taken = self.product.created(kind, data)
            data, role = taken.data, taken.role
            existing = self.product.account_for(data)
            if existing is not None:
                return self.product.adopted(kind, existing, data)
        if self.rules.unique_on_create():
            self._check_unique(resource_id, data)
        if "members" in kind.attributes and self.rules.group_names_unique():
            self._check_group_name(kind, resource_id, data)
        if kind.name == "User" and not self.product.plain:
            resource_id = self.product.id_for(data, resource_id)
        return Change(Kind.CREATE, kind, resource_id, None, data, projection=projection, role=role)

    def plan_replace(self, kind: ResourceType, record: Record, body: JsonObject, projection: Projection) -> Change:
        """Plan a replace from a PUT body (RFC 7644 3.5.1)."""
        before = self.current(kind, record)
        data = self.reader.resource(kind, body)
        for attribute in self._missing(kind, data):
            self.rules.missing_on_replace(attribute)
        if (
            "members" not in data
            and body.get("members") == []
            and self.rules.ignores_empty_list(kind.attributes["members"])
        ):
            data["members"] = before.get("members", [])
        for name, attribute in kind.attributes.items():
            if attribute.mutability == "immutable" and before.get(name) is not None and before[name] != data.get(name):
                self.rules.touches_immutable(attribute)
            if attribute.mutability == "writeOnly" and attribute.name in before:
                data.setdefault(attribute.name, before[attribute.name])
        data = self.rules.replaced(before, data)
        self._finish(kind, record.id, before, data)
        role = ""
        if not self.product.plain:
            taken = self.product.changed(kind, record, before, data, whole=True)
            data, role = taken.data, taken.role
        if self.rules.unique_on_replace():
            self._check_unique(record.id, data)
        if "members" in kind.attributes and self.rules.group_names_unique():
            self._check_group_name(kind, record.id, data)
        changed = self._differs(kind, before, data)
        return Change(Kind.REPLACE, kind, record.id, record, data, before, changed, projection, role=role)

    def plan_patch(self, kind: ResourceType, record: Record, body: JsonObject, projection: Projection) -> Change:
        """Plan a PATCH (RFC 7644 3.5.2)."""
        before = self.current(kind, record)
        patcher = self._patchers.get(kind.name)
        if patcher is None:
            patcher = self._patchers[kind.name] = Patcher(self.rules, self.reader, kind)
        after, error = patcher.apply({**before, "id": record.id}, body)
        after.pop("id", None)
        for attribute in self._missing(kind, after):
            self.rules.unassigns_required(attribute)
        self._finish(kind, record.id, before, after)
        role = ""
        if not self.product.plain:
            taken = self.product.changed(kind, record, before, after, whole=False)
            after, role = taken.data, taken.role
        if self.rules.unique_on_patch():
            self._check_unique(record.id, after)
        if "members" in kind.attributes and self.rules.group_names_unique():
            self._check_group_name(kind, record.id, after)
        changed = self.rules.has_changed(before, after) if not self._differs(kind, before, after) else True
        return Change(Kind.PATCH, kind, record.id, record, after, before, changed, projection, error, role)

    def plan_delete(self, kind: ResourceType, record: Record) -> Change:
        """Plan a delete (RFC 7644 3.6)."""
        if kind.name == "User" and not self.product.plain:
            self.product.deleting(record)
        return Change(Kind.DELETE, kind, record.id, record, {})

    def current(self, kind: ResourceType, record: Record) -> JsonObject:
        """Return the attributes of a record with, for a group, its members."""
        data: JsonObject = dict(record.data)
        if "members" in kind.attributes:
            members = [self.renderer.member(member) for member in self.store.members(record.id)]
            if members:
                data["members"] = cast("Json", members)
        return data

    def _missing(self, kind: ResourceType, data: Mapping[str, Json]) -> list[Attribute]:
        return [
            attribute
            for attribute in kind.attributes.values()
            if attribute.required
            and attribute.mutability != "readOnly"
            and attribute.name != "schemas"
            and (data.get(attribute.name) is None or self.rules.is_blank(data[attribute.name]))
        ]

    def _finish(self, kind: ResourceType, resource_id: str, before: JsonObject, data: JsonObject) -> None:
        """Hide secrets and check references in attributes that are about to be kept."""
        password = data.get("password")
        if isinstance(password, str) and not password.startswith("pbkdf2$"):
            data["password"] = self._hashed(password)
        if "members" in kind.attributes and "members" in data:
            data["members"] = cast("Json", self._checked_members(resource_id, before, _objects(data["members"])))

    def _checked_members(self, group_id: str, before: JsonObject, members: list[JsonObject]) -> list[JsonObject]:
        checked: dict[str, JsonObject] = {}
        known = {member.get("value") for member in _objects(before.get("members"))}
        for member in members:
            value = member.get("value")
            if not isinstance(value, str) or not value:
                reference = member.get("$ref")
                value = reference.rstrip("/").rpartition("/")[2] if isinstance(reference, str) else ""
            if not value:
                raise bad(ScimType.INVALID_VALUE, "members: a member needs value, the id of a user or group")
            if value == group_id:
                raise bad(ScimType.INVALID_VALUE, "members: a group is no member of itself")
            if value not in known and self.store.type_of(value) is None:
                self.rules.unknown_member(value)
            checked.setdefault(value, {**member, "value": value})
        return list(checked.values())

    def _hashed(self, password: str) -> str:
        salt = self.random.randbytes(12)
        digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _HASH_ROUNDS)
        return f"pbkdf2${salt.hex()}${digest.hex()}"

    def _check_unique(self, resource_id: str, data: Mapping[str, Json]) -> None:
        name = data.get("userName")
        if not isinstance(name, str):
            return
        holders = [(other, written) for other, written in self.store.holders(name) if other != resource_id]
        taken = any(self.rules.same_unique_value(name, written) for _, written in holders)
        if taken or (not self.rules.delete_frees_name() and fold(name) in self.buried):
            raise ScimError(
                self.rules.conflict_status(), f"userName {name!r} is taken", self.rules.conflict_scim_type()
            )

    def _check_group_name(self, kind: ResourceType, group_id: str, data: Mapping[str, Json]) -> None:
        groups = self.store.select([kind.name], "", (), "seq")
        name = data.get("displayName")
        if any(group.data.get("displayName") == name and group.id != group_id for group in list(groups)):
            raise ScimError(self.rules.conflict_status(), "displayName is taken", ScimType.UNIQUENESS)

    def _differs(self, kind: ResourceType, before: JsonObject, after: JsonObject) -> bool:
        """Tell whether two states of a resource differ, members compared by id and given display."""
        if "members" not in kind.attributes:
            return before != after
        rest_before = {key: value for key, value in before.items() if key != "members"}
        rest_after = {key: value for key, value in after.items() if key != "members"}
        return rest_before != rest_after or any(self._member_changes(before, after))

    def _member_changes(self, before: JsonObject, after: JsonObject) -> tuple[list[str], dict[str, str | None]]:
        """Return the ids of members that go, and those that come (or get another display) with their display."""
        old = {str(member["value"]): member for member in _objects(before.get("members"))}
        come: dict[str, str | None] = {}
        kept: set[str] = set()
        for member in _objects(after.get("members")):
            value = str(member["value"])
            kept.add(value)
            display = member.get("display")
            given = display if isinstance(display, str) and display else None
            if value not in old or (given is not None and given != old[value].get("display")):
                come[value] = given
        return [value for value in old if value not in kept], come

    # commit step -------------------------------------------------------------------------------------------------

    def commit(self, change: Change) -> Record | None:
        """Make a change and return the record as it is then; None after a delete.

        Raises:
            ScimError: when the userName has been taken meanwhile, or for the error that the change itself carries.
        """
        if change.kind is Kind.DELETE:
            self._remove(change)
            return None
        if change.kind is Kind.CREATE and self.rules.unique_on_create() and self.rules.checks_again():
            self._check_unique(change.id, change.after)
        record = self._write(change)
        self.product.committed(change, record)
        if change.error:
            raise change.error
        return record

    def _write(self, change: Change) -> Record:
        now = self.rules.date(self.clock.now())
        before = change.before
        data = {key: value for key, value in change.after.items() if key != "members"}
        if before is None:
            record = Record(change.id, change.type.name, 1, now, self.rules.first_modified(now), data)
            self.store.insert(record)
            self._write_members(change)
            self.forget(change.id)
            return record
        if not change.changed:
            return before
        stored = self.rules.stores_replace() if change.kind is Kind.REPLACE else self.rules.stores_patch()
        latest = self.store.get(change.type.name, change.id) or before
        record = Record(
            change.id,
            change.type.name,
            self.rules.next_revision(latest.revision),
            self.rules.created_at(before.created, now),
            self.rules.modified_at(before.modified, now),
            data,
        )
        if not stored:
            return record
        self.store.update(record)
        self._write_members(change)
        self._touch_dependents(change, before)
        if before.data.get("userName") != data.get("userName") and self.rules.rename_leaves_groups():
            self.store.forget_member(change.id)
        self.forget(change.id)
        return record

    def _write_members(self, change: Change) -> None:
        if "members" not in change.type.attributes:
            return
        gone, come = self._member_changes(change.was, change.after)
        if not gone and not come:
            return
        touched: set[str] = set()
        for member in (*gone, *come):
            if self.store.type_of(member) == "Group":
                touched.update(self.store.below(member))
            else:
                touched.add(member)
        self.store.change_members(change.id, gone, come)
        if self.rules.leaves_every_group():
            for member in gone:
                self.store.forget_member(member)
        self._touch(touched - {change.id})

    def _touch_dependents(self, change: Change, before: Record) -> None:
        """Renew what shows the name of the changed resource: its groups' lists, its members' groups, its reports."""
        shown = ("displayName", "userName")
        if all(before.data.get(name) == change.after.get(name) for name in shown):
            return
        touched = {*self.store.owners(change.id), *self.store.reports_of(change.id)}
        if "members" in change.type.attributes:
            touched.update(self.store.below(change.id))
        self._touch(touched - {change.id})

    def _touch(self, ids: set[str], modified: str | None = None) -> None:
        self.store.touch(ids, modified)
        for resource_id in ids:
            self.forget(resource_id)

    def _remove(self, change: Change) -> None:
        before = change.before
        if "members" in change.type.attributes and self.rules.group_delete_disowns():
            self.product.disown(self.store.below(change.id))
        if before is None or change.type.name != "User" or self.product.plain:
            self._delete(change)
        elif self.product.keeps(before):
            return
        elif self.product.deletes_softly:
            off = replace(change, kind=Kind.PATCH, after={**before.data, "active": False}, was=dict(before.data))
            self.product.committed(off, self._write(off))
            self.product.switched_off(before)
            return
        else:
            self._delete(change)
        if before is not None and change.type.name == "User":
            self.product.deleted(before)

    def _delete(self, change: Change) -> None:
        if not self.rules.delete_removes():
            return
        before = change.before
        now = self.rules.date(self.clock.now())
        if "members" in change.type.attributes:
            self._touch(set(self.store.below(change.id)))
        if change.type.schema.id == USER_SCHEMA and before is not None:
            self.buried.add(fold(str(before.data.get("userName", ""))))
        owners = set(self.store.owners(change.id))
        self._touch(set(self.store.reports_of(change.id)))
        self.store.delete(change.id)
        if self.rules.delete_leaves_groups():
            self.store.forget_member(change.id)
            self._touch(owners, now)
        self.forget(change.id)
        if self.rules.delete_anonymises_all():
            for other in list(self.store.select([change.type.name], "", (), "seq")):
                self.store.update(replace(other, data={**other.data, "displayName": f"Deleted {change.id}"}))


def _objects(value: Json) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
