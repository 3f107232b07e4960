"""Coming and going: deactivated, deleted, back again, and what that ends or keeps."""

from __future__ import annotations

import pytest

from scimulator.provider.workspace import WorkspaceError

USER = "urn:ietf:params:scim:schemas:core:2.0:User"


def test_a_deactivation_takes_the_membership_and_a_create_brings_the_account_back(shop):
    it = shop(deactivation="remove-membership")
    ada = it.user(title="Dr")
    it.set(ada, "active", False)
    it.read(ada, 404)
    assert it.call.found('userName eq "ada@example.com"') == []
    it.set(ada, "active", True, status=404)
    assert it.work.member("ada@example.com")["active"] is False
    back = it.user()
    assert back["id"] == ada["id"]
    assert it.read(back)["title"] == "Dr"


def test_a_delete_that_switches_off(shop):
    it = shop(deletion="deactivate")
    ada = it.user()
    assert it.call("DELETE", f"/Users/{ada['id']}").status == 204
    assert it.read(ada)["active"] is False
    assert it.call("POST", "/Users", {"schemas": [USER], "userName": "ada@example.com"}).status == 409


def test_a_delete_that_switches_off_and_the_same_account_again(shop):
    it = shop(deletion="deactivate", recreation="same-account")
    ada = it.user()
    it.call("DELETE", f"/Users/{ada['id']}")
    back = it.user()
    assert (back["id"], back["active"]) == (ada["id"], True)
    assert it.call("POST", "/Users", {"schemas": [USER], "userName": "ada@example.com"}).status == 409


def test_a_delete_is_refused(shop):
    it = shop(deletion="refuse")
    ada = it.user()
    assert it.call("DELETE", f"/Users/{ada['id']}").status == 403
    it.read(ada)


@pytest.mark.parametrize(("value", "same"), [("new-account", False), ("same-account", True)])
def test_who_comes_back_after_a_delete(shop, value, same):
    it = shop(recreation=value)
    ada = it.user()
    it.call("DELETE", f"/Users/{ada['id']}")
    it.read(ada, 404)
    assert (it.user("ADA@example.com")["id"] == ada["id"]) is same


def test_the_name_of_a_deleted_account_is_lost(shop):
    it = shop(recreation="refuse")
    ada = it.user()
    it.call("DELETE", f"/Users/{ada['id']}")
    assert it.call("POST", "/Users", {"schemas": [USER], "userName": "ada@example.com"}).status == 409


def test_who_was_deactivated_does_not_come_back(shop):
    it = shop(reactivation="refuse")
    ada = it.user()
    it.set(ada, "active", False)
    it.set(ada, "active", True, status=403)
    assert it.read(ada)["active"] is False


def test_the_inactive_are_in_no_list_and_can_be_read(shop):
    it = shop(inactive_in_lists="hidden")
    ada = it.user()
    it.set(ada, "active", False)
    assert it.call.json("GET", "/Users")["totalResults"] == 0
    assert it.read(ada)["active"] is False


@pytest.mark.parametrize("how", ["patch", "put", "delete", "suspend"])
def test_sessions_and_keys_end_with_the_account_and_stay_ended(shop, how):
    it = shop()
    ada = it.user()
    session, key = it.work.log_in("ada@example.com", "password"), it.work.create_api_key("ada@example.com")
    assert it.work.session(session)["email"] == "ada@example.com"
    assert it.work.use_api_key(key)["email"] == "ada@example.com"
    {
        "patch": lambda: it.set(ada, "active", False),
        "put": lambda: it.put(ada, active=False),
        "delete": lambda: it.call("DELETE", f"/Users/{ada['id']}"),
        "suspend": lambda: it.work.suspend("ada@example.com"),
    }[how]()
    for _ in range(2):
        with pytest.raises(WorkspaceError, match="ended"):
            it.work.session(session)
        with pytest.raises(WorkspaceError, match="not valid"):
            it.work.use_api_key(key)
        if how != "delete":
            it.set(ada, "active", True)
    if how == "delete":
        return
    assert it.work.log_in("ada@example.com", "password")


def test_somebody_elses_sessions_go_on(shop):
    it = shop()
    ada, _ = it.user(), it.user("bob@example.com")
    session = it.work.log_in("bob@example.com", "password")
    it.set(ada, "active", False)
    assert it.work.session(session)["email"] == "bob@example.com"
    with pytest.raises(WorkspaceError, match="deactivated"):
        it.work.log_in("ada@example.com", "password")
    with pytest.raises(WorkspaceError, match="deactivated"):
        it.work.create_api_key("ada@example.com")


def test_sessions_and_keys_outlive_a_deactivation(shop):
    it = shop(deactivation_sessions="kept", deactivation_api_keys="kept")
    ada = it.user()
    session, key = it.work.log_in("ada@example.com", "password"), it.work.create_api_key("ada@example.com")
    it.set(ada, "active", False)
    assert it.work.session(session)["active"] is False
    assert it.work.use_api_key(key)["active"] is False
    it.call("DELETE", f"/Users/{ada['id']}")
    with pytest.raises(WorkspaceError):
        it.work.session(session)


def test_content_is_kept_for_the_same_account(shop):
    it = shop(recreation="same-account")
    ada = it.user()
    made = it.work.create_content("ada@example.com", "Plan")
    it.call("DELETE", f"/Users/{ada['id']}")
    assert it.work.contents() == [{"id": made["id"], "owner": "", "title": "Plan"}]
    it.user()
    assert it.work.contents()[0]["owner"] == "ada@example.com"


def test_content_goes_with_its_owner(shop):
    it = shop(owned_content="deleted")
    ada, _ = it.user(), it.user("bob@example.com")
    it.work.create_content("ada@example.com", "Plan")
    it.work.create_content("bob@example.com", "Map")
    it.set(ada, "active", False)
    assert len(it.work.contents()) == 2
    it.call("DELETE", f"/Users/{ada['id']}")
    assert [each["owner"] for each in it.work.contents()] == ["bob@example.com"]


def test_content_stands_against_a_delete(shop):
    it = shop(owned_content="blocks-deletion")
    ada = it.user()
    made = it.work.create_content("ada@example.com", "Plan")
    assert it.call("DELETE", f"/Users/{ada['id']}").status == 409
    it.read(ada)
    it.work.delete_content(made["id"])
    assert it.call("DELETE", f"/Users/{ada['id']}").status == 204


@pytest.mark.parametrize(("value", "status"), [("refuse", 403), ("ignore", 200)])
def test_the_last_owner_is_not_taken_away(shop, value, status):
    it = shop(last_owner=value)
    ada, bob = it.user(), it.user("bob@example.com")
    it.work.make_owner("ada@example.com")
    it.set(ada, "active", False, status=status)
    assert it.call("DELETE", f"/Users/{ada['id']}").status == (403 if value == "refuse" else 204)
    assert it.read(ada).get("active") is not False
    with pytest.raises(WorkspaceError, match="last owner"):
        it.work.suspend("ada@example.com")
    it.work.make_owner("bob@example.com")
    it.set(ada, "active", False)
    assert it.read(ada)["active"] is False
    it.set(bob, "active", False, status=status)


def test_the_last_owner_is_a_member_like_others_where_nothing_protects(shop):
    it = shop()
    ada = it.user()
    it.work.make_owner("ada@example.com")
    it.set(ada, "active", False)
    assert it.call("DELETE", f"/Users/{ada['id']}").status == 204


@pytest.mark.parametrize(("value", "status"), [("refuse", 403), ("ignore", 200)])
def test_owners_are_beyond_scim(shop, value, status):
    it = shop(owner_managed=value)
    ada = it.user()
    it.work.make_owner("ada@example.com")
    it.set(ada, "title", "Dr", status=status)
    it.set(ada, "active", False, status=status)
    assert it.call("DELETE", f"/Users/{ada['id']}").status == (403 if value == "refuse" else 204)
    assert "title" not in it.read(ada)
    assert it.role() == "admin"


def test_seats_are_counted_at_create_and_at_return(shop):
    it = shop(seats_full="refuse")
    it.work.set_seats(1)
    ada = it.user()
    body = {"schemas": [USER], "userName": "bob@example.com"}
    assert it.call("POST", "/Users", body).status == 403
    assert it.call("POST", "/Users", {**body, "active": False}).status == 201
    it.set(ada, "active", False)
    it.user("eve@example.com")
    it.set(ada, "active", True, status=403)
