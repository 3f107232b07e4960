"""Requests at the edge of what a server has to read, and filters on what nobody may read (RFC 7644 section 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import Capability, check, find

if TYPE_CHECKING:
    from scimulator.kit import Resources, Session

_LONG = {"filter": 6000, "id": 3000}


@pytest.mark.parametrize("where", list(_LONG))
@check("security.long-input", "RFC7644-3.12-19", writes=False)
def test_long_input_is_no_server_error(users: Resources, scim: Session, where: str) -> None:
    """A filter or an id of some thousand characters is answered or refused, and does not end in a server error."""
    text = "a" * _LONG[where]
    answer = (
        users.find(f'userName eq "{text}"') if where == "filter" else scim.request("GET", f"{users.endpoint}/{text}")
    )
    answer.require(
        answer.status_code < 500, f"a long {where} was answered {answer.status_code}", kind="server-error",
        got=answer.status_code,
    )  # fmt: skip


@check("security.nested-filter", "RFC7644-3.12-19", needs=("filter",), writes=False)
def test_a_deeply_nested_filter_is_no_server_error(users: Resources) -> None:
    """A filter in very many parentheses is answered or refused, and does not end in a server error."""
    depth = 500
    answer = users.find(f"{'(' * depth}userName pr{')' * depth}", count=1)
    answer.require(
        answer.status_code < 500, f"a deeply nested filter was answered {answer.status_code}", kind="server-error",
        got=answer.status_code,
    )  # fmt: skip


@pytest.mark.parametrize("operator", ["sw", "co", "gt"])
@check("security.password-filter", "RFC7644-7.5.2-01", needs=("filter",), attributes=("password",))
def test_a_password_cannot_be_guessed_by_parts(users: Resources, scim: Session, operator: str) -> None:
    """A filter on a part of the password is refused, and never tells whether the part is right.

    Otherwise anybody who may search reads every password letter by letter.
    """
    secret = f"Qx7!{scim.people.unique('Pw')}"
    user = users.create(password=secret)
    part = {"sw": secret[:5], "co": secret[2:6], "gt": " "}[operator]
    answer = users.find(f'password {operator} "{part}"')
    found = find(answer.body, "Resources[*].id")
    answer.require(
        not answer.ok or not isinstance(found, list) or user.id not in found,
        f"a filter password {operator} on a part of the password finds the user", kind="oracle",
    )  # fmt: skip
    answer.require(
        not answer.ok, f"a filter on the password was answered {answer.status_code}", kind="answered",
        got=answer.status_code,
    )  # fmt: skip


@check("security.secret-in-list", "RFC7644-7.7-02", writes=False)
def test_nobodys_password_is_listed(users: Resources, scim: Session) -> None:
    """No list shows a password, not even one that asks for it by name.

    Where the run may write, a user who certainly has a password is among those who are listed.
    """
    mine: dict[str, str | int] = {}
    filters = scim.discovery.supports(Capability.FILTER) is not False
    if filters and not scim.read_only and users.offers("password"):
        user = users.create(password=f"Qx7!{scim.people.unique('Pw')}")
        mine = {"filter": f'userName eq "{user.user_name}"'}
    queries: list[dict[str, str | int]] = [
        {"count": 5, "attributes": "password", **mine},
        {"count": 5, "sortBy": "password", **mine},
    ]
    for query in queries:
        if "sortBy" in query and scim.discovery.supports(Capability.SORT) is not True:
            continue
        answer = users.query(query)
        found = find(answer.body, "Resources[*].password")
        answer.require(
            not isinstance(found, list) or not any(found), "a list shows passwords", kind="password",
            at="Resources[].password",
        )  # fmt: skip
