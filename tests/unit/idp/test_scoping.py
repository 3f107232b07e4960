from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimulator.idp.scoping import Operator, Scope, ScopingError, clause, scope_of

# https://learn.microsoft.com/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts


# …#create-a-scoping-filter: what each operator says of an attribute
@pytest.mark.parametrize(
    ("operator", "value", "found", "holds"),
    [
        ("&", "sales, support", "sales", True),
        ("&", "sales, support", "hr", False),
        ("!&", "sales, support", "hr", True),
        ("!&", "sales, support", "sales", False),
        ("ENDS_WITH", "@x.example", "ada@x.example", True),
        ("ENDS_WITH", "@X.example", "ada@x.example", False),
        ("EQUALS", "Sales", "Sales", True),
        ("EQUALS", "Sales", "sales", False),
        ("NOT EQUALS", "Sales", "sales", True),
        ("NOT EQUALS", "Sales", "Sales", False),
        ("Greater_Than", "10", 11, True),
        ("Greater_Than", "10", "11", True),
        ("Greater_Than", "10", 10, False),
        ("Greater_Than", "10", "ten", False),
        ("Greater_Than_OR_EQUALS", "10", 10, True),
        ("Greater_Than_OR_EQUALS", "10", 9, False),
        ("Includes", "ale", "sales", True),
        ("Includes", "ALE", "sales", False),
        ("IS TRUE", "", True, True),
        ("IS TRUE", "", "True", True),
        ("IS TRUE", "", False, False),
        ("IS FALSE", "", False, True),
        ("IS FALSE", "", "x", False),
        ("IS NULL", "", "", True),
        ("IS NULL", "", "x", False),
        ("IS NOT NULL", "", "x", True),
        ("IS NOT NULL", "", "", False),
        ("REGEX MATCH", "([1-9][0-9])", "10", True),
        ("REGEX MATCH", "([1-9][0-9])", "99", True),
        ("REGEX MATCH", "([1-9][0-9])", "100", False),
        ("REGEX MATCH", "([1-9][0-9])", "9", False),
        # …#common-scoping-filters
        ("REGEX MATCH", r".*\@domain.com", "ada@domain.com", True),
        ("REGEX MATCH", r".*\@domain.com", "ada@other.com", False),
        ("NOT REGEX MATCH", r".*\@domain.com", "ada@domain.com", False),
        ("NOT REGEX MATCH", r".*\@domain.com", "ada@other.com", True),
        ("EQUALS", "sales", "sales", True),
        ("REGEX MATCH", "(1[0-9][0-9][0-9][0-9][0-9][0-9])", "1500000", True),
        ("REGEX MATCH", "(1[0-9][0-9][0-9][0-9][0-9][0-9])", "2000001", False),
    ],
)
def test_an_operator(operator: str, value: str, found: Any, holds: bool):
    assert clause("a", operator, value).holds({"a": found}) is holds


VALUES = {Operator.GREATER: "1", Operator.GREATER_OR_EQUAL: "1"}


@pytest.mark.parametrize("operator", list(Operator))
def test_an_empty_attribute_meets_nothing_but_is_null(operator: Operator):
    bare = operator in (Operator.IS_NULL, Operator.IS_NOT_NULL, Operator.IS_TRUE, Operator.IS_FALSE)
    made = clause("a", operator, "" if bare else VALUES.get(operator, "x"))
    assert made.holds({}) is made.holds({"a": ""}) is made.holds({"a": None}) is (operator is Operator.IS_NULL)
    # "Filtering is not supported for multi-valued attributes."
    assert not made.holds({"a": ["x"]})


# …#scoping-filter-construction: New York, Engineering, employee ID between 1,000,000 and 2,000,000, a job title
FILTERS: list[Any] = [
    {
        "title": "Engineers in New York",
        "clauses": [
            {"attribute": "state", "operator": "EQUALS", "value": "New York"},
            {"attribute": "department", "operator": "equals", "value": "Engineering"},
            {"attribute": "employeeId", "operator": "regex_match", "value": "(1[0-9][0-9][0-9][0-9][0-9][0-9])"},
            {"attribute": "jobTitle", "operator": "Is Not Null"},
        ],
    },
    {"clauses": [{"attribute": "state", "operator": "EQUALS", "value": "Ohio"}]},
]
ADA = {"state": "New York", "department": "Engineering", "employeeId": "1234567", "jobTitle": "Lead"}


def test_clauses_are_anded_and_filters_are_ored():
    scope = scope_of(FILTERS)
    assert scope.holds(ADA)
    assert scope.holds({"state": "Ohio"})
    assert not scope.holds({**ADA, "jobTitle": ""})
    assert not scope.holds({**ADA, "department": "Sales"})
    assert scope.missed(ADA) == []
    assert [(one.title, clause.attribute) for one, clause in scope.missed({**ADA, "jobTitle": ""})] == [
        ("Engineers in New York", "jobTitle"),
        ("filter 2", "state"),
    ]


def test_without_filters_everything_is_in_scope():
    assert Scope().holds({})


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (("", "EQUALS", "x"), "names no attribute"),
        (("members", "EQUALS", "x"), "does not support filters on members"),
        (("a", "EQUAL", "x"), 'did you mean "EQUALS"'),
        (("a", "EQUALS", ""), "needs a value"),
        (("a", "IS TRUE", "x"), "takes no value"),
        (("a", "Greater_Than", "x"), "needs a whole number"),
        (("a", "REGEX MATCH", "("), "cannot be read"),
    ],
)
def test_a_wrong_clause_is_refused(parts: tuple[str, str, str], message: str):
    with pytest.raises(ScopingError, match=message):
        clause(*parts)


@pytest.mark.parametrize("filters", [[{}], [{"clauses": []}], [{"clauses": "x"}], [{"clauses": ["x"]}]])
def test_a_filter_without_clauses_is_refused(filters: list[Any]):
    with pytest.raises(ScopingError, match="clause"):
        scope_of(filters)


@given(
    operator=st.sampled_from(Operator),
    value=st.text(max_size=8),
    found=st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
)
def test_nothing_but_a_scoping_error_is_raised(operator: Operator, value: str, found: Any):
    try:
        made = clause("a", operator, value)
    except ScopingError:
        return
    assert made.holds({"a": found}) in (True, False)
