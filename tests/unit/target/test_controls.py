"""Controls: what the settings may say, how each kind is done, what the journal keeps, and that all is undone."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from scimulator.target.cleaning import left_done, undo_controls
from scimulator.target.controls.actions import Surroundings, perform
from scimulator.target.controls.canonical import Undo, canonical_controls
from scimulator.target.controls.definition import Action, ActionKind, Control, built_in, read_controls
from scimulator.target.controls.desk import ControlDesk
from scimulator.target.controls.errors import ControlError
from scimulator.target.errors import SettingsError
from scimulator.target.journal import Journal, find_journals
from scimulator.target.settings_file import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scimulator.exchange.strict_json import JsonObject
    from scimulator.target.target import Target

SAML = {"do": {"shell": "true"}, "undo": {"shell": "true"}}
SECRET = "s3cret-of-an-admin"


@pytest.fixture
def product() -> Iterator[SimpleNamespace]:
    """A product's own HTTP API, which answers what the test says and remembers what it was asked."""
    state = SimpleNamespace(asked=[], status=200, body=b'{"data": {"token": "abc", "id": 7}}', slow=0.0, url="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            state.asked.append((self.command, self.path, dict(self.headers), body))
            time.sleep(state.slow)
            self.send_response(state.status)
            self.send_header("Content-Length", str(len(state.body)))
            self.end_headers()
            self.wfile.write(state.body)

        do_GET = do_DELETE = do_POST  # noqa: N815  the names that the server looks for

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def journals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The journals of this test alone."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "scimulator" / "journal"


def action(text: str, kind: ActionKind = ActionKind.SHELL, **more: object) -> Action:
    return Action(kind, text, **more)  # type: ignore[arg-type]  # as each test gives them


def done(what: Action, timeout: float = 10.0, around: Surroundings | None = None, **values: object) -> JsonObject:
    return perform(what, cast("JsonObject", values), where="[control.x-test] do", timeout=timeout, around=around)


# -- settings


@pytest.mark.parametrize("name", list(canonical_controls()))
def test_the_example_of_a_canonical_control_can_be_used(name: str, tmp_path: Path) -> None:
    file = tmp_path / "scimulator.toml"
    file.write_text(f"[control.{name}]\n{canonical_controls()[name].example}\n", "utf-8")
    control = load_settings(file, environ={}).controls()[name]
    assert (control.undo is not None) >= (canonical_controls()[name].undo is Undo.NEEDED)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("saml-of", SAML, '(did you mean "saml-off"?)'),
        ("saml-off", {"do": {"shell": "true"}}, "undo is missing"),
        ("saml-off", {"undo": {"shell": "true"}}, "do is missing"),
        ("members", SAML, "undo is not needed"),
        ("x-own", {"do": {"shell": "true", "python": "a:b"}}, "exactly one of request, shell and python"),
        ("x-own", {"do": {}}, "not none of them"),
        ("x-own", {"do": {"shell": "true", "json": {}}}, "json belongs to a request"),
        ("x-own", {"do": {"request": "https://example.com"}}, "a method and an address"),
        ("x-own", {"do": {"request": "POST example.com"}}, "must begin with http"),
        ("x-own", {"do": {"request": "POST https://u:p@example.com/"}}, "a user or a password"),
        ("x-own", {"do": {"request": "POST https://a.example/", "json": {}, "body": "x"}}, "json or body"),
        ("x-own", {"do": {"request": "GET https://a.example/", "headers": {"cookie": "a=b"}}}, "its secret in the"),
        ("x-own", {"do": {"request": "GET https://a.example/", "json": {"a": {"password": "b"}}}}, "secret password"),
        ("x-own", {"do": {"python": "nothing"}}, "must be module:function"),
        ("set-role", {"do": {"shell": "set '{email}' {role}"}}, "stands in quotes"),
        ("set-role", {"do": {"shell": "set {mail}"}}, "there are {email}, {role}"),
        ("make-api-key", {"do": {"shell": "x"}, "undo": {"shell": "y {answer.key}"}}, "keeps none"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(name: str, value: JsonObject, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_controls({name: value}, "scimulator.toml")
    assert f"scimulator.toml: [control.{name}]" in str(caught.value)
    assert told in str(caught.value)


def test_a_secret_pasted_into_the_file_is_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "scimulator.toml"
    file.write_text(f'[control.x-own]\ndo = {{ request = "GET https://a.example/", headers = "{SECRET}" }}\n', "utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(file, environ={})
    assert SECRET not in str(caught.value)


# -- requests


def test_a_request_carries_what_is_filled_in_and_its_answer_is_read(product: SimpleNamespace) -> None:
    learnt: list[str] = []
    around = Surroundings({"ADMIN": SECRET, "PRODUCT": product.url}, learnt.append)
    what = action(
        "POST ${PRODUCT}/people/{email}?as={email}",
        ActionKind.REQUEST,
        headers={"Authorization": "Bearer ${ADMIN}"},
        json={"name": "to {email}", "seats": "{seats}", "as it is": "{{email}}"},
        answer={"session": "data.token", "id": "data.id"},
    )
    answer = done(what, around=around, email="a b@example.com", seats=3)
    assert answer == {"ok": True, "session": "abc", "id": 7}
    _, path, headers, body = product.asked[0]
    assert path == "/people/a%20b%40example.com?as=a%20b%40example.com"
    assert headers["Authorization"] == f"Bearer {SECRET}"
    assert json.loads(body) == {"name": "to a b@example.com", "seats": 3, "as it is": "{email}"}
    assert learnt == [SECRET]


def test_text_in_a_body_stays_text(product: SimpleNamespace) -> None:
    done(action(f"POST {product.url}/", ActionKind.REQUEST, body='{"a": {"name": "{name}"}}'), name='x", "role": "y')
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    done(action(f"POST {product.url}/", ActionKind.REQUEST, body="name={name}", headers=form), name="a&role=b")
    assert json.loads(product.asked[0][3]) == {"a": {"name": 'x", "role": "y'}}
    assert product.asked[1][3] == b"name=a%26role%3Db"


def test_a_header_cannot_be_split(product: SimpleNamespace) -> None:
    with pytest.raises(ControlError, match="no header may hold"):
        done(action(f"GET {product.url}/", ActionKind.REQUEST, headers={"X": "{a}"}), a="b\r\nY: c")
    assert not product.asked


def test_statuses_mean_what_the_settings_say(product: SimpleNamespace) -> None:
    product.status, product.body = 403, b"no"
    assert done(action(f"GET {product.url}/", ActionKind.REQUEST, refused=(403,))) == {"ok": False}
    with pytest.raises(ControlError, match=r"answered 403 \(no\); where this means") as caught:
        done(action(f"GET {product.url}/", ActionKind.REQUEST))
    assert caught.value.untouched
    product.status = 500
    with pytest.raises(ControlError, match="answered 500") as caught:
        done(action(f"GET {product.url}/", ActionKind.REQUEST))
    assert not caught.value.untouched


def test_a_request_takes_no_longer_than_allowed(product: SimpleNamespace) -> None:
    product.slow = 5.0
    began = time.monotonic()
    with pytest.raises(ControlError, match=r"within 0\.3 s"):
        done(action(f"GET {product.url}/", ActionKind.REQUEST), timeout=0.3)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (action("GET http://127.0.0.1:1/", ActionKind.REQUEST), "no connection"),
        (action("GET ${NOWHERE}/", ActionKind.REQUEST), "variable NOWHERE is not set"),
        (action("no-such-module:f", ActionKind.PYTHON), "no module"),
        (action("json:lods", ActionKind.PYTHON), 'did you mean "loads"'),
    ],
)
def test_what_was_never_sent_has_changed_nothing(what: Action, told: str) -> None:
    with pytest.raises(ControlError, match=told) as caught:
        done(what, around=Surroundings({}))
    assert caught.value.untouched


def test_an_answer_that_is_not_where_it_should_be_is_named(product: SimpleNamespace) -> None:
    with pytest.raises(ControlError, match=r"session stands at 'token'.*the members data"):
        done(action(f"GET {product.url}/", ActionKind.REQUEST, answer={"session": "token"}))


# -- shell


def test_no_value_is_read_as_part_of_a_command(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    evil = f"a\"; touch {trap}; $(touch {trap}) `touch {trap}` ' &"
    what = action("""printf '{"got": "%s"}' "$(printf %s {given} | wc -c)" """)
    assert done(what, given=evil) == {"ok": True, "got": str(len(evil))}
    assert not trap.exists()


def test_a_command_says_no_fails_or_hangs() -> None:
    assert done(action("exit 3", refused=(3,))) == {"ok": False}
    with pytest.raises(ControlError, match=r"ended with 1 \(broken pipe dream\)"):
        done(action("echo broken pipe dream >&2; exit 1"))
    with pytest.raises(ControlError, match="on the PATH"):
        done(action("no-such-command-anywhere"))
    began = time.monotonic()
    with pytest.raises(ControlError, match=r"did not end within 0\.3 s"):
        done(action("sleep 30 & sleep 30"), timeout=0.3)
    assert time.monotonic() - began < 5


def test_the_shell_reads_secrets_itself() -> None:
    learnt: list[str] = []
    around = Surroundings({"ADMIN": SECRET, "PATH": "/usr/bin:/bin"}, learnt.append)
    what = action("""test "${ADMIN}" = '""" + SECRET + """' && echo '{"id": "1"}' """)
    assert done(what, around=around) == {"ok": True, "id": "1"}
    assert learnt == [SECRET]


# -- Python


def test_a_callable_gets_parameters_and_what_do_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_controls_for_a_test.py").write_text(
        "import time\n"
        "def do(email): return {'id': email.upper()}\n"
        "def undo(answer, email): return {'both': [answer, email]}\n"
        "def slow(): time.sleep(5)\n"
        "def broken(): raise ValueError('not today')\n"
        "def odd(): return object()\n",
        "utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))

    def python(name: str) -> Action:
        return action(f"own_controls_for_a_test:{name}", ActionKind.PYTHON)

    assert done(python("do"), email="a") == {"ok": True, "id": "A"}
    assert done(python("undo"), email="a", answer={"id": "A"})["both"] == [{"id": "A"}, "a"]
    for name, told in (("broken", "ValueError: not today"), ("odd", "no JSON"), ("slow", "not return within")):
        with pytest.raises(ControlError, match=told):
            done(python(name), timeout=0.3)


# -- the desk and the journal


def desk(controls: dict[str, Control], journal: Journal) -> tuple[ControlDesk, list[str]]:
    learnt: list[str] = []
    return ControlDesk(controls, journal, Surroundings({}, learnt.append)), learnt


def opened_journal(name: str = "http://product.example") -> Journal:
    return Journal.open(cast("Target", SimpleNamespace(name=name, is_reference=False)), "k3x9w")


def test_the_last_thing_done_is_undone_first_and_leaves_no_journal(journals: Path) -> None:
    log: list[str] = []

    def note(word: str) -> object:
        return lambda *_, **__: log.append(word)

    journal = opened_journal()
    made, _ = desk(
        {
            name: built_in(name, note(name), note(f"{name} undone"))  # type: ignore[arg-type]  # functions
            for name in ("saml-off", "scim-off")
        },
        journal,
    )
    made.do("saml-off", {})
    made.do("scim-off", {})
    assert len(list(journals.iterdir())) == 1
    assert made.undo_all() == []
    assert log == ["saml-off", "scim-off", "scim-off undone", "saml-off undone"]
    journal.close()
    assert not list(journals.iterdir())


def test_no_secret_reaches_the_journal(journals: Path) -> None:
    given: list[JsonObject] = []

    def make(email: str) -> JsonObject:
        return {"key": SECRET, "id": "7", "inner": [{"apiKey": SECRET}], "email": email}

    def drop(answer: JsonObject, email: str) -> None:
        given.append({**answer, "from": email})

    journal = opened_journal()
    made, learnt = desk({"make-api-key": built_in("make-api-key", make, drop)}, journal)
    assert made.do("make-api-key", {"email": "a@example.com"}).answer["key"] == SECRET  # type: ignore[index]  # it came
    text = next(journals.iterdir()).read_text("utf-8")
    assert SECRET not in text
    assert '"id":"7"' in text
    assert SECRET in learnt
    assert made.undo_all() == []
    assert given == [{"ok": True, "id": "7", "inner": [{}], "email": "a@example.com", "from": "a@example.com"}]
    journal.close()


def test_an_answer_without_its_canonical_members_is_refused_and_undone(journals: Path) -> None:
    undone: list[str] = []
    journal = opened_journal()
    key = built_in("make-api-key", lambda email: {"token": email}, lambda *_, **__: undone.append("yes"))
    made, _ = desk({"make-api-key": key}, journal)
    with pytest.raises(ControlError, match="answered no key"):
        made.do("make-api-key", {"email": "a@example.com"})
    assert made.undo_all() == []
    assert undone == ["yes"]
    journal.close()
    assert not list(journals.iterdir())


def test_what_was_refused_needs_no_undo(journals: Path) -> None:
    journal = opened_journal()
    made, _ = desk({"log-in": built_in("log-in", lambda email: {"ok": email == ""}, lambda *_, **__: 1 / 0)}, journal)  # type: ignore[arg-type]  # never undone
    assert made.do("log-in", {"email": "a@example.com"}).answer == {"ok": False}
    assert made.undo_all() == []
    journal.close()
    assert not list(journals.iterdir())


def died(controls: dict[str, Control], name: str, parameters: JsonObject) -> None:
    """Do a control and die before it is undone."""
    journal = opened_journal()
    made, _ = desk(controls, journal)
    try:
        made.do(name, parameters)
    finally:
        journal._file.close()  # type: ignore[union-attr]


def test_clean_undoes_what_a_dead_run_did(journals: Path, tmp_path: Path) -> None:
    flag = tmp_path / "saml-is-off"
    controls = read_controls(
        {"saml-off": {"do": {"shell": f"touch {flag}"}, "undo": {"shell": f"rm {flag}"}}}, "scimulator.toml"
    )
    died(controls, "saml-off", {})
    assert flag.exists()
    assert left_done("http://product.example") == ["saml-off"]
    without = undo_controls("http://product.example", {}, Surroundings())
    assert "[control.saml-off]" in without[0].reason
    assert undo_controls("http://product.example", controls, Surroundings(), dry_run=True)[0].reason == ""
    assert flag.exists()
    assert undo_controls("http://another.example", controls, Surroundings()) == []
    assert [one.reason for one in undo_controls("http://product.example", controls, Surroundings())] == [""]
    assert not flag.exists()
    assert not list(journals.iterdir())


def test_clean_leaves_a_living_run_alone(journals: Path) -> None:
    journal = opened_journal()
    made, _ = desk({"x-own": built_in("x-own", dict, lambda *_: None)}, journal)
    made.do("x-own", {})
    assert undo_controls("http://product.example", {}, Surroundings()) == []
    assert left_done("http://product.example") == []
    assert made.undo_all() == []
    journal.close()
    assert not list(journals.iterdir())


def test_an_undo_that_fails_is_tried_again_next_time(journals: Path, tmp_path: Path) -> None:
    flag = tmp_path / "now"
    controls = read_controls(
        {"saml-off": {"do": {"shell": "true"}, "undo": {"shell": f"test -e {flag}"}}}, "scimulator.toml"
    )
    died(controls, "saml-off", {})
    assert "ended with 1" in undo_controls("http://product.example", controls, Surroundings())[0].reason
    flag.touch()
    assert undo_controls("http://product.example", controls, Surroundings())[0].reason == ""
    assert not list(journals.iterdir())


def test_what_died_before_its_answer_came_is_told_once(journals: Path) -> None:
    controls = read_controls(
        {"make-content": {"do": {"shell": "exit 1"}, "undo": {"shell": "drop {answer.id}"}}}, "scimulator.toml"
    )
    with pytest.raises(ControlError):
        died(controls, "make-content", {"email": "a@example.com"})
    assert "by hand" in undo_controls("http://product.example", controls, Surroundings())[0].reason
    assert undo_controls("http://product.example", controls, Surroundings()) == []
    assert not list(journals.iterdir())


def test_a_torn_last_line_swallows_nothing(journals: Path) -> None:
    died({"x-own": built_in("x-own", dict, lambda *_: None)}, "x-own", {})
    path = next(journals.iterdir())
    with path.open("a", encoding="utf-8") as file:
        file.write('{"intend":2,"endpo')
    found = find_journals("http://product.example")[0]
    assert [each.name for each in found.controls] == ["x-own"]
    found.undone(found.controls[0].number)
    assert not path.exists()
