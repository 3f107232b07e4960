from __future__ import annotations

import os
import random
import subprocess
import sys
import textwrap

import pytest

from scimulator.exchange.message import Purpose
from scimulator.target.cleaning import clean, endpoints
from scimulator.target.errors import TargetError
from scimulator.target.guest import RemovalKind, RunMark, remove, shown_mark
from scimulator.target.journal import Journal, find_journals

MARK = "scimulator-k3x9w-"


def test_a_mark_is_lower_case_ascii_and_repeatable():
    mark, again = (RunMark.fresh(random.Random(1)) for _ in range(2))  # noqa: S311 - a repeatable mark is the point
    assert mark == again
    assert mark.text.startswith("scimulator-")
    assert mark.text.isascii()
    assert mark.text == mark.text.lower()
    assert mark.name("BJensen") == f"{mark.text}bjensen"


@pytest.mark.parametrize(
    ("resource", "shown"),
    [
        ({"userName": f"{MARK}a"}, True),
        ({"userName": f"{MARK}A".upper()}, True),
        ({"emails": [{"value": f"{MARK}a@example.com"}]}, True),
        ({"displayName": "Sales", "members": [{"display": f"{MARK}a"}]}, False),
        ({"id": f"{MARK}a", "userName": "boss"}, False),
        ({"userName": f"not-{MARK}a"}, False),
        ({"userName": None, "emails": "x"}, False),
    ],
)
def test_only_a_resources_own_values_show_a_mark(resource, shown):
    assert bool(shown_mark(resource)) is shown


def test_a_marked_resource_is_deleted_as_clean_up(target, directory):
    directory.add("/Users", "a/b", userName=f"{MARK}a")
    heard = []
    target.listeners.append(heard.append)
    removal = remove(target, "/Users", "a/b", mark=MARK, verify=True)
    assert removal.kind is RemovalKind.DELETED
    assert not directory.resources["/Users"]
    assert {exchange.purpose for exchange in heard} == {Purpose.CLEAN_UP}
    assert heard[0].request.target == "/Users/a%2Fb"


def test_what_shows_no_mark_is_never_touched(target, directory):
    directory.add("/Users", "1", userName="boss")
    directory.add("/Users", "2", userName="scimulator-other-a")
    for id_ in ("1", "2"):
        removal = remove(target, "/Users", id_, mark=MARK)
        assert removal.kind is RemovalKind.REFUSED
        assert "not touched" in removal.reason
    assert {request.method for request in directory.requests} == {"GET"}


def test_what_is_not_there_is_gone(target):
    assert remove(target, "/Users", "1").kind is RemovalKind.GONE


def test_where_delete_is_refused_the_user_is_switched_off(target, directory):
    directory.deletes = False
    directory.add("/Users", "1", userName=f"{MARK}a", active=True)
    directory.add("/Groups", "2", displayName=f"{MARK}g")
    removal = remove(target, "/Users", "1")
    assert removal.kind is RemovalKind.DEACTIVATED
    assert removal.left
    assert "405 (not here)" in removal.reason
    assert directory.resources["/Users"]["1"]["active"] is False
    assert remove(target, "/Groups", "2").kind is RemovalKind.REFUSED


def test_a_delete_that_deletes_nothing_is_not_believed(target, directory):
    directory.forgets = False
    directory.add("/Users", "1", userName=f"{MARK}a")
    removal = remove(target, "/Users", "1", verify=True)
    assert removal.kind is RemovalKind.REFUSED
    assert "answered 204" in removal.reason


def test_a_journal_knows_what_is_left_and_goes_when_nothing_is(target):
    journal = Journal.open(target, "r1")
    first, second = journal.intend("/Users", f"{MARK}a"), journal.intend("/Groups", f"{MARK}g")
    first = journal.made(first, "1")
    assert [entry.id for entry in journal.leftovers()] == ["1", ""]
    (found,) = find_journals("fake:")
    assert found.alive
    assert found.leftovers == tuple(journal.leftovers())
    journal.gone(first)
    journal.gone(second)
    journal.close()
    assert find_journals() == []


def test_journals_of_two_workers_stand_side_by_side(target):
    journals = [Journal.open(target, "r1"), Journal.open(target, "r1")]
    for journal in journals:
        journal.intend("/Users", f"{MARK}a")
    assert len(find_journals("fake:")) == 2
    assert find_journals("other:") == []
    for journal in journals:
        journal.close()


def test_a_folder_that_cannot_be_written_is_explained(target, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(TargetError, match="XDG_STATE_HOME"):
        Journal.open(target, "r1")


def test_a_killed_run_is_cleaned_by_its_journal(target, directory):
    code = f"""
        import os
        from scimulator.target.journal import Journal
        class Fake:
            name, is_reference = "fake:", False
        journal = Journal.open(Fake, "dead")
        journal.made(journal.intend("/Users", "{MARK}a"), "1")
        journal.intend("/Users", "{MARK}b")
        journal.intend("/Users", "{MARK}never")
        os.kill(os.getpid(), 9)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False, env=dict(os.environ), timeout=30)
    directory.add("/Users", "1", userName=f"{MARK}a")
    directory.add("/Users", "2", userName=f"{MARK}b")
    directory.add("/Users", "3", userName="boss")
    (found,) = find_journals("fake:")
    assert not found.alive
    assert len(found.leftovers) == 3
    assert {(one.id, one.kind) for one in clean(target)} == {("1", RemovalKind.DELETED), ("2", RemovalKind.DELETED)}
    assert list(directory.resources["/Users"]) == ["3"]
    assert find_journals() == []
    assert clean(target) == []


def test_a_run_that_is_alive_is_left_alone(target, directory):
    journal = Journal.open(target, "live1")
    journal.made(journal.intend("/Users", "scimulator-live1-a"), "1")
    directory.add("/Users", "1", userName="scimulator-live1-a")
    directory.add("/Users", "2", userName="scimulator-dead1-a")
    assert [one.id for one in clean(target)] == ["2"]
    journal.close()


@pytest.mark.parametrize("filters", [True, False])
def test_without_a_journal_the_mark_is_enough(target, directory, filters):
    directory.filters = filters
    for number in range(30):
        directory.add("/Users", str(number), userName=f"{MARK if number % 2 else 'real-'}{number}")
    directory.add("/Groups", "g", displayName=f"{MARK}g")
    directory.add("/Groups", "h", displayName="Sales", externalId="x")
    removals = clean(target)
    assert len(removals) == 16
    assert removals[0].endpoint == "/Groups"
    assert len(directory.resources["/Users"]) == 15
    assert list(directory.resources["/Groups"]) == ["h"]


def test_a_dry_run_removes_nothing(target, directory):
    directory.add("/Users", "1", userName=f"{MARK}a")
    (removal,) = clean(target, dry_run=True)
    assert removal.label == f"{MARK}a"
    assert directory.resources["/Users"]


def test_endpoints_come_from_the_resource_types(target, directory, monkeypatch):
    types = [{"endpoint": "/Users"}, {"endpoint": "https://h/v2/Devices"}, {"endpoint": "Groups"}, {}]
    monkeypatch.setattr(directory, "answer", lambda _: (200, {"Resources": types, "totalResults": 4}))
    assert endpoints(target) == ["/Groups", "/Users", "/Devices"]
