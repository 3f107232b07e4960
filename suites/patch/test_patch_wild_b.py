"""What real servers got wrong about PATCH of a whole extension."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import ENTERPRISE, check, find, is_unassigned, member, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import JsonObject, Resource


@check(
    "patch.extension.whole", "RFC7644-3.5.2-11", "RFC7644-3.5.2-26", needs=("patch",),
    attributes=("enterprise:department",),
)  # fmt: skip
def test_the_urn_of_an_extension_is_a_path(kept: Callable[..., Resource]) -> None:
    """A path that is the URN of an extension sets the attributes in its value, or is refused and changes nothing.

    The grammar of paths has room for it, the text does not speak of it: both answers are right, a crash is not.
    """
    user = kept(**{ENTERPRISE: {"department": "Sales"}})
    before = user.read()
    answer = user.try_patch(replace(ENTERPRISE, {"department": "Tours"}))
    answer.require(
        answer.status_code < 500 or answer.status_code == 501,
        f"a PATCH with the URN of the extension as its path was answered {answer.status_code}",
        kind="server-error",
        got=answer.status_code,
    )
    after = user.read()
    wanted = "Tours" if answer.ok else _department(before)
    answer.require(
        _department(after) == wanted,
        f"the PATCH was answered {answer.status_code}, and the department is {_department(after)!r} afterwards",
        kind="state",
        at=f"{ENTERPRISE}:department",
        wanted=wanted,
        got=_department(after),
    )


def _department(resource: JsonObject) -> str | None:
    found = member(find(resource, ENTERPRISE), "department")  # type: ignore[arg-type]  # MISSING yields MISSING
    return None if is_unassigned(found) else str(found)
