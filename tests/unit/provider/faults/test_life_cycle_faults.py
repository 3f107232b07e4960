"""Faults of activation, PUT, discovery and reads: the trigger request of each, beside the faultless provider."""

from __future__ import annotations

import json

import pytest

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
TOKEN = "s3cr3t"


def set_active(call, user, value):
    operation = {"op": "replace", "path": "active", "value": value}
    return call("PATCH", f"/Users/{user['id']}", {"schemas": [PATCH_OP], "Operations": [operation]})


def totals(call, expression):
    answer = call("GET", f"/Users?filter={expression}".replace(" ", "%20").replace('"', "%22"))
    return json.loads(answer.body).get("totalResults", answer.status)


def put(call, user, **attributes):
    return call("PUT", f"/Users/{user['id']}", {"schemas": [USER], "userName": user["userName"], **attributes})


def echoed_and_stored(call):
    user = call.user(active=True)
    echoed = json.loads(set_active(call, user, False).body)["active"]
    return echoed, call.get(user)["active"]


def deactivated(call):
    user = call.user("ann", active=True)
    set_active(call, user, False)
    read = call("GET", f"/Users/{user['id']}").status
    again = call("POST", "/Users", {"schemas": [USER], "userName": "ann"}).status
    return read, totals(call, 'userName eq "ann"'), again


def activated(call):
    return set_active(call, call.user(active=True), True).status


def activated_again(call):
    user = call.user(active=True)
    set_active(call, user, False)
    return call("GET", f"/Users/{user['id']}").status, set_active(call, user, True).status


def maybe(call):
    user = call.user(active=False)
    return set_active(call, user, "maybe").status, call.get(user)["active"]


def title_after_deactivation(call):
    user, other = call.user("ann", active=True), call.user("bob", active=True)
    set_active(call, user, False)
    put(call, other, active=False, title=None)
    return call.get(user).get("title"), call.get(other).get("title")


def put_status(call):
    return put(call, call.user(), title="T").status


def put_nonsense(call):
    user = call.user()
    created = call("POST", "/Users", {"schemas": [USER], "userName": "b", "active": "maybe"}).status
    return created, put(call, user, active="maybe").status


def create_active(call):
    return call("POST", "/Users", {"schemas": [USER], "userName": "a", "active": True}).status


def filter_by_email(call):
    call.user("ann", emails=[{"value": "ann@x.example"}])
    call.user("bob")
    return totals(call, 'emails.value eq "ann@x.example"')


def filter_by_external_id(call):
    call.user(externalId="guid")
    return totals(call, 'externalId eq "guid"')


def find_then_create(call):
    call.user("ann", externalId="X")
    again = call("POST", "/Users", {"schemas": [USER], "userName": "ann", "externalId": "X"}).status
    other = call("POST", "/Users", {"schemas": [USER], "userName": "eve", "externalId": "X"}).status
    return totals(call, 'externalId eq "X"'), again, other


def find_in_other_case(call):
    call.user("Bob")
    return totals(call, 'userName eq "bob"')


def bare(call):
    answer = call("GET", "/Users")
    return answer.status, answer.media_type


def with_accept(call):
    statuses = (call("GET", "/Users", Accept=accept).status for accept in ("application/*", "application/scim+json"))
    return (call("GET", "/Users").status, *statuses)


def discovery(call):
    return [call("GET", f"/{name}").status for name in ("ServiceProviderConfig", "Schemas", "ResourceTypes", "Users")]


def parts_of_emails(call):
    schemas = {schema["id"]: schema for schema in call.json("GET", "/Schemas")["Resources"]}
    emails = next(one for one in schemas[USER]["attributes"] if one["name"] == "emails")
    return sorted(part["name"] for part in emails["subAttributes"])


def exclude_user_name(call):
    user = call.user(**{ENTERPRISE: {"department": "R&D"}})
    one = call.json("GET", f"/Users/{user['id']}?excludedAttributes=title")
    listed = call.json("GET", "/Users?excludedAttributes=title")["Resources"][0]
    return ENTERPRISE in one, ENTERPRISE in listed


def external_id(call):
    user = call.user(externalId="X")
    before = call.get(user).get("externalId")
    call.patch(user, {"op": "add", "path": "externalId", "value": "Y"})
    return before, call.get(user).get("externalId"), call.group("g", externalId="G").get("externalId")


def delete(call):
    user = call.user()
    return call("DELETE", f"/Users/{user['id']}").status, call("GET", f"/Users/{user['id']}").status


def refusal(call):
    answer = call("PATCH", f"/Users/{call.user()['id']}", {"schemas": [PATCH_OP], "Operations": [{"op": "move"}]})
    return answer.status, answer.media_type, answer.body[:1] == b"{"


def conflict(call):
    call.user("ann")
    answer = call("POST", "/Users", {"schemas": [USER], "userName": "ann"})
    return answer.status, answer.media_type


SCIM = "application/scim+json"
PARTS = ["display", "primary", "type", "value"]
CASES = {
    "deactivation-echoed-not-stored": (echoed_and_stored, (False, False), (False, True)),
    "deactivated-not-found-but-taken": (deactivated, (200, 1, 409), (200, 0, 409)),
    "deactivated-vanishes": (deactivated, (200, 1, 409), (404, 0, 409)),
    "activation-refused": (activated, 200, 400),
    "active-coerced": (maybe, (400, False), (200, True)),
    "deactivated-cannot-be-written": (activated_again, (200, 200), (200, 404)),
    "absent-stored-as-none": (title_after_deactivation, (None, None), ("None", "None")),
    "user-put-missing": (put_status, 200, 404),
    "put-validates-nothing": (put_nonsense, (400, 400), (400, 200)),
    "create-with-active-crashes": (create_active, 201, 500),
    "unmapped-filter-finds-everybody": (filter_by_email, 1, 2),
    "unmapped-filter-crashes": (filter_by_external_id, 1, 500),
    "filter-sees-other-table": (find_then_create, (2, 409, 201), (0, 409, 409)),
    "filter-counts-case": (find_in_other_case, 1, 0),
    "user-agent-required": (bare, (200, SCIM), (403, "text/html")),
    "accept-exactly-scim": (with_accept, (200, 200, 200), (406, 406, 200)),
    "answers-plain-json": (bare, (200, SCIM), (200, "application/json")),
    "discovery-missing": (discovery, [200, 200, 200, 200], [404, 404, 404, 200]),
    "schema-with-strange-part": (parts_of_emails, PARTS, [*PARTS, "verified"]),
    "excluding-drops-extensions": (exclude_user_name, (True, True), (False, False)),
    "external-id-dropped": (external_id, ("X", "Y", "G"), (None, None, "G")),
    "delete-needs-body": (delete, (204, 404), (500, 200)),
    "errors-plain-text": (refusal, (400, SCIM, True), (400, "text/plain", False)),
    "exceptions-as-html": (conflict, (409, SCIM), (500, "text/html")),
}


@pytest.mark.parametrize("fault", CASES)
def test_the_trigger_request_goes_wrong(make_caller, fault):
    story, right, wrong = CASES[fault]
    assert story(make_caller()) == right
    assert story(make_caller(faults=[fault])) == wrong


@pytest.mark.parametrize(("faults", "expected"), [((), [200, 401]), (("bearer-scheme-refused",), [401, 200])])
def test_the_bare_token_is_taken_instead_of_the_bearer_scheme(make_caller, faults, expected):
    call = make_caller(token=TOKEN, faults=faults)
    assert [call("GET", "/Users", Authorization=header).status for header in (f"Bearer {TOKEN}", TOKEN)] == expected


def test_with_a_user_agent_the_firewall_lets_pass(make_caller):
    call = make_caller(faults=["user-agent-required"])
    assert call("GET", "/Users", User_Agent="okta").status == 200
