"""Signing in: first login, invitations, accounts made at the door or by the product, and what SCIM makes of them."""

from __future__ import annotations

import pytest

from scimulator.provider.workspace import WorkspaceError

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
BODY = {"schemas": [USER], "userName": "ada@example.com", "title": "Dr"}


def test_somebody_is_visible_after_the_first_login(shop):
    it = shop(visible_after_first_login="yes", invitation="email")
    ada = it.user()
    assert it.work.member("ada@example.com")["visible"] is False
    assert it.read(ada)["id"] == ada["id"]
    assert it.call("POST", "/Users", BODY).status == 409
    assert [(mail["to"], mail["kind"]) for mail in it.work.outbox()] == [("ada@example.com", "activation")]
    it.work.log_in("Ada@example.com")
    assert it.work.member("ada@example.com")["visible"] is True
    assert it.work.member("ada@example.com")["first_login"]


def test_nobody_gets_in_before_accepting_an_invitation(shop):
    it = shop(invitation="acceptance")
    it.user()
    with pytest.raises(WorkspaceError, match="accepted"):
        it.work.log_in("ada@example.com")
    assert it.work.member("ada@example.com")["visible"] is False
    it.work.accept_invitation("ada@example.com")
    it.work.log_in("ada@example.com")


def test_a_stranger_is_turned_away_where_accounts_are_not_made_at_the_door(shop):
    with pytest.raises(WorkspaceError, match="no account"):
        shop().work.log_in("ada@example.com")


def test_a_stranger_becomes_a_member_with_the_default_role_by_saml_only(shop):
    it = shop(jit="on", role_attribute="editor", default_role="editor")
    with pytest.raises(WorkspaceError, match="no account"):
        it.work.log_in("ada@example.com", "password")
    it.work.log_in("ada@example.com")
    member = it.work.member("ada@example.com")
    assert (member["role"], member["scim"]) == ("editor", False)
    assert len(it.call.found('userName eq "ada@example.com"')) == 1


@pytest.mark.parametrize(("value", "status"), [("conflict", 409), ("adopt", 201)])
def test_a_create_for_somebody_who_came_by_the_door(shop, value, status):
    it = shop(jit="on", jit_then_create=value)
    it.work.log_in("ada@example.com")
    before = it.work.member("ada@example.com")
    answer = it.call("POST", "/Users", {**BODY, "userName": "ADA@example.com"})
    assert answer.status == status
    assert len(it.work.members()) == 1
    after = it.work.members()[0]
    assert after["id"] == before["id"]
    assert after["first_login"] == before["first_login"]
    assert after["scim"] is (value == "adopt")
    assert it.call("POST", "/Users", BODY).status == 409


@pytest.mark.parametrize(("value", "status"), [("conflict", 409), ("adopt", 201)])
def test_a_create_for_somebody_whom_the_product_made(shop, value, status):
    it = shop(existing_account=value)
    it.work.invite("ada@example.com", "editor")
    assert it.call("POST", "/Users", BODY).status == status
    assert it.work.member("ada@example.com")["role"] == "editor"
    assert len(it.work.members()) == 1


def test_the_next_write_makes_an_account_managed(shop):
    it = shop()
    it.work.invite("ada@example.com", "")
    ada = it.call.found('userName eq "ada@example.com"')[0]
    assert it.work.members()[0]["scim"] is False
    it.set(ada, "title", "Dr")
    assert it.work.members()[0]["scim"] is True


def test_scim_sees_its_own_members_only(shop):
    it = shop(listed_members="scim-only")
    it.work.invite("ada@example.com", "")
    bob = it.user("bob@example.com")
    assert [each["id"] for each in it.call.json("GET", "/Users")["Resources"]] == [bob["id"]]
    hidden = it.work.member("ada@example.com")["id"]
    assert it.call("GET", f"/Users/{hidden}").status == 404
    assert it.call("DELETE", f"/Users/{hidden}").status == 404
    assert len(it.work.members()) == 2


def test_managed_members_are_locked_in_the_product(shop):
    it = shop(product_edits="locked")
    it.user()
    it.work.invite("bob@example.com", "")
    for change in (
        lambda email: it.work.set_role(email, "editor"),
        lambda email: it.work.set_name(email, "A", "B"),
        lambda email: it.work.set_email(email, "new@example.com"),
    ):
        with pytest.raises(WorkspaceError, match="managed by SCIM"):
            change("ada@example.com")
        change("bob@example.com")


def test_a_new_address_is_the_same_account(shop):
    it = shop()
    ada, _ = it.user(), it.user("bob@example.com")
    it.work.set_email("ada@example.com", "ada.q@example.com")
    assert it.read(ada)["userName"] == "ada.q@example.com"
    with pytest.raises(WorkspaceError, match="taken"):
        it.work.set_email("ada.q@example.com", "BOB@example.com")


def test_where_saml_is_required_there_is_no_other_way_in(shop):
    it = shop()
    it.user()
    it.work.require_saml()
    with pytest.raises(WorkspaceError, match="SAML only"):
        it.work.log_in("ada@example.com", "password")
    it.work.log_in("ada@example.com")


def test_an_unknown_role_or_address_is_told(shop):
    it = shop()
    it.user()
    with pytest.raises(WorkspaceError, match="viewer, editor, admin"):
        it.work.set_role("ada@example.com", "emperor")
    with pytest.raises(WorkspaceError, match="nobody has the address"):
        it.work.member("eve@example.com")
    with pytest.raises(WorkspaceError, match="a member already"):
        it.work.invite("ADA@example.com", "")
    assert len(it.work.members()) == 1
