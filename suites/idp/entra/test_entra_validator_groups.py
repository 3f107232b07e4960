"""What Microsoft's SCIM validator asks about groups, under the names of its tests."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote_plus

import pytest

from scimulator.kit import GROUP, Blocked, add, check, find, remove, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Answer, Json, JsonObject, Resource, Resources, Session

SUBMISSION = "Entra SCIM validator"
OPTSCIM = ("entra.optscim",)
GROUPS = ("groups",)
BARE = {"Accept": "", "User-Agent": ""}
WRITES = {**BARE, "Content-Type": "application/scim+json; charset=utf-8"}

pytestmark = pytest.mark.usefixtures("dialect")


def search(scim: Session, name: str, extra: str = "") -> Answer:
    """Search for a displayName as the validator does."""
    return scim.request("GET", f"/Groups?{extra}filter=displayName+eq+%22{quote_plus(name)}%22", headers=BARE)


def new_group(scim: Session) -> JsonObject:
    """Return the body of the validator's create: no members, no meta."""
    external = f"{scim.people.unique()}-4b4f-9e7d"
    return {"displayName": scim.people.unique("validator"), "externalId": external, "schemas": [GROUP]}


def members(group: Resource) -> list[str]:
    """Return the ids of a group's members."""
    found = find(group.read(), "members[*].value")
    return sorted(map(str, found)) if isinstance(found, list) else []


@check(
    "entra.validator.create-group", "RFC7644-3.3-22", "ENTRA-VALIDATOR-02", dialects=OPTSCIM, submission=SUBMISSION,
    needs=GROUPS,
)  # fmt: skip
def test_create_group(scim: Session, groups: Resources) -> None:
    """Validator "Create a new Group": displayName and externalId are enough for 201, and the group is found."""
    body = new_group(scim)
    answer = groups.post(body, headers=WRITES).status(201)
    found = search(scim, str(body["displayName"])).status(200, per="ENTRA-VALIDATOR-02")
    found.equals("Resources[0].id", answer.id, per="ENTRA-VALIDATOR-02")


@check("entra.validator.duplicate-group", "ENTRA-VALIDATOR-07", dialects=OPTSCIM, submission=SUBMISSION, needs=GROUPS)
def test_duplicate_group(scim: Session, groups: Resources) -> None:
    """Validator "Create a duplicate Group": the same create again is answered 409.

    RFC 7643 lets displayNames repeat, so it only warns.
    """
    body = new_group(scim)
    groups.made(groups.post(body, headers=WRITES), body)
    groups.post(body, headers=WRITES).status(409)


@check(
    "entra.validator.group-without-members", "RFC7644-3.9-19", "ENTRA-VALIDATOR-02", dialects=OPTSCIM,
    submission=SUBMISSION, needs=GROUPS,
)  # fmt: skip
def test_without_members(scim: Session, pool: Callable[[int], list[str]], groups: Resources) -> None:
    """Validator "Get group by id excluding members" and "Filter group by displayName excluding members"."""
    group = groups.create(members=[*pool(1)])
    group.get("excludedAttributes=members", headers=BARE).status(200).lacks("members").equals("id", group.id)
    found = search(scim, group.display_name, "excludedAttributes=members&").status(200, per="ENTRA-VALIDATOR-02")
    found.equals("Resources[0].id", group.id, per="ENTRA-VALIDATOR-02").lacks("Resources[0].members")


@pytest.mark.parametrize("case", ["existing", "missing", "other-case"])
@check(
    "entra.validator.filter-group", "ENTRA-VALIDATOR-02", "RFC7644-3.4.2-08", "ENTRA-VALIDATOR-04", dialects=OPTSCIM,
    submission=SUBMISSION, needs=GROUPS,
)  # fmt: skip
def test_filter_group(scim: Session, groups: Resources, case: str) -> None:
    """Validator "Filter for an existing group", "for a non-existing group", "with a different case"."""
    if case == "missing":
        search(scim, scim.people.unique("nobody")).status(200, per="RFC7644-3.4.2-08").equals(
            "totalResults", 0, per="RFC7644-3.4.2-08"
        )
        return
    group = groups.sample()
    name = group.display_name.upper() if case == "other-case" else group.display_name
    rule = "ENTRA-VALIDATOR-04" if case == "other-case" else "ENTRA-VALIDATOR-02"
    search(scim, name).status(200, per=rule).equals("totalResults", 1, per=rule).equals(
        "Resources[0].id", group.id, per=rule
    )


@pytest.mark.parametrize("name", ["displayName", "externalId"])
@check(
    "entra.validator.replace-group", "RFC7644-3.5.2.3-01", "ENTRA-VALIDATOR-08", dialects=OPTSCIM,
    submission=SUBMISSION, needs=GROUPS,
)  # fmt: skip
def test_replace_group(groups: Resources, name: str) -> None:
    """Validator "Update Group displayName" and "Patch Group - Replace Attributes": a replace without a path."""
    group = groups.create()
    value = groups.session.people.unique("replaced")
    rule = "RFC7644-3.5.2.3-01" if name == "displayName" else "ENTRA-VALIDATOR-08"
    group.try_patch(replace(None, {name: value}), headers=WRITES).success(per=rule)
    group.get().equals(name, value, per=rule)


@check("entra.validator.add-member", "RFC7644-3.5.2.3-04", dialects=OPTSCIM, submission=SUBMISSION, needs=GROUPS)
def test_add_member(pool: Callable[[int], list[str]], groups: Resources) -> None:
    """Validator "Patch Group - Add Member": it replaces the members by one."""
    (ada,), group = pool(1), groups.create()
    value: Json = [{"value": ada}]
    answer = group.try_patch(replace("members", value), headers=WRITES).success()
    answer.require(members(group) == [ada], "the user is not the one member of the group", at="members")


@check("entra.validator.remove-member", "RFC7644-3.5.2.2-04", dialects=OPTSCIM, submission=SUBMISSION, needs=GROUPS)
def test_remove_member(pool: Callable[[int], list[str]], groups: Resources) -> None:
    """Validator "Patch Group - Remove Member": of two members one goes, picked by ``members[value eq "..."]``."""
    (ada, bob), group = pool(2), groups.create()
    both: Json = [{"value": ada}, {"value": bob}]
    if not group.try_patch(replace("members", both), headers=WRITES).ok:
        raise Blocked("entra.validator.add-member", "members cannot be replaced")
    answer = group.try_patch(remove(f'members[value eq "{ada}"]'), headers=WRITES).success()
    answer.require(members(group) == [bob], "the other user is not the one member of the group", at="members")


@check(
    "entra.validator.group-same-attribute", "ENTRA-VALIDATOR-10", dialects=OPTSCIM, submission=SUBMISSION, needs=GROUPS
)
def test_same_attribute(users: Resources, groups: Resources) -> None:
    """Validator "Patch Group - Multiple Ops on same attribute" (preview): a member is added and removed at once."""
    ada, group = users.create(), groups.create()
    value: Json = [{"value": ada.id}]
    both = (add("members", value), remove(f'members[value eq "{ada.id}"]'))
    answer = group.try_patch(*both, headers=WRITES).success()
    answer.require(members(group) == [], "the user was added and not removed by the second operation", at="members")


@check("entra.validator.delete-group", "RFC7644-3.6-12", dialects=OPTSCIM, submission=SUBMISSION, needs=GROUPS)
def test_delete_group(scim: Session, groups: Resources) -> None:
    """Validator "Delete a Group": 204, and 404 for a read."""
    path = groups.create().path
    scim.request("DELETE", path, headers=BARE).status(204)
    scim.request("GET", path, headers=BARE).status(404)


@pytest.mark.parametrize("case", ["never-there", "twice"])
@check(
    "entra.validator.delete-missing-group", "RFC7644-3.6-06", "RFC7644-3.6-10", dialects=OPTSCIM,
    submission=SUBMISSION, needs=GROUPS,
)  # fmt: skip
def test_delete_missing(scim: Session, groups: Resources, case: str) -> None:
    """Validator "Delete a non-existent Group" and "Delete the same Group twice" (preview): 404."""
    if case == "never-there":
        path = f"{groups.endpoint}/d950a5ce-61da-4979-8423-4600c745a897"
        scim.request("DELETE", path, headers=BARE).status(404, per="RFC7644-3.6-10")
        return
    group = groups.create()
    if not group.delete(headers=BARE).ok:
        raise Blocked("entra.validator.delete-group", "the group cannot be deleted")
    scim.request("DELETE", group.path, headers=BARE).status(404)
