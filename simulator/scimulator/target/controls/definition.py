"""What ``[control.NAME]`` of the settings says, understood or refused by name before anything is sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from scimulator.catalogue.near_miss import hint
from scimulator.exchange.redaction import is_secret_member
from scimulator.target.controls.canonical import OWN_PREFIX, CanonicalControl, Undo, canonical_controls, is_secret
from scimulator.target.controls.filling import placeholders
from scimulator.target.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scimulator.exchange.strict_json import Json, JsonObject

    BuiltIn: TypeAlias = "Callable[..., JsonObject | None]"

TIMEOUT = 30.0
"""Seconds that an action may take where the settings say nothing."""
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_CREDENTIAL_HEADERS = ("authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-auth-token")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
_QUOTED = re.compile(r"""['"]\{[a-z_][a-z0-9_.]*\}|\{[a-z_][a-z0-9_.]*\}['"]""")


class ActionKind(StrEnum):
    """How something is done: an HTTP request, a shell command, a Python callable, or one that the target brings."""

    REQUEST = "request"
    SHELL = "shell"
    PYTHON = "python"
    BUILT_IN = "built-in"


@dataclass(frozen=True, slots=True)
class Action:
    """One way of doing something.

    ``text`` is ``POST https://…``, a command line or ``module:function``. ``refused`` holds statuses or exit codes that
    mean "the product says no" and become the answer ``{"ok": false}``. ``answer`` maps members of the canonical answer
    to places in what came (dotted path, ``.`` for all of it); empty: what came is the answer.
    """

    kind: ActionKind
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    json: Json = None
    body: str = ""
    refused: tuple[int, ...] = ()
    answer: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    function: BuiltIn | None = None

    def texts(self) -> Iterator[str]:
        """Yield every text in which a placeholder may stand."""
        yield self.text
        yield from self.headers.values()
        yield self.body
        yield from _leaves(self.json)


@dataclass(frozen=True, slots=True)
class Control:
    """How one control is done and undone on this target; ``timeout`` is seconds for each of the two."""

    name: str
    do: Action
    undo: Action | None = None
    timeout: float = TIMEOUT
    origin: str = "built in"

    @property
    def canonical(self) -> CanonicalControl | None:
        """What the name stands for, or None for a control of the user's own."""
        return canonical_controls().get(self.name)


def built_in(name: str, do: BuiltIn, undo: BuiltIn | None = None) -> Control:
    """Make a control of functions in this process: ``do(**parameters)`` and ``undo(answer, **parameters)``."""
    back = Action(ActionKind.BUILT_IN, function=undo) if undo else None
    return Control(name, Action(ActionKind.BUILT_IN, function=do), back)


def read_controls(section: Mapping[str, Json], origin: str) -> dict[str, Control]:
    """Return the controls that a ``[control]`` section defines.

    Raises:
        SettingsError: naming the control, what cannot be used and what to write instead.
    """
    return {name: _Reader(name, origin).read(value) for name, value in section.items()}


class _Reader:
    def __init__(self, name: str, origin: str) -> None:
        self.name = name
        self.origin = origin
        self.where = f"{origin}: [control.{name}]"
        self.canonical = canonical_controls().get(name)

    def read(self, value: Json) -> Control:
        known = canonical_controls()
        if self.canonical is None and not (self.name.startswith(OWN_PREFIX) and _NAME.match(self.name)):
            raise SettingsError(
                f"{self.where}: no control is called {self.name!r}{hint(self.name, known)}; see scimulator list "
                f"controls. A control of your own suites has a name that begins with {OWN_PREFIX}"
            )
        if not isinstance(value, dict):
            raise SettingsError(f"{self.where} must be a table with do and undo")
        if "do" not in value:
            raise SettingsError(f"{self.where}: do is missing; write for example\n{self._example()}")
        do = self._action(value["do"], "do")
        undo = self._action(value["undo"], "undo") if "undo" in value else None
        rule = self.canonical.undo if self.canonical else Undo.POSSIBLE
        if rule is Undo.NEEDED and undo is None:
            raise SettingsError(
                f"{self.where}: undo is missing, and without one the target would stay changed; write for "
                f"example\n{self._example()}"
            )
        if rule is Undo.NONE and undo is not None:
            raise SettingsError(f"{self.where}: undo is not needed, because this control only reads; take it out")
        timeout = value.get("timeout", TIMEOUT)
        seconds = float(timeout) if isinstance(timeout, int | float) else TIMEOUT
        return Control(self.name, do, undo, seconds, self.origin)

    def _example(self) -> str:
        return f"[control.{self.name}]\n{self.canonical.example}" if self.canonical else "do = { shell = '…' }"

    def _action(self, value: Json, part: str) -> Action:
        where = f"{self.where} {part}"
        if not isinstance(value, dict):
            raise SettingsError(f'{where} must be a table such as {{ request = "POST https://…" }}')
        kinds = [kind for kind in (ActionKind.REQUEST, ActionKind.SHELL, ActionKind.PYTHON) if kind.value in value]
        if len(kinds) != 1:
            told = " and ".join(kinds) or "none of them"
            raise SettingsError(f"{where} must have exactly one of request, shell and python, not {told}")
        kind = kinds[0]
        if kind is not ActionKind.REQUEST and (extra := [key for key in ("headers", "json", "body") if key in value]):
            raise SettingsError(f"{where}: {extra[0]} belongs to a request, not to {kind}")
        headers, mapping, refused = value.get("headers"), value.get("answer"), value.get("refused")
        made = Action(
            kind,
            str(value[kind.value]).strip(),
            MappingProxyType({name: str(text) for name, text in headers.items()} if isinstance(headers, dict) else {}),
            value.get("json"),
            str(value.get("body", "")),
            tuple(code for code in refused if isinstance(code, int)) if isinstance(refused, list) else (),
            MappingProxyType({name: str(path) for name, path in mapping.items()} if isinstance(mapping, dict) else {}),
        )
        if kind is ActionKind.REQUEST:
            self._request(made, where, with_json="json" in value, with_body="body" in value)
        elif kind is ActionKind.SHELL and (quoted := _QUOTED.search(made.text)):
            raise SettingsError(f"{where}: {quoted[0]} stands in quotes; leave them out, the value is quoted for you")
        elif kind is ActionKind.PYTHON and not re.fullmatch(r"[\w.]+:[\w.]+", made.text):
            raise SettingsError(f"{where}: python is {made.text!r}, but must be module:function")
        self._placeholders(made, part, where)
        return made

    def _request(self, action: Action, where: str, *, with_json: bool, with_body: bool) -> None:
        method, _, url = action.text.partition(" ")
        if method not in _METHODS or not url.strip():
            raise SettingsError(
                f"{where}: request must be a method and an address, such as POST https://…"
                f"{hint(method, _METHODS) if method not in _METHODS else ''}"
            )
        begins = url.strip()
        if not begins.startswith(("http://", "https://", "${")):
            raise SettingsError(f"{where}: the address of the request must begin with http:// or https://")
        if begins.startswith("http") and "@" in urlsplit(begins.replace("[", "").replace("]", "")).netloc:
            raise SettingsError(
                f"{where}: the address holds a user or a password; send a header with ${{NAME}} instead"
            )
        if with_json and with_body:
            raise SettingsError(f"{where}: give json or body, not both")
        for name, text in action.headers.items():
            if name.lower() in _CREDENTIAL_HEADERS and "{" not in text:
                raise SettingsError(
                    f"{where}: the header {name} holds its secret in the file; put it into a variable of the "
                    f"environment and write ${{NAME}} here"
                )
        literal = next((name for name, text in _members(action.json) if is_secret_member(name) and "{" not in text), "")
        if literal:
            raise SettingsError(
                f"{where}: json holds the secret {literal} in the file; put it into a variable of the environment "
                f"and write ${{NAME}} here"
            )

    def _placeholders(self, action: Action, part: str, where: str) -> None:
        if self.canonical is None:
            return
        given = self.canonical.parameters
        for name in dict.fromkeys(each for text in action.texts() for each in placeholders(text)):
            head, _, rest = name.partition(".")
            if part == "undo" and head == "answer":
                if is_secret(rest.rpartition(".")[2]):
                    raise SettingsError(
                        f"{where}: {{{name}}} is a secret, and the journal from which scimulator clean undoes things "
                        f"keeps none; use an id from the answer"
                    )
                continue
            if name not in given:
                known = [*given, *(["answer.…"] if part == "undo" else [])]
                there = f"there are {', '.join(f'{{{each}}}' for each in known)}" if known else "it has no parameters"
                raise SettingsError(
                    f"{where}: nothing is called {{{name}}}{hint(name, known)}; {there}. Write {{{{{name}}}}} for the "
                    f"text itself"
                )


def _leaves(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part)


def _members(value: Json) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, part in value.items():
            if isinstance(part, str):
                yield name, part
            yield from _members(part)
    elif isinstance(value, list):
        for part in value:
            yield from _members(part)
