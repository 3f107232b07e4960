"""A played scenario for a person: the log as the identity provider's console words it, the exchanges, the drifts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.text import Text

from scimulator.idp.driving.log import Status
from scimulator.playing.belongings import left
from scimulator.reporting.reading import plain
from scimulator.target.guest import resource_target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from scimulator.catalogue.dialects import Dialect
    from scimulator.cli.idp_run import Played
    from scimulator.exchange.message import Exchange
    from scimulator.exchange.redaction import Redactor
    from scimulator.exchange.strict_json import Json
    from scimulator.idp.driving.log import Entry, Modified, Trace
    from scimulator.idp.driving.stage import Stage
    from scimulator.target.target import Target

_STYLES = {Status.SUCCESS: "green", Status.FAILURE: "bold red", Status.SKIPPED: "yellow"}
_LEAD = " " * 10
_LONGEST = 4000
"""Characters of a body that are shown."""


class Lines:
    """Prints a performance while it goes on; whatever a target says is shown without secrets and control characters."""

    def __init__(self, console: Console, redactor: Redactor, dialect: Dialect, *, verbose: bool) -> None:
        self._console = console
        self._redactor = redactor
        self._dialect = dialect
        self._verbose = verbose

    def say(self, text: str, style: str = "") -> None:
        """Print a line."""
        self._console.print(Text(plain(self._redactor.text(text)), style=style), soft_wrap=True)

    def head(self, stage: Stage, target: Target, *, mark: str, keep: bool, real_time: bool) -> None:
        """Print what is going to be played, and what becomes of the names."""
        scenario = stage.scenario
        self.say(f"{target.name} · {self._dialect.title} plays {scenario.name}", "bold")
        self.say(scenario.title)
        for warning in target.warnings:
            self.say(f"! {warning}", "yellow")
        if mark:
            end = "stays there (--keep; scimulator clean removes it)" if keep else "is removed at the end"
            self.say(f"Logins, addresses and names of groups carry the mark {mark}; what is made {end}.")
        else:
            self.say("Names are used as they stand (--no-mark), and what is made stays there (--keep).")
        if not real_time:
            self.say("The clock is simulated: pauses are skipped, except those that the target asks for.")
        self.say("")

    def entry(self, entry: Entry) -> None:
        """Print one line of the log with everything beneath it."""
        status = entry.status.value if self._dialect.idp == "entra" else entry.status.value.upper()
        what = f"{entry.act} {entry.key}".strip()
        line = Text.assemble(
            f"{entry.at:%H:%M:%S}  ",
            (f"{plain(what):<24}  ", "bold"),
            (f"{status:<8}" if entry.name else status, _STYLES[entry.status]),
            plain(f"  {entry.name}" if entry.name else ""),
        )
        self._console.print(line, soft_wrap=True)
        if entry.subject:
            became = f"{entry.outcome.value}, " if entry.name else ""
            self.say(f"{_LEAD}{entry.subject}  {became}by {entry.actor}")
        if entry.error_code:
            self.say(f"{_LEAD}error code  {entry.error_code}", "red")
        for message in entry.messages:
            self.say(f"{_LEAD}{message}", "red" if entry.failed else "")
        for note in entry.notes:
            self.say(f"{_LEAD}{note}")
        if entry.task is not None and self._dialect.idp == "okta":
            self.say(f"{_LEAD}task  {entry.task.title}{' [Retry]' if entry.task.retry else ''}", "yellow")
        self._modified(entry)
        for trace in entry.traces:
            self._trace(trace)

    def end(self, target: Target, played: Played) -> None:
        """Print the comparison, what was removed, and the verdict."""
        self.say("")
        if played.comparison is not None:
            found = played.comparison
            self.say(
                f"Compared with the directory: {_count(found.accounts, 'account')}, {_count(found.groups, 'group')}."
            )
            for drift in found.drifts:
                where = f"  ({drift.where})" if drift.where else ""
                self.say(f"  drift  {drift.kind.value}: {drift.message}{where}", "red")
            for drift in found.foreseen:
                self.say(f"  as expected  {drift.kind.value}: {drift.message}")
            for missed in found.missing:
                self.say(f"  not as expected  {missed}", "red")
            if found.left_out:
                self.say(f"  left out, since the target does not offer them: {', '.join(found.left_out)}")
        for problem in played.not_undone:
            self.say(f"  not undone  {problem}; scimulator clean tries again", "red")
        remaining = left(played.removals)
        if played.kept:
            self.say(f"{_count(played.kept, 'resource')} kept on the target; scimulator clean removes them.")
        elif played.removals:
            gone = len(played.removals) - len(remaining)
            self.say(f"{gone} of {_count(len(played.removals), 'resource')} removed.")
        for each in remaining:
            place = resource_target(each.endpoint, each.id)
            self.say(f"  still there  {place}  {each.label} ({each.kind.value}): {each.reason}", "yellow")
        style = "bold green" if played.exit_code == 0 else "bold red"
        self.say(f"{target.name} · {self._dialect.title}: {_verdict(played)}", style)

    def _modified(self, entry: Entry) -> None:
        created = [each.path for each in entry.modified if entry.name == "Create" and each.before is None]
        if created and not self._verbose:
            self.say(f"{_LEAD}modified    {', '.join(created)}")
            return
        for each in entry.modified:
            self.say(f"{_LEAD}modified    {each.path}: {_value(each.before)} → {_value(each.after)}{_same(each)}")

    def _trace(self, trace: Trace) -> None:
        request = trace.send.request
        if trace.exchange is None:
            self.say(f"{_LEAD}{request.method:<6} {request.target}  {trace.why}", "yellow")
            return
        self.say(f"{_LEAD}{request.method:<6} {request.target}  {_answer(trace.exchange)}")
        if self._verbose:
            self._body("  > ", request.body)
            response = trace.exchange.response
            self._body("  < ", response.body if response is not None else b"")

    def _body(self, lead: str, raw: bytes) -> None:
        text = raw.decode("utf-8", "replace")
        if text:
            shown = self._redactor.text(text)
            self.say(f"{_LEAD}{lead}{shown[:_LONGEST]}{' …' if len(shown) > _LONGEST else ''}", "dim")


def dry_lines(stage: Stage, entry: Entry) -> Iterator[Text]:
    """Yield what a dry run prints of an entry: its requests as they would leave."""
    what = f"{entry.act} {entry.key}".strip()
    if not entry.traces:
        told = "; ".join((*entry.messages, *entry.notes))
        yield Text(plain(f"# {what}: nothing is sent{f' ({told})' if told else ''}"))
        yield Text("")
    for trace in entry.traces:
        exchange = trace.send.exchange
        yield Text(plain(f"### {what}: {exchange.title} ({trace.send.exchange_id}, {exchange.evidence.value})"), "bold")
        if trace.exchange is None:
            continue
        request = trace.exchange.request
        yield Text(plain(f"{request.method} {request.target} HTTP/1.1"))
        for name, value in request.headers:
            yield Text(plain(f"{name}: {value}"))
        yield Text("")
        if request.body:
            yield Text(plain(request.body.decode()))
            yield Text("")
        status = trace.exchange.response.status if trace.exchange.response is not None else "nothing"
        yield Text(plain(f"# answered with {status}, as the profile of {stage.profile.dialect.id} expects"), "dim")
        yield Text("")


def _verdict(played: Played) -> str:
    if played.ended != "finished":
        return f"not played to the end: {played.told}"
    failed = sum(entry.failed for entry in played.entries)
    found = played.comparison
    drifts = len(found.drifts) + len(found.missing) if found is not None else 0
    if played.not_undone:
        return f"{_count(len(played.not_undone), 'control')} could not be undone"
    if not failed and not drifts:
        return f"all {_count(len(played.entries), 'step')} went well, and the target is as the directory wants it"
    return f"{failed} of {_count(len(played.entries), 'step')} failed, {_count(drifts, 'drift')}"


def _answer(exchange: Exchange) -> str:
    if exchange.response is None:
        told = exchange.failure.message if exchange.failure is not None else "no answer"
        return f"no answer: {told}"
    return f"{exchange.response.status}  {exchange.elapsed * 1000:.0f} ms"


def _value(value: Json) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:97]}..."


def _same(each: Modified) -> str:
    return " (the same)" if each.before is not None and each.before == each.after else ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
