"""A request with the places of what the transport fills in: Authorization, Host and Content-Length."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scimulator.exchange.message import Request
    from scimulator.idp.flow import Send

AUTHORIZATION, HOST, LENGTH = "{{authorization}}", "{{host}}", "{{content-length}}"


def placed(step: Send) -> Request:
    """Return the request with all headers in the recorded order.

    ``{{authorization}}`` and ``{{host}}`` stand as values for whoever sends it; the length is that of the body.
    """
    rest = list(step.request.headers)
    made: list[tuple[str, str]] = []
    for name, value in step.exchange.headers:
        if value == LENGTH:
            made.append((name, str(len(step.request.body))))
        elif value in (AUTHORIZATION, HOST):
            made.append((name, value))
        elif rest:
            made.append(rest.pop(0))
    return replace(step.request, headers=(*made, *rest))
