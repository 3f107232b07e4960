"""Faults of accounts that SCIM did not make, that are gone, or that it no longer manages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.exchange.message import Response
from scimulator.provider.errors import ScimError
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from scimulator.exchange.message import Request
    from scimulator.provider.faults.messages import Handle

_BAD_GATEWAY = 502


@fault(
    "local-account-taken-over",
    trips=["quirks.existing-account.create"],
    source="https://github.com/intuitem/ciso-assistant-community/pull/4658",
    bug="BUG-081",
    severity="security",
)
class _TakenOver(Rules):
    """A create adopts a local account by its address alone and writes the addresses that it carries into it."""

    def adopts_existing(self, *, just_in_time: bool) -> bool:
        return not just_in_time or super().adopts_existing(just_in_time=True)


@fault(
    "former-member-adopted",
    trips=["quirks.recreation.create"],
    source="https://github.com/different-ai/openwork/pull/5026",
    bug="BUG-139",
    severity="security",
)
class _FormerMemberAdopted(Rules):
    """A create finds the membership of somebody who was removed, and links the newcomer to it."""

    def recreation(self) -> str:
        return "same-account"


@fault(
    "deleted-comes-back-as-stranger",
    trips=["quirks.recreation.create"],
    source="https://github.com/FusionAuth/fusionauth-issues/issues/3244",
    bug="BUG-201",
    severity="data-loss",
    preset="hcp-terraform-like",
)
class _ComesBackAsStranger(Rules):
    """A delete that should be undone by a create is final: the person gets another id, and the old data no owner."""

    def recreation(self) -> str:
        return "new-account"


@fault(
    "just-in-time-account-crashes-create",
    trips=["members.just-in-time.create"],
    source="https://github.com/tuist/tuist/pull/11688",
    bug="BUG-134",
    severity="provisioning-blocked",
    preset="whimsical",
)
class _JustInTimeCrash(Rules):
    """A create for somebody whom a first sign-in has made crashes behind the proxy, which says so in plain text."""

    def meets_just_in_time(self) -> None:
        raise ScimError(_BAD_GATEWAY, "Bad Gateway")

    def around(self, request: Request, handle: Handle) -> Response:
        response = super().around(request, handle)
        if response.status != _BAD_GATEWAY:
            return response
        return Response(_BAD_GATEWAY, (("Content-Type", "text/plain"),), b"Bad Gateway")


@fault(
    "members-locked-without-scim",
    trips=["quirks.product-edits.scim-off"],
    source=[
        "https://github.com/appsmithorg/appsmith/issues/35084",
        "https://github.com/Budibase/budibase/pull/18554",
    ],
    bug="BUG-219",
)
class _LockedWithoutScim(Rules):
    """Once SCIM is off, members who came by it can be changed neither by SCIM nor in the product."""

    def locks_members(self, *, scim: bool) -> bool:
        return not scim or super().locks_members(scim=scim)


@fault(
    "group-delete-disowns-members",
    trips=["members.group-deleted.managed"],
    source="https://github.com/appsmithorg/appsmith/issues/31529",
    bug="BUG-220",
)
class _GroupDeleteDisowns(Rules):
    """Deleting one group takes the mark of SCIM from its members, also from those who are in another one."""

    def group_delete_disowns(self) -> bool:
        return True


@fault(
    "scim-off-drops-administrators",
    trips=["quirks.scim-disabled.administrator"],
    source="https://github.com/appsmithorg/appsmith/issues/25737",
    bug="BUG-218",
    severity="security",
)
class _ScimOffDropsAdministrators(Rules):
    """Switching SCIM off switches off the administrators who came by it, perhaps the only ones."""

    def drops_administrators_with_scim(self) -> bool:
        return True


@fault(
    "owner-deleted",
    trips=["quirks.owner-managed.delete"],
    source="https://github.com/open-webui/open-webui/issues/27662",
    bug="BUG-268",
    severity="security",
    preset="launchdarkly-like",
)
class _OwnerDeleted(Rules):
    """SCIM works on every account of the product, and a DELETE removes an owner whom it should not touch."""

    def owner_managed(self) -> str:
        return "yes"


@fault(
    "product-rule-crashes",
    trips=["members.product-rule.refusal"],
    source="https://github.com/FusionAuth/fusionauth-issues/issues/2695",
    bug="BUG-307",
    preset="atlassian-like",
)
class _ProductRuleCrashes(Rules):
    """A refusal by a rule of the product, such as a domain that nobody has verified, is answered 500."""

    def around(self, request: Request, handle: Handle) -> Response:
        response = super().around(request, handle)
        if b"no verified domain" not in response.body:
            return response
        body = response.body.replace(b'"400"', b'"500"')
        headers = tuple(each for each in response.headers if each[0].lower() != "content-length")
        return Response(500, headers, body)
