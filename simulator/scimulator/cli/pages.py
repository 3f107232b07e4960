"""Pages of text about one id: what it says, whose word it is, and what else hangs on it."""

from __future__ import annotations

import contextlib
import json
import textwrap
from typing import TYPE_CHECKING

from scimulator.catalogue.dialects import UnknownDialectError, dialect, dialects
from scimulator.catalogue.presets import load_preset, preset_names
from scimulator.catalogue.quirks import promise, quirks
from scimulator.catalogue.requirements import UnknownRequirement, requirement, requirements
from scimulator.catalogue.rulings import rulings
from scimulator.cli.inventory import exchanges_called, known_faults, loaded_profiles
from scimulator.cli.judging import collected_checks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scimulator.catalogue.checks import CheckDeclaration
    from scimulator.catalogue.dialects import Dialect
    from scimulator.catalogue.faults import Fault
    from scimulator.catalogue.profiles import ProfileExchange
    from scimulator.catalogue.quirks import Quirk
    from scimulator.catalogue.requirements import Requirement
    from scimulator.catalogue.rulings import Ruling

_LABEL = 13


class Page:
    """Lines of one page, wrapped to a width."""

    def __init__(self, heading: str, kind: str, width: int) -> None:
        self.lines = [f"{heading}   ({kind})"]
        self._width = width

    def paragraph(self, text: str) -> None:
        """Add a paragraph; its own line breaks do not count."""
        if text:
            self.lines += ["", *textwrap.wrap(" ".join(text.split()), self._width, break_long_words=False)]

    def gap(self) -> None:
        """Add an empty line."""
        self.lines.append("")

    def item(self, label: str, text: str) -> None:
        """Add a labelled text; nothing where there is no text."""
        if text:
            self.lines += textwrap.wrap(
                text,
                self._width,
                initial_indent=f"{label:<{_LABEL}}",
                subsequent_indent=" " * _LABEL,
                break_long_words=False,
                break_on_hyphens=False,
            )


def pages_about(name: str, *, width: int = 100) -> list[list[str]]:
    """Return a page for each thing that is called ``name``, in any letter case; empty where nothing is."""
    wanted = name.strip().casefold()
    made: list[Page] = []
    made += [_check(each, width) for each in collected_checks() if each.id == wanted]
    made += [_requirement(each, width) for key, each in requirements().items() if key.casefold() == wanted]
    promises = (promise(each.requirement_id) for each in quirks().values())
    made += [_requirement(each, width) for each in promises if each is not None and each.id.casefold() == wanted]
    made += [_ruling(each, width) for key, each in rulings().items() if key.casefold() == wanted]
    made += [_fault(each, width) for each in known_faults() if each.id == wanted]
    with contextlib.suppress(UnknownDialectError):
        made.append(_dialect(dialect(wanted), width))
    made += [_preset(each, width) for each in preset_names() if each == wanted]
    made += [_quirk(each, width) for key, each in quirks().items() if key == wanted]
    made += [_exchange(spoken, each, width) for spoken, each in exchanges_called(wanted)]
    return [page.lines for page in made]


def known_ids() -> list[str]:
    """Return everything that can be explained."""
    exchanges = [each.id for _, profile in loaded_profiles() for each in profile.exchanges]
    return [
        *(each.id for each in collected_checks()),
        *requirements(),
        *rulings(),
        *(each.id for each in known_faults()),
        *(each.id for each in dialects()),
        *preset_names(),
        *quirks(),
        *(each.requirement_id for each in quirks().values()),
        *exchanges,
    ]


def _check(check: CheckDeclaration, width: int) -> Page:
    page = Page(check.id, "check", width)
    page.paragraph(check.title)
    page.paragraph(check.explanation)
    for name in check.requirements:
        page.gap()
        try:
            _owed(page, requirement(name))
        except UnknownRequirement as error:
            page.item("proves", str(error))
    page.gap()
    page.item("dialects", ", ".join(check.dialects))
    needs = [*(str(need) for need in check.needs), *check.attributes]
    needs += [f"group attribute {each}" for each in check.group_attributes]
    page.item("needs", ", ".join(needs))
    page.item("controls", ", ".join(check.controls))
    page.item("submission", check.submission)
    page.item("writes", "yes, and only what it removes again" if check.writes else "nothing")
    page.item("destructive", "runs only with --destructive" if check.destructive else "")
    page.item("data loss", "a failure makes every dialect concerned not ready" if check.data_loss else "")
    page.item("faults", ", ".join(each.id for each in known_faults() if check.id in each.trips))
    page.item("run it", f"scimulator check {check.id} TARGET")
    return page


def _owed(page: Page, owed: Requirement) -> None:
    page.item("proves", f"{owed.id}, {owed.strength.value}, {owed.citation}")
    page.item("", owed.statement)
    for name in owed.rulings:
        found = rulings().get(name)
        page.item("", f"Ruling {name}: {found.ruling} Why: {found.why}" if found else "")


def _requirement(owed: Requirement, width: int) -> Page:
    page = Page(owed.id, "requirement", width)
    page.paragraph(owed.statement)
    page.gap()
    page.item("strength", owed.strength.value)
    page.item("key word", owed.keyword if owed.basis.value == "keyword" else f"none; the basis is {owed.basis.value}")
    page.item("stands in", owed.citation)
    page.item("refuted", "fails the target" if owed.fails else "warns" if owed.warns else "is only noted")
    page.item("topic", owed.topic)
    page.item("errata", ", ".join(owed.errata))
    page.item("evidence", str(owed.evidence or ""))
    page.item("sources", " ".join(owed.source))
    page.item("dialects", ", ".join(owed.dialects))
    for name in owed.rulings:
        found = rulings().get(name)
        if found:
            page.paragraph(f"Ruling {name}, {found.point}: {found.text}")
            page.paragraph(f"{found.ruling} Why: {found.why}")
    page.gap()
    proving = [each for each in collected_checks() if owed.id in each.requirements]
    page.item("proved by", ", ".join(each.id for each in proving) or "no check yet")
    page.item("faults", _tripping(each.id for each in proving))
    return page


def _tripping(checks: Iterable[str]) -> str:
    wanted = set(checks)
    return ", ".join(each.id for each in known_faults() if wanted & set(each.trips))


def _ruling(ruling: Ruling, width: int) -> Page:
    page = Page(ruling.id, "ruling", width)
    page.paragraph(f"{ruling.point[:1].upper()}{ruling.point[1:]}")
    page.gap()
    page.item("the texts", ruling.text)
    page.item("ruling", ruling.ruling)
    page.item("why", ruling.why)
    bound = [each for each in requirements().values() if ruling.id in each.rulings]
    page.item("binds", ", ".join(each.id for each in bound))
    names = {each.id for each in bound}
    page.item("checks", ", ".join(each.id for each in collected_checks() if names & set(each.requirements)))
    return page


def _fault(fault: Fault, width: int) -> Page:
    page = Page(fault.id, "fault", width)
    page.paragraph(fault.title)
    page.gap()
    page.item("costs", fault.severity.value)
    page.item("seen", " ".join(fault.source) or ("made by switching one rule off" if fault.generated else ""))
    page.item("bug", ", ".join(fault.bugs))
    page.item("hurts", ", ".join(fault.dialects))
    page.item("trips", ", ".join(fault.trips))
    page.item("see it", f"scimulator check reference:{fault.id}")
    return page


def _dialect(found: Dialect, width: int) -> Page:
    page = Page(found.id, "dialect", width)
    page.paragraph(found.title)
    page.paragraph(found.description)
    page.gap()
    page.item("also called", ", ".join(found.aliases))
    page.item("selected by", f"?{found.tenant_flag} on the target, which is not sent" if found.tenant_flag else "")
    page.item("needs", ", ".join(each.id for each in requirements().values() if found.id in each.dialects))
    page.item("checks", ", ".join(each.id for each in collected_checks() if found.id in each.dialects))
    page.item("exchanges", f"scimulator list profiles {found.id}")
    page.item("run it", f"scimulator check TARGET --dialect {found.id}")
    return page


def _preset(name: str, width: int) -> Page:
    preset = load_preset(name)
    page = Page(preset.id, "preset", width)
    page.paragraph(preset.title)
    page.paragraph(preset.description)
    page.gap()
    page.item("not ready", ", ".join(preset.declares.not_ready))
    for quirk, value in preset.quirks.items():
        page.item("quirk", " ".join([f"{quirk} = {json.dumps(value)}", *preset.sources.get(quirk, ())]))
    for check, why in preset.declares.findings.items():
        page.item("declares", f"{check} fails: {why}")
    page.item("see it", f"scimulator check 'reference:?preset={name}'")
    return page


def _quirk(found: Quirk, width: int) -> Page:
    page = Page(found.id, "quirk", width)
    page.paragraph(found.title)
    page.paragraph(found.what)
    for value in found.values or ((found.number,) if found.number is not None else ()):
        page.gap()
        usual = "  (default)" if value.value == found.default else ""
        page.item(
            "value", f"{value.value or f'a whole number from {found.least} on, {found.default} by default'}{usual}"
        )
        page.item("seen", value.seen)
        for hurt in value.hurts:
            page.item("hurts", f"{hurt.who}: {hurt.how} ({hurt.evidence})")
        for advice in value.set_in_idp:
            page.item("set", advice)
        page.item("replaces", ", ".join(value.replaces))
        page.item("follows", ", ".join(f"{name} changes along with {cause}" for name, cause in value.follows.items()))
        page.item("keeps", ", ".join(f"{name} may stay as it is" for name in value.keeps))
    page.gap()
    for preset in preset_names():
        declared = load_preset(preset).quirks
        page.item("preset", f"{preset}: {json.dumps(declared[found.id])}" if found.id in declared else "")
    page.item("declare it", f"[quirks] {found.id} = … in scimulator.toml")
    probes = [each for each in collected_checks() if found.requirement_id in each.requirements]
    controls = dict.fromkeys(name for each in probes for name in each.controls)
    page.item("probes", ", ".join(each.id for each in probes) or "none")
    page.item("controls", ", ".join(f"[control.{name}]" for name in controls))
    page.item("find it", f"scimulator fingerprint TARGET{' --controls' if controls else ''}")
    page.item("facts", ", ".join(found.facts))
    page.item("sources", " ".join(found.sources))
    return page


def _exchange(spoken: Dialect, exchange: ProfileExchange, width: int) -> Page:
    page = Page(exchange.id, f"recorded exchange of {', '.join(exchange.dialects) or spoken.id}", width)
    page.paragraph(exchange.title)
    page.gap()
    query = f"?{exchange.query}" if exchange.query else ""
    page.item("request", f"{exchange.method} {exchange.path}{query}")
    for name, value in exchange.headers:
        page.item("", f"{name}: {value}")
    if exchange.has_body:
        page.lines += textwrap.indent(json.dumps(exchange.body, indent=2, ensure_ascii=False), " " * _LABEL).split("\n")
    page.item("expects", " or ".join(map(str, exchange.status)))
    for rule in (*exchange.rules, *exchange.after):
        value = "" if rule.value is None else f" {json.dumps(rule.value, ensure_ascii=False)}"
        page.item("", f"{rule.at} {rule.op}{value}{f' ({rule.requirement})' if rule.requirement else ''}")
    page.item("use", f"{exchange.use.value}{f' {exchange.switch}' if exchange.switch else ''}")
    page.item("flow", exchange.flow)
    page.item("evidence", f"{exchange.evidence.value}{f', {exchange.date}' if exchange.date else ''}")
    page.item("sources", " ".join(exchange.source))
    page.item("note", exchange.note)
    page.item("reason", exchange.reason)
    return page
