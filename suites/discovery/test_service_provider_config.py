"""What a ServiceProviderConfig says (RFC 7643 section 5, RFC 7644 section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import Blocked, NotApplicable, check, find, is_unassigned

if TYPE_CHECKING:
    from scimulator.kit import Answer, JsonObject, Session

_URN = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
_PATH = "/ServiceProviderConfig"


def _config(scim: Session) -> Answer:
    answer = scim.document(_PATH)
    if answer.status_code != 200 or not answer.body:
        raise Blocked("discovery.config.served", f"GET {_PATH} was answered {answer.status_code}")
    return answer


@check("discovery.config.served", "RFC7644-4-01", "RFC7644-4-02", "RFC7644-4-26", writes=False)
def test_the_configuration_is_served(scim: Session) -> None:
    """ServiceProviderConfig can be read; it is one object that declares its own schema."""
    answer = scim.document(_PATH).status(200)
    answer.require(
        is_unassigned(find(answer.body, "Resources")) and "totalResults" not in answer.body,
        "ServiceProviderConfig came as a list",
        kind="list",
        per="RFC7644-4-02",
    )
    listed = answer.body.get("schemas")
    answer.require(
        isinstance(listed, list) and _URN.lower() in {str(each).lower() for each in listed},
        f"the schemas of ServiceProviderConfig are {listed!r}",
        kind="schemas",
        at="schemas",
        wanted=[_URN],
        got=listed,
    )


_FEATURES = {
    "patch": ("RFC7643-5-01", "RFC7643-5-02"),
    "bulk": ("RFC7643-5-03", "RFC7643-5-04"),
    "filter": ("RFC7643-5-07", "RFC7643-5-08"),
    "changePassword": ("RFC7643-5-10", "RFC7643-5-11"),
    "sort": ("RFC7643-5-12", "RFC7643-5-13"),
    "etag": ("RFC7643-5-14", "RFC7643-5-15"),
}


@pytest.mark.parametrize("feature", list(_FEATURES))
@check("discovery.config.features", *(each for pair in _FEATURES.values() for each in pair), writes=False)
def test_each_feature_is_stated(scim: Session, feature: str) -> None:
    """ServiceProviderConfig says of each optional feature, with a boolean, whether it is supported."""
    answer = _config(scim)
    there, stated = _FEATURES[feature]
    found = find(answer.body, feature)
    answer.require(
        isinstance(found, dict), f"ServiceProviderConfig has no object {feature}", kind="missing", at=feature, per=there
    )
    said = find(answer.body, f"{feature}.supported")
    answer.require(
        isinstance(said, bool), f"{feature}.supported is no boolean", kind="type", at=f"{feature}.supported", per=stated
    )


_LIMITS = {
    "bulk.maxOperations": "RFC7643-5-05",
    "bulk.maxPayloadSize": "RFC7643-5-06",
    "filter.maxResults": "RFC7643-5-09",
}


@pytest.mark.parametrize("limit", list(_LIMITS))
@check("discovery.config.limits", *_LIMITS.values(), "RFC7643-5-28", writes=False)
def test_each_limit_is_an_integer(scim: Session, limit: str) -> None:
    """ServiceProviderConfig states its limits with integers, also of a feature that is not supported."""
    answer = _config(scim)
    found = find(answer.body, limit)
    number = found if isinstance(found, int) and not isinstance(found, bool) else None
    answer.require(number is not None, f"{limit} is no integer", kind="type", at=limit, per=_LIMITS[limit])
    supported = find(answer.body, f"{limit.partition('.')[0]}.supported") is True
    answer.require(
        number is not None and number >= (1 if supported else 0),
        f"{limit} is {number}",
        kind="limit",
        at=limit,
        got=number,
        per="RFC7643-5-28",
    )


_SCHEME_TYPES = ("oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest")


@check(
    "discovery.config.authentication-schemes",
    "RFC7643-5-16",
    "RFC7643-5-17",
    "RFC7643-5-18",
    "RFC7643-5-19",
    "RFC7643-5-21",
    "RFC7643-5-24",
    writes=False,
)
def test_authentication_schemes_are_described(scim: Session) -> None:
    """ServiceProviderConfig lists its authentication schemes, each with type, name and description."""
    answer = _config(scim)
    found = find(answer.body, "authenticationSchemes")
    answer.require(
        isinstance(found, list), "authenticationSchemes is no array", kind="type", at="authenticationSchemes"
    )
    schemes = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    answer.require(
        schemes or scim.target.credentials is None,
        "the target wants credentials, yet authenticationSchemes is empty",
        kind="empty",
        at="authenticationSchemes",
    )
    for name, per in (("type", "RFC7643-5-17"), ("name", "RFC7643-5-18"), ("description", "RFC7643-5-19")):
        for position, scheme in enumerate(schemes):
            value = find(scheme, name)
            answer.require(
                isinstance(value, str) and value,
                f"authentication scheme {position} has no {name}",
                kind="missing",
                at=f"authenticationSchemes[{position}].{name}",
                per=per,
            )
    for scheme in schemes:
        kind = find(scheme, "type")
        answer.require(
            kind in _SCHEME_TYPES, f"the authentication scheme type {kind!r} is none of the defined ones", kind="word",
            at="authenticationSchemes.type", got=str(kind), per="RFC7643-5-21",
        )  # fmt: skip
    primaries = sum(find(scheme, "primary") is True for scheme in schemes)
    answer.require(
        primaries <= 1, f"{primaries} authentication schemes are primary", kind="primaries",
        at="authenticationSchemes.primary", per="RFC7643-5-24",
    )  # fmt: skip


@check("discovery.config.anonymous", "RFC7643-5-20", writes=False)
def test_the_schemes_can_be_read_by_anybody(scim: Session) -> None:
    """The authentication schemes can be read without credentials, so that a client learns how to get in."""
    if scim.target.credentials is None:
        raise NotApplicable("the run uses no credentials")
    answer = scim.request("GET", _PATH, authenticate=False)
    answer.require(
        answer.status_code == 200 and not is_unassigned(find(answer.body, "authenticationSchemes")),
        f"ServiceProviderConfig without credentials was answered {answer.status_code}",
        kind="closed",
        got=answer.status_code,
    )


_SINGLE = {"/ServiceProviderConfig": "RFC7643-5-26", "/Schemas": "RFC7643-7-22", "/ResourceTypes": "RFC7643-6-14"}


@pytest.mark.parametrize("path", list(_SINGLE))
@check("discovery.writes.refused", "RFC7644-4-17")
def test_writing_to_discovery_is_refused(scim: Session, path: str) -> None:
    """An attempt to write to a discovery endpoint is refused.

    What is sent is the document as it was read, so a server that takes it is not changed by it.
    """
    before, target = _first(scim, path)
    answer = scim.request("PUT", target, before.body if path == _PATH else _inner(before))
    answer.require(not answer.ok, f"PUT {target} was answered {answer.status_code}", kind="accepted")


@pytest.mark.parametrize("path", list(_SINGLE))
@check("discovery.writes.no-effect", *_SINGLE.values(), destructive=True)
def test_discovery_cannot_be_changed(scim: Session, path: str) -> None:
    """An attempt to write to a discovery document changes nothing in it."""
    before, target = _first(scim, path)
    inner = before.body if path == _PATH else _inner(before)
    marked: JsonObject = {**inner, "description": "changed by a client", "documentationUri": "https://changed.example/"}
    scim.request("PUT", target, marked)
    after = scim.request("GET", target)
    after.require(
        b"changed by a client" not in after.response.body and b"changed.example" not in after.response.body,
        f"a client changed {target}",
        kind="changed",
        per=_SINGLE[path],
    )


def _inner(listing: Answer) -> JsonObject:
    found = find(listing.body, "Resources[0]")
    return dict(found) if isinstance(found, dict) else {}


def _first(scim: Session, path: str) -> tuple[Answer, str]:
    answer = scim.request("GET", path)
    if answer.status_code != 200 or not answer.body:
        raise NotApplicable(f"GET {path} was answered {answer.status_code}")
    if path == _PATH:
        return answer, path
    name = _inner(answer).get("id") or _inner(answer).get("name")
    if not isinstance(name, str):
        raise NotApplicable(f"{path} lists nothing that could be addressed")
    return answer, f"{path}/{name}"
