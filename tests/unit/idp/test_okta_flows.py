from __future__ import annotations

import json

import pytest

from scimulator.catalogue.profiles import Profile
from scimulator.exchange.message import Response
from scimulator.idp.directory import Kind
from scimulator.idp.flow import Outcome, Wait, play
from scimulator.idp.okta import Okta


@pytest.fixture(params=["okta.template", "okta.wizard"])
def okta(request, directory, seeded) -> Okta:
    return Okta(request.param, directory, randomness=seeded)


@pytest.fixture
def template(directory, seeded) -> Okta:
    return Okta("okta.template", directory, randomness=seeded)


@pytest.fixture
def wizard(directory, seeded) -> Okta:
    return Okta("okta.wizard", directory, randomness=seeded)


def list_of(*resources, **more):
    return {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": len(resources),
        "startIndex": 1,
        "itemsPerPage": len(resources),
        "Resources": list(resources),
        **more,
    }


class TestConnection:
    def test_template_reads_groups_too_and_keeps_them(self, template, target):
        target.groups["g"] = {"id": "g", "displayName": "Old"}
        assert play(template.test_connection(), target.send).outcome is Outcome.CONNECTED
        assert target.ids == ["connection.users", "connection.groups"]
        assert template.app.cached_groups["Old"]["id"] == "g"

    def test_wizard_reads_users_only(self, wizard, target):
        play(wizard.test_connection(), target.send)
        assert target.ids == ["connection.users"]

    @pytest.mark.parametrize("bad", ["1", None, True, 1.5])
    def test_numbers_have_to_be_integers(self, okta, target, answer, bad):
        target.scripted["connection.users"] = [answer(200, list_of(totalResults=bad))]
        result = play(okta.test_connection(), target.send)
        assert result.outcome is Outcome.FAILED
        assert "totalResults" in result.messages[0]

    def test_a_refused_token_fails(self, okta, target, answer):
        target.scripted["connection.users"] = [answer(401, {"detail": "bad token"})]
        result = play(okta.test_connection(), target.send)
        assert result.messages == ("Unauthorized. Errors reported by remote server: bad token",)


class TestAssign:
    def test_nobody_there_creates(self, okta, target):
        result = play(okta.assign("00u1"), target.send)
        assert (result.outcome, result.remote_id) == (Outcome.CREATED, "u-1")
        assert target.ids == ["users.find", "users.create"]
        sent = target.bodies[0]
        assert list(sent) == [
            "schemas",
            "userName",
            "name",
            "emails",
            "displayName",
            "locale",
            "externalId",
            "groups",
            "password",
            "active",
        ]
        assert len(sent["password"]) == 8
        assert okta.app.remote_id("00u1") == "u-1"

    def test_404_counts_as_not_found(self, okta, target, answer):
        target.scripted["users.find"] = [answer(404, {"detail": "nobody"})]
        assert play(okta.assign("00u1"), target.send).outcome is Outcome.CREATED

    def test_lower_case_resources_are_read(self, okta, target, answer):
        body = list_of()
        body["resources"] = body.pop("Resources")
        target.scripted["users.find"] = [answer(200, body)]
        assert play(okta.assign("00u1"), target.send).outcome is Outcome.CREATED

    def test_an_inactive_user_is_adopted(self, template, target):
        target.users["x"] = {"id": "x", "userName": "ADA@x.example", "active": False, "meta": {"v": 1}, "extra": [1]}
        result = play(template.assign("00u1"), target.send)
        assert (result.outcome, result.remote_id) == (Outcome.LINKED, "x")
        assert target.ids == ["users.find", "users.adopt", "users.push.read", "users.push"]
        assert target.bodies[0]["Operations"] == [{"op": "replace", "value": {"active": True}}]
        assert target.users["x"]["extra"] == [1]
        assert target.users["x"]["meta"] == {"v": 1}
        assert target.users["x"]["userName"] == "ada@x.example"
        # The push echoes the flag; the PATCH before it was ours to store and the fake does not apply it.
        assert target.users["x"]["active"] is False

    def test_a_wizard_app_adopts_by_put(self, wizard, target):
        target.users["x"] = {"id": "x", "userName": "ada@x.example", "active": False}
        assert play(wizard.assign("00u1"), target.send).outcome is Outcome.LINKED
        assert target.ids == ["users.find", "users.adopt.read", "users.adopt"]
        assert target.users["x"]["active"] is True
        assert target.users["x"]["externalId"] == "00u1"
        assert target.users["x"]["groups"] == []

    def test_a_conflict_becomes_a_task(self, okta, target, answer):
        target.scripted["users.create"] = [answer(409, {"detail": "taken"})]
        result = play(okta.assign("00u1"), target.send)
        assert result.outcome is Outcome.FAILED
        assert result.task is not None
        assert result.task.retry
        assert (
            "Error while creating user ada@x.example: Conflict. Errors reported by remote server: taken"
            in (result.messages[0])
        )
        assert okta.app.tasks == [result.task]
        assert target.ids.count("users.create") == 1

    def test_an_empty_201_is_an_error(self, okta, target):
        target.scripted["users.create"] = [Response(201)]
        result = play(okta.assign("00u1"), target.send)
        assert "Create new user returned empty user." in result.messages[0]

    @pytest.mark.parametrize(("status", "body"), [(200, {"id": "1"}), (201, {"userName": "a"}), (201, {"id": 7})])
    def test_what_no_source_tells_is_unknown(self, okta, target, answer, status, body):
        target.scripted["users.create"] = [answer(status, body)]
        assert play(okta.assign("00u1"), target.send).outcome is Outcome.UNKNOWN
        assert okta.app.link("00u1") is None

    def test_several_hits_are_unknown(self, okta, target, answer):
        target.scripted["users.find"] = [answer(200, list_of({"id": "1"}, {"id": "2"}))]
        notes: list[object] = []
        assert play(okta.assign("00u1"), target.send, note=notes.append).outcome is Outcome.UNKNOWN
        assert notes

    def test_text_numbers_stop_the_creation(self, okta, target, answer):
        target.scripted["users.find"] = [answer(200, list_of(startIndex="1"))]
        assert play(okta.assign("00u1"), target.send).outcome is Outcome.FAILED
        assert target.ids == ["users.find"]

    def test_no_answer_is_null(self, okta, target):
        target.scripted["users.find"] = [None]
        result = play(okta.assign("00u1"), target.send)
        assert result.messages[0].endswith("Error while verifying if user ada@x.example exists: null")

    def test_plain_text_errors_hide_their_cause(self, okta, target):
        target.scripted["users.find"] = [Response(502, (), b"error code: 502")]
        result = play(okta.assign("00u1"), target.send)
        assert (
            "Bad Gateway. Errors reported by remote server: Invalid JSON: Unrecognized token 'error'"
            in (result.messages[0])
        )

    def test_find_keeps_nothing(self, okta, target):
        assert play(okta.find("00u1"), target.send).outcome is Outcome.SKIPPED
        target.users["x"] = {"id": "x", "userName": "ada@x.example"}
        assert play(okta.find("00u1"), target.send).remote_id == "x"
        assert not okta.app.links


class TestChanges:
    @pytest.fixture(autouse=True)
    def assigned(self, okta, target):
        for person in ("00u1", "00u2"):
            play(okta.assign(person), target.send)
        target.sent.clear()

    def test_a_push_echoes_everything(self, okta, target, directory):
        target.users["u-1"] |= {"password": "leaked", "unknown": {"a": [None]}, "groups": [{"value": "g"}]}
        directory.change_person("00u1", family_name="Newquill")
        assert play(okta.push_profile("00u1"), target.send).outcome is Outcome.UPDATED
        assert target.ids == ["users.push.read", "users.push"]
        assert next(iter(target.bodies[0])) == "id"
        assert target.bodies[0]["password"] == "leaked"
        assert target.bodies[0]["unknown"] == {"a": [None]}
        assert target.bodies[0]["groups"] == [{"value": "g"}]
        assert target.bodies[0]["name"]["familyName"] == "Newquill"

    def test_a_push_does_not_switch(self, okta, target):
        target.users["u-1"]["active"] = False
        play(okta.push_profile("00u1"), target.send)
        assert target.users["u-1"]["active"] is False

    def test_a_user_who_is_gone_ends_the_push(self, okta, target):
        target.users.clear()
        result = play(okta.push_profile("00u1"), target.send)
        assert (result.outcome, result.status) == (Outcome.FAILED, 404)
        assert target.ids == ["users.push.read"]
        assert result.task is not None
        assert result.task.retry

    def test_deactivation(self, okta, target):
        before = dict(target.users["u-1"])
        assert play(okta.deactivate("00u1"), target.send).outcome is Outcome.DEACTIVATED
        if okta.profile.dialect.id == "okta.template":
            assert target.ids == ["users.deactivate"]
            assert target.bodies[0]["Operations"] == [{"op": "replace", "value": {"active": False}}]
        else:
            assert target.ids == ["users.deactivate.read", "users.deactivate"]
            assert target.users["u-1"] == before | {"active": False}
        link = okta.app.link("00u1")
        assert link is not None
        assert not link.active

    def test_a_failed_deactivation_is_tried_once(self, okta, target, answer):
        target.scripted["users.deactivate"] = [answer(501, {"detail": "no PATCH"})]
        result = play(okta.deactivate("00u1"), target.send)
        assert target.ids.count("users.deactivate") == 1
        assert result.task is not None
        assert not result.task.retry

    def test_reactivation_searches_first(self, okta, target):
        play(okta.deactivate("00u1"), target.send)
        target.sent.clear()
        assert play(okta.reactivate("00u1"), target.send).outcome is Outcome.REACTIVATED
        assert target.ids[0] == "users.find"
        assert okta.app.link("00u1").active  # type: ignore[union-attr]  # it was linked above

    def test_nobody_linked_is_skipped(self, okta, target):
        okta.app.links.clear()
        for flow in (okta.push_profile("00u1"), okta.deactivate("00u1"), okta.rename_group("g1")):
            assert play(flow, target.send).outcome is Outcome.SKIPPED
        assert not target.sent


class TestGroups:
    @pytest.fixture(autouse=True)
    def assigned(self, directory):
        self.links = [("00u1", "u-1"), ("00u2", "u-2")]

    def ready(self, okta):
        for person, remote in self.links:
            okta.link(person, Kind.PERSON, remote)
        return okta

    def test_template_creates_renames_and_adds(self, template, target):
        result = play(self.ready(template).push_group("g1"), target.send)
        assert result.outcome is Outcome.CREATED
        assert target.ids == ["groups.create", "groups.rename", "groups.members"]
        members = [{"value": "u-1", "display": "ada@x.example"}, {"value": "u-2", "display": "bob@x.example"}]
        assert target.bodies[0]["members"] == members
        assert target.bodies[1]["Operations"] == [{"op": "replace", "value": {"id": "g-1", "displayName": "Team A"}}]
        assert target.bodies[2]["Operations"] == [{"op": "add", "path": "members", "value": members}]

    def test_the_rename_is_a_switch(self, directory, target):
        okta = self.ready(Okta(Profile.load("okta.template", off=["rename-before-members"]), directory))
        play(okta.push_group("g1"), target.send)
        assert target.ids == ["groups.create", "groups.members"]

    def test_wizard_searches_creates_reads_and_writes(self, wizard, target):
        play(self.ready(wizard).push_group("g1"), target.send)
        assert target.ids == ["groups.find", "groups.create", "groups.read", "groups.write"]
        assert list(target.bodies[1]) == ["schemas", "id", "displayName", "members"]

    def test_wizard_links_a_group_of_the_same_name(self, wizard, target):
        target.groups["old"] = {"id": "old", "displayName": "Team A"}
        result = play(self.ready(wizard).push_group("g1"), target.send)
        assert (result.outcome, result.remote_id) == (Outcome.LINKED, "old")
        assert "groups.create" not in target.ids

    def test_only_active_accounts_are_members(self, okta, target):
        self.ready(okta).link("00u2", Kind.PERSON, "u-2", active=False)
        play(okta.push_group("g1"), target.send)
        assert [member["value"] for member in target.bodies[0]["members"]] == ["u-1"]

    def test_removes_come_first_and_then_one_add(self, template, target):
        self.ready(template).link("g1", Kind.GROUP, "g-1")
        target.groups["g-1"] = {"id": "g-1"}
        play(template.change_members("g1", ["00u1"], ["00u2"]), target.send)
        assert target.ids == ["groups.rename", "groups.members"]
        assert target.bodies[1]["Operations"] == [
            {"op": "remove", "path": 'members[value eq "u-2"]'},
            {"op": "add", "path": "members", "value": [{"value": "u-1", "display": "ada@x.example"}]},
        ]

    def test_members_go_in_batches(self, template, target):
        self.ready(template).link("g1", Kind.GROUP, "g-1")
        target.groups["g-1"] = {"id": "g-1"}
        template.batch = 1
        play(template.change_members("g1", ["00u1"], ["00u2"]), target.send)
        assert target.ids == ["groups.rename", "groups.members", "groups.members"]

    def test_push_now_replaces_even_with_nothing(self, template, target, directory):
        self.ready(template).link("g1", Kind.GROUP, "g-1")
        target.groups["g-1"] = {"id": "g-1"}
        directory.leave("g1", ["00u1", "00u2"])
        play(template.push_now("g1"), target.send)
        assert target.bodies == [
            {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": "replace", "path": "members", "value": []}],
            }
        ]

    def test_a_refused_rename_stops_the_push(self, template, target, answer):
        target.scripted["groups.rename"] = [answer(400, {"detail": "path?"})]
        result = play(self.ready(template).push_group("g1"), target.send)
        assert result.outcome is Outcome.FAILED
        assert "groups.members" not in target.ids

    def test_wizard_changes_by_writing_everything(self, wizard, target, directory):
        self.ready(wizard).link("g1", Kind.GROUP, "g-1")
        target.groups["g-1"] = {"id": "g-1", "externalId": "not echoed"}
        directory.leave("g1", ["00u2"])
        play(wizard.remove_members("g1", ["00u2"]), target.send)
        directory.rename_group("g1", "Team B")
        play(wizard.rename_group("g1"), target.send)
        assert target.ids == ["groups.read", "groups.write"] * 2
        assert target.groups["g-1"] == {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "id": "g-1",
            "displayName": "Team B",
            "members": [{"value": "u-1", "display": "ada@x.example"}],
        }

    def test_patch_disabled_writes_whole_resources(self, directory, target):
        okta = self.ready(Okta(Profile.load("okta.template", on=["patch-disabled"]), directory))
        target.users["u-1"] = {"id": "u-1", "userName": "ada@x.example", "active": True}
        play(okta.deactivate("00u1"), target.send)
        play(okta.push_group("g1"), target.send)
        assert {step.request.method for step in target.sent} == {"GET", "PUT", "POST"}
        assert target.users["u-1"]["active"] is False

    def test_deletion_drops_the_link(self, okta, target):
        self.ready(okta).link("g1", Kind.GROUP, "g-1")
        target.groups["g-1"] = {"id": "g-1"}
        assert play(okta.delete_group("g1"), target.send).outcome is Outcome.DELETED
        assert okta.app.link("g1") is None


class TestImport:
    def test_pages_go_on_by_a_hundred(self, okta, target):
        for number in range(250):
            target.users[str(number)] = {"id": str(number), "userName": f"u{number}", "name": {"familyName": "F"}}
        target.users["0"]["userName"] = "ADA@x.example"
        target.users["1"]["active"] = False
        target.users["2"]["name"] = {}
        result = play(okta.import_users(), target.send)
        assert [step.request.query for step in target.sent] == [
            "startIndex=1&count=100",
            "startIndex=101&count=100",
            "startIndex=201&count=100",
        ]
        assert (result.seen, result.claimed, result.pages, len(result.imported)) == (250, 250, 3, 249)
        assert result.imported[0].person_id == "00u1"
        assert result.imported[1].problem == "the user has no last name"

    def test_short_pages_lose_records(self, okta, target, answer):
        page = [{"id": str(number), "name": {"familyName": "F"}} for number in range(50)]
        target.scripted["import.users"] = [answer(200, list_of(*page, totalResults=150)) for _ in range(2)]
        result = play(okta.import_users(), target.send)
        assert (result.seen, result.claimed) == (100, 150)
        assert result.messages == ("100 of 150 users came in pages of 100",)

    def test_groups_are_read_where_they_are_imported(self, template, wizard, target):
        target.groups.update({"1": {"id": "1", "displayName": "Pushed"}, "2": {"id": "2", "displayName": "Other"}})
        template.link("g1", Kind.GROUP, "1")
        result = play(template.import_groups(), target.send)
        assert [entry.remote_id for entry in result.imported] == ["2"]
        assert set(template.app.cached_groups) == {"Pushed", "Other"}
        assert play(wizard.import_groups(), target.send).outcome is Outcome.SKIPPED

    def test_an_endless_total_ends(self, okta, target, answer):
        target.scripted["import.users"] = [answer(200, list_of(totalResults=10**12))]
        assert play(okta.import_users(), target.send).pages == 1


class TestPatience:
    @pytest.mark.parametrize(
        ("header", "waits"),
        [
            ({"Retry_After": "120"}, [120, 240]),
            ({}, [300, 600]),
            ({"Retry_After": "1.5"}, [300, 600]),
            ({"Retry_After": "Wed, 11 Mar 2026 23:29:00 GMT"}, [300, 600]),
        ],
    )
    def test_429_is_waited_for_and_doubles(self, okta, target, answer, header, waits):
        target.scripted["users.create"] = [answer(429, {"detail": "slow"}, **header) for _ in range(2)]
        slept: list[Wait] = []
        result = play(okta.assign("00u1"), target.send, wait=slept.append)
        assert [wait.seconds for wait in slept] == waits
        assert result.outcome is Outcome.CREATED
        passwords = {json.loads(step.request.body)["password"] for step in target.sent[1:]}
        assert len(passwords) == 1

    def test_ten_tries_and_no_more(self, okta, target, answer):
        target.scripted["users.find"] = [answer(429, None, Retry_After="1") for _ in range(20)]
        result = play(okta.assign("00u1"), target.send)
        assert target.ids == ["users.find"] * 10
        assert result.outcome is Outcome.FAILED

    def test_500_is_not_repeated(self, okta, target, answer):
        target.scripted["users.find"] = [answer(500, {"detail": "broken"})]
        play(okta.assign("00u1"), target.send)
        assert target.ids == ["users.find"]
