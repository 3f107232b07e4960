"""What a client may send for attributes that only the server assigns (RFC 7644 section 3.3, RFC 7643 section 3.1)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scimulator.kit import ENTERPRISE, USER, Blocked, NotApplicable, Purpose, check, find, is_unassigned

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Judge, Resources, Session


@check("users.create.client-id-ignored", "RFC7644-3.3-06", "RFC7644-3.1-04")
def test_an_id_of_the_client_is_not_taken(users: Resources, scim: Session) -> None:
    """A create never takes over an id that the client sends.

    Whoever can choose ids can overwrite somebody else's account, or make two of one.
    """
    chosen = scim.people.unique("chosen-id")
    body = users.body(id=chosen)
    answer = users.post(body)
    if not answer.ok:
        answer.status(201, warn=tuple(range(400, 500)))
    answer.require(
        answer.id != chosen, "the new user got the id that the client sent", kind="adopted", at="id", got=answer.id
    )
    stolen = scim.request("GET", f"{users.endpoint}/{chosen}", purpose=Purpose.EVIDENCE)
    stolen.require(not stolen.ok, "the id that the client sent leads to a user", kind="adopted", at="id")


@check("users.create.forged-meta", "RFC7643-3.1-16", "RFC7644-3.3-07")
def test_meta_of_the_client_is_ignored(users: Resources, judge: Judge) -> None:
    """Values for meta that a client sends on create leave no trace."""
    forged = {
        "resourceType": "Forged",
        "created": "2001-02-03T04:05:06Z",
        "lastModified": "2001-02-03T04:05:07Z",
        "location": "https://forged.example/Users/1",
        "version": 'W/"forged"',
    }
    body = users.body(meta=dict(forged))
    answer = users.post(body).success()
    made = users.made(answer, body)
    for shown in (answer.body, made.read()):
        for name, value in forged.items():
            found = find(shown, f"meta.{name}")
            same = isinstance(found, str) and found[:19] == value[:19]
            judge.require(
                not same, f"meta.{name} is the value that the client sent", kind="adopted", at=f"meta.{name}", got=value
            )


@check("users.create.forged-groups", "RFC7644-3.3-08", "RFC7643-4.1.2-17", needs=("groups",), data_loss=True)
def test_groups_of_the_client_make_no_member(users: Resources, groups: Resources, scim: Session) -> None:
    """The groups that a client sends in a new user create no membership.

    The attribute is read-only; a server that follows it lets anybody who may create users make administrators.
    """
    if scim.discovery.schemas() and scim.discovery.attribute("groups") is None:
        raise NotApplicable("the target's /Schemas declares no attribute groups for users")
    group = groups.create()
    with group.changes(only={}, frame="RFC7643-4.1.2-17"):
        body = users.body(groups=[{"value": group.id}])
        answer = users.post(body)
        answer.status(201, warn=tuple(range(400, 500)))
    if answer.ok:
        shown = users.made(answer, body).read()
        answer.require(
            group.id not in json.dumps(shown.get("groups") or []),
            "the new user shows the group that the client sent",
            kind="adopted",
            at="groups",
        )


@check("users.create.forged-manager-name", "RFC7644-3.3-09", "RFC7643-4.3-10")
def test_a_managers_name_of_the_client_is_not_kept(
    users: Resources, pool: Callable[[int], list[str]], scim: Session
) -> None:
    """A manager's displayName comes from the manager's account, never from the client."""
    if not _has_enterprise(scim) or (
        scim.discovery.schemas() and scim.discovery.attribute("manager.displayName", ENTERPRISE) is None
    ):
        raise NotApplicable("the target declares no manager.displayName of the enterprise extension")
    (boss,) = pool(1)
    body = users.body(schemas=[USER, ENTERPRISE])
    body[ENTERPRISE] = {"manager": {"value": boss, "displayName": "Forged Name"}}
    answer = users.post(body)
    answer.status(201, warn=tuple(range(400, 500)))
    if not answer.ok:
        return
    found = find(users.made(answer, body).read(), f"{ENTERPRISE}:manager.displayName")
    answer.require(
        found != "Forged Name",
        "manager.displayName is the text that the client sent",
        kind="adopted",
        at="manager.displayName",
        got="Forged Name",
    )


def _has_enterprise(scim: Session) -> bool:
    types = scim.discovery.resource_types()
    if types:
        listed = json.dumps([each.get("schemaExtensions") for each in types]).lower()
        return ENTERPRISE.lower() in listed
    return ENTERPRISE.lower() in scim.discovery.schemas()


@check("users.create.external-id", "RFC7643-3.1-11")
def test_an_external_id_keeps_its_letter_case(users: Resources, scim: Session, judge: Judge) -> None:
    """An externalId that the target keeps comes back in the letter case in which it was sent.

    Identity providers match people by it; a server that changes its case makes them create everybody twice.
    """
    sent = scim.people.unique("Ext-ABC-xyz")
    found = find(users.create(externalId=sent).read(), "externalId")
    if is_unassigned(found):
        raise NotApplicable("the target does not keep an externalId")
    judge.require(
        found == sent, f"externalId is {found!r}, sent was {sent!r}", at="externalId", wanted=sent, got=str(found)
    )


@check("users.create.no-external-id", "RFC7643-3.1-10")
def test_no_external_id_is_made_up(users: Resources, judge: Judge) -> None:
    """A user created without externalId has none: it is the client's name for the user, not the server's."""
    if "externalId" in users.body():
        raise NotApplicable("the settings give every new user an externalId")
    found = find(users.sample().read(), "externalId")
    judge.require(
        is_unassigned(found) or found == "",
        f"the target made up the externalId {found!r}",
        kind="made-up",
        at="externalId",
        got=found if isinstance(found, str) else None,
    )


@check("users.create.ids-differ", "RFC7643-3.1-04", "RFC7643-3.1-05")
def test_every_resource_has_an_id_of_its_own(users: Resources, groups: Resources, scim: Session, judge: Judge) -> None:
    """No two resources share an id, whatever their types, and an id stays the same from its creation on."""
    made = [users.create(), users.create()]
    if scim.discovery.group_endpoint is not None:
        try:
            made.append(groups.create())
        except Blocked:
            judge.note("no group could be made, so only users were compared")
    ids = [each.id for each in made]
    judge.require(len(set(ids)) == len(ids), f"new resources share an id: {ids}", kind="shared-id", at="id")
    for each in made:
        shown = each.read().get("id")
        judge.require(
            shown == each.id,
            f"the resource created as {each.id!r} shows the id {shown!r}",
            kind="id-changed",
            at="id",
            wanted=each.id,
            got=shown,
            per="RFC7643-3.1-05",
        )
