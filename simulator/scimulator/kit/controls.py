"""What a check may do to the target outside SCIM: switch SAML off, sign somebody in, look at the members."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from scimulator.kit.outcomes import Blocked, NotApplicable
from scimulator.target.auth import bearer
from scimulator.target.controls.desk import Done, missing, without_secrets
from scimulator.target.controls.errors import ControlError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.kit.session import Session
    from scimulator.target.controls.desk import ControlDesk

NOT_ASKED_FOR = "controls change the target outside SCIM and run only with --controls"


def demand(desk: ControlDesk | None, names: Sequence[str]) -> None:
    """Raise unless every control that a check declares can be done.

    Raises:
        NotApplicable: naming ``[control.NAME]`` and what to add to the settings.
        Blocked: when an earlier control could not be undone, so that nothing is as it should be.
    """
    if not names:
        return
    if desk is None or not desk.enabled:
        raise NotApplicable(NOT_ASKED_FOR)
    for name in names:
        if name not in desk.controls:
            raise NotApplicable(missing(name))
    for name, reason in desk.stuck.items():
        raise Blocked(f"control.{name}", f"an earlier check's control could not be undone: {reason}")


class Controls:
    """The controls of the target, for one check that declares which of them it needs.

    A control that cannot be done blocks the check and never fails the target. Whatever is done is undone when the check
    ends, before what it made is removed.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def has(self, name: str) -> bool:
        """Tell whether a control can be done in this check: defined, asked for by ``--controls``, and run alone."""
        desk = self._session.controls
        alone = bool(self._session.judge.declaration.controls)
        return alone and desk is not None and desk.enabled and name in desk.controls

    def run(self, name: str, **parameters: Json) -> JsonObject:
        """Do a control and return its answer; it is undone when the check ends.

        Raises:
            NotApplicable: when the settings have no such control.
            Blocked: when it could not be done.
        """
        return self._do(name, parameters).answer or {}

    def tried(self, name: str, **parameters: Json) -> str:
        """Do a control that the product may refuse; return what it says then, an empty text where it was done.

        Raises:
            NotApplicable: when the settings have no such control.
            Blocked: when it is not known whether it was done.
        """
        try:
            self._do(name, parameters)
        except Blocked as error:
            cause = error.__cause__
            if isinstance(cause, ControlError) and cause.untouched:
                return str(cause)
            raise
        return ""

    @contextmanager
    def during(self, name: str, **parameters: Json) -> Iterator[JsonObject]:
        """Do a control for the length of a block, and undo it at its end.

        Raises:
            NotApplicable: when the settings have no such control.
            Blocked: when it could not be done or undone.
        """
        done = self._do(name, parameters)
        try:
            yield done.answer or {}
        finally:
            self._undo(done)

    @contextmanager
    def using_token(self, token: str) -> Iterator[None]:
        """Send ``token`` as the bearer token in this block, such as the one that rotate-token answered."""
        target = self._session.target
        before = target.credentials
        target.credentials = bearer(token)
        self._session.looks.age()
        try:
            yield
        finally:
            target.credentials = before
            self._session.looks.age()

    def _do(self, name: str, parameters: JsonObject) -> Done:
        desk = self._session.controls
        judge = self._session.judge
        if not judge.declaration.controls:
            # It would run among the others, perhaps beside them in another process.
            raise RuntimeError(f"check {judge.declaration.id} uses the control {name} and declares none")
        demand(desk, (name,))
        if desk is None:
            raise NotApplicable(NOT_ASKED_FOR)
        try:
            done = desk.do(name, parameters)
        except ControlError as error:
            raise Blocked(f"control.{name}", str(error)) from error
        finally:
            self._session.looks.age()
        judge.note(f"control {_told(name, parameters)} answered {without_secrets(done.answer or {})}")
        return done

    def _undo(self, done: Done) -> None:
        desk = self._session.controls
        if desk is None:
            return
        try:
            desk.undo(done)
        except ControlError as error:
            desk.stuck[done.control.name] = str(error)
            raise Blocked(f"control.{done.control.name}", str(error)) from error
        finally:
            self._session.looks.age()
        if done.control.undo is not None:
            self._session.judge.note(f"control {done.control.name} undone")


def _told(name: str, parameters: JsonObject) -> str:
    return f"{name} ({', '.join(f'{key} {value}' for key, value in without_secrets(parameters).items())})"
