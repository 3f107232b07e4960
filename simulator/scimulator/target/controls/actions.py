"""Doing one action: a request over HTTP, a shell command, a Python callable; what comes back is a JSON object."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, urlsplit

from scimulator.catalogue.near_miss import hint
from scimulator.exchange.message import FailureKind, Request
from scimulator.target.controls.definition import TIMEOUT, Action, ActionKind
from scimulator.target.controls.errors import ControlError
from scimulator.target.controls.filling import Filler
from scimulator.target.target import CarrierError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scimulator.exchange.message import Response
    from scimulator.exchange.strict_json import Json, JsonObject

BODY_LIMIT = 8 * 1024 * 1024
_SHOWN = 300
"""Characters of an answer that an error message shows."""


def _ignore(secret: str) -> None:
    """Take note of no secret."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What actions need of the process: the environment, who must hear of secrets, authorities to trust.

    ``insecure_host`` is the one host (``name:port`` as in the address) whose certificate is not verified.
    """

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    learn: Callable[[str], None] = _ignore
    ca_bundle: str = ""
    insecure_host: str = ""


def perform(
    action: Action,
    values: Mapping[str, Json],
    *,
    where: str,
    timeout: float = TIMEOUT,
    around: Surroundings | None = None,
) -> JsonObject:
    """Do an action and return its answer.

    ``values`` are the parameters, for an undo with ``answer``, what do had answered. A refusal that the action declares
    is the answer ``{"ok": false}``; an answer that names no ``ok`` gets ``{"ok": true}``.

    Raises:
        ControlError: when it could not be done, says nothing intelligible, or takes longer than ``timeout`` seconds.
    """
    around = around or Surroundings()
    filler = Filler(values, around.environ, around.learn, where)
    match action.kind:
        case ActionKind.REQUEST:
            came = _request(action, filler, where, timeout, around)
        case ActionKind.SHELL:
            came = _shell(action, filler, where, timeout, around)
        case ActionKind.PYTHON:
            function = imported(action.text, where)
            came = _in_time(lambda: _call(function, values, where), where, timeout)
        case ActionKind.BUILT_IN:
            if action.function is None:
                raise ControlError(f"{where}: there is no function", untouched=True)
            came = _call(action.function, values, where)
    if came is None:
        return {"ok": False}
    return _answer(action, came, where)


def _answer(action: Action, came: Json, where: str) -> JsonObject:
    if not action.answer:
        made = came if isinstance(came, dict) else {}
    else:
        made = {name: part for name, path in action.answer.items() if (part := _at(came, path)) is not None}
        missing = next((name for name in action.answer if name not in made), "")
        if missing:
            raise ControlError(
                f"{where}: answer says that {missing} stands at {action.answer[missing]!r}, and nothing is there; "
                f"what came has {_outline(came)}"
            )
    return {"ok": True, **made}


def _at(document: Json, path: str) -> Json:
    found = document
    for part in path.split(".") if path != "." else []:
        if isinstance(found, dict):
            found = found.get(part)
        elif isinstance(found, list) and part.isdigit() and int(part) < len(found):
            found = found[int(part)]
        else:
            return None
    return found


def _outline(document: Json) -> str:
    if isinstance(document, dict):
        return f"the members {', '.join(document)}" if document else "no members"
    return f"a list of {len(document)}" if isinstance(document, list) else "no JSON object"


# HTTP ------------------------------------------------------------------------------------------------------------


def _request(action: Action, filler: Filler, where: str, timeout: float, around: Surroundings) -> Json:
    from scimulator.target.transport import HttpCarrier  # noqa: PLC0415 - httpx is heavy, and many controls need none

    method, _, address = action.text.partition(" ")
    url = filler.text(address.strip(), lambda text: quote(text, safe=""))
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise ControlError(f"{where}: the address of the request is no URL: {error}", untouched=True) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or not url.isascii() or " " in url:
        raise ControlError(
            f"{where}: the address of the request is no URL that begins with http:// or https://", untouched=True
        )
    headers, body = _message(action, filler, where)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    request = Request(method, target, (("Host", parts.netloc.rpartition("@")[2]), *headers), body)
    carrier = HttpCarrier(
        secure=parts.scheme == "https",
        host=parts.hostname,
        port=port,
        body_limit=BODY_LIMIT,
        ca_bundle=around.ca_bundle,
        insecure=bool(around.insecure_host) and around.insecure_host == parts.netloc,
    )
    try:
        response = carrier.carry(request, timeout)
    except CarrierError as error:
        never_sent = error.failure.kind in (FailureKind.CONNECT, FailureKind.TLS)
        raise ControlError(f"{where}: {error.failure.message}", untouched=never_sent) from error
    finally:
        carrier.close()
    return _understood(action, response, f"{where}: {method} {parts.scheme}://{parts.netloc}{parts.path}")


def _message(action: Action, filler: Filler, where: str) -> tuple[list[tuple[str, str]], bytes]:
    headers: list[tuple[str, str]] = []
    for name, text in action.headers.items():
        value = filler.text(text)
        if not value.isprintable() or not name.isascii():
            raise ControlError(f"{where}: the header {name} holds characters that no header may hold", untouched=True)
        headers.append((name, value))
    given = {name.lower(): value.lower() for name, value in headers}
    if "accept" not in given:
        headers.append(("Accept", "application/json"))
    if action.json is not None:
        if "content-type" not in given:
            headers.append(("Content-Type", "application/json"))
        return headers, json.dumps(filler.json(action.json), ensure_ascii=False).encode()
    escape: Callable[[str], str] = str
    if "urlencoded" in given.get("content-type", ""):
        escape = quote_plus
    elif action.body.lstrip().startswith(("{", "[")):
        escape = _inside_json
    return headers, filler.text(action.body, escape).encode()


def _inside_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _understood(action: Action, response: Response, told: str) -> Json:
    """Return what a response says; None for a declared refusal."""
    if response.status in action.refused:
        return None
    text = response.body.decode("utf-8", "replace")
    if not 200 <= response.status < 300:
        advice = "; where this means that the product says no, add it to refused" if response.status >= 400 else ""
        raise ControlError(
            f"{told} was answered {response.status} {_short(text)}{advice}", untouched=400 <= response.status < 500
        )
    return _document(text)


def _document(text: str) -> Json:
    try:
        made: Json = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return made if made is not None else {}


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f"({line[:_SHOWN]}{'…' if len(line) > _SHOWN else ''})" if line else "(without a body)"


# shell -----------------------------------------------------------------------------------------------------------


def _shell(action: Action, filler: Filler, where: str, timeout: float, around: Surroundings) -> Json:
    command, given = filler.command(action.text)
    # A shell is what the user asked for; values reach it in variables, never as text of the command.
    process = subprocess.Popen(  # noqa: S602 - see above
        command,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**around.environ, **given},
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise ControlError(f"{where}: the command did not end within {timeout:g} s and was stopped") from error
    finally:
        # Also after Ctrl-C; what the command has started in the background goes with it only where it still runs.
        if process.returncode is None:
            _stop(process)
    if process.returncode in action.refused:
        return None
    if process.returncode:
        said = _short((err or out).decode("utf-8", "replace"))
        found = "; is the command spelled right, and on the PATH?" if process.returncode == 127 else ""
        raise ControlError(f"{where}: the command ended with {process.returncode} {said}{found}")
    return _document(out.decode("utf-8", "replace"))


def _stop(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:  # pragma: no cover - Windows
            process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=5)


# Python ----------------------------------------------------------------------------------------------------------


def imported(place: str, where: str) -> Callable[..., object]:
    """Return the callable at ``module:function``, found from the current folder or the environment.

    Raises:
        ControlError: when the module or the function is not there, or the import fails.
    """
    module_name, _, attribute = place.partition(":")
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        found: object = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        missing = error.name or module_name
        mine = module_name == missing or module_name.startswith(f"{missing}.")
        told = (
            f"there is no module {module_name!r}; run from the folder that holds it"
            if mine
            else f"importing {module_name!r} failed: it needs {missing!r}, which is not installed"
        )
        raise ControlError(f"{where}: {told}", untouched=True) from error
    except Exception as error:
        raise ControlError(
            f"{where}: importing {module_name!r} failed: {type(error).__name__}: {error}", untouched=True
        ) from error
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise ControlError(f"{where}: {module_name!r} has no {part!r}{hint(part, dir(found))}", untouched=True)
        found = getattr(found, part)
    if not callable(found):
        raise ControlError(f"{where}: {place!r} cannot be called", untouched=True)
    return found


def _call(function: Callable[..., object], values: Mapping[str, Json], where: str) -> Json:
    parameters = {name: value for name, value in values.items() if name != "answer"}
    given = (values["answer"],) if "answer" in values else ()
    try:
        came = function(*given, **parameters)
    except ControlError as error:
        raise ControlError(f"{where}: {error}", untouched=error.untouched) from error
    except Exception as error:
        raise ControlError(f"{where}: {type(error).__name__}: {error}") from error
    if came is None:
        return {}
    try:
        made: Json = json.loads(json.dumps(came))
    except (TypeError, ValueError) as error:
        raise ControlError(f"{where}: what it returned is no JSON: {error}") from error
    return made


def _in_time(work: Callable[[], Json], where: str, timeout: float) -> Json:
    results: list[Json] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            errors.append(error)

    thread = threading.Thread(target=run, name="scimulator-control", daemon=True)
    thread.start()
    thread.join(timeout)
    if errors:
        raise errors[0]
    if not results:
        raise ControlError(f"{where}: the function did not return within {timeout:g} s")
    return results[0]
