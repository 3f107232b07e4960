"""``scimulator clean``: removes what runs of the past left on a target, and lists what it could not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from scimulator.cli.doctor import printable
from scimulator.exchange.redaction import Redactor
from scimulator.target.auth import bearer
from scimulator.target.cleaning import Undoing, clean, undo_controls
from scimulator.target.controls.desk import surroundings, target_controls
from scimulator.target.essentials import essentials
from scimulator.target.guest import Removal, RemovalKind, left_over, resource_target

if TYPE_CHECKING:
    from rich.console import Console

    from scimulator.target.settings import Settings
    from scimulator.target.target import Target


def clean_command(
    target: Target,
    *,
    dry_run: bool = False,
    json_file: str | Path | None = None,
    console: Console | None = None,
    settings: Settings | None = None,
) -> int:
    """Undo controls, remove marked resources from ``target``, print each, and return the exit code.

    Controls come first: a target whose SAML is off may refuse everything else. How they are undone stands in
    ``settings``. 0: nothing is left; 1: something is, and it is listed; 4: unreachable or credentials refused. A dry
    run changes nothing and returns 0. With ``json_file`` the list is also written (fixtures/schemas/clean.schema.json).
    """
    from rich.console import Console
    from rich.text import Text

    screen = console or Console(highlight=False)
    redactor = Redactor(target.secrets)

    def undoing(one: Undoing) -> None:
        kind = "not undone" if one.reason else "would undo" if dry_run else "undone"
        told = " ".join([f"[control.{one.control}]", *(f"{name}={value}" for name, value in one.parameters.items())])
        text = f"{kind:<12} {told}{f': {one.reason}' if one.reason else ''}"
        screen.print(Text(printable(redactor.text(text))), soft_wrap=True)
        token = one.answer.get("token")
        if isinstance(token, str) and token and target.credentials is not None and token not in target.secrets:
            redactor.add(token)
            target.credentials = bearer(token)
            screen.print("SCIM has another token from now on; get it from the product and export it", soft_wrap=True)

    undone: list[Undoing] = []
    if settings is not None:
        around = surroundings(target, settings, redactor.add)
        controls = target_controls(target, settings)
        undone = undo_controls(target.name, controls, around, dry_run=dry_run, on_undoing=undoing)
    obstacle = essentials(target)
    if obstacle is not None:
        screen.print(Text(printable(str(obstacle))), soft_wrap=True)
        return 4

    def line(removal: Removal) -> None:
        kind = "would remove" if dry_run else str(removal.kind)
        reason = "" if dry_run or not removal.reason else f": {removal.reason}"
        told = f"{kind:<12} {resource_target(removal.endpoint, removal.id)}  {removal.label}{reason}"
        screen.print(Text(printable(redactor.text(told))), soft_wrap=True)

    removals = clean(target, dry_run=dry_run, on_removal=line)
    left = [] if dry_run else left_over(removals)
    if json_file is not None:
        entries = [
            {
                "id": one.id,
                "endpoint": one.endpoint,
                "label": redactor.text(one.label),
                "outcome": "would-remove" if dry_run else str(one.kind),
                "reason": "" if dry_run else redactor.text(one.reason),
            }
            for one in removals
        ]
        acts = [
            {
                "name": one.control,
                "outcome": "not-undone" if one.reason else "would-undo" if dry_run else "undone",
                "reason": redactor.text(one.reason),
            }
            for one in undone
        ]
        document = {
            "target": target.name,
            "dry_run": dry_run,
            "left": len(left),
            "resources": entries,
            "controls": acts,
        }
        Path(json_file).write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    if target.dead is not None:
        screen.print(Text(printable(target.dead.message)), soft_wrap=True)
        return 4
    screen.print(Text(_summary(target, removals, left, dry_run=dry_run)), soft_wrap=True)
    stuck = [] if dry_run else [one for one in undone if one.reason]
    if stuck:
        told = f"{target.name}: {len(stuck)} of {len(undone)} controls are not undone; say how, or do it by hand"
        screen.print(Text(printable(told)), soft_wrap=True)
    return 1 if left or stuck else 0


def _summary(target: Target, removals: list[Removal], left: list[Removal], *, dry_run: bool) -> str:
    if dry_run:
        return f"{target.name}: {len(removals)} resources carry our mark; nothing was removed (dry run)"
    if not removals:
        return f"{target.name}: nothing of ours is there"
    deleted = sum(one.kind is RemovalKind.DELETED for one in removals)
    if not left:
        return f"{target.name}: {deleted} removed, nothing of ours is left"
    off = sum(one.kind is RemovalKind.DEACTIVATED for one in left)
    return f"{target.name}: {deleted} removed, {len(left)} still there ({off} switched off); remove those by hand"
