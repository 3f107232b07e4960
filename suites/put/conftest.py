"""What the PUT checks share: that a resource holds what was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import asked_for, collateral

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scimulator.kit import JsonObject, Judge, Resource, Symptom


@pytest.fixture
def stores(judge: Judge) -> Callable[..., None]:
    """Expect that a resource holds what a PUT has sent: ``stores(user, before, sent, only={…})``.

    Attributes in ``only`` have those values; every other one that was sent with its old value still has it. What was
    not sent may be cleared or defaulted (RFC 7644 section 3.5.1, rulings A5 and A6). A second look tells stale from
    lost.
    """

    def compare(
        user: Resource,
        before: JsonObject,
        sent: JsonObject,
        *,
        only: Mapping[str, object],
        per: str = "RFC7644-3.5.1-02",
        soft: bool = False,
    ) -> None:
        only = user.allowed(only)
        symptoms = _not_stored(before, user.read(), sent, only)
        if symptoms:
            user.session.settle()
            symptoms = _not_stored(before, user.read(), sent, only)
        judge.refute_all(symptoms, per=per, soft=soft)

    return compare


def _not_stored(before: JsonObject, after: JsonObject, sent: JsonObject, only: Mapping[str, object]) -> list[Symptom]:
    names = tuple(name.lower() for name in sent)
    changed = [
        each
        for each in collateral(before, after, only)
        if each.wanted is not None
        and any(each.at.lower() == name or each.at.lower().startswith((f"{name}.", f"{name}:")) for name in names)
    ]
    return asked_for(after, only) + changed
