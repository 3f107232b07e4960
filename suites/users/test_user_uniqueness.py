"""What happens to a userName that is taken (RFC 7644 section 3.3, RFC 7643 section 4.1.1)."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import NotApplicable, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Resource, Resources, Session


@check("users.create.duplicate", "RFC7644-3.3-12", "RFC7644-3.3-13", "RFC7643-4.1.1-03", data_loss=True)
def test_a_taken_user_name_is_refused(kept: Callable[..., Resource], users: Resources) -> None:
    """A create whose userName is taken is answered 409 with scimType uniqueness, and the first user stays as it is.

    A server that overwrites, or hands back the old user as if it were new, gives one person the account of another.
    """
    first = kept()
    with first.changes(only={}, frame="RFC7644-3.3-12"):
        body = users.body(userName=first.user_name)
        answer = users.post(body)
    if not answer.ok:
        answer.status(409)
        answer.require(
            answer.body.get("scimType") == "uniqueness",
            f"the 409 for a taken userName has the scimType {answer.body.get('scimType')!r}, owed is 'uniqueness'",
            kind="scim-type",
            at="$.scimType",
            wanted="uniqueness",
            got=answer.body.get("scimType"),
            per="RFC7644-3.3-13",
        )
        return
    answer.require(
        answer.id != first.id,
        "creating a user with a taken userName was answered with the user that had it already",
        kind="handed-back",
    )
    shown = users.made(answer, body).read()
    answer.require(
        str(shown.get("userName")).lower() != first.user_name.lower(),
        "two users have the same userName",
        kind="two-users",
        at="userName",
        got=shown.get("userName"),
    )
    answer.require(
        condition=False,
        message=f"the taken userName was not refused; the second user is called {shown.get('userName')!r}",
        kind="renamed",
        soft=True,
    )


@check("users.create.duplicate-case", "RFC7644-3.3-14", "RFC7643-4.1.1-04")
def test_letter_case_makes_no_second_user(kept: Callable[..., Resource], users: Resources) -> None:
    """Two users whose userName differs in letter case only cannot both exist.

    Identity providers change the case of mail addresses; each time a second account would be born.
    """
    first = kept()
    body = users.body(userName=first.user_name.upper())
    answer = users.post(body)
    if not answer.ok:
        answer.refused(409, 400)
        return
    shown = users.made(answer, body).read()
    answer.require(
        str(shown.get("userName")).lower() != first.user_name.lower() and answer.id != first.id,
        f"{first.user_name!r} and {body['userName']!r} are two users",
        kind="two-users",
        at="userName",
        got=shown.get("userName"),
    )
    answer.require(
        condition=False, message="the userName in other letter case was not refused", kind="renamed", soft=True
    )


_SPELLINGS = {
    "normal-form": ("jos\u00e9", "jose\u0301", "RFC7644-5-01"),
    "case-beyond-ascii": ("\u00e4rger", "\u00c4RGER", "RFC7644-5-03"),
}


@pytest.mark.parametrize("spelling", list(_SPELLINGS))
@check("users.create.duplicate-unicode", "RFC7644-5-01", "RFC7644-5-03")
def test_equivalent_spellings_make_no_second_user(users: Resources, scim: Session, spelling: str) -> None:
    """Two spellings of a userName that Unicode holds to be the same cannot both exist.

    RFC 7644 section 5 prescribes PRECIS for userName. Two accounts that look alike are an invitation to deceive.
    """
    one, other, per = _SPELLINGS[spelling]
    tail = scim.people.user_name()
    body = users.body(userName=f"{tail.partition('@')[0]}-{one}@{tail.partition('@')[2]}")
    first = users.post(body)
    if not first.ok:
        raise NotApplicable(f"the target refuses a userName with letters beyond ASCII ({first.status_code})")
    second_body = users.body(userName=str(body["userName"]).replace(one, other))
    answer = users.post(second_body)
    if not answer.ok:
        answer.refused(409, 400, per=per)
        return
    names = [
        str(users.made(each, sent).read().get("userName")) for each, sent in ((first, body), (answer, second_body))
    ]
    answer.require(
        _folded(names[0]) != _folded(names[1]),
        f"{names[0]!r} and {names[1]!r} are two users although their names are equivalent",
        kind="two-users",
        at="userName",
        per=per,
    )


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
