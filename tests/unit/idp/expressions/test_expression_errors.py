"""A refusal names the function, the argument and the place."""

from __future__ import annotations

from typing import Any

import pytest

from scimulator.idp.expressions import entra, okta
from scimulator.idp.expressions.entra_context import EntraContext
from scimulator.idp.expressions.errors import ExpressionError
from scimulator.idp.expressions.okta_context import OktaContext

ENTRA_READING = [
    ("", "empty", 0),
    ("   ", "empty", 3),
    ("tolower([mail])", 'did you mean "ToLower"', 0),
    ("ToLowr([mail])", 'did you mean "ToLower"', 0),
    ("ToLower mail", "parentheses must follow", 8),
    ("ToLower(mail)", r"write an attribute as \[mail\]", 8),
    ("ToLower('a')", "double quotes", 8),
    ('Append([a], "x)', "closing quotation mark is missing", 12),
    ('Append([a], "\\d")', "backslash in a string must be written twice", 13),
    ("ToLower([mail)", "has no end", 8),
    ("ToLower([])", "name is missing", 8),
    ("ToLower([mail]", "closing parenthesis of ToLower", 14),
    ("ToLower([mail]) x", "does not belong here", 16),
    ("ToLower()", "'source' of ToLower.* is missing", 8),
    ("ToLower(,)", "'source' of ToLower.* is empty", 8),
    ('Mid([a], 1, 2, "3")', "takes 3 arguments, not 4", 15),
    ("Now([a])", "takes no argument, not 1", 4),
    ("IIF([a] = , 1, 2)", "a function, an .attribute. or a string", 10),
    ('IIF([a]="b" AND [c]="d", 1, 2)', "AND does not exist: nest one IIF", 12),
    ('IIF([a]="b" "c", 1, 2)', "a comma or the closing parenthesis", 12),
    ("AND([a], [b])", "nest one IIF", 0),
    ('"a" & "b"', "Join or Append", 4),
    ('"a" + "b"', "Join or Append", 4),
    ("Left([a], -)", "a number must follow", 11),
    ("Left([a], 1111111111111111111111)", "too long", 10),
    ("BitAnd(&HFFFFFFFFFFFFFFFFFFFFFFFF, 1)", "too long", 7),
    ("\u201ca\u201d", "typographic quotation mark", 0),
    ('ToLower(SelectUniqueValue("a", "b"))', "outermost function", 8),
    ('FormatDateTime([a], "yyyy", "yyyy")', "'outputFormat' of FormatDateTime.* is missing", 34),
]
OKTA_READING = [
    ("", "empty", 0),
    ("user.firstName +", "a value is expected, not end of the expression", 16),
    ("user.", "name of an attribute", 5),
    ("user.a = 'b'", "write == to compare", 7),
    ("String.tolowercase(user.a)", 'did you mean "String.toLowerCase"', 0),
    ("String.toLowerCase", "parentheses must follow", 18),
    ("String(user.a)", "not a documented function", 0),
    ("String", r"\. is expected after String", 6),
    ("user.email.toLowerCase()", "Identity Engine.*String.toLowerCase", 11),
    ("user.email ? 'a'", ": is expected", 16),
    ("(user.email", r"\) is expected", 11),
    ("{1, 2", r"a comma or } is expected", 5),
    ("{'group.id': 'x'}", "user.getGroups", 11),
    ("user.a[0", r"\] is expected", 8),
    ("user.a * 2", r"no operator \*", 7),
    ("${user.a}", "without \\$", 0),
    ("'abc", "closing ' is missing", 0),
    ("NOT user.a", "write ! for not", 0),
    ("AND user.a", "a value is expected before AND", 0),
    ("String.substring(user.a, 1)", "'endIndex' of String.substring.* is missing", 26),
    ("String.len(user.a, 1)", "takes 1 argument, not 2", 19),
    ("Groups.has('a')", "not a documented function", 0),
    ("user.a user.b", "does not belong here", 7),
]
ENTRA_EVALUATING = [
    ("ToLower([list])", "ToLower: the argument 'source' must be a text, not a list", 8),
    ("ToLower([Mail])", r"no attribute \[Mail\] \(did you mean \"mail\"", 8),
    ('Left([mail], "x")', "Left: the argument 'numChars' must be a whole number, not the text 'x'", 13),
    ("Mid([mail], 0, 1)", "'start' must be 1 or more", 12),
    ("Item([list], 0)", "'index' must be 1 or more", 13),
    ("Item([list], 9)", "only 2 values", 13),
    ('DateAdd("d", 1, "2020-01-01")', r"CDate\(…\) around", 16),
    ('DateAdd("x", 1, CDate("2020-01-01"))', "must be one of yyyy", 8),
    ('DateAdd("yyyy", 9999, CDate("2020-01-01"))', "cannot be computed", 0),
    ('CDate("32.1.2020")', "no date that is read here", 6),
    ('FormatDateTime("x", , "yyyy-MM-dd", "yyyy")', "does not have the form", 22),
    ('FormatDateTime("2020", , "yyyy", "d")', "not a custom date format", 33),
    ('FormatDateTime("2020", "Sometimes", "yyyy", "yyyy")', "names no style", 23),
    ('Replace([mail], "a", , , , , )', "do not go together", 0),
    ('Replace([mail], , "(", , "", , )', "'regexPattern' is wrong", 18),
    ('Replace([mail], , "(?<a>x)", "b", "", , )', "it has: a", 29),
    ('Switch([mail], "a", "b", "c", "d")', "even number", 0),
    ("IIF([mail], 1, 2)", "'condition' must be true or false", 4),
    ("Now()", "needs a clock", 0),
    ("Guid()", "source of randomness", 0),
    ('SelectUniqueValue("a", "b")', "Active Directory", 0),
    ("AppRoleAssignments([appRoleAssignments])", "says nowhere what it yields", 0),
    ("SingleAppRoleAssignment([mail])", r"must be \[appRoleAssignments\]", 24),
    ('Join(",", [objects])', "must hold texts, not an object", 10),
    ('CBool([list] = "a")', "a list cannot be compared", 6),
    ('InStr("a", "b", 0)', "must be 1 or more", 16),
    ('InStr("a", "b", 1, "vb")', "vbTextCompare or vbBinaryCompare", 19),
    ('ToLower("a", "not a culture")', "name of a culture", 13),
    ('Split("a", "")', "must not be empty", 11),
]
OKTA_EVALUATING = [
    ("user.firstname", 'invalid property firstname in expression .did you mean "firstName"', 5),
    ("usr.firstName", 'usr is not known here.*did you mean "user"', 0),
    ("firstName", "write user.firstName", 0),
    ("user", "whole profile", 0),
    ("String.toLowerCase(user.none)", "String.toLowerCase: the argument 'input' is null", 24),
    ("String.len(user.list)", "'input' must be a text, not a list", 16),
    ("user.firstName + user.none", "this is null", 22),
    ("user.list + 'a'", "a list cannot stand beside", 5),
    ("'a' - 1", "only numbers can be subtracted", 4),
    ("-'a'", "a number must follow the minus sign", 1),
    ("user.firstName ? 1 : 2", "the condition before . must be true or false, not the text", 5),
    ("!user.none", "what follows ! must be true or false, not null", 6),
    ("true AND 1", "what follows AND", 9),
    ("1 OR true", "what stands before OR", 0),
    ("1 < 'a'", "compares two numbers or two texts", 2),
    ("'a' matches '('", "cannot be read", 12),
    ("1 matches 'a'", "compares two texts", 2),
    ("user.list[2]", "the array has 2 values", 9),
    ("user.list['a']", "index must be a whole number", 10),
    ("user.firstName[0]", "only an array has elements", 14),
    ("user.firstName.x", "has no attribute x", 15),
    ("findDirectoryUser().managerUpn", "null has no attribute managerUpn", 20),
    ("String.substring('abc', 2, 1)", "'endIndex' must not be less", 27),
    ("String.substringAfter('abc', '@')", "'searchString' does not occur", 29),
    ("String.stringSwitch('a', 'b', 'c')", "pairs", 0),
    ("Arrays.get({1}, 1)", "the array has 1 values", 16),
    ("Arrays.add(1, 2)", "must be an array, not the number 1", 11),
    ("Convert.toInt('x')", "whole number, not the text 'x'", 14),
    ("Convert.toInt(3000000000)", "range of an integer", 14),
    ("Convert.toNum('x')", "must be a number", 14),
    ("Iso3166Convert.toName('XX')", "no code of ISO 3166-1", 22),
    ("isMemberOfGroup('a')", "needs the groups of the user", 0),
    ("isMemberOfGroupNameRegex('(')", "no regular expression", 25),
    ("getManagerUser('workday')", "the only source that Okta supports", 15),
    ("user.getInternalProperty('x')", "no internal property", 25),
    ("user.getGroups('x')", "not simulated", 0),
    ("Time.now()", "needs a clock", 0),
    ("Time.fromIso8601ToUnix('x')", "ISO 8601", 23),
    ("Time.fromIso8601ToString('2020-01-01', 'bb')", "the letter b means nothing", 39),
    ("Time.fromIso8601ToString('2020-01-01', 'w')", "the week", 39),
    ("Time.fromUnixToIso8601('999999999999999999')", "cannot be computed", 0),
]
PERSON: dict[str, Any] = {"mail": "ada@x.example", "firstName": "Ada", "list": ["a", "b"], "objects": [{}]}


@pytest.mark.parametrize(("text", "message", "position"), ENTRA_READING)
def test_what_is_no_expression_of_entra(text: str, message: str, position: int):
    with pytest.raises(ExpressionError, match=message) as caught:
        entra.parse(text)
    assert caught.value.position == position


@pytest.mark.parametrize(("text", "message", "position"), OKTA_READING)
def test_what_is_no_expression_of_okta(text: str, message: str, position: int):
    with pytest.raises(ExpressionError, match=message) as caught:
        okta.parse(text)
    assert caught.value.position == position


@pytest.mark.parametrize(("text", "message", "position"), ENTRA_EVALUATING)
def test_what_entra_cannot_evaluate(text: str, message: str, position: int):
    expression = entra.parse(text)
    with pytest.raises(ExpressionError, match=message) as caught:
        expression.evaluate(EntraContext(PERSON))
    assert caught.value.position == position


@pytest.mark.parametrize(("text", "message", "position"), OKTA_EVALUATING)
def test_what_okta_cannot_evaluate(text: str, message: str, position: int):
    expression = okta.parse(text)
    with pytest.raises(ExpressionError, match=message) as caught:
        expression.evaluate(OktaContext(user=PERSON))
    assert caught.value.position == position


def test_the_caret_stands_under_the_place():
    with pytest.raises(ExpressionError) as caught:
        entra.parse('Append([mail], Lower("x"))')
    assert caught.value.show().splitlines() == [
        'Lower is not a documented function (did you mean "ToLower"?)',
        'Append([mail], Lower("x"))',
        "               ^",
    ]


def test_the_caret_stands_in_the_right_line_and_behind_tabs():
    with pytest.raises(ExpressionError) as caught:
        entra.parse('Switch([Active], ,\r\n\t"1", 2 3)')
    assert caught.value.show().splitlines()[1:] == ['\t"1", 2 3)', "\t       ^"]


def test_the_caret_stands_behind_the_text_where_something_is_missing():
    with pytest.raises(ExpressionError) as caught:
        okta.parse("user.firstName + ")
    assert caught.value.show().splitlines()[1:] == ["user.firstName + ", "                 ^"]
    assert "character 18 of" in str(caught.value)


@pytest.mark.parametrize("text", ["(" * 5000, "!" * 5000 + "true", "a" + ".b" * 5000, "1" + "+1" * 5000, "{" * 5000])
def test_deep_nesting_is_refused_in_okta(text: str):
    with pytest.raises(ExpressionError):
        okta.parse(text).evaluate(OktaContext(profiles={"a": {}}))


@pytest.mark.parametrize("text", ["Not(" * 5000, "Not(" * 2000 + '"a"' + ")" * 2000])
def test_deep_nesting_is_refused_in_entra(text: str):
    with pytest.raises(ExpressionError):
        entra.parse(text).evaluate(EntraContext())


def test_a_result_that_grows_beyond_measure_is_refused():
    text = '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"'
    for _ in range(4):
        text = f'Replace({text}, "x", , , , , "{"x" * 100}")'
    with pytest.raises(ExpressionError, match="no attribute holds"):
        entra.parse(text).evaluate(EntraContext())
