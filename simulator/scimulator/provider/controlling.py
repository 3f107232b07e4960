"""The canonical controls, done on the workspace behind the provider: one table for embedded and served provider alike.

Each entry is how a control is done and, where it changes something, undone. What undo has to know of the state before
stands in the answer as ``before``, and is no secret.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject

    Method: TypeAlias = Callable[..., object]


class HasWorkspace(Protocol):
    """A provider, as far as controls need it."""

    workspace: object


def is_refusal(error: Exception) -> bool:
    """Tell whether the product says no, in contrast to an error of ours."""
    # By name, so that the table can be read without the workspace being loaded.
    return any(each.__name__ == "WorkspaceError" for each in type(error).__mro__)


class Act:
    """One control on one workspace; calls its methods by name and turns what they return into JSON."""

    def __init__(self, workspace: object) -> None:
        """Act on ``workspace``."""
        self._workspace = workspace

    def __call__(self, method: str, *arguments: object) -> Json:
        """Call a method of the workspace.

        Raises:
            WorkspaceError: when the product refuses.
        """
        return as_json(cast("Method", getattr(self._workspace, method))(*arguments))

    def value(self, *names: str) -> Json:
        """Return the first of these values that the workspace or its state has; a method is called.

        Raises:
            AttributeError: where there is none.
        """
        for place in (self._workspace, getattr(self._workspace, "state", None)):
            for name in names:
                if hasattr(place, name):
                    found: object = getattr(place, name)
                    return as_json(found() if callable(found) else found)
        raise AttributeError(f"the workspace has no {names[0]}")

    def can(self, method: str) -> bool:
        """Tell whether the workspace has a method."""
        return callable(getattr(self._workspace, method, None))

    def tries(self, method: str, *arguments: object) -> JsonObject:
        """Call a method that may be refused, and say whether it was."""
        try:
            result = self(method, *arguments)
        except Exception as error:
            if not is_refusal(error):
                raise
            return {"ok": False, "reason": str(error)}
        return {"ok": True, "result": result}

    def member(self, email: str) -> JsonObject:
        """Return a member; an empty object where there is none."""
        found = self.tries("member", email).get("result")
        return found if isinstance(found, dict) else {}


def as_json(value: object) -> Json:
    """Return what a method returned as JSON."""
    if is_dataclass(value) and not isinstance(value, type):
        return as_json(asdict(value))
    if isinstance(value, Mapping):
        return {str(name): as_json(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(part) for part in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


Do: TypeAlias = "Callable[..., JsonObject]"
Undo: TypeAlias = "Callable[..., JsonObject]"


@dataclass(frozen=True, slots=True)
class Pair:
    """How a control is done, ``do(act, **parameters)``, and undone, ``undo(act, answer, **parameters)``."""

    parameters: tuple[str, ...]
    do: Do
    undo: Undo | None = None


def _saml_off(act: Act) -> JsonObject:
    before = act.value("scim_enabled", "scim")
    act("disable_saml")
    return {"before": {"scim": before is not False}}


def _saml_on(act: Act, answer: JsonObject) -> JsonObject:
    act("enable_saml")
    before = answer.get("before")
    was_on = not isinstance(before, dict) or before.get("scim") is not False
    # Where SCIM went off with SAML, an admin has to switch it on again, and gets another token.
    return _scim_on(act, answer) if was_on and act.value("scim_enabled", "scim") is False else {}


def _scim_on(act: Act, _answer: JsonObject) -> JsonObject:
    token = act("enable_scim")
    return {"token": token} if isinstance(token, str) else {}


def _log_in(act: Act, email: str) -> JsonObject:
    made = act.tries("log_in", email)
    return {"ok": True, "session": made["result"]} if made["ok"] else made


def _works(method: str) -> Do:
    def look(act: Act, **parameters: str) -> JsonObject:
        made = act.tries(method, *parameters.values())
        return {"ok": made["ok"] is True and made["result"] is not False and made["result"] is not None}

    return look


def _swap(attribute: str, method: str, parameter: str) -> Pair:
    """Make a control that sets one value of the workspace, and undo sets it back."""

    def do(act: Act, **parameters: Json) -> JsonObject:
        before = act.value(attribute)
        act(method, parameters[parameter])
        return {"before": before}

    def back(act: Act, answer: JsonObject, **_parameters: Json) -> JsonObject:
        act(method, answer["before"])
        return {}

    return Pair((parameter,), do, back)


def _set_role(act: Act, email: str, role: str) -> JsonObject:
    before = act.member(email).get("role")
    act("set_role", email, role)
    return {"before": before}


def _role_back(act: Act, answer: JsonObject, email: str, **_: str) -> JsonObject:
    # Whoever is gone meanwhile has no role to give back.
    return _nothing(act.tries("set_role", email, answer["before"]))


def _set_name(act: Act, email: str, given: str, family: str) -> JsonObject:
    member = act.member(email)
    act("set_name", email, given, family)
    return {"before": [member.get("given_name", ""), member.get("family_name", "")]}


def _name_back(act: Act, answer: JsonObject, email: str, **_: str) -> JsonObject:
    before = answer["before"]
    return _nothing(act.tries("set_name", email, *(before if isinstance(before, list) else ("", ""))))


def _make_owner(act: Act, email: str) -> JsonObject:
    before = act.member(email)
    act("make_owner", email)
    return {"before": {"role": before.get("role"), "owner": before.get("owner") is True}}


def _no_owner(act: Act, answer: JsonObject, email: str) -> JsonObject:
    before = answer.get("before")
    if not isinstance(before, dict) or before.get("owner") is True:
        return {}
    if act.can("unmake_owner"):
        return _nothing(act.tries("unmake_owner", email))
    return _nothing(act.tries("set_role", email, before.get("role")))


def _rotate(act: Act) -> JsonObject:
    before = act.value("token_id") if act.can("restore_token") else None
    return {"token": act("rotate_token"), "before": before}


def _rotate_back(act: Act, answer: JsonObject) -> JsonObject:
    if act.can("restore_token") and answer.get("before") is not None:
        act("restore_token", answer["before"])
        return {}
    return {"token": act("reveal_token")}


def _nothing(_: JsonObject) -> JsonObject:
    return {}


def _plain(method: str, *, given: tuple[str, ...] = (), result: str = "", back: str = "") -> Pair:
    """Make a control that is one method, undone by another one with the same first parameter."""

    def do(act: Act, **parameters: Json) -> JsonObject:
        came = act(method, *(parameters[name] for name in given))
        return {result: came} if result else {}

    def undo(act: Act, _answer: JsonObject, **parameters: Json) -> JsonObject:
        return _nothing(act.tries(back, *([parameters[given[0]]] if given else [])))

    return Pair(given, do, undo if back else None)


def _make_content(act: Act, email: str) -> JsonObject:
    came = act("create_content", email, "Made by a check")
    made = came.get("id") if isinstance(came, dict) else came
    return {"id": str(made)}


def _drop_content(act: Act, answer: JsonObject, email: str) -> JsonObject:  # noqa: ARG001  the control's parameter
    return _nothing(act.tries("delete_content", answer["id"])) if act.can("delete_content") else {}


def _suspend(act: Act, email: str) -> JsonObject:
    before = act.member(email).get("active")
    act("suspend", email)
    return {"before": before}


def _unsuspend(act: Act, answer: JsonObject, email: str) -> JsonObject:
    return {} if answer.get("before") is False else _nothing(act.tries("restore", email))


def _add_domain(act: Act, domain: str) -> JsonObject:
    known = act.value("domains")
    act("add_domain", domain)
    return {"before": isinstance(known, list) and domain.lower() in known}


def _remove_domain(act: Act, answer: JsonObject, domain: str) -> JsonObject:
    # One that was verified before stays so.
    return {} if answer.get("before") is True else _nothing(act.tries("remove_domain", domain))


CONTROLS: dict[str, Pair] = {
    "saml-off": Pair((), _saml_off, _saml_on),
    "scim-off": Pair((), lambda act: _nothing({"done": act("disable_scim")}), _scim_on),
    "log-in": Pair(("email",), _log_in),
    "sign-in-works": Pair(("session",), _works("session")),
    "make-api-key": _plain("create_api_key", given=("email",), result="key"),
    "use-api-key": Pair(("key",), _works("use_api_key")),
    "set-default-role": _swap("default_role", "set_default_role", "role"),
    "set-role": Pair(("email", "role"), _set_role, _role_back),
    "set-name": Pair(("email", "given", "family"), _set_name, _name_back),
    "members": _plain("members", result="members"),
    "invite": _plain("invite", given=("email", "role"), back="remove"),
    "accept": _plain("accept_invitation", given=("email",)),
    "make-owner": Pair(("email",), _make_owner, _no_owner),
    "rotate-token": Pair((), _rotate, _rotate_back),
    "outbox": _plain("outbox", result="messages"),
    "make-content": Pair(("email",), _make_content, _drop_content),
    "contents": _plain("contents", result="contents"),
    "suspend": Pair(("email",), _suspend, _unsuspend),
    "demote-token-admin": _plain("demote_token_admin", back="promote_token_admin"),
    "set-plan": _swap("plan", "set_plan", "plan"),
    "set-seats": _swap("seats", "set_seats", "seats"),
    "add-domain": Pair(("domain",), _add_domain, _remove_domain),
    "audit": _plain("audit", result="entries"),
}

METHODS: tuple[str, ...] = (
    *("members", "member", "invite", "accept_invitation", "set_role", "set_name", "set_email", "suspend", "restore"),
    *("remove", "make_owner", "configure_saml", "enable_saml", "disable_saml", "require_saml", "enable_scim"),
    *("disable_scim", "reveal_token", "rotate_token", "revoke_token", "log_in", "session", "create_api_key"),
    *("use_api_key", "create_content", "contents", "outbox", "set_default_role", "set_seats", "add_domain"),
    *("remove_domain", "set_plan", "audit"),
)
"""What an admin or a member does in the product: methods of the workspace that the control API offers by name."""
