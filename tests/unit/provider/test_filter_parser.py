from __future__ import annotations

import pytest

from scimulator.provider.filter import (
    And,
    Compare,
    FilterSyntaxError,
    Not,
    Or,
    PatchPath,
    Present,
    ValuePath,
    parse_filter,
    parse_path,
)

URN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def shape(node):
    """The tree without places, as nested tuples."""
    if isinstance(node, And | Or):
        return (type(node).__name__.lower(), *(shape(part) for part in node.parts))
    if isinstance(node, Not):
        return ("not", shape(node.inner))
    if isinstance(node, ValuePath):
        return ("[]", node.path, shape(node.inner), *([shape(node.rest)] if node.rest else []))
    return (node.path, "pr") if isinstance(node, Present) else (node.path, node.operator, node.operand)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('userName eq "a"', ("userName", "eq", "a")),
        ('userName EQ "a"', ("userName", "eq", "a")),
        ('userName eq"a"', ("userName", "eq", "a")),
        ("title PR", ("title", "pr")),
        ("a eq true and b eq NULL", ("and", ("a", "eq", True), ("b", "eq", None))),
        ("a gt -1.5e2", ("a", "gt", -150.0)),
        ("a eq 1 or b eq 2 and c eq 3", ("or", ("a", "eq", 1), ("and", ("b", "eq", 2), ("c", "eq", 3)))),
        ("(a eq 1 or b eq 2) and c eq 3", ("and", ("or", ("a", "eq", 1), ("b", "eq", 2)), ("c", "eq", 3))),
        ("not (a pr) and b pr", ("and", ("not", ("a", "pr")), ("b", "pr"))),
        ("not(a pr)", ("not", ("a", "pr"))),
        ('not eq "x"', ("not", "eq", "x")),
        ('and eq "or"', ("and", "eq", "or")),
        ('e[type eq "work" and not (value co "@")]',
         ("[]", "e", ("and", ("type", "eq", "work"), ("not", ("value", "co", "@"))))),
        ('e[type eq "w"].value eq "x"', ("[]", "e", ("type", "eq", "w"), ("e.value", "eq", "x"))),
        (f'{URN}:manager.value eq "1"', (f"{URN}:manager.value", "eq", "1")),
        (r'a eq "q\" and \\ é"', ("a", "eq", 'q" and \\ é')),
        ('a eq ") or ("', ("a", "eq", ") or (")),
        ("groups.$ref pr", ("groups.$ref", "pr")),
    ],
)  # fmt: skip
def test_a_filter_becomes_a_tree(text, tree):
    assert shape(parse_filter(text)) == tree


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("", 1),
        ("userName", 9),
        ("userName eq", 12),
        ("userName eq bjensen", 13),
        ("userName eq 'a'", 13),
        ('userName eq "a', 13),
        ('userName is "a"', 10),
        ('userName eq "a" and', 20),
        ('userName eq "a" xor b pr', 17),
        ('(userName eq "a"', 17),
        ('userName eq "a")', 16),
        ('e[type eq "w"', 14),
        ("e[f[a pr]]", 4),
        ('1a eq "x"', 1),
        ("a. pr", 1),
        ("a eq 01", 6),
        ("a eq 1e999", 6),
        (r'a eq "\x"', 6),
        (r'a eq "\ud800"', 6),
        ("a eq True1", 6),
        ("not a pr", 5),
        ("(" * 100 + "a pr" + ")" * 100, 65),
    ],
)
def test_an_error_names_the_column(text, column):
    with pytest.raises(FilterSyntaxError) as caught:
        parse_filter(text)
    assert caught.value.column == column


def test_a_filter_has_a_greatest_length():
    with pytest.raises(FilterSyntaxError, match="longer than"):
        parse_filter('a eq "' + "x" * 20_000 + '"')


def test_a_path_is_read_with_filter_and_sub_attribute():
    assert parse_path("members") == PatchPath("members")
    assert parse_path("name.familyName") == PatchPath("name.familyName")
    assert parse_path(f"{URN}:department") == PatchPath(f"{URN}:department")
    assert parse_path('emails[type eq "work"].value') == PatchPath(
        "emails", Compare("type", "eq", "work", "work", 7), "value"
    )


@pytest.mark.parametrize("text", ["emails[", "emails[]", "emails]", ".value", "emails[type eq 1]x", "a b", "emails[0]"])
def test_a_malformed_path_is_refused(text):
    with pytest.raises(FilterSyntaxError):
        parse_path(text)
