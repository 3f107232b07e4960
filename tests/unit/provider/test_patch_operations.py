"""PATCH, rule by rule (RFC 7644 3.5.2)."""

from __future__ import annotations

import pytest

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
WORK = {"value": "w@x.example", "type": "work", "primary": True, "display": "W"}
HOME = {"value": "h@x.example", "type": "home"}


def op(name, path=None, **value):
    return {"op": name} | ({"path": path} if path is not None else {}) | value


@pytest.fixture(params=["lenient", "strict"])
def either(request, make_caller):
    return make_caller(preset=request.param)


@pytest.fixture
def person(either):
    return either.user(
        displayName="Ann", name={"givenName": "A", "familyName": "B"}, emails=[WORK, HOME], title="T", active=True
    )


def frame(resource, *names):
    return {key: value for key, value in resource.items() if key not in {"meta", *names}}


@pytest.mark.parametrize("name", ["add", "replace"])
@pytest.mark.parametrize(
    ("path", "value", "attribute", "expected"),
    [
        ("displayName", "New", "displayName", "New"),
        ("DISPLAYNAME", "New", "displayName", "New"),
        (f"{USER}:displayName", "New", "displayName", "New"),
        ("nickName", "N", "nickName", "N"),
        ("active", False, "active", False),
        ("name.givenName", "Z", "name", {"givenName": "Z", "familyName": "B"}),
        ("name", {"givenName": "Z"}, "name", {"givenName": "Z", "familyName": "B"}),
        ("name", {"givenName": None, "formatted": "F"}, "name", {"familyName": "B", "formatted": "F"}),
        (f"{ENTERPRISE}:department", "D", ENTERPRISE, {"department": "D"}),
        (ENTERPRISE, {"department": "D"}, ENTERPRISE, {"department": "D"}),
        ('emails[type eq "work"].value', "n@x.example", "emails", [{**WORK, "value": "n@x.example"}, HOME]),
        ('emails[type eq "home"].primary', True, "emails", [{**WORK, "primary": False}, {**HOME, "primary": True}]),
        ('emails[type eq "work"]', {"display": "D"}, "emails", [{**WORK, "display": "D"}, HOME]),
        ('emails[value ew "example"].display', "D", "emails", [{**WORK, "display": "D"}, {**HOME, "display": "D"}]),
        ("emails.display", "D", "emails", [{**WORK, "display": "D"}, {**HOME, "display": "D"}]),
    ],
)
def test_add_and_replace_set_values_and_nothing_else(  # noqa: PLR0917  # a table has as many columns as it needs
    either, person, name, path, value, attribute, expected
):
    answer = either.patch(person, op(name, path, value=value))
    assert answer == either.get(person)
    assert answer[attribute] == expected
    assert frame(answer, attribute, "schemas") == frame(person, attribute, "schemas")


def test_an_extension_enters_and_leaves_schemas(either, person):
    added = either.patch(person, op("add", f"{ENTERPRISE}:department", value="D"))
    assert added["schemas"] == [USER, ENTERPRISE]
    removed = either.patch(person, op("remove", f"{ENTERPRISE}:department"))
    assert removed["schemas"] == [USER]
    assert ENTERPRISE not in removed
    either.patch(person, op("add", f"{ENTERPRISE}:department", value="D"))
    assert either.patch(person, op("remove", ENTERPRISE))["schemas"] == [USER]
    either.patch(person, op("add", f"{ENTERPRISE}:department", value="D"))
    assert ENTERPRISE not in either.patch(person, op("replace", "schemas", value=[USER]))


def test_add_appends_and_a_known_value_changes_nothing(either, person):
    other = {"value": "o@x.example", "type": "other"}
    assert either.patch(person, op("add", "emails", value=[other]))["emails"] == [WORK, HOME, other]
    assert either.patch(person, op("add", "emails", value=other))["emails"] == [WORK, HOME, other]
    before = either.get(person)
    assert either.patch(person, op("add", "emails", value=[other])) == before
    assert either.patch(person, op("add", "title", value="T")) == before


def test_add_of_a_primary_value_takes_primary_from_the_others(either, person):
    new = {"value": "n@x.example", "type": "other", "primary": True}
    assert either.patch(person, op("add", "emails", value=[new]))["emails"] == [{**WORK, "primary": False}, HOME, new]


def test_add_of_a_known_value_completes_it(either, person):
    emails = either.patch(person, op("add", "emails", value=[{**HOME, "primary": True}]))["emails"]
    assert emails == [{**WORK, "primary": False}, {**HOME, "primary": True}]


def test_replace_of_a_multi_valued_attribute_replaces_all(either, person):
    assert either.patch(person, op("replace", "emails", value=[HOME]))["emails"] == [HOME]
    assert "emails" not in either.patch(person, op("replace", "emails", value=[]))


@pytest.mark.parametrize(
    ("path", "attribute", "expected"),
    [
        ("title", "title", None),
        ("nickName", "nickName", None),
        ("emails", "emails", None),
        ('emails[type eq "work"]', "emails", [HOME]),
        ('emails[type eq "work" or type eq "home"]', "emails", None),
        ('emails[type eq "none"]', "emails", [WORK, HOME]),
        ('emails[type eq "work"].display', "emails", [{k: v for k, v in WORK.items() if k != "display"}, HOME]),
        ("name.givenName", "name", {"familyName": "B"}),
    ],
)
def test_remove_takes_away_what_it_names_and_nothing_else(either, person, path, attribute, expected):
    answer = either.patch(person, op("remove", path))
    assert answer.get(attribute) == expected
    assert frame(answer, attribute) == frame(person, attribute)


def test_without_a_path_the_value_holds_attributes(either, person):
    answer = either.patch(person, op("replace", value={"active": False, "nickname": "N", "name": {"givenName": "Z"}}))
    assert (answer["active"], answer["nickName"]) == (False, "N")
    assert answer["name"] == {"givenName": "Z", "familyName": "B"}
    added = either.patch(person, op("add", value={"emails": [{"value": "o@x.example"}], ENTERPRISE: {"division": "D"}}))
    assert added["emails"] == [WORK, HOME, {"value": "o@x.example"}]
    assert added[ENTERPRISE] == {"division": "D"}


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        (op("remove"), "noTarget"),
        (op("move", "title"), "invalidSyntax"),
        (op("add", "title"), "invalidValue"),
        (op("replace", value="text"), "invalidValue"),
        (op("replace", "active", value="maybe"), "invalidValue"),
        (op("replace", "active", value=1), "invalidValue"),
        (op("replace", "title", value={"a": 1}), "invalidValue"),
        (op("replace", "noSuch", value=1), "invalidPath"),
        (op("replace", "name.noSuch", value=1), "invalidPath"),
        (op("replace", "title[value eq 1]", value=1), "invalidPath"),
        (op("replace", "emails[type eq]", value=1), "invalidFilter"),
        (op("replace", 'emails[noSuch eq "a"].value', value="a"), "invalidFilter"),
        (op("replace", "emails[0].value", value="a"), "invalidFilter"),
        (op("replace", "id", value="x"), "mutability"),
        (op("replace", "meta.created", value="x"), "mutability"),
        (op("add", "groups", value=[{"value": "x"}]), "mutability"),
        (op("remove", "userName"), "mutability"),
        (op("replace", "userName", value=""), "mutability"),
        (op("replace", "userName", value=None), "mutability"),
        (op("remove", "schemas"), "mutability"),
        (op("add", "schemas", value=["urn:nobody:knows"]), "invalidValue"),
        (op("add", f"{ENTERPRISE}:manager.displayName", value="x"), "mutability"),
    ],
)
def test_a_wrong_operation_is_refused_and_undoes_the_others(either, person, operation, scim_type):
    error = either.patch(person, op("replace", "title", value="changed"), operation, status=400)
    assert error["scimType"] == scim_type
    assert error["status"] == "400"
    assert either.get(person) == person


def test_operations_apply_in_their_order(either, person):
    answer = either.patch(
        person, op("add", "nickName", value="1"), op("replace", "nickName", value="2"), op("remove", "title")
    )
    assert answer["nickName"] == "2"
    assert "title" not in answer


def test_a_patch_that_changes_nothing_keeps_version_and_time(either, person):
    answer = either.patch(person, op("replace", "title", value="T"), op("remove", 'emails[type eq "none"]'))
    assert answer["meta"] == person["meta"]
    changed = either.patch(person, op("replace", "title", value="U"))
    assert changed["meta"]["version"] != person["meta"]["version"]
    assert changed["meta"]["lastModified"] > person["meta"]["lastModified"]
    assert changed["meta"]["created"] == person["meta"]["created"]


@pytest.mark.parametrize(
    "body", [{}, {"Operations": []}, {"Operations": {}}, {"Operations": [1]}, {"Operations": [{}]}]
)
def test_a_body_without_operations_is_refused(either, person, body):
    schemas = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
    error = either.json("PATCH", f"/Users/{person['id']}", schemas | body, 400)
    assert error["scimType"] == "invalidSyntax"


# what only one of the presets takes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "attribute", "expected"),
    [
        (op("Replace", "displayName", value="New"), "displayName", "New"),
        (op("replace", "active", value="False"), "active", False),
        (op("replace", value={"name.givenName": "Z"}), "name", {"givenName": "Z"}),
        (op("add", value={f"{ENTERPRISE}:department": "D"}), ENTERPRISE, {"department": "D"}),
        (op("add", f"{ENTERPRISE}:manager", value="boss"), ENTERPRISE, {"manager": {"value": "boss"}}),
        (op("add", 'emails[type eq "work"].value', value="w@x"), "emails", [{"type": "work", "value": "w@x"}]),
        (op("replace", 'emails[type eq "work"].value', value="w@x"), "emails", [{"type": "work", "value": "w@x"}]),
        (op("add", 'roles[primary eq "True"].value', value="r"), "roles", [{"primary": True, "value": "r"}]),
        (op("add", "roles", value=['{"value":"r","displayName":"R"}']), "roles", [{"value": "r"}]),
        (op("add", value={'emails[type eq "work"].value': "w@x"}), "emails", [{"type": "work", "value": "w@x"}]),
    ],
)
def test_lenient_takes_what_entra_sends_and_strict_refuses_it(call, strict, operation, attribute, expected):
    assert call.patch(call.user(), operation)[attribute] == expected
    user = strict.user()
    error = strict.patch(user, operation, status=400)
    assert error["scimType"] in {"invalidSyntax", "invalidValue", "noTarget", "invalidFilter"}
    assert strict.get(user) == user


def test_removing_by_value_takes_only_these_members(call, strict):
    for caller in (call, strict):
        users = [caller.user(name) for name in ("a", "b", "c")]
        group = caller.group("team", users)
        operation = op("remove", "members", value=[{"value": users[1]["id"]}])
        if caller is strict:
            assert caller.patch(group, operation, status=400)["scimType"] == "invalidValue"
            continue
        left = caller.patch(group, operation)["members"]
        assert [member["value"] for member in left] == [users[0]["id"], users[2]["id"]]
        assert "members" not in caller.patch(group, op("remove", "members"))


def test_a_manager_is_removed_by_an_empty_string(call):
    user = call.user()
    call.patch(user, op("add", f"{ENTERPRISE}:manager", value="boss"))
    assert ENTERPRISE not in call.patch(user, op("replace", f"{ENTERPRISE}:manager", value=""))


def test_read_only_attributes_in_a_value_without_a_path(call, strict):
    for caller in (call, strict):
        group = caller.group()
        okta = op("replace", value={"id": group["id"], "displayName": "Renamed"})
        assert caller.patch(group, okta)["displayName"] == "Renamed"
    assert strict.patch(group, op("replace", value={"id": "other"}), status=400)["scimType"] == "mutability"


# groups --------------------------------------------------------------------------------------------------------------


def test_members_come_and_go(either):
    users = [either.user(name, displayName=name.upper()) for name in ("a", "b", "c")]
    group = either.group("team", users[:1])
    answer = either.patch(group, op("add", "members", value=[{"value": user["id"]} for user in users]))
    assert [(m["value"], m["display"], m["type"]) for m in answer["members"]] == [
        (user["id"], user["displayName"], "User") for user in users
    ]
    assert answer["members"][0]["$ref"] == users[0]["meta"]["location"]
    answer = either.patch(group, op("remove", f'members[value eq "{users[0]["id"]}"]'))
    assert [m["value"] for m in answer["members"]] == [users[1]["id"], users[2]["id"]]
    answer = either.patch(group, op("replace", "members", value=[{"value": users[0]["id"]}]))
    assert [m["value"] for m in answer["members"]] == [users[0]["id"]]
    assert either.patch(group, op("add", "members", value=[{"value": "x"}]), status=400)["scimType"] == "invalidValue"
    path = f'members[value eq "{users[0]["id"]}"].value'
    assert either.patch(group, op("replace", path, value=users[1]["id"]), status=400)["scimType"] == "mutability"
    assert "members" not in either.patch(group, op("remove", "members"))


def test_adding_a_member_twice_changes_nothing(either):
    user = either.user()
    group = either.group("team", [user])
    assert either.patch(group, op("add", "members", value=[{"value": user["id"], "display": "else"}])) == group
