"""attributes and excludedAttributes on reading (RFC 7644 sections 3.4.2.5 and 3.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import DECLINED, ENTERPRISE, USER, NotApplicable, check, find, is_unassigned

if TYPE_CHECKING:
    from scimulator.kit import Resources
    from suites.projection.conftest import Portrait


@check("projection.attributes.get", "RFC7644-3.9-01", "RFC7644-3.9-06", writes=True)
def test_attributes_on_get(portrait: Portrait) -> None:
    """With attributes, a resource comes with what is named and with what is always returned, and nothing else."""
    if not portrait.extras:
        raise NotApplicable("the target shows nothing of a user that could be left out")
    answer = portrait.user.get("attributes=userName").status(200)
    portrait.limited(answer, answer.body, "userName")


@check("projection.attributes.list", "RFC7644-3.4.2.5-01", "RFC7644-3.9-10", needs=("filter",))
def test_attributes_on_list(portrait: Portrait, users: Resources) -> None:
    """With attributes, every resource of a list is limited to what is named.

    A server that ignores the parameter sends the personal data that the client took care not to ask for.
    """
    if not portrait.extras:
        raise NotApplicable("the target shows nothing of a user that could be left out")
    answer = users.query({"filter": f'userName eq "{portrait.user.user_name}"', "attributes": "userName"})
    found = answer.resources()
    answer.require(len(found) == 1, f"the list holds {len(found)} users instead of one", kind="not-found")
    portrait.limited(answer, found[0], "userName")


@check("projection.attributes.several", "RFC7644-3.9-02", attributes=("name.familyName",))
def test_several_attributes(portrait: Portrait) -> None:
    """A comma separates the names of several attributes."""
    portrait.shows("name.familyName", "displayName")
    answer = portrait.user.get("attributes=userName,name").status(200)
    portrait.limited(answer, answer.body, "userName", "name")
    answer.equals("name.familyName", find(portrait.whole, "name.familyName"))  # type: ignore[arg-type]  # shown


@check("projection.attributes.sub-attribute", "RFC7644-3.4.2.5-04", attributes=("name.familyName", "name.givenName"))
def test_sub_attribute(portrait: Portrait) -> None:
    """A sub-attribute that is named comes without its sisters."""
    portrait.shows("name.familyName", "name.givenName")
    portrait.user.get("attributes=name.familyName").status(200).has("name.familyName").lacks("name.givenName")


@check("projection.attributes.multi-valued", "RFC7644-3.9-03", attributes=("emails", "name.familyName"))
def test_sub_attribute_of_multi_valued(portrait: Portrait) -> None:
    """A sub-attribute of a multi-valued attribute is taken from every element."""
    portrait.shows("emails[0].value", "emails[0].type", "name.familyName", "name.givenName")
    answer = portrait.user.get("attributes=name.familyName,emails.value").status(200)
    answer.has("emails[0].value").lacks("emails[0].type").has("name.familyName").lacks("name.givenName")


@check("projection.attributes.urn", "RFC7644-3.4.2.5-05", "RFC7644-3.10-01")
@pytest.mark.parametrize("name", [f"{USER}:userName", f"{USER}:USERNAME".upper()], ids=["urn", "urn-upper"])
def test_qualified_attribute(portrait: Portrait, name: str) -> None:
    """An attribute named with the URN of its schema is the same attribute."""
    answer = portrait.user.get(f"attributes={name}").status(200)
    portrait.limited(answer, answer.body, "userName", per="RFC7644-3.4.2.5-05")


@check("projection.attributes.extension", "RFC7644-3.4.2.5-06", attributes=("enterprise:department",))
def test_extension_attribute(portrait: Portrait) -> None:
    """An attribute of an extension is asked for by URN and comes inside the object of its extension."""
    portrait.shows(f"{ENTERPRISE}:department", "displayName")
    answer = portrait.user.get(f"attributes={ENTERPRISE}:department").status(200)
    answer.equals(f"{ENTERPRISE}:department", "Drawing").lacks("displayName")


@check("projection.attributes.whole-extension", "RFC7644-3.4.2.5-07", attributes=("enterprise:department",))
@pytest.mark.parametrize("parameter", ["attributes", "excludedAttributes"])
def test_whole_extension(portrait: Portrait, parameter: str) -> None:
    """The URN of an extension stands for all of it."""
    portrait.shows(f"{ENTERPRISE}:department")
    answer = portrait.user.get(f"{parameter}={ENTERPRISE}").status(200)
    if parameter == "attributes":
        answer.equals(f"{ENTERPRISE}:department", "Drawing")
    else:
        answer.lacks(f"{ENTERPRISE}:department")


@check("projection.attributes.case", "RFC7644-3.9-14", attributes=("name.familyName",))
@pytest.mark.parametrize("parameter", ["attributes", "excludedAttributes"])
def test_case(portrait: Portrait, parameter: str) -> None:
    """Names in both parameters mean the same in every letter case."""
    portrait.shows("name.familyName", "displayName")
    if parameter == "attributes":
        answer = portrait.user.get("attributes=DISPLAYname").status(200)
        answer.has("displayName").lacks("name.familyName")
    else:
        answer = portrait.user.get("excludedAttributes=DISPLAYname").status(200)
        answer.lacks("displayName").has("name.familyName")


@check("projection.attributes.unknown", "RFC7644-3.9-16")
def test_unknown_attribute(portrait: Portrait) -> None:
    """A name that no attribute has is passed over."""
    answer = portrait.user.get("attributes=userName,noSuchAttribute")
    if answer.status(200).ok:
        answer.has("userName").lacks("noSuchAttribute")


@check("projection.attributes.white-space", "RFC7644-3.9-17", attributes=("displayName",))
def test_white_space(portrait: Portrait) -> None:
    """A blank behind the comma is passed over."""
    portrait.shows("displayName")
    portrait.user.get("attributes=userName,%20displayName").status(200).has("displayName")


@check("projection.excluded.get", "RFC7644-3.9-04", attributes=("name.familyName", "emails"))
def test_excluded_on_get(portrait: Portrait) -> None:
    """With excludedAttributes, a resource comes without what is named and with all the rest."""
    portrait.shows("name.familyName", "emails")
    answer = portrait.user.get("excludedAttributes=name,emails").status(200)
    answer.lacks("name").lacks("emails").has("userName")
    for name in portrait.extras:
        if name.lower() not in ("name", "emails"):
            answer.has(name)
    answer.has("meta")


@check("projection.excluded.list", "RFC7644-3.4.2.5-02", needs=("filter",), attributes=("name.familyName",))
def test_excluded_on_list(portrait: Portrait, users: Resources) -> None:
    """With excludedAttributes, every resource of a list comes without what is named."""
    portrait.shows("name.familyName")
    answer = users.query({"filter": f'userName eq "{portrait.user.user_name}"', "excludedAttributes": "name"})
    found = answer.resources()
    answer.require(len(found) == 1, f"the list holds {len(found)} users instead of one", kind="not-found")
    answer.lacks("Resources[0].name").has("Resources[0].userName")


@check("projection.excluded.sub-attribute", "RFC7644-3.9-05", attributes=("name.familyName", "name.givenName"))
def test_excluded_sub_attribute(portrait: Portrait) -> None:
    """A sub-attribute that is left out leaves its sisters."""
    portrait.shows("name.familyName", "name.givenName")
    answer = portrait.user.get("excludedAttributes=name.givenName").status(200)
    answer.lacks("name.givenName").has("name.familyName")


@check("projection.excluded.always", "RFC7644-3.4.2.5-03", "RFC7643-3.1-09")
@pytest.mark.parametrize(
    "query", ["excludedAttributes=id,userName", "attributes=displayName"], ids=["excluded", "other"]
)
def test_always_returned(portrait: Portrait, query: str) -> None:
    """The id is returned whatever the client asks for or leaves out."""
    portrait.user.get(query).status(200).equals("id", portrait.user.id)


@check("projection.never", "RFC7644-3.9-11", attributes=("password",))
def test_never_returned(users: Resources) -> None:
    """A password is not returned even to a client that asks for it by name."""
    made = users.create(password="Tr0ub4dor&3-xyzzy-9")  # noqa: S106  a password for a user of this run
    made.get("attributes=password").lacks("password")
    made.get("attributes=userName,password").status(200).lacks("password")
    made.get(f"attributes={USER}:password").lacks("password")


@check("projection.both", "RFC7644-3.9-15", attributes=("name.familyName",))
def test_both_parameters(portrait: Portrait) -> None:
    """Attributes and excludedAttributes together are refused, or one of them is obeyed."""
    portrait.shows("name.familyName", "displayName")
    answer = portrait.user.get("attributes=userName,name&excludedAttributes=name").status(200, 400)
    if answer.ok:
        first = is_unassigned(find(answer.body, "displayName"))
        second = is_unassigned(find(answer.body, "name"))
        answer.require(first or second, "neither attributes nor excludedAttributes is obeyed", kind="ignored")


@check("projection.stored", "RFC7644-3.9-18")
def test_nothing_is_stored(portrait: Portrait) -> None:
    """What a client leaves out of an answer is still there."""
    portrait.user.get("attributes=userName").status(200)
    with portrait.user.changes(only={}):
        portrait.user.get("excludedAttributes=name,emails,displayName").status(200)


@check("projection.groups.without-members", "RFC7644-3.9-19", needs=("groups",))
@pytest.mark.parametrize("where", ["get", "list"])
def test_group_without_members(users: Resources, groups: Resources, where: str) -> None:
    """A group comes without its members when they are left out.

    Microsoft Entra reads groups in this way alone; a group of 50,000 members is otherwise sent at every visit.
    """
    group = groups.create(members=[users.sample().id])
    if is_unassigned(find(group.read(), "members")):
        raise NotApplicable("the target shows no members of a group")
    if where == "get":
        group.get("excludedAttributes=members").status(200).lacks("members").has("displayName")
        return
    answer = groups.query({"filter": f'displayName eq "{group.display_name}"', "excludedAttributes": "members"})
    if answer.status_code in DECLINED:
        raise NotApplicable("the target refuses to find a group by displayName")
    answer.require(answer.resources(), "the group is not found", kind="not-found")
    answer.lacks("Resources[0].members").has("Resources[0].displayName")


@check("projection.groups.attributes", "RFC7644-3.9-01", needs=("groups",))
def test_group_attributes(users: Resources, groups: Resources) -> None:
    """A group that is asked for its displayName comes without its members."""
    group = groups.create(members=[users.sample().id])
    if is_unassigned(find(group.read(), "members")):
        raise NotApplicable("the target shows no members of a group")
    answer = group.get("attributes=displayName").status(200)
    answer.has("displayName").equals("id", group.id).lacks("members")
