"""How much a list gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import probe

if TYPE_CHECKING:
    from scimulator.kit import Probe, Resources


@probe("page-size", "list", writes=False)
def test_page_without_count(users: Resources, quirk: Probe) -> None:
    """A list asked for without count has as many resources on a page as the product declares.

    It can be told only where there are more users than fit on one page.
    """
    answer = users.query({})
    total, shown = answer.at("totalResults"), len(answer.ids())
    if not isinstance(total, int) or shown >= total:
        quirk.unknown(f"a list without count shows all that there are ({shown})")
    quirk.seen(shown, f"{shown} of {total} users came without count", answer)
