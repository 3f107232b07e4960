"""Accept and Content-Type (RFC 7644 section 3.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import Purpose, check

if TYPE_CHECKING:
    from scimulator.kit import Answer, Resources, Session

_SCIM_JSON = "application/scim+json"
_JSON = (_SCIM_JSON, "application/json")


def _json(answer: Answer) -> bool:
    return bool(answer.body) and answer.response.media_type in _JSON


@check("errors.accept.json", "RFC7644-3.8-05")
def test_application_json_is_served(users: Resources) -> None:
    """An Accept of application/json is served with JSON."""
    answer = users.sample().get(headers={"Accept": "application/json"})
    answer.require(
        answer.status_code == 200 and _json(answer),
        f"Accept: application/json was answered {answer.status_code} with {answer.response.media_type!r}",
        kind="media-type", got=answer.response.media_type,
    )  # fmt: skip


@check("errors.accept.none", "RFC7644-3.8-06")
def test_scim_json_is_the_default(users: Resources) -> None:
    """A request without an Accept header is served with application/scim+json."""
    answer = users.sample().get(headers={"Accept": ""}).status(200)
    answer.require(
        answer.response.media_type == _SCIM_JSON,
        f"without an Accept header the media type is {answer.response.media_type!r}", kind="media-type",
        at="Content-Type", wanted=_SCIM_JSON, got=answer.response.media_type,
    )  # fmt: skip


@check("errors.accept.anything", "RFC7644-3.8-06")
def test_anything_means_scim_json(users: Resources) -> None:
    """A request that accepts anything is served, and should be with application/scim+json."""
    answer = users.sample().get(headers={"Accept": "*/*"}).status(200)
    answer.require(
        answer.response.media_type == _SCIM_JSON, f"with Accept: */* the media type is {answer.response.media_type!r}",
        kind="media-type", at="Content-Type", wanted=_SCIM_JSON, got=answer.response.media_type, soft=True,
    )  # fmt: skip


_LISTS = {
    "quality": "text/html;q=0.1, application/scim+json",
    "both-json": "application/scim+json, application/json;q=0.9",
    "parameter": "application/scim+json;charset=utf-8",
    "wildcard-last": "application/scim+json, */*;q=0.1",
}


@pytest.mark.parametrize("case", list(_LISTS))
@check("errors.accept.list", "RFC7644-3.8-07", "RFC7644-3.8-10")
def test_a_list_of_media_types_is_understood(users: Resources, case: str) -> None:
    """An Accept list with quality values or parameters is understood, and JSON is served where the list has it."""
    answer = users.sample().get(headers={"Accept": _LISTS[case]})
    # A parameter on the media type is registered nowhere (RFC 7644 section 8.1), so refusing it only warns.
    per = "RFC7644-3.8-10" if case == "parameter" else "RFC7644-3.8-07"
    answer.require(
        answer.ok and answer.body and "html" not in answer.response.media_type,
        f"Accept: {_LISTS[case]} was answered {answer.status_code} with {answer.response.media_type!r}",
        kind="not-served", got=answer.response.media_type, per=per,
    )  # fmt: skip
    answer.require(
        answer.response.media_type == _SCIM_JSON,
        f"Accept: {_LISTS[case]} was served with {answer.response.media_type!r}",
        kind="media-type", got=answer.response.media_type, per=per, soft=True,
    )  # fmt: skip


@check("errors.accept.foreign", "RFC7644-3.8-08")
def test_an_accept_without_json_is_refused_or_served_with_json(users: Resources) -> None:
    """An Accept without any kind of JSON is refused with 406 or served with JSON all the same."""
    answer = users.sample().get(headers={"Accept": "application/xml"})
    answer.require(
        answer.status_code == 406 or (answer.status_code == 200 and _json(answer)),
        f"Accept: application/xml was answered {answer.status_code} with {answer.response.media_type!r}",
        kind="media-type", got=answer.status_code,
    )  # fmt: skip


_BODIES = {
    "json": ("application/json", "RFC7644-3.3-21"),
    "charset": ("application/scim+json; charset=utf-8", "RFC7644-3.8-10"),
    "json-charset": ("application/json; charset=UTF-8", "RFC7644-3.8-10"),
}


@pytest.mark.parametrize("case", list(_BODIES))
@check("errors.content-type.accepted", "RFC7644-3.3-21", "RFC7644-3.8-10")
def test_usual_labels_are_accepted(users: Resources, case: str) -> None:
    """A create sent as application/json, or with a charset parameter, is accepted: clients in use send both."""
    label, per = _BODIES[case]
    answer = users.post(users.body(), headers={"Content-Type": label})
    answer.require(
        answer.ok, f"a create with Content-Type {label} was answered {answer.status_code}", kind="refused",
        got=answer.status_code, per=per,
    )  # fmt: skip


@check("errors.content-type.foreign", "RFC7644-3.8-09", "RFC7644-3.3-15")
def test_a_foreign_label_is_refused(users: Resources, scim: Session) -> None:
    """A body whose media type the server does not read is answered 415, and nothing is made of it."""
    body = users.body()
    answer = users.post(body, headers={"Content-Type": "application/xml"})
    answer.require(
        answer.status_code in (400, 415), f"a create labelled application/xml was answered {answer.status_code}",
        kind="status", wanted=415, got=answer.status_code,
    )  # fmt: skip
    if not answer.ok:
        left = scim.find_marked(users.endpoint, str(body["userName"]))
        answer.require(
            not left, "the create was refused for its media type, yet the user exists", kind="left-behind",
            per="RFC7644-3.3-15",
        )  # fmt: skip


@check("errors.response-charset", "RFC7644-3.8-02", writes=False)
def test_no_other_charset_is_declared(scim: Session) -> None:
    """An answer that names a charset names UTF-8."""
    answer = scim.request("GET", "/ServiceProviderConfig", purpose=Purpose.JUDGED)
    label = (answer.header_value("Content-Type") or "").lower().replace(" ", "").replace('"', "")
    charset = label.partition("charset=")[2].partition(";")[0]
    answer.require(
        charset in ("", "utf-8", "utf8"), f"the answer declares the charset {charset!r}", kind="charset",
        at="Content-Type", wanted="utf-8", got=charset,
    )  # fmt: skip
