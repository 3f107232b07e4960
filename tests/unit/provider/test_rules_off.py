"""Every rule of the provider is visible over HTTP: switched off, it changes the answers of one long story."""

from __future__ import annotations

import json
import re
from functools import lru_cache

import pytest

from scimulator.catalogue.presets import load_preset
from scimulator.exchange.clock import SimulatedClock
from scimulator.exchange.message import Request
from scimulator.provider import Provider, all_faults
from scimulator.provider.rules import all_rules

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
JSON_PATCH = "application/json-patch+json"
TOKEN = {"Authorization": "Bearer right"}


def patch(*operations):
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}


def op(name, path=None, value=None):
    return {"op": name} | ({"path": path} if path else {}) | ({"value": value} if value is not None else {})


def user(name, **attributes):
    return {"schemas": [USER], "userName": name, **attributes}


WORK = {"value": "ann@x.example", "type": "work", "primary": True, "display": "Ann"}
HOME = {"value": "ann@home.example", "type": "home"}
EMAILS = [WORK, HOME]

# (name to save the id under, method, target, body, headers); {name} in a target or body becomes the id.
STORY = [
    ("", "GET", "/Users?filter=userName+eq+%22nobody%22", None, {}),
    (
        "ann",
        "POST",
        "/Users",
        {
            "schemas": [USER, ENTERPRISE],
            "userName": "Ann",
            "externalId": "EXT-1",
            "displayName": "Ann A",
            "name": {"givenName": "Ann", "familyName": "Archer"},
            "emails": EMAILS,
            "active": True,
            "password": "s3cret",
            "title": None,
            "roles": [],
            "groups": [{"value": "x"}],
            "id": "chosen",
            "noSuch": "thing",
            ENTERPRISE: {"department": "Sales", "employeeNumber": "7"},
            "phoneNumbers": [{"value": "1"}, {"value": "1"}],
        },
        {},
    ),
    (
        "bob",
        "POST",
        "/Users",
        user(
            "bob",
            displayName="bob",
            active=False,
            NICKNAME="Bobby",
            externalId="ext-2",
            emails=[{"value": "z@x.example", "type": "work"}],
        ),
        {},
    ),
    (
        "cyd",
        "POST",
        "/Users",
        user(
            "cyd",
            displayName="Cyd",
            title="Müller",
            emails=[{"value": "m@x.example", "primary": True}, {"value": "a@x.example", "type": "home"}],
        ),
        {},
    ),
    ("dee", "POST", "/Users?attributes=userName", user("dee", displayName='D"e', externalId="ext-1"), {}),
    ("", "POST", "/Users", user("ANN"), {}),
    ("", "POST", "/Users", user("ann"), {}),
    ("", "POST", "/Users", user("Ann"), {}),
    ("", "POST", "/Users", {"schemas": [USER]}, {}),
    ("", "POST", "/Users", user("  "), {}),
    ("", "POST", "/Users", user("two", emails=[{"value": "a", "primary": True}, {"value": "b", "primary": True}]), {}),
    ("", "POST", "/Users", user("typ", displayName={"a": 1}), {}),
    ("", "POST", "/Users", {"schemas": [GROUP], "userName": "odd"}, {}),
    ("", "POST", "/Users", b"{", {}),
    ("", "POST", "/Users", b"<x/>", {"Content-Type": "text/xml"}),
    ("", "POST", "/Users", b'{"userName":"' + b"x" * 2000 + b'"}', {}),
    ("", "POST", "/Users", user("json1"), {"Content-Type": "application/json"}),
    ("", "POST", "/Users", user("json2"), {"Content-Type": "application/scim+json; charset=utf-8"}),
    ("", "POST", "/Users", user("x509", x509Certificates=[{"value": "no base64!"}]), {}),
    (
        "inner",
        "POST",
        "/Groups",
        {"schemas": [GROUP], "displayName": "Inner", "members": [{"value": "{ann}"}, {"value": "{bob}"}]},
        {},
    ),
    ("outer", "POST", "/Groups", {"schemas": [GROUP], "displayName": "Outer", "members": [{"value": "{inner}"}]}, {}),
    ("", "POST", "/Groups", {"schemas": [GROUP], "displayName": "Bad", "members": [{"value": "nobody"}]}, {}),
    ("", "GET", "/Users/{ann}", None, {"Host": "evil.example"}),
    ("", "GET", "/Users/{bob}", None, {}),
    ("", "GET", "/Users/{ann}", None, {"If-None-Match": "*"}),
    ("", "GET", "/Users/a+b", None, {}),
    ("", "GET", "/Groups/{inner}", None, {}),
    ("", "GET", "/Users?attributes=userName", None, {}),
    ("", "GET", "/Users/{ann}?attributes=userName", None, {}),
    ("", "GET", "/Users/{ann}?attributes=name.givenName", None, {}),
    ("", "GET", "/Users/{ann}?attributes=USERNAME", None, {}),
    ("", "GET", f"/Users/{{ann}}?attributes={ENTERPRISE}:department", None, {}),
    ("", "GET", "/Users/{ann}?excludedAttributes=emails,id", None, {}),
    ("", "GET", "/Users/{ann}?attributes=userName&excludedAttributes=emails", None, {}),
    ("", "GET", "/Groups", None, {}),
    ("", "GET", "/Users", None, {}),
    ("", "GET", "/", None, {}),
    ("", "POST", "/Users/.search", {"schemas": [SEARCH], "filter": 'userName eq "bob"'}, {}),
    ("", "GET", "/Users?startIndex=2&count=2", None, {}),
    ("", "GET", "/Users?startIndex=0&count=2", None, {}),
    ("", "GET", "/Users?startIndex=99", None, {}),
    ("", "GET", "/Users?count=0", None, {}),
    ("", "GET", "/Users?count=0&x-unknown=1", None, {}),
    ("", "GET", "/Users?count=-3", None, {}),
    ("", "GET", "/Users?count=999", None, {}),
    ("", "GET", "/Users?count=many", None, {}),
    ("", "GET", "/Users?sortBy=displayName", None, {}),
    ("", "GET", "/Users?sortBy=displayName&sortOrder=descending", None, {}),
    ("", "GET", "/Users?sortBy=emails.value", None, {}),
    *(
        ("", "GET", f"/Users?filter={expression}", None, {})
        for expression in (
            'userName eq "ANN"',
            'userName eq "an"',
            'userName ne "bob"',
            'userName co "n"',
            'userName sw "n"',
            'userName ew "a"',
            'userName sw "a"',
            'userName gt "bob"',
            'userName ge "bob"',
            'userName lt "bob"',
            'userName le "bob"',
            "title pr",
            'USERNAME eq "bob"',
            'userName EQ "bob"',
            f'{USER}:userName eq "bob"',
            'externalId eq "ext-1"',
            'title eq "MÜLLER"',
            'displayName eq "D\\"e"',
            "active eq false",
            'userName eq "bob" and active eq true',
            'userName eq "zed" or active eq false',
            'not (userName eq "bob")',
            'userName eq "bob" or userName eq "cyd" and active eq true',
            'userName eq "bob"  and (active eq true or title pr)',
            'emails[type eq "home" and value co "ann@x"]',
            'emails[type eq "home"]',
            "password pr",
            'noSuch eq "x"',
            "this is bad",
            "active gt true",
            'meta.created le "2026-01-05T10:00:03+01:00"',
        )
    ),
    ("", "PATCH", "/Users/{ann}", patch(op("replace", "displayName", "Ann B"), op("add", "title", "Chief")), {}),
    ("", "GET", "/Users/{ann}", None, {}),
    ("", "PATCH", "/Users/{ann}", patch(op("replace", "displayName", "x"), op("replace", "displayName", "Ann B")), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("replace", "title", "Chief")), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("replace", "title", "gone"), op("remove")), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("move", "title")), {}),
    ("", "PATCH", "/Users/{ann}", {"Operations": []}, {}),
    ("", "PATCH", "/Users/{ann}", {"schemas": [USER], "Operations": [op("replace", "title", "x")]}, {}),
    ("", "PATCH", "/Users/{ann}", patch(op("add", "title")), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("remove", "title")), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("replace", None, {"active": False, "nickName": "N"})), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("replace", "active", False)), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("replace", "NICKNAME", "M")), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("replace", f"{USER}:nickName", "L")), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("replace", "noSuch", "L")), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("replace", "emails[", "L")), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("replace", "id", "L")), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("remove", "userName")), {}),
    ("", "PATCH", "/Users/{bob}", patch(op("replace", "userName", "cyd")), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("replace", "name", {"givenName": "Anna"})), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("replace", 'emails[type eq "work"].value', "new@x.example")), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("add", "emails", [{"value": "third@x.example", "type": "other"}])), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("add", "emails", [{"value": "third@x.example", "type": "other"}])), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("replace", 'emails[value ew "example"].display', "D")), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("add", 'emails[type eq "home"].primary', True)), {}),  # a value
    ("", "PATCH", "/Users/{ann}", patch(op("replace", 'emails[type eq "fax"].value', "f")), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("add", 'emails[type eq "fax"].value', "f")), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("remove", 'emails[type eq "none"]')), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("remove", 'emails[type eq "work"]')), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("replace", "emails", [{"value": "only@x.example"}])), {}),
    ("", "PATCH", "/Users/{ann}", patch(op("remove", "emails")), {}),
    ("", "GET", "/Users/{ann}", None, {}),
    ("", "PATCH", "/Groups/{inner}", patch(op("replace", 'members[value eq "{ann}"].value', "{cyd}")), {}),
    ("", "PUT", "/Users/{ann}", user("ann", active=False), {}),
    ("", "GET", "/Users/{ann}", None, {}),
    ("", "PUT", "/Users/{ann}", user("BOB"), {}),
    ("", "PUT", "/Users/{ann}", {"schemas": [USER]}, {}),
    ("", "PUT", "/Users/unknown", user("unknown"), {}),
    ("", "PUT", "/Groups/{inner}", {"schemas": [GROUP], "displayName": "Inner", "members": []}, {}),
    ("", "PUT", "/Users/{ann}", user("ann2"), {"If-Match": 'W/"99"'}),
    ("", "DELETE", "/Users/{ann}", None, {"If-Match": 'W/"99"'}),
    ("", "PUT", "/Groups/{inner}", {"schemas": [GROUP], "displayName": "Inner", "members": [{"value": "{cyd}"}]}, {}),
    ("", "DELETE", "/Users/{cyd}", None, {}),
    ("", "GET", "/Users/{cyd}", None, {}),
    ("", "GET", "/Groups/{inner}", None, {}),
    ("", "POST", "/Users", user("cyd"), {}),
    ("", "DELETE", "/Users/unknown", None, {}),
    ("", "GET", "/Nope", None, {}),
    # What is odd, and what happens to others.
    ("eva", "POST", "/Users", user("eva", externalId="Ext-Case"), {}),
    ("fay", "POST", "/Users", {"schemas": [ENTERPRISE, USER], "userName": "fay", ENTERPRISE: {"department": "D"}}, {}),
    ("duo", "POST", "/Groups", {"schemas": [GROUP], "displayName": "Süd", "members": [{"value": "{eva}"}]}, {}),
    ("twin", "POST", "/Groups", {"schemas": [GROUP], "displayName": "Süd", "members": [{"value": "{eva}"}]}, {}),
    ("", "GET", "/Users/{eva}'", None, {}),
    ("", "GET", "/Users/{eva}", None, {"If-None-Match": 'W/"77"'}),
    ("", "GET", "/Users/{eva}?attributes=active,%20userName", None, {}),
    ("", "GET", "/Users/{eva}?excludedAttributes=externalId", None, {}),
    ("", "GET", "/Users/{eva}", None, {}),
    ("", "GET", "/Users/{eva}", None, {"Authorization": "bearer right"}),
    *(
        ("", "GET", f"/Users?{query}", None, {})
        for query in (
            'filter=userName  eq  "eva"',
            f'filter=schemas eq "{ENTERPRISE}"',
            'filter=emails[type eq "work"].value eq "x"',
            "sortOrder=descending",
            "sortBy=userName&sortOrder=sideways",
            "sortBy=noSuch",
        )
    ),
    ("", "PATCH", "/Users/{eva}", [{"op": "replace", "path": "/title", "value": "T"}], {"Content-Type": JSON_PATCH}),
    ("", "PATCH", "/Users/{eva}", patch(op("add", "emails", [{**HOME, "primary": True}, WORK])), {}),
    ("", "PATCH", "/Users/{eva}", patch(op("replace", "userName", "eve")), {}),
    ("", "GET", "/Groups/{duo}", None, {}),
    ("", "PUT", "/Groups/{duo}", {"schemas": [GROUP], "displayName": "Süd"}, {}),
    ("", "GET", "/Groups/{twin}", None, {}),
    ("", "DELETE", "/Groups/{twin}", None, {}),
    ("", "GET", "/Groups/{duo}", None, {}),
    ("", "PATCH", "/Users", {}, {}),
    ("", "GET", "/Me", None, {}),
    ("", "POST", "/Bulk", {}, {}),
    ("", "GET", "/ServiceProviderConfig", None, {}),
    ("", "GET", "/ServiceProviderConfig", None, {"Authorization": ""}),
    ("", "GET", "/Schemas", None, {}),
    ("", "GET", f"/Schemas/{USER}", None, {}),
    ("", "GET", "/Schemas/urn:example:none", None, {}),
    ("", "GET", "/Schemas?startIndex=2&count=1", None, {}),
    ("", "GET", "/Schemas?sortBy=id", None, {}),
    ("", "PUT", f"/Schemas/{USER}", {}, {}),
    ("", "GET", "/ResourceTypes", None, {}),
    ("", "GET", "/ResourceTypes/User", None, {}),
    ("", "GET", "/ResourceTypes/None", None, {}),
    ("", "GET", "/ResourceTypes?filter=name+eq+%22User%22", None, {}),
    ("", "GET", "/Users", None, {"Authorization": ""}),
    ("", "GET", "/Users", None, {"Authorization": "Bearer wrong"}),
    ("", "GET", "/Users", None, {"Authorization": "right"}),
]
# Rules whose lack cannot be seen here, each with the reason.
INVISIBLE: dict[str, str] = {}


def tell(preset, faults=()):
    """Tell the story to a provider and return what it answered, one line per request."""
    clock = SimulatedClock()
    limits = load_preset(preset).with_quirks(max_payload=2000, max_results=4, page_size=3)
    provider = Provider("https://scim.example/v2", preset=limits, token="right", clock=clock, seed=3, faults=faults)
    ids: dict[str, str] = {}
    lines = []
    for save, method, template, body, headers in STORY:
        clock.sleep(1)
        target = template
        raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        for name, value in ids.items():
            raw = raw.replace(b"{%s}" % name.encode(), value.encode())
            target = target.replace(f"{{{name}}}", value)
        sent = {"Content-Type": "application/scim+json"} | TOKEN | headers
        answer = provider.handle(Request(method, target.replace(" ", "%20"), tuple(sent.items()), raw))
        if save:
            ids[save] = str(answer.document().object.get("id", ""))
        lines.append(f"{method} {target} {raw[:200]!r} -> {answer.status} {answer.headers} {answer.body!r}")
    crashes = provider.crashes
    provider.close()
    return lines, crashes


@lru_cache(maxsize=2)
def faultless(preset):
    return tell(preset)


@pytest.mark.parametrize("name", ["lenient", "strict"])
def test_a_provider_without_faults_does_not_crash(name):
    assert faultless(name)[1] == []


def test_there_are_more_than_eighty_rules_each_with_its_fault():
    generated = {fault.id for fault in all_faults() if fault.generated and not fault.id.startswith("quirk.")}
    assert generated == {f"off.{rule.id}" for rule in all_rules()}
    assert len(generated) > 80


@pytest.mark.parametrize("rule", [rule.id for rule in all_rules() if rule.id not in INVISIBLE])
def test_a_rule_switched_off_is_seen_in_the_answers(rule):
    visible = False
    for preset in ("lenient", "strict"):
        lines, crashes = tell(preset, (f"off.{rule}",))
        assert crashes == []
        visible = visible or lines != faultless(preset)[0]
    assert visible, f"nothing changes without {rule}"


def test_titles_are_sentences_with_a_source():
    unsourced = [rule.id for rule in all_rules() if not rule.title.endswith((".", ")"))]
    assert unsourced == []
    assert sum(bool(re.search(r"\(RFC|\(erratum", rule.title)) for rule in all_rules()) > 150
