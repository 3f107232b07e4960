"""What creating and reading a group answers and makes (RFC 7644 sections 3.3 and 3.4.1, RFC 7643 section 4.2)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from scimulator.kit import GROUP, LIST_RESPONSE, Blocked, NotApplicable, check, find, is_unassigned

if TYPE_CHECKING:
    from scimulator.kit import Judge, Resources, Session

_NOT_OFFERED = (403, 405, 501)


@check("groups.create.status", "RFC7644-3.3-22", "RFC7644-3.2-04", needs=("groups",))
def test_a_group_is_created_like_a_user(groups: Resources) -> None:
    """A create of a group that succeeds is answered 201.

    Some services own their groups and let nobody make one; that costs a warning, and what needs groups is left out.
    """
    answer = groups.post(groups.body())
    if answer.status_code in _NOT_OFFERED:
        answer.require(
            condition=False,
            message=f"creating a group was answered {answer.status_code}",
            kind="not-offered",
            per="RFC7644-3.2-04",
        )
        return
    answer.status(201)


@check("groups.create.id", "RFC7643-3.1-02", needs=("groups",))
def test_a_new_group_has_an_id_and_meta(groups: Resources) -> None:
    """The server gives every new group an id and meta."""
    body = groups.body()
    answer = groups.post(body)
    if not answer.ok:
        raise Blocked("groups.create.status", f"POST {groups.endpoint} was answered {answer.status_code}")
    found = answer.body.get("id")
    answer.require(
        isinstance(found, str) and found,
        f"the new group's id is {found!r}, owed is a string with at least one character",
        kind="id",
        at="id",
        got=found,
    )
    shown = groups.made(answer, body).read()
    for name in ("resourceType", "created", "lastModified", "location"):
        answer.require(
            not is_unassigned(find(shown, f"meta.{name}")), f"a new group has no meta.{name}", kind="missing",
            at=f"meta.{name}",
        )  # fmt: skip


@check("groups.create.location", "RFC7644-3.3-22", needs=("groups",))
def test_the_location_names_the_new_group(groups: Resources, scim: Session) -> None:
    """A create names the new group's URI in Location and, the same, in meta.location."""
    body = groups.body()
    answer = groups.post(body)
    made = groups.made(answer, body)
    answer.header("Location")
    location = answer.header_value("Location") or ""
    inner = answer.at("meta.location") or find(made.read(), "meta.location")
    base = scim.target.base_url.rstrip("/") + "/"
    one, other = (unquote(urlsplit(urljoin(base, uri)).path).rstrip("/") for uri in (location, str(inner)))
    answer.require(
        one == other, f"Location is {location!r}, meta.location is {inner!r}", kind="differs", at="meta.location"
    )
    answer.require(
        one.endswith(f"/{made.id}"), f"Location {location!r} does not end with the id {made.id!r}", kind="location",
        at="Location", wanted=made.id, got=location,
    )  # fmt: skip


@check("groups.create.resource-type", "RFC7644-3.3.1-02", "RFC7643-4.2-01", needs=("groups",))
def test_the_resource_type_is_group(groups: Resources, judge: Judge) -> None:
    """A group bears the resourceType Group and lists the Group schema."""
    shown = groups.sample().read()
    found = find(shown, "meta.resourceType")
    judge.require(
        found == "Group", f"meta.resourceType of a group is {found!r}", at="meta.resourceType", wanted="Group",
        got=found if isinstance(found, str) else None,
    )  # fmt: skip
    listed = shown.get("schemas")
    names = {str(each).lower() for each in listed} if isinstance(listed, list) else set()
    judge.require(
        GROUP.lower() in names, f"a group's schemas are {listed!r}", kind="schemas", at="schemas", got=listed,
        per="RFC7643-4.2-01",
    )  # fmt: skip


@check("groups.create.display-name", "RFC7643-4.2-03", needs=("groups",))
def test_a_group_keeps_its_name(groups: Resources, scim: Session, judge: Judge) -> None:
    """A group's displayName comes back as it was sent, letter case and letters beyond ASCII included."""
    name = f"{scim.people.unique('Vertrieb')} \u00d6sterreich & S\u00fcd"
    shown = groups.create(displayName=name).read()
    judge.require(
        shown.get("displayName") == name, f"displayName was sent as {name!r} and is {shown.get('displayName')!r}",
        kind="altered", at="displayName", wanted=name, got=shown.get("displayName"),
    )  # fmt: skip


@pytest.mark.parametrize("case", ["absent", "null"])
@check("groups.create.missing-display-name", "RFC7643-4.2-02", "RFC7644-3.3-16", needs=("groups",))
def test_no_group_exists_without_a_name(groups: Resources, scim: Session, case: str) -> None:
    """No group exists without a displayName: a create without one, or with null, is refused."""
    # The mark stands in externalId, so that whatever is made in spite of all can be found and removed.
    body = groups.body(externalId=scim.people.unique("nameless"))
    del body["displayName"]
    if case == "null":
        body["displayName"] = None
    answer = groups.post(body)
    if not answer.ok:
        answer.refused(400, scim_type="invalidValue")
        return
    shown = groups.made(answer, body).read().get("displayName")
    definition = scim.discovery.attribute("displayName", GROUP)
    # The schema as first published says required false (erratum 5368 corrects it); who repeats it only gets a warning.
    as_published = definition is not None and definition.get("required") is False
    answer.require(
        isinstance(shown, str) and shown, f"a group exists whose displayName is {shown!r}", kind="nameless",
        at="displayName", got=shown, soft=as_published,
    )  # fmt: skip
    answer.require(
        not shown, f"the target made up the displayName {shown!r}", kind="made-up", at="displayName", soft=True
    )


@check("groups.create.same-name", "RFC7643-7-39", "RFC7643-4.2-04", needs=("groups",))
def test_two_groups_may_share_a_name(groups: Resources, scim: Session) -> None:
    """A group may bear the displayName that another group already has, unless the schema declares it unique."""
    definition = scim.discovery.attribute("displayName", GROUP)
    if definition is None or definition.get("uniqueness") not in (None, "none"):
        raise NotApplicable("the target's /Schemas does not say that a group's displayName may be used twice")
    first = groups.create()
    answer = groups.post(groups.body(displayName=first.display_name))
    answer.require(
        answer.ok, f"a second group of the same name was refused with {answer.status_code}", kind="refused",
        at="displayName",
    )  # fmt: skip
    if answer.ok:
        answer.require(answer.id != first.id, "the second group is the first one", kind="handed-back", at="id")


@check("groups.create.external-id", "RFC7643-3.1-11", needs=("groups",))
def test_a_groups_external_id_keeps_its_letter_case(groups: Resources, scim: Session, judge: Judge) -> None:
    """A group's externalId that the target keeps comes back in the letter case in which it was sent."""
    sent = scim.people.unique("Ext-GRP-xyz")
    found = find(groups.create(externalId=sent).read(), "externalId")
    if is_unassigned(found):
        raise NotApplicable("the target does not keep an externalId of groups")
    judge.require(
        found == sent, f"externalId is {found!r}, sent was {sent!r}", at="externalId", wanted=sent, got=str(found)
    )


@check("groups.read.status", "RFC7644-3.4.1-01", needs=("groups",))
def test_a_group_is_read_as_itself(groups: Resources) -> None:
    """A GET on a group answers 200 with that group itself, not with a list around it."""
    group = groups.sample()
    answer = group.get().status(200)
    schemas = answer.body.get("schemas")
    answer.require(
        not (isinstance(schemas, list) and LIST_RESPONSE in schemas),
        "a single group came as a ListResponse",
        kind="list",
        at="schemas",
    )
    answer.require(
        answer.id == group.id, f"the group read has the id {answer.id!r}", kind="id", at="id", wanted=group.id,
        got=answer.id,
    )  # fmt: skip


@check("groups.read.unknown", "RFC7644-3.4.1-02", needs=("groups",))
def test_an_unknown_group_is_not_found(groups: Resources) -> None:
    """A GET on a group that never existed is refused, preferably with 404."""
    groups.get(str(uuid.uuid4())).refused(404)
