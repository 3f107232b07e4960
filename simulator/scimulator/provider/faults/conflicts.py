"""Faults of uniqueness: one person gets another's account, or the conflict is not told as one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scimulator.provider.errors import ScimError, ScimType
from scimulator.provider.faults.messages import fetched, place_of, read_object
from scimulator.provider.faults.queries import first_email, is_create, users_with
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.message import Request, Response
    from scimulator.exchange.strict_json import JsonObject


def _bound(request: Request, handle: Callable[[Request], Response], user: JsonObject) -> Response:
    """Write what a create says over an existing user, and answer as if that had been made."""
    target = f"/Users/{user['id']}"
    answer = handle(replace(request, method="PUT", target=target))
    location = read_object(answer.body).get("meta")
    where = str(location.get("location", target)) if isinstance(location, dict) else target
    return replace(answer, status=201, headers=(*answer.headers, ("Location", where)))


@fault(
    "create-case-variant-takes-account",
    trips=["users.create.duplicate-case"],
    source="https://github.com/langfuse/langfuse/pull/13528",
    bug="BUG-030",
    severity="security",
)
class _CaseVariantTakesAccount(Rules):
    """The check for duplicates counts case and the write does not: a create of ALICE@x takes over alice@x, with 201."""

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        if is_create(request):
            name = str(read_object(request.body).get("userName", ""))
            for user in users_with(request, handle, "userName", name):
                if user.get("userName") != name:
                    return _bound(request, handle, user)
        return super().around(request, handle)


@fault(
    "create-email-in-use-refused",
    trips=["users.create.shared-email"],
    source=["https://github.com/ory/polis/pull/4066", "https://github.com/ory/polis/pull/4067"],
    bug="BUG-031",
    severity="provisioning-blocked",
)
class _EmailInUseRefused(Rules):
    """Unique is the e-mail address and not the userName: two people with one mailbox cannot both exist."""

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        email = first_email(read_object(request.body)) if is_create(request) else ""
        if email and users_with(request, handle, "emails.value", email):
            raise ScimError(409, "the e-mail address is in use", ScimType.UNIQUENESS)
        return super().around(request, handle)


@fault(
    "create-email-in-use-takes-account",
    trips=["users.create.shared-email"],
    source="https://github.com/BerriAI/litellm-docs/pull/936",
    bug="BUG-269",
    severity="data-loss",
)
class _EmailInUseTakesAccount(Rules):
    """A create with an e-mail address that is in use renames the account that has it, and answers 201."""

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        email = first_email(read_object(request.body)) if is_create(request) else ""
        holders = users_with(request, handle, "emails.value", email) if email else []
        name = str(read_object(request.body).get("userName", ""))
        if holders and not users_with(request, handle, "userName", name):
            return _bound(request, handle, holders[0])
        return super().around(request, handle)


@fault(
    "write-goes-to-first-with-email",
    trips=["users.create.shared-email"],
    source="https://github.com/kortix-ai/suna/pull/4244",
    bug="BUG-077",
    severity="data-loss",
)
class _WriteGoesToFirstWithEmail(Rules):
    """A write looks the account up by e-mail address and takes the first hit, which may be somebody else."""

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        endpoint, user_id = place_of(request)
        if endpoint == "Users" and user_id and request.method in {"PUT", "PATCH"}:
            email = first_email(fetched(request, handle, f"/Users/{user_id}"))
            holders = users_with(request, handle, "emails.value", email) if email else []
            if holders:
                request = replace(request, target=request.target.replace(user_id, str(holders[0]["id"])))
        return super().around(request, handle)


@fault(
    "conflict-without-scim-type",
    trips=["users.create.duplicate"],
    source="https://github.com/ory/polis/pull/4065",
    bug="BUG-032",
)
class _ConflictWithoutScimType(Rules):
    """The 409 for a userName that is taken does not say uniqueness, so the client retries for ever."""

    def conflict_scim_type(self) -> ScimType | None:
        return None


@fault(
    "unique-name-counts-case",
    trips=["users.create.duplicate-case"],
    source="https://github.com/gravitee-io/issues/issues/2445",
    bug="BUG-034",
    severity="security",
)
class _UniqueNameCountsCase(Rules):
    """A userName that differs in letter case only makes a second account of the same person."""

    def same_unique_value(self, mine: str, other: str) -> bool:
        return mine == other


@fault(
    "create-takes-client-id",
    trips=["users.create.client-id-ignored"],
    source="https://github.com/msaad00/agent-bom/pull/3540",
    bug="BUG-037",
    severity="data-loss",
)
class _TakesClientId(Rules):
    """An id in a create is taken as it is, and overwrites the resource that has it already."""

    def new_id(self, made: str, sent: str) -> str:
        return sent or made


@fault(
    "deleted-name-stays-taken",
    trips=["users.delete.recreate"],
    source="https://github.com/Unleash/unleash/pull/9190",
    bug="BUG-202",
    severity="provisioning-blocked",
)
class _DeletedNameStaysTaken(Rules):
    """A delete only hides the user: reads say 404, but the userName is taken for ever."""

    def delete_frees_name(self) -> bool:
        return False
