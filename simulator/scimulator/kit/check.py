"""Declaring a check: the decorator that every test of the suites wears."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, TypeVar

import pytest

from scimulator.catalogue.checks import CHECK_ID, Capability, CheckDeclaration

if TYPE_CHECKING:
    from collections.abc import Callable

Test = TypeVar("Test", bound="Callable[..., None]")
MARK = "scim_check"


def check(
    check_id: str,
    *requirements: str,
    dialects: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    attributes: tuple[str, ...] = (),
    group_attributes: tuple[str, ...] = (),
    writes: bool = True,
    destructive: bool = False,
    controls: tuple[str, ...] = (),
    submission: str = "",
    data_loss: bool = False,
) -> Callable[[Test], Test]:
    """Declare a test as the check ``check_id`` that proves or refutes ``requirements``.

    Whether the requirement ids exist is verified when the check is collected, so that declaring stays cheap.

    Raises:
        ValueError: when the id is not dotted lower case, no requirement is named, or the test lacks a docstring.
    """
    if not CHECK_ID.match(check_id):
        raise ValueError(f"check id {check_id!r} must be dotted lower case, like users.create.location")
    if not requirements:
        raise ValueError(f"check {check_id} names no requirement")

    def declare(test: Test) -> Test:
        text = inspect.getdoc(test) or ""
        title, _, explanation = text.partition("\n")
        if not title:
            raise ValueError(f"check {check_id} has no docstring; its first line states the fact that it proves")
        declaration = CheckDeclaration(
            id=check_id,
            requirements=requirements,
            title=title.strip(),
            explanation=explanation.strip(),
            dialects=dialects,
            needs=tuple(Capability(need) for need in needs),
            attributes=attributes,
            group_attributes=group_attributes,
            writes=writes,
            destructive=destructive,
            controls=controls,
            submission=submission,
            data_loss=data_loss,
        )
        marked: Test = pytest.mark.scim_check(declaration)(test)
        return marked

    return declare
