"""What a baseline means for a run, on a screen: the deviations that are known, and the entries that are out of date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from scimulator.reporting.reading import members, raw, word, words
from scimulator.reporting.screen import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimulator.exchange.strict_json import JsonObject
    from scimulator.reporting.gate import GateOpinion
    from scimulator.reporting.verdict import Verdict

SHOWN = 20


def known_lines(verdict: Verdict, width: int, *, everything: bool = False) -> Iterator[Text]:
    """Yield the findings that the baseline knows, each once, by reason; they stay deviations."""
    found: dict[str, tuple[JsonObject, JsonObject]] = {}
    for check, finding in verdict.known():
        found.setdefault(raw(finding, "id"), (check, finding))
    if not found:
        return
    reasons: dict[tuple[str, ...], list[str]] = {}
    for check, finding in found.values():
        reasons.setdefault(_why(finding), []).append(word(finding, "id") + _loss(check))
    yield Text()
    yield Text(f"known, {len(found)}", style="bold underline")
    shown = list(reasons.items())[: None if everything else SHOWN]
    for (reason, link, until, dialects), ids in shown:
        told = "".join([f"; {link}" if link else "", f"; until {until}" if until else ""])
        only = f" (for {dialects} only)" if dialects else ""
        yield from wrapped(f"KNOWN  {reason}{told}{only}", width, hang=7)
        for each in ids[: None if everything else 5]:
            yield from wrapped(each, width, lead="       ")
        if len(ids) > 5 and not everything:
            yield Text(f"       … {len(ids) - 5} more")
    if len(reasons) > len(shown):
        yield Text(f"  … {len(reasons) - len(shown)} more reasons (--verbose lists them)")
    blocked = _blocked_by_known(verdict)
    if blocked:
        yield from wrapped(
            f"{blocked} checks could not run because of known deviations: nothing is said of what they would prove",
            width,
            lead="       ",
        )


def outdated_lines(opinion: GateOpinion | None, width: int) -> Iterator[Text]:
    """Yield the entries of the baseline that close the gate, with the lines to delete."""
    outdated = opinion.outdated if opinion else []
    if not outdated:
        return
    yield Text()
    yield Text("The baseline is out of date", style="bold underline")
    for each in outdated:
        yield from wrapped(f"BASELINE  {each.told}", width, hang=10)


def _why(finding: JsonObject) -> tuple[str, str, str, str]:
    known = members(finding, "known")
    return word(known, "reason"), word(known, "link"), word(known, "until"), ", ".join(words(known, "dialects"))


def _loss(check: JsonObject) -> str:
    return "   DATA LOSS" if check.get("data_loss") is True else ""


def _blocked_by_known(verdict: Verdict) -> int:
    known = {raw(check, "id") for check, _ in verdict.known()}
    return sum(1 for check in verdict.outcomes("blocked") if raw(check, "by") in known)
