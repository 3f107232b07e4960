"""Where controls are done, written down before, and undone: last done, first undone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from scimulator.target.controls.actions import Surroundings, perform
from scimulator.target.controls.canonical import canonical_controls, is_secret
from scimulator.target.controls.errors import ControlError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.target.controls.definition import Control
    from scimulator.target.settings import Settings
    from scimulator.target.target import Target


class ControlJournal(Protocol):
    """What the desk needs of the journal."""

    def control(self, name: str, parameters: JsonObject) -> int:
        """Note, before it is done, that a control is about to be done; return its number."""
        ...

    def answered(self, number: int, answer: JsonObject) -> None:
        """Note what do answered, without secrets."""
        ...

    def undone(self, number: int) -> None:
        """Note that it is undone, or was never done."""
        ...


@dataclass(slots=True)
class Done:
    """A control that was done, or may have been: ``answer`` is None where do did not come to an end."""

    control: Control
    parameters: JsonObject
    number: int
    answer: JsonObject | None = None


@dataclass(slots=True)
class ControlDesk:
    """The controls of one target in one run.

    ``enabled`` is whether the run has ``--controls``. ``on_undone`` gets what each undo answered. Whatever is done here
    and has an undo stands in the journal before it is done.
    """

    controls: Mapping[str, Control]
    journal: ControlJournal
    around: Surroundings = field(default_factory=Surroundings)
    enabled: bool = True
    on_undone: Callable[[Control, JsonObject], None] = lambda _control, _answer: None
    stuck: dict[str, str] = field(default_factory=dict)
    """Why a control could not be undone, by its name."""
    _open: list[Done] = field(default_factory=list)

    def do(self, name: str, parameters: JsonObject) -> Done:
        """Do a control and return it with its answer, whose canonical members are there.

        Raises:
            ControlError: when it is not defined, could not be done, or its answer is not what it must be.
            TypeError: for parameters that the control does not have, a mistake of the check.
        """
        control = self.controls.get(name)
        if control is None:
            raise ControlError(missing(name), untouched=True)
        canonical = control.canonical
        if canonical is not None and set(parameters) != set(canonical.parameters):
            raise TypeError(f"control {name} has the parameters {canonical.parameters}, not {tuple(parameters)}")
        done = Done(control, dict(parameters), 0)
        if control.undo is not None:
            done.number = self.journal.control(name, without_secrets(parameters))
            self._open.append(done)
        for each, value in parameters.items():
            self._learn(each, value)
        try:
            answer = perform(
                control.do, parameters, where=f"[control.{name}] do", timeout=control.timeout, around=self.around
            )
        except ControlError as error:
            if error.untouched:
                self._strike(done)
            raise
        self._learn("answer", answer)
        done.answer = answer
        if control.undo is not None:
            self.journal.answered(done.number, without_secrets(answer))
        if answer.get("ok") is False:
            self._strike(done)
        elif canonical is not None and (lacking := canonical.missing_from(answer)):
            raise ControlError(
                f"[control.{name}] do answered no {' and no '.join(lacking)} ({canonical.answers[lacking[0]]}); say "
                f'where it stands: answer = {{ {lacking[0]} = "path.to.it" }}'
            )
        return done

    def undo(self, done: Done) -> JsonObject:
        """Undo one control and return what undo answered.

        Raises:
            ControlError: when it could not be undone; it stays on the list.
        """
        if done not in self._open:
            return {}
        answer = undo(done.control, done.parameters, done.answer, self.around)
        self._learn("answer", answer)
        self._strike(done)
        self.stuck.pop(done.control.name, None)
        self.on_undone(done.control, answer)
        return answer

    def undo_all(self) -> list[str]:
        """Undo whatever is not undone yet, the last thing first, and return why some of it could not be."""
        problems: list[str] = []
        for done in reversed(self._open.copy()):
            try:
                self.undo(done)
            except ControlError as error:
                self.stuck[done.control.name] = str(error)
                problems.append(str(error))
        return problems

    def _strike(self, done: Done) -> None:
        if any(each is done for each in self._open):
            self._open[:] = [each for each in self._open if each is not done]
            self.journal.undone(done.number)

    def _learn(self, name: str, value: Json) -> None:
        if isinstance(value, dict):
            for inner, part in value.items():
                self._learn(inner, part)
        elif isinstance(value, list):
            for part in value:
                self._learn(name, part)
        elif isinstance(value, str) and value and is_secret(name):
            self.around.learn(value)


def undo(control: Control, parameters: JsonObject, answer: JsonObject | None, around: Surroundings) -> JsonObject:
    """Undo a control that was done with ``parameters``, in this process or in one that died.

    Secrets are taken out of what undo gets, so that it works from the journal as it works now.

    Raises:
        ControlError: when it could not be undone.
    """
    where = f"[control.{control.name}] undo"
    if control.undo is None:
        raise ControlError(f"{where}: the settings have none; undo it by hand, or add one")
    values: JsonObject = {**without_secrets(parameters), "answer": without_secrets(answer or {})}
    try:
        return perform(control.undo, values, where=where, timeout=control.timeout, around=around)
    except ControlError as error:
        if answer is None and "{answer." in str(error):
            raise ControlError(
                f"{error}, because do did not come to an end; look there and undo it by hand", hopeless=True
            ) from error
        raise


def without_secrets(values: JsonObject) -> JsonObject:
    """Return values without members that are secrets by their name, at any depth."""
    return {name: _stripped(value) for name, value in values.items() if not is_secret(name)}


def _stripped(value: Json) -> Json:
    if isinstance(value, dict):
        return without_secrets(value)
    return [_stripped(part) for part in value] if isinstance(value, list) else value


def missing(name: str) -> str:
    """Return the sentence about a control that the settings do not define, with what to add."""
    canonical = canonical_controls().get(name)
    shown = f"; scimulator list controls {name} --json shows how" if canonical else ""
    what = f" ({canonical.title})" if canonical else ""
    return f"the settings have no [control.{name}]{what}; add it to scimulator.toml{shown}"


def target_controls(target: Target, settings: Settings) -> dict[str, Control]:
    """Return the controls of a target: those it brings, and above them those of the settings.

    The embedded target has its own alone: the settings are about a real server, which must not be touched for it.

    Raises:
        SettingsError: for a definition that cannot be used.
    """
    if target.is_reference:
        return dict(target.controls)
    return {**target.controls, **settings.controls()}


def surroundings(target: Target, settings: Settings, learn: Callable[[str], None]) -> Surroundings:
    """Return what actions need; certificates are those of the target, and only its own host may go unverified."""
    host = target.base_url.partition("://")[2].partition("/")[0] if settings.target.insecure else ""
    return Surroundings(learn=learn, ca_bundle=settings.target.ca_bundle, insecure_host=host)
