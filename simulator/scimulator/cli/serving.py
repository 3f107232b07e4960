"""What serve tells and writes about controls: settings for scimulator.toml, ready to use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import JsonObject

HEADING = "# Written by scimulator serve --write-controls; it is written anew at each start."


def control_settings(control_url: str, base_url: str, variable: str, preset: str = "") -> str:
    """Return settings in TOML: the target, what it declares, every canonical control as requests to a served provider.

    The admin token stands in them as ``${variable}``.
    """
    from scimulator.provider.controlling import CONTROLS
    from scimulator.target.controls.canonical import canonical_controls

    lines = [HEADING, f"# The admin token is the value of {variable}.", "[target]", f"url = {json.dumps(base_url)}"]
    if preset:
        lines += ["", "[quirks]", f"preset = {json.dumps(preset)}"]
    for name, canonical in canonical_controls().items():
        pair = CONTROLS[name]
        given: JsonObject = {each: f"{{{each}}}" for each in pair.parameters}
        lines += ["", f"[control.{name}]  # {canonical.title}"]
        lines.append(f"do = {_request(f'{control_url}/{name}', variable, given)}")
        if pair.undo is not None:
            # Secret parameters are no longer known when clean undoes something, and no control with one has an undo.
            lines.append(f"undo = {_request(f'{control_url}/{name}/undo', variable, {**given, 'answer': '{answer}'})}")
    return "\n".join(lines) + "\n"


def _request(url: str, variable: str, body: JsonObject) -> str:
    members = ", ".join(f"{name} = {json.dumps(value)}" for name, value in body.items())
    inner = f"{{ {members} }}" if members else "{}"
    headers = f'{{ Authorization = "Bearer ${{{variable}}}" }}'
    return f'{{ request = "POST {url}", headers = {headers}, json = {inner} }}'


def write_controls(name: str, text: str) -> None:
    """Write the settings, but never over a file that somebody else has written.

    Raises:
        click.UsageError: when the file is not ours or cannot be written.
    """
    path = Path(name)
    try:
        if path.exists() and path.stat().st_size and not path.read_text("utf-8").startswith(HEADING):
            raise click.UsageError(f"{name} is there and was not written by serve; name another file")
        path.write_text(text, "utf-8")
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or "it is no text"
        raise click.UsageError(f"{name} cannot be written ({told})") from error
