"""Why a request is refused, with the status and the scimType of RFC 7644 3.12."""

from __future__ import annotations

from enum import StrEnum

ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error"


class ScimType(StrEnum):
    """The keywords of RFC 7644 table 9."""

    INVALID_FILTER = "invalidFilter"
    TOO_MANY = "tooMany"
    UNIQUENESS = "uniqueness"
    MUTABILITY = "mutability"
    INVALID_SYNTAX = "invalidSyntax"
    INVALID_PATH = "invalidPath"
    NO_TARGET = "noTarget"
    INVALID_VALUE = "invalidValue"
    INVALID_VERS = "invalidVers"
    SENSITIVE = "sensitive"


class ScimError(Exception):
    """A refusal; it becomes an Error body.

    ``status`` is the HTTP status, ``headers`` are added to the answer.
    """

    def __init__(
        self, status: int, detail: str, scim_type: ScimType | None = None, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.scim_type = scim_type
        self.headers = headers


def bad(scim_type: ScimType, detail: str) -> ScimError:
    """Make a refusal with status 400."""
    return ScimError(400, detail, scim_type)


def not_found(what: str) -> ScimError:
    """Make the refusal for a thing that is not there."""
    return ScimError(404, f"{what} not found")
