"""What a repro says of itself, the same in every form."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from scimulator import __version__

if TYPE_CHECKING:
    from scimulator.evidence.repro.plan import Plan, Step

_WIDTH = 110
_STORY = {
    "set-up": "made ready",
    "probe": "looked up",
    "judged": "the request that is judged",
    "evidence": "what a read shows",
}


def one_line(text: object) -> str:
    """Return a text without line breaks and control characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in str(text)).split())


def message(plan: Plan) -> str:
    """Return the sentence in which the finding says what was seen, ids by the names of their variables."""
    said = one_line(plan.symptom.get("message") or "")
    for value in sorted(plan.values, key=lambda each: len(each.seen), reverse=True):
        if len(value.seen) > 5:
            said = said.replace(value.seen, f"<{value.name}>")
    return said


def commented(plan: Plan) -> list[str]:
    """Return the heading: what is wrong, what is owed, what decides."""
    finding = plan.finding
    owed = f"{finding.get('requirement')} ({finding.get('strength')}, {finding.get('citation')})"
    lines = [f"{plan.title}: {one_line(plan.check.get('title'))}", ""]
    lines += wrap(f"Seen: {message(plan)}", _WIDTH)
    lines += wrap(f"Owed: {one_line(finding.get('statement'))} {one_line(owed)}", _WIDTH)
    lines += wrap(f"The bug shows when {plan.condition.sentence} (step {plan.condition.step}).", _WIDTH)
    lines += ["", f"Written by scimulator {__version__} from a run of {one_line(plan.header.get('started'))}."]
    return lines


def explained(step: Step) -> str:
    """Return what a step is for, in one line."""
    seen = step.seen
    told = _STORY.get(seen.purpose, seen.purpose)
    what = f"{told} ({seen.step})" if seen.step else told
    return f"{seen.method}: {what}; it was answered {seen.status}"
