from __future__ import annotations

import json

import pytest

from scimulator.catalogue.profiles import Profile
from scimulator.idp.render import MissingValueError, fill, render

OKTA = Profile.load("okta.template")
ENTRA = Profile.load("entra.legacy")


def test_okta_writes_a_space_as_percent_20():
    request = render(OKTA, "users.find", {"userName": "ada quill@x.example"})
    wanted = "/Users?filter=userName%20eq%20%22ada%20quill%40x.example%22&startIndex=1&count=100"
    assert request.target == wanted


def test_entra_writes_a_space_as_plus():
    request = render(ENTRA, "groups.find", {"displayName": "Orchid Team"})
    assert request.target == "/Groups?excludedAttributes=members&filter=displayName+eq+%22Orchid+Team%22"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ('say "hi"', "say+%5C%22hi%5C%22"),
        ("back\\slash", "back%5C%5Cslash"),
        ("a+b&c=d#e", "a%2Bb%26c%3Dd%23e"),
        ("Ünïcode", "%C3%9Cn%C3%AFcode"),
        ("o'neil/x", "o%27neil%2Fx"),
    ],
)
def test_reserved_characters_in_a_filter_value(value: str, wanted: str):
    assert render(ENTRA, "users.find", {"userName": value}).query == f"filter=userName+eq+%22{wanted}%22"


def test_hex_digits_of_brackets_are_a_switch():
    upper = render(ENTRA, "users.find.email", {"email": "a@b"})
    lower = render(Profile.load("entra.legacy", on=["lower-hex"]), "users.find.email", {"email": "a@b"})
    assert upper.query == "filter=emails%5Btype+eq+%22work%22%5D.value+eq+%22a%40b%22"
    assert lower.query == "filter=emails%5btype+eq+%22work%22%5d.value+eq+%22a%40b%22"


def test_an_id_in_a_path_is_one_segment():
    assert render(OKTA, "users.push.read", {"id": "a/b?c"}).target == "/Users/a%2Fb%3Fc"


def test_okta_reads_have_no_content_type():
    request = render(OKTA, "connection.users")
    assert request.headers == (
        ("Accept", "application/scim+json"),
        ("Accept-Charset", "utf-8"),
        ("User-Agent", "Okta SCIM Client 1.0.0"),
        ("Connection", "Keep-Alive"),
        ("Accept-Encoding", "gzip,deflate"),
    )


def test_places_of_the_transport_can_be_kept():
    request = render(OKTA, "users.deactivate", {"id": "1"}, keep_places=True)
    assert [name for name, _ in request.headers] == [
        "Accept",
        "Accept-Charset",
        "Content-Type",
        "User-Agent",
        "Authorization",
        "Content-Length",
        "Host",
        "Connection",
        "Accept-Encoding",
    ]
    assert request.header("Authorization") == "{{authorization}}"


def test_entra_says_neither_accept_nor_user_agent():
    assert render(ENTRA, "connection.users", {"guid": "g"}).headers == ()
    write = render(ENTRA, "users.deactivate", {"id": "1"})
    assert write.headers == (("Content-Type", "application/scim+json; charset=utf-8"),)


def test_optional_header_and_flag_of_entra():
    profile = Profile.load("entra.optscim", on=["adscimversion", "flag-on-wire"])
    request = render(profile, "users.find", {"userName": "a"})
    assert request.header("ADSCIMVersion") == "5.0"
    assert request.target == "/Users?aadOptscim062020&filter=userName+eq+%22a%22"


def test_bodies_are_compact():
    """The published Content-Length of this very request is 118."""
    assert len(render(OKTA, "users.deactivate", {"id": "1"}).body) == 118


def test_text_stays_utf_8():
    body = render(OKTA, "groups.rename", {"id": "1", "displayName": "Größe ☂"}).body
    assert "Größe ☂".encode() in body


def test_a_missing_value_is_named():
    with pytest.raises(MissingValueError, match=r"users\.find.*'userName'"):
        render(OKTA, "users.find")


def test_a_template_drops_what_the_resource_lacks_and_spreads_the_rest():
    template = {"a": "{{resource.a}}", "b": "{{resource.b}}", "{{...resource}}": True, "z": [1]}
    made = fill(template, {"resource": {"y": 2, "a": None}})
    assert json.dumps(made) == '{"a": null, "y": 2, "z": [1]}'
