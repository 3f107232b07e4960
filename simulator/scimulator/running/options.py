"""The plugin's command-line options; each starts with ``--scim-`` because the plugin loads in every user's pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.target.settings_file import load_settings

if TYPE_CHECKING:
    import pytest

    from scimulator.target.settings import Settings


def add_options(parser: pytest.Parser) -> None:
    """Add the group ``scimulator`` to pytest's options."""
    group = parser.getgroup("scimulator", "Scimulator: SCIM 2.0 conformance (RFC 7643, RFC 7644, Okta, Entra)")
    group.addoption("--scim-target", metavar="TARGET", help="URL, asgi:module:app, wsgi:module:app or reference:")
    group.addoption("--scim-config", metavar="FILE", help="settings; default: scimulator.toml where it exists")
    group.addoption(
        "--scim-select", metavar="PREFIX", action="append", default=[], help="only checks with this id prefix"
    )
    group.addoption(
        "--scim-exclude", metavar="PREFIX", action="append", default=[], help="leave out checks with this prefix"
    )
    group.addoption("--scim-dialect", metavar="ID", action="append", default=[], help="dialects in scope; default: all")
    group.addoption("--scim-read-only", action="store_true", help="run only what writes nothing")
    group.addoption("--scim-destructive", action="store_true", help="also run what could hurt data that is not ours")
    group.addoption("--scim-controls", action="store_true", help="also run checks with a [control], last and alone")
    group.addoption("--scim-probe", action="store_true", help="only find out which quirks the target has")
    group.addoption("--scim-run", metavar="FILE", help="write the run stream (JSON lines) here")
    group.addoption("--scim-seed", metavar="N", type=int, default=None, help="seed of the people that are made up")
    group.addoption("--scim-token-env", metavar="NAME", help="environment variable with the token (default SCIM_TOKEN)")
    group.addoption("--scim-token-file", metavar="FILE", help="file with the token")
    group.addoption("--scim-auth", metavar="KIND", help="bearer, basic, header or none")
    group.addoption("--scim-username", metavar="NAME", help="user of --scim-auth basic; the token is its password")
    group.addoption("--scim-header", metavar="NAME", help="header of --scim-auth header; the token is its value")
    group.addoption("--scim-ca-bundle", metavar="FILE", help="certificates to trust")
    group.addoption("--scim-insecure", action="store_true", help="accept any certificate; warns")
    group.addoption("--scim-rate", metavar="N", type=float, default=None, help="requests per second at most")
    group.addoption("--scim-timeout", metavar="SECONDS", type=float, default=None, help="for one whole exchange")
    group.addoption("--scim-deadline", metavar="SECONDS", type=float, default=None, help="for the whole run")


def settings_from(config: pytest.Config) -> Settings:
    """Return the settings of file, environment and options.

    Raises:
        SettingsError: for a broken file or a value that cannot be.
    """
    option = config.option
    settings = load_settings(option.scim_config)
    return settings.override(
        url=option.scim_target,
        auth=option.scim_auth,
        token_env=option.scim_token_env,
        token_file=option.scim_token_file,
        username=option.scim_username,
        header=option.scim_header,
        ca_bundle=option.scim_ca_bundle,
        insecure=option.scim_insecure or None,
        rate=option.scim_rate,
        timeout=option.scim_timeout,
        deadline=option.scim_deadline,
        dialects=tuple(option.scim_dialect) or None,
        exclude=tuple(option.scim_exclude) or None,
        read_only=option.scim_read_only or None,
        destructive=option.scim_destructive or None,
        controls=option.scim_controls or None,
    )
