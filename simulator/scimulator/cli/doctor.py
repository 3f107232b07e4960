"""``scimulator doctor``: one screen that tells why nothing works, and the next step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from scimulator.target.cleaning import left_done
from scimulator.target.controls.canonical import canonical_controls
from scimulator.target.diagnosis import Sign, Symptom, bad, doctor, note
from scimulator.target.essentials import ObstacleKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from scimulator.exchange.strict_json import JsonObject
    from scimulator.target.controls.definition import Control
    from scimulator.target.settings import TargetSettings
    from scimulator.target.target import Target

_LOOK = {Sign.GOOD: ("✓", "green"), Sign.BAD: ("✗", "red"), Sign.NOTE: ("!", "yellow")}


def doctor_command(
    target: Target,
    *,
    settings: TargetSettings | None = None,
    json_file: str | Path | None = None,
    console: Console | None = None,
    controls: Mapping[str, Control] | None = None,
) -> int:
    """Print the diagnosis of ``target`` and return the exit code.

    0: nothing wrong; 1: something is; 4: unreachable or credentials refused. With ``json_file`` the lines are also
    written there (fixtures/schemas/doctor.schema.json). ``controls`` are those that the settings define.
    """
    from rich.console import Console
    from rich.text import Text

    screen = console or Console(highlight=False)
    symptoms = [*doctor(target, settings), *_controls(target, controls)]
    screen.print(Text(f"Doctor's look at {target.name}", style="bold"))
    for warning in target.warnings:
        screen.print(Text(f"! {warning}", style="yellow"))
    width = max(len(one.topic) for one in symptoms)
    for one in symptoms:
        mark, style = _LOOK[one.sign]
        line = Text.assemble((f"{mark} ", style), (f"{one.topic:<{width}}  ", "bold"), printable(one.message))
        screen.print(line, soft_wrap=True)
        if one.advice:
            screen.print(Text(f"  {'':<{width}}  → {printable(one.advice)}"), soft_wrap=True)
    screen.print(Text(_verdict(symptoms)))
    if json_file is not None:
        Path(json_file).write_text(json.dumps(as_json(target, symptoms), indent=2) + "\n", "utf-8")
    return exit_code(symptoms)


def _controls(target: Target, controls: Mapping[str, Control] | None) -> list[Symptom]:
    undone = dict.fromkeys(left_done(target.name))
    if undone:
        names = ", ".join(f"[control.{name}]" for name in undone)
        return [bad("controls", f"an interrupted run left {names} done", "undo it: scimulator clean")]
    if not controls:
        return []
    lacking = [name for name in canonical_controls() if name not in controls]
    told = f"{len(controls)} in the settings: {', '.join(controls)}"
    return [note("controls", told, f"not there: {', '.join(lacking)}" if lacking else "")]


def as_json(target: Target, symptoms: list[Symptom]) -> JsonObject:
    """Return the diagnosis as data."""
    return {
        "target": target.name,
        "exit_code": exit_code(symptoms),
        "symptoms": [
            {"id": one.topic.replace(" ", "-"), "sign": str(one.sign), "message": one.message, "advice": one.advice}
            for one in symptoms
        ],
    }


def exit_code(symptoms: list[Symptom]) -> int:
    """Return what a diagnosis means for the shell."""
    if any(one.obstacle for one in symptoms):
        return 4
    return 1 if any(one.sign is Sign.BAD for one in symptoms) else 0


def printable(text: str) -> str:
    """Return a target's text without what could steer a terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _verdict(symptoms: list[Symptom]) -> str:
    obstacle = next((one.obstacle for one in symptoms if one.obstacle), None)
    if obstacle is ObstacleKind.CREDENTIALS:
        return "The server is there but does not let us in: mend that first."
    if obstacle is not None:
        return "The server cannot be talked to: mend the line marked ✗ first."
    wrong = sum(one.sign is Sign.BAD for one in symptoms)
    if wrong:
        return f"It can be talked to; {wrong} thing{'s' if wrong > 1 else ''} to mend. Then: scimulator check"
    return "It can be talked to. Next: scimulator check"
