"""Scenarios played on the reference provider in this process, or on answers that a test makes up."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from scimulator.catalogue.profiles import Profile
from scimulator.embedded import open_reference
from scimulator.exchange.clock import SimulatedClock
from scimulator.exchange.message import Request
from scimulator.idp.driving.entra_job import JobStage
from scimulator.idp.scenario_file import built_in, read_scenario
from scimulator.playing.belongings import Belongings
from scimulator.playing.cycles import perform_cycles
from scimulator.playing.ending import compare
from scimulator.playing.live import LiveDriver
from scimulator.playing.performance import perform, staged
from scimulator.target.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimulator.idp.driving.log import Entry
    from scimulator.idp.driving.stage import Stage
    from scimulator.playing.ending import Comparison
    from scimulator.target.guest import Removal
    from scimulator.target.target import Target

MARK = "scimulator-tests-"
PEOPLE = """
title = "A test"
[people.ada]
login = "ada@x.example"
givenName = "Ada"
familyName = "Quill"
[people.tom]
login = "tom@x.example"
givenName = "Tom"
familyName = "Arden"
[groups.team]
name = "Team"
members = ["ada", "tom"]
"""


@dataclass
class Theatre:
    """One scenario on one target."""

    target: Target
    stage: Stage
    belongings: Belongings
    driver: LiveDriver
    clock: SimulatedClock
    entries: list[Entry] = field(default_factory=list)

    def play(self, cycles: int | None = None) -> list[Entry]:
        stage = self.stage
        found = (
            perform_cycles(stage, self.driver, cycles) if isinstance(stage, JobStage) else perform(stage, self.driver)
        )
        self.entries = list(found)
        return self.entries

    def compare(self) -> Comparison:
        return compare(self.stage, self.target)

    def remove(self) -> list[Removal]:
        removals = self.belongings.remove_all()
        self.belongings.close()
        return removals

    def entry(self, act: str, key: str = "") -> Entry:
        return next(each for each in self.entries if each.act == act and key in ("", each.key))

    def ask(self, method: str, target: str, body: object = None):
        """Go behind the identity provider's back."""
        headers = (("Content-Type", "application/scim+json"),)
        raw = b"" if body is None else json.dumps(body).encode()
        return self.target.send(Request(method, target, headers, raw)).document.object

    def patch(self, place: str, *operations: dict[str, object]) -> None:
        schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
        self.ask("PATCH", place, {"schemas": [schema], "Operations": list(operations)})

    def place(self, key: str) -> str:
        stage = self.stage
        if key in stage.ids:
            return f"/Users/{stage.last_ids[stage.ids[key]]}"
        return f"/Groups/{stage.last_ids[stage.group_ids[key]]}"


@pytest.fixture
def open_theatre() -> Iterator:
    """Open a scenario: the name of a built-in one, or TOML behind the two people and their team above."""
    opened: list[Theatre] = []

    def make(scenario: str, dialect: str, *, spec: str = "reference:", jobs: bool = False, mark: str = MARK, **limits):
        settings = Settings()
        settings = replace(settings, limits=replace(settings.limits, **limits))
        target = open_reference(spec, settings)
        known = built_in()
        found = known[scenario] if scenario in known else read_scenario(PEOPLE + scenario, "test.toml")
        found = found.marked(mark)
        clock = SimulatedClock()
        profile = Profile.load(dialect)
        stage = JobStage(found, profile, clock) if jobs else staged(found, profile, clock)
        belongings = Belongings(target, "tests", mark=mark, names=found.names())
        made = Theatre(target, stage, belongings, LiveDriver(target, belongings, clock), clock)
        opened.append(made)
        return made

    yield make
    for each in opened:
        each.belongings.close()
        each.target.close()
