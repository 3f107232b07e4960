"""Faults of the product behind SCIM: the trigger of each, beside the faultless provider of the same preset."""

from __future__ import annotations

import json

import pytest

from scimulator.catalogue.faults import find_fault
from scimulator.provider import all_faults
from scimulator.provider.workspace import WorkspaceError

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ANN = "ann@example.com"


def made(call, name=ANN, status=201, **attributes):
    body = {
        "schemas": [USER],
        "userName": name,
        "name": {"givenName": "Ann", "familyName": "Lee"},
        "emails": [{"value": name, "type": "work", "primary": True}],
        **attributes,
    }
    return call.json("POST", "/Users", body, status)


def tried(call, name=ANN, **attributes):
    return call("POST", "/Users", {"schemas": [USER], "userName": name, **attributes})


def switch_off(call, user):
    call.patch(user, {"op": "replace", "path": "active", "value": False})


def works(do, *arguments):
    try:
        do(*arguments)
    except WorkspaceError:
        return False
    return True


def key_after_deactivation(call):
    user, workspace = made(call), call.provider.workspace
    key = workspace.create_api_key(ANN)
    switch_off(call, user)
    return works(workspace.use_api_key, key), works(workspace.log_in, ANN)


def key_after_delete(call):
    user, workspace = made(call), call.provider.workspace
    key = workspace.create_api_key(ANN)
    call("DELETE", f"/Users/{user['id']}")
    return works(workspace.use_api_key, key)


def created_inactive(call):
    workspace = call.provider.workspace
    workspace.invite(ANN, "viewer")
    session = workspace.log_in(ANN)
    status = tried(call, active=False).status
    return status, works(workspace.session, session), works(workspace.log_in, ANN)


def sign_in_of_who_is_off(call):
    user = made(call)
    switch_off(call, user)
    return works(call.provider.workspace.log_in, ANN), call.get(user)["active"]


def saml_off(call):
    made(call)
    call.provider.workspace.disable_saml()
    return call.provider.workspace.member(ANN)["active"]


def suspended(call):
    made(call)
    call.provider.workspace.suspend(ANN)
    return [each["active"] for each in call.found("active eq true")]


def local_account(call):
    call.provider.workspace.invite(ANN, "viewer")
    answer = tried(call, emails=[{"value": "eve@example.com", "primary": True}])
    return answer.status, json.loads(answer.body).get("emails", [{}])[0].get("value")


def made_again(call):
    user = made(call)
    call("DELETE", f"/Users/{user['id']}")
    return made(call)["id"] == user["id"]


def after_first_sign_in(call):
    call.provider.workspace.log_in(ANN)
    answer = tried(call)
    return answer.status, answer.media_type


def edited_without_scim(call):
    made(call)
    before = works(call.provider.workspace.set_name, ANN, "A", "B")
    call.provider.workspace.disable_scim()
    return before, works(call.provider.workspace.set_name, ANN, "C", "D")


def managed_after_group(call):
    user = made(call)
    call.group("one", [user])
    call("DELETE", f"/Groups/{call.group('two', [user])['id']}")
    return call.provider.workspace.member(ANN)["scim"]


def administrators_without_scim(call):
    workspace = call.provider.workspace
    made(call)
    made(call, "bob@example.com")
    workspace.make_owner(ANN)
    workspace.disable_scim()
    return [each["active"] for each in workspace.members()]


def owner_deleted(call):
    user, other = made(call), made(call, "bob@example.com")
    for each in (user, other):
        call.provider.workspace.make_owner(each["userName"])
    return call("DELETE", f"/Users/{user['id']}").status, len(call.provider.workspace.members())


def strange_domain(call):
    answer = tried(call, "a@elsewhere.invalid", emails=[{"value": "a@elsewhere.invalid"}])
    return answer.status, json.loads(answer.body)["status"]


def administrator_by_patch(call):
    user = made(call)
    operation = {"op": "replace", "path": "roles", "value": [{"value": "admin", "primary": True}]}
    status = call("PATCH", f"/Users/{user['id']}", {"schemas": [PATCH_OP], "Operations": [operation]}).status
    return status, call.provider.workspace.member(ANN)["role"]


def role_of_who_returns(call):
    user = made(call)
    call.provider.workspace.set_role(ANN, "editor")
    call("DELETE", f"/Users/{user['id']}")
    made(call)
    return call.provider.workspace.member(ANN)["role"]


def created_for_administrator(call):
    call.provider.workspace.invite(ANN, "admin")
    return tried(call).status, call.provider.workspace.member(ANN)["role"]


def administrator_in_group(call):
    user, other = made(call), made(call, "bob@example.com")
    call.provider.workspace.make_owner(ANN)
    group = call.group("team")
    members = [{"value": each["id"]} for each in (user, other)]
    call.patch(group, {"op": "add", "path": "members", "value": members})
    return len(call.get(group).get("members", []))


CASES = {
    "api-key-outlives-deactivation": (key_after_deactivation, (False, False), (True, False)),
    "api-key-outlives-account": (key_after_delete, False, True),
    "created-inactive-stays-signed-in": (created_inactive, (409, True, True), (201, True, False)),
    "created-inactive-keeps-access": (created_inactive, (409, True, True), (201, True, True)),
    "sign-in-reactivates": (sign_in_of_who_is_off, (False, False), (True, True)),
    "saml-off-deactivates": (saml_off, True, False),
    "suspension-not-filtered": (suspended, [], [False]),
    "local-account-taken-over": (local_account, (409, None), (201, "eve@example.com")),
    "former-member-adopted": (made_again, False, True),
    "deleted-comes-back-as-stranger": (made_again, True, False),
    "just-in-time-account-crashes-create": (
        after_first_sign_in,
        (409, "application/scim+json"),
        (502, "text/plain"),
    ),
    "members-locked-without-scim": (edited_without_scim, (True, True), (True, False)),
    "group-delete-disowns-members": (managed_after_group, True, False),
    "scim-off-drops-administrators": (administrators_without_scim, [True, True], [False, True]),
    "owner-deleted": (owner_deleted, (204, 2), (204, 1)),
    "product-rule-crashes": (strange_domain, (400, "400"), (500, "500")),
    "administrator-by-scim": (administrator_by_patch, (403, "viewer"), (200, "admin")),
    "returns-with-old-role": (role_of_who_returns, "viewer", "editor"),
    "administrator-demoted-by-create": (created_for_administrator, (409, "admin"), (201, "viewer")),
    "privileged-member-skipped": (administrator_in_group, 2, 1),
}


@pytest.mark.parametrize("fault", CASES)
def test_the_trigger_goes_wrong(make_caller, fault):
    all_faults()
    story, right, wrong = CASES[fault]
    preset = find_fault(fault).preset or "lenient"
    assert story(make_caller(preset=preset)) == right
    assert story(make_caller(preset=preset, faults=[fault])) == wrong


@pytest.mark.parametrize(("faults", "old"), [((), 401), (("rotated-token-lives-on",), 200)])
def test_the_old_token_after_a_rotation(make_caller, faults, old):
    call = make_caller(token="first", faults=faults)
    fresh = call.provider.workspace.rotate_token()
    assert [call("GET", "/Users", Authorization=f"Bearer {each}").status for each in ("first", fresh)] == [old, 200]
