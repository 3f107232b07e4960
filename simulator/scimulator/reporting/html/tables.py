"""The tables of a report: dialect by capability, coverage of the requirements, latency, and the environment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimulator.exchange.strict_json import read_json
from scimulator.reporting.failures import path_pattern
from scimulator.reporting.reading import header, members, number, objects, plain, raw, word, words
from scimulator.reporting.terminal import dialect_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scimulator.catalogue.requirements import Requirement
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.reporting.verdict import Verdict

CAPABILITIES: Mapping[str, tuple[str, ...]] = {
    "Connect": ("connection",),
    "Match": ("match", "import"),
    "Create": ("provision", "assign"),
    "Update": ("update", "push", "manager", "roles"),
    "Deactivate": ("deactivate", "reactivate", "soft-delete", "restore", "delete"),
    "Groups": ("groups",),
    "Submission": ("gallery", "validator", "spec"),
}
"""Columns of the matrix, and the second parts of the check ids that count in each."""
_OTHER = "Other"
_RAN = ("passed", "warned", "failed")
_PERCENTILES = (50, 90, 95, 99)
_BOUNDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Upper bounds of the histogram in milliseconds."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One capability in one dialect: checks that held, that could run, and that there were."""

    capability: str
    held: int
    ran: int
    planned: int

    @property
    def state(self) -> str:
        """Return in one word what the cell says."""
        if not self.planned:
            return "none"
        if not self.ran:
            return "unknown"
        return "good" if self.held == self.ran == self.planned else "partly" if self.held == self.ran else "bad"


def matrix(verdict: Verdict) -> tuple[list[str], list[tuple[str, str, list[Cell]]]]:
    """Return the capabilities that occur, and for each dialect its id, its name and a cell for each of them."""
    tally: Counter[tuple[str, str, str]] = Counter()
    for check in verdict.checks:
        capability = _capability(word(check, "id"))
        outcome = raw(check, "outcome")
        for name in words(check, "dialects"):
            tally[name, capability, "planned"] += outcome != "not-applicable"
            tally[name, capability, "ran"] += outcome in _RAN
            tally[name, capability, "held"] += outcome in ("passed", "warned")
    used = [each for each in (*CAPABILITIES, _OTHER) if any(key[1] == each and tally[key] for key in tally)]
    rows = [
        (
            each.dialect,
            dialect_name(each.dialect),
            [Cell(one, *(tally[each.dialect, one, what] for what in ("held", "ran", "planned"))) for one in used],
        )
        for each in verdict.dialects
    ]
    return used, rows


def _capability(check: str) -> str:
    second = check.split(".")[1:2]
    return next((name for name, parts in CAPABILITIES.items() if second and second[0] in parts), _OTHER)


def coverage(verdict: Verdict, known: Mapping[str, Requirement]) -> list[Json]:
    """Return every requirement of the catalogue with what the run says of it.

    ``state`` is ``held``, ``refuted``, ``warned``, ``blocked`` (a check was due and could not run) or ``untested``.
    """
    states: dict[str, str] = {}
    rank = ("untested", "blocked", "held", "warned", "refuted")
    for check in verdict.checks:
        outcome = raw(check, "outcome")
        if outcome in ("passed", "warned"):
            named = dict.fromkeys(words(check, "requirements"), "held")
        else:
            named = dict.fromkeys(words(check, "requirements"), "blocked" if outcome == "blocked" else "untested")
        for found in objects(check, "findings"):
            named[raw(found, "requirement")] = "refuted" if found.get("severity") == "failure" else "warned"
        for name, state in named.items():
            states[name] = max(states.get(name, "untested"), state, key=rank.index)
    return [
        {
            "id": each.id,
            "source": each.rfc or each.id.partition("-")[0].capitalize(),
            "strength": each.strength.value,
            "citation": each.citation,
            "url": address_of(each),
            "statement": each.statement,
            "rulings": list(each.rulings),
            "state": states.get(each.id, "untested"),
        }
        for each in known.values()
    ]


def address_of(owed: Requirement) -> str:
    """Return where the requirement can be read, as an https address, or an empty text."""
    if owed.rfc.startswith("RFC"):
        section = owed.section.split(",")[0].strip()
        anchor = f"#section-{section}" if section[:1].isdigit() else ""
        return f"https://www.rfc-editor.org/rfc/{owed.rfc.lower()}{anchor}"
    return next((each for each in owed.source if each.startswith("https://")), "")


def covered(rows: Sequence[Json]) -> list[tuple[str, dict[str, int]]]:
    """Return for each source how many requirements are in each state."""
    made: dict[str, Counter[str]] = {}
    for row in rows:
        if isinstance(row, dict):
            made.setdefault(raw(row, "source"), Counter())[raw(row, "state")] += 1
    return [(name, dict(tally) | {"all": tally.total()}) for name, tally in made.items()]


@dataclass(frozen=True, slots=True)
class Latency:
    """How long one kind of request took, in milliseconds; ``percentiles`` are the 50th, 90th, 95th and 99th."""

    kind: str
    count: int
    percentiles: tuple[float, ...]
    slowest: float


def latency(verdict: Verdict) -> tuple[list[Latency], list[tuple[str, int]]]:
    """Return the latency of all requests and of each kind, and a histogram of (label, count)."""
    times: dict[str, list[float]] = {}
    for exchange in _exchanges(verdict):
        request = members(exchange, "request")
        path = path_pattern(raw(request, "target").partition("?")[0])
        times.setdefault(f"{word(request, 'method')} {plain(path)[:60]}", []).append(number(exchange, "elapsed") * 1000)
    if not times:
        return [], []
    every = sorted(each for listed in times.values() for each in listed)
    kinds = sorted(times.items(), key=lambda pair: -len(pair[1]))[:20]
    rows = [_latency("All requests", every), *(_latency(kind, sorted(listed)) for kind, listed in kinds)]
    return rows, _histogram(every)


def _latency(kind: str, ordered: Sequence[float]) -> Latency:
    def at(share: int) -> float:
        return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * share // 100) - 1))]

    return Latency(kind, len(ordered), tuple(at(share) for share in _PERCENTILES), ordered[-1])


def _histogram(ordered: Sequence[float]) -> list[tuple[str, int]]:
    made: list[tuple[str, int]] = []
    below = 0.0
    for bound in _BOUNDS:
        made.append((f"≤ {bound} ms", sum(1 for each in ordered if below < each <= bound or (not below and each <= 0))))
        below = bound
    made.append((f"> {_BOUNDS[-1]} ms", sum(1 for each in ordered if each > below)))
    filled = [place for place, (_, count) in enumerate(made) if count]
    return made[filled[0] : filled[-1] + 1]


def environment(verdict: Verdict) -> list[tuple[str, str]]:
    """Return what is known of the run and of the product behind the target, as labelled texts."""
    head, foot = verdict.header, verdict.footer
    rows = [
        ("Target", word(head, "target")),
        ("Address", word(head, "base_url")),
        ("Started", word(head, "started")),
        ("Run", word(head, "run")),
        ("Scimulator", word(head, "scimulator")),
        ("Seed", word(head, "seed")),
        ("Dialects", ", ".join(dialect_name(each) for each in words(head, "dialects"))),
        ("Selected", ", ".join(words(head, "selected")) or "everything"),
        ("Fails on", word(head, "fail_on").upper()),
        ("Quirks", ", ".join(f"{plain(name)} = {word({name: told}, name)}" for name, told in _declared(head))),
        ("Observed", ", ".join(_observed(verdict))),
        ("Requests", f"{number(foot, 'requests'):.0f} in {number(foot, 'duration'):.1f} s" if foot else ""),
        ("Resources", f"{number(foot, 'made'):.0f} made, {number(foot, 'removed'):.0f} removed" if foot else ""),
        ("Left behind", ", ".join(words(foot, "left_behind"))),
        *_product(verdict),
    ]
    return [(label, text) for label, text in rows if text]


def _declared(head: JsonObject) -> Iterable[tuple[str, Json]]:
    return members(head, "quirks").items()


def _observed(verdict: Verdict) -> list[str]:
    """Return the values of quirks that probes saw, each once."""
    seen = [
        f"{word(each, 'quirk')} = {word(each, 'value')}"
        for check in verdict.checks
        for each in objects(check, "observations")
    ]
    return list(dict.fromkeys(seen))


def _product(verdict: Verdict) -> Iterator[tuple[str, str]]:
    seen: dict[str, str] = {}
    promised: JsonObject = {}
    for exchange in _exchanges(verdict):
        response = members(exchange, "response")
        for name in ("Server", "X-Powered-By", "Via", "RateLimit-Limit", "X-RateLimit-Limit", "X-Rate-Limit-Limit"):
            value = header(response, name) if name not in seen else None
            if value:
                seen[name] = plain(value)[:200]
        if not promised and raw(members(exchange, "request"), "target").startswith("/ServiceProviderConfig"):
            promised = read_json(raw(response, "body").encode("utf-8", "surrogatepass")).object
    yield from seen.items()
    told = [
        f"{plain(name)}: {'yes' if part.get('supported') is True else 'no'}"
        for name, part in promised.items()
        if isinstance(part, dict) and "supported" in part
    ]
    yield "ServiceProviderConfig", ", ".join(told)[:1000]


def _exchanges(verdict: Verdict) -> Iterator[JsonObject]:
    for check in verdict.checks:
        yield from objects(check, "exchanges")
