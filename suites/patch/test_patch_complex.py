"""PATCH of complex attributes, and the spelling of paths (RFC 7644 sections 3.5.2 and 3.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import ANYTHING, USER, NotApplicable, add, check, remove, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Discovery, JsonObject, Resource, Resources

NAME: JsonObject = {"givenName": "Barbara", "familyName": "Jensen", "middleName": "Jane"}


@pytest.fixture
def made_named(kept: Callable[..., Resource], users: Resources) -> Callable[[], Resource]:
    """Make a user whose name has as many parts as the target offers, at least two."""
    return lambda: kept(name={part: text for part, text in NAME.items() if users.offers(f"name.{part}")})


@pytest.fixture
def named(shared: Callable[..., Resource], made_named: Callable[[], Resource]) -> Resource:
    """A user with a name in parts, lent from check to check."""
    return shared("named", made_named)


@check(
    "patch.replace.sub-attribute",
    "RFC7644-3.5.2-10",
    "RFC7644-3.5.2.3-07",
    needs=("patch",),
    attributes=("name.familyName", "name.givenName"),
    data_loss=True,
)
def test_a_sub_attribute_is_replaced_alone(named: Resource, fresh: str) -> None:
    """A replaced name.familyName changes the family name; the other parts of the name stay."""
    with named.changes(only={"name.familyName": fresh}, frame="RFC7644-3.5.2.3-07"):
        named.patch(replace("name.familyName", fresh))


@check(
    "patch.replace.complex-merges",
    "RFC7644-3.5.2.3-06",
    "RFC7644-3.5.2.3-07",
    needs=("patch",),
    attributes=("name.familyName", "name.givenName"),
    data_loss=True,
)
def test_a_replaced_complex_attribute_keeps_the_rest(named: Resource, fresh: str) -> None:
    """Replacing a complex attribute with some sub-attributes leaves those that are not named unchanged.

    That is where PATCH differs from PUT: swapping the whole object empties first names with every change of surname.
    """
    with named.changes(only={"name.familyName": fresh}, frame="RFC7644-3.5.2.3-07"):
        named.patch(replace("name", {"familyName": fresh}))


@check(
    "patch.add.complex-merges",
    "RFC7644-3.5.2.1-11",
    needs=("patch",),
    attributes=("name.familyName", "name.givenName"),
    data_loss=True,
)
def test_an_added_complex_value_keeps_the_rest(named: Resource, fresh: str) -> None:
    """Adding sub-attributes to a complex attribute sets them and keeps the others."""
    with named.changes(only={"name.familyName": fresh}):
        named.patch(add("name", {"familyName": fresh}))


@check(
    "patch.pathless.complex",
    "RFC7644-3.5.2.3-01",
    needs=("patch",),
    attributes=("name.familyName", "name.givenName"),
)
def test_a_complex_attribute_in_a_pathless_replace(named: Resource, fresh: str) -> None:
    """A replace without path that carries part of a name sets that part and touches no other attribute.

    Whether the parts that are not sent stay is not settled by the text, so both are accepted.
    """
    only = {"name.familyName": fresh, "name.givenName": ANYTHING, "name.middleName": ANYTHING}
    with named.changes(only=only):
        named.patch(replace(None, {"name": {"familyName": fresh}}))


@check("patch.add.missing-complex", "RFC7644-3.5.2.1-12", needs=("patch",), attributes=("name.givenName",))
def test_adding_a_part_makes_the_whole(kept: Callable[..., Resource], discovery: Discovery) -> None:
    """Adding name.givenName to a user without a name gives it a name."""
    if "name" in discovery.required(USER):
        raise NotApplicable("the target's /Schemas requires a name, so nobody is without one")
    user = kept(name=None)
    only: dict[str, object] = {"name.givenName": "Barbara"}
    with user.changes(only=only):
        answer = user.try_patch(add("name.givenName", "Barbara"))
        if not answer.ok:
            answer.success(soft=answer.status_code in (400, 403, 409, 501))
            only.clear()


@check(
    "patch.remove.sub-attribute",
    "RFC7644-3.5.2.2-09",
    needs=("patch",),
    attributes=("name.middleName",),
    data_loss=True,
)
def test_a_removed_sub_attribute_leaves_its_siblings(made_named: Callable[[], Resource]) -> None:
    """Removing name.middleName takes the middle name away and nothing else."""
    user = made_named()
    with user.changes(only={"name.middleName": None}):
        user.patch(remove("name.middleName"))


@check("patch.remove.complex", "RFC7644-3.5.2.2-10", needs=("patch",), attributes=("name.givenName",))
def test_a_removed_complex_attribute_is_gone(made_named: Callable[[], Resource], discovery: Discovery) -> None:
    """Removing a complex attribute unassigns it with all its parts, and nothing else."""
    parts = discovery.attribute("name") or {}
    subs = parts.get("subAttributes")
    listed = [each for each in subs if isinstance(each, dict)] if isinstance(subs, list) else []
    if any(each.get("required") is True for each in (parts, *listed)):
        raise NotApplicable("the target's /Schemas requires the name or a part of it")
    gone = {"name.givenName": None, "name.familyName": None, "name.middleName": None}
    user = made_named()
    with user.changes(only={**gone, "name.formatted": ANYTHING}):
        user.patch(remove("name"))


@check("patch.paths.case", "RFC7644-3.5.2-12", needs=("patch",))
@pytest.mark.parametrize("form", ["path", "no-path"])
def test_names_in_paths_ignore_case(user: Resource, plain: str, fresh: str, form: str) -> None:
    """Attribute names mean the same in whatever case a client writes them.

    A server that compares exactly answers success and changes nothing, or keeps a second attribute under the new name.
    """
    shouted = plain.upper()
    with user.changes(only={plain: fresh}):
        user.patch(replace(shouted, fresh) if form == "path" else replace(None, {shouted: fresh}))


@check("patch.paths.case-sub-attribute", "RFC7644-3.5.2-12", needs=("patch",), attributes=("name.familyName",))
def test_names_of_sub_attributes_ignore_case(named: Resource, fresh: str) -> None:
    """Both names in attribute.sub-attribute mean the same in whatever case a client writes them."""
    with named.changes(only={"name.familyName": fresh}):
        named.patch(replace("NAME.FamilyName", fresh))


@check("patch.paths.core-urn", "RFC7644-3.5.2-11", "RFC7644-3.5.2-12", needs=("patch",))
@pytest.mark.parametrize("case", ["as-is", "lower"])
def test_paths_may_carry_the_core_schema(user: Resource, plain: str, fresh: str, case: str) -> None:
    """A path may start with the URN of the core schema, in any case, and then means the same attribute."""
    urn, per = (USER, "RFC7644-3.5.2-11") if case == "as-is" else (USER.lower(), "RFC7644-3.5.2-12")
    with user.changes(only={plain: fresh}, per=per):
        user.patch(replace(f"{urn}:{plain}", fresh), per=per)


@check("patch.paths.core-urn-sub-attribute", "RFC7644-3.5.2-11", needs=("patch",), attributes=("name.familyName",))
def test_sub_attribute_paths_may_carry_the_core_schema(named: Resource, fresh: str) -> None:
    """A path to a sub-attribute may start with the URN of the core schema."""
    with named.changes(only={"name.familyName": fresh}):
        named.patch(replace(f"{USER}:name.familyName", fresh))


@check("patch.paths.core-urn-active", "RFC7644-3.5.2-11", needs=("patch",), attributes=("active",), data_loss=True)
def test_a_user_is_switched_off_by_qualified_path(own: Callable[..., Resource], shows: Callable[..., None]) -> None:
    """The path of active with the URN of the core schema switches a user off as the bare one does."""
    user = own(active=True)
    before = user.read()
    answer = user.try_patch(replace(f"{USER}:active", value=False))
    if not answer.ok:
        answer.success(soft=answer.status_code in (403, 409))
        return
    if user.get().status_code not in (404, 410):
        shows(user, before, only={"active": False})


@check("patch.pathless.replace", "RFC7644-3.5.2.3-01", needs=("patch",), data_loss=True)
def test_a_pathless_replace_sets_what_it_names(user: Resource, plains: list[str], fresh: str) -> None:
    """A replace without path sets each attribute in its value and leaves all others alone.

    Read as "replace the resource", it wipes whatever the request does not mention.
    """
    sent: JsonObject = {name: f"{fresh} {name}" for name in plains[:2]}
    with user.changes(only=sent):
        user.patch(replace(None, sent))


@check("patch.pathless.add", "RFC7644-3.5.2.1-02", needs=("patch",), data_loss=True)
def test_a_pathless_add_sets_what_it_names(kept: Callable[..., Resource], plains: list[str]) -> None:
    """An add without path sets each attribute in its value and leaves all others alone."""
    old, fresh = plains[0], plains[1:2]
    user = kept(**{old: "Old", **dict.fromkeys(fresh)})
    sent = {name: f"New {name}" for name in [old, *fresh]}
    with user.changes(only=sent):
        user.patch(add(None, dict(sent)))


@check("patch.pathless.echo", "RFC7644-3.5.2-37", needs=("patch",), data_loss=True)
def test_a_pathless_replace_with_the_whole_resource(
    user: Resource, shows: Callable[..., None], plain: str, fresh: str
) -> None:
    """A replace without path may carry the whole resource as it was read, with one attribute changed.

    id, meta and the other read-only values in it are ignored, or the request is refused as a whole.
    """
    before = user.read()
    answer = user.try_patch(replace(None, {**before, plain: fresh}))
    answer.status(200, 204, 400, warn=tuple(range(401, 500)))
    shows(user, before, only={plain: fresh} if answer.ok else {})
