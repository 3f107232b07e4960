"""Credentials: read once from where the settings point, sent where the target is, shown nowhere."""

from __future__ import annotations

import base64
import getpass
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scimulator.catalogue.near_miss import hint
from scimulator.target.errors import TargetError
from scimulator.target.settings import DEFAULT_TOKEN_ENV

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scimulator.target.settings import Settings, TargetSettings

_KINDS = ("bearer", "basic", "header", "none")


@dataclass(frozen=True, slots=True)
class Credentials:
    """One header field that authenticates, and every text in it that must never be written."""

    header: str
    value: str
    secrets: frozenset[str]

    def __repr__(self) -> str:
        """Credentials print as the name of their header only."""
        return f"Credentials({self.header})"


def bearer(token: str) -> Credentials:
    """Make the credentials of RFC 6750 2.1: ``Authorization: Bearer <token>``."""
    return Credentials("Authorization", f"Bearer {token}", frozenset({token}))


def basic(username: str, password: str) -> Credentials:
    """Make the credentials of RFC 7617 2: user-id and password in base64."""
    pair = base64.b64encode(f"{username}:{password}".encode()).decode()
    return Credentials("Authorization", f"Basic {pair}", frozenset({password, pair}))


def resolve_credentials(
    settings: Settings,
    *,
    environ: Mapping[str, str] | None = None,
    ask: Callable[[str], str] | None = None,
) -> Credentials | None:
    """Read the secret that the settings point to; None where they point to nothing.

    Raises:
        TargetError: for an unset variable, an unreadable file, an empty or unsendable secret.
    """
    chosen = settings.target
    if chosen.auth not in _KINDS:
        raise TargetError(f"there is no authentication {chosen.auth!r}{hint(chosen.auth, _KINDS)}: {', '.join(_KINDS)}")
    if chosen.auth == "none":
        return None
    found = _secret(chosen, os.environ if environ is None else environ, ask or getpass.getpass)
    if found is None:
        if chosen.auth != "bearer":
            raise TargetError(
                f"authentication {chosen.auth!r} needs a secret: name a variable with --token-env, a file with "
                f"--token-file, or set {DEFAULT_TOKEN_ENV}"
            )
        return None
    secret, place = found
    if not secret:
        raise TargetError(f"the token is empty ({place}); put the target's token there, or use --auth none")
    if not secret.isascii() or not secret.isprintable():
        raise TargetError(f"the token holds characters that no header can carry ({place}); was it copied whole?")
    if chosen.auth == "basic":
        username, _, password = (chosen.username, "", secret) if chosen.username else secret.partition(":")
        if not password:
            raise TargetError(f"basic authentication needs a user name: give --username, or user:password ({place})")
        return basic(username, password)
    if chosen.auth == "header":
        return Credentials(chosen.header or "Authorization", secret, frozenset({secret}))
    return bearer(secret)


def _secret(chosen: TargetSettings, environ: Mapping[str, str], ask: Callable[[str], str]) -> tuple[str, str] | None:
    if chosen.token_prompt:
        return ask("Token of the target: ").strip(), "typed at the prompt"
    if chosen.token_file:
        try:
            return Path(chosen.token_file).expanduser().read_text("utf-8").strip(), f"file {chosen.token_file}"
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            raise TargetError(f"the token file {chosen.token_file} cannot be read: {reason}") from error
    if chosen.token_env:
        if not chosen.token_env.isidentifier():
            raise TargetError("--token-env takes the name of a variable, not the token itself: --token-env SCIM_TOKEN")
        if chosen.token_env not in environ:
            raise TargetError(
                f"the variable {chosen.token_env} is not set; export it with the target's token, or name another one "
                f"with --token-env"
            )
        return environ[chosen.token_env].strip(), f"variable {chosen.token_env}"
    if DEFAULT_TOKEN_ENV in environ:
        return environ[DEFAULT_TOKEN_ENV].strip(), f"variable {DEFAULT_TOKEN_ENV}"
    return None
