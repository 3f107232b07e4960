"""PATCH of attributes that have one value (RFC 7644 sections 3.5.2.1 to 3.5.2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import Capability, NotApplicable, add, check, collateral, find, patch_body, remove, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Judge, Resource, Resources

_POLICY = (400, 403, 409, 501)
"""How a server refuses what its own rules forbid, such as switching off the last administrator, or does not offer."""


@check(
    "patch.replace.simple",
    "RFC7644-3.5.2.3-03",
    "RFC7644-3.5.2.3-20",
    "RFC7644-3.5-03",
    needs=("patch",),
    data_loss=True,
)
def test_replace_sets_one_attribute(user: Resource, plain: str, fresh: str) -> None:
    """A replaced attribute has the new value, and every other attribute the one that it had.

    Servers that load, map and store the whole resource lose what their mapping does not know.
    """
    with user.changes(only={plain: fresh}, frame="RFC7644-3.5.2.3-20"):
        answer = user.try_patch(replace(plain, fresh))
        answer.require(
            answer.status_code not in (404, 405, 501),
            f"patch is not said to be unsupported, but PATCH is answered {answer.status_code}",
            kind="status",
            got=answer.status_code,
            per="RFC7644-3.5-03",
        ).success()


@check("patch.replace.adds-missing", "RFC7644-3.5.2.3-05", needs=("patch",))
def test_replace_of_a_missing_attribute_adds_it(kept: Callable[..., Resource], optional: str) -> None:
    """Replacing an attribute that has no value adds it.

    Entra replaces what it believes to be there; a refusal stops every later change of that person.
    """
    user = kept(**{optional: None})
    with user.changes(only={optional: "Fresh"}):
        user.patch(replace(optional, "Fresh"))


@check("patch.replace.every-operation", "RFC7644-3.5.2-22", needs=("patch",), data_loss=True)
def test_every_operation_of_a_request_is_applied(user: Resource, plains: list[str], fresh: str) -> None:
    """All operations of one request are applied, not just the first or the last."""
    if len(plains) < 2:
        raise NotApplicable("the target keeps only one of the plain attributes")
    with user.changes(only={name: f"{fresh} {name}" for name in plains}):
        user.patch(*[replace(name, f"{fresh} {name}") for name in plains])


@check("patch.add.creates", "RFC7644-3.5.2.1-06", needs=("patch",))
def test_add_gives_a_missing_attribute_its_value(kept: Callable[..., Resource], optional: str) -> None:
    """An added attribute that had no value gets it, and nothing else changes."""
    user = kept(**{optional: None})
    with user.changes(only={optional: "Added"}):
        user.patch(add(optional, "Added"))


@check("patch.add.overwrites-single", "RFC7644-3.5.2.1-07", needs=("patch",))
def test_add_on_a_single_value_replaces_it(user: Resource, plain: str, fresh: str) -> None:
    """Adding to an attribute that holds one value replaces that value."""
    with user.changes(only={plain: fresh}):
        user.patch(add(plain, fresh))


@check("patch.remove.simple", "RFC7644-3.5.2.2-02", needs=("patch",), data_loss=True)
def test_remove_unassigns_one_attribute(kept: Callable[..., Resource], optional: str) -> None:
    """A removed attribute is unassigned, and every other attribute keeps its value."""
    user = kept(**{optional: "Leaving"})
    with user.changes(only={optional: None}):
        user.patch(remove(optional))


@check("patch.remove.absent", "RFC7644-3.5.2.2-14", "RFC7644-3.5.2.2-02", needs=("patch",))
def test_remove_of_an_absent_attribute_changes_nothing(kept: Callable[..., Resource], optional: str) -> None:
    """Removing an attribute that has no value succeeds or is called noTarget, and changes nothing."""
    user = kept(**{optional: None})
    with user.changes(only={}, frame="RFC7644-3.5.2.2-02"):
        answer = user.try_patch(remove(optional))
        if answer.status_code != 400 or answer.body.get("scimType") != "noTarget":
            answer.success()


@check("patch.null.unassigns", "RFC7644-3.5.2.3-13", needs=("patch",))
def test_null_unassigns(kept: Callable[..., Resource], optional: str) -> None:
    """Replacing a value with null unassigns the attribute; it never becomes a text such as "None"."""
    user = kept(**{optional: "Value"})
    with user.changes(only={optional: None}, frame="RFC7644-3.5.2.3-20"):
        user.patch(replace(optional, None))


@check("patch.null.required", "RFC7644-3.5.2.3-15", needs=("patch",), data_loss=True)
@pytest.mark.parametrize("value", [None, ""], ids=["null", "empty"])
def test_a_required_attribute_cannot_be_emptied(user: Resource, value: str | None) -> None:
    """A required attribute survives a replace with null or an empty text."""
    with user.changes(only={}):
        answer = user.try_patch(replace("userName", value))
    # What counts is that nothing was lost; a 500 is reported by the invariant on server errors.
    answer.status(400, warn=(*range(200, 300), *range(401, 600)))


@check(
    "patch.active.off",
    "RFC7644-3.5.2.3-16",
    "RFC7644-3.5.2.3-20",
    needs=("patch",),
    attributes=("active",),
    data_loss=True,
)
@pytest.mark.parametrize("form", ["path", "no-path"])
def test_a_user_is_switched_off(own: Callable[..., Resource], shows: Callable[..., None], form: str) -> None:
    """A user whose active is set to false is inactive afterwards, with all other data as before.

    False is a value: code that asks "is there a value?" drops it, answers success, and the leaver keeps access.
    """
    user = own(active=True)
    operations = {
        "path": replace("active", value=False),
        "no-path": replace(None, {"active": False}),
    }
    before = user.read()
    answer = user.try_patch(operations[form])
    if not answer.ok:
        answer.success(soft=answer.status_code in _POLICY)
        return
    later = user.get()
    if later.status_code in (404, 410):
        later.status(200, soft=True)  # hidden for being inactive: unusual, but it has no access
        return
    shows(user, before, only={"active": False}, frame="RFC7644-3.5.2.3-20")


@check(
    "patch.active.on-again",
    "RFC7644-3.5.2.3-16",
    "RFC7644-3.5.2.3-20",
    needs=("patch",),
    attributes=("active",),
    data_loss=True,
)
def test_a_user_comes_back(own: Callable[..., Resource], shows: Callable[..., None]) -> None:
    """A user that was switched off and on again is active and is the same user with the same data."""
    user = own(active=True)
    before = user.read()
    for state in (False, True):
        answer = user.try_patch(replace(None, {"active": state}))
        if not answer.ok:
            answer.success(soft=answer.status_code in _POLICY)
            return
    shows(user, before, only={"active": True}, frame="RFC7644-3.5.2.3-20")


@check("patch.rename", "RFC7643-4.1.1-05", "RFC7644-3.5.2.3-20", needs=("patch",), data_loss=True)
def test_a_user_is_renamed(users: Resources, shows: Callable[..., None]) -> None:
    """A user with a new userName is the same resource: id and all other attributes stay."""
    user, new = users.create(), users.session.people.user_name("renamed")
    before = user.read()
    answer = user.try_patch(replace("userName", new)).success()
    if answer.ok:
        shows(user, before, only={"userName": new}, frame="RFC7644-3.5.2.3-20")


@check("patch.external-id", "RFC7643-3.1-12", needs=("patch",))
def test_external_id_is_writable(kept: Callable[..., Resource], users: Resources, shows: Callable[..., None]) -> None:
    """An externalId is set anew and taken away by PATCH like any other attribute of the client's own."""
    user = kept(externalId=users.session.people.unique("First"))
    new = users.session.people.unique("Second")
    for wanted, asked in ((new, replace("externalId", new)), (None, remove("externalId"))):
        before = user.read()
        answer = user.try_patch(asked)
        if not answer.ok:
            answer.success(soft=answer.status_code in _POLICY)
            return
        shows(user, before, only={"externalId": wanted})


@check(
    "patch.password",
    "RFC7643-4.1.1-32",
    "RFC7644-3.5.2.3-20",
    needs=("patch", "changePassword"),
    attributes=("password",),
)
def test_a_password_is_set_and_nothing_else(user: Resource) -> None:
    """A new password is accepted and changes no attribute that shows."""
    with user.changes(only={}, frame="RFC7644-3.5.2.3-20"):
        user.patch(replace("password", "Tr0ub4dor&3-Scimulator!"))


@check("patch.answer", "RFC7644-3.5.2-27", needs=("patch",))
def test_the_answer_is_the_new_state(user: Resource, plain: str, fresh: str) -> None:
    """A successful PATCH answers 200 with the whole resource as it is now, or 204 with nothing.

    An answer made from memory before the write is stored lets the client believe what never happened.
    """
    answer = user.patch(replace(plain, fresh))
    answer.status(200, 204)
    if answer.status_code == 204:
        answer.require(not answer.response.body, "a 204 answer has a body", kind="body")
        return
    stored = user.read()
    answer.equals("id", user.id).equals(plain, fresh)
    for symptom in collateral(stored, answer.body, {}):
        answer.require(
            condition=False,
            message=f"the answer to PATCH says {symptom.got!r} for {symptom.at}, GET says {symptom.wanted!r}",
            kind="answer-differs",
            at=symptom.at,
        )


@check("patch.answer.attributes", "RFC7644-3.5.2-28", needs=("patch",))
def test_attributes_asked_for_are_answered(user: Resource, plain: str, fresh: str) -> None:
    """A PATCH with the attributes parameter is answered 200, and the change is stored."""
    with user.changes(only={plain: fresh}):
        answer = user.session.request("PATCH", f"{user.path}?attributes={plain}", patch_body(replace(plain, fresh)))
    answer.status(200).equals(plain, fresh)


@check("patch.last-modified", "RFC7644-3.5.2-32", needs=("patch",))
def test_a_change_moves_last_modified(user: Resource, judge: Judge, plain: str, fresh: str) -> None:
    """A change by PATCH advances meta.lastModified and changes meta.version; meta.created stays.

    Clients that read only what changed since the last time never see the change otherwise.
    """
    first = user.read()
    user.patch(replace(plain, f"{fresh} 1"))
    after = user.read()
    if find(after, "meta.lastModified") == find(first, "meta.lastModified"):
        user.session.clock.sleep(2.1)  # coarser than that no clock is
        user.patch(replace(plain, f"{fresh} 2"))
        after = user.read()
    for name, moves in (("created", False), ("lastModified", True), ("version", True)):
        old, new = find(first, f"meta.{name}"), find(after, f"meta.{name}")
        if not isinstance(old, str) or not isinstance(new, str):
            continue
        judge.require(
            (old != new) is moves,
            f"meta.{name} {'stayed' if moves else 'changed'} with a change by PATCH: {old} and {new}",
            kind="meta",
            at=f"meta.{name}",
            got=new,
            soft=name == "version" and user.session.discovery.supports(Capability.ETAG) is not True,
        )


@check("patch.add.no-op", "RFC7644-3.5.2.1-14", "RFC7644-3.5.2.1-13", needs=("patch",))
def test_adding_what_is_there_is_no_change(user: Resource, judge: Judge, plain: str) -> None:
    """Adding the value that an attribute already has succeeds and leaves meta.lastModified alone."""
    before = user.read()
    if "." not in str(find(before, "meta.lastModified")):
        user.session.clock.sleep(1.1)  # so that a time in whole seconds would move
    with user.changes(only={}, frame="RFC7644-3.5.2.1-13"):
        user.patch(add(plain, before[plain]), per="RFC7644-3.5.2.1-13")
    old, new = find(before, "meta.lastModified"), find(user.read(), "meta.lastModified")
    judge.require(
        old == new,
        "meta.lastModified moved although nothing was changed",
        kind="meta",
        at="meta.lastModified",
        wanted=str(old),
        got=str(new),
    )
