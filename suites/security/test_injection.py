"""Input that resembles code of another language is plain text to the server (RFC 7644 section 7.7).

Nothing sent here could change data if it were run: that is what keeps the checks fit for a shared test system.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import NotApplicable, check, find, is_unassigned

if TYPE_CHECKING:
    from scimulator.kit import Answer, Json, Resources, Session

_FILTER_VALUES = {
    "sql-quote": "x' OR '1'='1",
    "sql-comment": "x' OR 1=1 --",
    "sql-union": "x') UNION SELECT NULL--",
    "escaped-quote": 'x" or userName pr or userName eq "x',
    "ldap": "*)(uid=*))(|(uid=*",
    "nosql": "{$ne: null}",
    "template": "${7*7}{{7*7}}<%= 7*7 %>",
    "line-break": "x\r\nX-Scimulator-Injected: yes",
    "nul": "x\u0000y",
    "markup": "<script>alert(1)</script>",
}


@pytest.mark.parametrize("case", list(_FILTER_VALUES))
@check("security.filter.values", "RFC7644-3.4.2.2-01", "RFC7644-7.7-01", needs=("filter",))
def test_a_filter_value_is_only_a_value(users: Resources, case: str) -> None:
    """A filter value that looks like SQL, LDAP, a template or another filter finds nobody and breaks nothing.

    Whoever can smuggle a condition into a filter reads every account.
    """
    user = users.sample()
    answer = users.find(f'userName eq "{_quoted(_FILTER_VALUES[case])}"')
    _harmless(answer, "RFC7644-7.7-01")
    found = find(answer.body, "Resources")
    answer.require(
        not answer.ok or is_unassigned(found),
        f"a filter for a userName that nobody has found {len(found) if isinstance(found, list) else 0} users"
        f"{', ours among them' if user.id in str(found) else ''}",
        kind="injected",
        at="Resources",
    )


def _quoted(text: str) -> str:
    """Return a text as it stands inside the quotes of a filter (RFC 7644 section 3.4.2.2: a JSON string)."""
    table = {'"': '\\"', "\\": "\\\\", "\r": "\\r", "\n": "\\n", "\x00": "\\u0000"}
    return "".join(table.get(each, each) for each in text)


def _harmless(answer: Answer, per: str) -> None:
    answer.require(
        answer.status_code < 500, f"the input was answered {answer.status_code}", kind="server-error",
        got=answer.status_code, per=per,
    )  # fmt: skip
    answer.require(
        answer.header_value("X-Scimulator-Injected") is None, "the input became a header of the answer",
        kind="header-injected", per=per,
    )  # fmt: skip


@pytest.mark.parametrize("operator", ["eq", "sw", "co", "ew"])
@check("security.filter.wildcards", "RFC7644-3.4.2.2-01", needs=("filter",))
def test_wildcards_of_other_languages_mean_themselves(users: Resources, operator: str) -> None:
    """Percent, underscore and asterisk in a filter value mean themselves and stand for nothing else.

    A filter handed to SQL LIKE unescaped finds other people's accounts.
    """
    user = users.sample()
    name = user.user_name
    own = name.partition("@")[0]
    for wildcard in ("%", "_", "*"):
        if wildcard in name:
            continue
        text = {
            "eq": name[:3] + wildcard + name[4:],
            "sw": own[:3] + wildcard + own[4:],
            "co": own[:3] + wildcard + own[4:],
            "ew": wildcard + name[-6:],
        }[operator]
        # Each text has the wildcard where the name has another letter, so it cannot match as it stands.
        answer = users.find(f'userName {operator} "{text}"')
        answer.require(
            not answer.ok or user.id not in _ids(answer),
            f"userName {operator} {text!r} finds {name!r}: the {wildcard} was taken for a wildcard",
            kind="wildcard",
        )


def _ids(answer: Answer) -> list[Json | object]:
    found = find(answer.body, "Resources[*].id")
    return found if isinstance(found, list) else []


_IDS = {
    "quote": "'",
    "sql": "0'%20OR%20'1'='1",
    "sql-number": "0%20OR%201=1",
    "star": "*",
    "percent": "%25",
    "nul": "%00",
    "line-break": "0%0D%0AX-Scimulator-Injected:%20yes",
    "parent": "..%2FUsers",
    "parents": "..%2F..%2F..%2F..%2Fetc%2Fpasswd",
    "backslash": "..%5C..%5Cwindows%5Cwin.ini",
    "template": "$%7B7*7%7D",
    "bad-utf-8": "%FF%FE",
    "markup": "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
}


@pytest.mark.parametrize("case", list(_IDS))
@check("security.ids.values", "RFC7644-3.4.1-02", "RFC7644-7.7-01")
def test_an_odd_id_is_only_unknown(users: Resources, scim: Session, case: str) -> None:
    """An id that looks like code or like a path is an unknown id: it leads to no user and breaks nothing."""
    users.sample()
    answer = scim.request("GET", f"{users.endpoint}/{_IDS[case]}")
    _harmless(answer, "RFC7644-7.7-01")
    user_shown = not is_unassigned(find(answer.body, "userName")) or not is_unassigned(find(answer.body, "Resources"))
    # A router that resolves %2F before SCIM is reached answers for another URL; that leads to no user by its id.
    rerouted = case in ("parent", "parents")
    answer.require(
        not answer.ok or not user_shown or rerouted, "an odd id led to users", kind="injected", got=answer.status_code
    )
    answer.require(
        b"root:x:0:" not in answer.response.body and b"[fonts]" not in answer.response.body,
        "an odd id led to a file of the server", kind="file",
    )  # fmt: skip


@check("security.ids.suffix", "RFC7644-3.4.1-02")
def test_an_id_is_matched_whole(users: Resources, scim: Session) -> None:
    """An id with something before or behind it is another id, and does not lead to the user."""
    user = users.sample()
    for altered in (f"{user.id}'", f"{user.id}%20OR%201=1", f"{user.id[:-1]}%25", f"{user.id[:-1]}_"):
        answer = scim.request("GET", f"{users.endpoint}/{altered}")
        answer.require(
            not answer.ok or answer.id != user.id, f"the id {altered!r} led to the user {user.id!r}", kind="partial",
            got=altered,
        )  # fmt: skip


_TEXTS = {
    "sql": "Robert'); SELECT 1; --",
    "markup": "<img src=x onerror=alert(1)>",
    "template": "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
    "formula": "=HYPERLINK(0)",
    "entities": "Tom &amp; Jerry &lt;b&gt;",
    "backslash": "back\\slash \\u0041 \\n",
    "percent": "100%25 %00 %s %n",
    "line-break": "first\r\nX-Scimulator-Injected: yes",
}


@pytest.mark.parametrize("case", list(_TEXTS))
@check("security.values.stored", "RFC7644-7.7-01")
def test_text_that_looks_like_code_is_kept_as_text(users: Resources, case: str) -> None:
    """Text that looks like code is refused or kept letter for letter: it is neither run, nor decoded, nor escaped."""
    path = next((each for each in ("nickName", "title", "displayName") if users.offers(each)), None)
    if path is None:
        raise NotApplicable("the target offers no attribute for free text")
    text = _TEXTS[case]
    body = users.body(**{path: text})
    answer = users.post(body)
    _harmless(answer, "RFC7644-7.7-01")
    if not answer.ok:
        return
    shown = find(users.made(answer, body).read(), path)
    if is_unassigned(shown):
        raise NotApplicable(f"the target does not keep {path} (users.values.single judges that)")
    answer.require(
        shown == text, f"{path} was sent as {text!r} and is {shown!r}", kind="altered", at=path, wanted=text,
        got=shown if isinstance(shown, str) else None,
    )  # fmt: skip
