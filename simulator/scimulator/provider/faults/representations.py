"""Faults of reading: a resource that exists cannot be read, or in a form that no client understands."""

# ruff: noqa: ARG002  # an override takes what its rule takes

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scimulator.provider.errors import ScimError
from scimulator.provider.faults.messages import place_of
from scimulator.provider.faults.queries import COLLECTIONS
from scimulator.provider.rules import Rules, fault
from scimulator.provider.schema import GROUP_SCHEMA, USER_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scimulator.exchange.message import Request, Response
    from scimulator.exchange.strict_json import Json, JsonObject


@fault(
    "booleans-as-numbers",
    trips=["okta.assign.create", "put.echo"],
    source="https://github.com/grokability/snipe-it/pull/13948",
    bug="BUG-012",
)
class _BooleansAsNumbers(Rules):
    """Booleans leave as the numbers 1 and 0 of the database, and clients cannot read active."""

    def value_out(self, value: Json) -> Json:
        return int(value) if isinstance(value, bool) else value


@fault(
    "emails-of-mixed-shape",
    trips=["users.values.multi"],
    source="https://github.com/wso2/product-is/issues/7304",
    bug="BUG-099",
    severity="provisioning-blocked",
)
class _EmailsOfMixedShape(Rules):
    """An array of e-mail addresses mixes objects and plain texts: all but work addresses come as text."""

    def unassigned(self, resource: JsonObject) -> JsonObject:
        shown = super().unassigned(resource)
        emails = shown.get("emails")
        if isinstance(emails, list):
            shown["emails"] = [_plain(email) for email in emails]
        return shown


def _plain(email: Json) -> Json:
    return email.get("value") if isinstance(email, dict) and email.get("type") != "work" else email


@fault(
    "core-attributes-under-urn",
    trips=["projection.attributes.get", "patch.rename"],
    source="https://github.com/grokability/snipe-it/issues/12642",
    bug="BUG-302",
    severity="provisioning-blocked",
)
class _CoreAttributesUnderUrn(Rules):
    """The attributes of a user stand in an object under the URN of the core schema instead of at the top."""

    def unassigned(self, resource: JsonObject) -> JsonObject:
        shown = super().unassigned(resource)
        common = {"schemas", "id", "externalId", "meta"}
        if USER_SCHEMA not in _list(shown.get("schemas")):
            return shown
        outside = {name: value for name, value in shown.items() if name in common or name.startswith("urn:")}
        return {**outside, USER_SCHEMA: {name: value for name, value in shown.items() if name not in outside}}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


@fault(
    "group-members-always-empty",
    trips=["groups.members.created"],
    source="https://github.com/Infisical/infisical/pull/2138",
    bug="BUG-212",
)
class _GroupMembersAlwaysEmpty(Rules):
    """Every group is shown with an empty array of members, although it has some."""

    def unassigned(self, resource: JsonObject) -> JsonObject:
        shown = super().unassigned(resource)
        return {**shown, "members": []} if GROUP_SCHEMA in _list(shown.get("schemas")) else shown


@fault(
    "location-relative",
    trips=["users.read.relative-location"],
    source="https://github.com/elimity-com/scim/issues/172",
    bug="BUG-130",
)
class _LocationRelative(Rules):
    """Locations are paths such as /Users/123, without the path that the base address has."""

    def location(self, base_url: str, endpoint: str, resource_id: str) -> str:
        return f"{endpoint}/{resource_id}"


@fault(
    "location-from-host-header",
    trips=["security.forged-host"],
    source="https://github.com/Tr3kkR/Yuzu/issues/2029",
    bug="BUG-129",
    severity="security",
)
class _LocationFromHostHeader(Rules):
    """Locations are made from the Host and X-Forwarded-Host headers that the client sends."""

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        forwarded = request.header("X-Forwarded-Host")
        return super().around(request.with_header("Host", forwarded) if forwarded else request, handle)

    def base_for(self, base_url: str, host: str) -> str:
        return f"https://{host}" if host else base_url


@fault(
    "read-redirects",
    trips=["users.read.status"],
    source="https://github.com/limosa-io/laravel-scim-server/issues/148",
    bug="BUG-131",
    severity="provisioning-blocked",
)
class _ReadRedirects(Rules):
    """A GET sends a Location header, and the runtime turns its status into 302."""

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        answer = super().around(request, handle)
        place = place_of(request)
        if answer.status != 200 or request.method != "GET" or place[0] != "Users" or place in COLLECTIONS:
            return answer
        return replace(answer, status=302, headers=(*answer.headers, ("Location", request.path)))


@fault(
    "read-before-login-crashes",
    trips=["users.read.status"],
    source="https://github.com/rancher/rancher/issues/54022",
    bug="BUG-189",
    severity="provisioning-blocked",
)
class _ReadBeforeLoginCrashes(Rules):
    """A user who has never logged in lacks a record that reads need: GET is answered 500."""

    def is_readable(self, resource: Mapping[str, Json]) -> bool:
        if "userName" in resource:
            raise ScimError(500, "Internal error")
        return super().is_readable(resource)


@fault(
    "plus-in-path-is-space",
    trips=["errors.not-found.odd-id"],
    source="https://github.com/wso2/product-is/issues/15317",
    bug="BUG-152",
    severity="provisioning-blocked",
)
class _PlusInPathIsSpace(Rules):
    """A plus sign in a path is read as a space, for which the look-up fails with 500."""

    def path_segment(self, segment: str) -> str:
        if "+" in segment:
            raise ScimError(500, "Internal error")
        return super().path_segment(segment)


@fault(
    "delete-done-then-fails",
    trips=["users.delete.status"],
    source="https://github.com/gravitee-io/issues/issues/6970",
    bug="BUG-222",
    severity="provisioning-blocked",
)
class _DeleteDoneThenFails(Rules):
    """A delete is carried out and answered with an error, because the provider that owns the user refuses it."""

    def deleted_status(self) -> int:
        return 500
