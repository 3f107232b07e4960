"""Passwords go in and never come out (RFC 7643 section 4.1.1, RFC 7644 section 7.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import check, find

if TYPE_CHECKING:
    from scimulator.kit import Answer, Resources, Session


@check(
    "users.password.never-shown",
    "RFC7643-4.1.1-30",
    "RFC7643-4.1.1-31",
    "RFC7644-7.7-02",
    "RFC7643-4.1.1-32",
    attributes=("password",),
)
def test_a_password_is_never_shown(users: Resources, scim: Session) -> None:
    """A password never shows in an answer: not to the create, not on request, not in a list, not in an error."""
    secret = f"S3cret!{scim.people.unique('Pw')}"
    body = users.body(password=secret)
    answer = users.post(body)
    _no_trace(answer, secret, "RFC7643-4.1.1-30")
    answer.success(per="RFC7643-4.1.1-32")
    if not answer.ok:
        return
    user = users.made(answer, body)
    _no_trace(user.get(), secret, "RFC7643-4.1.1-30")
    for query in ("attributes=password", "attributes=userName,password"):
        _no_trace(user.get(query), secret, "RFC7643-4.1.1-31")
    listing = users.query({"filter": f'userName eq "{user.user_name}"', "attributes": "password"})
    _no_trace(listing, secret, "RFC7643-4.1.1-31")
    _no_trace(users.post(users.body(userName=user.user_name, password=secret)), secret, "RFC7644-7.7-02")


def _no_trace(answer: Answer, secret: str, per: str) -> None:
    answer.require(
        secret.encode() not in answer.response.body, "the answer repeats the password", kind="password", per=per
    )
    resources = find(answer.body, "Resources")
    for shown in [answer.body, *(resources if isinstance(resources, list) else [])]:
        found = find(shown, "password")
        answer.require(
            not isinstance(found, str) or not found, "the answer holds a password", kind="password", at="password",
            per=per,
        )  # fmt: skip
