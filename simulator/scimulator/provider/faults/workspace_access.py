"""Faults of access: somebody who is switched off or gone keeps a way in, or a sign-in undoes what SCIM did."""

from __future__ import annotations

from scimulator.provider.rules import Rules, fault


@fault(
    "api-key-outlives-deactivation",
    trips=["members.deactivated.api-key", "quirks.deactivation-api-keys.key"],
    source=["https://github.com/msaad00/agent-bom/issues/3535", "https://github.com/BerriAI/litellm/pull/26861"],
    bug="BUG-064",
    severity="security",
)
class _KeyOutlivesDeactivation(Rules):
    """A deactivation stops sign-ins only; the person's API keys go on opening the door."""

    def ends_api_keys(self) -> bool:
        return False


@fault(
    "api-key-outlives-account",
    trips=["members.deleted.api-key"],
    source="https://github.com/windmill-labs/windmill/pull/8484",
    bug="BUG-068",
    severity="security",
)
class _KeyOutlivesAccount(Rules):
    """A delete removes the account's row, but not the API keys, which are looked up by themselves."""

    def ends_on_delete(self) -> bool:
        return False

    def door_needs_account(self) -> bool:
        return False


@fault(
    "created-inactive-stays-signed-in",
    trips=["members.created-inactive.session"],
    source="https://github.com/better-auth/better-auth/pull/10242",
    bug="BUG-066",
    severity="security",
)
class _InactiveStaysSignedIn(Rules):
    """A create with active false becomes the account that is there, and leaves its sessions open."""

    def adopts_existing(self, *, just_in_time: bool) -> bool:  # noqa: ARG002  the signature of the rule
        return True

    def adoption_ends_access(self) -> bool:
        return False


@fault(
    "created-inactive-keeps-access",
    trips=["members.created-inactive.sign-in"],
    source="https://github.com/TracecatHQ/tracecat/pull/3530",
    bug="BUG-197",
    severity="security",
)
class _InactiveKeepsAccess(Rules):
    """A create with active false for a member marks the SCIM side inactive only; the membership goes on."""

    def adopts_existing(self, *, just_in_time: bool) -> bool:  # noqa: ARG002  the signature of the rule
        return True

    def adoption_ends_access(self) -> bool:
        return False

    def admits_inactive(self) -> bool:
        return True


@fault(
    "sign-in-reactivates",
    trips=["members.deactivated.sign-in"],
    source="https://gitlab.com/gitlab-org/gitlab-ee/issues/8869",
    bug="BUG-273",
    severity="security",
)
class _SignInReactivates(Rules):
    """A SAML sign-in switches a deactivated account on again."""

    def log_in_reactivates(self) -> bool:
        return True


@fault(
    "saml-off-deactivates",
    trips=["quirks.scim-disabled.saml-off"],
    source=[
        "https://github.com/hashicorp/web-unified-docs/pull/3337",
        "https://learn.microsoft.com/entra/identity/saas-apps/whimsical-provisioning-tutorial",
    ],
    bug="BUG-312",
    severity="security",
    preset="whimsical",
)
class _SamlOffDeactivates(Rules):
    """Switching SAML off, even for a minute, deactivates everybody whom SCIM manages."""

    def deprovisions_with_sso(self) -> bool:
        return True


@fault(
    "suspension-not-filtered",
    trips=["members.suspended.filter"],
    source="https://github.com/simstudioai/sim/pull/7567",
    bug="BUG-210",
)
class _SuspensionNotFiltered(Rules):
    """A filter on active looks at another column than the one that a suspension in the product writes."""

    def hides_suspension(self) -> bool:
        return True
