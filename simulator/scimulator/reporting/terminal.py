"""The verdict of a run on a screen: what means nothing, what is said of whom, why, and what to do next."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from rich.text import Text

from scimulator.catalogue.quirks import PREFIX
from scimulator.reporting.failure_text import brief_lines, failure_lines
from scimulator.reporting.failures import RootCause, Shown, root_causes
from scimulator.reporting.gate import warning_causes
from scimulator.reporting.known_text import known_lines, outdated_lines
from scimulator.reporting.reading import number, plain, raw, word, words
from scimulator.reporting.screen import joined, wrapped
from scimulator.reporting.verdict import ExitCode, Readiness

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scimulator.exchange.strict_json import JsonObject
    from scimulator.reporting.gate import GateOpinion
    from scimulator.reporting.verdict import DialectVerdict, StandardVerdict, Verdict

IN_FULL = 12
"""Root causes that are told in full; further ones in short, unless everything is asked for."""
WARNINGS = 15
LEFT_BEHIND = 10
_OUTCOMES = ("passed", "warned", "failed", "blocked", "not-applicable", "error")


def verdict_lines(
    verdict: Verdict,
    *,
    fail_on: str = "must",
    width: int = 80,
    everything: bool = False,
    notes: Sequence[str] = (),
    stream: str = "",
    by_default: bool = False,
    opinion: GateOpinion | None = None,
) -> Iterator[Text]:
    """Yield the whole report, line by line; the first names the target.

    ``notes`` stand below the target, ``stream`` is where the run stream was written, ``by_default`` says that nobody
    named the target, ``opinion`` is what baseline and thresholds say.
    """
    causes = root_causes(verdict.failures())
    yield _target(verdict.header, by_default=by_default)
    for note in notes:
        yield from wrapped(note, width, lead="! ", style="yellow")
    for sentence in verdict.meaningless:
        yield from wrapped(f"MEANS NOTHING  {sentence}", width, hang=2, style="bold yellow")
    yield from joined(summary(verdict), width)
    yield from joined(counts(verdict), width)
    yield from _reasons(verdict, width)
    yield from _failures(causes, verdict.header, width, everything=everything)
    yield from _warnings(verdict, width, everything=everything)
    yield from known_lines(verdict, width, everything=everything)
    yield from outdated_lines(opinion, width)
    yield from _not_run(verdict, width)
    yield from _own_errors(verdict, width)
    yield from _left_behind(verdict.footer, width)
    yield from _closing(verdict, causes, fail_on, width, stream)


def summary(verdict: Verdict) -> list[str]:
    """Return the verdict in parts: the RFCs, each dialect, each vendor's submission tests."""
    parts = [
        _share("RFC MUST", verdict.must),
        _share("RFC described", verdict.described),
        _share("SHOULD", verdict.should),
        _share("declared", verdict.promised),
    ]
    if not verdict.gradable:
        parts.append("not gradable: see above" if verdict.meaningless else "not gradable")
    parts += [f"{dialect_name(each.dialect)}: {readiness(each)}" for each in verdict.dialects]
    known = len(_ids([found for _, found in verdict.known()]))
    parts += [f"known, {known}"] if known else []
    parts += [f"{plain(name)}: {passed}/{planned}" for name, (passed, planned) in verdict.submissions.items()]
    return [part for part in parts if part]


def dialect_name(dialect: str) -> str:
    """Return how a dialect is called in a sentence: ``Okta template``."""
    idp, _, variant = plain(dialect).partition(".")
    return f"{idp.capitalize()} {variant}".strip()


def target_name(header: JsonObject) -> str:
    """Return the name of a run's target."""
    return word(header, "target") or "(no target: nothing ran)"


def _target(header: JsonObject, *, by_default: bool) -> Text:
    told = "the embedded reference provider" if header.get("is_reference") else ""
    told = f"   ({'no target was given: ' if by_default else ''}{told})" if told else ""
    return Text.assemble(("Target  ", "bold"), (target_name(header), "bold"), told)


def address(header: JsonObject) -> str:
    """Return the target's address for a curl line; empty where it has none that curl could reach."""
    name = raw(header, "base_url") or raw(header, "target")
    return name if name.startswith(("http://", "https://")) and not header.get("is_reference") else ""


def on_command_line(header: JsonObject) -> str:
    """Return the target as a command names it; empty for the one that is judged by default."""
    name = target_name(header)
    return "" if name == "reference:" else shlex.quote(name)


def _share(label: str, standard: StandardVerdict) -> str:
    return f"{label} {standard.held}/{standard.judged}" if standard.judged else ""


def readiness(verdict: DialectVerdict) -> str:
    """Return what is said of a dialect, with the number of blockers where it is not ready."""
    if verdict.readiness is Readiness.NOT_READY:
        return f"{verdict.readiness}, {_many(len(_ids(verdict.blockers)), 'blocker')}"
    known = len(_ids([found for found in verdict.known if found.get("severity") == "failure"]))
    return f"{verdict.readiness}, {known} known" if known else str(verdict.readiness)


def counts(verdict: Verdict) -> list[str]:
    """Return how many checks there were, and of which outcome."""
    tally = {outcome: len(verdict.outcomes(outcome)) for outcome in _OUTCOMES}
    return [
        _many(len(verdict.checks), "check"),
        *(f"{count} {outcome}" for outcome, count in tally.items() if count),
    ]


def _reasons(verdict: Verdict, width: int) -> Iterator[Text]:
    """Name the blockers of each dialect, data loss first, and say why one cannot be graded."""
    owner = {raw(found, "id"): check for check, found in verdict.failures()}
    for each in verdict.dialects:
        name = dialect_name(each.dialect)
        if each.readiness is Readiness.NOT_READY:
            checks = list(dict.fromkeys(word(owner.get(one, {}), "id") or plain(one) for one in _ids(each.blockers)))
            shown = ", ".join(checks[:5]) + (f" and {len(checks) - 5} more" if len(checks) > 5 else "")
            yield from wrapped(f"{name} is blocked by {shown}", width, lead="  ", hang=2)
        elif each.readiness is Readiness.NOT_GRADABLE and each.reason:
            yield from wrapped(f"{name} is not graded: {each.reason}", width, lead="  ", hang=2)


def _failures(causes: Sequence[RootCause], header: JsonObject, width: int, *, everything: bool) -> Iterator[Text]:
    if not causes:
        return
    base_url, target = address(header), on_command_line(header)
    full = len(causes) if everything else IN_FULL
    yield Text()
    yield Text(f"{_many(len(causes), 'failure')} by root cause, what costs most first", style="bold underline")
    for position, cause in enumerate(causes[:full], 1):
        yield Text()
        yield from failure_lines(cause, base_url=base_url, width=width, title=f"FAIL {position}", target=target)
    if causes[full:]:
        yield Text()
        yield Text(f"{len(causes) - full} further root causes in short (--verbose tells them in full)")
    for position, cause in enumerate(causes[full:], full + 1):
        yield from brief_lines(cause, width=width, title=f"FAIL {position}")


def _warnings(verdict: Verdict, width: int, *, everything: bool) -> Iterator[Text]:
    causes = warning_causes(verdict)
    if not causes:
        return
    limit = len(causes) if everything else WARNINGS
    yield Text()
    yield Text(_many(len(causes), "warning"), style="bold underline")
    for cause in causes[:limit]:
        yield from _warning(cause.lead, len(cause.checks), width)
    if causes[limit:]:
        yield Text(f"  … {len(causes) - limit} more (--verbose lists them)")


def _warning(lead: Shown, count: int, width: int) -> Iterator[Text]:
    others = f" (+{count - 1})" if count > 1 else ""
    message = word(lead.symptom, "message")
    owed = f"{word(lead.finding, 'requirement')}, {word(lead.finding, 'strength')}"
    yield from wrapped(f"WARN  {lead.name}{others}: {message} [{owed}]", width, hang=6)


def _not_run(verdict: Verdict, width: int) -> Iterator[Text]:
    lines = [*_blocked(verdict.outcomes("blocked"), width), *_not_applicable(verdict.outcomes("not-applicable"), width)]
    if lines:
        yield Text()
        yield from lines


def _blocked(checks: Iterable[JsonObject], width: int) -> Iterator[Text]:
    for by, reasons in _grouped(checks, "by").items():
        more = f" and {len(reasons) - 1} other reasons" if len(reasons) > 1 else ""
        count = sum(len(names) for names in reasons.values())
        yield from wrapped(f"BLOCKED  {count} by {by}: {next(iter(reasons))}{more}", width, hang=9)


def _not_applicable(checks: Iterable[JsonObject], width: int) -> Iterator[Text]:
    for reason, groups in _grouped(checks, "reason").items():
        names = [name for group in groups.values() for name in group]
        listed = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        yield from wrapped(f"NOT APPLICABLE  {len(names)}: {reason} ({listed})", width, hang=16)


def _grouped(checks: Iterable[JsonObject], key: str) -> dict[str, dict[str, list[str]]]:
    made: dict[str, dict[str, list[str]]] = {}
    for check in checks:
        made.setdefault(word(check, key), {}).setdefault(word(check, "reason"), []).append(word(check, "id"))
    return dict(sorted(made.items(), key=lambda pair: -sum(len(names) for names in pair[1].values())))


def _own_errors(verdict: Verdict, width: int) -> Iterator[Text]:
    errors = verdict.outcomes("error")
    if not errors:
        return
    yield Text()
    yield Text("Errors of ours: they say nothing of the target; please report them", style="bold red")
    for check in errors:
        yield from wrapped(f"ERROR  {word(check, 'id')}: {word(check, 'reason')}", width, hang=7)


def _left_behind(footer: JsonObject, width: int) -> Iterator[Text]:
    left = words(footer, "left_behind")
    if not left:
        return
    yield Text()
    yield from wrapped(
        f"LEFT BEHIND  {_many(len(left), 'resource')} could not be removed; run: scimulator clean TARGET", width, hang=2
    )
    for each in left[:LEFT_BEHIND]:
        yield from wrapped(each, width, lead="  ")
    if len(left) > LEFT_BEHIND:
        yield Text(f"  … {len(left) - LEFT_BEHIND} more")


def _closing(verdict: Verdict, causes: Sequence[RootCause], fail_on: str, width: int, stream: str) -> Iterator[Text]:
    yield Text()
    yield from joined(effort(verdict), width)
    for step in _next_steps(verdict, causes, stream):
        yield Text(step)
    code = verdict.exit_code(fail_on)
    name = target_name(verdict.header)
    style = "bold green" if code is ExitCode.CONFORMS else "bold red"
    yield from wrapped(f"{name} {judgement(verdict, code, fail_on)} (exit {int(code)})", width, hang=2, style=style)


def effort(verdict: Verdict) -> list[str]:
    """Return what the run cost: requests, seconds, resources."""
    requests = int(number(verdict.footer, "requests"))
    proved = len(verdict.must.proved | verdict.should.proved | verdict.described.proved)
    parts = [_many(requests, "request"), f"{number(verdict.footer, 'duration'):.1f} s"]
    if proved:
        parts.append(f"{requests / proved:.1f} requests per proved requirement")
    made, removed = int(number(verdict.footer, "made")), int(number(verdict.footer, "removed"))
    if made:
        parts.append(f"{made} resources made, {removed} removed")
    return parts


def _next_steps(verdict: Verdict, causes: Sequence[RootCause], stream: str) -> Iterator[str]:
    if causes:
        lead = word(causes[0].lead.check, "id")
        yield f"next     scimulator explain {lead}"
        yield f"         scimulator check {lead} {on_command_line(verdict.header)}".rstrip()
    if verdict.header.get("is_reference") and causes:
        yield "         scimulator serve gives SCIM_URL and SCIM_TOKEN for the curl lines"
    if stream:
        yield f"written  {plain(stream)}"


def judgement(verdict: Verdict, code: ExitCode, fail_on: str) -> str:
    """Return what is said of the target in the end, as the rest of a sentence that begins with its name."""
    if code is ExitCode.CONFORMS:
        known = len(_ids([found for _, found in verdict.known()]))
        but = f", but for {_many(known, 'known deviation')}" if known else ""
        return f"conforms{' in what was selected' if verdict.header.get('selected') else ''}{but}"
    if code is ExitCode.OURS:
        return "could not be judged without errors of ours"
    reasons = []
    refuted = len(verdict.must.refuted) + len(verdict.described.refuted)
    if refuted:
        reasons.append(f"{_many(refuted, 'requirement')} of the RFCs refuted")
    if verdict.promised.refuted:
        names = ", ".join(name.removeprefix(PREFIX) for name in verdict.promised.refuted)
        reasons.append(f"it is not as it declares in {plain(names)}")
    not_ready = [each for each in verdict.dialects if each.readiness is Readiness.NOT_READY]
    ungraded = [each for each in verdict.dialects if each.readiness is Readiness.NOT_GRADABLE]
    if not_ready:
        reasons.append(f"not ready for {', '.join(dialect_name(each.dialect) for each in not_ready)}")
    if ungraded:
        reasons.append(f"not gradable for {', '.join(dialect_name(each.dialect) for each in ungraded)}")
    should = len(set(verdict.should.refuted) | set(verdict.should.warned))
    if fail_on == "should" and should:
        reasons.append(f"{should} SHOULD not met")
    reasons += [plain(each) for each in (*verdict.gaps, *verdict.objections)]
    return f"does not conform: {'; '.join(reasons) or 'nothing could be judged'}"


def _ids(findings: Iterable[JsonObject]) -> list[str]:
    return list(dict.fromkeys(raw(found, "id") for found in findings))


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
