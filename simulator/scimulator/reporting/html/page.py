"""One HTML file out of the records of a run: a template around one island of data."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scimulator import __version__, content
from scimulator.catalogue.requirements import requirements
from scimulator.catalogue.rulings import rulings
from scimulator.reporting.failures import root_causes
from scimulator.reporting.html.causes import cards, paragraphs
from scimulator.reporting.html.island import Strings, as_island, check_data
from scimulator.reporting.html.tables import coverage, covered, environment, latency, matrix
from scimulator.reporting.reading import objects, plain, raw, word
from scimulator.reporting.terminal import address, counts, dialect_name, effort, judgement, readiness, target_name
from scimulator.reporting.verdict import ExitCode, Readiness, judge_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from scimulator.catalogue.requirements import Requirement
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.reporting.failures import RootCause
    from scimulator.reporting.verdict import StandardVerdict, Verdict

IN_FULL = 60
"""Root causes that stand in the page as cards; further ones are reached through their checks."""
SCRIPTS = ("text.js", "json.js", "filters.js", "list.js", "detail.js", "main.js")
"""Parts of the one script, in the order in which they use each other."""
_TONES = {
    Readiness.READY: "good",
    Readiness.READY_WITH_WARNINGS: "warn",
    Readiness.NOT_READY: "bad",
    Readiness.NOT_GRADABLE: "none",
}


@dataclass(frozen=True, slots=True)
class Extras:
    """What a report shows beyond the records.

    ``explanations`` gives for the id of a check the rest of its docstring. ``pytest_of`` makes a test file that shows a
    finding, given the check's record and the finding, or an empty text where no honest one can be made.
    """

    explanations: Mapping[str, str] = field(default_factory=dict)
    pytest_of: Callable[[JsonObject, JsonObject], str] | None = None


@dataclass(frozen=True, slots=True)
class _Standing:
    """One box of the verdict: whose word, what is said, and in which tone (good, warn, bad, none)."""

    name: str
    said: str
    tone: str
    detail: str = ""
    dialect: str = ""


def html_report(records: Iterable[JsonObject], *, extras: Extras | None = None) -> str:
    """Return a complete HTML document about a run; it loads nothing, and its script is pinned by hash.

    ``records`` are those of a run stream, header and footer included.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415  only a report needs it

    extras = extras or Extras()
    known, decided = requirements(), rulings()
    verdict = judge_run(records, {name: each.strength for name, each in known.items()})
    causes = root_causes(verdict.failures())
    rows = coverage(verdict, known)
    urls = {raw(row, "id"): raw(row, "url") for row in rows if isinstance(row, dict)}
    explained = {
        name: extras.explanations[name]
        for name in dict.fromkeys(raw(each, "id") for each in verdict.checks)
        if extras.explanations.get(name)
    }
    shown = cards(verdict, causes, known=known, decided=decided, explanations=explained, urls=urls)
    folder = content("reports") / "templates"
    style = (folder / "report.css").read_text("utf-8")
    script = "\n".join((folder / name).read_text("utf-8") for name in SCRIPTS)
    script = f'"use strict";\n(() => {{\n{script}\n}})();\n'
    times, histogram = latency(verdict)
    capabilities, dialect_rows = matrix(verdict)
    template = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("report.html.j2")
    return template.render(
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        island=as_island(_data(verdict, causes, rows, explained, extras)),
        version=__version__,
        target=target_name(verdict.header),
        head={name: word(verdict.header, name) for name in ("started", "scimulator", "run", "base_url")},
        is_reference=verdict.header.get("is_reference") is True,
        selected=bool(verdict.header.get("selected")),
        complete=bool(verdict.footer),
        meaningless=[plain(each) for each in verdict.meaningless],
        judged=_judged(verdict),
        standings=_standings(verdict),
        tally=counts(verdict),
        effort=effort(verdict) if verdict.footer else [],
        cards=shown[:IN_FULL],
        further=shown[IN_FULL:],
        warned=len(verdict.outcomes("warned")),
        errors=[(word(each, "id"), word(each, "reason")) for each in verdict.outcomes("error")],
        capabilities=capabilities,
        matrix=dialect_rows,
        coverage=covered(rows),
        latency=times,
        histogram=histogram,
        most=max((count for _, count in histogram), default=0),
        environment=environment(verdict),
        known=_known(verdict),
    )


def _hash(text: str) -> str:
    """Return the source expression of an inline element (Content Security Policy 3, section 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _judged(verdict: Verdict) -> tuple[str, str]:
    fail_on = raw(verdict.header, "fail_on") or "must"
    code = verdict.exit_code(fail_on)
    tone = "good" if code is ExitCode.CONFORMS else "none" if code is ExitCode.OURS else "bad"
    return judgement(verdict, code, fail_on), tone


def _standings(verdict: Verdict) -> list[_Standing]:
    made = [
        _standard("RFC MUST", verdict.must, fails=True),
        _standard("RFC described", verdict.described, fails=True),
        _standard("RFC SHOULD", verdict.should, fails=False),
        _standard("declared by the product", verdict.promised, fails=True),
    ]
    boxes = [each for each in made if each is not None]
    for each in verdict.dialects:
        said, _, blockers = readiness(each).partition(", ")
        details = [blockers, each.reason or f"{each.ran} of {each.planned} checks ran"]
        boxes.append(
            _Standing(
                dialect_name(each.dialect),
                said,
                _TONES[each.readiness],
                " · ".join(part for part in details if part),
                each.dialect,
            )
        )
    for name, (passed, planned) in verdict.submissions.items():
        tone = "good" if passed == planned else "warn"
        boxes.append(_Standing(plain(name), f"{passed} of {planned}", tone, "submission tests, which decide nothing"))
    return boxes


def _standard(name: str, standard: StandardVerdict, *, fails: bool) -> _Standing | None:
    if not standard.judged:
        return None
    refuted = len(standard.refuted)
    tone = "bad" if refuted and fails else "warn" if standard.held < standard.judged else "good"
    missed = standard.judged - standard.held
    detail = f"{missed} not met" if missed else "all that was judged holds"
    return _Standing(name, f"{standard.held} of {standard.judged}", tone, detail)


def _known(verdict: Verdict) -> list[dict[str, str]]:
    """Return the findings that a baseline knows, with its reason, link and date."""
    made = []
    for check in verdict.checks:
        for found in objects(check, "findings"):
            told = found.get("known")
            if isinstance(told, dict):
                made.append({"id": word(found, "id"), **{key: word(told, key) for key in ("reason", "link", "until")}})
    return made


def _data(
    verdict: Verdict,
    causes: Sequence[RootCause],
    rows: list[Json],
    explanations: Mapping[str, str],
    extras: Extras,
) -> JsonObject:
    strings = Strings()
    known: Mapping[str, Requirement] = requirements()
    needed = {each for requirement in known.values() for each in requirement.rulings}
    data: JsonObject = {
        "checks": check_data(verdict.checks, strings, address(verdict.header)),
        "causes": [_cause(each, extras) for each in causes[:IN_FULL]],
        "requirements": rows,
        "rulings": {name: [each.point, each.ruling, each.why] for name, each in rulings().items() if name in needed},
        "explanations": {name: list(paragraphs(told)) for name, told in explanations.items()},
        "dialects": {each.dialect: dialect_name(each.dialect) for each in verdict.dialects},
        "target": target_name(verdict.header),
    }
    return data | {"strings": strings.listed}


def _cause(cause: RootCause, extras: Extras) -> JsonObject:
    lead = cause.lead
    return {
        "finding": raw(lead.finding, "id"),
        "pytest": extras.pytest_of(lead.check, lead.finding) if extras.pytest_of else "",
    }
