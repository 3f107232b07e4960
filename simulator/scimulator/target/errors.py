"""What can be wrong with a target before the first request leaves."""

from __future__ import annotations


class TargetError(Exception):
    """A target that cannot be opened as it was described; the message says what happened and what to do."""


class SettingsError(TargetError):
    """A setting that cannot be used; the message names the file or option, the key and what to do."""
