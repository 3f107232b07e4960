"""The SCIM endpoint of the club, on Django."""

from __future__ import annotations

import hmac
import json
import uuid
from typing import TYPE_CHECKING, Any

import discovery
import scim
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.utils import timezone
from scim import ENTERPRISE, GROUP, USER, Resource, ScimError

from company.models import Committee, Member

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest

PREFIX = "/scim/v2"
MEDIA_TYPE = "application/scim+json"


class ScimGate:
    """Lets in who has the token, and turns refusals into SCIM errors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.encode(), settings.SCIM_TOKEN.encode()):
            answer = refused(ScimError(401, "a valid bearer token is needed"))
            answer["WWW-Authenticate"] = "Bearer"
            return answer
        answer = self.get_response(request)
        if request.method == "HEAD":
            answer.content = b""
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Http404):
            return refused(ScimError(404, f"there is nothing at {request.path}"))
        return refused(error) if isinstance(error, ScimError) else None


# -- the club's tables and SCIM's resources


def user_of(one: Member, base: str) -> Resource:
    name = {"givenName": one.first_name, "familyName": one.last_name}
    name = {key: value for key, value in name.items() if value}
    made: Resource = {
        "schemas": [USER, ENTERPRISE] if one.section else [USER],
        "id": str(one.id),
        "externalId": one.directory_id,
        "userName": one.login,
        "name": {**name, "formatted": " ".join(name.values())} if name else None,
        "displayName": one.nickname,
        "title": one.role,
        "active": not one.suspended,
        "emails": [{"value": one.email, "type": "work", "primary": True}] if one.email else None,
        "phoneNumbers": [
            {"value": value, "type": kind} for kind, value in (("work", one.phone), ("mobile", one.mobile)) if value
        ],
        "groups": [
            {"value": str(each.id), "display": each.name, "$ref": f"{base}/Groups/{each.id}", "type": "direct"}
            for each in one.committees.all()
        ],
        ENTERPRISE: {"department": one.section} if one.section else None,
        "meta": meta("User", one.id, one.joined, one.changed, base),
    }
    return {key: value for key, value in made.items() if value not in (None, "", [])}


def write_user(body: Resource, one: Member) -> None:
    """Carry a SCIM user over into a member."""
    login = scim.text(body, "userName")
    if not (login or "").strip():
        raise ScimError(400, "userName is required", "invalidValue")
    name, enterprise = scim.complex_of(body, "name"), scim.complex_of(body, ENTERPRISE)
    phones = scim.elements(body, "phoneNumbers")
    one.login, one.suspended = scim.normal(login or ""), not scim.active(body)
    one.first_name, one.last_name = scim.text(name, "givenName") or "", scim.text(name, "familyName") or ""
    one.nickname, one.role = scim.text(body, "displayName") or "", scim.text(body, "title") or ""
    one.directory_id = scim.text(body, "externalId") or ""
    one.email, one.section = scim.first(scim.elements(body, "emails")) or "", scim.text(enterprise, "department") or ""
    one.mobile = scim.first([each for each in phones if each.get("type") == "mobile"]) or ""
    one.phone = scim.first([each for each in phones if each.get("type") != "mobile"]) or ""
    try:
        with transaction.atomic():
            one.save()
    except IntegrityError as error:
        raise ScimError(409, f"somebody has the userName {one.login}", "uniqueness") from error


def group_of(one: Committee, base: str) -> Resource:
    made: Resource = {
        "schemas": [GROUP],
        "id": str(one.id),
        "externalId": one.directory_id,
        "displayName": one.name,
        "members": [
            {"value": str(each.id), "$ref": f"{base}/Users/{each.id}", "type": "User"} for each in one.members.all()
        ],
        "meta": meta("Group", one.id, one.founded, one.changed, base),
    }
    return {key: value for key, value in made.items() if value not in (None, "", [])}


def write_group(body: Resource, one: Committee) -> None:
    """Carry a SCIM group over into a committee."""
    name = scim.text(body, "displayName")
    if not (name or "").strip():
        raise ScimError(400, "displayName is required", "invalidValue")
    members = [found(Member, str(each.get("value")), 400) for each in scim.elements(body, "members")]
    one.name, one.directory_id = name or "", scim.text(body, "externalId") or ""
    with transaction.atomic():
        one.save()
        one.members.set(members)


def meta(kind: str, key: uuid.UUID, made: datetime, changed: datetime, base: str) -> Resource:
    return {
        "resourceType": kind,
        "created": made.isoformat().replace("+00:00", "Z"),
        "lastModified": changed.isoformat().replace("+00:00", "Z"),
        "location": f"{base}/{kind}s/{key}",
    }


def found(model: Any, key: str, status: int = 404) -> Any:
    try:
        return model.objects.get(id=uuid.UUID(key))
    except (ValueError, ObjectDoesNotExist) as error:
        kind = "invalidValue" if status == 400 else ""
        raise ScimError(status, f"there is no resource {key}", kind) from error


# -- the endpoint


def answered(body: Resource, request: HttpRequest, status: int = 200) -> HttpResponse:
    shown = scim.projected(body, request.GET.get("attributes"), request.GET.get("excludedAttributes"))
    answer = HttpResponse(json.dumps(shown), content_type=MEDIA_TYPE, status=status)
    if status == 201:
        answer["Location"] = body["meta"]["location"]
    return answer


def refused(error: ScimError) -> HttpResponse:
    return HttpResponse(json.dumps(error.body()), content_type=MEDIA_TYPE, status=error.status)


def only(request: HttpRequest, *methods: str) -> HttpResponse | None:
    if request.method in methods:
        return None
    answer = refused(ScimError(405, f"{request.method} is not possible here"))
    answer["Allow"] = ", ".join(methods)
    return answer


def base_of(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}{PREFIX}"


def collection(
    request: HttpRequest, model: Any, schema: str, shown: Callable[..., Resource], write: Callable[..., None]
) -> HttpResponse:
    base = base_of(request)
    if wrong := only(request, "GET", "HEAD", "POST"):
        return wrong
    if request.method != "POST":
        page = scim.page([shown(each, base) for each in model.objects.all()], request.GET)
        return HttpResponse(json.dumps(page), content_type=MEDIA_TYPE)
    now = timezone.now()
    one = Member(joined=now, changed=now) if model is Member else Committee(founded=now, changed=now)
    write(scim.parsed(request.body, schema), one)
    return answered(shown(one, base), request, 201)


def single(
    request: HttpRequest, one: Any, schema: str, shown: Callable[..., Resource], write: Callable[..., None]
) -> HttpResponse:
    base = base_of(request)
    if wrong := only(request, "GET", "HEAD", "PUT", "PATCH", "DELETE"):
        return wrong
    if request.method == "DELETE":
        one.delete()
        return HttpResponse(status=204)
    if request.method in ("PUT", "PATCH"):
        before = shown(one, base)
        if request.method == "PATCH":
            body = scim.patched(before, scim.parsed(request.body))
        else:
            body = scim.parsed(request.body, schema)
        write(body, one)
        if shown(one, base) != before:
            one.changed = timezone.now()
            one.save()
    return answered(shown(one, base), request)


def users(request: HttpRequest) -> HttpResponse:
    return collection(request, Member, USER, user_of, write_user)


def user(request: HttpRequest, key: str) -> HttpResponse:
    return single(request, found(Member, key), USER, user_of, write_user)


def groups(request: HttpRequest) -> HttpResponse:
    return collection(request, Committee, GROUP, group_of, write_group)


def group(request: HttpRequest, key: str) -> HttpResponse:
    return single(request, found(Committee, key), GROUP, group_of, write_group)


def described(request: HttpRequest, name: str, entry: str | None = None) -> HttpResponse:
    if wrong := only(request, "GET", "HEAD"):
        return wrong
    document = discovery.document(name, entry or "", base_of(request))
    if document is None:
        raise ScimError(404, f"there is nothing at {request.path}")
    return answered(document, request)
