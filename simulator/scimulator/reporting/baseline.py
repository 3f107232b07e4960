"""A baseline: deviations that somebody knows of and answers for, so that the gate only closes for new ones.

It is a TOML file with one ``[[known]]`` per deviation (``fixtures/schemas/baseline.schema.json``)::

    [[known]]
    finding = "membership.remove-one:not-applied@members[*].value"
    reason = "SCIM-142: the group endpoint ignores the value filter"
    link = "https://tracker.example.com/SCIM-142"
    until = 2027-03-31
    dialect = "entra.legacy"

``finding`` is the id of a finding, or a pattern in which ``*`` stands for anything. ``reason`` is required. After the
day ``until`` the entry no longer counts. With ``dialect`` the deviation is only known as far as that dialect is
concerned.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from scimulator import content
from scimulator.catalogue.near_miss import hint
from scimulator.reporting.baseline_file import Span, spans
from scimulator.reporting.reading import objects, plain, raw, word, words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scimulator.exchange.strict_json import JsonObject

UNEXPLAINED = "to be explained"
"""How a reason begins that nobody has written yet; the gate does not accept it."""
DEFAULT_FILE = "scimulator-baseline.toml"
_RAN = ("passed", "warned", "failed")
_KEYS = ("finding", "reason", "link", "until", "dialect")


class BadBaseline(ValueError):  # noqa: N818  read as "a bad baseline"
    """A file cannot be used as a baseline; the message names the file, the line and what to do."""


class Standing(StrEnum):
    """What a run says of an entry."""

    KNOWN = "known"
    """The finding was seen again."""
    STALE = "stale"
    """Its check ran, and the finding is gone."""
    EXPIRED = "expired"
    """Its day is over."""
    UNEXPLAINED = "without a reason"
    """Nobody has written why."""
    NOT_JUDGED = "not judged"
    """Its check did not run, was not in scope, or was blocked."""


@dataclass(frozen=True)
class Entry:
    """One known deviation and the lines of the file on which it stands."""

    finding: str
    reason: str
    span: Span
    link: str = ""
    until: date | None = None
    dialect: str = ""

    @property
    def explained(self) -> bool:
        """Whether somebody has written a reason."""
        return bool(self.reason.strip()) and not self.reason.strip().lower().startswith(UNEXPLAINED)

    @property
    def head(self) -> str:
        """The part of the finding that names the check."""
        return self.finding.partition(":")[0]

    @cached_property
    def _whole(self) -> Callable[[str], object]:
        return _pattern(self.finding)

    @cached_property
    def _checks(self) -> Callable[[str], object]:
        return _pattern(self.head)

    def covers(self, check: JsonObject, finding: JsonObject) -> bool:
        """Tell whether it is about this finding."""
        return self._concerns(check) and bool(self._whole(raw(finding, "id")))

    def could_cover(self, check: JsonObject) -> bool:
        """Tell whether a finding of this check could be meant."""
        if not self._concerns(check):
            return False
        name, dialect = raw(check, "id"), raw(check, "dialect")
        return bool(self._checks(f"{name}[{dialect}]" if dialect else name))

    def _concerns(self, check: JsonObject) -> bool:
        return not self.dialect or self.dialect in (raw(check, "dialect"), *words(check, "dialects"))

    def expired(self, today: date) -> bool:
        """Tell whether its day is over."""
        return self.until is not None and self.until < today


@dataclass(frozen=True, slots=True)
class Judgement:
    """An entry, what a run says of it, and a sentence that tells why; the sentence names lines and what to do."""

    entry: Entry
    standing: Standing
    told: str = ""

    @property
    def closes(self) -> bool:
        """Whether it closes the gate."""
        return self.standing in (Standing.STALE, Standing.EXPIRED, Standing.UNEXPLAINED)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a file, in its order."""

    name: str
    entries: tuple[Entry, ...] = ()
    text: str = field(default="", repr=False)

    def apply(self, records: Sequence[JsonObject]) -> list[JsonObject]:
        """Return the records of a run in which each known finding has a member ``known``: reason, link, until, dialect.

        Whatever reads such records (verdict, HTML, SARIF) tells known findings from new ones. Entries that are expired
        or without a reason make nothing known.
        """
        today = day_of(records)
        valid = [each for each in self.entries if each.explained and not each.expired(today)]
        return [self._applied(record, valid) if record.get("type") == "check" else record for record in records]

    def _applied(self, check: JsonObject, valid: Sequence[Entry]) -> JsonObject:
        found = objects(check, "findings")
        if not found:
            return check
        marked: list[JsonObject] = []
        for each in found:
            fitting = [entry for entry in valid if entry.covers(check, each)]
            if not fitting:
                marked.append(each)
                continue
            spoken = raw(check, "dialect")
            whole = [entry for entry in fitting if not entry.dialect or entry.dialect == spoken]
            lead = (whole or fitting)[0]
            known: JsonObject = {"reason": lead.reason, "link": lead.link, "lines": str(lead.span)}
            known["until"] = lead.until.isoformat() if lead.until else ""
            known["dialects"] = [] if whole else [entry.dialect for entry in fitting]
            marked.append({**each, "known": known})
        return {**check, "findings": list(marked)}

    def judge(self, records: Sequence[JsonObject]) -> list[Judgement]:
        """Return what a run says of each entry; only what really ran and is in scope is called stale."""
        today = day_of(records)
        checks = [record for record in records if record.get("type") == "check"]
        ended = any(record.get("type") == "end" for record in records)
        header = next((record for record in records if record.get("type") == "run"), {})
        return [self._judged(each, checks, words(header, "dialects"), today, ended=ended) for each in self.entries]

    def _judged(
        self, entry: Entry, checks: Sequence[JsonObject], scope: Sequence[str], today: date, *, ended: bool
    ) -> Judgement:
        where = f"{plain(self.name)}, {entry.span}"
        concerned = [check for check in checks if entry.could_cover(check)]
        if entry.dialect and entry.dialect not in scope:
            return Judgement(entry, Standing.NOT_JUDGED, f"{entry.dialect} is not in scope")
        if not concerned:
            return Judgement(entry, Standing.NOT_JUDGED, "its check is not part of this run")
        seen = [found for check in concerned for found in objects(check, "findings") if entry.covers(check, found)]
        named = plain(entry.finding)
        if seen:
            if entry.expired(today):
                told = (
                    f"{where}: {named} was to be gone by {entry.until} and is still there; mend it, or give a new date"
                )
                return Judgement(entry, Standing.EXPIRED, told)
            if not entry.explained:
                told = f"{where}: {named} has no reason yet; write why it is accepted in place of {UNEXPLAINED!r}"
                return Judgement(entry, Standing.UNEXPLAINED, told)
            return Judgement(entry, Standing.KNOWN)
        unrun = [check for check in concerned if word(check, "outcome") in ("blocked", "error")]
        if not ended or unrun or not any(word(check, "outcome") in _RAN for check in concerned):
            why = f"{word(unrun[0], 'id')} was {word(unrun[0], 'outcome')}" if unrun else "its check did not run"
            return Judgement(entry, Standing.NOT_JUDGED, why if ended else "the run was interrupted")
        others = list(dict.fromkeys(word(found, "id") for check in concerned for found in objects(check, "findings")))
        # A pattern may cover one check and not the next; only where nothing is found at all everything passes.
        how = f"was not seen (the check now shows {', '.join(others[:3])})" if others else "is gone: its check passes"
        return Judgement(entry, Standing.STALE, f"{where}: {named} {how}; delete {entry.span}")


def read_baseline(path: Path) -> Baseline:
    """Read a baseline.

    Raises:
        BadBaseline: when the file cannot be read, is not TOML or has a wrong or missing value.
    """
    name = str(path)
    try:
        text = path.read_text("utf-8")
        document = tomllib.loads(text)
    except FileNotFoundError as error:
        told = (
            f"{name}: there is no such baseline; scimulator baseline update --baseline {name} makes it of the last run"
        )
        raise BadBaseline(told) from error
    except OSError as error:
        raise BadBaseline(f"{name}: the baseline cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadBaseline(f"{name}: this is not TOML: {error}") from error
    listed = document.get("known", [])
    found = spans(text)
    if not isinstance(listed, list) or len(found) != len(listed):
        raise BadBaseline(f"{name}: write each known deviation as a table of its own, [[known]]")
    _validate(document, found, name)
    return Baseline(name, tuple(_entry(each, span) for each, span in zip(listed, found, strict=True)), text)


def day_of(records: Sequence[JsonObject]) -> date:
    """Return the day of a run, in UTC; so a report made later judges dates as the run did."""
    started = next((raw(record, "started") for record in records if record.get("type") == "run"), "")
    return date.fromisoformat(started[:10]) if started else date.min


def _entry(given: JsonObject, span: Span) -> Entry:
    until = given.get("until")
    return Entry(
        finding=raw(given, "finding"),
        reason=raw(given, "reason"),
        span=span,
        link=raw(given, "link"),
        until=date.fromisoformat(until) if isinstance(until, str) else until if isinstance(until, date) else None,
        dialect=raw(given, "dialect"),
    )


def _validate(document: JsonObject, found: Sequence[Span], name: str) -> None:
    import jsonschema  # noqa: PLC0415  heavy, and only a run with a baseline needs it

    strangers = [key for key in document if key != "known"]
    if strangers:
        raise BadBaseline(f"{name}: there is no table {strangers[0]!r}{hint(strangers[0], ['known'])}; write [[known]]")
    schema = json.loads((content("fixtures") / "schemas" / "baseline.schema.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(
        {**schema["$defs"]["known"]}, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    for given, span in zip(objects(document, "known"), found, strict=True):
        # JSON knows no dates: TOML's own are written as text.
        until = given.get("until")
        if until is not None and (not isinstance(until, date | str) or hasattr(until, "hour")):
            raise BadBaseline(f"{name}, {span}: until is a day, for example 2027-03-31")
        as_json = {key: value.isoformat() if isinstance(value, date) else value for key, value in given.items()}
        for error in validator.iter_errors(as_json):
            raise BadBaseline(f"{name}, {span}: {_sentence(error, given)}")
        dialect = given.get("dialect")
        if isinstance(dialect, str):
            _know_dialect(dialect, f"{name}, {span}")


def _sentence(error: object, given: JsonObject) -> str:
    validator, path = getattr(error, "validator", ""), list(getattr(error, "absolute_path", []))
    if validator == "additionalProperties":
        stranger = next(key for key in given if key not in _KEYS)
        return f"there is no key {stranger!r}{hint(stranger, _KEYS)}"
    if validator == "required":
        missing = next(key for key in ("finding", "reason") if key not in given)
        return f"{missing} is missing" + ("; write why the deviation is accepted" if missing == "reason" else "")
    told = {"format": "is no day, for example 2027-03-31", "type": "has the wrong type", "minLength": "is empty"}
    shown = "must be an http(s) address" if validator == "pattern" else told.get(str(validator), "cannot be used")
    return f"{path[0] if path else 'the entry'} {shown}"


def _know_dialect(name: str, where: str) -> None:
    from scimulator.catalogue.dialects import UnknownDialectError, dialect  # noqa: PLC0415  rarely needed

    try:
        dialect(name)
    except UnknownDialectError as error:
        raise BadBaseline(f"{where}: {error}") from error


def _pattern(text: str) -> Callable[[str], object]:
    return re.compile(".*".join(re.escape(part) for part in text.split("*")), re.DOTALL).fullmatch
