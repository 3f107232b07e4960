"""A plan carried in this process: what the scripts do, for the control and for whoever wants to try before writing."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimulator.evidence.repro.condition import Reply, Verdict
from scimulator.evidence.repro.template import LOUD, MARK, SECRET, TOKEN, URL, filled

if TYPE_CHECKING:
    from scimulator.evidence.repro.plan import Bind, Plan, Step

Send = Callable[[str, str, "tuple[tuple[str, str], ...]", bytes, bool], Reply]
"""Sends method, target, headers without credentials, body, and whether to authenticate."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a plan came to on a server; ``reason`` tells why it did not get there."""

    verdict: Verdict
    replies: dict[int, Reply]
    reason: str = ""


def carried(plan: Plan, send: Send, *, base_url: str = "http://reference.invalid/scim/v2") -> Carried:
    """Send the steps of a plan and tell whether the bug shows; what was made is removed."""
    mark = f"scimulator-c{secrets.token_hex(3)}-"
    variables = {MARK: mark, LOUD: mark.upper(), URL: base_url, SECRET: f"Aa1!{secrets.token_hex(8)}", TOKEN: ""}
    replies: dict[int, Reply] = {}
    made: list[tuple[Step, str]] = []
    try:
        for step in plan.steps:
            reply = _sent(step, variables, send)
            replies[step.number] = reply
            if step.prepares and not 200 <= reply.status < 300:
                reason = f"step {step.number} was answered {reply.status}, which was {step.seen.status} before"
                return Carried(Verdict.NOT_REACHED, replies, reason)
            lines = {line.path: line.value for line in reply.lines}
            for bind in step.binds:
                found = _kept(bind, reply, lines)
                variables[bind.name] = found
                if found and bind.name == step.resource:
                    made.append((step, found))
                elif not found and bind.name == step.resource and step.prepares:
                    return Carried(Verdict.NOT_REACHED, replies, f"the answer to step {step.number} has no id")
    finally:
        for step, resource in reversed(made):
            send("DELETE", f"{step.seen.path}/{resource}", (), b"", True)
    shows = plan.condition.holds(replies, variables)
    return Carried(Verdict.SHOWN if shows else Verdict.NOT_SHOWN, replies)


def _sent(step: Step, variables: dict[str, str], send: Send) -> Reply:
    tokens = [name for name, text in step.headers if any(getattr(part, "name", "") == TOKEN for part in text)]
    headers = tuple((name, filled(text, variables)) for name, text in step.headers if name not in tokens)
    body = filled(step.body, variables).encode("utf-8", "surrogatepass")
    return send(step.seen.method, filled(step.target, variables), headers, body, bool(tokens))


def _kept(bind: Bind, reply: Reply, lines: dict[str, str]) -> str:
    if bind.header:
        return reply.header(bind.header)
    found = lines.get(bind.path, "")
    if not found.startswith('"'):
        return found
    from json import loads  # noqa: PLC0415  only a text is quoted

    return str(loads(found))
