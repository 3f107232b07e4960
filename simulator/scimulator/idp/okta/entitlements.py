"""What an Okta app with entitlements does more: discover roles and entitlements, and write those that were granted.

Discovery runs in the background after the settings were saved: the resource types, the schemas of extensions, then each
endpoint of a type whose schema is Okta's Role or Entitlement (Okta's guide on SCIM with entitlements). A grant is a
read and a PUT of the whole user (Okta's workshop of 2026); the form of the values is documented for answers only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimulator.idp.answers import listing, members
from scimulator.idp.flow import Outcome, Result
from scimulator.idp.okta import words
from scimulator.idp.okta.core import list_problem
from scimulator.idp.okta.users import Users

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scimulator.exchange.message import Response
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.flow import Flow

SWITCH = "entitlements"
_CORE = "urn:ietf:params:scim:schemas:"
_TYPES = ("urn:okta:scim:schemas:core:1.0:Role", "urn:okta:scim:schemas:core:1.0:Entitlement")
_DISCOVERY_TITLE = "Entitlements could not be read"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A role or an entitlement that a target offers; ``type`` is the resource type's name, empty for a role."""

    id: str
    name: str
    type: str = ""

    @property
    def value(self) -> JsonObject:
        """How it stands in a user: value is the id, display the name, type the resource type's name."""
        made: JsonObject = {"value": self.id, "display": self.name}
        return made | {"type": self.type} if self.type else made


class Entitlements(Users):
    """Okta's flows for entitlements; ``offered`` is what the last discovery found."""

    offered: tuple[Entitlement, ...] = ()

    def discover_entitlements(self) -> Flow[Result]:
        """The resource types are read, the schemas where a type has an extension of its own, then every endpoint."""
        if not self.profile.switched(SWITCH) or not self.profile.has("entitlements.resource-types"):
            return Result(Outcome.SKIPPED, messages=("the app manages no entitlements",))
        answer = yield from self.send("entitlements.resource-types")
        if answer is None or list_trouble(answer):
            return self._undiscovered(answer, "entitlements.resource-types")
        types = listing(answer, strict_numbers=False).resources
        if any(_extended(each) for each in types):
            answer = yield from self.send("entitlements.schemas")
            if answer is None or list_trouble(answer):
                return self._undiscovered(answer, "entitlements.schemas")
        found: list[Entitlement] = []
        for kind in types:
            endpoint = str(kind.get("endpoint") or "").strip("/")
            if kind.get("schema") not in _TYPES or not endpoint:
                continue
            # A path of several parts would be encoded as one; no resource type of Okta's guide has such an endpoint.
            answer = yield from self.send("entitlements.list", endpoint=endpoint)
            if answer is None or list_problem(answer):
                return self._undiscovered(answer, "entitlements.list")
            label = "" if kind.get("schema") == _TYPES[0] else str(kind.get("name") or "")
            found.extend(_entitlement(each, label) for each in listing(answer, strict_numbers=True).resources)
        self.offered = tuple(found)
        return Result(Outcome.CONNECTED, messages=(f"{len(found)} roles and entitlements",), status=200)

    def grant(
        self, person_id: str, *, roles: Iterable[Entitlement] = (), entitlements: Iterable[Entitlement] = ()
    ) -> Flow[Result]:
        """Roles and entitlements are granted to a person: all that the person now has go out with the whole user."""
        if not self.profile.switched(SWITCH) or self.app.link(person_id) is None:
            return Result(Outcome.SKIPPED, messages=("the app manages no entitlements, or the person has no account",))
        own: dict[str, list[Json]] = {
            "roles": [each.value for each in roles],
            "entitlements": [each.value for each in entitlements],
        }
        granted: JsonObject = {name: list(values) for name, values in own.items() if values}
        person = self.directory.person(person_id)
        return (
            yield from self._read_write(
                person, "entitlements.assign", Outcome.UPDATED, None, own=granted, read="users.push.read"
            )
        )

    def _undiscovered(self, answer: Response | None, exchange_id: str) -> Result:
        message = f"{_DISCOVERY_TITLE}: {words.cause(answer)}"
        if answer is not None and answer.status == 200:
            message = f"{_DISCOVERY_TITLE}: {list_trouble(answer) or list_problem(answer)}"
        return self.failed("", _DISCOVERY_TITLE, message, answer, exchange_id=exchange_id)


def list_trouble(answer: Response) -> str:
    """Return why an answer is no list of types or schemas; these need no numbers for paging."""
    if answer.status != 200:
        return words.cause(answer)
    return listing(answer, strict_numbers=False).problem


def _extended(kind: JsonObject) -> bool:
    """Whether a type has an extension beyond those of the RFC, which Okta knows without reading them."""
    named = [str(each.get("schema")) for each in members(kind.get("schemaExtensions"))]
    return any(not name.startswith(_CORE) for name in named)


def _entitlement(resource: JsonObject, kind: str) -> Entitlement:
    return Entitlement(str(resource.get("id", "")), str(resource.get("displayName", "")), kind)
