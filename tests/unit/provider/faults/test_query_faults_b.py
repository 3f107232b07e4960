"""Faults of filters, lists, paging and projection give the wrong answer of the report; without them it is right."""

from __future__ import annotations

from urllib.parse import quote

import pytest

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


@pytest.fixture
def pair(make_caller):
    """Makes a caller of a provider with the fault, and one of a provider without."""

    def make(fault, **settings):
        return make_caller(faults=[fault], **settings), make_caller(**settings)

    return make


def people(call):
    """Make three users whose names, addresses and externalIds the filters below choose from."""
    call.user("bob", displayName="Ann", externalId="Ab1", name={"givenName": "A'KELAH"},
              emails=[{"value": "bob@x.example", "type": "work"}])  # fmt: skip
    call.user("bo_", displayName='The "test"', externalId="aB1", name={"givenName": "A"})
    call.user("José", displayName="bob", emails=[{"value": "jo@home.example", "type": "home"}])


def names(call, expression, endpoint="/Users"):
    """Return the userName (or displayName) of who a filter finds, or the status of a refusal."""
    answer = call("GET", f"{endpoint}?filter={quote(expression)}")
    if answer.status != 200:
        return answer.status
    listed = answer.document().object["Resources"]
    return [each.get("userName") or each.get("displayName") for each in listed]


@pytest.mark.parametrize(
    ("fault", "expression", "wrong", "right"),
    [
        ("filter-unparseable-lists-everybody", "userName eq", ["bob", "bo_", "José"], 400),
        ("filter-value-path-finds-nobody", 'emails[value co "@x"]', [], ["bob"]),
        ("filter-value-ends-at-apostrophe", 'name.givenName eq "A\'KELAH"', ["bo_"], ["bob"]),
        ("filter-asterisk-stands-for-anything", 'userName eq "b*"', ["bob", "bo_"], []),
        ("filter-like-not-escaped", 'userName sw "bo_"', ["bob", "bo_"], ["bo_"]),
        ("filter-like-not-escaped", 'userName ew "%b"', ["bob"], []),
        ("filter-like-not-escaped", 'userName co "_b"', ["bob"], []),
        ("filter-id-crashes", 'id eq "x"', 500, []),
        ("filter-deep-name-matches-everybody", 'name.givenName.x eq "a"', ["bob", "bo_", "José"], 400),
        ("filter-deep-name-matches-everybody", 'noSuch eq "a"', 400, 400),
        ("filter-external-id-refused", 'externalId eq "Ab1"', 400, ["bob"]),
        ("filter-compound-finds-nobody", 'userName eq "bob" or externalId eq "b"', [], ["bob"]),
        ("filter-external-id-any-case", 'externalId eq "ab1"', ["bob", "bo_"], []),
        ("filter-case-folded-in-eq-only", 'userName sw "BOB"', [], ["bob"]),
        ("filter-case-folded-in-eq-only", 'userName eq "BOB"', ["bob"], ["bob"]),
        ("filter-ascii-only", 'userName eq "José"', 400, ["José"]),
        ("filter-escapes-kept", 'displayName eq "The \\"test\\""', [], ["bo_"]),
        ("filter-display-name-reads-user-name", 'displayName eq "Ann"', [], ["bob"]),
        ("list-reads-stale-index", 'userName eq "bob"', [], ["bob"]),
    ],
)  # fmt: skip
def test_a_filter_finds_the_wrong_people(pair, fault, expression, wrong, right):
    for call, expected in zip(pair(fault), (wrong, right), strict=True):
        people(call)
        assert names(call, expression) == expected


def test_an_operator_of_users_breaks_on_groups(pair):
    faulty, right = pair("filter-groups-starts-with-crashes")
    for call in (faulty, right):
        call.group("Apples")
        call.user("apples")
        assert names(call, 'userName sw "app"') == ["apples"]
        assert names(call, 'displayName eq "apples"', "/Groups") == ["Apples"]
    assert names(right, 'displayName sw "App"', "/Groups") == ["Apples"]
    expression = quote('displayName sw "App"')
    answer = faulty("GET", f"/Groups?filter={expression}")
    assert (answer.status, answer.media_type) == (500, "text/html")


def listed(call, query="", endpoint="/Users"):
    return call.json("GET", f"{endpoint}{query}")


def pages(call, size, total=8):
    """Return what stands on each page, by number of the user."""
    return [
        [int(each["userName"]) for each in listed(call, f"?startIndex={start}&count={size}")["Resources"]]
        for start in range(1, total + 1, size)
    ]


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        ("paging-offset-per-store", [[1, 2, 3], [7, 8], []]),
        ("paging-offset-is-page-number", [[1, 2, 3], [2, 3, 4], [3, 4, 5]]),
        ("paging-done-twice", [[1, 2, 3], [], []]),
        ("list-order-changes", [[8, 7, 6], [4, 5, 6], [2, 1]]),
    ],
)
def test_pages_repeat_or_skip(pair, fault, wrong):
    for call, expected in zip(pair(fault), (wrong, [[1, 2, 3], [4, 5, 6], [7, 8]]), strict=True):
        for number in range(1, 9):
            call.user(str(number))
        assert pages(call, 3) == expected


@pytest.mark.parametrize(
    ("fault", "query", "wrong", "right"),
    [
        ("paging-total-is-page-size", "?startIndex=1&count=2", (2, 2), (4, 2)),
        ("paging-total-of-filter-is-page-size", "?filter=title+pr&count=1", (1, 1), (3, 1)),
        ("paging-total-of-filter-is-page-size", "?filter=title+pr", (3, 3), (3, 3)),
        ("paging-total-of-filter-is-page-size", "?count=1", (4, 1), (4, 1)),
        ("paging-window-of-truncated-set", "?filter=title+pr&startIndex=2&count=2", (3, 1), (3, 2)),
        ("paging-window-of-truncated-set", "?startIndex=2&count=2", (4, 2), (4, 2)),
        ("paging-ignored-but-told", "?startIndex=2&count=2", (4, 4), (4, 2)),
        ("paging-ignored-but-told", "?startIndex=2&count=2&attributes=userName", (4, 2), (4, 2)),
        ("list-without-paging-is-empty", "", (0, 0), (4, 4)),
        ("list-without-paging-is-empty", "?count=9", (4, 4), (4, 4)),
        ("list-reads-stale-index", "", (0, 0), (4, 4)),
    ],
)
def test_a_page_and_its_total_disagree(pair, fault, query, wrong, right):
    for call, expected in zip(pair(fault), (wrong, right), strict=True):
        call.user("a")
        for name in "bcd":
            call.user(name, title="Tour Guide")
        page = listed(call, query)
        assert (page["totalResults"], len(page["Resources"])) == expected


def test_an_ignored_page_is_told_as_if_it_were_obeyed(make_caller):
    call = make_caller(faults=["paging-ignored-but-told"])
    for name in "abc":
        call.user(name)
    page = listed(call, "?startIndex=2&count=2")
    assert (page["startIndex"], page["itemsPerPage"], len(page["Resources"])) == (2, 2, 3)


def test_a_page_beyond_the_end_crashes(pair):
    for call, status in zip(pair("paging-beyond-end-crashes"), (500, 200), strict=True):
        call.user("a")
        assert call("GET", "/Users?startIndex=29&count=100").status == status
        assert call("GET", "/Users?startIndex=2").status == 200


def test_an_incomplete_user_breaks_its_list_or_vanishes_from_it(pair):
    faulty, right = pair("list-breaks-on-incomplete-user")
    dropping, _ = pair("paging-drops-incomplete-row")
    for call in (faulty, right, dropping):
        call.user("full", displayName="Full")
        assert len(listed(call)["Resources"]) == 1
        call.get(call.user("bare"))
    assert faulty("GET", "/Users").status == 500
    assert len(listed(right)["Resources"]) == 2
    page = listed(dropping, "?count=2")
    assert (page["totalResults"], page["itemsPerPage"], len(page["Resources"])) == (2, 1, 1)


def test_a_look_up_stops_after_the_first_accounts(pair):
    for call, expected in zip(pair("list-scans-first-accounts-only"), ([], ["user3"]), strict=True):
        for number in range(4):
            call.user(f"user{number}")
        assert names(call, 'userName eq "user2"') == ["user2"]
        assert names(call, 'userName eq "user3"') == expected
        assert listed(call)["totalResults"] == 4


def test_a_list_leaves_out_what_a_read_shows(pair):
    emails = [{"value": "a@x.example", "type": "work"}]
    for call, shown in zip(pair("list-users-without-emails"), (False, True), strict=True):
        user = call.user("a", emails=emails)
        assert call.get(user)["emails"]
        assert ("emails" in listed(call)["Resources"][0]) is shown
    for call, shown in zip(pair("list-groups-without-members"), (False, True), strict=True):
        group = call.group("g", [call.user()])
        assert call.get(group)["members"]
        assert ("members" in listed(call, "?attributes=members", "/Groups")["Resources"][0]) is shown


def test_sorting_is_answered_501(pair):
    faulty, right = pair("list-sort-not-implemented")
    assert right("GET", "/Users?sortBy=userName").status == 200
    error = faulty.json("GET", "/Users?sortBy=userName", status=501)
    assert error["schemas"] == ERROR
    assert faulty.json("GET", "/ServiceProviderConfig")["sort"] == {"supported": False}
    assert faulty("GET", "/Users").status == 200


def test_projection_drops_lists_or_does_nothing(pair):
    emails = [{"value": "a@x.example", "type": "work"}]
    for call, shown in zip(pair("attributes-drop-complex-lists"), (False, True), strict=True):
        user = call.user("a", emails=emails, displayName="A")
        assert ("emails" in call.json("GET", f"/Users/{user['id']}?attributes=userName,emails")) is shown
        assert "emails" in call.json("GET", f"/Users/{user['id']}?attributes=emails.value")
        assert "displayName" not in call.json("GET", f"/Users/{user['id']}?attributes=emails")
    for call, shown in zip(pair("excluded-attributes-ignored"), (True, False), strict=True):
        user = call.user("a", emails=emails)
        assert ("emails" in call.json("GET", f"/Users/{user['id']}?excludedAttributes=emails")) is shown
