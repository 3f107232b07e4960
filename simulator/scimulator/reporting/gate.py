"""What closes the gate besides findings: a baseline that is out of date, too many warnings, a threshold not met."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scimulator.reporting.baseline import Standing
from scimulator.reporting.failures import root_causes
from scimulator.reporting.reading import objects
from scimulator.reporting.verdict import is_known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.reporting.baseline import Baseline, Judgement
    from scimulator.reporting.failures import RootCause
    from scimulator.reporting.thresholds import Metrics, Threshold
    from scimulator.reporting.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Gate:
    """The conditions of a gate beyond the verdict; ``max_warnings`` below 0 means any number."""

    baseline: Baseline | None = None
    max_warnings: int = -1
    thresholds: tuple[Threshold, ...] = ()

    def opinion(self, verdict: Verdict, records: Sequence[JsonObject], metrics: Metrics) -> GateOpinion:
        """Return what this gate says of a run."""
        entries = self.baseline.judge(records) if self.baseline else []
        warnings = len(warning_causes(verdict))
        measured = metrics.measured(failures=len(root_causes(verdict.failures())), warnings=warnings)
        refused = [told for each in self.thresholds if (told := each.refuse(measured))]
        if 0 <= self.max_warnings < warnings:
            refused.append(f"{warnings} warnings, and at most {self.max_warnings} are allowed")
        return GateOpinion(entries, refused)

    def mark(self, records: Sequence[JsonObject], opinion: GateOpinion) -> list[JsonObject]:
        """Return the records as reports read them: known findings marked, and the objections in the footer."""
        marked = self.baseline.apply(records) if self.baseline else list(records)
        objections: list[Json] = list(opinion.objections)
        return [{**each, "objections": objections} if each.get("type") == "end" else each for each in marked]


@dataclass(frozen=True, slots=True)
class GateOpinion:
    """What a gate says of a run: its judgement of each baseline entry, and the conditions that are not met."""

    entries: list[Judgement] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def outdated(self) -> list[Judgement]:
        """Entries that close the gate."""
        return [each for each in self.entries if each.closes]

    @property
    def objections(self) -> list[str]:
        """Why the gate closes, in a few words each."""
        kinds = [
            (Standing.STALE, "no longer true"),
            (Standing.EXPIRED, "expired"),
            (Standing.UNEXPLAINED, "without a reason"),
        ]
        told = []
        for standing, words in kinds:
            count = sum(1 for each in self.entries if each.standing is standing)
            if count:
                told.append(f"{count} baseline {'entry is' if count == 1 else 'entries are'} {words}")
        return [*told, *self.refused]


def warning_causes(verdict: Verdict) -> list[RootCause]:
    """Return the warnings by root cause: soft findings, failures of submission tests; known ones aside."""
    findings: list[tuple[JsonObject, JsonObject]] = []
    submissions: list[tuple[JsonObject, JsonObject]] = []
    for check in verdict.checks:
        for found in objects(check, "findings"):
            if is_known(found):
                continue
            if found.get("severity") == "warning":
                findings.append((check, found))
            elif check.get("submission"):
                submissions.append((check, found))
    return root_causes([*submissions, *findings])
