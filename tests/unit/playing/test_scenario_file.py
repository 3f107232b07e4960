"""A scenario is read from TOML, and what is wrong in it is said with file, table, key and the nearest right name."""

from __future__ import annotations

import json

import jsonschema
import pytest

from scimulator import content
from scimulator.idp.scenario import Act
from scimulator.idp.scenario_file import _ALWAYS, _KEYS, _OPTIONAL, ScenarioError, built_in, read_scenario

HEAD = 'title = "T"\n[people.ada]\nlogin = "ada@x.example"\n[groups.team]\nmembers = ["ada"]\n'
SCHEMA = json.loads((content("fixtures") / "schemas" / "scenario.schema.json").read_text())


def event(text: str) -> str:
    return f"{HEAD}[[events]]\n{text}\n"


CONNECT, CYCLE = event('do = "connect"'), event('do = "cycle"')


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x =", "s.toml: this is not TOML"),
        (event('do = "asign"\nperson = "ada"'), '[[events]] 1 do: is "asign", but must be one of connect, assign'),
        (event('do = "asign"\nperson = "ada"'), '(did you mean "assign"?)'),
        (event('do = "assign"\npersn = "ada"'), "[[events]] 1: there is no key 'persn' (did you mean \"person\"?)"),
        (
            event('do = "assign"\nperson = "aba"'),
            "[[events]] 1 person: there is no person 'aba' (did you mean \"ada\"?)",
        ),
        (event('do = "assign"'), "[[events]] 1: 'assign' needs the key 'person' or 'people'"),
        (event('do = "assign"\nperson = "ada"\npeople = ["ada"]'), "give either 'person' or 'people'"),
        (event('do = "assign"\ngroup = "team"'), "'assign' takes people, person, and not group"),
        (event('do = "join"\nperson = "ada"'), "'join' needs the key 'group'"),
        (event('do = "push-group"\ngroup = "tean"'), "group: there is no group 'tean' (did you mean \"team\"?)"),
        (event('do = "wait"\nhours = -1'), "[[events]] 1 hours: is -1, but must be at least 0"),
        (event('do = "wait"'), "needs the key 'seconds' or 'minutes' or 'hours'"),
        (event('do = "change"\nperson = "ada"\nset = {departmnt = "R"}'), '(did you mean "department"?)'),
        (event('do = "connect"').replace("login", "logn"), "[people.ada]: needs the key 'login', not 'logn'"),
        (event('do = "connect"').replace('["ada"]', '["eda"]'), "[groups.team] members: there is no person 'eda'"),
        (f'ide = "okta"\n{CONNECT}', "top level: there is no key 'ide' (did you mean \"idp\"?)"),
        (f'idp = "okta"\n{CYCLE}', "[[events]] 1 do: okta does not 'cycle'; only entra does"),
        (f'assigned = ["ida"]\n{CONNECT}', "assigned: there is no person 'ida'"),
        (f'{CONNECT}[[mapping]]\ntarget = "title"\n', "[[mapping]] 1: needs the key 'source'"),
        (f'{CONNECT}[[mapping]]\nsource = "x"\ntarget = "a b"\n', "[[mapping]] 1 target: 'a b' names"),
        (
            f'{CONNECT}[[mapping]]\nsource = {{jion = ["x"]}}\ntarget = "title"\n',
            "[[mapping]] 1 source: it cannot be read",
        ),
    ],
)
def test_what_is_wrong_is_said(text: str, told: str) -> None:
    with pytest.raises(ScenarioError) as error:
        read_scenario(text, "s.toml")
    assert str(error.value).startswith("s.toml: ")
    assert told in str(error.value)


def test_a_mapping_makes_an_attribute_known() -> None:
    text = event('do = "change"\nperson = "ada"\nset = {badge = "7"}')
    with pytest.raises(ScenarioError):
        read_scenario(text, "s.toml")
    scenario = read_scenario(f'{text}[[mapping]]\nsource = "badge"\ntarget = "nickName"\n', "s.toml")
    assert scenario.events[0].values == {"badge": "7"}


def test_who_is_assigned_from_the_start_follows_the_test_of_the_connection() -> None:
    head = 'assigned = ["ada"]\npushed = ["team"]\n'
    later = '[[events]]\ndo = "leave"\nperson = "ada"\ngroup = "team"\n'
    acts = [each.act for each in read_scenario(head + event('do = "connect"') + later, "s.toml").events]
    assert acts == [Act.CONNECT, Act.ASSIGN, Act.PUSH_GROUP, Act.LEAVE]


def test_every_name_that_a_target_sees_is_marked() -> None:
    text = event('do = "rename-group"\ngroup = "team"\nname = "Crew"') + (
        '[[events]]\ndo = "change"\nperson = "ada"\nset = {login = "eve@x.example", title = "Boss"}\n'
    )
    marked = read_scenario(text, "s.toml").marked("scimulator-k3x9w-", domain="y.example")
    assert marked.people["ada"].login == "scimulator-k3x9w-ada@y.example"
    assert marked.people["ada"].email == marked.people["ada"].login
    assert marked.groups["team"].name == "scimulator-k3x9w-team"
    assert marked.events[0].name == "scimulator-k3x9w-Crew"
    assert marked.events[1].values == {"login": "scimulator-k3x9w-eve@y.example", "title": "Boss"}
    assert all(name.startswith("scimulator-k3x9w-") for name in marked.names())
    assert len(marked.names()) == 4


def test_the_schema_and_the_reader_know_the_same_events() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    acts = [each.value for each in Act]
    assert SCHEMA["$defs"]["event"]["properties"]["do"]["enum"] == acts
    rules = {**_KEYS, **_OPTIONAL}
    assert set(rules) == set(Act)
    assert not set(_KEYS) & set(_OPTIONAL)
    named = {key for one_of, more in rules.values() for key in (*one_of, *more)}
    assert named | {*_ALWAYS} == set(SCHEMA["$defs"]["event"]["properties"])


def test_each_identity_provider_has_its_built_in_scenarios() -> None:
    names = set(built_in())
    assert {f"{idp}-{name}" for idp in ("okta", "entra") for name in ("everyday", "groups")} <= names
    for scenario in built_in().values():
        assert all(person.login.endswith(".example") for person in scenario.people.values())
