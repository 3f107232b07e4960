"""Faults of lists: people who exist are not in them, or come without what they have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scimulator.provider.errors import ScimError
from scimulator.provider.faults.messages import place_of, read_object
from scimulator.provider.faults.queries import COLLECTIONS, answered, is_incomplete, is_list, parameters
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.message import Request, Response
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.provider.schema import ResourceType

SCANNED = 3
"""Accounts that a look-up goes through; the server of the report had 1000."""


@fault(
    "list-reads-stale-index",
    trips=["filtering.eq.user-name"],
    source="https://github.com/Budibase/budibase/issues/19522",
    bug="BUG-020",
    severity="provisioning-blocked",
)
class _ReadsStaleIndex(Rules):
    """Lists and filters of users read an index that nobody writes: they are empty, while GET by id finds all."""

    def lists_nothing(self, resource_type: ResourceType) -> bool:
        return resource_type.name == "User" or super().lists_nothing(resource_type)


@fault(
    "list-without-paging-is-empty",
    trips=["filtering.eq.user-name"],
    source="https://github.com/bitwarden/server/issues/4034",
    bug="BUG-165",
    severity="data-loss",
)
class _WithoutPagingIsEmpty(Rules):
    """Where neither startIndex nor count is given, the defaults are missing and the list is empty."""

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        answer = super().around(request, handle)
        if answer.status != 200 or not is_list(request) or {"startIndex", "count"} & parameters(request).keys():
            return answer
        return answered(answer, {**read_object(answer.body), "totalResults": 0, "itemsPerPage": 0, "Resources": []})


@fault(
    "list-groups-without-members",
    trips=["groups.read.same-in-list"],
    source="https://github.com/graphql-hive/console/issues/8352",
    bug="BUG-169",
    severity="data-loss",
)
class _GroupsWithoutMembers(Rules):
    """A list of groups leaves out their members, even where attributes=members asks for them."""

    def listed(self, resource: JsonObject) -> JsonObject:
        return {name: value for name, value in super().listed(resource).items() if name != "members"}


@fault(
    "list-users-without-emails",
    trips=["filtering.list.same-as-read"],
    source="Archer SCIM, release notes of 1.1, fixed issue SCIM-557",
    bug="BUG-281",
)
class _UsersWithoutEmails(Rules):
    """A list of users leaves out their e-mail addresses, which a GET by id shows."""

    def listed(self, resource: JsonObject) -> JsonObject:
        return {name: value for name, value in super().listed(resource).items() if name != "emails"}


@fault(
    "list-breaks-on-incomplete-user",
    trips=["users.list.bare-user"],
    source="https://github.com/rancher/rancher/issues/52996",
    bug="BUG-188",
    severity="provisioning-blocked",
)
class _BreaksOnIncompleteUser(Rules):
    """One account without the usual attributes (made in the product, say) turns every list that holds it into a 500."""

    def listed(self, resource: JsonObject) -> JsonObject:
        if is_incomplete(resource):
            raise ScimError(500, "Internal error")
        return super().listed(resource)


@fault(
    "list-scans-first-accounts-only",
    trips=["sorting.pages"],
    source="https://github.com/kortix-ai/suna/pull/7297",
    bug="BUG-079",
    severity="data-loss",
)
class _ScansFirstAccountsOnly(Rules):
    """A look-up goes through the first accounts of the directory only; later people look absent and are made again."""

    _looks_up = False

    def filter_text(self, text: str) -> str:
        self._looks_up = bool(text)
        return super().filter_text(text)

    def list_condition(self) -> str:
        condition = super().list_condition()
        return " AND ".join(filter(None, (condition, f"seq <= {SCANNED}"))) if self._looks_up else condition


@fault(
    "list-order-changes",
    trips=["paging.repeat", "paging.walk"],
    source=[
        "https://github.com/grokability/snipe-it/pull/19343",
        "https://github.com/grokability/snipe-it/pull/19358",
        "https://github.com/better-auth/better-auth/pull/10399",
        "https://github.com/cloudfoundry/uaa/issues/164",
    ],
    bug="BUG-286",
    severity="data-loss",
)
class _OrderChanges(Rules):
    """Pages are cut from a query without a stable order, so that rows move from one page to another."""

    _backwards = False

    def stable_order(self) -> str:
        self._backwards = not self._backwards
        return "seq DESC" if self._backwards else super().stable_order()


@fault(
    "list-sort-not-implemented",
    trips=["sorting.unsupported"],
    source="https://github.com/wso2/product-is/issues/4362",
    bug="BUG-257",
)
class _SortNotImplemented(Rules):
    """Without support for sorting, sortBy is answered 501 instead of ignored, with an Error whose schemas is a text."""

    def config(self, config: JsonObject) -> JsonObject:
        return {**super().config(config), "sort": {"supported": False}}

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        if place_of(request) in COLLECTIONS and "sortBy" in parameters(request):
            answer = handle(request)
            if answer.status == 401:
                return answer
            error: JsonObject = {
                "schemas": "urn:ietf:params:scim:api:messages:2.0:Error",
                "status": "501",
                "detail": "no sorting",
            }
            return answered(replace(answer, status=501), error)
        return super().around(request, handle)
