"""What real servers got wrong about users who share an address, or who have little more than a name."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from scimulator.kit import NotApplicable, check, find, replace

if TYPE_CHECKING:
    from scimulator.kit import Judge, Resources, Session


@check(
    "users.create.shared-email",
    "RFC7643-7-39",
    "RFC7643-3.1-04",
    "RFC7643-3.1-06",
    attributes=("emails.value",),
    data_loss=True,
)
def test_two_people_may_share_an_address(users: Resources) -> None:
    """Two people with different userNames may have one e-mail address, and stay two people.

    Families and teams share a mailbox. A server that looks accounts up by address gives one of them the account of
    the other: the create renames it, or the next change reaches the wrong person.
    """
    first = users.create()
    emails = first.read().get("emails")
    if not isinstance(emails, list) or not emails:
        raise NotApplicable("the target does not keep the e-mail address of a new user")
    body = users.body(emails=first.sent["emails"])
    with first.unchanged(per="RFC7643-3.1-06"):
        answer = users.post(body)
    if not answer.ok:
        answer.refused(409, 400)
        answer.require(
            condition=False,
            message=f"a second person with an address that is in use was refused ({answer.status_code}), "
            "though RFC 7643 makes addresses unique for nobody",
            kind="refused",
            soft=True,
        )
        return
    answer.require(
        answer.id != first.id,
        "creating a person whose address is in use was answered with the account that has it already",
        kind="handed-back",
    )
    second = users.made(answer, body)
    with first.unchanged(per="RFC7643-3.1-04"):
        second.try_patch(replace("displayName", users.session.people.unique("renamed")))


@check("users.list.bare-user", "RFC7644-3.4.2-11", needs=("filter",))
def test_a_bare_user_is_listed(users: Resources) -> None:
    """A user with nothing but what is required is found like any other, and counted where it is shown.

    Accounts that were made by hand lack what identity providers always send; a server that cannot render one of them
    breaks every list that it belongs to, or leaves the account out.
    """
    user = users.create(minimal=True)
    text = f'userName eq "{user.user_name}"'
    answer = users.find(text)
    answer.require(
        answer.status_code < 500,
        f"a list that holds a user without name and address was answered {answer.status_code}",
        kind="server-error",
        got=answer.status_code,
    )
    if not answer.ok:
        raise NotApplicable(f"the target refuses the filter {text}")
    if user.id not in answer.ids():
        users.session.settle()
        answer = users.find(text)
    answer.require(user.id in answer.ids(), "a user without name and address is missing in the list", kind="missing")


@check("users.read.relative-location", "RFC7643-3.1-20", writes=False)
def test_a_relative_location_counts_from_the_base(users: Resources, scim: Session, judge: Judge) -> None:
    """A location without scheme and host leads to the user when it is resolved against the base address.

    RFC 7643 section 2.3.7 allows it. A path that lacks what stands before it in the base address, such as the tenant,
    leads nowhere.
    """
    location = find(users.sample().read(), "meta.location")
    if not isinstance(location, str) or urlsplit(location).netloc:
        raise NotApplicable("the location of a user is absolute")
    base = scim.target.base_url.rstrip("/") + "/"
    resolved = urljoin(base, location)
    judge.require(
        resolved.startswith(base),
        f"meta.location {location!r} leads to {resolved}, which is not below the base address",
        kind="elsewhere",
        at="meta.location",
        got=location,
        soft=True,
    )
