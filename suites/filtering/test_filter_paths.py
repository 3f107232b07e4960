"""Sub-attributes, multi-valued attributes, value paths and qualified names in filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import ENTERPRISE, USER, NotApplicable, check, find

if TYPE_CHECKING:
    from scimulator.kit import Resources
    from suites.filtering.conftest import Cast


def _address(cast: Cast, name: str, place: str) -> str:
    """Return the address as the target keeps it, whatever the order of the elements."""
    sent = f"{name}@{place}.{cast.mark}.example"
    shown = find(cast.shown[name], "emails")
    for element in shown if isinstance(shown, list) else []:
        value, kind = find(element, "value"), find(element, "type")
        if str(value).lower() == sent and kind == place:
            return str(value)
    raise NotApplicable(f"the target does not keep an e-mail address of type {place} as sent")


@check("filtering.sub-attribute", "RFC7644-3.4.2.2-44", needs=("filter",), attributes=("name.familyName",))
def test_sub_attribute(cast: Cast) -> None:
    """A dot leads to a sub-attribute."""
    cast.finds(f'name.familyName eq "{cast.value("beta", "name.familyName")}"', "beta")


@check("filtering.multi-valued.any-value", "RFC7644-3.4.2.2-42", needs=("filter",), attributes=("emails",))
@pytest.mark.parametrize("place", ["work", "home"])
def test_any_value(cast: Cast, place: str) -> None:
    """A resource matches when any one of its values does, not only the first or the primary one."""
    cast.finds(f'emails.value eq "{_address(cast, "alpha", place)}"', "alpha")


@check("filtering.multi-valued.type", "RFC7644-3.4.2.2-42", needs=("filter",), attributes=("emails",))
def test_any_type(cast: Cast) -> None:
    """The type of an element is compared like its value."""
    for name, place in (("alpha", "home"), ("beta", "home"), ("gamma", "work")):
        _address(cast, name, place)
    cast.without("delta", "emails")
    cast.finds(f'{cast.scope} and emails.type eq "home"', "alpha", "beta")


@check("filtering.multi-valued.no-sub-attribute", "RFC7644-3.4.2.2-45", needs=("filter",), attributes=("emails",))
def test_multi_valued_alone(cast: Cast) -> None:
    """A multi-valued attribute that is named alone stands for its values, as in the RFC's own ``emails co``."""
    cast.finds(f'emails co "{_address(cast, "gamma", "work")}"', "gamma")


@check("filtering.value-path.same-element", "RFC7644-3.4.2.2-46", needs=("filter",), attributes=("emails",))
@pytest.mark.parametrize("same", [True, False], ids=["same-element", "two-elements"])
def test_value_path(cast: Cast, *, same: bool) -> None:
    """All that stands in brackets has to be true of one and the same element.

    Flattened into ``emails.type eq … and emails.value co …`` it would match a user whose work address is another one.
    """
    _address(cast, "alpha", "home")
    _address(cast, "alpha", "work")
    value = f"alpha@{'work' if same else 'home'}.{cast.mark}"
    cast.finds(f'emails[type eq "work" and value co "{value}"]', *(("alpha",) if same else ()))


@check("filtering.value-path.logic", "RFC7644-3.4.2.2-47", needs=("filter",), attributes=("emails",))
@pytest.mark.parametrize("case", ["or", "not", "group"])
def test_value_path_logic(cast: Cast, case: str) -> None:
    """Or, not and parentheses work inside the brackets of a value path (errata 4690 and 7322)."""
    for name, place in (("alpha", "work"), ("alpha", "home"), ("beta", "home"), ("gamma", "work")):
        _address(cast, name, place)
    cast.without("delta", "emails")
    inside, names = {
        "or": (f'value eq "beta@home.{cast.mark}.example" or value eq "gamma@work.{cast.mark}.example"', "beta gamma"),
        "not": (f'value ew "{cast.mark}.example" and not (type eq "work")', "alpha beta"),
        "group": (f'(type eq "work" or type eq "home") and value sw "gamma@work.{cast.mark}"', "gamma"),
    }[case]
    cast.finds(f"emails[{inside}]", *names.split())


@check("filtering.value-path.combined", "RFC7644-3.4.2.2-48", needs=("filter",), attributes=("emails",))
def test_value_path_in_expression(cast: Cast) -> None:
    """A value path is one term among others."""
    _address(cast, "alpha", "work")
    name = cast.value("beta", "userName")
    cast.finds(f'emails[type eq "work" and value co "alpha@work.{cast.mark}"] or userName eq "{name}"', "alpha", "beta")


@check("filtering.value-path.primary-missing", "RFC7643-2.4-04", needs=("filter",), attributes=("emails",))
def test_missing_primary_is_false(cast: Cast) -> None:
    """An element that does not say whether it is primary is not."""
    shown = find(cast.shown["gamma"], "emails[*].primary")
    if isinstance(shown, list) and True in shown:
        raise NotApplicable("the target makes the only address of a user primary by itself")
    _address(cast, "gamma", "work")
    cast.finds(f'userName eq "{cast.value("gamma", "userName")}" and emails[primary eq true]')


@check("filtering.value-path.nested", "RFC7644-3.4.2.2-49", needs=("filter",), attributes=("emails",))
def test_nested_value_path(users: Resources) -> None:
    """A value path inside a value path has no meaning and is refused (errata 4690 and 7322)."""
    users.query({"filter": 'emails[type eq "work" and emails[type eq "home"]]', "count": 1}).refused(
        400, scim_type="invalidFilter"
    )


@check("filtering.value-path.comparison-behind", "RFC7644-3.4.2.2-50", needs=("filter",), attributes=("emails",))
def test_comparison_behind_value_path(cast: Cast) -> None:
    """A value path with a sub-attribute and a comparison behind it is refused or understood; the grammar lacks it."""
    value = _address(cast, "alpha", "work")
    cast.finds(f'emails[type eq "work"].value eq "{value}"', "alpha")


@check("filtering.qualified.core", "RFC7644-3.4.2.2-53", "RFC7644-3.10-01", needs=("filter",))
def test_qualified_core_attribute(cast: Cast) -> None:
    """A core attribute may be named with the URN of its schema."""
    comparison = f'userName eq "{cast.value("alpha", "userName")}"'
    cast.finds(f"{USER}:{comparison}", "alpha", same_as=comparison)


@check("filtering.qualified.sub-attribute", "RFC7644-3.10-02", needs=("filter",), attributes=("name.familyName",))
def test_qualified_sub_attribute(cast: Cast) -> None:
    """A sub-attribute may be named with the URN of its schema."""
    comparison = f'name.familyName eq "{cast.value("alpha", "name.familyName")}"'
    cast.finds(f"{USER}:{comparison}", "alpha", same_as=comparison)


@check("filtering.extension.attribute", "RFC7644-3.4.2.2-54", needs=("filter",), attributes=("enterprise:department",))
@pytest.mark.parametrize("case", ["eq", "and-core"])
def test_extension_attribute(cast: Cast, case: str) -> None:
    """An attribute of an extension is found by the URN of its schema and its name."""
    text = f'{ENTERPRISE}:department eq "{_department(cast, "alpha")}"'
    if case == "and-core":
        text += f' and userName eq "{cast.value("beta", "userName")}"'
    cast.finds(text, *(("alpha",) if case == "eq" else ()))


@check("filtering.extension.present", "RFC7644-3.4.2.2-54", needs=("filter",), attributes=("enterprise:department",))
def test_extension_attribute_present(cast: Cast) -> None:
    """An attribute of an extension that a user lacks is not present."""
    for name in ("alpha", "beta", "gamma"):
        _department(cast, name)
    cast.without("delta", f"{ENTERPRISE}:department")
    cast.finds(f"{cast.scope} and {ENTERPRISE}:department pr", "alpha", "beta", "gamma")


@check("filtering.extension.unqualified", "RFC7644-3.10-04", needs=("filter",), attributes=("enterprise:department",))
def test_unqualified_extension_attribute(cast: Cast) -> None:
    """An attribute of an extension that is named without its URN is refused, matches nobody, or is understood."""
    text = f'department eq "{_department(cast, "alpha")}"'
    answer = cast.users.find(text)
    if cast.declined(answer, text):
        return
    cast.holds(answer, text, *(("alpha",) if cast.people["alpha"].id in answer.ids() else ()))


@check("filtering.extension.schemas", "RFC7644-3.4.2.2-55", needs=("filter",), attributes=("enterprise:department",))
def test_schemas(cast: Cast) -> None:
    """Resources can be chosen by the schemas that they have."""
    for name in ("alpha", "beta", "gamma"):
        _department(cast, name)
    cast.without("delta", ENTERPRISE)
    cast.finds(f'{cast.scope} and schemas eq "{ENTERPRISE}"', "alpha", "beta", "gamma")


def _department(cast: Cast, name: str) -> str:
    shown = find(cast.shown[name], f"{ENTERPRISE}:department")
    if shown != f"Dep {cast.mark} {name}":
        raise NotApplicable(f"the target does not keep the department as sent: {shown!r}")
    return str(shown)
