"""Reading one user (RFC 7644 section 3.4.1)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import LIST_RESPONSE, Blocked, NotApplicable, check, collateral, find

if TYPE_CHECKING:
    from scimulator.kit import Judge, Resources, Session


@check("users.read.status", "RFC7644-3.4.1-01")
def test_a_user_is_read_as_itself(users: Resources) -> None:
    """A GET on a user answers 200 with that user itself, not with a list around it."""
    user = users.sample()
    answer = user.get().status(200)
    schemas = answer.body.get("schemas")
    answer.require(
        not (isinstance(schemas, list) and LIST_RESPONSE in schemas),
        "a single user came as a ListResponse",
        kind="list",
        at="schemas",
    )
    answer.require(
        answer.id == user.id, f"the user read has the id {answer.id!r}", kind="id", at="id", wanted=user.id,
        got=answer.id,
    )  # fmt: skip


@pytest.mark.parametrize("form", ["like-others", "word"])
@check("users.read.unknown", "RFC7644-3.4.1-02", "RFC7644-3.12-11")
def test_an_unknown_id_is_not_found(users: Resources, form: str) -> None:
    """A GET on an id that never existed is refused, preferably with 404, whatever the id looks like."""
    unknown = never_existed(users.sample().id) if form == "like-others" else "does-not-exist"
    users.get(unknown).refused(404)


def never_existed(known: str) -> str:
    """Return an id in the form of an existing one that nothing bears."""
    try:
        uuid.UUID(known)
    except ValueError:
        if known.isdigit():
            return "9" * max(len(known), 9)
        return "0" * 4 + known[4:] if known[:4] != "0000" else "f" * 4 + known[4:]
    return str(uuid.uuid4())


@pytest.mark.parametrize("way", ["user-at-groups", "group-at-users"])
@check("users.read.other-endpoint", "RFC7644-3.4.1-03", needs=("groups",))
def test_an_id_is_valid_at_its_own_endpoint_only(users: Resources, groups: Resources, way: str) -> None:
    """An id is valid only at the endpoint of its own resource type."""
    if way == "user-at-groups":
        groups.get(users.sample().id).refused(404)
    else:
        users.get(groups.sample().id).refused(404)


@check("users.read.same-in-list", "RFC7644-3.4.1-04", needs=("filter",))
def test_a_user_looks_the_same_in_a_list(users: Resources, judge: Judge) -> None:
    """A user looks the same whether it is read by id or found in a list."""
    user = users.sample()
    alone = user.read()
    listed = [each for each in users.find(f'userName eq "{user.user_name}"').resources() if each.get("id") == user.id]
    if not listed:
        raise Blocked("sanity.filter-filters", "the user is not found by its userName")
    for difference in collateral(alone, listed[0], {}):
        judge.require(
            condition=False, message=f"{difference.at} differs between the user alone and in a list", kind="differs",
            at=difference.at, wanted=difference.wanted, got=difference.got,
        )  # fmt: skip


@check("users.read.head", "RFC9110-9.3.2-01", "RFC9110-9.1-01")
def test_head_works_like_get(users: Resources, scim: Session) -> None:
    """HEAD on a user answers as GET does, without content."""
    answer = scim.request("HEAD", users.sample().path)
    answer.require(not answer.response.body, "the answer to HEAD has content", kind="content")
    answer.status(200, per="RFC9110-9.1-01")


@check("users.read.references", "RFC7644-1.2-02")
def test_uris_are_properly_encoded(users: Resources, judge: Judge) -> None:
    """Every URI that a user shows is percent-encoded as RFC 3986 wants it."""
    shown = users.sample().read()
    location = find(shown, "meta.location")
    if not isinstance(location, str) or not location:
        raise NotApplicable("the user shows no meta.location")
    odd = sorted({each for each in location if not each.isascii() or each in ' "<>\\^`{|}' or each < " "})
    judge.require(not odd, f"meta.location is {location!r}", kind="encoding", at="meta.location", got=location)
