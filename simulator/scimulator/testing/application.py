"""An application object as a target: called in this process, no socket and no other thread than needed."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimulator.target.apps import HOST, AsgiCarrier, WsgiCarrier, crashed
from scimulator.target.auth import bearer
from scimulator.target.settings import Limits
from scimulator.target.target import CarrierError, Target
from scimulator.testing.errors import ScimTestingError

if TYPE_CHECKING:
    from scimulator.exchange.message import Request, Response
    from scimulator.target.target import Carrier


class Openable(ABC):
    """Something in this process that can be opened as a target."""

    __slots__ = ()

    @abstractmethod
    def open(self) -> Target:
        """Return it as a target, which whoever opens it closes."""


@dataclass(frozen=True, slots=True)
class ScimApplication(Openable):
    """An ASGI or WSGI application and where its SCIM endpoint is.

    ``path`` is the base path, such as ``/scim/v2``; ``token`` the bearer token that it wants, empty for none.
    ``interface`` is ``asgi`` or ``wsgi``, empty to find out.
    """

    app: object
    path: str = ""
    token: str = ""
    interface: str = ""

    def open(self) -> Target:
        """Start the application and return it as a target; closing the target ends its lifespan.

        Raises:
            ScimTestingError: when it is no application.
            TargetError: when an ASGI application does not start.
        """
        if not callable(self.app):
            raise ScimTestingError(f"{self.app!r} is no application: it cannot be called")
        interface = self.interface or ("asgi" if speaks_asgi(self.app) else "wsgi")
        limits = Limits()
        carrier: Carrier
        if interface == "asgi":
            carrier = AsgiCarrier(self.app, limits.body)
        elif interface == "wsgi":
            carrier = WsgiHere(self.app, limits.body)
        else:
            raise ScimTestingError(f"there is no interface {interface!r}; it is asgi or wsgi")
        path = f"/{self.path.strip('/')}" if self.path.strip("/") else ""
        return Target(
            spec=f"{interface}:{type(self.app).__module__}:{type(self.app).__name__}",
            name=f"{interface}:{type(self.app).__name__}{path}",
            base_url=f"http://{HOST}{path}",
            carrier=carrier,
            limits=limits,
            credentials=bearer(self.token) if self.token else None,
            base_path=path,
            host=HOST,
        )


def speaks_asgi(app: object) -> bool:
    """Tell whether calling an application makes a coroutine: an ASGI 3 application does, a WSGI one does not."""
    call = getattr(app, "__call__", None)  # noqa: B004  the method itself is looked at
    return inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(call)


class WsgiHere(WsgiCarrier):
    """Calls a WSGI application in the thread of the test, so that both see one database transaction."""

    def __init__(self, app: object, body_limit: int) -> None:
        """Keep the application; the base class would start a thread."""
        self._app = app  # type: ignore[assignment]  # a callable; its shape shows when called
        self._body_limit = body_limit

    def carry(self, request: Request, timeout: float) -> Response:  # noqa: ARG002  nothing can cut a call short
        """Call the application once."""
        try:
            return self._call(request)
        except CarrierError:
            raise
        except Exception as error:  # noqa: BLE001  whatever the application raises is its answer
            return crashed(error)

    def close(self) -> None:
        """Nothing was started."""
