"""What happens at each event, what the log tells of it, and where the target then differs from the directory."""

from __future__ import annotations

import pytest

from scimulator.idp.driving.log import Status
from scimulator.idp.flow import Outcome

OKTA = [("okta-everyday", "okta.template"), ("okta-everyday", "okta.wizard")]
OKTA += [("okta-groups", "okta.template"), ("okta-groups", "okta.wizard")]
ENTRA = [("entra-everyday", "entra.legacy"), ("entra-everyday", "entra.optscim")]
ENTRA += [("entra-groups", "entra.legacy"), ("entra-groups", "entra.optscim")]
START = '[[events]]\ndo = "assign"\npeople = ["ada", "tom"]\n[[events]]\ndo = "push-group"\ngroup = "team"\n'


def then(text: str) -> str:
    return f"{START}[[events]]\n{text}\n"


@pytest.mark.parametrize(("scenario", "dialect"), OKTA + ENTRA)
def test_a_good_target_ends_as_the_directory_and_keeps_nothing(open_theatre, scenario, dialect) -> None:
    theatre = open_theatre(scenario, dialect)
    entries = theatre.play()
    assert not [each for each in entries if each.failed]
    assert theatre.compare().drifts == ()
    assert theatre.compare().accounts >= 2
    assert not [each for each in theatre.remove() if each.left]
    assert theatre.ask("GET", "/Users")["totalResults"] == 0
    assert theatre.ask("GET", "/Groups")["totalResults"] == 0


@pytest.mark.parametrize("jobs", [False, True])
@pytest.mark.parametrize(("scenario", "dialect"), [*ENTRA, ("entra-cycles", "entra.legacy")])
def test_cycles_come_to_the_same_end(open_theatre, scenario, dialect, jobs) -> None:
    theatre = open_theatre(scenario, dialect, jobs=True)
    entries = theatre.play(2 if jobs else None)
    assert not [each for each in entries if each.failed]
    assert theatre.compare().drifts == ()
    assert not [each for each in theatre.remove() if each.left]
    assert theatre.ask("GET", "/Users")["totalResults"] == 0


def test_a_cycle_has_a_line_for_each_object_with_its_exchanges(open_theatre) -> None:
    theatre = open_theatre("entra-cycles", "entra.legacy", jobs=True)
    theatre.play()
    created = theatre.entry("cycle 1", "ada")
    assert (created.name, created.outcome) == ("Create", Outcome.CREATED)
    assert [trace.send.exchange_id for trace in created.traces] == ["users.find", "users.create"]
    assert theatre.entry("cycle 4", "tom").outcome is Outcome.DELETED
    assert [each.number for each in theatre.entries] == list(range(1, len(theatre.entries) + 1))
    assert (theatre.clock.moment.hour, theatre.clock.moment.minute) == (10, 40)


def test_okta_logs_as_its_system_log_does(open_theatre) -> None:
    theatre = open_theatre("okta-everyday", "okta.template")
    theatre.play()
    assert theatre.entry("assign").name == "application.provision.user.push"
    assert theatre.entry("change").name == "application.provision.user.push_profile"
    assert theatre.entry("unassign").name == "application.provision.user.deactivate"
    assert theatre.entry("import").messages == ("2 of 2 read in 1 page; 2 matched",)


def test_entra_logs_what_it_has_modified(open_theatre) -> None:
    theatre = open_theatre("entra-everyday", "entra.legacy")
    theatre.play()
    title = next(each for each in theatre.entry("change").modified if each.path == "title")
    assert (title.before, title.after) == ("Engineer", "Lead Engineer")
    flag = theatre.entry("unassign").modified
    assert [(each.path, each.before, each.after) for each in flag] == [("active", True, "False")]


def test_a_failure_is_worded_as_an_administrator_reads_it(open_theatre) -> None:
    theatre = open_theatre("okta-everyday", "okta.template", spec="reference:create-with-active-crashes")
    theatre.play()
    assert theatre.entry("assign").status is Status.FAILURE
    assert theatre.entry("assign").task.retry is True
    assert "Internal Server Error. Errors reported by remote server" in theatre.entry("assign").messages[0]
    theatre = open_theatre("entra-everyday", "entra.legacy", spec="reference:create-with-active-crashes")
    theatre.play()
    assert theatre.entry("assign").error_code == "InternalServerError"


@pytest.mark.parametrize("dialect", ["okta.template", "okta.wizard", "entra.legacy", "entra.optscim"])
@pytest.mark.parametrize(
    ("tamper", "kind"),
    [
        (lambda t: t.ask("DELETE", t.place("ada")), "missing-account"),
        (lambda t: t.patch(t.place("ada"), {"op": "replace", "path": "active", "value": False}), "not-active"),
        (
            lambda t: t.patch(t.place("ada"), {"op": "replace", "path": "name.familyName", "value": "Other"}),
            "attribute-differs",
        ),
        (lambda t: t.ask("DELETE", t.place("team")), "missing-group"),
        (
            lambda t: t.patch(t.place("team"), {"op": "replace", "path": "displayName", "value": "Other"}),
            "group-name-differs",
        ),
        (lambda t: t.patch(t.place("team"), {"op": "remove", "path": "members"}), "missing-member"),
    ],
)
def test_drift_is_named(open_theatre, dialect, tamper, kind) -> None:
    theatre = open_theatre(START, dialect)
    theatre.play()
    assert theatre.compare().drifts == ()
    tamper(theatre)
    found = theatre.compare().drifts
    assert kind in [each.kind.value for each in found]
    assert all(each.message and each.subject for each in found)


def test_somebody_who_should_not_be_there_is_named(open_theatre) -> None:
    theatre = open_theatre(then('do = "leave"\ngroup = "team"\nperson = "tom"'), "okta.template")
    theatre.play()
    id_ = theatre.place("tom").rpartition("/")[2]
    theatre.patch(theatre.place("team"), {"op": "add", "path": "members", "value": [{"value": id_}]})
    (drift,) = theatre.compare().drifts
    assert drift.kind == "extra-member"
    assert "scimulator-tests-tom@x.example is in the group" in drift.message


@pytest.mark.parametrize("dialect", ["okta.template", "entra.legacy"])
def test_who_was_taken_away_has_to_be_off(open_theatre, dialect) -> None:
    theatre = open_theatre(then('do = "unassign"\nperson = "tom"'), dialect)
    theatre.play()
    assert theatre.compare().drifts == ()
    theatre.patch(theatre.place("tom"), {"op": "replace", "path": "active", "value": True})
    assert [each.kind.value for each in theatre.compare().drifts] == ["still-active"]


def test_what_was_deleted_has_to_be_gone(open_theatre) -> None:
    theatre = open_theatre(then('do = "purge"\nperson = "tom"'), "entra.legacy", spec="reference:")
    theatre.play()
    assert theatre.compare().drifts == ()
    user = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "scimulator-tests-again@x.example"}
    theatre.stage.last_ids[theatre.stage.ids["tom"]] = theatre.ask("POST", "/Users", user)["id"]
    assert [each.kind.value for each in theatre.compare().drifts] == ["still-there"]


def test_letters_in_another_case_are_no_drift_in_user_names(open_theatre) -> None:
    theatre = open_theatre(START, "okta.template")
    theatre.play()
    theatre.patch(
        theatre.place("ada"), {"op": "replace", "path": "userName", "value": "SCIMULATOR-TESTS-ADA@X.EXAMPLE"}
    )
    assert theatre.compare().drifts == ()


def test_okta_leaves_an_unlinked_group_alone(open_theatre) -> None:
    theatre = open_theatre(then('do = "unlink-group"\ngroup = "team"'), "okta.template")
    theatre.play()
    theatre.ask("DELETE", theatre.place("team"))
    assert theatre.compare().groups == 0


def test_an_event_of_the_other_identity_provider_is_skipped(open_theatre) -> None:
    theatre = open_theatre(then('do = "purge"\nperson = "tom"'), "okta.template")
    theatre.play()
    assert theatre.entry("purge").status is Status.SKIPPED
    assert theatre.entry("purge").messages == ("Okta does not purge",)


def test_the_mapping_of_a_scenario_counts(open_theatre) -> None:
    text = (
        START
        + '[[mapping]]\nsource = "givenName"\ntarget = "nickName"\n[[mapping]]\ntarget = "locale"\nremove = true\n'
    )
    theatre = open_theatre(text, "okta.template")
    theatre.play()
    shown = theatre.ask("GET", theatre.place("ada"))
    assert shown["nickName"] == "Ada"
    assert "locale" not in shown
    assert theatre.compare().drifts == ()


def test_an_expression_may_stand_in_the_mapping(open_theatre) -> None:
    source = '{expression = "String.toUpperCase(user.firstName)", language = "okta"}'
    theatre = open_theatre(f'{START}[[mapping]]\nsource = {source}\ntarget = "nickName"\n', "okta.template")
    theatre.play()
    assert theatre.ask("GET", theatre.place("ada"))["nickName"] == "ADA"


def test_the_same_scenario_sends_the_same_requests(open_theatre) -> None:
    def sent() -> list[bytes]:
        theatre = open_theatre("okta-everyday", "okta.template")
        theatre.play()
        return [trace.send.request.body for each in theatre.entries for trace in each.traces if each.act == "assign"]

    assert sent() == sent()
