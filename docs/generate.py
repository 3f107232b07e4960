"""Writes the reference pages of ``docs/reference`` from the code: ``python docs/generate.py`` (``make docs``).

What the pages say is what ``--help``, ``list --json`` and the catalogue say; a test compares them with what is here.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from scimulator import content
from scimulator.catalogue.quirks import quirks
from scimulator.cli.inventory import listed_checks, listed_faults, listed_profiles
from scimulator.cli.main import scimulator
from scimulator.reporting.verdict import ExitCode
from scimulator.target.controls.canonical import canonical_controls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scimulator.exchange.strict_json import Json, JsonObject

FOLDER = Path(__file__).parent / "reference"
_MADE = "<!-- made by docs/generate.py; change the code, then run `make docs` -->"
_WIDTH = 100


def pages() -> dict[str, str]:
    """Return the text of every reference page by its file name."""
    made: dict[str, Callable[[], Iterator[str]]] = {
        "commands.md": _commands,
        "settings.md": _settings,
        "checks.md": _checks,
        "faults.md": _faults,
        "quirks.md": _quirks,
        "controls.md": _controls,
        "profiles.md": _profiles,
    }
    return {name: "\n".join((_MADE, "", *write())).rstrip() + "\n" for name, write in made.items()}


def _commands() -> Iterator[str]:
    yield from ("# Commands", "", "Every command says this of itself with `--help`.", "")
    yield from ("| exit code | meaning |", "|---|---|")
    for code in ExitCode:
        yield f"| {code.value} | {code.name.lower().replace('_', ' ')} |"
    yield ""
    parent = _context(scimulator, "scimulator", None)
    for name in scimulator.list_commands(parent):
        command = scimulator.get_command(parent, name)
        if command is not None:
            yield from _command(command, name, parent)


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    # A command remembers the help option that it was first asked for.
    return click.Context(
        command,
        info_name=name,
        parent=parent,
        max_content_width=_WIDTH,
        terminal_width=_WIDTH,
        help_option_names=["-h", "--help"],
    )


def _command(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    context = _context(command, name, parent)
    yield from (f"## {context.command_path}", "", "```text", command.get_help(context).rstrip(), "```", "")
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            inner = command.get_command(context, each)
            if inner is not None:
                yield from _command(inner, each, context)


def _settings() -> Iterator[str]:
    schema = json.loads((content("fixtures") / "schemas" / "settings.schema.json").read_text("utf-8"))
    yield from ("# Settings", "", "What `scimulator.toml` may say. The command line wins over the environment")
    yield from ("(`SCIMULATOR_SECTION_KEY`), and that over the file.", "")
    for section, table in cast("JsonObject", schema["properties"]).items():
        table = cast("JsonObject", table)
        yield from (f"## [{section}]", "")
        if table.get("description"):
            yield from (str(table["description"]), "")
        properties = cast("JsonObject", table.get("properties", {}))
        if properties:
            yield from ("| key | form | meaning |", "|---|---|---|")
            for key, value in properties.items():
                entry = cast("JsonObject", value)
                yield f"| `{key}` | {_form(entry)} | {_cell(entry.get('description', ''))} |"
            yield ""


def _form(entry: JsonObject) -> str:
    if "enum" in entry:
        return _cell(" or ".join(f"`{each}`" for each in cast("list[Json]", entry["enum"])))
    kind = entry.get("type", "")
    return _cell(" or ".join(map(str, kind)) if isinstance(kind, list) else kind)


def _checks() -> Iterator[str]:
    checks = listed_checks()
    yield from ("# Checks", "", f"{len(checks)} checks. `scimulator explain ID` says more of each.", "")
    for area in dict.fromkeys(str(each["area"]) for each in checks):
        yield from (f"## {area}", "", "| id | fact | requirements |", "|---|---|---|")
        for each in checks:
            if each["area"] == area:
                yield f"| `{each['id']}` | {_cell(each['title'])} | {_cell(_joined(each['requirements']))} |"
        yield ""


def _faults() -> Iterator[str]:
    faults = listed_faults()
    wild = [each for each in faults if not each["generated"]]
    yield from ("# Faults", "", "Bugs that the reference provider can be told to have: `reference:ID`,")
    yield from ("`scimulator serve --fault ID`.", "", f"## Seen in real servers ({len(wild)})", "")
    for each in wild:
        sources = " · ".join(f"<{url}>" for url in cast("list[str]", each["source"]))
        yield from (f"### {each['id']}", "", f"{_prose(each['title'])}", "")
        yield from (f"{str(each['severity']).capitalize()}. Noticed by {_code(each['trips'])}. {sources}", "")
    made = [each for each in faults if each["generated"]]
    yield from (f"## Rules switched off, promises broken ({len(made)})", "", "| id | what is wrong |", "|---|---|")
    for each in made:
        yield f"| `{each['id']}` | {_cell(each['title'])} |"


def _quirks() -> Iterator[str]:
    yield from (
        "# Quirks",
        "",
        "Permitted deviations and product rules: named values, never right or wrong in themselves.",
    )
    yield from ("Declare yours in `[quirks]` of `scimulator.toml`; `scimulator fingerprint` finds them.", "")
    for each in quirks().values():
        yield from (f"## {each.id}", "", _prose(each.title), "")
        if each.values:
            yield from ("| value | what a client sees | who is hurt | what to set |", "|---|---|---|---|")
            for value in each.values:
                hurt = "; ".join(f"{one.idp}: {one.how} ({one.evidence})" for one in value.hurts)
                advice = _cell("; ".join(value.set_in_idp))
                yield f"| `{value.value}` | {_cell(value.seen)} | {_cell(hurt)} | {advice} |"
            yield ""


def _controls() -> Iterator[str]:
    yield from ("# Controls", "", "What can be done to a target outside SCIM; `[control.NAME]` says how on yours.", "")
    for each in canonical_controls().values():
        yield from (f"## {each.name}", "", f"{_prose(each.title)}.", "")
        yield f"Parameters: {_code(each.parameters) or 'none'}. Undo: {each.undo.value}."
        answers = ", ".join(f"`{name}` ({kind})" for name, kind in each.answers.items())
        yield from (
            f"Answers: {answers or 'nothing'}.",
            "",
            "```toml",
            f"[control.{each.name}]",
            each.example,
            "```",
            "",
        )


def _profiles() -> Iterator[str]:
    yield from (
        "# Profiles",
        "",
        "Recorded requests of identity providers, by dialect; each has its source and evidence.",
        "",
    )
    for each in listed_profiles():
        yield from (f"## {each['id']}", "", f"{_prose(each['title'])}.", "")
        yield from ("| exchange | request | evidence | use |", "|---|---|---|---|")
        for one in cast("list[JsonObject]", each["exchanges"]):
            request = f"`{one['method']} {one['path']}`"
            yield f"| `{one['id']}`: {_cell(one['title'])} | {_cell(request)} | {one['evidence']} | {one['use']} |"
        yield ""


def _joined(value: Json) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _code(value: object) -> str:
    return ", ".join(f"`{each}`" for each in cast("list[str]", value))


def _prose(value: Json) -> str:
    return str(value).replace("<", "&lt;").replace("{{", "&#123;{")


def _cell(value: Json) -> str:
    return _prose(" ".join(str(value).split())).replace("|", "\\|")


def main() -> int:
    """Write the pages and name those that changed."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        file = FOLDER / name
        if not file.is_file() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")
            click.echo(f"written {file.relative_to(FOLDER.parent.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
