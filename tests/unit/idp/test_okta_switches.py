"""What the options of an app change: groups that follow an account, unlinking, names, entitlements."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scimulator.catalogue.profiles import Profile
from scimulator.exchange.clock import SimulatedClock
from scimulator.exchange.message import Response
from scimulator.idp.directory import Directory, DirectoryGroup, Kind, Person
from scimulator.idp.flow import Outcome, play
from scimulator.idp.okta import Entitlement, MatchBy, MatchRules, Okta

TYPES = [
    {"name": "User", "endpoint": "/Users", "schema": "urn:ietf:params:scim:schemas:core:2.0:User"},
    {"name": "Role", "endpoint": "/Roles", "schema": "urn:okta:scim:schemas:core:1.0:Role"},
    {"name": "Profile", "endpoint": "Profiles", "schema": "urn:okta:scim:schemas:core:1.0:Entitlement"},
]


def loaded(dialect: str, directory, *, on=(), off=()) -> Okta:
    return Okta(Profile.load(dialect, on=on, off=off), directory)


@pytest.fixture(params=["okta.template", "okta.wizard"])
def okta(request, directory) -> Okta:
    return Okta(request.param, directory)


class TestGroupsOfAReturningPerson:
    @pytest.fixture(autouse=True)
    def pushed(self, target, directory):
        target.users["x"] = {"id": "x", "userName": "ada@x.example", "active": False}
        target.groups["g-1"] = {"id": "g-1", "displayName": "Team A", "members": []}
        directory.add_group(DirectoryGroup("g2", "Not pushed", ("00u1",)))
        directory.add_group(DirectoryGroup("g3", "Without her"))

    def back(self, okta, target):
        okta.link("g1", Kind.GROUP, "g-1")
        okta.link("g3", Kind.GROUP, "g-3")
        return play(okta.reactivate("00u1"), target.send)

    def test_a_wizard_app_writes_them(self, directory, target):
        okta = loaded("okta.wizard", directory)
        assert self.back(okta, target).outcome is Outcome.LINKED
        assert target.ids == ["users.find", "users.adopt.read", "users.adopt", "groups.read", "groups.write"]
        assert target.groups["g-1"]["members"] == [{"value": "x", "display": "ada@x.example"}]

    def test_a_catalogue_app_does_not(self, directory, target):
        self.back(loaded("okta.template", directory), target)
        assert not [name for name in target.ids if name.startswith("groups.")]

    def test_a_group_that_fails_is_told(self, directory, target):
        target.groups.clear()
        result = self.back(loaded("okta.wizard", directory), target)
        assert result.outcome is Outcome.FAILED
        assert result.messages[0].startswith("Unable to update Group Push mapping target App group Team A")


class TestLinking:
    def test_a_group_of_another_name_is_linked_and_renamed(self, directory, target):
        okta = loaded("okta.template", directory)
        target.groups["old"] = {"id": "old", "displayName": "Old team"}
        play(okta.import_groups(), target.send)
        target.sent.clear()
        result = play(okta.link_group("g1", "Old team"), target.send)
        assert (result.outcome, result.remote_id) == (Outcome.LINKED, "old")
        assert target.ids == ["groups.rename"]
        assert target.bodies[0]["Operations"][0]["value"] == {"id": "old", "displayName": "Team A"}

    def test_names_stay_where_pushed_groups_are_not_renamed(self, directory, target):
        okta = loaded("okta.template", directory, off=["rename-before-members"])
        target.groups["old"] = {"id": "old", "displayName": "Old team"}
        okta.link("00u1", Kind.PERSON, "u-1")
        play(okta.import_groups(), target.send)
        play(okta.link_group("g1", "Old team"), target.send)
        assert target.ids == ["import.groups", "groups.members"]

    def test_an_unknown_name_sends_nothing(self, okta, target):
        assert play(okta.link_group("g1"), target.send).outcome is Outcome.SKIPPED
        assert not target.sent

    def test_unlinking_leaves_the_group_unless_it_is_to_go(self, okta, target):
        okta.link("g1", Kind.GROUP, "g-1")
        target.groups["g-1"] = {"id": "g-1"}
        assert play(okta.unlink_group("g1"), target.send).outcome is Outcome.UNCHANGED
        assert not target.sent
        assert okta.app.link("g1") is None
        assert play(okta.unlink_group("g1"), target.send).outcome is Outcome.SKIPPED
        okta.link("g1", Kind.GROUP, "g-1")
        assert play(okta.unlink_group("g1", delete=True), target.send).outcome is Outcome.DELETED
        assert target.ids == ["groups.delete"]


@pytest.mark.parametrize("people", [99, 100, 101, 250])
def test_members_go_in_batches_of_a_hundred(directory, target, people):
    okta = loaded("okta.template", directory)
    members = [f"p{number}" for number in range(people)]
    for number, each in enumerate(members):
        directory.add_person(Person(each, f"{each}@x.example"))
        okta.link(each, Kind.PERSON, f"u-{number}")
    directory.add_group(DirectoryGroup("big", "Big"))
    directory.join("big", members)
    okta.link("big", Kind.GROUP, "g-9")
    target.groups["g-9"] = {"id": "g-9"}
    play(okta.add_members("big", members), target.send)
    sizes = [len(body["Operations"][0]["value"]) for body in target.bodies[1:]]
    assert sizes == [100] * (people // 100) + [people % 100] * bool(people % 100)
    sent = [each["value"] for body in target.bodies[1:] for each in body["Operations"][0]["value"]]
    assert sent == [f"u-{number}" for number in range(people)]


class TestUsername:
    @pytest.mark.parametrize(("on", "wanted"), [((), "new@x.example"), (["username-on-create-only"], "ada@x.example")])
    def test_a_changed_username_goes_out_unless_the_app_keeps_it(self, directory, target, on, wanted):
        okta = loaded("okta.wizard", directory, on=on)
        play(okta.assign("00u1"), target.send)
        directory.change_person("00u1", login="new@x.example", family_name="Changed")
        play(okta.push_profile("00u1"), target.send)
        assert target.users["u-1"]["userName"] == wanted
        assert target.users["u-1"]["name"]["familyName"] == "Changed"


class TestTwoSteps:
    def test_the_flag_comes_first_and_the_profile_second(self, directory, target):
        okta = loaded("okta.wizard", directory, on=["adopt-in-two-steps"])
        target.users["x"] = {"id": "x", "userName": "ADA@x.example", "active": False}
        play(okta.assign("00u1"), target.send)
        assert target.ids == ["users.find", *(["users.adopt.read", "users.adopt"] * 2)]
        assert target.bodies[0] == {"id": "x", "userName": "ADA@x.example", "active": True, "externalId": "00u1"}
        assert target.bodies[1]["userName"] == "ada@x.example"

    def test_a_refused_flag_ends_it(self, directory, target, answer):
        okta = loaded("okta.wizard", directory, on=["adopt-in-two-steps"])
        target.users["x"] = {"id": "x", "userName": "ada@x.example"}
        target.scripted["users.adopt"] = [answer(400, {"detail": "no"})]
        assert play(okta.assign("00u1"), target.send).outcome is Outcome.FAILED
        assert target.ids.count("users.adopt") == 1


class TestPasswords:
    def test_a_failure_cannot_be_tried_again_for_nobody_keeps_the_password(self, directory, target, answer):
        okta = loaded("okta.template", directory, on=["sync-password"])
        okta.link("00u1", Kind.PERSON, "u-1")
        target.scripted["users.password"] = [answer(400, {"detail": "weak"})]
        result = play(okta.sync_password("00u1", "secret"), target.send)
        assert result.task is not None
        assert not result.task.retry
        assert "secret" not in str(okta.app.tasks)

    def test_without_the_option_nothing_is_sent(self, okta, target):
        okta.link("00u1", Kind.PERSON, "u-1")
        assert play(okta.sync_password("00u1", "secret"), target.send).outcome is Outcome.SKIPPED
        assert not target.sent


class TestEntitlements:
    @pytest.fixture
    def governed(self, directory) -> Okta:
        okta = loaded("okta.template", directory, on=["entitlements"])
        okta.link("00u1", Kind.PERSON, "u-1")
        return okta

    @pytest.fixture
    def offers(self, target, answer):
        def offer(types, *lists):
            target.scripted["entitlements.resource-types"] = [answer(200, {"Resources": types})]
            target.scripted["entitlements.list"] = [
                answer(200, {"totalResults": len(each), "Resources": each}) for each in lists
            ]

        return offer

    def test_every_endpoint_of_a_role_or_entitlement_is_read(self, governed, target, offers):
        offers(TYPES, [{"id": "r1", "displayName": "First"}], [{"id": "p1", "displayName": "One", "type": "Profile"}])
        assert play(governed.discover_entitlements(), target.send).outcome is Outcome.CONNECTED
        assert [step.request.target for step in target.sent] == [
            "/ResourceTypes",
            "/Roles?startIndex=1&count=100",
            "/Profiles?startIndex=1&count=100",
        ]
        assert governed.offered == (Entitlement("r1", "First"), Entitlement("p1", "One", "Profile"))

    def test_schemas_are_read_where_a_type_has_an_extension_of_its_own(self, governed, target, offers, answer):
        own = [{"schema": "urn:example:2.0:User", "required": False}]
        offers([TYPES[0] | {"schemaExtensions": own}])
        target.scripted["entitlements.schemas"] = [answer(200, {"Resources": []})]
        play(governed.discover_entitlements(), target.send)
        assert target.ids == ["entitlements.resource-types", "entitlements.schemas"]

    def test_a_grant_writes_the_whole_user(self, governed, target):
        target.users["u-1"] = {"id": "u-1", "userName": "ada@x.example", "active": True, "x": 1}
        flow = governed.grant("00u1", roles=[Entitlement("r1", "First")], entitlements=[Entitlement("p1", "One", "P")])
        assert play(flow, target.send).outcome is Outcome.UPDATED
        assert target.ids == ["users.push.read", "entitlements.assign"]
        assert target.users["u-1"]["roles"] == [{"value": "r1", "display": "First"}]
        assert target.users["u-1"]["entitlements"] == [{"value": "p1", "display": "One", "type": "P"}]
        assert target.users["u-1"]["x"] == 1

    @pytest.mark.parametrize(
        "bad", [None, Response(200, (), b"[]"), Response(404, (), b"{}"), Response(200, (), b"{}")]
    )
    @pytest.mark.parametrize("step", ["entitlements.resource-types", "entitlements.schemas", "entitlements.list"])
    def test_what_cannot_be_read_becomes_a_task_that_can_be_tried_again(self, governed, target, offers, step, bad):
        own = [{"schema": "urn:example:2.0:User"}]
        offers([TYPES[1] | {"schemaExtensions": own}], [])
        target.scripted.setdefault("entitlements.schemas", [Response(200, (), b'{"Resources":[]}')])
        target.scripted[step] = [bad]
        result = play(governed.discover_entitlements(), target.send)
        assert result.outcome is Outcome.FAILED
        assert result.task.exchange_id == step
        target.scripted.clear()
        offers([])
        assert play(governed.retry(result.task), target.send).ok
        assert governed.app.tasks == []

    def test_an_app_without_them_sends_nothing(self, okta, target):
        assert play(okta.discover_entitlements(), target.send).outcome is Outcome.SKIPPED
        assert play(okta.grant("00u1"), target.send).outcome is Outcome.SKIPPED
        assert not target.sent


_ANSWERS = st.none() | st.builds(
    lambda status, body: Response(status, (), json.dumps(body).encode()),
    st.sampled_from([200, 200, 201, 204, 400, 404, 429, 500]),
    st.sampled_from(
        [
            None,
            [],
            {},
            {"id": "1"},
            {"id": 7, "totalResults": 1, "Resources": [{"id": None, "emails": 3, "name": "x", "userName": []}]},
            {"totalResults": 1, "Resources": [{"id": "1", "endpoint": 5, "schema": TYPES[1]["schema"]}]},
            {"totalResults": 1, "Resources": [{"schema": TYPES[1]["schema"], "endpoint": "/R", "schemaExtensions": 1}]},
        ]
    ),
)


@settings(max_examples=80, deadline=None)
@given(answers=st.lists(_ANSWERS, max_size=8), linked=st.booleans())
def test_any_answer_ends_in_a_result(answers, linked):
    directory = Directory(SimulatedClock())
    directory.add_person(Person("p", "p@x.example", "P", "Q", "p@x.example"))
    directory.add_group(DirectoryGroup("g", "G", ("p",)))
    okta = loaded("okta.template", directory, on=["entitlements"])
    okta.matching = MatchRules(MatchBy.NAME, partial=True, confirm_exact=True, confirm_new=True)
    okta.app.cached_groups["G"] = {"id": "9"}
    if linked:
        okta.link("p", Kind.PERSON, "1")
        okta.link("g", Kind.GROUP, "2")
    waiting = list(answers)

    def carry(flow):
        return play(flow, lambda _step: waiting.pop(0) if waiting else None, most_steps=60)

    for flow in (okta.discover_entitlements(), okta.grant("p"), okta.import_users(), okta.link_group("g")):
        assert carry(flow).outcome
    assert all(result.outcome for result in carry(okta.assign_group("g")))
    for task in tuple(okta.app.tasks):
        assert carry(okta.retry(task)).outcome
    assert all(result.outcome for result in carry(okta.unassign_group("g")))
