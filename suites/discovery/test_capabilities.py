"""Whether the server can do what its ServiceProviderConfig announces (RFC 7644 section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import USER, Capability, NotApplicable, Purpose, check, find, patch_body, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Json, Resource, Resources, Session

_BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
_BULK_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"


def _announced(scim: Session, capability: Capability) -> None:
    if scim.discovery.supports(capability) is not True:
        raise NotApplicable(f"ServiceProviderConfig does not say that {capability.value}.supported is true")


@check("discovery.capabilities.patch", "RFC7644-3.5-03")
def test_announced_patch_is_there(kept: Callable[..., Resource], scim: Session) -> None:
    """A server that announces PATCH does not meet one with 404, 405, 415 or 501.

    Identity providers that find patch.supported true send nothing else for changes.
    """
    _announced(scim, Capability.PATCH)
    user = kept()
    answer = user.try_patch(replace("userName", user.user_name))
    answer.require(
        answer.status_code not in (404, 405, 415, 501), f"PATCH is announced and was answered {answer.status_code}",
        kind="not-there", got=answer.status_code,
    )  # fmt: skip


@check("discovery.capabilities.filter", "RFC7644-4-20")
def test_announced_filtering_finds_by_user_name(
    users: Resources, pool: Callable[[int], list[str]], scim: Session
) -> None:
    """A server that announces filtering finds exactly one user by its userName.

    Identity providers ask so before they create anybody; whoever finds nothing or too much links the wrong account.
    """
    _announced(scim, Capability.FILTER)
    pool(1)  # a neighbour that it must not find
    wanted = users.sample()
    answer = users.find(f'userName eq "{wanted.user_name}"')
    answer.require(
        answer.ids() == [wanted.id], f"a filter by userName found {len(answer.ids())} users: {answer.ids()[:5]}",
        kind="not-exactly-one", wanted=[wanted.id], got=[*answer.ids()[:5]],
    )  # fmt: skip


@check("discovery.capabilities.sort", "RFC7644-4-22", needs=("filter",))
def test_announced_sorting_sorts(users: Resources, scim: Session) -> None:
    """Where sorting is announced, accepted sorting puts the users in order, both ways."""
    _announced(scim, Capability.SORT)
    mark = scim.people.unique("sort")
    made = {word: users.create(userName=f"{mark}-{word}@{scim.people.domain}").id for word in ("b", "c", "a")}
    for order, wanted in (("ascending", ["a", "b", "c"]), ("descending", ["c", "b", "a"])):
        answer = users.find(f'userName sw "{mark}"', sortBy="userName", sortOrder=order)
        if answer.status_code == 400:
            raise NotApplicable("the target refuses this filter together with sortBy userName (400)")
        words = [word for found in answer.ids() for word, known in made.items() if known == found]
        if sorted(words) != sorted(wanted):
            raise NotApplicable("the filter by the beginning of userName does not give the three users")
        answer.require(
            words == wanted, f"sorted by userName {order} the users come as {words}", kind="unsorted",
            wanted=[*wanted], got=[*words],
        )  # fmt: skip


@check("discovery.capabilities.etag", "RFC7644-4-23")
def test_announced_etags_work(users: Resources, scim: Session) -> None:
    """A server that announces ETags sends them and answers 304 to an unchanged version."""
    _announced(scim, Capability.ETAG)
    user = users.sample()
    first = user.get()
    first.header("ETag")
    second = user.get(headers={"If-None-Match": first.header_value("ETag") or ""})
    second.status(304)


@check("discovery.capabilities.change-password", "RFC7644-4-24", needs=("patch",), attributes=("password",))
def test_announced_password_changes_are_accepted(kept: Callable[..., Resource], scim: Session) -> None:
    """A server that announces password changes accepts one."""
    _announced(scim, Capability.CHANGE_PASSWORD)
    user = kept()
    user.try_patch(replace("password", f"N3w!{scim.people.unique('Pass')}")).success()


@check("discovery.capabilities.bulk", "RFC7644-4-21")
def test_announced_bulk_is_carried_out(users: Resources, scim: Session) -> None:
    """A server that announces bulk carries out the operations of a bulk request."""
    _announced(scim, Capability.BULK)
    user = users.create()
    operations: Json = [{"method": "DELETE", "path": user.path}]
    answer = scim.request("POST", "/Bulk", {"schemas": [_BULK], "Operations": operations}).status(200)
    listed = answer.body.get("schemas")
    answer.require(
        isinstance(listed, list) and _BULK_RESPONSE in listed, f"the schemas of the bulk answer are {listed!r}",
        kind="schemas", at="schemas", got=listed,
    )  # fmt: skip
    status = find(answer.body, "Operations[0].status")
    code = find(status, "code") if isinstance(status, dict) else status
    answer.require(
        str(code) in ("204", "200"), f"the bulk DELETE of a user has the status {code!r}", kind="operation",
        at="Operations[0].status",
    )  # fmt: skip
    after = scim.request("GET", user.path, purpose=Purpose.EVIDENCE)
    if after.ok:
        scim.settle()
        after = scim.request("GET", user.path, purpose=Purpose.EVIDENCE)
    after.require(not after.ok, "the bulk DELETE reports success, yet the user is still there", kind="not-done")
    scim.forget(user.endpoint, user.id)


@pytest.mark.parametrize("capability", ["patch", "bulk"])
@check("discovery.capabilities.not-announced", "RFC7644-3.12-17")
def test_what_is_not_supported_is_answered_501(users: Resources, scim: Session, capability: str) -> None:
    """An operation that the server says it does not support is answered 501."""
    if scim.discovery.supports(Capability(capability)) is not False:
        raise NotApplicable(f"ServiceProviderConfig does not say that {capability}.supported is false")
    if capability == "patch":
        user = users.create()
        answer = scim.request("PATCH", user.path, patch_body(replace("userName", user.user_name)))
    else:
        answer = scim.request("POST", "/Bulk", {"schemas": [_BULK], "Operations": []})
    answer.require(
        answer.status_code == 501, f"{capability} is not supported and was answered {answer.status_code}",
        kind="status", wanted=501, got=answer.status_code,
    )  # fmt: skip


@check("discovery.capabilities.attributes", "RFC7643-7-31", needs=("patch",))
def test_attributes_offered_for_writing_can_be_written(
    kept: Callable[..., Resource], users: Resources, scim: Session
) -> None:
    """A plain text attribute that the published schema calls readWrite can be changed and shows the change."""
    if not scim.discovery.schemas():
        raise NotApplicable("the target publishes no schemas")
    offered = [
        name for name in ("title", "nickName", "displayName", "userType")
        if scim.discovery.attribute(name, USER) is not None and users.offers(name)
    ]  # fmt: skip
    if not offered:
        raise NotApplicable("the target's User schema declares no plain text attribute")
    user = kept()
    for name in offered:
        answer = user.try_patch(replace(name, "Changed by Scimulator"))
        answer.success()
        shown = user.read().get(name)
        answer.require(
            not answer.ok or shown == "Changed by Scimulator",
            f"{name} is declared readWrite, was changed with {answer.status_code}, and is {shown!r}",
            kind="not-writable", at=name, got=shown,
        )  # fmt: skip
