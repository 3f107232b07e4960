"""What Microsoft's app gallery demands beyond the validator: its checklist and its workflow for submissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import NotApplicable, add, check, find, is_unassigned, replace

if TYPE_CHECKING:
    from scimulator.kit import Json, Resources, Session

SUBMISSION = "Entra SCIM validator"
OPTSCIM = ("entra.optscim",)
ASKS = {"Accept": "application/scim+json"}
DOCUMENTS = {"schemas": "/Schemas", "config": "/ServiceProviderConfig", "resource-types": "/ResourceTypes"}

pytestmark = pytest.mark.usefixtures("dialect")


@pytest.mark.parametrize("document", DOCUMENTS)
@check("entra.gallery.discovery", "ENTRA-GALLERY-01", dialects=OPTSCIM, submission=SUBMISSION, writes=False)
def test_discovery(scim: Session, document: str) -> None:
    """Checklist "SCIM discovery endpoints": Schemas, ServiceProviderConfig and ResourceTypes answer 200."""
    answer = scim.request("GET", DOCUMENTS[document], headers=ASKS).status(200)
    answer.require(bool(answer.body), f"{DOCUMENTS[document]} is answered without a JSON object", kind="no-object")


@check("entra.gallery.mapped-attributes", "ENTRA-GALLERY-02", dialects=OPTSCIM, submission=SUBMISSION, writes=False)
def test_mapped_attributes(scim: Session, users: Resources) -> None:
    """Workflow "Schema_Discoverability": what the mapping writes is found in /Schemas, in any case.

    userName and active have to be there; of the rest of the default mapping a note says what is not.
    """
    published = scim.discovery.schemas()
    scim.judge.require(published, "/Schemas lists no schema, so no attribute is found", kind="no-schemas")
    if not published:
        return
    for name in ("userName", "active"):
        scim.judge.require(users.offers(name), f"/Schemas lists no attribute {name}", kind="missing", at=name)
    wanted = ("displayName", "title", "emails", "preferredLanguage", "name.givenName", "name.familyName")
    more = ("addresses", "phoneNumbers", "enterprise:employeeNumber", "enterprise:department", "enterprise:manager")
    missing = [name for name in wanted + more if not users.offers(name)]
    if missing:
        scim.judge.note(f"not in /Schemas, so leave it out of the mapping: {', '.join(missing)}")


@pytest.mark.parametrize("value", [None, ""], ids=["null", "text"])
@check("entra.gallery.emptied", "ENTRA-GALLERY-03", dialects=OPTSCIM, submission=SUBMISSION)
def test_emptied(users: Resources, value: str | None) -> None:
    """Workflow "SCIM_Null_Update": a replace by null, or by empty text, is taken and empties the attribute."""
    names = [name for name in ("title", "nickName") if users.offers(name)]
    if not names:
        raise NotApplicable("the target's /Schemas offers neither title nor nickName")
    ada = users.create(**dict.fromkeys(names, "Quill"))
    answer = ada.try_patch(*(replace(name, value) for name in names), headers=ASKS).success()
    for name in names if answer.ok else ():
        shown = find(ada.read(), name)
        answer.require(is_unassigned(shown) or shown == "", f"{name} is still {shown!r}", kind="kept", at=name)


@check("entra.gallery.pages", "ENTRA-GALLERY-04", dialects=OPTSCIM, submission=SUBMISSION)
def test_pages(scim: Session, users: Resources) -> None:
    """Workflow "SCIM_User_Pagination": a page of five from the second user on says so, and holds five at most."""
    users.create()
    users.create()
    answer = scim.request("GET", "/Users?startIndex=2&count=5", headers=ASKS).status(200).equals("startIndex", 2)
    found = answer.at("Resources")
    number = len(found) if isinstance(found, list) else 0
    answer.require(0 < number <= 5, f"the page holds {number} users", kind="page-size", at="Resources", got=number)


@check("entra.gallery.memberships", "ENTRA-GALLERY-05", dialects=OPTSCIM, submission=SUBMISSION, needs=("groups",))
def test_memberships(users: Resources, groups: Resources) -> None:
    """Checklist "multiple group memberships with a single PATCH" (recommended): two users join in one operation."""
    ada, bob, group = users.create(), users.create(), groups.create()
    value: Json = [{"value": ada.id}, {"value": bob.id}]
    answer = group.try_patch(add("members", value), headers=ASKS).success()
    shown = find(group.read(), "members[*].value")
    seen = sorted(map(str, shown)) if isinstance(shown, list) else []
    answer.require(
        seen == sorted((ada.id, bob.id)), f"{len(seen)} of two users are members", kind="members", at="members"
    )
