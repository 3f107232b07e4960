"""PATCH of multi-valued attributes as a whole (RFC 7644 sections 3.5.2.1 to 3.5.2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import USER, NotApplicable, add, check, find, remove, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Discovery, Json, JsonObject, Judge, Resource

    Typed = tuple[Resource, list[JsonObject]]


def values(*entries: JsonObject) -> list[Json]:
    """Return the values of the entries; they compare as sets, and what a server adds to an entry is its affair."""
    return [each["value"] for each in entries]


@check("patch.add.appends", "RFC7644-3.5.2.1-08", needs=("patch",), data_loss=True)
def test_add_keeps_the_values_that_are_there(
    several: str, with_entries: Callable[..., Typed], entry: Callable[..., JsonObject]
) -> None:
    """A value added to a multi-valued attribute joins those that are there.

    Code that treats add as set loses every other address, or throws everybody else out.
    """
    (user, (work, home)), other = with_entries(several, "work", "home"), entry(several, "other")
    with user.changes(only={f"{several}[*].value": values(work, home, other)}):
        user.patch(add(several, [other]))


@check("patch.add.several-values", "RFC7644-3.5.2.1-09", needs=("patch",))
def test_add_takes_several_values(
    several: str, with_entries: Callable[..., Typed], entry: Callable[..., JsonObject]
) -> None:
    """All values in the array of one add are added."""
    user, (work,) = with_entries(several, "work")
    home, other = entry(several, "home"), entry(several, "other")
    with user.changes(only={f"{several}[*].value": values(work, home, other)}):
        user.patch(add(several, [home, other]))


@check("patch.add.first-value", "RFC7644-3.5.2.1-06", needs=("patch",))
def test_add_to_an_attribute_without_values(
    several: str, kept: Callable[..., Resource], entry: Callable[..., JsonObject], discovery: Discovery
) -> None:
    """A value added to a multi-valued attribute that has none becomes its only value."""
    if several in discovery.required(USER):
        raise NotApplicable(f"the target's /Schemas requires {several}")
    user, home = kept(**{several: None}), entry(several, "home")
    with user.changes(only={f"{several}[*].value": values(home)}):
        user.patch(add(several, [home]))


@check("patch.add.pathless-appends", "RFC7644-3.5.2.1-03", needs=("patch",), data_loss=True)
def test_a_pathless_add_keeps_the_values_that_are_there(
    several: str, with_entries: Callable[..., Typed], entry: Callable[..., JsonObject]
) -> None:
    """A value added without path joins the values that are there, as the example of the RFC says."""
    (user, (work, home)), other = with_entries(several, "work", "home"), entry(several, "other")
    with user.changes(only={f"{several}[*].value": values(work, home, other)}):
        user.patch(add(None, {several: [other]}))


@check("patch.add.duplicate", "RFC7644-3.5.2.1-15", "RFC7644-3.5.2.1-08", needs=("patch",))
def test_adding_a_value_twice_keeps_it_once(several: str, with_entries: Callable[..., Typed]) -> None:
    """A value that is added although it is there already is there once afterwards."""
    user, (work, home) = with_entries(several, "work", "home")
    with user.changes(only={f"{several}[*].value": values(work, home)}, frame="RFC7644-3.5.2.1-08"):
        user.patch(add(several, [home]))


@check("patch.add.primary-moves", "RFC7644-3.5.2-23", "RFC7643-2.4-02", needs=("patch",))
def test_a_new_primary_takes_over(
    several: str, kept: Callable[..., Resource], entry: Callable[..., JsonObject], judge: Judge
) -> None:
    """Adding a value with primary true takes primary from the value that had it.

    Two primaries leave it to chance which address a product writes to.
    """
    work, home = entry(several, "work", primary=True), entry(several, "home", primary=True)
    user = kept(**{several: [work]})
    with user.changes(only={f"{several}[*].value": values(work, home)}):
        user.patch(add(several, [home]))
    _primary_is(user.read(), several, home, judge)


@check("patch.add.two-primaries", "RFC7644-3.5.2.1-19", "RFC7643-2.4-03", needs=("patch",))
def test_two_new_primaries_are_not_both_kept(
    several: str, with_entries: Callable[..., Typed], entry: Callable[..., JsonObject], judge: Judge
) -> None:
    """Two values with primary true in one add are refused or end as one primary."""
    user, _ = with_entries(several, "work")
    user.try_patch(add(several, [entry(several, kind, primary=True) for kind in ("home", "other")]))
    shown = _primaries(user.read(), several)
    judge.require(len(shown) < 2, f"{len(shown)} values of {several} are primary", kind="primaries", at=several)


@check("patch.replace.all-values", "RFC7644-3.5.2.3-04", needs=("patch",))
@pytest.mark.parametrize("form", ["path", "no-path"])
def test_replace_swaps_all_values(
    several: str, with_entries: Callable[..., Typed], entry: Callable[..., JsonObject], form: str
) -> None:
    """A replace without value filter leaves exactly the values that it carries.

    Merged instead, an address that the company took away stays for ever.
    """
    (user, _), other = with_entries(several, "work", "home"), entry(several, "other")
    per = "RFC7644-3.5.2.3-04"
    with user.changes(only={f"{several}[*].value": values(other)}, per=per):
        user.patch(replace(several, [other]) if form == "path" else replace(None, {several: [other]}))


@check("patch.replace.empty-array", "RFC7644-3.5.2.3-14", needs=("patch",))
def test_an_empty_array_unassigns(several: str, with_entries: Callable[..., Typed], discovery: Discovery) -> None:
    """Replacing a multi-valued attribute with an empty array unassigns it."""
    if several in discovery.required(USER):
        raise NotApplicable(f"the target's /Schemas requires {several}")
    user, _ = with_entries(several, "work", "home")
    with user.changes(only={several: None}):
        user.patch(replace(several, []))


@check("patch.remove.all-values", "RFC7644-3.5.2.2-03", needs=("patch",))
def test_remove_unassigns_all_values(several: str, with_entries: Callable[..., Typed], discovery: Discovery) -> None:
    """Removing a multi-valued attribute without a filter takes all its values away and nothing else."""
    if several in discovery.required(USER):
        raise NotApplicable(f"the target's /Schemas requires {several}")
    user, _ = with_entries(several, "work", "home")
    with user.changes(only={several: None}):
        user.patch(remove(several))


def _primaries(resource: JsonObject, attribute: str) -> list[Json]:
    found = find(resource, attribute)
    listed = found if isinstance(found, list) else []
    return [each.get("value") for each in listed if isinstance(each, dict) and each.get("primary") is True]


def _primary_is(resource: JsonObject, attribute: str, wanted: JsonObject, judge: Judge) -> None:
    shown = _primaries(resource, attribute)
    judge.require(
        shown == [wanted["value"]],
        f"primary are {shown!r}, owed is the one value that was made primary last",
        kind="primary",
        at=f"{attribute}[*].primary",
        wanted=[wanted["value"]],
        got=shown,
    )
