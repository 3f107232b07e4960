"""attributes on the answers to writes: the answer shrinks, what is stored does not (RFC 7644 section 3.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from scimulator.kit import Blocked, NotApplicable, check, find, patch_body, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Resource, Resources
    from suites.projection.conftest import Portrait


@check("projection.post", "RFC7644-3.9-07", attributes=("name.familyName",))
def test_post(portrait: Portrait, users: Resources) -> None:
    """The answer to a create holds what attributes names, and the user is stored whole."""
    body = users.body()
    handle = users.session.housekeeping.intend(users.endpoint, str(body["userName"]))
    answer = users.session.request("POST", f"{users.endpoint}?attributes=userName", body)
    users.session.adopt(users.endpoint, answer, handle)
    if not answer.ok:
        raise Blocked("users.create.status", f"POST with attributes was answered {answer.status_code}")
    if not answer.id:
        raise NotApplicable("the answer to the create has no body")
    made = users.session.request("GET", f"{users.endpoint}/{quote(answer.id, safe='')}")
    made.equals("name.familyName", find(body, "name.familyName"))  # type: ignore[arg-type]  # it was sent
    portrait.limited(answer, answer.body, "userName")


@check("projection.put", "RFC7644-3.9-08", attributes=("name.familyName",))
def test_put(portrait: Portrait, kept: Callable[..., Resource], users: Resources) -> None:
    """The answer to a replacement holds what attributes names, and the user is stored whole."""
    made = kept()
    shown = made.read()
    answer = users.session.request("PUT", f"{made.path}?attributes=userName", shown)
    if not answer.ok:
        raise Blocked("put.echo", f"a PUT of the target's own representation was answered {answer.status_code}")
    after = made.read()
    answer.require(
        find(after, "name.familyName") == find(shown, "name.familyName"),
        "what the answer leaves out is no longer stored",
        kind="lost",
        at="name.familyName",
    )
    if answer.status_code != 200 or not answer.body:
        raise NotApplicable("the answer to the PUT has no body")
    portrait.limited(answer, answer.body, "userName")


@check("projection.patch", "RFC7644-3.9-09", needs=("patch",), attributes=("title",))
@pytest.mark.parametrize("parameter", ["attributes", "excludedAttributes"])
def test_patch(portrait: Portrait, users: Resources, parameter: str) -> None:
    """The answer to a PATCH with attributes is 200 and holds what it names (RFC 7644 section 3.5.2)."""
    made = users.create()
    value = "userName" if parameter == "attributes" else "name"
    body = patch_body(replace("title", "Chief"))
    with made.changes(only={"title": "Chief"}):
        answer = users.session.request("PATCH", f"{made.path}?{parameter}={value}", body)
        if not answer.ok:
            raise Blocked("patch.replace.simple", f"a PATCH of the title was answered {answer.status_code}")
    if parameter == "attributes":
        answer.status(200)
        portrait.limited(answer, answer.body, "userName")
    elif answer.status_code == 200:
        answer.lacks("name").has("userName")
