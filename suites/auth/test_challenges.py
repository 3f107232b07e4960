"""What a 401 says about getting in (RFC 7644 section 2, RFC 6750 section 3)."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import Blocked, NotApplicable, check, find

if TYPE_CHECKING:
    from scimulator.kit import Answer, Resources, Session

_PARAMETER = re.compile(r'([A-Za-z][\w-]*)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,]+)')
_SCHEME = re.compile(r"(?:^|,)\s*([A-Za-z][\w-]*)(?=\s+[A-Za-z][\w-]*\s*=|\s*(?:,|$)|\s+[\w+/~.-]+=*\s*(?:,|$))")
_SCHEMES = {
    "oauth": "oauth", "oauth2": "bearer", "oauthbearertoken": "bearer", "httpbasic": "basic", "httpdigest": "digest",
}  # fmt: skip


def _refusal(scim: Session, users: Resources, authorization: str = "") -> tuple[Answer, list[str]]:
    """Return a 401 and its WWW-Authenticate values; blocked where no 401 comes."""
    credentials = scim.target.credentials
    if credentials is None:
        raise NotApplicable("the run uses no credentials, so the target is taken to be open")
    headers = {credentials.header: authorization} if authorization else None
    answer = scim.request("GET", f"{users.endpoint}?count=1", headers=headers, authenticate=False)
    if answer.ok:
        raise Blocked("auth.missing.read", f"the target answers {answer.status_code} without valid credentials")
    if answer.status_code != 401:
        raise NotApplicable(f"the target refuses with {answer.status_code}, not with 401")
    return answer, [value for name, value in answer.response.headers if name.lower() == "www-authenticate"]


@pytest.mark.parametrize("case", ["missing", "wrong"])
@check("auth.challenge.present", "RFC7644-2-01", "RFC6750-3-01", writes=False)
def test_a_401_carries_a_challenge(users: Resources, scim: Session, case: str) -> None:
    """A 401, for a missing as for a bad credential, names the accepted schemes in WWW-Authenticate."""
    answer, challenges = _refusal(scim, users, "" if case == "missing" else "Bearer scimulator-not-a-token")
    answer.require(
        any(value.strip() for value in challenges), "the 401 has no WWW-Authenticate header", kind="missing",
        at="WWW-Authenticate", per="RFC7644-2-01" if case == "missing" else "RFC6750-3-01",
    )  # fmt: skip


def _bearer(challenges: list[str]) -> str:
    """Return the parameters of the Bearer challenge as text, empty where it has none; not applicable without one."""
    for value in challenges:
        found = re.search(r"(?:^|,)\s*Bearer\b(.*)", value, re.IGNORECASE | re.DOTALL)
        if found:
            # A further scheme in the same field ends this challenge: a word followed by a space and a parameter.
            return re.split(r",\s*[A-Za-z][\w-]*\s+[A-Za-z][\w-]*\s*=", found[1])[0]
    raise NotApplicable("the 401 holds no Bearer challenge")


@check("auth.challenge.form", "RFC6750-3-03", "RFC6750-3-02", "RFC6750-3-05", writes=False)
def test_a_bearer_challenge_is_well_formed(users: Resources, scim: Session) -> None:
    """A Bearer challenge has a parameter, none of them twice, and only permitted characters in them."""
    # Quotes and letters that a careless server would copy into its answer.
    answer, challenges = _refusal(scim, users, 'Bearer "scim\\ulator"')
    text = _bearer(challenges)
    parameters = [(name.lower(), value) for name, value in _PARAMETER.findall(text)]
    twice = [name for name, times in Counter(name for name, _ in parameters).items() if times > 1]
    answer.require(not twice, f"the Bearer challenge repeats {twice}", kind="twice", at="WWW-Authenticate", got=text)
    for name, value in parameters:
        inner = value[1:-1] if value.startswith('"') else value
        allowed = name not in ("error", "error_description", "scope", "error_uri") or all(
            " " <= each <= "~" and each not in '"\\' for each in inner
        )
        answer.require(
            allowed, f"the challenge's {name} is {value}", kind="characters", at="WWW-Authenticate", got=value,
            per="RFC6750-3-05",
        )  # fmt: skip
    answer.require(
        parameters, "the Bearer challenge has no parameter", kind="bare", at="WWW-Authenticate", per="RFC6750-3-02"
    )


@check("auth.challenge.says-why", "RFC6750-3-04", "RFC6750-3.1-04", writes=False)
def test_a_bearer_challenge_says_why(users: Resources, scim: Session) -> None:
    """The challenge to a rejected token says so in error, and that to a request without a token reports no error."""
    wrong, challenges = _refusal(scim, users, "Bearer scimulator-not-a-token")
    names = {name.lower() for name, _ in _PARAMETER.findall(_bearer(challenges))}
    wrong.require(
        "error" in names, "the challenge to a wrong token has no error", kind="no-error", at="WWW-Authenticate"
    )
    missing, challenges = _refusal(scim, users)
    names = {name.lower() for name, _ in _PARAMETER.findall(_bearer(challenges))}
    missing.require(
        "error" not in names, "the challenge to a request without a token reports an error", kind="error",
        at="WWW-Authenticate", per="RFC6750-3.1-04",
    )  # fmt: skip


@check("auth.challenge.announced", "RFC7644-2-06", writes=False)
def test_challenges_are_announced(users: Resources, scim: Session) -> None:
    """The schemes in a challenge are among those that ServiceProviderConfig announces."""
    answer, challenges = _refusal(scim, users)
    found = find(scim.discovery.service_provider_config or {}, "authenticationSchemes[*].type")
    announced = (
        {_SCHEMES.get(str(each).lower(), str(each).lower()) for each in found} if isinstance(found, list) else set()
    )
    if not announced or not challenges:
        raise NotApplicable("there is no announcement or no challenge to compare")
    offered = {name.lower() for value in challenges for name in _SCHEME.findall(value)}
    answer.require(
        offered <= announced, f"the challenge offers {sorted(offered)}, announced are {sorted(announced)}",
        kind="not-announced", at="WWW-Authenticate", wanted=[*sorted(announced)], got=[*sorted(offered)],
    )  # fmt: skip
