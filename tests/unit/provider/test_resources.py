"""Create, read, replace and delete; uniqueness, members, computed attributes."""

from __future__ import annotations

import json

import pytest

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def test_a_create_answers_201_with_location_etag_and_the_resource(call):
    answer = call("POST", "/Users", {"schemas": [USER, ENTERPRISE], "userName": "Ann", ENTERPRISE: {"division": "D"}})
    made = json.loads(answer.body)
    assert answer.status == 201
    assert answer.header("Location") == made["meta"]["location"] == f"https://scim.example/v2/Users/{made['id']}"
    assert answer.header("ETag") == made["meta"]["version"]
    assert answer.header("Content-Type") == "application/scim+json"
    assert made["schemas"] == [USER, ENTERPRISE]
    assert made["meta"]["created"] == made["meta"]["lastModified"]
    assert made["meta"]["resourceType"] == "User"
    assert call.get(made) == made


def test_read_only_unknown_and_empty_attributes_are_not_kept(call):
    made = call.user(
        id="mine", meta={"created": "x"}, groups=[{"value": "g"}], noSuch=1, title=None, emails=[], NICKNAME="N"
    )
    assert set(made) == {"schemas", "id", "userName", "nickName", "meta"}
    assert made["id"] != "mine"


@pytest.mark.parametrize(
    ("attributes", "scim_type"),
    [
        ({"userName": None}, "invalidValue"),
        ({"userName": " "}, "invalidValue"),
        ({"userName": 5}, "invalidValue"),
        ({"active": "yes"}, "invalidValue"),
        ({"name": [1]}, "invalidValue"),
        ({"emails": [5]}, "invalidValue"),
        ({"emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}]}, "invalidValue"),
        ({"x509Certificates": [{"value": "!"}]}, "invalidValue"),
        ({"schemas": [GROUP]}, "invalidSyntax"),
        ({"schemas": "text"}, "invalidSyntax"),
        ({ENTERPRISE: "text"}, "invalidValue"),
    ],
)
def test_what_does_not_fit_the_schema_is_refused(call, attributes, scim_type):
    error = call.json("POST", "/Users", {"schemas": [USER], "userName": "ann"} | attributes, 400)
    assert error["scimType"] == scim_type
    assert call.json("GET", "/Users")["totalResults"] == 0


def test_a_user_name_is_unique_in_any_case(call):
    call.user("Straße")
    other = call.user("other")
    body = {"schemas": [USER], "userName": "STRASSE"}
    assert call.json("POST", "/Users", body, 409)["scimType"] == "uniqueness"
    assert call.json("PUT", f"/Users/{other['id']}", body, 409)["scimType"] == "uniqueness"
    operation = {"op": "replace", "path": "userName", "value": "STRASSE"}
    assert call.patch(other, operation, status=409)["scimType"] == "uniqueness"
    assert call.get(other) == other
    call.patch(other, {"op": "replace", "path": "userName", "value": "OTHER"})


def test_a_password_never_leaves_and_is_not_kept_in_the_clear(call):
    user = call.user(password="canary-Passw0rd")
    call.patch(user, {"op": "replace", "path": "password", "value": "canary-Other"})
    call("GET", f"/Users/{user['id']}?attributes=password")
    call("GET", "/Users?filter=password+eq+%22canary-Other%22")
    assert all(b"canary" not in response.body.replace(b"canary-Other%22", b"") or response.status == 400
               for _, response in call.seen)  # fmt: skip
    dump = "\n".join(call.provider.store.db.iterdump())
    assert "canary" not in dump
    stored = call.provider.store.get("User", user["id"]).data["password"]
    call.json("PUT", f"/Users/{user['id']}", {"schemas": [USER], "userName": "ann"})
    assert call.provider.store.get("User", user["id"]).data["password"] == stored


def test_a_replace_clears_what_it_does_not_name(call):
    user = call.user(title="T", emails=[{"value": "a"}], externalId="e")
    put = call.json("PUT", f"/Users/{user['id']}", {"schemas": [USER], "id": "x", "userName": "ann", "nickName": "N"})
    assert set(put) == {"schemas", "id", "userName", "nickName", "meta"}
    assert put["id"] == user["id"]
    assert put["meta"]["created"] == user["meta"]["created"]
    assert put["meta"]["lastModified"] > user["meta"]["lastModified"]
    assert call.get(user) == put
    assert call.json("PUT", f"/Users/{user['id']}", put) == put
    assert call.json("PUT", f"/Users/{user['id']}", {"schemas": [USER]}, 400)["scimType"] == "invalidValue"
    assert call.json("PUT", "/Users/nobody", {"schemas": [USER], "userName": "x"}, 404)["status"] == "404"


def test_a_deleted_resource_is_gone_and_its_name_free(call):
    user = call.user()
    group = call.group("team", [user])
    assert call("DELETE", f"/Users/{user['id']}").body == b""
    assert call.seen[-1][1].status == 204
    for method in ("GET", "DELETE"):
        assert call(method, f"/Users/{user['id']}").status == 404
    assert call.json("GET", "/Users")["totalResults"] == 0
    after = call.get(group)
    assert "members" not in after
    assert after["meta"]["version"] != group["meta"]["version"]
    assert call.user()["id"] != user["id"]


def test_groups_nest_and_users_list_them(call):
    user = call.user()
    inner = call.group("inner", [user])
    outer = call.group("outer", [inner])
    call.patch(inner, {"op": "add", "path": "members", "value": [{"value": outer["id"]}]})
    listed = call.get(user)["groups"]
    assert [(group["display"], group["type"]) for group in listed] == [("inner", "direct"), ("outer", "indirect")]
    assert listed[0]["$ref"] == inner["meta"]["location"]
    assert call.get(outer)["members"][0]["type"] == "Group"
    assert [u["id"] for u in call.found(f'groups.value eq "{outer["id"]}"')] == [user["id"]]
    call.patch(outer, {"op": "replace", "path": "displayName", "value": "renamed"})
    assert call.get(user)["groups"][1]["display"] == "renamed"
    call("DELETE", f"/Groups/{inner['id']}")
    assert "groups" not in call.get(user)


def test_the_version_follows_what_is_shown(call):
    user, boss = call.user(), call.user("boss", displayName="Boss")
    group = call.group("team", [user])
    shown = call.get(user)
    assert shown["meta"]["version"] != user["meta"]["version"]
    assert shown["meta"]["lastModified"] == user["meta"]["lastModified"]
    call.patch(user, {"op": "add", "path": f"{ENTERPRISE}:manager", "value": {"value": boss["id"]}})
    assert call.get(user)[ENTERPRISE]["manager"]["displayName"] == "Boss"
    before = call.get(user), call.get(group)
    call.patch(boss, {"op": "replace", "path": "displayName", "value": "Chief"})
    call.patch(user, {"op": "replace", "path": "displayName", "value": "Ann"})
    after = call.get(user), call.get(group)
    assert after[0][ENTERPRISE]["manager"] == {
        "value": boss["id"],
        "$ref": boss["meta"]["location"],
        "displayName": "Chief",
    }
    assert after[1]["members"][0]["display"] == "Ann"
    assert all(old["meta"]["version"] != new["meta"]["version"] for old, new in zip(before, after, strict=True))
    call("DELETE", f"/Users/{boss['id']}")
    assert call.get(user)[ENTERPRISE]["manager"] == {"value": boss["id"]}


@pytest.mark.parametrize("member", [{"value": ""}, {"value": "nobody"}, {"display": "x"}])
def test_a_member_must_exist(call, member):
    error = call.json("POST", "/Groups", {"schemas": [GROUP], "displayName": "g", "members": [member]}, 400)
    assert error["scimType"] == "invalidValue"


def test_a_member_may_be_named_by_its_address_and_keeps_its_display(call):
    user = call.user(displayName="Ann")
    body = {"schemas": [GROUP], "displayName": "g", "members": [{"$ref": user["meta"]["location"], "display": "a@x"}]}
    group = call.json("POST", "/Groups", body, 201)
    assert (group["members"][0]["value"], group["members"][0]["display"]) == (user["id"], "a@x")
    assert call.json("PUT", f"/Groups/{group['id']}", group) == group


def test_presets_differ_in_what_a_create_may_hold(call, strict):
    bodies = [
        {"userName": "noschemas"},
        {"schemas": [USER], "userName": "bool", "active": "True"},
        {"schemas": [USER], "userName": "one", "emails": {"value": "a"}},
        {"schemas": [USER, ENTERPRISE], "userName": "boss", ENTERPRISE: {"manager": "x"}},
        {"schemas": [USER, "urn:custom"], "userName": "custom"},
    ]
    for body in bodies:
        call.json("POST", "/Users", body, 201)
        assert strict.json("POST", "/Users", body, 400)["scimType"] in {"invalidSyntax", "invalidValue"}


def test_a_change_planned_on_an_older_state_is_planned_anew(call):
    from scimulator.exchange.message import Request  # noqa: PLC0415  # the two steps are used here only

    user = call.user(title="T")
    patch = b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[%s]}'
    target = f"/Users/{user['id']}"
    first = call.provider.read(Request("PATCH", target, (), patch % b'{"op":"replace","path":"title","value":"U"}'))
    second = call.provider.read(Request("PATCH", target, (), patch % b'{"op":"replace","path":"nickName","value":"N"}'))
    assert call.provider.commit(second).status == 200
    assert call.provider.commit(first).status == 200
    assert (call.get(user)["title"], call.get(user)["nickName"]) == ("U", "N")
    create = Request("POST", "/Users", (), b'{"userName":"same"}')
    one, two = call.provider.read(create), call.provider.read(create)
    assert [call.provider.commit(one).status, call.provider.commit(two).status] == [201, 409]
    delete = call.provider.read(Request("DELETE", target))
    call("DELETE", target)
    assert call.provider.commit(delete).status == 404
