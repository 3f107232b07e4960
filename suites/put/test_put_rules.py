"""What a PUT may not do: touch what is the server's, break what is required, make what is not there (section 3.5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import ENTERPRISE, GROUP, USER, Capability, NotApplicable, check, collateral, find

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Discovery, Json, JsonObject, Judge, Resource, Resources, Session

_CLIENT_ERRORS = tuple(range(400, 500))


@check("put.read-only.id", "RFC7644-3.5.1-12", data_loss=True)
def test_an_id_in_the_body_changes_no_id(
    users: Resources, kept: Callable[..., Resource], plain: str, judge: Judge
) -> None:
    """An id in the body of a PUT is ignored: it neither renames the resource nor reaches another one.

    The address decides. A server that trusts the body writes one person's data over somebody else's.
    """
    user, bystander = kept(**{plain: "Before"}), kept(**{plain: "Bystander"})
    body: JsonObject = {**user.read(), "id": bystander.id, plain: "After"}
    with bystander.changes(only={}):
        # A new name, so that no conflict with this user's own protects the other one.
        answer = user.try_put({**body, "userName": users.session.people.user_name("renamed")})
        if not answer.ok:
            answer = user.try_put(body)
    answer.status(200, warn=_CLIENT_ERRORS)
    stored = user.read()
    judge.require(stored.get("id") == user.id, "the resource has another id", kind="id", at="id")
    wanted = "After" if answer.ok else "Before"
    judge.require(stored.get(plain) == wanted, f"{plain} is {stored.get(plain)!r} afterwards", at=plain, wanted=wanted)
    other = users.session.people.unique("id")
    user.try_put({**stored, "id": other})
    users.get(other).refused(404)


@check("put.read-only.meta", "RFC7644-3.5.1-13", "RFC7643-3.1-16", "RFC7644-3.5.1-23")
def test_meta_in_the_body_is_ignored(user: Resource, plain: str, fresh: str, judge: Judge) -> None:
    """Whatever a PUT says in meta, the server's own meta stands; created, location and resourceType never change."""
    before = user.read()
    forged: JsonObject = {
        "created": "2001-02-03T04:05:06Z",
        "lastModified": "2001-02-03T04:05:06Z",
        "resourceType": "Forged",
        "location": "https://forged.scimulator.example/Users/1",
        "version": 'W/"forged"',
    }
    answer = user.try_put({**before, "meta": forged, plain: fresh})
    after = user.read()
    for name in ("created", "location", "resourceType"):
        old, new = find(before, f"meta.{name}"), find(after, f"meta.{name}")
        judge.require(old == new, f"meta.{name} was {old!r} and is {new!r}", kind="meta", at=f"meta.{name}")
    for name in ("lastModified", "version"):
        new = find(after, f"meta.{name}")
        judge.require(new != forged[name], f"meta.{name} is the one of the body", kind="meta", at=f"meta.{name}")
    answer.status(200, warn=_CLIENT_ERRORS)


@check("put.read-only.groups", "RFC7644-3.5.1-14", "RFC7643-4.1.2-17", needs=("groups",), data_loss=True)
def test_groups_in_the_body_are_ignored(
    users: Resources, groups: Resources, discovery: Discovery, judge: Judge
) -> None:
    """Groups in the body of a PUT of a user make nobody a member, and end no membership."""
    if discovery.schemas() and discovery.attribute("groups") is None:
        raise NotApplicable("the target's /Schemas does not declare groups")
    user = users.create()
    current, wanted = groups.create(members=[user.id]), groups.create(members=[])
    before = current.read(), wanted.read()
    answer = user.try_put({**user.read(), "groups": [{"value": wanted.id}]})
    for group, old in zip((current, wanted), before, strict=True):
        for symptom in collateral(old, group.read(), {}):
            judge.require(condition=False, message=symptom.message, kind=symptom.kind, at=symptom.at)
    answer.status(200, warn=_CLIENT_ERRORS)


@check("put.read-only.manager-name", "RFC7644-3.5.1-15", attributes=("enterprise:manager.value",))
def test_a_managers_name_in_the_body_is_ignored(
    pool: Callable[[int], list[str]], kept: Callable[..., Resource]
) -> None:
    """A manager's displayName in the body is ignored: it is the manager's own."""
    (chief,) = pool(1)
    user = kept(**{ENTERPRISE: {"manager": {"value": chief}}})
    if user.session.discovery.attribute("manager.displayName", ENTERPRISE) is None:
        raise NotApplicable("the target's /Schemas does not declare manager.displayName")
    answer = user.put({**user.read(), ENTERPRISE: {"manager": {"value": chief, "displayName": "Forged"}}})
    stored = find(user.read(), f"{ENTERPRISE}:manager.displayName")
    answer.require(stored != "Forged", "the manager has the name that the body gave", kind="forged", at="manager")


@check("put.last-modified", "RFC7644-3.5.1-24")
def test_put_moves_last_modified(user: Resource, judge: Judge, plain: str, fresh: str) -> None:
    """A change by PUT advances meta.lastModified and changes meta.version."""
    first = user.read()
    user.put({**first, plain: f"{fresh} 1"})
    after = user.read()
    if find(after, "meta.lastModified") == find(first, "meta.lastModified"):
        user.session.clock.sleep(2.1)  # coarser than that no clock is
        user.put({**after, plain: f"{fresh} 2"})
        after = user.read()
    for name in ("lastModified", "version"):
        old, new = find(first, f"meta.{name}"), find(after, f"meta.{name}")
        if not isinstance(old, str) or not isinstance(new, str):
            continue
        judge.require(
            old != new,
            f"meta.{name} is still {old} after a change by PUT",
            kind="meta",
            at=f"meta.{name}",
            soft=name == "version" and user.session.discovery.supports(Capability.ETAG) is not True,
        )


@check("put.required", "RFC7644-3.5.1-17", data_loss=True)
def test_a_required_attribute_survives(user: Resource, judge: Judge) -> None:
    """A PUT without userName does not leave a user without one."""
    body = {name: value for name, value in user.read().items() if name.lower() != "username"}
    answer = user.try_put(body)
    stored = user.read().get("userName")
    judge.require(
        str(stored).lower() == user.user_name.lower(),
        f"userName is {stored!r} after a PUT without it",
        at="userName",
        wanted=user.user_name,
        got=stored,
    )
    answer.status(400, warn=(*range(200, 300), *_CLIENT_ERRORS))


@check("put.unknown-id", "RFC7644-3.5.1-18", data_loss=True)
def test_put_makes_nobody(scim: Session, users: Resources) -> None:
    """A PUT to an id that does not exist is refused and makes no resource: ids are the server's to give."""
    body = users.body()
    target = f"{users.endpoint}/scimulator-no-such-id-{scim.people.unique()}"
    handle = scim.housekeeping.intend(users.endpoint, str(body["userName"]))
    answer = scim.request("PUT", target, body)
    scim.adopt(users.endpoint, answer, handle)
    answer.refused(404)
    scim.request("GET", target).refused(404)


@check("put.uniqueness", "RFC7644-3.5.1-19", data_loss=True)
def test_put_takes_nobodys_name(user: Resource, kept: Callable[..., Resource], discovery: Discovery) -> None:
    """A PUT with a userName that somebody else has is refused and changes neither of the two."""
    if (discovery.attribute("userName", USER) or {}).get("uniqueness") == "none":
        raise NotApplicable("the target's /Schemas says that userName need not be unique")
    owner = kept()
    with user.changes(only={}) as before, owner.changes(only={}):
        answer = user.try_put({**before, "userName": owner.user_name})
    answer.refused(400, 409, scim_type="uniqueness" if answer.status_code == 400 else ())


@check("put.malformed", "RFC7644-3.5.1-21", data_loss=True)
def test_a_put_that_is_no_json_is_refused(user: Resource) -> None:
    """A PUT whose body breaks off is refused and changes nothing."""
    with user.changes(only={}):
        raw = b'{"schemas":["' + USER.encode() + b'"],"userName":"' + user.user_name.encode() + b'","name":{'
        answer = user.session.request("PUT", user.path, raw=raw)
    answer.refused(400, scim_type="invalidSyntax")


@check("put.wrong-type", "RFC7644-3.5.1-22")
@pytest.mark.parametrize(
    ("attribute", "value", "kinds"),
    [("active", "maybe", bool), ("emails", {}, list), ("name", "Barbara Jensen", dict)],
    ids=["boolean", "multi-valued", "complex"],
)
def test_a_value_of_the_wrong_type_is_not_returned(
    users: Resources, user: Resource, judge: Judge, *, attribute: str, value: Json, kinds: type
) -> None:
    """A value of the wrong type in a PUT is refused, dropped or put right; it never comes back as it was sent."""
    if not users.offers(attribute):
        raise NotApplicable(f"the target's /Schemas does not offer {attribute}")
    answer = user.try_put({**user.read(), attribute: value})
    stored = user.read().get(attribute)
    judge.require(
        stored is None or isinstance(stored, kinds), f"{attribute} is {stored!r} afterwards", at=attribute, got=stored
    )
    answer.refused(400, soft=answer.ok)


@check("put.schemas", "RFC7644-3.5.1-27")
def test_a_put_of_another_type_is_refused(user: Resource) -> None:
    """A PUT to a user that calls itself a Group is refused."""
    with user.changes(only={}):
        answer = user.try_put({**user.read(), "schemas": [GROUP]})
    answer.refused(400)


@check("put.charset", "RFC7644-3.5.1-28")
def test_a_put_may_name_its_charset(user: Resource, plain: str, judge: Judge) -> None:
    """A PUT with charset=utf-8 behind its media type is applied, letters beyond ASCII included."""
    headers = {"Content-Type": "application/scim+json; charset=utf-8"}
    user.put({**user.read(), plain: "Zoë Łukasz 名"}, headers=headers)
    stored = user.read().get(plain)
    judge.require(stored == "Zoë Łukasz 名", f"{plain} is {stored!r} afterwards", at=plain, got=stored)
