"""Credentials, media types, versions, errors and discovery."""

from __future__ import annotations

import base64
import json

import pytest

from scimulator.exchange.message import Request
from scimulator.provider import Provider

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


def basic(text):
    return f"Basic {base64.b64encode(text.encode()).decode()}"


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Bearer s3cret", 200),
        ("bearer   s3cret", 200),
        (basic("ida:pa:ss"), 200),
        ("", 401),
        ("s3cret", 401),
        ("Basic s3cret", 401),
        ("Bearer", 401),
        ("Bearer s3cret more", 401),
        ("Bearer wrong", 401),
        ("Bearer s3crét", 401),
        (basic("ida:wrong"), 401),
        ("Basic !!!", 401),
    ],
)
def test_credentials(make_caller, header, status):
    call = make_caller(token="s3cret", basic=("ida", "pa:ss"))
    answer = call("GET", "/Users", **({"Authorization": header} if header else {}))
    assert answer.status == status
    if status == 401:
        assert [value.split()[0] for name, value in answer.headers if name == "WWW-Authenticate"] == ["Bearer", "Basic"]
        assert json.loads(answer.body)["schemas"] == [ERROR]
        assert b"s3cr" not in answer.body
    schemes = {"Authorization": "Bearer s3cret"}
    listed = call.json("GET", "/ServiceProviderConfig", **schemes)["authenticationSchemes"]
    assert [scheme["type"] for scheme in listed] == ["oauthbearertoken", "httpbasic"]


@pytest.mark.parametrize(
    ("method", "target", "body", "headers", "status", "scim_type"),
    [
        ("GET", "/Users/unknown", None, {}, 404, None),
        ("GET", "/Groups/unknown", None, {}, 404, None),
        ("GET", "/nothing", None, {}, 404, None),
        ("GET", "/users", None, {}, 404, None),
        ("GET", "/Users/a/b", None, {}, 404, None),
        ("PUT", "/Users", {}, {}, 405, None),
        ("DELETE", "/Groups", None, {}, 405, None),
        ("POST", "/Users/some", {}, {}, 405, None),
        ("GET", "/Users/.search", None, {}, 405, None),
        ("POST", "/", {}, {}, 405, None),
        ("POST", "/Schemas", {}, {}, 405, None),
        ("GET", "/Me", None, {}, 501, None),
        ("POST", "/Bulk", {}, {}, 501, None),
        ("POST", "/Users", b"{", {}, 400, "invalidSyntax"),
        ("POST", "/Users", b"[]", {}, 400, "invalidSyntax"),
        ("POST", "/Users", b"", {}, 400, "invalidSyntax"),
        ("POST", "/Users", b'{"a":NaN}', {}, 400, "invalidSyntax"),
        ("POST", "/Users", b'{"userName":"\xff"}', {}, 400, "invalidSyntax"),
        ("POST", "/Users", b'{"userName":"\\ud800"}', {}, 400, "invalidSyntax"),
        ("POST", "/Users", b"[" * 5000, {}, 400, "invalidSyntax"),
        ("POST", "/Users", b"a=1", {"Content-Type": "application/x-www-form-urlencoded"}, 415, None),
        ("POST", "/Users", b" " * 5_000_000, {}, 413, None),
        ("GET", "/Schemas?filter=id+pr", None, {}, 403, None),
        ("GET", "/ResourceTypes?filter=id+pr", None, {}, 403, None),
        ("GET", "/Schemas/urn:nobody", None, {}, 404, None),
        ("GET", "/ServiceProviderConfig/x", None, {}, 404, None),
    ],
)
def test_refusals_are_error_bodies(  # noqa: PLR0917  # a table has as many columns as it needs
    call, method, target, body, headers, status, scim_type
):
    answer = call(method, target, body, **headers)
    error = json.loads(answer.body)
    assert (answer.status, error["status"], error.get("scimType")) == (status, str(status), scim_type)
    assert error["schemas"] == [ERROR]
    assert error["detail"]
    assert answer.media_type == "application/scim+json"
    assert (answer.header("Allow") is not None) == (status == 405)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/scim+json",
        "application/json",
        "Application/SCIM+JSON; charset=UTF-8",
        "application/json;charset=utf-8",
    ],
)
def test_media_types_that_are_read(call, content_type):
    body = json.dumps({"schemas": [USER], "userName": "ann"}).encode()
    assert call("POST", "/Users", body, **{"Content-Type": content_type}).status == 201


def test_versions_guard_reads_and_writes(call):
    user = call.user()
    target, version = f"/Users/{user['id']}", user["meta"]["version"]
    body = {"schemas": [USER], "userName": "ann", "title": "T"}
    for tags in (version, f'"x", {version}', "*", version.removeprefix("W/")):
        unchanged = call("GET", target, If_None_Match=tags)
        assert (unchanged.status, unchanged.body, unchanged.header("ETag")) == (304, b"", version)
    assert call("GET", target, If_None_Match='W/"other"').status == 200
    for method in ("PUT", "PATCH", "DELETE"):
        assert call.json(method, target, body, 412, If_Match='W/"other"')["status"] == "412"
        assert call.json(method, target, body, 412, If_None_Match=version)["status"] == "412"
    assert call.get(user) == user
    changed = call("PUT", target, body, If_Match=version)
    assert changed.status == 200
    assert changed.header("ETag") == json.loads(changed.body)["meta"]["version"] != version
    assert call("PUT", target, body, If_Match=version).status == 412
    assert call("GET", "/Users/unknown", If_None_Match="*").status == 404
    assert call("DELETE", target, If_Match="*").status == 204


def test_discovery_names_everything_and_agrees_with_itself(call):
    types = call.json("GET", "/ResourceTypes")["Resources"]
    schemas = {schema["id"]: schema for schema in call.json("GET", "/Schemas")["Resources"]}
    for kind in types:
        assert call.json("GET", f"/ResourceTypes/{kind['id']}") == kind
        assert call.json("GET", kind["endpoint"])["totalResults"] == 0
        assert {kind["schema"], *(extension["schema"] for extension in kind["schemaExtensions"])} <= set(schemas)
    for urn, schema in schemas.items():
        assert call.json("GET", f"/Schemas/{urn}") == schema
        assert call.json("GET", f"/Schemas/{urn.replace(':', '%3A')}") == schema
        assert schema["meta"]["location"].endswith(f"/Schemas/{urn}")
    config = call.json("GET", "/ServiceProviderConfig")
    assert config["bulk"]["supported"] is False
    assert all(config[name]["supported"] for name in ("patch", "filter", "sort", "etag", "changePassword"))


def test_addresses_come_from_the_configuration(call):
    user = call.user()
    answer = call("GET", f"/Users/{user['id']}", Host="evil.example", X_Forwarded_Host="evil.example")
    assert b"evil" not in answer.body


def test_odd_targets_do_no_harm(call):
    call.user("a b+c")
    paths = ["", "/", "//Users", "/Users/", "/Users/%00", "/%2e%2e/Users", "/Users#x"]
    queries = ["", "&&=&a", "filter=%zz", "filter=userName+eq+%22a%20b%2Bc%22&filter=bad", "attributes=%ff", "count=é"]
    for target in (*paths, *(f"/Users?{query}" for query in queries)):
        assert call("GET", target).status in {200, 400, 404}
    assert call("FOO", "/Users").status == 405
    assert len(call.found('userName eq "a b+c"')) == 1


def test_a_crash_inside_is_answered_500_and_kept(call):
    def broken(_request, _handle):
        raise RuntimeError("a defect")

    call.provider.rules.around = broken
    assert json.loads(call("GET", "/Users").body)["status"] == "500"
    assert [str(error) for error in call.provider.crashes] == ["a defect"]
    call.provider.rules.error_body = broken
    assert call("GET", "/Users").status == 500
    call.provider.crashes.clear()


def test_ids_clock_and_seed_are_injected():
    def answers():
        provider = Provider("http://x/v2", seed=5)
        made = [provider.handle(Request("POST", "/Users", (), b'{"userName":"%d"}' % n)) for n in range(3)]
        return [json.loads(answer.body)["id"] for answer in made]

    assert answers() == answers()
    counted = Provider("http://x/v2/", ids=iter(["one"]).__next__)
    made = json.loads(counted.handle(Request("POST", "/Users", (), b'{"userName":"a"}')).body)
    assert made["meta"]["location"] == "http://x/v2/Users/one"
