"""From a record to the representation that leaves: schemas, computed attributes, meta (RFC 7643 3, 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.rules import Rules
    from scimulator.provider.schema import Attribute, ResourceType
    from scimulator.provider.store import Member, Record, Store


class Renderer:
    """Makes representations; ``base_url`` is the address that locations begin with."""

    def __init__(self, rules: Rules, store: Store, types: Mapping[str, ResourceType], base_url: str) -> None:
        self.rules = rules
        self.store = store
        self.types = types
        self.base_url = base_url
        self._plain = not (rules.overrides("value_out") or rules.overrides("values_out"))

    def location(self, type_name: str, resource_id: str) -> str:
        """Return the address of a resource."""
        return self.rules.location(self.base_url, self.types[type_name].endpoint, resource_id)

    def version(self, record: Record) -> str:
        """Return the version of a record, an entity tag."""
        return self.rules.etag_for(record.id, record.revision)

    def resource(self, record: Record, *, members: bool = True, groups: bool = True) -> JsonObject:
        """Return the whole representation of a record, without what is never returned.

        Members and groups cost a look into other records; they can be left out where nobody asks for them.
        """
        kind = self.types[record.type]
        rules = self.rules
        data = record.data
        extensions = [str(urn) for urn in cast("list[Json]", data.get("schemas") or [])]
        resource: JsonObject = {
            "schemas": cast("Json", rules.schemas_of(kind.schema.id, extensions)),
            "id": record.id,
        }
        for name, value in data.items():
            if name in kind.extensions or name == "schemas":
                continue
            attribute = kind.attributes.get(name.lower())
            if attribute is None or attribute.returned != "never" or rules.may_return(attribute):
                resource[name] = value if self._plain else self._out(value)
        if members and "members" in kind.attributes:
            listed = rules.members_out([self.member(member) for member in self.store.members(record.id)])
            if listed:
                resource["members"] = cast("Json", listed)
        if groups and "groups" in kind.attributes:
            above = self.groups(record.id)
            if above:
                resource["groups"] = cast("Json", above)
        for urn in kind.extensions:
            inside = data.get(urn)
            if isinstance(inside, dict):
                resource = rules.with_extension(resource, urn, self._extension(kind.extensions[urn].attributes, inside))
        resource["meta"] = self.meta(record)
        resource = rules.unassigned(rules.with_meta(rules.with_schemas(resource)))
        return resource if rules.faithful else rules.shown(resource)

    def meta(self, record: Record) -> JsonObject:
        """Return the meta attribute of a record."""
        rules = self.rules
        meta: JsonObject = {
            "resourceType": record.type,
            "created": record.created,
            "lastModified": record.modified,
            "location": self.location(record.type, record.id),
            "version": self.version(record),
        }
        if rules.faithful:
            return meta
        for keep in (
            rules.meta_resource_type,
            rules.meta_created,
            rules.meta_last_modified,
            rules.meta_location,
            rules.meta_version,
        ):
            meta = keep(meta)
        return meta

    def member(self, member: Member) -> JsonObject:
        """Return one member as a group lists it."""
        shown: JsonObject = {"value": member.id}
        if member.type:
            shown["$ref"] = self.location(member.type, member.id)
            shown["type"] = member.type
        display = member.display or member.name
        if display:
            shown["display"] = display
        return self.rules.member_group(self.rules.member_type(self.rules.member_ref(shown)))

    def groups(self, member_id: str) -> list[JsonObject]:
        """Return the groups above a resource as a user lists them."""
        listed: list[JsonObject] = [
            {
                "value": group_id,
                "$ref": self.location("Group", group_id),
                "display": name,
                "type": "direct" if direct else "indirect",
            }
            for group_id, name, direct in self.store.groups_of(member_id)
        ]
        return self.rules.groups_of(self.rules.groups_through_groups(listed)) if listed else listed

    def _extension(self, attributes: Mapping[str, Attribute], inside: JsonObject) -> JsonObject:
        shown: JsonObject = {}
        for name, value in inside.items():
            attribute = attributes.get(name.lower())
            if attribute is not None and attribute.complex and attribute.sub("$ref") and isinstance(value, dict):
                shown[name] = self._reference(attribute, value)
            else:
                shown[name] = value if self._plain else self._out(value)
        return shown

    def _reference(self, attribute: Attribute, value: JsonObject) -> JsonObject:
        """Complete a reference to another resource, such as a manager, from that resource."""
        target_id = value.get("value")
        target = self.store.get("User", target_id) if isinstance(target_id, str) else None
        if target is None:
            return value
        shown: JsonObject = {**value, "$ref": self.location("User", target.id)}
        name = target.data.get("displayName")
        if name and attribute.sub("displayName"):
            shown["displayName"] = name
        return shown

    def _out(self, value: Json) -> Json:
        if isinstance(value, dict):
            return {key: self._out(part) for key, part in value.items()}
        if isinstance(value, list):
            return self.rules.values_out([self._out(part) for part in value])
        return self.rules.value_out(value)
