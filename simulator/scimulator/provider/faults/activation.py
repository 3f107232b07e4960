"""Faults of activation: a user who is switched off stays on, vanishes, or cannot be switched on again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.provider.errors import ScimError, ScimType, bad
from scimulator.provider.faults.messages import fetched, place_of
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.exchange.message import Request, Response
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.faults.messages import Handle
    from scimulator.provider.quirks import Quirks
    from scimulator.provider.schema import Attribute

_ACTIVE_ONLY = "active IS NOT 0"


@fault(
    "deactivation-echoed-not-stored",
    trips=["patch.active.off", "okta.deactivate", "entra.deactivate"],
    source=[
        "https://github.com/windmill-labs/windmill/pull/8484",
        "https://github.com/FusionAuth/fusionauth-issues/issues/1871",
    ],
    bug="BUG-067",
    severity="security",
)
class _DeactivationNotStored(Rules):
    """A PATCH of active is answered as if it were done, but the account stays as it was."""

    def __init__(self, quirks: Quirks) -> None:
        super().__init__(quirks)
        self._asked: bool | None = None

    def boolean_patched(self, attribute: Attribute, value: bool) -> bool:
        if attribute.name != "active":
            return super().boolean_patched(attribute, value)
        self._asked = value
        return True

    def patch_answer_resource(self, resource: JsonObject) -> JsonObject:
        asked, self._asked = self._asked, None
        resource = super().patch_answer_resource(resource)
        return resource if asked is None else {**resource, "active": asked}


@fault(
    "deactivated-not-found-but-taken",
    trips=["entra.match.disabled", "okta.deactivate.found"],
    source=[
        "https://github.com/better-auth/better-auth/issues/11111",
        "https://github.com/better-auth/better-auth/pull/11113",
        "https://github.com/rancher/rancher/pull/55220",
    ],
    bug="BUG-070",
    severity="provisioning-blocked",
    dialects=("okta.template", "okta.wizard"),
)
class _NotFoundButTaken(Rules):
    """No search finds a deactivated user, and creating the person again is answered 409: nobody can come back."""

    def list_condition(self) -> str:
        return _ACTIVE_ONLY


@fault(
    "deactivated-vanishes",
    trips=["entra.deactivate", "entra.match.disabled"],
    source="https://github.com/sourcegraph/sourcegraph-public-snapshot/issues/49325",
    bug="BUG-117",
    severity="provisioning-blocked",
    dialects=("entra.legacy", "entra.optscim"),
)
class _Vanishes(Rules):
    """A deactivated user is answered 404 and found by no filter."""

    def is_readable(self, resource: Mapping[str, Json]) -> bool:
        return resource.get("active") is not False and super().is_readable(resource)

    def list_condition(self) -> str:
        return _ACTIVE_ONLY


@fault(
    "activation-refused",
    trips=["entra.reactivate", "entra.reactivate.active"],
    source="https://github.com/getsentry/sentry-docs/issues/16258",
    bug="BUG-118",
    severity="provisioning-blocked",
    dialects=("entra.legacy", "entra.optscim"),
)
class _ActivationRefused(Rules):
    """PATCH takes active false only; true is refused as an invalid operation."""

    def boolean_patched(self, attribute: Attribute, value: bool) -> bool:
        if attribute.name == "active" and value:
            raise bad(ScimType.INVALID_VALUE, "Invalid Patch Operation.")
        return super().boolean_patched(attribute, value)


@fault(
    "active-coerced",
    trips=["patch.value.wrong-type"],
    source="https://github.com/christianlouis/dmarq/pull/664",
    bug="BUG-200",
    severity="security",
)
class _ActiveCoerced(Rules):
    """Whatever comes for active is turned into a boolean: the text maybe activates an account."""

    def wrong_type(self, error: ScimError, value: Json) -> Json:
        if error.detail.startswith("active is "):
            return bool(value)
        return super().wrong_type(error, value)


@fault(
    "deactivated-cannot-be-written",
    trips=["patch.active.on-again", "okta.reactivate", "entra.reactivate"],
    source=["https://github.com/PostHog/posthog/pull/44214", "https://github.com/growthbook/growthbook/pull/1680"],
    bug="BUG-209",
    severity="provisioning-blocked",
)
class _CannotBeWritten(Rules):
    """A deactivated user can be read, but every write to it is answered 404."""

    def around(self, request: Request, handle: Handle) -> Response:
        endpoint, user_id = place_of(request)
        writes = request.method in {"PUT", "PATCH", "DELETE"} and endpoint == "Users"
        if writes and fetched(request, handle, request.path).get("active") is False:
            raise self.missing_resource(user_id)
        return super().around(request, handle)


@fault(
    "absent-stored-as-none",
    trips=["okta.deactivate"],
    source="docs corpus: Archer SCIM Release 1.1, fixed issues, SCIM-485",
    bug="BUG-283",
    severity="data-loss",
    dialects=("okta.template", "okta.wizard"),
)
class _StoredAsNone(Rules):
    """Deactivating a user, or a null in a PUT, writes the text None into attributes without a value."""

    def kept(self, before: JsonObject, after: JsonObject) -> JsonObject:
        return _spelled_out(before, super().kept(before, after))

    def replaced(self, before: JsonObject, after: JsonObject) -> JsonObject:
        return _spelled_out(before, super().replaced(before, after))


def _spelled_out(before: JsonObject, after: JsonObject) -> JsonObject:
    switched_off = after.get("active") is False and before.get("active") is not False
    return {"title": "None", "nickName": "None", **after} if switched_off else after
