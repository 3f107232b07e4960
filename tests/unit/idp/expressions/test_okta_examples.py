"""Every example that Okta prints for its expression language is a case.

The page: https://developer.okta.com/docs/reference/okta-expression-language/
(okta/okta-developer-docs:packages/@okta/vuepress-site/docs/reference/okta-expression-language/index.md@f2193afea1).
Cases marked "newer page" are on today's page and were read in tools that quote it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from scimulator.exchange.clock import SimulatedClock
from scimulator.idp.expressions.errors import ExpressionError
from scimulator.idp.expressions.okta import LIBRARY, parse
from scimulator.idp.expressions.okta_context import Boss, OktaContext, OktaGroup

MAIL = "winston.churchill@gmail.com"
CHURCHILL = OktaContext(
    user={"firstName": "Winston", "lastName": "Churchill", "email": MAIL, "login": MAIL},
    appuser={"firstName": "Win"},
    profiles={
        "source": {"firstName": "Alexander"},
        "zendesk": {"firstName": "Zen"},
        "active_directory": {"managerUpn": "boss@okta.com"},
        "google_apps": {"email": "w@google.example"},
        "idpuser": {"firstName": "Idp"},
        "app": {"domain": "app.example", "companySubDomain": "sub"},
        "office365_app": {"domain": "o365.example"},
        "zendesk_app": {"companySubDomain": "zen"},
        "org": {"name": "Atko", "subdomain": "atko"},
        "session": {"amr": ["mfa", "pwd", "kba"]},
    },
    internal={"id": "00u1", "status": "ACTIVE"},
    groups=(OktaGroup("00gml2xHE3RYRx7cM0g3", "SSO-group1"), OktaGroup("groupId2", "San Francisco admins")),
    linked={"manager": {"lastName": "Gates"}},
    workday_users=({"employeeID": "123456"},),
    directory_users=({"managerUpn": "bob@okta.com"},),
    manager=Boss({"firstName": "Clement"}, {"google": {"firstName": "Clem"}}),
    assistant=Boss({"firstName": "Grace"}, {"google": {"firstName": "Gracie"}}),
    clock=SimulatedClock(datetime(2015, 7, 31, 17, 18, 37, 979000, tzinfo=UTC)),
)


def value(text: str, **user: Any) -> Any:
    context = replace(CHURCHILL, user={**CHURCHILL.user, **user})
    return parse(text).evaluate(context)


EXAMPLES: list[tuple[str, Any]] = [
    # …#okta-user-profile, #application-user-profile, #idp-user-profile
    ("user.firstName", "Winston"),
    ("user.lastName", "Churchill"),
    ("user.login", MAIL),
    ("user.email", MAIL),
    ("zendesk.firstName", "Zen"),
    ("active_directory.managerUpn", "boss@okta.com"),
    ("google_apps.email", "w@google.example"),
    ("appuser.firstName", "Win"),
    ("idpuser.firstName", "Idp"),
    # …#application-properties, #organization-properties, #session-properties
    ("office365_app.domain", "o365.example"),
    ("zendesk_app.companySubDomain", "zen"),
    ("app.domain", "app.example"),
    ("app.companySubDomain", "sub"),
    ("org.name", "Atko"),
    ("org.subdomain", "atko"),
    ("session.amr", ["mfa", "pwd", "kba"]),
    # …#string-functions
    ('String.append("This is", " a test")', "This is a test"),
    ('String.join(",", "This", "is", "a", "test")', "This,is,a,test"),
    ('String.join("", "This", "is", "a", "test")', "Thisisatest"),
    ('String.len("This")', 4),
    ('String.removeSpaces("This is a test")', "Thisisatest"),
    ('String.replace("This is a test", "is", "at")', "That at a test"),
    ('String.replaceFirst("This is a test", "is", "at")', "That is a test"),
    ('String.startsWith("Kiss", "K")', True),  # newer page
    ('String.stringContains("This is a test", "test")', True),
    ('String.stringContains("This is a test", "doesn\'tExist")', False),
    ('String.stringSwitch("This is a test", "default", "key1", "value1")', "default"),
    ('String.stringSwitch("This is a test", "default", "test", "value1")', "value1"),
    (
        'String.stringSwitch("First match wins", "default", "absent", "value1", "wins", "value2", "match", "value3")',
        "value2",
    ),
    ('String.stringSwitch("Substrings count", "default", "ring", "value1")', "value1"),
    ('String.substring("This is a test", 2, 9)', "is is a"),
    ('String.substringAfter("abc@okta.com", "@")', "okta.com"),
    ('String.substringBefore("abc@okta.com", "@")', "abc"),
    ('String.toUpperCase("This")', "THIS"),
    ('String.toLowerCase("ThiS")', "this"),
    # the deprecated ones
    ("toUpperCase(source.firstName)", "ALEXANDER"),
    ("toLowerCase(source.firstName)", "alexander"),
    ("substringBefore(user.email, '@')", "winston.churchill"),
    ("substringAfter(user.email, '@')", "gmail.com"),
    ("substring(source.firstName, 1, 4)", "lex"),
    # …#array-functions
    ("Arrays.add({10, 20, 30}, 40)", [10, 20, 30, 40]),
    ("Arrays.remove({10, 20, 30}, 20)", [10, 30]),
    ("Arrays.clear({10, 20, 30})", []),
    ("Arrays.get({0, 1, 2}, 0)", 0),
    ("Arrays.flatten(10, {20, 30}, 40)", [10, 20, 30, 40]),
    ("Arrays.flatten('10, 20, 30, 40')", ["10", "20", "30", "40"]),  # newer page: a text with commas is an array
    ("Arrays.contains({10, 20, 30}, 10)", True),
    ("Arrays.contains({10, 20, 30}, 50)", False),
    ("Arrays.size({10, 20, 30})", 3),
    ("Arrays.size(NULL)", 0),
    ("Arrays.isEmpty({10, 20})", False),
    ("Arrays.isEmpty(NULL)", True),
    ('Arrays.toCsvString({"This", "is", " a ", "test"})', "This,is, a ,test"),
    # …#data-conversion-functions
    ("Convert.toInt('1234')", 1234),
    ("Convert.toInt(123.4)", 123),
    ("Convert.toInt(123.6)", 124),
    ("Convert.toNum('3.141')", 3.141),
    # …#country-code-conversion-functions
    ('Iso3166Convert.toAlpha2("IND")', "IN"),
    ('Iso3166Convert.toAlpha3("840")', "USA"),
    ('Iso3166Convert.toNumeric("USA")', "840"),
    ('Iso3166Convert.toName("IN")', "India"),
    # …#group-functions
    ('getFilteredGroups({"00gml2xHE3RYRx7cM0g3"}, "group.name", 40)', ["SSO-group1"]),
    ('isMemberOfGroupName("SSO-group1")', True),
    ('isMemberOfGroupName("group1")', False),
    ('isMemberOfGroup("groupId2")', True),
    ('isMemberOfGroup("groupId")', False),
    ('isMemberOfAnyGroup("groupId1", "groupId2", "groupId3")', True),
    ('isMemberOfGroupNameStartsWith("San Fr")', True),
    ('isMemberOfGroupNameContains("admin")', True),
    ('isMemberOfGroupNameRegex(".*admin.*")', True),
    ('isMemberOfGroupNameRegex("/.*admin.*")', False),  # as printed, with a slash that no group has
    # …#linked-object-function
    ('user.getLinkedObject("manager").lastName', "Gates"),
    # newer page
    ('user.getInternalProperty("id")', "00u1"),
    ('user.getInternalProperty("status") == "ACTIVE"', True),
    # …#time-functions
    ("Time.now()", "2015-07-31T17:18:37.979Z"),
    ('Time.now("EST")', "2015-07-31T13:18:37.979-04:00"),
    ('Time.now("EST", "YYYY-MM-dd HH:mm:ss")', "2015-07-31 13:18:37"),
    # …#manager-assistant-functions
    ('getManagerUser("active_directory").firstName', "Clement"),
    ('getManagerAppUser("active_directory", "google").firstName', "Clem"),
    ('getAssistantUser("active_directory").firstName', "Grace"),
    ('getAssistantAppUser("active_directory", "google").firstName', "Gracie"),
    # …#directory-and-workday-functions
    ("hasDirectoryUser()", True),
    ("hasWorkdayUser()", True),
    # …#constants-and-operators
    ("'Hello world'", "Hello world"),
    ("1234", 1234),
    ("3.141", 3.141),
    ("true", True),
    ("user.firstName + user.lastName", "WinstonChurchill"),
    ('user.firstName + " " + user.lastName', "Winston Churchill"),
    ("{1,2,3}[0]", 1),  # newer page
    ('session.none ?: "default"', "default"),  # newer page: the Elvis operator
    # …#popular-expressions
    ('user.firstName + "." + user.lastName', "Winston.Churchill"),
    ("substring(user.firstName, 0, 1) + user.lastName", "WChurchill"),
    ("substring(user.firstName, 0, 1) + substring(user.lastName, 0, 6)", "WChurch"),
    # The page prints churchhill with two h.
    ('toLowerCase(substring( user.firstName, 0, 1)) + "." + toLowerCase(user.lastName)', "w.churchill"),
    (
        (
            r'toUpperCase(substringBefore( substringAfter(user.email, "@"), ".")) + "\" + '
            'substringBefore( user.email, "@")'
        ),
        "GMAIL\\winston.churchill",
    ),
    (
        (
            r'toUpperCase(substringBefore( substringAfter(user.email, "@"), ".")) + "\" + '
            "toLowerCase(substring( user.firstName, 0, 1)) + toLowerCase(user.lastName)"
        ),
        "GMAIL\\wchurchill",
    ),
    (
        r'"XDOMAIN\" + toLowerCase(substring( user.firstName, 0, 1)) + toLowerCase(user.lastName)',
        "XDOMAIN\\wchurchill",
    ),
    ("hasWorkdayUser() ? findWorkdayUser().employeeID : null", "123456"),
    ("hasDirectoryUser() ? findDirectoryUser().managerUpn : null", "bob@okta.com"),
    # https://support.okta.com/help/s/article/
    # understanding-okta-expression-language-flattening-filtered-groups-and-replacing-string-segments
    (
        (
            'Arrays.flatten(String.replace(getFilteredGroups({"00gml2xHE3RYRx7cM0g3","groupId2"}, "group.name", 40), '
            '"SSO-", "") )'
        ),
        ["group1", "San Francisco admins"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), EXAMPLES, ids=[example[0] for example in EXAMPLES])
def test_an_example_of_okta(text: str, expected: Any):
    found = value(text)
    assert (type(found), found) == (type(expected), expected)


# …#data-conversion-functions: with the value in a variable
@pytest.mark.parametrize(("given", "expected"), [("1234", 1234), (123.4, 123), (123.6, 124)])
def test_to_int_of_an_attribute(given: Any, expected: int):
    assert value("Convert.toInt(user.val)", val=given) == expected


# …#constants-and-operators: the ternary operator
@pytest.mark.parametrize(("code", "expected"), [(123, "Sales"), (124, "Other"), ("123", "Other")])
def test_the_ternary_operator(code: Any, expected: str):
    assert value("user.groupCode == 123 ? 'Sales' : 'Other'", groupCode=code) == expected


# …#samples-using-profile-mapping
NAME = (
    'firstName + " " + (String.len(middleInitial) == 0 ? "" : '
    '(String.substring(middleInitial, 0, 1) + ". ")) + lastName'
)
TITLE = '(courtesyTitle != "" ? (courtesyTitle + " ") : honorificPrefix != "" ? (honorificPrefix + " ") : "") + '


@pytest.mark.parametrize(
    ("text", "attributes", "expected"),
    [
        (NAME, {"middleInitial": ""}, "Ada Quill"),
        (NAME, {}, "Ada Quill"),
        (NAME, {"middleInitial": "Mary"}, "Ada M. Quill"),
        (TITLE + NAME, {"courtesyTitle": "Dr.", "honorificPrefix": "Ms."}, "Dr. Ada Quill"),
        (TITLE + NAME, {"courtesyTitle": "", "honorificPrefix": "Ms."}, "Ms. Ada Quill"),
        (TITLE + NAME, {"courtesyTitle": "", "honorificPrefix": ""}, "Ada Quill"),
    ],
)
def test_the_samples_of_profile_mapping(text: str, attributes: dict[str, Any], expected: str):
    source = {"firstName": "Ada", "lastName": "Quill", **attributes}
    assert parse(text).evaluate(OktaContext(profiles={"source": source})) == expected


# …#samples-using-group-rules, and the newer page's #expressions-in-group-rules
@pytest.mark.parametrize(
    ("text", "user", "expected"),
    [
        ('String.stringContains(user.firstName, "dummy")', {"firstName": "a dummy"}, True),
        ('user.city == "San Francisco"', {"city": "San Francisco"}, True),
        ("user.salary >= 1000000", {"salary": 1000000}, True),
        ("user.salary >= 1000000", {"salary": 999999}, False),
        ("!user.isContractor", {"isContractor": False}, True),
        ("user.salary > 1000000 AND !user.isContractor", {"salary": 1000001, "isContractor": False}, True),
        ("user.salary > 1000000 AND !user.isContractor", {"salary": 1000000, "isContractor": False}, False),
        ('Arrays.contains(user.favoriteColors, "blue")', {"favoriteColors": ["red", "blue"]}, True),
        ("user.title matches '(?i)engineer'", {"title": "Engineer"}, True),
        ("user.title matches '(?i)engineer'", {"title": "Engineering"}, False),
    ],
)
def test_the_samples_of_group_rules(text: str, user: dict[str, Any], expected: bool):
    assert value(text, **user) is expected


# newer page, #check-for-null-and-blank-attributes
@pytest.mark.parametrize(
    ("user", "never", "cleared", "chosen"),
    [
        ({}, True, False, "N-42"),
        ({"employeeNumber": ""}, False, True, "N-42"),
        ({"employeeNumber": "E-7"}, False, False, "E-7"),
    ],
)
def test_null_and_blank_attributes(user: dict[str, Any], never: bool, cleared: bool, chosen: str):
    fallback = (
        'user.employeeNumber != "" AND user.employeeNumber != null ? user.employeeNumber : user.nonEmployeeNumber'
    )
    assert value("user.employeeNumber == null", **user) is never
    assert value('user.employeeNumber == ""', **user) is cleared
    assert value(fallback, nonEmployeeNumber="N-42", **user) == chosen


# https://help.okta.com/en-us/Content/topics/security/idp-smart-card-exp-examples.htm
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('String.substringBefore(idpuser.subjectAltNameEmail, "@")', "Ada.Quill"),
        (
            "String.substring(idpuser.subjectCn, String.len(idpuser.subjectCn)-20, String.len(idpuser.subjectCn))",
            "of.a.person.01234567",
        ),
        ('String.toLowerCase(String.substringBefore(idpuser.subjectAltNameUpn, "@"))', "ada"),
        (
            (
                'String.stringContains(idpuser.subjectAltNameEmail, "@") ? '
                'String.substringBefore(idpuser.subjectAltNameEmail, "@") : idpuser.subjectAltNameEmail'
            ),
            "Ada.Quill",
        ),
    ],
)
def test_the_smart_card_examples(text: str, expected: str):
    person = {
        "subjectAltNameEmail": "Ada.Quill@x.example",
        "subjectAltNameUpn": "ADA@x.example",
        "subjectCn": "the.long.name.of.a.person.01234567",
    }
    assert parse(text).evaluate(OktaContext(profiles={"idpuser": person})) == expected


# …#time-functions: the page describes these without printing values
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Time.fromWindowsToIso8601('129699324000000000')", "2012-01-01T23:00:00.000Z"),
        ("Time.fromUnixToIso8601('1325458800')", "2012-01-01T23:00:00.000Z"),
        ("Time.fromStringToIso8601('17 June 2015 00:23:19', 'dd MMMM yyyy HH:mm:ss')", "2015-06-17T00:23:19.000Z"),
        ("Time.fromIso8601ToWindows('2012-01-01T23:00:00.000Z')", "129699324000000000"),
        ("Time.fromIso8601ToUnix('2012-01-01T23:00:00.000Z')", "1325458800"),
        ("Time.fromIso8601ToString('2012-01-01T23:00:00.000Z', 'MM/dd/yyyy')", "01/01/2012"),
    ],
)
def test_times_are_converted(text: str, expected: str):
    assert value(text) == expected


# …#directory-and-workday-functions: null if the user has more than one or no assignment
@pytest.mark.parametrize("count", [0, 2])
def test_only_a_single_assignment_is_found(count: int):
    context = OktaContext(directory_users=({"a": "b"},) * count, workday_users=({"a": "b"},) * count)
    assert parse("findDirectoryUser()").evaluate(context) is None
    assert parse("findWorkdayUser()").evaluate(context) is None
    assert parse("hasWorkdayUser()").evaluate(context) is bool(count)


# …#group-functions, the note: only for group claims
@pytest.mark.parametrize("name", ["contains", "startsWith", "endsWith"])
def test_functions_of_group_claims_are_refused(name: str):
    expression = parse(f'Groups.{name}("OKTA", "Eng", 10)')
    with pytest.raises(ExpressionError, match="group claims"):
        expression.evaluate(CHURCHILL)


# …#conditional-expressions: not supported in conditions
@pytest.mark.parametrize("text", ["Convert.toInt('1') == 1 ? 'a' : 'b'", "!(Time.now() == 'x') ? 'a' : 'b'"])
def test_convert_and_time_are_refused_in_conditions(text: str):
    with pytest.raises(ExpressionError, match="in a condition"):
        parse(text)


def test_the_library_has_no_function_without_an_example_here():
    quoted = " ".join([text for text, _ in EXAMPLES])
    elsewhere = {"Time.from", "findDirectory", "Groups.", "user.getGroups"}
    missing = [
        name for name in LIBRARY.functions if name not in quoted and not any(name.startswith(one) for one in elsewhere)
    ]
    assert missing == []
