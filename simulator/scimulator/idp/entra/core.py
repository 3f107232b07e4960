"""What all flows of Entra share: searching by the matching attribute, and the names that the provisioning log uses."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from scimulator.idp.answers import detail, listing, resource_id
from scimulator.idp.engine import Engine
from scimulator.idp.entra.log import Modification
from scimulator.idp.entra.state import EntraApp
from scimulator.idp.flow import Outcome, Result

if TYPE_CHECKING:
    import random

    from scimulator.catalogue.dialects import Dialect
    from scimulator.catalogue.profiles import Profile
    from scimulator.exchange.message import Response
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.directory import App, Directory
    from scimulator.idp.flow import Flow
    from scimulator.idp.mapping import Mapping

_PREFIX = "SystemForCrossDomainIdentityManagement"
# 409, 422 and 429 are documented by number; the others are read off the names (Microsoft Entra provisioning logs).
_CODES = {
    400: f"{_PREFIX}BadRequest",
    401: "Unauthorized",
    403: "InsufficientRights",
    404: "InvalidAnchor",
    405: "MethodNotAllowed",
    409: "Conflict",
    422: "UnprocessableEntity",
    429: "TooManyRequests",
    500: "InternalServerError",
    501: "NotImplemented",
}
INCOMPATIBLE = f"{_PREFIX}ServiceIncompatible"
SEVERAL = "DuplicateTargetEntries"


def error_code(answer: Response | None) -> str:
    """Return the error code of the provisioning log for an answer; ``Timeout`` where none came."""
    if answer is None:
        return "Timeout"
    return _CODES.get(answer.status, INCOMPATIBLE if answer.status < 500 else "InternalError")


class Core(Engine):
    """The part of Entra that people and groups share.

    A plain ``App`` is taken over: its links, assignments and tasks stay the same objects.
    """

    app: EntraApp

    def __init__(
        self,
        dialect: str | Dialect | Profile,
        directory: Directory,
        *,
        app: App | None = None,
        mapping: Mapping | None = None,
        randomness: random.Random | None = None,
    ) -> None:
        super().__init__(dialect, directory, app=app, mapping=mapping, randomness=randomness)
        self.app = EntraApp.of(app if app is not None else EntraApp())

    def guid(self) -> str:
        """Return a random GUID, as the connection test sends it."""
        return str(uuid.UUID(int=self.randomness.getrandbits(128), version=4))

    def match(self, exchange_id: str, /, subject: str, **values: Json) -> Flow[JsonObject | Result | None]:
        """Search by a matching attribute: the one resource, None for none, a failed result for everything else.

        404 is a failure here, as are several hits and an answer that cannot be read.
        """
        answer = yield from self.send(exchange_id, **values)
        if answer is None or answer.status != 200:
            return self.error(subject, answer)
        found = listing(answer, strict_numbers=False)
        if found.problem:
            return self.error(subject, answer, code=INCOMPATIBLE, said=found.problem)
        if found.total > 1 or len(found.resources) > 1:
            return self.error(subject, answer, code=SEVERAL, said=f"{max(found.total, len(found.resources))} entries")
        if not found.resources:
            return None
        if resource_id(found.resources[0]) is None:
            return self.error(subject, answer, code=INCOMPATIBLE, said="the entry has no id")
        return found.resources[0]

    def read(self, exchange_id: str, /, subject: str, remote_id: str) -> Flow[JsonObject | Result]:
        """Read a linked resource; where it is gone the link goes too, so that the next cycle matches anew."""
        answer = yield from self.send(exchange_id, id=remote_id)
        if answer is not None and answer.status == 200 and answer.document().object:
            return answer.document().object
        if answer is not None and answer.status == 404:
            self.app.links.pop(subject, None)
        if answer is not None and answer.status == 200:
            return self.error(subject, answer, code=INCOMPATIBLE, said="the answer is no JSON object")
        return self.error(subject, answer)

    def touch(self, name: str, old: Json, new: Json) -> None:
        """Remember for the log what a write changes."""
        self.app.touched.append(Modification(name, old, new))

    def written(self, subject: str, answer: Response | None, outcome: Outcome) -> Result:
        """Judge the answer to a PATCH: 200 and 204 are taken, the body is not looked at."""
        if answer is None or answer.status not in (200, 204):
            return self.error(subject, answer)
        return Result(outcome, self.app.remote_id(subject), status=answer.status)

    def deleted(self, subject: str, answer: Response | None) -> Result:
        """Judge the answer to a DELETE; that the resource was gone already is taken as done (not documented)."""
        if answer is None or answer.status not in (200, 204, 404):
            return self.error(subject, answer)
        link = self.app.links.pop(subject, None)
        return Result(Outcome.DELETED, link.remote_id if link else None, status=answer.status)

    def error(self, subject: str, answer: Response | None, *, code: str = "", said: str = "") -> Result:
        """Give up on an object for this cycle; the message is what the log shows: code, status, the target's detail."""
        code = code or error_code(answer)
        said = said or (detail(answer) if answer is not None else "")
        status = f" (HTTP {answer.status})" if answer is not None else ""
        return self.failed(subject, code, f"{code}{status}{': ' if said else ''}{said}", answer)
