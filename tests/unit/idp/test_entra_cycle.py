"""Entra's job: what a cycle takes, in which order, and what becomes of those who leave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scimulator.catalogue.profiles import Profile
from scimulator.exchange.message import Request
from scimulator.idp.directory import DirectoryGroup, Kind, Person
from scimulator.idp.entra import Entra
from scimulator.idp.entra.events import assign, purge, restore, unassign
from scimulator.idp.entra.job import EntraJob
from scimulator.idp.entra.log import Action, Status
from scimulator.idp.entra.settings import JobSettings, Scope, TargetAction
from scimulator.idp.flow import Send, play
from scimulator.idp.mapping import mapping_of
from scimulator.provider import Provider

ADA, BOB = "00u1", "00u2"


@pytest.fixture(params=["entra.legacy", "entra.optscim"])
def engine(request, directory, seeded) -> Entra:
    made = Entra(request.param, directory, randomness=seeded)
    assign(directory, made.app, "g1")
    return made


class Bench:
    """A job, a provider that it talks to, and what was sent."""

    def __init__(self, engine: Entra, settings: JobSettings | None = None) -> None:
        self.engine, self.directory, self.clock = engine, engine.directory, engine.directory.clock
        self.job = EntraJob(engine, settings)
        self.provider = Provider("http://x.example/scim", seed=1)
        self.sent: list[str] = []

    def send(self, step: Send):
        self.sent.append(step.exchange_id)
        return self.provider.handle(step.request)

    def play(self, flow):
        self.sent.clear()
        return play(flow, self.send, wait=lambda step: self.clock.sleep(step.seconds))

    def cycle(self):
        """Run one cycle; what was sent after the two probes."""
        result = self.play(self.job.cycle())
        self.clock.sleep(2400)
        return result, self.sent[2:]

    def account(self, person_id: str):
        answer = self.provider.handle(self.request("GET", f"/Users/{self.engine.app.remote_id(person_id)}"))
        return answer.document().object

    @staticmethod
    def request(method: str, target: str) -> Request:
        return Request(method, target, (), b"")


@pytest.fixture
def bench(engine) -> Bench:
    return Bench(engine)


def test_the_first_cycle_takes_all_in_order(bench):
    result, sent = bench.cycle()
    assert (result.number, result.initial, result.ok) == (1, True, True)
    assert bench.sent[:2] == ["connection.users", "connection.groups"]
    assert sent == [
        *("users.find", "users.create") * 2,
        "groups.find",
        "groups.create",
        "users.read",
        "users.manager",
        *("groups.members.add",) * 2,
    ]
    assert result.next_at == result.started + timedelta(minutes=40)
    assert [(entry.action, entry.source.id) for entry in result.entries] == [
        (Action.CREATE, ADA),
        (Action.CREATE, BOB),
        (Action.CREATE, "g1"),
        (Action.UPDATE, BOB),
        (Action.UPDATE, "g1"),
    ]


def test_later_cycles_take_what_changed(bench):
    bench.cycle()
    result, sent = bench.cycle()
    assert (result.initial, sent, result.entries) == (False, [], ())
    bench.directory.change_person(BOB, department="R&D")
    result, sent = bench.cycle()
    assert sent == ["users.read", "users.update"]  # the manager was exported already
    assert [one.name for one in result.entries[0].modified] == [
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"
    ]


def test_an_emptied_attribute_sends_nothing(bench):
    bench.cycle()
    bench.directory.change_person(ADA, display_name="")
    result, sent = bench.cycle()
    assert sent == ["users.read"]
    assert result.entries[0].status is Status.SKIPPED
    assert bench.account(ADA)["displayName"] == "Ada Quill"


def test_unassigned_is_disabled_and_then_left_alone(bench):
    assign(bench.directory, bench.engine.app, BOB)
    bench.cycle()
    unassign(bench.engine.app, "g1")
    unassign(bench.engine.app, BOB)
    result, sent = bench.cycle()
    assert sent == [*("users.read", "users.deactivate") * 2, "groups.delete"]
    assert [entry.action for entry in result.entries] == [Action.DISABLE, Action.DISABLE, Action.DELETE]
    assert bench.account(BOB)["active"] is False
    purge(bench.directory, BOB)
    assert bench.cycle()[1] == []


def test_assigned_again_is_enabled_without_memberships(bench):
    bench.cycle()
    unassign(bench.engine.app, "g1")
    bench.cycle()
    assign(bench.directory, bench.engine.app, ADA)
    _, sent = bench.cycle()
    assert sent == ["users.read", "users.activate"]
    assert bench.account(ADA)["active"] is True


@pytest.mark.parametrize("still_assigned", [True, False])
def test_the_bin_then_the_purge(bench, still_assigned):
    assign(bench.directory, bench.engine.app, ADA)
    assign(bench.directory, bench.engine.app, BOB)
    unassign(bench.engine.app, "g1")
    bench.cycle()
    bench.directory.soft_delete(BOB, prefix_login=True)
    if not still_assigned:
        unassign(bench.engine.app, BOB)
    result, sent = bench.cycle()
    assert sent == ["users.read", "users.update"]
    assert result.entries[0].action is Action.DISABLE
    shown = bench.account(BOB)
    assert (shown["active"], shown["userName"]) == (False, "00u2bob@x.example")
    assert bench.cycle()[1] == []
    purge(bench.directory, BOB)
    result, sent = bench.cycle()
    assert sent == ["users.delete"]
    assert (result.entries[0].action, result.entries[0].source.name) == (Action.DELETE, "")


def test_restored_from_the_bin(bench):
    bench.cycle()
    bench.directory.soft_delete(BOB, prefix_login=True)
    bench.cycle()
    restore(bench.directory, BOB)
    bench.cycle()
    shown = bench.account(BOB)
    assert (shown["active"], shown["userName"]) == (True, "bob@x.example")


def test_the_user_goes_first_the_membership_second(bench):
    bench.cycle()
    gone = bench.engine.app.remote_id(BOB)
    purge(bench.directory, BOB)
    result, sent = bench.cycle()
    assert sent == ["users.delete", "groups.read", "groups.members.remove"]
    assert result.entries[-1].modified[0].old == gone


def test_disabled_people_are_not_created(bench):
    bench.directory.change_person(BOB, enabled=False)
    result, sent = bench.cycle()
    assert sent.count("users.create") == 1
    assert [entry.status for entry in result.entries if entry.source.id == BOB] == [Status.SKIPPED]


def test_who_comes_later_is_not_linked_backwards(bench, directory):
    """A member who comes into scope later joins the group when the group changes next."""
    directory.add_person(Person("00u3", "cy@x.example", "Cy", "Ro", "cy@x.example", manager=ADA))
    blocked = {"00u3"}
    bench.job.settings = JobSettings(scoping=lambda person: person.id not in blocked)
    directory.join("g1", ["00u3"])
    bench.cycle()
    blocked.clear()
    _, sent = bench.cycle()
    assert sent == ["users.find", "users.create", "users.read", "users.manager"]
    directory.rename_group("g1", "Team B")
    assert bench.cycle()[1] == ["groups.read", "groups.rename", "groups.members.add"]


def test_skip_out_of_scope_deletions(engine):
    bench = Bench(engine, JobSettings(skip_out_of_scope_deletions=True))
    bench.cycle()
    unassign(engine.app, "g1")
    result, sent = bench.cycle()
    assert sent == []
    assert {entry.reason for entry in result.entries} == {"SkipOutOfScopeDeletions is on"}
    assert bench.account(ADA)["active"] is True
    assert bench.cycle()[0].entries == ()


def test_where_active_is_not_mapped_people_are_deleted(directory, seeded):
    data = dict(Entra("entra.legacy", directory).profile.mapping)
    data["rules"] = [rule for rule in data["rules"] if rule["target"] != "active"]  # type: ignore[union-attr,index,call-overload]  # JSON
    engine = Entra("entra.legacy", directory, mapping=mapping_of(data), randomness=seeded)
    assign(directory, engine.app, ADA)
    assign(directory, engine.app, BOB)
    bench = Bench(engine)
    bench.cycle()
    unassign(engine.app, ADA)
    directory.change_person(BOB, enabled=False)
    _, sent = bench.cycle()
    assert sent == ["users.delete", "users.delete"]


@pytest.mark.parametrize(
    ("action", "missing"),
    [
        (TargetAction.CREATE, {"users.create", "groups.create"}),
        (TargetAction.UPDATE, {"users.update", "users.deactivate", "users.manager", "groups.members.add"}),
        (TargetAction.DELETE, {"users.delete", "groups.delete"}),
    ],
)
def test_an_action_that_is_off(engine, action, missing):
    bench = Bench(engine, JobSettings(actions=frozenset(TargetAction) - {action}))
    sent: list[str] = []
    sent += bench.cycle()[1]
    bench.directory.change_person(ADA, department="R&D")
    unassign(bench.engine.app, "g1")
    assign(bench.directory, bench.engine.app, ADA)
    sent += bench.cycle()[1]
    purge(bench.directory, ADA)
    sent += bench.cycle()[1]
    assert not missing & set(sent)


def test_scope_all_and_no_groups(directory, seeded):
    engine = Entra("entra.legacy", directory, randomness=seeded)
    bench = Bench(engine, JobSettings(scope=Scope.ALL, groups=False))
    bench.play(bench.job.cycle())
    assert bench.sent[0] == "connection.users"
    assert not [one for one in bench.sent if "groups" in one]
    assert bench.sent.count("users.create") == 2


def test_run_until_keeps_the_pace(bench):
    start = bench.clock.now()
    results = bench.play(bench.job.run_until(start + timedelta(hours=2)))
    assert [result.started - start for result in results] == [timedelta(minutes=40) * n for n in range(3)]
    again = bench.play(bench.job.run_until(start + timedelta(hours=3)))
    assert [result.number for result in again] == [4, 5]


def test_run_until_ends_though_no_time_passes(bench):
    flow = bench.job.run_until(bench.clock.now() + timedelta(hours=2))
    assert len(play(flow, bench.send, most_steps=500)) == 3


def test_a_dropped_cycle_goes_on_where_it_stood(bench, directory):
    """Wherever a driver drops a cycle, the next call brings the target to the same end."""
    flow = bench.job.cycle()
    steps = 0
    step = next(flow)
    while steps < 7:
        steps += 1
        step = flow.send(bench.send(step) if isinstance(step, Send) else None)
    flow.close()
    seen = list(bench.sent)
    result = bench.play(bench.job.cycle())
    assert (result.number, result.ok) == (1, True)
    assert "connection.users" not in bench.sent
    assert (seen + bench.sent).count("users.create") == 2
    listed = bench.provider.handle(bench.request("GET", "/Users")).document().object
    assert listed["totalResults"] == len(directory.people)
    members = bench.provider.handle(bench.request("GET", f"/Groups/{bench.engine.app.remote_id('g1')}"))
    assert len(members.document().object["members"]) == 2


def test_a_restart_matches_everybody_again(bench):
    bench.cycle()
    ids = dict(bench.engine.app.links)
    bench.job.restart()
    assert bench.engine.app.links == {}
    result, sent = bench.cycle()
    assert result.initial
    assert sent == [
        "users.find",
        "users.find",
        "groups.find",
        "users.read",
        "groups.members.add",
        "groups.members.add",
    ]
    assert bench.engine.app.links == ids


def test_a_restart_that_keeps_the_links_reads_by_id(bench):
    bench.cycle()
    bench.job.restart(drop_links=False)
    result, sent = bench.cycle()
    assert result.initial
    assert sent == ["users.read", "users.read", "groups.read"]


def test_a_group_in_a_group(directory, seeded):
    directory.add_group(DirectoryGroup("child", "Child"))
    directory.join("g1", ["child"])
    for on, wanted in ((("nested-groups",), 1), ((), 0)):
        engine = Entra(Profile.load("entra.legacy", on=on), directory, randomness=seeded)
        assign(directory, engine.app, "child")
        assign(directory, engine.app, "g1")
        bench = Bench(engine)
        assert bench.cycle()[0].ok
        assert bench.sent.count("groups.members.add.nested") == wanted


def test_the_log_as_table_and_json(bench):
    bench.cycle()
    table = bench.job.log.as_table().splitlines()
    assert table[0].split("  ")[0] == "Date"
    assert len(table) == 2 + len(bench.job.log)
    assert "Create  Ada Quill (00u1)" in table[2]
    assert '"provisioningAction": "create"' in bench.job.log.as_json()
    assert [entry.kind for entry in bench.job.log.of("g1")] == [Kind.GROUP, Kind.GROUP]


def test_notes_tell_of_the_cycle(bench):
    told: list[str] = []
    play(bench.job.cycle(), bench.send, note=lambda note: told.append(note.text))
    assert told == ["initial cycle 1: 5 pieces of work"]
