"""Placeholders in controls: ``{email}`` a parameter, ``{answer.id}`` of what do answered, ``${NAME}`` the environment.

``{{email}}`` stands for the text itself. Any other brace is just a brace.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from scimulator.target.controls.errors import ControlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scimulator.exchange.strict_json import Json

_NAME = r"[a-z_][a-z0-9_]*(?:\.[A-Za-z0-9_-]+)*"
_PLACE = re.compile(
    rf"\$\{{(?P<variable>[A-Za-z_][A-Za-z0-9_]*)\}}|\{{\{{(?P<text>{_NAME})\}}\}}|\{{(?P<name>{_NAME})\}}"
)
_ADDRESS = re.compile(r"https?://[^\s/?#@]+(/[A-Za-z0-9/._~-]*)?\Z")


def placeholders(text: str) -> Iterator[str]:
    """Yield the names of the placeholders in a text, variables of the environment left out."""
    for found in _PLACE.finditer(text):
        if found["name"]:
            yield found["name"]


class Filler:
    """Puts values into the texts of one action; a variable's value is reported to ``learn``, because it is a secret."""

    def __init__(
        self, values: Mapping[str, Json], environ: Mapping[str, str], learn: Callable[[str], None], where: str
    ) -> None:
        """Fill from ``values``, whose member ``answer`` may be an object."""
        self._values = values
        self._environ = environ
        self._learn = learn
        self._where = where

    def value(self, name: str) -> Json:
        """Return what a placeholder stands for.

        Raises:
            ControlError: where there is no such value.
        """
        found: Json = dict(self._values)
        for part in name.split("."):
            if isinstance(found, dict) and part in found:
                found = found[part]
            elif isinstance(found, list) and part.isdigit() and int(part) < len(found):
                found = found[int(part)]
            else:
                raise ControlError(f"{self._where}: there is no value for {{{name}}}", untouched=True)
        return found

    def variable(self, name: str) -> str:
        """Return a variable of the environment, which is a secret from now on unless it is a plain address.

        Raises:
            ControlError: where it is not set.
        """
        value = self._environ.get(name, "")
        if not value:
            raise ControlError(
                f"{self._where}: the variable {name} is not set or empty; export it, the settings name it as "
                f"${{{name}}}",
                untouched=True,
            )
        if not _ADDRESS.match(value):
            self._learn(value)
        return value

    def text(self, text: str, escape: Callable[[str], str] = str) -> str:
        """Return a text with its placeholders filled, each value made fit by ``escape``; variables stand as they are.

        Raises:
            ControlError: for a variable or a value that is not there.
        """

        def put(found: re.Match[str]) -> str:
            if found["variable"]:
                return self.variable(found["variable"])
            if found["text"]:
                return f"{{{found['text']}}}"
            return escape(plain(self.value(found["name"])))

        return _PLACE.sub(put, text)

    def command(self, text: str) -> tuple[str, dict[str, str]]:
        """Return a command line and the environment in which its placeholders stand.

        The shell reads each value out of a variable, so that no value is ever read as a part of the command.

        Raises:
            ControlError: for a variable or a value that is not there.
        """
        given: dict[str, str] = {}

        def put(found: re.Match[str]) -> str:
            if found["variable"]:
                self.variable(found["variable"])
                return found[0]
            if found["text"]:
                return f"{{{found['text']}}}"
            name = "SCIMULATOR_ARG_" + re.sub(r"[^A-Z0-9]", "_", found["name"].upper())
            given[name] = plain(self.value(found["name"])).replace("\0", "")
            return f'"${name}"'

        return _PLACE.sub(put, text), given

    def json(self, value: Json) -> Json:
        """Return JSON with its texts filled; a text that is nothing but one placeholder keeps the value's type.

        Raises:
            ControlError: for a variable or a value that is not there.
        """
        if isinstance(value, str):
            whole = _PLACE.fullmatch(value)
            return self.value(whole["name"]) if whole and whole["name"] else self.text(value)
        if isinstance(value, dict):
            return {name: self.json(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self.json(part) for part in value]
        return value


def plain(value: Json) -> str:
    """Return a value as it stands in a text: JSON's words for what is no text."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return {True: "true", False: "false", None: ""}[value] if value is None or isinstance(value, bool) else str(value)
