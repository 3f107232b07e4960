"""The passive invariants themselves: what every exchange owes, one function each (see ``invariants``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from scimulator.kit.invariants import invariant
from scimulator.kit.jsonpath import MISSING, find, is_unassigned
from scimulator.kit.operations import ERROR, LIST_RESPONSE, USER
from scimulator.kit.outcomes import Symptom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimulator.exchange.strict_json import Json
    from scimulator.kit.invariants import Context

_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]+")


def _symptom(  # noqa: PLR0917  read from left to right it is a sentence
    context: Context, kind: str, message: str, at: str = "", wanted: Json = None, got: Json = None
) -> Symptom:
    request = context.exchange.request
    where = f"{request.method} {request.path} ({context.status}): "
    return Symptom(kind, where + message, at, wanted, got, context.exchange.number)


# -- media type and JSON


def _has_body(context: Context) -> bool:
    return bool(context.raw) and context.status not in (401, 403, 404, 405, 406, 415) and context.status < 500


def _asked_for_scim(context: Context) -> bool:
    return context.exchange.request.header("Accept") in ("application/scim+json", None)


@invariant(
    "exchanges.media-type",
    "RFC7644-3.8-04",
    "RFC7644-3.8-15",
    concerns=lambda context: _has_body(context) and _asked_for_scim(context),
)
def _media_type(context: Context) -> Iterator[tuple[str, Symptom]]:
    """Every answer with a body is application/scim+json when that is what was asked for."""
    response = context.exchange.response
    if response is None or response.media_type == "application/scim+json":
        return
    per = "RFC7644-3.8-15" if context.is_error else "RFC7644-3.8-04"
    message = f"the Content-Type is {response.header('Content-Type')!r}"
    yield per, _symptom(context, "media-type", message, "Content-Type", "application/scim+json", response.media_type)


@invariant("exchanges.json", "RFC7644-3.8-02", concerns=lambda context: bool(context.raw) and context.status < 300)
def _json(context: Context) -> Iterator[tuple[str, Symptom]]:
    """Every successful answer with a body is strict JSON in UTF-8."""
    document = context.exchange.document
    for problem in document.problems:
        yield "RFC7644-3.8-02", _symptom(context, f"json-{problem.kind}", str(problem))
    if not document.valid and not document.problems:
        yield "RFC7644-3.8-02", _symptom(context, "json-syntax", "the body is not JSON")


# -- errors


def _is_scim_error(context: Context) -> bool:
    # Others often come from a framework or gateway before SCIM is reached, or are judged softly by checks of their own.
    if context.exchange.request.method == "HEAD":
        return False
    if context.status in (400, 409):
        return True
    # A 404 to an odd path is the web framework's; one to a plain id is the SCIM server's.
    endpoint, _, resource_id = context.exchange.request.path.rpartition("/")
    resources = (context.discovery.user_endpoint_known, context.discovery.group_endpoint_known)
    return context.status == 404 and endpoint in resources and _PLAIN_ID.fullmatch(resource_id) is not None


@invariant(
    "exchanges.error-body",
    "RFC7644-3.12-01",
    "RFC7644-3.12-02",
    "RFC7644-3.12-03",
    "RFC7644-3.12-04",
    "RFC7644-3.12-05",
    concerns=_is_scim_error,
)
def _error_body(context: Context) -> Iterator[tuple[str, Symptom]]:
    """Every error carries a SCIM Error message with its status as a string."""
    schemas = context.body.get("schemas")
    if not context.exchange.document.valid or not context.body:
        yield "RFC7644-3.12-01", _symptom(context, "error-no-json", "the error has no JSON object as its body")
        return
    if not isinstance(schemas, list) or ERROR not in schemas:
        yield (
            "RFC7644-3.12-02",
            _symptom(context, "error-schemas", f"the error's schemas are {schemas!r}", "schemas", [ERROR], schemas),
        )
        return
    status = context.body.get("status")
    if status is None:
        yield "RFC7644-3.12-03", _symptom(context, "error-status-missing", "the error has no status", "status")
    elif not isinstance(status, str):
        yield (
            "RFC7644-3.12-04",
            _symptom(
                context,
                "error-status-type",
                f"the error's status is {status!r}, not a string",
                "status",
                str(context.status),
                status,
            ),
        )
    elif status != str(context.status):
        yield (
            "RFC7644-3.12-05",
            _symptom(
                context, "error-status-value", f"the error says status {status}", "status", str(context.status), status
            ),
        )


@invariant("exchanges.no-server-error", "RFC7644-3.12-19", concerns=lambda context: context.status > 0)
def _server_error(context: Context) -> Iterator[tuple[str, Symptom]]:
    """No request of a client ends in a 5xx other than 501 or 503."""
    if context.status >= 500 and context.status not in (501, 503):
        yield "RFC7644-3.12-19", _symptom(context, "server-error", f"answered {context.status}", got=context.status)


# -- lists


def _is_list(context: Context) -> bool:
    schemas = context.body.get("schemas")
    return context.status == 200 and isinstance(schemas, list) and LIST_RESPONSE in schemas


@invariant(
    "exchanges.list-arithmetic",
    "RFC7644-3.4.2-03",
    "RFC7644-3.4.2-02",
    "RFC7644-3.4.2-04",
    "RFC7644-3.4.2-05",
    "RFC7644-3.4.2-06",
    "RFC7644-3.4.2-07",
    concerns=_is_list,
)
def _list_arithmetic(context: Context) -> Iterator[tuple[str, Symptom]]:
    """The numbers of every ListResponse are integers that agree with its Resources."""
    body = context.body
    total = body.get("totalResults")
    count = len(context.resources)
    if total is None:
        yield "RFC7644-3.4.2-02", _symptom(context, "total-missing", "totalResults is missing", "totalResults")
        return
    if isinstance(total, bool) or not isinstance(total, int) or total < 0:
        yield (
            "RFC7644-3.4.2-03",
            _symptom(context, "total-type", f"totalResults is {total!r}", "totalResults", got=total),
        )
        return
    if total < count:
        message = f"totalResults is {total} beside {count} Resources"
        yield "RFC7644-3.4.2-03", _symptom(context, "total-too-small", message, "totalResults", count, total)
    asked_for_none = "count=0" in context.exchange.request.query
    found = find(body, "Resources")
    if total > 0 and found is MISSING and not asked_for_none and "startIndex" not in context.exchange.request.query:
        yield "RFC7644-3.4.2-04", _symptom(context, "resources-missing", f"totalResults is {total}, Resources missing")
    if 0 < count < total:
        for name, per in (("startIndex", "RFC7644-3.4.2-05"), ("itemsPerPage", "RFC7644-3.4.2-06")):
            value = body.get(name)
            if isinstance(value, bool) or not isinstance(value, int):
                yield per, _symptom(context, f"{name}-missing", f"a partial list has {name} {value!r}", name, got=value)
    per_page = body.get("itemsPerPage")
    if isinstance(per_page, int) and per_page != count:
        message = f"itemsPerPage is {per_page} beside {count} Resources"
        yield "RFC7644-3.4.2-07", _symptom(context, "items-per-page", message, "itemsPerPage", count, per_page)


# -- resources


def _has_resources(context: Context) -> bool:
    return bool(context.resources) and not _projected(context)


def _projected(context: Context) -> bool:
    request = context.exchange.request
    return "ttributes=" in request.query or b'ttributes"' in request.body


def _has_core_resources(context: Context) -> bool:
    return any(context.kinds) and not _projected(context)


@invariant(
    "exchanges.common-attributes",
    "RFC7643-3.1-03",
    "RFC7643-3-02",
    "RFC7643-3-04",
    concerns=_has_core_resources,
)
def _common(context: Context) -> Iterator[tuple[str, Symptom]]:
    """Every User and Group has an id and a schemas list without duplicates."""
    for resource, kind in zip(context.resources, context.kinds, strict=True):
        if not kind:
            continue
        found = resource.get("id")
        if not isinstance(found, str) or not found:
            yield "RFC7643-3.1-03", _symptom(context, "id", f"a resource's id is {found!r}", "id", got=found)
        schemas = resource.get("schemas")
        if isinstance(schemas, list) and len({str(urn).lower() for urn in schemas}) != len(schemas):
            yield "RFC7643-3-04", _symptom(context, "schemas-twice", f"schemas is {schemas!r}", "schemas", got=schemas)


@invariant(
    "exchanges.location",
    "RFC7643-3.1-20",
    concerns=_has_core_resources,
)
def _location(context: Context) -> Iterator[tuple[str, Symptom]]:
    """Every meta.location ends with the id of the resource it stands in."""
    for resource, kind in zip(context.resources, context.kinds, strict=True):
        location = find(resource, "meta.location")
        found = resource.get("id")
        if isinstance(location, str) and isinstance(found, str) and location and kind:
            last = location.rstrip("/").rpartition("/")[2]
            if last.lower() not in (found.lower(), quote(found, safe="").lower()):
                message = f"meta.location is {location!r} in the resource {found!r}"
                yield "RFC7643-3.1-20", _symptom(context, "location", message, "meta.location", found, location)


@invariant(
    "exchanges.etag",
    "RFC7644-3.14-04",
    concerns=lambda context: (
        len(context.resources) == 1
        and context.resources[0] is context.body
        and context.header("ETag") is not None
        and isinstance(find(context.body, "meta.version"), str)
    ),
)
def _etag(context: Context) -> Iterator[tuple[str, Symptom]]:
    """The ETag header and meta.version of a resource are the same."""
    tag, version = context.header("ETag"), find(context.body, "meta.version")
    if tag != version:
        message = f"ETag is {tag!r}, meta.version is {version!r}"
        yield "RFC7644-3.14-04", _symptom(context, "etag", message, "meta.version", tag, str(version))


@invariant("exchanges.body-schema", "RFC7643-2.3-02", "RFC7643-2.3.5-01", concerns=_has_resources)
def _body_schema(context: Context) -> Iterator[tuple[str, Symptom]]:
    """Every value in a returned resource has the JSON type that its attribute has in RFC 7643."""
    for resource, urn in zip(context.resources[:20], context.kinds, strict=False):
        for path, problem in context.memo.by_rfc(resource, urn) if urn else ():
            yield "RFC7643-2.3-02", _symptom(context, "type", f"{path}: {problem}", path)


def _own_schema_applies(context: Context) -> bool:
    return _has_resources(context) and any(kind.lower() in context.discovery.known_schemas for kind in context.kinds)


@invariant("exchanges.own-schema", "RFC7643-2.3-02", concerns=_own_schema_applies)
def _own_schema(context: Context) -> Iterator[tuple[str, Symptom]]:
    """Every value in a returned resource has the type that the target's own /Schemas gives it."""
    for resource, kind in zip(context.resources[:20], context.kinds, strict=False):
        schema = context.discovery.known_schemas.get(kind.lower())
        for path, problem in context.memo.by_own_schema(resource, schema) if schema else ():
            yield "RFC7643-2.3-02", _symptom(context, "own-type", f"{path}: {problem}", path)


# -- secrets


@invariant(
    "exchanges.password",
    "RFC7644-7.7-02",
    concerns=lambda context: bool(context.resources) and USER in context.kinds,
)
def _password(context: Context) -> Iterator[tuple[str, Symptom]]:
    """No answer ever holds a password."""
    for resource in context.resources:
        if not is_unassigned(find(resource, "password")):
            yield "RFC7644-7.7-02", _symptom(context, "password", "the answer holds a password", "password")


@invariant("exchanges.secret-echo", "RFC7644-7.7-02", concerns=lambda context: bool(context.secrets))
def _secret_echo(context: Context) -> Iterator[tuple[str, Symptom]]:
    """No answer repeats the credentials of the request."""
    response = context.exchange.response
    if response is None:
        return
    for secret in context.secrets:
        if len(secret) < 8:
            continue
        if secret.encode() in response.body or any(secret in value for _, value in response.headers):
            yield "RFC7644-7.7-02", _symptom(context, "secret", "the answer repeats the token of the request")
            return
