"""PATCH of the attributes of an extension schema (RFC 7644 section 3.5.2, RFC 7643 section 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import ENTERPRISE, add, check, remove, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import JsonObject, Judge, Resource, Resources

DEPARTMENT = f"{ENTERPRISE}:department"
MANAGER = f"{ENTERPRISE}:manager"
DATA: JsonObject = {"department": "Sales", "costCenter": "4130", "employeeNumber": "701984"}


@pytest.fixture
def made_employee(kept: Callable[..., Resource], users: Resources) -> Callable[[], Resource]:
    """Make a user with enterprise data, as much of it as the target offers."""
    data = {name: text for name, text in DATA.items() if users.offers(f"enterprise:{name}")}
    return lambda: kept(**{ENTERPRISE: data})


@pytest.fixture
def employee(shared: Callable[..., Resource], made_employee: Callable[[], Resource]) -> Resource:
    """A user with enterprise data, lent from check to check."""
    return shared("employee", made_employee)


@check(
    "patch.extension.replace",
    "RFC7644-3.5.2.3-19",
    "RFC7644-3.5.2-36",
    "RFC7644-3.5.2-11",
    needs=("patch",),
    attributes=("enterprise:department",),
    data_loss=True,
)
def test_an_extension_attribute_is_replaced(employee: Resource, fresh: str) -> None:
    """A qualified path changes one attribute of the extension; the extension's other values and its URN stay."""
    with employee.changes(only={DEPARTMENT: fresh}, frame="RFC7644-3.5.2-36"):
        employee.patch(replace(DEPARTMENT, fresh))


@check("patch.extension.first-value", "RFC7644-3.5.2-20", needs=("patch",), attributes=("enterprise:department",))
@pytest.mark.usefixtures("employee")
def test_a_first_extension_value_adds_the_schema(kept: Callable[..., Resource], judge: Judge) -> None:
    """Adding a first extension attribute stores it in its container and lists the extension in schemas.

    Clients read the container only when schemas names it.
    """
    user = kept(**{ENTERPRISE: None})
    with user.changes(only={DEPARTMENT: "Sales"}):
        user.patch(add(DEPARTMENT, "Sales"))
    schemas = user.read().get("schemas")
    judge.require(
        isinstance(schemas, list) and ENTERPRISE.lower() in {str(each).lower() for each in schemas},
        "the user has enterprise data, but its schemas do not name the extension",
        kind="schemas",
        at="schemas",
        got=schemas,
    )


@check(
    "patch.extension.remove",
    "RFC7644-3.5.2.2-17",
    needs=("patch",),
    attributes=("enterprise:department",),
    data_loss=True,
)
def test_an_extension_attribute_is_removed(made_employee: Callable[[], Resource]) -> None:
    """Removing one attribute of an extension leaves the other ones."""
    employee = made_employee()
    with employee.changes(only={DEPARTMENT: None}):
        employee.patch(remove(DEPARTMENT))


@check(
    "patch.extension.pathless-add",
    "RFC7644-3.5.2.1-04",
    needs=("patch",),
    attributes=("enterprise:department",),
    data_loss=True,
)
def test_extension_data_is_added_without_a_path(employee: Resource, fresh: str, judge: Judge) -> None:
    """An add without path takes extension values in the container that their URN names, and keeps the other ones."""
    with employee.changes(only={DEPARTMENT: fresh}):
        employee.patch(add(None, {ENTERPRISE: {"department": fresh}}))
    judge.require(
        "department" not in employee.read(),
        "department stands beside the core attributes as well",
        kind="misplaced",
        at="department",
    )


@check(
    "patch.extension.pathless-replace",
    "RFC7644-3.5.2.3-01",
    needs=("patch",),
    attributes=("enterprise:department",),
)
@pytest.mark.usefixtures("employee")
def test_extension_data_is_replaced_without_a_path(kept: Callable[..., Resource], plain: str) -> None:
    """A replace without path sets core and extension attributes together."""
    user = kept(**{plain: "Before", ENTERPRISE: None})
    with user.changes(only={plain: "After", DEPARTMENT: "Service"}):
        user.patch(replace(None, {plain: "After", ENTERPRISE: {"department": "Service"}}))


@check(
    "patch.extension.manager",
    "RFC7644-3.5.2.3-21",
    "RFC7644-3.5.2.3-19",
    needs=("patch",),
    attributes=("enterprise:manager.value",),
)
@pytest.mark.parametrize("form", ["sub-attribute", "object"])
def test_a_manager_is_set(pool: Callable[[int], list[str]], kept: Callable[..., Resource], form: str) -> None:
    """A manager is set by the path manager.value as well as by an object with a value."""
    chief, first = pool(2)
    user = kept(**{ENTERPRISE: {"manager": {"value": first}}})
    per = "RFC7644-3.5.2.3-19" if form == "sub-attribute" else "RFC7644-3.5.2.3-21"
    with user.changes(only={f"{MANAGER}.value": chief}, per=per, frame="RFC7644-3.5.2.3-19"):
        if form == "object":
            user.patch(replace(MANAGER, {"value": chief}), per=per)
        else:
            user.patch(replace(f"{MANAGER}.value", chief), per=per)


@check("patch.extension.manager-removed", "RFC7643-4.3-11", needs=("patch",), attributes=("enterprise:manager.value",))
def test_a_manager_is_removed(pool: Callable[[int], list[str]], kept: Callable[..., Resource]) -> None:
    """A removed manager is gone, and the rest of the extension stays."""
    (chief,) = pool(1)
    user = kept(**{ENTERPRISE: {"manager": {"value": chief}, "department": "Sales"}})
    with user.changes(only={f"{MANAGER}.value": None}):
        user.patch(remove(MANAGER))
