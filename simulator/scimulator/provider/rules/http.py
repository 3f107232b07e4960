"""Rules of the message: status codes, media types, Error bodies, credentials (RFC 7644 2, 3.1, 3.12, 8.1)."""

# ruff: noqa: ARG002  # a rule takes what a fault in its place may want to know

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import replace
from typing import TYPE_CHECKING

import orjson

from scimulator.provider.errors import ERROR_SCHEMA, ScimError
from scimulator.provider.rules.kit import rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.message import Request, Response
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.quirks import Quirks

SCIM_JSON = "application/scim+json"
_JSON_TYPES = {SCIM_JSON, "application/json"}


def _json_patch(_self: object, media_type: str, body: bytes) -> JsonObject | None:
    if media_type != "application/json-patch+json":
        return None
    operations: list[Json] = [
        {**operation, "path": str(operation.get("path")).strip("/").replace("/", ".")}
        for operation in orjson.loads(body)
    ]
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations}


def _listed_alone(_self: object, resource: JsonObject) -> JsonObject:
    members: JsonObject = {"totalResults": 1, "startIndex": 1, "itemsPerPage": 1, "Resources": [resource]}
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], **members}


def _repeat_credentials(_self: object, request: Request, handle: Callable[[Request], Response]) -> Response:
    answer = handle(request)
    sent = request.header("Authorization")
    if answer.status != 404 or not sent:  # such as a page that tells a developer what came
        return answer
    return replace(answer, headers=(*answer.headers, ("X-Debug-Authorization", sent)))


class HttpRules:
    """What every answer looks like, and who gets one."""

    quirks: Quirks

    @rule("credentials-not-repeated", off=_repeat_credentials)
    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        """An answer does not repeat the credentials of its request (RFC 7644 7.7).

        A fault may change the request before, the answer behind, or never call ``handle``.
        """
        return handle(request)

    # credentials -------------------------------------------------------------------------------------------------

    @rule("credentials-required", off=lambda _self, _request: False)
    def needs_credentials(self, request: Request) -> bool:
        """A request without credentials is refused (RFC 7644 2), unless it asks what credentials to have (7643 5)."""
        return self.hides_configuration() or request.method != "GET" or request.path != "/ServiceProviderConfig"

    @rule("configuration-open", off=lambda _self: True)
    def hides_configuration(self) -> bool:
        """ServiceProviderConfig can be read by whoever does not know yet how to log in (RFC 7643 5)."""
        return False

    @rule("token-compared", off=lambda _self, given, _expected: bool(given))
    def token_matches(self, given: str, expected: str) -> bool:
        """Only the configured token opens the door (RFC 6750 3.1)."""
        return bool(given) and hmac.compare_digest(given.encode(), expected.encode())

    @rule("scheme-checked", off=lambda _self, header, _scheme: header.rpartition(" ")[2])
    def credentials_of(self, header: str, scheme: str) -> str:
        """Credentials count only behind the name of their scheme, in any case (RFC 9110 11.1)."""
        given, _, rest = header.partition(" ")
        return rest.strip() if self.same_scheme(given, scheme) else ""

    @rule("scheme-any-case", off=lambda _self, given, scheme: given == scheme.capitalize())
    def same_scheme(self, given: str, scheme: str) -> bool:
        """The name of a scheme is the same in any case (RFC 9110 11.1)."""
        return given.lower() == scheme

    def basic_matches(self, given: str, expected: tuple[str, str]) -> bool:
        """Tell whether base64 credentials are the configured user and password (RFC 7617)."""
        try:
            decoded = base64.b64decode(given, validate=True)
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(decoded, f"{expected[0]}:{expected[1]}".encode())

    @rule("unauthorised-status", off=lambda _self: 403)
    def unauthorised_status(self) -> int:
        """Missing or wrong credentials are answered 401 (RFC 7644 table 8)."""
        return 401

    @rule("challenge", off=lambda _self, _schemes: ())
    def challenge(self, schemes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """A 401 carries a WWW-Authenticate header for each scheme (RFC 7644 2, RFC 9110 11.6.1)."""
        return tuple(("WWW-Authenticate", scheme) for scheme in schemes)

    @rule("challenge-announced", off=lambda _self, schemes: (*schemes, 'Digest realm="scim", nonce="1"'))
    def challenged(self, schemes: tuple[str, ...]) -> tuple[str, ...]:
        """A challenge names no scheme but those of ServiceProviderConfig (RFC 7644 2)."""
        return schemes

    @rule("challenge-parameter", off=lambda _self, _challenge: "Bearer")
    def bearer_challenge(self, challenge: str) -> str:
        """A Bearer challenge has at least one parameter (RFC 6750 3)."""
        return challenge

    @rule("challenge-error", off=lambda _self, _rejected: False)
    def challenge_tells_error(self, rejected: bool) -> bool:
        """The challenge to a token that was rejected says so (RFC 6750 3)."""
        return rejected

    # request bodies ----------------------------------------------------------------------------------------------

    @rule("media-type-refused", off=lambda _self, _media_type: True)
    def reads_media_type(self, media_type: str) -> bool:
        """A body that is not JSON by its own account is refused with 415 (RFC 9110 15.5.16)."""
        return not media_type or media_type in _JSON_TYPES

    @rule("application-json-read", off=lambda _self, media_type: media_type == "application/json")
    def refuses_plain_json(self, media_type: str) -> bool:
        """Requests in application/json are read as well (RFC 7644 3.1, 8.1)."""
        return False

    @rule("charset-read", off=lambda _self, content_type: "charset" in content_type.lower())
    def refuses_charset(self, content_type: str) -> bool:
        """A charset parameter on the media type does no harm; Entra sends one on every write."""
        return False

    def too_large(self, size: int) -> bool:
        """Tell whether a body is beyond the limit; it is answered 413 (RFC 7644 table 8: no limit is owed)."""
        return size > self.quirks.max_payload

    @rule("syntax-error-refused", off=lambda _self, _error: {})
    def unreadable_body(self, error: ScimError) -> JsonObject:
        """A body that is no JSON object is refused with 400 invalidSyntax (RFC 7644 table 9)."""
        raise error

    # answers -----------------------------------------------------------------------------------------------------

    @rule("media-type", off=lambda _self: "application/json")
    def content_type(self) -> str:
        """Answers are application/scim+json (RFC 7644 3.1, 8.1)."""
        return SCIM_JSON + self.charset()

    @rule("answer-charset", off=lambda _self: "; charset=iso-8859-1")
    def charset(self) -> str:
        """An answer is UTF-8 and says nothing else (RFC 7644 3.8)."""
        return ""

    @rule("json-patch-refused", off=_json_patch)
    def reads_json_patch(self, media_type: str, body: bytes) -> JsonObject | None:
        """A JSON Patch document is no SCIM PATCH (RFC 7644 3.5.2)."""
        return None

    @rule("json-names-once", off=lambda _self, body: body[:-1] + b"," + body[1:])
    def resource_json(self, body: bytes) -> bytes:
        """The names in a JSON object are distinct (RFC 8259 4, RFC 7644 3.8)."""
        return body

    @rule("read-id-same", off=lambda _self, resource: {**resource, "id": str(resource.get("id")).upper()})
    def read_id(self, resource: JsonObject) -> JsonObject:
        """A resource shows the id with which it was created (RFC 7643 3.1)."""
        return resource

    @rule("read-alone", off=_listed_alone)
    def read_alone(self, resource: JsonObject) -> JsonObject:
        """A read by id answers the resource itself (RFC 7644 3.4.1)."""
        return resource

    @rule("id-whole", off=lambda _self, resource_id: resource_id.strip("'"))
    def id_asked(self, resource_id: str) -> str:
        """An id with something behind it is another id (RFC 7644 3.4.1)."""
        return resource_id

    @rule("error-media-type", off=lambda _self: "text/html; charset=utf-8")
    def error_content_type(self) -> str:
        """Errors are application/scim+json too (RFC 7644 3.12)."""
        return self.content_type()

    @rule("error-schemas", off=lambda _self: [])
    def error_schemas(self) -> list[str]:
        """An Error body names its schema (RFC 7644 3.12)."""
        return [ERROR_SCHEMA]

    @rule("error-status-text", off=lambda _self, status: status)
    def error_status(self, status: int) -> str | int | None:
        """The status in an Error body is the HTTP status as a string (RFC 7644 3.12)."""
        return str(status)

    @rule("error-status-present", off=lambda _self, body: {k: v for k, v in body.items() if k != "status"})
    def error_members(self, body: JsonObject) -> JsonObject:
        """An Error body repeats the HTTP status (RFC 7644 3.12)."""
        return body

    @rule("error-scim-type", off=lambda _self, _error: None)
    def error_scim_type(self, error: ScimError) -> str | None:
        """An Error says by keyword what was wrong (RFC 7644 table 9)."""
        return str(error.scim_type) if error.scim_type else None

    @rule("error-body", off=lambda _self, error: {"detail": error.detail})
    def error_body(self, error: ScimError) -> JsonObject:
        """A refusal has an Error resource as its body (RFC 7644 3.12)."""
        body: JsonObject = {}
        schemas = self.error_schemas()
        if schemas:
            body["schemas"] = list(schemas)
        body["status"] = self.error_status(error.status)
        scim_type = self.error_scim_type(error)
        if scim_type:
            body["scimType"] = scim_type
        body["detail"] = error.detail
        return self.error_members(body)

    @rule("created-status", off=lambda _self: 200)
    def created_status(self) -> int:
        """A create is answered 201 (RFC 7644 3.3)."""
        return 201

    @rule("created-location", off=lambda _self, _location: ())
    def created_headers(self, location: str) -> tuple[tuple[str, str], ...]:
        """A create says in Location where the resource is (RFC 7644 3.3)."""
        return (("Location", location),)

    @rule("created-body", off=lambda _self, _body: b"{}")
    def created_body(self, body: bytes) -> bytes:
        """A create answers the whole resource (RFC 7644 3.3)."""
        return body

    @rule("deleted-status", off=lambda _self: 200)
    def deleted_status(self) -> int:
        """A delete is answered 204 without a body (RFC 7644 3.6)."""
        return 204

    @rule("missing-resource-status", off=lambda _self, _id: ScimError(500, "Internal error"))
    def missing_resource(self, resource_id: str) -> ScimError:
        """An id that does not exist is answered 404 (RFC 7644 table 8)."""
        return ScimError(self.missing_status(), f"Resource {resource_id} not found")

    @rule("missing-resource-refused", off=lambda _self: 200)
    def missing_status(self) -> int:
        """What does not exist is not served (RFC 7644 3.4.1)."""
        return 404

    @rule("missing-resource-deleted", off=lambda _self, _id: None)
    def missing_to_delete(self, resource_id: str) -> ScimError | None:
        """Deleting what does not exist is answered 404 (RFC 7644 3.6)."""
        return self.missing_resource(resource_id)

    @rule("unknown-endpoint", off=lambda _self, _path: ScimError(200, ""))
    def unknown_endpoint(self, path: str) -> ScimError:
        """A path that does not exist is answered 404 (RFC 7644 table 8)."""
        return ScimError(404, f"There is nothing at {path}")

    @rule("method-refused", off=lambda _self, _method, _allowed: ScimError(500, "Internal error"))
    def method_refused(self, method: str, allowed: str) -> ScimError:
        """A method that an endpoint lacks is answered 405 (RFC 9110 15.5.6)."""
        return ScimError(405, f"{method} is not possible here, only {allowed}", None, self.allow(allowed))

    @rule("allow-header", off=lambda _self, _allowed: ())
    def allow(self, allowed: str) -> tuple[tuple[str, str], ...]:
        """A 405 names the methods that are possible (RFC 9110 15.5.6)."""
        return (("Allow", allowed),)

    @rule("me-not-implemented", off=lambda _self: ScimError(500, "Internal error"))
    def me_refused(self) -> ScimError:
        """A provider without /Me answers 501 there (RFC 7644 3.11)."""
        return ScimError(501, "/Me is not implemented")

    @rule("bulk-not-implemented", off=lambda _self: ScimError(200, ""))
    def bulk_refused(self) -> ScimError:
        """A provider that advertises no bulk does not pretend to do it (RFC 7644 3.7)."""
        return ScimError(501, "Bulk requests are not implemented")

    @rule("search-endpoint", off=lambda _self: False)
    def has_search(self) -> bool:
        """POST to .search is a query (RFC 7644 3.4.3)."""
        return True

    def has_root_query(self) -> bool:
        """Tell whether a query at the root covers all resource types (RFC 7644 3.4.2.1: it may)."""
        return True

    def path_segment(self, segment: str) -> str:
        """Return a decoded part of the path; a plus sign in it is one, only queries read it as a space (RFC 3986)."""
        return segment
