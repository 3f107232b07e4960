"""``scimulator serve``: the reference provider on a port of this machine."""

from __future__ import annotations

import os
import secrets
import shlex
import socket
import sys
from typing import TYPE_CHECKING

import click

from scimulator.cli.main import Verb, examples

if TYPE_CHECKING:
    from scimulator.provider import Provider

PREFIX = "/scim/v2"
_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104  recognised, to warn of it


@click.command(
    cls=Verb,
    epilog=examples(
        "scimulator serve --port 0",
        "scimulator serve --fault group-remove-by-value-wipes --preset strict --token-env SCIM_TOKEN",
    ),
)
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port", metavar="N", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free."
)
@click.option("--token", metavar="T", help="Token that clients must send; default: a random one.")
@click.option("--token-env", metavar="NAME", help="Variable with the token.")
@click.option("--fault", "faults", metavar="ID", multiple=True, help="Have this bug (repeatable).")
@click.option("--preset", metavar="NAME", help="Quirks to have; default: lenient.")
def serve(
    *, host: str, port: int, token: str | None, token_env: str | None, faults: tuple[str, ...], preset: str | None
) -> int:
    """Put the reference provider on a port of this machine, until Ctrl-C.

    It prints its base URL, the token, and the command that judges it.
    """
    from scimulator.provider.http import server

    secret = _token(token, token_env)
    with _bound(host, port) as listener:
        actual = int(listener.getsockname()[1])
        shown = "127.0.0.1" if host in _EVERYWHERE else host
        shown = f"[{shown}]" if ":" in shown else shown
        url = f"http://{shown}:{actual}{PREFIX}"
        provider = _provider(url, secret, faults, preset)
        having = [f"preset {preset}"] if preset else []
        having += [f"fault {fault}" for fault in faults]
        click.echo(f"The reference provider is served, with {', '.join(having) or 'the preset lenient'}.")
        click.echo(f"  export SCIM_URL={shlex.quote(url)}")
        click.echo(f"  export SCIM_TOKEN={shlex.quote(secret)}")
        click.echo("In another terminal:")
        click.echo(f"  SCIM_TOKEN={shlex.quote(secret)} scimulator check {url}")
        if host not in ("127.0.0.1", "::1", "localhost"):
            click.echo("Other machines can reach it, and the token travels unencrypted.", err=True)
        click.echo("Ctrl-C ends it.")
        sys.stdout.flush()
        server(provider, PREFIX).run(sockets=[listener])
    return 0


def _token(token: str | None, token_env: str | None) -> str:
    if token is not None and token_env is not None:
        raise click.UsageError("give the token once: with --token or with --token-env")
    if token_env is not None:
        if not os.environ.get(token_env):
            raise click.UsageError(f"the variable {token_env} is not set or empty; export it with the token")
        return os.environ[token_env]
    if token is not None and not token.strip():
        raise click.UsageError("the token is empty; leave --token out to get a random one")
    return token or secrets.token_urlsafe(24)


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that is bound, so that the address that is printed is the real one."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(address)
            # From here on clients queue, so that whoever reads the address can use it at once.
            made.listen(256)
        except OSError:
            made.close()
            raise
    except OSError as error:
        raise click.UsageError(
            f"{host}:{port} cannot be listened on ({error.strerror}); choose another --port, or 0 for a free one"
        ) from error
    return made


def _provider(url: str, token: str, faults: tuple[str, ...], preset: str | None) -> Provider:
    from scimulator.provider import Provider

    try:
        if preset is None:
            return Provider(url, token=token, faults=faults)
        return Provider(url, preset=preset, token=token, faults=faults)
    except (LookupError, ValueError, FileNotFoundError) as error:
        told = error.args[0] if error.args and isinstance(error.args[0], str) else str(error)
        raise click.UsageError(told) from error
