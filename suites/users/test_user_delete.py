"""Deleting a user (RFC 7644 section 3.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import Blocked, NotApplicable, Purpose, check, collateral, patch_body, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Resource, Resources, Session

_NOT_OFFERED = (403, 405, 501)


@check("users.delete.status", "RFC7644-3.6-01", "RFC7644-3.6-02", "RFC7644-3.2-03")
def test_a_delete_is_answered_204(users: Resources) -> None:
    """A DELETE that succeeds is answered 204, with no content."""
    answer = users.create().delete()
    if answer.status_code in _NOT_OFFERED:
        answer.require(
            condition=False,
            message=f"deleting a user was answered {answer.status_code}",
            kind="not-offered",
            per="RFC7644-3.2-03",
        )
        return
    answer.status(204)
    answer.require(not answer.response.body, "the 204 has content", kind="content", per="RFC7644-3.6-02")


def _deleted(users: Resources) -> Resource:
    user = users.create()
    answer = user.delete()
    if answer.status_code in _NOT_OFFERED:
        raise NotApplicable(f"the target does not delete users (DELETE was answered {answer.status_code})")
    if not answer.ok:
        raise Blocked("users.delete.status", f"DELETE {users.endpoint}/{{id}} was answered {answer.status_code}")
    return user


_AFTERWARDS = {
    "GET": "RFC7644-3.6-03",
    "PUT": "RFC7644-3.6-04",
    "PATCH": "RFC7644-3.6-05",
    "DELETE": "RFC7644-3.6-06",
}


@pytest.mark.parametrize("method", list(_AFTERWARDS))
@check("users.delete.gone", *_AFTERWARDS.values())
def test_a_deleted_user_is_gone(users: Resources, scim: Session, method: str) -> None:
    """A deleted user is answered 404 by every method, and no write brings it back.

    A server that merely hides the user answers some of them as if it were still there; its account lives on.
    """
    if method == "PATCH" and scim.discovery.service_provider_config is not None:
        supported = scim.discovery.service_provider_config.get("patch")
        if isinstance(supported, dict) and supported.get("supported") is False:
            raise NotApplicable("ServiceProviderConfig says patch.supported is false")
    user = _deleted(users)
    body = {"PUT": {**user.sent, "id": user.id}, "PATCH": patch_body(replace("userName", user.user_name))}.get(method)
    answer = scim.request(method, user.path, body)
    if answer.status_code != 404:
        scim.settle()
        answer = scim.request(method, user.path, body)
    per = _AFTERWARDS[method]
    if answer.ok and method in ("PUT", "PATCH"):
        risen = scim.request("GET", user.path, purpose=Purpose.EVIDENCE)
        scim.request("DELETE", user.path, purpose=Purpose.CLEAN_UP)
        answer.require(not risen.ok, f"{method} brought the deleted user back", kind="risen", per=per)
    answer.status(404, per=per)


@check("users.delete.not-listed", "RFC7644-3.6-07", needs=("filter",))
def test_a_deleted_user_is_not_found(users: Resources, scim: Session) -> None:
    """No query shows a deleted user."""
    user = _deleted(users)
    answer = users.find(f'userName eq "{user.user_name}"')
    if user.id in answer.ids():
        scim.settle()
        answer = users.find(f'userName eq "{user.user_name}"')
    answer.require(user.id not in answer.ids(), "a filter still finds the deleted user", kind="listed")


@check("users.delete.recreate", "RFC7644-3.6-08", "RFC7644-3.6-09", "RFC7643-3.1-06")
def test_a_deleted_name_is_free(users: Resources) -> None:
    """The userName of a deleted user is free for a new one, who gets an id of its own.

    People come back: an identity provider that unassigns and assigns again has to succeed.
    """
    old = _deleted(users)
    body = users.body(userName=old.user_name)
    answer = users.post(body)
    if answer.ok:
        made = users.made(answer, body)
        answer.require(
            made.id != old.id, "the new user has the id of the deleted one", kind="same-id", at="id",
            per="RFC7644-3.6-09", soft=True,
        )  # fmt: skip
        made.read()
    answer.status(201)
    stranger = users.create()
    answer.require(
        stranger.id != old.id, "another user got the id of a deleted one", kind="reused-id", at="id",
        per="RFC7643-3.1-06",
    )  # fmt: skip


@check("users.delete.frame", "RFC7644-3.4.1-01", data_loss=True)
def test_a_delete_takes_nobody_else(kept: Callable[..., Resource], users: Resources, scim: Session) -> None:
    """A DELETE takes the one user that it names, and leaves everybody else alone."""
    bystander = kept()
    before = bystander.read()
    _deleted(users)
    answer = scim.request("GET", bystander.path)
    answer.require(answer.ok, "deleting one user took another one along", kind="lost")
    for change in collateral(before, answer.body, {}):
        answer.require(
            condition=False, message=f"deleting one user changed another one: {change.message}", kind=change.kind,
            at=change.at, wanted=change.wanted, got=change.got,
        )  # fmt: skip


@check("users.delete.unknown", "RFC7644-3.6-10")
def test_deleting_the_unknown_is_not_found(users: Resources, scim: Session) -> None:
    """A DELETE on an id that never existed is answered 404."""
    user = _deleted(users)
    unknown = f"{user.id[:-1]}{'0' if user.id[-1] != '0' else '1'}"
    # Only an id that nothing bears may be deleted here: whatever answers to it belongs to somebody else.
    if scim.request("GET", f"{users.endpoint}/{unknown}", purpose=Purpose.EVIDENCE).status_code != 404:
        raise NotApplicable("no id could be found that the target calls unknown")
    scim.request("DELETE", f"{users.endpoint}/{unknown}").refused(404)
