"""The published User, Group and enterprise schemas beside those of RFC 7643 section 8.7.1, errata included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import ENTERPRISE, GROUP, USER, NotApplicable, check, common_attributes, rfc_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimulator.kit import Discovery, Json, JsonObject, Judge

_SCHEMAS = {
    "user": (USER, "RFC7643-8.7.1-01"),
    "group": (GROUP, "RFC7643-8.7.1-02"),
    "enterprise": (ENTERPRISE, "RFC7643-8.7.1-03"),
}
# What holds where a definition is silent (RFC 7643 section 2.2).
_DEFAULTS: JsonObject = {
    "type": "string",
    "multiValued": False,
    "required": False,
    "caseExact": False,
    "mutability": "readWrite",
    "returned": "default",
    "uniqueness": "none",
}


@pytest.mark.parametrize("which", list(_SCHEMAS))
@check("discovery.schemas.as-the-rfc", *(per for _, per in _SCHEMAS.values()), "RFC7643-7-24", writes=False)
def test_published_schemas_agree_with_the_rfc(discovery: Discovery, judge: Judge, which: str) -> None:
    """A published schema gives its attributes the characteristics that RFC 7643 gives them.

    The RFC lets servers differ, so each difference is a warning: a client that trusts the RFC will be surprised there.
    Attributes that a server leaves out are its own choice.
    """
    urn, per = _SCHEMAS[which]
    published = discovery.schemas().get(urn.lower())
    if published is None:
        raise NotApplicable(f"the target does not publish {urn}")
    for path, name, wanted, got in _differences(published.get("attributes"), rfc_schema(urn)["attributes"]):
        judge.require(
            condition=False,
            message=f"{path} {name} is {got!r}, the RFC says {wanted!r}"
            if name
            else f"{path} is not in the RFC's schema",
            kind=f"differs-{name}" if name else "unknown",
            at=path,
            wanted=wanted,
            got=got,
            per=per,
        )
    known = common_attributes()["attributes"]
    mine = published.get("attributes")
    common = (
        {str(each["name"]).lower() for each in known if isinstance(each, dict)} if isinstance(known, list) else set()
    )
    stated = (
        [each for each in mine if isinstance(each, dict) and str(each.get("name")).lower() in common]
        if isinstance(mine, list)
        else []
    )
    for path, name, wanted, got in _differences(list(stated), known):
        judge.require(
            condition=False,
            message=f"{path} {name} is {got!r}, the RFC says {wanted!r}",
            kind=f"differs-{name}",
            at=path,
            wanted=wanted,
            got=got,
            per="RFC7643-7-24",
        )


def _differences(published: Json, owed: Json, prefix: str = "") -> Iterator[tuple[str, str, Json, Json]]:
    """Yield path, characteristic, the RFC's value and the published one; no characteristic for an unknown attribute."""
    table = (
        {str(each["name"]).lower(): each for each in owed if isinstance(each, dict)} if isinstance(owed, list) else {}
    )
    for mine in published if isinstance(published, list) else []:
        if not isinstance(mine, dict):
            continue
        path = f"{prefix}{mine.get('name')}"
        rfc = table.get(str(mine.get("name")).lower())
        if rfc is None:
            if prefix or path.lower() not in ("id", "externalid", "meta", "schemas"):
                yield path, "", None, None
            continue
        for name, default in _DEFAULTS.items():
            wanted = rfc.get(name)
            got = default if mine.get(name) is None else mine.get(name)
            if wanted is not None and got not in _accepted(rfc, name) and not (name == "required" and got is True):
                yield path, name, wanted, got
        if rfc.get("type") == "complex":
            yield from _differences(mine.get("subAttributes"), rfc.get("subAttributes"), f"{path}.")


def _accepted(rfc: JsonObject, name: str) -> list[Json]:
    also = rfc.get("alsoAcceptable")
    more = also.get(name) if isinstance(also, dict) else None
    return [rfc.get(name), *(more if isinstance(more, list) else [])]
