"""A played scenario as data (fixtures/schemas/idp.schema.json)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from scimulator import __version__
from scimulator.exchange.redaction import Redactor
from scimulator.playing.belongings import left

if TYPE_CHECKING:
    from scimulator.cli.idp_run import Played
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.driving.log import Entry, Trace
    from scimulator.idp.driving.stage import Stage
    from scimulator.playing.ending import Comparison


def document(
    stage: Stage, played: Played, *, target: str, mark: str, redactor: Redactor | None = None, dry_run: bool = False
) -> JsonObject:
    """Return everything that a performance came to, without secrets."""
    redactor = redactor or Redactor()
    made: JsonObject = {
        "scimulator": __version__,
        "target": target,
        "dry_run": dry_run,
        "idp": stage.idp,
        "dialect": stage.profile.dialect.id,
        "switches": cast("list[Json]", sorted(stage.profile.on)),
        "scenario": {"name": stage.scenario.name, "title": stage.scenario.title},
        "mark": mark,
        "events": [_entry(entry, redactor) for entry in played.entries],
        "comparison": _comparison(played.comparison) if played.comparison is not None else None,
        "kept": played.kept,
        "left": [
            {"endpoint": each.endpoint, "id": each.id, "label": each.label, "reason": each.reason}
            for each in left(played.removals)
        ],
        "ended": played.ended,
        "exit_code": played.exit_code,
    }
    return cast("JsonObject", _clean(made, redactor))


def _entry(entry: Entry, redactor: Redactor) -> JsonObject:
    task = entry.task
    return {
        "number": entry.number,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "do": entry.act,
        "event": entry.name,
        "key": entry.key,
        "subject": entry.subject,
        "status": entry.status.value,
        "outcome": entry.outcome.value,
        "messages": list(entry.messages),
        "notes": list(entry.notes),
        "task": {"title": task.title, "message": task.message, "retry": task.retry} if task is not None else None,
        "error_code": entry.error_code,
        "modified": [{"path": each.path, "before": each.before, "after": each.after} for each in entry.modified],
        "exchanges": [_trace(trace, redactor) for trace in entry.traces],
    }


def _trace(trace: Trace, redactor: Redactor) -> JsonObject:
    base: JsonObject = {"step": trace.send.exchange_id, "attempt": trace.send.attempt, "not_sent": trace.why}
    if trace.exchange is None:
        return {**base, "request": redactor.request(trace.send.request), "response": None, "failure": None}
    written = redactor.exchange(trace.exchange)
    return {
        **base,
        "elapsed": written["elapsed"],
        **{name: written[name] for name in ("request", "response", "failure")},
    }


def _comparison(comparison: Comparison) -> JsonObject:
    return {
        "accounts": comparison.accounts,
        "groups": comparison.groups,
        "not_offered": list(comparison.left_out),
        "drifts": [
            {
                "kind": drift.kind.value,
                "subject": drift.subject,
                "where": drift.where,
                "attribute": drift.attribute,
                "wanted": drift.wanted,
                "shown": drift.shown,
                "message": drift.message,
            }
            for drift in comparison.drifts
        ],
        "foreseen": [drift.message for drift in comparison.foreseen],
        "not_as_foreseen": list(comparison.missing),
    }


def _clean(value: Json, redactor: Redactor) -> Json:
    """Return a value in which a target's texts hold no secret either: it may have sent the token back."""
    if isinstance(value, str):
        return redactor.text(value)
    if isinstance(value, list):
        return [_clean(each, redactor) for each in value]
    if isinstance(value, dict):
        return {name: _clean(each, redactor) for name, each in value.items()}
    return value
