"""Thresholds on what a run measured, such as ``latency.p95<300ms``: numbers that close the gate when passed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scimulator.catalogue.near_miss import hint
from scimulator.reporting.reading import members, number, objects, raw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimulator.exchange.strict_json import JsonObject

STATISTICS = ("p50", "p90", "p95", "p99", "max")
METHODS = ("get", "post", "put", "patch", "delete")
COUNTS = ("errors", "requests", "warnings", "failures")
NAMES = (
    *(f"latency.{each}" for each in STATISTICS),
    *(f"latency.{method}.{each}" for method in METHODS for each in STATISTICS),
    *COUNTS,
    "duration",
)
"""What can be measured: latencies of all requests or of one method, counts, and how long the run took."""
_FORM = re.compile(
    r"\s*(?P<name>[A-Za-z0-9_.]+)\s*(?P<sign><=|>=|<|>|==?)\s*(?P<value>\d+(?:\.\d+)?)\s*(?P<unit>[a-z%]*)\s*\Z"
)
_UNITS = {"ms": 1.0, "s": 1000.0, "m": 60_000.0}
_SIGNS = {
    "<": lambda seen, limit: seen < limit,
    "<=": lambda seen, limit: seen <= limit,
    ">": lambda seen, limit: seen > limit,
    ">=": lambda seen, limit: seen >= limit,
    "=": lambda seen, limit: seen == limit,
}


class BadThreshold(ValueError):  # noqa: N818  read as "a bad threshold"
    """A threshold cannot be understood; the message says why, with the nearest name."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A condition that a run has to meet: seconds for latencies and duration, a share (0 to 1) for ``errors<1%``."""

    text: str
    name: str
    sign: str
    limit: float
    share: bool = False

    def refuse(self, measured: Mapping[str, float]) -> str:
        """Return a sentence that says why the condition is not met, or an empty text.

        A condition about what was never measured is not met.
        """
        seen = measured.get("error share" if self.share else self.name)
        if seen is None:
            return f"{self.text} cannot be judged: nothing was measured"
        if _SIGNS[self.sign](seen, self.limit):
            return ""
        return f"{self.text} is not met: {self.name} was {self._shown(seen)}"

    def _shown(self, seen: float) -> str:
        if self.share:
            return f"{seen:.2%}"
        if self.name.startswith("latency"):
            return f"{seen * 1000:.1f} ms"
        return f"{seen:.1f} s" if self.name == "duration" else f"{seen:.0f}"


def threshold(text: str) -> Threshold:
    """Read a threshold.

    Raises:
        BadThreshold: naming what is wrong.
    """
    found = _FORM.match(text)
    if found is None:
        raise BadThreshold(f"{text!r} is no threshold; write NAME<VALUE, for example latency.p95<300ms or errors<1%")
    name, unit = found["name"].lower(), found["unit"]
    if name not in NAMES:
        raise BadThreshold(f"{text!r}: nothing is called {found['name']!r}{hint(name, NAMES)}")
    value = float(found["value"])
    sign = "=" if found["sign"] == "==" else found["sign"]
    if name in COUNTS:
        share = name == "errors" and unit == "%"
        if unit and not share:
            raise BadThreshold(f"{text!r}: {name} is counted and has no unit" + (", or %" if name == "errors" else ""))
        return Threshold(text.strip(), name, sign, value / 100 if share else value, share)
    if unit not in _UNITS:
        raise BadThreshold(f"{text!r}: say {', '.join(_UNITS)} behind the number, for example {name}<300ms")
    return Threshold(text.strip(), name, sign, value * _UNITS[unit] / 1000)


@dataclass(slots=True)
class Metrics:
    """Listens to a run stream and measures: latencies by method, answers 5xx or none at all, requests, duration."""

    latencies: dict[str, list[float]] = field(default_factory=dict)
    errors: int = 0
    requests: int = 0
    duration: float | None = None
    _seen: set[tuple[float, float]] = field(default_factory=set, repr=False)

    def record(self, record: JsonObject) -> None:
        """Take one record of the run."""
        if record.get("type") == "end":
            self.requests = int(number(record, "requests"))
            self.duration = number(record, "duration")
        # A passive invariant shows exchanges that other checks have shown already.
        if record.get("type") != "check" or "seen" in record:
            return
        for each in objects(record, "exchanges"):
            # Checks share what they only look at, and show it each.
            which = (number(each, "started"), number(each, "number"))
            if which in self._seen:
                continue
            self._seen.add(which)
            response = members(each, "response")
            self.errors += not response or number(response, "status") >= 500
            if response:
                method = raw(members(each, "request"), "method").lower()
                self.latencies.setdefault(method, []).append(number(each, "elapsed"))

    def measured(self, *, failures: int = 0, warnings: int = 0) -> dict[str, float]:
        """Return each measure by name; what was never seen is missing."""
        made: dict[str, float] = {"failures": failures, "warnings": warnings}
        if self.duration is not None:
            made |= {"duration": self.duration, "requests": self.requests}
        everything = sorted(each for listed in self.latencies.values() for each in listed)
        if everything or self.errors:
            made["errors"] = self.errors
            made["error share"] = self.errors / (self.requests or len(everything) + self.errors)
        for statistic in STATISTICS:
            if everything:
                made[f"latency.{statistic}"] = _statistic(everything, statistic)
            for method, listed in self.latencies.items():
                if method in METHODS:
                    made[f"latency.{method}.{statistic}"] = _statistic(sorted(listed), statistic)
        return made


def _statistic(ordered: list[float], name: str) -> float:
    """Return the nearest-rank percentile of ascending values."""
    if name == "max":
        return ordered[-1]
    return ordered[max(0, math.ceil(len(ordered) * int(name[1:]) / 100) - 1)]
