"""Faults of versions: one administrator's change overwrites the other's."""

# ruff: noqa: ARG002  # an override takes what its rule takes

from __future__ import annotations

from scimulator.provider.rules import Rules, fault


@fault(
    "if-match-ignored",
    trips=["etags.if-match.stale", "etags.if-match.overtaken"],
    source=[
        "https://github.com/apache/directory-scimple/issues/534",
        "https://github.com/GluuFederation/SCIM-Client/issues/51",
    ],
    bug="BUG-155",
    severity="data-loss",
)
class _IfMatchIgnored(Rules):
    """PUT and PATCH ignore If-Match, although ServiceProviderConfig announces versions."""

    def may_write(self, tags: str, version: str, method: str) -> bool:
        return method != "DELETE" or super().may_write(tags, version, method)


@fault(
    "if-none-match-ignored",
    trips=["etags.if-none-match.current"],
    source="https://github.com/GluuFederation/SCIM-Client/issues/52",
    bug="BUG-156",
    severity="cosmetic",
)
class _IfNoneMatchIgnored(Rules):
    """A GET whose If-None-Match names the current version is answered 200 with the whole resource."""

    def unchanged(self, tags: str, version: str) -> bool:
        return False


@fault(
    "if-match-ignored-by-delete",
    trips=["etags.if-match.delete-stale"],
    source="https://github.com/GluuFederation/SCIM-Client/issues/53",
    bug="BUG-157",
    severity="data-loss",
)
class _IfMatchIgnoredByDelete(Rules):
    """DELETE ignores If-Match and deletes what somebody else has just changed."""

    def may_delete(self, tags: str, version: str) -> bool:
        return True
