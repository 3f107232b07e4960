"""Whatever is written, the only exception is an ExpressionError; what was read evaluates alike every time."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scimulator.exchange.clock import SimulatedClock
from scimulator.idp.expressions import entra, okta
from scimulator.idp.expressions.entra_context import EntraContext
from scimulator.idp.expressions.errors import ExpressionError
from scimulator.idp.expressions.okta_context import Boss, OktaContext, OktaGroup

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

SCALARS: SearchStrategy[Any] = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
)
PEOPLE = st.fixed_dictionaries({}, optional=dict.fromkeys(("a", "b", "c", "appRoleAssignments"), VALUES))
TEXTS = st.sampled_from(
    [
        "",
        "a",
        "Zoë ß",
        "x@y.example",
        "1",
        "True",
        "d",
        "yyyy",
        "2020-03-16-07:00",
        "yyyy-MM-dd",
        "(?<a>x)",
        "a,b",
        "%",
        "\\",
    ]
) | st.text(max_size=6)


def entra_texts(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def okta_texts(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


NUMBERS = st.integers(-2, 300).map(str) | st.sampled_from(["&HF", "129699324000000000", "3.14"])


def entra_call(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    def call(name: str) -> SearchStrategy[str]:
        function = entra.LIBRARY.functions[name]
        arguments = st.lists(inner | inner | inner | st.just(""), min_size=function.least, max_size=function.least + 2)
        return arguments.map(lambda made: f"{name}({', '.join(made)})")

    calls = st.sampled_from(sorted(entra.LIBRARY.functions)).flatmap(call)
    return calls | st.tuples(inner, st.sampled_from(entra.COMPARISONS), inner).map(" ".join)


def okta_call(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    def call(name: str) -> SearchStrategy[str]:
        function = okta.LIBRARY.functions[name]
        arguments = st.lists(inner, min_size=function.least, max_size=function.least + 1)
        return arguments.map(lambda made: f"{name}({', '.join(made)})")

    operators = st.sampled_from(["+", "-", "==", "!=", "<", ">=", "AND", "OR", "?:", "matches"])
    return (
        st.sampled_from(sorted(okta.LIBRARY.functions)).flatmap(call)
        | st.tuples(inner, operators, inner).map(lambda made: f"({' '.join(made)})")
        | st.tuples(inner, inner, inner).map(lambda made: f"({made[0]} ? {made[1]} : {made[2]})")
        | st.lists(inner, max_size=3).map(lambda made: f"{{{', '.join(made)}}}")
        | st.tuples(inner, inner).map(lambda made: f"{made[0]}[{made[1]}]")
        | inner.map(lambda made: f"!{made}")
    )


ENTRA = st.recursive(
    TEXTS.map(entra_texts)
    | NUMBERS
    | st.sampled_from(["[a]", "[b]", "[appRoleAssignments]", "vbTextCompare", "Now()"]),
    entra_call,
    max_leaves=8,
)
OKTA = st.recursive(
    TEXTS.map(okta_texts) | NUMBERS | st.sampled_from(["user.a", "user.b", "appuser.a", "null", "true", "c"]),
    okta_call,
    max_leaves=8,
)


def entra_context(person: dict[str, Any]) -> EntraContext:
    return EntraContext(person, SimulatedClock(), random.Random(1), lambda value: value == "a")  # noqa: S311  seeded


def okta_context(person: dict[str, Any]) -> OktaContext:
    return OktaContext(
        user=person,
        appuser=person,
        profiles={"source": person},
        internal=person,
        groups=(OktaGroup("a", "A"),),
        linked={"a": person},
        directory_users=(person,),
        manager=Boss(person, {"a": person}),
        clock=SimulatedClock(),
    )


def entra_value(text: str, person: dict[str, Any]) -> Any:
    return entra.parse(text).evaluate(entra_context(person))


def okta_value(text: str, person: dict[str, Any]) -> Any:
    return okta.parse(text).evaluate(okta_context(person))


def outcome(run: Any, text: str, person: dict[str, Any]) -> str:
    try:
        return repr(run(text, person))
    except ExpressionError as error:
        refusal = error
    assert 0 <= refusal.position <= len(text)
    shown = refusal.show().split("\n")
    assert shown[-1].strip() == "^"
    assert len(shown[-1]) <= len(shown[-2]) + 1 or "\r" in text
    return str(refusal)


SOUP = st.lists(
    st.sampled_from(
        ["user", ".", "String", "len", "(", ")", "'", '"', ",", "{", "}", "[", "]", "?", ":", "?:", "==", "=", "+", "-",
         "AND", "!", "1", "3.14", "null", "Append", "IIF", "[a]", "<>", "&HF", "\\", "\n", "\t", " ", "é", "\u201c"]
    ),
    max_size=20,
).map("".join)  # fmt: skip


@pytest.mark.parametrize("run", [entra_value, okta_value])
@given(text=st.text(max_size=40) | SOUP)
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_or_refused(run: Any, text: str):
    outcome(run, text, {})


@given(text=ENTRA, person=PEOPLE)
@settings(max_examples=150, deadline=None)
def test_any_expression_of_entra_yields_or_is_refused(text: str, person: dict[str, Any]):
    assert outcome(entra_value, text, person) == outcome(entra_value, text, person)


@given(text=OKTA, person=PEOPLE)
@settings(max_examples=150, deadline=None)
def test_any_expression_of_okta_yields_or_is_refused(text: str, person: dict[str, Any]):
    assert outcome(okta_value, text, person) == outcome(okta_value, text, person)


@pytest.mark.parametrize("name", sorted(entra.LIBRARY.functions))
@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_a_function_of_entra_with_any_arguments(name: str, data: Any):
    function = entra.LIBRARY.functions[name]
    atoms = TEXTS.map(entra_texts) | NUMBERS | st.sampled_from(["[a]", "[b]", "[c]", "[appRoleAssignments]", "Now()"])
    count = data.draw(st.integers(function.least, function.least + 2))
    made = data.draw(st.lists(atoms, min_size=count, max_size=count))
    outcome(entra_value, f"{name}({', '.join(made)})", data.draw(PEOPLE))


@pytest.mark.parametrize("name", sorted(okta.LIBRARY.functions))
@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_a_function_of_okta_with_any_arguments(name: str, data: Any):
    function = okta.LIBRARY.functions[name]
    atoms = TEXTS.map(okta_texts) | NUMBERS | st.sampled_from(["user.a", "user.b", "user.c", "null", "{1, 'a'}"])
    made = data.draw(st.lists(atoms, min_size=function.least, max_size=function.least + 1))
    outcome(okta_value, f"{name}({', '.join(made)})", data.draw(PEOPLE))


@given(text=st.text(max_size=30))
def test_a_string_keeps_its_text(text: str):
    assert entra.parse(entra_texts(text)).evaluate(EntraContext()) == text
    assert okta.parse(okta_texts(text)).evaluate(OktaContext()) == text
