"""The product rules of the reference provider: what stands behind SCIM, each a named value read from a preset.

The first value of each is the default, with which the product asks for nothing beyond the RFCs.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

YesNo = Literal["no", "yes"]


@dataclass(frozen=True, slots=True)
class ProductQuirks:
    """The quirk values of the product; the id of a quirk is its field's name with hyphens."""

    # who somebody is
    email_case: Literal["preserve", "fold", "reject"] = "preserve"
    """What becomes of capitals in a userName."""
    user_name_form: Literal["any", "email"] = "any"
    primary_email: Literal["independent", "user-name"] = "independent"
    """Whether the primary address is always the userName."""
    user_name_change: Literal["allow", "ignore", "refuse"] = "allow"
    external_id: Literal["keep", "drop", "immutable"] = "keep"
    user_name_length: int = 0
    """Longest userName; 0 for no limit."""

    # what is known of somebody
    name_mutability: Literal["allow", "ignore", "refuse"] = "allow"
    """Whether SCIM can change a name after the create."""
    required_attributes: Literal["rfc", "names", "emails", "names-and-emails"] = "rfc"
    optional_attributes: Literal["keep", "drop", "refuse"] = "keep"
    """What becomes of title, phone numbers, addresses and the like."""
    display_name: Literal["independent", "from-name"] = "independent"
    enterprise_extension: Literal["supported", "unsupported"] = "supported"

    # what somebody may do
    role_attribute: Literal["none", "editor", "roles"] = "none"
    default_role: Literal["viewer", "editor"] = "viewer"
    undefined_role: Literal["default", "refuse"] = "default"
    undefined_role_on_update: Literal["keep", "default"] = "keep"
    unknown_role: Literal["refuse", "default", "keep"] = "refuse"
    removed_role: Literal["default", "keep"] = "default"
    privileged_role_grant: Literal["refuse", "ignore", "allow"] = "refuse"
    role_drift: Literal["overwrite", "keep-product"] = "overwrite"
    group_roles: Literal["none", "by-name"] = "none"
    role_after_reactivation: Literal["kept", "default"] = "kept"

    # coming and going
    deactivation: Literal["suspend", "remove-membership"] = "suspend"
    deletion: Literal["remove", "deactivate", "refuse"] = "remove"
    recreation: Literal["new-account", "same-account", "refuse"] = "new-account"
    reactivation: Literal["same-account", "refuse"] = "same-account"
    inactive_in_lists: Literal["shown", "hidden"] = "shown"
    owned_content: Literal["kept", "deleted", "blocks-deletion"] = "kept"
    deactivation_sessions: Literal["ended", "kept"] = "ended"
    deactivation_api_keys: Literal["ended", "kept"] = "ended"

    # signing in
    requires_sso: YesNo = "no"
    sso_disabled: Literal["independent", "scim-off", "scim-off-token-dead"] = "independent"
    ids_after_reenable: Literal["kept", "new"] = "kept"
    scim_disabled: Literal["members-kept", "members-deactivated", "members-unmanaged"] = "members-kept"
    disabled_status: Literal["403", "401"] = "403"
    visible_after_first_login: YesNo = "no"
    invitation: Literal["none", "email", "acceptance"] = "none"
    jit: Literal["off", "on"] = "off"
    jit_then_create: Literal["conflict", "adopt"] = "conflict"
    existing_account: Literal["conflict", "adopt"] = "conflict"
    listed_members: Literal["all", "scim-only"] = "all"

    # the token
    token_rotation: Literal["old-dies", "both-valid"] = "old-dies"  # noqa: S105  a quirk's value
    token_bound_to_admin: YesNo = "no"  # noqa: S105  the same
    token_lifetime_days: int = 0
    """Days that a token lives; 0 for ever."""

    # rules of the workspace
    plan_gate: YesNo = "no"
    verified_domains_only: YesNo = "no"
    seats_full: Literal["unlimited", "refuse"] = "unlimited"
    last_owner: Literal["unprotected", "refuse", "ignore"] = "unprotected"
    owner_managed: Literal["yes", "refuse", "ignore"] = "yes"
    product_edits: Literal["allowed", "locked"] = "allowed"

    # groups
    groups: Literal["supported", "unsupported"] = "supported"
    group_rename: Literal["allow", "refuse"] = "allow"
    nested_groups: Literal["allow", "refuse"] = "allow"
    group_names: Literal["free", "unique"] = "free"

    # queries
    filter_attributes: Literal["all", "user-name"] = "all"
    filter_operators: Literal["all", "eq"] = "all"
    sorting: Literal["supported", "unsupported"] = "supported"
    entra_flag: Literal["optional", "required"] = "optional"
    base_url_query: Literal["accept", "refuse"] = "accept"
    duplicate_create: Literal["conflict", "return-existing"] = "conflict"

    @property
    def plain(self) -> bool:
        """Whether the product asks for nothing beyond the RFCs, so that nothing need be looked at."""
        return all(getattr(self, each.name) == each.default for each in fields(ProductQuirks))
