"""The parts of a repro: flat lines, texts with gaps, what is cut out, and that no target can smuggle anything in."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scimulator.evidence.repro.archive import archive
from scimulator.evidence.repro.carrying import carried
from scimulator.evidence.repro.condition import Condition, Proof, Reply, Verdict
from scimulator.evidence.repro.disguise import Disguise
from scimulator.evidence.repro.flat import flat, owed, pattern, values
from scimulator.evidence.repro.making import planned
from scimulator.evidence.repro.plan import ImpossibleError
from scimulator.evidence.repro.pytest_file import pytest_file
from scimulator.evidence.repro.records import seen
from scimulator.evidence.repro.report import report
from scimulator.evidence.repro.shell import quoted, shell
from scimulator.evidence.repro.shell_text import HEAD
from scimulator.evidence.repro.slicing import History
from scimulator.evidence.repro.template import MARK, Gap, Place, Value, filled, with_gaps

if TYPE_CHECKING:
    from pathlib import Path

    from scimulator.exchange.strict_json import Json, JsonObject

NUMBERS = iter(range(1, 10_000))
MARKED = "scimulator-abcde-"


def exchange(  # noqa: PLR0917  in the order in which they travel
    method: str, target: str, body: Json = None, status: int = 200, answer: Json = None, purpose: str = "judged"
) -> JsonObject:
    number = next(NUMBERS)
    return {
        "number": number,
        "started": float(number),
        "elapsed": 0.001,
        "purpose": purpose,
        "step": "",
        "request": {
            "method": method,
            "target": target,
            "headers": [["Host", "x.example"], ["Authorization", "Bearer <redacted>"], ["User-Agent", "scimulator/1"]],
            "body": "" if body is None else json.dumps(body),
        },
        "response": {
            "status": status,
            "headers": [["Content-Type", "application/scim+json"], ["ETag", f'W/"v{number}"']],
            "body": "" if answer is None else json.dumps(answer),
        },
        "failure": None,
    }


def run_of(*exchanges: JsonObject, others: tuple[JsonObject, ...] = (), **symptom: Json) -> tuple[History, JsonObject]:
    told: JsonObject = {"kind": "value", "message": "it is wrong", "at": "", "wanted": None, "got": None, **symptom}
    told.setdefault("exchange", exchanges[-1]["number"])
    finding: JsonObject = {"id": "a.check:x", "severity": "failure", "symptom": told, "statement": "It is right."}
    check: JsonObject = {
        "type": "check",
        "id": "a.check",
        "dialect": "",
        "area": "a",
        "title": "It is so.",
        "outcome": "failed",
        "findings": [finding],
        "exchanges": list(exchanges),
    }
    header: JsonObject = {"type": "run", "run": "abcde", "base_url": "http://x.example/scim", "started": "today"}
    before: JsonObject = {"type": "check", "id": "an.earlier", "findings": [], "exchanges": list(others)}
    return History.of([header, before, check, {"type": "end", "marks": [MARKED]}]), finding


def user(name: str, made: str) -> JsonObject:
    body: Json = {"userName": f"{MARKED}{name}@example.com"}
    return exchange("POST", "/Users", body, 201, {"id": made, "userName": f"{MARKED}{name}@example.com"}, "set-up")


def test_flat_lines_say_what_scim_means() -> None:
    body: Json = {"a": None, "b": [], "emails": [{"value": "x", "primary": False}, {"value": "w"}], "n": {"x": 1}}
    lines = list(flat(body))
    assert [line.path for line in lines] == ["/emails/0/value", "/emails/0/primary", "/emails/1/value", "/n/x"]
    assert values(lines, pattern("EMAILS")) == ['/*/value\t"w"', '/*/value\t"x"']
    assert values(lines, pattern("emails[*].value")) == ['\t"w"', '\t"x"']
    assert values(lines, pattern("$.emails[1].value")) == ['\t"w"']
    assert values(lines, pattern("email")) == []
    assert owed([{"value": "w"}, {"value": "x", "primary": False}]) == values(lines, pattern("emails"))
    urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    assert values(list(flat({urn: {"department": "d"}})), pattern(f"{urn}:department")) == ['\t"d"']


@pytest.mark.parametrize(
    ("text", "place", "wanted"),
    [
        ("/Users/1?count=1", Place.TARGET, ("/Users/", Gap("A", Place.TARGET), "?count=1")),
        ('{"value":"1","n":"11"}', Place.JSON, ('{"value":"', Gap("A", Place.JSON), '","n":"11"}')),
        ("/Users/a%40b.example", Place.TARGET, ("/Users/", Gap("B", Place.TARGET, plain=False))),
        ('W/"odd"', Place.HEADER, (Gap("C", Place.HEADER),)),
        (f"/Users/{MARKED}x", Place.TARGET, ("/Users/", Gap(MARK, Place.TARGET), "x")),
    ],
)
def test_values_of_answers_become_gaps(text: str, place: Place, wanted: object) -> None:
    variables = [Value("A", "1"), Value("B", "a@b.example"), Value("C", 'W/"odd"'), Value(MARK, MARKED)]
    made = with_gaps(text, place, variables)
    assert made == wanted
    assert filled(made, {each.name: each.seen for each in variables}) == text


def test_what_belongs_to_others_is_left_out_and_what_was_lent_is_made_again() -> None:
    lent, stranger = user("1-lent", "11111111"), user("2-stranger", "22222222")
    renamed = exchange("PATCH", "/Users/11111111", {"x": 1}, 200, {})
    unrelated = exchange("PATCH", "/Users/22222222", {"x": 1}, 200, {})
    probe = exchange("GET", "/Schemas", None, 200, {"Resources": []}, "probe")
    mine = user("3-mine", "33333333")
    before = exchange("GET", "/Users/11111111", None, 200, {"id": "11111111", "title": "a"}, "evidence")
    write = exchange("PATCH", "/Users/11111111", {"manager": "33333333"}, 200, {})
    after = exchange("GET", "/Users/11111111", None, 200, {"id": "11111111", "title": "b"}, "evidence")
    history, finding = run_of(
        probe, mine, before, write, after, others=(lent, stranger, renamed, unrelated), kind="changed", at="title"
    )
    plan = planned(history, history.checks[1], finding)
    kept = [step.seen.record for step in plan.steps]
    assert kept == [lent, renamed, mine, before, write, after]
    assert plan.condition.test is Proof.CHANGED
    assert [step.resource for step in plan.steps if step.resource] == ["USER_1", "USER_2"]


def test_a_version_is_taken_from_the_answer_that_gave_it() -> None:
    made = user("1-x", "11111111")
    read = exchange("GET", "/Users/11111111", None, 200, {"id": "11111111"}, "set-up")
    write = exchange("PUT", "/Users/11111111", {"x": 1}, 200, {})
    write["request"]["headers"].append(["If-Match", read["response"]["headers"][1][1]])  # type: ignore[index, union-attr, call-overload]  # JSON of ours
    history, finding = run_of(made, read, write, kind="status", wanted=412, got=200)
    plan = planned(history, history.checks[1], finding)
    assert [bind.header for step in plan.steps for bind in step.binds if bind.header] == ["ETag"]
    assert dict(plan.steps[-1].headers)["If-Match"] == (Gap("ETAG_1", Place.HEADER),)


def test_what_shows_anywhere_proves_nothing() -> None:
    made = user("1-x", "11111111")
    history, finding = run_of(made, kind="status", wanted=200, got=201, exchange=made["number"])
    always = lambda *_: Reply(201, (), '{"id": "5"}')  # noqa: E731  as short as what it stands for
    with pytest.raises(ImpossibleError, match="show the same on a server without the bug"):
        planned(history, history.checks[1], finding, control=lambda: always)
    never = lambda *_: Reply(200, (), '{"id": "5"}')  # noqa: E731  the same
    plan = planned(history, history.checks[1], finding, control=lambda: never)
    # The POST is a preparation too, but here it is what shows the bug.
    assert carried(plan, always).verdict is Verdict.SHOWN
    assert carried(plan, never).verdict is Verdict.NOT_SHOWN


def test_a_request_that_was_cut_cannot_be_sent_again() -> None:
    cut = exchange("POST", "/Users", {"x": 1}, 200, {})
    cut["request"]["cut"] = 300_000  # type: ignore[index, call-overload]  # JSON of ours
    history, finding = run_of(cut, kind="status", wanted=400, got=200)
    with pytest.raises(ImpossibleError, match=r"too long.*run the check again instead: scimulator check a.check"):
        planned(history, history.checks[1], finding)


HOSTILE = 'x\n$(touch {place})`touch {place}`\'"""\\\n'


def test_nothing_that_a_target_says_is_ever_executed(tmp_path: Path) -> None:
    place = tmp_path / "owned"
    evil = HOSTILE.replace("{place}", str(place))
    body: Json = {"id": f"1{evil}", evil: "a", "userName": f"{MARKED}1-x"}
    made = exchange("POST", f"/Us'$(touch {place})", {"userName": f"{MARKED}1-x"}, 201, body, "set-up")
    before = exchange("GET", "/Users/1", None, 200, {"id": "1", evil: "a"}, "evidence")
    write = exchange("PATCH", "/Users/1", {"v": f"1{evil}"}, 200, {})
    after = exchange("GET", "/Users/1", None, 200, {"id": "1", evil: "b"}, "evidence")
    history, finding = run_of(made, before, write, after, kind="changed", at=evil, message=evil, wanted="a", got=evil)
    plan = planned(history, history.checks[1], finding)
    script, test = tmp_path / "x.sh", tmp_path / "test_x.py"
    script.write_text(shell(plan), encoding="utf-8")
    test.write_text(pytest_file(plan), encoding="utf-8")
    compile(test.read_text(encoding="utf-8"), "test_x.py", "exec")
    env = {"PATH": "/usr/bin:/bin", "SCIM_URL": "http://127.0.0.1:1", "SCIM_TOKEN": "t", "TMPDIR": str(tmp_path)}
    done = subprocess.run(["sh", str(script)], capture_output=True, text=True, check=False, timeout=60, env=env)
    assert done.returncode == 2, done.stderr
    assert not place.exists()
    assert "touch" in report(plan)
    assert json.loads(json.dumps(archive(plan)))["log"]["entries"]


def test_a_pinned_quotation(tmp_path: Path) -> None:
    assert quoted(("a", Gap("X", Place.JSON), "it's")) == "a\"${X}\"'it'\"'\"'s'"
    assert quoted(("", Gap("X", Place.JSON, plain=False))) == '\'\'"$(escaped "$X")"'


def test_other_people_get_other_names_and_equal_ones_the_same() -> None:
    theirs: JsonObject = {
        "id": "9",
        "userName": "real.person@corp.example",
        "name": {"familyName": "Person"},
        "emails": [{"value": "real.person@corp.example", "type": "work"}],
    }
    ours: JsonObject = {"id": "8", "userName": f"{MARKED}1-x", "displayName": "Made Up"}
    told = Disguise([seen(exchange("GET", "/Users", None, 200, {"Resources": [theirs, ours]}))])
    text = told.text(json.dumps([theirs, ours]))
    assert "corp.example" not in text
    assert '"Person"' not in text
    assert text.count("person-1@example.org") == 2
    assert "Made Up" in text
    assert '"work"' in text


BODY: Json = {
    "id": 'q"b\\s',
    "n": 1.5,
    "t": True,
    "zero": None,
    "none": [],
    "empty": {},
    "emails": [{"value": "a@b", "primary": False, "type": "x"}, {"value": "ü{[,:]}", "primary": True}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "5"}, "list": [[1, 2], [3]]},
    "Resources": [{"id": "1"}, {"id": "2"}],
}


@pytest.mark.parametrize("indent", [None, 2])
def test_the_shell_reads_json_as_python_does(indent: int | None, tmp_path: Path) -> None:
    functions = HEAD.format(about="#", needed="", mark="m", escapes="-e p -n").partition("\nsend() {")
    rest = "flatten() {" + functions[2].partition("flatten() {")[2]
    script = f"set -fu\nTAB=$(printf '\\t')\nWORK={tmp_path}\n{rest}\nflatten <{tmp_path}/body >{tmp_path}/1.flat\n"
    script += f"cat {tmp_path}/1.flat\necho =\nvalues 1 /emails 1\necho =\nmember 1 /id\ncount 1 /Resources\n"
    script += "listed 1 2 && echo yes\nlisted 1 3 || echo no\n"
    (tmp_path / "body").write_text(json.dumps(BODY, indent=indent, ensure_ascii=False), encoding="utf-8")
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, timeout=30)
    lines, emails, rest = done.stdout.split("=\n")
    wanted = list(flat(BODY))
    assert lines.splitlines() == [f"{path}\t{value}" for path, value in wanted]
    assert emails.splitlines() == values(wanted, "/emails")
    assert rest.splitlines() == ['q"b\\s', "2", "yes", "no"]


@pytest.mark.parametrize(
    ("condition", "body", "status", "shows"),
    [
        (Condition(Proof.STATUS, 1, 200, "", codes=("400",)), {}, 200, True),
        (Condition(Proof.STATUS, 1, 200, "", codes=("400",)), {}, 404, False),
        (Condition(Proof.STATUS, 1, 500, "", codes=("2xx",)), {}, 503, True),
        (Condition(Proof.ABSENT, 1, 200, "", where="/a"), {"a": []}, 200, True),
        (Condition(Proof.ABSENT, 1, 200, "", where="/a"), {"A": 1}, 200, False),
        (Condition(Proof.ABSENT, 1, 200, "", where="/a"), {}, 400, False),
        (
            Condition(Proof.MORE, 1, 200, "", where="/Resources", limit=1),
            {"Resources": [{"id": 1}, {"id": 2}]},
            200,
            True,
        ),
        (
            Condition(Proof.MORE, 1, 200, "", where="/Resources", limit=2),
            {"Resources": [{"id": 1}, {"id": 2}]},
            200,
            False,
        ),
        (Condition(Proof.LISTS, 1, 200, "", listed=("U",)), {"Resources": [{"id": "7"}]}, 200, True),
        (Condition(Proof.LISTS, 1, 200, "", unlisted=("U",)), {"Resources": [{"id": "7"}]}, 200, False),
        (Condition(Proof.LACKS, 1, 200, "", where="/s", owed=(("/*\t", '"a"'),)), {"s": ["b"]}, 200, True),
        (Condition(Proof.LIKE, 1, 200, "", where="/s", owed=(('\t"a"',),)), {"s": "a"}, 200, True),
        (Condition(Proof.UNLIKE, 1, 200, "", where="/s", owed=(('\t"a"',),)), {"s": "a"}, 200, False),
        (Condition(Proof.NO_HEADER, 1, 200, "", where="etag"), {}, 200, True),
        (Condition(Proof.OTHER_HEADER, 1, 200, "", where="X", owed=(("A",),)), {}, 200, True),
        (Condition(Proof.NO_JSON, 1, 200, "", where=""), {"a": 1}, 200, False),
    ],
)
def test_conditions(condition: Condition, body: Json, status: int, *, shows: bool) -> None:
    reply = Reply(status, (("x", "b"),), json.dumps(body))
    assert condition.holds({1: reply}, {"U": "7"}) is shows
    assert replace(condition, step=2).holds({2: reply}, {"U": "7"}) is shows
