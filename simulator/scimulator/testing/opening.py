"""From what a test-suite says of its target to the target itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.running.options import settings_from
from scimulator.target.errors import SettingsError, TargetError
from scimulator.target.opening import open_target
from scimulator.testing.application import Openable, ScimApplication
from scimulator.testing.errors import ScimTestingError
from scimulator.testing.target import ScimTarget

if TYPE_CHECKING:
    import pytest

    from scimulator.target.target import Target

HOW = (
    "the target is not known: write a fixture named scim_target_spec that returns your ASGI or WSGI application (or "
    'scimulator.testing.ScimApplication(app, path="/scim/v2", token="...")), or set scim_target in pytest\'s ini file, '
    "or give --scim-target"
)


def spec_from(config: pytest.Config) -> str:
    """Return the target's text from the command line, else from the ini file; empty where neither has one."""
    return str(config.option.scim_target or config.getini("scim_target") or "")


def opened(spec: object, config: pytest.Config, token: str | None = None) -> ScimTarget:
    """Open the target that ``spec`` is or describes.

    ``token`` is the bearer token where the settings and the variable SCIM_TOKEN are not to be asked.

    Raises:
        ScimTestingError: when it is none or cannot be opened.
    """
    if spec is None or spec == "":
        raise ScimTestingError(HOW)
    try:
        if isinstance(spec, Openable):
            return ScimTarget(spec.open(), in_process=True)
        if not isinstance(spec, str):
            return ScimTarget(ScimApplication(spec, token=token or "").open(), in_process=True)
        scheme = spec.partition(":")[0].lower()
        return ScimTarget(_described(spec, config, token), in_process=scheme in ("asgi", "wsgi", "reference"))
    except (TargetError, SettingsError) as error:
        raise ScimTestingError(str(error)) from error


def _described(spec: str, config: pytest.Config, token: str | None) -> Target:
    if spec.partition(":")[0].lower() == "reference":
        from scimulator.embedded import open_reference  # noqa: PLC0415  no other target needs the provider

        return open_reference(spec, settings_from(config))
    target = open_target(spec, settings_from(config))
    if token is not None:
        from scimulator.target.auth import bearer  # noqa: PLC0415  most targets have a token of their own

        target.credentials = bearer(token) if token else None
    return target
