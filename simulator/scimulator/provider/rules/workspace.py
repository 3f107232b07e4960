"""Rules of the product behind SCIM: what a deactivation ends, who is protected, which role results.

They follow the quirks; a fault overrides one of them, so that the product does other than it declares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.provider.errors import ScimType, bad
from scimulator.provider.schema import USER_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.quirks import Quirks
    from scimulator.provider.schema import Attribute

_PARAMETERS = frozenset({"filter", "sortBy", "sortOrder", "startIndex", "count", "attributes", "excludedAttributes"})

_OPTIONAL = frozenset(
    {"nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale", "timezone", "phoneNumbers", "ims"}
    | {"photos", "addresses", "entitlements", "x509Certificates"}
)
ROLES = ("viewer", "editor", "admin")
"""The roles of the workspace, the least first."""


_REQUIRED: dict[str, frozenset[str]] = {
    "rfc": frozenset(),
    "names": frozenset({"name", "givenName", "familyName"}),
    "emails": frozenset({"emails"}),
    "names-and-emails": frozenset({"name", "givenName", "familyName", "emails"}),
}


def _required(attribute: JsonObject, wanted: frozenset[str]) -> Json:
    """Return the description of an attribute that is required where it is wanted; so are its parts."""
    if attribute.get("name") not in wanted:
        return attribute
    parts = attribute.get("subAttributes")
    if not isinstance(parts, list):
        return {**attribute, "required": True}
    told = [_required(each, wanted) if isinstance(each, dict) else each for each in parts]
    return {**attribute, "required": True, "subAttributes": told}


class WorkspaceRules:
    """What the product decides."""

    quirks: Quirks

    # what a deactivation ends ------------------------------------------------------------------------------------

    def ends_sessions(self) -> bool:
        """Whether a deactivated person's sign-in sessions end at once."""
        return self.quirks.deactivation_sessions == "ended"

    def ends_api_keys(self) -> bool:
        """Whether a deactivated person's API keys end at once."""
        return self.quirks.deactivation_api_keys == "ended"

    def ends_on_delete(self) -> bool:
        """Whether deleting somebody ends sessions and API keys as a deactivation does."""
        return True

    def door_needs_account(self) -> bool:
        """Whether a session or API key opens nothing once the account is gone."""
        return True

    def adoption_ends_access(self) -> bool:
        """Whether a create with active false that becomes an account shuts its holder out as a PATCH does."""
        return True

    def hides_suspension(self) -> bool:
        """Whether filters see a person as active who was suspended in the product."""
        return False

    def admits_inactive(self) -> bool:
        """Whether somebody who is deactivated can sign in."""
        return False

    def log_in_reactivates(self) -> bool:
        """Whether a sign-in switches a deactivated account on."""
        return False

    def keeps_content(self) -> bool:
        """Whether what somebody owned stays when the account is deactivated or deleted."""
        return self.quirks.owned_content != "deleted"

    # roles -------------------------------------------------------------------------------------------------------

    def role_of_created(self, asked: str, default: str) -> str:
        """The role of a new account: what was asked for, or else the default."""
        return asked or default

    def role_of_updated(self, asked: str, before: str, default: str) -> str:
        """The role after an update: what was asked for, or else the one of before."""
        if asked:
            return asked
        return before if self.quirks.undefined_role_on_update == "keep" else default

    def role_of_removed(self, before: str, default: str) -> str:
        """The role after the attribute was taken away."""
        return default if self.quirks.removed_role == "default" else before

    def role_of_reactivated(self, before: str, default: str) -> str:
        """The role of somebody who comes back."""
        return before if self.quirks.role_after_reactivation == "kept" else default

    def role_of_adopted(self, asked: str, before: str, default: str) -> str:
        """The role of an account that was there before SCIM knew of it."""
        return self.role_of_updated(asked, before, default)

    def remembers_role(self) -> bool:
        """Whether somebody who was deleted and comes back has the role of then."""
        return False

    def grants_privilege(self) -> bool:
        """Whether SCIM can make somebody an administrator."""
        return self.quirks.privileged_role_grant == "allow"

    def takes_privilege(self) -> bool:
        """Whether SCIM can take the administrator's role from somebody."""
        return self.quirks.privileged_role_grant == "allow"

    def role_of_group(self, name: str) -> str:
        """The role that a group gives by its name; empty for none."""
        if self.quirks.group_roles != "by-name":
            return ""
        return next((role for role in ROLES if name.lower() in (role, f"{role}s")), "")

    # queries -----------------------------------------------------------------------------------------------------

    def stray_query(self, parameters: Mapping[str, Json]) -> None:
        """Refuse query parameters of the base address, such as the one by which an identity provider is told apart."""
        stray = sorted(name for name in parameters if name not in _PARAMETERS)
        if stray:
            raise bad(ScimType.INVALID_VALUE, f"there is no parameter {stray[0]!r}")

    def limited_filter(self, type_names: Iterable[str], names: Iterable[str], operators: Iterable[str]) -> None:
        """Refuse a filter that asks for more than the product answers.

        Users are found by userName, groups by displayName; the only operator is eq, which and may join.
        """
        if self.quirks.filter_attributes == "user-name":
            known = {"username"} if "User" in type_names else {"displayname"}
            other = sorted(name for name in names if name.lower().rpartition(":")[2] not in known)
            if other:
                raise bad(ScimType.INVALID_FILTER, f"filters name {' or '.join(known)} here, not {other[0]}")
        if self.quirks.filter_operators == "eq":
            others = sorted(each for each in operators if each not in {"eq", "and"})
            if others:
                raise bad(ScimType.INVALID_FILTER, f"the only operator is eq, not {others[0]}")

    def described(self, schema: JsonObject) -> JsonObject:
        """A schema as /Schemas shows it: without what the product does not keep, with what it asks for."""
        attributes = schema.get("attributes")
        if schema.get("id") != USER_SCHEMA or not isinstance(attributes, list):
            return schema
        dropped = self.unkept()
        wanted = _REQUIRED[self.quirks.required_attributes]
        if not dropped and not wanted:
            return schema
        kept = [each for each in attributes if isinstance(each, dict) and each.get("name") not in dropped]
        return {**schema, "attributes": [_required(each, wanted) for each in kept]}

    def unkept(self) -> frozenset[str]:
        """The attributes of a user that the product does without."""
        if self.quirks.optional_attributes == "keep":
            return frozenset()
        return _OPTIONAL if self.quirks.role_attribute == "roles" else _OPTIONAL | {"roles"}

    def takes_any_role(self, attribute: Attribute) -> bool:
        """Whether a role that is neither true nor false gets as far as the rule about unknown roles."""
        return attribute.path == "editor" and self.quirks.unknown_role != "refuse"

    # the workspace -----------------------------------------------------------------------------------------------

    def sso_takes_scim_along(self) -> bool:
        """Whether switching SAML off switches SCIM off."""
        return self.quirks.sso_disabled != "independent" or self.quirks.requires_sso == "yes"

    def refuses_while_off(self) -> bool:
        """Whether every call is refused while SCIM is off."""
        return True

    def deprovisions_with_sso(self) -> bool:
        """Whether switching SAML off deactivates people."""
        return False

    def owner_managed(self) -> str:
        """What SCIM does with an owner, as the quirk owner-managed names it."""
        return self.quirks.owner_managed

    def recreation(self) -> str:
        """What a create does for the name of somebody who was deleted, as the quirk recreation names it."""
        return self.quirks.recreation

    def locks_members(self, *, scim: bool) -> bool:  # noqa: ARG002  a fault looks at whether SCIM is on
        """Whether the product itself cannot change members whom SCIM manages."""
        return self.quirks.product_edits == "locked"

    def group_delete_disowns(self) -> bool:
        """Whether the members of a deleted group stop being managed by SCIM."""
        return False

    def skips_privileged_members(self) -> bool:
        """Whether administrators are left out of the members of a group without a word."""
        return False

    def drops_administrators_with_scim(self) -> bool:
        """Whether administrators are switched off when SCIM is."""
        return False

    def meets_just_in_time(self) -> None:
        """A create meets the account that a first sign-in has made."""

    def old_token_dies(self) -> bool:
        """Whether a rotated token stops opening the door."""
        return self.quirks.token_rotation == "old-dies"  # noqa: S105  a quirk's value

    def any_member_makes_tokens(self) -> bool:
        """Whether somebody who is no administrator can make a token."""
        return False

    def protects_last_owner(self) -> bool:
        """Whether the last owner cannot be locked out."""
        return self.quirks.last_owner != "unprotected"

    def lists_unmanaged(self) -> bool:
        """Whether members whom SCIM did not make are listed and can be changed by it."""
        return self.quirks.listed_members == "all"

    def adopts_existing(self, *, just_in_time: bool) -> bool:
        """Whether a create for an account that the product made becomes that account."""
        return (self.quirks.jit_then_create if just_in_time else self.quirks.existing_account) == "adopt"

    def deactivates_when_scim_ends(self) -> bool:
        """Whether people whom SCIM manages are deactivated when it is switched off."""
        return self.quirks.scim_disabled == "members-deactivated"
