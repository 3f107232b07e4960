"""Faults of creating, of conflicts and of versions give the wrong answer of the report; without them it is right."""

from __future__ import annotations

import pytest

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@pytest.fixture
def pair(make_caller):
    """Makes a caller of a provider with the fault, and one of a provider without."""

    def make(fault, **settings):
        return make_caller(faults=[fault], **settings), make_caller(**settings)

    return make


def work(value):
    return [{"value": value, "type": "work", "primary": True}]


def post(call, name, **attributes):
    return call("POST", "/Users", {"schemas": [USER], "userName": name, **attributes})


def test_a_case_variant_takes_the_account_over(pair):
    faulty, right = pair("create-case-variant-takes-account")
    for call in (faulty, right):
        call.user("alice@x", displayName="Alice")
    assert post(right, "ALICE@x").status == 409
    answer = post(faulty, "ALICE@x", displayName="Mallory")
    assert answer.status == 201
    assert answer.header("Location")
    (only,) = faulty.json("GET", "/Users")["Resources"]
    assert (only["userName"], only["displayName"]) == ("ALICE@x", "Mallory")
    assert post(faulty, "ALICE@x").status == 409


def test_a_case_variant_is_a_second_account(pair):
    for call, status in zip(pair("unique-name-counts-case"), (201, 409), strict=True):
        call.user("userA")
        assert post(call, "usera").status == status
        assert post(call, "userA").status == 409


def test_a_shared_address_is_refused_or_takes_the_account(pair):
    refusing, right = pair("create-email-in-use-refused")
    taking, _ = pair("create-email-in-use-takes-account")
    for call in (refusing, right, taking):
        call.user("a", emails=work("shared@x.example"))
        assert post(call, "a", emails=work("shared@x.example")).status == 409
    answers = [post(call, "b", emails=work("shared@x.example")) for call in (refusing, right, taking)]
    assert [answer.status for answer in answers] == [409, 201, 201]
    assert [each["userName"] for each in right.json("GET", "/Users")["Resources"]] == ["a", "b"]
    assert [each["userName"] for each in taking.json("GET", "/Users")["Resources"]] == ["b"]


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_write_goes_to_the_first_with_the_address(pair, method):
    for call, hit in zip(pair("write-goes-to-first-with-email"), ("a", "b"), strict=True):
        users = {name: call.user(name, emails=work("shared@x.example")) for name in "ab"}
        target = f"/Users/{users['b']['id']}"
        if method == "PATCH":
            operations = [{"op": "replace", "path": "title", "value": "Boss"}]
            body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations}
        else:
            body = {"schemas": [USER], "userName": hit, "title": "Boss", "emails": work("shared@x.example")}
        call.json(method, target, body)
        assert [name for name in "ab" if "title" in call.get(users[name])] == [hit]


def test_a_conflict_does_not_say_uniqueness(pair):
    for call, told in zip(pair("conflict-without-scim-type"), (None, "uniqueness"), strict=True):
        call.user("a")
        answer = post(call, "a")
        assert (answer.status, answer.document().object.get("scimType")) == (409, told)


def test_an_id_from_the_client_overwrites(pair):
    faulty, right = pair("create-takes-client-id")
    for call in (faulty, right):
        user = call.user("a")
        assert post(call, "evil", id=user["id"]).status == 201
        assert call.get(user)["userName"] == ("evil" if call is faulty else "a")


def test_a_deleted_name_stays_taken(pair):
    for call, status in zip(pair("deleted-name-stays-taken"), (409, 201), strict=True):
        user = call.user("a")
        assert call("DELETE", f"/Users/{user['id']}").status == 204
        assert call("GET", f"/Users/{user['id']}").status == 404
        assert call.found('userName eq "a"') == []
        assert post(call, "a").status == status


def test_a_create_answers_another_user_name_than_reads(pair):
    for call, read in zip(pair("create-answers-other-user-name"), ("00u1", "ann"), strict=True):
        user = call.user("ann", externalId="00u1")
        assert (user["userName"], call.get(user)["userName"]) == ("ann", read)


def test_a_create_ignores_external_id_and_active(pair):
    faulty, right = pair("create-ignores-external-id-and-active")
    shown = right.get(right.user("a", externalId="X", active=False))
    assert (shown["active"], shown["externalId"]) == (False, "X")
    shown = faulty.get(faulty.user("a", externalId="X", active=False))
    assert (shown["active"], shown.get("externalId")) == (True, None)


def test_a_display_name_is_made_up(pair):
    name = {"givenName": "Ada", "familyName": "King"}
    for call, shown in zip(pair("display-name-made-up"), ("King, Ada", "Ada"), strict=True):
        assert call.get(call.user("a", displayName="Ada", name=name))["displayName"] == shown
        assert call.get(call.group("Team"))["displayName"] == "Team"


def test_no_group_can_be_created(pair):
    for call, status in zip(pair("group-create-crashes"), (500, 201), strict=True):
        assert call("POST", "/Groups", {"schemas": [GROUP], "displayName": "g"}).status == status


def test_members_are_echoed_but_not_stored(pair):
    faulty, right = pair("group-create-echoes-members")
    body = {"schemas": [GROUP], "displayName": "g", "members": [{"display": "x"}]}
    assert right("POST", "/Groups", body).status == 400
    made = faulty.json("POST", "/Groups", body, 201)
    assert made["members"] == [{"display": "x"}]
    assert "members" not in faulty.get(made)
    user = faulty.user()
    assert len(faulty.get(faulty.group("h", [user]))["members"]) == 1


def test_a_required_attribute_is_not_required(pair):
    for call, status in zip(pair("required-attribute-not-required"), (201, 400), strict=True):
        assert call("POST", "/Users", {"schemas": [USER], "displayName": "A"}).status == status


def test_primary_is_not_stored(pair):
    emails = [{"value": "home@x", "type": "home", "primary": True}, {"value": "work@x", "type": "work"}]
    for call, stored in zip(pair("primary-not-stored"), (False, True), strict=True):
        first = call.get(call.user("a", emails=emails))["emails"][0]
        assert ("primary" in first) is stored


def test_a_wrong_body_is_answered_422(pair):
    faulty, right = pair("refused-with-422")
    assert right("POST", "/Users", {"schemas": [USER]}).status == 400
    answer = faulty("POST", "/Users", {"schemas": [USER]})
    assert (answer.status, answer.media_type) == (422, "application/json")
    assert "schemas" not in answer.document().object


@pytest.mark.parametrize(
    ("fault", "method", "wrong", "right"),
    [
        ("if-match-ignored", "PUT", 200, 412),
        ("if-match-ignored", "PATCH", 200, 412),
        ("if-match-ignored", "DELETE", 412, 412),
        ("if-match-ignored-by-delete", "DELETE", 204, 412),
        ("if-match-ignored-by-delete", "PUT", 412, 412),
    ],
)
def test_a_stale_version_is_written(pair, fault, method, wrong, right):
    bodies = {
        "PUT": {"schemas": [USER], "userName": "a", "title": "x"},
        "PATCH": {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "title", "value": "x"}],
        },
    }
    for call, status in zip(pair(fault), (wrong, right), strict=True):
        target = f"/Users/{call.user('a')['id']}"
        assert call(method, target, bodies.get(method), If_Match='W/"stale"').status == status


def test_the_current_version_is_sent_again(pair):
    for call, status in zip(pair("if-none-match-ignored"), (200, 304), strict=True):
        user = call.user("a")
        answer = call("GET", f"/Users/{user['id']}", If_None_Match=user["meta"]["version"])
        assert answer.status == status


def test_an_extension_is_added_but_not_listed(pair):
    add = {"op": "add", "path": f"{ENTERPRISE}:employeeNumber", "value": "7"}
    for call, listed in zip(pair("extension-added-but-not-listed"), (False, True), strict=True):
        user = call.user("a")
        answer = call.patch(user, add)
        for shown in (answer, call.get(user)):
            assert shown[ENTERPRISE] == {"employeeNumber": "7"}
            assert (ENTERPRISE in shown["schemas"]) is listed
        with_it = call.user("b", **{ENTERPRISE: {"department": "X"}})
        assert ENTERPRISE in call.get(with_it)["schemas"]


@pytest.mark.parametrize("operation", [{"op": "replace", "value": {"department": "Y"}}, {"op": "remove"}])
def test_the_path_of_an_extension_crashes(pair, operation):
    for call, status in zip(pair("extension-path-crashes"), (500, 200), strict=True):
        user = call.user("a", **{ENTERPRISE: {"department": "X"}})
        call.patch(user, {**operation, "path": ENTERPRISE}, status=status)
        call.patch(user, {"op": "add", "path": f"{ENTERPRISE}:department", "value": "Z"})
