"""Who gets in and who does not (RFC 7644 section 2, RFC 6750)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from scimulator.kit import NotApplicable, Purpose, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Answer, Resource, Resources, Session


@pytest.fixture
def guarded(scim: Session) -> Session:
    """The session with a target that asks for credentials."""
    if scim.target.credentials is None:
        raise NotApplicable("the run uses no credentials, so the target is taken to be open")
    return scim


def _shut(answer: Answer, *also: int, per: str = "RFC7644-2-02") -> None:
    """Expect that the answer lets nobody in: 401 is owed, another refusal or a redirect is a warning."""
    answer.require(
        not answer.ok, f"{answer.exchange.request.method} without valid credentials was answered {answer.status_code}",
        kind="open", wanted=401, got=answer.status_code, per=per,
    )  # fmt: skip
    answer.require(
        answer.status_code < 500, f"bad credentials ended in a server error ({answer.status_code})",
        kind="server-error", wanted=401, got=answer.status_code, per=per, soft=answer.status_code in (501, 503),
    )  # fmt: skip
    answer.require(
        answer.status_code in (401, *also), f"bad credentials were answered {answer.status_code}, owed is 401",
        kind="other-status", wanted=401, got=answer.status_code, per=per, soft=True,
    )  # fmt: skip


@pytest.mark.parametrize("what", ["list", "single"])
@check("auth.missing.read", "RFC7644-2-02", "RFC7644-3.12-09")
def test_nothing_is_read_without_credentials(users: Resources, guarded: Session, what: str) -> None:
    """Without credentials no user can be read."""
    target = f"{users.endpoint}?count=1" if what == "list" else users.sample().path
    _shut(guarded.request("GET", target, authenticate=False))


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
@check("auth.missing.write", "RFC7644-2-02", data_loss=True)
def test_nothing_is_written_without_credentials(
    kept: Callable[..., Resource], users: Resources, guarded: Session, method: str
) -> None:
    """Without credentials nobody can be created, changed or deleted, whatever the answer says."""
    if method == "POST":
        body = users.body()
        handle = guarded.housekeeping.intend(users.endpoint, str(body["userName"]))
        answer = guarded.request("POST", users.endpoint, body, authenticate=False)
        guarded.adopt(users.endpoint, answer, handle)
        _shut(answer)
        return
    user = kept()
    before = user.read()
    changed = {**before, "displayName": "Changed by nobody"}
    patch = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "displayName", "value": "Changed by nobody"}],
    }
    body_of = {"PUT": changed, "PATCH": patch}
    answer = guarded.request(method, user.path, body_of.get(method), authenticate=False)  # type: ignore[arg-type]  # JSON
    after = guarded.request("GET", user.path, purpose=Purpose.EVIDENCE)
    after.require(after.ok, f"{method} without credentials took the user away", kind="written")
    after.require(
        after.body.get("displayName") == before.get("displayName"), f"{method} without credentials changed the user",
        kind="written", at="displayName",
    )  # fmt: skip
    # A server without PATCH may say so before it looks at credentials.
    _shut(answer, *((404, 405, 501) if method == "PATCH" else ()))


_WRONG = {
    "unknown-token": "Bearer scimulator-not-a-token",
    "scheme-only": "Bearer",
    "not-a-scheme": "scimulator",
    "basic-nonsense": "Basic c2NpbXVsYXRvcjpub3QtYS1wYXNzd29yZA==",
    "basic-broken": "Basic %%%",
    "null": "Bearer null",
    "sql": "Bearer ' OR '1'='1",
    "unsigned-jwt": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJzY2ltdWxhdG9yIn0.",
}


@pytest.mark.parametrize("case", list(_WRONG))
@check("auth.wrong.refused", "RFC7644-2-03", "RFC6750-3.1-01", writes=False)
def test_a_wrong_credential_opens_nothing(users: Resources, guarded: Session, case: str) -> None:
    """A wrong or broken credential opens nothing and causes no server error."""
    credentials = guarded.target.credentials
    header = credentials.header if credentials else "Authorization"
    answer = guarded.request(
        "GET", f"{users.endpoint}?count=1", headers={header: _WRONG[case]}, authenticate=False
    )  # fmt: skip
    _shut(answer, *(() if case == "unknown-token" else (400,)), per="RFC7644-2-03")


@pytest.mark.parametrize("scheme", ["", "Token ", "Basic "])
@check("auth.scheme.other", "RFC7644-2-03", writes=False)
def test_a_token_counts_behind_its_scheme_only(users: Resources, guarded: Session, scheme: str) -> None:
    """A bearer token counts behind the word Bearer and behind no other scheme."""
    token = _bearer_token(guarded)
    answer = guarded.request(
        "GET", f"{users.endpoint}?count=1", headers={"Authorization": f"{scheme}{token}"}, authenticate=False
    )
    answer.require(
        not answer.ok, f"the token behind {scheme.strip() or 'no scheme at all'} was answered {answer.status_code}",
        kind="scheme-ignored", wanted=401, got=answer.status_code, soft=True,
    )  # fmt: skip
    answer.require(
        answer.status_code < 500, f"a token without its scheme ended in {answer.status_code}", kind="server-error",
        got=answer.status_code,
    )  # fmt: skip


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
@check("auth.scheme.any-case", "RFC6750-2.1-02", "RFC6750-2.1-01", writes=False)
def test_letter_case_of_the_scheme_does_not_matter(users: Resources, guarded: Session, scheme: str) -> None:
    """Letter case of the word Bearer does not matter, nor that of the header's name."""
    token = _bearer_token(guarded)
    usual = guarded.request("GET", f"{users.endpoint}?count=1", purpose=Purpose.SET_UP)
    if not usual.ok:
        raise NotApplicable(f"the token opens nothing as it is ({usual.status_code})")
    answer = guarded.request(
        "GET", f"{users.endpoint}?count=1", headers={"authorization": f"{scheme} {token}"}, authenticate=False
    )
    answer.require(
        answer.ok, f"the token behind {scheme!r} was answered {answer.status_code}", kind="case",
        wanted=usual.status_code, got=answer.status_code,
    )  # fmt: skip


def _bearer_token(scim: Session) -> str:
    credentials = scim.target.credentials
    scheme, _, token = credentials.value.partition(" ") if credentials else ("", "", "")
    if not credentials or credentials.header.lower() != "authorization" or scheme.lower() != "bearer" or not token:
        raise NotApplicable("the run does not use a bearer token")
    return token


@check("auth.query.not-accepted", "RFC6750-2.3-01", writes=False)
def test_a_token_in_the_url_is_not_accepted(users: Resources, guarded: Session) -> None:
    """A token in the URL opens nothing, for URLs end up in logs; who takes it keeps caches from storing the answer.

    Sent only to this machine or over TLS.
    """
    token = _bearer_token(guarded)
    base = urlsplit(guarded.target.base_url)
    near = guarded.target.is_reference or base.hostname in ("127.0.0.1", "localhost", "::1")
    if base.scheme != "https" and not near:
        raise NotApplicable("the target is neither on this machine nor behind TLS, so no token is put into a URL")
    answer = guarded.request("GET", f"{users.endpoint}?count=1&access_token={token}", authenticate=False)
    if not answer.ok:
        return
    stored = (answer.header_value("Cache-Control") or "").lower()
    answer.require(
        condition=False,
        message=f"a token in the URL is accepted, with Cache-Control {stored!r}",
        kind="accepted" if "private" in stored or "no-store" in stored else "cacheable",
        at="Cache-Control",
        got=stored,
    )


@check("auth.me", "RFC7644-3.11-07", writes=False)
def test_me_is_nobody_without_credentials(guarded: Session) -> None:
    """Without credentials /Me is refused with 401."""
    known = guarded.request("GET", "/Me", purpose=Purpose.SET_UP)
    if known.status_code in (403, 404, 405, 501):
        raise NotApplicable(f"the target has no /Me ({known.status_code})")
    answer = guarded.request("GET", "/Me", authenticate=False)
    answer.require(
        answer.status_code == 401, f"/Me without credentials was answered {answer.status_code}", kind="status",
        wanted=401, got=answer.status_code,
    )  # fmt: skip
