"""A curl line repeats a written exchange; the token is ``$SCIM_TOKEN`` because the real one was never written."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from scimulator.exchange.redaction import MARK
from scimulator.reporting.reading import members, raw, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimulator.exchange.strict_json import JsonObject

TOKEN = "$SCIM_TOKEN"  # noqa: S105  the name of a variable, not its value
_PLAIN = re.compile(r"[\w/.:@%+,=~-]*\Z", re.ASCII)
_SENT_BY_CURL = ("host", "content-length", "connection", "accept-encoding")
_OWN_AGENT = "scimulator/"


def curl(exchange: JsonObject, base_url: str) -> str:
    """Return a POSIX shell command that sends the exchange's request again.

    ``base_url`` is the target's; with an empty one (a target without address) the variable ``$SCIM_URL`` stands for
    it. Basic authentication uses ``$SCIM_USER`` besides ``$SCIM_TOKEN``. Characters that no terminal should see are
    written as octal escapes for printf. A body that was cut when it was written is not sent; a comment says so.
    """
    request = members(exchange, "request")
    method = raw(request, "method")
    target = raw(request, "target")
    body = raw(request, "body")
    parts = [_verb(method)]
    if any(char in target for char in "[]{}"):
        parts.append("-g")
    if "/." in target:
        parts.append("--path-as-is")
    parts.append(_url(base_url, target))
    options = list(_headers(request, has_body=bool(body)))
    feed = ""
    if request.get("cut"):
        options.append("# the body was too long to be kept")
    elif body and not _printable(body):
        feed = f"printf -- {_octal(body)} | "
        options.append("--data-binary @-")
    elif body:
        options.append(f"--data-binary {shlex.quote(body)}")
    return feed + " \\\n  ".join([f"curl -sS -i {' '.join(parts)}", *options])


def _verb(method: str) -> str:
    if method == "HEAD":
        return "--head"
    return "-X GET" if method == "GET" else f"-X {shlex.quote(method)}"


def _url(base_url: str, target: str) -> str:
    if not _printable(target):
        target = "".join(char if char.isprintable() and char.isascii() else _percent(char) for char in target)
    if base_url and MARK not in target:
        return shlex.quote(base_url + target)
    if not base_url and _PLAIN.match(target):
        return f'"$SCIM_URL{target}"'
    lead = shlex.quote(base_url) if base_url else '"$SCIM_URL"'
    return lead + (_with_token(target) if MARK in target else shlex.quote(target))


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))


def _headers(request: JsonObject, *, has_body: bool) -> Iterator[str]:
    seen = set()
    for pair in values(request, "headers"):
        if not isinstance(pair, list) or len(pair) != 2:
            continue
        name, value = str(pair[0]), str(pair[1])
        lower = name.lower()
        seen.add(lower)
        if lower in _SENT_BY_CURL or (lower == "user-agent" and value.startswith(_OWN_AGENT)):
            continue
        if lower == "authorization" and value == f"Basic {MARK}":
            yield f'-u "$SCIM_USER:{TOKEN}"'
        elif MARK in value:
            yield f"-H {_with_token(f'{name}: {value}')}"
        elif not value:
            yield f"-H {shlex.quote(f'{name};')}"
        elif _printable(value):
            yield f"-H {shlex.quote(f'{name}: {value}')}"
    # curl adds these by itself; a request that went without them has to go without them again.
    if "accept" not in seen:
        yield "-H 'Accept:'"
    if has_body and "content-type" not in seen:
        yield "-H 'Content-Type:'"


def _with_token(text: str) -> str:
    escaped = re.sub(r'([\\"$`])', r"\\\1", text)
    return f'"{escaped.replace(MARK, TOKEN)}"'


def _printable(text: str) -> bool:
    return all(char.isprintable() for char in text)


def _octal(text: str) -> str:
    made = []
    for byte in text.encode("utf-8", "surrogatepass"):
        char = chr(byte)
        if char == "%":
            made.append("%%")
        elif char == "\\":
            made.append("\\\\")
        else:
            made.append(char if 32 <= byte < 127 else f"\\{byte:03o}")
    return shlex.quote("".join(made))
