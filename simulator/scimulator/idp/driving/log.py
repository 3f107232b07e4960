"""The log of a played scenario: what an administrator would read, with the exchanges beneath."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from scimulator.exchange.strict_json import read_json
from scimulator.idp.flow import ImportResult, Outcome
from scimulator.idp.paths import BadPlaceError, parse_place

if TYPE_CHECKING:
    from datetime import datetime

    from scimulator.exchange.message import Exchange
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.directory import Task
    from scimulator.idp.driving.stage import Action, Reached, Stage
    from scimulator.idp.flow import Send


class Status(StrEnum):
    """How an entry of the log ended; Okta writes these words in capitals."""

    SUCCESS = "Success"
    FAILURE = "Failure"
    SKIPPED = "Skipped"


@dataclass(frozen=True, slots=True)
class Trace:
    """One request that a flow asked for, and the exchange that it became; None where it was not sent, with ``why``."""

    send: Send
    exchange: Exchange | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Modified:
    """One attribute that was written: its path, and both values as the log shows them; None for none."""

    path: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. ``name`` is the event type (Okta) or the action (Entra); ``key`` that of the scenario."""

    number: int
    at: datetime
    actor: str
    act: str
    name: str
    key: str
    subject: str
    status: Status
    outcome: Outcome
    messages: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    task: Task | None = None
    error_code: str = ""
    modified: tuple[Modified, ...] = ()
    traces: tuple[Trace, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether something now has to be done by somebody."""
        return self.status is Status.FAILURE


def entry_of(
    stage: Stage,
    action: Action,
    result: Reached | None,
    *,
    number: int = 0,
    traces: tuple[Trace, ...] = (),
    notes: tuple[str, ...] = (),
) -> Entry:
    """Return the line for an action that has ended; without a ``result`` nothing was to be sent.

    An import is made a failure of by lost records only; records that are left out belong to it.
    """
    outcome = result.outcome if result is not None else Outcome.SKIPPED
    messages: tuple[str, ...] = result.messages if result is not None else (action.told,)
    failed = outcome in (Outcome.FAILED, Outcome.UNKNOWN)
    task = None
    if isinstance(result, ImportResult):
        failed = failed or bool(result.messages and outcome is not Outcome.SKIPPED)
        messages = (*messages, _imported(result))
    elif result is not None:
        task = result.task
    status = Status.FAILURE if failed else Status.SKIPPED if outcome is Outcome.SKIPPED else Status.SUCCESS
    entra = stage.idp == "entra"
    return Entry(
        number=number,
        at=stage.directory.clock.now(),
        actor=_actor(stage.idp, action),
        act=action.event.act.value,
        name=action.name,
        key=stage.key(action.subject),
        subject=stage.label(action.subject),
        status=status,
        outcome=outcome,
        messages=tuple(message for message in messages if message),
        notes=notes,
        task=task,
        error_code=task.title if entra and task is not None else "",
        modified=modified(traces) if entra else (),
        traces=traces,
    )


def modified(traces: tuple[Trace, ...]) -> tuple[Modified, ...]:
    """Return what the writes among some requests change, in order; old values are those that a read before showed."""
    found: list[Modified] = []
    shown: JsonObject = {}
    for trace in traces:
        request = trace.send.request
        if request.method == "GET":
            answer = trace.exchange.response if trace.exchange is not None else None
            shown = answer.document().object if answer is not None and answer.status == 200 else {}
        elif request.method in ("POST", "PATCH"):
            found += _written(request.method, read_json(request.body).object, shown)
    return tuple(found)


def _written(method: str, body: JsonObject, shown: JsonObject) -> list[Modified]:
    if method == "POST":
        return [Modified(name, None, value) for name, value in body.items() if name not in ("schemas", "meta")]
    operations = body.get("Operations")
    made = []
    for operation in operations if isinstance(operations, list) else []:
        entry = cast("JsonObject", operation)
        path, value = entry.get("path"), entry.get("value")
        if str(entry.get("op")).lower() == "remove":
            made.append(Modified(str(path), value, None))
        elif isinstance(path, str):
            made.append(Modified(path, _before(path, shown), value))
        elif isinstance(value, dict):
            made += [Modified(name, _before(name, shown), each) for name, each in value.items()]
    return made


def _before(path: str, shown: JsonObject) -> Json:
    if path == "members":
        return None
    try:
        return parse_place(path).find(shown)
    except BadPlaceError:
        return None


def _imported(result: ImportResult) -> str:
    if result.outcome is Outcome.SKIPPED:
        return ""
    left_out = sum(bool(each.problem) for each in result.imported)
    told = f"{result.seen} of {result.claimed} read in {result.pages} page{'' if result.pages == 1 else 's'}"
    matched = sum(each.person_id is not None for each in result.imported)
    return f"{told}; {matched} matched{f', {left_out} left out' if left_out else ''}"


def _actor(idp: str, action: Action) -> str:
    if idp == "entra":
        return "provisioning service"
    return (
        "Okta System" if action.event.act.value in ("change", "disable", "enable", "join", "leave") else "administrator"
    )
