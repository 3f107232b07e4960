"""Faults of creating: what comes back, or what is kept, is not what was sent."""

# ruff: noqa: ARG002  # an override takes what its rule takes

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from scimulator.provider.errors import ScimError
from scimulator.provider.faults.messages import objects, page, place_of, read_object, with_body
from scimulator.provider.faults.queries import answered, is_create
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.message import Request, Response
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.provider.schema import Attribute


def _without(body: JsonObject, *names: str) -> JsonObject:
    return {name: value for name, value in body.items() if name not in names}


@fault(
    "create-answers-other-user-name",
    trips=["okta.assign.create", "patch.external-id", "put.external-id"],
    source="https://github.com/Infisical/infisical/pull/5947",
    bug="BUG-080",
    severity="provisioning-blocked",
)
class _AnswersOtherUserName(Rules):
    """The answer to a create has the userName that was sent, every read has the externalId in its place."""

    def unassigned(self, resource: JsonObject) -> JsonObject:
        shown = super().unassigned(resource)
        if "userName" in shown and shown.get("externalId"):
            return {**shown, "userName": shown["externalId"]}
        return shown

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        answer = super().around(request, handle)
        if is_create(request) and answer.status == 201:
            name = read_object(request.body).get("userName")
            return answered(answer, {**read_object(answer.body), "userName": name})
        return answer


@fault(
    "create-ignores-external-id-and-active",
    trips=["users.create.inactive", "okta.assign.external-id"],
    source="https://github.com/BerriAI/litellm-docs/pull/936",
    bug="BUG-270",
    severity="security",
)
class _IgnoresExternalIdAndActive(Rules):
    """A create does not keep externalId and active, which PUT and PATCH do: whoever is created inactive can log in."""

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        if is_create(request):
            sent = read_object(request.body)
            if sent:
                request = with_body(request, {**_without(sent, "externalId", "active"), "active": True})
        return super().around(request, handle)


@fault(
    "display-name-made-up",
    trips=["users.values.single"],
    source="https://github.com/BerriAI/litellm-docs/pull/936",
    bug="BUG-271",
    severity="cosmetic",
)
class _DisplayNameMadeUp(Rules):
    """The displayName of a create or replace is dropped, and reads put one together from other attributes."""

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        if request.method in {"POST", "PUT"} and place_of(request)[0] == "Users":
            sent = read_object(request.body)
            if "displayName" in sent:
                request = with_body(request, _without(sent, "displayName"))
        return super().around(request, handle)

    def unassigned(self, resource: JsonObject) -> JsonObject:
        shown = super().unassigned(resource)
        name = shown.get("name")
        if "userName" not in shown or "displayName" in shown or not isinstance(name, dict):
            return shown
        made = f"{name.get('familyName', '')}, {name.get('givenName', '')}"
        return {**shown, "displayName": made}


@fault(
    "group-create-crashes",
    trips=["groups.create.status"],
    source="https://github.com/Infisical/infisical/issues/6552",
    bug="BUG-214",
    severity="provisioning-blocked",
)
class _GroupCreateCrashes(Rules):
    """Every create of a group fails in an internal look-up and is answered 500."""

    def members_on_create(self, members: list[JsonObject]) -> list[JsonObject]:
        raise ScimError(500, "Find one")

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        if is_create(request, "Groups"):
            sent = read_object(request.body)
            if sent:
                request = with_body(request, {"members": [{"value": "of the group"}], **sent})
        return super().around(request, handle)


@fault(
    "group-create-echoes-members",
    trips=["groups.create.answer-equals-read"],
    source="https://github.com/wso2-extensions/identity-inbound-provisioning-scim2/pull/322",
    bug="BUG-177",
)
class _GroupCreateEchoesMembers(Rules):
    """The answer to a create of a group repeats members that were not stored: without a value, or unknown."""

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        sent = read_object(request.body) if is_create(request, "Groups") else {}
        if not sent.get("members"):
            return super().around(request, handle)
        named = [member for member in objects(sent["members"]) if isinstance(member.get("value"), str)]
        answer = super().around(with_body(request, {**sent, "members": [*named]}), handle)
        if answer.status != 201:
            return answer
        return answered(answer, {**read_object(answer.body), "members": sent["members"]})

    def unknown_member(self, value: str) -> None:
        return None


@fault(
    "required-attribute-not-required",
    trips=["users.create.missing-username"],
    source="https://github.com/FusionAuth/fusionauth-issues/issues/2695",
    bug="BUG-306",
)
class _RequiredNotRequired(Rules):
    """An attribute that the schema calls required may be missing in a create, which is stored all the same."""

    def missing_on_create(self, missing: Attribute) -> None:
        return None


@fault(
    "primary-not-stored",
    trips=["users.values.multi"],
    source=["https://github.com/wso2/product-is/issues/15560", "https://github.com/wso2/product-is/issues/7304"],
    bug="BUG-098",
)
class _PrimaryNotStored(Rules):
    """The mark primary of an e-mail address is not kept, and another address counts as the main one."""

    def element_in(self, element: JsonObject) -> JsonObject:
        return _without(super().element_in(element), "primary")


@fault(
    "refused-with-422",
    trips=["users.create.missing-username", "groups.create.missing-display-name"],
    source="https://github.com/Infisical/infisical/issues/6552",
    bug="BUG-216",
)
class _RefusedWith422(Rules):
    """A body that does not fit the schema is answered 422 with the validator's own report instead of a SCIM Error."""

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        answer = super().around(request, handle)
        if answer.status != 400 or request.method not in {"POST", "PUT"}:
            return answer
        detail = read_object(answer.body).get("detail")
        report = {"reqId": "req-1", "statusCode": 422, "error": "ValidationFailure", "message": [{"message": detail}]}
        return page(422, orjson.dumps(report).decode(), "application/json")
