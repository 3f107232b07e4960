"""What somebody may do: roles that are set, missing, unknown, taken away, and changed in the product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import NotApplicable, probe, remove, replace

if TYPE_CHECKING:
    from scimulator.kit import Answer, Controls, Json, JsonObject, Probe, Resource, Session
    from suites.quirks.conftest import Folk, Product

EDITOR = "urn:ietf:params:scim:schemas:extension:whimsical:2.0:User"
MEMBERS = ("members",)
SET = ("members", "set-role")


def _attribute(scim: Session) -> str:
    """Return the kind of role attribute that the target offers."""
    if scim.discovery.lists_extension(EDITOR):
        return "editor"
    return "roles" if scim.discovery.offers("roles") else ""


def _role(scim: Session, role: str) -> JsonObject:
    """Return attributes that ask for a role, in the attribute that the target offers.

    Raises:
        NotApplicable: when it offers none, or none that could ask for this role.
    """
    kind = _attribute(scim)
    if kind == "editor" and role in ("viewer", "editor"):
        return {EDITOR: {"editor": role == "editor"}}
    if kind == "roles":
        return {"roles": [{"value": role, "primary": True}]}
    raise NotApplicable(f"the target has no attribute that could ask for the role {role}")


def _meant(folk: Folk, product: Product, scim: Session) -> None:
    """Insist that the role attribute means a role in the product.

    Raises:
        NotApplicable: when it does not, so that nothing can be seen by it.
    """
    known = scim.known.setdefault("the role attribute means a role", {})
    if not isinstance(known, dict) or "means" not in known:
        user = folk.made(**_role(scim, "editor"))
        other = folk.made(**_role(scim, "viewer"))
        means = product.member(user).get("role") == "editor" and product.member(other).get("role") == "viewer"
        scim.known["the role attribute means a role"] = known = {"means": means}
    if not known["means"]:
        raise NotApplicable("no role attribute means anything in the product (role-attribute)")


def _made(folk: Folk, quirk: Probe, **attributes: Json) -> tuple[Answer, Resource]:
    answer, body = folk.tried(**attributes)
    if not answer.ok:
        quirk.unknown(f"the create was answered {answer.status_code}")
    return answer, folk.users.made(answer, body)


def _default(folk: Folk, product: Product, quirk: Probe) -> Json:
    """Return the role that the product gives to an account without one."""
    _, user = _made(folk, quirk)
    return product.member(user).get("role")


@probe("role-attribute", "create", controls=MEMBERS)
def test_what_holds_the_role(folk: Folk, product: Product, quirk: Probe, scim: Session) -> None:
    """A role that is sent is the member's role in the product, or means nothing there."""
    kind = _attribute(scim)
    if not kind:
        quirk.seen("none", "neither an extension with editor nor the attribute roles is offered")
        return
    roles = {}
    for role in ("viewer", "editor"):
        _, user = _made(folk, quirk, **_role(scim, role))
        roles[role] = product.member(user).get("role")
    told = f"viewer was sent by {kind} and the product shows {roles['viewer']}, editor and it shows {roles['editor']}"
    if roles == {"viewer": "viewer", "editor": "editor"}:
        quirk.seen("editor" if kind == "editor" else "roles", told)
    elif roles["viewer"] == roles["editor"] and roles["viewer"]:
        quirk.seen("none", told)
    else:
        quirk.unknown(told)


@probe("default-role", "create", controls=MEMBERS)
def test_the_role_of_newcomers(folk: Folk, product: Product, quirk: Probe) -> None:
    """An account without a role has the default one."""
    _, user = _made(folk, quirk)
    role = product.member(user).get("role")
    if role not in ("viewer", "editor"):
        quirk.unknown(f"the product shows the role {role!r}")
    quirk.seen(str(role), f"the product shows {role} for an account that came without a role")


@probe("undefined-role", "create", controls=MEMBERS)
def test_no_role_at_create(folk: Folk, product: Product, quirk: Probe, scim: Session) -> None:
    """An account without a role is made with the default one, or refused."""
    answer, body = folk.tried()
    if not answer.ok:
        folk.insist(quirk, answer, lambda: folk.tried(**_role(scim, "viewer"))[0], "a create without a role")
        quirk.seen("refuse", f"a create without a role was answered {answer.status_code}, with one taken", answer)
        return
    role = product.member(folk.users.made(answer, body)).get("role")
    quirk.seen(
        "default", f"a create without a role was answered {answer.status_code}, the product shows {role}", answer
    )


@probe("undefined-role-on-update", "put", controls=MEMBERS)
def test_no_role_in_a_put(folk: Folk, product: Product, quirk: Probe, scim: Session, controls: Controls) -> None:
    """A PUT without the role leaves it alone, or makes it the default one."""
    _meant(folk, product, scim)
    del controls
    _, user = _made(folk, quirk, **_role(scim, "editor"))
    plain = _default(folk, product, quirk)
    if plain == "editor":
        quirk.unknown("the default role is editor, so that keeping and falling back look alike")
    without: JsonObject = {EDITOR: None, "roles": None, "displayName": "Somebody Else"}
    body = folk.users.get(user.id).body
    schemas = body.get("schemas")
    kept: list[Json] = [each for each in schemas if each != EDITOR] if isinstance(schemas, list) else []
    answer = folk.put(user, **without, schemas=kept)
    role = product.member(user).get("role")
    if not answer.ok:
        quirk.unknown(f"the PUT was answered {answer.status_code}")
    if role not in ("editor", plain):
        quirk.unknown(f"an editor became {role} after a PUT without the role, and newcomers are {plain}")
    if role == "editor":
        quirk.seen("keep", "an editor stayed one after a PUT without the role", answer)
    else:
        quirk.seen("default", f"an editor became {role} after a PUT without the role", answer)


@probe("unknown-role", "create", controls=MEMBERS)
def test_a_role_that_there_is_not(folk: Folk, product: Product, quirk: Probe, scim: Session) -> None:
    """A role that the product does not have is refused, becomes the default one, or changes nothing."""
    if _attribute(scim) != "roles":
        quirk.unknown("no attribute of the target could hold an unknown role")
    _meant(folk, product, scim)
    _, user = _made(folk, quirk, **_role(scim, "editor"))
    answer = user.try_patch(replace("roles", [{"value": "no-such-role", "primary": True}]))
    role = product.member(user).get("role")
    plain = _default(folk, product, quirk)
    if folk.declined(answer) and role == "editor":
        quirk.seen("refuse", f"an unknown role was answered {answer.status_code}", answer)
    elif answer.ok and role == "editor" != plain:
        quirk.seen("keep", "an unknown role was answered with success, and an editor stayed one", answer)
    elif answer.ok and role == plain != "editor":
        quirk.seen("default", f"an unknown role made an editor a {role}", answer)
    else:
        quirk.unknown(f"it was answered {answer.status_code}, an editor is {role}, and newcomers are {plain}")


@probe("removed-role", "patch", needs=("patch",), controls=MEMBERS)
def test_a_role_taken_away(folk: Folk, product: Product, quirk: Probe, scim: Session) -> None:
    """A PATCH that removes the role leaves the default one, or changes nothing."""
    _meant(folk, product, scim)
    _, user = _made(folk, quirk, **_role(scim, "editor"))
    path = f"{EDITOR}:editor" if _attribute(scim) == "editor" else "roles"
    answer = user.try_patch(remove(path))
    role = product.member(user).get("role")
    if not answer.ok:
        quirk.unknown(f"the PATCH was answered {answer.status_code}")
    plain = _default(folk, product, quirk)
    if role not in ("editor", plain) or plain == "editor":
        quirk.unknown(f"an editor whose role was removed is {role}, and newcomers are {plain}")
    quirk.seen("keep" if role == "editor" else "default", f"an editor whose role was removed is {role}", answer)


@probe("privileged-role-grant", "patch", needs=("patch",), controls=MEMBERS)
def test_an_administrator_by_scim(folk: Folk, product: Product, quirk: Probe, scim: Session) -> None:
    """An attempt to make an administrator is refused, ignored, or succeeds."""
    if _attribute(scim) != "roles":
        quirk.unknown("no attribute of the target could ask for an administrator")
    _meant(folk, product, scim)
    _, user = _made(folk, quirk, **_role(scim, "viewer"))
    answer = user.try_patch(replace("roles", [{"value": "admin", "primary": True}]))
    role = product.member(user).get("role")
    if role == "admin":
        quirk.seen("allow", "a PATCH made an administrator", answer)
    elif role != "viewer":
        quirk.unknown(f"the role admin was answered {answer.status_code} and made a viewer a {role}")
    elif not answer.ok:
        folk.insist(quirk, answer, lambda: user.try_patch(replace("roles", [{"value": "editor"}])), "the role admin")
        quirk.seen("refuse", f"the role admin was answered {answer.status_code}", answer)
    else:
        quirk.seen("ignore", f"the role admin was answered with success, and the product shows {role}", answer)


@probe("role-drift", "put", controls=SET)
def test_a_role_changed_in_the_product(folk: Folk, product: Product, quirk: Probe, scim: Session) -> None:
    """A role that was changed in the product is overwritten by the next write of it, or stays."""
    _meant(folk, product, scim)
    _, user = _made(folk, quirk, **_role(scim, "editor"))
    product.controls.run("set-role", email=user.user_name, role="viewer")
    if product.member(user).get("role") != "viewer":
        quirk.unknown("the role could not be changed in the product")
    answer = folk.put(user, **_role(scim, "editor"))
    role = product.member(user).get("role")
    if not answer.ok:
        quirk.unknown(f"the PUT was answered {answer.status_code}")
    told = f"the product made an editor a viewer, a PUT of editor followed, and the product shows {role}"
    if role not in ("editor", "viewer"):
        quirk.unknown(told)
    quirk.seen("overwrite" if role == "editor" else "keep-product", told, answer)


@probe("role-after-reactivation", "patch", needs=("patch",), controls=SET)
def test_the_role_of_who_comes_back(folk: Folk, product: Product, quirk: Probe) -> None:
    """Somebody who comes back has the role from before, or the default one."""
    _, user = _made(folk, quirk)
    before = product.member(user).get("role")
    other = "viewer" if before == "editor" else "editor"
    product.controls.run("set-role", email=user.user_name, role=other)
    off, on = folk.switch(user, active=False), folk.switch(user, active=True)
    if not off.ok or not on.ok:
        quirk.unknown(f"the deactivation was answered {off.status_code}, the reactivation {on.status_code}")
    role = product.member(user).get("role")
    told = f"{other} before, {role} after the account came back"
    if role not in (other, before):
        quirk.unknown(told)
    quirk.seen("kept" if role == other else "default", told, on)
