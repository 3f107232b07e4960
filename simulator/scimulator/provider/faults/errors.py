"""Faults of refusals: the client cannot see from the answer what went wrong."""

# ruff: noqa: ARG002  # an override takes what its rule takes

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scimulator.provider.errors import ScimError, ScimType
from scimulator.provider.faults.messages import read_object
from scimulator.provider.faults.queries import answered
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.message import Request, Response
    from scimulator.exchange.strict_json import JsonObject


@fault(
    "errors-of-the-framework",
    trips=["errors.not-found.body"],
    source="https://github.com/msaad00/agent-bom/pull/3540",
    bug="BUG-039",
)
class _ErrorsOfTheFramework(Rules):
    """Errors come in the web framework's own form, a JSON object with nothing but a detail."""

    def error_body(self, error: ScimError) -> JsonObject:
        return {"detail": error.detail}

    def error_content_type(self) -> str:
        return "application/json"


@fault(
    "patch-errors-all-400",
    trips=["patch.uniqueness"],
    source="https://github.com/rancher/rancher/pull/55220",
    bug="BUG-071",
)
class _PatchErrorsAll400(Rules):
    """Whatever goes wrong while a PATCH is applied is wrapped into a 400; 409, 404 and 403 are lost."""

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        answer = super().around(request, handle)
        if request.method != "PATCH" or answer.status not in {403, 404, 409, 412}:
            return answer
        body = {name: value for name, value in read_object(answer.body).items() if name != "scimType"}
        return answered(replace(answer, status=400), {**body, "status": "400"})


@fault(
    "mutability-not-told",
    trips=["patch.remove.read-only"],
    source="https://github.com/rancher/rancher/pull/55220",
    bug="BUG-072",
    severity="cosmetic",
)
class _MutabilityNotTold(Rules):
    """A change of an attribute that cannot be changed is refused without the scimType mutability."""

    def error_scim_type(self, error: ScimError) -> str | None:
        return None if error.scim_type == ScimType.MUTABILITY else super().error_scim_type(error)


@fault(
    "patch-without-target-crashes",
    trips=["patch.path.unknown", "patch.remove.no-match", "patch.value-path.no-match"],
    source="https://github.com/simpleidserver/SimpleIdServer/issues/58",
    bug="BUG-109",
)
class _WithoutTargetCrashes(Rules):
    """A PATCH path that leads to nothing, be it an unknown attribute or a filter without a match, is answered 500."""

    def unknown_path(self, error: ScimError) -> None:
        raise ScimError(500, "Internal error")

    def nothing_selected(self, error: ScimError) -> None:
        raise ScimError(500, "Internal error")

    def removes_nothing(self) -> ScimError | None:
        return ScimError(500, "Internal error")


@fault(
    "wrong-reference-not-named",
    trips=["groups.members.unknown"],
    source="https://github.com/wso2-extensions/identity-inbound-provisioning-scim2/pull/558",
    bug="BUG-195",
    severity="cosmetic",
)
class _WrongReferenceNotNamed(Rules):
    """A reference that is no id, such as a display name, ends in a 500 that does not say which value is wrong."""

    def unknown_member(self, value: str) -> None:
        raise ScimError(500, "Internal error")


@fault(
    "stack-trace-in-detail",
    trips=["errors.detail"],
    source="https://github.com/simpleidserver/SimpleIdServer/issues/328",
    bug="BUG-246",
    severity="security",
)
class _StackTraceInDetail(Rules):
    """An exception is answered 500, and its detail holds the exception's text with the stack trace."""

    def unreadable_body(self, error: ScimError) -> JsonObject:
        raise _crash(error)

    def malformed_filter(self, error: ScimError) -> None:
        raise _crash(error)


def _crash(error: ScimError) -> ScimError:
    return ScimError(
        500,
        f"System.NullReferenceException: Object reference not set to an instance of an object. {error.detail}\n"
        "   at SimpleIdServer.Scim.Parser.SCIMFilterParser.Parse(String filterString)\n"
        "   at SimpleIdServer.Scim.Api.BaseApiController.InternalSearch() in BaseApiController.cs:line 187",
    )
