"""A repro as one file for pytest that needs httpx and nothing of ours; its test fails while the bug is there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scimulator.evidence.repro.condition import Proof
from scimulator.evidence.repro.pytest_text import BASIC, BEARER, HEAD
from scimulator.evidence.repro.template import LOUD, MARK, SECRET, TOKEN, URL, Gap, Place, names_in
from scimulator.evidence.repro.wording import commented, explained

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimulator.evidence.repro.condition import Condition
    from scimulator.evidence.repro.plan import Plan, Step
    from scimulator.evidence.repro.template import Text

_CONSTANTS = (MARK, LOUD, URL, SECRET, TOKEN)


def pytest_file(plan: Plan) -> str:
    """Return the test file of a plan."""
    mark = next((value.seen for value in plan.values if value.name == MARK), "")
    drawn = 'f"scimulator-c{secrets.token_hex(3)}-"' if mark else repr(f"scimulator-{plan.header.get('run')}")
    basic = any(text[:1] == ("Basic ",) for step in plan.steps for _, text in step.headers)
    about = "\n".join(line.replace("\\", "\\\\").replace('"""', "'''") for line in commented(plan))
    lines = [HEAD.format(about=about, mark=drawn, authorization=BASIC if basic else BEARER), ""]
    lines += [
        f"def test_{_identifier(plan.title)}(server: Server) -> None:",
        f'    """{_quoted_title(plan)}"""',
    ]
    for step in plan.steps:
        lines += [f"    # {step.number}. {explained(step)}", *_call(step)]
    lines += ["", *_decision(plan.condition)]
    return "\n".join(lines) + "\n"


def _quoted_title(plan: Plan) -> str:
    title = str(plan.check.get("title") or plan.title).replace("\\", "\\\\").replace('"', "'")
    return " ".join(title.split())


def _identifier(title: str) -> str:
    return "_".join("".join(char if char.isalnum() and char.isascii() else " " for char in title.lower()).split())


def _call(step: Step) -> Iterator[str]:
    seen = step.seen
    name = f"answer_{step.number}"
    if step.pause:
        yield f"    time.sleep({step.pause})"
    yield f"    {name} = server.send("
    yield f"        {json.dumps(seen.method)},"
    yield f"        {written(step.target) or repr('/')},"
    yield "        ["
    for header, text in step.headers:
        value = "AUTHORIZATION" if text[:1] == ("Basic ",) and TOKEN in names_in(text) else written(text)
        yield f"            ({json.dumps(header)}, {value}),"
    yield "        ],"
    if step.body:
        yield f"        {written(step.body)},"
    yield "    )"
    if step.prepares:
        yield f"    must({name}, {seen.status})"
    for bind in step.binds:
        source = f"{name}.headers.get({bind.header!r}, '')" if bind.header else f"member({name}, {bind.path!r})"
        yield f"    {bind.name.lower()} = {source}"
        if bind.name == step.resource:
            yield f"    server.made({seen.path!r}, {bind.name.lower()})"


def written(text: Text) -> str:
    """Return a text as an expression of Python."""
    return " + ".join(repr(part) if isinstance(part, str) else _variable(part) for part in text) or "''"


def _variable(gap: Gap) -> str:
    if gap.name in _CONSTANTS:
        return {LOUD: "MARK.upper()"}.get(gap.name, gap.name)
    name = gap.name.lower()
    return f"segment({name})" if gap.place is Place.TARGET else f"escaped({name})" if gap.place is Place.JSON else name


def _decision(condition: Condition) -> Iterator[str]:
    answer = f"answer_{condition.step}"
    yield f"    # The bug shows when {condition.sentence}."
    yield f"    if {answer}.status_code // 100 != {condition.status // 100}:"
    yield "        return  # the answer is another one now"
    yield f"    assert not ({_test(condition, answer)}), {condition.sentence!r}"


def _test(condition: Condition, answer: str) -> str:
    where = repr(condition.where)
    values = f"values({answer}, {where})"
    owed = f"sorted([{', '.join(written(each) for each in condition.owed)}])"
    match condition.test:
        case Proof.STATUS:
            codes = tuple(condition.codes)
            return f"not status_in({answer}, {codes!r})" if codes else "True"
        case Proof.NO_HEADER:
            return f"not {answer}.headers.get({where})"
        case Proof.OTHER_HEADER:
            expected = written(condition.owed[0])
            return f"not {answer}.headers.get({where}, '').lower().startswith(({expected}).lower())"
        case Proof.NO_JSON:
            return f"not flat_lines({answer})"
        case Proof.MORE | Proof.OTHER_COUNT:
            operator = ">" if condition.test is Proof.MORE else "!="
            return f"count({answer}, {where}) {operator} {condition.limit}"
        case Proof.LISTS:
            parts = [f"listed({answer}, {name.lower()})" for name in condition.listed]
            parts += [f"not listed({answer}, {name.lower()})" for name in condition.unlisted]
            return " and ".join(parts) or "True"
        case Proof.ABSENT:
            return f"not {values}"
        case Proof.PRESENT:
            return values
        case Proof.CHANGED:
            return f"{values} != values(answer_{condition.other}, {where})"
        case Proof.LACKS:
            return f"not set({owed}) & set({values})"
        case Proof.LIKE:
            return f"{values} == {owed}"
        case _:
            return f"{values} != {owed}"
