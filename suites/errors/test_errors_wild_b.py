"""What real servers got wrong about ids that are no ids of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import check

if TYPE_CHECKING:
    from scimulator.kit import Resources, Session

_IDS = {"plus": "scimulator+nobody%40x.example", "space": "scimulator%20nobody", "percent": "100%25", "number": "0"}


@pytest.mark.parametrize("form", list(_IDS))
@check("errors.not-found.odd-id", "RFC7644-3.4.1-02", writes=False)
def test_an_id_of_another_form_is_not_found(users: Resources, scim: Session, form: str) -> None:
    """An id of a form that the server never gives leads to nobody: it is refused, preferably with 404.

    A plus sign in a path is a plus sign (RFC 3986 section 3.3); only a query reads it as a space.
    """
    answer = scim.request("GET", f"{users.endpoint}/{_IDS[form]}")
    answer.require(not answer.ok, f"the id {_IDS[form]} was answered {answer.status_code}", kind="found")
    answer.require(
        answer.status_code < 500, f"the id {_IDS[form]} was answered {answer.status_code}", kind="server-error",
        wanted=404, got=answer.status_code,
    )  # fmt: skip
    answer.require(
        answer.status_code in (404, 400), f"the id {_IDS[form]} was answered {answer.status_code}, owed is 404",
        kind="status", wanted=404, got=answer.status_code, soft=True,
    )  # fmt: skip
