"""Events that are no deed of the identity provider, assigned groups, foreseen failures and foreseen drift."""

from __future__ import annotations

import pytest

from scimulator.idp.driving.log import Status
from scimulator.idp.scenario_file import ScenarioError, read_scenario
from scimulator.playing.beyond import LiveBeyond
from scimulator.playing.performance import perform
from scimulator.target.controls.definition import built_in as control
from scimulator.target.controls.desk import ControlDesk

MARK = "scimulator-tests-"
HEAD = """
title = "A test"
[people.ada]
login = "ada@x.example"
givenName = "Ada"
familyName = "Quill"
[[events]]
"""


class Product:
    """A product beside the target: who may sign in, and a switch."""

    def __init__(self) -> None:
        self.on = True
        self.members = [{"email": f"{MARK}ADA@x.example", "role": "editor", "active": True}]

    def off(self) -> dict:
        self.on = False
        return {}

    def back(self, answer: dict) -> dict:
        self.on = True
        return {}

    def desk(self, journal) -> ControlDesk:
        made = [
            control("saml-off", self.off, self.back),
            control("members", lambda: {"members": self.members}),
            control("log-in", lambda email: {"ok": self.on, "session": f"s-{email}"}),
            control("sign-in-works", lambda session: {"ok": self.on and session == f"s-{MARK}ada@x.example"}),
            control("make-api-key", lambda email: {"key": f"k-{email}"}, lambda answer, email: {}),
            control("use-api-key", lambda key: {"ok": self.on and key == f"k-{MARK}ada@x.example"}),
        ]
        return ControlDesk({each.name: each for each in made}, journal)


@pytest.fixture
def played(open_theatre):
    def play(events: str, dialect: str = "okta.template", product: Product | None = None):
        theatre = open_theatre(events, dialect)
        desk = (product or Product()).desk(theatre.belongings.journal)
        theatre.entries = list(perform(theatre.stage, theatre.driver, LiveBeyond(theatre.target, desk, MARK)))
        return theatre

    return play


def test_expectations_are_judged_one_by_one(played) -> None:
    theatre = played(
        """
[[events]]
do = "assign"
person = "ada"
[[events]]
do = "expect"
person = "ada"
accounts = 1
shows = { "name.familyName" = "Quill", userName = "{login}" }
product = { role = "editor" }
[[events]]
do = "expect"
person = "ada"
accounts = 2
shows = { "name.familyName" = "Other" }
product = { role = "viewer" }
[[events]]
do = "expect"
person = "tom"
accounts = 0
"""
    )
    good, bad, nobody = [each for each in theatre.entries if each.act == "expect"]
    assert good.status is Status.SUCCESS
    assert 'the product shows role "editor"' in good.messages[0]
    assert bad.failed
    assert [each.partition(", expected")[2].strip()[:8] for each in bad.messages] == ["2 (ids: ", '"Other"', '"viewer"']
    assert nobody.status is Status.SUCCESS


def test_a_second_account_that_differs_in_case_is_found(played, open_theatre) -> None:
    theatre = open_theatre('[[events]]\ndo = "expect"\nperson = "ada"\naccounts = 1\n', "okta.template")
    for name in (f"{MARK}ada@x.example", f"{MARK}ADA@x.example"):
        theatre.ask("POST", "/Users", {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name})
    beyond = LiveBeyond(theatre.target, Product().desk(theatre.belongings.journal), MARK)
    [entry] = perform(theatre.stage, theatre.driver, beyond)
    assert entry.status is Status.SUCCESS  # the second one was refused
    theatre = open_theatre(
        '[[events]]\ndo = "expect"\nperson = "ada"\naccounts = 1\n',
        "okta.template",
        spec="reference:off.unique-any-case",
    )
    for name in (f"{MARK}ada@x.example", f"{MARK}ADA@x.example"):
        theatre.ask("POST", "/Users", {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name})
    beyond = LiveBeyond(theatre.target, Product().desk(theatre.belongings.journal), MARK)
    [entry] = perform(theatre.stage, theatre.driver, beyond)
    assert entry.failed
    assert entry.messages[0].startswith("2 accounts called")


def test_doors_open_and_close_with_a_control_and_its_undo(played) -> None:
    product = Product()
    theatre = played(
        """
[[events]]
do = "control"
control = "log-in"
person = "ada"
[[events]]
do = "control"
control = "make-api-key"
person = "ada"
[[events]]
do = "control"
control = "saml-off"
[[events]]
do = "expect"
person = "ada"
signs-in = "refused"
session = "refused"
api-key = "refused"
[[events]]
do = "undo"
control = "saml-off"
[[events]]
do = "expect"
person = "ada"
signs-in = "works"
session = "works"
api-key = "works"
[[events]]
do = "undo"
control = "saml-off"
""",
        product=product,
    )
    assert [each.failed for each in theatre.entries] == [False] * 6 + [True]
    assert product.on
    assert "not done before" in theatre.entries[-1].messages[0]


def test_a_step_that_has_to_fail_is_good_only_if_it_does(played) -> None:
    theatre = played(
        """
[[events]]
do = "assign"
person = "ada"
note = "Ada is fine"
fails = true
"""
    )
    [entry] = theatre.entries
    assert entry.failed
    assert entry.notes[0] == "Ada is fine"
    assert entry.messages[0] == "the scenario expects this to fail"


def test_values_of_the_first_group_win_until_the_order_changes(played) -> None:
    events = """
[[mapping]]
source = "nick"
target = "nickName"
[[events]]
do = "assign-group"
group = "team"
set = { nick = "second" }
priority = 2
[[events]]
do = "join"
group = "other"
person = "ada"
[[events]]
do = "assign-group"
group = "other"
set = { nick = "first" }
priority = 1
[[events]]
do = "expect"
person = "ada"
shows = { nickName = "first" }
[[events]]
do = "expect"
person = "tom"
shows = { nickName = "second" }
[[events]]
do = "prioritise"
order = ["team", "other"]
[[events]]
do = "expect"
person = "ada"
shows = { nickName = "second", active = true }
[[events]]
do = "unassign-group"
group = "team"
[[events]]
do = "expect"
person = "ada"
shows = { nickName = "first", active = true }
[[events]]
do = "expect"
person = "tom"
shows = { active = false }
[groups.other]
name = "Other"
"""
    theatre = played(events)
    assert [each.messages for each in theatre.entries if each.failed] == []
    assert not theatre.compare().drifts


def test_foreseen_drift_is_none_and_must_be_there(played) -> None:
    events = """
[[events]]
do = "assign"
people = ["ada", "tom"]
[[drifts]]
person = "ada"
at = "name.familyName"
[[drifts]]
person = "tom"
at = "name.familyName"
"""
    theatre = played(events)
    theatre.patch(theatre.place("ada"), {"op": "replace", "path": "name.familyName", "value": "Changed"})
    found = theatre.compare()
    assert not found.drifts
    assert [each.subject for each in found.foreseen] == [f"{MARK}ada@x.example"]
    assert found.missing == (f"{MARK}tom@x.example was expected to differ at name.familyName, and does not",)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ('do = "expect"\nperson = "ada"', "'expect' needs at least one of"),
        ('do = "control"', "'control' needs the key 'control'"),
        ('do = "expect"\nperson = "ada"\nsigns-in = "maybe"', "one of works, refused"),
        ('do = "undo"\ncontrol = "saml-off"\nfails = true', "'undo' is not what fails"),
        ('do = "expect"\nperson = "adda"\naccounts = 1', "did you mean"),
    ],
)
def test_what_cannot_be_played_is_said(event: str, told: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        read_scenario(HEAD + event, "test.toml")
    assert told in str(raised.value)


def test_a_scenario_names_the_controls_that_it_needs() -> None:
    text = HEAD + 'do = "control"\ncontrol = "saml-off"\n[[events]]\ndo = "expect"\nperson = "ada"\napi-key = "works"\n'
    assert read_scenario(text, "test.toml").controls == ("saml-off", "use-api-key")
