"""One root cause as text: the checks that show it, the chain of exchanges, sent, owed, came, and how to repeat it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.text import Text

from scimulator.exchange.strict_json import read_json
from scimulator.reporting.curl import curl
from scimulator.reporting.marking import excerpt
from scimulator.reporting.reading import header, members, number, plain, raw, word
from scimulator.reporting.screen import milliseconds, status_of, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.reporting.failures import RootCause, Shown

CHAIN = 9
"""Exchanges that are listed at most; of a longer story the beginning and what leads up to the symptom remain."""
OTHER_CHECKS = 8
_LABEL = 9
"""Columns of a label."""
_PURPOSES = {"set-up": "set-up", "probe": "probe", "judged": "judged", "evidence": "evidence"}


def failure_lines(
    cause: RootCause, *, base_url: str, width: int, title: str = "FAIL", target: str = ""
) -> Iterator[Text]:
    """Yield the lines that tell one root cause to whoever has to repair it.

    ``base_url`` is the target's address for the curl line, empty where it has none; ``target`` is how a command names
    the target, empty where it need not.
    """
    lead = cause.lead
    yield Text.assemble((f"{title}  ", "bold red"), (lead.name, "bold"), _marks(cause))
    yield from wrapped(word(lead.check, "title"), width, lead="  ")
    yield from _others(cause, width)
    yield Text()
    yield from wrapped(word(lead.symptom, "message"), width, lead="  ", style="bold")
    yield from _chain(lead, width)
    yield from _sent(lead, width)
    yield from _owed(lead.finding, width)
    yield from _came(lead, width)
    yield from _repeat(lead, base_url)
    yield Text()
    yield Text(f"  {'next':<{_LABEL}}scimulator explain {word(lead.check, 'id')}")
    if _made_here(lead):
        again = f"{word(lead.check, 'id')} {target}".strip()
        yield Text(f"  {'':<{_LABEL}}scimulator check {again}   (makes anew what this run removed)")


def brief_lines(cause: RootCause, *, width: int, title: str = "FAIL") -> Iterator[Text]:
    """Yield one root cause in short: what was seen, what is owed, which checks."""
    lead = cause.lead
    count = len(cause.checks)
    more = f" and {count - 1} more" if count > 1 else ""
    yield Text.assemble((f"{title}  ", "bold"), (lead.name, "bold"), more, _loss(cause))
    yield from wrapped(word(lead.symptom, "message"), width, lead="      ")
    yield from wrapped(_citation(lead.finding), width, lead="      ")


def _marks(cause: RootCause) -> Text:
    count = len(cause.checks)
    told = f"   explains {count} checks" if count > 1 else ""
    return Text.assemble(told, _loss(cause))


def _loss(cause: RootCause) -> tuple[str, str]:
    return ("   DATA LOSS", "bold red") if cause.data_loss else ("", "")


def _others(cause: RootCause, width: int) -> Iterator[Text]:
    others = cause.checks[1:]
    if others:
        listed = ", ".join(others[:OTHER_CHECKS])
        more = f" and {len(others) - OTHER_CHECKS} more" if len(others) > OTHER_CHECKS else ""
        yield from wrapped(f"also: {listed}{more}", width, lead="  ", hang=6)
    further = cause.requirements[1:]
    if further:
        more = f" and {len(further) - OTHER_CHECKS} more" if len(further) > OTHER_CHECKS else ""
        yield from wrapped(f"refutes also: {', '.join(further[:OTHER_CHECKS])}{more}", width, lead="  ", hang=14)


def _chain(shown: Shown, width: int) -> Iterator[Text]:
    listed = shown.exchanges
    if not listed:
        return
    evidence, cause = shown.evidence, shown.cause
    yield Text()
    kept, left_out = _shortened(listed, [each for each in (evidence, cause) if each is not None])
    digits = max(len(str(int(number(each, "number")))) for each in kept)
    room = max(24, min(60, width - 52))
    for position, each in enumerate(kept):
        if position == 1 and left_out:
            yield Text(f"  {'':>{digits}}  … {left_out} more")
        request = members(each, "request")
        target = plain(raw(request, "target"))
        purpose = _PURPOSES.get(raw(each, "purpose"), plain(raw(each, "purpose")))
        step = word(each, "step")
        mark = "  <-- shows it" if each is evidence else ""
        yield Text(
            f"  {int(number(each, 'number')):>{digits}}  {word(request, 'method'):<6} {_fitted(target, room)}  "
            f"{status_of(each):>3}  {milliseconds(each):>7}  {purpose}{f' ({step})' if step else ''}{mark}",
            style="bold" if mark else "",
        )


def _shortened(listed: Sequence[JsonObject], needed: Sequence[JsonObject]) -> tuple[list[JsonObject], int]:
    """Return the exchanges to list, and how many are left out behind the first of them."""
    if len(listed) <= CHAIN:
        return list(listed), 0
    ends = max((listed.index(each) for each in needed), default=len(listed) - 1) + 1
    first_needed = min((listed.index(each) for each in needed), default=ends)
    start = max(1, min(ends - CHAIN + 1, first_needed))
    kept = [listed[0], *listed[start:ends]]
    return kept, start - 1


def _fitted(target: str, room: int) -> str:
    if len(target) > room:
        half = (room - 1) // 2
        target = f"{target[:half]}…{target[-(room - 1 - half) :]}"
    return f"{target:<{room}}"


def _sent(shown: Shown, width: int) -> Iterator[Text]:
    cause = shown.cause
    if cause is None:
        return
    request = members(cause, "request")
    body = raw(request, "body")
    yield Text()
    yield _labelled("we sent", f"({int(number(cause, 'number'))})  {word(request, 'method')} {word(request, 'target')}")
    if body:
        found = excerpt(body, raw(shown.symptom, "at"), width=width - 6)
        # Where the place is not part of what was sent, the caret would only mislead.
        if found.missing:
            found = excerpt(body, width=width - 6)
        yield from _body(found.lines, found.caret)


def _owed(finding: JsonObject, width: int) -> Iterator[Text]:
    yield Text()
    yield from wrapped(_citation(finding), width, lead=f"  {'they owe':<{_LABEL}}", style="bold")
    yield from wrapped(word(finding, "statement"), width, lead="      ")


def _citation(finding: JsonObject) -> str:
    parts = (word(finding, "requirement"), word(finding, "strength"), word(finding, "citation"))
    return " · ".join(dict.fromkeys(part for part in parts if part))


def _came(shown: Shown, width: int) -> Iterator[Text]:
    exchange = shown.evidence
    symptom = shown.symptom
    at = raw(symptom, "at")
    if exchange is not None:
        response, failure = members(exchange, "response"), members(exchange, "failure")
        yield Text()
        yield _labelled("came", f"({int(number(exchange, 'number'))})  {status_of(exchange)}")
        if failure:
            yield from wrapped(word(failure, "message"), width, lead="      ")
        yield from _answer(response, at, width)
    if symptom.get("wanted") is not None:
        yield from _value("wanted", symptom["wanted"], width)
    if symptom.get("got") is not None or symptom.get("wanted") is not None:
        yield from _value("got", symptom.get("got"), width)


def _answer(response: JsonObject, at: str, width: int) -> Iterator[Text]:
    named = header(response, at) if at else None
    if named is not None:
        line = plain(f"{at}: {named}")
        yield Text(f"      {line}")
        yield Text(
            f"      {'':<{len(at) + 2}}{'^' * max(1, min(len(plain(named)), width - len(at) - 8))}", style="bold"
        )
        return
    body = raw(response, "body")
    if not body:
        if response:
            yield Text("      (no body)")
        return
    found = excerpt(body, at, width=width - 6)
    yield from _body(found.lines, found.caret)
    if found.missing and at:
        yield Text(f"      nothing stands at {plain(at)}")


def _body(lines: Sequence[str], caret: int | None) -> Iterator[Text]:
    for position, line in enumerate(lines):
        yield Text(f"      {line}", style="bold" if position == caret else "")


def _value(label: str, value: Json, width: int) -> Iterator[Text]:
    text = plain(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    room = width - 6 - _LABEL
    yield Text(f"      {label:<7} {text if len(text) <= room else text[: room - 1] + '…'}")


def _repeat(shown: Shown, base_url: str) -> Iterator[Text]:
    needed = [each for each in (shown.cause, shown.evidence) if each is not None]
    if not needed:
        return
    yield Text()
    yield Text(f"  {'repeat':<{_LABEL}}".rstrip(), style="bold")
    told = []
    for each in needed:
        command = curl(each, base_url)
        if command not in told:
            told.append(command)
            for line in command.split("\n"):
                yield Text(f"      {line}")


def _made_here(shown: Shown) -> bool:
    """Tell whether a request is about a resource that the check itself made, which is gone by now."""
    made = [
        found
        for each in shown.exchanges
        if raw(members(each, "request"), "method") == "POST"
        and isinstance(found := read_json(_bytes(members(each, "response"))).object.get("id"), str)
        and found
    ]
    targets = [raw(members(each, "request"), "target") for each in (shown.cause, shown.evidence) if each is not None]
    return any(each in target for each in made for target in targets)


def _bytes(message: JsonObject) -> bytes:
    return raw(message, "body").encode("utf-8", "surrogatepass")


def _labelled(label: str, text: str) -> Text:
    return Text.assemble((f"  {label:<{_LABEL - 1}} ", "bold"), text)
