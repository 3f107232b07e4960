"""A repro as a bug report in Markdown that somebody can read who has never heard of this tool."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from scimulator import __version__
from scimulator.evidence.repro.disguise import Disguise
from scimulator.evidence.repro.shell import shell
from scimulator.evidence.repro.wording import explained, message, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimulator.evidence.repro.plan import Plan, Step

_LONG = 6_000
"""Characters of a body that a report shows."""
_FENCE = re.compile(r"`{3,}")


def report(plan: Plan) -> str:
    """Return the report of a plan; its script is that of the shell form.

    Raises:
        ImpossibleError: where the script cannot be written.
    """
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    disguise = Disguise(step.seen for step in plan.steps)
    finding, check = plan.finding, plan.check
    dialect = str(check.get("dialect") or "")
    yield f"# {_escaped(disguise.text(message(plan)))}"
    yield ""
    yield f"{_escaped(check.get('title'))}"
    yield ""
    yield f"**Expected.** {_escaped(finding.get('statement'))}"
    source = (finding.get(word) for word in ("requirement", "strength", "citation"))
    yield f"({', '.join(_escaped(each) for each in source)})"
    yield ""
    yield f"**Seen.** {_escaped(disguise.text(message(plan)))}"
    for word in ("wanted", "got"):
        if plan.symptom.get(word) is not None:
            shown = disguise.text(json.dumps(plan.symptom[word], ensure_ascii=False))
            place = f" at `{_inline(plan.symptom.get('at'))}`" if plan.symptom.get("at") else ""
            yield f"- {word}{place}: `{_inline(shown)}`"
    yield ""
    if check.get("data_loss") is True:
        yield "**Data is lost or somebody keeps access; nothing in the answers tells the client.**"
        yield ""
    if dialect:
        yield f"The requests are those of `{_inline(dialect)}`, as that identity provider sends them."
        yield ""
    yield "## Steps"
    yield ""
    for step in plan.steps:
        yield from _step(step, plan, disguise)
    yield "## Repeat it"
    yield ""
    yield (
        "The script needs `curl` and a POSIX shell, makes what it needs with names of its own and removes it again. "
        "It exits 1 when the bug shows, 0 when not, 2 when it did not get so far. "
        f"The bug shows when {_escaped(plan.condition.sentence)}."
    )
    yield ""
    yield from _fenced("export SCIM_URL=https://your.server/scim/v2\nexport SCIM_TOKEN=...\nsh repro.sh", "sh")
    yield ""
    yield "<details><summary>repro.sh</summary>"
    yield ""
    yield from _fenced(shell(plan), "sh")
    yield ""
    yield "</details>"
    yield ""
    left_out = f" {plan.left_out} exchanges that do not matter were left out." if plan.left_out else ""
    yield (
        f"Found by scimulator {__version__}, check `{_inline(check.get('id'))}`, in a run of "
        f"{_escaped(plan.header.get('started'))}. Tokens and other people's data were replaced.{left_out}"
    )


def _step(step: Step, plan: Plan, disguise: Disguise) -> Iterator[str]:
    seen = step.seen
    shows = ": **this answer shows it**" if step.number == plan.condition.step else ""
    yield f"{step.number}. {_escaped(explained(step))}{shows}"
    yield ""
    kinds = [
        f"{name}: {value}" for name, value in seen.headers if name.lower() in ("content-type", "if-match", "accept")
    ]
    sent = "\n".join([f"{seen.method} {disguise.text(seen.target)}", *kinds])
    body = disguise.text(_laid_out(seen.body))
    yield from _indented(_fenced(f"{sent}\n\n{body}" if body else sent, "http"))
    yield ""
    if step.prepares and seen.writes:
        return  # what a create answers says nothing that its request does not say
    came = disguise.text(_laid_out(seen.answer))
    yield from _indented(_fenced(f"{seen.status}\n\n{came}" if came else f"{seen.status} (no body)", "http"))
    yield ""


def _laid_out(body: str) -> str:
    try:
        text = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        text = body
    shown = "".join(char if char.isprintable() or char == "\n" else "\N{REPLACEMENT CHARACTER}" for char in text)
    return shown if len(shown) <= _LONG else f"{shown[:_LONG]}\n... {len(shown) - _LONG} more characters"


def _fenced(text: str, language: str) -> Iterator[str]:
    ticks = max((len(found) for found in _FENCE.findall(text)), default=2) + 1
    yield f"{'`' * max(3, ticks)}{language}"
    yield from text.rstrip("\n").split("\n")
    yield "`" * max(3, ticks)


def _indented(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield f"   {line}" if line else ""


def _escaped(text: object) -> str:
    """Return a text in which nothing that a server has chosen is read as Markdown or HTML."""
    return re.sub(r"([\\`*_\[\]<>|#&])", r"\\\1", one_line(text))


def _inline(text: object) -> str:
    return one_line(text).replace("`", "'")
