"""scim2-server with a stopwatch: its own command's server and application, and the time that each request takes it.

``timed_server.py PORT TOKEN`` serves; ``GET /stopwatch`` tells the number of requests and the seconds spent on them.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import TYPE_CHECKING
from wsgiref import simple_server

from scim2_server.testserver import cli

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class Stopwatch:
    """Wraps a WSGI application; the time runs from the call to the last byte that it hands over."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._lock = threading.Lock()
        self.requests = 0
        self.seconds = 0.0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, and add the time to the sum."""
        if environ["PATH_INFO"] == "/stopwatch":
            body = json.dumps({"requests": self.requests, "seconds": self.seconds}).encode()
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            return [body]
        begun = time.perf_counter()
        body_parts = list(self._application(environ, start_response))
        taken = time.perf_counter() - begun
        with self._lock:
            self.requests += 1
            self.seconds += taken
        return body_parts


def _make_server(
    host: str, port: int, application: WSGIApplication, server_class: type[simple_server.WSGIServer]
) -> simple_server.WSGIServer:
    return simple_server.make_server(host, port, Stopwatch(application), server_class=server_class)


if __name__ == "__main__":
    cli.make_server = _make_server  # type: ignore[attr-defined, assignment]  # the one seam of the command: the rest stays its own
    sys.argv = ["scim2-server", "--port", sys.argv[1], "--bearer-token", sys.argv[2]]
    cli.main()
