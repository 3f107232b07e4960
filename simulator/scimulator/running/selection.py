"""Which of the collected tests run: declarations verified, prefixes applied, the order put right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.catalogue.dialects import UnknownDialectError, dialect
from scimulator.catalogue.near_miss import hint
from scimulator.catalogue.requirements import UnknownRequirement, requirement
from scimulator.kit.check import MARK
from scimulator.kit.invariants import ALL as INVARIANTS
from scimulator.target.controls.canonical import UnknownControlError, know

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scimulator.catalogue.checks import CheckDeclaration
    from scimulator.target.settings import RunSettings


def declaration_of(item: pytest.Item) -> CheckDeclaration | None:
    """Return what a test declares, or None where it is no check."""
    mark = item.get_closest_marker(MARK)
    if mark is None:
        return None
    declared: CheckDeclaration = mark.args[0]
    return declared


def dialect_of(item: pytest.Item) -> str:
    """Return the dialect that a test is parametrised with, or an empty string."""
    callspec = getattr(item, "callspec", None)
    return str(callspec.params.get("dialect", "")) if callspec is not None else ""


def verify(items: Iterable[pytest.Item]) -> None:
    """Verify ids of checks, requirements and dialects.

    Raises:
        pytest.UsageError: naming the test, the unknown id and the nearest known one.
    """
    owner: dict[str, str] = {}
    for item in items:
        declared = declaration_of(item)
        if declared is None:
            continue
        where = item.nodeid.partition("[")[0]
        if owner.setdefault(declared.id, where) != where:
            raise pytest.UsageError(f"check id {declared.id} is declared by {owner[declared.id]} and by {where}")
        try:
            for each in declared.requirements:
                requirement(each)
            for each in declared.dialects:
                dialect(each)
            for each in declared.controls:
                know(each)
        except (UnknownRequirement, UnknownDialectError, UnknownControlError) as error:
            raise pytest.UsageError(f"{where} (check {declared.id}): {error}") from error


def matches(check_id: str, prefix: str) -> bool:
    """Tell whether ``prefix`` selects a check: the whole id or its leading dotted parts."""
    prefix = prefix.strip().rstrip(".*")
    return check_id == prefix or check_id.startswith((f"{prefix}.", f"{prefix}-"))


def check_prefixes(prefixes: Sequence[str], known: Sequence[str]) -> None:
    """Insist that each prefix selects something.

    Raises:
        pytest.UsageError: with the nearest id or area.
    """
    areas = {check_id.rpartition(".")[0] for check_id in known} | set(known)
    areas |= {check_id.partition(".")[0] for check_id in known}
    for prefix in prefixes:
        if not any(matches(check_id, prefix) for check_id in known):
            raise pytest.UsageError(
                f"no check starts with {prefix!r}{hint(prefix, areas)}; see: scimulator list checks"
            )


def select(
    items: list[pytest.Item], prefixes: Sequence[str], run: RunSettings, scope: Sequence[str]
) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Split the items into those that run, in order, and those that do not.

    Tests that are no checks are left alone. Checks of a dialect outside ``scope`` do not run; ``read_only`` leaves out
    what writes; destructive checks and those with a control run only when asked for, the latter last.
    """
    known = [declared.id for item in items if (declared := declaration_of(item))]
    known += [each.declaration.id for each in INVARIANTS]
    check_prefixes([*prefixes, *run.exclude], known)
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        declared = declaration_of(item)
        runs = declared is None or _runs(declared, dialect_of(item), prefixes, run, scope)
        (kept if runs else dropped).append(item)
    kept.sort(key=_rank)
    return kept, dropped


def _runs(
    declared: CheckDeclaration, spoken: str, prefixes: Sequence[str], run: RunSettings, scope: Sequence[str]
) -> bool:
    if prefixes and not any(matches(declared.id, prefix) for prefix in prefixes):
        return False
    if any(matches(declared.id, prefix) for prefix in run.exclude):
        return False
    if spoken and spoken not in scope:
        return False
    if run.read_only and (declared.writes or declared.controls):
        return False
    if declared.destructive and not run.destructive:
        return False
    return not declared.controls or run.controls


def _rank(item: pytest.Item) -> int:
    declared = declaration_of(item)
    if declared is None:
        return 1
    return 0 if declared.area == "sanity" else 2 if declared.controls else 1
