"""Faults of roles: granted, lost or left over against what the product promises."""

from __future__ import annotations

from scimulator.provider.rules import Rules, fault


@fault(
    "administrator-by-scim",
    trips=["quirks.privileged-role-grant.patch"],
    source=[
        "https://github.com/Senthil455/Atlas-Workforce-System/issues/175",
        "https://github.com/UnitOneAI/SecuritySkills/issues/345",
    ],
    bug="BUG-048",
    severity="security",
    preset="launchdarkly-like",
)
class _AdministratorByScim(Rules):
    """A PATCH of the role is stored without asking whether the client may grant it: anybody becomes administrator."""

    def grants_privilege(self) -> bool:
        return True


@fault(
    "returns-with-old-role",
    trips=["members.recreated.role"],
    source="https://github.com/Infisical/infisical/pull/3304",
    bug="BUG-213",
)
class _ReturnsWithOldRole(Rules):
    """Somebody who was deleted and is made again has the role of then instead of the default one of now."""

    def remembers_role(self) -> bool:
        return True


@fault(
    "administrator-demoted-by-create",
    trips=["quirks.existing-account.administrator"],
    source="https://github.com/BerriAI/litellm/pull/30895",
    bug="BUG-272",
    severity="security",
)
class _DemotedByCreate(Rules):
    """A create for an administrator who is there already works the role out anew and makes a viewer of them."""

    def adopts_existing(self, *, just_in_time: bool) -> bool:  # noqa: ARG002  the signature of the rule
        return True

    def role_of_adopted(self, asked: str, before: str, default: str) -> str:  # noqa: ARG002  the signature of the rule
        return asked or default


@fault(
    "privileged-member-skipped",
    trips=["members.administrator.group"],
    source="https://github.com/semgrep/semgrep-docs/pull/2816",
    bug="BUG-325",
)
class _PrivilegedSkipped(Rules):
    """An administrator who is added to a group is left out of it, and the answer is success."""

    def skips_privileged_members(self) -> bool:
        return True
