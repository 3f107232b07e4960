"""Options that say which target and how to reach it, shared by the verbs that need one."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scimulator.target.settings import Settings
    from scimulator.target.target import Target

F = TypeVar("F", bound="Callable[..., object]")

PROMPTED = "SCIMULATOR_PROMPTED_TOKEN"
"""The variable that holds a token typed at the prompt, while a run lasts."""
ASKING = "SCIMULATOR_TARGET_TOKEN_PROMPT"
OPTIONS: tuple[Callable[[F], F], ...] = (
    click.option("--config", metavar="FILE", help="Settings; default: scimulator.toml where it exists."),
    click.option("--auth", type=click.Choice(["bearer", "basic", "header", "none"]), help="How to authenticate."),
    click.option("--token-env", metavar="NAME", help="Variable with the token; default: SCIM_TOKEN."),
    click.option("--token-file", metavar="FILE", help="File with the token."),
    click.option("--token-prompt", is_flag=True, help="Ask for the token."),
    click.option("--username", metavar="NAME", help="User of --auth basic; the token is the password."),
    click.option("--header", metavar="NAME", help="Header of --auth header; the token is its value."),
    click.option("--ca-bundle", metavar="FILE", help="Certificates to trust."),
    click.option("--insecure", is_flag=True, help="Accept any certificate."),
    click.option("--timeout", metavar="SECONDS", type=float, help="For one exchange."),
)
NAMES = (
    *("config", "auth", "token_env", "token_file", "token_prompt", "username", "header"),
    *("ca_bundle", "insecure", "timeout"),
)


def reaching(command: F) -> F:
    """Give a command the options with which a target is reached."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def split_arguments(arguments: tuple[str, ...], target: str | None) -> tuple[list[str], str | None]:
    """Return check-id prefixes and the target: an argument with a colon is the target, anything else a prefix.

    Raises:
        click.UsageError: for an empty argument, or more than one target.
    """
    prefixes: list[str] = []
    for argument in arguments:
        if not argument.strip():
            raise click.UsageError("an argument is empty; was a variable for the target not set?")
        if ":" not in argument:
            prefixes.append(argument)
        elif target is not None:
            raise click.UsageError(f"there can be one target, and there are two: {_safe(target)} and {_safe(argument)}")
        else:
            target = argument
    if target is not None and not target.strip():
        raise click.UsageError("the target is empty; was a variable for it not set?")
    return prefixes, target


def chosen_settings(options: Mapping[str, object], **changes: object) -> Settings:
    """Return the settings of file, environment and command line.

    Raises:
        SettingsError: for a broken file or an impossible value.
    """
    from scimulator.target.settings_file import load_settings

    config = options.get("config")
    given = {name: options.get(name) or None for name in NAMES if name != "config"} | changes
    if options.get("token_env") and not options.get("token_file"):
        # A file that the settings name must not win over a variable that is named here.
        given["token_file"] = ""
    settings = load_settings(str(config) if config else None)
    return settings.override(**given)  # type: ignore[arg-type]  # click has seen to the types


@contextmanager
def prompted(settings: Settings) -> Iterator[Settings]:
    """Ask for the token where the settings say so; inside this block it stands in a variable of the environment."""
    if not settings.target.token_prompt:
        yield settings
        return
    token = click.prompt("Token of the target", hide_input=True, err=True)
    before = {name: os.environ.get(name) for name in (PROMPTED, ASKING)}
    os.environ[PROMPTED] = str(token).strip()
    os.environ[ASKING] = "false"
    try:
        yield settings.override(token_env=PROMPTED, token_file="", token_prompt=False, origin="prompt")
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def opened(spec: str, settings: Settings) -> Target:
    """Open a target, the embedded provider included.

    Raises:
        TargetError: when it cannot be opened as described.
    """
    from scimulator.target.opening import open_target, register_opener

    # Registered by name only: a run against a URL never needs the provider.
    register_opener("reference", _open_reference)
    return open_target(spec, settings)


def _open_reference(spec: str, settings: Settings) -> Target:
    from scimulator.embedded import open_reference

    return open_reference(spec, settings)


def _safe(target: str) -> str:
    return target.partition("?")[0].rpartition("@")[2]
