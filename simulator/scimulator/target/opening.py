"""Opening a target: the text before the first colon chooses the opener, which is registered, not imported."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from scimulator.target.auth import resolve_credentials
from scimulator.target.errors import TargetError
from scimulator.target.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.target.settings import Settings

OPTSCIM_FLAG = "aadOptscim062020"
"""The query parameter by which Entra selects its standards-compliant client; nothing shows it on the wire."""
OPTSCIM_DIALECT = "entra.optscim"

_OPENERS: dict[str, Callable[[str, Settings], Target]] = {}


def register_opener(scheme: str, opener: Callable[[str, Settings], Target]) -> None:
    """Make targets that start with ``scheme:`` open with ``opener``; the last registration wins."""
    _OPENERS[scheme] = opener


def open_target(spec: str, settings: Settings) -> Target:
    """Open the target that ``spec`` describes; nothing is sent yet.

    Raises:
        TargetError: when the text, the credentials or the certificates cannot be used; says what to do.
    """
    text = spec.strip()
    if not text:
        raise TargetError("the target is empty; give a URL, asgi:module:app, wsgi:module:app or reference:")
    scheme, colon, _ = text.partition(":")
    opener = _OPENERS.get(scheme.lower()) if colon else None
    if opener is None:
        if not colon or scheme.lower() == "localhost" or "." in scheme:
            raise TargetError(f"the target {_safe(text)!r} has no scheme; did you mean http://{_safe(text)} ?")
        raise TargetError(
            f"the target {_safe(text)!r} starts with {scheme!r}, which nothing opens; "
            f"there are {', '.join(f'{name}:' for name in sorted(_OPENERS))}"
        )
    return opener(text, settings)


def split_query(query: str) -> tuple[str, str | None]:
    """Return a target's query without Entra's flag, and the dialect that the flag selects."""
    kept: list[str] = []
    hint = None
    for part in query.split("&"):
        if part.partition("=")[0].lower() == OPTSCIM_FLAG.lower():
            hint = OPTSCIM_DIALECT
        elif part:
            kept.append(part)
    return "&".join(kept), hint


def dialect_hint(spec: str) -> str | None:
    """Return the dialect that a target's text selects by its query, without opening the target."""
    return split_query(spec.partition("?")[2])[1]


def _safe(text: str) -> str:
    """Return a target's text without what stands before an at sign or in a query."""
    head = text.partition("?")[0]
    return head.rpartition("@")[2] if "@" in head else head


def _split(text: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(text)
        port = parts.port or (443 if parts.scheme.lower() == "https" else 80)
    except ValueError as error:
        raise TargetError(f"the target {_safe(text)!r} is not a URL: {error}") from error
    if not parts.hostname:
        raise TargetError(f"the target {_safe(text)!r} names no host; write it as http://host:port/path")
    if "@" in parts.netloc:
        raise TargetError(
            "the target's URL holds a user name or a password; take it out and give it with --auth basic and "
            "--token-env, so that it does not end up in a log"
        )
    if not text.isascii() or not text.isprintable() or " " in text:
        raise TargetError(f"the target {_safe(text)!r} holds characters that a URL must percent-encode")
    return parts, port


def open_http(spec: str, settings: Settings) -> Target:
    """Open an http or https URL, with or without trailing slash and query.

    Raises:
        TargetError: for a malformed URL, missing credentials or an unreadable certificate bundle.
    """
    # httpx is heavy, and a target in process has no use for it.
    from scimulator.target.transport import HttpCarrier  # noqa: PLC0415 - see above

    parts, port = _split(spec)
    query, hint = split_query(parts.query)
    base_path = parts.path.rstrip("/")
    base_url = f"{parts.scheme.lower()}://{parts.netloc}{base_path}"
    carrier = HttpCarrier(
        secure=parts.scheme.lower() == "https",
        host=parts.hostname or "",
        port=port,
        body_limit=settings.limits.body,
        ca_bundle=settings.target.ca_bundle,
        insecure=settings.target.insecure,
    )
    warnings: list[str] = []
    if settings.target.insecure:
        warnings.append("certificates are not verified (--insecure): whoever sits in between can read the token")
    credentials = resolve_credentials(settings)
    loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if credentials and parts.scheme.lower() == "http" and not loopback:
        warnings.append("the token travels unencrypted (http); use https for a server that is not on this machine")
    return Target(
        spec=spec,
        name=base_url,
        base_url=base_url,
        carrier=carrier,
        limits=settings.limits,
        credentials=credentials,
        base_path=base_path,
        host=parts.netloc,
        query=query,
        dialect_hint=hint,
        warnings=tuple(warnings),
    )


def _open_app(spec: str, settings: Settings) -> Target:
    # An event loop is heavy, and a target behind a socket has no use for it.
    from scimulator.target import apps  # noqa: PLC0415 - see above

    return (apps.open_asgi if spec.lower().startswith("asgi:") else apps.open_wsgi)(spec, settings)


register_opener("asgi", _open_app)
register_opener("wsgi", _open_app)
register_opener("http", open_http)
register_opener("https", open_http)
