"""App roles: which function sends what, on a create and later, with and without the flag."""

from __future__ import annotations

import json

import pytest

from scimulator.catalogue.profiles import Profile
from scimulator.idp.directory import Kind
from scimulator.idp.entra import Entra
from scimulator.idp.entra.events import assign
from scimulator.idp.entra.job import EntraJob
from scimulator.idp.entra.settings import JobSettings, Scope
from scimulator.idp.flow import Outcome, play
from scimulator.idp.mapping import Apply, Attribute, Constant, Mapping, Rule
from scimulator.idp.paths import parse_place

ADA = "00u1"
TYPE = "WindowsAzureActiveDirectoryRole"
ADMIN = {"id": "r1", "value": "admin", "displayName": "Admin"}
USER = {"id": "r2", "value": "user", "displayName": "User"}


@pytest.fixture
def make(directory, seeded):
    """Makes an engine by dialect and switches; Ada has two roles."""

    def made(dialect: str, *on: str, roles: tuple[dict[str, str], ...] = (ADMIN, USER)) -> Entra:
        directory.change_person(ADA, appRoleAssignments=list(roles))
        return Entra(Profile.load(dialect, on=on), directory, randomness=seeded)

    return made


def linked(engine: Entra, target, **shown) -> Entra:
    """Ada has an account that shows everything but roles as it should."""
    engine.link(ADA, Kind.PERSON, "x")
    target.users["x"] = engine.mapping.resource(engine.directory.person(ADA)) | {"id": "x"} | shown
    return engine


@pytest.mark.parametrize("dialect", ["entra.legacy", "entra.optscim"])
@pytest.mark.parametrize(
    ("on", "wanted"),
    [
        ((), []),
        (("roles-single",), [{"primary": True, "type": TYPE, "value": "Admin"}]),
        (("roles-single", "roles-type-only"), [{"primary": True, "type": TYPE}]),
        (
            ("roles-complex",),
            [
                {"primary": False, "type": TYPE, "displayName": "Admin", "value": "admin"},
                {"primary": False, "type": TYPE, "displayName": "User", "value": "user"},
            ],
        ),
        (
            ("roles-assertive",),
            [
                {"primary": False, "type": TYPE, "display": "Admin", "value": "admin"},
                {"primary": False, "type": TYPE, "display": "User", "value": "user"},
            ],
        ),
    ],
)
def test_a_create_carries_objects(make, target, dialect, on, wanted):
    play(make(dialect, *on).provision(ADA), target.send)
    assert target.bodies[0]["roles"] == wanted


@pytest.mark.parametrize(
    ("dialect", "function", "wanted"),
    [
        ("entra.legacy", "single", ("Add", ["text"])),
        ("entra.legacy", "complex", ("Add", ["text", "text"])),
        ("entra.legacy", "assertive", ("replace", ["display", "display"])),
        ("entra.optscim", "single", ("add", ["value"])),
        ("entra.optscim", "complex", ("add", ["displayName", "displayName"])),
        ("entra.optscim", "assertive", ("replace", ["display", "display"])),
    ],
)
def test_a_change_follows_the_dialect(make, target, dialect, function, wanted):
    op, names = wanted
    engine = linked(make(dialect, f"roles-{function}"), target)
    assert play(engine.update(ADA), target.send).outcome is Outcome.UPDATED
    assert target.ids == ["users.read", f"roles.{function}.update"]
    (operation,) = target.bodies[0]["Operations"]
    assert (operation["op"], operation["path"], len(operation["value"])) == (op, "roles", len(names))
    for element, name in zip(operation["value"], names, strict=True):
        if name == "text":
            assert list(element) == ["value"]
            assert list(json.loads(element["value"])) == ["id", "value", "displayName"]
        else:
            assert name in element


@pytest.mark.parametrize(
    ("function", "shown", "sent"),
    [
        ("single", [{"value": "admin"}], False),
        ("single", [{"value": "Admin"}], False),
        ("single", [{"value": "user"}], True),
        ("complex", [{"value": "admin"}, {"value": "user"}, {"value": "old"}], False),
        ("complex", [{"value": "admin"}], True),
        ("assertive", [{"value": "user"}, {"value": "admin"}], False),
        ("assertive", [{"value": "user"}, {"value": "admin"}, {"value": "old"}], True),
    ],
)
def test_only_what_differs_is_sent(make, target, function, shown, sent):
    engine = linked(make("entra.legacy", f"roles-{function}"), target, roles=shown)
    play(engine.update(ADA), target.send)
    assert (f"roles.{function}.update" in target.ids) is sent


@pytest.mark.parametrize("function", ["single", "complex", "assertive"])
def test_without_a_role_nothing_is_sent(make, target, function):
    engine = linked(make("entra.legacy", f"roles-{function}", roles=()), target, roles=[{"value": "old"}])
    play(engine.update(ADA), target.send)
    assert target.ids == ["users.read"]


def test_everybody_in_scope_means_no_roles(make, directory, target):
    engine = make("entra.legacy", "roles-complex")
    play(EntraJob(engine, JobSettings(scope=Scope.ALL)).cycle(), target.send)
    assert target.bodies[0]["roles"] == []
    engine.link(ADA, Kind.PERSON, "u-1")
    assign(directory, engine.app, ADA)
    play(EntraJob(engine).engine.update(ADA), target.send)
    assert target.ids[-1] == "roles.complex.update"


class TestMapped:
    """Roles that a mapping yields, without a switch."""

    @pytest.mark.parametrize("name", ["display", "displayName"])
    def test_a_list_goes_as_the_function_that_makes_it(self, make, directory, target, name):
        element = {"primary": False, "type": TYPE, name: "Admin", "value": "admin"}
        plain = make("entra.legacy", roles=(ADMIN,))
        rules = (*plain.mapping.rules, Rule(Constant([element]), parse_place("roles")))
        engine = Entra("entra.legacy", directory, mapping=Mapping(rules, plain.mapping.order))
        play(engine.provision(ADA), target.send)
        assert target.bodies[0]["roles"] == [element]
        target.users["u-1"]["roles"] = []
        play(engine.update(ADA), target.send)
        assert target.ids[-1] == ("roles.assertive.update" if name == "display" else "roles.complex.update")

    def test_parts_of_the_primary_role(self, make, directory, target):
        plain = make("entra.legacy")
        directory.change_person(ADA, role="Reader")
        rules = (
            *plain.mapping.rules,
            Rule(Attribute("role"), parse_place('roles[primary eq "True"].value'), Apply.ALWAYS),
        )
        engine = Entra("entra.legacy", directory, mapping=Mapping(rules, plain.mapping.order))
        play(engine.provision(ADA), target.send)
        assert target.bodies[0]["roles"] == [{"primary": True, "value": "Reader"}]
        assert play(engine.update(ADA), target.send).outcome is Outcome.UNCHANGED
        directory.change_person(ADA, role="Writer")
        play(engine.update(ADA), target.send)
        assert target.bodies[-1]["Operations"] == [
            {"op": "Replace", "path": 'roles[primary eq "True"].value', "value": "Writer"}
        ]
