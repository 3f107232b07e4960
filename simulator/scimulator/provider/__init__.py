"""The reference provider: a SCIM 2.0 server as a function from request to response.

``Provider(base_url).handle(request)`` does no I/O; :mod:`scimulator.provider.http` puts it on a port. Nothing that
judges a target may import this package.
"""

from __future__ import annotations

from scimulator.provider.faulting import all_faults, load_faults
from scimulator.provider.provider import Provider

__all__ = ["Provider", "all_faults"]

load_faults()
