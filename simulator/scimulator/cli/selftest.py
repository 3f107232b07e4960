"""``scimulator selftest``: every fault of the reference provider against every check."""

from __future__ import annotations

import json
import sys
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scimulator.catalogue.faults import all_faults, find_fault
from scimulator.catalogue.presets import load_preset, preset_names
from scimulator.kit.outcomes import Outcome
from scimulator.reporting.verdict import ExitCode
from scimulator.running.collection import run_collected
from scimulator.running.selftest import FaultResult, Selftest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scimulator.catalogue.faults import Fault


@dataclass(slots=True)
class Matrix:
    """All results of a self-test and what is wrong with them; ``problems`` are sentences."""

    results: dict[str, FaultResult] = field(default_factory=dict)
    baseline: frozenset[str] = frozenset()
    """Checks that warn without any fault; that they warn with one shows nothing."""
    declared: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def untripped(self) -> list[str]:
        """Ids of checks that no fault made fail or warn."""
        noticed: set[str] = set()
        for result in self.results.values():
            noticed |= self.noticed(result)
        return [check for check in self.declared if check not in noticed]

    def noticed(self, result: FaultResult) -> set[str]:
        """Return ids of checks that fail on a fault, or warn and do not without it."""
        return result.failed | (result.tripped - self.baseline)


def run_matrix(faults: Sequence[Fault], *, jobs: int = 2, named_only: bool = False, quiet: bool = False) -> Matrix:
    """Run faults, and every preset without a fault, and judge the results.

    With ``named_only`` each fault meets only the checks that it names, which is quick.
    """
    presets = [f"reference:?preset={name}" for name in preset_names()]
    by_spec = {fault.target: fault for fault in faults}

    def only(spec: str) -> frozenset[str] | None:
        fault = by_spec.get(spec)
        if (
            not named_only
            or fault is None
            or not fault.trips
            or any(trip.startswith("exchanges.") for trip in fault.trips)
        ):
            return None  # a passive invariant needs the traffic of all checks
        return frozenset(fault.trips)

    done = 0

    def progress(result: FaultResult) -> None:
        nonlocal done
        done += 1
        if not quiet:
            bad = len(result.failed)
            line = f"[{done}/{len(presets) + len(by_spec)}] {result.spec}: {bad} failed, {result.seconds:.1f} s"
            print(line, file=sys.stderr, flush=True)  # noqa: T201  the progress of this command

    plugin = Selftest([*presets, *by_spec], jobs=jobs, only=only, progress=progress)
    run_collected(plugin, ["--scim-controls"])
    results = {result.spec: result for result in plugin.results}
    matrix = Matrix(results, frozenset(results["reference:?preset=lenient"].tripped), plugin.declared)
    for name, spec in zip(preset_names(), presets, strict=True):
        matrix.problems += _preset_problems(name, matrix.results[spec])
    for spec, fault in by_spec.items():
        matrix.problems += _fault_problems(fault, matrix, matrix.results[spec])
    for spec in presets:
        # What a preset trips is no proof that a check can fail on a fault.
        matrix.results.pop(spec)
    return matrix


def _preset_problems(name: str, result: FaultResult) -> list[str]:
    declared = load_preset(name).declares.findings
    problems = [f"preset {name}: {result.crashed}"] if result.crashed else []
    bad = result.with_outcome(Outcome.FAILED, Outcome.WARNED, Outcome.ERROR)
    for check in sorted(bad - set(declared)):
        why = next(reason for known, reason in result.reasons.items() if known.partition("[")[0] == check)
        problems.append(f"preset {name}: {check} finds something that the preset does not declare: {why}")
    problems += [f"preset {name} declares {check}, which finds nothing" for check in sorted(set(declared) - bad)]
    return problems


def _fault_problems(fault: Fault, matrix: Matrix, result: FaultResult) -> list[str]:
    problems = []
    declared, noticed = set(matrix.declared), matrix.noticed(result)
    if result.crashed:
        problems.append(f"fault {fault.id}: {result.crashed}")
    errors = result.with_outcome(Outcome.ERROR)
    if errors:
        problems.append(f"fault {fault.id}: our own error in {', '.join(sorted(errors))}")
    unknown = set(fault.trips) - declared
    if unknown:
        problems.append(f"fault {fault.id} names checks that do not exist: {', '.join(sorted(unknown))}")
    missed = set(fault.trips) - noticed - unknown
    if missed:
        problems.append(f"fault {fault.id} is not noticed by {', '.join(sorted(missed))}")
    if not noticed and not missed:
        problems.append(f"fault {fault.id} is noticed by no check")
    return problems


def selftest_command(
    names: Sequence[str], *, jobs: int, named_only: bool, untripped: str | None, json_file: str | None
) -> int:
    """Run the self-test and print what is wrong; the exit code is 1 when anything is."""
    started = time.monotonic()
    import scimulator.provider  # noqa: F401  registers the faults

    faults = [find_fault(name) for name in names] if names else list(all_faults())
    matrix = run_matrix(faults, jobs=jobs, named_only=named_only, quiet=not sys.stderr.isatty())
    if untripped and not names and not named_only:
        matrix.problems += untripped_problems(matrix, Path(untripped))
    if json_file:
        Path(json_file).write_text(json.dumps(as_json(matrix), indent=1) + "\n", encoding="utf-8")
    for problem in matrix.problems:
        print(f"  {problem}")  # noqa: T201  the output of this command
    wild = sum(1 for fault in faults if not fault.generated)
    kinds = f"{wild} wild, {len(faults) - wild} switched-off rules"
    print(  # noqa: T201  the output of this command
        f"{len(faults)} faults ({kinds}) against {len(matrix.declared)} checks: "
        f"{len(matrix.problems)} problems, {len(matrix.untripped)} checks untripped, {time.monotonic() - started:.0f} s"
    )
    return ExitCode.DOES_NOT if matrix.problems else ExitCode.CONFORMS


def untripped_problems(matrix: Matrix, file: Path) -> list[str]:
    """Compare the untripped checks with the list that may only shrink."""
    listed = set(tomllib.loads(file.read_text(encoding="utf-8")).get("checks", {}))
    now = set(matrix.untripped)
    problems = [f"check {check} is tripped by no fault; write one" for check in sorted(now - listed)]
    problems += [f"check {check} is tripped now or gone; delete its line in {file}" for check in sorted(listed - now)]
    return problems


def as_json(matrix: Matrix) -> dict[str, object]:
    """Return the matrix for a file: for each fault the checks that noticed it."""
    return {
        "faults": {
            spec.removeprefix("reference:"): {
                "failed": sorted(result.failed),
                "warned": sorted(result.tripped - result.failed),
                "seconds": round(result.seconds, 2),
            }
            for spec, result in matrix.results.items()
        },
        "untripped": matrix.untripped,
        "problems": matrix.problems,
    }
