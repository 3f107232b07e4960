"""Expressions and scoping filters at work in Entra's flows and job."""

from __future__ import annotations

from typing import Any

import pytest

from scimulator.idp.entra import Entra
from scimulator.idp.entra.events import assign
from scimulator.idp.entra.job import EntraJob
from scimulator.idp.entra.log import Status
from scimulator.idp.entra.on_demand import StepName
from scimulator.idp.entra.settings import JobSettings, Scope, by_filters
from scimulator.idp.flow import Outcome, play
from scimulator.idp.mapping import mapping_of
from scimulator.idp.scoping import scope_of

ADA, BOB = "00u1", "00u2"
SWITCH = 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'


@pytest.fixture
def mapped(directory, seeded):
    """Makes an engine whose mapping has one source replaced by an expression."""

    def made(dialect: str, target: str, expression: str) -> Entra:
        plain = Entra(dialect, directory)
        data: dict[str, Any] = dict(plain.profile.mapping)
        data["rules"] = [
            rule | {"source": {"expression": expression}} if rule["target"] == target else rule
            for rule in data["rules"]
        ]
        return Entra(dialect, directory, mapping=mapping_of(data), randomness=seeded)

    return made


@pytest.mark.parametrize("dialect", ["entra.legacy", "entra.optscim"])
def test_the_default_expression_of_active(mapped, target, directory, dialect):
    """A create carries a boolean, a change the dialect's form, and nothing is sent where nothing differs."""
    engine = mapped(dialect, "active", SWITCH)
    play(engine.provision(ADA), target.send)
    assert target.bodies[0]["active"] is True
    assert play(engine.update(ADA), target.send).outcome is Outcome.UNCHANGED
    directory.change_person(ADA, enabled=False)
    assert play(engine.update(ADA), target.send).outcome is Outcome.DEACTIVATED
    assert target.ids[-1] == "users.deactivate"
    assert target.bodies[-1]["Operations"][0]["value"] == ("False" if dialect == "entra.legacy" else False)


@pytest.mark.parametrize(("dialect", "value"), [("entra.legacy", "false"), ("entra.optscim", False)])
def test_an_edited_expression_of_active(mapped, target, directory, dialect, value):
    """Text in lower case stays text in the legacy dialect."""
    engine = mapped(
        dialect, "active", SWITCH.replace('"False")', '"false")').replace('"True", "True"', '"true", "True"')
    )
    play(engine.provision(ADA), target.send)
    directory.change_person(ADA, enabled=False)
    play(engine.update(ADA), target.send)
    assert target.bodies[-1]["Operations"][0]["value"] == value


def test_a_mapping_that_cannot_be_used_fails_that_object_only(mapped, target, directory):
    directory.change_person(ADA, hired="soon")
    directory.change_person(BOB, hired="2026-01-05")
    engine = mapped("entra.legacy", "title", "CDate([hired])")
    assign(directory, engine.app, ADA)
    assign(directory, engine.app, BOB)
    job = EntraJob(engine)
    result = play(job.cycle(), target.send)
    assert [(entry.source.id, entry.status) for entry in result.entries][:2] == [
        (ADA, Status.FAILURE),
        (BOB, Status.SUCCESS),
    ]
    assert result.entries[0].error_code == "ExpressionError"
    shown = play(job.on_demand(ADA), target.send)
    assert (shown.steps[-1].name, shown.steps[-1].status) == (StepName.MATCH, Status.FAILURE)


def test_scoping_filters_bring_people_in_and_out(directory, seeded, target):
    engine = Entra("entra.legacy", directory, randomness=seeded)
    filters = scope_of(
        [{"title": "R&D", "clauses": [{"attribute": "department", "operator": "EQUALS", "value": "R&D"}]}]
    )
    settings = JobSettings(scope=Scope.ALL, scoping=by_filters(filters, engine.profile.mapping), groups=False)
    job = EntraJob(engine, settings)
    directory.change_person(ADA, department="R&D")
    play(job.cycle(), target.send)
    assert set(job.app.links) == {ADA}
    directory.change_person(ADA, department="Sales")
    directory.change_person(BOB, department="R&D")
    target.sent.clear()
    play(job.cycle(), target.send)
    assert target.ids == [
        "connection.users",
        "users.find",
        "users.create",
        "users.read",
        "users.deactivate",
        "users.read",
        "users.manager",
    ]
