"""Faults of schema extensions, the enterprise attributes above all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.provider.errors import ScimError
from scimulator.provider.faults.messages import fetched, operations_in, place_of
from scimulator.provider.rules import Rules, fault
from scimulator.provider.schema import ENTERPRISE_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.message import Request, Response


@fault(
    "extension-added-but-not-listed",
    trips=["patch.extension.first-value"],
    source=["https://github.com/PowerDMS/Owin.Scim/issues/3", "https://github.com/scimmyjs/scimmy/pull/78"],
    bug="BUG-253",
)
class _AddedButNotListed(Rules):
    """A PATCH that gives a user its first extension attribute does not add the extension's URN to schemas."""

    _patching = ""
    _unlisted: frozenset[str] = frozenset()

    def around(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        user_id = place_of(request)[1]
        if operations_in(request):
            known = fetched(request, handle, request.path)
            if known and ENTERPRISE_SCHEMA not in known:
                self._unlisted |= {user_id}
        self._patching = user_id
        return super().around(request, handle)

    def schemas_of(self, core: str, extensions: list[str]) -> list[str]:
        listed = super().schemas_of(core, extensions)
        return [core] if self._patching in self._unlisted else listed


@fault(
    "extension-path-crashes",
    trips=["patch.extension.whole"],
    source="https://github.com/apache/directory-scimple/pull/694",
    bug="BUG-254",
)
class _ExtensionPathCrashes(Rules):
    """A PATCH whose path is the URN of the extension itself fails with 500."""

    def refuses_qualified(self, path: str) -> bool:
        if path.lower() == ENTERPRISE_SCHEMA.lower():
            raise ScimError(500, "Internal error")
        return super().refuses_qualified(path)
