"""Faults of access, representations, refusals and discovery give the wrong answer of the report; else it is right."""

from __future__ import annotations

import pytest

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"


@pytest.fixture
def pair(make_caller):
    """Makes a caller of a provider with the fault, and one of a provider without."""

    def make(fault, **settings):
        return make_caller(faults=[fault], **settings), make_caller(**settings)

    return make


@pytest.mark.parametrize(
    ("fault", "credentials"),
    [
        ("end-user-token-accepted", f"Bearer {JWT}"),
        ("empty-token-accepted", "Bearer "),
        ("empty-token-accepted", "Bearer"),
        ("scheme-not-checked", "right"),
        ("scheme-not-checked", "Foo right"),
    ],
)
def test_a_wrong_credential_opens_the_door(pair, fault, credentials):
    for call, status in zip(pair(fault, token="right"), (200, 401), strict=True):
        assert call("GET", "/Users", Authorization=credentials).status == status
        assert call("GET", "/Users", Authorization="Bearer right").status == 200
        assert call("GET", "/Users", Authorization="Bearer wrong").status == 401
        assert call("GET", "/Users").status == 401


def test_booleans_are_numbers(pair):
    for call, shown in zip(pair("booleans-as-numbers"), (1, True), strict=True):
        assert call.get(call.user("a", active=True))["active"] is shown


def test_emails_have_mixed_shapes(pair):
    emails = [{"value": "a@x", "type": "work"}, {"value": "b@x", "type": "home"}]
    for call, second in zip(pair("emails-of-mixed-shape"), ("b@x", emails[1]), strict=True):
        assert call.get(call.user("a", emails=emails))["emails"] == [emails[0], second]


def test_core_attributes_stand_under_their_urn(pair):
    faulty, right = pair("core-attributes-under-urn")
    assert right.get(right.user("a"))["userName"] == "a"
    shown = faulty.get(faulty.user("a"))
    assert shown[USER]["userName"] == "a"
    assert "userName" not in shown


def test_groups_have_no_members(pair):
    for call, number in zip(pair("group-members-always-empty"), (0, 1), strict=True):
        assert len(call.get(call.group("g", [call.user()]))["members"]) == number


def test_locations_are_relative(pair):
    for call, base in zip(pair("location-relative"), ("/", "https://scim.example/v2/"), strict=True):
        user = call.user("a")
        assert call.json("GET", f"/Users/{user['id']}")["meta"]["location"] == f"{base}Users/{user['id']}"


def test_locations_reflect_the_host(pair):
    hosts = ("https://evil.example", "https://scim.example/v2")
    for call, base in zip(pair("location-from-host-header"), hosts, strict=True):
        user = call.user("a")
        for header in ("Host", "X_Forwarded_Host"):
            shown = call.json("GET", f"/Users/{user['id']}", **{header: "evil.example"})
            assert shown["meta"]["location"] == f"{base}/Users/{user['id']}"


@pytest.mark.parametrize(("fault", "status"), [("read-redirects", 302), ("read-before-login-crashes", 500)])
def test_a_user_cannot_be_read(pair, fault, status):
    faulty, right = pair(fault)
    for call, expected in ((faulty, status), (right, 200)):
        user = call.user("a")
        assert call("GET", f"/Users/{user['id']}").status == expected
        assert call("GET", "/Users").status == 200


def test_a_plus_in_a_path_crashes(pair):
    for call, status in zip(pair("plus-in-path-is-space"), (500, 404), strict=True):
        assert call("GET", "/Users/a+b%40x.com").status == status


def test_a_delete_is_done_and_fails(pair):
    for call, status in zip(pair("delete-done-then-fails"), (500, 204), strict=True):
        user = call.user("a")
        assert call("DELETE", f"/Users/{user['id']}").status == status
        assert call("GET", f"/Users/{user['id']}").status == 404


def test_errors_come_from_the_framework(pair):
    faulty, right = pair("errors-of-the-framework")
    answer = faulty("GET", "/Users/unknown")
    assert (answer.status, answer.media_type, set(answer.document().object)) == (404, "application/json", {"detail"})
    assert set(right("GET", "/Users/unknown").document().object) == {"schemas", "status", "detail"}


def test_every_error_of_a_patch_is_400(pair):
    for call, status in zip(pair("patch-errors-all-400"), (400, 409), strict=True):
        call.user("a")
        taken = call.patch(call.user("b"), {"op": "replace", "path": "userName", "value": "a"}, status=status)
        assert taken["status"] == str(status)


def test_mutability_is_not_told(pair):
    for call, told in zip(pair("mutability-not-told"), (None, "mutability"), strict=True):
        error = call.patch(call.user("a"), {"op": "replace", "path": "id", "value": "x"}, status=400)
        assert error.get("scimType") == told


@pytest.mark.parametrize(
    ("operation", "right"),
    [
        ({"op": "remove", "path": 'emails[type eq "none"]'}, 200),
        ({"op": "replace", "path": 'emails[type eq "none"].value', "value": "x"}, 400),
        ({"op": "replace", "path": "noSuch", "value": "x"}, 400),
    ],
)
def test_a_path_that_leads_to_nothing_crashes(pair, operation, right):
    for call, status in zip(pair("patch-without-target-crashes"), (500, right), strict=True):
        call.patch(call.user("a", emails=[{"value": "a@x", "type": "work"}]), operation, status=status)


def test_a_wrong_reference_is_not_named(pair):
    for call, status in zip(pair("wrong-reference-not-named"), (500, 400), strict=True):
        add = {"op": "add", "path": "members", "value": [{"value": "group-name"}]}
        error = call.patch(call.group("g"), add, status=status)
        assert ("group-name" in error["detail"]) is (status == 400)


def test_a_stack_trace_is_told(pair):
    for call, status in zip(pair("stack-trace-in-detail"), (500, 400), strict=True):
        answer = call("POST", "/Users", b'{"userName":')
        assert answer.status == status
        assert ("   at " in answer.document().object["detail"]) is (status == 500)


@pytest.mark.parametrize(
    ("fault", "accept", "wrong"),
    [
        ("accept-scim-json-refused", "application/scim+json", 406),
        ("accept-plain-json-refused", "application/json", 406),
    ],
)
def test_a_form_of_json_is_not_acceptable(pair, fault, accept, wrong):
    for call, status in zip(pair(fault), (wrong, 200), strict=True):
        assert call("GET", "/Users", Accept=accept).status == status
        assert call("GET", "/Users", Accept="application/scim+json, application/json").status == 200
        assert call("GET", "/Users").status == 200


def test_plain_json_is_not_read(pair):
    for call, status in zip(pair("plain-json-refused"), (415, 201), strict=True):
        body = {"schemas": [USER], "userName": "a"}
        assert call("POST", "/Users", body, Content_Type="application/json").status == status
        assert call("POST", "/Users", {**body, "userName": "b"}).status == 201


def test_the_schema_calls_active_a_text(pair):
    for call, declared in zip(pair("schema-calls-active-text"), ("string", "boolean"), strict=True):
        schema = call.json("GET", f"/Schemas/{USER}")
        (active,) = (each for each in schema["attributes"] if each["name"] == "active")
        assert active["type"] == declared


def test_the_core_schema_is_not_listed(pair):
    for call, listed in zip(pair("core-schema-not-listed"), (False, True), strict=True):
        schemas = [each["id"] for each in call.json("GET", "/Schemas")["Resources"]]
        assert (USER in schemas) is listed


def test_resource_types_are_found_in_the_singular(pair):
    for call, statuses in zip(pair("resource-types-in-singular"), ((404, 200), (200, 404)), strict=True):
        assert (call("GET", "/ResourceTypes").status, call("GET", "/ResourceType").status) == statuses
        assert call("GET", "/Users").status == 200
