"""Each collected bug of a real server is one fault or waits in a list with its reason, and each fault has its test."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

from scimulator.provider import all_faults

HERE = Path(__file__).parent
WILD = [fault for fault in all_faults() if not fault.generated]


def later():
    waiting = [tomllib.loads(file.read_text("utf-8"))["later"] for file in sorted(HERE.glob("later*.toml"))]
    return [(bug, reason) for each in waiting for bug, reason in each.items()]


def test_a_bug_is_one_fault():
    counted = Counter(bug for fault in WILD for bug in fault.bugs)
    assert [bug for bug, count in counted.items() if count > 1] == []


def test_a_bug_that_waits_says_why_and_is_no_fault():
    faults = {bug for fault in WILD for bug in fault.bugs}
    waiting = later()
    assert len({bug for bug, _ in waiting}) == len(waiting)
    assert [bug for bug, _ in waiting if bug in faults] == []
    assert all(len(reason) > 20 for _, reason in waiting)


def test_every_wild_fault_has_a_bug_a_source_and_checks_to_notice_it():
    assert [fault.id for fault in WILD if not (fault.bugs and fault.source and fault.trips)] == []


def test_a_fault_that_hurts_one_client_is_noticed_by_a_check_of_it():
    """The exceptions: what the client itself never sends, so that only a check of the RFC can see it."""
    unseen = {"excluding-drops-extensions", "schema-with-strange-part"}
    missing = {
        fault.id
        for fault in WILD
        for family in {dialect.partition(".")[0] for dialect in fault.dialects}
        if not any(check.startswith(f"{family}.") for check in fault.trips)
    }
    assert missing == unseen


def test_the_trigger_of_every_wild_fault_has_a_unit_test():
    tests = "\n".join(file.read_text("utf-8") for file in (HERE.parent / "unit" / "provider").rglob("test_*.py"))
    assert [fault.id for fault in WILD if f'"{fault.id}"' not in tests] == []
