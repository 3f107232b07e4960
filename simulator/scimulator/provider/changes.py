"""What a write intends, between the step that reads and the step that commits."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from scimulator.provider.projection import WHOLE, Projection

if TYPE_CHECKING:
    from scimulator.exchange.message import Request, Response
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.provider.errors import ScimError
    from scimulator.provider.schema import ResourceType
    from scimulator.provider.store import Record


class Kind(StrEnum):
    """The four writes."""

    CREATE = "create"
    REPLACE = "replace"
    PATCH = "patch"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Change:
    """One write: what it was decided on (``before``, None for a create) and the attributes that shall be afterwards.

    ``was`` holds the attributes before; in it and in ``after`` a group has its members. ``error`` is answered after the
    change was made; only a provider whose PATCH is not atomic has that. ``role`` is what an account may do then in the
    product behind SCIM, empty where that has no say.
    """

    kind: Kind
    type: ResourceType
    id: str
    before: Record | None
    after: JsonObject
    was: JsonObject = field(default_factory=dict)
    changed: bool = True
    projection: Projection = WHOLE
    error: ScimError | None = None
    role: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """A request after its read step: the answer, if that is all, or the change that the commit step makes."""

    request: Request
    response: Response | None = None
    change: Change | None = None
