"""The control API: the admin token, this machine alone, no other site's pages, and errors that say what is wrong."""

from __future__ import annotations

import json
from contextlib import nullcontext
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from scimulator.exchange.message import Request
from scimulator.provider.control_api import BODY_LIMIT, ControlApi
from scimulator.provider.controlling import CONTROLS, METHODS
from scimulator.target.controls.canonical import Undo, canonical_controls

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.provider import Provider

TOKEN = "admin-of-a-test"


class WorkspaceError(Exception):
    """What a workspace raises when the product says no."""


class Workspace:
    """As much of a workspace as these tests need."""

    def __init__(self) -> None:
        self.role = "viewer"
        self.default_role = "viewer"
        self.scim_enabled = True
        self.domains = ["example.com"]

    def add_domain(self, domain: str) -> None:
        self.domains = [*self.domains, domain]

    def remove_domain(self, domain: str) -> None:
        self.domains = [each for each in self.domains if each != domain]

    def member(self, email: str) -> JsonObject:
        return {"email": email, "role": self.role}

    def set_role(self, email: str, role: str) -> None:
        if role == "emperor":
            raise WorkspaceError(f"{email} cannot be {role}")
        self.role = role

    def set_default_role(self, role: str) -> None:
        self.default_role = role

    def disable_saml(self) -> None:
        self.scim_enabled = False

    def enable_saml(self) -> None:
        return

    def enable_scim(self) -> str:
        self.scim_enabled = True
        return "another-token"

    def log_in(self, email: str) -> str:
        if email != "a@example.com":
            raise WorkspaceError("no such member")
        return "session-1"

    def session(self, session: str) -> JsonObject:
        if session != "session-1":
            raise WorkspaceError("unknown")
        return {}

    def members(self) -> list[JsonObject]:
        raise ZeroDivisionError


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


@pytest.fixture
def api(workspace: Workspace) -> ControlApi:
    provider = SimpleNamespace(workspace=workspace, crashes=[], transaction=nullcontext)
    return ControlApi(cast("Provider", provider), TOKEN)


def ask(
    api: ControlApi, path: str, body: Json = None, *, method: str = "POST", client: str = "127.0.0.1", **headers: str
) -> tuple[int, JsonObject]:
    fields = {"host": "127.0.0.1:8000", "authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    answer = api.handle(Request(method, f"/control/v1{path}", tuple(fields.items()), content), client)
    made: JsonObject = json.loads(answer.body)
    return answer.status, made


def test_every_canonical_control_is_there_with_its_parameters_and_undo():
    assert set(CONTROLS) == set(canonical_controls())
    for name, canonical in canonical_controls().items():
        assert CONTROLS[name].parameters == canonical.parameters
        if canonical.undo is Undo.NEEDED:
            assert CONTROLS[name].undo is not None, name
        if canonical.undo is Undo.NONE:
            assert CONTROLS[name].undo is None, name


@pytest.mark.parametrize("client", ["192.0.2.7", "::ffff:192.0.2.7", "", "fe80::1"])
def test_other_machines_are_refused(api: ControlApi, client: str):
    assert ask(api, "/saml-off", client=client)[0] == 403


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_served(api: ControlApi, client: str):
    assert ask(api, "/saml-off", client=client)[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "", "169.254.1.1", "[x"]
)
def test_a_name_that_resolves_here_is_refused(api: ControlApi, host: str):
    assert ask(api, "/saml-off", host=host)[0] == 403


@pytest.mark.parametrize(
    ("origin", "status"), [("http://127.0.0.1:8000", 200), ("http://evil.example", 403), ("null", 403), ("", 403)]
)
def test_pages_of_other_sites_are_refused(api: ControlApi, origin: str, status: int):
    assert ask(api, "/saml-off", origin=origin)[0] == status


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", "Bearer ä"])
def test_the_admin_token_opens_the_door(api: ControlApi, value: str):
    status, told = ask(api, "/saml-off", authorization=value)
    assert status == 401
    assert TOKEN not in str(told)


@pytest.mark.parametrize(
    ("path", "body", "status", "told"),
    [
        ("/saml-of", None, 404, 'did you mean "saml-off"'),
        ("/saml-off/again", None, 404, "only undo"),
        ("/workspace/set_rolle", {}, 404, 'did you mean "set_role"'),
        ("/workspace/__init__", {}, 404, "no method"),
        ("/set-role", {"email": "a"}, 400, "it takes email, role"),
        ("/set-role", {"email": "a", "role": "b", "rule": "c"}, 400, "not rule"),
        ("/set-role/undo", {"email": "a", "role": "b"}, 400, "answer lacks before"),
        ("/set-role/undo", {"email": "a", "role": "b", "answer": 1}, 400, "answer is the object"),
        ("/workspace/set_role", {"email": "a"}, 400, "it takes email, role"),
        ("/set-role", {"email": "a", "role": "emperor"}, 409, "cannot be emperor"),
        ("/saml-off", [], 400, "JSON object"),
        ("/saml-off", b"{", 400, "not JSON"),
        ("/saml-off", b"[" * 60_000, 400, "not JSON"),
        ("/saml-off", b" " * (BODY_LIMIT + 1), 413, "more than"),
        ("/members", None, 500, "our own mistake: ZeroDivisionError"),
    ],
)
def test_errors_say_what_is_wrong(api: ControlApi, path: str, body: Json, status: int, told: str):
    answered = ask(api, path, body)
    assert answered[0] == status
    assert told in str(answered[1]["error"])


def test_methods_and_media_types(api: ControlApi):
    assert ask(api, "/saml-off", method="GET")[0] == 405
    assert ask(api, "", method="POST")[0] == 405
    assert ask(api, "/saml-off", {}, content_type="text/plain")[0] == 415
    status, listed = ask(api, "", method="GET")
    assert status == 200
    assert listed["controls"]["set-role"] == {"parameters": ["email", "role"], "undo": True}  # type: ignore[index,call-overload]  # an object
    assert set(listed["workspace"]) <= set(METHODS)  # type: ignore[arg-type]  # an object


def test_a_control_is_done_and_undone(api: ControlApi, workspace: Workspace):
    status, answer = ask(api, "/set-role", {"email": "a", "role": "editor"})
    assert (status, workspace.role) == (200, "editor")
    assert ask(api, "/set-role/undo", {"email": "a", "role": "editor", "answer": answer}) == (200, {})
    assert workspace.role == "viewer"
    _, answer = ask(api, "/set-default-role", {"role": "editor"})
    assert workspace.default_role == "editor"
    ask(api, "/set-default-role/undo", {"role": "editor", "answer": answer})
    assert workspace.default_role == "viewer"


def test_what_was_so_before_stays_so(api: ControlApi, workspace: Workspace):
    for domain, there in (("example.com", True), ("example.org", False)):
        _, answer = ask(api, "/add-domain", {"domain": domain})
        assert domain in workspace.domains
        ask(api, "/add-domain/undo", {"domain": domain, "answer": answer})
        assert (domain in workspace.domains) is there


def test_scim_that_went_off_with_saml_comes_back_with_a_token(api: ControlApi, workspace: Workspace):
    _, answer = ask(api, "/saml-off")
    assert not workspace.scim_enabled
    assert ask(api, "/saml-off/undo", {"answer": answer})[1] == {"token": "another-token"}
    assert workspace.scim_enabled


def test_a_refused_sign_in_is_an_answer(api: ControlApi):
    assert ask(api, "/log-in", {"email": "a@example.com"})[1] == {"ok": True, "session": "session-1"}
    assert ask(api, "/log-in", {"email": "b@example.com"})[1]["ok"] is False
    assert ask(api, "/sign-in-works", {"session": "session-1"}) == (200, {"ok": True})
    assert ask(api, "/sign-in-works", {"session": "session-2"}) == (200, {"ok": False})


def test_methods_of_the_workspace_are_called_by_name(api: ControlApi, workspace: Workspace):
    assert ask(api, "/workspace/set-role", {"email": "a", "role": "editor"}) == (200, {"result": None})
    assert ask(api, "/workspace/member", {"email": "a"})[1] == {"result": {"email": "a", "role": "editor"}}
    assert workspace.role == "editor"
