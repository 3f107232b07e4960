"""What can go wrong with a control."""

from __future__ import annotations

from scimulator.target.errors import TargetError


class ControlError(TargetError):
    """A control could not be done or undone.

    ``untouched`` says that the target has certainly not been changed, ``hopeless`` that trying again cannot help.
    """

    def __init__(self, message: str, *, untouched: bool = False, hopeless: bool = False) -> None:
        """Wrap a sentence for a person."""
        super().__init__(message)
        self.untouched = untouched
        self.hopeless = hopeless
