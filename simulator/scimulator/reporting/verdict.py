"""What a run says of the RFCs and of each dialect, and whether the gate opens (exit code)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from scimulator.catalogue.quirks import PREFIX
from scimulator.catalogue.requirements import Strength

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scimulator.exchange.strict_json import JsonObject

GRADABLE_SHARE = 0.6
"""Below this share of a dialect's checks that could run, nothing is said of it."""
_RAN = ("passed", "warned", "failed")
RFC_AREAS_NEEDED = ("users",)


class ExitCode(IntEnum):
    """Exit codes of every verb."""

    CONFORMS = 0
    DOES_NOT = 1
    USAGE = 2
    OURS = 3
    UNREACHABLE = 4
    INTERRUPTED = 130


class Readiness(StrEnum):
    """What is said of a dialect."""

    READY = "ready"
    READY_WITH_WARNINGS = "ready with warnings"
    NOT_READY = "not ready"
    NOT_GRADABLE = "not gradable"


@dataclass(slots=True)
class DialectVerdict:
    """The readiness of a target for one dialect; ``blockers``, ``warnings`` and ``known`` are findings."""

    dialect: str
    readiness: Readiness = Readiness.NOT_GRADABLE
    blockers: list[JsonObject] = field(default_factory=list)
    warnings: list[JsonObject] = field(default_factory=list)
    known: list[JsonObject] = field(default_factory=list)
    ran: int = 0
    planned: int = 0
    reason: str = ""


@dataclass(slots=True)
class StandardVerdict:
    """Requirements of one strength: those proved, and findings by requirement, ``refuted`` (fail) or ``warned``."""

    proved: set[str] = field(default_factory=set)
    refuted: dict[str, list[JsonObject]] = field(default_factory=dict)
    warned: dict[str, list[JsonObject]] = field(default_factory=dict)

    @property
    def judged(self) -> int:
        """How many requirements were proved or refuted."""
        return len(self.proved | set(self.refuted) | set(self.warned))

    @property
    def held(self) -> int:
        """How many of them hold."""
        return self.judged - len(set(self.refuted) | set(self.warned))


@dataclass(slots=True)
class Verdict:
    """All that a run says, with the records it is made of.

    Findings with a member ``known`` stand in a baseline: they refute nothing and block nobody, and prove nothing
    either. ``gaps`` are sentences about what was not tested, ``objections`` those of baseline and thresholds; each
    closes the gate.
    """

    header: JsonObject
    checks: list[JsonObject]
    footer: JsonObject
    must: StandardVerdict
    should: StandardVerdict
    described: StandardVerdict
    dialects: list[DialectVerdict]
    submissions: dict[str, tuple[int, int]]
    meaningless: list[str]
    gradable: bool = True
    gaps: list[str] = field(default_factory=list)
    objections: list[str] = field(default_factory=list)
    promised: StandardVerdict = field(default_factory=StandardVerdict)
    """What the product declares of itself, which it has to keep like a MUST."""

    def outcomes(self, outcome: str) -> list[JsonObject]:
        """Return the records of checks with this outcome."""
        return [each for each in self.checks if each["outcome"] == outcome]

    def failures(self) -> list[tuple[JsonObject, JsonObject]]:
        """Return (check, finding) for every finding that fails, submissions aside."""
        return [
            (check, found)
            for check in self.checks
            for found in _findings(check)
            if found["severity"] == "failure" and not check["submission"] and not is_known(found)
        ]

    def known(self) -> list[tuple[JsonObject, JsonObject]]:
        """Return (check, finding) for every finding that the baseline knows."""
        return [(check, found) for check in self.checks for found in _findings(check) if is_known(found)]

    def exit_code(self, fail_on: str = "must") -> ExitCode:
        """Return the exit code of the gate.

        Any error of ours is 3. A refuted MUST or description of an RFC, a broken promise of the product, a dialect in
        scope that is not ready or not gradable, a run that tested nothing, did not end or left something behind, and an
        objection are 1. ``fail_on`` ``should`` adds the SHOULDs.
        """
        if self.outcomes("error"):
            return ExitCode.OURS
        bad_dialect = any(each.readiness in (Readiness.NOT_READY, Readiness.NOT_GRADABLE) for each in self.dialects)
        if self.gaps or self.objections or bad_dialect or not self.gradable:
            return ExitCode.DOES_NOT
        if self.must.refuted or self.described.refuted or self.promised.refuted:
            return ExitCode.DOES_NOT
        if fail_on == "should" and (self.should.refuted or self.should.warned):
            return ExitCode.DOES_NOT
        return ExitCode.CONFORMS


def judge_run(records: Iterable[JsonObject], requirement_strength: dict[str, Strength]) -> Verdict:
    """Return the verdict on a complete stream of records.

    ``requirement_strength`` gives the strength of each requirement id that checks may name.
    """
    header: JsonObject = {}
    footer: JsonObject = {}
    checks: list[JsonObject] = []
    for record in records:
        match record.get("type"):
            case "run":
                header = record
            case "end":
                footer = record
            case "check":
                checks.append(record)
    standards = {strength: StandardVerdict() for strength in Strength}
    for check in checks:
        if check["submission"]:
            continue
        refuted_here = set()
        for found in _findings(check):
            strength = Strength(str(found["strength"]))
            refuted_here.add(str(found["requirement"]))
            if is_known(found):
                continue
            bucket = standards[strength].refuted if found["severity"] == "failure" else standards[strength].warned
            bucket.setdefault(str(found["requirement"]), []).append(found)
        if check["outcome"] in ("passed", "warned"):
            for name in _names(check["requirements"]):
                strength = _strength(name, requirement_strength)
                if name not in refuted_here:
                    standards[strength].proved.add(name)
    meaningless = _meaningless(checks)
    in_scope = _names(header.get("dialects"))
    complete = not header.get("selected")
    verdict = Verdict(
        header=header,
        checks=checks,
        footer=footer,
        must=standards[Strength.RFC_MUST],
        should=standards[Strength.RFC_SHOULD],
        described=standards[Strength.RFC_DESCRIPTION],
        dialects=[_dialect(name, checks) for name in in_scope],
        submissions=_submissions(checks),
        meaningless=meaningless,
        promised=standards[Strength.PRODUCT],
    )
    verdict.gradable = _sane(checks) or not complete
    verdict.objections = _names(footer.get("objections"))
    verdict.gaps = gaps(checks, footer, narrowed=not complete)
    if not complete:
        # A narrowed run says nothing of dialects of which nothing was to run.
        verdict.dialects = [each for each in verdict.dialects if each.planned]
    if not verdict.gradable:
        for each in verdict.dialects:
            each.readiness = Readiness.NOT_GRADABLE
            each.reason = each.reason or "the sanity checks did not pass"
    return verdict


def _strength(name: str, known: dict[str, Strength]) -> Strength:
    """Return the strength of a requirement; those that a product has of itself stand in no list."""
    return Strength.PRODUCT if name.startswith(PREFIX) else known.get(name, Strength.INFORMATIONAL)


def is_known(finding: JsonObject, dialect: str = "") -> bool:
    """Tell whether a baseline knows a finding: for everybody, or at least for ``dialect``."""
    known = finding.get("known")
    if not isinstance(known, dict):
        return False
    only = _names(known.get("dialects"))
    return not only or dialect in only


def gaps(checks: Sequence[JsonObject], footer: JsonObject, *, narrowed: bool = False) -> list[str]:
    """Return sentences about what a run did not test or did not tidy up; any of them closes the gate.

    In a ``narrowed`` run a check may be blocked by one that was not selected, so that nobody tells of the failure.
    """
    told = ["the run did not end"] if checks and not footer else []
    # A passive invariant watches what other checks send: alone it proves nothing.
    active = [each for each in checks if "seen" not in each]
    ran = [each for each in active or checks if each["outcome"] in _RAN]
    if not ran:
        told.append("nothing could be judged")
    blocked = [each for each in active if each["outcome"] == "blocked"]
    if ran and blocked and len(ran) < GRADABLE_SHARE * (len(ran) + len(blocked)):
        told.append(f"too little could be tested: {len(blocked)} of {len(ran) + len(blocked)} checks were blocked")
    present = {str(each["id"]) for each in checks}
    absent = list(dict.fromkeys(str(each["by"]) for each in blocked if str(each["by"]) not in present))
    if ran and narrowed and absent:
        told.append(f"checks were blocked by {', '.join(absent[:3])}, which this run leaves out")
    left = footer.get("left_behind")
    if left:
        told.append("resources left behind")
    missing = _count(footer, "made") - _count(footer, "removed")
    if missing > 0 and not left:
        told.append(f"{missing} of the resources that were made are not known to be removed")
    return told


def _count(footer: JsonObject, key: str) -> int:
    value = footer.get(key)
    return value if isinstance(value, int) else 0


def _sane(checks: Sequence[JsonObject]) -> bool:
    """Tell whether anything could be learnt: resources were really created, read back and found."""
    sanity = [each for each in checks if each["area"] == "sanity"]
    return bool(sanity) and all(each["outcome"] in ("passed", "warned", "not-applicable") for each in sanity)


def _dialect(name: str, checks: Sequence[JsonObject]) -> DialectVerdict:
    verdict = DialectVerdict(name)
    applicable = 0
    for check in checks:
        if name not in _names(check["dialects"]) or check["submission"]:
            continue
        verdict.planned += 1
        verdict.ran += check["outcome"] in _RAN
        for found in _findings(check):
            if is_known(found, name):
                verdict.known.append(found)
            else:
                (verdict.blockers if found["severity"] == "failure" else verdict.warnings).append(found)
        applicable += check["outcome"] != "not-applicable"
    verdict.blockers.sort(key=lambda found: not _is_loss(found, checks))
    if verdict.blockers:
        verdict.readiness = Readiness.NOT_READY
    elif applicable <= 0 or verdict.ran < GRADABLE_SHARE * applicable:
        verdict.readiness = Readiness.NOT_GRADABLE
        verdict.reason = f"{verdict.ran} of {verdict.planned} checks could run"
    elif verdict.warnings:
        verdict.readiness = Readiness.READY_WITH_WARNINGS
    else:
        verdict.readiness = Readiness.READY
    return verdict


def _is_loss(found: JsonObject, checks: Sequence[JsonObject]) -> bool:
    return any(found in _findings(check) and check["data_loss"] for check in checks)


def _submissions(checks: Sequence[JsonObject]) -> dict[str, tuple[int, int]]:
    made: dict[str, tuple[int, int]] = {}
    for check in checks:
        name = str(check["submission"])
        if name:
            passed, planned = made.get(name, (0, 0))
            made[name] = (passed + (check["outcome"] in ("passed", "warned")), planned + 1)
    return made


def _meaningless(checks: Sequence[JsonObject]) -> list[str]:
    """Return sentences about passes that mean nothing; checks of the area ``sanity`` whose failure says so."""
    found = []
    for check in checks:
        if check["area"] == "sanity" and check["outcome"] in ("failed", "blocked"):
            reasons = [str(_symptom(each)["message"]) for each in _findings(check)] or [str(check["reason"])]
            found.append(f"{str(check['title']).rstrip('.')}, but: {reasons[0]}")
    return found


def _symptom(found: JsonObject) -> JsonObject:
    symptom = found["symptom"]
    return symptom if isinstance(symptom, dict) else {}


def _findings(check: JsonObject) -> list[JsonObject]:
    found = check["findings"]
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _names(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
