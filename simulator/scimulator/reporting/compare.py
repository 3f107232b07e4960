"""Two runs side by side: what is fixed, what is new, what is as it was, and what only one of them could tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from scimulator.reporting.markdown_text import bounded, code
from scimulator.reporting.markdown_text import text as safe
from scimulator.reporting.reading import members, objects, raw, word
from scimulator.reporting.screen import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scimulator.exchange.strict_json import Json, JsonObject

_RAN = ("passed", "warned", "failed")
_WEIGHT = {"warning": 1, "failure": 2}
SHOWN = 30
MARKDOWN_BYTES = 60_000


@dataclass(frozen=True, slots=True)
class Difference:
    """A finding and what the comparison says of it; ``remark`` says what else has to be known."""

    finding: JsonObject
    data_loss: bool = False
    remark: str = ""

    @property
    def id(self) -> str:
        """The finding's id, as it stands in the stream."""
        return raw(self.finding, "id")

    @property
    def line(self) -> str:
        """The finding in one line; unsafe characters shown."""
        told = f"{word(self.finding, 'id')}: {word(members(self.finding, 'symptom'), 'message')}"
        return told + (f" ({self.remark})" if self.remark else "")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between an earlier and a later run; ``only_before`` and ``only_after`` are names of checks."""

    before: JsonObject
    after: JsonObject
    fixed: tuple[Difference, ...]
    new: tuple[Difference, ...]
    unchanged: tuple[Difference, ...]
    untold: tuple[Difference, ...]
    """Findings of the earlier run whose check did not run in the later one."""
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]

    @property
    def summary(self) -> str:
        """The numbers in one line."""
        parts = [f"{len(self.fixed)} fixed", f"{len(self.new)} new", f"{len(self.unchanged)} unchanged"]
        if self.untold:
            parts.append(f"{len(self.untold)} of which the later run says nothing")
        return " · ".join(parts)

    def as_json(self) -> JsonObject:
        """Return the comparison as ``fixtures/schemas/compare.schema.json`` describes it."""
        groups: dict[str, Json] = {
            name: [_as_json(each) for each in listed]
            for name, listed in (
                ("fixed", self.fixed),
                ("new", self.new),
                ("unchanged", self.unchanged),
                ("untold", self.untold),
            )
        }
        return {
            "before": _head(self.before),
            "after": _head(self.after),
            **groups,
            "only_before": list(self.only_before),
            "only_after": list(self.only_after),
        }


def compare(before: Sequence[JsonObject], after: Sequence[JsonObject]) -> Comparison:
    """Compare two runs by the ids of their findings, which are the same from run to run.

    A finding is fixed where its check ran in the later run and does not show it. It is new where it was not there, or
    only warned; one whose check did not run before is new as well, with a remark.
    """
    old, new = _findings(before), _findings(after)
    ran_old, ran_new = _ran(before), _ran(after)
    names_old, names_new = _names(before), _names(after)
    fresh: list[Difference] = []
    for name, (check, found) in new.items():
        remark = ""
        if name in old:
            if _weight(found) <= _weight(old[name][1]):
                continue
            remark = "only warned before"
        elif _name(check) not in ran_old:
            remark = "its check did not run before"
        fresh.append(Difference(found, check.get("data_loss") is True, remark))
    gone = [(check, found) for name, (check, found) in old.items() if name not in new]
    stays = [new[name] for name in new if name in old and _weight(new[name][1]) <= _weight(old[name][1])]
    return Comparison(
        before=next((each for each in before if each.get("type") == "run"), {}),
        after=next((each for each in after if each.get("type") == "run"), {}),
        fixed=tuple(_differences((check, found) for check, found in gone if _name(check) in ran_new)),
        new=tuple(sorted(fresh, key=lambda each: (not each.data_loss, -_weight(each.finding)))),
        unchanged=tuple(
            Difference(found, check.get("data_loss") is True, _eased(old[raw(found, "id")][1], found))
            for check, found in stays
        ),
        untold=tuple(
            Difference(found, check.get("data_loss") is True, names_new.get(_name(check), "not part of the later run"))
            for check, found in gone
            if _name(check) not in ran_new
        ),
        only_before=tuple(each for each in names_old if each in ran_old and each not in ran_new),
        only_after=tuple(each for each in names_new if each in ran_new and each not in ran_old),
    )


def compare_lines(made: Comparison, width: int, *, everything: bool = False) -> Iterator[Text]:
    """Yield a comparison for a screen: what is new comes first."""
    yield Text(f"before  {_run(made.before)}")
    yield Text(f"after   {_run(made.after)}")
    if raw(made.before, "target") != raw(made.after, "target"):
        yield Text("! the two runs judged different targets", style="yellow")
    yield Text(made.summary, style="bold")
    limit = None if everything else SHOWN
    for title, listed in _groups(made):
        if not listed or (title == "unchanged" and not everything):
            continue
        yield Text()
        for each in listed[:limit]:
            loss = "DATA LOSS  " if each.data_loss and title == "NEW" else ""
            severity = " (warning)" if raw(each.finding, "severity") == "warning" else ""
            yield from wrapped(f"{title}{severity}  {loss}{each.line}", width, hang=6)
        if len(listed) > SHOWN and not everything:
            yield Text(f"  … {len(listed) - SHOWN} more (--verbose lists them)")
    for told, names in (("before", made.only_before), ("after", made.only_after)):
        if names:
            shown = names if everything else names[:8]
            more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
            yield Text()
            yield from wrapped(f"ran only {told}: {', '.join(shown)}{more}", width, hang=2)
    yield Text()
    new = len(made.new)
    verdict = f"{new} new (exit 1)" if new else "nothing new (exit 0)"
    yield Text(verdict, style="bold red" if new else "bold green")


def compare_markdown(made: Comparison) -> str:
    """Return a comparison as Markdown of bounded size."""
    head = [
        f"### Scimulator: {made.summary}",
        "",
        f"before: {safe(_run(made.before))}  ",
        f"after: {safe(_run(made.after))}",
    ]
    blocks = [head]
    for title, listed in _groups(made):
        lines = [f"- {code(each.id)} {_severity(each)}{safe(each.line.partition(': ')[2])}" for each in listed]
        for start in range(0, len(lines), SHOWN):
            name = f"{title}, {len(listed)}" + (f" (from {start + 1})" if start else "")
            part = lines[start : start + SHOWN]
            # Only what is new is shown at once.
            folded = [f"<details><summary>{name}</summary>", "", *part, "", "</details>"]
            blocks.append([f"**{name}**", "", *part] if title == "NEW" else folded)
    for told, names in (("before", made.only_before), ("after", made.only_after)):
        if names:
            shown = ", ".join(code(each) for each in names[:SHOWN])
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            blocks.append([f"Ran only {told}: {shown}{more}"])
    return bounded(blocks, MARKDOWN_BYTES)


def _groups(made: Comparison) -> tuple[tuple[str, tuple[Difference, ...]], ...]:
    return (("NEW", made.new), ("FIXED", made.fixed), ("UNTOLD", made.untold), ("unchanged", made.unchanged))


def _differences(pairs: object) -> Iterator[Difference]:
    for check, found in pairs:  # type: ignore[attr-defined]  # a generator of pairs
        yield Difference(found, check.get("data_loss") is True)


def _findings(records: Sequence[JsonObject]) -> dict[str, tuple[JsonObject, JsonObject]]:
    made: dict[str, tuple[JsonObject, JsonObject]] = {}
    for check in records:
        if check.get("type") != "check":
            continue
        for found in objects(check, "findings"):
            known = made.get(raw(found, "id"))
            if known is None or _weight(found) > _weight(known[1]):
                made[raw(found, "id")] = (check, found)
    return made


def _name(check: JsonObject) -> str:
    dialect = word(check, "dialect")
    return word(check, "id") + (f"[{dialect}]" if dialect else "")


def _ran(records: Sequence[JsonObject]) -> set[str]:
    """Return names of checks of which every case that applied ran."""
    ran, blocked = set(), set()
    for each in records:
        if each.get("type") == "check":
            outcome = raw(each, "outcome")
            if outcome in _RAN:
                ran.add(_name(each))
            elif outcome in ("blocked", "error"):
                blocked.add(_name(each))
    return ran - blocked


def _names(records: Sequence[JsonObject]) -> dict[str, str]:
    """Return the checks of a run and the worst that kept one from running."""
    made: dict[str, str] = {}
    for each in records:
        if each.get("type") == "check" and made.get(_name(each)) not in ("blocked", "error"):
            made[_name(each)] = word(each, "outcome")
    return made


def _weight(finding: JsonObject) -> int:
    return _WEIGHT.get(raw(finding, "severity"), 0)


def _eased(old: JsonObject, new: JsonObject) -> str:
    return "only warns now" if _weight(new) < _weight(old) else ""


def _severity(each: Difference) -> str:
    loss = "**data loss** " if each.data_loss else ""
    return loss + ("(warning) " if raw(each.finding, "severity") == "warning" else "")


def _run(header: JsonObject) -> str:
    return " · ".join(part for part in (word(header, "target"), word(header, "started"), word(header, "run")) if part)


def _head(header: JsonObject) -> JsonObject:
    return {key: raw(header, key) for key in ("target", "started", "run")}


def _as_json(each: Difference) -> JsonObject:
    found = each.finding
    symptom = members(found, "symptom")
    return {
        "finding": each.id,
        "requirement": raw(found, "requirement"),
        "severity": raw(found, "severity"),
        "message": raw(symptom, "message"),
        "data_loss": each.data_loss,
        "remark": each.remark,
    }
