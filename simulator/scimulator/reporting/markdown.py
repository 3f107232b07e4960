"""A run as Markdown of bounded size: for the job summary of a pipeline and the comment on a merge request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.reporting.failures import root_causes
from scimulator.reporting.gate import warning_causes
from scimulator.reporting.judged import address_of, verdict_of
from scimulator.reporting.markdown_text import bounded, code, text
from scimulator.reporting.reading import members, raw, word
from scimulator.reporting.terminal import counts, judgement, summary, target_name
from scimulator.reporting.verdict import ExitCode, Readiness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scimulator.exchange.strict_json import JsonObject
    from scimulator.reporting.failures import RootCause
    from scimulator.reporting.verdict import Verdict

BYTES = 60_000
"""A comment on GitHub holds 65,536 characters, a job summary a megabyte."""
CAUSES = 40


def markdown(records: Sequence[JsonObject]) -> str:
    """Return a run as Markdown; ``records`` are those of a run stream, marked by the gate where there is one."""
    return bounded(_blocks(verdict_of(records)), BYTES)


def _blocks(verdict: Verdict) -> Iterator[list[str]]:
    fail_on = raw(verdict.header, "fail_on") or "must"
    code_ = verdict.exit_code(fail_on)
    sign = "✅" if code_ is ExitCode.CONFORMS else "❌"
    yield [f"### {sign} {code(target_name(verdict.header))} {text(judgement(verdict, code_, fail_on), 600)}"]
    yield [text(" · ".join(summary(verdict)), 1000), "", text(" · ".join(counts(verdict)))]
    for sentence in verdict.meaningless:
        yield [f"> **means nothing** {text(sentence)}"]
    if verdict.dialects:
        yield list(_dialects(verdict))
    causes = root_causes(verdict.failures())
    if causes:
        yield [f"#### {len(causes)} to repair, what costs most first"]
    for position, cause in enumerate(causes[:CAUSES], 1):
        yield list(_cause(position, cause))
    if len(causes) > CAUSES:
        yield [f"… and {len(causes) - CAUSES} more"]
    yield from _folded("warnings", [_line(each) for each in warning_causes(verdict)])
    known = {raw(found, "id"): found for _, found in verdict.known()}
    yield from _folded(
        "known",
        [f"- {code(name)} {text(word(members(found, 'known'), 'reason'))}" for name, found in known.items()],
    )
    left = verdict.footer.get("left_behind")
    if isinstance(left, list) and left:
        yield [f"**{len(left)} resources could not be removed**; run {code('scimulator clean TARGET')}"]


def _dialects(verdict: Verdict) -> Iterator[str]:
    yield "| dialect | verdict | blockers | warnings | known | checks that ran |"
    yield "|---|---|---|---|---|---|"
    for each in verdict.dialects:
        mark = {Readiness.NOT_READY: "❌", Readiness.NOT_GRADABLE: "❔"}.get(each.readiness, "✅")
        numbers = [len({raw(found, "id") for found in listed}) for listed in (each.blockers, each.warnings, each.known)]
        cells = " | ".join(str(number) for number in numbers)
        yield f"| {code(each.dialect)} | {mark} {each.readiness} | {cells} | {each.ran} of {each.planned} |"


def _cause(position: int, cause: RootCause) -> Iterator[str]:
    lead = cause.lead
    loss = " **data loss**" if cause.data_loss else ""
    yield f"<details><summary>{position}. <code>{_plain(lead.name)}</code>{_more(cause)}</summary>"
    yield ""
    yield f"{text(word(lead.symptom, 'message'))}{loss}"
    yield ""
    owed = word(lead.finding, "requirement")
    link = address_of(raw(lead.finding, "requirement"))
    shown = f"[{text(owed)}]({link})" if link else text(owed)
    told = f"{text(word(lead.finding, 'strength'))}, {text(word(lead.finding, 'citation'))}"
    yield f"owed: {shown} ({told}) {text(word(lead.finding, 'statement'), 600)}"
    yield ""
    yield f"explain: {code('scimulator explain ' + raw(lead.check, 'id'))}"
    yield ""
    yield "</details>"


def _more(cause: RootCause) -> str:
    count = len(cause.checks)
    return f" and {count - 1} more checks" if count > 1 else ""


def _plain(name: str) -> str:
    return "".join(char if char.isalnum() or char in ".-[] " else "?" for char in name)


def _line(cause: RootCause) -> str:
    lead = cause.lead
    return f"- {code(lead.name)}{_more(cause)} {text(word(lead.symptom, 'message'))}"


def _folded(title: str, lines: Sequence[str]) -> Iterator[list[str]]:
    if not lines:
        return
    shown = lines[:CAUSES]
    more = [f"- … {len(lines) - CAUSES} more"] if len(lines) > CAUSES else []
    yield [f"<details><summary>{title}, {len(lines)}</summary>", "", *shown, *more, "", "</details>"]
