"""What a scenario does and looks at outside the identity provider: controls of the product, and expectations.

A control is done at the desk, which writes it down before and undoes it in the end. An expectation reads the target
anew: every account with the person's userName in any case, and what the product shows of the member.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from scimulator import __version__
from scimulator.exchange.message import Purpose, Request
from scimulator.idp.driving.log import Entry, Status
from scimulator.idp.flow import Outcome
from scimulator.idp.paths import BadPlaceError, parse_place
from scimulator.idp.scenario import Act
from scimulator.target.cleaning import marked
from scimulator.target.controls.canonical import canonical_controls
from scimulator.target.controls.errors import ControlError
from scimulator.target.guest import resource_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.driving.stage import Stage
    from scimulator.idp.scenario import Event, Expectation
    from scimulator.target.controls.desk import ControlDesk, Done
    from scimulator.target.target import Target

_HEADERS = (("User-Agent", f"scimulator/{__version__}"), ("Accept", "application/scim+json"))
_MAKERS = ("log-in", "invite")
"""Controls by which the product makes accounts itself."""
_LOOKS = 3
_PAUSE = 0.3
"""Seconds between looks at a target that answers before it has stored."""


class Beyond(Protocol):
    """Whoever does what lies outside the identity provider; ``live`` tells whether anything really happens."""

    @property
    def live(self) -> bool:
        """Whether anything really happens, so that what has to fail can fail."""
        ...

    def entries(self, stage: Stage, event: Event) -> Iterator[Entry]:
        """Do one event ``control``, ``undo`` or ``expect`` and yield a line of the log for each person concerned."""
        ...


class NothingBeyond:
    """Serves a dry run: says what would be done, and does nothing."""

    live = False

    def entries(self, stage: Stage, event: Event) -> Iterator[Entry]:
        """Yield a line that says that nothing is sent."""
        told = {
            Act.CONTROL: f"{event.control}: done in the product, not by SCIM",
            Act.UNDO: f"{event.control}: undone in the product",
        }.get(event.act, "a look at the target")
        yield _entry(stage, event, event.people[0] if event.people else "", Status.SKIPPED, [told])


@dataclass(slots=True)
class LiveBeyond:
    """Does it on a target; ``mark`` is that of the run, by which its accounts are found.

    ``intend`` writes down that an account is about to be made.

    Without the mark (names as they stand) accounts are looked for by filter alone.
    """

    target: Target
    desk: ControlDesk
    mark: str
    intend: Callable[[str, str], object] | None = None
    _open: list[Done] = field(default_factory=list)
    _sessions: dict[str, str] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)

    @property
    def live(self) -> bool:
        """It really happens."""
        return True

    def entries(self, stage: Stage, event: Event) -> Iterator[Entry]:
        """Do one event."""
        match event.act:
            case Act.CONTROL:
                for key in event.people or ("",):
                    yield self._control(stage, event, key)
            case Act.UNDO:
                yield self._undo(stage, event)
            case _:
                for key in event.people:
                    yield self._expect(stage, event, key)

    # -- controls

    def _control(self, stage: Stage, event: Event, key: str) -> Entry:
        canonical = canonical_controls().get(event.control)
        parameters: JsonObject = {name: _filled(value, _login(stage, key)) for name, value in event.parameters.items()}
        if key and (canonical is None or "email" in canonical.parameters):
            parameters.setdefault("email", _login(stage, key))
        if canonical is not None and set(canonical.parameters) != set(parameters):
            wanted = ", ".join(canonical.parameters) or "nothing"
            told = f"the control {event.control} takes {wanted}; give person for email and the others in with"
            return _entry(stage, event, key, Status.FAILURE, [told])
        if event.control in _MAKERS and key and stage.app.link(stage.ids[key]) is None and self.intend is not None:
            # The product may make an account of its own, and whoever cleans up has to know.
            self.intend("/Users", _login(stage, key))
        try:
            done = self.desk.do(event.control, parameters)
        except ControlError as error:
            return _entry(stage, event, key, Status.FAILURE, [str(error)])
        self._open.append(done)
        answer = done.answer or {}
        if event.control == "log-in" and isinstance(answer.get("session"), str):
            self._sessions[key] = str(answer["session"])
        if event.control == "make-api-key":
            self._keys[key] = str(answer.get("key", ""))
        title = canonical.title if canonical is not None else event.control
        refused = answer.get("ok") is False
        return _entry(stage, event, key, Status.SUCCESS, [f"{title}{': refused by the product' if refused else ''}"])

    def _undo(self, stage: Stage, event: Event) -> Entry:
        done = next((each for each in reversed(self._open) if each.control.name == event.control), None)
        if done is None:
            return _entry(
                stage, event, "", Status.FAILURE, [f"{event.control} was not done before, or is undone already"]
            )
        try:
            self.desk.undo(done)
        except ControlError as error:
            return _entry(stage, event, "", Status.FAILURE, [str(error)])
        self._open.remove(done)
        return _entry(stage, event, "", Status.SUCCESS, [f"{event.control} is undone"])

    # -- looking

    def _expect(self, stage: Stage, event: Event, key: str) -> Entry:
        expected = event.expected
        assert expected is not None  # noqa: S101  # the reader of the file gives every such event one
        good: list[str] = []
        bad: list[str] = []
        for look in range(_LOOKS):
            good, bad = [], []
            self._look(stage, key, expected, good, bad)
            if not bad or self.target.dead is not None:
                break
            if look + 1 < _LOOKS:
                self.target.clock.sleep(_PAUSE)
        if bad:
            return _entry(stage, event, key, Status.FAILURE, bad)
        return _entry(stage, event, key, Status.SUCCESS, ["as expected: " + "; ".join(good)])

    def _look(self, stage: Stage, key: str, expected: Expectation, good: list[str], bad: list[str]) -> None:
        login = _login(stage, key)
        if expected.accounts is not None or expected.shows:
            accounts = self._accounts(login)
            if expected.accounts is not None:
                ids = ", ".join(accounts) or "none"
                wrong = len(accounts) != expected.accounts
                told = f"{_count(len(accounts))} called {login} in any case"
                (bad if wrong else good).append(f"{told}, expected {expected.accounts} (ids: {ids})" if wrong else told)
            if expected.shows:
                self._shown(accounts, login, expected.shows, good, bad)
        for member in [self._member(login)] if expected.product else []:
            for name, value in expected.product.items():
                shown = None if member is None else member.get(name)
                wanted = _filled(value, login)
                wrong = shown != wanted
                told = (
                    "the product knows no such member" if member is None else f"the product shows {name} {_text(shown)}"
                )
                (bad if wrong else good).append(f"{told}, expected {_text(wanted)}" if wrong else told)
        self._doors(key, login, expected, good, bad)

    def _doors(self, key: str, login: str, expected: Expectation, good: list[str], bad: list[str]) -> None:
        session, api_key = self._sessions.get(key, ""), self._keys.get(key, "")
        asked: list[tuple[bool | None, str, JsonObject, str]] = [
            (expected.signs_in, "log-in", {"email": login}, "a sign-in"),
            (expected.session, "sign-in-works", {"session": session}, "the session from before"),
            (expected.api_key, "use-api-key", {"key": api_key}, "the API key from before"),
        ]
        for wanted, control, parameters, what in asked:
            if wanted is None:
                continue
            if "" in parameters.values():
                bad.append(f"{what} cannot be tried: no event before made one")
                continue
            try:
                works = (self.desk.do(control, parameters).answer or {}).get("ok") is True
            except ControlError as error:
                bad.append(str(error))
                continue
            told = f"{what} {'works' if works else 'is refused'}"
            (good if works is wanted else bad).append(told if works is wanted else f"{told}, expected the opposite")

    def _accounts(self, login: str) -> list[str]:
        """Return the ids of all accounts whose userName is the login in any case, each once."""
        found: dict[str, None] = {}
        for name in dict.fromkeys((login, login.lower(), login.upper())):
            escaped = name.replace("\\", "\\\\").replace('"', '\\"')
            for resource in self._listed(f'userName eq "{escaped}"'):
                if str(_named(resource, "userName")).casefold() == login.casefold():
                    found[str(resource.get("id"))] = None
        if self.mark:
            # A filter that tells cases apart, or finds too little, must not hide a second account.
            for id_, label in marked(self.target, "/Users"):
                if label.casefold() == login.casefold():
                    found[id_] = None
        return list(found)

    def _listed(self, text: str) -> list[JsonObject]:
        body = self._get(f"/Users?filter={quote(text, safe='')}")
        resources = body.get("Resources")
        return [each for each in resources if isinstance(each, dict)] if isinstance(resources, list) else []

    def _shown(
        self, accounts: list[str], login: str, shows: Mapping[str, Json], good: list[str], bad: list[str]
    ) -> None:
        resource = self._get(resource_target("/Users", accounts[0])) if accounts else {}
        for path, value in shows.items():
            wanted = _filled(value, login)
            try:
                shown = parse_place(path).find(resource)
            except BadPlaceError as error:
                bad.append(str(error))
                continue
            same = shown == wanted
            told = f"{path} is {_text(shown)}" if accounts else f"there is no account called {login}"
            (good if same else bad).append(told if same else f"{told}, expected {_text(wanted)}")

    def _member(self, login: str) -> JsonObject | None:
        listed = (self.desk.do("members", {}).answer or {}).get("members")
        for each in listed if isinstance(listed, list) else []:
            if isinstance(each, dict) and str(each.get("email", "")).casefold() == login.casefold():
                return each
        return None

    def _get(self, place: str) -> JsonObject:
        exchange = self.target.send(Request("GET", place, _HEADERS), purpose=Purpose.EVIDENCE)
        ok = exchange.response is not None and exchange.response.status == 200
        return exchange.document.object if ok else {}


def _login(stage: Stage, key: str) -> str:
    person = stage.directory.people.get(stage.ids[key]) if key else None
    return person.login if person is not None else ""


def _filled(value: Json, login: str) -> Json:
    if not isinstance(value, str):
        return value
    return value.replace("{login.lower}", login.lower()).replace("{login}", login)


def _named(resource: JsonObject, name: str) -> Json:
    return next((value for key, value in resource.items() if key.lower() == name.lower()), None)


def _text(value: Json) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def _count(number: int) -> str:
    return f"{number} account{'' if number == 1 else 's'}"


def _entry(stage: Stage, event: Event, key: str, status: Status, messages: list[str]) -> Entry:
    return Entry(
        number=0,
        at=stage.directory.clock.now(),
        actor="the product" if event.act is not Act.EXPECT else "scimulator",
        act=f"{event.act.value} {event.control}".strip(),
        name="",
        key=key,
        subject=_login(stage, key),
        status=status,
        outcome=Outcome.FAILED if status is Status.FAILURE else Outcome.UNCHANGED,
        messages=tuple(messages),
        notes=(event.note,) if event.note else (),
    )
