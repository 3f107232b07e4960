"""The controls that the embedded target brings: every canonical one, done on the workspace behind the provider."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scimulator.provider.controlling import CONTROLS, Act, is_refusal
from scimulator.target.controls.definition import Control, built_in
from scimulator.target.controls.errors import ControlError

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider import Provider


def embedded_controls(provider: Provider) -> dict[str, Control]:
    """Return the canonical controls as functions in this process; none where the provider has no workspace."""
    if getattr(provider, "workspace", None) is None:
        return {}
    return {
        name: built_in(
            name, partial(_do, provider, name), partial(_undo, provider, name) if pair.undo is not None else None
        )
        for name, pair in CONTROLS.items()
    }


def _do(provider: Provider, name: str, **parameters: Json) -> JsonObject:
    with provider.transaction():
        try:
            return CONTROLS[name].do(Act(_workspace(provider)), **parameters)
        except Exception as error:
            raise _told(error) from error


def _undo(provider: Provider, name: str, answer: JsonObject, **parameters: Json) -> JsonObject:
    undo = CONTROLS[name].undo
    if undo is None:
        return {}
    with provider.transaction():
        try:
            return undo(Act(_workspace(provider)), answer, **parameters)
        except Exception as error:
            raise _told(error) from error


def _workspace(provider: Provider) -> object:
    found: object = getattr(provider, "workspace", None)
    return found


def _told(error: Exception) -> Exception:
    return ControlError(f"the product says no: {error}", untouched=True) if is_refusal(error) else error
