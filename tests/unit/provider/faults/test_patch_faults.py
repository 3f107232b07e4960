"""Faults of PATCH on users: what the trigger request of each does, beside what the faultless provider does."""

from __future__ import annotations

import json

import pytest

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
WORK = {"value": "w@x.example", "type": "work", "display": "Work"}
HOME = {"value": "h@x.example", "type": "home"}
DEBUG = "org.wso2.charon3.core.attributes.SimpleAttribute@3fcc28bd"


def patched(*operations, look=lambda user: user, **attributes):
    """Make a story: a user with ``attributes`` gets ``operations``; tells the status and a look at what is stored."""

    def story(call):
        user = call.user("ann", **attributes)
        listed = {"Operations": list(operations)} if operations else {}
        answer = call("PATCH", f"/Users/{user['id']}", {"schemas": [PATCH_OP], **listed})
        return answer.status, look(call.get(user))

    return story


def op(name, path=None, value=None):
    return {"op": name} | ({"path": path} if path else {}) | ({} if value is None else {"value": value})


def attribute(name, part=None):
    def look(user):
        value = user.get(name)
        return value if part is None else (value or {}).get(part)

    return look


def parts(name, part):
    return lambda user: [one.get(part) for one in user.get(name, [])]


def department(user):
    return user.get(ENTERPRISE, {}).get("department")


def unrelated(user):
    return user["displayName"], user.get("title")


STREET = op("Add", 'addresses[type eq "work"].streetAddress', "1 St")
TOWN = op("Add", 'addresses[type eq "work"].locality', "Town")
ADDRESS = {"type": "work", "locality": "Town", "region": "R", "postalCode": "1"}
TWO = [{"value": "1@gmail.example", "type": "work"}, {"value": "2@gmail.example", "type": "work"}]
ROLE = {"value": "Admin", "display": "Admin"}
TEXT = '{"id":"1","value":"Admin"}'


def replaced_created(call):
    user = call.user()
    operation = op("replace", "meta.created", "2001-01-01T00:00:00Z")
    status = call("PATCH", f"/Users/{user['id']}", {"schemas": [PATCH_OP], "Operations": [operation]}).status
    after = call.get(user)
    call.patch(user, op("replace", "title", "x"))
    return status, after["meta"]["created"] == user["meta"]["created"]


def given_manager(call):
    boss, user = call.user("boss"), call.user("ann")
    operation = op("Add", f"{ENTERPRISE}:manager", boss["id"])
    answer = call("PATCH", f"/Users/{user['id']}", {"schemas": [PATCH_OP], "Operations": [operation]})
    manager = call.get(user).get(ENTERPRISE, {}).get("manager", {})
    return answer.status, manager.get("value") == boss["id"]


def members_in_capitals(call):
    user = call.user()
    group = call.group("g")
    call.patch(group, op("Replace", "Members", [{"value": user["id"]}]))
    return len(call.get(group).get("members", []))


CASES = {
    "user-patch-add-refused": (
        patched(op("Add", "name.givenName", "A"), look=attribute("name", "givenName")),
        (200, "A"),
        (400, None),
    ),
    "patch-text-value-refused": (
        patched(op("Replace", "displayName", "User X"), look=attribute("displayName")),
        (200, "User X"),
        (400, None),
    ),
    "patch-active-with-path-refused": (
        patched(op("replace", "active", False), look=attribute("active"), active=True),
        (200, False),
        (400, True),
    ),
    "patch-knows-replace-only": (
        patched(op("add", "externalId", "X"), look=attribute("externalId")),
        (200, "X"),
        (200, None),
    ),
    "patch-without-operations-accepted": (patched(look=attribute("title")), (400, None), (200, None)),
    "patch-needs-user-name": (
        patched(op("replace", None, {"active": False}), look=attribute("active"), active=True),
        (200, False),
        (400, True),
    ),
    "patch-deletes-what-it-does-not-name": (
        patched(op("replace", "phoneNumbers", [{"value": "1"}]), look=unrelated, displayName="A", title="T"),
        (200, ("A", "T")),
        (200, ("A", None)),
    ),
    "patch-writes-read-only": (replaced_created, (400, True), (200, False)),
    "value-path-drops-the-rest": (
        patched(
            op("replace", 'addresses[type eq "work"].postalCode', "44444"),
            look=parts("addresses", "locality"),
            addresses=[ADDRESS],
        ),
        (200, ["Town"]),
        (200, [None]),
    ),
    "value-path-refused": (
        patched(
            op("Replace", 'emails[type eq "work"].value', "n@x.example"), look=parts("emails", "value"), emails=[WORK]
        ),
        (200, ["n@x.example"]),
        (400, ["w@x.example"]),
    ),
    "value-path-first-match-only": (
        patched(op("replace", 'emails[value co "gmail"].type', "home"), look=parts("emails", "type"), emails=TWO),
        (200, ["home", "home"]),
        (200, ["home", "work"]),
    ),
    "replace-without-match-appends": (
        patched(
            op("replace", 'emails[value eq "bogus"]', {"value": "x"}), look=parts("emails", "value"), emails=[HOME]
        ),
        (400, ["h@x.example"]),
        (200, ["h@x.example", "x"]),
    ),
    "add-to-absent-value-crashes": (patched(STREET, look=parts("addresses", "type")), (200, ["work"]), (500, [])),
    "add-with-filter-always-appends": (
        patched(STREET, TOWN, look=parts("addresses", "type")),
        (200, ["work"]),
        (200, ["work", "work"]),
    ),
    "add-with-path-replaces-values": (
        patched(op("add", "emails", [WORK]), look=parts("emails", "type"), emails=[HOME]),
        (200, ["home", "work"]),
        (200, ["work"]),
    ),
    "add-makes-primary": (
        patched(
            op("add", "emails", [{"value": "second@x.example", "type": "other"}]),
            look=lambda user: [one["value"] for one in user["emails"] if one.get("primary")],
            emails=[{**WORK, "primary": True}],
        ),
        (200, ["w@x.example"]),
        (200, ["second@x.example"]),
    ),
    "core-path-refused": (
        patched(op("replace", f"{CORE}:active", False), look=attribute("active"), active=True),
        (200, False),
        (400, True),
    ),
    "extension-path-split-at-dot": (
        patched(op("add", f"{ENTERPRISE}:department", "R&D"), look=department),
        (200, "R&D"),
        (400, None),
    ),
    "filter-boolean-as-text-refused": (
        patched(
            op("replace", 'addresses[primary eq "True"].locality', "X"),
            look=parts("addresses", "locality"),
            addresses=[{**ADDRESS, "primary": True}],
        ),
        (200, ["X"]),
        (400, ["Town"]),
    ),
    "path-case-ignored-silently": (members_in_capitals, 1, 0),
    "manager-text-refused": (given_manager, (200, True), (400, False)),
    "dotted-keys-ignored": (
        patched(
            op("replace", None, {"name.givenName": "A", "title": "T"}),
            look=lambda user: (user.get("name"), user["title"]),
        ),
        (200, ({"givenName": "A"}, "T")),
        (200, (None, "T")),
    ),
    "qualified-keys-ignored": (
        patched(op("replace", None, {f"{ENTERPRISE}:department": "R&D"}), look=department),
        (200, "R&D"),
        (200, None),
    ),
    "json-text-stored": (
        patched(op("Add", "roles", [TEXT]), look=parts("roles", "value")),
        (200, ["Admin"]),
        (200, [TEXT]),
    ),
    "roles-compared-whole": (
        patched(op("Add", "roles", [{"value": "Admin"}]), look=parts("roles", "value"), roles=[ROLE]),
        (200, ["Admin"]),
        (200, ["Admin", "Admin"]),
    ),
    "extension-stored-as-debug-text": (
        patched(op("add", None, {ENTERPRISE: {"department": "x"}}), look=department),
        (200, "x"),
        (200, DEBUG),
    ),
}


@pytest.mark.parametrize("fault", CASES)
def test_the_trigger_request_goes_wrong(make_caller, fault):
    story, right, wrong = CASES[fault]
    assert story(make_caller()) == right
    assert story(make_caller(faults=[fault])) == wrong


@pytest.mark.parametrize("path", ["displayName", f"{CORE}:displayName"])
def test_text_by_path_is_refused_but_objects_are_taken(make_caller, path):
    call = make_caller(faults=["patch-text-value-refused"])
    user = call.user()
    call.patch(user, op("replace", path, "A"), status=400)
    assert call.patch(user, op("replace", None, {"displayName": "A"}))["displayName"] == "A"


def test_a_capital_part_behind_a_filter_is_skipped_too(make_caller):
    story = patched(op("Replace", 'emails[type eq "work"].Value', "n"), look=parts("emails", "value"), emails=[WORK])
    assert story(make_caller()) == (200, ["n"])
    assert story(make_caller(faults=["path-case-ignored-silently"])) == (200, ["w@x.example"])


def test_debug_text_is_stored_by_path_too(make_caller):
    call = make_caller(faults=["extension-stored-as-debug-text"])
    user = call.user()
    after = call.patch(user, op("add", f"{ENTERPRISE}:department", "x"), op("replace", None, {"title": "T"}))
    assert (department(after), after["title"]) == (DEBUG, "T")
    assert json.dumps(after).count("SimpleAttribute") == 1
