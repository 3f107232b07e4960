"""Which errors are answered how (RFC 7644 sections 3.2 and 3.12)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import ERROR, NotApplicable, Purpose, check, collateral, encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Answer, Resource, Resources, Session

_SCIM_TYPES = {
    "invalidFilter", "tooMany", "uniqueness", "mutability", "invalidSyntax", "invalidPath", "noTarget", "invalidValue",
    "invalidVers", "sensitive", "invalidCursor", "expiredCursor", "invalidCount",
}  # fmt: skip


@check(
    "errors.not-found.body",
    "RFC7644-3.12-01",
    "RFC7644-3.12-02",
    "RFC7644-3.12-03",
    "RFC7644-3.12-04",
    "RFC7644-3.12-05",
    "RFC7644-3.12-11",
    "RFC7644-3.12-31",
    writes=False,
)
def test_a_missing_user_is_described_in_a_scim_error(users: Resources) -> None:
    """The 404 for a user that does not exist carries a SCIM Error, with its status as a string."""
    answer = users.get(str(uuid.uuid4()))
    answer.require(
        answer.status_code == 404, f"an unknown user was answered {answer.status_code}", kind="status", wanted=404,
        got=answer.status_code, per="RFC7644-3.12-11",
    )  # fmt: skip
    if answer.status_code != 404:
        return
    answer.require(answer.body, "the 404 has no JSON object as its body", kind="error-no-json")
    schemas, status = answer.body.get("schemas"), answer.body.get("status")
    answer.require(
        isinstance(schemas, list) and ERROR in schemas, f"the 404's schemas are {schemas!r}", kind="error-schemas",
        at="$.schemas", wanted=[ERROR], got=schemas, per="RFC7644-3.12-02",
    )  # fmt: skip
    answer.require(status is not None, "the 404 states no status", kind="missing", at="$.status", per="RFC7644-3.12-03")
    answer.require(
        isinstance(status, str), f"the 404's status is {status!r}, not a string", kind="error-status-type",
        at="$.status", wanted="404", got=status, per="RFC7644-3.12-04",
    )  # fmt: skip
    answer.require(
        status == "404", f"the Error in a 404 says status {status!r}", kind="error-status-value", at="$.status",
        wanted="404", got=status, per="RFC7644-3.12-05",
    )  # fmt: skip
    kind = answer.body.get("scimType")
    answer.require(
        kind is None or kind in _SCIM_TYPES, f"the 404 has the scimType {kind!r}", kind="scim-type", at="$.scimType",
        got=kind, per="RFC7644-3.12-31",
    )  # fmt: skip


@check("errors.no-endpoint", "RFC7644-3.12-12", writes=False)
def test_an_unknown_endpoint_is_not_found(scim: Session) -> None:
    """An endpoint that does not exist is answered 404 with a SCIM Error."""
    answer = scim.request("GET", "/NoSuchEndpointOfScimulator")
    answer.require(
        answer.status_code == 404, f"an unknown endpoint was answered {answer.status_code}", kind="status", wanted=404,
        got=answer.status_code,
    )  # fmt: skip
    _is_scim_error(answer, "RFC7644-3.12-12")


def _is_scim_error(answer: Answer, per: str) -> None:
    schemas = answer.body.get("schemas")
    answer.require(
        answer.ok or (isinstance(schemas, list) and ERROR in schemas),
        f"the {answer.status_code} carries no SCIM Error", kind="error-schemas", at="$.schemas", per=per,
    )  # fmt: skip


@check("errors.method.post-on-resource", "RFC7644-3.2-06", "RFC9110-15.5.6-01")
def test_a_post_on_a_user_is_refused(kept: Callable[..., Resource], users: Resources, scim: Session) -> None:
    """A POST on a single user is answered 405 or 501, and changes and makes nothing."""
    user = kept()
    before = user.read()
    handle = scim.housekeeping.intend(users.endpoint, user.user_name)
    answer = scim.request("POST", user.path, {**user.sent, "displayName": "Posted by mistake"})
    scim.adopt(users.endpoint, answer, handle)
    _refused_method(answer)
    for change in collateral(before, user.read(), {}):
        answer.require(
            condition=False, message=f"a POST on a user changed it: {change.message}", kind="changed", at=change.at
        )


def _refused_method(answer: Answer) -> None:
    answer.require(
        answer.status_code in (404, 405, 501),
        f"{answer.exchange.request.method} where it has no meaning was answered {answer.status_code}",
        kind="status", wanted=405, got=answer.status_code,
    )  # fmt: skip
    if answer.status_code == 405:
        answer.require(
            answer.header_value("Allow") is not None, "the 405 has no Allow header", kind="missing", at="Allow",
            per="RFC9110-15.5.6-01",
        )  # fmt: skip


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@check("errors.method.on-collection", "RFC7644-3.2-06", "RFC9110-15.5.6-01", destructive=True)
def test_a_write_on_the_collection_is_refused(users: Resources, scim: Session, method: str) -> None:
    """PUT, PATCH and DELETE on all users at once are answered 405 or 501.

    Only with --destructive, for a server that obeys would lose every account.
    """
    user = users.create()
    body = None if method == "DELETE" else dict(user.sent)
    _refused_method(scim.request(method, users.endpoint, body))
    survivor = scim.request("GET", user.path, purpose=Purpose.EVIDENCE)
    survivor.require(survivor.ok, f"{method} on the collection took a user along", kind="lost")


_UNREADABLE = {
    "cut-off": b'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"',
    "empty": b"",
    "array": b'[{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}]',
    "bare-text": b'"urn:ietf:params:scim:schemas:core:2.0:User"',
    "not-utf-8": b'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"displayName":"\xff\xfe"}',
}


@pytest.mark.parametrize("case", list(_UNREADABLE))
@check("errors.syntax", "RFC7644-3.3-17", "RFC7644-3.12-08", "RFC7644-3.12-25")
def test_an_unreadable_body_is_refused(users: Resources, scim: Session, case: str) -> None:
    """A create whose body is not a readable JSON object is refused, with 400 and scimType invalidSyntax."""
    answer = scim.request("POST", users.endpoint, raw=_UNREADABLE[case])
    answer.require(
        400 <= answer.status_code < 500, f"an unreadable body was answered {answer.status_code}", kind="status",
        wanted=400, got=answer.status_code,
    )  # fmt: skip
    answer.require(
        answer.status_code == 400, f"an unreadable body was answered {answer.status_code}, owed is 400",
        kind="other-status", wanted=400, got=answer.status_code, per="RFC7644-3.12-08",
    )  # fmt: skip
    kind = answer.body.get("scimType")
    answer.require(
        answer.status_code != 400 or kind == "invalidSyntax", f"the scimType for an unreadable body is {kind!r}",
        kind="scim-type", at="$.scimType", wanted="invalidSyntax", got=kind, per="RFC7644-3.12-25",
    )  # fmt: skip


@check("errors.deep-nesting", "RFC7644-3.12-19")
def test_deeply_nested_json_is_no_server_error(users: Resources, scim: Session) -> None:
    """A body that is nested very deeply is refused or read, and does not end in a server error."""
    depth = 3000
    raw = b'{"schemas":' + b"[" * depth + b"]" * depth + b"}"
    answer = scim.request("POST", users.endpoint, raw=raw)
    answer.require(
        answer.status_code < 500, f"deeply nested JSON was answered {answer.status_code}", kind="server-error",
        got=answer.status_code,
    )  # fmt: skip


@check("errors.detail", "RFC7644-3.12-07", "RFC7644-3.12-20")
def test_an_error_does_not_bare_the_inside(users: Resources, scim: Session) -> None:
    """The detail of an error is text for people, without a stack trace, SQL or a file path."""
    # Whoever stores this against all expectation stores our mark with it, so that it can be removed.
    strange = encode({"userName": {"$gt": scim.people.unique("strange")}, "schemas": 7})
    answers = [
        users.get("'"),
        users.find("userName eq"),
        scim.request("POST", users.endpoint, raw=strange),
        scim.request("GET", f"{users.endpoint}?startIndex=one&count=two"),
    ]
    signs = ("Traceback (most recent", "\tat java.", "\tat org.", "SQLSTATE", "node_modules/", "System.NullReference",
             "/site-packages/", "goroutine 1 [", "SELECT * FROM")  # fmt: skip
    for answer in answers:
        detail = answer.body.get("detail")
        answer.require(
            detail is None or isinstance(detail, str), f"the detail of an error is {detail!r}", kind="detail-type",
            at="$.detail",
        )  # fmt: skip
        text = answer.response.body.decode(errors="replace")
        shown = next((sign for sign in signs if sign in text), "")
        answer.require(
            answer.ok or not shown, f"an error shows {shown!r}", kind="inside", at="$.detail", per="RFC7644-3.12-20"
        )


@check("errors.me", "RFC7644-3.11-01", "RFC7644-3.11-03", "RFC7644-3.11-04", "RFC7644-3.12-18", writes=False)
def test_me_is_an_alias_or_said_to_be_missing(scim: Session) -> None:
    """/Me leads to the resource of whoever asks and names it in Location; a server without it answers 501."""
    answer = scim.request("GET", "/Me")
    if 300 <= answer.status_code < 400:
        answer.require(
            answer.status_code in (304, 307, 308), f"/Me was redirected with {answer.status_code}", kind="redirect",
            wanted=308, got=answer.status_code, per="RFC7644-3.12-18",
        )  # fmt: skip
        return
    if not answer.ok:
        answer.require(
            answer.status_code == 501, f"/Me was answered {answer.status_code}, owed is 501 where it is missing",
            kind="status", wanted=501, got=answer.status_code,
        )  # fmt: skip
        return
    location = answer.header_value("Location") or ""
    answer.require(
        location and not location.rstrip("/").endswith("/Me"), f"the Location of /Me is {location!r}", kind="location",
        at="Location", got=location, per="RFC7644-3.11-03",
    )  # fmt: skip
    base = scim.target.base_url.rstrip("/")
    if not location.startswith((base + "/", "/")):
        raise NotApplicable("the Location of /Me lies elsewhere than the target and was not followed")
    target = location.removeprefix(base) if location.startswith(base) else location
    real = scim.request("GET", target, purpose=Purpose.EVIDENCE)
    if real.status_code != 200:
        real.require(condition=False, message="the Location of /Me leads nowhere", kind="location",
                     per="RFC7644-3.11-03", soft=not location.startswith(base))  # fmt: skip
        return
    for change in collateral(answer.body, real.body, {}):
        answer.require(
            condition=False, message=f"/Me and the resource behind it differ in {change.at}", kind="differs",
            at=change.at, per="RFC7644-3.11-04",
        )  # fmt: skip
