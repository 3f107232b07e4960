"""PATCH through value paths such as ``emails[type eq "work"].value`` (RFC 7644 section 3.5.2)."""

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


@check("patch.paths.value", "RFC7644-3.5.2-10", "RFC7644-3.5.2.3-09", needs=("patch",), data_loss=True)
def test_a_value_path_reaches_one_value(
    several: str, with_entries: Callable[..., Typed], entry: Callable[..., JsonObject], shows: Callable[..., None]
) -> None:
    """A path attribute[filter].sub-attribute changes that sub-attribute of the matching value, not of the others.

    Where the target takes no value paths at all, this check warns and those that need them do not apply.
    """
    user, (_, home) = with_entries(several, "work", "home")
    new = entry(several, "work")
    before = user.read()
    answer = user.try_patch(replace(f'{several}[type eq "work"].value', new["value"]))
    if not answer.ok:
        unsupported = answer.body.get("scimType") in (None, "invalidPath", "invalidFilter", "invalidSyntax")
        answer.success(soft=answer.status_code in (400, 422, 501) and unsupported)
        return
    shows(user, before, only={f"{several}[*].value": values(new, home), f"{several}[*].type": ["work", "home"]})


@check("patch.value-path.record", "RFC7644-3.5.2.3-08", needs=("patch",), data_loss=True)
def test_a_value_path_replaces_a_record(
    by_type: str, with_entries: Callable[..., Typed], entry: Callable[..., JsonObject]
) -> None:
    """A path attribute[filter] replaces the matching value and leaves the others alone."""
    user, (_, home) = with_entries(by_type, "work", "home")
    new = entry(by_type, "work")
    with user.changes(only={f"{by_type}[*].value": values(new, home), f"{by_type}[*].type": ["work", "home"]}):
        user.patch(replace(f'{by_type}[type eq "work"]', new))


@check("patch.value-path.every-match", "RFC7644-3.5.2.3-09", needs=("patch",))
def test_a_value_path_changes_every_match(by_type: str, with_entries: Callable[..., Typed]) -> None:
    """A path with a filter that matches two values changes both."""
    user, _ = with_entries(by_type, "work", "work", "home")
    with user.changes(only={f"{by_type}[*].type": ["other", "other", "home"]}):
        user.patch(replace(f'{by_type}[type eq "work"].type', "other"))


@check("patch.value-path.no-match", "RFC7644-3.5.2.3-10", "RFC7644-3.5.2.3-11", needs=("patch",))
@pytest.mark.parametrize("form", ["record", "sub-attribute"])
def test_a_value_path_without_match_is_no_target(
    by_type: str, with_entries: Callable[..., Typed], entry: Callable[..., JsonObject], form: str
) -> None:
    """A replace whose filter matches none of the values fails with noTarget and changes nothing.

    Servers that go on regardless make values out of nothing, or change the first one they find.
    """
    (user, _), new = with_entries(by_type, "work"), entry(by_type, "home")
    path = f'{by_type}[type eq "home"]'
    per = "RFC7644-3.5.2.3-10" if form == "record" else "RFC7644-3.5.2.3-11"
    with user.changes(only={}, frame=per):
        asked = replace(path, new) if form == "record" else replace(f"{path}.value", new["value"])
        answer = user.try_patch(asked)
    answer.refused(400, scim_type="noTarget", strict_type=True, per=per)


@check("patch.value-path.primary-moves", "RFC7644-3.5.2-24", needs=("patch",))
def test_primary_is_moved_by_value_path(
    by_type: str, kept: Callable[..., Resource], entry: Callable[..., JsonObject], judge: Judge
) -> None:
    """Making one value primary through a value path takes primary from the one that had it."""
    work, home = entry(by_type, "work", primary=True), entry(by_type, "home")
    user = kept(**{by_type: [work, home]})
    with user.changes(only={f"{by_type}[*].value": values(work, home)}):
        user.patch(replace(f'{by_type}[type eq "home"].primary', value=True))
    found = find(user.read(), by_type)
    listed = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    shown = [each.get("value") for each in listed if each.get("primary") is True]
    judge.require(
        shown == values(home),
        f"primary are {shown!r}, owed is the one value that was made primary",
        kind="primary",
        at=f"{by_type}[*].primary",
        wanted=values(home),
        got=shown,
    )


@check("patch.value-path.add-to-match", "RFC7644-3.5.2.1-16", "RFC7644-3.5.2.1-08", needs=("patch",))
def test_add_through_a_value_path_sets_the_match(
    by_type: str, with_entries: Callable[..., Typed], entry: Callable[..., JsonObject]
) -> None:
    """An add to attribute[filter].sub-attribute with one match sets it there; no value is lost or doubled."""
    user, (_, home) = with_entries(by_type, "work", "home")
    new = entry(by_type, "work")
    with user.changes(only={f"{by_type}[*].value": values(new, home)}, frame="RFC7644-3.5.2.1-08"):
        user.patch(add(f'{by_type}[type eq "work"].value', new["value"]))


@check("patch.remove.by-filter", "RFC7644-3.5.2.2-04", "RFC7644-3.5.2.2-05", needs=("patch",), data_loss=True)
@pytest.mark.parametrize("form", ["value", "type", "and", "or"])
def test_remove_takes_only_what_matches(by_type: str, with_entries: Callable[..., Typed], form: str) -> None:
    """A remove with a value filter takes the matching values away and leaves the others.

    The classic is a filter that is not understood and therefore dropped: one value was meant, all are gone.
    """
    user, (work, home, other) = with_entries(by_type, "work", "home", "other")
    inner, left = {
        "value": (f'value eq "{work["value"]}"', (home, other)),
        "type": ('type eq "work"', (home, other)),
        "and": (f'type eq "work" and value eq "{work["value"]}"', (home, other)),
        "or": ('type eq "work" or type eq "home"', (other,)),
    }[form]
    per = "RFC7644-3.5.2.2-04" if form in ("value", "type") else "RFC7644-3.5.2.2-05"
    with user.changes(only={f"{by_type}[*].value": values(*left)}, per=per, frame=per):
        user.patch(remove(f"{by_type}[{inner}]"), per=per)


@check("patch.remove.and-without-match", "RFC7644-3.5.2.2-05", needs=("patch",), data_loss=True)
def test_both_halves_of_a_filter_count(by_type: str, with_entries: Callable[..., Typed]) -> None:
    """A remove whose two conditions no single value meets removes nothing."""
    user, (_, home) = with_entries(by_type, "work", "home")
    with user.changes(only={}):
        user.try_patch(remove(f'{by_type}[type eq "work" and value eq "{home["value"]}"]'))


@check("patch.remove.no-match", "RFC7644-3.5.2.2-04", "RFC7644-3.5.2.2-13", needs=("patch",), data_loss=True)
def test_remove_without_match_removes_nothing(
    by_type: str, with_entries: Callable[..., Typed], entry: Callable[..., JsonObject]
) -> None:
    """A remove whose filter matches nothing succeeds or is called noTarget, and removes nothing."""
    user, _ = with_entries(by_type, "work", "home")
    with user.changes(only={}):
        answer = user.try_patch(remove(f'{by_type}[value eq "{entry(by_type, "other")["value"]}"]'))
    answer.status(200, 204, 400, per="RFC7644-3.5.2.2-13")


@check("patch.remove.every-match", "RFC7644-3.5.2.2-06", needs=("patch",))
def test_remove_takes_every_match(by_type: str, with_entries: Callable[..., Typed]) -> None:
    """A remove with a filter that matches two values takes both away."""
    user, (_, _, home) = with_entries(by_type, "work", "work", "home")
    with user.changes(only={f"{by_type}[*].value": values(home)}):
        user.patch(remove(f'{by_type}[type eq "work"]'))


@check("patch.remove.last-value", "RFC7644-3.5.2.2-07", needs=("patch",))
def test_removing_the_last_value_unassigns(
    by_type: str, with_entries: Callable[..., Typed], discovery: Discovery
) -> None:
    """An attribute whose last value is removed through a filter is unassigned."""
    if by_type in discovery.required(USER):
        raise NotApplicable(f"the target's /Schemas requires {by_type}")
    user, _ = with_entries(by_type, "work")
    with user.changes(only={by_type: None}):
        user.patch(remove(f'{by_type}[type eq "work"]'))


@check("patch.remove.sub-of-match", "RFC7644-3.5.2.2-08", needs=("patch",), data_loss=True)
def test_a_sub_attribute_of_a_match_is_removed(by_type: str, with_entries: Callable[..., Typed], judge: Judge) -> None:
    """Removing attribute[filter].sub-attribute takes only that sub-attribute away; the value itself stays."""
    user, (work, home) = with_entries(by_type, "work", "home", display="Desk")
    with user.changes(only={f"{by_type}[*].value": values(work, home), f"{by_type}[*].type": ["work", "home"]}):
        user.patch(remove(f'{by_type}[type eq "work"].display'))
    shown = find(user.read(), f"{by_type}[*].display")
    judge.require(
        isinstance(shown, list) and shown.count("Desk") == 1,
        f"display was removed from one of two values, afterwards they show {shown!r}",
        at=f"{by_type}[*].display",
    )
