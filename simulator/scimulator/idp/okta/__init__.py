"""Okta as a SCIM client, in its dialects ``okta.template`` and ``okta.wizard``.

What differs between the two is in the profile: where an exchange is a PATCH the flow sends it, where it is a PUT the
flow reads the resource first and writes it whole.
"""

from __future__ import annotations

from scimulator.idp.okta.app_users import AppAttribute, AppUserError, AppUserSchema, ValueKind
from scimulator.idp.okta.assignments import Assignments
from scimulator.idp.okta.entitlements import Entitlement
from scimulator.idp.okta.importing import ImportedUser, Imports, Match, MatchBy, MatchRules
from scimulator.idp.okta.patience import impatient
from scimulator.idp.okta.tasks import Heading, Tasks


class Okta(Assignments, Imports, Tasks):
    """One Okta app connected to one target; every public method that reaches the target is a flow."""


__all__ = [
    "AppAttribute",
    "AppUserError",
    "AppUserSchema",
    "Entitlement",
    "Heading",
    "ImportedUser",
    "Match",
    "MatchBy",
    "MatchRules",
    "Okta",
    "ValueKind",
    "impatient",
]
