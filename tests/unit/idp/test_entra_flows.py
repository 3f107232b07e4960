from __future__ import annotations

import re

import pytest

from scimulator.catalogue.profiles import Profile
from scimulator.exchange.message import Response
from scimulator.idp.directory import Kind
from scimulator.idp.entra import Entra
from scimulator.idp.entra.difference import difference, operations
from scimulator.idp.flow import Outcome, play

ENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@pytest.fixture(params=["entra.legacy", "entra.optscim"])
def entra(request, directory, seeded) -> Entra:
    return Entra(request.param, directory, randomness=seeded)


@pytest.fixture
def legacy(directory, seeded) -> Entra:
    return Entra("aad.legacy", directory, randomness=seeded)


@pytest.fixture
def optscim(directory, seeded) -> Entra:
    return Entra("aad.optscim", directory, randomness=seeded)


class TestConnection:
    def test_random_guids_are_looked_for(self, entra, target):
        assert play(entra.test_connection(), target.send).outcome is Outcome.CONNECTED
        assert re.fullmatch(r"/Users\?filter=userName\+eq\+%22[0-9a-f-]{36}%22", target.sent[0].request.target)
        assert re.fullmatch(
            r"/Groups\?excludedAttributes=members&filter=displayName\+eq\+%22[0-9a-f-]{36}%22",
            target.sent[1].request.target,
        )

    @pytest.mark.parametrize(
        ("status", "code"), [(401, "Unauthorized"), (403, "InsufficientRights"), (404, "InvalidAnchor")]
    )
    def test_other_than_200_fails(self, entra, target, answer, status, code):
        target.scripted["connection.users"] = [answer(status, {"detail": "no"})]
        result = play(entra.test_connection(), target.send)
        assert (result.outcome, result.messages) == (Outcome.FAILED, (f"{code} (HTTP {status}): no",))

    @pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b"{}"])
    def test_an_unreadable_answer_fails(self, entra, target, raw):
        target.scripted["connection.users"] = [Response(200, (), raw)]
        result = play(entra.test_connection(), target.send)
        assert "ServiceIncompatible" in result.messages[0]

    def test_somebody_found_is_accepted(self, entra, target, answer):
        body = {"totalResults": 1, "Resources": [{"id": "1"}]}
        target.scripted["connection.users"] = [answer(200, body)]
        assert play(entra.test_connection(groups=False), target.send).ok

    def test_a_silent_target_is_a_timeout(self, entra, target):
        target.scripted["connection.users"] = [None]
        assert play(entra.test_connection(), target.send).messages == ("Timeout",)


class TestProvision:
    def test_nobody_there_creates(self, entra, target):
        result = play(entra.provision("00u1"), target.send)
        assert (result.outcome, result.remote_id) == (Outcome.CREATED, "u-1")
        assert target.ids == ["users.find", "users.create"]
        body = target.bodies[0]
        assert list(body) == [
            "schemas",
            "externalId",
            "userName",
            "active",
            "displayName",
            "emails",
            "meta",
            "name",
            "roles",
        ]
        assert body["active"] is True
        assert body["schemas"][1] == ENT

    def test_a_match_is_linked_and_only_differences_are_sent(self, legacy, target):
        target.users["x"] = {
            "id": "x",
            "userName": "ada@x.example",
            "active": True,
            "displayName": "Old",
            "externalId": "ada",
        }
        result = play(legacy.provision("00u1"), target.send)
        assert (result.outcome, result.remote_id) == (Outcome.LINKED, "x")
        assert target.ids == ["users.find", "users.update"]
        assert [(op["op"], op["path"]) for op in target.bodies[0]["Operations"]] == [
            ("Replace", "displayName"),
            ("Add", 'emails[type eq "work"].value'),
            ("Add", "name.givenName"),
            ("Add", "name.familyName"),
            ("Add", "name.formatted"),
        ]

    def test_404_is_a_failure_and_creates_nothing(self, entra, target, answer):
        target.scripted["users.find"] = [answer(404, {"detail": "nobody"})]
        assert play(entra.provision("00u1"), target.send).outcome is Outcome.FAILED
        assert target.ids == ["users.find"]

    def test_several_hits_are_left_out(self, entra, target, answer):
        target.scripted["users.find"] = [answer(200, {"totalResults": 2, "Resources": [{"id": "1"}, {"id": "2"}]})]
        result = play(entra.provision("00u1"), target.send)
        assert "DuplicateTargetEntries" in result.messages[0]
        assert entra.app.link("00u1") is None

    def test_a_conflict_is_shown(self, entra, target, answer):
        target.scripted["users.create"] = [answer(409, {"detail": "taken"})]
        assert play(entra.provision("00u1"), target.send).messages == ("Conflict (HTTP 409): taken",)

    def test_a_disabled_person_is_not_created(self, entra, target, directory):
        directory.change_person("00u1", enabled=False)
        assert play(entra.provision("00u1"), target.send).outcome is Outcome.SKIPPED
        assert target.ids == ["users.find"]

    def test_matching_attributes_are_tried_in_order(self, entra, target):
        entra.matching = ("users.find", "users.find.externalid", "users.find.email")
        play(entra.provision("00u1"), target.send)
        assert [step.request.query for step in target.sent[:3]] == [
            "filter=userName+eq+%22ada%40x.example%22",
            "filter=externalId+eq+%22ada%22",
            "filter=emails%5Btype+eq+%22work%22%5D.value+eq+%22ada%40x.example%22",
        ]

    def test_the_matching_attribute_is_a_switch(self, directory, target):
        entra = Entra(Profile.load("entra.legacy", on=["match-externalid"]), directory)
        play(entra.test_connection(groups=False), target.send)
        play(entra.find("00u1"), target.send)
        assert target.ids == ["connection.users.externalid", "users.find.externalid"]


class TestChanges:
    @pytest.fixture(autouse=True)
    def provisioned(self, entra, target):
        for person in ("00u1", "00u2"):
            play(entra.provision(person), target.send)
        target.sent.clear()

    def test_nothing_differs_sends_nothing(self, entra, target):
        assert play(entra.update("00u1"), target.send).outcome is Outcome.UNCHANGED
        assert target.ids == ["users.read"]

    def test_an_emptied_value_is_never_sent(self, entra, target, directory):
        directory.change_person("00u1", email="", family_name="")
        result = play(entra.update("00u1"), target.send)
        paths = str(target.bodies)
        assert "familyName" not in paths
        assert "emails" not in paths
        assert result.outcome is Outcome.UPDATED  # name.formatted is made of what is left

    def test_a_vanished_user_loses_the_link(self, entra, target):
        target.users.clear()
        result = play(entra.update("00u1"), target.send)
        assert result.messages[0].startswith("InvalidAnchor (HTTP 404)")
        assert entra.app.link("00u1") is None

    def test_the_manager_is_plain_text(self, entra, target):
        assert play(entra.set_manager("00u2"), target.send).outcome is Outcome.UPDATED
        op = "Add" if entra.profile.dialect.id == "entra.legacy" else "add"
        assert target.bodies[0]["Operations"] == [{"op": op, "path": f"{ENT}:manager", "value": "u-1"}]

    def test_a_manager_who_is_there_is_not_sent_again(self, entra, target):
        target.users["u-2"][ENT] = {"manager": {"value": "u-1"}}
        assert play(entra.set_manager("00u2"), target.send).outcome is Outcome.UNCHANGED

    def test_a_manager_waits_for_his_own_link(self, entra, target):
        entra.app.links.pop("00u1")
        assert play(entra.set_manager("00u2"), target.send).outcome is Outcome.SKIPPED

    def test_switching_off_and_on(self, entra, target):
        assert play(entra.deactivate("00u1"), target.send).outcome is Outcome.DEACTIVATED
        target.users["u-1"]["active"] = False
        assert play(entra.deactivate("00u1"), target.send).outcome is Outcome.UNCHANGED
        assert play(entra.reactivate("00u1"), target.send).outcome is Outcome.REACTIVATED
        operation_off, operation_on = (body["Operations"][0] for body in target.bodies)
        if entra.profile.dialect.id == "entra.legacy":
            assert operation_off == {"op": "Replace", "path": "active", "value": "False"}
            assert operation_on == {"op": "Replace", "path": "active", "value": "True"}
        else:
            assert operation_off == {"op": "replace", "path": "active", "value": False}
            assert operation_on == {"op": "replace", "path": "active", "value": True}

    def test_a_target_without_active_gets_an_add(self, entra, target):
        del target.users["u-1"]["active"]
        play(entra.deactivate("00u1"), target.send)
        added = entra.profile.dialect.id == "entra.legacy"
        assert target.ids[-1] == ("users.deactivate.add" if added else "users.deactivate")

    def test_reading_first_is_a_switch(self, entra, target, directory):
        quiet = Entra(Profile.load(entra.profile.dialect, off=["read-before-update"]), directory, app=entra.app)
        play(quiet.deactivate("00u1"), target.send)
        play(quiet.set_manager("00u2"), target.send)
        assert target.ids == ["users.deactivate", "users.manager"]

    def test_deletion_drops_the_link(self, entra, target):
        assert play(entra.delete("00u1"), target.send).outcome is Outcome.DELETED
        assert entra.app.link("00u1") is None
        entra.link("00u1", Kind.PERSON, "u-1")
        assert play(entra.delete("00u1"), target.send).outcome is Outcome.DELETED


class TestDifference:
    def test_soft_delete_switches_off_and_renames(self, legacy, directory):
        directory.soft_delete("00u1", prefix_login=True)
        shown = legacy.mapping.resource(directory.person("00u2")) | {"active": True, "userName": "ada@x.example"}
        person = directory.person("00u1")
        made = operations(legacy.profile, difference(legacy.mapping, person, shown))
        assert made[0] == {"op": "Replace", "path": "active", "value": "False"}
        assert {"op": "Replace", "path": "userName", "value": "00u1ada@x.example"} in made

    def test_optscim_puts_filtered_paths_first_and_the_rest_flat(self, optscim, directory):
        directory.change_person("00u1", department="R&D", mobile="1", enabled=False)
        shown = {"userName": "old", "active": True, "emails": [{"type": "work", "value": "old"}], "externalId": "ada"}
        made = operations(optscim.profile, difference(optscim.mapping, directory.person("00u1"), shown))
        assert made == [
            {"op": "replace", "path": "active", "value": False},
            {"op": "replace", "path": 'emails[type eq "work"].value', "value": "ada@x.example"},
            {"op": "add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "1"},
            {
                "op": "add",
                "value": {
                    "displayName": "Ada Quill",
                    "name.givenName": "Ada",
                    "name.familyName": "Quill",
                    "name.formatted": "Ada Quill",
                    f"{ENT}:department": "R&D",
                },
            },
            {"op": "replace", "value": {"userName": "ada@x.example"}},
        ]

    def test_a_text_boolean_at_the_target_differs(self, legacy, directory):
        shown = legacy.mapping.resource(directory.person("00u1")) | {"active": "True"}
        made = operations(legacy.profile, difference(legacy.mapping, directory.person("00u1"), shown))
        assert made == [{"op": "Replace", "path": "active", "value": "True"}]


class TestGroups:
    @pytest.fixture(autouse=True)
    def provisioned(self, entra):
        entra.link("00u1", Kind.PERSON, "u-1")
        entra.link("00u2", Kind.PERSON, "u-2")

    def test_a_group_is_created_empty(self, entra, target):
        assert play(entra.provision_group("g1"), target.send).outcome is Outcome.CREATED
        assert target.ids == ["groups.find", "groups.create"]
        assert target.bodies[0]["members"] == []
        assert list(target.bodies[0]) == ["schemas", "externalId", "displayName", "members", "meta"]

    def test_a_matched_group_gets_its_external_id(self, entra, target):
        target.groups["old"] = {"id": "old", "displayName": "Team A"}
        result = play(entra.provision_group("g1"), target.send)
        assert (result.outcome, result.remote_id) == (Outcome.LINKED, "old")
        assert target.ids == ["groups.find", "groups.externalid"]

    def test_members_are_added_and_removed_one_by_one(self, entra, target, directory):
        entra.link("g1", Kind.GROUP, "g-1")
        target.groups["g-1"] = {"id": "g-1"}
        play(entra.add_members("g1", ["00u1", "00u2", "stranger"]), target.send)
        play(entra.remove_members("g1", ["00u2"]), target.send)
        made = [body["Operations"][0] for body in target.bodies]
        if entra.profile.dialect.id == "entra.legacy":
            assert made == [
                {"op": "Add", "path": "members", "value": [{"value": "u-1"}]},
                {"op": "Add", "path": "members", "value": [{"value": "u-2"}]},
                {"op": "Remove", "path": "members", "value": [{"value": "u-2"}]},
            ]
        else:
            assert made == [
                {"op": "add", "path": "members", "value": [{"value": "u-1"}]},
                {"op": "add", "path": "members", "value": [{"value": "u-2"}]},
                {"op": "remove", "path": 'members[value eq "u-2"]'},
            ]

    def test_several_members_and_null_references_are_switches(self, target, directory):
        entra = Entra(Profile.load("entra.legacy", on=["several-members"]), directory)
        for subject, kind, remote in (
            ("00u1", Kind.PERSON, "u-1"),
            ("00u2", Kind.PERSON, "u-2"),
            ("g1", Kind.GROUP, "g"),
        ):
            entra.link(subject, kind, remote)
        target.groups["g"] = {"id": "g"}
        play(entra.add_members("g1", ["00u1", "00u2"]), target.send)
        assert target.bodies[0]["Operations"][0]["value"] == [{"value": "u-1"}, {"value": "u-2"}]
        older = Entra(Profile.load("entra.legacy", on=["null-ref"]), directory, app=entra.app)
        play(older.remove_members("g1", ["00u1"]), target.send)
        assert target.bodies[1]["Operations"][0]["value"] == [{"$ref": None, "value": "u-1"}]

    def test_a_rename_reads_first(self, entra, target, directory):
        entra.link("g1", Kind.GROUP, "g-1")
        target.groups["g-1"] = {"id": "g-1", "displayName": "Team A", "externalId": "g1"}
        assert play(entra.read_group("g1"), target.send).ok
        assert play(entra.rename_group("g1"), target.send).outcome is Outcome.UNCHANGED
        directory.rename_group("g1", "Team B")
        assert play(entra.rename_group("g1"), target.send).outcome is Outcome.UPDATED
        assert target.sent[0].request.target == "/Groups/g-1?excludedAttributes=members"
        assert target.ids == ["groups.read", "groups.read", "groups.read", "groups.rename"]

    def test_a_failed_member_stops_the_rest(self, entra, target, answer):
        entra.link("g1", Kind.GROUP, "g-1")
        target.scripted["groups.members.add"] = [answer(404, {"detail": "no member"})]
        assert play(entra.add_members("g1", ["00u1", "00u2"]), target.send).outcome is Outcome.FAILED
        assert len(target.sent) == 1

    def test_deletion(self, entra, target):
        entra.link("g1", Kind.GROUP, "g-1")
        target.groups["g-1"] = {"id": "g-1"}
        assert play(entra.delete_group("g1"), target.send).outcome is Outcome.DELETED
        assert play(entra.delete_group("g1"), target.send).outcome is Outcome.SKIPPED
