"""Whom an import takes a user for, and what confirming does."""

from __future__ import annotations

import pytest

from scimulator.idp.directory import Kind
from scimulator.idp.flow import Outcome, play
from scimulator.idp.okta import Match, MatchBy, MatchRules, Okta


@pytest.fixture(params=["okta.template", "okta.wizard"])
def okta(request, directory, seeded) -> Okta:
    return Okta(request.param, directory, randomness=seeded)


def user(id_: str, login: str, given: str = "Ada", family: str = "Quill", email: str = "", **more):
    address = [{"value": email or login, "primary": True, "type": "home"}]
    name = {"givenName": given, "familyName": family}
    return {"id": id_, "userName": login, "name": name, "emails": address, "active": True, **more}


def imported(okta, target, *users):
    target.users.update({each["id"]: each for each in users})
    return play(okta.import_users(), target.send)


@pytest.mark.parametrize(
    ("by", "remote", "hit"),
    [
        (MatchBy.USERNAME, user("1", "ADA@x.example", "A", "B"), True),
        (MatchBy.USERNAME, user("1", "other@x.example", email="ada@x.example"), False),
        (MatchBy.EMAIL, user("1", "other@x.example", email="Ada@x.example"), True),
        (MatchBy.EMAIL, user("1", "ada@x.example", email="other@x.example"), False),
        (MatchBy.USERNAME_OR_EMAIL, user("1", "ada@x.example", email="other@x.example"), True),
        (MatchBy.USERNAME_OR_EMAIL, user("1", "other@x.example", email="ada@x.example"), True),
        (MatchBy.NAME, user("1", "other@x.example"), True),
        (MatchBy.NAME, user("1", "other@x.example", "ada"), False),
        (MatchBy.NAME, user("1", "ada@x.example", "Ada", "Other"), False),
    ],
)
def test_the_rule_of_the_app_decides(okta, target, by, remote, hit):
    okta.matching = MatchRules(by)
    entry = imported(okta, target, remote).imported[0]
    assert (entry.person_id, entry.match) == (("00u1", Match.EXACT) if hit else (None, Match.NEW))


@pytest.mark.parametrize(("partial", "match"), [(True, Match.PARTIAL), (False, Match.NEW)])
def test_names_alone_are_a_partial_match_where_that_is_allowed(okta, target, partial, match):
    okta.matching = MatchRules(partial=partial)
    assert imported(okta, target, user("1", "other@x.example")).imported[0].match is match


def test_only_the_primary_address_counts(okta, target):
    okta.matching = MatchRules(MatchBy.EMAIL)
    two = [{"value": "ada@x.example", "type": "work"}, {"value": "other@x.example", "primary": True}]
    plain = user("2", "b") | {"emails": "ada@x.example"}
    entries = imported(okta, target, user("1", "a") | {"emails": two}, plain).imported
    assert [entry.match for entry in entries] == [Match.NEW, Match.NEW]


def test_several_people_match_nobody(okta, target, directory):
    directory.change_person("00u2", given_name="Ada", family_name="Quill")
    okta.matching = MatchRules(MatchBy.NAME, confirm_exact=True)
    entry = imported(okta, target, user("1", "other@x.example")).imported[0]
    assert (entry.person_id, entry.candidates, entry.problem) == (None, ("00u1", "00u2"), "2 people match")
    assert not okta.app.links


def test_what_is_not_offered(okta, target):
    entries = imported(okta, target, user("1", "a", active=False), user("2", "b", family=""), user("3", "c")).imported
    assert [(entry.remote_id, entry.problem) for entry in entries] == [("2", "the user has no last name"), ("3", "")]


def test_confirming_sends_nothing(okta, target):
    entry = imported(okta, target, user("1", "ada@x.example")).imported[0]
    target.sent.clear()
    assert play(okta.confirm(entry), target.send).outcome is Outcome.LINKED
    assert okta.app.remote_id("00u1") == "1"
    assert okta.app.assignments["00u1"].via == ""
    assert not target.sent
    assert play(okta.import_users(), target.send).imported[0].match is Match.LINKED


def test_an_administrator_may_know_better(okta, target):
    entry = imported(okta, target, user("1", "ada@x.example")).imported[0]
    play(okta.confirm(entry, "00u2"), target.send)
    assert okta.app.link("00u1") is None
    assert okta.app.remote_id("00u2") == "1"


def test_a_new_person_is_made(okta, target, directory):
    entry = imported(okta, target, user("1", "new@x.example", "Nova", "New")).imported[0]
    assert play(okta.confirm(entry), target.send).outcome is Outcome.CREATED
    person = next(each for each in directory.people.values() if each.login == "new@x.example")
    assert (person.given_name, person.family_name, person.email) == ("Nova", "New", "new@x.example")
    assert person.id.startswith("00u")
    assert len(person.id) == 20


def test_what_has_an_error_cannot_be_confirmed(okta, target):
    entry = imported(okta, target, user("1", "b@x.example", family="")).imported[0]
    assert play(okta.confirm(entry), target.send).outcome is Outcome.SKIPPED


def test_the_rules_may_confirm_by_themselves(okta, target, directory):
    okta.matching = MatchRules(partial=True, confirm_exact=True, confirm_partial=True, confirm_new=True)
    result = imported(
        okta,
        target,
        user("1", "ada@x.example"),
        user("2", "other@x.example", "Bob", "Moe"),
        user("3", "new@x.example", "Nova", "New"),
    )
    assert [entry.match for entry in result.imported] == [Match.EXACT, Match.PARTIAL, Match.NEW]
    assert (okta.app.remote_id("00u1"), okta.app.remote_id("00u2")) == ("1", "2")
    assert len(directory.people) == 3
    assert {step.request.method for step in target.sent} == {"GET"}


class TestRemoved:
    @pytest.fixture(autouse=True)
    def linked(self, okta, target):
        okta.link("00u1", Kind.PERSON, "1")
        okta.link("00u2", Kind.PERSON, "2")
        target.users["1"] = user("1", "ada@x.example", active=False)

    def test_okta_changes_nothing_by_itself(self, okta, target, directory):
        result = play(okta.import_users(), target.send)
        assert result.messages == (
            "ada@x.example was removed: inactive at the target",
            "bob@x.example was removed: gone at the target",
        )
        assert directory.person("00u1").enabled
        assert not directory.person("00u2").deleted

    def test_a_profile_source_takes_the_directory_along(self, okta, target, directory):
        okta.sourced = True
        play(okta.import_users(), target.send)
        assert not directory.person("00u1").enabled
        assert directory.person("00u2").deleted

    def test_a_short_list_removes_nobody(self, okta, target, directory, answer):
        okta.sourced = True
        body = {"totalResults": 150, "startIndex": 1, "itemsPerPage": 1, "Resources": [target.users["1"]]}
        target.scripted["import.users"] = [answer(200, body), answer(200, body)]
        play(okta.import_users(), target.send)
        assert not directory.person("00u2").deleted

    def test_a_broken_import_removes_nobody(self, okta, target, directory, answer):
        okta.sourced = True
        target.scripted["import.users"] = [answer(500, {"detail": "no"})]
        assert play(okta.import_users(), target.send).outcome is Outcome.FAILED
        assert directory.person("00u1").enabled
