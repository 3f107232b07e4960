"""Whether anything can be learnt from this target at all: it talks SCIM, makes, shows and finds what it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import Purpose, check, find

if TYPE_CHECKING:
    from scimulator.kit import Judge, Resources, Session


@check("sanity.transport", "RFC7644-3.8-02", writes=False)
def test_the_target_answers(scim: Session, users: Resources) -> None:
    """The target answers a list request with a JSON object."""
    answer = scim.request("GET", f"{users.endpoint}?startIndex=1&count=1", purpose=Purpose.JUDGED)
    answer.success()
    answer.require(answer.body, "the answer to a list request is no JSON object with members", kind="empty", at="$")


@check("sanity.create", "RFC7644-3.3-01")
def test_a_user_is_created_and_read_back(users: Resources, judge: Judge) -> None:
    """A created user is there: its own GET shows the userName that was sent."""
    body = users.body()
    made = users.made(users.post(body).success(), body)
    shown = made.read()
    judge.require(
        str(find(shown, "userName")).lower() == made.user_name.lower(),
        "the created user cannot be read back with its userName",
        at="userName",
        wanted=made.user_name,
        got=shown.get("userName"),
    )


@check("sanity.filter-filters", "RFC7644-3.4.2.2-01", needs=("filter",))
def test_a_filter_filters(users: Resources) -> None:
    """A filter by userName gives the one user with it and not everything there is."""
    wanted, other = users.create(), users.create()
    ids = users.find(f'userName eq "{wanted.user_name}"')
    found = ids.ids()
    ids.require(wanted.id in found, "the filter does not find the user", kind="not-found", wanted=wanted.id)
    ids.require(other.id not in found, "the filter is ignored: it returns users that do not match", kind="ignored")


@check("sanity.says-no", "RFC7644-3.4.1-02", writes=False)
def test_what_does_not_exist_is_refused(users: Resources) -> None:
    """A user that never existed is not served: a target that says yes to everything teaches nothing."""
    answer = users.get("9f3c1d6e-5c1a-4a70-8b0d-5c1a70800001")
    answer.require(not answer.ok, f"an unknown user was answered {answer.status_code}", kind="says-yes")
