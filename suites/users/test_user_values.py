"""Whether the attributes of a user come back as they were sent (RFC 7643 section 4.1)."""

from __future__ import annotations

import base64
import re
import unicodedata
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import NotApplicable, check, find, is_unassigned

if TYPE_CHECKING:
    from scimulator.kit import Answer, Json, JsonObject, Judge, Resources, Session

_SINGLE: dict[str, tuple[Json, str]] = {
    "name.formatted": ("Ms. Barbara Jane Jensen, III", "RFC7643-4.1.1-06"),
    "name.familyName": ("Jensen", "RFC7643-4.1.1-07"),
    "name.givenName": ("Barbara", "RFC7643-4.1.1-08"),
    "name.middleName": ("Jane", "RFC7643-4.1.1-09"),
    "name.honorificPrefix": ("Ms.", "RFC7643-4.1.1-10"),
    "name.honorificSuffix": ("III", "RFC7643-4.1.1-11"),
    "displayName": ("Babs Jensen", "RFC7643-4.1.1-12"),
    "nickName": ("Babs", "RFC7643-4.1.1-13"),
    "profileUrl": ("https://login.scimulator.example/bjensen", "RFC7643-4.1.1-14"),
    "title": ("Tour Guide", "RFC7643-4.1.1-15"),
    "userType": ("Employee", "RFC7643-4.1.1-16"),
    "preferredLanguage": ("en-US", "RFC7643-4.1.1-17"),
    "locale": ("en-US", "RFC7643-4.1.1-18"),
    "timezone": ("America/Los_Angeles", "RFC7643-4.1.1-19"),
    "active": (True, "RFC7643-4.1.1-20"),
}


@check("users.values.single", *(per for _, per in _SINGLE.values()))
def test_single_values_come_back(users: Resources, judge: Judge) -> None:
    """Every single-valued attribute that the target offers comes back as it was sent.

    One user is made with all of them; where that is refused, one user per attribute tells which it was.
    """
    offered = {path: value for path, (value, _) in _SINGLE.items() if users.offers(path)}
    answer, shown = _stored(users, offered)
    if shown is None:
        for path, value in offered.items():
            alone, one = _stored(users, {path: value})
            judge.require(
                one is not None, f"a user with {path} {value!r} was refused with {alone.status_code}", kind="refused",
                at=path, per=_SINGLE[path][1],
            )  # fmt: skip
            if one is not None:
                _compare(alone, one, path, value)
        return
    for path, value in offered.items():
        _compare(answer, shown, path, value)


def _stored(users: Resources, values: dict[str, Json]) -> tuple[Answer, JsonObject | None]:
    body = users.body()
    names: JsonObject = {}
    for path, value in values.items():
        parent, _, child = path.rpartition(".")
        if parent:
            names[child] = value
        else:
            body[path] = value
    if names:
        body["name"] = names
    answer = users.post(body)
    return answer, users.made(answer, body).read() if answer.ok else None


def _compare(answer: Answer, shown: JsonObject, path: str, value: Json) -> None:
    found = find(shown, path)
    answer.require(
        found == value, f"{path} was sent as {value!r} and is {None if is_unassigned(found) else found!r}",
        kind="lost" if is_unassigned(found) else "altered", at=path, wanted=value, per=_SINGLE[path][1],
    )  # fmt: skip


_CERTIFICATE = (
    "MIIBkjCCATegAwIBAgIUSgTFJnHFsI9QPK1O1RFp0oClXvQwCgYIKoZIzj0EAwIwHTEbMBkGA1UEAwwSc2NpbXVsYXRvci5leGFtcGxlMCAX"
    "DTI2MTEyNTAyNTI1M1oYDzIxMjYxMTAxMDI1MjUzWjAdMRswGQYDVQQDDBJzY2ltdWxhdG9yLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjO"
    "PQMBBwNCAAQ06EgxsBuSxfDLjwjE1bSIa+NhRg8asXj5J8yDSP0YLTtS8hpBk48lXNAbogunOBzf2o9sVvaHU+IzTYke359Qo1MwUTAdBgNV"
    "HQ4EFgQUz0RrRr/fIwni3Ap2KMb0vBHn/BcwHwYDVR0jBBgwFoAUz0RrRr/fIwni3Ap2KMb0vBHn/BcwDwYDVR0TAQH/BAUwAwEB/zAKBggq"
    "hkjOPQQDAgNJADBGAiEAwzKWe2fyc7e/p+RpkRvCpKEQTCahqEw2dcHPclL8VekCIQDdgVnrxsmo2Fsdj+uk8scd33tu68xbG7aRZ2wtTYu4"
    "Sw=="
)
"""A self-signed certificate of scimulator.example whose key was thrown away."""

_MULTI: dict[str, tuple[list[JsonObject], str]] = {
    "emails": (
        [{"value": "{}@work.scimulator.example", "type": "work", "primary": True},
         {"value": "{}@home.scimulator.example", "type": "home"}],
        "RFC7643-4.1.2-01",
    ),
    "phoneNumbers": (
        [{"value": "tel:+1-201-555-0123", "type": "work"}, {"value": "tel:+1-201-555-0124", "type": "mobile"}],
        "RFC7643-4.1.2-02",
    ),
    "ims": ([{"value": "babs", "type": "xmpp"}, {"value": "bjensen", "type": "skype"}], "RFC7643-4.1.2-03"),
    "photos": (
        [{"value": "https://photos.scimulator.example/a.jpg", "type": "photo"},
         {"value": "https://photos.scimulator.example/b.jpg", "type": "thumbnail"}],
        "RFC7643-4.1.2-04",
    ),
    "addresses": (
        [{"streetAddress": "100 Universal City Plaza", "locality": "Hollywood", "region": "CA", "postalCode": "91608",
          "country": "US", "type": "work"},
         {"streetAddress": "456 Hollywood Blvd", "locality": "Hollywood", "country": "US", "type": "home"}],
        "RFC7643-4.1.2-05",
    ),
    "entitlements": ([{"value": "reports"}, {"value": "exports"}], "RFC7643-4.1.2-06"),
    "roles": ([{"value": "Student", "type": "campus"}, {"value": "Tutor", "type": "lab"}], "RFC7643-4.1.2-07"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(_MULTI))
@check("users.values.multi", *(per for _, per in _MULTI.values()))
def test_multi_values_come_back(users: Resources, name: str) -> None:
    """Every element of a multi-valued attribute that the target offers comes back with its sub-attributes."""
    if not users.offers(name):
        raise NotApplicable(f"the target's /Schemas does not offer {name}")
    template, per = _MULTI[name]
    body = users.body()
    local = str(body["userName"]).partition("@")[0]
    sent = [{key: _filled(value, local) for key, value in each.items()} for each in template]
    body[name] = list(sent)
    answer = users.post(body)
    if not answer.ok:
        answer.require(
            condition=False, message=f"a user with two {name} was refused with {answer.status_code}", kind="refused",
            at=name, per=per,
        )  # fmt: skip
        return
    found = find(users.made(answer, body).read(), name)
    shown = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    for element in sent:
        wanted = {key: value for key, value in element.items() if users.offers(f"{name}.{key}")}
        answer.require(
            any(all(_alike(name, find(each, key), value) for key, value in wanted.items()) for each in shown),
            f"{name} was sent with {wanted}, the user shows {shown}",
            kind="lost",
            at=name,
            wanted=wanted,
            per=per,
        )


def _filled(value: Json, local: str) -> Json:
    return value.replace("{}", local) if isinstance(value, str) else value


def _alike(name: str, found: Json | object, sent: Json) -> bool:
    """Tell whether a value is the one that was sent or its canonical form (RFC 7643 section 2.4)."""
    if not isinstance(found, str) or not isinstance(sent, str):
        return found is sent if isinstance(sent, bool) else found == sent
    if name == "phoneNumbers":
        return re.sub(r"\D", "", found) == re.sub(r"\D", "", sent) if "+" in sent else found == sent
    return found.casefold() == sent.casefold()


@check("users.values.certificate", "RFC7643-2.3.6-02", "RFC7643-4.1.2-08", attributes=("x509Certificates",))
def test_a_certificate_comes_back_byte_for_byte(users: Resources) -> None:
    """Binary values come back byte for byte as they were sent."""
    body = users.body(x509Certificates=[{"value": _CERTIFICATE}])
    answer = users.post(body)
    if not answer.ok:
        raise NotApplicable(f"the target refuses a user with a certificate ({answer.status_code})")
    found = find(users.made(answer, body).read(), "x509Certificates[0].value")
    if not isinstance(found, str):
        answer.require(
            condition=False, message="the certificate was not kept", kind="lost", at="x509Certificates",
            per="RFC7643-4.1.2-08",
        )  # fmt: skip
        return
    answer.require(
        _bytes(found) == base64.b64decode(_CERTIFICATE), "the certificate came back with other bytes", kind="altered",
        at="x509Certificates.value", got=found,
    )  # fmt: skip


def _bytes(text: str) -> bytes:
    plain = re.sub(r"\s", "", text).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except ValueError:
        return b""


@check("users.values.two-primaries", "RFC7643-2.4-03", attributes=("emails",))
def test_two_primaries_become_one(users: Resources) -> None:
    """Several primary elements in a request are refused or cut down to one."""
    body = users.body()
    local = str(body["userName"]).partition("@")[0]
    body["emails"] = [
        {"value": f"{local}@one.scimulator.example", "type": "work", "primary": True},
        {"value": f"{local}@two.scimulator.example", "type": "home", "primary": True},
    ]
    answer = users.post(body)
    if not answer.ok:
        answer.refused(400, scim_type=("invalidValue", "invalidSyntax"))
        return
    found = find(users.made(answer, body).read(), "emails[*].primary")
    count = sum(each is True for each in found) if isinstance(found, list) else 0
    answer.require(count <= 1, f"{count} emails of the user are primary", kind="two-primaries", at="emails.primary")


@check("users.values.twin-elements", "RFC7643-2.4-06", attributes=("emails",))
def test_equal_elements_become_one(users: Resources) -> None:
    """A multi-valued attribute does not come back with two elements of equal type and value."""
    body = users.body()
    twin: JsonObject = {"value": str(body["userName"]), "type": "work"}
    if "@" not in str(body["userName"]):
        twin["value"] = f"{body['userName']}@scimulator.example"
    body["emails"] = [dict(twin), dict(twin)]
    answer = users.post(body)
    if not answer.ok:
        answer.refused(400)
        return
    found = find(users.made(answer, body).read(), "emails[*].value")
    count = len(found) if isinstance(found, list) else 0
    answer.require(count <= 1, "the same email comes back twice", kind="twice", at="emails")


_TEXTS: dict[str, tuple[str, str]] = {
    "latin-and-han": ("Zo\u00eb M\u00fcller \u6f22\u5b57", "RFC7644-3.8-01"),
    "combining": ("Ame\u0301lie A\u030angstro\u0308m", "RFC7644-5-06"),
    "right-to-left": ("\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627", "RFC7644-5-06"),
    "beyond-bmp": ("Emoji \U0001f9d1\u200d\U0001f680 \U00020bb7", "RFC7644-5-06"),
}


@pytest.mark.parametrize("script", list(_TEXTS))
@check("users.values.unicode", "RFC7644-3.8-02", "RFC7644-3.8-01", "RFC7644-3.8-03", "RFC7644-5-06")
def test_text_in_any_script_survives(users: Resources, script: str) -> None:
    """Text beyond ASCII is accepted without a charset parameter and comes back unharmed."""
    path = next((each for each in ("displayName", "name.familyName", "nickName") if users.offers(each)), None)
    if path is None:
        raise NotApplicable("the target offers no attribute for free text")
    text, per = _TEXTS[script]
    body = users.body()
    if path == "name.familyName":
        body["name"] = {"givenName": "Zo", "familyName": text}
    else:
        body[path] = text
    answer = users.post(body).success(per=per)
    if not answer.ok:
        return
    found = find(users.made(answer, body).read(), path)
    if not isinstance(found, str) or not found:
        raise NotApplicable(f"the target does not keep {path} (users.values.single judges that)")
    if unicodedata.normalize("NFC", found) == unicodedata.normalize("NFC", text):
        return
    garbled = "\ufffd" in found or "?" in found or found in _misread(text)
    answer.require(
        condition=False,
        message=f"{path} was sent as {text!r} and is {found!r}",
        kind="garbled" if garbled else "altered",
        at=path,
        wanted=text,
        got=found,
        per="RFC7644-3.8-02" if garbled and per == "RFC7644-3.8-01" else "RFC7644-5-06",
    )


def _misread(text: str) -> set[str]:
    """Return what becomes of UTF-8 that is read as something else."""
    return {text.encode().decode(name, errors="replace") for name in ("latin-1", "cp1252", "ascii")}


@check("users.values.schemas", "RFC7643-3.3-01", "RFC7643-3-03", "RFC7643-4.1-01", "RFC7644-3.1-01")
def test_a_user_names_its_schema(users: Resources, scim: Session, judge: Judge) -> None:
    """A user lists the User schema, and no schema that its resource type does not have."""
    shown = users.sample().read()
    listed = shown.get("schemas")
    names = {str(each).lower() for each in listed} if isinstance(listed, list) else set()
    judge.require(
        "urn:ietf:params:scim:schemas:core:2.0:user" in names, f"a user's schemas are {listed!r}", kind="schemas",
        at="schemas", got=listed,
    )  # fmt: skip
    kinds = [each for each in scim.discovery.resource_types() if each.get("name") == "User"]
    if kinds:
        extensions = find(kinds[0], "schemaExtensions[*].schema")
        known = {str(kinds[0].get("schema")).lower()}
        known |= {str(each).lower() for each in extensions} if isinstance(extensions, list) else set()
        judge.require(
            names <= known, f"a user lists {sorted(names - known)}, which its resource type does not have",
            kind="foreign-schema", at="schemas", per="RFC7643-3-03",
        )  # fmt: skip
