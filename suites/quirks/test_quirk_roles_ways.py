"""Roles as identity providers send them, and roles that come by other ways than the attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import NotApplicable, add, literal, probe, replace

if TYPE_CHECKING:
    from scimulator.kit import Json, JsonObject, Probe, Resource, Resources, Session, Tenant
    from suites.quirks.conftest import Acting, Folk, Product

EVERYBODY = ("okta.template", "okta.wizard", "entra.legacy", "entra.optscim")
ENTRA = ("entra.legacy", "entra.optscim")
EDITOR = "urn:ietf:params:scim:schemas:extension:whimsical:2.0:User"
MEMBERS = ("members",)
SET = ("members", "set-role")
SWITCH = 'Switch(SingleAppRoleAssignment([appRoleAssignments]), , "Editor", "true", "Viewer", "false")'


def _insist_on_editor(scim: Session) -> None:
    if not scim.discovery.lists_extension(EDITOR):
        raise NotApplicable("the target does not offer the attribute editor (role-attribute)")


def _editor(folk: Folk, product: Product, quirk: Probe) -> tuple[Resource, Json]:
    """Return the account of an editor, and the role that newcomers have, which is another one."""
    editor: JsonObject = {EDITOR: {"editor": True}}
    user, plain = folk.made(**editor), product.member(folk.made()).get("role")
    if product.member(user).get("role") != "editor" or plain == "editor":
        quirk.unknown(f"no editor could be made, or newcomers are editors too ({plain})")
    return user, plain


@probe("undefined-role", "provisioned", dialects=EVERYBODY, controls=MEMBERS)
def test_a_person_without_a_role(tenant: Tenant, acting: Acting, product: Product, quirk: Probe) -> None:
    """A person for whom no role is mapped gets an account with the default one."""
    person = tenant.person()
    user = acting.provisioned(person)
    role = product.member(person.login).get("role")
    if user is None or role not in ("viewer", "editor"):
        quirk.unknown(f"the identity provider got {'no' if user is None else 'an'} account, of the role {role!r}")
    quirk.seen("default", f"no role was sent, and the product shows {role}", acting.written())


@probe("role-drift", "pushed", dialects=EVERYBODY, controls=SET)
def test_the_next_push(tenant: Tenant, acting: Acting, product: Product, quirk: Probe, scim: Session) -> None:
    """The next push of a mapped role overwrites one that was set in the product, or leaves it alone."""
    _insist_on_editor(scim)
    tenant.map("editor", f"{EDITOR}:editor")
    person = tenant.person(editor=True)
    if acting.provisioned(person) is None or product.member(person.login).get("role") != "editor":
        quirk.unknown("the identity provider could not make an editor")
    product.controls.run("set-role", email=person.login, role="viewer")
    if product.member(person.login).get("role") != "viewer":
        quirk.unknown("the role could not be changed in the product")
    tenant.directory.change_person(person.id, display_name="Somebody Else")
    acting.pushed(person)
    answer, role = acting.written(), product.member(person.login).get("role")
    if answer is None or not answer.ok or answer.exchange.request.method == "POST":
        quirk.unknown("the push of the role was not taken, or not sent")
    told = f"the product made an editor a viewer, {tenant.dialect.id} pushed again, and the product shows {role}"
    if role not in ("editor", "viewer"):
        quirk.unknown(told)
    quirk.seen("overwrite" if role == "editor" else "keep-product", told, answer)


@probe("string-booleans", "switch", dialects=ENTRA, controls=MEMBERS)
def test_a_role_as_text(tenant: Tenant, acting: Acting, product: Product, quirk: Probe, scim: Session) -> None:
    """The text true, which is what Entra's Switch yields, makes an editor, or is refused."""
    _insist_on_editor(scim)
    tenant.map({"expression": SWITCH}, f"{EDITOR}:editor")
    person = tenant.person(appRoleAssignments=[{"id": "r1", "value": "Editor", "displayName": "Editor"}])
    user = acting.provisioned(person)
    answer, role = acting.written(), product.member(person.login).get("role")
    if answer is None:
        quirk.unknown("the identity provider sent nothing")
        return
    told = f"the create with the text true was answered {answer.status_code}, the product shows {role or 'nobody'}"
    if user is not None and role == "editor":
        quirk.seen("accept", told, answer)
    elif user is None and 400 <= answer.status_code < 500 and acting.provisioned(tenant.person()) is not None:
        quirk.seen("refuse", f"{told}; without a role it is taken", answer)
    else:
        quirk.unknown(told)


@probe("undefined-role-on-update", "null", controls=MEMBERS)
def test_a_null_role_in_a_put(folk: Folk, product: Product, quirk: Probe, scim: Session) -> None:
    """A PUT in which the role is null leaves it alone, or makes it the default one."""
    _insist_on_editor(scim)
    user, plain = _editor(folk, product, quirk)
    body: JsonObject = {**folk.users.get(user.id).body, EDITOR: {"editor": None}}
    body.pop("meta", None)
    answer, role = user.try_put(body), product.member(user).get("role")
    told = f"a PUT with editor null was answered {answer.status_code}, and an editor is {role}"
    if not answer.ok or role not in ("editor", plain):
        quirk.unknown(told)
    quirk.seen("keep" if role == "editor" else "default", told, answer)


@probe("removed-role", "null", needs=("patch",), controls=MEMBERS)
def test_a_null_role_in_a_patch(folk: Folk, product: Product, quirk: Probe, scim: Session) -> None:
    """A PATCH that makes the role null leaves the default one, or changes nothing."""
    _insist_on_editor(scim)
    user, plain = _editor(folk, product, quirk)
    answer = user.try_patch(replace(f"{EDITOR}:editor", None))
    role = product.member(user).get("role")
    told = f"a PATCH of editor to null was answered {answer.status_code}, and an editor is {role}"
    if not answer.ok or role not in ("editor", plain):
        quirk.unknown(told)
    quirk.seen("keep" if role == "editor" else "default", told, answer)


@probe("privileged-role-grant", "create", controls=MEMBERS)
def test_created_as_an_administrator(folk: Folk, product: Product, quirk: Probe) -> None:
    """A create that asks for an administrator in the words of the core schema does not make one, unless it is allowed.

    Asked for are the role, the user type and the entitlement of that name; what of it the product knows is its own
    affair, so that only an administrator tells something.
    """
    answer, body = folk.tried(
        roles=[{"value": "admin", "primary": True}], userType="admin", entitlements=[{"value": "admin"}]
    )
    role = product.member(str(body.get("userName"))).get("role")
    if role == "admin":
        quirk.seen("allow", f"a create that asked for one was answered {answer.status_code} and made an admin", answer)
    else:
        quirk.unknown(f"the create was answered {answer.status_code}, and the product shows {role or 'nobody'}")


@probe("group-roles", "member", needs=("groups", "patch"), controls=MEMBERS)
def test_a_group_with_a_telling_name(groups: Resources, folk: Folk, product: Product, quirk: Probe) -> None:
    """A member of a group that is named like a role has that role, or not.

    The group has to have the very name, so that the mark of this run stands in its externalId; where a group of this
    name is there already, nothing is touched.
    """
    name = "editors"
    known = groups.find(f"displayName eq {literal(name)}")
    if not known.ok or known.ids():
        quirk.unknown(f"a search for the group {name} was answered {known.status_code}, and perhaps there is one")
    user = folk.made()
    before = product.member(user).get("role")
    if before != "viewer":
        quirk.unknown(f"a newcomer is {before}, so that the group could add nothing")
    body = groups.body(displayName=name, externalId=groups.session.people.unique("group"))
    answer = groups.post(body)
    group = groups.made(answer, body)
    shown = group.read()
    if shown.get("externalId") != body["externalId"] and shown.get("members"):
        quirk.unknown("the create led to a group that was there before, which stays untouched")
    try:
        joined = group.try_patch(add("members", [{"value": user.id}]))
        role = product.member(user).get("role")
    finally:
        group.delete()
    told = f"a viewer who joined the group {name} is {role}"
    if not joined.ok or role not in ("viewer", "editor"):
        quirk.unknown(f"{told}, the PATCH was answered {joined.status_code}")
    quirk.seen("by-name" if role == "editor" else "none", told, joined)
