"""If-Match and If-None-Match (RFC 7644 section 3.14, RFC 9110 section 13)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import Blocked, Capability, NotApplicable, check, find, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Answer, Discovery, Resource, Resources
    from suites.etags.conftest import Versioned


def _write(versioned: Versioned, method: str, headers: dict[str, str]) -> Answer:
    """Change the displayName by PUT or PATCH under a condition."""
    user = versioned.user
    if method == "put":
        return user.try_put({**user.read(), "displayName": versioned.new}, headers=headers)
    if user.session.discovery.supports(Capability.PATCH) is False:
        raise NotApplicable("ServiceProviderConfig says patch.supported is false")
    return user.try_patch(replace("displayName", versioned.new), headers=headers)


def _done(versioned: Versioned, method: str, headers: dict[str, str], *, per: str | None = None) -> None:
    """Expect a write under a condition that holds to be done.

    Raises:
        NotApplicable: where the target refuses the write without any condition, too.
    """
    answer = _write(versioned, method, headers)
    if not answer.ok and not _write(versioned, method, {}).ok:
        raise NotApplicable(f"the target refuses this {method.upper()} also without a condition")
    answer.success(per=per)
    answer.require(_changed(versioned), "the write was answered with success and not done", kind="not-applied", per=per)


def _changed(versioned: Versioned) -> bool:
    return find(versioned.user.read(), "displayName") == versioned.new


METHODS_MATCHING = [
    pytest.param("put", "RFC7644-3.14-08", id="put"),
    pytest.param("patch", "RFC7644-3.14-10", id="patch"),
]
METHODS_STALE = [
    pytest.param("put", "RFC7644-3.14-09", id="put"),
    pytest.param("patch", "RFC7644-3.14-11", id="patch"),
]


@check("etags.if-none-match.current", "RFC7644-3.14-06", "RFC9110-15.4.5-02", "RFC9110-15.4.5-01", needs=("etag",))
def test_not_modified(versioned: Versioned) -> None:
    """A GET that names the current version is answered 304 without a body."""
    answer = versioned.user.get(headers={"If-None-Match": versioned.tag}).status(304)
    answer.require(not answer.response.body, "a 304 has a body", kind="body", per="RFC9110-15.4.5-02")
    answer.header("ETag", per="RFC9110-15.4.5-01")


@check("etags.if-none-match.old", "RFC7644-3.14-07", needs=("etag",))
def test_modified(versioned: Versioned) -> None:
    """A GET that names another version is answered with the resource."""
    answer = versioned.user.get(headers={"If-None-Match": versioned.stale}).status(200)
    answer.equals("id", versioned.user.id)


@check("etags.if-none-match.after-change", "RFC7644-3.14-07", needs=("etag",), attributes=("displayName",))
def test_modified_after_change(versioned: Versioned) -> None:
    """A GET that names the version before a change is answered with the changed resource."""
    before, differs = versioned.overtaken(versioned.put_name)
    if not differs:
        raise Blocked("etags.changes-with-change", "the version is the same after a change")
    versioned.user.get(headers={"If-None-Match": before}).status(200).has("displayName")


@check("etags.if-none-match.weak-comparison", "RFC9110-13.1.2-01", needs=("etag",))
def test_weak_comparison(versioned: Versioned) -> None:
    """If-None-Match compares without regard to W/."""
    other = versioned.bare if versioned.weak else f"W/{versioned.tag}"
    versioned.user.get(headers={"If-None-Match": other}).status(304)


@check("etags.if-none-match.any", "RFC9110-13.1.2-02", needs=("etag",))
def test_none_match_any(versioned: Versioned) -> None:
    """An asterisk in If-None-Match names every version there is."""
    versioned.user.get(headers={"If-None-Match": "*"}).status(304)


@check("etags.if-none-match.list", "RFC9110-13.1.2-03", needs=("etag",))
def test_none_match_list(versioned: Versioned) -> None:
    """A list in If-None-Match names each of its members."""
    versioned.user.get(headers={"If-None-Match": f'"other, with comma", {versioned.tag}'}).status(304)


@check("etags.if-none-match.write", "RFC9110-13.1.2-04", needs=("etag",), attributes=("displayName",))
def test_none_match_on_write(versioned: Versioned) -> None:
    """A write under If-None-Match with an asterisk is not for a resource that exists."""
    answer = _write(versioned, "put", {"If-None-Match": "*"})
    answer.status(412)
    answer.require(not _changed(versioned), "the write went through", kind="applied")


@check("etags.if-match.current", "RFC7644-3.14-08", "RFC7644-3.14-10", needs=("etag",), attributes=("displayName",))
@pytest.mark.parametrize(("method", "per"), METHODS_MATCHING)
def test_match(versioned: Versioned, method: str, per: str) -> None:
    """A write that names the current version is done."""
    # RFC 9110 lets If-Match compare strongly, so that a weak tag never matches; RFC 7644 uses weak ones (A29).
    _done(versioned, method, {"If-Match": versioned.tag}, per="RFC9110-13.1.1-04" if versioned.weak else per)


@check(
    "etags.if-match.stale",
    "RFC7644-3.14-09",
    "RFC7644-3.14-11",
    needs=("etag",),
    attributes=("displayName",),
    data_loss=True,
)
@pytest.mark.parametrize(("method", "per"), METHODS_STALE)
def test_stale(versioned: Versioned, method: str, per: str) -> None:
    """A write that names another version than the current one is refused and changes nothing.

    This is all that keeps one administrator from overwriting what another has just entered.
    """
    answer = _write(versioned, method, {"If-Match": versioned.stale})
    answer.require(not _changed(versioned), "the write went through", kind="lost-update", per=per)
    answer.status(412, per=per, soft=True)


@check("etags.if-match.overtaken", "RFC7644-3.14-09", needs=("etag",), attributes=("displayName",), data_loss=True)
def test_overtaken(versioned: Versioned) -> None:
    """A write that names the version before somebody else's change is refused and leaves that change alone."""
    user = versioned.user
    mine = user.read()
    before, differs = versioned.overtaken(versioned.put_name)
    if not differs:
        raise Blocked("etags.changes-with-change", "the version is the same after a change")
    answer = user.try_put({**mine, "displayName": versioned.new}, headers={"If-Match": before})
    answer.require(not _changed(versioned), "the later change was overwritten", kind="lost-update")
    answer.status(412, soft=True)


@check("etags.if-match.any", "RFC9110-13.1.1-01", needs=("etag",), attributes=("displayName",))
def test_match_any(versioned: Versioned) -> None:
    """An asterisk in If-Match names whatever version there is."""
    _done(versioned, "put", {"If-Match": "*"})


@check("etags.if-match.list", "RFC9110-13.1.1-03", needs=("etag",), attributes=("displayName",))
def test_match_list(versioned: Versioned) -> None:
    """A list in If-Match names each of its members."""
    if versioned.weak:
        raise NotApplicable("the target's tags are weak, and weak tags in a list need not match")
    _done(versioned, "put", {"If-Match": f'"other", {versioned.tag}'})


@check("etags.if-match.missing-resource", "RFC9110-13.1.1-02", needs=("etag",))
@pytest.mark.usefixtures("promised")
def test_match_missing(users: Resources) -> None:
    """An asterisk in If-Match names nothing where there is no resource, and creates none."""
    body = users.body()
    handle = users.session.housekeeping.intend(users.endpoint, str(body["userName"]))
    target = f"{users.endpoint}/{uuid.uuid4()}"
    answer = users.session.request("PUT", target, body, headers={"If-Match": "*"})
    users.session.adopt(users.endpoint, answer, handle)
    answer.require(not answer.ok, "a PUT with If-Match to nothing was answered with success", kind="created")


@check("etags.if-match.delete-stale", "RFC7644-3.14-12", needs=("etag",), data_loss=True)
def test_delete_stale(versioned: Versioned) -> None:
    """A DELETE that names another version than the current one is refused, and the resource stays."""
    answer = versioned.user.delete(headers={"If-Match": versioned.stale})
    answer.require(versioned.user.get().status_code == 200, "the resource is gone", kind="deleted")
    answer.status(412)


@check("etags.if-match.delete-current", "RFC7644-3.14-13", needs=("etag",))
def test_delete_current(versioned: Versioned) -> None:
    """A DELETE that names the current version is done."""
    answer = versioned.user.delete(headers={"If-Match": versioned.tag})
    answer.success()
    answer.require(versioned.user.get().status_code == 404, "the deleted resource is still there", kind="not-deleted")


@check("etags.unsupported", "RFC7644-3.14-17")
def test_without_support(kept: Callable[..., Resource], discovery: Discovery) -> None:
    """Where versions are not supported, If-Match is ignored or evaluated, and breaks nothing."""
    if discovery.supports(Capability.ETAG) is not False:
        raise NotApplicable("the target supports versions")
    made = kept()
    made.try_put(made.read(), headers={"If-Match": '"x"'}).status(200, 204, 412)
