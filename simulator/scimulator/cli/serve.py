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
    from scimulator.provider.control_api import ControlApi

PREFIX = "/scim/v2"
_SQLITE = b"SQLite format 3\0"
ADMIN_VARIABLE = "SCIMULATOR_ADMIN_TOKEN"
_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104  recognised, to warn of it


@click.command(
    cls=Verb,
    epilog=examples(
        "scimulator serve --port 0",
        "scimulator serve --preset strict --token-env SCIM_TOKEN --db product.sqlite --write-controls controls.toml",
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
@click.option("--db", metavar="FILE", help="Keep everything in this file; default: in memory.")
@click.option("--no-control", is_flag=True, help="Leave out the control API of the product behind SCIM.")
@click.option("--admin-token-env", metavar="NAME", help="Variable with the control API's token; default: a random one.")
@click.option("--write-controls", metavar="FILE", help="Write settings with every [control] of this server here.")
def serve(
    *,
    host: str,
    port: int,
    token: str | None,
    token_env: str | None,
    faults: tuple[str, ...],
    preset: str | None,
    db: str | None,
    no_control: bool,
    admin_token_env: str | None,
    write_controls: str | None,
) -> int:
    """Put the reference provider on a port of this machine, until Ctrl-C.

    It prints its base URL, the token, and the command that judges it. Beside SCIM, below /control/v1, this machine may
    do what an admin or a member does in the product: what checks with --controls need.
    """
    from scimulator.cli import serving
    from scimulator.provider.http import server

    if no_control and (write_controls or admin_token_env):
        raise click.UsageError("--no-control leaves out what --write-controls and --admin-token-env are about")
    variable = admin_token_env or ADMIN_VARIABLE
    admin = _token(None, admin_token_env)
    secret = _token(token, token_env)
    with _bound(host, port) as listener:
        actual = int(listener.getsockname()[1])
        shown = "127.0.0.1" if host in _EVERYWHERE else host
        shown = f"[{shown}]" if ":" in shown else shown
        url = f"http://{shown}:{actual}{PREFIX}"
        provider = _provider(url, secret, faults, preset, db)
        control = None if no_control else _control(provider, admin)
        control_url = f"http://{_loopback(shown)}:{actual}/control/v1"
        if write_controls:
            if control is None:
                raise click.UsageError("this provider has no workspace to control; leave --write-controls out")
            serving.write_controls(
                write_controls, serving.control_settings(control_url, url, variable, preset or "lenient")
            )
        having = [f"preset {preset}"] if preset else []
        having += [f"fault {fault}" for fault in faults]
        click.echo(f"The reference provider is served, with {', '.join(having) or 'the preset lenient'}.")
        click.echo(f"  export SCIM_URL={shlex.quote(url)}")
        click.echo(f"  export SCIM_TOKEN={shlex.quote(secret)}")
        click.echo("In another terminal:")
        click.echo(f"  SCIM_TOKEN={shlex.quote(secret)} scimulator check {url}")
        if control is not None:
            _tell_controls(control_url, variable, admin, write_controls)
        if db:
            click.echo(f"Everything is kept in {db}.")
        if host not in ("127.0.0.1", "::1", "localhost"):
            click.echo("Other machines can reach it, and the token travels unencrypted.", err=True)
        click.echo("Ctrl-C ends it.")
        sys.stdout.flush()
        try:
            server(provider, PREFIX, control).run(sockets=[listener])
        finally:
            provider.close()
    return 0


def _control(provider: Provider, token: str) -> ControlApi | None:
    from scimulator.provider.control_api import ControlApi

    return ControlApi(provider, token) if getattr(provider, "workspace", None) is not None else None


def _tell_controls(url: str, variable: str, token: str, written: str | None) -> None:
    click.echo("What an admin or a member does in the product, from this machine only:")
    click.echo(f"  export {variable}={shlex.quote(token)}")
    click.echo(f'  curl -H "Authorization: Bearer ${variable}" {url}')
    if written:
        click.echo(f"  scimulator check --config {shlex.quote(written)} --controls")
    else:
        click.echo("--write-controls FILE writes settings with which scimulator check --controls uses it.")


def _loopback(shown: str) -> str:
    """Return an address of this machine under which the control API answers."""
    return shown if shown in ("127.0.0.1", "localhost", "[::1]") else "127.0.0.1"


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


def _provider(url: str, token: str, faults: tuple[str, ...], preset: str | None, db: str | None) -> Provider:
    from scimulator.provider import Provider
    from scimulator.provider.durable import StoreError

    if db is not None:
        _reserve(db)
    try:
        if preset is None:
            return Provider(url, token=token, faults=faults, db=db)
        return Provider(url, preset=preset, token=token, faults=faults, db=db)
    except StoreError as error:
        raise click.UsageError(str(error)) from error
    except (LookupError, ValueError, FileNotFoundError) as error:
        told = error.args[0] if error.args and isinstance(error.args[0], str) else str(error)
        raise click.UsageError(told) from error


def _reserve(name: str) -> None:
    """Make the file where it is new, readable to its owner alone: tokens will stand in it."""
    if not name.strip():
        raise click.UsageError("the name of the database is empty; was a variable for it not set?")
    try:
        with os.fdopen(os.open(name, os.O_CREAT | os.O_RDWR, 0o600), "rb") as file:
            head = file.read(len(_SQLITE))
    except OSError as error:
        raise click.UsageError(f"{name} cannot be used as a database ({error.strerror})") from error
    # SQLite takes a file of a few bytes for an empty one, and would write over it.
    if head not in (b"", _SQLITE):
        raise click.UsageError(f"{name} is not a database; name a file that scimulator serve has made, or a new one")
