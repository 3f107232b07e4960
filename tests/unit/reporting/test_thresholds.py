"""Thresholds: what can be written, what is measured, and when the gate closes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from scimulator.reporting.gate import Gate
from scimulator.reporting.thresholds import BadThreshold, Metrics, threshold
from scimulator.reporting.verdict import judge_run

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject


NUMBERS = itertools.count(1)


def exchange(method: str, elapsed: float, status: int | None = 200) -> JsonObject:
    response: Json = None if status is None else {"status": status, "headers": [], "body": ""}
    request: JsonObject = {"method": method, "target": "/Users", "headers": [], "body": ""}
    return {"number": next(NUMBERS), "started": 0.0, "elapsed": elapsed, "request": request, "response": response}


@pytest.fixture
def metrics() -> Metrics:
    made = Metrics()
    gets: list[Json] = [exchange("GET", each / 100) for each in range(1, 101)]
    made.record({"type": "check", "exchanges": gets})
    made.record({"type": "check", "exchanges": gets[:5]})
    made.record({"type": "check", "exchanges": [exchange("POST", 2.0, 500), exchange("POST", 9.0, None)]})
    made.record({"type": "check", "seen": 3, "exchanges": [exchange("GET", 99.0)]})
    made.record({"type": "end", "requests": 200, "duration": 12.5})
    return made


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("latency.get.p95<=950ms", True),
        ("latency.get.p95<950ms", False),
        ("latency.get.p50<=0.5s", True),
        ("latency.max<2s", False),
        ("latency.max<=2s", True),
        ("latency.p99 < 1001 ms", True),
        ("latency.post.p95<3s", True),
        ("errors<2", False),
        ("errors<=1%", True),
        ("errors<1%", False),
        ("requests<=200", True),
        ("requests==200", True),
        ("requests>200", False),
        ("duration<1m", True),
        ("duration<12s", False),
        ("warnings<=4", True),
        ("failures<3", False),
    ],
)
def test_a_threshold_is_met_or_says_why_not(metrics: Metrics, text: str, met: bool) -> None:
    told = threshold(text).refuse(metrics.measured(failures=3, warnings=4))
    assert (not told) is met, told
    if not met:
        assert text.strip() in told


def test_what_was_never_measured_is_not_met(metrics: Metrics) -> None:
    assert "nothing was measured" in threshold("latency.put.p95<9s").refuse(metrics.measured())
    assert "nothing was measured" in threshold("errors<9").refuse(Metrics().measured())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("latency.p59<300ms", "latency.p5"),
        ("latncy.p95<300ms", 'did you mean "latency.p95"'),
        ("latency.p95<300", "ms, s, m"),
        ("latency.p95<300min", "ms, s, m"),
        ("errors<3ms", "no unit, or %"),
        ("requests<3%", "no unit"),
        ("latency.p95", "write NAME<VALUE"),
        ("latency.p95<-1ms", "write NAME<VALUE"),
        ("", "write NAME<VALUE"),
    ],
)
def test_what_cannot_be_understood_is_refused(text: str, told: str) -> None:
    with pytest.raises(BadThreshold) as caught:
        threshold(text)
    assert told in str(caught.value)


def test_too_many_warnings_close_the_gate(metrics: Metrics) -> None:
    symptom: JsonObject = {"kind": "k", "message": "m", "at": "", "wanted": None, "got": None, "exchange": 0}
    found: JsonObject = {
        "id": "a.b:k",
        "requirement": "R",
        "strength": "RFC SHOULD",
        "severity": "warning",
        "symptom": symptom,
    }
    check: JsonObject = {
        "type": "check",
        "id": "a.b",
        "dialect": "",
        "dialects": [],
        "area": "a",
        "title": "t",
        "outcome": "warned",
        "requirements": ["R"],
        "findings": [found],
        "by": "",
        "submission": "",
        "data_loss": False,
        "exchanges": [],
    }
    records: list[JsonObject] = [check, {"type": "end"}]
    verdict = judge_run(records, {})
    assert Gate(max_warnings=1).opinion(verdict, records, metrics).objections == []
    [told] = Gate(max_warnings=0).opinion(verdict, records, metrics).objections
    assert told == "1 warnings, and at most 0 are allowed"
