"""The target ``reference:``: our own provider, called as a function in this process.

Only the command line, the pytest plugin and tests import this module; importing it registers the opener. The judge
itself does not know the provider.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from scimulator.catalogue.near_miss import hint
from scimulator.catalogue.quirks import quirks
from scimulator.embedded_controls import embedded_controls
from scimulator.exchange.clock import SkippingClock
from scimulator.provider import Provider
from scimulator.target.apps import crashed
from scimulator.target.auth import bearer
from scimulator.target.errors import TargetError
from scimulator.target.opening import register_opener, split_query
from scimulator.target.target import Target

if TYPE_CHECKING:
    from scimulator.exchange.message import Request, Response
    from scimulator.target.settings import Settings

BASE_URL = "http://reference.invalid/scim/v2"
"""Where the embedded provider says that it lives; a reserved name (RFC 2606 2) that nothing can reach."""
_OPTIONS = ("preset",)


class ReferenceCarrier:
    """Calls the provider; a crash in it is the 500 that its HTTP server would answer."""

    def __init__(self, provider: Provider) -> None:
        """Carry into ``provider``."""
        self.provider = provider

    def carry(self, request: Request, timeout: float) -> Response:  # noqa: ARG002 - a function call cannot be cut short
        """Call the provider once."""
        try:
            response = self.provider.handle(request)
        except Exception as error:  # noqa: BLE001 - whatever the provider raises is its answer
            return crashed(error)
        # As its HTTP server does: the answer to HEAD is that to GET, without the content (RFC 9110 section 9.3.2).
        return replace(response, body=b"") if request.method == "HEAD" else response

    def close(self) -> None:
        """Close the provider's store."""
        self.provider.close()


def open_reference(spec: str, settings: Settings) -> Target:
    """Open ``reference:[FAULT,…][?preset=NAME]`` with a random token that only this target knows.

    Raises:
        TargetError: for an unknown fault, preset or option.
    """
    faults_text, _, raw_query = spec.partition(":")[2].partition("?")
    query, dialect = split_query(raw_query)
    options: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        if name not in _OPTIONS:
            raise TargetError(f"the embedded provider has no option {name!r}{hint(name, _OPTIONS)}; write ?preset=NAME")
        options[name] = value
    faults = [fault for text in faults_text.split(",") if (fault := text.strip())]
    token = secrets.token_urlsafe(24)
    clock = SkippingClock()  # shared, so that a check that needs time to pass waits for nothing
    try:
        if "preset" in options:
            provider = Provider(BASE_URL, preset=options["preset"], token=token, faults=faults, clock=clock)
        else:
            provider = Provider(BASE_URL, token=token, faults=faults, clock=clock)
    except (LookupError, ValueError, FileNotFoundError) as error:
        told = error.args[0] if error.args and isinstance(error.args[0], str) else str(error)
        raise TargetError(f"the embedded provider cannot be made as {spec!r} says: {told}") from error
    target = Target(
        spec=spec,
        name=spec,
        base_url=BASE_URL,
        carrier=ReferenceCarrier(provider),
        limits=settings.limits,
        credentials=bearer(token),
        host="reference.invalid",
        dialect_hint=dialect,
        is_reference=True,
        clock=clock,
        controls=embedded_controls(provider),
    )
    target.declared = {each.id: provider.preset.quirks.get(each.id, each.default) for each in quirks().values()}
    return target


register_opener("reference", open_reference)
