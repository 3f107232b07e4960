"""Which role results: asked for, undefined, unknown, taken away, granted by groups, changed in the product."""

from __future__ import annotations

import pytest

EDITOR = "urn:ietf:params:scim:schemas:extension:whimsical:2.0:User"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


def asking(editor):
    return {EDITOR: {"editor": editor}}


@pytest.mark.parametrize(
    ("sent", "role"), [(True, "editor"), (False, "viewer"), ("True", "editor"), ("false", "viewer")]
)
def test_a_boolean_is_the_role_and_a_text_stands_for_it(shop, sent, role):
    it = shop(role_attribute="editor")
    ada = it.user(**asking(sent))
    assert it.role() == role
    assert it.editor(ada) is (role == "editor")
    assert EDITOR in it.read(ada)["schemas"]
    assert EDITOR in str(it.call.json("GET", "/ResourceTypes"))


@pytest.mark.parametrize("default", ["viewer", "editor"])
def test_an_undefined_role_is_the_default_one(shop, default):
    it = shop(role_attribute="editor", default_role=default)
    it.user()
    assert it.role() == default
    it.work.set_default_role("viewer" if default == "editor" else "editor")
    it.user("bob@example.com")
    assert it.role() == default
    assert it.role("bob@example.com") != default


def test_an_undefined_role_is_refused_on_create(shop):
    it = shop(role_attribute="roles", undefined_role="refuse")
    assert it.call("POST", "/Users", {"schemas": [USER], "userName": "ada@example.com"}).status == 400
    assert it.user(roles=[{"value": "editor"}])["roles"][0]["value"] == "editor"


def test_a_put_without_the_role_leaves_it(shop):
    it = shop(role_attribute="editor")
    ada = it.user(**asking(True))
    assert it.put(ada, title="Dr")[EDITOR] == {"editor": True}
    it = shop(role_attribute="editor", undefined_role_on_update="default")
    ada = it.user(**asking(True))
    it.put(ada, title="Dr")
    assert it.role() == "viewer"


def test_a_patch_of_something_else_never_touches_the_role(shop):
    it = shop(role_attribute="editor", undefined_role_on_update="default")
    ada = it.user(**asking(True))
    it.set(ada, "title", "Dr")
    assert it.role() == "editor"


@pytest.mark.parametrize(("value", "role"), [("default", "viewer"), ("keep", "editor")])
def test_a_role_that_is_taken_away(shop, value, role):
    it = shop(role_attribute="editor", removed_role=value)
    ada = it.user(**asking(True))
    it.call.patch(ada, {"op": "remove", "path": f"{EDITOR}:editor"})
    assert it.role() == role
    assert it.editor(ada) is (role == "editor")


@pytest.mark.parametrize(
    ("value", "status", "role"), [("refuse", 400, "editor"), ("default", 200, "viewer"), ("keep", 200, "editor")]
)
def test_an_unknown_role_as_text(shop, value, status, role):
    it = shop(role_attribute="editor", unknown_role=value)
    ada = it.user(**asking(True))
    it.set(ada, f"{EDITOR}:editor", "Editors", status=status)
    assert it.role() == role
    assert it.editor(ada) is (role == "editor")


@pytest.mark.parametrize(
    ("value", "status", "role"), [("refuse", 400, "editor"), ("default", 200, "viewer"), ("keep", 200, "editor")]
)
def test_an_unknown_role_among_roles(shop, value, status, role):
    it = shop(role_attribute="roles", unknown_role=value)
    ada = it.user(roles=[{"value": "editor"}])
    it.set(ada, "roles", [{"value": "emperor"}], status=status)
    assert it.role() == role
    assert it.read(ada)["roles"][0]["value"] == role


@pytest.mark.parametrize(
    ("value", "status", "role"), [("refuse", 403, "viewer"), ("ignore", 200, "viewer"), ("allow", 200, "admin")]
)
def test_an_administrator_is_not_made_by_scim_unless_the_product_lets_it(shop, value, status, role):
    it = shop(role_attribute="roles", privileged_role_grant=value)
    ada = it.user()
    it.set(ada, "roles", [{"value": "admin"}], status=status)
    assert it.role() == role


def test_a_push_of_an_editor_leaves_an_administrator_one(shop):
    it = shop(role_attribute="editor")
    ada = it.user(**asking(True))
    it.work.set_role("ada@example.com", "admin")
    assert it.editor(ada) is True
    it.put(ada, **asking(True))
    assert it.role() == "admin"


def test_a_refused_write_leaves_the_role(shop):
    it = shop(role_attribute="editor")
    ada, bob = it.user(**asking(False)), it.user("bob@example.com")
    it.put({**ada, "userName": bob["userName"]}, 409, **asking(True))
    assert it.role() == "viewer"


@pytest.mark.parametrize(("value", "role"), [("overwrite", "viewer"), ("keep-product", "editor")])
def test_the_next_push_and_a_role_changed_in_the_product(shop, value, role):
    it = shop(role_attribute="editor", role_drift=value)
    ada = it.user(**asking(False))
    it.work.set_role("ada@example.com", "editor")
    assert it.editor(ada) is True
    it.put(ada, title="unmapped")
    assert it.role() == "editor"
    it.put(ada, **asking(False))
    assert it.role() == role
    assert it.editor(ada) is (role == "editor")


@pytest.mark.parametrize(("value", "role"), [("kept", "editor"), ("default", "viewer")])
def test_the_role_of_somebody_who_comes_back(shop, value, role):
    it = shop(role_attribute="editor", role_after_reactivation=value)
    ada = it.user(**asking(True))
    it.set(ada, "active", False)
    it.set(ada, "active", True)
    assert it.role() == role


def test_a_group_gives_the_role_in_its_name_as_long_as_somebody_is_in_it(shop):
    it = shop(role_attribute="roles", group_roles="by-name")
    ada = it.user()
    group = it.call.group("Editors", [ada])
    assert it.role() == "editor"
    assert it.read(ada)["roles"][0]["value"] == "editor"
    it.call.patch(group, {"op": "remove", "path": f'members[value eq "{ada["id"]}"]'})
    assert it.role() == "viewer"
    assert it.read(ada)["roles"][0]["value"] == "viewer"


def test_a_group_makes_no_administrator_where_scim_must_not(shop):
    it = shop(group_roles="by-name", privileged_role_grant="refuse")
    it.call.group("Admins", [it.user()])
    assert it.role() == "viewer"
    it = shop(group_roles="by-name", privileged_role_grant="allow")
    it.call.group("admin", [it.user()])
    assert it.role() == "admin"


def test_without_a_role_attribute_scim_neither_shows_nor_changes_a_role(shop):
    it = shop()
    ada = it.user(roles=[{"value": "admin"}])
    assert it.read(ada)["roles"] == [{"value": "admin"}]
    assert it.role() == "viewer"
    it.work.set_role("ada@example.com", "editor")
    it.put(ada)
    assert it.role() == "editor"
