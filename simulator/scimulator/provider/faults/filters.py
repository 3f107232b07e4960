"""Faults of filters: the client finds nobody, or somebody else, or everybody."""

# ruff: noqa: ARG002  # an override takes what its rule takes

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scimulator.provider.errors import ScimError, ScimType, bad
from scimulator.provider.faults.messages import page, place_of
from scimulator.provider.faults.queries import is_list, parameters
from scimulator.provider.rules import Rules, fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.message import Request, Response
    from scimulator.provider.schema import Attribute

NOBODY = "not (id pr)"
"""A filter that matches nothing."""


@fault(
    "filter-unparseable-lists-everybody",
    trips=["filtering.refusal.malformed"],
    source="https://github.com/NorthlandPositronics/Cogtrix/issues/124",
    bug="BUG-015",
    severity="security",
)
class _UnparseableListsEverybody(Rules):
    """A filter that cannot be parsed is dropped, and the answer lists the whole tenant."""

    def malformed_filter(self, error: ScimError) -> None:
        return None


@fault(
    "filter-value-path-finds-nobody",
    trips=["filtering.value-path.same-element"],
    source="https://github.com/FusionAuth/fusionauth-issues/issues/3195",
    bug="BUG-018",
)
class _ValuePathFindsNobody(Rules):
    """A filter with a value path, such as emails[value co "@x"], is false for every user."""

    def value_path_matches(self, found: bool) -> bool:
        return False


@fault(
    "filter-value-ends-at-apostrophe",
    trips=["filtering.string.apostrophe"],
    source="https://github.com/wso2/product-is/issues/6631",
    bug="BUG-150",
    severity="security",
)
class _ValueEndsAtApostrophe(Rules):
    """The value in a filter is cut at an apostrophe: givenName eq "A'KELAH" finds the user called "A"."""

    def literal(self, raw: str, value: str) -> str:
        return super().literal(raw, value).partition("'")[0]


@fault(
    "filter-asterisk-stands-for-anything",
    trips=["security.filter.wildcards"],
    source="https://github.com/GluuFederation/oxTrust/issues/917",
    bug="BUG-154",
    severity="security",
)
class _AsteriskStandsForAnything(Rules):
    """The value is put into an LDAP query as it came: eq "a*" finds everybody whose name begins with a."""

    def compare_eq(self, have: str | float, want: str | float) -> bool:
        if isinstance(have, str) and isinstance(want, str) and "*" in want:
            pattern = ".*".join(map(re.escape, want.split("*")))
            return re.fullmatch(pattern, have, re.DOTALL) is not None
        return super().compare_eq(have, want)


@fault(
    "filter-like-not-escaped",
    trips=["filtering.string.wildcards"],
    source="https://github.com/cloudfoundry/uaa/issues/596",
    bug="BUG-298",
    severity="security",
)
class _LikeNotEscaped(Rules):
    """The operators co, sw and ew become a SQL LIKE in which the client's % and _ keep their meaning."""

    def compare_co(self, have: str, want: str) -> bool:
        return _like(f"%{want}%", have)

    def compare_sw(self, have: str, want: str) -> bool:
        return _like(f"{want}%", have)

    def compare_ew(self, have: str, want: str) -> bool:
        return _like(f"%{want}", have)


def _like(pattern: str, text: str) -> bool:
    signs = {"%": ".*", "_": "."}
    return re.fullmatch("".join(signs.get(sign) or re.escape(sign) for sign in pattern), text, re.DOTALL) is not None


@fault(
    "filter-id-crashes",
    trips=["filtering.common.id"],
    source="https://github.com/simpleidserver/SimpleIdServer/issues/596",
    bug="BUG-227",
)
class _IdCrashes(Rules):
    """The id is no column of the filter's query builder: id eq "…", alone or in a chain of or, ends in 500."""

    def knows_name(self, path: str, canonical: str) -> bool:
        if canonical == "id":
            raise ScimError(500, "Internal error")
        return super().knows_name(path, canonical)


@fault(
    "filter-deep-name-matches-everybody",
    trips=["filtering.refusal.deep-name"],
    source="https://github.com/PennState/SCIMple-Identity/pull/63",
    bug="BUG-232",
)
class _DeepNameMatchesEverybody(Rules):
    """A name with more than one sub-attribute level (name.givenName.x) is read somehow and matches everybody."""

    def unknown_in_filter(self, path: str) -> None:
        if path.rpartition(":")[2].count(".") < 2:  # one dot leads to a sub-attribute
            super().unknown_in_filter(path)


@fault(
    "filter-external-id-refused",
    trips=["entra.match.other-attribute"],
    source=[
        "https://github.com/better-auth/better-auth/issues/10419",
        "https://github.com/better-auth/better-auth/pull/10420",
        "https://github.com/OctopusDeploy/Issues/issues/9841",
        "https://github.com/GESoftware-CF/uaa/pull/126",
    ],
    bug="BUG-235",
    severity="provisioning-blocked",
)
class _ExternalIdRefused(Rules):
    """A filter on externalId is refused with 400, so a client that links by it creates everybody again."""

    def knows_name(self, path: str, canonical: str) -> bool:
        if canonical == "externalId":
            raise bad(ScimType.INVALID_FILTER, "the attribute externalId is not supported")
        return super().knows_name(path, canonical)


@fault(
    "filter-compound-finds-nobody",
    trips=["filtering.or"],
    source="https://github.com/authorizerdev/authorizer/pull/705",
    bug="BUG-237",
    severity="data-loss",
)
class _CompoundFindsNobody(Rules):
    """A filter that the server does not support (an or) is answered 200 with an empty list instead of 400."""

    def filter_text(self, text: str) -> str:
        text = super().filter_text(text)
        return NOBODY if re.search(r"[\w\")\]]\s+or\s+", text, re.IGNORECASE) else text


@fault(
    "filter-external-id-any-case",
    trips=["filtering.case.exact-value"],
    source="https://github.com/better-auth/better-auth/pull/10420",
    bug="BUG-238",
    severity="security",
)
class _ExternalIdAnyCase(Rules):
    """The externalId is compared without regard to case, so "ab1" finds the person whose externalId is "Ab1"."""

    def counts_case(self, attribute: Attribute) -> bool:
        return attribute.name != "externalId" and super().counts_case(attribute)


@fault(
    "filter-case-folded-in-eq-only",
    trips=["filtering.case.insensitive-value"],
    source="https://github.com/simpleidserver/SimpleIdServer/issues/489",
    bug="BUG-243",
)
class _CaseFoldedInEqOnly(Rules):
    """Only eq and ne disregard case: userName sw "BO" does not find bob."""

    def counts_case_with(self, attribute: Attribute, operator: str) -> bool:
        return operator not in {"eq", "ne"} or super().counts_case_with(attribute, operator)


@fault(
    "filter-groups-starts-with-crashes",
    trips=["filtering.groups.operators"],
    source="https://github.com/wso2/product-is/issues/7420",
    bug="BUG-251",
)
class _GroupsStartsWithCrashes(Rules):
    """The operators sw, co and ew, which work for users, end in an HTML error page for groups."""

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        wanted = parameters(request).get("filter", "") if is_list(request) else ""
        if place_of(request)[0] == "Groups" and re.search(r"\s(sw|co|ew)\s", wanted, re.IGNORECASE):
            return page(500, "<h1>Internal Server Error</h1>")
        return super().around(request, handle)


@fault(
    "filter-ascii-only",
    trips=["filtering.string.non-ascii"],
    source=["https://github.com/apache/directory-scimple/issues/981", "https://github.com/pingidentity/scim/issues/23"],
    bug="BUG-295",
    severity="provisioning-blocked",
)
class _AsciiOnly(Rules):
    """The reader of filters knows ASCII only: a letter with an accent in the value is a syntax error."""

    def filter_text(self, text: str) -> str:
        if not text.isascii():
            raise bad(ScimType.INVALID_FILTER, "the filter has a character that cannot stand there")
        return super().filter_text(text)


@fault(
    "filter-escapes-kept",
    trips=["filtering.string.escapes"],
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/913",
    bug="BUG-296",
    severity="data-loss",
)
class _EscapesKept(Rules):
    """The backslashes of an escaped quotation mark stay in the value, so a name with quotation marks is never found."""

    def literal(self, raw: str, value: str) -> str:
        return raw


@fault(
    "filter-display-name-reads-user-name",
    trips=["filtering.ne", "filtering.not"],
    source="https://github.com/gravitee-io/gravitee-access-management/pull/2966",
    bug="BUG-299",
)
class _DisplayNameReadsUserName(Rules):
    """The name displayName leads to one column for users and groups, so the filter of users reads their userName."""

    _asked_of_users = False

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        self._asked_of_users = place_of(request)[0] == "Users"
        return super().around(request, handle)

    def filter_text(self, text: str) -> str:
        text = super().filter_text(text)
        return re.sub(r"\bdisplayName(?=\s)", "userName", text) if self._asked_of_users else text
