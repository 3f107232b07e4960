"""A dry run sends nothing: the profile's expectations answer, and placeholders stand for ids."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from scimulator.catalogue.profiles import Profile
from scimulator.exchange.clock import SimulatedClock
from scimulator.idp.driving.entra_job import JobStage
from scimulator.idp.driving.wire import placed
from scimulator.idp.scenario_file import built_in
from scimulator.kit.answer import Answer
from scimulator.kit.expectations import refutation
from scimulator.playing.cycles import perform_cycles, perform_on_demand
from scimulator.playing.dry import DryDriver
from scimulator.playing.performance import perform, staged
from scimulator.playing.script import MARKER, script

DIALECTS = ("okta.template", "okta.wizard", "entra.legacy", "entra.optscim")
ALL = [
    (name, dialect) for name, scenario in built_in().items() for dialect in DIALECTS if dialect.startswith(scenario.idp)
]


def dry(name: str, dialect: str, mark: str = MARKER):
    scenario = built_in()[name].marked(mark)
    clock = SimulatedClock()
    driver = DryDriver(clock)
    if name == "entra-cycles":
        return list(perform_cycles(JobStage(scenario, Profile.load(dialect), clock), driver, None)), driver
    return list(perform(staged(scenario, Profile.load(dialect), clock), driver)), driver


@pytest.mark.parametrize(("name", "dialect"), ALL)
def test_every_flow_is_content_with_what_the_profile_expects(name, dialect) -> None:
    entries, driver = dry(name, dialect)
    assert driver.steps
    assert not [each for each in entries if each.failed]
    for trace in (trace for each in entries for trace in each.traces):
        exchange = trace.exchange
        assert exchange.response.status in trace.send.exchange.status
        answer = Answer(exchange, None)
        assert [refutation(rule, answer) for rule in trace.send.exchange.rules if refutation(rule, answer)] == []


def test_ids_are_placeholders() -> None:
    _, driver = dry("okta-groups", "okta.template")
    sent = [f"{step.request.method} {step.request.target}" for step in driver.steps]
    assert "PATCH /Groups/GROUP_1_ID" in sent
    assert "DELETE /Groups/GROUP_2_ID" in sent
    assert any(b'"value":"USER_3_ID"' in step.request.body for step in driver.steps)


def test_credentials_are_placeholders_in_their_places() -> None:
    _, driver = dry("okta-everyday", "okta.template")
    headers = dict(placed(driver.steps[0]).headers)
    assert headers["Authorization"] == "{{authorization}}"
    assert headers["Host"] == "{{host}}"


def test_a_dry_run_repeats() -> None:
    first, second = dry("okta-everyday", "okta.wizard")[1], dry("okta-everyday", "okta.wizard")[1]
    assert [step.request for step in first.steps] == [step.request for step in second.steps]


def test_the_search_on_a_repeated_assignment_finds_the_account() -> None:
    entries, _ = dry("okta-everyday", "okta.template")
    again = next(each for each in entries if each.act == "reassign")
    assert [trace.send.exchange_id for trace in again.traces] == [
        *("users.find", "users.adopt", "users.push.read", "users.push")
    ]


def test_provisioning_on_demand_shows_its_steps() -> None:
    clock = SimulatedClock()
    stage = JobStage(built_in()["entra-everyday"].marked(MARKER), Profile.load("entra.optscim"), clock)
    (entry,) = perform_on_demand(stage, DryDriver(clock), "ada")
    assert [note.partition(":")[0] for note in entry.notes] == [
        "Import user",
        "Determine if user is in scope",
        "Match user between source and target system",
        "Perform action",
    ]
    assert [trace.send.exchange_id for trace in entry.traces] == ["on-demand.probe", "on-demand.find", "users.create"]
    stage.settle()
    assert list(stage.intents) == [stage.ids["ada"]]


@pytest.mark.parametrize(("name", "dialect"), ALL)
def test_a_script_holds_no_mark_and_no_id_of_the_dry_run(name, dialect) -> None:
    entries, driver = dry(name, dialect)
    text = script(entries, title="t", dialect=dialect)
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert sum(line.startswith("send ") for line in lines) == len(driver.steps)
    assert MARKER not in text
    # Where an id stands it is a variable.
    assert not re.search(r"(?<![$\"A-Z_])(?:USER|GROUP)_\d+_ID(?![=\"])", text)
    assert "{{" not in "\n".join(lines)


def test_quotation_marks_and_dollars_stay_what_they_are() -> None:
    scenario = built_in()["okta-everyday"]
    people = dict(scenario.people)
    people["ada"] = replace(people["ada"], given_name="O'$(id)`id`\"")
    scenario = replace(scenario, people=people).marked(MARKER)
    clock = SimulatedClock()
    text = script(
        perform(staged(scenario, Profile.load("okta.template"), clock), DryDriver(clock)),
        title="$(id)\nid",
        dialect="d",
    )
    assert '''O'"'"'$(id)`id`\\"''' in text
    assert "# $(id) id\n" in text
