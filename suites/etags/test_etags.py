"""Versions: where they are shown, and that they follow what they are versions of (RFC 7644 section 3.14)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import NotApplicable, add, check, find, is_unassigned, remove, replace

if TYPE_CHECKING:
    from scimulator.kit import Resource, Resources
    from suites.etags.conftest import Versioned

_ENTITY_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"\Z')


def _tag(user: Resource) -> str | None:
    return user.get().header_value("ETag")


@pytest.mark.usefixtures("promised")
@check("etags.header", "RFC7644-3.14-01", "RFC7644-4-23", needs=("etag",))
def test_header(users: Resources) -> None:
    """A server that says it supports versions shows one in the ETag header of a resource."""
    users.sample().get().status(200).header("ETag")


@check("etags.syntax", "RFC9110-8.8.3-01", needs=("etag",))
def test_syntax(versioned: Versioned) -> None:
    """An entity-tag is a quoted string, with W/ before it where it is weak.

    Clients send it back as it came; libraries and proxies drop one that breaks the grammar.
    """
    versioned.user.get().require(
        _ENTITY_TAG.match(versioned.tag), f"ETag is {versioned.tag}", kind="syntax", at="ETag", got=versioned.tag
    )


@check("etags.meta-version", "RFC7644-3.14-03", "RFC7644-3.14-04", "RFC7643-3.1-22", needs=("etag",))
def test_meta_version(versioned: Versioned) -> None:
    """The version stands in meta.version, too, and is the same there."""
    answer = versioned.user.get().has("meta.version")
    version, tag = find(answer.body, "meta.version"), answer.header_value("ETag")
    if is_unassigned(version) or tag is None:
        return
    bare = str(version).removeprefix("W/").strip('"') == tag.removeprefix("W/").strip('"')
    answer.require(
        version == tag,
        f"meta.version is {version!r} and the ETag is {tag!r}",
        at="meta.version",
        per="RFC7644-3.14-04",
        # Proxies weaken tags on their way, and an older style writes the version without quotes.
        soft=bare,
    )


@check("etags.after-write", "RFC7644-3.14-02", needs=("etag",), attributes=("displayName",))
@pytest.mark.parametrize("method", ["post", "put", "patch"])
def test_tag_of_a_write(versioned: Versioned, users: Resources, method: str) -> None:
    """The answer to a write carries the version of the state that it made."""
    user = versioned.user
    match method:
        case "post":
            body = users.body()
            answer = users.post(body)
            user = users.made(answer, body)
        case "put":
            answer = user.try_put({**user.read(), "displayName": versioned.new})
            if not answer.ok:
                raise NotApplicable("the target refuses its own representation in a PUT; the checks of PUT judge that")
        case _:
            answer = user.try_patch(replace("displayName", versioned.new))
            if answer.status_code in (405, 501):
                raise NotApplicable("the target does not offer PATCH")
            answer.success()
    now = _tag(user)
    answer.header("ETag")
    if answer.header_value("ETag") is not None:
        answer.header("ETag", now)


@check("etags.changes-with-change", "RFC7644-3.14-14", needs=("etag",), attributes=("displayName",))
@pytest.mark.parametrize("method", ["put", "patch"])
def test_version_changes(versioned: Versioned, method: str) -> None:
    """A changed resource has another version.

    Where it keeps its version, a client that has read the old state may overwrite the new one unnoticed.
    """
    user = versioned.user
    write = versioned.put_name if method == "put" else lambda name: user.try_patch(replace("displayName", name))
    _, differs = versioned.overtaken(write)
    user.get().require(differs, "the version is the same after a change", kind="same", at="ETag")


@check("etags.stays-without-change", "RFC7644-3.14-15", needs=("etag",), attributes=("displayName",))
@pytest.mark.parametrize("case", ["reads", "no-op"])
def test_version_stays(versioned: Versioned, case: str) -> None:
    """An unchanged resource keeps its version."""
    user = versioned.user
    if case == "reads":
        second = user.get()
        second.require(
            second.header_value("ETag") == versioned.tag, "two reads show two versions", kind="differs", at="ETag"
        )
        return
    shown = find(user.read(), "displayName")
    if is_unassigned(shown):
        raise NotApplicable("the target shows no displayName")
    answer = user.try_patch(add("displayName", str(shown)))
    if not answer.ok:
        raise NotApplicable("the target refuses to add the value that is there")
    after = user.get()
    after.require(
        after.header_value("ETag") == versioned.tag,
        "adding the value that is there already makes a new version",
        kind="no-op",
        at="ETag",
        soft=True,
    )


@check("etags.list", "RFC7644-3.14-03", needs=("etag", "filter"))
def test_version_in_list(versioned: Versioned, users: Resources) -> None:
    """A resource in a list shows the version that its own GET shows."""
    version = find(versioned.user.read(), "meta.version")
    if is_unassigned(version):
        raise NotApplicable("the target shows no meta.version")
    users.find(f'userName eq "{versioned.user.user_name}"').equals("Resources[0].meta.version", str(version))


@pytest.mark.usefixtures("promised")
@check("etags.groups.membership", "RFC7644-3.14-16", needs=("etag", "groups", "patch"))
def test_group_version(users: Resources, groups: Resources) -> None:
    """A group has another version when it has another member."""
    group = groups.create()
    if _tag(group) is None:
        raise NotApplicable("the target shows no version of a group")

    def attempt() -> bool:
        before = _tag(group)
        inside = group.read().get("members")
        operation = remove("members") if inside else add("members", [{"value": users.sample().id}])
        group.patch(operation)
        return _tag(group) != before

    differs = group.session.tell_apart(attempt)
    group.get().require(differs, "the version is the same with other members", kind="same")
