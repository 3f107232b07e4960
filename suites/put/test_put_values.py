"""What a PUT sends is what the resource holds afterwards (RFC 7644 section 3.5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import ENTERPRISE, USER, NotApplicable, check, collateral, find

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Discovery, JsonObject, Judge, Resource, Resources

    Typed = tuple[Resource, list[JsonObject]]

POLICY = (400, 403, 409)
"""How a server refuses what its own rules forbid, such as an address that belongs to the login."""


@check("put.simple", "RFC7644-3.5.1-02", data_loss=True)
@pytest.mark.parametrize("form", ["whole", "own"])
def test_put_sets_what_it_sends(
    user: Resource, stores: Callable[..., None], plains: list[str], fresh: str, form: str
) -> None:
    """A PUT replaces each value that it provides, and what it sends unchanged stays unchanged.

    The body is the server's own answer to a GET with changes, as Okta sends it, or only what the client knows.
    """
    before = user.read()
    new: JsonObject = {name: f"{fresh} {name}" for name in plains}
    own = {name: before.get(name, value) for name, value in user.sent.items()}
    sent = {**(before if form == "whole" else own), **new}
    user.put(sent)
    stores(user, before, sent, only=new)


@check("put.answer", "RFC7644-3.5.1-01")
def test_put_answers_the_whole_resource(user: Resource, plain: str, fresh: str) -> None:
    """A successful PUT answers 200 with the whole resource, the same that a GET shows.

    IdPs take the answer for the truth and store it beside the person. The request holds nothing that is the server's,
    so that a server which only repeats it is found out.
    """
    own = {name: value for name, value in user.read().items() if name not in ("id", "meta", "groups")}
    answer = user.put({**own, plain: fresh}).status(200)
    answer.equals("id", user.id).equals(plain, fresh).has("schemas").has("meta")
    for symptom in collateral(user.read(), answer.body, {}):
        answer.require(
            condition=False,
            message=f"the answer to PUT says {symptom.got!r} for {symptom.at}, GET says {symptom.wanted!r}",
            kind="answer-differs",
            at=symptom.at,
        )


@check("put.echo", "RFC7644-3.5.1-16", "RFC7644-3.5-01", data_loss=True)
def test_what_was_read_can_be_put_back(
    several: str, with_entries: Callable[..., Typed], stores: Callable[..., None]
) -> None:
    """The resource as a GET shows it can be PUT back, twice, and is the same afterwards.

    Okta updates people with nothing else than their own GET answer with some values changed.
    """
    user, _ = with_entries(several, "work", "home")
    before = user.read()
    for _ in range(2):
        answer = user.try_put(before)
        answer.require(
            answer.status_code not in (404, 405, 501),
            f"PUT is answered {answer.status_code}: the method is not offered",
            kind="status",
            got=answer.status_code,
            per="RFC7644-3.5-01",
        ).success()
    stores(user, before, before, only={}, per="RFC7644-3.5.1-16", soft=True)


@check("put.multi-valued", "RFC7644-3.5.1-03", "RFC7644-3.5.1-02", data_loss=True)
def test_put_replaces_all_values(
    several: str, with_entries: Callable[..., Typed], entry: Callable[..., JsonObject], stores: Callable[..., None]
) -> None:
    """A multi-valued attribute in a PUT replaces the whole list; nothing is merged."""
    (user, _), other = with_entries(several, "work", "home"), entry(several, "other")
    before = user.read()
    sent: JsonObject = {**before, several: [other]}
    answer = user.try_put(sent)
    if not answer.ok:
        answer.success(soft=answer.status_code in POLICY)
        return
    stores(user, before, sent, only={f"{several}[*].value": [other["value"]]}, per="RFC7644-3.5.1-03")


@check("put.multi-valued.several", "RFC7644-3.5.1-03", data_loss=True)
def test_put_keeps_every_value_that_it_sends(
    several: str, with_entries: Callable[..., Typed], entry: Callable[..., JsonObject], stores: Callable[..., None]
) -> None:
    """Of three values in a PUT, one old, one changed and one new, all three are stored."""
    user, (work, _) = with_entries(several, "work", "home")
    new, other = entry(several, "home"), entry(several, "other")
    before = user.read()
    sent: JsonObject = {**before, several: [other, work, new]}
    answer = user.try_put(sent)
    if not answer.ok:
        answer.success(soft=answer.status_code in POLICY)
        return
    only = {f"{several}[*].value": [each["value"] for each in (other, work, new)]}
    stores(user, before, sent, only=only, per="RFC7644-3.5.1-03")


@check("put.complex", "RFC7644-3.5.1-04", attributes=("name.givenName", "name.familyName"))
def test_put_replaces_a_complex_value(kept: Callable[..., Resource], stores: Callable[..., None]) -> None:
    """The sub-attributes that a PUT provides are stored; those it leaves out may be cleared or kept."""
    user = kept(name={"givenName": "Barbara", "familyName": "Jensen"})
    before = user.read()
    sent: JsonObject = {**before, "name": {"givenName": "Babs", "familyName": "Smith"}}
    user.put(sent)
    stores(user, before, sent, only={"name.givenName": "Babs", "name.familyName": "Smith"}, per="RFC7644-3.5.1-04")


@check("put.omitted", "RFC7644-3.5.1-02", "RFC7644-3.5.1-05", data_loss=True)
def test_leaving_one_out_spares_the_others(
    kept: Callable[..., Resource], stores: Callable[..., None], optional: str, judge: Judge
) -> None:
    """A PUT without an attribute may clear, default or keep it; all that it does send is stored."""
    user = kept(**{optional: "Left out"})
    before = user.read()
    sent = {name: value for name, value in before.items() if name != optional}
    user.put(sent)
    stores(user, before, sent, only={})
    left = user.read().get(optional)
    judge.note(f"{optional}, left out of a PUT, is {'kept' if left == 'Left out' else f'{left!r}'} afterwards")


@check("put.null", "RFC7643-2.5-02", "RFC7644-3.5.1-06")
def test_null_in_a_put_unassigns(kept: Callable[..., Resource], stores: Callable[..., None], optional: str) -> None:
    """A null in a PUT unassigns the attribute; it is never stored as a text."""
    user = kept(**{optional: "Value"})
    before = user.read()
    sent = {**before, optional: None}
    user.put(sent)
    stores(user, before, sent, only={optional: None}, per="RFC7643-2.5-02")


@check("put.empty-array", "RFC7643-2.5-02", "RFC7644-3.5.1-07")
def test_an_empty_array_in_a_put_unassigns(
    several: str,
    with_entries: Callable[..., Typed],
    stores: Callable[..., None],
    discovery: Discovery,
) -> None:
    """An empty array in a PUT takes all values of the attribute away."""
    if several in discovery.required(USER):
        raise NotApplicable(f"the target's /Schemas requires {several}")
    user, _ = with_entries(several, "work", "home")
    before = user.read()
    sent: JsonObject = {**before, several: []}
    answer = user.try_put(sent)
    if not answer.ok:
        answer.success(soft=answer.status_code in POLICY)
        return
    stores(user, before, sent, only={several: None}, per="RFC7643-2.5-02")


@check("put.active", "RFC7644-3.5.1-02", attributes=("active",), data_loss=True)
def test_put_switches_off_and_on(own: Callable[..., Resource], stores: Callable[..., None]) -> None:
    """A user PUT with active false is inactive, and PUT with active true it is active again.

    Okta's wizard apps deactivate people this way and no other; success without effect leaves a leaver in.
    """
    user = own(active=True)
    before = user.read()
    for state in (False, True):
        sent = {**before, "active": state}
        answer = user.try_put(sent)
        if not answer.ok:
            answer.success(soft=answer.status_code in (*POLICY, 404))
            return
        if user.get().status_code in (404, 410):
            return  # inactive and hidden; sanity and lifecycle checks judge that
        stores(user, before, sent, only={"active": state})


@check("put.external-id", "RFC7643-3.1-12", data_loss=True)
def test_put_changes_an_external_id(
    kept: Callable[..., Resource], users: Resources, stores: Callable[..., None]
) -> None:
    """An externalId in a PUT replaces the one that is stored, in exactly its letters."""
    user, new = kept(externalId=users.session.people.unique("First")), users.session.people.unique("Second")
    before = user.read()
    sent = {**before, "externalId": new}
    answer = user.try_put(sent)
    if not answer.ok:
        answer.success(soft=answer.status_code in POLICY)
        return
    stores(user, before, sent, only={"externalId": new}, per="RFC7643-3.1-12")


@check("put.rename", "RFC7644-3.5.1-02", "RFC7643-4.1.1-05", data_loss=True)
def test_put_renames(users: Resources, stores: Callable[..., None]) -> None:
    """A user PUT with a new userName has it, under the same id and with the rest unchanged."""
    user, new = users.create(), users.session.people.user_name("renamed")
    before = user.read()
    sent = {**before, "userName": new}
    answer = user.try_put(sent)
    if not answer.ok:
        answer.success(soft=answer.status_code in POLICY)
        return
    stores(user, before, sent, only={"userName": new})


@check("put.rename.case", "RFC7644-3.5.1-20")
def test_put_changes_the_case_of_a_name(users: Resources, judge: Judge) -> None:
    """A user may be PUT with its own userName in other letters: that is no conflict with itself."""
    user = users.create()
    shouted = user.user_name.upper()
    user.put({**user.read(), "userName": shouted})
    stored = str(find(user.read(), "userName"))
    judge.require(stored.lower() == shouted.lower(), f"userName is {stored!r} afterwards", at="userName")


@check("put.extension", "RFC7644-3.5.1-02", "RFC7644-3.5.1-26", attributes=("enterprise:department",), data_loss=True)
def test_put_replaces_extension_values(kept: Callable[..., Resource], stores: Callable[..., None]) -> None:
    """Values in the container of an extension are replaced like those of the core schema."""
    user = kept(**{ENTERPRISE: {"department": "Sales"}})
    before = user.read()
    sent: JsonObject = {**before, ENTERPRISE: {"department": "Service"}}
    user.put(sent)
    stores(user, before, sent, only={f"{ENTERPRISE}:department": "Service"})


@check("put.extension.added", "RFC7644-3.5.1-26", attributes=("enterprise:department",))
def test_put_adds_an_extension(kept: Callable[..., Resource], stores: Callable[..., None], judge: Judge) -> None:
    """Extension data that a PUT brings for the first time is stored, and schemas names the extension."""
    kept(**{ENTERPRISE: {"department": "Sales"}})
    user = kept(**{ENTERPRISE: None})
    before = user.read()
    sent: JsonObject = {**before, "schemas": [USER, ENTERPRISE], ENTERPRISE: {"department": "Sales"}}
    user.put(sent)
    rest = {name: value for name, value in sent.items() if name != "schemas"}
    stores(user, before, rest, only={f"{ENTERPRISE}:department": "Sales"}, per="RFC7644-3.5.1-26")
    schemas = user.read().get("schemas")
    judge.require(
        isinstance(schemas, list) and ENTERPRISE.lower() in {str(each).lower() for each in schemas},
        "the user has enterprise data, but its schemas do not name the extension",
        kind="schemas",
        at="schemas",
        got=schemas,
    )


@check("put.names.case", "RFC7643-2.1-01", data_loss=True)
def test_names_in_a_put_ignore_case(user: Resource, stores: Callable[..., None], plain: str, fresh: str) -> None:
    """An attribute in a PUT is the same in whatever case its name is written."""
    before = user.read()
    rest = {name: value for name, value in before.items() if name != plain}
    user.put({**rest, plain.upper(): fresh})
    stores(user, before, rest, only={plain: fresh}, per="RFC7643-2.1-01")


@check("put.password", "RFC7644-3.5.1-08", attributes=("password",))
def test_put_takes_a_password(user: Resource, stores: Callable[..., None]) -> None:
    """A password in a PUT is taken without changing what else is sent."""
    before = user.read()
    answer = user.try_put({**before, "password": "Tr0ub4dor&3-Scimulator!"})
    if not answer.ok:
        answer.success(soft=answer.status_code in POLICY)
        return
    answer.lacks("password")
    stores(user, before, before, only={})
