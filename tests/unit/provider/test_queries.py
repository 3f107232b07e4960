"""Filters on real resources, sorting, paging, projection, search."""

from __future__ import annotations

import pytest

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


@pytest.fixture
def people(call):
    emails = [{"value": "ann@work.example", "type": "work"}, {"value": "ann@home.example", "type": "home"}]
    call.user("ann", displayName="Ann", title="b", externalId="E1", active=True, emails=emails)
    call.user("Bob", displayName="bob", title="a", externalId="e1", active=False,
              emails=[{"value": "z@x.example"}, {"value": "a@x.example", "primary": True}])  # fmt: skip
    call.user("cyd", displayName="Çyd", **{ENTERPRISE: {"department": "Sales", "manager": {"value": "M1"}}})
    return call


def listed(call, query):
    return [user["userName"] for user in call.json("GET", f"/Users?{query}")["Resources"]]


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ('userName eq "ANN"', ["ann"]),
        (f'{USER}:USERNAME eq "bob"', ["Bob"]),
        ('externalId eq "e1"', ["Bob"]),
        ('displayName eq "çYD"', ["cyd"]),
        ('userName co "N"', ["ann"]),
        ("title pr", ["ann", "Bob"]),
        ("not (title pr)", ["cyd"]),
        ('title eq "x" or title eq "a" and active eq true', []),
        ('(title eq "b" or title eq "a") and active eq false', ["Bob"]),
        ('emails[type eq "work" and value co "home"]', []),
        ('emails.value co "@home"', ["ann"]),
        ('emails co "@home"', ["ann"]),
        ('emails[type eq "work"].value eq "ANN@work.example"', ["ann"]),
        ("emails[primary eq true]", ["Bob"]),
        (f'{ENTERPRISE}:department eq "sales"', ["cyd"]),
        (f'{ENTERPRISE}:manager.value eq "m1"', []),
        (f'{ENTERPRISE}:manager.value eq "M1"', ["cyd"]),
        (f"{ENTERPRISE} pr", ["cyd"]),
        (f'schemas eq "{ENTERPRISE}"', ["cyd"]),
        ('meta.created gt "2026-01-05T10:00:01+01:00"', ["Bob", "cyd"]),
        ('meta.resourceType eq "User"', ["ann", "Bob", "cyd"]),
        ('active eq "False"', ["Bob"]),
        ("title eq null", ["cyd"]),
        ("title ne null", ["ann", "Bob"]),
        ('userName ne "ann"', ["Bob", "cyd"]),
    ],
)
def test_a_filter_finds(people, expression, names):
    assert [user["userName"] for user in people.found(expression)] == names


@pytest.mark.parametrize(
    "expression",
    ["active gt true", 'active eq "maybe"', 'active co "t"', "userName eq 5", 'noSuch eq "x"', 'name eq "x"',
     'meta.created gt "yesterday"', "password pr", 'x509Certificates.value gt "a"', "userName", "emails[noSuch pr]",
     "title[value pr]", "userName gt null", f'{ENTERPRISE} eq "x"', 'urn:nobody:knows:it eq "x"'],
)  # fmt: skip
def test_a_filter_that_does_not_fit_is_refused(people, expression):
    error = people.json("POST", "/Users/.search", {"schemas": [SEARCH], "filter": expression}, 400)
    assert error["scimType"] == "invalidFilter"


def test_a_comparison_behind_a_value_path_is_a_quirk(strict):
    error = strict.json("GET", "/Users?filter=emails%5Btype+eq+%22work%22%5D.value+eq+%22a%22", status=400)
    assert error["scimType"] == "invalidFilter"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("sortBy=userName", ["ann", "Bob", "cyd"]),
        ("sortBy=userName&sortOrder=descending", ["cyd", "Bob", "ann"]),
        ("sortBy=title", ["Bob", "ann", "cyd"]),
        ("sortBy=title&sortOrder=descending", ["cyd", "ann", "Bob"]),
        ("sortBy=emails", ["Bob", "ann", "cyd"]),
        ("sortBy=meta.created&sortOrder=Descending", ["cyd", "Bob", "ann"]),
        (f"sortBy={ENTERPRISE}:department", ["cyd", "ann", "Bob"]),
        ("sortBy=active", ["Bob", "ann", "cyd"]),
    ],
)
def test_sorting(people, query, names):
    assert listed(people, query) == names


def test_sorting_by_what_does_not_exist_is_refused(people):
    for query in ("sortBy=noSuch", "sortBy=password", "sortBy=title&sortOrder=up"):
        assert people.json("GET", f"/Users?{query}", status=400)["scimType"] == "invalidValue"


@pytest.mark.parametrize(
    ("query", "start", "names"),
    [
        ("", 1, ["ann", "Bob", "cyd"]),
        ("count=2", 1, ["ann", "Bob"]),
        ("startIndex=2&count=1", 2, ["Bob"]),
        ("startIndex=3", 3, ["cyd"]),
        ("startIndex=4", 4, []),
        ("startIndex=0", 1, ["ann", "Bob", "cyd"]),
        ("startIndex=-5&count=1", 1, ["ann"]),
        ("count=0", 1, []),
        ("count=-1", 1, []),
        ("sortBy=userName&startIndex=2&count=1", 2, ["Bob"]),
        ("filter=title+pr&startIndex=2", 2, ["Bob"]),
    ],
)
def test_paging(people, query, start, names):
    answer = people.json("GET", f"/Users?{query}")
    assert [user["userName"] for user in answer["Resources"]] == names
    assert answer["totalResults"] == (2 if "filter" in query else 3)
    assert answer["startIndex"] == start
    assert answer["itemsPerPage"] == len(names)
    assert answer["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]


def test_paging_by_what_is_no_number_is_refused(people):
    for query in ("count=many", "startIndex=1.5", "count=99999999999999999999"):
        assert people.json("GET", f"/Users?{query}", status=400)["scimType"] == "invalidValue"


def test_a_page_is_never_longer_than_advertised(make_caller):
    from scimulator.catalogue.presets import load_preset  # noqa: PLC0415  # small limits for this test only

    call = make_caller(preset=load_preset("lenient").with_quirks(max_results=3, page_size=2))
    for number in range(5):
        call.user(f"u{number}")
    assert call.json("GET", "/ServiceProviderConfig")["filter"]["maxResults"] == 3
    assert call.json("GET", "/Users")["itemsPerPage"] == 2
    assert call.json("GET", "/Users?count=99")["itemsPerPage"] == 3


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("attributes=userName", {"schemas", "id", "userName"}),
        ("attributes=USERNAME,meta", {"schemas", "id", "userName", "meta"}),
        (f"attributes={ENTERPRISE}:department", {"schemas", "id", ENTERPRISE}),
        (f"attributes={ENTERPRISE}", {"schemas", "id", ENTERPRISE}),
        (f"attributes={USER}:userName", {"schemas", "id", "userName"}),
        ("attributes=noSuch", {"schemas", "id"}),
        ("excludedAttributes=userName,id,schemas", {"schemas", "id", "displayName", ENTERPRISE, "meta"}),
        (f"excludedAttributes={ENTERPRISE},meta", {"schemas", "id", "userName", "displayName"}),
        ("attributes=", {"schemas", "id", "userName", "displayName", ENTERPRISE, "meta"}),
    ],
)
def test_projection(people, query, names):
    cyd = people.found('userName eq "cyd"')[0]
    assert set(people.json("GET", f"/Users/{cyd['id']}?{query}")) == names
    assert set(people.json("GET", f"/Users?{query}&startIndex=3")["Resources"][0]) == names


def test_projection_of_sub_attributes(people):
    ann = people.found('userName eq "ann"')[0]
    answer = people.json("GET", f"/Users/{ann['id']}?attributes=emails.value,{ENTERPRISE}:manager.value")
    assert answer["emails"] == [{"value": "ann@work.example"}, {"value": "ann@home.example"}]
    answer = people.json("GET", f"/Users/{ann['id']}?excludedAttributes=emails.value")
    assert answer["emails"] == [{"type": "work"}, {"type": "home"}]
    both = f"/Users/{ann['id']}?attributes=title&excludedAttributes=title"
    assert people.json("GET", both, status=400)["scimType"] == "invalidValue"


def test_projection_on_writes(call):
    body = {"schemas": [USER], "userName": "ann", "title": "T"}
    made = call.json("POST", "/Users?attributes=title", body, 201)
    assert set(made) == {"schemas", "id", "title"}
    assert set(call.json("PUT", f"/Users/{made['id']}?excludedAttributes=meta", body)) == {
        "schemas",
        "id",
        "userName",
        "title",
    }


def test_members_are_not_looked_up_where_nobody_asks(call):
    group = call.group("g", [call.user()])
    assert "members" not in call.json("GET", f"/Groups/{group['id']}?excludedAttributes=members")
    assert "members" not in call.json("GET", "/Groups?excludedAttributes=members")["Resources"][0]
    assert call.json("GET", f"/Groups/{group['id']}?attributes=members")["members"] == group["members"]
    assert call.json("GET", f"/Groups/{group['id']}?attributes=members.value")["members"] == [
        {"value": group["members"][0]["value"]}
    ]
    member = group["members"][0]["value"]
    for expression in (f'members.value eq "{member}"', f'members[value eq "{member}"]', f'members eq "{member}"'):
        assert [found["id"] for found in call.found(expression, "/Groups")] == [group["id"]]
    both = f'id eq "{group["id"]}" and members eq "{member}"'
    assert len(call.found(both, "/Groups", excludedAttributes=["members"])) == 1


def test_search_at_the_root_covers_all_types(people):
    people.group("ann")
    found = people.found('displayName eq "ann" or userName eq "bob"', "")
    assert [item["meta"]["resourceType"] for item in found] == ["User", "User", "Group"]
    assert people.json("GET", "/?count=2&sortBy=displayName")["totalResults"] == 4
    assert [item["displayName"] for item in people.found('meta.resourceType eq "Group"', "")] == ["ann"]
    assert people.found('noSuch eq "x"', "") == []


def test_search_takes_the_same_parameters(people):
    body = {"schemas": [SEARCH], "attributes": ["userName"], "sortBy": "userName", "sortOrder": "descending",
            "startIndex": 2, "count": 1}  # fmt: skip
    answer = people.json("POST", "/Users/.search", body)
    assert [list(item) for item in answer["Resources"]] == [["schemas", "id", "userName"]]
    assert (answer["totalResults"], answer["Resources"][0]["userName"]) == (3, "Bob")
    wrong = {"schemas": [USER], "filter": "title pr"}
    assert people.json("POST", "/Users/.search", wrong, 400)["scimType"] == "invalidSyntax"
