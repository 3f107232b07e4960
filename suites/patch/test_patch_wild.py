"""What real servers have changed by a PATCH that did not ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import add, check, find

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import JsonObject, Judge, Resource


@check("patch.add.keeps-primary", "RFC7644-3.5.2.1-08", "RFC7643-2.4-02", needs=("patch",))
def test_a_new_value_leaves_the_primary_one_alone(
    several: str, kept: Callable[..., Resource], entry: Callable[..., JsonObject], judge: Judge
) -> None:
    """A value added without a word about primary is not primary (RFC 7643 section 2.4); the one that was stays so.

    Products send mail to the primary address or log people in by it: with it, the account moves to another person.
    """
    work, home = entry(several, "work", primary=True), entry(several, "home")
    user = kept(**{several: [work]})
    with user.changes(only={f"{several}[*].value": [work["value"], home["value"]]}):
        user.patch(add(several, [home]))
    found = find(user.read(), several)
    listed = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    shown = [each.get("value") for each in listed if each.get("primary") is True]
    judge.require(
        shown == [work["value"]],
        f"primary are {shown!r}, owed is the value that was primary before",
        kind="primary",
        at=f"{several}[*].primary",
        wanted=[work["value"]],
        got=shown,
    )
