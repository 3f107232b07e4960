"""Rules of the representation: schemas, id, meta, versions, what is never returned (RFC 7643 3, RFC 7644 3.14)."""

# ruff: noqa: ARG002  # a rule takes what a fault in its place may want to know

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.catalogue.faults import Severity
from scimulator.provider.rules.kit import rule

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.schema import Attribute


def _without(name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202  # an off method fits many signatures
    def off(_self: object, meta: JsonObject, *_rest: object) -> JsonObject:
        return {key: value for key, value in meta.items() if key != name}

    return off


def _short_ref(_self: object, member: JsonObject) -> JsonObject:
    reference = member.get("$ref")
    return {**member, "$ref": reference.rpartition("/")[0]} if isinstance(reference, str) else member


def _schemas_twice(_self: object, resource: JsonObject) -> JsonObject:
    schemas = resource.get("schemas")
    return {**resource, "schemas": [*schemas, *schemas]} if isinstance(schemas, list) else resource


def _at_location(change: Callable[[str], str]) -> Callable[[object, JsonObject], JsonObject]:
    def off(_self: object, resource: JsonObject) -> JsonObject:
        meta = resource.get("meta")
        location = meta.get("location") if isinstance(meta, dict) else None
        if not isinstance(meta, dict) or not isinstance(location, str):
            return resource
        return {**resource, "meta": {**meta, "location": change(location)}}

    return off


def _shows_active(_self: object, resource: JsonObject) -> JsonObject:
    return {"active": True, **resource} if "userName" in resource else resource


class MetaRules:
    """What a resource looks like when it is read."""

    @rule("resource-schemas", off=_without("schemas"))
    def with_schemas(self, resource: JsonObject) -> JsonObject:
        """A resource names its schemas (RFC 7643 3)."""
        return resource

    @rule("extension-listed", off=lambda _self, core, _extensions: [core])
    def schemas_of(self, core: str, extensions: list[str]) -> list[str]:
        """Schemas names each extension that the resource uses (RFC 7643 3.3)."""
        return [core, *extensions]

    @rule("extension-nested", off=lambda _self, resource, _urn, values: {**resource, **values})
    def with_extension(self, resource: JsonObject, urn: str, values: JsonObject) -> JsonObject:
        """Attributes of an extension stand in an object named by its URN (RFC 7643 3.3)."""
        resource[urn] = values
        return resource

    @rule("meta-present", off=_without("meta"))
    def with_meta(self, resource: JsonObject) -> JsonObject:
        """A resource has meta (RFC 7643 3.1)."""
        return resource

    @rule("meta-resource-type", off=_without("resourceType"))
    def meta_resource_type(self, meta: JsonObject) -> JsonObject:
        """meta.resourceType is the name of the resource type (RFC 7643 3.1)."""
        return meta

    @rule("meta-created", off=_without("created"))
    def meta_created(self, meta: JsonObject) -> JsonObject:
        """meta.created says when the resource was made (RFC 7643 3.1)."""
        return meta

    @rule("meta-last-modified", off=_without("lastModified"))
    def meta_last_modified(self, meta: JsonObject) -> JsonObject:
        """meta.lastModified says when the resource changed last (RFC 7643 3.1)."""
        return meta

    @rule("meta-location", off=_without("location"))
    def meta_location(self, meta: JsonObject) -> JsonObject:
        """meta.location is the address of the resource (RFC 7643 3.1)."""
        return meta

    @rule("meta-version", off=_without("version"))
    def meta_version(self, meta: JsonObject) -> JsonObject:
        """meta.version is there where ETags are advertised (RFC 7643 3.1, RFC 7644 3.14)."""
        return meta

    @rule("location-absolute", off=lambda _self, _base, endpoint, rid: f"{endpoint}/{rid}")
    def location(self, base_url: str, endpoint: str, resource_id: str) -> str:
        """Addresses begin with the base address (RFC 7643 3.1)."""
        return f"{base_url}{endpoint}/{resource_id}"

    @rule("location-own", off=lambda _self, _base_url, host: f"http://{host}" if host else _base_url)
    def base_for(self, base_url: str, host: str) -> str:
        """Addresses come from the configuration, not from the Host header that a client sends."""
        return base_url

    @rule("date-format", off=lambda _self, moment: f"{moment:%d/%m/%Y %H:%M:%S}")
    def date(self, moment: datetime) -> str:
        """Dates are xsd:dateTime with a time zone (RFC 7643 2.3.5)."""
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"

    @rule("created-stays", off=lambda _self, _created, now: now)
    def created_at(self, created: str, now: str) -> str:
        """meta.created never changes (RFC 7643 3.1)."""
        return created

    @rule("last-modified-moves", off=lambda _self, before, _now: before)
    def modified_at(self, before: str, now: str) -> str:
        """A change moves meta.lastModified (RFC 7643 3.1)."""
        return now

    @rule("version-moves", off=lambda _self, before: before)
    def next_revision(self, before: int) -> int:
        """A change gives the resource a new version (RFC 7644 3.14)."""
        return before + 1

    @rule("etag-weak", off=lambda _self, _id, revision: str(revision))
    def etag_for(self, resource_id: str, revision: int) -> str:
        """A version is an entity tag: in quotes, weak here (RFC 9110 8.8.3)."""
        return f'W/"{revision}"'

    @rule("etag-header", off=lambda _self, _version: ())
    def etag_header(self, version: str) -> tuple[tuple[str, str], ...]:
        """An answer with a resource carries its ETag (RFC 7644 3.14)."""
        return (("ETag", self.etag_value(version)),)

    @rule("etag-is-version", off=lambda _self, version: version.removeprefix("W/").replace('"', '"v', 1))
    def etag_value(self, version: str) -> str:
        """The ETag header equals meta.version (RFC 7643 3.1)."""
        return version

    @rule("etag-supported", off=lambda _self: False)
    def does_versions(self) -> bool:
        """A provider knows versions, or else a condition does no harm (RFC 7644 3.14)."""
        return True

    @rule("if-match", off=lambda _self, _tags, _version, _method: True)
    def may_write(self, tags: str, version: str, method: str) -> bool:
        """A write under If-Match happens only to the version named (RFC 7644 3.14, RFC 9110 13.1.1)."""
        return self.tag_in(version, tags)

    @rule("if-match-delete", off=lambda _self, _tags, _version: True)
    def may_delete(self, tags: str, version: str) -> bool:
        """A delete under If-Match happens only to the version named (RFC 7644 3.14)."""
        return self.may_write(tags, version, "DELETE")

    @rule("if-none-match", off=lambda _self, _tags, _version: False)
    def unchanged(self, tags: str, version: str) -> bool:
        """A read under If-None-Match of the current version is answered 304 (RFC 7644 3.14)."""
        return self.tag_in(version, tags)

    @rule("stale-status", off=lambda _self: 409)
    def stale_status(self) -> int:
        """A write to a version that is gone is answered 412 (RFC 7644 3.14)."""
        return 412

    @rule("tags-compared", off=lambda _self, _version, _tags: True, severity=Severity.DATA_LOSS)
    def tag_in(self, version: str, tags: str) -> bool:
        """A condition holds for the version that it names only, compared weakly (RFC 9110 13.1)."""
        if tags.strip() == "*":
            return True
        own = version.removeprefix("W/").strip('"')
        return any(tag.strip().removeprefix("W/").strip('"') == own for tag in tags.split(","))

    @rule("never-returned", off=lambda _self, _attribute: True)
    def may_return(self, attribute: Attribute) -> bool:
        """What is returned=never never leaves (RFC 7643 7)."""
        return attribute.returned != "never"

    @rule("unassigned-absent", off=lambda _self, resource: {"externalId": resource.get("id"), **resource})
    def unassigned(self, resource: JsonObject) -> JsonObject:
        """An attribute without value is absent; nothing is made up in its place (RFC 7643 2.5)."""
        return resource

    def shown(self, resource: JsonObject) -> JsonObject:
        """Return a representation as it leaves; asked only where a fault is in force."""
        return self.default_stored(self.location_encoded(self.location_of_itself(self.schemas_distinct(resource))))

    @rule("schemas-distinct", off=_schemas_twice)
    def schemas_distinct(self, resource: JsonObject) -> JsonObject:
        """Schemas names each schema once (RFC 7643 3)."""
        return resource

    @rule("location-of-itself", off=_at_location(lambda location: location.rpartition("/")[0]))
    def location_of_itself(self, resource: JsonObject) -> JsonObject:
        """The location of a resource is its own, not that of its collection (RFC 7643 3.1)."""
        return resource

    @rule("location-encoded", off=_at_location(lambda location: location.replace("/Users/", "/{tenant}/Users/")))
    def location_encoded(self, resource: JsonObject) -> JsonObject:
        """A location is a URI, with nothing in it that has to be encoded (RFC 7644 1.2)."""
        return resource

    @rule("default-stored", off=_shows_active)
    def default_stored(self, resource: JsonObject) -> JsonObject:
        """A value that the provider assigns is stored, so that filters find it (RFC 7644 3.4.2.2)."""
        return resource

    @rule("booleans-typed", off=lambda _self, value: str(value) if isinstance(value, bool) else value)
    def value_out(self, value: Json) -> Json:
        """A boolean is a JSON boolean (RFC 7643 2.3.2)."""
        return value

    @rule("lists-stay-lists", off=lambda _self, values: values[0] if len(values) == 1 else values)
    def values_out(self, values: list[Json]) -> Json:
        """A multi-valued attribute is an array, with one value too (RFC 7643 2.4)."""
        return values

    @rule("member-ref", off=_short_ref)
    def member_ref(self, member: JsonObject) -> JsonObject:
        """The reference of a member is the address of its resource (RFC 7643 4.2)."""
        return member

    @rule("member-type", off=lambda _self, member: {**member, "type": "Group"})
    def member_type(self, member: JsonObject) -> JsonObject:
        """A member says whether it is a User or a Group (RFC 7643 4.2)."""
        return member

    @rule("member-group", off=lambda _self, member: {**member, "type": "User"})
    def member_group(self, member: JsonObject) -> JsonObject:
        """A group among the members is called a Group (RFC 7643 4.2)."""
        return member

    @rule("groups-of-user", off=lambda _self, _groups: [])
    def groups_of(self, groups: list[JsonObject]) -> list[JsonObject]:
        """A user lists the groups that it belongs to (RFC 7643 4.1.2)."""
        return groups

    def groups_through_groups(self, groups: list[JsonObject]) -> list[JsonObject]:
        """Return a user's groups with those above them, which are indirect (RFC 7643 4.1.2: it may list them)."""
        return groups

    @rule("members-returned", off=lambda _self, _members: [])
    def members_out(self, members: list[JsonObject]) -> list[JsonObject]:
        """A group answers its members (RFC 7643 4.2)."""
        return members
