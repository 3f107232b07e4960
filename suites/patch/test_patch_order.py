"""The operations of one PATCH: one after the other, and all or nothing (RFC 7644 section 3.5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import USER, NotApplicable, add, check, remove, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Discovery, JsonObject, Resource

    Typed = tuple[Resource, list[JsonObject]]


@check("patch.order.last-wins", "RFC7644-3.5.2-22", needs=("patch",))
def test_the_later_operation_wins(user: Resource, plain: str, fresh: str) -> None:
    """Of two operations on one attribute the later one decides."""
    with user.changes(only={plain: f"{fresh} 2"}):
        user.patch(replace(plain, f"{fresh} 1"), replace(plain, f"{fresh} 2"))


@check("patch.order.remove-then-add", "RFC7644-3.5.2-22", needs=("patch",))
@pytest.mark.parametrize("last", ["add", "remove"])
def test_remove_and_add_apply_in_their_order(kept: Callable[..., Resource], optional: str, last: str) -> None:
    """An attribute removed and then added has the new value; added and then removed it has none.

    Servers that sort operations by kind get one of the two wrong.
    """
    user = kept(**{optional: "Before"})
    pair = [remove(optional), add(optional, "After")]
    with user.changes(only={optional: "After" if last == "add" else None}):
        user.patch(*(pair if last == "add" else reversed(pair)))


@check("patch.order.sees-earlier", "RFC7644-3.5.2-22", needs=("patch",))
def test_an_operation_sees_the_ones_before_it(
    by_type: str, with_entries: Callable[..., Typed], entry: Callable[..., JsonObject]
) -> None:
    """A value that one operation adds can be changed by the next one of the same request."""
    user, (work,) = with_entries(by_type, "work")
    other, last = entry(by_type, "other"), entry(by_type, "other")
    with user.changes(only={f"{by_type}[*].value": [work["value"], last["value"]]}):
        user.patch(add(by_type, [other]), replace(f'{by_type}[type eq "other"].value', last["value"]))


@check("patch.order.same-attribute", "RFC7644-3.5.2-22", needs=("patch",), data_loss=True)
def test_several_operations_on_one_list(
    by_type: str, with_entries: Callable[..., Typed], entry: Callable[..., JsonObject]
) -> None:
    """Two adds and a remove on one multi-valued attribute are all applied."""
    user, (work, home) = with_entries(by_type, "work", "home")
    other, late = entry(by_type, "other"), entry(by_type, "other")
    with user.changes(only={f"{by_type}[*].value": [each["value"] for each in (home, other, late)]}):
        user.patch(add(by_type, [other]), remove(f'{by_type}[value eq "{work["value"]}"]'), add(by_type, [late]))


@check("patch.atomic", "RFC7644-3.5.2-25", "RFC7644-3.5.2-26", needs=("patch",), data_loss=True)
def test_one_failing_operation_undoes_all(user: Resource, plains: list[str], fresh: str) -> None:
    """A PATCH of which one operation fails, be it the first, a middle or the last one, changes nothing.

    A half-applied request is worse than a refused one: the client repeats all of it.
    """
    failing = replace("id", "scimulator-no-such-id")
    with user.changes(only={}):
        if user.try_patch(failing).status_code not in range(400, 500):
            raise NotApplicable("the target does not refuse to replace an id; patch.read-only.id judges that")
        changes = [replace(name, f"{fresh} {name}") for name in plains[:2]]
        for position in range(len(changes), -1, -1):
            answer = user.try_patch(*changes[:position], failing, *changes[position:])
            answer.refused(*range(400, 500), per="RFC7644-3.5.2-26").error_body(per="RFC7644-3.5.2-26")


@check("patch.atomic.multi-valued", "RFC7644-3.5.2-25", needs=("patch",), data_loss=True)
def test_list_changes_are_undone_as_well(
    several: str, with_entries: Callable[..., Typed], entry: Callable[..., JsonObject]
) -> None:
    """Values added or removed by a PATCH that fails later are as they were before.

    Rows of a second table are often written outside the transaction of the first.
    """
    user, _ = with_entries(several, "work", "home")
    failing = replace("id", "scimulator-no-such-id")
    if user.try_patch(failing).status_code not in range(400, 500):
        raise NotApplicable("the target does not refuse to replace an id; patch.read-only.id judges that")
    with user.changes(only={}):
        user.try_patch(replace(several, [entry(several, "other")]), failing)


@check("patch.uniqueness", "RFC7644-3.5.2-31", needs=("patch",), data_loss=True)
def test_nobody_takes_anothers_name(
    user: Resource, kept: Callable[..., Resource], plain: str, discovery: Discovery
) -> None:
    """A userName that somebody else has, in whatever case, is refused together with the rest of the request.

    Two people with one name sign in as each other.
    """
    if (discovery.attribute("userName", USER) or {}).get("uniqueness") == "none":
        raise NotApplicable("the target's /Schemas says that userName need not be unique")
    owner = kept()
    with user.changes(only={}), owner.changes(only={}) as shown:
        for name in (str(shown["userName"]), str(shown["userName"]).upper()):
            answer = user.try_patch(replace(plain, "Changed"), replace("userName", name))
            answer.refused(400, 409, scim_type="uniqueness" if answer.status_code == 400 else ())
