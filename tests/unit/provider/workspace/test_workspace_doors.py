"""The doors of SCIM itself: SAML and the switch, tokens, the plan; and what survives a snapshot."""

from __future__ import annotations

import json

import pytest

from scimulator.catalogue.presets import load_preset
from scimulator.provider import Provider
from scimulator.provider.workspace import WorkspaceError


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def status(it, token, target="/Users"):
    return it.call("GET", target, **bearer(token)).status


def test_saml_off_closes_every_endpoint_and_takes_nobody_away(shop):
    it = shop(preset="whimsical", token="first")
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada@example.com"}
    ada = it.call.json("POST", "/Users", body, 201, **bearer("first"))
    it.work.disable_saml()
    for target in ("/Users", f"/Users/{ada['id']}", "/ServiceProviderConfig", "/Schemas", "/Groups", "/Nowhere"):
        answer = it.call("GET", target, **bearer("first"))
        assert answer.status == 403
        assert json.loads(answer.body)["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert it.work.member("ada@example.com")["active"] is True
    it.work.log_in("ada@example.com", "password")
    with pytest.raises(WorkspaceError, match="SAML"):
        it.work.enable_scim()
    it.work.enable_saml()
    assert status(it, "first") == 403
    token = it.work.enable_scim()
    assert token != "first"
    assert status(it, "first") == 401
    assert status(it, token, f"/Users/{ada['id']}") == 404
    listed = it.call.json("GET", "/Users", **bearer(token))["Resources"]
    assert [each["userName"] for each in listed] == ["ada@example.com"]
    assert listed[0]["id"] != ada["id"]
    assert it.call("POST", "/Users", body, **bearer(token)).status == 409


def test_saml_and_scim_are_independent_where_nothing_couples_them(shop):
    it = shop(token="first")
    it.work.disable_saml()
    assert status(it, "first") == 200


@pytest.mark.parametrize("value", ["403", "401"])
def test_while_scim_is_off_every_call_has_the_same_status(shop, value):
    it = shop(token="first", disabled_status=value, sso_disabled="scim-off")
    it.work.disable_saml()
    assert status(it, "first") == int(value)
    assert status(it, "wrong") == int(value)
    it.work.enable_saml()
    assert it.work.enable_scim() == "first"
    assert status(it, "first") == 200


@pytest.mark.parametrize(
    ("value", "active", "managed"),
    [("members-kept", True, True), ("members-deactivated", False, True), ("members-unmanaged", True, False)],
)
def test_what_becomes_of_members_when_scim_is_switched_off(shop, value, active, managed):
    it = shop(scim_disabled=value)
    it.user()
    session = it.work.log_in("ada@example.com", "password")
    it.work.disable_scim()
    member = it.work.member("ada@example.com")
    assert (member["active"], member["scim"]) == (active, managed)
    if not active:
        with pytest.raises(WorkspaceError):
            it.work.session(session)


def test_memberships_of_groups_follow_a_new_id(shop):
    it = shop(ids_after_reenable="new")
    ada = it.user()
    bob = it.user(
        "bob@example.com",
        **{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": ada["id"]}}},
    )
    group = it.call.group("team", [ada])
    made = it.work.create_content("ada@example.com", "Plan")
    it.work.disable_scim()
    it.work.enable_scim()
    fresh = it.work.member("ada@example.com")["id"]
    assert fresh != ada["id"]
    assert it.work.contents() == [{"id": made["id"], "owner": "ada@example.com", "title": "Plan"}]
    (member,) = it.call.json("GET", f"/Groups/{group['id']}")["members"]
    assert member["value"] == fresh
    again = it.call.found('userName eq "bob@example.com"')[0]
    assert again["id"] != bob["id"]
    assert again["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]["manager"]["value"] == fresh
    assert it.call.found('userName eq "ada@example.com"')[0]["groups"][0]["value"] == group["id"]


@pytest.mark.parametrize(("value", "old"), [("old-dies", 401), ("both-valid", 200)])
def test_the_old_token_after_a_rotation(shop, value, old):
    it = shop(token="first", token_rotation=value)
    fresh = it.work.rotate_token()
    assert status(it, fresh) == 200
    assert status(it, "first") == old
    assert it.work.reveal_token() == fresh
    it.work.revoke_token()
    assert status(it, fresh) == 401
    with pytest.raises(WorkspaceError, match="no token"):
        it.work.reveal_token()


@pytest.mark.parametrize(("value", "after"), [("no", 200), ("yes", 401)])
def test_the_token_of_an_administrator_who_is_none_any_more(shop, value, after):
    it = shop(token="first", token_bound_to_admin=value)
    it.work.demote_token_admin()
    assert status(it, "first") == after
    it.work.promote_token_admin()
    assert status(it, "first") == 200


def test_a_token_ends_with_its_days(shop):
    it = shop(token="first", token_lifetime_days=30)
    it.call.clock.sleep(29 * 86_400)
    assert status(it, "first") == 200
    it.call.clock.sleep(2 * 86_400)
    assert status(it, "first") == 401
    assert status(it, it.work.rotate_token()) == 200


def test_a_plan_without_scim_refuses_it_as_a_whole(shop):
    it = shop(plan_gate="yes")
    it.work.set_plan("free")
    answer = it.call("GET", "/Users")
    assert answer.status == 403
    assert b"plan" in answer.body
    it.work.set_plan("business")
    assert it.call("GET", "/Users").status == 200


def test_the_audit_log_tells_what_became_of_the_token_and_no_secret(shop):
    it = shop(preset="whimsical", token="first")
    it.work.disable_saml()
    it.work.enable_saml()
    token = it.work.enable_scim()
    told = [entry["what"] for entry in it.work.audit()]
    assert told == ["disable SAML", "disable SCIM", "revoke token", "enable SAML", "enable SCIM", "make token"]
    assert token not in json.dumps(it.work.audit())


def test_a_snapshot_brings_everything_back(shop):
    it = shop(token="first", role_attribute="editor")
    it.work.invite("ada@example.com", "editor")
    it.work.make_owner("ada@example.com")
    session, key = it.work.log_in("ada@example.com"), it.work.create_api_key("ada@example.com")
    it.work.invite("bob@example.com", "viewer")
    token = it.work.rotate_token()
    state = json.loads(json.dumps(it.work.snapshot()))
    made = Provider("https://scim.example/v2", preset=load_preset("lenient"), token="first")
    try:
        made.workspace.restore_snapshot(state)
        assert made.workspace.snapshot() == state
        assert made.workspace.tokens == (token,)
        assert made.workspace.state.sessions[session] == made.workspace.state.api_keys[key]
        assert [mail["to"] for mail in made.workspace.outbox()] == ["ada@example.com", "bob@example.com"]
    finally:
        made.close()


def test_a_state_is_as_small_as_what_the_product_knows(shop):
    it = shop()
    before = it.work.revision
    ada = it.user()
    it.set(ada, "title", "Dr")
    it.call("DELETE", f"/Users/{ada['id']}")
    assert it.work.revision == before
