"""What a client says of the way it came decides nothing about the addresses that the server gives out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from scimulator.kit import check, find

if TYPE_CHECKING:
    from scimulator.kit import Resources, Session

_FORGED = "scimulator.invalid"


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
@check("security.forged-host", "RFC7643-3.1-20", writes=False)
def test_a_forged_host_is_not_reflected(users: Resources, scim: Session, header: str) -> None:
    """The location of a resource does not follow a host that the client made up.

    Caches and logs keep what a server wrote; a link to a stranger's host sends the next client, and its token, there.
    A forged Host goes to servers on this machine only, because elsewhere it may lead to another server.
    """
    user = users.sample()
    near = scim.target.is_reference or urlsplit(scim.target.base_url).hostname in ("127.0.0.1", "localhost", "::1")
    forged = header if near else "X-Forwarded-Host"
    answer = scim.request("GET", user.path, headers={forged: _FORGED})
    location = find(answer.body, "meta.location")
    answer.require(
        _FORGED not in str(location),
        f"meta.location repeats the host that the client sent in {forged}",
        kind="reflected",
        at="meta.location",
        got=str(location),
        soft=True,
    )
