"""What real servers got wrong about filters on groups, and about names that go too deep."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import NotApplicable, check

if TYPE_CHECKING:
    from scimulator.kit import Resources
    from suites.filtering.conftest import Cast


@pytest.mark.parametrize("operator", ["sw", "co", "ew"])
@check("filtering.groups.operators", "RFC7644-3.4.2.2-01", needs=("filter", "groups"))
def test_text_operators_on_groups(groups: Resources, operator: str) -> None:
    """The operators on text find groups as they find users, or are refused.

    Group pickers search by the beginning of a name; a server that built its filter for users alone breaks here.
    """
    group = groups.sample()
    name = group.display_name
    value = {"sw": name[:-1], "co": name[1:-1], "ew": name[1:]}[operator]
    text = f'displayName {operator} "{value}"'
    answer = groups.find(text)
    answer.require(
        answer.status_code < 500 or answer.status_code == 501,
        f"the filter {text} on groups was answered {answer.status_code}",
        kind="server-error",
        got=answer.status_code,
    )
    if not answer.ok:
        raise NotApplicable(f"the target refuses the filter {text}")
    names = [str(each.get("displayName", "")) for each in answer.resources()]
    strange = [each for each in names if value.lower() not in each.lower()]
    answer.require(not strange, f"the filter {text} returns {strange[:1]}", kind="not-filtered")
    answer.require(group.id in answer.ids(), f"the filter {text} does not return its group", kind="not-found")


@check("filtering.refusal.deep-name", "RFC7644-3.4.2.2-01", needs=("filter",), attributes=("name.givenName",))
def test_a_name_that_goes_too_deep(cast: Cast) -> None:
    """A name with two dots leads nowhere, so a comparison with it matches nobody or is refused.

    A server that loses its way there and matches everybody hands a client the wrong account.
    """
    text = 'name.givenName.first eq "scimulator"'
    answer = cast.users.find(text, count=5)
    if answer.ok:
        answer.require(not answer.ids(), f"the filter {text} returns users", kind="not-filtered")
        return
    answer.refused(400)


def _found_by_title(users: Resources, text: str, beginning: str) -> None:
    """Expect that a filter finds the user with a title, and not the one whose title is only its beginning.

    Raises:
        NotApplicable: when the target does not keep the title as sent, or filters no titles at all.
    """
    mark = users.session.people.unique()
    short, long = users.create(title=f"{mark}{beginning}"), users.create(title=f"{mark}{text}")
    if long.read().get("title") != f"{mark}{text}":
        raise NotApplicable(f"the target does not keep the title {text!r}")
    plain = users.find(f'title eq "{mark}{beginning}"')
    if not plain.ok or plain.ids() != [short.id]:
        raise NotApplicable("the target does not find users by their title")
    answer = users.find(f"title eq {json.dumps(f'{mark}{text}', ensure_ascii=False)}")
    answer.require(
        answer.ok,
        f"a filter with {text!r} was answered {answer.status_code}, with plain letters {plain.status_code}",
        kind="refused",
        got=answer.status_code,
    )
    if not answer.ok:
        return
    answer.require(short.id not in answer.ids(), f"a filter with {text!r} finds somebody else", kind="not-filtered")
    answer.require(long.id in answer.ids(), f"a filter with {text!r} does not find its user", kind="not-found")


@check("filtering.string.apostrophe", "RFC7644-3.4.2.2-71", needs=("filter",), attributes=("title",))
def test_an_apostrophe_is_a_letter(users: Resources) -> None:
    """An apostrophe in a value belongs to the value and does not end it.

    Names have apostrophes. A server that cuts the value there finds another person, or lets a condition be smuggled in.
    """
    _found_by_title(users, "Ann'Kelah", "Ann")


@check("filtering.string.non-ascii", "RFC7644-3.4.2.2-71", needs=("filter",), attributes=("title",))
def test_letters_beyond_ascii_are_letters(users: Resources) -> None:
    """A value with letters beyond ASCII is as good as one without: values are JSON strings.

    A server whose filters know ASCII only creates people and groups that no client finds again.
    """
    _found_by_title(users, "Jos\u00e9 \u65e5\u672c", "Jos")
