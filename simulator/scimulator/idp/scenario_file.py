"""A scenario is written as TOML; whatever is wrong in it is said with file, table, key and the nearest right name."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING, cast

from scimulator import content
from scimulator.catalogue.dialects import dialects
from scimulator.catalogue.near_miss import hint
from scimulator.catalogue.profiles import Profile
from scimulator.idp.directory import DirectoryGroup, Person
from scimulator.idp.mapping import mapping_of
from scimulator.idp.paths import BadPlaceError, parse_place
from scimulator.idp.scenario import BEYOND, Act, Event, Expectation, ExpectedDrift, Scenario

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jsonschema.exceptions import ValidationError

    from scimulator.exchange.strict_json import Json, JsonObject

FIELDS = {
    "login": "login",
    "givenName": "given_name",
    "familyName": "family_name",
    "email": "email",
    "displayName": "display_name",
    "enabled": "enabled",
    "manager": "manager",
}
"""The directory's names that are fields of ``Person``; all others are attributes."""
_PERSON, _GROUP = ("person", "people"), ("group",)
_KEYS: dict[Act, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # act: the keys of which one is needed at least, and those that may stand there besides
    Act.CONNECT: ((), ()),
    Act.CHANGE: (_PERSON, ("set",)),
    Act.RENAME_GROUP: (_GROUP, ("name",)),
    Act.JOIN: (_PERSON, _GROUP),
    Act.LEAVE: (_PERSON, _GROUP),
    Act.IMPORT: (("what",), ()),
    Act.WAIT: (("seconds", "minutes", "hours"), ()),
    Act.CYCLE: ((), ()),
    Act.RESTART: ((), ()),
    Act.RETRY: (("person", "people", "group"), ()),
    Act.PRIORITISE: (("order",), ()),
    Act.UNDO: (("control",), ()),
    Act.UNASSIGN_GROUP: (_GROUP, ()),
    **dict.fromkeys((Act.PUSH_GROUP, Act.PUSH_NOW, Act.UNLINK_GROUP, Act.DELETE_GROUP), (_GROUP, ())),
    **dict.fromkeys((Act.ASSIGN, Act.UNASSIGN, Act.REASSIGN, Act.DISABLE, Act.ENABLE), (_PERSON, ())),
    **dict.fromkeys((Act.DELETE, Act.PURGE, Act.PASSWORD), (_PERSON, ())),
}
_OPTIONAL: dict[Act, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # act: as above, but those that may stand there besides are not needed
    Act.ASSIGN_GROUP: (_GROUP, ("set", "priority")),
    Act.CONTROL: (("control",), ("person", "with")),
    Act.EXPECT: (_PERSON, ("accounts", "shows", "product", "signs-in", "session", "api-key")),
}
_ALWAYS = ("do", "note", "fails")
ONLY: dict[str, frozenset[Act]] = {
    "okta": frozenset(
        {Act.PUSH_NOW, Act.UNLINK_GROUP, Act.IMPORT, Act.PASSWORD}
        | {Act.ASSIGN_GROUP, Act.UNASSIGN_GROUP, Act.PRIORITISE, Act.RETRY}
    ),
    "entra": frozenset({Act.PURGE, Act.CYCLE, Act.RESTART}),
}
"""What only one identity provider does."""
_WORD = re.compile(r"[A-Za-z_$][\w$]*")


class ScenarioError(ValueError):
    """A scenario that cannot be played; the message names file, table and key."""


def built_in() -> dict[str, Scenario]:
    """Return the scenarios that come with the product, by name."""
    folder = content("fixtures") / "directories"
    return {
        path.name.removesuffix(".toml"): read_scenario(
            path.read_text(encoding="utf-8"), path.name.removesuffix(".toml")
        )
        for path in sorted(folder.iterdir(), key=lambda each: each.name)
        if path.name.endswith(".toml")
    }


def read_scenario(text: str, origin: str) -> Scenario:
    """Return the scenario that a text describes; ``origin`` is the file's name, for messages.

    Raises:
        ScenarioError: for anything that cannot be played.
    """
    try:
        document: JsonObject = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{origin}: this is not TOML: {error}") from error
    _validate(document, origin)
    return _Reading(document, origin).scenario()


def person_fields(values: Mapping[str, Json]) -> dict[str, Json]:
    """Return attributes under the names that ``Directory.change_person`` knows."""
    return {FIELDS.get(name, name): value for name, value in values.items()}


def _validate(document: JsonObject, origin: str) -> None:
    # jsonschema is heavy, and most commands read no scenario.
    import jsonschema  # noqa: PLC0415 - see above

    schema = json.loads((content("fixtures") / "schemas" / "scenario.schema.json").read_text("utf-8"))
    found = sorted(
        jsonschema.Draft202012Validator(schema).iter_errors(document), key=lambda one: list(map(str, one.path))
    )
    if found:
        raise ScenarioError("\n".join(f"{origin}: {_sentence(error)}" for error in found[:10]))


def _sentence(error: ValidationError) -> str:
    where = _table(error.absolute_path)
    wanted: dict[str, object] = error.schema if isinstance(error.schema, dict) else {}
    instance = error.instance
    if error.validator == "additionalProperties" and isinstance(instance, dict):
        properties = wanted.get("properties")
        known = list(properties) if isinstance(properties, dict) else []
        strangers = [str(key) for key in instance if key not in known]
        return f"{where}: " + "; ".join(f"there is no key {key!r}{hint(key, known)}" for key in strangers)
    if error.validator == "required" and isinstance(instance, dict):
        needed = cast("list[str]", wanted.get("required") or [])
        missing = [name for name in needed if name not in instance]
        near = next((f", not {key!r}" for key in instance for name in missing if hint(str(key), [name])), "")
        return f"{where}: needs the key {' and '.join(map(repr, missing))}{near}"
    values = wanted.get("enum")
    choices = [str(value) for value in values] if isinstance(values, list) else []
    expected = {
        "enum": f"one of {', '.join(choices)}",
        "type": f"of type {wanted.get('type')}",
        "minimum": f"at least {wanted.get('minimum')}",
        "minItems": "not empty",
        "minLength": "not empty",
        "minProperties": "not empty",
        "uniqueItems": "without repetition",
        "pattern": f"of {wanted.get('description', 'another form')} only",
    }.get(str(error.validator), error.message)
    near = hint(instance, choices) if choices and isinstance(instance, str) else ""
    return f"{where}: is {json.dumps(instance, default=str)[:80]}, but must be {expected}{near}"


def _table(path: Iterable[str | int]) -> str:
    """Return a place in the file as TOML writes tables: ``[[events]] 3 do``, ``[people.ada] login``."""
    parts = list(path)
    if not parts:
        return "top level"
    head, rest = str(parts[0]), parts[1:]
    if rest and isinstance(rest[0], int) and head in ("events", "mapping", "drifts"):
        return " ".join([f"[[{head}]] {int(rest[0]) + 1}", *map(str, rest[1:])])
    if rest and head in ("people", "groups"):
        return " ".join([f"[{head}.{rest[0]}]", *map(str, rest[1:])])
    return ".".join(map(str, parts))


class _Reading:
    """One file being read, after its shape was found good."""

    def __init__(self, document: JsonObject, origin: str) -> None:
        self.document = document
        self.origin = origin
        self.idp = str(document.get("idp", ""))
        self.people = cast("dict[str, JsonObject]", document["people"])
        self.groups = cast("dict[str, JsonObject]", document.get("groups", {}))
        self.rules = cast("list[JsonObject]", document.get("mapping", []))
        self.known = self._vocabulary()

    def scenario(self) -> Scenario:
        for number, rule in enumerate(self.rules, 1):
            self._check_rule(number, rule)
        people = {key: self._person(key, entry) for key, entry in self.people.items()}
        groups = {key: self._group(key, entry) for key, entry in self.groups.items()}
        assigned = self._keys(self.document.get("assigned"), self.people, "assigned", "person")
        pushed = self._keys(self.document.get("pushed"), self.groups, "pushed", "group")
        first = [Event(Act.ASSIGN, people=assigned)] if assigned else []
        first += [Event(Act.PUSH_GROUP, group=key) for key in pushed]
        listed = cast("list[JsonObject]", self.document["events"])
        foreseen = cast("list[JsonObject]", self.document.get("drifts", []))
        events = [self._event(f"[[events]] {number}", entry) for number, entry in enumerate(listed, 1)]
        # Nobody is assigned to an app whose connection was not tested.
        at = 1 if events[0].act is Act.CONNECT else 0
        events[at:at] = first
        return Scenario(
            name=self.origin,
            title=str(self.document["title"]),
            people=people,
            groups=groups,
            events=tuple(events),
            idp=self.idp,
            app=str(self.document.get("app", "SCIM app")),
            switches=tuple(cast("list[str]", self.document.get("switches", []))),
            mapping=tuple(self.rules),
            drifts=tuple(self._drift(number, entry) for number, entry in enumerate(foreseen, 1)),
        )

    def fail(self, where: str, message: str) -> ScenarioError:
        return ScenarioError(f"{self.origin}: {where}: {message}")

    def _vocabulary(self) -> frozenset[str]:
        """Return every attribute that a mapping reads, the scenario's own lines included."""
        found = set(FIELDS) | {word for rule in self.rules for word in _words(rule.get("source"))}
        return frozenset(found | _profile_vocabulary(self.idp))

    def _check_rule(self, number: int, rule: JsonObject) -> None:
        where = f"[[mapping]] {number}"
        try:
            parse_place(str(rule["target"]))
        except BadPlaceError as error:
            raise self.fail(f"{where} target", str(error)) from error
        if ("source" in rule) == bool(rule.get("remove")):
            raise self.fail(where, "needs the key 'source', or remove = true for a line that is taken away")
        if "source" in rule:
            try:
                mapping_of({"vocabulary": {}, "rules": [rule], "idp": self.idp})
            except (LookupError, TypeError, ValueError) as error:
                raise self.fail(f"{where} source", f"it cannot be read as a source: {error}") from error

    def _person(self, key: str, entry: JsonObject) -> Person:
        where = f"[people.{key}]"
        self._check_attributes(where, entry)
        names = " ".join(str(entry[name]) for name in ("givenName", "familyName") if entry.get(name))
        values: JsonObject = {"email": entry["login"], "displayName": names, **entry}
        own = {FIELDS[name]: value for name, value in values.items() if name in FIELDS}
        attributes = {name: value for name, value in values.items() if name not in FIELDS}
        return Person(id=key, **own, attributes=attributes)  # type: ignore[arg-type] # the schema has seen to the types

    def _check_attributes(self, where: str, values: JsonObject) -> None:
        for name in values:
            if name not in self.known:
                near = hint(name, self.known)
                raise self.fail(where, f"no mapping reads the attribute {name!r}{near}; add a [[mapping]] for it")
        boss = values.get("manager")
        if boss is not None and boss not in self.people:
            raise self.fail(f"{where} manager", f"there is no person {boss!r}{hint(str(boss), self.people)}")

    def _group(self, key: str, entry: JsonObject) -> DirectoryGroup:
        members = self._keys(entry.get("members"), self.people, f"[groups.{key}] members", "person")
        return DirectoryGroup(key, str(entry.get("name", key)), members)

    def _keys(self, value: Json, known: Mapping[str, object], where: str, what: str) -> tuple[str, ...]:
        keys = [str(key) for key in value] if isinstance(value, list) else []
        for key in keys:
            if key not in known:
                raise self.fail(where, f"there is no {what} {key!r}{hint(key, known)}")
        return tuple(keys)

    def _event(self, where: str, entry: JsonObject) -> Event:
        act = Act(str(entry["do"]))
        for idp, acts in ONLY.items():
            if act in acts and self.idp not in ("", idp):
                raise self.fail(f"{where} do", f"{self.idp} does not {act.value!r}; only {idp} does")
        one_of, more = _KEYS[act] if act in _KEYS else _OPTIONAL[act]
        allowed = {*_ALWAYS, *one_of, *more}
        strangers = [key for key in entry if key not in allowed]
        if strangers:
            keys = ", ".join(sorted(allowed - {*_ALWAYS})) or "nothing more"
            raise self.fail(where, f"{act.value!r} takes {keys}, and not {', '.join(strangers)}")
        for needed in (one_of, *((each,) for each in more if act in _KEYS)):
            if needed and not any(key in entry for key in needed):
                raise self.fail(where, f"{act.value!r} needs the key {' or '.join(map(repr, needed))}")
        if "person" in entry and "people" in entry:
            raise self.fail(where, "give either 'person' or 'people'")
        listed: Json = [entry["person"]] if "person" in entry else entry.get("people")
        group = str(entry.get("group", ""))
        if group and group not in self.groups:
            raise self.fail(f"{where} group", f"there is no group {group!r}{hint(group, self.groups)}")
        values = cast("JsonObject", entry.get("set", {}))
        if act is not Act.ASSIGN_GROUP:  # what a group gives are names of the app's own schema
            self._check_attributes(f"{where} set", values)
        if act in BEYOND and entry.get("fails"):
            raise self.fail(where, f"{act.value!r} is not what fails; say it of what the identity provider does")
        place = entry.get("priority")
        return Event(
            act,
            people=self._keys(listed, self.people, f"{where} {'person' if 'person' in entry else 'people'}", "person"),
            group=group,
            values=values,
            name=str(entry.get("name", "")),
            what=str(entry.get("what", "")),
            seconds=sum(_number(entry.get(unit)) * size for unit, size in _UNITS.items()),
            priority=place if isinstance(place, int) else None,
            order=self._keys(entry.get("order"), self.groups, f"{where} order", "group"),
            control=str(entry.get("control", "")),
            parameters=cast("JsonObject", entry.get("with", {})),
            expected=self._expectation(where, entry) if act is Act.EXPECT else None,
            fails=bool(entry.get("fails")),
            note=str(entry.get("note", "")),
        )

    def _expectation(self, where: str, entry: JsonObject) -> Expectation:
        asked = set(_OPTIONAL[Act.EXPECT][1])
        if not asked & entry.keys():
            raise self.fail(where, f"'expect' needs at least one of {', '.join(sorted(asked))}")
        accounts = entry.get("accounts")
        return Expectation(
            accounts=accounts if isinstance(accounts, int) else None,
            shows=cast("JsonObject", entry.get("shows", {})),
            product=cast("JsonObject", entry.get("product", {})),
            signs_in=_works(entry.get("signs-in")),
            session=_works(entry.get("session")),
            api_key=_works(entry.get("api-key")),
        )

    def _drift(self, number: int, entry: JsonObject) -> ExpectedDrift:
        person = str(entry["person"])
        if person not in self.people:
            raise self.fail(f"[[drifts]] {number} person", f"there is no person {person!r}{hint(person, self.people)}")
        return ExpectedDrift(person, str(entry["at"]))


_UNITS = {"seconds": 1, "minutes": 60, "hours": 3600}


def _works(value: Json) -> bool | None:
    return None if value is None else value == "works"


def _number(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


@cache
def _profile_vocabulary(idp: str) -> frozenset[str]:
    found: set[str] = set()
    for dialect in dialects():
        if idp in ("", dialect.idp):
            data = Profile.load(dialect).mapping
            words = cast("dict[str, str]", data["vocabulary"])
            read = {
                word for rule in cast("list[JsonObject]", data["rules"]) for word in _words(rule.get("source"))
            } - set(words)
            found |= read | set(words.values())
    return frozenset(found)


def _words(source: Json) -> set[str]:
    """Return the words of a rule's source that may name an attribute."""
    if isinstance(source, str):
        return set(_WORD.findall(source))
    if isinstance(source, dict):
        return {word for key, value in source.items() if key not in ("constant", "with") for word in _words(value)}
    if isinstance(source, list):
        return {word for value in source for word in _words(value)}
    return set()
