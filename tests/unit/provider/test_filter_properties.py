"""SQL, the evaluator, and a parser and evaluator that somebody else wrote find the same users."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from scim2_models import EnterpriseUser, ScimFilter, User

from scimulator.exchange.clock import SimulatedClock
from scimulator.exchange.message import Request
from scimulator.provider import Provider
from scimulator.provider.filter import parse_filter
from scimulator.provider.matching import Matcher
from scimulator.provider.sql import compile_filter

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
NAMES = ["ann", "ANN", "Ännchen", "ännchen", "straße", "STRASSE", "İz", "iz", "a%b", "a_b", "O'Neil", 'q"t', "ﬁn",
         "fin", "é", "e\u0301", "ß", "", " ", "ann ", "\u0000x", "zoë", "10", "9"]  # fmt: skip
text = st.one_of(st.sampled_from(NAMES), st.text(st.characters(exclude_categories=["Cs"]), max_size=4))
quoted = text.map(lambda value: json.dumps(value, ensure_ascii=False))
operator = st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"])
DATES = [
    "2026-01-05T09:00:01Z",
    "2026-01-05T10:00:02+01:00",
    "2026-01-05T09:00:01.0005Z",
    "2027-01-01T00:00:00",
]
date = st.sampled_from(DATES)
leaf = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from(["userName", "displayName", "externalId", "title", "id"]),
              operator, quoted),
    st.builds("{} pr".format, st.sampled_from(["userName", "displayName", "title", "emails", "id", "active"])),
    st.builds('meta.lastModified {} "{}"'.format, st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"]), date),
    st.builds("active {} {}".format, st.sampled_from(["eq", "ne"]), st.sampled_from(["true", "false"])),
    st.builds("emails.value eq {}".format, quoted),
    st.builds('emails[type eq "work" and value eq {}]'.format, quoted),
    st.builds('emails[type eq "home"].value eq {}'.format, quoted),
)  # fmt: skip
expression = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=4,
)


def provider_with_users(faults=()):
    clock = SimulatedClock()
    provider = Provider("https://scim.example/v2", clock=clock, seed=1, faults=faults)
    for place, name in enumerate(NAMES):
        clock.sleep(1)
        body = {
            "schemas": [USER],
            "userName": f"{name}{'' if name.strip() else place}",
            "displayName": NAMES[(place * 7) % len(NAMES)] or None,
            "externalId": NAMES[(place * 5) % len(NAMES)] or None,
            "title": NAMES[(place * 3) % len(NAMES)] or None,
            "active": [True, False, None][place % 3],
            "emails": [{"value": NAMES[(place * 11) % len(NAMES)] or "x", "type": ["work", "home"][place % 2]}],
        }
        provider.handle(Request("POST", "/Users", (), json.dumps(body).encode()))
    return provider


PROVIDER = provider_with_users()
KIND = PROVIDER.types["User"]
RECORDS = list(PROVIDER.store.select(["User"], "", (), "seq"))
VIEWS = [PROVIDER.renderer.resource(record) for record in RECORDS]


def by_evaluator(node, views=VIEWS):
    predicate = Matcher(PROVIDER.rules, KIND).predicate(node)
    return [view["id"] for view in views if predicate(view)]


@settings(max_examples=600, deadline=None)
@given(expression)
def test_sql_finds_what_the_evaluator_finds(filter_text):
    node = parse_filter(filter_text)
    condition = compile_filter(node, KIND)
    if condition is None:
        return
    found = [record.id for record in PROVIDER.store.select(["User"], condition.sql, condition.parameters, "seq")]
    expected = by_evaluator(node)
    if condition.exact:
        assert found == expected
    else:
        assert set(found) >= set(expected)


@settings(max_examples=100, deadline=None)
@given(expression)
def test_the_list_is_the_evaluators_whichever_way_it_went(filter_text):
    body = {"filter": filter_text, "count": 500}
    answer = PROVIDER.handle(Request("POST", "/Users/.search", (), json.dumps(body).encode()))
    assert answer.status == 200, answer.body
    listed = answer.document().object["Resources"]
    assert [item["id"] for item in listed] == by_evaluator(parse_filter(filter_text))
    assert PROVIDER.crashes == []


plain = st.sampled_from(["ann", "ANN", "strasse", "a%b", "O'Neil", "zoë", "10", "9"]).map(json.dumps)
oracle_leaf = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from(["userName", "displayName", "externalId"]),
              st.sampled_from(["eq", "co", "sw", "ew", "gt", "ge", "lt", "le"]), plain),
    st.builds("{} pr".format, st.sampled_from(["userName", "displayName", "title", "emails"])),
    st.builds("active eq {}".format, st.sampled_from(["true", "false"])),
    st.builds("emails.value {} {}".format, st.sampled_from(["co", "sw"]), plain),
    st.builds('emails[type eq "work" and value co {}]'.format, plain),
)  # fmt: skip
oracle_expression = st.recursive(
    oracle_leaf,
    lambda inner: st.one_of(
        st.builds("{} and {}".format, inner, inner),
        st.builds("{} or {}".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=4,
)
# ASCII only: they fold by lower(), we by Unicode's case folding, so that "ß" is "ss".
MAILED = [
    {**view, "emails": [{"value": f"{name}@mail.example", "type": view["emails"][0]["type"]}]}
    for view, name in zip(
        [view for view in VIEWS if json.dumps(view, ensure_ascii=False).isascii()],
        ["ann", "ANN", "zoe", "10", "9", "o'neil"] * 5,
        strict=False,
    )
]
MODELS = [(view["id"], User[EnterpriseUser].model_validate(view)) for view in MAILED]


@settings(max_examples=300, deadline=None)
@given(oracle_expression)
def test_scim2_models_agrees(filter_text):
    theirs = ScimFilter[User](filter_text)
    assert by_evaluator(parse_filter(filter_text), MAILED) == [known for known, model in MODELS if theirs.match(model)]
