"""The control API of the served provider: what an admin or a member does in the product, as HTTP and JSON.

It answers below ``/control/v1``, beside SCIM, to this machine alone:

* ``GET /control/v1``: what there is, with parameters.
* ``POST /control/v1/NAME``: do the canonical control NAME (``saml-off``, ``log-in``); the body is an object with its
  parameters, the answer an object as ``fixtures/controls.toml`` describes it.
* ``POST /control/v1/NAME/undo``: undo it; the body holds the parameters and, as ``answer``, what do answered.
* ``POST /control/v1/workspace/METHOD``: call a method of the workspace (``invite``, ``set_role``); the body is an
  object with its arguments, the answer ``{"result": …}``.

Every request carries the admin token (``Authorization: Bearer …``), which is not the token of SCIM. Refused are clients
from other machines, a Host that is no loopback address and an Origin that is another site: a web page that has its name
resolve to this machine (DNS rebinding) gets 403. An error is ``{"error": "…"}``: 400 malformed, 401 token, 403 not from
here, 404 no such name (with the nearest), 405, 409 the product says no, 413, 415, 500 our own mistake.
"""

from __future__ import annotations

import hmac
import inspect
import ipaddress
import json
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from scimulator.catalogue.near_miss import hint
from scimulator.exchange.message import Response
from scimulator.provider.controlling import CONTROLS, METHODS, Act, as_json, is_refusal

if TYPE_CHECKING:
    from scimulator.exchange.message import Request
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.provider import Provider

PREFIX = "/control/v1"
BODY_LIMIT = 64 * 1024


class _RefusedError(Exception):
    def __init__(self, status: int, message: str, *headers: tuple[str, str]) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers


class ControlApi:
    """Answers requests below ``/control/v1`` for one provider and one admin token."""

    def __init__(self, provider: Provider, token: str) -> None:
        """Serve the workspace of ``provider`` to whoever sends ``token``."""
        self._provider = provider
        self._token = token

    def handle(self, request: Request, client: str) -> Response:
        """Answer one request of the machine ``client`` (an IP address). Never raises."""
        try:
            return _json(200, self._answer(request, client))
        except _RefusedError as error:
            return _json(error.status, {"error": str(error)}, *error.headers)
        except Exception as error:  # noqa: BLE001  the promise of this method
            if is_refusal(error):
                return _json(409, {"error": str(error)})
            self._provider.crashes.append(error)
            return _json(500, {"error": f"our own mistake: {type(error).__name__}"})

    def _answer(self, request: Request, client: str) -> JsonObject:
        headers = {name.lower(): value for name, value in request.headers}
        if not _is_loopback(client):
            raise _RefusedError(403, "controls are for clients on this machine")
        host = headers.get("host", "")
        if not _is_loopback(_split(f"//{host}").hostname or ""):
            raise _RefusedError(403, "the Host must be a loopback address or localhost")
        origin = headers.get("origin")
        if origin is not None and _split(origin).netloc.lower() != host.lower():
            raise _RefusedError(403, "requests of another site are not answered")
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), self._token.encode()):
            challenge = ("WWW-Authenticate", 'Bearer realm="control"')
            raise _RefusedError(401, "the admin token is missing or wrong; serve has printed it", challenge)
        parts = [part for part in request.path.removeprefix(PREFIX).split("/") if part]
        if not parts:
            if request.method not in ("GET", "HEAD"):
                raise _RefusedError(405, "the list is read with GET", ("Allow", "GET"))
            return self._listed()
        if request.method != "POST":
            raise _RefusedError(405, "controls are done with POST", ("Allow", "POST"))
        body = _object(request, headers.get("content-type", ""))
        with self._provider.transaction():
            if parts[0] == "workspace" and len(parts) == 2:
                return self._method(parts[1].replace("-", "_"), body)
            return self._control(parts, body)

    @property
    def _workspace(self) -> object:
        found: object = getattr(self._provider, "workspace", None)
        return found

    def _listed(self) -> JsonObject:
        controls: JsonObject = {
            name: {"parameters": list(pair.parameters), "undo": pair.undo is not None}
            for name, pair in CONTROLS.items()
        }
        methods: JsonObject = {
            name: list(inspect.signature(method).parameters)
            for name in METHODS
            if (method := getattr(self._workspace, name, None)) is not None
        }
        return {"controls": controls, "workspace": methods}

    def _control(self, parts: list[str], body: JsonObject) -> JsonObject:
        name = parts[0]
        pair = CONTROLS.get(name)
        if pair is None:
            raise _RefusedError(404, f"no control is called {name!r}{hint(name, CONTROLS)}")
        undoing = parts[1:] == ["undo"]
        if len(parts) > 1 and not undoing:
            raise _RefusedError(404, f"below {name} there is only undo")
        answer = body.pop("answer", {}) if undoing else {}
        _expect(set(pair.parameters), set(body), name)
        act = Act(self._workspace)
        if not undoing:
            return pair.do(act, **body)
        if pair.undo is None:
            return {}
        if not isinstance(answer, dict):
            raise _RefusedError(400, "answer is the object that do answered")
        try:
            return pair.undo(act, answer, **body)
        except KeyError as error:
            raise _RefusedError(400, f"answer lacks {error.args[0]}, which do had answered") from error

    def _method(self, name: str, body: JsonObject) -> JsonObject:
        method = getattr(self._workspace, name, None) if name in METHODS else None
        if method is None:
            raise _RefusedError(404, f"the workspace has no method {name!r}{hint(name, METHODS)}")
        try:
            inspect.signature(method).bind(**body)
        except TypeError as error:
            known = ", ".join(inspect.signature(method).parameters) or "no parameters"
            raise _RefusedError(400, f"{name}: {error}; it takes {known}") from error
        return {"result": as_json(method(**body))}


def _expect(known: set[str], given: set[str], name: str) -> None:
    if given != known:
        told = f"it takes {', '.join(sorted(known)) or 'no parameters'}"
        wrong = sorted(given - known)
        raise _RefusedError(400, f"{name}: {told}, not {', '.join(wrong)}" if wrong else f"{name}: {told}")


def _object(request: Request, content_type: str) -> JsonObject:
    if not request.body:
        return {}
    if len(request.body) > BODY_LIMIT:
        raise _RefusedError(413, f"the body has more than {BODY_LIMIT} bytes")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise _RefusedError(415, "the body is application/json")
    try:
        made: Json = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise _RefusedError(400, "the body is not JSON") from error
    if not isinstance(made, dict):
        raise _RefusedError(400, "the body is a JSON object")
    return made


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _json(status: int, body: JsonObject, *headers: tuple[str, str]) -> Response:
    fields = (("Content-Type", "application/json"), ("Cache-Control", "no-store"), *headers)
    return Response(status, fields, json.dumps(body, ensure_ascii=False).encode())
