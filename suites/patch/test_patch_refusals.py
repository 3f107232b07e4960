"""PATCH requests that have to be refused, and leave no trace (RFC 7644 sections 3.5.2 and 3.12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import (
    PATCH_OP,
    USER,
    NotApplicable,
    add,
    check,
    collateral,
    find,
    operation,
    patch_body,
    remove,
    replace,
)

if TYPE_CHECKING:
    from scimulator.kit import Discovery, Json, JsonObject, Judge, Resource, Resources, Session

_CLIENT_ERRORS = tuple(range(400, 500))
_SUCCESSES = tuple(range(200, 300))


@check("patch.remove.no-path", "RFC7644-3.5.2.2-01", needs=("patch",), data_loss=True)
def test_remove_needs_a_path(user: Resource, plain: str) -> None:
    """A remove without path, with a value or without, fails with noTarget and removes nothing.

    Its target would be the resource itself.
    """
    with user.changes(only={}):
        answers = [user.try_patch(remove(None)), user.try_patch(remove(None, {plain: user.sent.get(plain)}))]
    for answer in answers:
        answer.refused(400, scim_type="noTarget", strict_type=True)


@check("patch.remove.required", "RFC7644-3.5.2.2-11", needs=("patch",), data_loss=True)
def test_a_required_attribute_is_not_removed(user: Resource) -> None:
    """Removing a required attribute is refused with mutability, and the attribute stays."""
    with user.changes(only={}):
        answer = user.try_patch(remove("userName"))
    answer.refused(400, scim_type="mutability")


@check("patch.remove.read-only", "RFC7644-3.5.2.2-12", needs=("patch",), data_loss=True)
def test_a_read_only_attribute_is_not_removed(user: Resource) -> None:
    """Removing a read-only attribute is refused with mutability, and the attribute stays."""
    with user.changes(only={}):
        answer = user.try_patch(remove("id"))
    answer.refused(400, scim_type="mutability")


@check("patch.read-only.id", "RFC7644-3.5.2-14", needs=("patch",), data_loss=True)
def test_an_id_cannot_be_patched(user: Resource) -> None:
    """Replacing an id is refused, and the resource keeps the id that every link to it holds."""
    with user.changes(only={}):
        answer = user.try_patch(replace("id", user.session.people.unique("id")))
    answer.refused(400, scim_type="mutability")


@check("patch.read-only.meta", "RFC7644-3.5.2-15", needs=("patch",))
def test_meta_cannot_be_patched(user: Resource, judge: Judge) -> None:
    """Replacing meta.created is refused or without effect: the server alone says when a resource was made."""
    before = find(user.read(), "meta.created")
    answer = user.try_patch(replace("meta.created", "2001-02-03T04:05:06Z"))
    after = find(user.read(), "meta.created")
    judge.require(before == after, f"meta.created is {after!r} and was {before!r}", kind="changed", at="meta.created")
    answer.status(400, warn=_SUCCESSES + _CLIENT_ERRORS)


@check("patch.path.malformed", "RFC7644-3.5.2-07", needs=("patch",))
def test_a_malformed_path_is_refused(user: Resource) -> None:
    """A path that breaks the grammar is refused with invalidPath and changes nothing."""
    with user.changes(only={}):
        answers = [user.try_patch(replace(path, "x")) for path in ("name..givenName", 'emails[type eq "work"')]
    for answer in answers:
        answer.refused(400, scim_type=("invalidPath", "invalidFilter"))


@check("patch.path.bad-filter", "RFC7644-3.5.2-08", needs=("patch",), attributes=("emails",), data_loss=True)
def test_a_broken_filter_in_a_path_is_refused(user: Resource) -> None:
    """A filter with an unknown operator in a path is refused, and no value is touched.

    What it must not do is match everything.
    """
    with user.changes(only={}):
        answers = [
            user.try_patch(replace('emails[type xx "work"].value', "x@scimulator.example")),
            user.try_patch(remove('emails[type xx "work"]')),
        ]
    for answer in answers:
        answer.refused(400, scim_type=("invalidFilter", "invalidPath"))


@check("patch.path.unknown", "RFC7644-3.5.2-09", needs=("patch",))
def test_an_unknown_attribute_is_refused(user: Resource) -> None:
    """A path to an attribute that no schema defines is refused, and nothing is stored under it."""
    with user.changes(only={}):
        answers = [user.try_patch(operation(op, "scimulatorNoSuchAttribute", "x")) for op in ("add", "replace")]
    for answer in answers:
        answer.refused(400, scim_type=("invalidPath", "noTarget"))


@check("patch.path.index", "RFC7644-3.5.2-06", needs=("patch",), attributes=("emails",))
def test_array_positions_are_no_path(user: Resource) -> None:
    """SCIM paths have no array positions: the order of values carries no meaning."""
    paths = ("emails[0].value", "/emails/0/value")
    with user.changes(only={}):
        answers = [user.try_patch(replace(path, "position@scimulator.example")) for path in paths]
    for answer in answers:
        answer.refused(400)


@check("patch.op.unknown", "RFC7644-3.5.2-03", needs=("patch",))
def test_an_unknown_operation_is_refused(user: Resource, plain: str) -> None:
    """An operation other than add, remove and replace is refused, and nothing changes."""
    asked: JsonObject = {"path": plain, "value": "After"}
    with user.changes(only={}):
        answers = [user.try_patch({"op": op, **asked}) for op in ("move", "", 123)]
        answers.append(user.try_patch(asked))
    for answer in answers:
        answer.refused(400)


@check("patch.operations.none", "RFC7644-3.5.2-02", needs=("patch",))
def test_a_patch_without_operations_changes_nothing(user: Resource) -> None:
    """A PATCH without operations changes nothing; by the text it is refused."""
    bodies: list[JsonObject] = [
        {"schemas": [PATCH_OP]},
        {"schemas": [PATCH_OP], "Operations": []},
        {"schemas": [PATCH_OP], "Operations": {}},
    ]
    with user.changes(only={}):
        answers = [user.session.request("PATCH", user.path, body) for body in bodies]
    for answer in answers:
        answer.refused(400)


@check("patch.schemas", "RFC7644-3.5.2-01", needs=("patch",))
def test_a_patch_names_its_message(user: Resource, plain: str, fresh: str) -> None:
    """A PATCH that does not say that it is a PatchOp is refused."""
    user.session.request("PATCH", user.path, {"Operations": [replace(plain, fresh)]}).refused(400)


@check("patch.schemas.other", "RFC7644-3.5.2-01", needs=("patch",))
def test_a_patch_is_no_user(user: Resource, plain: str, fresh: str) -> None:
    """A PATCH that calls itself a User is refused."""
    user.session.request("PATCH", user.path, {"schemas": [USER], "Operations": [replace(plain, fresh)]}).refused(400)


@check("patch.value.missing", "RFC7644-3.5.2.1-01", "RFC7644-3.5.2.3-12", needs=("patch",))
def test_add_and_replace_need_a_value(user: Resource, plain: str) -> None:
    """An add or replace without value is refused and changes nothing."""
    with user.changes(only={}):
        answers = {op: user.try_patch(operation(op, plain)) for op in ("add", "replace")}
    answers["add"].refused(400, per="RFC7644-3.5.2.1-01")
    answers["replace"].refused(400, per="RFC7644-3.5.2.3-12")


@check("patch.value.wrong-type", "RFC7644-3.5.2-19", needs=("patch",), data_loss=True)
@pytest.mark.parametrize(
    ("path", "value"), [("active", "maybe"), ("name", "Barbara Jensen")], ids=["boolean", "complex"]
)
def test_a_value_of_the_wrong_type_is_refused(users: Resources, user: Resource, path: str, value: Json) -> None:
    """A value that does not fit the type of its attribute is refused and has no effect.

    A text such as "maybe" taken for a truth value switches people off, or on.
    """
    if not users.offers(path):
        raise NotApplicable(f"the target does not offer {path}")
    with user.changes(only={}):
        answer = user.try_patch(replace(path, value))
    answer.refused(400, scim_type="invalidValue", soft=answer.ok)


@check("patch.value.number-for-text", "RFC7644-3.5.2-19", needs=("patch",))
def test_a_number_for_a_text_is_never_returned_as_number(user: Resource, plain: str, judge: Judge) -> None:
    """A number sent for a text attribute is refused, or becomes a text; it never comes back as a number."""
    before = user.read().get(plain)
    answer = user.try_patch(replace(plain, 5))
    stored = user.read().get(plain)
    judge.require(stored in (before, "5"), f"{plain} is {stored!r} after the number 5", at=plain, got=stored)
    answer.refused(400, soft=answer.ok)


@check("patch.malformed", "RFC7644-3.5.2-30", needs=("patch",))
def test_a_patch_that_is_no_json_is_refused(user: Resource) -> None:
    """A PATCH whose body breaks off is refused and changes nothing."""
    with user.changes(only={}):
        answer = user.session.request("PATCH", user.path, raw=b'{"schemas":["' + PATCH_OP.encode() + b'"],"Oper')
    answer.refused(400, scim_type="invalidSyntax")


@check("patch.unknown-id", "RFC7644-3.5.2-29", needs=("patch",))
def test_patch_makes_nobody(scim: Session, users: Resources, plain: str) -> None:
    """A PATCH to an id that does not exist is refused and makes no resource."""
    target = f"{users.endpoint}/scimulator-no-such-id-{scim.people.unique()}"
    answer = scim.request("PATCH", target, patch_body(replace(plain, "x")))
    answer.refused(404)
    scim.request("GET", target).refused(404)


@check("patch.media-type.json", "RFC7644-3.5.2-34", needs=("patch",))
def test_patch_is_taken_as_application_json(user: Resource, plain: str, fresh: str) -> None:
    """A PATCH sent as application/json is applied like one sent as application/scim+json."""
    headers = {"Content-Type": "application/json"}
    with user.changes(only={plain: fresh}):
        user.patch(replace(plain, fresh), headers=headers)


@check("patch.media-type.json-patch", "RFC7644-3.5.2-35", needs=("patch",))
def test_json_patch_is_another_language(user: Resource, plain: str) -> None:
    """A JSON Patch document is refused: its pointers are not SCIM paths."""
    headers = {"Content-Type": "application/json-patch+json"}
    with user.changes(only={}):
        answer = user.session.request(
            "PATCH", user.path, [{"op": "replace", "path": f"/{plain}", "value": "After"}], headers=headers
        )
    answer.refused(400, 415)


@check(
    "patch.read-only.groups",
    "RFC7644-3.5.2-16",
    "RFC7643-4.1.2-17",
    needs=("patch", "groups"),
    data_loss=True,
)
def test_nobody_joins_a_group_through_the_user(
    users: Resources, groups: Resources, discovery: Discovery, judge: Judge
) -> None:
    """A User's groups cannot be written: memberships belong to the group.

    A user endpoint that takes them lets a client make anybody an administrator.
    """
    if discovery.schemas() and discovery.attribute("groups") is None:
        raise NotApplicable("the target's /Schemas does not declare groups")
    user, group = users.create(), groups.create(members=[])
    before = group.read()
    answer = user.try_patch(add("groups", [{"value": group.id}]))
    for symptom in collateral(before, group.read(), {}):
        judge.require(condition=False, message=symptom.message, kind=symptom.kind, at=symptom.at)
    answer.refused(400, scim_type="mutability")
