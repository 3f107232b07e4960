"""What ``scimulator idp`` does once its options are read: play live, print the requests, or print a script."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scimulator.cli.idp_document import document
from scimulator.cli.idp_screen import Lines, dry_lines
from scimulator.exchange.clock import RealClock, SimulatedClock
from scimulator.exchange.redaction import Redactor
from scimulator.idp.driving.entra_job import JobStage
from scimulator.idp.scenario import Act
from scimulator.playing.belongings import Belongings
from scimulator.playing.beyond import LiveBeyond
from scimulator.playing.cycles import perform_cycles, perform_on_demand
from scimulator.playing.dry import DryDriver
from scimulator.playing.ending import compare
from scimulator.playing.live import LiveDriver, TargetGoneError
from scimulator.playing.performance import perform, staged
from scimulator.playing.script import MARKER, script
from scimulator.reporting.screen import print_lines
from scimulator.target.auth import bearer
from scimulator.target.controls.actions import Surroundings
from scimulator.target.controls.desk import ControlDesk
from scimulator.target.essentials import essentials
from scimulator.target.guest import MARK_PREFIX, RunMark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import Console

    from scimulator.catalogue.profiles import Profile
    from scimulator.exchange.clock import Clock
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.idp.driving.log import Entry
    from scimulator.idp.driving.stage import Stage
    from scimulator.idp.scenario import Scenario
    from scimulator.playing.beyond import Beyond
    from scimulator.playing.ending import Comparison
    from scimulator.playing.performance import Driver
    from scimulator.target.controls.definition import Control
    from scimulator.target.guest import Removal
    from scimulator.target.target import Target

UNREACHABLE = 4
DRY_MARK = f"{MARK_PREFIX}xxxxx-"
"""The mark in a dry run; each run that sends draws its own."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is played, and how.

    ``mark`` false leaves names as they stand, ``domain`` moves addresses there. ``cycles`` is how many cycles of Entra
    follow the scenario (None: each event is carried over at once), ``on_demand`` the key of whom Entra provisions.
    ``controls`` is what can be done outside SCIM, with ``around`` to do it; ``redactor`` hears of every secret.
    """

    scenario: Scenario
    profile: Profile
    keep: bool = False
    mark: bool = True
    real_time: bool = False
    verbose: bool = False
    json_file: str | None = None
    domain: str = ""
    cycles: int | None = None
    on_demand: str = ""
    controls: Mapping[str, Control] = field(default_factory=dict)
    around: Surroundings = field(default_factory=Surroundings)
    redactor: Redactor = field(default_factory=Redactor)

    @property
    def by_cycles(self) -> bool:
        """Whether Entra's job carries the events over, instead of each being carried over at once."""
        return self.cycles is not None or any(event.act is Act.CYCLE for event in self.scenario.events)


@dataclass(slots=True)
class Played:
    """What a performance came to; ``ended`` is finished, interrupted or target-gone."""

    entries: list[Entry] = field(default_factory=list)
    comparison: Comparison | None = None
    removals: list[Removal] = field(default_factory=list)
    kept: int = 0
    not_undone: list[str] = field(default_factory=list)
    ended: str = "finished"
    told: str = ""

    @property
    def exit_code(self) -> int:
        """0 no drift and nothing failed, 1 otherwise, 4 when the target went away, 130 after Ctrl-C."""
        if self.ended != "finished":
            return UNREACHABLE if self.ended == "target-gone" else 130
        drifted = self.comparison is not None and bool(self.comparison.drifts or self.comparison.missing)
        return 1 if drifted or self.not_undone or any(entry.failed for entry in self.entries) else 0


def as_curl(chosen: Chosen, console: Console) -> int:
    """Print the script."""
    stage, entries = _dry(chosen, MARKER if chosen.mark else "")
    title = f"{stage.scenario.name}: {stage.scenario.title}"
    text = script(entries, title=title, dialect=chosen.profile.dialect.title, marked=chosen.mark)
    console.file.write(text)
    return 0


def dry_run(chosen: Chosen, console: Console) -> int:
    """Print every request that would leave, with what the profile expects for an answer."""
    stage, entries = _dry(chosen, DRY_MARK if chosen.mark else "")
    for entry in entries:
        print_lines(console, dry_lines(stage, entry))
    if chosen.json_file:
        played = Played(entries=entries)
        _write(chosen.json_file, document(stage, played, target="", mark=DRY_MARK if chosen.mark else "", dry_run=True))
    return 0


def live(chosen: Chosen, target: Target, console: Console) -> int:
    """Play on a target, compare, remove what was made, and return the exit code.

    Raises:
        KeyboardInterrupt: after Ctrl-C, once everything is removed.
    """
    chosen.redactor.add(*target.secrets)
    lines = Lines(console, chosen.redactor, chosen.profile.dialect, verbose=chosen.verbose)
    obstacle = essentials(target)
    if obstacle is not None:
        lines.say(str(obstacle))
        return UNREACHABLE
    mark = RunMark.fresh().text if chosen.mark else ""
    run_id = mark.removeprefix(MARK_PREFIX).removesuffix("-")
    scenario = chosen.scenario.marked(mark, domain=chosen.domain)
    clock: Clock = RealClock() if chosen.real_time else SimulatedClock()
    stage = _staged(chosen, scenario, clock)
    belongings = Belongings(target, run_id, mark=mark, names=scenario.names())
    played = Played()
    lines.head(stage, target, mark=mark, keep=chosen.keep, real_time=chosen.real_time)
    desk = _desk(chosen, target, belongings)
    beyond = LiveBeyond(target, desk, mark, belongings.journal.intend if belongings.journal is not None else None)
    try:
        driver = LiveDriver(target, belongings, clock, real_time=chosen.real_time)
        for entry in _performed(chosen, stage, driver, beyond):
            played.entries.append(entry)
            lines.entry(entry)
        played.comparison = compare(stage, target)
    except TargetGoneError as error:
        played.ended, played.told = "target-gone", str(error)
    except KeyboardInterrupt:
        played.ended, played.told = "interrupted", "interrupted"
    finally:
        # What was done to the product comes first: with SAML off nothing could be removed.
        played.not_undone += desk.undo_all()
        _tidy(chosen, belongings, played, lines)
    if target.dead is not None:
        played.ended, played.told = "target-gone", target.dead.message
    lines.end(target, played)
    if chosen.json_file:
        _write(chosen.json_file, document(stage, played, target=target.name, mark=mark, redactor=chosen.redactor))
    if played.ended == "interrupted":
        raise KeyboardInterrupt
    return played.exit_code


def _tidy(chosen: Chosen, belongings: Belongings, played: Played, lines: Lines) -> None:
    try:
        if chosen.keep:
            played.kept = belongings.made
        else:
            if played.ended == "interrupted":
                with contextlib.suppress(OSError):
                    lines.say("Interrupted: what was made is being removed.")
            played.removals = belongings.remove_all()
    finally:
        belongings.close()


def _dry(chosen: Chosen, mark: str) -> tuple[Stage, list[Entry]]:
    clock = SimulatedClock()
    stage = _staged(chosen, chosen.scenario.marked(mark, domain=chosen.domain), clock)
    return stage, list(_performed(chosen, stage, DryDriver(clock)))


def _staged(chosen: Chosen, scenario: Scenario, clock: Clock) -> Stage:
    if chosen.by_cycles or chosen.on_demand:
        return JobStage(scenario, chosen.profile, clock)
    return staged(scenario, chosen.profile, clock)


class _NoJournal:
    """Stands where nothing is marked; scenarios with controls are not played then."""

    def control(self, name: str, parameters: JsonObject) -> int:  # noqa: ARG002  the desk's words
        return 0

    def answered(self, number: int, answer: JsonObject) -> None:
        """Note nothing."""

    def undone(self, number: int) -> None:
        """Note nothing."""


def _desk(chosen: Chosen, target: Target, belongings: Belongings) -> ControlDesk:
    """Return where controls are done."""

    def adopt(_control: Control, answer: JsonObject) -> None:
        token = answer.get("token")
        if isinstance(token, str) and token:
            target.credentials = bearer(token)

    return ControlDesk(chosen.controls, belongings.journal or _NoJournal(), around=chosen.around, on_undone=adopt)


def _performed(chosen: Chosen, stage: Stage, driver: Driver, beyond: Beyond | None = None) -> Iterator[Entry]:
    if not isinstance(stage, JobStage):
        return perform(stage, driver, beyond)
    if chosen.on_demand:
        return perform_on_demand(stage, driver, chosen.on_demand)
    return perform_cycles(stage, driver, chosen.cycles, beyond)


def _write(path: str, value: object) -> None:
    Path(path).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", "utf-8")
