"""Rules of writing whole resources: what is kept, ignored and refused (RFC 7643 2, RFC 7644 3.3, 3.5.1)."""

# ruff: noqa: ARG002  # a rule takes what a fault in its place may want to know

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from scimulator.catalogue.faults import Severity
from scimulator.provider.errors import ScimError, ScimType, bad
from scimulator.provider.rules.kit import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.quirks import Quirks
    from scimulator.provider.schema import Attribute, ResourceType


def fold(text: str) -> str:
    """Return ``text`` as it counts where case does not: composed, and case-folded as Unicode does it."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _keep_first(_self: object, values: list[Json]) -> list[Json]:
    return values[:1]


def _without_primary(_self: object, element: JsonObject) -> JsonObject:
    return {key: value for key, value in element.items() if key != "primary"}


def _echo_unknown(_self: object, resource: JsonObject, unknown: Mapping[str, Json]) -> JsonObject:
    return {**resource, **unknown}


def _null_as_text(_self: object, attribute: Attribute) -> Json:
    plain = attribute.type == "string" and not attribute.multi_valued
    return "None" if plain else None


def _external_id_in_small_letters(_self: object, resource: JsonObject) -> JsonObject:
    given = resource.get("externalId")
    return {**resource, "externalId": given.lower()} if isinstance(given, str) else resource


def _group_name_in_ascii(_self: object, type_name: str, data: JsonObject) -> JsonObject:
    name = data.get("displayName")
    if type_name != "Group" or not isinstance(name, str):
        return data
    return {**data, "displayName": name.encode("ascii", "replace").decode()}


def _extension_only_behind(_self: object, body: JsonObject, data: JsonObject) -> JsonObject:
    schemas = body.get("schemas")
    if not isinstance(schemas, list) or not schemas or ":extension:" not in str(schemas[0]):
        return data
    return {name: value for name, value in data.items() if ":extension:" not in name}


class WriteRules:
    """What becomes of the values that a client sends."""

    quirks: Quirks

    # names -------------------------------------------------------------------------------------------------------

    @rule("attribute-names-any-case", off=lambda _self, sent, name: sent == name)
    def same_name(self, sent: str, name: str) -> bool:
        """Attribute names are the same in any case (RFC 7643 2.1)."""
        return True

    @rule("unknown-attributes-dropped", off=_echo_unknown)
    def drop_unknown(self, resource: JsonObject, unknown: Mapping[str, Json]) -> JsonObject:
        """What the schemas do not know is neither kept nor returned (RFC 7643 3.3)."""
        return resource

    @rule("extension-stored", off=lambda _self, _urn, _values: {}, severity=Severity.DATA_LOSS)
    def extension_in(self, urn: str, values: JsonObject) -> JsonObject:
        """Attributes of a known extension are kept (RFC 7643 3.3)."""
        return values

    # types and values --------------------------------------------------------------------------------------------

    @rule("types-checked", off=lambda _self, _error, value: value)
    def wrong_type(self, error: ScimError, value: Json) -> Json:
        """A value of another type than the schema's is refused (RFC 7644 table 9, invalidValue)."""
        raise error

    def accepts_date(self, valid: bool) -> bool:
        """Tell whether a dateTime is accepted (RFC 7643 2.3.5); the RFC's own schemas let nobody write one."""
        return valid

    @rule("null-unassigns", off=_null_as_text)
    def null_in(self, attribute: Attribute) -> Json:
        """Null means that there is no value (RFC 7643 2.5)."""
        return None

    @rule("empty-list-unassigns", off=lambda _self, _attribute: True, severity=Severity.SECURITY)
    def ignores_empty_list(self, attribute: Attribute) -> bool:
        """An empty array takes all values away (RFC 7643 2.5)."""
        return False

    @rule("all-values-kept", off=_keep_first, severity=Severity.DATA_LOSS)
    def values_in(self, values: list[Json]) -> list[Json]:
        """Every value of a multi-valued attribute is kept (RFC 7643 2.4)."""
        return values

    @rule("primary-kept", off=_without_primary)
    def element_in(self, element: JsonObject) -> JsonObject:
        """The sub-attributes of a value are kept, primary among them (RFC 7643 2.4)."""
        return element

    @rule("one-primary", off=lambda _self, _attribute: None)
    def too_many_primaries(self, attribute: Attribute) -> None:
        """Primary is true for one value at most (RFC 7643 2.4)."""
        raise bad(ScimType.INVALID_VALUE, f"primary may be true for one of {attribute.path} only")

    @rule("values-distinct", off=lambda _self, _known: False)
    def is_double(self, known: bool) -> bool:
        """The same value is not kept twice (RFC 7643 2.4)."""
        return known

    @rule("boolean-kept", off=lambda _self, attribute, value: True if attribute.name == "active" else value)
    def boolean_in(self, attribute: Attribute, value: bool) -> bool:
        """A boolean that is false is kept as false; a user created inactive is inactive."""
        return value

    @rule("external-id-kept", off=lambda _self, resource: {k: v for k, v in resource.items() if k != "externalId"})
    def external_id_in(self, resource: JsonObject) -> JsonObject:
        """An externalId is kept as the client set it (RFC 7643 3.1)."""
        return resource

    @rule("external-id-case", off=_external_id_in_small_letters)
    def external_id_case(self, resource: JsonObject) -> JsonObject:
        """An externalId keeps its letter case (RFC 7643 3.1)."""
        return resource

    @rule("group-name-kept", off=_group_name_in_ascii)
    def group_name_in(self, type_name: str, data: JsonObject) -> JsonObject:
        """The name of a group is kept with all its letters (RFC 7643 4.2)."""
        return data

    @rule("schemas-any-order", off=_extension_only_behind)
    def schemas_in_any_order(self, body: JsonObject, data: JsonObject) -> JsonObject:
        """The order of schemas makes no difference (RFC 7643 3)."""
        return data

    @rule("modified-at-creation", off=lambda _self, _now: "1970-01-01T00:00:00.000Z")
    def first_modified(self, now: str) -> str:
        """A new resource was modified when it was created (RFC 7643 3.1)."""
        return now

    @rule("text-kept", off=lambda _self, attribute, text: text.lower() if attribute.name == "userName" else text)
    def text_in(self, attribute: Attribute, text: str) -> str:
        """Text is kept as it was sent, its case too (RFC 7643 2.2)."""
        return text

    @rule("schemas-checked", off=lambda _self, _error: None)
    def wrong_schemas(self, error: ScimError) -> None:
        """A resource without the schema of its endpoint is refused (RFC 7643 3)."""
        raise error

    # mutability --------------------------------------------------------------------------------------------------

    @rule("client-id-ignored", off=lambda _self, made, sent: sent or made, severity=Severity.DATA_LOSS)
    def new_id(self, made: str, sent: str) -> str:
        """The provider makes the id; one that a client sends is ignored (RFC 7643 3.1)."""
        return made

    @rule("read-only-ignored", off=lambda _self, _attribute: True)
    def stores_read_only(self, attribute: Attribute) -> bool:
        """A readOnly attribute in a create or replace is ignored (RFC 7644 3.3, 3.5.1)."""
        return False

    @rule("required-on-create", off=lambda _self, _missing: None)
    def missing_on_create(self, missing: Attribute) -> None:
        """A create without a required attribute is refused (RFC 7643 7)."""
        raise bad(ScimType.INVALID_VALUE, f"{missing.path} is required")

    @rule("required-on-replace", off=lambda _self, _missing: None)
    def missing_on_replace(self, missing: Attribute) -> None:
        """A replace without a required attribute is refused (RFC 7644 3.5.1)."""
        raise bad(ScimType.INVALID_VALUE, f"{missing.path} is required")

    @rule("required-not-blank", off=lambda _self, _value: False)
    def is_blank(self, value: Json) -> bool:
        """A required attribute that is empty text counts as missing."""
        return isinstance(value, str) and not value.strip()

    @rule("replace-clears", off=lambda _self, before, after: {**before, **after})
    def replaced(self, before: JsonObject, after: JsonObject) -> JsonObject:
        """A replace clears what it does not name (RFC 7644 3.5.1: it may)."""
        return after

    @rule("replace-stored", off=lambda _self: False, severity=Severity.DATA_LOSS)
    def stores_replace(self) -> bool:
        """What a replace answers is what is read afterwards (RFC 7644 3.5.1)."""
        return True

    @rule("replace-unknown-id", off=lambda _self: True)
    def creates_by_replace(self) -> bool:
        """A replace of an id that does not exist makes nothing (RFC 7644 3.5.1)."""
        return False

    # uniqueness --------------------------------------------------------------------------------------------------

    @rule("unique-on-create", off=lambda _self: False, severity=Severity.DATA_LOSS)
    def unique_on_create(self) -> bool:
        """Two users with one userName cannot be created (RFC 7644 3.3)."""
        return True

    @rule("unique-on-replace", off=lambda _self: False, severity=Severity.DATA_LOSS)
    def unique_on_replace(self) -> bool:
        """A replace cannot take another user's userName (RFC 7643 7)."""
        return True

    @rule("unique-on-patch", off=lambda _self: False, severity=Severity.DATA_LOSS)
    def unique_on_patch(self) -> bool:
        """A PATCH cannot take another user's userName (RFC 7643 7)."""
        return True

    @rule("unique-any-case", off=lambda _self, mine, other: mine == other, severity=Severity.SECURITY)
    def same_unique_value(self, mine: str, other: str) -> bool:
        """User names that differ in case only are the same name (RFC 7643 4.1.1: caseExact false)."""
        return True

    @rule("conflict-status", off=lambda _self: 400)
    def conflict_status(self) -> int:
        """A value that is taken is answered 409 (RFC 7644 3.3)."""
        return 409

    @rule("conflict-scim-type", off=lambda _self: None)
    def conflict_scim_type(self) -> ScimType | None:
        """A value that is taken is answered with scimType uniqueness (RFC 7644 3.3)."""
        return ScimType.UNIQUENESS

    @rule("group-names-shared", off=lambda _self: True)
    def group_names_unique(self) -> bool:
        """Two groups may share a name (RFC 7643 4.2, 8.7.1: uniqueness none)."""
        return self.quirks.group_names == "unique"

    def checks_again(self) -> bool:
        """Tell whether uniqueness is checked again in the commit step, where no other request comes between."""
        return True

    def notices_lost_update(self) -> bool:
        """Tell whether the commit step starts over when the resource has changed since it was read."""
        return True

    # members -----------------------------------------------------------------------------------------------------

    @rule("members-exist", off=lambda _self, _value: None)
    def unknown_member(self, value: str) -> None:
        """A member that does not exist is refused (RFC 7643 4.2: value is the id of a resource)."""
        raise bad(ScimType.INVALID_VALUE, f"members: no user or group has the id {value!r}")

    @rule("members-stored-on-create", off=lambda _self, _members: [], severity=Severity.DATA_LOSS)
    def members_on_create(self, members: list[JsonObject]) -> list[JsonObject]:
        """A group is created with the members that the request names (RFC 7644 3.3)."""
        return members

    @rule("members-of-many-groups", off=lambda _self: True, severity=Severity.DATA_LOSS)
    def leaves_every_group(self) -> bool:
        """Who leaves one group is still a member of the others (RFC 7644 3.5.1)."""
        return False

    @rule("rename-keeps-groups", off=lambda _self: True, severity=Severity.DATA_LOSS)
    def rename_leaves_groups(self) -> bool:
        """A user with a new userName is still a member of its groups (RFC 7644 3.5.2.3)."""
        return False

    # life cycle --------------------------------------------------------------------------------------------------

    @rule("delete-removes", off=lambda _self: False, severity=Severity.SECURITY)
    def delete_removes(self) -> bool:
        """A deleted resource is gone (RFC 7644 3.6)."""
        return True

    @rule("delete-touches-one", off=lambda _self: True, severity=Severity.DATA_LOSS)
    def delete_anonymises_all(self) -> bool:
        """A delete, and the wiping of names that goes with it, touches only what it names (RFC 7644 3.6)."""
        return False

    @rule("delete-frees-name", off=lambda _self: False, severity=Severity.PROVISIONING_BLOCKED)
    def delete_frees_name(self) -> bool:
        """The userName of a deleted user can be used again (RFC 7644 3.6)."""
        return True

    @rule("delete-leaves-groups", off=lambda _self: False)
    def delete_leaves_groups(self) -> bool:
        """A deleted user is no longer a member of any group (RFC 7644 3.6)."""
        return True

    @rule("inactive-readable", off=lambda _self, resource: resource.get("active") is not False)
    def is_readable(self, resource: Mapping[str, Json]) -> bool:
        """A deactivated user can still be read (RFC 7643 4.1.1)."""
        return self.quirks.deactivation == "suspend" or resource.get("active") is not False

    @rule("inactive-listed", off=lambda _self: "active IS NOT 0", severity=Severity.PROVISIONING_BLOCKED)
    def list_condition(self) -> str:
        """A deactivated user is still listed and found by filters (RFC 7643 4.1.1)."""
        hidden = self.quirks.deactivation == "remove-membership" or self.quirks.inactive_in_lists == "hidden"
        return "active IS NOT 0" if hidden else ""

    @rule("new-user-listed", off=lambda _self, _type: True, severity=Severity.DATA_LOSS)
    def lists_nothing(self, resource_type: ResourceType) -> bool:
        """What can be read by id is in the list too (RFC 7644 3.4.2)."""
        return False
