"""What a create does with bodies that are unusual, incomplete or wrong (RFC 7644 section 3.3, RFC 7643 section 2)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import USER, NotApplicable, check, find, is_unassigned, problems_by_rfc

if TYPE_CHECKING:
    from scimulator.kit import Json, JsonObject, Resources, Session


_NO_NAME: dict[str, tuple[Json, str]] = {
    "absent": (None, "RFC7643-4.1.1-01"),
    "null": (None, "RFC7643-2.5-04"),
    "empty": ("", "RFC7643-4.1.1-02"),
}


@pytest.mark.parametrize("case", list(_NO_NAME))
@check("users.create.missing-username", "RFC7643-4.1.1-01", "RFC7644-3.3-16", "RFC7643-2.5-04", "RFC7643-4.1.1-02")
def test_no_user_exists_without_user_name(users: Resources, scim: Session, case: str) -> None:
    """No user exists without a userName: a create without one, with null or with an empty text is refused."""
    value, per = _NO_NAME[case]
    # The mark has to stand in the resource, so that whatever is made in spite of all can be found and removed.
    body = users.body(displayName=scim.people.unique("nameless"), externalId=scim.people.unique("nameless"))
    del body["userName"]
    if case != "absent":
        body["userName"] = value
    answer = users.post(body)
    if not answer.ok:
        answer.refused(400, scim_type="invalidValue", per=per)
        return
    shown = find(users.made(answer, body).read(), "userName")
    answer.require(
        isinstance(shown, str) and shown, f"a user exists whose userName is {shown!r}", kind="nameless", at="userName",
        per=per,
    )  # fmt: skip
    answer.require(
        condition=False, message=f"the target made up the userName {shown!r}", kind="made-up", at="userName", per=per,
        soft=True,
    )  # fmt: skip


@check("users.create.required-attributes", "RFC7643-7-25")
def test_required_attributes_are_demanded(users: Resources, scim: Session) -> None:
    """No user exists without a value for an attribute that the target's own schema requires."""
    names = [name for name in scim.discovery.required(USER) if name.lower() not in ("username", "schemas", "id")]
    if not names:
        raise NotApplicable("the target's /Schemas requires nothing but userName")
    for name in names[:5]:
        body = {each: value for each, value in users.body().items() if each.lower() != name.lower()}
        answer = users.post(body)
        if not answer.ok:
            answer.refused(400, scim_type="invalidValue")
            continue
        shown = find(users.made(answer, body).read(), name)
        answer.require(not is_unassigned(shown), f"a user exists without the required {name}", kind="missing", at=name)
        answer.require(condition=False, message=f"the target made up a {name}", kind="made-up", at=name, soft=True)


_WRONG: dict[str, tuple[str, Json, str]] = {
    "number-for-text": ("userName", 0, "RFC7644-3.3-18"),
    "text-for-boolean": ("active", "perhaps", "RFC7644-3.3-18"),
    "number-for-boolean": ("active", 1, "RFC7643-2.3.2-01"),
    "text-for-object": ("name", "Barbara Jensen", "RFC7644-3.3-18"),
    "object-in-sub-attribute": ("name", {"givenName": {"first": "Barbara"}}, "RFC7643-2.3.8-03"),
    "array-for-single-value": ("displayName", ["Babs", "Barbara"], "RFC7643-7-27"),
    "text-for-list": ("emails", "babs@scimulator.example", "RFC7643-7-27"),
    "text-in-list": ("emails", ["babs@scimulator.example"], "RFC7643-2.4-10"),
    "object-for-value": ("emails", [{"value": {"address": "babs@scimulator.example"}}], "RFC7644-3.3-18"),
}


@pytest.mark.parametrize("case", list(_WRONG))
@check(
    "users.create.wrong-type",
    "RFC7644-3.3-18",
    "RFC7643-7-26",
    "RFC7643-2.3.2-01",
    "RFC7643-2.3.8-03",
    "RFC7643-2.4-10",
    "RFC7643-7-27",
)
def test_a_wrong_type_never_comes_back(users: Resources, scim: Session, case: str) -> None:
    """A value of the wrong JSON type is refused, converted or dropped, and never comes back as it was sent.

    Every other client of the server would stumble over it: most of them read into typed fields.
    """
    name, value, per = _WRONG[case]
    if not users.offers(name):
        raise NotApplicable(f"the target's /Schemas does not offer {name}")
    body = users.body(externalId=scim.people.unique("wrong-type"))
    body[name] = value
    if name == "userName":
        # A number that nobody's account is called by.
        body[name] = int(hashlib.sha256(scim.people.unique().encode()).hexdigest()[:10], 16)
        if users.offers("displayName"):
            body["displayName"] = scim.people.unique("wrong-type")
    answer = users.post(body)
    if not answer.ok:
        answer.refused(400, scim_type=("invalidValue", "invalidSyntax"), per=per)
        return
    shown = users.made(answer, body).read()
    for where, problem in problems_by_rfc(shown, USER):
        if where.lower().split(".")[0].split("[")[0] == name.lower():
            answer.require(condition=False, message=f"{where}: {problem}", kind="wrong-type", at=where, per=per)
    answer.require(
        condition=False,
        message=f"{name} {value!r} was accepted; the user shows {shown.get(name)!r}",
        kind="tolerated",
        at=name,
        soft=True,
    )


@check("users.create.unknown-attribute", "RFC7644-3.3-19")
def test_an_unknown_attribute_is_not_kept(users: Resources) -> None:
    """An attribute that no schema defines is ignored or refused, and never comes back as if it existed."""
    sent: JsonObject = {"shoeSizeOfScimulator": "46", "__proto__": {"admin": True}, "isAdmin": True}
    body = users.body()
    body.update(sent)
    answer = users.post(body)
    if not answer.ok:
        answer.refused(400, scim_type=("invalidSyntax", "invalidValue"))
        return
    shown = users.made(answer, body).read()
    for name in sent:
        answer.require(name not in shown, f"the user shows {name}, which no schema defines", kind="kept", at=name)


@check("users.create.unknown-schema", "RFC7643-3-06")
def test_a_foreign_schema_is_not_echoed(users: Resources) -> None:
    """A schema that is foreign to the type is refused or dropped, never echoed."""
    foreign = "urn:example:scimulator:2.0:Nonsense"
    body = users.body(schemas=[USER, foreign])
    body[foreign] = {"colour": "blue"}
    answer = users.post(body)
    if not answer.ok:
        answer.refused(400, scim_type=("invalidSyntax", "invalidValue"))
        return
    shown = users.made(answer, body).read()
    listed = shown.get("schemas")
    answer.require(
        not (isinstance(listed, list) and foreign in listed) and foreign not in shown,
        "the new user names a schema that the target does not have",
        kind="echoed",
        at="schemas",
        got=listed,
    )


@check("users.create.without-schemas", "RFC7643-2.1-02")
def test_a_body_without_schemas_is_refused(users: Resources) -> None:
    """A resource that is sent without schemas is refused."""
    body = {name: value for name, value in users.body().items() if name != "schemas"}
    answer = users.post(body)
    answer.require(not answer.ok, "a user without schemas was accepted", kind="tolerated", at="schemas")


@check("users.create.names-any-case", "RFC7643-2.1-01")
def test_letter_case_of_names_does_not_matter(users: Resources, scim: Session) -> None:
    """Letter case of attribute names in a body does not matter.

    JSON mappers mind it; what they do not recognise they drop without a word.
    """
    body = users.body()
    wanted = str(body.pop("userName"))
    body["USERNAME"] = wanted
    body["externalId"] = scim.people.unique("any-case")
    has_name = users.offers("name.givenName")
    if has_name:
        body.pop("name", None)
        body["NAME"] = {"GIVENNAME": "Barbara", "familyname": "Jensen"}
    answer = users.post(body).success()
    shown = users.made(answer, body).read()
    found = find(shown, "userName")
    answer.require(
        str(found).lower() == wanted.lower(), f"USERNAME was sent, userName is {found!r}", kind="dropped",
        at="userName", wanted=wanted,
    )  # fmt: skip
    if has_name:
        given = find(shown, "name.givenName")
        answer.require(
            given == "Barbara", f"NAME.GIVENNAME was sent, name.givenName is {given!r}", kind="dropped",
            at="name.givenName", wanted="Barbara",
        )  # fmt: skip


@check("users.create.name-twice", "RFC7643-2.1-04")
def test_one_name_in_two_spellings_is_stored_once(users: Resources) -> None:
    """An attribute that is sent twice, in different letter case, is stored once at most."""
    body = users.body()
    body["USERNAME"] = users.body()["userName"]
    answer = users.post(body)
    if not answer.ok:
        answer.refused(400)
        return
    shown = users.made(answer, body).read()
    names = [name for name in shown if name.lower() == "username"]
    answer.require(len(names) == 1, f"the user shows the members {names}", kind="twice", at="userName")


@check("users.create.member-order", "RFC7643-2.3.8-01")
def test_the_order_of_members_makes_no_difference(users: Resources) -> None:
    """The order of members in a JSON object makes no difference: schemas may come last."""
    body = dict(reversed(users.body().items()))
    answer = users.post(body).success()
    shown = find(users.made(answer, body).read(), "userName")
    answer.require(
        str(shown).lower() == str(body["userName"]).lower(), "a body that ends with schemas lost its userName",
        kind="dropped", at="userName",
    )  # fmt: skip


@check("users.create.null-is-absent", "RFC7643-2.5-01")
def test_null_and_empty_mean_unassigned(users: Resources, scim: Session) -> None:
    """Absent, null and an empty array are one and the same state, so all three are accepted.

    Many clients send every field that they know, most of them null.
    """
    required = {name.lower() for name in scim.discovery.required(USER)}
    single = [name for name in ("title", "nickName", "userType", "profileUrl") if users.offers(name)]
    multi = [name for name in ("phoneNumbers", "addresses", "emails", "roles") if users.offers(name)]
    empty: JsonObject = {name: None for name in single if name.lower() not in required}
    empty |= {name: [] for name in multi if name.lower() not in required}
    if not empty:
        raise NotApplicable("the target offers no optional attribute that could be left empty")
    bare = {name: value for name, value in users.body().items() if name not in empty}
    absent = users.post(bare)
    reference = users.made(absent, bare).read()
    body = {name: value for name, value in users.body().items() if name not in empty} | empty
    answer = users.post(body).success()
    shown = users.made(answer, body).read()
    for name in empty:
        answer.require(
            is_unassigned(find(shown, name)) or not is_unassigned(find(reference, name)),
            f"{name} was sent empty and is {shown.get(name)!r}",
            kind="filled",
            at=name,
            got=shown.get(name),
        )


@check("users.create.long-username", "RFC7644-5-06", "RFC7644-3.12-19")
def test_long_values_are_kept_whole_or_refused(users: Resources, scim: Session) -> None:
    """A userName of 300 characters is kept whole or refused; it is never cut off.

    Two people whose long names begin alike would become one.
    """
    start, _, domain = scim.people.user_name("long").partition("@")
    body = users.body(userName=f"{start}-{'x' * (300 - len(start) - len(domain) - 2)}@{domain}")
    answer = users.post(body)
    if not answer.ok:
        answer.require(
            answer.status_code < 500,
            "a long userName ended in a server error",
            kind="server-error",
            per="RFC7644-3.12-19",
        )
        return
    shown = str(find(users.made(answer, body).read(), "userName"))
    answer.require(
        shown.lower() == str(body["userName"]).lower(),
        f"a userName of {len(str(body['userName']))} characters came back with {len(shown)}",
        kind="cut-off",
        at="userName",
    )
