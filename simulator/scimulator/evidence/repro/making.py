"""From a run's records to the plan of a repro, proved on what was seen and on a server without the bug."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.evidence.repro.carrying import carried
from scimulator.evidence.repro.condition import Verdict
from scimulator.evidence.repro.deciding import Deciding
from scimulator.evidence.repro.plan import ImpossibleError, Plan, steps_of
from scimulator.evidence.repro.slicing import NoStoryError, sliced

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.evidence.repro.carrying import Send
    from scimulator.evidence.repro.slicing import History
    from scimulator.exchange.strict_json import JsonObject


def planned(
    history: History, check: JsonObject, finding: JsonObject, *, control: Callable[[], Send] | None = None
) -> Plan:
    """Return the plan that shows a finding.

    ``control`` opens a server that is known to be without the bug; what shows there shows nothing. A test that is not
    the symptom itself is only used where the control has seen it fail.

    Raises:
        ImpossibleError: when no honest one can be made; the message says why.
    """
    name = str(check.get("id"))
    again = f"run the check again instead: scimulator check {name}"
    try:
        cut = sliced(history, check, finding)
    except NoStoryError as error:
        raise ImpossibleError(f"{error}; {again}") from error
    if check.get("area") == "auth" and _with_credentials(cut.evidence.headers):
        raise ImpossibleError(f"the credentials that were tried were not written down; {again}")
    symptom = finding.get("symptom")
    told = symptom if isinstance(symptom, dict) else {}
    base_url = str(history.header.get("base_url") or "")
    mark = history.mark_in(cut.kept)
    try:
        steps, variables = steps_of(cut, mark, base_url, [told.get("wanted"), told.get("got")])
        evidence = next(step.number for step in steps if step.seen is cut.evidence)
        before = next((step.number for step in steps if step.seen is cut.before), 0)
        candidates = list(Deciding(told, steps, evidence, before, variables).conditions())
    except ImpossibleError as error:
        raise ImpossibleError(f"{error}; {again}") from error
    shows_anyway = False
    for condition in candidates:
        plan = Plan(check, finding, history.header, tuple(steps), condition, cut.left_out, tuple(variables))
        verdict = carried(plan, control()).verdict if control is not None else Verdict.NOT_REACHED
        if verdict is Verdict.NOT_SHOWN or (verdict is Verdict.NOT_REACHED and condition.sure):
            return plan
        shows_anyway = shows_anyway or verdict is Verdict.SHOWN
    if shows_anyway:
        raise ImpossibleError(
            f"the requests that could be sliced out show the same on a server without the bug, so they prove nothing; "
            f"{again}"
        )
    raise ImpossibleError(
        f"the symptom {told.get('kind')!r} cannot be told from one answer (it compares several, or what is done with "
        f"them); {again}"
    )


def _with_credentials(headers: tuple[tuple[str, str], ...]) -> bool:
    return any("<redacted>" in value for _, value in headers)
